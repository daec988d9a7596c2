/** The plain evaluator (AW1): one request against statements, one at a time. The oracle of the comparison. */
import { fold } from "../fold.ts";
import { type Glob, matches, resolveGlob, subject } from "../glob.ts";
import type { AwsRequest, Origin, Verdict } from "../policy.ts";
import { resolvedHolds, type Values } from "./condition.ts";
import { choiceAt } from "./foes.ts";
import { completed } from "./keys.ts";
import { typedPrincipal } from "./principals.ts";
import type { Choice, ParsedStatement, Statements, UnreadStatement } from "./statement.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** True, false, or undefined: it depends on what cannot be known. */
type Truth = boolean | undefined;

/** A request as the statements of one vocabulary are asked about it: read once, however many are asked. */
export interface Asked {
  readonly point: Point;
  readonly lookup: (variable: number) => string | undefined;
}

/** A request in internal form. */
interface Point {
  readonly action: string;
  readonly resource: string;
  readonly principal: string | undefined;
  readonly context: ReadonlyMap<string, Values>;
  /** The first value of a key as text, for policy variables; a key with several values has none. */
  readonly plain: ReadonlyMap<string, string>;
}

/**
 * The request, read.
 * @param partition that of an account that the request names by number alone
 * @returns undefined for a request that cannot be (AW14)
 */
export function asked(request: AwsRequest, vocabulary: Vocabulary, partition?: string): Asked | undefined {
  const point = pointOf(request, partition);
  if (point === undefined) return undefined;
  const lookup = (number: number): string | undefined => {
    const variable = vocabulary.variable(number);
    return point.plain.get(variable.key) ?? variable.fallback;
  };
  return { point, lookup };
}

/**
 * Whether every layer (identity policies, boundary) allows the request and none denies it. `undecided` where a
 * statement that cannot be read, an unknown operator or a variable without value decides, and for a request that
 * cannot be (AW14).
 */
export function evaluate(layers: readonly Statements[], request: Asked | undefined): Verdict {
  if (request === undefined) return "undecided";
  let allowed: Truth = true;
  let denied: Truth = false;
  for (const { statements, problems } of layers) {
    let here: Truth = problems.some((p: UnreadStatement) => p.effect !== "deny") ? undefined : false;
    if (denied === false && problems.some((p: UnreadStatement) => p.effect !== "allow")) denied = undefined;
    for (const statement of statements) {
      const truth = statementHolds(statement, request);
      if (statement.body.effect === "allow") here = or(here, truth);
      else denied = or(denied, truth);
    }
    allowed = and(allowed, here);
  }
  if (denied === true || allowed === false) return "denied";
  return allowed === true && denied === false ? "allowed" : "undecided";
}

/**
 * Layers that are asked about many requests, and hold for each action the statements that are about it: no other has a
 * say.
 */
export class ByAction {
  private readonly layers: readonly Statements[];
  private readonly known = new Map<string, readonly Statements[]>();

  constructor(layers: readonly Statements[]) {
    this.layers = layers;
  }

  about({ point: { action } }: Asked): readonly Statements[] {
    const known = this.known.get(action);
    if (known !== undefined) return known;
    const made = this.layers.map(({ statements, problems }) => ({
      statements: statements.filter((each) => choiceAt(each.actions, action)),
      problems,
    }));
    this.known.set(action, made);
    return made;
  }
}

/** The statements that allow the request, surely or perhaps: all of them have to go before it is denied. */
export function granting({ statements }: Statements, request: Asked | undefined): readonly Origin[] {
  if (request === undefined) return [];
  return statements
    .filter((each) => each.body.effect === "allow" && statementHolds(each, request) !== false)
    .map(({ origin }) => origin);
}

/** Undefined for a request that cannot be. */
function pointOf(request: AwsRequest, partition: string | undefined): Point | undefined {
  const context = new Map<string, Values>();
  for (const [name, value] of Object.entries(request.context ?? {})) {
    context.set(fold(name), typeof value === "string" ? [value] : value);
  }
  const arn = context.get("aws:principalarn");
  const who = request.principal ?? (arn?.length === 1 && arn[0]?.startsWith("arn:") ? arn[0] : undefined);
  const typed = who === undefined ? undefined : typedPrincipal(who, partition);
  const action = fold(request.action);
  if (!completed(context, typed, action, Object.keys(request.context ?? {}))) return undefined;
  const plain = new Map<string, string>();
  for (const [name, values] of context) if (values?.length === 1) plain.set(name, values[0] as string);
  return {
    action: subject(action),
    resource: subject(request.resource),
    principal: typed === undefined ? undefined : subject(typed),
    context: new Map([...context].map(([name, values]) => [name, values?.map(subject)])),
    plain,
  };
}

function statementHolds({ body, actions }: ParsedStatement, { point, lookup }: Asked): Truth {
  // patterns of actions read no variables
  if (!choiceAt(actions, point.action)) return false;
  let truth = choiceHolds(body.resources, point.resource, lookup);
  if (truth === false) return false;
  if (body.principals !== undefined) {
    // without a principal in the request only "everyone" is sure to match
    truth = and(truth, choiceHolds(body.principals, point.principal ?? "", lookup));
    if (truth === true && point.principal === undefined && body.principals.negated) truth = undefined;
  }
  for (const atom of body.atoms) {
    if (truth === false) return false;
    truth = and(truth, resolvedHolds(atom, point.context.get(atom.key), lookup));
  }
  return truth;
}

function choiceHolds(choice: Choice, text: string, lookup: (variable: number) => string | undefined): Truth {
  let unknown = false;
  for (const { glob } of choice.terms) {
    const resolved: Glob | undefined = resolveGlob(glob, lookup);
    if (resolved === undefined) unknown = true;
    else if (matches(resolved, text)) return !choice.negated;
  }
  if (!choice.negated) return false;
  return unknown ? undefined : true;
}

function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : undefined;
}

function or(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true;
  return a === false && b === false ? false : undefined;
}
