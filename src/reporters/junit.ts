import { anythingAssessed, isIncomplete } from "../report/exit-code.ts";
import type { ControlResult, Finding, Report, Target } from "../report/report.ts";
import { released } from "../text/layout.ts";
import { inertLine, visible } from "../text/visible.ts";
import type { RenderOptions, Reporter } from "./define.ts";
import { painter } from "./paint.ts";
import { patternLines, proofText, whatText } from "./rows.ts";
import { verdictLine } from "./verdict.ts";
import { judgedBy } from "./words.ts";

/**
 * JUnit XML for a build server: a suite per target, a case per control. Drift is a failure, what could not be assessed an
 * error, a waived or skipped control is skipped. An error also stands where no control says that something is missing (a
 * target that was not read completely, an interrupted run, a run that assessed nothing): a file of cases that all
 * passed must not come of it.
 */
export const junit: Reporter = {
  format: "junit",
  title: "JUnit XML for build servers: a suite per target, a case per control",
  extension: "xml",
  render: renderJunit,
};

interface Case {
  readonly name: string;
  readonly className: string;
  readonly result?: {
    readonly tag: "failure" | "error" | "skipped";
    readonly message: string;
    readonly type?: string;
    readonly lines: readonly string[];
  };
}

interface Suite {
  readonly name: string;
  readonly properties: readonly (readonly [string, string])[];
  readonly cases: readonly Case[];
}

