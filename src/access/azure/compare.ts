/**
 * The exact difference of two policies by dominating points (docs/decisions/0002).
 *
 * For a `?`-free glob g let generic(g) be g with a fresh letter for each star. A pattern matches it only when it
 * covers g (G3), so generic(g) lies in the fewest rules of any point of g: if it is no difference, then nothing in g
 * is one, unless the point *enters* another pattern: an exclusion that must fail a rule, or a deny that must hold.
 * So for each allow term the search looks at the term itself, at its intersections with exclusions, and, per deny
 * of the other side, at its intersection with that deny.
 */

import { type Glob, generic, intersectAtCost, MAX_PIECES } from "../glob.ts";
import type { Term } from "../term.ts";
import {
  type Box,
  boxKey,
  coversBox,
  type DifferenceBox,
  intersectBoxes,
  maximalBoxes,
  withoutSubsumed,
} from "./boxes.ts";
import {
  combinations,
  Entries,
  excluded,
  exclusionsOf,
  type FoeEntry,
  FoeIndex,
  type FoeTerm,
  takes,
} from "./foe-index.ts";
import type { DimensionRule, Policy, Selector } from "./rules.ts";
import { TermIndex } from "./term-index.ts";
import { StepBudget } from "./work.ts";

/** A part of a side that could not be compared within the bound, or that a condition leaves open. */
export interface OpenBox {
  readonly terms: readonly Term[];
  readonly cell: readonly Glob[];
  /** `bound`: past the bound (G5). `condition`: a condition decides (AZ9). */
  readonly why: "bound" | "condition";
  /** The conditions that would decide it. */
  readonly conditions: readonly string[];
}

export interface Difference {
  readonly rows: readonly DifferenceBox[];
  readonly open: readonly OpenBox[];
  /** Work that it took, counted: the same for the same input (G5). */
  readonly steps: number;
}

/** Refinements of cells per direction, beyond four per pattern, before the rest is left undecided (G5). */
export const DEFAULT_BOUND = 20_000;
/** Steps inside intersections and pairs of patterns held against one another, per direction (G5)… */
const STEPS = 1_500_000;
/** … and so many more for each pattern given. */
const STEPS_A_PATTERN = 200;

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
  const { open, steps } = leftOpen(certain, possible, dimensions, bound);
  return {
    rows: certain.rows,
    open: [...certain.open, ...open],
    steps: certain.steps + possible.steps + steps,
  };
}

/** What is possible and not certain hangs on a condition: the difference of the two differences. */
function leftOpen(
  certain: Difference,
  possible: Difference,
  dimensions: readonly string[],
  bound: number,
): Omit<Difference, "rows"> {
  const rows = new Map(possible.rows.map((row) => [asRule(row, dimensions), row]));
  const sure = certain.rows.map((row) => asRule(row, dimensions));
  const rest = new Direction([...rows.keys()], sure, dimensions, bound, "certain").run();
  const open = rest.rows.map((left): OpenBox => {
    const row = rows.get(left.rule) as DifferenceBox;
    return { terms: row.terms, cell: left.cell, why: "condition", conditions: row.rule.conditions };
  });
  return { open: [...possible.open, ...open, ...rest.open], steps: rest.steps };
}

