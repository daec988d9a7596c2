/** Rows of a difference as residues that people can read (R1 to R4), and what was left open as doubts. */
import { catalogOf } from "../catalog.ts";
import { fold } from "../fold.ts";
import { type Glob, genericOf, intersect, pointText } from "../glob.ts";
import type { AwsRequest, CompareOptions, Doubt, Impact, Origin, Residue } from "../policy.ts";
import type { Term } from "../term.ts";
import type { Solution } from "./combination.ts";
import type { Direction, FoundRows, OpenPart, PatternRow } from "./direction.ts";
import { choiceText, conditionText, Exceptions } from "./except.ts";
import { awsImpactOf, patternImpact } from "./impact.ts";
import { type Hit, KnownActions } from "./known.ts";
import { grantOfRows, keepGrant } from "./parts.ts";
import { possible } from "./possible.ts";
import { readsOtherwise } from "./segments.ts";
import { type Operation, operationsOf } from "./service-data.ts";
import { isSmaller, type PolicySide } from "./sides.ts";
import type { ParsedStatement, UnreadStatement } from "./statement.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { type Weakened, Weakening } from "./weakened.ts";
import { type Letters, witnessOf } from "./witness.ts";

export interface ResidueContext {
  readonly side: "missing" | "excess";
  readonly own: PolicySide;
  readonly other: PolicySide;
  readonly options: CompareOptions;
  readonly vocabulary: Vocabulary;
  readonly letters: Letters;
  /** The policy variables of both sides. */
  readonly variables: readonly number[];
  /** Whether `allows` confirms the witness on both sides; asked only where variables are in play. */
  replays(request: AwsRequest): boolean;
}

/** Statements that are named of one residue, at most; as of Kubernetes. */
const MOST_ORIGINS = 200;

/** What is said of rows that differ in the action alone. */
type Shared = Omit<Residue, "pattern" | "witness" | "witnesses" | "known" | "actions" | "origin">;

/** A row with what is said of it alone. */
interface Line {
  readonly row: PatternRow;
  readonly text: string;
  readonly spelled: string;
  readonly action: string;
  readonly solution: Solution;
  readonly hits: readonly Hit[];
  readonly origin: Origin;
}

const RANK = { escalation: 0, write: 1, read: 2 } as const satisfies Record<Impact, number>;

export function awsResidues(
  direction: Direction,
  found: FoundRows,
  context: ResidueContext,
): { readonly residues: readonly Residue[]; readonly doubts: readonly Doubt[] } {
  const lines = new Lines(direction, context);
  for (const row of found.rows) lines.add(row);
  return {
    residues: lines.residues(),
    doubts: [...found.open.map((o) => doubtOf(o, context)), ...lines.doubts],
  };
}

/** What is said of the rows of a direction, for every side of its own that it is used for. */
class Wording {
  readonly exceptions: Exceptions;
  readonly weakening: Weakening;
  /** The statements that can undo a row, and whose resources read otherwise by segments (AW4). */
  readonly torn: readonly ParsedStatement[];
  private readonly direction: Direction;
  private last:
    | { readonly operations: readonly Operation[] | undefined; readonly known: KnownActions }
    | undefined;

  constructor(direction: Direction, own: PolicySide, other: PolicySide) {
    this.direction = direction;
    this.exceptions = new Exceptions(direction, own, other);
    this.weakening = new Weakening(direction);
    this.torn = [...other.statements, ...own.denies].filter(({ body }) =>
      body.resources.terms.some((t) => readsOtherwise(t.text)),
    );
  }

  known(operations: readonly Operation[] | undefined): KnownActions {
    if (this.last === undefined || this.last.operations !== operations) {
      this.last = { operations, known: new KnownActions(this.direction, operations) };
    }
    return this.last.known;
  }
}

const wordings = new WeakMap<Direction, Wording>();

/** The lines of one direction, those of one residue together (R3). Holds what was said of rows of equal groups. */
class Lines {
  readonly doubts: Doubt[] = [];
  private readonly direction: Direction;
  private readonly context: ResidueContext;
  private readonly wording: Wording;
  private readonly known: KnownActions;
  private readonly catalogued: boolean;
  private readonly groups = new Map<string, { readonly shared: Shared; readonly lines: Line[] }>();
  private readonly ids = new Map<string, number>();
  private readonly listIds = new WeakMap<readonly string[], number>();
  private readonly grants = new WeakMap<
    PatternRow["groups"],
    { readonly id: number; readonly says: Partial<Shared>; readonly torn: boolean }
  >();

