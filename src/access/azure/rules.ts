import { matches, subject } from "../glob.ts";
import type { Origin, Verdict } from "../policy.ts";
import type { Term } from "../term.ts";

/** What a rule says of one dimension: one of `only`, none of `except`. */
export interface Selector {
  readonly only: readonly Term[];
  readonly except: readonly Term[];
}

/**
 * An allow or a deny over named dimensions. A dimension that is left out is not restricted. Conditions are texts
 * that this project does not evaluate: a rule with some holds where all of them do, and two equal texts hold
 * together or not at all (AZ9).
 */
export interface DimensionRule {
  readonly effect: "allow" | "deny";
  readonly where: Readonly<Record<string, Selector>>;
  readonly conditions: readonly string[];
  readonly origin: Origin;
}

/** Allowed is what some allow rule matches and no deny rule matches. */
export type Policy = readonly DimensionRule[];

/** A point: a value for every dimension. */
export type BoxPoint = Readonly<Record<string, string>>;

function selects(selector: Selector, text: string): boolean {
  return (
    selector.only.some((t) => matches(t.glob, text)) && !selector.except.some((t) => matches(t.glob, text))
  );
}

/** Whether the rule matches the point, its conditions left aside. */
export function matchesPoint(rule: DimensionRule, point: BoxPoint): boolean {
  for (const [dimension, selector] of Object.entries(rule.where)) {
    const text = point[dimension];
    if (text === undefined || !selects(selector, subject(text))) return false;
  }
  return true;
}

/**
 * The plain evaluator, the oracle of all else. Three-valued: a condition may hold or not, so the answer is decided
 * only where it is the same for every way that the conditions could turn out.
 */
export function decide(policy: Policy, point: BoxPoint): Verdict {
  const matching = policy.filter((rule) => matchesPoint(rule, point));
  const allows = matching.filter((rule) => rule.effect === "allow");
  const denies = matching.filter((rule) => rule.effect === "deny");
  if (allows.length === 0) return "denied";
  if (denies.length === 0 && allows.some((rule) => rule.conditions.length === 0)) return "allowed";
  return valuations(allows, denies);
}

/**
 * The cases with a deny, or with conditions only. It is denied for sure when every allow's conditions include all of
 * some deny's (of which an unconditional deny has none); allowed never for sure, since a deny may hold or every
 * condition may fail.
 */
function valuations(allows: readonly DimensionRule[], denies: readonly DimensionRule[]): Verdict {
  const blocked = allows.every((allow) =>
    denies.some((deny) => deny.conditions.every((c) => allow.conditions.includes(c))),
  );
  return blocked ? "denied" : "undecided";
}
