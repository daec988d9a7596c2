import { audit } from "../../src/audit/audit.ts";
import type { LoadedBaseline } from "../../src/baselines/baseline.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import { exitCode } from "../../src/report/exit-code.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import { witnessText } from "../../src/reporters/words.ts";
import {
  BUILDER,
  type ClusterState,
  MANAGEMENT,
  NAMESPACE,
  snapshotOf,
  TAKEN_AT,
  WORKLOAD,
} from "./kubernetes-state.ts";

const bundled = {
  azure: loadBaseline("chalk-azure", checks),
  aws: loadBaseline("chalk-aws", checks),
};

/** Everything that a user can name. */
export const NAMED: Readonly<Record<string, string>> = {
  namespace: NAMESPACE,
  managementServiceAccount: MANAGEMENT,
  workloadServiceAccount: WORKLOAD,
  builderServiceAccount: BUILDER,
};

export interface Run {
  readonly baseline?: "azure" | "aws" | LoadedBaseline;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The report on a cluster. */
export function reportOn(state: ClusterState, run: Run = {}): Report {
  const { baseline = "azure", parameters = NAMED } = run;
  return audit({
    baselines: [typeof baseline === "string" ? bundled[baseline] : baseline],
    snapshots: [{ snapshot: snapshotOf(state, parameters["namespace"]) }],
    clouds: ["kubernetes"],
    parameters,
    now: TAKEN_AT,
    version: "0.0.0-test",
  });
}

/** A finding in one line: `management-role excess high get secrets ! get secrets in namespace x`. */
export function line(finding: Finding): string {
  const control = finding.control.split("/").at(-1);
  const kind =
    finding.outcome === "unknown" ? "unknown" : finding.outcome === "pass" ? "note" : finding.drift;
  const severity = finding.outcome === "fail" ? ` ${finding.severity}` : "";
  const except = (finding.except ?? []).length === 0 ? "" : ` except ${(finding.except ?? []).join("; ")}`;
  const what = finding.pattern === undefined ? ` (${finding.resource.id})` : ` ${finding.pattern}${except}`;
  const witness = finding.witness === undefined ? "" : ` ! ${witnessText(finding.witness)}`;
  return `${control} ${kind}${severity}${what}${witness}`;
}

/** What is not as documented, and what is not known. */
export function lines(report: Report): readonly string[] {
  return report.findings
    .filter((f) => f.outcome !== "pass")
    .map(line)
    .sort();
}

/** What is worth saying and no drift. */
export function notes(report: Report): readonly string[] {
  return report.findings
    .filter((f) => f.outcome === "pass")
    .map((f) => `${f.control.split("/").at(-1)} ${f.drift}: ${f.message}`)
    .sort();
}

export function codeOf(report: Report): number {
  return exitCode(report, { failOn: "low", allowIncomplete: false });
}

/** Outcomes of the controls about the cluster. */
export function outcomes(report: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    report.controls
      .filter((c) => c.check.startsWith("kubernetes/"))
      .map((c) => [c.id.split("/").at(-1) ?? "", c.outcome]),
  );
}