  constructor(direction: Direction, context: ResidueContext) {
    const { own, other, options } = context;
    this.direction = direction;
    this.context = context;
    const operations = operationsFor(options);
    this.catalogued = operations !== undefined;
    this.wording = wordings.get(direction) ?? new Wording(direction, own, other);
    wordings.set(direction, this.wording);
    this.known = this.wording.known(operations);
  }

  add(row: PatternRow): void {
    const { context } = this;
    const solution = row.groups[0]?.solution;
    if (solution === undefined) throw new Error("a row without a resource pattern");
    const text = this.textOf(row);
    const known = this.known.of(row);
    const hits = known?.hits ?? this.known.ofTables(row);
    const first = hits.length === 0 ? undefined : telling(hits)[0];
    const line: Line = {
      row,
      text,
      spelled: spelling(text),
      action: first?.operation.name ?? actionText(text, row.point, this.direction.width, context.letters),
      solution: first?.solution ?? solution,
      hits: known?.hits ?? [],
      origin: row.term.origin,
    };
    if (
      this.mayBeVariable(row, first?.operation.key) &&
      possible(this.witness(line), (request) => context.replays(request)) === undefined
    ) {
      this.doubts.push(variableDoubt(row, text, context));
      return;
    }
    const grant = this.grantOf(row);
    const except = this.wording.exceptions.of(row);
    const impact = impactOfRow(row, hits);
    const latent = known === undefined ? undefined : known.hits.length === 0 && known.dead === 0;
    const dead = known !== undefined && known.hits.length === 0 && known.dead > 0;
    const ambiguous = grant.torn || this.isTakenFrom(row);
    const key = `${grant.id} ${this.listId(except)} ${impact} ${latent} ${dead} ${ambiguous}`;
    const group = this.groups.get(key);
    if (group !== undefined) {
      group.lines.push(line);
      return;
    }
    const { weakened, ...says } = grant.says;
    const shared: Shared = {
      except,
      impact,
      ...says,
      ...(latent !== undefined && { latent }),
      ...(dead && { dead }),
      ...(ambiguous && { ambiguous }),
      ...(weakened !== undefined && { weakened }),
    };
    this.groups.set(key, { shared, lines: [line] });
  }

  /** Whether something takes a part from the row by a resource that reads otherwise by segments (AW4). */
  private isTakenFrom(row: PatternRow): boolean {
    const { torn } = this.wording;
    if (torn.length === 0) return false;
    const own = ownResources(row);
    const negated = row.statement.body.resources.negated;
    const meet = (a: Glob, b: Glob): boolean => intersect(a, b)?.length !== 0;
    return torn.some(
      ({ actions, body }) =>
        (actions.negated || actions.terms.some((t) => meet(t.glob, row.point))) &&
        body.resources.terms.some(
          (t) => readsOtherwise(t.text) && (negated || own.some((o) => meet(o.glob, t.glob))),
        ),
    );
  }

  /** Whether the witness rests on what a policy variable stands for; what could not be read is asked as well. */
  private mayBeVariable(row: PatternRow, operation: string | undefined): boolean {
    const { own, other, variables } = this.context;
    if (variables.length === 0) return false;
    if (own.problems.length + other.problems.length > 0) return true;
    if (row.musts.some(({ body }) => body.variables.length > 0)) return true;
    const { direction } = this;
    return direction.readsVariables(operation ?? genericOf(row.point, direction.width), row.layer);
  }

  /** The order of the input changes nothing. */
  residues(): readonly Residue[] {
    return [...this.groups.values()]
      .map(({ shared, lines }) => this.residueOf(shared, lines))
      .map((r): [string, Residue] => [sortKey(r), r])
      .sort(([a], [b]) => compareTexts(a, b))
      .map(([, r]) => r);
  }

  private textOf(row: PatternRow): string {
    if (row.point.key === row.term.glob.key) return row.term.text;
    const { own, other, vocabulary } = this.context;
    const [a, b] = [own, other].map((side) => side.written().get(row.point.key)?.text);
    if (a === undefined || b === undefined) return a ?? b ?? vocabulary.text(row.point);
    return isSmaller(a, b) ? a : b;
  }

  /** What is said of the statement's grant; `torn`: its own resources read otherwise by segments. */
  private grantOf(row: PatternRow): {
    readonly id: number;
    readonly says: Partial<Shared>;
    readonly torn: boolean;
  } {
    const known = this.grants.get(row.groups);
    if (known !== undefined) return known;
    const { body } = row.statement;
    const conditions = conditionText(body);
    const weakened: Weakened | undefined =
      this.context.side === "excess" ? this.wording.weakening.of(row) : undefined;
    const says: Partial<Shared> = {
      ...(hasResources(row) && { resources: resourcesOf(row) }),
      ...(body.principals !== undefined && {
        principals: [choiceText(body.shown?.principals ?? body.principals)],
      }),
      ...(conditions !== undefined && { conditions }),
      ...(weakened !== undefined && { weakened }),
    };
    const torn = ownResources(row).some((t) => readsOtherwise(t.text));
    const made = { id: this.idOf(JSON.stringify(says)), says, torn };
    this.grants.set(row.groups, made);
    return made;
  }