function renderJunit(report: Report, options: RenderOptions): string {
  const suites = suitesOf(report, options);
  const count = (tag: string) =>
    suites.reduce((sum, { cases }) => sum + cases.filter((each) => each.result?.tag === tag).length, 0);
  const tests = suites.reduce((sum, { cases }) => sum + cases.length, 0);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="chalk-audit" tests="${tests}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}" time="0">`,
    ...suites.flatMap((suite) => suiteLines(suite, report)),
    "</testsuites>",
  ];
  return `${lines.map(inertLine).join("\n")}\n`;
}

function suitesOf(report: Report, options: RenderOptions): readonly Suite[] {
  const names = [
    ...new Set([...report.targets, ...report.controls, ...report.findings].map((each) => targetName(each))),
  ];
  const suites = names.map((name): Suite => {
    const target = report.targets.find((each) => each.name === name);
    const cases = casesOf(report, name, target);
    return { name, properties: propertiesOf(report, target), cases };
  });
  const said = suites.some(({ cases }) => cases.some(({ result }) => result?.tag === "error"));
  const wanting = report.interrupted || isIncomplete(report) || !anythingAssessed(report);
  if (!wanting || said) return suites;
  const message = released(verdictLine(report, options, painter(false)));
  const result = { tag: "error", type: "incomplete", message, lines: [] } as const;
  return [
    ...suites,
    {
      name: "chalk-audit",
      properties: [],
      cases: [{ name: "everything was assessed", className: "chalk-audit", result }],
    },
  ];
}

function targetName(each: Target | ControlResult | Finding): string {
  return "target" in each ? each.target : each.name;
}

function propertiesOf(report: Report, target: Target | undefined): Suite["properties"] {
  return [
    ...report.baselines.map((each) => ["baseline", judgedBy(each)] as const),
    ...(target === undefined
      ? []
      : [
          ["scope", target.scope] as const,
          ...(target.source === undefined ? [] : [["source", target.source] as const]),
          ...(target.recordedAt === undefined ? [] : [["recorded", target.recordedAt] as const]),
          ...(target.stale === undefined ? [] : [["stale", target.stale] as const]),
          ...(target.principals ?? []).map(
            ({ id, name }) => ["principal", name === undefined ? id : `${name} (${id})`] as const,
          ),
        ]),
  ];
}

function casesOf(report: Report, name: string, target: Target | undefined): readonly Case[] {
  const controls = report.controls.filter((control) => control.target === name);
  const findings = report.findings.filter((finding) => finding.target === name);
  const ids = [...new Set([...controls.map(({ id }) => id), ...findings.map(({ control }) => control)])];
  const cases = ids.map((id) =>
    caseOf(
      controls.find((control) => control.id === id),
      findings.filter((finding) => finding.control === id),
      { id, name, target },
    ),
  );
  if (target === undefined || target.complete || cases.some(({ result }) => result?.tag === "error")) {
    return cases;
  }
  // Whatever single controls say, a part of the target was not seen.
  const lines = target.unread.map(
    ({ api, detail, permission }) =>
      `${visible(api)}: ${visible(detail)}${permission === undefined ? "" : `; needs ${visible(permission)}`}`,
  );
  const message = lines[0] ?? "the target was not read completely";
  return [
    ...cases,
    {
      name: "the target was read completely",
      className: name,
      result: { tag: "error", type: "unread", message, lines },
    },
  ];
}

interface Place {
  readonly id: string;
  readonly name: string;
  readonly target: Target | undefined;
}

function caseOf(
  control: ControlResult | undefined,
  findings: readonly Finding[],
  { id, name, target }: Place,
): Case {
  const of = (outcome: Finding["outcome"]) => findings.filter((finding) => finding.outcome === outcome);
  const [drift, open, waived] = [of("fail"), of("unknown"), of("waived")];
  const bare = { name: id, className: name };
  const rows = (list: readonly Finding[]) => list.flatMap((finding) => findingLines(finding, target));
  if (drift.length > 0 || control?.outcome === "fail") {
    const [first] = drift;
    const more = drift.length > 1 ? ` and ${drift.length - 1} more` : "";
    const message =
      first === undefined
        ? (control?.reason ?? "drift")
        : `${first.severity} ${first.drift}: ${whatOf(first, false)}${more}`;
    const type = first?.rule ?? "drift";
    return { ...bare, result: { tag: "failure", type, message, lines: rows([...drift, ...open]) } };
  }
  if (open.length > 0 || control?.outcome === "unknown") {
    const message = control?.reason ?? open[0]?.message ?? "could not be assessed";
    return { ...bare, result: { tag: "error", type: "unknown", message, lines: rows(open) } };
  }
  if (control?.outcome === "waived" || (waived.length > 0 && control?.outcome !== "pass")) {
    const [first] = waived;
    const by = first?.waiver;
    const words = by === undefined ? "" : `: ${by.reason} (${by.owner}, until ${by.expires})`;
    return { ...bare, result: { tag: "skipped", message: `waived${words}`, lines: rows(waived) } };
  }
  if (control?.outcome === "skipped") {
    return { ...bare, result: { tag: "skipped", message: control.reason ?? "not asked for", lines: [] } };
  }
  return bare;
}

/** What is wrong, the operation that proves it, where the document says otherwise, and what to do. */
function findingLines(finding: Finding, target: Target | undefined): readonly string[] {
  const row = { main: finding, findings: [finding] };
  const state = finding.state === undefined || finding.state === "unchanged" ? "" : ` (${finding.state})`;
  const proof = target === undefined ? [] : proofText(row, target);
  const waiver = finding.waiver;
  return [
    `${finding.outcome === "unknown" ? "unknown" : finding.severity} ${finding.drift}${state}: ${whatOf(finding, true)}`,
    ...proof.map((line) => `  ${line}`),
    `  documented: ${visible(finding.location.file)}:${finding.location.line}`,
    ...(waiver === undefined
      ? []
      : [`  waived: ${visible(waiver.reason)} (${visible(waiver.owner)}, until ${visible(waiver.expires)})`]),
    ...(finding.remediation === undefined ? [] : [`  mend: ${visible(finding.remediation.text)}`]),
    ...(finding.verify === undefined ? [] : [`  check: ${visible(finding.verify)}`]),
  ];
}

/** What is wrong, on one line. */
function whatOf(finding: Finding, whole: boolean): string {
  if (finding.outcome === "unknown") return visible(finding.message);
  const pattern = patternLines(finding, whole);
  const rest = whatText({ main: finding, findings: [finding] }, whole).slice(pattern.length);
  return [pattern.join(" "), ...rest].filter((part) => part !== "").join("; ");
}

function suiteLines({ name, properties, cases }: Suite, report: Report): readonly string[] {
  const count = (tag: string) => cases.filter((each) => each.result?.tag === tag).length;
  // The form that JUnit's schema asks for: no fraction, no zone (UTC).
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.exec(report.startedAt)?.[0];
  return [
    `  <testsuite name="${attribute(name)}" tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"${time === undefined ? "" : ` timestamp="${time}"`} time="0">`,
    ...(properties.length === 0
      ? []
      : [
          "    <properties>",
          ...properties.map(
            ([key, value]) => `      <property name="${attribute(key)}" value="${attribute(value)}"/>`,
          ),
          "    </properties>",
        ]),
    ...cases.flatMap(caseLines),
    "  </testsuite>",
  ];
}

function caseLines({ name, className, result }: Case): readonly string[] {
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(className)}" time="0"`;
  if (result === undefined) return [`${open}/>`];
  const type = result.type === undefined ? "" : ` type="${attribute(result.type)}"`;
  const head = `      <${result.tag} message="${attribute(result.message)}"${type}`;
  return [
    `${open}>`,
    // `skipped` holds no text in JUnit's schema; its message says why.
    ...(result.lines.length === 0 || result.tag === "skipped"
      ? [`${head}/>`]
      : [`${head}>`, ...result.lines.map(element), `</${result.tag}>`]),
    "    </testcase>",
  ];
}

/** Text for an element: no markup, and none of the characters that XML 1.0 forbids even as references. */
function element(text: string): string {
  return visible(released(text))
    .replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function attribute(text: string): string {
  return element(text).replaceAll('"', "&quot;").replaceAll("'", "&apos;");
}
