import type { Provider } from "../access/policy.ts";
import type { LoadedBaseline } from "../baselines/baseline.ts";
import type { Dealt } from "../baselines/parameters.ts";
import type { Check } from "../checks/define.ts";
import type { WaiverFile } from "../report/waivers.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Context } from "../state/context.ts";

/** A recorded state, which is one target. */
export interface AuditedSnapshot {
  readonly snapshot: Snapshot;
  /** Read by this run, or recorded before it; `snapshot` when not given. */
  readonly source?: "live" | "snapshot";
  /** Where a snapshot was named, when that was not on the command line. */
  readonly namedBy?: string;
  /** What to call the target, instead of `azure:/subscriptions/…`. */
  readonly name?: string;
  /** Baseline parameters for this target; those of the input when not given. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The same already dealt out among the baselines of the input, in their order, as `dealOut` does it; wins. */
  readonly dealt?: readonly Dealt[];
  /** Kubernetes: the clouds that the cluster's nodes tell; what the snapshot recorded of it when not given. */
  readonly edition?: readonly Provider[];
}

export interface AuditInput {
  readonly baselines: readonly LoadedBaseline[];
  readonly snapshots: readonly AuditedSnapshot[];
  /** The clouds asked for; a control of another one is skipped. */
  readonly clouds: readonly Provider[];
  /** Baseline parameters as given (`--set`, and the flags that stand for one). */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly waivers?: WaiverFile;
  /** When the run ended, as the report says it: ISO 8601, UTC. */
  readonly now: string;
  /** What waivers expire and recorded state grows old by, where the report is stamped with another time; `now` when not given. */
  readonly clock?: string;
  /** When the run began; `now` when not given. */
  readonly startedAt?: string;
  /** Recorded state that is older is said to be; 0 or absent: no age is too much. */
  readonly maxAgeMs?: number;
  /** Version of the tool. */
  readonly version: string;
  /** AWS: resource types and condition keys of each action. Without it policies are compared as written (AW5, AW9). */
  readonly serviceData?: NonNullable<Context["serviceData"]>;
  /** Files that parameters name, by the path as it was given: controls of files are judged by these. */
  readonly files?: NonNullable<Context["files"]>;
  /** The checks to run; those of this version when not given. */
  readonly checks?: readonly Check[];
}
