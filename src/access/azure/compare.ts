/**
 * The exact difference of two policies by dominating points (docs/decisions/0002).
 *
 * For a `?`-free glob g let generic(g) be g with a fresh letter for each star. A pattern matches it only when it
 * covers g (G3), so generic(g) lies in the fewest rules of any point of g: if it is no difference, then nothing in g
 * is one, unless the point *enters* another pattern: an exclusion that must fail a rule, or a deny that must hold.
 * So for each allow term the search looks at the term itself, at its intersections with exclusions, and, per deny
 * of the other side, at its intersection with that deny.
 */

import { type Glob, generic, intersect, MAX_PIECES } from "../glob.ts";
import type { Term } from "../term.ts";
import {
  type Box,
  cellKey,
  coversBox,
  intersectBoxes,
  maximalBoxes,
  type Row,
  withoutSubsumed,
} from "./boxes.ts";
import { combinations, excluded, exclusionsOf, FoeIndex } from "./foe-index.ts";
import type { Policy, Rule, Selector } from "./rules.ts";
import { TermIndex } from "./term-index.ts";

/** A part of a side that could not be compared within the bound, or that a condition leaves open. */
export interface Open {
  readonly terms: readonly Term[];
  readonly cell: readonly Glob[];
  /** `bound`: past the bound (G5). `condition`: a condition decides (AZ9). */
  readonly why: "bound" | "condition";
  /** The conditions that would decide it. */
  readonly conditions: readonly string[];
}

export interface Difference {
  readonly rows: readonly Row[];
  readonly open: readonly Open[];
}

/** Refinements of cells per direction, beyond four per pattern, before the rest is left undecided (G5). */
export const DEFAULT_BOUND = 20_000;

/**
 * What `x` allows and `y` does not. `dimensions[0]` is the one with many patterns, which is indexed.
 * Rows are exact: expanded and united they are the difference (R4).
 */
export function difference(
  x: Policy,
  y: Policy,
  dimensions: readonly string[],
  bound = DEFAULT_BOUND,
): Difference {
  const hasConditions = x.some((r) => r.conditions.length > 0) || y.some((r) => r.conditions.length > 0);
  const certain = new Direction(x, y, dimensions, bound, "certain").run();
  if (!hasConditions) return certain;
  const possible = new Direction(x, y, dimensions, bound, "possible").run();
  return { rows: certain.rows, open: [...certain.open, ...leftOpen(certain, possible, dimensions, bound)] };
}

/** What is possible and not certain hangs on a condition: the difference of the two differences. */
function leftOpen(
  certain: Difference,
  possible: Difference,
  dimensions: readonly string[],
  bound: number,
): readonly Open[] {
  const rows = new Map(possible.rows.map((row) => [asRule(row, dimensions), row]));
  const sure = certain.rows.map((row) => asRule(row, dimensions));
  const rest = new Direction([...rows.keys()], sure, dimensions, bound, "certain").run();
  const open = rest.rows.map((left): Open => {
    const row = rows.get(left.rule) as Row;
    return { terms: row.terms, cell: left.cell, why: "condition", conditions: row.rule.conditions };
  });
  return [...possible.open, ...open, ...rest.open];
}

/** A row as an unconditional rule: its cell, with the blockers as exclusions in the first dimension. */
function asRule(row: Row, dimensions: readonly string[]): Rule {
  const term = (glob: Glob, d: number): Term => ({ ...(row.terms[d] as Term), glob });
  const where = dimensions.map((dimension, d): [string, Selector] => [
    dimension,
    {
      only: [term(row.cell[d] as Glob, d)],
      except: d === 0 ? row.blockers.map((b) => b.terms[0] as Term) : [],
    },
  ]);
  return { effect: "allow", where: Object.fromEntries(where), conditions: [], origin: row.rule.origin };
}

