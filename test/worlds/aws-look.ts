import { audit } from "../../src/audit/audit.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import type { AuditInput } from "../../src/index.ts";
import { exitCode } from "../../src/report/exit-code.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { type AwsState, EXTERNAL_ID, snapshotOf } from "./aws-state.ts";

const baseline = loadBaseline("chalk-aws", checks);

export interface Run {
  readonly profile?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly serviceData?: AuditInput["serviceData"];
}

/**
 * The report on a state against the bundled baseline.
 *
 * @param recorded what becomes of the documents, where an answer is odder than a state can say
 */
export function reportOn(
  state: AwsState,
  run: Run = {},
  recorded: (documents: Snapshot["documents"]) => Snapshot["documents"] = (documents) => documents,
): Report {
  const taken = snapshotOf(state);
  const snapshot = { ...taken, documents: recorded(taken.documents) };
  return audit({
    baselines: [baseline],
    snapshots: [{ snapshot }],
    clouds: ["aws"],
    parameters: run.parameters ?? { externalId: EXTERNAL_ID },
    ...(run.profile === undefined ? {} : { profile: run.profile }),
    ...(run.serviceData === undefined ? {} : { serviceData: run.serviceData }),
    now: state.takenAt,
    version: "0.0.0-test",
  });
}

function witnessText(finding: Finding): string {
  const { witness } = finding;
  if (witness === undefined || !("resource" in witness) || !("action" in witness)) return "";
  const { principal, action, resource, context } = witness as {
    readonly principal?: string;
    readonly action: string;
    readonly resource: string;
    readonly context?: object;
  };
  const keys = Object.keys(context ?? {}).length === 0 ? "" : ` ${JSON.stringify(context)}`;
  return ` ! ${principal === undefined ? "" : `${principal} `}${action} ${resource}${keys}`;
}

/** A finding in one line: `effective-access excess high s3:* ! s3:GetObject arn:…`. */
export function line(finding: Finding): string {
  const control = finding.control.split("/").at(-1);
  const kind =
    finding.outcome === "unknown" ? "unknown" : finding.outcome === "pass" ? "note" : finding.drift;
  const what = finding.pattern ?? finding.resource.name;
  return `${control} ${kind}${finding.outcome === "fail" ? ` ${finding.severity}` : ""} ${what}${witnessText(finding)}`;
}

export function lines(report: Report): readonly string[] {
  return report.findings.map(line).sort();
}

export function codeOf(report: Report): number {
  return exitCode(report, { failOn: "low", allowIncomplete: false });
}

/** Outcomes of the controls that were looked at, without those of Kubernetes. */
export function outcomes(report: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    report.controls
      .filter((c) => c.outcome !== "skipped")
      .map((c) => [c.id.split("/").at(-1) ?? "", c.outcome]),
  );
}
