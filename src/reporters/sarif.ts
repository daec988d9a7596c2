import { gzipSync } from "node:zlib";
import { contentNumber } from "../report/grant.ts";
import type { Finding, Report, Target } from "../report/report.ts";
import { SEVERITIES } from "../report/severity.ts";
import { plural } from "../text/count.ts";
import { inertJson, visible } from "../text/visible.ts";
import type { RenderOptions, Reporter } from "./define.ts";
import {
  descriptors,
  type Notification,
  notification,
  ownBaselines,
  skippedControls,
  unknownControls,
  whenRecorded,
} from "./sarif-notices.ts";
import { RATINGS, resultMarkdown, sarifRule } from "./sarif-rules.ts";
import { artifactUri, categoryOf, cut, sarifText, shortMessage } from "./sarif-text.ts";
import { standingDrift } from "./standing.ts";

/** What code scanning takes: runs in a file, results in a run, bytes of the file after gzip. */
const LIMITS = { runs: 20, results: 5_000, gzipped: 10_000_000 } as const;
const PAGE = "https://github.com/chalk-audit/chalk-audit";

/**
 * SARIF 2.1.0 for GitHub code scanning, one run per target. Only complete targets are in it: an alert that is absent from
 * an upload is closed, so a target that could not be read must not be uploaded at all (`renderIncompleteSarif`). A clean
 * target has an empty run, which closes its alerts. Nothing in it depends on the time.
 */
export const sarif: Reporter = {
  format: "sarif",
  title: "SARIF 2.1.0 for code scanning; targets that could not be read go to x.incomplete.sarif",
  extension: "sarif",
  render: (report, options) => renderSarif(report, options)?.text,
  nothing: "no target could be read completely",
  beside: [
    {
      name: "incomplete",
      holds: "targets that could not be read completely",
      none: "every target was read now",
      render: renderIncompleteSarif,
    },
  ],
  leftOut: (report, options) => {
    const { droppedTargets = [], droppedResults = 0 } = renderSarif(report, options) ?? {};
    const waived = report.findings.filter(({ outcome }) => outcome === "waived").length;
    return [
      ...(waived === 0 || options.sarif?.suppressions === true
        ? []
        : [`${plural(waived, "waived finding")} (--sarif-suppressions has them)`]),
      ...(droppedTargets.length === 0 ? [] : [targetsLeftOut(droppedTargets)]),
      ...(droppedResults === 0
        ? []
        : [
            `${plural(droppedResults, "result")} are left out, the least severe ones: code scanning takes no more`,
          ]),
    ];
  },
};

interface Sarif {
  readonly text: string;
  readonly droppedTargets: readonly Target[];
  readonly droppedResults: number;
}

function targetsLeftOut(targets: readonly Target[]): string {
  const names = cut(targets.map(({ name }) => name).join(", "), 2_000);
  return `${plural(targets.length, "target")} with the least severe drift are left out, since a file holds ${LIMITS.runs} runs: ${names}. Audit them in a run of their own.`;
}

/**
 * @returns undefined when no target was read completely, or the audit was interrupted: then there is nothing that may
 * be uploaded.
 */
function renderSarif(report: Report, options: RenderOptions): Sarif | undefined {
  const complete = report.interrupted ? [] : report.targets.filter((t) => t.complete);
  if (complete.length === 0) return undefined;
  const drift = standingDrift(report, options.sarif?.suppressions);
  const { kept, dropped } = mostSevere(complete, drift);
  const categories = uniqueCategories(report.targets);
  for (let most: number = LIMITS.results; ; most = Math.floor(most / 2)) {
    const runs = kept.map((target, i) =>
      completeRun(target, categories.get(target) ?? "", drift.get(target.name) ?? [], {
        report,
        options,
        most,
        droppedTargets: i === 0 ? dropped : [],
      }),
    );
    const text = sarifFile(runs);
    // Gzip never makes a text of that size longer, so most files need not be compressed to know.
    if (text.length * 3 >= LIMITS.gzipped && most > 1 && gzipSync(text).length >= LIMITS.gzipped) continue;
    const beyond = kept.map(({ name }) => Math.max(0, (drift.get(name)?.length ?? 0) - most));
    return { text, droppedTargets: dropped, droppedResults: beyond.reduce((sum, n) => sum + n, 0) };
  }
}

