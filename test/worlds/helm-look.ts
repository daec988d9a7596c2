import { audit } from "../../src/audit/audit.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import { exitCode } from "../../src/report/exit-code.ts";
import type { Report } from "../../src/report/report.ts";
import type { Snapshot, Unread } from "../../src/snapshot/snapshot.ts";
import type { GivenFile } from "../../src/state/context.ts";
import { type State, snapshotOf, TAKEN_AT } from "./helm-state.ts";
import { line } from "./line.ts";

const baseline = loadBaseline("chalk-helm", checks);

/** What somebody gives who knows the installation. */
export const GIVEN = {
  controlPlaneCidrs: "203.0.113.0/24",
  apiHost: "api.acme.example",
  frontendHost: "chalk.acme.example",
} as const;

export interface Look {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly unread?: readonly Unread[];
  readonly files?: Readonly<Record<string, GivenFile>>;
}

/** The report on an installation; without the cluster's state Kubernetes is not asked for. */
export function reportOn(aws: State, cluster: State | undefined, look: Look = {}): Report {
  const unread = look.unread ?? [];
  const of = (cloud: string) => unread.filter(({ kind }) => kind.startsWith(`${cloud}/`));
  return audit({
    baselines: [baseline],
    snapshots: [
      { snapshot: snapshotOf("aws", aws, of("aws")) },
      ...(cluster === undefined ? [] : [{ snapshot: snapshotOf("kubernetes", cluster, of("kubernetes")) }]),
    ],
    clouds: cluster === undefined ? ["aws"] : ["aws", "kubernetes"],
    parameters: look.parameters ?? GIVEN,
    ...(look.files === undefined ? {} : { files: look.files }),
    now: TAKEN_AT,
    version: "0.0.0-test",
  });
}

/** The report on recordings of both clouds. */
export function reportOf(snapshots: readonly Snapshot[]): Report {
  return audit({
    baselines: [baseline],
    snapshots: snapshots.map((snapshot) => ({ snapshot })),
    clouds: ["aws", "kubernetes"],
    parameters: GIVEN,
    now: TAKEN_AT,
    version: "0.0.0-test",
  });
}

/** What is found in the installation of the bundled demo. */
export const DEMO_FOUND: readonly string[] = [
  "api-server-effective-access excess critical iam:PassRole ! iam:PassRole <any>, by inline policy own, statement 1",
  "database-secret absent medium (chalk-metadata/metadata-plane-secrets)",
  "helm-charts absent medium (00000000-0000-4000-8000-000000000001#keda)",
  "metadata-database changed medium (arn:aws:rds:eu-west-1:123456789012:db:chalk-metadata)",
  "metadata-database-ingress wider critical (arn:aws:rds:eu-west-1:123456789012:db:chalk-metadata)",
  "exit 1",
];

/** Its findings, one line each, without the notes; and the exit status. */
export function seenIn(report: Report): readonly string[] {
  return [
    ...report.findings
      .filter(({ outcome }) => outcome !== "pass")
      .map(line)
      .sort(),
    `exit ${exitCode(report, { failOn: "low", allowIncomplete: false })}`,
  ];
}
