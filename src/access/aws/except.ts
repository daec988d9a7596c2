/** What of a row the other side does grant, or the own side denies, in words (R1). */
import { covers, type Glob, genericOf, hasVariable } from "../glob.ts";
import type { AwsPart } from "../policy.ts";
import type { Term } from "../term.ts";
import { ActionTable } from "./action-table.ts";
import { addTo, type Bits, hasBit, intersection, members, noBits, union } from "./bits.ts";
import { canHold } from "./candidates.ts";
import { mayMeet, meets, pieces } from "./cells.ts";
import { Combination, resourcesOf } from "./combination.ts";
import type { Atom } from "./condition.ts";
import type { Direction, PatternRow } from "./direction.ts";
import { Foes } from "./foes.ts";
import { bodyPart, partTexts } from "./parts.ts";
import type { PolicySide } from "./sides.ts";
import { addOnce, type Body, bodyOf, type Choice, type ParsedStatement } from "./statement.ts";

interface Held {
  readonly place: number;
  readonly term: Term;
}

interface Met {
  readonly near: Bits;
  readonly terms: ReadonlyMap<number, readonly Term[]>;
}

const NO_FOES = new Foes([]);
const NO_MASK = noBits(0);
const NOTHING: readonly string[] = [];

/** The exceptions of the rows of one direction. Holds what was found out of pairs of statements. */
export class Exceptions {
  private readonly direction: Direction;
  /** Per layer, and last for the denies alone: the action patterns of each body. */
  private readonly terms: readonly ActionTable<Held>[];
  private readonly overlaps = new Map<Combination, Map<number, readonly boolean[]>>();
  private readonly covered = new Map<Combination, readonly Bits[]>();
  private readonly met = new Map<string, Met>();
  private readonly held = new Map<string, boolean>();
  private readonly suffixes = new Map<Combination, Map<string, string>>();
  private readonly known = new WeakMap<PatternRow["groups"], readonly string[]>();

  /**
   * @param own the side that grants the rows, of which only the denies matter
   * @param other the side that does not
   */
  constructor(direction: Direction, { denies }: PolicySide, { allows }: PolicySide) {
    this.direction = direction;
    this.terms = [...allows.map((list) => [...list, ...denies]), denies].map((list) => this.termsOf(list));
  }

  private termsOf(statements: readonly ParsedStatement[]): ActionTable<Held> {
    const index = new ActionTable<Held>();
    const held = new Map<number, Set<Glob>>();
    for (const { body, actions } of statements) {
      const place = this.direction.foes.place(body);
      if (place === undefined || actions.negated) continue;
      for (const term of actions.terms) {
        if (addOnce(held, place, term.glob)) index.add(term.glob, { place, term });
      }
    }
    return index;
  }

  of(row: PatternRow): readonly string[] {
    // what the row's own NotAction leaves out is said of no other
    const { actions } = this.direction;
    if (actions.isBare(row.point, row.layer) && !row.musts.some((m) => m.actions.negated)) return NOTHING;
    if (!row.point.literal || row.musts.some((m) => m.actions.negated)) return this.ofRow(row);
    const known = this.known.get(row.groups);
    if (known !== undefined) return known;
    const found = this.ofRow(row);
    this.known.set(row.groups, found);
    return found;
  }

  private ofRow(row: PatternRow): readonly string[] {
    const mask = this.maskOf(row);
    return this.list(row, mask, this.closeTo(row, row.point.literal ? mask : this.meeting(row).near));
  }

  /** The same as elements of statements, each whole: taken out of the row, what is left is the difference. */
  partsOf(row: PatternRow): readonly AwsPart[] {
    const meeting = this.meeting(row);
    const mask = this.maskOf(row);
    const near = this.closeTo(row, row.point.literal ? mask : meeting.near);
    const globs = row.groups.map((g) => g.term.glob);
    const parts: AwsPart[] = [];
    for (const place of members(near)) {
      const here = hasBit(mask, place);
      const actions = here ? [] : (meeting.terms.get(place) ?? []).filter((t) => !excludedBy(row, t));
      if (!here && actions.length === 0) continue;
      const overlap = this.overlap(row, place);
      if (!row.groups.some((g) => overlap[g.at])) continue;
      const body = this.direction.foes.bodies[place] as Body;
      const close = nearTerms(body, globs);
      parts.push({ ...(here ? {} : { patterns: partTexts(actions) }), ...bodyPart(body, close) });
    }
    const left = excludedTerms(row);
    return left.length === 0 ? parts : [...parts, { patterns: partTexts(left) }];
  }

