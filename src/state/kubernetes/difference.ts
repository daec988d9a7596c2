import type {
  CompareOptions,
  Comparison,
  Residue,
  ServedResource,
  Verdict,
  Witness,
} from "../../access/policy.ts";
import { allows, comparePolicies, grantors } from "../../access/provider.ts";
import type { Rule } from "./rules.ts";

/** What one document of a side grants. */
export interface DocumentRules {
  readonly rules: readonly Rule[];
}

/** Two sets of rules that are to be the same in one place. */
export interface RuleSides {
  readonly documented: readonly DocumentRules[];
  readonly live: readonly DocumentRules[];
  /** The namespace in which both hold; absent: everywhere. */
  readonly namespace?: string;
  /** What the server serves, where discovery was read (K4). */
  readonly resources?: readonly ServedResource[];
}

function optionsOf({ namespace, resources }: RuleSides): CompareOptions {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(resources === undefined ? {} : { resources }),
  };
}

export function ruleDifferenceOf(sides: RuleSides): Comparison {
  return comparePolicies("kubernetes", sides.documented, sides.live, optionsOf(sides));
}

/** What both sides say to a witness: the runner checks it. */
export function ruleReplayOf(sides: RuleSides, witness: Witness): { documented: Verdict; live: Verdict } {
  return {
    documented: allows("kubernetes", sides.documented, witness, optionsOf(sides)),
    live: allows("kubernetes", sides.live, witness, optionsOf(sides)),
  };
}

/** The live documents that give a residue: those that write a part of it, and any other that grants its witness. */
export function giversIn(residue: Residue, sides: RuleSides): ReadonlySet<number> {
  const granting = grantors("kubernetes", sides.live, optionsOf(sides))(residue.witness);
  return new Set([...documentsOf(residue), ...granting.map(({ document }) => document)]);
}

/** Which rule of its document a residue comes from. */
export function ruleIndex(residue: Residue): number {
  return indexIn(residue.origin.pointer);
}

function indexIn(pointer: string): number {
  return Number(/^\/rules\/(\d+)/.exec(pointer)?.[1] ?? 0);
}

/** The documents and rules that write a part of a residue. */
function originsOf(residue: Residue): readonly Residue["origin"][] {
  return residue.origins ?? [residue.origin];
}

/** The documents of a side that a residue comes from. */
function documentsOf(residue: Residue): ReadonlySet<number> {
  return new Set(originsOf(residue).map((origin) => origin.document));
}

/** The rules that a residue comes from, of one document or of all. */
export function rulesOf(
  residue: Residue,
  side: readonly DocumentRules[],
  document?: number,
): readonly Rule[] {
  const found = originsOf(residue)
    .filter((origin) => document === undefined || origin.document === document)
    .flatMap((origin) => side[origin.document]?.rules[indexIn(origin.pointer)] ?? []);
  return [...new Set(found)];
}
