/** Sets of values of a condition key, told apart by what set operators say of them (AW8). */
import { type Atom, atomHolds } from "./condition.ts";

/** A set of values, with what holds of all of them and of any. */
export interface ValueSet {
  readonly values: readonly string[];
  readonly all: readonly number[];
  readonly any: readonly number[];
}

/**
 * What the atoms of one key say of sets of values: an atom holds of a set by whether it holds of each value or of any,
 * so what is known of the values tells it of their unions without a look at the patterns.
 */
export class SetTruths {
  private readonly atoms: readonly Atom[];
  /** Per word, the atoms that ask for all values, and for any. */
  private readonly every: readonly number[];
  private readonly some: readonly number[];
  /** Whether an atom is not made for several values: of those it says nothing. */
  private readonly single: boolean;

  constructor(atoms: readonly Atom[]) {
    this.atoms = atoms.filter(({ test }) => test.kind !== "null" && test.kind !== "opaque");
    this.every = words(this.atoms.map((a) => a.set === "all"));
    this.some = words(this.atoms.map((a) => a.set === "any"));
    this.single = this.atoms.some((a) => a.set === undefined);
  }

  of(value: string): ValueSet {
    const held = words(this.atoms.map((atom) => atomHolds(atom, [value]) === true));
    return { values: [value], all: held, any: held };
  }

  union(a: ValueSet, b: ValueSet): ValueSet {
    // only the values of a set that nobody has seen are listed
    return {
      get values() {
        return [...new Set([...a.values, ...b.values])];
      },
      all: a.all.map((word, at) => word & (b.all[at] ?? 0)),
      any: a.any.map((word, at) => word | (b.any[at] ?? 0)),
    };
  }

  /** The same for sets of which every atom says the same. */
  key({ all, any }: ValueSet, isOne: boolean): string {
    const alone = !this.single ? "" : isOne ? `one ${all.join(" ")} ` : "several ";
    return `${alone}${all.map((word, at) => word & (this.every[at] ?? 0)).join(" ")}/${any.map((word, at) => word & (this.some[at] ?? 0)).join(" ")}`;
  }
}

const BITS = 31;

function words(held: readonly boolean[]): readonly number[] {
  const out: number[] = new Array(Math.ceil(held.length / BITS)).fill(0);
  held.forEach((holds, at) => {
    const word = Math.floor(at / BITS);
    if (holds) out[word] = (out[word] ?? 0) | (1 << (at % BITS));
  });
  return out;
}