  /** Those of the statements whose resources could share something with the row's. */
  private closeTo(row: PatternRow, near: Bits): Bits {
    const close = noBits(near.length * 32);
    for (const { term } of row.groups) addTo(close, this.direction.foes.nearResource(term.glob));
    return intersection(near, close);
  }

  private maskOf(row: PatternRow): Bits {
    return this.direction.maskAt(genericOf(row.point, this.direction.width), row.layer);
  }

  private list(row: PatternRow, mask: Bits, near: Bits): readonly string[] {
    const whole: Term[] = [];
    const parts: { readonly actions: string; readonly suffix: string }[] = [];
    const meeting = row.point.literal ? undefined : this.meeting(row);
    for (const place of members(near)) {
      const here = hasBit(mask, place);
      const actions = here ? [] : (meeting?.terms.get(place) ?? []).filter((t) => !excludedBy(row, t));
      if (!here && actions.length === 0) continue;
      const overlap = this.overlap(row, place);
      if (!row.groups.some((g) => overlap[g.at])) continue;
      const all = row.groups.every((g) => hasBit(this.coveredBy(row)[g.at] as Bits, place));
      if (all && !here) whole.push(...actions);
      else parts.push({ actions: actionTexts(actions), suffix: this.suffix(row, place, !all) });
    }
    whole.push(...excludedTerms(row));
    const texts = whole
      .filter((t) => !whole.some((o) => o.glob.key !== t.glob.key && covers(o.glob, t.glob)))
      .map((t) => t.text);
    // what is granted of every action of the row is not said of some again
    const general = new Set(parts.filter((p) => p.actions === "").map((p) => p.suffix));
    const narrower = parts
      .filter((p) => p.actions === "" || !general.has(p.suffix))
      .map((p) => [p.actions, p.suffix].filter((t) => t !== "").join(" "));
    return [...new Set([...texts.sort(byCase), ...narrower.sort(byCase)])];
  }

  /** The bodies near the row's action, and their action patterns that share something with it. */
  private meeting(row: PatternRow): Met {
    const id = `${row.layer} ${row.point.key}`;
    const known = this.met.get(id);
    if (known !== undefined) return known;
    const terms = new Map<number, Term[]>();
    for (const { place, term } of this.terms[row.layer]?.near(row.point) ?? []) {
      if (pieces(row.point, term.glob)?.length === 0) continue;
      const list = terms.get(place);
      if (list === undefined) terms.set(place, [term]);
      else list.push(term);
    }
    const denies = this.direction.actions.ownDenies.near(row.point);
    const layer = this.direction.actions.layers[row.layer];
    const made = { near: layer === undefined ? denies : union(layer.near(row.point), denies), terms };
    this.met.set(id, made);
    return made;
  }

  /** What of a statement is narrower than the row, its actions left aside. */
  private suffix(row: PatternRow, place: number, narrower: boolean): string {
    const texts = this.suffixes.get(row.combination) ?? new Map<string, string>();
    this.suffixes.set(row.combination, texts);
    const id = `${place} ${narrower} ${row.groups.map((g) => g.at).join(",")}`;
    const found = texts.get(id) ?? suffixText(this.direction.foes.bodies[place] as Body, row, narrower);
    texts.set(id, found);
    return found;
  }

  private coveredBy(row: PatternRow): readonly Bits[] {
    const known = this.covered.get(row.combination);
    if (known !== undefined) return known;
    const made = row.combination.resources.map((_, at) => row.combination.coveredBy(at));
    this.covered.set(row.combination, made);
    return made;
  }

  /** Per resource pattern: whether the statement can hold together with the row's. */
  private overlap(row: PatternRow, place: number): readonly boolean[] {
    const places = this.overlaps.get(row.combination) ?? new Map<number, readonly boolean[]>();
    this.overlaps.set(row.combination, places);
    const known = places.get(place);
    if (known !== undefined) return known;
    const bodies = [...row.combination.musts, this.direction.foes.bodies[place] as Body];
    const made = this.keysMeet(bodies)
      ? placesOfMeeting(bodies, this.direction.width)
      : row.combination.resources.map(() => false);
    places.set(place, made);
    return made;
  }

