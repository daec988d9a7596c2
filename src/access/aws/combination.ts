/**
 * Statements that have to hold together (an allow, with a boundary's allow and a deny where they matter), and the
 * search for a point where they do and the foes do not: `solve` of docs/decisions/0010.
 */
import { type Glob, matches } from "../glob.ts";
import type { Term } from "../term.ts";
import { type Bits, hasBit, members, noBits, oneBit, setBit, takeFrom, union, without } from "./bits.ts";
import { type Candidates, candidatesFor, LACKS, type TextKey, textKeyOf } from "./candidates.ts";
import { ANY_TEXT, type GlobCells, type GlobRow, type Lack, meetAny } from "./cells.ts";
import { type Atom, atomHolds, type Values } from "./condition.ts";
import { choiceAt, type Foes, mixedAt } from "./foes.ts";
import { impliedBy } from "./implied.ts";
import { isAlwaysThere } from "./keys.ts";
import { enterable, type Options, optionsOf, type Space, type Valued } from "./refinement.ts";
import { asking, canKill, type Option, search, undominated } from "./search.ts";
import type { Limits } from "./service-data.ts";
import type { Body, Choice } from "./statement.ts";

/** Why something is not decided. */
export interface Reason {
  readonly clause: string;
  readonly reason: string;
}

/** A value of one dimension; `reason` when it is one of which not all is known. */
interface Chosen {
  readonly dimension: string;
  readonly values: Values;
  readonly reason?: Reason;
}

/** A point of the difference, internal form. */
export interface Solution {
  readonly resource: string;
  readonly principal: string | undefined;
  readonly keys: ReadonlyMap<string, Values>;
}

export type SolverAnswer =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly solution: Solution }
  | { readonly kind: "open"; readonly reason: Reason };

/** A resource pattern with a point of the difference that lies in it. */
export interface Group {
  /** Its place in `Combination.resources`. */
  readonly at: number;
  readonly term: Term;
  readonly solution: Solution;
}

export interface Solved {
  readonly groups: readonly Group[];
  readonly open: readonly { readonly resource: Term; readonly reason: Reason }[];
}

/** What can be chosen in a dimension. */
interface Dimension {
  readonly dimension: string;
  /** Values of which all is known. */
  readonly sure: readonly Option<Chosen>[];
  /** Those and the others; the same list where there are no others. */
  readonly possible: readonly Option<Chosen>[];
}

const RESOURCE = "resource";
const PRINCIPAL = "principal";
const NONE: SolverAnswer = { kind: "none" };
const NO_OPTIONS: Options<Chosen> = { sure: [], possible: [] };

const keyOptions = new WeakMap<Foes, Map<string, Dimension>>();

/** Holds the dimensions of one combination, made when first needed, and the answers. */
export class Combination {
  readonly musts: readonly Body[];
  /** The resource patterns of the first statement, one group of the answer each; one that is `*` where it has none. */
  readonly resources: readonly Term[];
  private readonly foes: Foes;
  private readonly width: number;
  private readonly groups: (Dimension | undefined)[] = [];
  private shared: readonly Dimension[] | undefined;
  private keys: readonly string[] | undefined;
  private readonly answers = new Map<Bits, (SolverAnswer | undefined)[]>();
  private readonly solved = new Map<Bits, Map<readonly number[], Solved>>();
  private readonly limitedAnswers = new Map<string, SolverAnswer>();

  constructor(musts: readonly Body[], foes: Foes, width: number) {
    this.musts = musts;
    this.foes = foes;
    this.width = width;
    this.resources = resourcesOf(musts[0] as Body);
  }

  /**
   * Whether a point exists with this resource pattern where all musts hold and the foes of `mask` do not.
   * @param mask the same object for the same set, so that an answer is found again
   */
  solve(group: number, mask: Bits): SolverAnswer {
    let answers = this.answers.get(mask);
    if (answers === undefined) {
      answers = [];
      this.answers.set(mask, answers);
    }
    answers[group] ??= this.answer(group, mask, undefined);
    return answers[group] as SolverAnswer;
  }

  /**
   * `solve` for several resource patterns.
   * @param groups the same object for the same list, and so is the answer
   */
  solveAll(groups: readonly number[], mask: Bits): Solved {
    let byGroups = this.solved.get(mask);
    if (byGroups === undefined) {
      byGroups = new Map();
      this.solved.set(mask, byGroups);
    }
    const known = byGroups.get(groups);
    if (known !== undefined) return known;
    const found: Group[] = [];
    const open: { resource: Term; reason: Reason }[] = [];
    for (const at of groups) {
      const term = this.resources[at] as Term;
      const answer = this.solve(at, mask);
      if (answer.kind === "found") found.push({ at, term, solution: answer.solution });
      if (answer.kind === "open") open.push({ resource: term, reason: answer.reason });
    }
    const made = { groups: found, open };
    byGroups.set(groups, made);
    return made;
  }

