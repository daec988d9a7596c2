import type { Residue } from "../../access/policy.ts";
import { field, record } from "../../snapshot/value.ts";
import { type DocumentSides, policyDifferenceOf, policyReplayOf } from "../../state/aws/difference.ts";
import { type Statement, statementsOf, withoutConditions } from "../../state/aws/document.ts";
import { originOf, policyOf } from "../../state/aws/statement.ts";
import type { Context } from "../../state/context.ts";

/** The condition of a documented grant and what became of it, side by side (AW12). */
export interface Loosened {
  readonly documented: string;
  /** Empty: no condition is left. */
  readonly live: string;
}

/** A condition block as text. */
export function loosenedConditionText(statement: unknown): string {
  const operators = Object.entries(record(field(statement, "Condition")) ?? {});
  return operators
    .flatMap(([operator, keys]) =>
      Object.entries(record(keys) ?? {}).map(
        ([key, value]) =>
          `${operator} ${key} = ${Array.isArray(value) ? value.map(String).join(" | ") : String(value)}`,
      ),
    )
    .join(" and ");
}

/**
 * Whether an excess is there only because a condition was loosened. The comparison says so where it can tell; where a
 * condition is of a kind that it leaves open, it is if the live statement has a condition, lets through all that the
 * documented statement does, and the documented one without its condition would let the witness through.
 */
export function loosened(residue: Residue, sides: DocumentSides, context: Context): Loosened | undefined {
  if (residue.weakened !== undefined) return residue.weakened;
  const live = originOf(residue, sides.live);
  const now = loosenedConditionText(live);
  if (live === undefined || now === "") return undefined;
  const was = sides.documented
    .flatMap((d) => [...statementsOf(d)])
    .find((s) => isBehind(s, live, residue, context));
  return was === undefined ? undefined : { documented: loosenedConditionText(was), live: now };
}

function isBehind(documented: Statement, live: object, residue: Residue, context: Context): boolean {
  if (documented["Effect"] !== "Allow" || loosenedConditionText(documented) === "") return false;
  const bare = [withoutConditions(policyOf(documented))];
  if (policyReplayOf({ documented: bare, live: [] }, residue.witness).documented !== "allowed") return false;
  const { action, resource } = residue.witness as { readonly action: string; readonly resource: string };
  const { NotAction: _, NotResource: __, ...rest } = documented;
  const there = policyOf({ ...rest, Action: action, Resource: resource });
  return policyDifferenceOf({ documented: [there], live: [policyOf(live)] }, context).missing.length === 0;
}