/** A row as an unconditional rule: its cell, with the blockers as exclusions in the first dimension. */
function asRule(row: DifferenceBox, dimensions: readonly string[]): DimensionRule {
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

/** What is looked for in the cells of one term. */
interface Search {
  readonly rule: DimensionRule;
  readonly terms: readonly Term[];
  /** The rules that must hold, `rule` first. */
  readonly must: readonly DimensionRule[];
  /** The rules that must not. */
  readonly foes: FoeIndex;
  readonly entries: Entries;
}

/** One direction, one reading of the conditions. Holds the indexes and the budget. */
class Direction {
  private readonly x: Policy;
  private readonly dimensions: readonly string[];
  private readonly mode: "certain" | "possible";
  private readonly xDenies: readonly DimensionRule[];
  private readonly yAllows: readonly DimensionRule[];
  private readonly denies = new TermIndex<{
    readonly rule: DimensionRule;
    readonly terms: readonly Term[];
  }>();
  private readonly indexes = new Map<string, FoeIndex>();
  /** Work left for cells that refinement makes; the terms themselves are free. */
  private budget: number;
  /** Work left inside what is refined, printed and held against one another. */
  private readonly work: StepBudget;

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
    const given = [...x, ...y].reduce((sum, rule) => sum + termCount(rule), 0);
    this.budget = bound + 4 * given;
    this.work = new StepBudget(STEPS + STEPS_A_PATTERN * given);
  }

  run(): Difference {
    const rows: DifferenceBox[] = [];
    const open: OpenBox[] = [];
    const wider = this.plainTerms();
    for (const rule of this.x) {
      if (rule.effect !== "allow") continue;
      if (this.mode === "certain" && rule.conditions.length > 0) continue;
      const entries = new Entries(rule, this.dimensions, this.work);
      for (const terms of combinations(rule, this.dimensions)) {
        const cell = terms.map((t) => t.glob);
        if (wider(terms, isPlain(rule))) continue;
        this.explore(
          { rule, terms, must: [rule], foes: this.foes(rule.conditions, true), entries },
          cell,
          rows,
          open,
        );
        for (const deny of this.denies.near(cell[0] as Glob))
          this.exploreDeny({ rule, terms, entries }, cell, deny, rows, open);
      }
    }
    const kept = withoutSubsumed(rows, this.work);
    return { rows: kept, open, steps: this.work.spent };
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
        const key = boxKey(globs);
        if (first.has(key)) continue;
        first.set(key, terms);
        index.add(globs[0] as Glob, globs);
      }
    }
    return (terms, plain) => {
      const globs = terms.map((t) => t.glob);
      const key = boxKey(globs);
      const same = first.get(key);
      // a plain term is not covered by itself, only by an equal one that came before it
      if (same !== undefined && !(plain && same.every((t, d) => t === terms[d]))) return true;
      return index
        .covering(generic(globs[0] as Glob))
        .some((other) => boxKey(other) !== key && coversBox(other, globs));
    };
  }

  /** The other side denies it: the point must enter the deny, and this side must really allow it. */
  private exploreDeny(
    search: Pick<Search, "rule" | "terms" | "entries">,
    cell: readonly Glob[],
    deny: { readonly rule: DimensionRule; readonly terms: readonly Term[] },
    rows: DifferenceBox[],
    open: OpenBox[],
  ): void {
    const cells = intersectBoxes(
      cell,
      deny.terms.map((t) => t.glob),
      this.work,
    );
    if (cells === undefined) {
      open.push({ terms: search.terms, cell, why: "bound", conditions: [] });
      return;
    }
    const foes = this.foes([...search.rule.conditions, ...deny.rule.conditions], false);
    const must = [search.rule, deny.rule];
    for (const inside of cells) this.explore({ ...search, must, foes }, inside, rows, open);
  }

  /** The rules that must fail when exactly these conditions are known to hold. */
  private foes(holding: readonly string[], withAllows: boolean): FoeIndex {
    const key = `${withAllows}\uE004${[...holding].sort().join("\uE004")}`;
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    // certain: a condition on a foe may hold, so the foe counts; possible: it is taken to fail unless it must hold
    const counts = (rule: DimensionRule): boolean =>
      this.mode === "certain" || rule.conditions.every((c) => holding.includes(c));
    const rules = [...(withAllows ? this.yAllows : []), ...this.xDenies].filter(counts);
    const index = new FoeIndex(rules, this.dimensions);
    this.indexes.set(key, index);
    return index;
  }

  /** All cells of the difference inside `start`, where the rules of `must` hold and no foe does. */
  private explore(search: Search, start: readonly Glob[], rows: DifferenceBox[], open: OpenBox[]): void {
    const { rule, terms, must, foes } = search;
    // most cells are not refined, and need no memory of what was seen
    let seen: Set<string> | undefined;
    const todo: (readonly Glob[])[] = [start];
    for (let cell = todo.pop(); cell !== undefined; cell = todo.pop()) {
      const here = cell;
      // a must's own exclusion covers the whole cell: nothing inside can be part of the difference
      if (must.some((r) => excluded(r, here, this.dimensions))) continue;
      const holding = foes.holding(here);
      if (holding.some((foe) => !foe.hasExcept)) continue;
      let entries: readonly FoeEntry[];
      if (holding.length > 0) entries = this.waysOut(search, here, holding);
      else {
        const { boxes, reaching } = this.blockers(here, must, foes);
        rows.push({ rule, terms, cell: here, blockers: boxes });
        // what takes from the row may fail further in, by its own exclusions; nothing else is changed by entering one
        entries = distinct([...reaching].flatMap((foe) => entriesOf(search, foe, here)));
      }
      for (const entry of entries) {
        const { globs: pieces, cost } = intersectAtCost(here[entry.dimension] as Glob, entry.term.glob);
        this.work.spend(1 + cost);
        this.budget -= 1 + (pieces?.length ?? MAX_PIECES);
        if (pieces === undefined || this.budget < 0 || this.work.over) {
          open.push({ terms, cell: start, why: "bound", conditions: [] });
          return;
        }
        for (const piece of pieces) {
          if (piece.key === here[entry.dimension]?.key) continue;
          const inside = here.map((g, d) => (d === entry.dimension ? piece : g));
          const key = boxKey(inside);
          seen ??= new Set();
          if (seen.has(key)) continue;
          seen.add(key);
          todo.push(inside);
        }
      }
    }
  }

  /** A foe that holds must be made to fail: one of its own exclusions must be entered, so one foe's are enough. */
  private waysOut(search: Search, cell: readonly Glob[], holding: readonly FoeTerm[]): readonly FoeEntry[] {
    const chosen = search.foes.fewest(cell, holding);
    const entries = entriesOf(search, chosen, cell);
    // where another foe cannot be made to fail at all, nothing in the cell is a difference
    for (const { rule } of holding) {
      if (entries.length === 0 || this.work.over) return entries;
      if (rule === chosen) continue;
      const others = entriesOf(search, rule, cell);
      if (others.length === 0) return others;
      this.work.spend(others.length);
    }
    return entries;
  }

  /**
   * What must be taken out of the cell: the foes that reach into it, and the exclusions of the rules that must hold.
   * With the foes of these that have exclusions.
   */
  private blockers(
    cell: readonly Glob[],
    must: readonly DimensionRule[],
    foes: FoeIndex,
  ): { readonly boxes: readonly Box[]; readonly reaching: ReadonlySet<DimensionRule> } {
    const boxes: Box[] = [];
    const reaching = new Set<DimensionRule>();
    for (const foe of foes.reaching(cell)) {
      // an exclusion of the foe covers the cell: the foe cannot hold in it
      if (excluded(foe.rule, cell, this.dimensions)) continue;
      const pieces = this.clip(cell, foe.terms);
      boxes.push(...pieces);
      if (foe.hasExcept && pieces.length > 0) reaching.add(foe.rule);
    }
    for (const rule of must) {
      this.dimensions.forEach((dimension, d) => {
        const selector = rule.where[dimension];
        if (selector === undefined || selector.except.length === 0) return;
        for (const term of exclusionsOf(selector).sharing(cell[d] as Glob)) {
          const whole = cell.map((glob, k): Term => (k === d ? term : { ...term, glob, text: "" }));
          boxes.push(...this.clip(cell, whole));
        }
      });
    }
    return { boxes: maximalBoxes(boxes, this.work), reaching };
  }

  private clip(cell: readonly Glob[], terms: readonly Term[]): readonly Box[] {
    const globs = terms.map((t) => t.glob);
    const pieces = intersectBoxes(cell, globs, this.work);
    // past the bound the whole pattern is taken out of what is printed; the witness stays exact
    return (pieces ?? [globs]).map((g) => ({ globs: g, terms }));
  }
}

/** The exclusions of a foe that a point of the cell could enter while all that must hold does. */
function entriesOf(
  { entries, must }: Search,
  foe: DimensionRule,
  cell: readonly Glob[],
): readonly FoeEntry[] {
  const found = entries.of(foe, cell);
  const [, ...more] = must;
  if (more.length === 0) return found;
  return found.filter(({ name, term }) => !more.some((rule) => takes(rule.where[name], term.glob)));
}

function distinct(entries: readonly FoeEntry[]): readonly FoeEntry[] {
  if (entries.length < 2) return entries;
  return [...new Map(entries.map((entry) => [`${entry.dimension} ${entry.term.glob.key}`, entry])).values()];
}

/** Nothing takes from what it allows. */
function isPlain(rule: DimensionRule): boolean {
  return rule.conditions.length === 0 && Object.values(rule.where).every((s) => s.except.length === 0);
}

function termCount(rule: DimensionRule): number {
  return Object.values(rule.where).reduce((sum, s) => sum + s.only.length + s.except.length, 0);
}
