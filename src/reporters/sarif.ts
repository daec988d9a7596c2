import { gzipSync } from "node:zlib";
import { PROVIDERS } from "../access/policy.ts";
import { contentNumber } from "../report/grant.ts";
import type { Drift, Finding, Report, Severity, Target } from "../report/report.ts";
import type { RuleText } from "../report/rule-text.ts";
import { SEVERITIES } from "../report/severity.ts";
import { plural } from "../text/count.ts";
import { released } from "../text/layout.ts";
import { inertJson, visible } from "../text/visible.ts";
import type { RenderOptions, Reporter } from "./define.ts";
import { recordedText } from "./recorded.ts";
import { ruleText } from "./rules.ts";
import { artifactUri, categoryOf, cut, resultMessage, sarifText } from "./sarif-text.ts";
import { standingDrift } from "./standing.ts";
import { baselineName } from "./words.ts";

/** What code scanning takes: runs in a file, results in a run, bytes of the file after gzip. */
const LIMITS = { runs: 20, results: 5_000, gzipped: 10_000_000 } as const;
const PAGE = "https://github.com/chalk-audit/chalk-audit";

/**
 * How code scanning rates and orders a severity. It has no score below low: an `info` drift (advisory) shares the score
 * of low and is told apart by its tag and rule id.
 */
const RATINGS = {
  critical: { score: "9.5", level: "error", problem: "error" },
  high: { score: "8.0", level: "error", problem: "error" },
  medium: { score: "5.5", level: "warning", problem: "warning" },
  low: { score: "2.0", level: "note", problem: "recommendation" },
  info: { score: "2.0", level: "note", problem: "recommendation" },
} as const satisfies Record<Severity, { score: string; level: string; problem: string }>;

/** A difference of permissions is proved by a replayed request; the others are read off a resource. */
const PROVED: ReadonlySet<Drift> = new Set(["missing", "excess", "weakened"]);

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
    return [
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
  const drift = standingDrift(report);
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
export function renderIncompleteSarif(report: Report, options: RenderOptions): string | undefined {
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
          `${target.name} was not read completely; no result is given, so that no alert is closed`,
        ),
      ];
      return {
        tool: tool(report, [], notes, options),
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
  const ruleIds = [...new Set(kept.map(sarifRuleId))].sort();
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
    tool: tool(report, ruleIds, notes, options),
    automationDetails: { id: category },
    invocations: [
      { executionSuccessful: true, ...(notes.length === 0 ? {} : { toolExecutionNotifications: notes }) },
    ],
    columnKind: "utf16CodeUnits",
    results: kept.map((finding) => result(finding, ruleIds.indexOf(sarifRuleId(finding)))),
  };
}

function result(finding: Finding, ruleIndex: number): unknown {
  return {
    ruleId: sarifRuleId(finding),
    ruleIndex,
    kind: "fail",
    level: RATINGS[finding.severity].level,
    message: { text: resultMessage(finding) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: artifactUri(finding.location.file) },
          region: { startLine: Math.max(1, finding.location.line) },
        },
        logicalLocations: [
          { fullyQualifiedName: visible(cut(finding.resource.id, 2_000)), kind: "resource" },
        ],
      },
    ],
    // Ours, so that 200 resources on one line stay 200 alerts, a moved line changes nothing, and an alert that was
    // dismissed for a smaller grant comes back.
    partialFingerprints: { primaryLocationLineHash: `${finding.fingerprint}:${contentNumber(finding)}` },
    properties: { control: finding.control, drift: finding.drift },
  };
}

/** Code scanning takes the severity from the rule, not from the result: so each severity of a drift is its own rule. */
function sarifRuleId(finding: Finding): string {
  return `${finding.rule}/${finding.severity}`;
}

function tool(
  report: Report,
  ruleIds: readonly string[],
  notes: readonly Notification[],
  options: RenderOptions,
): unknown {
  return {
    driver: {
      name: report.tool.name,
      version: report.tool.version,
      semanticVersion: report.tool.version,
      informationUri: PAGE,
      rules: ruleIds.map((id) => rule(id, options.rules)),
      ...(notes.length === 0 ? {} : { notifications: descriptors(notes) }),
    },
  };
}

