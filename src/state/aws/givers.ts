import type { Residue, Witness } from "../../access/policy.ts";
import { grantors } from "../../access/provider.ts";
import { type HeldPolicy, policyInWords } from "./holdings.ts";
import { statementName } from "./statement.ts";

/** A policy that gives a request, and the statements of it that do, as people name them. */
export interface Giver {
  readonly held: HeldPolicy;
  readonly statements: readonly string[];
}

/**
 * What of a role's policies gives a residue: each statement that it was made from, and each that grants its witness, all of
 * which have to go before the witness is denied. What gives a part of it beside them is told once they are gone. The
 * policies are read once for many residues.
 */
export function giversIn(policies: readonly HeldPolicy[]): (residue: Residue) => readonly Giver[] {
  let granting: ((witness: Witness) => readonly Residue["origin"][]) | undefined;
  return ({ witness, origin, origins = [origin] }) => {
    granting ??= grantors(
      "aws",
      policies.map(({ document }) => document),
    );
    const found = new Map<number, Set<string>>();
    // the statement that it is told of comes first
    for (const { document, pointer } of [...origins, ...granting(witness)]) {
      const names = found.get(document) ?? new Set<string>();
      found.set(document, names.add(statementName(policies[document]?.document, pointer)));
    }
    return [...found].flatMap(([document, names]) => {
      const held = policies[document];
      return held === undefined ? [] : [{ held, statements: [...names] }];
    });
  };
}

/** `inline policy a, statement 1; policy b, statements Read and 3`. */
export function giversInWords(givers: readonly Giver[]): string {
  return givers
    .map(({ held, statements }) => {
      const names =
        statements.length < 2
          ? statements.join("")
          : `${statements.slice(0, -1).join(", ")} and ${statements.at(-1)}`;
      return `${policyInWords(held)}, ${statements.length > 1 ? "statements" : "statement"} ${names}`;
    })
    .join("; ");
}
