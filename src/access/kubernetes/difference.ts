/** What the cells of one side hold and those of the other do not (G4): each generic point is looked up once. */
import {
  type At,
  CellIndex,
  cellKey,
  type GrantCell,
  type GrantCells,
  type Interchangeable,
  shared,
  type UrlCell,
} from "./cells.ts";
import type { RuleGrant } from "./rule.ts";
import { UrlIndex, urlShared } from "./urls.ts";
import { ANY } from "./words.ts";

/** A cell of which the other side holds no generic point, and what of it the other side holds. */
export interface ResourceRow {
  readonly cell: GrantCell;
  readonly blockers: readonly At[];
}

export interface UrlRow {
  readonly cell: UrlCell;
  readonly blockers: readonly UrlCell[];
}

/** The cells of a side, ready to be looked up. */
export class CellSide {
  readonly cells: GrantCells;
  readonly resources: CellIndex;
  readonly urls: UrlIndex;

  constructor(cells: GrantCells) {
    this.cells = cells;
    this.resources = new CellIndex(cells.resources, cells.classes);
    this.urls = new UrlIndex(cells.urls);
  }
}

/** The cells of `x` that `y` does not hold, without those that lie in another one (R3). */
export function resourceRows(x: CellSide, y: CellSide): readonly ResourceRow[] {
  const rows = x.cells.resources
    .filter((cell) => !y.resources.holds(cell.at) && !x.resources.holds(cell.at, cell.at))
    .map((cell) => ({
      cell,
      blockers: widest(
        y.resources.reaching(cell.at).flatMap((other) => {
          const part = shared(cell.at, other.at);
          return part === undefined ? [] : [part];
        }),
      ),
    }));
  const { classes } = x.cells;
  return classes === undefined ? rows : spelledOut(rows, classes);
}

/** Each row once for each cell that it stands for, in the order in which the lists of its first grant write them. */
function spelledOut(rows: readonly ResourceRow[], classes: Interchangeable): readonly ResourceRow[] {
  const byGrant = new Map<RuleGrant | undefined, ResourceRow[]>();
  for (const row of rows) {
    const [grant] = row.cell.grants;
    const list = byGrant.get(grant) ?? [];
    byGrant.set(grant, list);
    for (const at of classes.all(row.cell.at)) {
      const { cell, blockers } = row;
      // where the cell itself fixes a word, so does each part of it: only the others stand for more
      const free = (word: number, d: number): number => (cell.at[d] === ANY ? word : ANY);
      const fixed = (word: number, d: number): number => (cell.at[d] === ANY ? word : (at[d] ?? ANY));
      const parts = blockers.flatMap((part) => classes.all(part.map(free)).map((one) => one.map(fixed)));
      list.push({ cell: { at, grants: cell.grants }, blockers: parts });
    }
  }
  return [...byGrant].flatMap(([grant, list]) => {
    if (grant === undefined) return list;
    const order = classes.order(grant);
    return list.sort((a, b) => order(a.cell.at, b.cell.at));
  });
}

export function urlRows(x: CellSide, y: CellSide): readonly UrlRow[] {
  return x.cells.urls
    .filter((cell) => !y.urls.holds(cell) && !x.urls.holds(cell, cell))
    .map((cell) => {
      const parts = y.urls.reaching(cell).flatMap((other) => urlShared(cell, other) ?? []);
      const index = new UrlIndex(parts);
      // of equal ones the index has kept one
      return { cell, blockers: index.all().filter((part) => !index.holds(part, part)) };
    });
}

/** Without what lies in another one. */
function widest(parts: readonly At[]): readonly At[] {
  if (parts.length < 2) return parts;
  const unique = [...new Map(parts.map((at) => [cellKey(at), at])).values()];
  const index = new CellIndex(unique.map((at) => ({ at, grants: [] })));
  return unique.filter((at) => !index.holds(at, at));
}
