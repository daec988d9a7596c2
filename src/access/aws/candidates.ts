/**
 * The values of a condition key among which every difference shows (AW8): generic points of globs for texts and ARNs,
 * places around the breakpoints for numbers, dates and addresses, unions of such values for set operators, and
 * "absent".
 */
import { fold } from "../fold.ts";
import { type Glob, mixedOnes } from "../glob.ts";
import { telling } from "./address.ts";
import {
  ANY_ARN,
  ANY_TEXT,
  arnRows,
  closure,
  type GlobCells,
  type GlobRow,
  type Lack,
  type Left,
  mayBeNoArn,
  meetAny,
  rowKey,
  rowPoint,
} from "./cells.ts";
import { type Atom, atomHolds, type Values } from "./condition.ts";
import { mixedAt } from "./foes.ts";
import { isAlwaysThere } from "./keys.ts";
import { type ValueSet, ValueSets } from "./sets.ts";

export interface Candidates {
  readonly values: readonly Values[];
  /** Set when a difference could also hide at a value that is not listed: why, and by which clause. */
  readonly lack?: { readonly clause: string; readonly reason: string };
}

/** More sets of values than this, and the rest is left undecided (G5). */
const MAX_SETS = 2048;
/** Letters whose casings are all tried where a pattern tells casings apart. */
const MAX_CASED_LETTERS = 8;

type Kind = Exclude<Atom["test"]["kind"], "null" | "opaque">;

/** What is said of a key that is compared as one text or one ARN. */
export interface TextKey {
  /** The cells in which the atoms that have to hold do, what they leave out aside. */
  readonly cells: GlobCells;
  /** The longest run of `?` beside a star among what they leave out, of the patterns that match a point. */
  readonly own: ((point: string) => number) | undefined;
  /** Per negated atom of the foes: where it fails. */
  readonly left: readonly { readonly atom: Atom; readonly left: Left; readonly keys: readonly string[] }[];
  /** The patterns that negated atoms which have to hold leave out. */
  readonly leftOut: ReadonlySet<string>;
  /** The other atoms of the foes that have `?` beside a star. */
  readonly mixed: readonly { readonly atom: Atom; at(point: string): number }[];
}

/**
 * What the search needs to narrow the values of a key by itself; undefined where other operators, or operators on
 * sets, stand on it: then `candidatesFor` lists the values.
 */
export function textKeyOf(must: readonly Atom[], foes: readonly Atom[]): TextKey | undefined {
  if (!must.every(isPlain)) return undefined;
  const arns = must.some(isArn);
  const theirs = foesKeyOf(foes, arns);
  if (theirs === undefined) return undefined;
  const negated = must.filter((a) => a.negated);
  return {
    cells: startOf(must, theirs.arns),
    own: mixedIn(negated),
    leftOut: new Set(negated.flatMap(patternKeys)),
    ...theirs.asked,
  };
}

/** What the foes say of a key: the same for all that they are held against. */
interface FoesKey {
  readonly arns: boolean;
  readonly asked: Pick<TextKey, "left" | "mixed">;
}

const foesKeys = new WeakMap<readonly Atom[], Map<boolean, FoesKey | undefined>>();

/** @param besideArns whether the others compare ARNs */
function foesKeyOf(foes: readonly Atom[], besideArns: boolean): FoesKey | undefined {
  const known = foesKeys.get(foes) ?? new Map<boolean, FoesKey | undefined>();
  foesKeys.set(foes, known);
  if (known.has(besideArns)) return known.get(besideArns);
  const made = foes.every(isPlain) ? readFoes(foes, besideArns || foes.some(isArn)) : undefined;
  known.set(besideArns, made);
  return made;
}

function readFoes(foes: readonly Atom[], arns: boolean): FoesKey {
  const texts = foes.filter((a) => isText(a.test));
  const left = texts
    .filter((a) => a.negated)
    .map((atom) => ({ atom, left: leftBy(atom, arns), keys: patternKeys(atom) }));
  const mixed = texts.flatMap((atom) => {
    const at = atom.negated ? undefined : mixedIn([atom]);
    return at === undefined ? [] : [{ atom, at }];
  });
  return { arns, asked: { left, mixed } };
}

/** The patterns of texts or ARNs, those of one kind apart from those of the other. */
function patternKeys({ test }: Atom): readonly string[] {
  if (test.kind === "arn") return test.arns.map((row) => `arn ${rowKey(row)}`);
  return test.kind === "glob" ? test.globs.map((g) => `text ${g.key}`) : [];
}

function isPlain({ test, set }: Atom): boolean {
  return set === undefined && (isText(test) || test.kind === "null" || test.kind === "opaque");
}

function isArn({ test }: Atom): boolean {
  return test.kind === "arn";
}

function isText(test: Atom["test"]): boolean {
  return test.kind === "glob" || test.kind === "arn";
}

