/** What one side grants, without what it grants twice (R3): a narrower pattern beside a wider one of the same side. */
import { covers, type Glob, genericOf, questionGlob } from "../glob.ts";
import type { Term } from "../rules.ts";
import { TermIndex } from "../term-index.ts";
import { type Bits, hasBit, isEmpty } from "./bits.ts";
import { Combination } from "./combination.ts";
import { Foes } from "./foes.ts";
import type { Body, Statement } from "./statement.ts";

/** An action pattern of an allow statement, and which of its resource patterns are not granted elsewhere anyway. */
export interface Grant {
  readonly statement: Statement;
  readonly term: Term;
  /** Places among the resource patterns that `Combination` lists; one object per body and list. */
  readonly groups: readonly number[];
}

interface Held {
  readonly place: number;
  readonly glob: Glob;
}

const ANY = questionGlob("*");

export function distinctBodies(statements: readonly Statement[]): readonly Body[] {
  return [...new Map(statements.map((s) => [s.body.canon, s.body])).values()];
}

/** @param allows the allow statements of one layer */
export function ownGrants(allows: readonly Statement[], width: number): readonly Grant[] {
  const foes = new Foes(distinctBodies(allows));
  const index = new TermIndex<Held>();
  const held = new Map<string, { place: number; statement: Statement; term: Term }>();
  for (const statement of allows) {
    const place = foes.place(statement.body) as number;
    if (statement.actions.negated) {
      const text = `NotAction ${statement.actions.terms.map((t) => t.text).join(", ")}`;
      const origin = { ...statement.origin, pointer: `${statement.origin.pointer}/NotAction` };
      held.set(`${place} not ${held.size}`, { place, statement, term: { glob: ANY, text, origin } });
      continue;
    }
    for (const term of statement.actions.terms) {
      const id = `${place} ${term.glob.key}`;
      if (held.has(id)) continue;
      held.set(id, { place, statement, term });
      index.add(term.glob, { place, glob: term.glob });
    }
  }
  const combinations = foes.bodies.map((body) => new Combination([body], foes, width));
  const covering = combinations.map((c) => c.resources.map((_, group) => c.coveredBy(group)));
  // whether any resource pattern of `a` is wholly inside `b`: then `a` gives way only to a wider action
  const touches = (a: number, b: number): boolean => (covering[a] ?? []).some((bits) => hasBit(bits, b));
  const gives = (place: number, term: Term, bits: Bits, others: readonly Held[]): boolean =>
    others.some((other) => {
      if (!hasBit(bits, other.place)) return false;
      if (other.glob.key !== term.glob.key) return covers(other.glob, term.glob);
      return other.place !== place && (other.place < place || !touches(other.place, place));
    });
  const wider = new Map<string, readonly Held[]>();
  const lists = new Map<string, readonly number[]>();
  const one = (place: number, groups: readonly number[]): readonly number[] => {
    const id = `${place} ${groups.join()}`;
    const known = lists.get(id) ?? groups;
    lists.set(id, known);
    return known;
  };
  const every = covering.map((c, place) => one(place, [...c.keys()]));
  const out: Grant[] = [];
  for (const { place, statement, term } of held.values()) {
    const groups = every[place] as readonly number[];
    if (statement.actions.negated) {
      out.push({ statement, term, groups });
      continue;
    }
    const others = wider.get(term.glob.key) ?? index.covering(genericOf(term.glob, width));
    wider.set(term.glob.key, others);
    const kept = groups.filter((group) => {
      const bits = (covering[place] as readonly Bits[])[group] as Bits;
      return isEmpty(bits) || !gives(place, term, bits, others);
    });
    if (kept.length > 0) out.push({ statement, term, groups: one(place, kept) });
  }
  return out;
}
