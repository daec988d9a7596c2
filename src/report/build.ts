import type { Unread } from "../snapshot/snapshot.ts";
import { WAIVER_CHECK } from "./exit-code.ts";
import { nthFingerprint } from "./fingerprint.ts";
import type { ControlResult, Finding, Outcome, Report, Severity, Target } from "./report.ts";
import { severityRank } from "./severity.ts";

export interface ReportParts {
  /** The tool's version. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly interrupted?: boolean;
  readonly baselines: Report["baselines"];
  readonly targets: readonly Target[];
  readonly controls: readonly ControlResult[];
  readonly findings: readonly Finding[];
  /** Control ids (`<baseline id>/<control id>`) as the baselines list them; others follow, sorted. */
  readonly order: readonly string[];
}

/**
 * Assembles a report. Everything is put in order, so that the same facts give the same bytes however they came in
 * (fault 17), and fingerprints are made unique.
 *
 * @throws Error when the parts contradict each other (a failed control without a finding that says why, a finding
 * of a target or control that is not in the report): a bug of the caller, never a verdict.
 */
export function buildReport(parts: ReportParts): Report {
  const rank = controlRank(parts.order, parts.controls);
  const targets = [...parts.targets].sort((a, b) => compareText(a.name, b.name)).map(sortedTarget);
  const controls = [...parts.controls].sort(
    (a, b) => rank(a.id) - rank(b.id) || compareText(a.id, b.id) || compareText(a.target, b.target),
  );
  const findings = uniqueFingerprints(parts.findings).sort(
    (a, b) =>
      severityRank(a.severity) - severityRank(b.severity) ||
      rank(a.control) - rank(b.control) ||
      compareText(a.control, b.control) ||
      compareText(a.target, b.target) ||
      compareText(a.drift, b.drift) ||
      compareText(a.resource.id, b.resource.id) ||
      compareText(a.pattern ?? "", b.pattern ?? "") ||
      compareText(a.fingerprint, b.fingerprint),
  );
  assertConsistent(targets, controls, findings);
  return {
    schemaVersion: "1.1",
    tool: { name: "chalk-audit", version: parts.version },
    startedAt: parts.startedAt,
    finishedAt: parts.finishedAt,
    interrupted: parts.interrupted ?? false,
    baselines: [...parts.baselines].sort(
      (a, b) =>
        compareText(a.id, b.id) || compareText(a.version, b.version) || compareText(a.sha256, b.sha256),
    ),
    targets,
    summary: summarize(controls, findings),
    controls,
    findings,
  };
}

/**
 * Counts of a report. `findings` counts drift by severity, and notes (outcome `pass`) under `info`. Waived findings
 * were accepted and unknown ones are no drift: neither is counted there; the controls' counts tell of them. What is wrong
 * with a waiver file counts as a finding, and never as a control: the same baselines have the same number of controls.
 */
export function summarize(
  controls: readonly ControlResult[],
  findings: readonly Finding[],
): Report["summary"] {
  const outcomes: Record<Outcome, number> = { pass: 0, fail: 0, unknown: 0, waived: 0, skipped: 0 };
  const severities: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const control of controls) if (control.check !== WAIVER_CHECK) outcomes[control.outcome] += 1;
  for (const finding of findings) {
    if (finding.outcome === "fail") severities[finding.severity] += 1;
    else if (finding.outcome === "pass") severities.info += 1;
  }
  return { controls: outcomes, findings: severities };
}

/** By code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A value as text with sorted keys: equal values have equal texts. */
export function canonicalText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => compareText(a, b)))
        : inner,
    ) ?? "undefined"
  );
}

function controlRank(order: readonly string[], controls: readonly ControlResult[]): (id: string) => number {
  const ranks = new Map<string, number>();
  const rest = controls.map((c) => c.id).sort(compareText);
  for (const id of [...order, ...rest]) if (!ranks.has(id)) ranks.set(id, ranks.size);
  return (id) => ranks.get(id) ?? ranks.size;
}

function sortedTarget(target: Target): Target {
  const unreadKey = (u: Unread) =>
    JSON.stringify([u.kind, u.id ?? "", u.api, u.cause, u.permission ?? "", u.detail]);
  return {
    ...target,
    unread: [...target.unread].sort((a, b) => compareText(unreadKey(a), unreadKey(b))),
    ...(target.principals === undefined
      ? {}
      : { principals: [...target.principals].sort((a, b) => compareText(a.id, b.id)) }),
  };
}

/**
 * Two findings must never share a fingerprint: code scanning would show one alert for both. Where a check gives two
 * observations the same property, they are numbered in the order of their content.
 */
function uniqueFingerprints(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.fingerprint);
    if (group === undefined) groups.set(finding.fingerprint, [finding]);
    else group.push(finding);
  }
  const taken = new Set(groups.keys());
  const out: Finding[] = [];
  for (const [first, group] of groups) {
    const ordered =
      group.length === 1 ? group : [...group].sort((a, b) => compareText(content(a), content(b)));
    let n = 1;
    for (const finding of ordered) {
      if (n === 1) {
        out.push(finding);
        n += 1;
        continue;
      }
      let next = nthFingerprint(first, n++);
      while (taken.has(next)) next = nthFingerprint(first, n++);
      taken.add(next);
      out.push({ ...finding, fingerprint: next });
    }
  }
  return out;
}

/** What a finding says, without the place in the baseline's file: a moved line renumbers nothing. */
function content({ location: _, ...rest }: Finding): string {
  return canonicalText(rest);
}

function assertConsistent(
  targets: readonly Target[],
  controls: readonly ControlResult[],
  findings: readonly Finding[],
): void {
  const names = new Set(targets.map((t) => t.name));
  if (names.size !== targets.length) throw new Error("internal: two targets have the same name");
  const key = (control: string, target: string) => JSON.stringify([control, target]);
  const byControl = new Map<string, Set<Finding["outcome"]>>();
  for (const finding of findings) {
    const at = key(finding.control, finding.target);
    byControl.set(at, (byControl.get(at) ?? new Set()).add(finding.outcome));
  }
  for (const control of controls) {
    const at = key(control.id, control.target);
    const outcomes = byControl.get(at);
    if (!names.has(control.target)) {
      throw new Error(`internal: control ${control.id} belongs to no target: ${control.target}`);
    }
    if (control.outcome === "fail" && outcomes?.has("fail") !== true) {
      throw new Error(`internal: control ${control.id} fails without a finding`);
    }
    if (control.outcome !== "fail" && outcomes?.has("fail") === true) {
      throw new Error(`internal: control ${control.id} is ${control.outcome}, but a finding of it says fail`);
    }
    if ((control.outcome === "pass" || control.outcome === "waived") && outcomes?.has("unknown") === true) {
      throw new Error(`internal: control ${control.id} is ${control.outcome}, but a part of it is unknown`);
    }
    byControl.delete(at);
  }
  for (const at of byControl.keys()) throw new Error(`internal: a finding belongs to no control: ${at}`);
}
