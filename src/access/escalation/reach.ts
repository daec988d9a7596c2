import type { Verdict, Witness } from "../policy.ts";

/** Whether something can be done anywhere at all, by some request. */
export interface AnywhereReach {
  readonly verdict: Verdict;
  /** Where it is allowed, a request that is. */
  readonly witness?: Witness;
}

/** Answers for the steps of the provider's paths, as their table writes them. */
export type Reaches = (step: string) => AnywhereReach;

export const NOWHERE: AnywhereReach = { verdict: "denied" };
export const PERHAPS: AnywhereReach = { verdict: "undecided" };
