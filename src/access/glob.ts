/**
 * Globs: the pattern language of all three providers (clauses G1 to G3 of docs/semantics.md).
 *
 * Inside, the two wildcards and the fresh letter are private-use characters, so that a star can also be a
 * literal (`pods/*` in Kubernetes, StringEquals in AWS). Text from outside that holds such a character is
 * escaped on the way in, on both the pattern's and the subject's side.
 */

const STAR = "\uE000";
const ONE = "\uE001";
/** A letter that no pattern and no subject can contain. */
const FRESH = "\uE002";
const ESCAPE = "\uE003";
/** A policy variable is one letter of this range and a filler, so long that no run of `?` matches it by accident. */
const FILLER = "\uE0FF";
const FIRST_VARIABLE = 0xe100;
const LAST_VARIABLE = 0xe4ff;
const VARIABLE_LENGTH = 48;
const VARIABLES = /([\uE100-\uE4FF])\uE0FF*/g;
const RESERVED = /[\uE000-\uE003\uE0FF-\uE4FF]/g;

export interface Glob {
  /** Canonical text: equal globs have equal keys. */
  readonly key: string;
  /** The fixed-length runs between the stars; `n` stars make `n + 1` runs. */
  readonly parts: readonly string[];
  /** Everything before the first wildcard. */
  readonly prefix: string;
  readonly literal: boolean;
  /** The generic point: each wildcard is the fresh letter (see `generic`). */
  readonly point: string;
}

function guard(text: string): string {
  return text.replace(RESERVED, (c) => ESCAPE + String.fromCharCode(c.charCodeAt(0) + 0x1000));
}

function unguard(text: string): string {
  return text.replace(/\uE003([\uF000-\uF003\uF0FF-\uF4FF])/g, (_, c: string) =>
    String.fromCharCode(c.charCodeAt(0) - 0x1000),
  );
}

function fromKey(key: string): Glob {
  const parts = key.split(STAR);
  const first = parts[0] ?? "";
  const one = first.indexOf(ONE);
  return {
    key,
    parts,
    prefix: one < 0 ? first : first.slice(0, one),
    literal: parts.length === 1 && one < 0,
    point: (parts.length === 1 ? key : parts.join(FRESH)).replaceAll(ONE, FRESH),
  };
}

/** Runs of wildcards have one spelling: every `?` first, then one star. */
function canonical(key: string): string {
  return key.replace(/[\uE000\uE001]{2,}/g, (run) => {
    const ones = run.replaceAll(STAR, "");
    return ones.length === run.length ? run : ones + STAR;
  });
}

function isWild(letter: string | undefined): boolean {
  return letter === STAR || letter === ONE;
}

/** Two canonical texts as one; only where both are wild at the seam is there a run to spell anew. */
function joined(left: string, right: string): string {
  return isWild(left[left.length - 1]) && isWild(right[0]) ? canonical(left + right) : left + right;
}

/** A glob with `*` (any sequence, separators and the empty one included; G1); every other character is literal. */
export function starGlob(text: string): Glob {
  return fromKey(canonical(guard(text).replaceAll("*", STAR)));
}

/** A glob with `*` and `?` (exactly one character; AWS only; G1). */
export function questionGlob(text: string): Glob {
  return fromKey(canonical(guard(text).replaceAll("*", STAR).replaceAll("?", ONE)));
}

/** A glob that matches exactly this text. */
export function literalGlob(text: string): Glob {
  return fromKey(guard(text));
}

/** A piece of a pattern: text that is literal, a wildcard, or a policy variable by its number. */
export type GlobPiece =
  | { readonly literal: string }
  | { readonly wildcard: "*" | "?" }
  | { readonly variable: number };

