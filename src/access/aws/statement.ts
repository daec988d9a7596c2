/** Statements: what a policy document says, read once for the comparison and the evaluator. */
import { type Glob, questionGlob } from "../glob.ts";
import type { Origin } from "../policy.ts";
import type { Term } from "../term.ts";
import { type Atom, atomOf } from "./condition.ts";
import { field, fieldsOf, isObject, kindOf, type PolicyDocument, policyDocuments } from "./document.ts";
import { principalGlobs, principalKind } from "./principals.ts";
import { likeGlob, type Reading, type Vocabulary } from "./vocabulary.ts";

/** One of the terms, or, negated, none of them (AW3). */
export interface Choice {
  readonly terms: readonly Term[];
  readonly negated: boolean;
}

/**
 * A statement without its actions. Statements with equal bodies are one (comparison.md 2). It says what and not where:
 * documents that write the same share it, so its terms have no origin.
 */
export interface Body {
  readonly effect: "allow" | "deny";
  readonly resources: Choice;
  /** Absent: an identity policy, which says nothing of principals. */
  readonly principals?: Choice;
  readonly atoms: readonly Atom[];
  readonly canon: string;
  /** The policy variables that its text reads, in the order of the text. */
  readonly variables: readonly number[];
}

export interface Statement {
  readonly body: Body;
  readonly actions: Choice;
  readonly origin: Origin;
}

/** A statement that could not be read: it may do anything of the effect that it names. */
export interface Problem {
  readonly clause: string;
  readonly reason: string;
  readonly effect: "allow" | "deny" | "unknown";
  readonly origin: Origin;
}

export interface Statements {
  readonly statements: readonly Statement[];
  readonly problems: readonly Problem[];
}

/** Thrown inside the reading of one statement; becomes its problem. */
class Malformed extends Error {
  readonly clause: string;
  constructor(clause: string, message: string) {
    super(message);
    this.clause = clause;
  }
}

const VERSIONS: ReadonlySet<unknown> = new Set(["2012-10-17", "2008-10-17", undefined]);

/** The bodies that were read with a vocabulary, by what was written: a statement for each principal. */
const bodiesRead = new WeakMap<Vocabulary, Map<string, readonly Body[]>>();

/** How many bodies the vocabulary keeps. */
export function bodiesOf(vocabulary: Vocabulary): number {
  return bodiesRead.get(vocabulary)?.size ?? 0;
}

/** @throws PolicyError when something given is no policy document. */
export function awsStatements(given: readonly unknown[], vocabulary: Vocabulary): Statements {
  const statements: Statement[] = [];
  const problems: Problem[] = [];
  for (const policy of policyDocuments(given)) readPolicy(policy, vocabulary, statements, problems);
  return { statements: oneBodyEach(statements), problems };
}

/** Bodies that mean the same are one object, the first. */
function oneBodyEach(statements: readonly Statement[]): readonly Statement[] {
  const bodies = new Map<string, Body>();
  return statements.map((statement) => {
    const { body } = statement;
    const first = bodies.get(body.canon);
    if (first === undefined) bodies.set(body.canon, body);
    return first === undefined || first === body ? statement : { ...statement, body: first };
  });
}

function readPolicy(
  policy: PolicyDocument,
  vocabulary: Vocabulary,
  statements: Statement[],
  problems: Problem[],
): void {
  const version = field(policy.body, "Version")?.value;
  const found = field(policy.body, "Statement");
  if (found === undefined) return;
  const many = Array.isArray(found.value);
  const list: readonly unknown[] = Array.isArray(found.value) ? found.value : [found.value];
  const reading: Reading = { variables: version === "2012-10-17", vocabulary };
  list.forEach((raw, i) => {
    const pointer = `${policy.pointer}/${found.key}${many ? `/${i}` : ""}`;
    const sid = isObject(raw) ? field(raw, "Sid")?.value : undefined;
    const label = typeof sid === "string" && sid !== "" ? sid : policy.name;
    const origin: Origin = { document: policy.document, pointer, ...(label !== undefined && { label }) };
    try {
      if (!VERSIONS.has(version)) {
        throw new Malformed("AW6", `the version ${JSON.stringify(version)} is none that AWS documents`);
      }
      readStatement(raw, origin, reading, statements);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      problems.push({ clause: error.clause, reason: error.message, effect: effectOf(raw), origin });
    }
  });
}

