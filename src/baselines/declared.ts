import type { Check } from "../checks/define.ts";

/** What a baseline needs to know of a check: its name and the shape of its parameters. */
export type CheckShape = Pick<Check, "id" | "params">;

/** The checks that a baseline may name, by id. */
export function knownChecks(checks: readonly CheckShape[]): readonly CheckShape[] {
  return [...checks].sort((a, b) => (a.id < b.id ? -1 : 1));
}
