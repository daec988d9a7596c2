/**
 * The cells of a text dimension as options of the search, made narrower only where the search asks: a statement that
 * holds everywhere but in some patterns fails in what a cell shares with one of them. Listing all ways to make all
 * such statements fail is a product over the statements; the search needs one, and follows one at a time.
 */
import { shortened } from "../glob.ts";
import { type Bits, hasBit, inside, union } from "./bits.ts";
import { type GlobCells, type GlobRow, type Lack, type Left, meet, rowKey, rowPoint } from "./cells.ts";
import type { Option, SearchQuestion } from "./search.ts";

/** What the search can choose among in one dimension. */
export interface Options<T> {
  /** Those of which all is known. */
  readonly sure: readonly Option<T>[];
  /** Those that may make more fail than is known. */
  readonly possible: readonly Option<T>[];
}

/** A value with what it makes fail. */
export interface Valued<T> {
  readonly value: T;
  readonly kills: Bits;
}

/** A list of patterns outside of which some statements hold. */
export interface Complement {
  readonly foes: Bits;
  readonly left: Left;
  /** The patterns: where the musts leave out each of them, it cannot be entered. */
  readonly keys: readonly string[];
}

/** The complements without those that hold wherever these patterns are left out. */
export function enterable(
  complements: readonly Complement[],
  leftOut: ReadonlySet<string>,
): readonly Complement[] {
  return leftOut.size === 0
    ? complements
    : complements.filter(({ keys }) => !keys.every((key) => leftOut.has(key)));
}

/** Patterns with `?` beside a star: a text shorter than a cell's generic point may lie outside of them. */
export interface Mixed {
  readonly foes: Bits;
  /** The longest such run among the patterns that match the point; 0: none does. */
  at(point: string): number;
}

/** A text dimension: what its points are worth. */
export interface Space<T> {
  readonly width: number;
  /** What a point makes fail; nothing where a must fails there. */
  at(point: string): { readonly sure?: Valued<T>; readonly possible?: Valued<T> };
  /** `Mixed` of what the musts leave out. */
  readonly own: ((point: string) => number) | undefined;
  readonly complements: readonly Complement[];
  readonly mixed: readonly Mixed[];
  /** A value that may make anything fail, where the cells lack some. */
  hidden(lack: Lack): Valued<T>;
}

/** A cell of the dimension whose generic point lets the musts hold, and what was asked of it. */
interface Node<T> {
  readonly row: GlobRow;
  readonly point: string;
  readonly sure?: Option<T>;
  readonly possible?: Option<T>;
  /** What it shares with the patterns of each complement, and what is shorter, as far as it was asked for. */
  readonly parts: Map<Left | Mixed, Part<T>[]>;
}

interface Part<T> {
  readonly nodes: readonly Node<T>[];
  readonly lack: Lack | undefined;
  readonly cost: number;
}

/** A part of a cell costs the search so much, and each cell in it, in comparisons of globs. */
const PART_COST = 128;

/** The cells that a dimension starts with, as options. */
export function optionsOf<T>(space: Space<T>, { rows, lack }: GlobCells): Options<T> {
  const cells = new TextCells(space);
  const nodes = [...new Set(rows.flatMap((row) => cells.settled(row)))];
  const possible = nodes.flatMap((n) => n.possible ?? []);
  if (lack !== undefined) possible.push(hiddenOption(space, lack));
  return { sure: nodes.flatMap((n) => n.sure ?? []), possible };
}

function hiddenOption<T>(space: Space<T>, lack: Lack): Option<T> {
  const { value, kills } = space.hidden(lack);
  return { value, kills, reach: kills };
}

/** Holds the cells that were asked for. */
class TextCells<T> {
  private readonly space: Space<T>;
  private readonly nodes = new Map<string, readonly Node<T>[]>();

  constructor(space: Space<T>) {
    this.space = space;
  }

