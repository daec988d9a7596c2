import { contentNumber } from "../report/grant.ts";
import type { Finding, Report, Severity } from "../report/report.ts";
import type { RuleText } from "../report/rule-text.ts";
import { plural } from "../text/count.ts";
import { released } from "../text/layout.ts";
import { visible, wholly } from "../text/visible.ts";
import { inPieces, type RenderOptions, type Reporter } from "./define.ts";
import { gapsOf } from "./gaps.ts";
import { jsonPieces } from "./json-pieces.ts";
import { code, commandLines, sentence } from "./markdown-text.ts";
import { recordedText } from "./recorded.ts";
import { alertTitle, textsOf } from "./rules.ts";
import { artifactUri, cut } from "./sarif-text.ts";
import { standingDrift } from "./standing.ts";
import { uuidOf } from "./uuid.ts";
import { baselineName, proofVerb, witnessScope, witnessText } from "./words.ts";

/** A version of the schemas that GitLab takes since 15.0 and still does. */
const VERSION = "15.0.7";
const PAGE = "https://github.com/chalk-audit/chalk-audit";
/** Most characters of a name and of a solution in the schema. */
const LONGEST = { name: 255, solution: 7_000 } as const;
/** Characters that a command takes which is named alone. */
const NAMED = 200;

const SEVERITY_WORDS = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  info: "Info",
} as const satisfies Record<Severity, string>;

/**
 * GitLab's security report for SAST. GitLab keeps a vulnerability for each finding of a project and takes those that are
 * absent from the next report for resolved, in all targets at once: so there is a report only where every target was
 * read completely. Otherwise what was found goes to `x.incomplete.json`, which says that the scan failed and is no
 * artifact to upload. Waived findings are left out: the schema's only flag says "false positive", which they are not.
 */
export const gitlabSast: Reporter = {
  format: "gitlab-sast",
  title: "GitLab security report (SAST); of targets that could not be read, x.incomplete.json",
  extension: "json",
  ...inPieces((report, options) => (isWhole(report) ? sastPieces(report, options) : undefined)),
  nothing: "not every target could be read completely, and GitLab would take what is absent for resolved",
  beside: [
    {
      name: "incomplete",
      holds: "what was found while a target could not be read completely",
      none: "every target was read now",
      ...inPieces((report, options) =>
        isWhole(report) || report.interrupted ? undefined : sastPieces(report, options),
      ),
    },
  ],
  leftOut: ({ findings }) => {
    const waived = findings.filter(({ outcome }) => outcome === "waived").length;
    return waived === 0 ? [] : [`${plural(waived, "finding")} waived: GitLab has no word for it`];
  },
};

function isWhole({ interrupted, targets }: Report): boolean {
  return !interrupted && targets.length > 0 && targets.every(({ complete }) => complete);
}

function sastPieces(report: Report, { rules }: RenderOptions): Iterable<string> {
  const tool = {
    id: report.tool.name,
    name: report.tool.name,
    url: PAGE,
    vendor: { name: report.tool.name },
    version: report.tool.version,
  };
  const messages = messagesOf(report);
  const head = {
    schema: `https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v${VERSION}/dist/sast-report-format.json`,
    version: VERSION,
    scan: {
      analyzer: tool,
      scanner: tool,
      type: "sast",
      start_time: seconds(report.startedAt),
      end_time: seconds(report.finishedAt),
      status: isWhole(report) ? "success" : "failure",
      ...(messages.length === 0 ? {} : { messages }),
    },
  };
  return jsonPieces({ ...head, vulnerabilities: vulnerabilities(report, rules) });
}

function* vulnerabilities(report: Report, rules: readonly RuleText[]): Iterable<object> {
  const drift = standingDrift(report);
  const textOf = textsOf(rules);
  for (const { name } of report.targets)
    for (const finding of drift.get(name) ?? []) yield vulnerability(finding, textOf(finding.rule));
}

/** The form that the schema asks for: no fraction, no zone (UTC). */
function seconds(time: string): string {
  return time.slice(0, 19);
}

interface Message {
  readonly level: "info" | "warn" | "fatal";
  readonly value: string;
}

/** What the run has to say beside its findings: what is not known, what was recorded, whose baseline judged. */
function messagesOf(report: Report): readonly Message[] {
  const level = isWhole(report) ? "warn" : "fatal";
  const value = (text: string) => cut(visible(text), 4_000);
  const several = report.targets.length > 1;
  const notAssessed = (target: string, control: string | undefined, text: string): Message => {
    const named = several || control === undefined ? [target || "the run", control] : [control];
    return {
      level: "warn",
      value: value(`${named.filter((part) => part).join(": ")}: not assessed: ${text}`),
    };
  };
  return [
    ...report.targets.flatMap(({ complete, name, unread }) =>
      complete
        ? []
        : [
            { level, value: value(`${name} was not read completely`) } as const,
            ...unread.map(({ api, detail }) => ({ level, value: value(`${api}: ${detail}`) }) as const),
          ],
    ),
    ...report.findings
      .filter(({ outcome }) => outcome === "unknown")
      .map(({ target, control, message }) => notAssessed(target, control, message)),
    ...gapsOf(report).map(({ target, control, text }) => notAssessed(target, control, text)),
    ...report.targets.flatMap((target): Message[] => {
      const recorded = recordedText(target);
      if (target.stale !== undefined)
        return [{ level: "warn", value: value(`${target.name}: ${target.stale}`) }];
      return recorded === undefined
        ? []
        : [{ level: "info", value: value(`${target.name}: ${released(recorded)}`) }];
    }),
    ...report.baselines
      .filter(({ own }) => own === true)
      .map((each): Message => ({ level: "info", value: value(`judged by ${baselineName(each)}`) })),
  ];
}

