import { canonicalText } from "./build.ts";
import { contentOf } from "./grant.ts";
import { growthBetween } from "./growth.ts";
import type { Finding, Report } from "./report.ts";

/**
 * The new report with what changed since the old one: a `state` per finding, `gone` (no longer there), and
 * `unassessed` (neither: nobody looked again).
 *
 * Findings are the same when their fingerprints are. One is `updated` when what it says changed: outcome, severity,
 * what is granted, or for a finding without a pattern the observed value; not its proof, its wording or its line.
 * An old finding is gone only when its target was read completely this time and its control was assessed there:
 * a target or control that could not be read closes nothing (fault 16). What the old report itself could not look at
 * again is still known from before: a drift that was there on Monday, unread on Tuesday, is not new on Wednesday.
 */
export function compareReports(old: Report, current: Report): Report {
  const known = [...old.findings, ...(old.unassessed ?? [])];
  // Later entries would win; what the old run saw itself counts.
  const before = new Map(known.toReversed().map((f) => [f.fingerprint, f]));
  const now = new Set(current.findings.map((f) => f.fingerprint));
  const complete = new Set(
    current.interrupted ? [] : current.targets.filter((t) => t.complete).map((t) => t.name),
  );
  const key = (control: string, target: string) => JSON.stringify([control, target]);
  const assessed = new Set(
    current.controls
      .filter((c) => c.outcome === "pass" || c.outcome === "fail" || c.outcome === "waived")
      .map((c) => key(c.id, c.target)),
  );
  const partly = new Set(
    current.findings.filter((f) => f.outcome === "unknown").map((f) => key(f.control, f.target)),
  );
  const gone: Finding[] = [];
  const unassessed: Finding[] = [];
  for (const { state: _, ...finding } of [...before.values()].toReversed()) {
    if (now.has(finding.fingerprint)) continue;
    const at = key(finding.control, finding.target);
    // The waivers' own control exists only while something is wrong with them.
    const looked = finding.rule.startsWith("waiver/") || (assessed.has(at) && !partly.has(at));
    (complete.has(finding.target) && looked ? gone : unassessed).push(finding);
  }
  const { gone: _gone, unassessed: _unassessed, grown: _grown, ...rest } = current;
  const grown = growthBetween(old, current);
  return {
    ...rest,
    findings: current.findings.map((finding) => {
      const earlier = before.get(finding.fingerprint);
      const state =
        earlier === undefined ? "new" : content(earlier) === content(finding) ? "unchanged" : "updated";
      return { ...finding, state };
    }),
    gone,
    ...(unassessed.length === 0 ? {} : { unassessed }),
    ...(grown.length === 0 ? {} : { grown }),
  };
}

/** What a finding says: what it grants, and how that was judged. */
function content(finding: Finding): string {
  const latent = finding.pattern !== undefined && finding.latent === true;
  return canonicalText([finding.outcome, finding.severity, contentOf(finding), latent]);
}
