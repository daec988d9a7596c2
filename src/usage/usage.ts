/** A call that the audited role or principal made, as a log recorded it: who, when, what, on what, and how it ended. */
export interface RecordedCall {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Session or caller, made visible. */
  readonly who: string;
  /** The log's own name of it: `s3.amazonaws.com ListObjects`. */
  readonly event: string;
  /** The provider's permissions that it takes; empty: the event is not mapped to any. */
  readonly actions: readonly string[];
  /** Full names (ARN, resource id) where the record has them. */
  readonly resources: readonly string[];
  readonly region?: string;
  /** The log's code of an error. */
  readonly error?: string;
  /** It was refused for want of a permission, so it shows no use of one. */
  readonly refused: boolean;
}

/** Calls alike in all but time and caller, counted. */
export interface CallGroup {
  readonly event: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly region?: string;
  readonly error?: string;
  readonly refused: boolean;
  /** Up to five, in the order of their names. */
  readonly who: readonly string[];
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly first: string;
  readonly last: string;
}

export type SourceKind =
  | "cloudtrail-file"
  | "cloudtrail-api"
  | "service-last-accessed"
  | "activity-log-file"
  | "activity-log-api"
  | "kubernetes-audit-file";

/** Where usage was read, how far back it reaches, and what it cannot observe. */
export interface UsageSource {
  readonly kind: SourceKind;
  /** File as the user named it, or the calls. */
  readonly name: string;
  /** The window that it speaks of, ISO 8601; absent: nothing tells it. */
  readonly from?: string;
  readonly to?: string;
  /** Events read, and those of them that the audited role or principal made. */
  readonly events: number;
  readonly calls: number;
  /** What it cannot observe, by name. */
  readonly blind: readonly string[];
  /** What of it could not be read; empty when all was. */
  readonly problems: readonly string[];
}

/** Distinct groups of calls that are kept; beyond it the usage is incomplete and says so. */
export const MOST_GROUPS = 20_000;

/** Most callers that a group names. */
const MOST_CALLERS = 5;

interface Growing extends Omit<CallGroup, "who" | "count" | "first" | "last"> {
  readonly who: Set<string>;
  count: number;
  first: string;
  last: string;
}

/** Counts calls as they stream by, in bounded memory. */
export class Tally {
  readonly #groups = new Map<string, Growing>();
  readonly #most: number;
  #lost = 0;

  constructor(most = MOST_GROUPS) {
    this.#most = most;
  }

  /** Adds one call. */
  add(call: RecordedCall): void {
    const { at, who, ...rest } = call;
    const key = JSON.stringify([
      rest.event,
      rest.actions,
      rest.resources,
      rest.region ?? "",
      rest.error ?? "",
      rest.refused,
    ]);
    const known = this.#groups.get(key);
    if (known === undefined) {
      if (this.#groups.size >= this.#most) {
        this.#lost += 1;
        return;
      }
      this.#groups.set(key, { ...rest, who: new Set([who]), count: 1, first: at, last: at });
      return;
    }
    known.count += 1;
    if (known.who.size < MOST_CALLERS) known.who.add(who);
    if (at < known.first) known.first = at;
    if (at > known.last) known.last = at;
  }

  /** Calls that found no room. */
  get lost(): number {
    return this.#lost;
  }

  /** The groups, in an order that does not depend on that of the calls. */
  groups(): readonly CallGroup[] {
    return [...this.#groups]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, group]) => ({ ...group, who: [...group.who].sort() }));
  }
}
