/** Boxes of globs, one a dimension: what lies in what, and which of several say it all. */
import { covers, type Glob, generic, intersectAtCost } from "../glob.ts";
import type { Term } from "../term.ts";
import type { DimensionRule } from "./rules.ts";
import { TermIndex } from "./term-index.ts";
import type { StepBudget } from "./work.ts";

/** A cell of the difference: one glob per dimension, minus what `blockers` take out of it. */
export interface DifferenceBox {
  /** The allow rule that grants it. */
  readonly rule: DimensionRule;
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

export function boxKey(cell: readonly Glob[]): string {
  let key = cell[0]?.key ?? "";
  for (let d = 1; d < cell.length; d++) key += `\uE004${cell[d]?.key}`;
  return key;
}

/** The boxes that both share; undefined past the bound of an intersection, or of the whole comparison (G5). */
export function intersectBoxes(
  a: readonly Glob[],
  b: readonly Glob[],
  work: StepBudget,
): readonly (readonly Glob[])[] | undefined {
  if (work.over) return undefined;
  let out: (readonly Glob[])[] = [[]];
  for (let d = 0; d < a.length; d++) {
    const { globs: pieces, cost } = intersectAtCost(a[d] as Glob, b[d] as Glob);
    work.spend(cost);
    if (pieces === undefined) return undefined;
    out = out.flatMap((head) => pieces.map((piece) => [...head, piece]));
  }
  return out;
}

export function coversBox(b: readonly Glob[], a: readonly Glob[]): boolean {
  return b.every((glob, d) => covers(glob, a[d] as Glob));
}

/**
 * The boxes that no other covers; of equal ones the one with the shorter pattern, whatever the order. Past the bound on
 * work they all stay: that says the same at more length.
 */
export function maximalBoxes(boxes: readonly Box[], work: StepBudget): readonly Box[] {
  if (boxes.length < 2) return boxes;
  const unique = new Map<string, Box>();
  for (const box of boxes) {
    const key = boxKey(box.globs);
    const known = unique.get(key);
    if (known === undefined || shorter(box, known)) unique.set(key, box);
  }
  const index = new TermIndex<Box>();
  for (const box of unique.values()) index.add(box.globs[0] as Glob, box);
  return [...unique.values()].filter((box) => {
    if (work.over) return true;
    const before = index.looked;
    const covering = index.covering(generic(box.globs[0] as Glob));
    work.spend(index.looked - before);
    return !covering.some((other) => other !== box && coversBox(other.globs, box.globs));
  });
}

function shorter(a: Box, b: Box): boolean {
  const [x, y] = [a.terms[0]?.glob.key ?? "", b.terms[0]?.glob.key ?? ""];
  return x.length < y.length || (x.length === y.length && x < y);
}

/**
 * Whether the whole difference that `row` stands for lies in the one that `wider` stands for. What takes a blocker of
 * `wider` from `row` is mostly one and the same pattern, which shows without any intersection. Past the bound on work
 * the answer is no: the row stays, which says the same at more length.
 */
function rowInside(row: DifferenceBox, wider: DifferenceBox, work: StepBudget): boolean {
  if (!coversBox(wider.cell, row.cell)) return false;
  const open = wider.blockers.filter((blocker) => {
    work.spend(row.blockers.length);
    return !row.blockers.some(
      (b) =>
        coversBox(b.globs, blocker.globs) ||
        b.terms.every((t, d) => covers(t.glob, blocker.globs[d] as Glob)),
    );
  });
  return open.every((blocker) => {
    const shared = intersectBoxes(blocker.globs, row.cell, work);
    work.spend((shared?.length ?? 0) * row.blockers.length);
    return shared?.every((s) => row.blockers.some((b) => coversBox(b.globs, s))) ?? false;
  });
}

/** Drops rows that lie in another row (R3). */
export function withoutSubsumed(rows: readonly DifferenceBox[], work: StepBudget): readonly DifferenceBox[] {
  // sorted first, so that of two ways to write one difference the same is kept, whatever the order of the input
  const keyed = rows
    .map((row): [string, DifferenceBox] => [rowKey(row), row])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const unique = keyed.filter(([key], at) => key !== keyed[at - 1]?.[0]).map(([, row]) => row);
  const index = new TermIndex<number>();
  unique.forEach((row, at) => {
    const glob = row.cell[0] as Glob;
    index.add(glob, at);
  });
  const gone = new Set<number>();
  unique.forEach((row, at) => {
    if (work.over) return;
    const before = index.looked;
    const covering = index.covering(generic(row.cell[0] as Glob));
    work.spend(index.looked - before);
    const inside = covering.some(
      (other) => other !== at && !gone.has(other) && rowInside(row, unique[other] as DifferenceBox, work),
    );
    if (inside) gone.add(at);
  });
  return unique.filter((_, at) => !gone.has(at));
}

function rowKey(row: DifferenceBox): string {
  const blockers = row.blockers
    .map((b) => `${boxKey(b.globs)}\uE005${boxKey(b.terms.map((t) => t.glob))}`)
    .sort();
  return [boxKey(row.cell), ...blockers].join("\uE006");
}
