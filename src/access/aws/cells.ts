/**
 * Cells of a text dimension: globs, each standing for its generic point. A value that is a whole text is a row of one
 * glob; an ARN is a row of six, since ArnLike compares part by part (AW7).
 */
import {
  covers,
  type Glob,
  genericOf,
  hasVariable,
  intersect,
  intersectAtCost,
  matches,
  questionGlob,
  shortened,
  someOfBoth,
  textGlob,
  widest,
} from "../glob.ts";

export type GlobRow = readonly Glob[];

/** More cells than this in one dimension, and the rest is left undecided (G5). */
export const MAX_CELLS = 4096;

/** What is tried for one list of cells, past which the rest is left undecided (G5), in comparisons of globs. */
const MAX_COST = 250_000;
/** One intersection costs so much at least. */
const MEET_COST = 128;

const ARN_PARTS = 6;
const STAR = questionGlob("*").key;
const ONE = questionGlob("?").key;

export const ANY_TEXT: GlobRow = [questionGlob("*")];
export const ANY_ARN: GlobRow = Array.from({ length: ARN_PARTS }, () => questionGlob("*"));

/** Why a list of cells may lack some. */
export type Lack = "bound" | "variable";

export interface GlobCells {
  readonly rows: readonly GlobRow[];
  /** Absent: the cells are all that are needed. */
  readonly lack?: Lack;
}

/** What two rows share, and what it took to find: the same whatever was asked before. */
export interface Meeting extends GlobCells {
  readonly cost: number;
}

/** Answers kept for one glob: some live as long as the program. */
const MAX_PAIRS = 4096;
type Pieces = ReturnType<typeof intersectAtCost>;
const shared = new WeakMap<Glob, Map<string, Pieces>>();

const MAX_ALIKE = 20_000;

/** `intersect`, each pair once as long as its first glob lives: statements that share a pattern ask for the same. */
export function pieces(a: Glob, b: Glob): readonly Glob[] | undefined {
  return piecesAtCost(a, b).globs;
}

function piecesAtCost(a: Glob, b: Glob): Pieces {
  let known = shared.get(a);
  if (known === undefined) {
    known = new Map();
    shared.set(a, known);
  }
  const found = known.get(b.key);
  if (found !== undefined) return found;
  if (known.size >= MAX_PAIRS) known.clear();
  const met = intersectAtCost(a, b);
  const made = met.globs === undefined ? met : { ...met, globs: met.globs.map(asOne) };
  known.set(b.key, made);
  return made;
}

/** What patterns share, one object for each, so that what was found of it is found again. */
const alike = new Map<string, Glob>();

function asOne(glob: Glob): Glob {
  const known = alike.get(glob.key);
  if (known !== undefined) return known;
  if (alike.size >= MAX_ALIKE) alike.clear();
  alike.set(glob.key, glob);
  return glob;
}

/**
 * Whether two globs share a string, without saying which: the places of `b` that the text of `a` so far can have
 * reached, letter by letter. A variable is a text of its own here.
 */
export function meets(a: Glob, b: Glob): boolean {
  if (!a.prefix.startsWith(b.prefix) && !b.prefix.startsWith(a.prefix)) return false;
  if (a.literal) return matches(b, a.key);
  if (b.literal) return matches(a, b.key);
  let known = meetings.get(a);
  if (known === undefined) {
    known = new Map();
    meetings.set(a, known);
  }
  const found = known.get(b.key);
  if (found !== undefined) return found;
  if (known.size >= MAX_PAIRS) known.clear();
  const made = meetsAnew(a, b);
  known.set(b.key, made);
  return made;
}

const meetings = new WeakMap<Glob, Map<string, boolean>>();