  /** `solve` for one action, of which the service's data says more (AW5, AW9). */
  solveWithin(group: number, mask: Bits, limits: Limits): SolverAnswer {
    const keys = this.keyNames().filter((k) => limits.absent.has(k));
    if (!limits.onlyStar && keys.length === 0) return this.solve(group, mask);
    const id = `${group} ${limits.onlyStar} ${keys.join(",")} ${mask.join(" ")}`;
    const known = this.limitedAnswers.get(id) ?? this.answer(group, mask, limits);
    this.limitedAnswers.set(id, known);
    return known;
  }

  /** The foes that hold wherever the musts do, with this resource pattern: each covers it whole. */
  coveredBy(group: number): Bits {
    this.shared ??= this.sharedDimensions();
    const dimensions = [this.group(group), ...this.shared];
    const out = noBits(this.foes.bodies.length).fill(0xffffffff);
    for (const { possible } of dimensions) {
      for (const { kills } of possible) takeFrom(out, kills);
    }
    for (const { possible } of dimensions) {
      for (const option of possible) {
        if (option.refine === undefined) continue;
        for (const foe of members(without(option.reach, option.kills))) {
          if (hasBit(out, foe) && canKill(option, foe, asking(true)))
            takeFrom(out, oneBit(out.length * 32, foe));
        }
      }
    }
    return out;
  }

  /** Without the foes whose resources leave out a part of this resource pattern, as far as its cells show. */
  withinResources(group: number, mask: Bits): Bits {
    const out = mask.slice();
    for (const { kills } of this.group(group).possible) takeFrom(out, kills);
    return out;
  }

  private answer(group: number, mask: Bits, limits: Limits | undefined): SolverAnswer {
    const resource = this.group(group);
    this.shared ??= this.sharedDimensions();
    let dimensions = [resource, ...this.shared];
    if (limits !== undefined) dimensions = dimensions.map((d) => this.limited(d, group, limits));
    const asked = asking(false);
    const sure = search(
      dimensions.map((d) => d.sure),
      mask,
      asked,
    );
    if (sure === "bound")
      return { kind: "open", reason: { clause: "G5", reason: "the search passed its bound" } };
    if (sure !== undefined) return { kind: "found", solution: solutionOf(sure.map((o) => o.value)) };
    if (!asked.lacks && dimensions.every((d) => d.possible === d.sure)) return NONE;
    const possible = search(
      dimensions.map((d) => d.possible),
      mask,
      asking(true),
    );
    if (possible === undefined) return NONE;
    if (possible === "bound")
      return { kind: "open", reason: { clause: "G5", reason: "the search passed its bound" } };
    const reason = possible.map((o) => o.value.reason).find((r) => r !== undefined);
    return {
      kind: "open",
      reason: reason ?? { clause: "AW8", reason: "a condition that cannot be evaluated" },
    };
  }

  private keyNames(): readonly string[] {
    const own = this.musts.flatMap((m) => m.atoms.map((a) => a.key));
    this.keys ??= [...new Set([...own, ...this.foes.keyNames()])].sort();
    return this.keys;
  }

  private group(at: number): Dimension {
    const known = this.groups[at];
    if (known !== undefined) return known;
    const start: GlobRow = [(this.resources[at] as Term).glob];
    const made = this.choiceOptions(
      RESOURCE,
      [start],
      (b) => b.resources,
      (p) => this.foes.byResource(p),
      1,
    );
    this.groups[at] = made;
    return made;
  }

  private limited(options: Dimension, group: number, limits: Limits): Dimension {
    const { dimension } = options;
    if (dimension === RESOURCE) return limits.onlyStar ? this.starOnly(group) : options;
    return limits.absent.has(dimension) ? this.absentOnly(dimension) : options;
  }

  /** The single resource `*`, for an action that knows no other (AW5). */
  private starOnly(group: number): Dimension {
    const holds =
      matches((this.resources[group] as Term).glob, "*") &&
      this.musts.every((m) => choiceAt(m.resources, "*"));
    const value: Chosen = { dimension: RESOURCE, values: ["*"] };
    const sure = holds ? [whole({ value, kills: this.foes.byResource("*") })] : [];
    return { dimension: RESOURCE, sure, possible: sure };
  }

  /** A key that the action does not support (AW9). */
  private absentOnly(key: string): Dimension {
    const must = this.mustOn(key);
    const { sure, possible } = valuesOf(this.valueAt(key, undefined, must));
    return { dimension: key, sure, possible: possible.length === 0 ? sure : [...sure, ...possible] };
  }