  /** Whether a value of every condition key lets all of the statements hold, or nobody knows. */
  private keysMeet(bodies: readonly Body[]): boolean {
    const byKey = new Map<string, Atom[]>();
    for (const { atoms } of bodies) {
      for (const atom of atoms) {
        const list = byKey.get(atom.key);
        if (list === undefined) byKey.set(atom.key, [atom]);
        else list.push(atom);
      }
    }
    for (const atoms of byKey.values()) {
      const id = atoms.map((a) => a.canon).join("\uE011");
      const known = this.held.get(id) ?? canHold(atoms, this.direction.width);
      this.held.set(id, known);
      if (!known) return false;
    }
    return true;
  }
}

/** Per resource pattern of the first: whether the others' resources and principals can hold with it. */
function placesOfMeeting(bodies: readonly Body[], width: number): readonly boolean[] {
  const [first, second] = bodies;
  if (bodies.length === 2 && first !== undefined && second !== undefined && bodies.every(isPlain)) {
    const fixed = bodies.every((b) => b.resources.terms.every((t) => !hasVariable(t.glob)));
    const test = fixed ? meets : mayMeet;
    return resourcesOf(first).map(({ glob }) => second.resources.terms.some((t) => test(glob, t.glob)));
  }
  const bare = bodies.map((b) =>
    b.atoms.length === 0 ? b : bodyOf(b.effect, b.resources, b.principals, []),
  );
  const both = new Combination(bare, NO_FOES, width);
  return both.resources.map((_, at) => both.solve(at, NO_MASK).kind !== "none");
}

/** Of resources alone, no complement. */
function isPlain({ resources, principals }: Body): boolean {
  return principals === undefined && !resources.negated;
}

function byCase(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : a < b ? -1 : a > b ? 1 : 0;
}

/** What the statements of the row leave out themselves, where the pattern does not say so. */
function excludedTerms(row: PatternRow): readonly Term[] {
  const { point, term, statement } = row;
  const said = point.key === term.glob.key ? statement : undefined;
  return row.musts
    .filter((m) => m.actions.negated && m !== said)
    .flatMap((m) => m.actions.terms.filter((t) => pieces(point, t.glob)?.length !== 0));
}

/** Whether the row's own NotAction leaves the pattern out anyway. */
function excludedBy(row: PatternRow, term: Term): boolean {
  return row.musts.some((m) => m.actions.negated && m.actions.terms.some((t) => covers(t.glob, term.glob)));
}

function actionTexts(actions: readonly Term[]): string {
  if (actions.length < 2) return actions[0]?.text ?? "";
  return actions
    .map((t) => t.text)
    .sort(byCase)
    .join(", ");
}

/** `on arn:… where StringEquals aws:PrincipalOrgID = o-1`: with its actions before it, what such a statement grants. */
function suffixText(body: Body, row: PatternRow, narrower: boolean): string {
  const out: string[] = [];
  const globs = row.groups.map((g) => g.term.glob);
  const { terms, negated } = body.resources;
  const everywhere = globs.every((g) => !negated && terms.some((t) => covers(t.glob, g)));
  if (!everywhere) {
    const shown = nearTerms(body, globs).map((t) => t.text);
    out.push(`on ${negated ? "all but " : ""}${[...new Set(shown)].sort().join(", ")}`);
  }
  if (body.principals !== undefined && narrower)
    out.push(`for ${choiceText(body.shown?.principals ?? body.principals)}`);
  const conditions = conditionText(body);
  if (conditions !== undefined) out.push(`where ${conditions}`);
  return out.join(" ");
}

/** The resource patterns of a statement that share something with these. */
function nearTerms({ resources: { terms } }: Body, globs: readonly Glob[]): readonly Term[] {
  const near = terms.filter((t) => globs.some((g) => meets(t.glob, g)));
  // none where only a policy variable could make them meet
  return near.length > 0 ? near : terms;
}

export function choiceText(choice: Choice): string {
  const texts = [...new Set(choice.terms.map((t) => t.text))].sort();
  return `${choice.negated ? "all but " : ""}${texts.join(", ")}`;
}

/** The conditions of a statement as text; undefined when there are none. */
export function conditionText(body: Body): string | undefined {
  const atoms = body.shown?.atoms ?? body.atoms;
  return atoms.length === 0 ? undefined : atoms.map((a) => a.text).join(" and ");
}