/** A glob of pieces that somebody else has parsed (AWS: `${*}` is a literal star, `${aws:username}` a variable). */
export function pieceGlob(pieces: readonly GlobPiece[]): Glob {
  const key = pieces.map((piece) => {
    if ("literal" in piece) return guard(piece.literal);
    if ("wildcard" in piece) return piece.wildcard === "*" ? STAR : ONE;
    const letter = FIRST_VARIABLE + piece.variable;
    if (letter > LAST_VARIABLE) throw new RangeError("more than 1,024 policy variables in one comparison");
    return String.fromCharCode(letter) + FILLER.repeat(VARIABLE_LENGTH - 1);
  });
  return fromKey(canonical(key.join("")));
}

/** Whether `variablesIn` has any. */
export function hasVariable(glob: Glob): boolean {
  return glob.key.includes(FILLER);
}

/** The numbers of the variables that a glob, or a point of it, holds. */
export function variablesIn(text: string): readonly number[] {
  if (!text.includes(FILLER)) return [];
  return [
    ...new Set([...text.matchAll(VARIABLES)].map((m) => (m[1] as string).charCodeAt(0) - FIRST_VARIABLE)),
  ];
}

/** A text, internal form, with each variable as `value` says; undefined when one has no value. */
export function fillVariables(
  text: string,
  value: (variable: number) => string | undefined,
): string | undefined {
  let complete = true;
  const out = text.replace(VARIABLES, (_, letter: string) => {
    const found = value(letter.charCodeAt(0) - FIRST_VARIABLE);
    if (found === undefined) complete = false;
    return guard(found ?? "");
  });
  return complete ? out : undefined;
}

/** The glob with its variables replaced by texts; undefined when one has none. */
export function resolveGlob(glob: Glob, value: (variable: number) => string | undefined): Glob | undefined {
  if (!glob.key.includes(FILLER)) return glob;
  const key = fillVariables(glob.key, value);
  return key === undefined ? undefined : fromKey(key);
}

/** The glob with a star for every variable: all that it could match, whatever they stand for. */
export function widest(glob: Glob): Glob {
  return glob.key.includes(FILLER) ? fromKey(canonical(glob.key.replace(VARIABLES, STAR))) : glob;
}

/** A glob of an internal text as it stands. */
export function textGlob(text: string): Glob {
  return fromKey(text);
}

/** The text of a glob as a person writes it. */
export function globText(glob: Glob, variable?: (number: number) => string): string {
  const key =
    variable === undefined
      ? glob.key
      : glob.key.replace(VARIABLES, (_, letter: string) => variable(letter.charCodeAt(0) - FIRST_VARIABLE));
  return unguard(key.replaceAll(STAR, "*").replaceAll(ONE, "?"));
}

/** Parts of a glob at a separator; stars do not cross it, and the last part holds the rest. */
export function splitGlob(glob: Glob, separator: string, limit: number): readonly Glob[] {
  const parts = glob.key.split(separator);
  const rest = parts.slice(limit - 1).join(separator);
  return [...parts.slice(0, limit - 1), ...(parts.length >= limit ? [rest] : [])].map(fromKey);
}