/**
 * @param must the atoms on the key that have to hold
 * @param foes the atoms on the key of the statements that have to fail
 */
export function candidatesFor(must: readonly Atom[], foes: readonly Atom[], width: number): Candidates {
  const all = [...must, ...foes];
  const several = all.some((a) => a.set !== undefined);
  const kinds = new Set<Kind>();
  for (const { test } of all) if (test.kind !== "null" && test.kind !== "opaque") kinds.add(test.kind);
  if (kinds.has("boolean")) return withSets(["true", "false"], all, several);
  const singles = new Set<string>();
  const lacks: Candidates["lack"][] = [];
  for (const kind of ["number", "date"] as const) {
    if (kinds.has(kind)) for (const v of breakpoints(all, kind)) singles.add(v);
  }
  if (kinds.has("address")) {
    const blocks = all.flatMap(({ test }) => (test.kind === "address" ? test.blocks : []));
    for (const v of telling(blocks)) singles.add(v);
  }
  const measured = [...kinds].filter((k) => k === "number" || k === "date" || k === "address");
  const texts = kinds.size > measured.length;
  let literal = false;
  if (texts || kinds.size === 0) {
    const cells = textCells(must, foes, several, width);
    if (cells.lack !== undefined) lacks.push(LACKS[cells.lack]);
    literal = cells.literal && !several;
    for (const row of cells.rows) singles.add(rowPoint(row, width));
    const cased = casings(must, foes, [...singles], several);
    for (const text of cased.texts) singles.add(text);
    if (!cased.complete) lacks.push(LACKS.case);
  }
  const mixed = measured.length > 1 || (measured.length === 1 && texts);
  if (mixed && !literal) lacks.push(LACKS.mixed);
  const sets = withSets([...singles], all, several);
  const lack = lacks[0] ?? sets.lack;
  return { values: sets.values, ...(lack !== undefined && { lack }) };
}

/** Whether a value lets all of these atoms of one key hold; true also where that is not known. */
export function canHold(atoms: readonly Atom[], width: number): boolean {
  const { values, lack } = candidatesFor(atoms, [], width);
  return lack !== undefined || values.some((v) => atoms.every((a) => atomHolds(a, v) !== false));
}

/** Why values of a key may be lacking, by clause. */
export const LACKS = {
  bound: { clause: "G5", reason: "the patterns of a condition key pass the bound" },
  variable: { clause: "AW6", reason: "a policy variable would have to stand for a particular text" },
  case: { clause: "AW8", reason: "an IgnoreCase operator meets wildcards on one key" },
  mixed: { clause: "AW8", reason: "operators of different kinds stand on one key" },
  sets: { clause: "G5", reason: "the values of a set operator pass the bound" },
} as const satisfies Record<Lack | "case" | "mixed" | "sets", { clause: string; reason: string }>;

/** Absent, each value by itself, and, for set operators, unions of values, one for each way of truth. */
function withSets(singles: readonly string[], atoms: readonly Atom[], several: boolean): Candidates {
  const absent: Values[] = isAlwaysThere(atoms[0]?.key ?? "") ? [] : [undefined];
  if (!several) return { values: [...absent, ...singles.map((v) => [v])] };
  const sets = new ValueSets(atoms);
  const base = singles.flatMap((value) => sets.one(value) ?? []);
  const known = [...base];
  const found = (): Values[] => [...absent, ...known.map((k) => k.values)];
  for (let at = 0; at < known.length; at++) {
    const here = known[at] as ValueSet;
    for (const single of base) {
      if (here === single) continue;
      const both = sets.union(here, single);
      if (both === undefined) continue;
      if (known.length + absent.length >= MAX_SETS) return { values: found(), lack: LACKS.sets };
      known.push(both);
    }
  }
  return { values: found() };
}

/** Each breakpoint, a place between each two, and one beyond either end. */
function breakpoints(atoms: readonly Atom[], kind: "number" | "date"): readonly string[] {
  const all = atoms.flatMap(({ test }) =>
    test.kind === kind ? (test as { values: readonly number[] }).values : [],
  );
  const sorted = [...new Set(all)].sort((a, b) => a - b);
  const step = kind === "date" ? 1000 : 1;
  const out: number[] = [(sorted[0] ?? 0) - step];
  sorted.forEach((value, i) => {
    const next = sorted[i + 1];
    out.push(value, next === undefined ? value + step : (value + next) / 2);
  });
  if (kind === "number") return out.map(String);
  return out.map((at) => new Date(at).toISOString());
}

interface TextCells {
  readonly rows: readonly GlobRow[];
  readonly lack?: Lack;
  /** Every cell is one text. */
  readonly literal: boolean;
}

