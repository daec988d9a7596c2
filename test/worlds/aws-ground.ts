import { audit } from "../../src/audit/audit.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import type { AuditInput } from "../../src/index.ts";
import type { ControlResult, Report } from "../../src/report/report.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { type AwsState, awsState, EXTERNAL_ID, ROLE, scopedRole, snapshotOf } from "./aws-state.ts";
import { type Claim, type CleanWorld, type Ground, type Seen, seenIn } from "./world.ts";

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

export interface World {
  readonly run?: Run;
  readonly state: Partial<AwsState>;
}

export type Row = World & Claim<Seen>;

/** What an AWS baseline says of a cluster's inside is audited there. */
const isOurs = ({ outcome }: ControlResult): boolean => outcome !== "skipped";

export function seen(report: Report): Seen {
  return seenIn(report, isOurs);
}

const documented: CleanWorld<World> = { world: { state: {} }, notes: [] };
const scoped: CleanWorld<World> = {
  world: { run: { profile: "scoped" }, state: { roles: [scopedRole()] } },
  notes: [`log-reader-policy note absent info (${ROLE})`],
};

/** Accounts that depart from the documented one, by the profile that they are audited under. */
export const awsGround: Ground<World, Seen> = {
  open: async () => ({
    audit: async ({ state, run }) => seen(reportOn(awsState(state), run)),
    close: async () => {},
  }),
  clean: ({ run }) => (run?.profile === "scoped" ? scoped : documented),
};

/** Outcomes of the controls that were looked at, without those of Kubernetes. */
export function outcomes(report: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    report.controls
      .filter((c) => c.outcome !== "skipped")
      .map((c) => [c.id.split("/").at(-1) ?? "", c.outcome]),
  );
}
