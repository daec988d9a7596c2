import type { Finding, Report } from "../report/report.ts";
import { SEVERITIES, severityRank } from "../report/severity.ts";

/**
 * Drift that stands, by target, the worst first: for formats whose reader closes an alert that is absent from the next
 * report. Waived, unknown and notes are no alerts. What an earlier report has and nobody looked at again stands too,
 * and says so: left out, its alert would be closed.
 * @param waived what was waived as well, after all that stands
 */
export function standingDrift(report: Report, waived = false): ReadonlyMap<string, readonly Finding[]> {
  const out = new Map<string, Finding[]>();
  const unseen = (report.unassessed ?? []).map((finding) => ({
    ...finding,
    message: `(not looked at again) ${finding.message}`,
  }));
  for (const finding of [...report.findings, ...unseen]) {
    if (finding.outcome !== "fail" && !(waived && finding.outcome === "waived")) continue;
    const list = out.get(finding.target);
    if (list === undefined) out.set(finding.target, [finding]);
    else list.push(finding);
  }
  const rank = ({ outcome, severity }: Finding) =>
    (outcome === "waived" ? SEVERITIES.length : 0) + severityRank(severity);
  for (const list of out.values()) list.sort((a, b) => rank(a) - rank(b));
  return out;
}
