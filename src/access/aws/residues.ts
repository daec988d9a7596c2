/** Rows of a difference as residues that people can read (R1 to R4), and what was left open as doubts. */
import { catalogOf, mostTelling } from "../catalog.ts";
import { type Glob, genericOf, pointText } from "../glob.ts";
import type { AwsRequest, CompareOptions, Doubt, Impact, Origin, Residue } from "../policy.ts";
import type { Term } from "../rules.ts";
import type { Direction, Found, Open, Row } from "./direction.ts";
import { choiceText, conditionText, Exceptions } from "./except.ts";
import { impactOf, patternImpact } from "./impact.ts";
import { type Hit, knownActions, tabledActions } from "./known.ts";
import { type Operation, operationsOf } from "./service-data.ts";
import type { Problem, Statement, Statements } from "./statement.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { type Weakened, Weakening } from "./weakened.ts";
import { type Letters, variablesOf, witnessOf } from "./witness.ts";

export interface Context {
  readonly side: "missing" | "excess";
  readonly own: readonly Statements[];
  readonly other: readonly Statements[];
  readonly options: CompareOptions;
  readonly vocabulary: Vocabulary;
  readonly letters: Letters;
  /** Whether `allows` confirms the witness on both sides; asked only where variables are in play. */
  replays(request: AwsRequest): boolean;
}

/** A row with what is said of it, before rows that differ in the action alone are merged. */
interface Line {
  readonly text: string;
  readonly witness: AwsRequest;
  readonly hits: readonly Hit[];
  readonly rest: Omit<Residue, "pattern" | "witness" | "witnesses" | "known" | "actions">;
}

const RANK = { escalation: 0, write: 1, read: 2 } as const satisfies Record<Impact, number>;

export function awsResidues(
  direction: Direction,
  found: Found,
  context: Context,
): { readonly residues: readonly Residue[]; readonly doubts: readonly Doubt[] } {
  const statements = [...context.other, ...context.own].flatMap((l) => l.statements);
  const exceptions = new Exceptions(direction, context.own, context.other);
  const weakening = context.side === "excess" ? new Weakening(direction) : undefined;
  const operations = operationsFor(context.options);
  const written = textsOf(statements);
  const variables = variablesOf([...context.own, ...context.other]);
  const doubts: Doubt[] = found.open.map((o) => doubtOf(o, context));
  const lines: Line[] = [];
  for (const row of found.rows) {
    const text =
      row.point.key === row.term.glob.key
        ? row.term.text
        : (written.get(row.point.key)?.text ?? context.vocabulary.text(row.point));
    const line = lineOf(direction, row, text, { exceptions, weakening, operations, variables, context });
    if (variables.length > 0 && !context.replays(line.witness))
      doubts.push(variableDoubt(row, text, context));
    else lines.push(line);
  }
  return { residues: merged(lines, context), doubts };
}

interface Tools {
  readonly exceptions: Exceptions;
  readonly weakening: Weakening | undefined;
  readonly operations: readonly Operation[] | undefined;
  readonly variables: readonly number[];
  readonly context: Context;
}

function lineOf(direction: Direction, row: Row, text: string, tools: Tools): Line {
  const { context, operations } = tools;
  const known = operations === undefined ? undefined : knownActions(direction, row, operations);
  const hits = known?.hits ?? tabledActions(direction, row);
  const solution = row.groups[0]?.solution;
  if (solution === undefined) throw new Error("a row without a resource pattern");
  const first = hits.length === 0 ? undefined : telling(hits)[0];
  const action = row.point.literal
    ? (first?.operation.name ?? text)
    : (first?.operation.name ?? actionText(text, row.point, direction.width, context.letters));
  const { body } = row.statement;
  const conditions = conditionText(body);
  const dead = known !== undefined && known.hits.length === 0 && known.dead > 0;
  const weakened: Weakened | undefined = tools.weakening?.of(row);
  return {
    text,
    witness: witnessOf(
      action,
      first?.solution ?? solution,
      tools.variables,
      context.vocabulary,
      context.letters,
    ),
    hits: known?.hits ?? [],
    rest: {
      except: tools.exceptions.of(row),
      origin: row.term.origin,
      impact: impactOfRow(row, hits),
      ...(hasResources(row) && { resources: resourcesOf(row) }),
      ...(body.principals !== undefined && { principals: [choiceText(body.principals)] }),
      ...(conditions !== undefined && { conditions }),
      ...(known !== undefined && { latent: known.hits.length === 0 && known.dead === 0 }),
      ...(dead && { dead }),
      ...(weakened !== undefined && { weakened }),
    },
  };
}

