import type { Provider } from "../access/policy.ts";
import type { LoadedBaseline } from "../baselines/baseline.ts";
import type { UsageSource } from "../usage/usage.ts";

/** How far one side grants an action. `dead`: it names it and, by the provider's catalogue, grants nothing by it. */
export type GrantReach = "all" | "some" | "dead" | "none" | "unknown";

/** What the scope-down does to an action: `shifts` takes a part away and grants another. */
export type Change = "goes" | "narrows" | "shifts" | "stays" | "appears" | "unknown";

/**
 * What is known of an action's use. `breaks`: a recorded call would be refused. `may-break`: whether one would be
 * cannot be told. `used`: every recorded call would still be allowed. Neither of the last two means unused.
 */
export type Use = "breaks" | "may-break" | "used" | "not-observed" | "not-observable";

/** Permissions of one service that have the same in all four columns. */
export interface PermissionGroup {
  /** Prefix of the actions, or namespace of the provider. */
  readonly service: string;
  readonly change: Change;
  readonly use: Use;
  readonly live: GrantReach;
  readonly documented: GrantReach;
  readonly target: GrantReach;
  readonly actions: readonly string[];
  /** Recorded calls of all of them, and when the last was. */
  readonly calls: number;
  readonly last?: string;
}

export type CallVerdict = "allowed" | "refused" | "depends";

/** Recorded calls replayed: what is granted today says, and what the target would say. */
export interface RehearsedCall {
  readonly action: string;
  /** The log's own name of the call. */
  readonly event: string;
  readonly resources: readonly string[];
  readonly who: readonly string[];
  readonly count: number;
  readonly first: string;
  readonly last: string;
  readonly live: CallVerdict;
  readonly target: CallVerdict;
  /** One line: why the target would refuse it, or what it depends on. */
  readonly why: string;
  /** What would have to be granted in addition, as the provider writes it. */
  readonly needs?: unknown;
  /** The target names the action and cannot grant it: a dead grant of the document. */
  readonly promised?: boolean;
}

/** An event that no permission is known for. */
export interface Unmapped {
  readonly event: string;
  readonly who: readonly string[];
  readonly count: number;
  readonly last: string;
}

/** A resource of the vendor that the target's tag condition will cut off. */
export interface CutResource {
  readonly id: string;
  readonly name: string;
  /** What makes it the vendor's, and what it lacks. */
  readonly why: string;
  /** Recorded calls on it. */
  readonly calls: number;
  readonly last?: string;
}

/** What the target promises and cannot grant. */
export interface DeadGrant {
  readonly actions: readonly string[];
  readonly why: string;
  /** Recorded calls that count on it. */
  readonly calls: number;
}

/** A document to apply. */
export interface TargetDocument {
  readonly file: string;
  readonly text: string;
  /** As the provider counts it. */
  readonly size: number;
  /** The provider's limit and where it is from, in words. */
  readonly limit: string;
}

/** The review before a scope-down. Lists are sorted; nothing in it depends on the order of the input. */
export interface Review {
  readonly cloud: Provider;
  readonly scope: string;
  readonly principal: { readonly id: string; readonly name: string };
  readonly baseline: {
    readonly id: string;
    readonly version: string;
    readonly sha256: string;
    /** Of a baseline that does not come with the package. */
    readonly file?: string;
  };
  /** Profiles; absent where the baseline has none. */
  readonly from?: string;
  readonly to?: string;
  /** When the live state was recorded. */
  readonly takenAt: string;
  readonly sources: readonly UsageSource[];
  readonly groups: readonly PermissionGroup[];
  /** Calls that the target would refuse, that depend, or that what is granted today does not explain. */
  readonly calls: readonly RehearsedCall[];
  /** How many recorded calls the target would still allow. */
  readonly allowedCalls: number;
  /** Recorded calls that were refused when they were made: no use of a permission. */
  readonly refusedThen: number;
  readonly unmapped: readonly Unmapped[];
  readonly cut: readonly CutResource[];
  readonly dead: readonly DeadGrant[];
  readonly documents: readonly TargetDocument[];
  /** What could not be read or decided, a line each; empty: the review is complete. */
  readonly incomplete: readonly string[];
  readonly notes: readonly string[];
}

/** Whether the scope-down takes a call away that is granted today. */
export function breaks(call: RehearsedCall): boolean {
  return call.target === "refused" && call.live !== "refused";
}

/** 1: something that was used breaks; 3: nothing known does, and something is open; 0: nothing breaks. */
export function reviewStatus(review: Review): 0 | 1 | 3 {
  if (review.calls.some(breaks)) return 1;
  return review.incomplete.length > 0 || review.calls.some((c) => c.target === "depends") ? 3 : 0;
}

/** What a review says of the baseline that it is by: of one that does not come with the package its file too. */
export function reviewedBaseline({ baseline, sha256, file, bundled }: LoadedBaseline): Review["baseline"] {
  return { id: baseline.id, version: baseline.version, sha256, ...(bundled === true ? {} : { file }) };
}