/**
 * The targets that could not be read completely: runs that say so, without results. For a file of its own beside the
 * other one (`x.incomplete.sarif`), for people and archives; code scanning answers its upload with a failure.
 * @returns undefined when every target is complete, or the audit was interrupted.
 */
export function renderIncompleteSarif(report: Report): string | undefined {
  const incomplete = report.interrupted ? [] : report.targets.filter((t) => !t.complete);
  if (incomplete.length === 0) return undefined;
  const categories = uniqueCategories(report.targets);
  return sarifFile(
    incomplete.map((target) => {
      const notes = [
        ...whenRecorded(target),
        ...ownBaselines(report),
        ...target.unread.map((u) =>
          notification(
            "unread",
            "error",
            `${u.api}: ${u.detail}${u.permission === undefined ? "" : `; needs ${u.permission}`}`,
          ),
        ),
        ...unknownControls(report, target, "error"),
        notification(
          "incomplete",
          "error",
          `${target.name} was not read, or not judged, completely; no result is given, so that no alert is closed`,
        ),
      ];
      return {
        tool: tool(report, [], notes),
        automationDetails: { id: categories.get(target) ?? "" },
        invocations: [{ executionSuccessful: false, toolExecutionNotifications: notes }],
        columnKind: "utf16CodeUnits",
        results: [],
      };
    }),
  );
}

function sarifFile(runs: readonly unknown[]): string {
  const file = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs };
  return `${inertJson(JSON.stringify(file, null, 1))}\n`;
}

interface RunContext {
  readonly report: Report;
  readonly options: RenderOptions;
  /** Most results that the run may have. */
  readonly most: number;
  readonly droppedTargets: readonly Target[];
}

function completeRun(
  target: Target,
  category: string,
  drift: readonly Finding[],
  context: RunContext,
): unknown {
  const { report, options, most, droppedTargets } = context;
  const kept = drift.slice(0, most);
  const byRule = new Map<string, Finding[]>();
  for (const finding of kept) {
    const list = byRule.get(sarifRuleId(finding));
    if (list === undefined) byRule.set(sarifRuleId(finding), [finding]);
    else list.push(finding);
  }
  const ruleIds = [...byRule.keys()].sort();
  const indexes = new Map(ruleIds.map((id, at) => [id, at]));
  const notes = [
    ...whenRecorded(target),
    ...ownBaselines(report),
    ...unknownControls(report, target, "warning"),
    ...skippedControls(report, target),
  ];
  if (kept.length < drift.length) {
    notes.push(
      notification(
        "truncated",
        "warning",
        `${plural(drift.length - kept.length, "result")} of ${plural(drift.length, "result")} are left out, the least ` +
          "severe ones: code scanning takes no more. The JSON report has all.",
      ),
    );
  }
  if (droppedTargets.length > 0) {
    notes.push(notification("truncated", "warning", targetsLeftOut(droppedTargets)));
  }
  return {
    tool: tool(
      report,
      ruleIds.map((id) => sarifRule(id, options.rules, byRule.get(id) ?? [])),
      notes,
    ),
    automationDetails: { id: category },
    invocations: [
      { executionSuccessful: true, ...(notes.length === 0 ? {} : { toolExecutionNotifications: notes }) },
    ],
    columnKind: "utf16CodeUnits",
    results: kept.map((finding) => result(finding, indexes.get(sarifRuleId(finding)) ?? 0, options)),
  };
}

