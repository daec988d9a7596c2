/** The rules that a point must not be allowed by, found by their patterns. */

import { covers, type Glob, generic } from "../glob.ts";
import type { Term } from "../term.ts";
import { cellKey } from "./boxes.ts";
import type { Rule, Selector } from "./rules.ts";
import { TermIndex } from "./term-index.ts";

interface Combinations {
  readonly dimensions: readonly string[];
  readonly terms: readonly (readonly Term[])[];
}

const combined = new WeakMap<Rule, Combinations>();

/** The choices of one term per dimension. Both directions and the indexes ask for them: they are made once. */
export function combinations(rule: Rule, dimensions: readonly string[]): readonly (readonly Term[])[] {
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
export function excluded(rule: Rule, cell: readonly Glob[], dimensions: readonly string[]): boolean {
  return dimensions.some((dimension, d) => {
    const [glob, selector] = [cell[d], rule.where[dimension]];
    if (glob === undefined || selector === undefined || selector.except.length === 0) return false;
    return exclusionsOf(selector).covering(generic(glob)).length > 0;
  });
}

/** A place where a point can enter an exclusion of a foe. */
export interface Entry {
  readonly dimension: number;
  readonly term: Term;
}

export interface FoeTerm {
  readonly rule: Rule;
  readonly terms: readonly Term[];
  readonly hasExcept: boolean;
}

/** The rules that must fail, indexed by their patterns in the first dimension. */
export class FoeIndex {
  private readonly dimensions: readonly string[];
  private readonly only = new TermIndex<FoeTerm>();
  private readonly except = new TermIndex<Entry>();
  private readonly elsewhere: Entry[] = [];

  constructor(rules: readonly Rule[], dimensions: readonly string[]) {
    this.dimensions = dimensions;
    const plain = new Set<string>();
    for (const rule of rules) {
      const hasExcept = Object.values(rule.where).some((s) => s.except.length > 0);
      for (const terms of combinations(rule, dimensions)) {
        const key = cellKey(terms.map((t) => t.glob));
        // thousands of roles repeat the same patterns; one of each is enough
        if (plain.has(key)) continue;
        if (!hasExcept) plain.add(key);
        this.only.add((terms[0] as Term).glob, { rule, terms, hasExcept });
      }
      dimensions.forEach((dimension, d) => {
        for (const term of rule.where[dimension]?.except ?? []) {
          if (d === 0) this.except.add(term.glob, { dimension: d, term });
          else this.elsewhere.push({ dimension: d, term });
        }
      });
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
    return this.only.near(cell[0] as Glob);
  }

  /** The exclusions of the one holding foe that has the fewest near the cell. */
  fewestEntries(cell: readonly Glob[], holding: readonly FoeTerm[]): readonly Entry[] {
    const choices = holding.map((foe) =>
      this.dimensions.flatMap((dimension, d): Entry[] => {
        const selector = foe.rule.where[dimension];
        if (selector === undefined || selector.except.length === 0) return [];
        return exclusionsOf(selector)
          .near(cell[d] as Glob)
          .map((term) => ({ dimension: d, term }));
      }),
    );
    return choices.reduce((best, entries) => (entries.length < best.length ? entries : best));
  }

  /** Exclusions that a point of the cell could enter. */
  entries(cell: readonly Glob[]): readonly Entry[] {
    const near = (cell[0] as Glob).literal ? [] : this.except.near(cell[0] as Glob);
    return this.elsewhere.length === 0 ? near : [...near, ...this.elsewhere];
  }
}
