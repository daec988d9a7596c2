/** What one side grants, without what it grants twice (R3): a narrower pattern beside a wider one of the same side. */
import { covers, type Glob, genericOf, questionGlob } from "../glob.ts";
import type { Term } from "../term.ts";
import { ActionTable } from "./action-table.ts";
import { type Bits, hasBit, isEmpty } from "./bits.ts";
import { Combination, resourcesOf } from "./combination.ts";
import { Foes } from "./foes.ts";
import { addOnce, type Body, type ParsedStatement } from "./statement.ts";

/** An action pattern of an allow statement, and which of its resource patterns are not granted elsewhere anyway. */
export interface OwnGrant {
  readonly statement: ParsedStatement;
  readonly term: Term;
  /** Places among the resource patterns that `Combination` lists; one object per body and list. */
  readonly groups: readonly number[];
}

interface Held {
  readonly place: number;
  readonly glob: Glob;
}

const ANY = questionGlob("*");

export function distinctBodies(statements: readonly ParsedStatement[]): readonly Body[] {
  return [...new Map(statements.map((s) => [s.body.canon, s.body])).values()];
}

/** The whole lists of places, one object per length. */
const wholes: (readonly number[])[] = [];

function wholeList(length: number): readonly number[] {
  wholes[length] ??= Array.from({ length }, (_, at) => at);
  return wholes[length] as readonly number[];
}

/** The other lists of places of a body, one object per list. */
const parts = new WeakMap<Body, Map<string, readonly number[]>>();

function onePart(body: Body, groups: readonly number[]): readonly number[] {
  let lists = parts.get(body);
  if (lists === undefined) {
    lists = new Map();
    parts.set(body, lists);
  }
  const id = groups.join();
  const known = lists.get(id) ?? groups;
  lists.set(id, known);
  return known;
}

/** @param allows the allow statements of one layer */
export function ownGrants(allows: readonly ParsedStatement[], width: number): readonly OwnGrant[] {
  const foes = new Foes(distinctBodies(allows));
  const index = new ActionTable<Held>();
  const held = new Map<number, Set<Glob>>();
  const candidates: { readonly place: number; readonly statement: ParsedStatement; readonly term: Term }[] =
    [];
  for (const statement of allows) {
    const place = foes.place(statement.body) as number;
    if (statement.actions.negated) {
      const text = `NotAction ${statement.actions.terms.map((t) => t.text).join(", ")}`;
      const origin = { ...statement.origin, pointer: `${statement.origin.pointer}/NotAction` };
      candidates.push({ place, statement, term: { glob: ANY, text, origin } });
      continue;
    }
    for (const term of statement.actions.terms) {
      if (!addOnce(held, place, term.glob)) continue;
      candidates.push({ place, statement, term });
      index.add(term.glob, { place, glob: term.glob });
    }
  }
  const coverage = new Coverage(foes, width);
  const gives = (place: number, term: Term, bits: Bits, others: readonly Held[]): boolean =>
    others.some((other) => {
      if (!hasBit(bits, other.place)) return false;
      if (other.glob.key !== term.glob.key) return covers(other.glob, term.glob);
      return other.place !== place && (other.place < place || !coverage.touches(other.place, place));
    });
  const out: OwnGrant[] = [];
  for (const { place, statement, term } of candidates) {
    const body = foes.bodies[place] as Body;
    const groups = wholeList(resourcesOf(body).length);
    const others = statement.actions.negated ? [] : index.covering(genericOf(term.glob, width));
    // only itself
    if (others.length < 2) {
      out.push({ statement, term, groups });
      continue;
    }
    const kept = groups.filter((group) => {
      const bits = coverage.of(place)[group] as Bits;
      return isEmpty(bits) || !gives(place, term, bits, others);
    });
    if (kept.length === groups.length) out.push({ statement, term, groups });
    else if (kept.length > 0) out.push({ statement, term, groups: onePart(body, kept) });
  }
  return out;
}

/** Which bodies hold wherever another does, per resource pattern. Holds the answers. */
class Coverage {
  private readonly foes: Foes;
  private readonly width: number;
  private readonly known: (readonly Bits[] | undefined)[] = [];

  constructor(foes: Foes, width: number) {
    this.foes = foes;
    this.width = width;
  }

  of(place: number): readonly Bits[] {
    const known = this.known[place];
    if (known !== undefined) return known;
    const combination = new Combination([this.foes.bodies[place] as Body], this.foes, this.width);
    const made = combination.resources.map((_, group) => combination.coveredBy(group));
    this.known[place] = made;
    return made;
  }

  /** Whether any resource pattern of `a` is wholly inside `b`: then `a` gives way only to a wider action. */
  touches(a: number, b: number): boolean {
    return this.of(a).some((bits) => hasBit(bits, b));
  }
}