function result(finding: Finding, ruleIndex: number, { sarif: { anchorOf } = {} }: RenderOptions): unknown {
  const { location, waiver } = finding;
  const text = shortMessage(finding, sarifText);
  const markdown = resultMarkdown(finding);
  const anchor = anchorOf?.(location.file);
  return {
    ruleId: sarifRuleId(finding),
    ruleIndex,
    kind: "fail",
    level: RATINGS[finding.severity].level,
    message: { text, ...(markdown === undefined ? {} : { markdown }) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: artifactUri(anchor ?? location.file) },
          region: { startLine: anchor === undefined ? Math.max(1, location.line) : 1 },
        },
        logicalLocations: [
          { fullyQualifiedName: visible(cut(finding.resource.id, 2_000)), kind: "resource" },
        ],
      },
    ],
    // Ours, so that 200 resources on one line stay 200 alerts, a moved line changes nothing, and an alert that was
    // dismissed for a smaller grant comes back.
    partialFingerprints: { primaryLocationLineHash: `${finding.fingerprint}:${contentNumber(finding)}` },
    ...(finding.outcome === "waived" && { suppressions: [suppression(waiver)] }),
    properties: {
      control: finding.control,
      drift: finding.drift,
      ...(anchor !== undefined && {
        declaredAt: visible(`${artifactUri(location.file)}:${Math.max(1, location.line)}`),
      }),
    },
  };
}

function suppression(waiver: Finding["waiver"]): unknown {
  const why = waiver === undefined ? "" : `${waiver.reason} (${waiver.owner}, until ${waiver.expires})`;
  return { kind: "external", status: "accepted", justification: sarifText(cut(why, 1_000)) };
}

/** Code scanning takes the severity from the rule, not from the result: so each severity of a drift is its own rule. */
function sarifRuleId(finding: Finding): string {
  return `${finding.rule}/${finding.severity}`;
}

function tool(report: Report, rules: readonly unknown[], notes: readonly Notification[]): unknown {
  return {
    driver: {
      name: report.tool.name,
      version: report.tool.version,
      semanticVersion: report.tool.version,
      informationUri: PAGE,
      rules,
      ...(notes.length === 0 ? {} : { notifications: descriptors(notes) }),
    },
  };
}

/** The targets that fit into one file: those with the worst drift, in their own order. */
function mostSevere(
  targets: readonly Target[],
  drift: ReadonlyMap<string, readonly Finding[]>,
): { readonly kept: readonly Target[]; readonly dropped: readonly Target[] } {
  if (targets.length <= LIMITS.runs) return { kept: targets, dropped: [] };
  const key = (target: Target) => {
    const counts = SEVERITIES.map(
      (severity) => (drift.get(target.name) ?? []).filter((f) => f.severity === severity).length,
    );
    return counts;
  };
  const ranked = targets
    .map((target, i) => ({ target, i, counts: key(target) }))
    .sort((a, b) => {
      for (let s = 0; s < SEVERITIES.length; s++) {
        const by = (b.counts[s] ?? 0) - (a.counts[s] ?? 0);
        if (by !== 0) return by;
      }
      return a.i - b.i;
    });
  const chosen = new Set(ranked.slice(0, LIMITS.runs).map((r) => r.target));
  return { kept: targets.filter((t) => chosen.has(t)), dropped: targets.filter((t) => !chosen.has(t)) };
}

/** Code scanning refuses two runs of one category: targets that share a scope are told apart by their names. */
function uniqueCategories(targets: readonly Target[]): ReadonlyMap<Target, string> {
  const counts = new Map<string, number>();
  for (const target of targets) counts.set(categoryOf(target), (counts.get(categoryOf(target)) ?? 0) + 1);
  return new Map(
    targets.map((target) => {
      const category = categoryOf(target);
      return [
        target,
        (counts.get(category) ?? 0) > 1
          ? `${category}${encodeURIComponent(visible(target.name))}/`
          : category,
      ];
    }),
  );
}
