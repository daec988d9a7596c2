/** Statements: what a policy document says, read once for the comparison and the evaluator. */
import { fold } from "../fold.ts";
import { type Glob, questionGlob, widest } from "../glob.ts";
import type { Origin } from "../policy.ts";
import type { Term } from "../term.ts";
import { mayBeRounded, scalarText } from "../written.ts";
import type { Atom } from "./atom.ts";
import type { Choice } from "./choice.ts";
import { atomOf, openAtom } from "./condition.ts";
import {
  faultOf,
  field,
  fieldsOf,
  isObject,
  type PolicyDocument,
  policyDocuments,
  policyKindOf,
} from "./document.ts";
import { Malformed, meantText, rejectTwice } from "./malformed.ts";
import { CANONICAL_USERS, isOriginIdentity, ORIGIN_IDENTITIES, USUAL_PARTITION } from "./principals.ts";
import { likeGlob, type PatternReading, resolvesLate, type Vocabulary } from "./vocabulary.ts";
import {
  BY_NUMBER,
  foldIdentity,
  mayBeDenied,
  type Principals,
  partitionsOf,
  readPrincipals,
} from "./who.ts";

export type { Choice } from "./choice.ts";

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
  /** What an identity policy is attached to, where that is known (AW14). */
  readonly holder?: "role";
  /** As it is written, where conditions on who asks were put into the principals (AW14). */
  readonly shown?: { readonly principals: Choice; readonly atoms: readonly Atom[] };
  /** The partitions that its principals name, and `BY_NUMBER` (AW10). */
  readonly partitions?: readonly string[];
}

export interface ParsedStatement {
  readonly body: Body;
  readonly actions: Choice;
  readonly origin: Origin;
}

/** A statement that could not be read: it may do anything of the effect that it names. */
export interface UnreadStatement {
  readonly clause: string;
  readonly reason: string;
  readonly effect: "allow" | "deny" | "unknown";
  readonly origin: Origin;
}

export interface Statements {
  readonly statements: readonly ParsedStatement[];
  readonly problems: readonly UnreadStatement[];
}

const VERSIONS: ReadonlySet<unknown> = new Set(["2012-10-17", "2008-10-17", undefined]);

/** The bodies that were read with a vocabulary, by what was written: a statement for each principal. */
const bodiesRead = new WeakMap<Vocabulary, Map<string, readonly Body[]>>();

/** How many bodies the vocabulary keeps. */
export function bodiesOf(vocabulary: Vocabulary): number {
  return bodiesRead.get(vocabulary)?.size ?? 0;
}

/**
 * @param partition that of accounts that are named by number alone, or `NO_PARTITION` (AW10)
 * @throws PolicyError when something given is no policy document
 */
export function awsStatements(
  given: readonly unknown[],
  vocabulary: Vocabulary,
  partition = USUAL_PARTITION,
  holder?: Body["holder"],
): Statements {
  const statements: ParsedStatement[] = [];
  const problems: UnreadStatement[] = [];
  for (const policy of policyDocuments(given))
    readPolicy(
      policy,
      { vocabulary, partition, ...(holder !== undefined && { holder }) },
      statements,
      problems,
    );
  return { statements: oneBodyEach(statements), problems };
}

