/** The statements that must fail for a point to be a difference, and which of them a value makes fail. */
import { type Glob, hasVariable, matches, mixedOnes } from "../glob.ts";
import { ActionTable } from "./action-table.ts";
import { addTo, type Bits, clearBit, noBits, oneBit, setBit } from "./bits.ts";
import type { GlobRow, Left } from "./cells.ts";
import { type Atom, atomHolds, type Values } from "./condition.ts";
import type { Complement, Mixed } from "./refinement.ts";
import type { Body, Choice } from "./statement.ts";

export interface Kill {
  /** The foes that surely fail. */
  readonly sure: Bits;
  /** Atoms of which it is not known whether they hold, with the foes that have them. */
  readonly unknown: readonly { readonly atom: Atom; readonly foes: Bits }[];
}

interface KeyAtoms {
  readonly atoms: { readonly atom: Atom; readonly foes: Bits }[];
  /** The atoms alone. */
  list?: readonly Atom[];
  readonly byValue: Map<string, Kill>;
  readonly places: Map<string, number>;
}

/** What the bodies say of one dimension. */
export interface Selectors {
  /** Complements, those that leave out the same once: a point has to enter one of its patterns to make it fail. */
  readonly complements: readonly Complement[];
  readonly mixed: readonly Mixed[];
}

/** Holds the caches of one direction: what each value of each dimension makes fail. */
export class Foes {
  readonly bodies: readonly Body[];
  /** Those that read a policy variable. */
  readonly reading: Bits;
  private readonly places = new Map<string, number>();
  private readonly keys = new Map<string, KeyAtoms>();
  private readonly selected = new Map<string, Selectors>();
  private close: Near | undefined;
  private resources: Failing | undefined;
  private principals: Failing | undefined;

  /** The condition key that a policy variable reads, and nothing stands in for. */
  readonly keyOf: (variable: number) => string | undefined;

  constructor(bodies: readonly Body[], keyOf: (variable: number) => string | undefined = () => undefined) {
    this.bodies = bodies;
    this.keyOf = keyOf;
    this.reading = noBits(bodies.length);
    bodies.forEach((body, at) => {
      if (body.variables.length > 0) setBit(this.reading, at);
      this.places.set(body.canon, at);
      for (const atom of body.atoms) this.addAtom(atom, at);
    });
  }

  private addAtom(atom: Atom, foe: number): void {
    let key = this.keys.get(atom.key);
    if (key === undefined) {
      key = { atoms: [], byValue: new Map(), places: new Map() };
      this.keys.set(atom.key, key);
    }
    const at = key.places.get(atom.canon) ?? key.atoms.length;
    const entry = key.atoms[at] ?? { atom, foes: noBits(this.bodies.length) };
    key.atoms[at] = entry;
    key.places.set(atom.canon, at);
    setBit(entry.foes, foe);
  }

  /** The place of the body, or of one equal to it. */
  place(body: Body): number | undefined {
    return this.places.get(body.canon);
  }

  keyNames(): readonly string[] {
    return [...this.keys.keys()];
  }

  /** The same object for the same key. */
  atomsOn(key: string): readonly Atom[] {
    const entry = this.keys.get(key);
    if (entry === undefined) return [];
    entry.list ??= entry.atoms.map((a) => a.atom);
    return entry.list;
  }

  /** The statements that say this of the key. */
  havingAtom({ key, canon }: Atom): Bits {
    const entry = this.keys.get(key);
    const at = entry?.places.get(canon);
    return (at === undefined ? undefined : entry?.atoms[at]?.foes) ?? noBits(this.bodies.length);
  }

  byKey(key: string, values: Values): Kill {
    const entry = this.keys.get(key);
    if (entry === undefined) return { sure: noBits(this.bodies.length), unknown: [] };
    const id = values === undefined ? "" : `=${values.join("\uE013")}`;
    const known = entry.byValue.get(id);
    if (known !== undefined) return known;
    const sure = noBits(this.bodies.length);
    const unknown: { atom: Atom; foes: Bits }[] = [];
    for (const { atom, foes } of entry.atoms) {
      const truth = atomHolds(atom, values);
      if (truth === undefined) unknown.push({ atom, foes });
      if (truth === false) addTo(sure, foes);
    }
    const kill = { sure, unknown };
    entry.byValue.set(id, kill);
    return kill;
  }

  /** What the bodies say of the resource or the principal. */
  selectors(dimension: "resource" | "principal"): Selectors {
    const known = this.selected.get(dimension);
    if (known !== undefined) return known;
    const of = (b: Body): Choice | undefined => (dimension === "resource" ? b.resources : b.principals);
    const lists = new Map<string, Complement>();
    const mixed: Mixed[] = [];
    this.bodies.forEach((body, place) => {
      const choice = of(body);
      if (choice === undefined) return;
      const at = choice.negated ? undefined : mixedAt(choice.terms.map((t) => t.glob));
      if (at !== undefined) mixed.push({ foes: oneBit(this.bodies.length, place), at });
      if (!choice.negated) return;
      const id = listKey(choice);
      const list = lists.get(id) ?? {
        foes: noBits(this.bodies.length),
        left: leftOf(choice),
        keys: choice.terms.map((t) => t.glob.key),
      };
      setBit(list.foes, place);
      lists.set(id, list);
    });
    const made: Selectors = { complements: [...lists.values()], mixed };
    this.selected.set(dimension, made);
    return made;
  }

