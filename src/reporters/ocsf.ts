import type { ControlResult, Finding, Outcome, Report, Severity, Target } from "../report/report.ts";
import type { RuleText } from "../report/rule-text.ts";
import { severityRank } from "../report/severity.ts";
import { released } from "../text/layout.ts";
import { inertJson, visible } from "../text/visible.ts";
import { inPieces, type RenderOptions, type Reporter } from "./define.ts";
import { earlierLeftOut, gapsOf } from "./gaps.ts";
import { recordedText } from "./recorded.ts";
import { alertTitle, textsOf } from "./rules.ts";
import { shortMessage } from "./sarif-text.ts";
import { uuidOf } from "./uuid.ts";
import { baselineName, proofOf } from "./words.ts";

/** Of the schema at schema.ocsf.io. */
const VERSION = "1.8.0";

const CLASS = {
  category_uid: 2,
  category_name: "Findings",
  class_uid: 2003,
  class_name: "Compliance Finding",
} as const;

const SEVERITY_IDS = {
  critical: [5, "Critical"],
  high: [4, "High"],
  medium: [3, "Medium"],
  low: [2, "Low"],
  info: [1, "Informational"],
} as const satisfies Record<Severity, readonly [number, string]>;
const UNKNOWN_SEVERITY = [0, "Unknown"] as const;

/**
 * The status of the compliance. `2` is OCSF's "Warning": no result for lack of information. What is waived fails, and
 * the event says beside that it is suppressed. What was skipped has none of the three.
 */
const STATUS_IDS = {
  pass: [1, "Pass"],
  unknown: [2, "Warning"],
  fail: [3, "Fail"],
  waived: [3, "Fail"],
  skipped: [99, "Skipped"],
} as const satisfies Record<Outcome, readonly [number, string]>;

/**
 * OCSF 1.8.0 for a SIEM: JSON lines of Compliance Findings (2003), one for each control of a target and one for each
 * finding. `finding_info.uid` stays the same from run to run; `metadata.uid` is of this run alone.
 */
export const ocsf: Reporter = {
  format: "ocsf",
  title: "OCSF 1.8.0 Compliance Findings for a SIEM: JSON lines",
  extension: "jsonl",
  ...inPieces(pieces),
  leftOut: earlierLeftOut,
};

function* pieces(report: Report, { rules }: RenderOptions): Iterable<string> {
  const run = runOf(report, rules);
  const line = (event: unknown): string => `${inertJson(JSON.stringify(event, inertValue))}\n`;
  for (const control of report.controls) yield line(controlEvent(control, run));
  for (const finding of report.findings) yield line(findingEvent(finding, run));
  for (const { target, control, text } of gapsOf(report)) {
    if (control === undefined) yield line(gapEvent(target, text, run));
  }
}

/** Names are shown by whatever reads the events: in them nothing hides. */
function inertValue(_: string, value: unknown): unknown {
  return typeof value === "string" ? visible(value) : value;
}

/** What the events of a report have in common. */
interface Run {
  readonly report: Report;
  readonly targets: ReadonlyMap<string, Target>;
  readonly titles: ReadonlyMap<string, string>;
  /** The worst severity of the findings of a control of a target, of those that have its outcome. */
  readonly worst: ReadonlyMap<string, Severity>;
  readonly standards: readonly string[];
  /** The profile that was used of a baseline, by the baseline's id. */
  readonly profiles: ReadonlyMap<string, string>;
  readonly textOf: (rule: string) => RuleText;
}