/** Bodies that mean the same are one object, the first. */
function oneBodyEach(statements: readonly ParsedStatement[]): readonly ParsedStatement[] {
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
  given: Omit<InStatement, "variables">,
  statements: ParsedStatement[],
  problems: UnreadStatement[],
): void {
  if (policy.fault !== undefined) {
    const { document, pointer, name } = policy;
    const origin = { document, pointer, ...(name !== undefined && { label: name }) };
    problems.push({ clause: "AW13", reason: policy.fault, effect: "unknown", origin });
    return;
  }
  const version = field(policy.body, "Version")?.value;
  const found = field(policy.body, "Statement");
  if (found === undefined) return;
  const many = Array.isArray(found.value);
  const list: readonly unknown[] = Array.isArray(found.value) ? found.value : [found.value];
  const reading: InStatement = { ...given, variables: version === "2012-10-17" };
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

function effectOf(raw: unknown): UnreadStatement["effect"] {
  const spelled = isObject(raw) ? Object.keys(raw).filter((k) => fold(k) === "effect") : [];
  const effect = isObject(raw) && spelled.length === 1 ? raw[spelled[0] as string] : undefined;
  return effect === "Allow" ? "allow" : effect === "Deny" ? "deny" : "unknown";
}

/** How a statement is read. */
type InStatement = PatternReading & { readonly partition: string; readonly holder?: "role" };

function readStatement(raw: unknown, origin: Origin, reading: InStatement, out: ParsedStatement[]): void {
  if (!isObject(raw)) throw new Malformed("AW1", `a statement is ${policyKindOf(raw)}`);
  const fault = faultOf(raw, ELEMENTS);
  if (fault !== undefined) throw new Malformed("AW13", fault);
  const effect = effectOf(raw);
  const sid = field(raw, "Sid");
  if (sid !== undefined && scalarText(sid.value) === undefined) {
    throw new Malformed("AW13", `Sid is ${policyKindOf(sid.value)}`);
  }
  if (effect === "unknown") throw new Malformed("AW1", "Effect is neither Allow nor Deny");
  const named = fieldsOf(raw);
  const actions = actionChoice(named, origin, reading.vocabulary);
  const service = serviceOf(actions);
  const within = service === undefined ? reading : { ...reading, service };
  for (const body of bodiesFor(effect, named, within)) out.push({ body, actions, origin });
}

type Named = ReturnType<typeof fieldsOf>;

/** The elements of a statement, as IAM spells them. */
export const ELEMENTS: readonly string[] = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

const BODY_FIELDS = ["Resource", "NotResource", "Principal", "NotPrincipal", "Condition"] as const;

/** The service of all actions, where they have one. */
function serviceOf({ terms, negated }: Choice): string | undefined {
  if (negated) return undefined;
  const [first, ...others] = new Set(terms.map(({ text }) => /^([a-z0-9-]+):/i.exec(text)?.[1]));
  return others.length > 0 || first === undefined ? undefined : fold(first);
}

function bodiesFor(effect: Body["effect"], named: Named, reading: InStatement): readonly Body[] {
  const fields = BODY_FIELDS.map(named);
  const written = fields.map((f) => (f === undefined ? "-" : writing([f.key, f.value])));
  const id = written.includes(undefined)
    ? undefined
    : `${effect} ${reading.variables} ${reading.partition} ${reading.service} ${reading.holder} ${written.join(" ")}`;
  let read = bodiesRead.get(reading.vocabulary);
  if (read === undefined) {
    read = new Map();
    bodiesRead.set(reading.vocabulary, read);
  }
  const known = id === undefined ? undefined : read.get(id);
  if (known !== undefined) return known;
  const made = readBodies(effect, named, reading).map((body) => statementsHeldBy(body, reading.holder));
  if (id !== undefined) read.set(id, made);
  return made;
}

/** A body of an identity policy, with what that is attached to; any other as it is. */
export function statementsHeldBy(body: Body, holder: Body["holder"]): Body {
  if (holder === undefined || body.principals !== undefined) return body;
  return { ...body, holder, canon: `${body.canon}\uE011${holder}` };
}

/** What was written, so that equal texts are equal values; undefined for what JSON does not know. */
function writing(value: unknown): string | undefined {
  if (typeof value === "string") return `${value.length}:${value}`;
  if (typeof value === "number" && mayBeRounded(value)) return undefined;
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

function readBodies(effect: Body["effect"], named: Named, reading: InStatement): readonly Body[] {
  const variables = new Set<number>();
  const tracing: PatternReading = { ...reading, seen: variables };
  const who = readPrincipals(named("Principal"), named("NotPrincipal"), reading.partition);
  const resources = resourceChoice(named, tracing);
  if (resources === undefined && who === undefined) {
    throw new Malformed("AW4", "neither Resource nor NotResource, and no Principal");
  }
  const atoms = conditions(named, tracing);
  const made: Body[] = [];
  const noted = who === undefined ? [] : [...partitionsOf(who.named), ...byAccount(atoms)];
  const partitions = [...new Set([reading.partition, ...noted])].filter((p) => p !== BY_NUMBER);
  const add = (on: Choice, principals: Choice | undefined, open?: Atom): void => {
    const all = open === undefined ? atoms : [...atoms, open];
    made.push(...foldedBody(bodyOf(effect, on, principals, all, [...variables]), partitions));
  };
  const { sure, open } = resources ?? { sure: ANY_RESOURCE };
  if (sure !== undefined) {
    add(sure, who?.choice);
    for (const { principals, atom } of mayAlsoMean(effect, who)) add(sure, principals, atom);
  }
  if (open !== undefined) add(open.choice, who?.choice, open.atom);
  return noted.length === 0 ? made : made.map((body) => ({ ...body, partitions: noted }));
}

/** Bodies of one statement, with conditions on who asks among the principals (AW14), one for each principal. */
function foldedBody(body: Body, partitions: readonly string[]): readonly Body[] {
  // which of NotPrincipal a Deny means is a question of its own (AW10)
  const asks = body.principals !== undefined && !(body.effect === "deny" && body.principals.negated);
  return byPrincipal(body).flatMap((each) => {
    if (!asks || each.principals === undefined) return [each];
    const { principals, atoms } = foldIdentity(each.principals, each.atoms, partitions);
    if (atoms.length === each.atoms.length) return [each];
    // nobody is all of that at once
    if (!principals.negated && principals.terms.length === 0) return [];
    const shown = { principals: each.principals, atoms: each.atoms };
    return [{ ...bodyOf(each.effect, each.resources, principals, atoms, each.variables), shown }];
  });
}

/** A condition on the account of who asks names it by number alone. */
function byAccount(atoms: readonly Atom[]): readonly string[] {
  return atoms.some((a) => a.key === "aws:principalaccount") ? [BY_NUMBER] : [];
}

/** Whom a Deny may mean besides: it is not known (AW10). */
function mayAlsoMean(
  effect: Body["effect"],
  who: Principals | undefined,
): readonly { readonly principals: Choice; readonly atom: Atom }[] {
  if (who === undefined || effect === "allow") return [];
  const { choice, named } = who;
  if (choice.negated) {
    const principals = mayBeDenied(named);
    if (principals === undefined) return [];
    const reason =
      "NotPrincipal names somebody without the account, or a role without its session: AWS may deny them too";
    return [{ principals, atom: openAtom("AW10", reason, [canonicalChoice(choice)]) }];
  }
  return named.flatMap(({ kind, text }) => {
    const identity = isOriginIdentity(`${kind}:${text}`);
    if (!identity && kind !== "CanonicalUser") return [];
    const glob = identity ? CANONICAL_USERS : ORIGIN_IDENTITIES;
    const reason = `a canonical user and an origin access identity may be one: "${text}" is denied`;
    const principals = { terms: [{ glob, text, origin: NOWHERE }], negated: false };
    return [{ principals, atom: openAtom("AW10", reason, [text]) }];
  });
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
  return {
    texts: texts.map((text) => meantText(text, `an entry of ${found.key}`, "AW2")),
    negated: except !== undefined,
    key: found.key,
    many,
  };
}

function actionChoice(named: Named, origin: Origin, vocabulary: Vocabulary): Choice {
  const found = listed(named, "Action", "NotAction");
  if (found === undefined) throw new Malformed("AW2", "neither Action nor NotAction");
  const pointer = `${origin.pointer}/${found.key}`;
  const anyService = found.texts.find((text) => /^[^:]*[*?][^:]*:/.test(text) && !/^\*+:\*+$/.test(text));
  if (anyService !== undefined) {
    throw new Malformed("AW2", `"${anyService}" has a wildcard in its service, which IAM refuses`);
  }
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

interface Resources {
  /** What the statement means for sure; undefined: nothing. */
  readonly sure?: Choice;
  /** What it may mean besides. */
  readonly open?: { readonly choice: Choice; readonly atom: Atom };
}

function resourceChoice(named: Named, reading: PatternReading): Resources | undefined {
  const found = listed(named, "Resource", "NotResource");
  if (found === undefined) return undefined;
  const { negated, texts } = found;
  const late = texts.filter((text) => resolvesLate(text, reading));
  const term = (text: string): Term => ({ glob: likeGlob(text, reading), text, origin: NOWHERE });
  const terms = late.map(term);
  if (late.length === texts.length) return { sure: { terms, negated } };
  // AWS puts nothing in before the fifth colon: what such a pattern names is at most what any text there would name
  const early = texts
    .filter((text) => !late.includes(text))
    .map((text): Term => {
      const glob = widest(likeGlob(text, { ...reading, seen: new Set() }));
      return { glob, text, origin: NOWHERE };
    });
  const reason = `${early.map((t) => `"${t.text}"`).join(", ")} has a policy variable before the fifth colon, where AWS puts none in`;
  const atom = openAtom("AW6", reason, early.map((t) => t.text).sort());
  if (negated) {
    return {
      sure: { terms: [...terms, ...early], negated },
      open: { choice: terms.length === 0 ? ANY_RESOURCE : { terms, negated }, atom },
    };
  }
  return {
    ...(terms.length > 0 && { sure: { terms, negated } }),
    open: { choice: { terms: early, negated }, atom },
  };
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

function conditions(named: Named, reading: PatternReading): readonly Atom[] {
  const found = named("Condition");
  if (found === undefined) return [];
  if (!isObject(found.value)) throw new Malformed("AW7", `Condition is ${policyKindOf(found.value)}`);
  const atoms = new Map<string, Atom>();
  rejectTwice(found.value, found.key);
  for (const [operator, block] of Object.entries(found.value)) {
    if (!isObject(block)) throw new Malformed("AW7", `the condition ${operator} is ${policyKindOf(block)}`);
    rejectTwice(block, `the condition ${operator}`);
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
