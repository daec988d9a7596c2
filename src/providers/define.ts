import type { ServiceData } from "../access/aws/service-data.ts";
import type { Provider } from "../access/policy.ts";
import type { ResolvedControl } from "../baselines/baseline.ts";
import type { Wildcard } from "../report/report.ts";
import type { Facts } from "../snapshot/facts.ts";
import type { DocumentKind } from "../snapshot/kinds/kinds.ts";
import type { Snapshot, Unread } from "../snapshot/snapshot.ts";
import type { Audited } from "../state/audited.ts";

/** A recorded state that is judged, and what the audit knows beside it. */
export interface Recorded {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  /** AWS: resource types and condition keys of each action, when whoever runs the audit has them. */
  readonly serviceData?: ServiceData;
}

/** Values of a baseline's parameters that a recorded state tells. */
export interface ToldParameters {
  /** By what a parameter is taken from (`from` of the baseline). */
  readonly from: { readonly account?: string; readonly region?: string; readonly database?: string };
  /** By the flag of a parameter. */
  readonly flag: Readonly<Record<string, string>>;
}

/** The operations of today that differences are counted by. */
export interface Operations {
  /** The day on which they were read or made, `2026-11-20`. */
  readonly date: string;
  readonly count: number;
  /** Those that the comparison is given with its options; absent: it has them from elsewhere. */
  readonly entries?: readonly { readonly name: string; readonly isDataAction: boolean }[];
}

/** A way in which somebody could hold more than the document says: the kinds that tell of it, or why none does. */
export interface DoorRow {
  readonly id: string;
  /** Plural, for a list of them: `role assignments`. */
  readonly title: string;
  /** All of them must have been read. */
  readonly kinds?: readonly DocumentKind[];
  /** Why it is never looked at. */
  readonly why?: string;
  /** Why its kinds are asked for by some controls alone: said where they were not. */
  readonly lacking?: string;
}

/** Everything in which the audit of one cloud differs from that of another. All of it is pure. */
export interface ProviderRecord {
  readonly provider: Provider;
  /** What people call it. */
  readonly name: string;
  /** The flag that names whom to audit, and who is audited without it; absent: the checks find them. */
  readonly who?: {
    readonly flag: string;
    /** Of whoever was found: `holds the documented role`. */
    readonly found: string;
    /** After `nobody was found`. */
    readonly nobody: string;
  };
  /**
   * Those that the user named.
   * @param value of the parameter that `who.flag` sets; absent: it was not given
   * @param recorded those that were named when the state was recorded
   */
  readonly named: (value: string | undefined, recorded: readonly string[]) => readonly string[];
  /** Whom to audit. */
  readonly findAudited: (
    facts: Facts,
    controls: readonly ResolvedControl[],
    named: readonly string[],
  ) => Audited;
  /** What the recorded state tells of a baseline's parameters. What the user gives has precedence. */
  readonly told: (snapshot: Snapshot, facts: Facts) => ToldParameters;
  /** Today's operations, when they are known. */
  readonly operations: (recorded: Recorded) => Operations | undefined;
  /**
   * What the differences are counted by, and what follows where that is not known, for a person.
   * @param judged whether controls of this cloud are judged here
   */
  readonly operationNotes: (
    recorded: Recorded,
    judged: boolean,
    unreadText: (unread: Unread) => string,
  ) => readonly string[];
  /** Every wildcard that the audited hold, with how many of today's operations it grants; empty: not counted. */
  readonly wildcards: (recorded: Recorded) => readonly Wildcard[];
  /** The ways in which the vendor could hold more; each is said to be read or not. */
  readonly doors: readonly DoorRow[];
  /** What is never looked at, said with every target. */
  readonly notConsidered: (facts: Facts) => string;
}
