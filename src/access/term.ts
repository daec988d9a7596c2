import type { Glob } from "./glob.ts";
import type { Origin } from "./policy.ts";

/** One pattern of a rule, with where it was written. */
export interface Term {
  readonly glob: Glob;
  /** As written, for people. */
  readonly text: string;
  readonly origin: Origin;
}