/** The rows of one atom's patterns: ARN rows, and for texts beside ARNs both shapes. */
function rowsOf(atom: Atom, arns: boolean): readonly GlobRow[] {
  const { test } = atom;
  if (test.kind === "arn") return test.arns;
  if (test.kind !== "glob") return [];
  if (!arns) return test.globs.map((g) => [g]);
  return test.globs.flatMap((g): readonly GlobRow[] => [
    ...(mayBeNoArn(g) ? [[g]] : []),
    ...(arnRows(g) ?? []),
  ]);
}

function globsOf(atom: Atom): readonly Glob[] {
  if (atom.test.kind === "glob") return atom.test.globs;
  return [];
}

/** What the patterns share in which the value of a must has to lie. */
function startOf(must: readonly Atom[], arns: boolean): GlobCells {
  let rows: readonly GlobRow[] = arns ? [ANY_TEXT, ANY_ARN] : [ANY_TEXT];
  let lack: Lack | undefined;
  for (const atom of must) {
    if (!isText(atom.test) || atom.negated) continue;
    const met = meetAny(rows, rowsOf(atom, arns));
    rows = met.rows;
    lack = met.lack ?? lack;
  }
  return { rows, ...(lack !== undefined && { lack }) };
}

/** The patterns of an atom, as what a point has to enter. */
function leftBy(atom: Atom, arns: boolean): Left {
  const inside = { ...atom, negated: false, set: "any" as const };
  const choices = rowsOf(atom, arns);
  return { near: () => choices, has: (point) => atomHolds(inside, [point]) === true };
}

function textCells(must: readonly Atom[], foes: readonly Atom[], several: boolean, width: number): TextCells {
  const all = [...must, ...foes];
  const arns = all.some((a) => a.test.kind === "arn");
  // an element of a set may have to lie in any of the musts' patterns, and in any that a foe forbids
  const { rows, lack: first } = startOf(several ? [] : must, arns);
  let lack = first;
  const entered = several ? [...must, ...foes.filter((a) => a.negated)] : foes.filter((a) => a.negated);
  const enter = entered.filter((a) => isText(a.test)).map((a) => leftBy(a, arns));
  const closed = closure(rows, enter, mixedIn(all), width);
  lack = closed.lack ?? lack;
  const literal =
    must.some((a) => isText(a.test) && !a.negated) && closed.rows.every((row) => row.every((g) => g.literal));
  return { rows: closed.rows, ...(lack !== undefined && { lack }), literal };
}

/** The longest run of `?` beside a star among the patterns that match a point, those of ARNs part by part. */
function mixedIn(atoms: readonly Atom[]): ((point: string) => number) | undefined {
  const ofTexts = mixedAt(atoms.flatMap(globsOf));
  const arns = atoms.filter(
    ({ test }) => test.kind === "arn" && test.arns.some((arn) => arn.some((g) => mixedOnes(g) > 0)),
  );
  if (arns.length === 0) return ofTexts;
  const most = Math.max(
    ...arns.flatMap(({ test }) =>
      test.kind === "arn" ? test.arns.flatMap((arn) => arn.map(mixedOnes)) : [],
    ),
  );
  return (point) => {
    const inArn = arns.some((a) => atomHolds({ ...a, negated: false, set: "any" }, [point]));
    return Math.max(ofTexts?.(point) ?? 0, inArn ? most : 0);
  };
}

/**
 * Casings of the texts of IgnoreCase operators that a point may have to be: those that other patterns of the key
 * write, one that none writes, and, where patterns have wildcards, all of a short text.
 */
function casings(
  must: readonly Atom[],
  foes: readonly Atom[],
  points: readonly string[],
  several: boolean,
): { readonly texts: readonly string[]; readonly complete: boolean } {
  const all = [...must, ...foes];
  const needed = all.filter((a) => a.test.kind === "caseless" && (several || must.includes(a) || a.negated));
  if (needed.length === 0) return { texts: [], complete: true };
  const wild = all.some((a) => a.test.kind === "arn" || globsOf(a).some((g) => !g.literal));
  const out = new Set<string>();
  let complete = true;
  for (const { test } of needed) {
    if (test.kind !== "caseless") continue;
    for (const text of test.texts) {
      const written = all.flatMap(globsOf).filter((g) => g.literal && fold(g.key) === text);
      for (const g of written) out.add(g.key);
      for (const p of points) if (fold(p) === text) out.add(p);
      const letters = [...text].filter(hasCase).length;
      const limit = wild ? MAX_CASED_LETTERS : Math.min(letters, Math.ceil(Math.log2(written.length + 2)));
      if (wild && letters > MAX_CASED_LETTERS) complete = false;
      for (let mask = 0; mask < 1 << Math.min(letters, limit); mask++) {
        let seen = 0;
        out.add(
          [...text].map((c) => (hasCase(c) && ((mask >> seen++) & 1) === 1 ? c.toUpperCase() : c)).join(""),
        );
      }
    }
  }
  return { texts: [...out], complete };
}

/** Of a folded text: case is ASCII's alone. */
function hasCase(letter: string): boolean {
  return letter >= "a" && letter <= "z";
}