function rule(id: string, texts: readonly RuleText[]): unknown {
  const at = id.lastIndexOf("/");
  const severity = SEVERITIES.find((s) => s === id.slice(at + 1)) ?? "info";
  const base = id.slice(0, at);
  const text = ruleText(texts, base);
  const drift = base.slice(base.lastIndexOf("/") + 1);
  const rating = RATINGS[severity];
  return {
    id,
    name: id
      .split(/[^A-Za-z0-9]+/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    shortDescription: { text: sentenceOf(text.title) },
    fullDescription: { text: sentenceOf(text.short) },
    help: { text: plainText(text.help), markdown: text.help },
    helpUri: text.helpUri,
    defaultConfiguration: { level: rating.level },
    properties: {
      "security-severity": rating.score,
      precision: PROVED.has(drift as Drift) ? "very-high" : "high",
      "problem.severity": rating.problem,
      tags: [
        "security",
        "permissions",
        base.slice(0, Math.max(0, base.indexOf("/"))),
        drift,
        severity,
      ].filter((tag, i, all) => tag !== "" && all.indexOf(tag) === i),
    },
  };
}

function sentenceOf(text: string): string {
  const safe = sarifText(text);
  return /[.!?]$/.test(safe) ? safe : `${safe}.`;
}

/** Markdown without its marks, for viewers that show plain text. */
function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, "$1 ($2)")
    .replace(/^#+\s*/gm, "")
    .replace(/(\*\*|`)/g, "")
    .replace(/[{}]/g, "$&$&");
}

const NOTIFICATIONS = {
  incomplete: {
    short: "A target was not read completely.",
    help: "What could not be read stands beside this notification. Until it can be, the target has no results, so that no alert is closed.",
  },
  "not-assessed": {
    short: "A control could not be assessed.",
    help: "Nothing is known about this control: it neither passes nor fails. The reason says what would settle it.",
  },
  "own-baseline": {
    short: "Judged by a baseline that does not come with chalk-audit.",
    help: "The file that is named says what is documented. Whoever may change it decides the verdict.",
  },
  recorded: {
    short: "The state was recorded, and no cloud was asked.",
    help: "The report is about a snapshot, with the time when it was taken: what has changed since does not show.",
  },
  skipped: {
    short: "A control was not looked at.",
    help: "It does not apply, or a parameter that it needs was not given. It has no result, which says nothing about it.",
  },
  stale: {
    short: "The state was recorded too long ago.",
    help: "The report is about a snapshot that is older than --max-age: what has changed since does not show.",
  },
  truncated: {
    short: "Results were left out because there are too many.",
    help: "Code scanning takes a limited number of results and runs in one file. The JSON report has all of them.",
  },
  unread: {
    short: "Something could not be read.",
    help: "A call to the provider was refused or failed. Where a permission is missing, it is named.",
  },
} as const;

interface Notification {
  readonly descriptor: { readonly id: keyof typeof NOTIFICATIONS };
  readonly level: "error" | "warning" | "note";
  readonly message: { readonly text: string };
}

function notification(
  id: keyof typeof NOTIFICATIONS,
  level: Notification["level"],
  text: string,
): Notification {
  return { descriptor: { id }, level, message: { text: sarifText(cut(text, 4_000)) } };
}

/** Nobody must take what was recorded for what is there now. */
function whenRecorded(target: Target): Notification[] {
  if (target.stale !== undefined) return [notification("stale", "warning", target.stale)];
  const text = recordedText(target);
  return text === undefined ? [] : [notification("recorded", "note", `${target.name}: ${released(text)}`)];
}

/** The baselines that do not come with the package, whatever they call themselves. */
function ownBaselines(report: Report): Notification[] {
  return report.baselines
    .filter(({ own }) => own === true)
    .map((each) => notification("own-baseline", "note", `judged by ${baselineName(each)}`));
}

/** Descriptions of the notifications that a run has. */
function descriptors(notes: readonly Notification[]): readonly unknown[] {
  return [...new Set(notes.map((n) => n.descriptor.id))].sort().map((id) => ({
    id,
    shortDescription: { text: NOTIFICATIONS[id].short },
    fullDescription: { text: NOTIFICATIONS[id].short },
    help: { text: NOTIFICATIONS[id].help },
  }));
}

function unknownControls(report: Report, target: Target, level: Notification["level"]): Notification[] {
  return report.controls
    .filter((c) => c.target === target.name && c.outcome === "unknown")
    .map((c) => notification("not-assessed", level, `${c.id}: ${c.reason ?? "could not be assessed"}`));
}

/** What nobody looked at: of its alerts, only those that the earlier report (`--since`) has are kept open. */
function skippedControls(report: Report, target: Target): Notification[] {
  // Of another cloud, a control has its alerts under another target.
  const elsewhere = PROVIDERS.map((provider) => `${provider}/`).filter(
    (cloud) => cloud !== `${target.cloud}/`,
  );
  const skipped = report.controls.filter(
    (c) =>
      c.target === target.name &&
      c.outcome === "skipped" &&
      !elsewhere.some((cloud) => c.check.startsWith(cloud)),
  );
  if (skipped.length === 0 || report.gone !== undefined) return [];
  const ids = skipped.map(({ id }) => id).join(", ");
  return [
    notification(
      "skipped",
      "warning",
      `not looked at: ${ids}. Alerts of an earlier upload stay open where the earlier report is given with --since.`,
    ),
  ];
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