  private sharedDimensions(): readonly Dimension[] {
    const out: Dimension[] = [];
    const choosy = [...this.musts, ...this.foes.bodies].some((b) => b.principals !== undefined);
    if (choosy) {
      out.push(
        this.choiceOptions(
          PRINCIPAL,
          [ANY_TEXT],
          (b) => b.principals,
          (p) => this.foes.byPrincipal(p),
          0,
        ),
      );
    }
    for (const key of this.keyNames()) out.push(this.sharedKeyOptions(key));
    return out;
  }

  /** The cells of a dimension whose selectors are lists of patterns, from the musts' own and what must be entered. */
  private choiceOptions(
    dimension: typeof RESOURCE | typeof PRINCIPAL,
    start: readonly GlobRow[],
    of: (body: Body) => Choice | undefined,
    kills: (point: string) => Bits,
    firstIsStart: number,
  ): Dimension {
    let cells: GlobCells = { rows: start };
    let lack: Lack | undefined;
    this.musts.slice(firstIsStart).forEach((must) => {
      const choice = of(must);
      if (choice === undefined || choice.negated) return;
      cells = meetAny(
        cells.rows,
        choice.terms.map((t): GlobRow => [t.glob]),
      );
      lack = cells.lack ?? lack;
    });
    if (lack !== undefined) cells = { ...cells, lack };
    const left = this.musts.map(of).filter((c): c is Choice => c?.negated === true);
    const { complements, mixed } = this.foes.selectors(dimension);
    const leftOut = new Set(left.flatMap((c) => c.terms.map((t) => t.glob.key)));
    const space: Space<Chosen> = {
      width: this.width,
      at: (point) =>
        left.every((c) => choiceAt(c, point))
          ? { sure: { value: { dimension, values: [point] }, kills: kills(point) } }
          : {},
      own: mixedAt(left.flatMap((c) => c.terms.map((t) => t.glob))),
      complements: enterable(complements, leftOut),
      mixed,
      hidden: (lack) => ({
        value: { dimension, values: undefined, reason: lackOf(lack, dimension) },
        kills: noBits(this.foes.bodies.length).fill(0xffffffff),
      }),
    };
    const { sure, possible } = optionsOf(space, cells);
    const kept = undominated(sure);
    return {
      dimension,
      sure: kept,
      possible: possible.length === 0 ? kept : [...kept, ...undominated(possible)],
    };
  }

  /** What has to hold of a key: what the musts say of it, and what follows from their principals (AW14). */
  private mustOn(key: string): readonly Atom[] {
    return this.musts.flatMap((m) => [
      ...m.atoms.filter((a) => a.key === key),
      ...[impliedBy(m.principals, key, m.holder) ?? []].flat(),
    ]);
  }

  /** The same for all statements that say the same of the key. */
  private sharedKeyOptions(key: string): Dimension {
    const must = this.mustOn(key);
    let shared = keyOptions.get(this.foes);
    if (shared === undefined) {
      shared = new Map();
      keyOptions.set(this.foes, shared);
    }
    const read = this.isRead(key);
    const id = [key, read ? "read" : "", ...must.map((a) => a.canon)].join("\uE011");
    const made = shared.get(id) ?? this.keyOptions(key, must, read);
    shared.set(id, made);
    return made;
  }

  /** Whether a must reads the key for a policy variable: where the key is absent, that pattern matches nothing. */
  private isRead(key: string): boolean {
    return this.musts.some((m) => m.variables.some((v) => this.foes.keyOf(v) === key));
  }

  private keyOptions(key: string, must: readonly Atom[], read: boolean): Dimension {
    const foes = this.foes.atomsOn(key);
    const absent = isAlwaysThere(key) ? NO_OPTIONS : valuesOf(this.valueAt(key, undefined, must));
    const text = textKeyOf(must, foes);
    const present = text === undefined ? this.listed(key, must, foes) : this.narrowed(key, must, text);
    const both = (of: "sure" | "possible"): readonly Option<Chosen>[] =>
      // what a must reads is better there, even where it makes less fail
      read ? [...undominated(present[of]), ...absent[of]] : undominated([...absent[of], ...present[of]]);
    const sure = both("sure");
    const open = both("possible");
    return { dimension: key, sure, possible: open.length === 0 ? sure : [...sure, ...open] };
  }

  private listed(key: string, must: readonly Atom[], foes: readonly Atom[]): Options<Chosen> {
    const { values, lack }: Candidates = candidatesFor(must, foes, this.width);
    const found = values.filter((v) => v !== undefined).map((v) => valuesOf(this.valueAt(key, v, must)));
    const possible = found.flatMap((f) => f.possible);
    if (lack !== undefined) possible.push(whole(this.hiddenValue(key, must, lack)));
    return { sure: found.flatMap((f) => f.sure), possible };
  }

