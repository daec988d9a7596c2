/** What an element of a statement leaves to a request: actions, resources, principals. */
import type { Term } from "../term.ts";

/** One of the terms, or, negated, none of them (AW3). */
export interface Choice {
  readonly terms: readonly Term[];
  readonly negated: boolean;
}
