/** The rules that a point must not be allowed by, found by their patterns. */

import { covers, type Glob, generic } from "../glob.ts";
import type { Term } from "../term.ts";
import { boxKey } from "./boxes.ts";
import type { DimensionRule, Selector } from "./rules.ts";
import { TermIndex } from "./term-index.ts";
import type { StepBudget } from "./work.ts";

interface Combinations {
  readonly dimensions: readonly string[];
  readonly terms: readonly (readonly Term[])[];
}

const combined = new WeakMap<DimensionRule, Combinations>();

/** The choices of one term per dimension. Both directions and the indexes ask for them: they are made once. */
export function combinations(
  rule: DimensionRule,
  dimensions: readonly string[],
): readonly (readonly Term[])[] {
  const known = combined.get(rule);
  if (known?.dimensions === dimensions) return known.terms;
  let out: (readonly Term[])[] = [[]];
  for (const dimension of dimensions) {
    const only = rule.where[dimension]?.only ?? [];
    out = out.flatMap((head) => only.map((term) => [...head, term]));
  }
  combined.set(rule, { dimensions, terms: out });
  return out;
}

const exclusions = new WeakMap<Selector, TermIndex<Term>>();

export function exclusionsOf(selector: Selector): TermIndex<Term> {
  const known = exclusions.get(selector);
  if (known !== undefined) return known;
  const index = new TermIndex<Term>();
  for (const term of selector.except) index.add(term.glob, term);
  exclusions.set(selector, index);
  return index;
}

/** Whether an exclusion of the rule covers the whole cell. */
export function excluded(rule: DimensionRule, cell: readonly Glob[], dimensions: readonly string[]): boolean {
  return dimensions.some((dimension, d) => {
    const [glob, selector] = [cell[d], rule.where[dimension]];
    if (glob === undefined || selector === undefined || selector.except.length === 0) return false;
    return exclusionsOf(selector).covering(generic(glob)).length > 0;
  });
}

/** A place where a point can enter an exclusion of a foe. */
export interface FoeEntry {
  readonly dimension: number;
  /** The name of the dimension. */
  readonly name: string;
  readonly term: Term;
}

export interface FoeTerm {
  readonly rule: DimensionRule;
  readonly terms: readonly Term[];
  readonly hasExcept: boolean;
}

/** The rules that must fail, indexed by their patterns in the first dimension. */
export class FoeIndex {
  private readonly dimensions: readonly string[];
  private readonly only = new TermIndex<FoeTerm>();

  constructor(rules: readonly DimensionRule[], dimensions: readonly string[]) {
    this.dimensions = dimensions;
    const plain = new Set<string>();
    for (const rule of rules) {
      const hasExcept = Object.values(rule.where).some((s) => s.except.length > 0);
      for (const terms of combinations(rule, dimensions)) {
        const key = boxKey(terms.map((t) => t.glob));
        // thousands of roles repeat the same patterns; one of each is enough
        if (plain.has(key)) continue;
        if (!hasExcept) plain.add(key);
        this.only.add((terms[0] as Term).glob, { rule, terms, hasExcept });
      }
    }
  }

  /** The rules that hold at the generic point of the cell. */
  holding(cell: readonly Glob[]): readonly FoeTerm[] {
    return this.only
      .covering(generic(cell[0] as Glob))
      .filter(
        (foe) =>
          foe.terms.every((t, d) => d === 0 || covers(t.glob, cell[d] as Glob)) &&
          !(foe.hasExcept && excluded(foe.rule, cell, this.dimensions)),
      );
  }

  /** The terms that share something with the cell. */
  reaching(cell: readonly Glob[]): readonly FoeTerm[] {
    return this.only.sharing(cell[0] as Glob);
  }

  /** The one holding foe that has the fewest exclusions near the cell. */
  fewest(cell: readonly Glob[], holding: readonly FoeTerm[]): DimensionRule {
    const [first, ...more] = holding.map((foe) => ({
      rule: foe.rule,
      count: holding.length === 1 ? 0 : nearCount(foe.rule, cell, this.dimensions),
    }));
    if (first === undefined) throw new RangeError("no foe holds");
    return more.reduce((best, foe) => (foe.count < best.count ? foe : best), first).rule;
  }
}

function nearCount(rule: DimensionRule, cell: readonly Glob[], dimensions: readonly string[]): number {
  return dimensions.reduce((sum, dimension, d) => {
    const selector = rule.where[dimension];
    if (selector === undefined || selector.except.length === 0) return sum;
    return sum + exclusionsOf(selector).near(cell[d] as Glob).length;
  }, 0);
}

/** Whether an exclusion covers all that the glob matches. */
export function takes(selector: Selector | undefined, glob: Glob): boolean {
  if (selector === undefined || selector.except.length === 0) return false;
  return exclusionsOf(selector).covering(generic(glob)).length > 0;
}

/** With so many exclusions, those that matter are put into an index of their own. */
const LISTED = 8;

/**
 * The exclusions of foes that a point could enter while `own` allows it. An exclusion that lies in one of `own` cannot
 * be entered: of two long lists that are one but for an entry, only that entry is left to be looked at.
 */
export class Entries {
  private readonly own: DimensionRule;
  private readonly dimensions: readonly string[];
  private readonly work: StepBudget;
  private readonly left = new Map<Selector, TermIndex<Term>>();

  constructor(own: DimensionRule, dimensions: readonly string[], work: StepBudget) {
    this.own = own;
    this.dimensions = dimensions;
    this.work = work;
  }

  /** Those of one foe that could share a point with the cell. */
  of(foe: DimensionRule, cell: readonly Glob[]): readonly FoeEntry[] {
    return this.dimensions.flatMap((dimension, d): readonly FoeEntry[] => {
      const selector = foe.where[dimension];
      if (selector === undefined || selector.except.length === 0) return [];
      const own = this.own.where[dimension];
      if (own === undefined || own.except.length === 0 || selector.except.length > LISTED) {
        const index = own === undefined ? exclusionsOf(selector) : this.leftOf(selector, own);
        return index.sharing(cell[d] as Glob).map((term) => ({ dimension: d, name: dimension, term }));
      }
      return exclusionsOf(selector)
        .sharing(cell[d] as Glob)
        .filter((term) => !takes(own, term.glob))
        .map((term) => ({ dimension: d, name: dimension, term }));
    });
  }

  private leftOf(selector: Selector, own: Selector): TermIndex<Term> {
    if (own.except.length === 0) return exclusionsOf(selector);
    const known = this.left.get(selector);
    if (known !== undefined) return known;
    const index = new TermIndex<Term>();
    for (const term of selector.except) if (!takes(own, term.glob)) index.add(term.glob, term);
    this.work.spend(selector.except.length);
    this.left.set(selector, index);
    return index;
  }
}