  byResource(point: string): Bits {
    this.resources ??= new Failing(this.bodies, (body) => body.resources);
    return this.resources.at(point);
  }

  /** The statements with a resource pattern that could share a text with the glob, judged by literal prefixes. */
  nearResource(glob: Glob): Bits {
    this.close ??= new Near(this.bodies);
    return this.close.of(glob);
  }

  byPrincipal(point: string): Bits {
    this.principals ??= new Failing(this.bodies, (body) => body.principals);
    return this.principals.at(point);
  }
}

/** Which statements a resource or a principal makes fail, by the prefixes of their patterns. Holds the answers. */
class Failing {
  private readonly inside = new ActionTable<number>();
  private readonly outside = new ActionTable<number>();
  /** Those that name what they are about: they fail wherever none of their patterns matches. */
  private readonly naming: Bits;
  private readonly known = new Map<string, Bits>();

  constructor(bodies: readonly Body[], of: (body: Body) => Choice | undefined) {
    this.naming = noBits(bodies.length);
    bodies.forEach((body, place) => {
      const choice = of(body);
      if (choice === undefined) return;
      if (!choice.negated) setBit(this.naming, place);
      const table = choice.negated ? this.outside : this.inside;
      for (const { glob } of choice.terms) table.add(glob, place);
    });
  }

  at(point: string): Bits {
    const known = this.known.get(point);
    if (known !== undefined) return known;
    const bits = this.naming.slice();
    for (const place of this.inside.covering(point)) clearBit(bits, place);
    for (const place of this.outside.covering(point)) setBit(bits, place);
    this.known.set(point, bits);
    return bits;
  }
}

/** Which statements' resources could share a text with a pattern. Holds the answers. */
class Near {
  private readonly table = new ActionTable<number>();
  /** Complements, and those with a policy variable, which may stand for any prefix. */
  private readonly anywhere: Bits;
  private readonly all: Bits;
  private readonly known = new Map<string, Bits>();

  constructor(bodies: readonly Body[]) {
    this.anywhere = noBits(bodies.length);
    this.all = noBits(bodies.length);
    bodies.forEach(({ resources: { terms, negated } }, place) => {
      setBit(this.all, place);
      if (negated || terms.some((t) => hasVariable(t.glob))) setBit(this.anywhere, place);
      else for (const { glob } of terms) this.table.add(glob, place);
    });
  }

  of(glob: Glob): Bits {
    if (hasVariable(glob)) return this.all;
    const known = this.known.get(glob.key);
    if (known !== undefined) return known;
    const bits = this.anywhere.slice();
    for (const place of this.table.near(glob)) setBit(bits, place);
    this.known.set(glob.key, bits);
    return bits;
  }
}

/** What these complements leave out, each list once. */
export function leftBy(complements: readonly Choice[]): readonly Left[] {
  return [...new Map(complements.map((c) => [listKey(c), c])).values()].map(leftOf);
}

function listKey({ terms }: Choice): string {
  return [...new Set(terms.map((t) => t.glob.key))].sort().join("\uE012");
}

function leftOf({ terms }: Choice): Left {
  const globs = [...new Map(terms.map((t) => [t.glob.key, t.glob])).values()];
  const all = globs.map((g): GlobRow => [g]);
  const index = new ActionTable<GlobRow>();
  for (const row of all) index.add(row[0] as Glob, row);
  // a policy variable may stand for any prefix
  const fixed = !globs.some(hasVariable);
  return {
    near: ([glob]) => (fixed && !hasVariable(glob as Glob) ? index.near(glob as Glob) : all),
    has: (point) => index.covering(point).length > 0,
  };
}

/** Whether the choice holds at a point of internal form. */
export function choiceAt(choice: Choice, point: string): boolean {
  return choice.terms.some((t) => matches(t.glob, point)) !== choice.negated;
}

/** The longest run of `?` beside a star among the globs that match the point. */
export function mixedAt(globs: readonly Glob[]): ((point: string) => number) | undefined {
  const mixed = globs.map((glob) => ({ glob, ones: mixedOnes(glob) })).filter((g) => g.ones > 0);
  if (mixed.length === 0) return undefined;
  return (point) => mixed.reduce((most, g) => (g.ones > most && matches(g.glob, point) ? g.ones : most), 0);
}

/** One more than the longest run of `?` in play: so many letters for a star, and no run fits by accident. */
export function widthOf(longest: number): number {
  return longest === 0 ? 1 : longest + 1;
}

/** All patterns of the statements, of conditions too; one that several statements share may come once. */
export function eachGlob(
  statements: readonly { readonly body: Body; readonly actions: Choice }[],
  look: (glob: Glob) => void,
): void {
  const bodies = new Set<Body>();
  for (const { body, actions } of statements) {
    for (const term of actions.terms) look(term.glob);
    bodies.add(body);
  }
  for (const body of bodies) {
    for (const term of body.resources.terms) look(term.glob);
    for (const term of body.principals?.terms ?? []) look(term.glob);
    for (const { test } of body.atoms) {
      if (test.kind === "glob") test.globs.forEach(look);
      if (test.kind === "arn") for (const arn of test.arns) arn.forEach(look);
    }
  }
}