/** The longest run of `?` in the glob; a run with a star counts the `?` of it. */
export function longestOnes(glob: Glob): number {
  let longest = 0;
  for (const run of glob.key.match(/\uE001+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}

/** The number of `?` that stand beside a star, the longest such run; 0 when there is none. */
export function mixedOnes(glob: Glob): number {
  let longest = 0;
  for (const run of glob.key.match(/\uE001+\uE000/g) ?? []) longest = Math.max(longest, run.length - 1);
  return longest;
}

/** The glob once per star and per length below `limit`: that star replaced by so many `?`. */
export function shortened(glob: Glob, limit: number): readonly Glob[] {
  const out: Glob[] = [];
  for (let star = 1; star < glob.parts.length; star++) {
    const [left, right] = [glob.parts.slice(0, star).join(STAR), glob.parts.slice(star).join(STAR)];
    for (let k = 0; k < limit; k++) out.push(fromKey(canonical(left + ONE.repeat(k) + right)));
  }
  return out;
}

/** A subject as `matches` takes it: text from outside, with the reserved characters escaped. */
export function subject(text: string): string {
  return guard(text);
}

function runAt(run: string, text: string, at: number): boolean {
  if (!run.includes(ONE)) return text.startsWith(run, at);
  if (at + run.length > text.length) return false;
  for (let i = 0; i < run.length; i++) if (run[i] !== ONE && run[i] !== text[at + i]) return false;
  return true;
}

function findRun(run: string, text: string, from: number, end: number): number {
  if (!run.includes(ONE)) {
    const at = text.indexOf(run, from);
    return at < 0 || at + run.length > end ? -1 : at;
  }
  for (let at = from; at + run.length <= end; at++) if (runAt(run, text, at)) return at;
  return -1;
}

/**
 * Whether the glob matches the whole subject (see `subject`). Never a regular expression (G2): the first and the
 * last run are anchored, the others are found leftmost, which is exact because every run has a fixed length.
 */
export function matches(glob: Glob, text: string): boolean {
  const { parts } = glob;
  const first = parts[0] ?? "";
  if (parts.length === 1) return text.length === first.length && runAt(first, text, 0);
  const last = parts[parts.length - 1] ?? "";
  let at = first.length;
  const end = text.length - last.length;
  if (at > end || !runAt(first, text, 0) || !runAt(last, text, end)) return false;
  for (let i = 1; i < parts.length - 1; i++) {
    const run = parts[i] ?? "";
    const found = findRun(run, text, at, end);
    if (found < 0) return false;
    at = found + run.length;
  }
  return true;
}

/**
 * The generic point of a `?`-free glob: each star is the fresh letter. A `?`-free pattern matches it exactly when
 * it covers the whole glob (cover lemma, G3).
 */
export function generic(glob: Glob): string {
  return glob.point;
}

/** The generic point with `width` letters for a star, so that a run of fewer `?` does not fit by accident. */
export function genericOf(glob: Glob, width: number): string {
  if (width === 1 || glob.literal) return glob.point;
  return glob.parts.join(FRESH.repeat(width)).replaceAll(ONE, FRESH);
}

/** A point's text with the fresh letter written as `letter`. */
export function pointText(point: string, letter: string): string {
  return unguard(point.replaceAll(FRESH, letter));
}

/** Whether every string of `a` is one of `b`: by the lemma without `?` (G3), else by walking both at once. */
export function covers(b: Glob, a: Glob): boolean {
  if (b.key === a.key) return true;
  if (b.literal || !a.prefix.startsWith(b.prefix)) return false;
  if (!b.key.includes(ONE)) return matches(b, a.point);
  return coversWithOnes(b.key, a.key);
}

/**
 * Cover with `?`. `a` is walked with the set of places of `b` that the text so far can have reached; a star of `a` is
 * any number of fresh letters, so every set along that way has to accept the rest.
 */
function coversWithOnes(b: string, a: string): boolean {
  const closed = (places: Iterable<number>): string => {
    const all = new Set(places);
    for (const place of all) if (b[place] === STAR) all.add(place + 1);
    return [...all].sort((x, y) => x - y).join(" ");
  };
  const step = (places: string, letter: string): string => {
    const next: number[] = [];
    if (places === "") return "";
    for (const text of places.split(" ")) {
      const place = Number(text);
      const here = b[place];
      if (here === STAR) next.push(place);
      else if (here === ONE || here === letter) next.push(place + 1);
    }
    return closed(next);
  };
  let ways = new Set([closed([0])]);
  for (const letter of a) {
    if (letter !== STAR) {
      ways = new Set([...ways].map((w) => step(w, letter === ONE ? FRESH : letter)));
      continue;
    }
    for (const way of ways) ways.add(step(way, FRESH));
  }
  const end = String(b.length);
  return [...ways].every((w) => w === end || w.endsWith(` ${end}`));
}

/** Whether two globs can share a string, judged by their fixed ends alone: `false` is certain, `true` is not. */
function endsAgree(a: Glob, b: Glob): boolean {
  const [pa, pb] = [a.parts[0] ?? "", b.parts[0] ?? ""];
  const [sa, sb] = [a.parts[a.parts.length - 1] ?? "", b.parts[b.parts.length - 1] ?? ""];
  if (a.key.includes(ONE) || b.key.includes(ONE)) {
    return a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  }
  if (!pa.startsWith(pb) && !pb.startsWith(pa)) return false;
  return sa.endsWith(sb) || sb.endsWith(sa);
}

/** More pieces than this, and an intersection is left undecided (G5). */
export const MAX_PIECES = 256;
const MAX_LETTERS = 2000;
/** Pairs of pieces held against one another in one intersection, past which it is left undecided (G5). */
const MAX_COMPARED = 100_000;

/**
 * The intersection of two globs as a set of globs none of which covers another; empty when they share
 * nothing; undefined past `MAX_PIECES` (G5). Exact: the union of the pieces is the intersection.
 */
export function intersect(a: Glob, b: Glob): readonly Glob[] | undefined {
  return intersectAtCost(a, b).globs;
}

/** `intersect`, and what it took: the same for the same globs, whatever was asked before. */
export function intersectAtCost(
  a: Glob,
  b: Glob,
): { readonly globs: readonly Glob[] | undefined; readonly cost: number } {
  if (!endsAgree(a, b)) return { globs: [], cost: 0 };
  if (covers(a, b)) return { globs: [b], cost: 0 };
  if (covers(b, a)) return { globs: [a], cost: 0 };
  if (a.literal || b.literal) return { globs: [], cost: 0 };
  const both = new Intersection(a.key, b.key);
  const globs = both.run();
  return { globs, cost: both.cost };
}

/** Some globs that lie in both, at most so many: none where the two share nothing. For where `intersect` gives up. */
export function someOfBoth(a: Glob, b: Glob, most: number): readonly Glob[] {
  // read letter by letter, each a call in the last one
  if (a.key.length + b.key.length > MAX_LETTERS) return [];
  return new Sample(a.key, b.key, most).run().map(fromKey);
}

/** State of one intersection: the memo and the bound on work. */
class Intersection {
  private readonly memo = new Map<number, readonly string[] | undefined>();
  private steps = 0;
  private compared = 0;
  private readonly a: string;
  private readonly b: string;

  constructor(a: string, b: string) {
    this.a = a;
    this.b = b;
  }

  run(): readonly Glob[] | undefined {
    return this.from(0, 0, 0)?.map(fromKey);
  }

  get cost(): number {
    return this.steps + this.compared;
  }

  /** Keys of the intersection of `a` from `i` and `b` from `j`. */
  private from(i: number, j: number, depth: number): readonly string[] | undefined {
    const at = i * (this.b.length + 1) + j;
    if (this.memo.has(at)) return this.memo.get(at);
    this.steps++;
    const out = this.steps > 20_000 || depth > 500 ? undefined : this.pieces(i, j, depth);
    this.memo.set(at, out);
    return out;
  }

  private pieces(i0: number, j0: number, depth: number): readonly string[] | undefined {
    const { a, b } = this;
    let [i, j] = [i0, j0];
    // literals need no branching
    let head = "";
    while (i < a.length && j < b.length && a[i] !== STAR && b[j] !== STAR) {
      if (a[i] !== b[j] && a[i] !== ONE && b[j] !== ONE) return [];
      head += a[i] === ONE ? b[j] : a[i];
      i++;
      j++;
    }
    if (a[i] === STAR && i === a.length - 1) return [joined(head, b.slice(j))];
    if (b[j] === STAR && j === b.length - 1) return [joined(head, a.slice(i))];
    if (i === a.length || j === b.length) return i === a.length && j === b.length ? [head] : [];
    const out: string[] = [];
    if (a[i] === STAR && b[j] === STAR) {
      for (const rest of [this.from(i + 1, j, depth + 1), this.from(i, j + 1, depth + 1)]) {
        if (rest === undefined) return undefined;
        for (const r of rest) out.push(joined(head + STAR, r));
      }
      return this.maximal(out);
    }
    return a[i] === STAR
      ? this.starAgainstRun(a, i, b, j, head, (x, y) => this.from(x, y, depth + 1))
      : this.starAgainstRun(b, j, a, i, head, (x, y) => this.from(y, x, depth + 1));
  }

  /** `s[p]` is a star, `t` has a literal run at `q`: the star ends at some place of the run, or reaches the next star. */
  private starAgainstRun(
    s: string,
    p: number,
    t: string,
    q: number,
    head: string,
    from: (p: number, q: number) => readonly string[] | undefined,
  ): readonly string[] | undefined {
    const out: string[] = [];
    const next = s[p + 1];
    let k = q;
    for (; k < t.length && t[k] !== STAR; k++) {
      if (t[k] !== next && t[k] !== ONE && next !== ONE) continue;
      const rest = from(p + 1, k);
      if (rest === undefined) return undefined;
      for (const r of rest) out.push(joined(head + t.slice(q, k), r));
    }
    if (k < t.length) {
      const rest = from(p, k);
      if (rest === undefined) return undefined;
      for (const r of rest) out.push(joined(head + t.slice(q, k), r));
    }
    return this.maximal(out);
  }

  private maximal(keys: readonly string[]): readonly string[] | undefined {
    if (keys.length < 2) return keys;
    const globs = [...new Set(keys)].map(fromKey);
    this.compared += globs.length * globs.length;
    if (this.compared > MAX_COMPARED) return undefined;
    // no two are equal, so covering one another is impossible
    const kept = globs.filter((g) => !globs.some((other) => other !== g && covers(other, g)));
    return kept.length > MAX_PIECES ? undefined : kept.map((g) => g.key);
  }
}

/** A few globs of an intersection, not the widest ones: the first ways to read both texts at once. */
class Sample {
  private readonly out = new Set<string>();
  /** Places from which there is no way to the end. */
  private readonly dead = new Set<number>();
  private readonly a: string;
  private readonly b: string;
  private readonly most: number;

  constructor(a: string, b: string, most: number) {
    this.a = a;
    this.b = b;
    this.most = most;
  }

  run(): readonly string[] {
    this.from(0, 0, "");
    return [...this.out];
  }

  /** Whether there is a way to the end from these places of the two; `head` is what both have so far. */
  private from(i: number, j: number, head: string): boolean {
    const { a, b } = this;
    const place = i * (b.length + 1) + j;
    if (this.dead.has(place) || this.out.size >= this.most) return false;
    const [x, y] = [a[i], b[j]];
    if (x === undefined && y === undefined) {
      this.out.add(canonical(head));
      return true;
    }
    const ways: (readonly [number, number, string])[] = [];
    if (x === STAR && y === STAR) ways.push([i + 1, j, STAR], [i, j + 1, STAR]);
    // a star ends, or takes the other's letter
    else if (x === STAR) ways.push([i + 1, j, ""], ...(y === undefined ? [] : [[i, j + 1, y] as const]));
    else if (y === STAR) ways.push([i, j + 1, ""], ...(x === undefined ? [] : [[i + 1, j, x] as const]));
    else if (x !== undefined && y !== undefined && (x === y || x === ONE || y === ONE)) {
      ways.push([i + 1, j + 1, x === ONE ? y : x]);
    }
    let found = false;
    for (const [nextI, nextJ, letter] of ways) found = this.from(nextI, nextJ, head + letter) || found;
    if (!found && this.out.size < this.most) this.dead.add(place);
    return found;
  }
}