  /** The cell; where a must leaves its generic point out by a pattern with `?`, the shorter ones. */
  settled(row: GlobRow): readonly Node<T>[] {
    const key = rowKey(row);
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    const point = rowPoint(row, this.space.width);
    const { sure, possible } = this.space.at(point);
    let made: readonly Node<T>[];
    if (sure === undefined && possible === undefined) {
      const limit = this.space.own?.(point) ?? 0;
      made = limit === 0 ? [] : shorter(row, limit).flatMap((r) => this.settled(r));
    } else {
      made = [this.node(row, point, sure, possible)];
    }
    this.nodes.set(key, made);
    return made;
  }

  private node(
    row: GlobRow,
    point: string,
    sure: Valued<T> | undefined,
    possible: Valued<T> | undefined,
  ): Node<T> {
    const option = ({ value, kills }: Valued<T>): Option<T> => {
      const reach = this.reach(row, point, kills);
      if (reach === kills) return { value, kills, reach };
      return { value, kills, reach, refine: (foe, asked) => this.refined(node, foe, asked) };
    };
    const node: Node<T> = {
      row,
      point,
      ...(sure !== undefined && { sure: option(sure) }),
      ...(possible !== undefined && { possible: option(possible) }),
      parts: new Map(),
    };
    return node;
  }

  /** What the cell makes fail, and what its parts may; the same object where they make no more fail. */
  private reach(row: GlobRow, point: string, kills: Bits): Bits {
    const { complements, mixed } = this.space;
    let out: Bits | undefined;
    for (const { foes, left } of complements) {
      if (inside(foes, out ?? kills) || left.has(point) || left.near(row).length === 0) continue;
      out = union(out ?? kills, foes);
    }
    for (const { foes, at } of mixed) {
      if (inside(foes, out ?? kills) || at(point) === 0) continue;
      out = union(out ?? kills, foes);
    }
    return out ?? kills;
  }

  /** The parts of the cell in which the foe may fail, one after the other. */
  private *refined(node: Node<T>, foe: number, asked: SearchQuestion): Generator<Option<T>> {
    const { complements, mixed } = this.space;
    for (const { foes, left } of complements) {
      if (!hasBit(foes, foe) || left.has(node.point)) continue;
      const choices = left.near(node.row);
      yield* this.each(node, left, choices.length, asked, (at) =>
        this.entered(node.row, choices[at] as GlobRow),
      );
    }
    for (const m of mixed) {
      const limit = hasBit(m.foes, foe) ? m.at(node.point) : 0;
      if (limit === 0) continue;
      const rows = shorter(node.row, limit);
      yield* this.each(node, m, rows.length, asked, (at) => ({
        nodes: this.settled(rows[at] as GlobRow),
        lack: undefined,
        cost: 0,
      }));
    }
  }

  private entered(row: GlobRow, choice: GlobRow): Part<T> {
    const { rows, lack, cost } = meet(row, choice);
    return { nodes: rows.flatMap((r) => this.settled(r)), lack, cost };
  }

  private *each(
    { parts }: Node<T>,
    of: Left | Mixed,
    length: number,
    asked: SearchQuestion,
    make: (at: number) => Part<T>,
  ): Generator<Option<T>> {
    const known = parts.get(of) ?? [];
    parts.set(of, known);
    for (let at = 0; at < length; at++) {
      if (asked.left < 0) return;
      const part = known[at] ?? make(at);
      known[at] = part;
      const { nodes, lack, cost } = part;
      // what is known already costs as much: the answer is the same whatever was asked before
      asked.left -= PART_COST * (1 + nodes.length) + cost;
      for (const { sure, possible } of nodes) {
        if (sure !== undefined) yield sure;
        if (possible === undefined) continue;
        asked.lacks = true;
        if (asked.open) yield possible;
      }
      if (lack === undefined) continue;
      asked.lacks = true;
      if (asked.open) yield hiddenOption(this.space, lack);
    }
  }
}

function shorter(row: GlobRow, limit: number): readonly GlobRow[] {
  return row.flatMap((glob, part) =>
    shortened(glob, limit).map((short) => row.map((g, i) => (i === part ? short : g))),
  );
}