function effectOf(raw: unknown): Problem["effect"] {
  const effect = isObject(raw) ? field(raw, "Effect")?.value : undefined;
  return effect === "Allow" ? "allow" : effect === "Deny" ? "deny" : "unknown";
}

function readStatement(raw: unknown, origin: Origin, reading: Reading, out: Statement[]): void {
  if (!isObject(raw)) throw new Malformed("AW1", `a statement is ${kindOf(raw)}`);
  const effect = effectOf(raw);
  if (effect === "unknown") throw new Malformed("AW1", "Effect is neither Allow nor Deny");
  const named = fieldsOf(raw);
  const actions = actionChoice(named, origin, reading.vocabulary);
  for (const body of bodiesFor(effect, named, reading)) out.push({ body, actions, origin });
}

type Named = ReturnType<typeof fieldsOf>;

const BODY_FIELDS = ["Resource", "NotResource", "Principal", "NotPrincipal", "Condition"] as const;

function bodiesFor(effect: Body["effect"], named: Named, reading: Reading): readonly Body[] {
  const fields = BODY_FIELDS.map(named);
  const written = fields.map((f) => (f === undefined ? "-" : writing([f.key, f.value])));
  const id = written.includes(undefined) ? undefined : `${effect} ${reading.variables} ${written.join(" ")}`;
  let read = bodiesRead.get(reading.vocabulary);
  if (read === undefined) {
    read = new Map();
    bodiesRead.set(reading.vocabulary, read);
  }
  const known = id === undefined ? undefined : read.get(id);
  if (known !== undefined) return known;
  const made = readBodies(effect, named, reading);
  if (id !== undefined) read.set(id, made);
  return made;
}

/** What was written, so that equal texts are equal values; undefined for what JSON does not know. */
function writing(value: unknown): string | undefined {
  if (typeof value === "string") return `${value.length}:${value}`;
  if (typeof value === "number" || typeof value === "boolean" || value === null)
    return `${typeof value} ${value};`;
  if (Array.isArray(value)) return joinedWriting("[", value as readonly unknown[]);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  return joinedWriting("{", Object.entries(value).flat());
}

function joinedWriting(kind: "[" | "{", values: readonly unknown[]): string | undefined {
  let out = `${kind}${values.length} `;
  for (const value of values) {
    const text = writing(value);
    if (text === undefined) return undefined;
    out += text;
  }
  return out;
}

function readBodies(effect: Body["effect"], named: Named, reading: Reading): readonly Body[] {
  const variables = new Set<number>();
  const tracing: Reading = { ...reading, seen: variables };
  const principals = principalChoice(named);
  const resources = resourceChoice(named, tracing);
  if (resources === undefined && principals === undefined) {
    throw new Malformed("AW4", "neither Resource nor NotResource, and no Principal");
  }
  const atoms = conditions(named, tracing);
  return byPrincipal(bodyOf(effect, resources ?? ANY_RESOURCE, principals, atoms, [...variables]));
}

const NOWHERE: Origin = { document: 0, pointer: "" };

/** A trust policy has no Resource: the role itself is meant. */
const ANY_RESOURCE: Choice = {
  terms: [{ glob: questionGlob("*"), text: "*", origin: NOWHERE }],
  negated: false,
};

interface Listed {
  readonly texts: readonly string[];
  readonly negated: boolean;
  /** The name of the element, as written. */
  readonly key: string;
  readonly many: boolean;
}

function listed(named: Named, name: string, notName: string): Listed | undefined {
  const [only, except] = [named(name), named(notName)];
  if (only !== undefined && except !== undefined) throw new Malformed("AW3", `both ${name} and ${notName}`);
  const found = only ?? except;
  if (found === undefined) return undefined;
  const many = Array.isArray(found.value);
  const texts: readonly unknown[] = Array.isArray(found.value) ? found.value : [found.value];
  for (const text of texts) {
    if (typeof text !== "string") throw new Malformed("AW2", `an entry of ${found.key} is ${kindOf(text)}`);
  }
  return { texts: texts as readonly string[], negated: except !== undefined, key: found.key, many };
}

function actionChoice(named: Named, origin: Origin, vocabulary: Vocabulary): Choice {
  const found = listed(named, "Action", "NotAction");
  if (found === undefined) throw new Malformed("AW2", "neither Action nor NotAction");
  const pointer = `${origin.pointer}/${found.key}`;
  const terms = found.texts.map(
    (text, i) =>
      new ActionTerm(vocabulary.action(text), text, origin, found.many ? `${pointer}/${i}` : pointer),
  );
  return { terms, negated: found.negated };
}