function meetsAnew(a: Glob, b: Glob): boolean {
  // what both begin with is read alike, and a star in neither
  const from = Math.min(a.prefix.length, b.prefix.length);
  const [x, y] = [a.key, b.key];
  const end = y.length;
  // reach[j]: what is read of `a`, and the first j letters of `b`, match a common text
  let [reach, next] = [new Uint8Array(end + 1), new Uint8Array(end + 1)];
  reach[from] = 1;
  spread(reach, y, from);
  for (let i = from; i < x.length; i++) {
    const letter = x[i];
    const star = letter === STAR;
    next.fill(0, from);
    let any = false;
    for (let j = from; j <= end; j++) {
      if (reach[j] !== 1 && !(star && j > from && next[j - 1] === 1)) continue;
      any = true;
      // a star reads nothing, or whatever `b` has next
      if (star) next[j] = 1;
      const here = y[j];
      if (here === STAR) next[j] = 1;
      else if (!star && (here === letter || letter === ONE || here === ONE)) next[j + 1] = 1;
    }
    if (!any) return false;
    spread(next, y, from);
    [reach, next] = [next, reach];
  }
  return reach[end] === 1;
}

/** A star of `b` may stand for nothing. */
function spread(reach: Uint8Array, y: string, from: number): void {
  for (let j = from; j < y.length; j++) if (reach[j] === 1 && y[j] === STAR) reach[j + 1] = 1;
}

export function rowPoint(row: GlobRow, width: number): string {
  return row.map((g) => genericOf(g, width)).join(":");
}

export function rowKey(row: GlobRow): string {
  return row.map((g) => g.key).join("\uE012");
}

/** `meets` where variables are in play: what they could stand for may make the globs meet. */
export function mayMeet(a: Glob, b: Glob): boolean {
  const { rows, lack } = meet([a], [b]);
  return rows.length > 0 || lack !== undefined;
}

/** Pieces of an intersection that are looked at where it has too many: enough to find a difference, not to rule it out. */
const SOME = 16;

/** What two rows share; rows of different lengths share nothing. Past the bound, some of it. */
export function meet(a: GlobRow, b: GlobRow): Meeting {
  if (a.length !== b.length) return { rows: [], cost: 0 };
  let rows: GlobRow[] = [[]];
  let lack: Lack | undefined;
  let cost = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as Glob, b[i] as Glob];
    const both = piecesAtCost(x, y);
    cost += both.cost;
    if (both.globs === undefined) lack = "bound";
    else if (mayMeetByVariable(x, y)) lack ??= "variable";
    const parts = both.globs ?? someOfBoth(x, y, SOME);
    rows = rows.flatMap((head) => parts.map((piece) => [...head, piece]));
    if (rows.length > MAX_CELLS) return { rows: rows.slice(0, SOME), lack: "bound", cost };
    if (rows.length === 0 && lack === undefined) break;
  }
  // a part that can never agree settles it, whatever a variable in another part stands for
  if (lack === "variable" && a.some((x, i) => intersect(widest(x), widest(b[i] as Glob))?.length === 0)) {
    return { rows: [], cost };
  }
  return { rows, ...(lack !== undefined && { lack }), cost };
}

/** Two patterns that meet only, or meet in more, if a policy variable stands for a particular text (AW6). */
function mayMeetByVariable(x: Glob, y: Glob): boolean {
  if (!hasVariable(x) && !hasVariable(y)) return false;
  let known = variableMeetings.get(x);
  if (known === undefined) {
    known = new Map();
    variableMeetings.set(x, known);
  }
  const found = known.get(y.key);
  if (found !== undefined) return found;
  if (known.size >= MAX_PAIRS) known.clear();
  const both = covers(x, y) || covers(y, x) ? [] : intersect(widest(x), widest(y));
  const made = both === undefined || both.length > 0;
  known.set(y.key, made);
  return made;
}

const variableMeetings = new WeakMap<Glob, Map<string, boolean>>();

/** What each of `rows` shares with at least one of `choices`. */
export function meetAny(rows: readonly GlobRow[], choices: readonly GlobRow[]): GlobCells {
  const out = new Map<string, GlobRow>();
  let lack: Lack | undefined;
  let cost = 0;
  for (const row of rows) {
    for (const choice of choices) {
      const met = meet(row, choice);
      lack = met.lack ?? lack;
      cost += 1 + met.cost;
      for (const piece of met.rows) out.set(rowKey(piece), piece);
      if (out.size > MAX_CELLS || cost > MAX_COST) return { rows: [...out.values()], lack: "bound" };
    }
  }
  return { rows: [...out.values()], ...(lack !== undefined && { lack }) };
}

