import { audit } from "../../src/audit/audit.ts";
import type { LoadedBaseline } from "../../src/baselines/baseline.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import type { ControlResult, Report } from "../../src/report/report.ts";
import {
  BUILDER,
  CLUSTER,
  type ClusterState,
  documented,
  MANAGEMENT,
  NAMESPACE,
  snapshotOf,
  TAKEN_AT,
  WORKLOAD,
} from "./kubernetes-state.ts";
import { type Claim, type CleanWorld, type Ground, type Seen, seenIn } from "./world.ts";

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

export type Change = (state: ClusterState) => Partial<ClusterState>;

export interface World {
  readonly run?: Run;
  /** How it departs from the documented cluster. */
  readonly state: Change;
}

export type Row = World & Claim<Seen>;

/** What a baseline of a cloud says of the cluster in it. */
const isOurs = ({ check }: ControlResult): boolean => check.startsWith("kubernetes/");

export function seen(report: Report): Seen {
  return seenIn(report, isOurs);
}

const same: Change = () => ({});
/** What the server gives to everybody, and what the document lists and grants nothing. */
const NOTES = [
  `cluster-effective-access note excess info every service account (${CLUSTER}/${NAMESPACE})`,
  "management-role note dead info (chalk/chalk-management-role)",
];
const onAzure: CleanWorld<World> = { world: { state: same }, notes: NOTES };
const onAws: CleanWorld<World> = { world: { run: { baseline: "aws" }, state: same }, notes: NOTES };

/** Clusters that depart from the documented one of their cloud. */
export const kubernetesGround: Ground<World, Seen> = {
  open: async () => ({
    audit: async ({ state, run }) => {
      const whole = documented(run?.baseline === "aws" ? "aws" : "azure");
      return seen(reportOn({ ...whole, ...state(whole) }, run));
    },
    close: async () => {},
  }),
  clean: ({ run }) => (run?.baseline === "aws" ? onAws : onAzure),
  // where nothing is named another target is audited: whomever the bindings name
  undoes: ({ run }) => run?.parameters === undefined || Object.keys(run.parameters).length > 0,
};

/** What is worth saying and no drift. */
export function notes(report: Report): readonly string[] {
  return report.findings
    .filter((f) => f.outcome === "pass")
    .map((f) => `${f.control.split("/").at(-1)} ${f.drift}: ${f.message}`)
    .sort();
}

/** Outcomes of the controls about the cluster. */
export function outcomes(report: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    report.controls
      .filter((c) => c.check.startsWith("kubernetes/"))
      .map((c) => [c.id.split("/").at(-1) ?? "", c.outcome]),
  );
}
