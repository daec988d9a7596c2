/**
 * The exact difference of two policies by dominating points (docs/decisions/0002).
 *
 * For a `?`-free glob g let generic(g) be g with a fresh letter for each star. A pattern matches it only when it
 * covers g (G3), so generic(g) lies in the fewest rules of any point of g: if it is no difference, then nothing in g
 * is one, unless the point *enters* another pattern: an exclusion that must fail a rule, or a deny that must hold.
 * So for each allow term the search looks at the term itself, at its intersections with exclusions, and, per deny
 * of the other side, at its intersection with that deny.
 */
import { covers, type Glob, generic, intersect, MAX_PIECES } from "./glob.ts";
import type { Policy, Rule, Selector, Term } from "./rules.ts";
import { TermIndex } from "./term-index.ts";

/** A cell of the difference: one glob per dimension, minus what `blockers` take out of it. */
export interface Row {
  /** The allow rule that grants it. */
  readonly rule: Rule;
  /** The terms of that rule that the cell lies in, one per dimension. */
  readonly terms: readonly Term[];
  /** A glob per dimension, in the order of `dimensions`. */
  readonly cell: readonly Glob[];
  /** Boxes that are not part of the difference: what the other side allows, and what this side does not. */
  readonly blockers: readonly Box[];
}

/** A glob per dimension, with the terms it comes from. */
export interface Box {
  readonly globs: readonly Glob[];
  readonly terms: readonly Term[];
}

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

export function cellKey(cell: readonly Glob[]): string {
  let key = cell[0]?.key ?? "";
  for (let d = 1; d < cell.length; d++) key += `\uE004${cell[d]?.key}`;
  return key;
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

interface Combinations {
  readonly dimensions: readonly string[];
  readonly terms: readonly (readonly Term[])[];
}

const combined = new WeakMap<Rule, Combinations>();

/** The choices of one term per dimension. Both directions and the indexes ask for them: they are made once. */
function combinations(rule: Rule, dimensions: readonly string[]): readonly (readonly Term[])[] {
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

function exclusionsOf(selector: Selector): TermIndex<Term> {
  const known = exclusions.get(selector);
  if (known !== undefined) return known;
  const index = new TermIndex<Term>();
  for (const term of selector.except) index.add(term.glob, term);
  exclusions.set(selector, index);
  return index;
}

/** Whether an exclusion of the rule covers the whole cell. */
function excluded(rule: Rule, cell: readonly Glob[], dimensions: readonly string[]): boolean {
  return dimensions.some((dimension, d) => {
    const [glob, selector] = [cell[d], rule.where[dimension]];
    if (glob === undefined || selector === undefined || selector.except.length === 0) return false;
    return exclusionsOf(selector).covering(generic(glob)).length > 0;
  });
}

function intersectBoxes(a: readonly Glob[], b: readonly Glob[]): readonly (readonly Glob[])[] | undefined {
  let out: (readonly Glob[])[] = [[]];
  for (let d = 0; d < a.length; d++) {
    const pieces = intersect(a[d] as Glob, b[d] as Glob);
    if (pieces === undefined) return undefined;
    out = out.flatMap((head) => pieces.map((piece) => [...head, piece]));
  }
  return out;
}

function coversBox(b: readonly Glob[], a: readonly Glob[]): boolean {
  return b.every((glob, d) => covers(glob, a[d] as Glob));
}

/** The boxes that no other covers; of equal ones the one with the shorter pattern, whatever the order. */
function maximalBoxes(boxes: readonly Box[]): readonly Box[] {
  if (boxes.length < 2) return boxes;
  const unique = new Map<string, Box>();
  for (const box of boxes) {
    const key = cellKey(box.globs);
    const known = unique.get(key);
    if (known === undefined || shorter(box, known)) unique.set(key, box);
  }
  const index = new TermIndex<Box>();
  for (const box of unique.values()) index.add(box.globs[0] as Glob, box);
  return [...unique.values()].filter(
    (box) =>
      !index
        .covering(generic(box.globs[0] as Glob))
        .some((other) => other !== box && coversBox(other.globs, box.globs)),
  );
}

function shorter(a: Box, b: Box): boolean {
  const [x, y] = [a.terms[0]?.glob.key ?? "", b.terms[0]?.glob.key ?? ""];
  return x.length < y.length || (x.length === y.length && x < y);
}

/** Whether the whole difference that `row` stands for lies in the one that `wider` stands for. */
function rowInside(row: Row, wider: Row): boolean {
  if (!coversBox(wider.cell, row.cell)) return false;
  return wider.blockers.every((blocker) => {
    const shared = intersectBoxes(blocker.globs, row.cell);
    return shared?.every((s) => row.blockers.some((b) => coversBox(b.globs, s))) ?? false;
  });
}

/** Drops rows that lie in another row (R3). */
function withoutSubsumed(rows: readonly Row[]): readonly Row[] {
  // sorted first, so that of two ways to write one difference the same is kept, whatever the order of the input
  const keyed = rows
    .map((row): [string, Row] => [rowKey(row), row])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const unique = keyed.filter(([key], at) => key !== keyed[at - 1]?.[0]).map(([, row]) => row);
  const index = new TermIndex<number>();
  unique.forEach((row, at) => {
    const glob = row.cell[0] as Glob;
    index.add(glob, at);
  });
  const gone = new Set<number>();
  unique.forEach((row, at) => {
    const inside = index
      .covering(generic(row.cell[0] as Glob))
      .some((other) => other !== at && !gone.has(other) && rowInside(row, unique[other] as Row));
    if (inside) gone.add(at);
  });
  return unique.filter((_, at) => !gone.has(at));
}

function rowKey(row: Row): string {
  const blockers = row.blockers
    .map((b) => `${cellKey(b.globs)}\uE005${cellKey(b.terms.map((t) => t.glob))}`)
    .sort();
  return [cellKey(row.cell), ...blockers].join("\uE006");
}

/** A place where a point can enter an exclusion of a foe. */
interface Entry {
  readonly dimension: number;
  readonly term: Term;
}

interface FoeTerm {
  readonly rule: Rule;
  readonly terms: readonly Term[];
  readonly hasExcept: boolean;
}

/** The rules that must fail, indexed by their patterns in the first dimension. */
class FoeIndex {
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