  private narrowed(key: string, must: readonly Atom[], text: TextKey): Options<Chosen> {
    const space: Space<Chosen> = {
      width: this.width,
      at: (point) => this.valueAt(key, [point], must),
      own: text.own,
      complements: enterable(
        text.left.map(({ atom, left, keys }) => ({ foes: this.foes.havingAtom(atom), left, keys })),
        text.leftOut,
      ),
      mixed: text.mixed.map(({ atom, at }) => ({ foes: this.foes.havingAtom(atom), at })),
      hidden: (lack) => this.hiddenValue(key, must, LACKS[lack]),
    };
    return optionsOf(space, text.cells);
  }

  /** A value that nobody found: it may make everything fail that says more of the key than the musts do. */
  private hiddenValue(key: string, must: readonly Atom[], reason: Reason): Valued<Chosen> {
    const kills = noBits(this.foes.bodies.length);
    this.foes.bodies.forEach((b, i) => {
      // an atom that has to hold in a must holds in a foe too
      const open = b.atoms.some((a) => a.key === key && !must.some((m) => m.canon === a.canon));
      if (open) setBit(kills, i);
    });
    return { value: { dimension: key, values: undefined, reason }, kills };
  }

  /** What a value of the key makes fail for sure, and what it may make fail. */
  private valueAt(
    key: string,
    values: Values,
    must: readonly Atom[],
  ): { sure?: Valued<Chosen>; possible?: Valued<Chosen> } {
    let open: Atom | undefined;
    for (const atom of must) {
      const truth = atomHolds(atom, values);
      if (truth === false) return {};
      if (truth === undefined) open = atom;
    }
    const kill = this.foes.byKey(key, values);
    const value: Chosen = { dimension: key, values };
    const sure = open === undefined ? { sure: { value, kills: kill.sure } } : {};
    // what has to hold in a must holds in a foe too, though nobody knows what it says
    const unknown = kill.unknown.filter(({ atom }) => !must.some((m) => m.canon === atom.canon));
    const blame = open ?? unknown[0]?.atom;
    if (blame === undefined) return sure;
    const kills = unknown.reduce((bits, u) => union(bits, u.foes), kill.sure);
    return { ...sure, possible: { value: { ...value, reason: reasonOf(blame) }, kills } };
  }
}

/** An option that no part of can make more fail. */
function whole({ value, kills }: Valued<Chosen>): Option<Chosen> {
  return { value, kills, reach: kills };
}

/** The options of one value. */
function valuesOf({ sure, possible }: { sure?: Valued<Chosen>; possible?: Valued<Chosen> }): {
  readonly sure: readonly Option<Chosen>[];
  readonly possible: readonly Option<Chosen>[];
} {
  return {
    sure: sure === undefined ? [] : [whole(sure)],
    possible: possible === undefined ? [] : [whole(possible)],
  };
}

function lackOf(lack: Lack, dimension: string): Reason {
  return lack === "bound"
    ? { clause: "G5", reason: `the patterns of the ${dimension} pass the bound` }
    : { clause: "AW6", reason: "a policy variable would have to stand for a particular text" };
}

function reasonOf(atom: Atom): Reason {
  if (atom.test.kind === "opaque") return { clause: atom.test.clause, reason: atom.test.reason };
  return {
    clause: "AW8",
    reason: `${atom.operator} on ${atom.keyText} has no set operator and meets several values`,
  };
}

function solutionOf(chosen: readonly Chosen[]): Solution {
  const keys = new Map<string, Values>();
  let resource = "";
  let principal: string | undefined;
  for (const { dimension, values } of chosen) {
    if (dimension === RESOURCE) resource = values?.[0] ?? "";
    else if (dimension === PRINCIPAL) principal = values?.[0];
    else keys.set(dimension, values);
  }
  return { resource, principal, keys };
}

const NOWHERE = { document: 0, pointer: "" };
const ANYWHERE: readonly Term[] = [{ glob: ANY_TEXT[0] as Glob, text: "*", origin: NOWHERE }];

const resourcesKnown = new WeakMap<Body, readonly Term[]>();

/** The distinct resource patterns of a statement; one that is `*` where it has none. */
export function resourcesOf(body: Body): readonly Term[] {
  if (body.resources.negated) return ANYWHERE;
  const known = resourcesKnown.get(body);
  if (known !== undefined) return known;
  const out = new Map<string, Term>();
  for (const term of body.resources.terms) if (!out.has(term.glob.key)) out.set(term.glob.key, term);
  const made = [...out.values()];
  resourcesKnown.set(body, made);
  return made;
}
