import type { ExtraKind } from "../snapshot/kinds/extra.ts";
import type { DocumentKind } from "../snapshot/kinds/kinds.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

/** What to read, worked out from the baselines by the command line. No baseline type reaches a collector. */
export interface CollectPlan {
  readonly kinds: ReadonlySet<DocumentKind>;
  /** Azure: names of the documented custom roles; used to find the principals when none is given. */
  readonly roleNames: readonly string[];
  /**
   * Azure: object ids; empty: audit whoever holds one of the roles named. AWS: names or ARNs of roles; empty: audit
   * the roles that a trusted principal may assume.
   */
  readonly principals: readonly string[];
  /** AWS: the documented principals of the vendor, as trust policies name them. */
  readonly trustedPrincipals: readonly string[];
  /** Kinds that plugins add and that a control looks at. */
  readonly extra?: readonly ExtraKind[];
  /** Kubernetes: the namespace that is audited; absent: none was named. Roles and bindings of all are read. */
  readonly namespace?: string;
  /**
   * Of these kinds only what is named is read, since no control looks at more: ids, in a cluster `<namespace>/<name>` or
   * `<namespace>/*`. A kind that does not stand here is read whole, where it can be.
   */
  readonly names?: ReadonlyMap<DocumentKind, readonly string[]>;
  /** Kubernetes: the configuration files that are read. */
  readonly configFiles?: readonly ConfigFile[];
}

/** A file that workloads with one of these sets of labels are told to read, by an argument: `--config`. */
export interface ConfigFile {
  readonly labels: readonly Readonly<Record<string, string>>[];
  readonly argument: string;
}

export type Progress = (message: string) => void;

/** The one effectful door to a cloud. */
export interface CollectOptions {
  readonly signal: AbortSignal;
  /** Bound on the whole collection of this target, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  readonly progress: Progress;
  /** Debug lines; already free of secrets. */
  readonly debug: (line: string) => void;
  /** The clock, so that tests can set it. */
  readonly now: () => Date;
}

export type Collect<Settings> = (
  plan: CollectPlan,
  settings: Settings,
  options: CollectOptions,
) => Promise<Snapshot>;

/** A usage or credential problem that ends the run with exit code 2; the message is for a person. */
export class CollectError extends Error {
  override readonly name = "CollectError";
}
