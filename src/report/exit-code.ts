import type { Finding, Report, Severity } from "./report.ts";
import { atLeast } from "./severity.ts";

/** What the control that judges a waiver file has for a check; it belongs to no baseline and is counted with none. */
export const WAIVER_CHECK = "waiver";

export interface ExitPolicy {
  /** The mildest drift that fails the run; `never`: none does. */
  readonly failOn: Severity | "never";
  /** What could not be assessed does not fail the run. */
  readonly allowIncomplete: boolean;
  /** Drift that an earlier report had already, unchanged, does not fail the run. Without an earlier report all is new. */
  readonly newOnly?: boolean;
  /** Recorded state that is too old fails the run as something that is not known does, whatever is allowed. */
  readonly failOnStale?: boolean;
}

/**
 * The exit code of an audit: 1 for drift at or above `failOn`; else 3 when something is unknown (a control, a target
 * that was not read completely, an interrupted run) or nothing at all was assessed; else 0. `allowIncomplete` turns 3
 * into 0, but not where nothing at all was assessed: that is no part of a scan, it is none. `failOnStale` keeps it.
 *
 * Unknown findings and waived ones are no drift. Reporters and display filters have no say.
 */
export function exitCode(report: Report, policy: ExitPolicy): 0 | 1 | 3 {
  const { failOn, newOnly = false } = policy;
  const counts = (f: Finding) => f.outcome === "fail" && !(newOnly && f.state === "unchanged");
  if (failOn !== "never" && report.findings.some((f) => counts(f) && atLeast(f.severity, failOn))) return 1;
  if (!anythingAssessed(report)) return 3;
  if (policy.failOnStale === true && report.targets.some((t) => t.stale !== undefined)) return 3;
  return isIncomplete(report) && !policy.allowIncomplete ? 3 : 0;
}

/** Whether anything that was in scope is not known. */
export function isIncomplete(report: Report): boolean {
  return (
    report.interrupted ||
    !anythingAssessed(report) ||
    report.targets.some((t) => !t.complete) ||
    report.controls.some((c) => c.outcome === "unknown") ||
    report.findings.some((f) => f.outcome === "unknown")
  );
}

/** Whether any control has a verdict; a skipped or unknown one has none. */
export function anythingAssessed(report: Report): boolean {
  return report.controls.some(
    (c) =>
      c.check !== WAIVER_CHECK && (c.outcome === "pass" || c.outcome === "fail" || c.outcome === "waived"),
  );
}