/** What one complement leaves out: where a point is in any of these, the complement fails, and more is no help. */
export interface Left {
  /** Those that could share a text with the row. */
  near(row: GlobRow): readonly GlobRow[];
  has(point: string): boolean;
}

/**
 * The rows, and what they share with one pattern of each complement that still holds at them: a complement fails
 * as soon as one of its patterns is entered, so patterns of one are never intersected with each other. Where a
 * pattern with `?` beside a star matches a cell's generic point, the cell also with that many letters and fewer for
 * a star.
 * @param mixed the longest run of `?` beside a star among the patterns that match this point (0: none)
 */
export function closure(
  start: readonly GlobRow[],
  enter: readonly Left[],
  mixed: ((point: string) => number) | undefined,
  width: number,
): GlobCells {
  const seen = new Map<string, GlobRow>();
  // complements are entered in their order, so that each cell is come to once and not once for each order
  const done = new Map<string, number>();
  const todo: { readonly row: GlobRow; readonly from: number }[] = start.map((row) => ({ row, from: 0 }));
  let lack: Lack | undefined;
  let cost = 0;
  for (let at = 0; at < todo.length; at++) {
    const { row, from } = todo[at] as { row: GlobRow; from: number };
    const key = rowKey(row);
    const before = done.get(key) ?? Number.POSITIVE_INFINITY;
    if (before <= from) continue;
    if (seen.size >= MAX_CELLS) return { rows: [...seen.values()], lack: "bound" };
    done.set(key, from);
    seen.set(key, row);
    const point = rowPoint(row, width);
    for (let i = from; i < enter.length; i++) {
      const left = enter[i] as Left;
      if (left.has(point)) continue;
      for (const choice of left.near(row)) {
        const met = meet(row, choice);
        cost += MEET_COST + met.cost;
        if (cost > MAX_COST) return { rows: [...seen.values()], lack: "bound" };
        lack = met.lack ?? lack;
        for (const piece of met.rows) todo.push({ row: piece, from: i + 1 });
      }
    }
    const limit = mixed?.(point) ?? 0;
    if (limit === 0) continue;
    row.forEach((glob, part) => {
      for (const shorter of shortened(glob, limit)) {
        todo.push({ row: row.map((g, i) => (i === part ? shorter : g)), from: 0 });
      }
    });
  }
  return { rows: [...seen.values()], ...(lack !== undefined && { lack }) };
}

/**
 * A text pattern as the rows of six that it matches among ARNs: a star, or `?`, may hold colons. Undefined past the
 * bound.
 */
export function arnRows(glob: Glob): readonly GlobRow[] | undefined {
  const out = new Map<string, GlobRow>();
  const walk = (at: number, done: readonly string[], current: string): boolean => {
    if (out.size > MAX_CELLS) return false;
    const letter = glob.key[at];
    if (letter === undefined) {
      if (done.length === ARN_PARTS - 1) {
        const row = [...done, current].map(textGlob);
        out.set(rowKey(row), row);
      }
      return true;
    }
    const last = done.length === ARN_PARTS - 1;
    if (!last && (letter === ":" || letter === ONE) && !walk(at + 1, [...done, current], "")) return false;
    if (letter === ":" && !last) return true;
    if (letter === STAR && !last) {
      const fill: string[] = [];
      for (let parts = done.length + 1; parts < ARN_PARTS; parts++) {
        if (!walk(at + 1, [...done, current + STAR, ...fill], STAR)) return false;
        fill.push(STAR);
      }
    }
    return walk(at + 1, done, current + letter);
  };
  return walk(0, [], "") ? [...out.values()] : undefined;
}

/** Whether the row of one glob has texts that are no ARN. */
export function mayBeNoArn(glob: Glob): boolean {
  return glob.key.split(":").length < ARN_PARTS;
}
