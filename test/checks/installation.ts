import { reportOn } from "../worlds/helm-look.ts";
import { aws, awsBeside, changed, cluster, type State } from "../worlds/helm-state.ts";

export const account = changed(aws, awsBeside);

/** What one control finds after a change of the installation: the message, how it is shown, and what mends it. */
export function found(control: string, change: State): readonly string[] {
  const of = (cloud: string) =>
    Object.fromEntries(Object.entries(change).filter(([kind]) => kind.startsWith(`${cloud}/`)));
  const report = reportOn(changed(account, of("aws")), changed(cluster, of("kubernetes")));
  return report.findings
    .filter((finding) => finding.control === `chalk-helm/${control}` && finding.outcome !== "pass")
    .map(({ outcome, drift, severity, message, verify, remediation }) =>
      [
        outcome === "unknown" ? "unknown" : `${drift} ${severity}`,
        message,
        verify ?? "",
        ...(remediation?.commands ?? []),
      ].join(" | "),
    )
    .sort();
}