  private idOf(text: string): number {
    const known = this.ids.get(text) ?? this.ids.size;
    this.ids.set(text, known);
    return known;
  }

  private listId(list: readonly string[]): number {
    const known = this.listIds.get(list) ?? this.idOf(JSON.stringify(list));
    this.listIds.set(list, known);
    return known;
  }

  private witness({ action, solution }: Line): AwsRequest {
    return witnessOf(action, solution, this.context.variables, this.context.vocabulary, this.context.letters);
  }

  /**
   * The request that proves a line, on a resource that the action can have: a statement often lists those of many
   * services together, and the point of the difference may lie in any of them.
   */
  private likely(line: Line, resources: readonly string[] = []): AwsRequest {
    const witness = this.witness(line);
    const service = witness.action.slice(0, witness.action.indexOf(":")).toLowerCase();
    const other = serviceOf(witness.resource);
    if (other === undefined || other === service) return witness;
    for (const text of resources) {
      if (serviceOf(text) !== service || /[?$]/.test(text)) continue;
      const request = { ...witness, resource: text.replace(/\*+/g, this.context.letters.star) };
      if (this.context.replays(request)) return request;
    }
    return witness;
  }

  private residueOf(shared: Shared, lines: readonly Line[]): Residue {
    const sorted = [...lines].sort((a, b) => compareTexts(a.spelled, b.spelled));
    const texts = [...new Map(sorted.map((l) => [fold(l.text), l.text])).values()];
    const hits = distinctHits(sorted);
    const examples = hits.length === 0 ? [] : telling(hits).map((h) => h.operation.name);
    // the line whose witness is the most telling speaks for all
    const first = sorted.find((l) => l.action === examples[0]) ?? (sorted[0] as Line);
    const others = sorted.filter((l) => l !== first).slice(0, 2);
    const residue: Residue = {
      ...shared,
      pattern: texts.join(", "),
      ...(texts.length > 1 && { actions: texts }),
      witness: this.likely(first, shared.resources),
      ...(others.length > 0 && { witnesses: others.map((l) => this.likely(l, shared.resources)) }),
      origin: (sorted[0] as Line).origin,
      ...originsOf(sorted),
      ...(this.catalogued && { known: { count: hits.length, examples } }),
    };
    return keepGrant(residue, () =>
      grantOfRows(
        sorted.map(({ row, text }) => ({ row, text, except: this.wording.exceptions.partsOf(row) })),
      ),
    );
  }
}

/** The statements that a row was made from, each once, where there are several. */
function originsOf(lines: readonly Line[]): Pick<Residue, "origins"> {
  const origins = new Map(
    lines.map(({ origin }) => [
      `${origin.document} ${/^\/Statement(?:\/\d+)?/.exec(origin.pointer)?.[0]}`,
      origin,
    ]),
  );
  return origins.size < 2 ? {} : { origins: [...origins.values()].slice(0, MOST_ORIGINS) };
}

/** The service of an ARN that names one. */
function serviceOf(text: string): string | undefined {
  const [arn, , service = ""] = text.split(":", 3);
  return arn === "arn" && /^[a-z0-9-]+$/.test(service) ? service : undefined;
}

function impactOfRow(row: PatternRow, hits: readonly Hit[]): Impact {
  let worst: Impact | undefined;
  for (const { operation } of hits) {
    const impact = awsImpactOf(operation);
    if (worst === undefined || RANK[impact] < RANK[worst]) worst = impact;
    if (worst === "escalation") break;
  }
  const byPattern = patternImpact(row.point);
  if (worst === undefined) return byPattern;
  // a literal action is what it is; a wildcard is worse than what it reaches today only by its verb
  return row.point.literal || RANK[worst] <= RANK[byPattern] ? worst : byPattern;
}

/** The patterns of the statement that the row lies in; of NotResource all. */
function ownResources({ statement, groups }: PatternRow): readonly Term[] {
  const { terms, negated } = statement.body.resources;
  return negated ? terms : groups.map((g) => g.term);
}

/** A trust policy has none. */
function hasResources({ statement }: PatternRow): boolean {
  const { resources, principals } = statement.body;
  return principals === undefined || resources.negated || resources.terms.some((t) => t.text !== "*");
}

