import { type Glob, matches } from "../glob.ts";

interface Held<T> {
  readonly glob: Glob;
  readonly value: T;
  /** When it was added: what is found comes in that order within one prefix. */
  readonly order: number;
}

/** Up to so many are looked at one by one: that is less work than to look them up. */
const FEW = 8;
/** Patterns of one prefix beyond so many are looked up by their ends as well: `*` before a thousand endings is common. */
const MANY = 24;
/** Bits of the filter for each pattern: one in so many texts that no pattern has is looked up in vain. */
const BITS = 16;

/** What a large index is looked up by; made when it is first asked. */
interface Lookup<T> {
  readonly literals: ReadonlyMap<string, readonly Held<T>[]>;
  readonly byPrefix: ReadonlyMap<string, readonly Held<T>[]>;
  /** Of the prefixes, ascending. */
  readonly lengths: readonly number[];
  /** Has the bit of every literal and of every prefix. */
  readonly filter: Uint32Array;
}

/**
 * Patterns by their literal prefix, so that a comparison of n patterns with m others does not take n × m steps.
 * `?`-free globs only.
 *
 * Most texts asked for are in none of the maps, and a map that says so is read at three random places of memory. So
 * the letters are walked once, which gives the hash of each prefix, and a filter of bits says which to look up at all.
 */
export class TermIndex<T> {
  private readonly held: Held<T>[] = [];
  private made: Lookup<T> | undefined;
  private sorted: readonly Held<T>[] | undefined;
  private readonly ends = new Map<readonly Held<T>[], Ends<T>>();
  private looks = 0;

  /** How many patterns `covering` has looked at: work, for who bounds it. */
  get looked(): number {
    return this.looks;
  }

  add(glob: Glob, value: T): void {
    this.held.push({ glob, value, order: this.held.length });
    this.made = undefined;
    this.sorted = undefined;
    this.ends.clear();
  }

  /** Those that match this point. */
  covering(point: string): readonly T[] {
    const out: T[] = [];
    if (this.held.length <= FEW) {
      this.looks += this.held.length;
      for (const { glob, value } of this.held) if (matches(glob, point)) out.push(value);
      return out;
    }
    const { literals, byPrefix, lengths, filter } = this.lookup();
    let hash = SEED;
    let at = 0;
    for (const length of lengths) {
      if (length > point.length) break;
      for (; at < length; at++) hash = hashed(hash, point.charCodeAt(at));
      if (!holds(filter, hash)) continue;
      const bucket = byPrefix.get(point.slice(0, length));
      if (bucket === undefined) continue;
      const candidates = bucket.length <= MANY ? bucket : endingLike(this.endsOf(bucket), point);
      this.looks += candidates.length;
      for (const { glob, value } of candidates) if (matches(glob, point)) out.push(value);
    }
    for (; at < point.length; at++) hash = hashed(hash, point.charCodeAt(at));
    if (holds(filter, hash)) for (const { value } of literals.get(point) ?? []) out.push(value);
    return out;
  }

  /** All that could share a string with the glob, judged by the literal prefixes alone; of a literal, those that do. */
  near(glob: Glob): readonly T[] {
    if (glob.literal) return this.covering(glob.point);
    const { prefix } = glob;
    const out: T[] = [];
    if (this.held.length <= FEW) {
      for (const { glob: other, value } of this.held) if (meet(prefix, other)) out.push(value);
      return out;
    }
    const { byPrefix, lengths } = this.lookup();
    const sorted = this.inOrder();
    for (let at = lowerBound(sorted, prefix); at < sorted.length; at++) {
      const { glob: other, value } = sorted[at] as Held<T>;
      if (!other.prefix.startsWith(prefix)) break;
      out.push(value);
    }
    for (const length of lengths) {
      if (length >= prefix.length) break;
      for (const { value } of byPrefix.get(prefix.slice(0, length)) ?? []) out.push(value);
    }
    return out;
  }

  /** As `near`, without those whose fixed ends share nothing with the glob's, in no certain order. */
  sharing(glob: Glob): readonly T[] {
    if (glob.literal || this.held.length <= FEW) return this.near(glob);
    const { prefix } = glob;
    const end = endOf(glob);
    const agrees = (other: Glob): boolean =>
      other.literal ? matches(glob, other.point) : endOf(other).endsWith(end) || end.endsWith(endOf(other));
    const out: T[] = [];
    const { byPrefix, lengths } = this.lookup();
    const sorted = this.inOrder();
    for (let at = lowerBound(sorted, prefix); at < sorted.length; at++) {
      const { glob: other, value } = sorted[at] as Held<T>;
      if (!other.prefix.startsWith(prefix)) break;
      // patterns with the very prefix are looked up below
      if ((other.literal || other.prefix.length > prefix.length) && agrees(other)) out.push(value);
    }
    for (const length of lengths) {
      if (length > prefix.length) break;
      const bucket = byPrefix.get(prefix.slice(0, length)) ?? [];
      const candidates = bucket.length <= MANY ? bucket : agreeingEnds(this.endsOf(bucket), end);
      for (const { glob: other, value } of candidates) if (agrees(other)) out.push(value);
    }
    return out;
  }

