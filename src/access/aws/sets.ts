/** Sets of values of a condition key, told apart by what set operators say of them (AW8). */
import { type Atom, atomHolds } from "./condition.ts";

/** A set of values, with what the atoms say of it. */
export interface ValueSet {
  readonly values: readonly string[];
  /** First what holds of all values, for the atoms that ask for all, then what holds of any, for those. */
  readonly words: readonly number[];
}

type Seen = Map<number, Seen>;

/**
 * What the atoms of one key say of sets of values: an atom holds of a set by whether it holds of each value or of any,
 * so what is known of the values tells it of their unions without a look at the patterns. Holds what was seen.
 */
export class ValueSets {
  private readonly every: readonly Atom[];
  private readonly some: readonly Atom[];
  /** Those that are not made for several values: of more than one they say nothing. */
  private readonly plain: readonly Atom[];
  private readonly width: number;
  private readonly seen: Seen = new Map();
  private readonly singles = new Set<string>();

  constructor(atoms: readonly Atom[]) {
    const told = atoms.filter(({ test }) => test.kind !== "null" && test.kind !== "opaque");
    this.every = told.filter((a) => a.set === "all");
    this.some = told.filter((a) => a.set === "any");
    this.plain = told.filter((a) => a.set === undefined);
    this.width = wordCount(this.every);
  }

  /** The set of one value; undefined where the atoms say of it what they said of another. */
  one(value: string): ValueSet | undefined {
    // one word at least, so that several values are seen once though no atom tells them apart
    const words = [...wordsOf(this.every, value), ...wordsOf(this.some, value), 0];
    const id = [...words, "", ...wordsOf(this.plain, value)].join(" ");
    if (this.singles.has(id)) return undefined;
    this.singles.add(id);
    const set = { values: [value], words };
    // with several values it is another thing where an atom is not made for them
    if (this.plain.length === 0) this.isNew(set, set);
    return set;
  }

  /** The union; undefined where the atoms say of it what they said of another. */
  union(a: ValueSet, b: ValueSet): ValueSet | undefined {
    if (!this.isNew(a, b)) return undefined;
    const words = a.words.map((word, at) => this.joined(word, b.words[at] ?? 0, at));
    return { values: [...new Set([...a.values, ...b.values])], words };
  }

  private joined(a: number, b: number, at: number): number {
    return at < this.width ? a & b : a | b;
  }

  private isNew(a: ValueSet, b: ValueSet): boolean {
    let here = this.seen;
    let made = false;
    for (let at = 0; at < a.words.length; at++) {
      const word = this.joined(a.words[at] ?? 0, b.words[at] ?? 0, at);
      let next = here.get(word);
      if (next === undefined) {
        next = new Map();
        here.set(word, next);
        made = true;
      }
      here = next;
    }
    return made;
  }
}

const BITS = 31;

/** Two bits an atom: that it holds and that it may, since what cannot be told is neither. */
function wordCount(atoms: readonly Atom[]): number {
  return Math.ceil((2 * atoms.length) / BITS);
}

function wordsOf(atoms: readonly Atom[], value: string): readonly number[] {
  const out: number[] = new Array(wordCount(atoms)).fill(0);
  const set = (bit: number) => {
    const word = Math.floor(bit / BITS);
    out[word] = (out[word] ?? 0) | (1 << (bit % BITS));
  };
  atoms.forEach((atom, at) => {
    const holds = atomHolds(atom, [value]);
    if (holds === true) set(2 * at);
    if (holds !== false) set(2 * at + 1);
  });
  return out;
}
