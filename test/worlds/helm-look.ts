import { audit } from "../../src/audit/audit.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import { exitCode } from "../../src/report/exit-code.ts";
import type { Report } from "../../src/report/report.ts";
import type { Unread } from "../../src/snapshot/snapshot.ts";
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
