/** Statements: what a policy document says, read once for the comparison and the evaluator. */
import { questionGlob } from "../glob.ts";
import type { Origin } from "../policy.ts";
import type { Term } from "../rules.ts";
import { type Atom, atomOf } from "./condition.ts";
import { field, isObject, kindOf, type PolicyDocument, policyDocuments } from "./document.ts";
import { principalGlobs, principalKind } from "./principals.ts";
import { likeGlob, type Reading, type Vocabulary } from "./vocabulary.ts";

/** One of the terms, or, negated, none of them (AW3). */
export interface Choice {
  readonly terms: readonly Term[];
  readonly negated: boolean;
}

/** A statement without its actions. Statements with equal bodies are one (comparison.md 2). */
export interface Body {
  readonly effect: "allow" | "deny";
  readonly resources: Choice;
  /** Absent: an identity policy, which says nothing of principals. */
  readonly principals?: Choice;
  readonly atoms: readonly Atom[];
  readonly canon: string;
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

/** @throws PolicyError when something given is no policy document. */
export function awsStatements(given: readonly unknown[], vocabulary: Vocabulary): Statements {
  const statements: Statement[] = [];
  const problems: Problem[] = [];
  for (const policy of policyDocuments(given)) readPolicy(policy, vocabulary, statements, problems);
  return { statements, problems };
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
      statements.push(...byPrincipal(readStatement(raw, origin, reading)));
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

function readStatement(raw: unknown, origin: Origin, reading: Reading): Statement {
  if (!isObject(raw)) throw new Malformed("AW1", `a statement is ${kindOf(raw)}`);
  const effect = effectOf(raw);
  if (effect === "unknown") throw new Malformed("AW1", "Effect is neither Allow nor Deny");
  const actions = choice(raw, "Action", "NotAction", origin, (text) => reading.vocabulary.action(text));
  if (actions === undefined) throw new Malformed("AW2", "neither Action nor NotAction");
  const principals = principalChoice(raw, origin);
  const resources = choice(raw, "Resource", "NotResource", origin, (text) => likeGlob(text, reading));
  if (resources === undefined && principals === undefined) {
    throw new Malformed("AW4", "neither Resource nor NotResource, and no Principal");
  }
  return {
    body: bodyOf(effect, resources ?? anyResource(origin), principals, conditions(raw, reading)),
    actions,
    origin,
  };
}

/** A trust policy has no Resource: the role itself is meant. */
function anyResource(origin: Origin): Choice {
  return { terms: [{ glob: questionGlob("*"), text: "*", origin }], negated: false };
}

function choice(
  raw: Readonly<Record<string, unknown>>,
  name: string,
  notName: string,
  origin: Origin,
  globOf: (text: string) => Term["glob"],
): Choice | undefined {
  const [only, except] = [field(raw, name), field(raw, notName)];
  if (only !== undefined && except !== undefined) throw new Malformed("AW3", `both ${name} and ${notName}`);
  const found = only ?? except;
  if (found === undefined) return undefined;
  const many = Array.isArray(found.value);
  const list: readonly unknown[] = Array.isArray(found.value) ? found.value : [found.value];
  const pointer = `${origin.pointer}/${found.key}`;
  const terms = list.map((text, i): Term => {
    if (typeof text !== "string") throw new Malformed("AW2", `an entry of ${found.key} is ${kindOf(text)}`);
    const at = { ...origin, pointer: many ? `${pointer}/${i}` : pointer };
    return { glob: globOf(text), text, origin: at };
  });
  return { terms, negated: except !== undefined };
}

/** A statement per principal, so that what is said of a stranger is not said of the others beside it. */
function byPrincipal(statement: Statement): readonly Statement[] {
  const { body } = statement;
  if (body.principals === undefined || body.principals.negated) return [statement];
  const texts = [...new Set(body.principals.terms.map((t) => t.text))];
  if (texts.length < 2) return [statement];
  return texts.map((text) => {
    const terms = body.principals?.terms.filter((t) => t.text === text) ?? [];
    const one = bodyOf(body.effect, body.resources, { terms, negated: false }, body.atoms);
    return { ...statement, body: one };
  });
}

function principalChoice(raw: Readonly<Record<string, unknown>>, origin: Origin): Choice | undefined {
  const [only, except] = [field(raw, "Principal"), field(raw, "NotPrincipal")];
  if (only !== undefined && except !== undefined) {
    throw new Malformed("AW10", "both Principal and NotPrincipal");
  }
  const found = only ?? except;
  if (found === undefined) return undefined;
  const at = `${origin.pointer}/${found.key}`;
  const terms: Term[] = [];
  const add = (kindName: string, text: unknown, pointer: string): void => {
    const kind = principalKind(kindName);
    if (kind === undefined) throw new Malformed("AW10", `unknown kind of principal ${kindName}`);
    if (typeof text !== "string") throw new Malformed("AW10", `a principal is ${kindOf(text)}`);
    for (const glob of principalGlobs(kind, text)) terms.push({ glob, text, origin: { ...origin, pointer } });
  };
  if (found.value === "*") add("AWS", "*", at);
  else if (isObject(found.value)) {
    for (const [kind, value] of Object.entries(found.value)) {
      if (!Array.isArray(value)) add(kind, value, `${at}/${kind}`);
      else value.forEach((text: unknown, i) => void add(kind, text, `${at}/${kind}/${i}`));
    }
  } else throw new Malformed("AW10", `${found.key} is ${kindOf(found.value)}`);
  return { terms, negated: except !== undefined };
}

function conditions(raw: Readonly<Record<string, unknown>>, reading: Reading): readonly Atom[] {
  const found = field(raw, "Condition");
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
): Body {
  const canon = [
    effect,
    canonicalChoice(resources),
    principals === undefined ? "" : canonicalChoice(principals),
    ...atoms.map((a) => a.canon),
  ].join("\uE011");
  return { effect, resources, ...(principals !== undefined && { principals }), atoms, canon };
}

function canonicalChoice(choice: Choice): string {
  const keys = [...new Set(choice.terms.map((t) => t.glob.key))].sort();
  return `${choice.negated ? "not" : ""}${JSON.stringify(keys)}`;
}