/** A term whose origin is made when somebody asks: of most nobody does. */
class ActionTerm implements Term {
  readonly glob: Term["glob"];
  readonly text: string;
  private readonly statement: Origin;
  private readonly pointer: string;

  constructor(glob: Term["glob"], text: string, statement: Origin, pointer: string) {
    this.glob = glob;
    this.text = text;
    this.statement = statement;
    this.pointer = pointer;
  }

  get origin(): Origin {
    return { ...this.statement, pointer: this.pointer };
  }
}

function resourceChoice(named: Named, reading: Reading): Choice | undefined {
  const found = listed(named, "Resource", "NotResource");
  if (found === undefined) return undefined;
  const terms = found.texts.map((text): Term => ({ glob: likeGlob(text, reading), text, origin: NOWHERE }));
  return { terms, negated: found.negated };
}

/** A body per principal, so that what is said of a stranger is not said of the others beside it. */
function byPrincipal(body: Body): readonly Body[] {
  const { principals } = body;
  if (principals === undefined || principals.negated) return [body];
  const texts = [...new Set(principals.terms.map((t) => t.text))];
  if (texts.length < 2) return [body];
  return texts.map((text) => {
    const terms = principals.terms.filter((t) => t.text === text);
    return bodyOf(body.effect, body.resources, { terms, negated: false }, body.atoms, body.variables);
  });
}

function principalChoice(named: Named): Choice | undefined {
  const [only, except] = [named("Principal"), named("NotPrincipal")];
  if (only !== undefined && except !== undefined) {
    throw new Malformed("AW10", "both Principal and NotPrincipal");
  }
  const found = only ?? except;
  if (found === undefined) return undefined;
  const terms: Term[] = [];
  const add = (kindName: string, text: unknown): void => {
    const kind = principalKind(kindName);
    if (kind === undefined) throw new Malformed("AW10", `unknown kind of principal ${kindName}`);
    if (typeof text !== "string") throw new Malformed("AW10", `a principal is ${kindOf(text)}`);
    for (const glob of principalGlobs(kind, text)) terms.push({ glob, text, origin: NOWHERE });
  };
  if (found.value === "*") add("AWS", "*");
  else if (isObject(found.value)) {
    for (const [kind, value] of Object.entries(found.value)) {
      for (const text of Array.isArray(value) ? (value as readonly unknown[]) : [value]) add(kind, text);
    }
  } else throw new Malformed("AW10", `${found.key} is ${kindOf(found.value)}`);
  return { terms, negated: except !== undefined };
}

function conditions(named: Named, reading: Reading): readonly Atom[] {
  const found = named("Condition");
  if (found === undefined || found.value === null) return [];
  if (!isObject(found.value)) throw new Malformed("AW7", `Condition is ${kindOf(found.value)}`);
  const atoms = new Map<string, Atom>();
  for (const [operator, block] of Object.entries(found.value)) {
    if (!isObject(block)) throw new Malformed("AW7", `the condition ${operator} is ${kindOf(block)}`);
    for (const [key, values] of Object.entries(block)) {
      const atom = atomOf(operator, key, values, reading);
      atoms.set(atom.canon, atom);
    }
  }
  return [...atoms.values()].sort((a, b) => (a.canon < b.canon ? -1 : 1));
}

export function bodyOf(
  effect: "allow" | "deny",
  resources: Choice,
  principals: Choice | undefined,
  atoms: readonly Atom[],
  variables: readonly number[] = [],
): Body {
  const canon = [
    effect,
    canonicalChoice(resources),
    principals === undefined ? "" : canonicalChoice(principals),
    ...atoms.map((a) => a.canon),
  ].join("\uE011");
  return { effect, resources, ...(principals !== undefined && { principals }), atoms, canon, variables };
}

function canonicalChoice(choice: Choice): string {
  const keys = [...new Set(choice.terms.map((t) => t.glob.key))].sort();
  return `${choice.negated ? "not" : ""}${JSON.stringify(keys)}`;
}

/** Adds an action pattern to those of a body; false when it is there. The patterns of one vocabulary only. */
export function addOnce(held: Map<number, Set<Glob>>, place: number, glob: Glob): boolean {
  const globs = held.get(place);
  if (globs === undefined) {
    held.set(place, new Set([glob]));
    return true;
  }
  if (globs.has(glob)) return false;
  globs.add(glob);
  return true;
}