function runOf(report: Report, rules: readonly RuleText[]): Run {
  const worst = new Map<string, Severity>();
  for (const { control, target, outcome, severity } of report.findings) {
    const key = keyOf(control, target, outcome);
    const before = worst.get(key);
    if (before === undefined || severityRank(severity) < severityRank(before)) worst.set(key, severity);
  }
  return {
    report,
    targets: new Map(report.targets.map((target) => [target.name, target])),
    titles: new Map(report.controls.map(({ id, target, title }) => [keyOf(id, target), title])),
    worst,
    standards: report.baselines.map(baselineName),
    profiles: new Map(
      report.baselines.flatMap(({ id, profile }) => (profile === undefined ? [] : [[id, profile]])),
    ),
    textOf: textsOf(rules),
  };
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

interface Told {
  readonly uid: string;
  readonly outcome: Outcome;
  readonly severity: Severity | undefined;
  readonly state?: Finding["state"];
  readonly title: string;
  readonly message: string;
  readonly target: string;
  readonly compliance: object;
  readonly resource: object | undefined;
  readonly info?: object;
  readonly more?: object;
  readonly unmapped: object;
}

/** An event, its attributes in one order whatever it tells of. */
function event(told: Told, { report, targets }: Run): object {
  const { uid, outcome, state, title, message, resource } = told;
  // Found before: an update of the same finding, and no new one.
  const activity =
    state === "unchanged" || state === "updated" ? ([2, "Update"] as const) : ([1, "Create"] as const);
  const [severityId, severity] = told.severity === undefined ? UNKNOWN_SEVERITY : SEVERITY_IDS[told.severity];
  const [statusId, status] = STATUS_IDS[outcome];
  const target = targets.get(told.target);
  const recorded = target === undefined ? undefined : recordedText(target);
  return {
    ...CLASS,
    activity_id: activity[0],
    activity_name: activity[1],
    type_uid: CLASS.class_uid * 100 + activity[0],
    type_name: `${CLASS.class_name}: ${activity[1]}`,
    time: Date.parse(report.finishedAt),
    severity_id: severityId,
    severity,
    ...(outcome === "waived" ? { status_id: 3, status: "Suppressed" } : {}),
    message,
    metadata: {
      version: VERSION,
      product: { name: report.tool.name, vendor_name: report.tool.name, version: report.tool.version },
      uid: uuidOf("ocsf event", uid, report.startedAt, report.finishedAt),
      ...(recorded === undefined ? {} : { original_time: target?.recordedAt }),
    },
    finding_info: { uid, title, desc: message, ...told.info },
    compliance: { ...told.compliance, status_id: statusId, status },
    ...(resource === undefined ? {} : { resources: [resource] }),
    ...told.more,
    unmapped: {
      outcome,
      ...told.unmapped,
      target: told.target,
      ...(target === undefined ? {} : { target_complete: target.complete }),
      ...(recorded === undefined ? {} : { recorded: released(recorded) }),
      ...(target?.stale === undefined ? {} : { stale: target.stale }),
      ...(report.interrupted ? { interrupted: true } : {}),
    },
  };
}

function controlEvent({ id, title, check, target, outcome, reason }: ControlResult, run: Run): object {
  const { worst, standards, targets } = run;
  return event(
    {
      uid: uuidOf("control", id, target),
      outcome,
      severity: outcome === "pass" || outcome === "skipped" ? "info" : worst.get(keyOf(id, target, outcome)),
      title,
      message: `${id}: ${outcome === "unknown" ? "not assessed" : outcome}${reason === undefined ? "" : `: ${reason}`}`,
      target,
      compliance: {
        control: id,
        desc: title,
        standards,
        ...(reason === undefined ? {} : { status_details: [reason] }),
      },
      resource: targetResource(targets.get(target)),
      unmapped: { kind: "control", check, ...profileOf(id, run) },
    },
    run,
  );
}

function findingEvent(finding: Finding, run: Run): object {
  const { fingerprint, control, target, rule, drift, resource, message, witness, waiver } = finding;
  const { documentation: page, remediation, location, pattern, except, plane, by, verify, state } = finding;
  const proof = proofOf(finding);
  const open = finding.outcome === "unknown";
  return event(
    {
      uid: fingerprint,
      outcome: finding.outcome,
      severity: finding.severity,
      state,
      title: titleOf(finding, run),
      // what a SIEM lists; all of it is the finding's description
      message: open ? message : shortMessage(finding, visible),
      target,
      info: { desc: message, types: [rule], src_url: page.url },
      compliance: {
        control,
        ...(finding.why === undefined ? {} : { desc: finding.why }),
        requirements: [page.section],
        standards: run.standards,
        ...(open ? { status_details: [message] } : {}),
      },
      resource: {
        uid: resource.id,
        name: resource.name === "" ? resource.id : resource.name,
        type: resource.type,
      },
      more: {
        ...(proof === undefined ? {} : { evidences: [{ name: proof, data: witness }] }),
        ...(remediation === undefined ? {} : { remediation: { desc: remediation.text } }),
      },
      unmapped: {
        kind: "finding",
        rule,
        drift,
        ...profileOf(control, run),
        ...(state === undefined ? {} : { state }),
        ...(pattern === undefined ? {} : { pattern }),
        ...(except === undefined ? {} : { except }),
        ...(plane === undefined ? {} : { plane }),
        ...(by === undefined ? {} : { by }),
        ...(waiver === undefined ? {} : { waiver }),
        ...(verify === undefined ? {} : { verify }),
        ...(remediation === undefined ? {} : { commands: remediation.commands }),
        location,
      },
    },
    run,
  );
}

function profileOf(control: string, { profiles }: Run): object {
  const profile = profiles.get(control.slice(0, control.indexOf("/")));
  return profile === undefined ? {} : { profile };
}

/** What is wrong, where something is: the control's own title says how it should be. */
function titleOf(finding: Finding, { titles, textOf }: Run): string {
  const { control, drift, outcome, rule, target } = finding;
  if (outcome === "fail" || outcome === "waived") return alertTitle(finding, textOf(rule));
  const title = titles.get(keyOf(control, target)) ?? control;
  return outcome === "unknown" ? `not assessed: ${title}` : `${drift}: ${title}`;
}

/** What neither a control nor a finding tells: a target that was not read completely, an interrupted run. */
function gapEvent(target: string, text: string, run: Run): object {
  return event(
    {
      uid: uuidOf("gap", target),
      outcome: "unknown",
      severity: undefined,
      title: "Not assessed",
      message: text,
      target,
      compliance: { standards: run.standards, status_details: [text] },
      resource: targetResource(run.targets.get(target)),
      unmapped: { kind: "gap" },
    },
    run,
  );
}

function targetResource(target: Target | undefined): object | undefined {
  if (target === undefined) return undefined;
  return { uid: target.scope === "" ? target.name : target.scope, name: target.name, type: target.cloud };
}