/** One direction, one reading of the conditions. Holds the indexes and the budget. */
class Direction {
  private readonly x: Policy;
  private readonly dimensions: readonly string[];
  private readonly mode: "certain" | "possible";
  private readonly xDenies: readonly Rule[];
  private readonly yAllows: readonly Rule[];
  private readonly denies = new TermIndex<{ readonly rule: Rule; readonly terms: readonly Term[] }>();
  private readonly indexes = new Map<string, FoeIndex>();
  /** Work left for cells that refinement makes; the terms themselves are free. */
  private budget: number;

  constructor(
    x: Policy,
    y: Policy,
    dimensions: readonly string[],
    bound: number,
    mode: "certain" | "possible",
  ) {
    this.x = x;
    this.dimensions = dimensions;
    this.mode = mode;
    this.xDenies = x.filter((r) => r.effect === "deny");
    this.yAllows = y.filter((r) => r.effect === "allow");
    for (const rule of y) {
      if (rule.effect !== "deny" || (mode === "certain" && rule.conditions.length > 0)) continue;
      for (const terms of combinations(rule, dimensions))
        this.denies.add((terms[0] as Term).glob, { rule, terms });
    }
    this.budget = bound + 4 * [...x, ...y].reduce((sum, rule) => sum + termCount(rule), 0);
  }

  run(): Difference {
    const rows: Row[] = [];
    const open: Open[] = [];
    const wider = this.plainTerms();
    for (const rule of this.x) {
      if (rule.effect !== "allow") continue;
      if (this.mode === "certain" && rule.conditions.length > 0) continue;
      for (const terms of combinations(rule, this.dimensions)) {
        const cell = terms.map((t) => t.glob);
        if (wider(terms, isPlain(rule))) continue;
        this.explore(rule, terms, cell, [rule], this.foes(rule.conditions, true), rows, open);
        for (const deny of this.denies.near(cell[0] as Glob))
          this.exploreDeny(rule, terms, cell, deny, rows, open);
      }
    }
    return { rows: withoutSubsumed(rows), open };
  }

  /**
   * Whether another term of this side that nothing takes from (no exclusion, no condition) covers these; then nothing
   * inside them needs a look of its own. Of equal ones the first stays.
   */
  private plainTerms(): (terms: readonly Term[], plain: boolean) => boolean {
    const index = new TermIndex<readonly Glob[]>();
    const first = new Map<string, readonly Term[]>();
    for (const rule of this.x) {
      if (rule.effect !== "allow" || !isPlain(rule)) continue;
      for (const terms of combinations(rule, this.dimensions)) {
        const globs = terms.map((t) => t.glob);
        const key = cellKey(globs);
        if (first.has(key)) continue;
        first.set(key, terms);
        index.add(globs[0] as Glob, globs);
      }
    }
    return (terms, plain) => {
      const globs = terms.map((t) => t.glob);
      const key = cellKey(globs);
      const same = first.get(key);
      // a plain term is not covered by itself, only by an equal one that came before it
      if (same !== undefined && !(plain && same.every((t, d) => t === terms[d]))) return true;
      return index
        .covering(generic(globs[0] as Glob))
        .some((other) => cellKey(other) !== key && coversBox(other, globs));
    };
  }

  /** The other side denies it: the point must enter the deny, and this side must really allow it. */
  private exploreDeny(
    rule: Rule,
    terms: readonly Term[],
    cell: readonly Glob[],
    deny: { readonly rule: Rule; readonly terms: readonly Term[] },
    rows: Row[],
    open: Open[],
  ): void {
    const cells = intersectBoxes(
      cell,
      deny.terms.map((t) => t.glob),
    );
    if (cells === undefined) {
      open.push({ terms, cell, why: "bound", conditions: [] });
      return;
    }
    const foes = this.foes([...rule.conditions, ...deny.rule.conditions], false);
    for (const inside of cells) this.explore(rule, terms, inside, [rule, deny.rule], foes, rows, open);
  }