function vulnerability(finding: Finding, text: RuleText): object {
  const { rule, drift, severity, remediation, documentation, location, fingerprint } = finding;
  const { url, title, section } = documentation;
  // GitLab knows a vulnerability again by this and by what identifies it: it comes back when it grants more.
  const identity = `${fingerprint}:${contentNumber(finding)}`;
  const file = artifactUri(location.file);
  const line = Math.max(1, location.line);
  return {
    id: uuidOf("gitlab vulnerability", identity),
    name: cut(visible(alertTitle(finding, text)), LONGEST.name - 1),
    description: descriptionOf(finding),
    severity: SEVERITY_WORDS[severity],
    ...(remediation === undefined
      ? {}
      : {
          solution: solutionOf(remediation),
        }),
    identifiers: [
      // Of each finding its own: GitLab takes two at one place with one identifier for the same.
      {
        type: "chalk_audit_finding",
        name: `chalk-audit ${visible(drift)} ${fingerprint.slice(0, 12)}`,
        value: identity,
      },
      {
        type: "chalk_audit_rule",
        name: visible(rule),
        value: visible(rule),
        ...(isUrl(text.helpUri) ? { url: text.helpUri } : {}),
      },
    ],
    ...(isUrl(url)
      ? { links: [{ name: visible(`${title}, "${section}"`), url: encodeURI(visible(url)) }] }
      : {}),
    details: detailsOf(finding),
    location: { file, start_line: line, end_line: line },
    tracking: {
      type: "source",
      items: [
        {
          file,
          start_line: line,
          end_line: line,
          signatures: [{ algorithm: "scope_offset", value: identity }],
        },
      ],
    },
  };
}

/** What to do, and the commands: one for which there is no room is named and not cut. */
function solutionOf({ text, commands }: NonNullable<Finding["remediation"]>): string {
  const lines = [cut(visible(text), LONGEST.solution / 2)];
  let used = lines.join().length;
  for (const command of commands) {
    const more = commandLines(command, LONGEST.solution - used - NAMED);
    used += more.join("\n").length + 1;
    if (used > LONGEST.solution) break;
    lines.push(...more);
  }
  return lines.join("\n");
}

function isUrl(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text);
}

/** Patterns that an exception names; the rest is counted, since a description has an end. */
const MOST_EXCEPT = 50;

/** In GitLab's Markdown: the resource first, what is wrong, what proves it. */
function descriptionOf(finding: Finding): string {
  const { resource, message, pattern, except = [], witness, by, latent, why } = finding;
  const scope = witnessScope(witness);
  const named = resource.name === "" || resource.name === resource.id ? "" : `${code(resource.name)}, `;
  const shown = except.slice(0, MOST_EXCEPT).map((each) => code(wholly(each)));
  const more = except.length > shown.length ? ` and ${except.length - shown.length} more` : "";
  return [
    `${named}${code(resource.id)}: ${sentence(message)}`,
    // most messages have it, but none its exceptions
    ...(pattern === undefined || (except.length === 0 && message.includes(pattern))
      ? []
      : [
          `Pattern: ${code(wholly(pattern))}${shown.length === 0 ? "" : ` except ${shown.join(", ")}${more}`}`,
        ]),
    ...(latent === true ? ["No operation of today is concerned."] : []),
    ...(witness === undefined
      ? []
      : [
          `Proof: ${proofVerb(finding)} ${code(witnessText(witness))}${scope === undefined ? "" : ` at ${code(scope)}`}${by === undefined ? "" : `, by ${sentence(by)}`}`,
        ]),
    ...(why === undefined ? [] : [sentence(why)]),
  ].join("\n\n");
}

/** What a person compares, beside the description: shown as it is, and never read as Markdown. */
function detailsOf({ resource, control, target, fingerprint, verify, state }: Finding): object {
  const value = (name: string, text: string) => ({ name, type: "value", value: visible(cut(text, 2_000)) });
  return {
    target: value("Target", target),
    control: value("Control", control),
    resource: value("Resource", resource.id),
    fingerprint: value("Fingerprint", fingerprint),
    ...(state === undefined ? {} : { state: value("Since the earlier report", state) }),
    ...(verify === undefined
      ? {}
      : { command: { name: "A command that shows it", type: "code", value: visible(cut(verify, 2_000)) } }),
  };
}