function impactOfRow(row: Row, hits: readonly Hit[]): Impact {
  const worst = hits.map((h) => impactOf(h.operation)).sort((a, b) => RANK[a] - RANK[b])[0];
  const byPattern = patternImpact(row.point);
  if (worst === undefined) return byPattern;
  // a literal action is what it is; a wildcard is worse than what it reaches today only by its verb
  return row.point.literal || RANK[worst] <= RANK[byPattern] ? worst : byPattern;
}

/** A trust policy has none. */
function hasResources({ statement }: Row): boolean {
  const { resources, principals } = statement.body;
  return principals === undefined || resources.negated || resources.terms.some((t) => t.text !== "*");
}

function resourcesOf(row: Row): readonly string[] {
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

function telling(hits: readonly Hit[]): readonly Hit[] {
  const byName = new Map(hits.map((h) => [h.operation.name, h]));
  const byKey = new Map(hits.map((h) => [h.operation.key, h]));
  const names = mostTelling(
    hits.map((h) => h.operation),
    (key) => impactOf((byKey.get(key) as Hit).operation),
  );
  return names.map((name) => byName.get(name) as Hit);
}

/** Rows that differ in the action alone are one residue (R3); the order of the input changes nothing. */
function merged(lines: readonly Line[], context: Context): readonly Residue[] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const { origin: _, ...shared } = line.rest;
    const key = JSON.stringify(shared);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  const residues = [...groups.values()].map((group) => residueOf(group, context));
  return residues
    .map((r): [string, Residue] => [sortKey(r), r])
    .sort(([a], [b]) => compareTexts(a, b))
    .map(([, r]) => r);
}

function residueOf(group: readonly Line[], context: Context): Residue {
  const sorted = [...group].sort((a, b) => compareTexts(spelling(a.text), spelling(b.text)));
  const texts = [...new Map(sorted.map((l) => [l.text.toLowerCase(), l.text])).values()];
  const hits = [...new Map(sorted.flatMap((l) => l.hits).map((h) => [h.operation.key, h])).values()];
  const examples = hits.length === 0 ? [] : telling(hits).map((h) => h.operation.name);
  // the line whose witness is the most telling speaks for all
  const first = sorted.find((l) => l.witness.action === examples[0]) ?? (sorted[0] as Line);
  const others = sorted.filter((l) => l !== first).slice(0, 2);
  const catalogued = operationsFor(context.options) !== undefined;
  return {
    ...first.rest,
    pattern: texts.join(", "),
    ...(texts.length > 1 && { actions: texts }),
    witness: first.witness,
    ...(others.length > 0 && { witnesses: others.map((l) => l.witness) }),
    origin: (sorted[0] as Line).rest.origin,
    ...(catalogued && { known: { count: hits.length, examples } }),
  };
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

/** Action patterns as somebody wrote them; of several spellings the smallest. */
function textsOf(statements: readonly Statement[]): ReadonlyMap<string, Term> {
  const out = new Map<string, Term>();
  for (const { actions } of statements) {
    for (const term of actions.terms) {
      const known = out.get(term.glob.key);
      if (known === undefined || compareTexts(spelling(term.text), spelling(known.text)) < 0) {
        out.set(term.glob.key, term);
      }
    }
  }
  return out;
}

function operationsFor(options: CompareOptions): readonly Operation[] | undefined {
  const { catalog, serviceData } = options;
  if (serviceData === undefined) return catalog === undefined ? undefined : catalogOf(catalog).control;
  const all = operationsOf(serviceData);
  if (catalog === undefined) return all;
  const known = new Map(all.map((o) => [o.key, o]));
  return catalogOf(catalog).control.map((o) => known.get(o.key) ?? o);
}

function doubtOf(open: Open, context: Context): Doubt {
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

function variableDoubt(row: Row, text: string, context: Context): Doubt {
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
export function problemDoubts(problems: readonly Problem[], side: "missing" | "excess"): readonly Doubt[] {
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
export function residueDoubt(residue: Residue, side: "missing" | "excess", problem: Problem): Doubt {
  return {
    side,
    pattern: residue.pattern,
    clause: problem.clause,
    reason: `a statement that cannot be read may decide it: ${problem.reason}`,
    decide: `mend ${problem.origin.pointer}`,
    origin: residue.origin,
  };
}