  /** The rules that must fail when exactly these conditions are known to hold. */
  private foes(holding: readonly string[], withAllows: boolean): FoeIndex {
    const key = `${withAllows}\uE004${[...holding].sort().join("\uE004")}`;
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    // certain: a condition on a foe may hold, so the foe counts; possible: it is taken to fail unless it must hold
    const counts = (rule: Rule): boolean =>
      this.mode === "certain" || rule.conditions.every((c) => holding.includes(c));
    const rules = [...(withAllows ? this.yAllows : []), ...this.xDenies].filter(counts);
    const index = new FoeIndex(rules, this.dimensions);
    this.indexes.set(key, index);
    return index;
  }

  /** All cells of the difference inside `start`, where the rules of `must` hold and no foe does. */
  private explore(
    rule: Rule,
    terms: readonly Term[],
    start: readonly Glob[],
    must: readonly Rule[],
    foes: FoeIndex,
    rows: Row[],
    open: Open[],
  ): void {
    // most cells are not refined, and need no memory of what was seen
    let seen: Set<string> | undefined;
    const todo: (readonly Glob[])[] = [start];
    for (let cell = todo.pop(); cell !== undefined; cell = todo.pop()) {
      const here = cell;
      // a must's own exclusion covers the whole cell: nothing inside can be part of the difference
      if (must.some((r) => excluded(r, here, this.dimensions))) continue;
      const holding = foes.holding(here);
      if (holding.some((foe) => !foe.hasExcept)) continue;
      if (holding.length === 0) {
        rows.push({ rule, terms, cell: here, blockers: this.blockers(here, must, foes) });
      }
      // a foe that holds must be made to fail: one of its own exclusions must be entered, so one foe's are enough
      const entries = holding.length === 0 ? foes.entries(here) : foes.fewestEntries(here, holding);
      for (const entry of entries) {
        const pieces = intersect(here[entry.dimension] as Glob, entry.term.glob);
        this.budget -= 1 + (pieces?.length ?? MAX_PIECES);
        if (pieces === undefined || this.budget < 0) {
          open.push({ terms, cell: start, why: "bound", conditions: [] });
          return;
        }
        for (const piece of pieces) {
          if (piece.key === here[entry.dimension]?.key) continue;
          const inside = here.map((g, d) => (d === entry.dimension ? piece : g));
          const key = cellKey(inside);
          seen ??= new Set();
          if (seen.has(key)) continue;
          seen.add(key);
          todo.push(inside);
        }
      }
    }
  }

  /** What must be taken out of the cell: the foes that reach into it, and the exclusions of the rules that must hold. */
  private blockers(cell: readonly Glob[], must: readonly Rule[], foes: FoeIndex): readonly Box[] {
    const boxes: Box[] = [];
    for (const foe of foes.reaching(cell)) {
      // an exclusion of the foe covers the cell: the foe cannot hold in it
      if (excluded(foe.rule, cell, this.dimensions)) continue;
      boxes.push(...this.clip(cell, foe.terms));
    }
    for (const rule of must) {
      this.dimensions.forEach((dimension, d) => {
        const selector = rule.where[dimension];
        if (selector === undefined || selector.except.length === 0) return;
        for (const term of exclusionsOf(selector).near(cell[d] as Glob)) {
          const whole = cell.map((glob, k): Term => (k === d ? term : { ...term, glob, text: "" }));
          boxes.push(...this.clip(cell, whole));
        }
      });
    }
    return maximalBoxes(boxes);
  }

  private clip(cell: readonly Glob[], terms: readonly Term[]): readonly Box[] {
    const globs = terms.map((t) => t.glob);
    const pieces = intersectBoxes(cell, globs);
    // past the bound the whole pattern is taken out of what is printed; the witness stays exact
    return (pieces ?? [globs]).map((g) => ({ globs: g, terms }));
  }
}

/** Nothing takes from what it allows. */
function isPlain(rule: Rule): boolean {
  return rule.conditions.length === 0 && Object.values(rule.where).every((s) => s.except.length === 0);
}

function termCount(rule: Rule): number {
  return Object.values(rule.where).reduce((sum, s) => sum + s.only.length + s.except.length, 0);
}