function resourcesOf(row: PatternRow): readonly string[] {
  const { resources } = row.statement.body;
  if (resources.negated) return [choiceText(resources)];
  return row.groups.map((g) => g.term.text).sort();
}

/** The generic point of the pattern, as somebody would write it. */
function actionText(text: string, point: Glob, width: number, letters: Letters): string {
  if (point.literal) return text;
  // every action at all; with `?` in play only the point itself is sure to lie in no other pattern
  if (point.parts.join("") === "" && width === 1) return `${letters.star}:${letters.star}`;
  if (text.startsWith("NotAction ")) return pointText(genericOf(point, width), letters.star);
  return text.replace(/\*+/g, letters.star.repeat(width)).replaceAll("?", letters.star);
}

function distinctHits(lines: readonly Line[]): readonly Hit[] {
  if (lines.length === 1) return (lines[0] as Line).hits;
  const byKey = new Map<string, Hit>();
  for (const { hits } of lines) for (const hit of hits) byKey.set(hit.operation.key, hit);
  return [...byKey.values()];
}

/** The three that say most: what grants more, then what changes, then what reads; a shorter name before a longer. */
function telling(hits: readonly Hit[]): readonly Hit[] {
  const best: { readonly hit: Hit; readonly rank: number }[] = [];
  for (const hit of hits) {
    const { key } = hit.operation;
    const rank = RANK[awsImpactOf(hit.operation)];
    const at = best.findIndex((b) => {
      if (b.rank !== rank) return rank < b.rank;
      const other = b.hit.operation.key;
      return key.length < other.length || (key.length === other.length && key < other);
    });
    if (at < 0 && best.length === 3) continue;
    best.splice(at < 0 ? best.length : at, 0, { hit, rank });
    if (best.length > 3) best.pop();
  }
  return best.map((b) => b.hit);
}

function sortKey(r: Residue): string {
  return [spelling(r.pattern), r.resources, r.principals, r.conditions, r.except].map(String).join("\u0000");
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function spelling(text: string): string {
  return `${text.toLowerCase()}\u0000${text}`;
}

function operationsFor(options: CompareOptions): readonly Operation[] | undefined {
  const { catalog, serviceData } = options;
  if (serviceData === undefined) return catalog === undefined ? undefined : catalogOf(catalog).control;
  const all = operationsOf(serviceData);
  if (catalog === undefined) return all;
  const known = new Map(all.map((o) => [o.key, o]));
  return catalogOf(catalog).control.map((o) => known.get(o.key) ?? o);
}

function doubtOf(open: OpenPart, context: ResidueContext): Doubt {
  const { statement, term, point, resource, reason } = open;
  const on = resource === undefined ? "" : ` on ${resource.text}`;
  const pattern = point.key === term.glob.key ? term.text : context.vocabulary.text(point);
  return {
    side: context.side,
    pattern: `${pattern}${on}`,
    clause: reason.clause,
    reason: reason.reason,
    decide: DECIDE[reason.clause] ?? `write ${statement.origin.pointer} so that both sides say it alike`,
    origin: term.origin,
  };
}

const DECIDE: Readonly<Record<string, string>> = {
  G5: "write the policies with fewer overlapping patterns",
  AW6: "compare the statements with the policy variable by hand, or write both sides alike",
  AW7: "mend the condition, or write both sides alike",
  AW8: "use one kind of operator on the key, or write both sides alike",
};

function variableDoubt(row: PatternRow, text: string, context: ResidueContext): Doubt {
  return {
    side: context.side,
    pattern: text,
    clause: "AW6",
    reason: "a policy variable would have to stand for a particular text",
    decide: DECIDE["AW6"] ?? "",
    origin: row.term.origin as Origin,
  };
}

/** A statement that could not be read. */
export function problemDoubts(
  problems: readonly UnreadStatement[],
  side: "missing" | "excess",
): readonly Doubt[] {
  return problems.map((p) => ({
    side,
    pattern: "*",
    clause: p.clause,
    reason: `malformed: ${p.reason}`,
    decide: `mend ${p.origin.pointer === "" ? "the document" : p.origin.pointer}`,
    origin: p.origin,
  }));
}

/** A difference that a statement which cannot be read may undo. */
export function residueDoubt(residue: Residue, side: "missing" | "excess", problem: UnreadStatement): Doubt {
  return {
    side,
    pattern: residue.pattern,
    clause: problem.clause,
    reason: `a statement that cannot be read may decide it: ${problem.reason}`,
    decide: `mend ${problem.origin.pointer}`,
    origin: residue.origin,
  };
}