  private endsOf(bucket: readonly Held<T>[]): Ends<T> {
    const known = this.ends.get(bucket);
    if (known !== undefined) return known;
    const made = endsOf(bucket);
    this.ends.set(bucket, made);
    return made;
  }

  /** Whether `near` has any. */
  hasNear(glob: Glob): boolean {
    if (glob.literal || this.held.length <= FEW) return this.near(glob).length > 0;
    const { prefix } = glob;
    const { byPrefix, lengths } = this.lookup();
    const sorted = this.inOrder();
    const first = sorted[lowerBound(sorted, prefix)];
    if (first?.glob.prefix.startsWith(prefix) === true) return true;
    return lengths.some((length) => length < prefix.length && byPrefix.has(prefix.slice(0, length)));
  }

  private inOrder(): readonly Held<T>[] {
    this.sorted ??= [...this.held].sort((a, b) =>
      a.glob.prefix < b.glob.prefix ? -1 : a.glob.prefix > b.glob.prefix ? 1 : 0,
    );
    return this.sorted;
  }

  private lookup(): Lookup<T> {
    this.made ??= lookupOf(this.held);
    return this.made;
  }
}

/** Patterns by what stands after their last star. */
interface Ends<T> {
  readonly byEnd: ReadonlyMap<string, readonly Held<T>[]>;
  /** Of the ends, ascending. */
  readonly lengths: readonly number[];
  /** The ends from their last letter on, in order, with the patterns of each. */
  readonly backwards: readonly (readonly [string, readonly Held<T>[]])[];
}

function endOf(glob: Glob): string {
  return glob.parts[glob.parts.length - 1] ?? "";
}

function backwards(text: string): string {
  let out = "";
  for (let at = text.length - 1; at >= 0; at--) out += text[at];
  return out;
}

function endsOf<T>(bucket: readonly Held<T>[]): Ends<T> {
  const byEnd = new Map<string, Held<T>[]>();
  for (const entry of bucket) push(byEnd, endOf(entry.glob), entry);
  const lengths = [...new Set([...byEnd.keys()].map((end) => end.length))].sort((a, b) => a - b);
  const reversed = [...byEnd].map(([end, held]) => [backwards(end), held] as const);
  return { byEnd, lengths, backwards: reversed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) };
}

/** Those whose end the text ends with, in the order in which they were added. */
function endingLike<T>({ byEnd, lengths }: Ends<T>, text: string): readonly Held<T>[] {
  const found: (readonly Held<T>[])[] = [];
  for (const length of lengths) {
    if (length > text.length) break;
    const held = byEnd.get(text.slice(text.length - length));
    if (held !== undefined) found.push(held);
  }
  return found.length === 1 ? (found[0] ?? []) : found.flat().sort((a, b) => a.order - b.order);
}

/** Those of which one end goes on from the other. */
function agreeingEnds<T>({ byEnd, lengths, backwards: sorted }: Ends<T>, end: string): readonly Held<T>[] {
  const out: Held<T>[] = [];
  for (const length of lengths) {
    if (length >= end.length) break;
    for (const entry of byEnd.get(end.slice(end.length - length)) ?? []) out.push(entry);
  }
  const reversed = backwards(end);
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.[0] ?? "") < reversed) low = middle + 1;
    else high = middle;
  }
  for (; sorted[low]?.[0].startsWith(reversed) === true; low++) out.push(...(sorted[low]?.[1] ?? []));
  return out;
}

/** Whether one prefix goes on from the other; a literal goes on nowhere. */
function meet(prefix: string, other: Glob): boolean {
  return other.prefix.startsWith(prefix) || (!other.literal && prefix.startsWith(other.prefix));
}

function lookupOf<T>(held: readonly Held<T>[]): Lookup<T> {
  const literals = new Map<string, Held<T>[]>();
  const byPrefix = new Map<string, Held<T>[]>();
  const lengths = new Set<number>();
  const filter = new Uint32Array(2 ** Math.ceil(Math.log2((held.length * BITS) / WORD)));
  for (const entry of held) {
    const { literal, key, prefix } = entry.glob;
    push(literal ? literals : byPrefix, literal ? key : prefix, entry);
    if (!literal) lengths.add(prefix.length);
    note(filter, literal ? key : prefix);
  }
  return { literals, byPrefix, lengths: [...lengths].sort((a, b) => a - b), filter };
}

const SEED = 0x811c9dc5;
/** Bits of a number of the filter. */
const WORD = 32;

/** FNV-1a, a letter a step. */
function hashed(hash: number, letter: number): number {
  return Math.imul(hash ^ letter, 0x01000193);
}

function bitOf(filter: Uint32Array, hash: number): number {
  return (hash ^ (hash >>> 15)) & (filter.length * WORD - 1);
}

function holds(filter: Uint32Array, hash: number): boolean {
  const bit = bitOf(filter, hash);
  return ((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
}

function note(filter: Uint32Array, text: string): void {
  let hash = SEED;
  for (let at = 0; at < text.length; at++) hash = hashed(hash, text.charCodeAt(at));
  const bit = bitOf(filter, hash);
  filter[bit >>> 5] = (filter[bit >>> 5] as number) | (1 << (bit & 31));
}

function push<T>(map: Map<string, Held<T>[]>, key: string, entry: Held<T>): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

function lowerBound<T>(sorted: readonly Held<T>[], prefix: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as Held<T>).glob.prefix < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
