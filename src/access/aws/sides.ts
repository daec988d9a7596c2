/**
 * The sides of comparisons: documents, read, with what depends on one side alone. Who audits many accounts gives the
 * same documented policy again and again; the last few sides are kept.
 */
import { longestOnes } from "../glob.ts";
import type { CompareOptions } from "../policy.ts";
import type { Term } from "../term.ts";
import { mayBeRounded } from "../written.ts";
import { eachGlob } from "./foes.ts";
import { type OwnGrant, ownGrants } from "./own-grants.ts";
import { NO_PARTITION, USUAL_PARTITION } from "./principals.ts";
import {
  awsStatements,
  bodiesOf,
  type ParsedStatement,
  type Statements,
  type UnreadStatement,
} from "./statement.ts";
import { Vocabulary } from "./vocabulary.ts";
import { BY_NUMBER } from "./who.ts";
import { type Spelled, spelledIn } from "./witness.ts";

/** What identity policies grant, cut by what a boundary grants; any layer's deny counts. Holds what was derived. */
export class PolicySide {
  readonly layers: readonly Statements[];
  readonly statements: readonly ParsedStatement[];
  readonly problems: readonly UnreadStatement[];
  readonly denies: readonly ParsedStatement[];
  /** The allow statements, layer by layer. */
  readonly allows: readonly (readonly ParsedStatement[])[];
  /** The longest run of `?` in its patterns. */
  readonly longest: number;
  /** The policy variables that it reads, in the order of the text. */
  readonly variables: ReadonlySet<number>;
  /** The partitions that its principals name, and `BY_NUMBER`. */
  readonly partitions: readonly string[];
  private texts: ReadonlyMap<string, Term> | undefined;
  private spelled: Spelled | undefined;
  private readonly grants = new Map<number, readonly OwnGrant[]>();

  constructor(layers: readonly Statements[]) {
    this.layers = layers;
    this.statements = layers.flatMap((l) => l.statements);
    this.problems = layers.flatMap((l) => l.problems);
    this.denies = this.statements.filter((s) => s.body.effect === "deny");
    this.allows = layers.map((l) => l.statements.filter((s) => s.body.effect === "allow"));
    let longest = 0;
    const variables = new Set<number>();
    eachGlob(this.statements, (glob) => {
      if (!glob.literal) longest = Math.max(longest, longestOnes(glob));
    });
    for (const { body } of this.statements) for (const v of body.variables) variables.add(v);
    this.partitions = [...new Set(this.statements.flatMap((s) => s.body.partitions ?? []))];
    this.longest = longest;
    this.variables = variables;
  }

  /** What its first layer grants. */
  grantsOf(width: number): readonly OwnGrant[] {
    const known = this.grants.get(width) ?? ownGrants(this.allows[0] ?? [], width);
    this.grants.set(width, known);
    return known;
  }

  /** Action patterns as somebody wrote them; of several spellings the smallest. */
  written(): ReadonlyMap<string, Term> {
    if (this.texts !== undefined) return this.texts;
    const out = new Map<string, Term>();
    for (const { actions } of this.statements) {
      for (const term of actions.terms) {
        const known = out.get(term.glob.key);
        if (known === undefined || isSmaller(term.text, known.text)) out.set(term.glob.key, term);
      }
    }
    this.texts = out;
    return out;
  }

  /** The characters and the condition keys of its texts. */
  spelling(): Spelled {
    this.spelled ??= spelledIn(this.statements);
    return this.spelled;
  }
}

/** Of spellings of one pattern, the one that is shown. */
export function isSmaller(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y || (x === y && a < b);
}

interface Kept {
  readonly given: readonly unknown[];
  /** What `given` said when it was read: who calls may have changed it since. */
  readonly copies: readonly unknown[];
  readonly side: PolicySide;
}

/** Sides kept, the latest last. */
const MAX_KEPT = 8;
/** With more patterns, bodies or variables than these, all that was read is forgotten. */
const MAX_PATTERNS = 50_000;
const MAX_BODIES = 20_000;
const MAX_VARIABLES = 256;

let vocabulary = new Vocabulary();
let kept: Kept[] = [];

/** Two sides and the vocabulary that both are written in. */
export interface PolicySides {
  readonly documented: PolicySide;
  readonly live: PolicySide;
  readonly vocabulary: Vocabulary;
  /** That of accounts that are named by number alone; `NO_PARTITION` where several are named. */
  readonly partition: string;
}

/** The partition of accounts that are named by number alone: the one that ARNs beside them name (AW10). */
export function partitionAtHand(partitions: readonly string[]): string {
  if (!partitions.includes(BY_NUMBER)) return USUAL_PARTITION;
  const [first, ...others] = new Set(partitions.filter((p) => p !== BY_NUMBER));
  return others.length > 0 ? NO_PARTITION : (first ?? USUAL_PARTITION);
}

/**
 * Reads both sides, or finds what was read of the same documents.
 * @throws PolicyError when something given is no policy document (AW11)
 */
export function sidesOf(
  documented: readonly unknown[],
  live: readonly unknown[],
  boundary: readonly unknown[] | undefined,
  holder?: CompareOptions["holder"],
): PolicySides {
  const { patterns, variables } = vocabulary.size;
  if (patterns > MAX_PATTERNS || variables > MAX_VARIABLES || bodiesOf(vocabulary) > MAX_BODIES) {
    vocabulary = new Vocabulary();
    kept = [];
  }
  const rights = boundary === undefined ? [live] : [live, boundary];
  const read = (partition: string): PolicySides => ({
    documented: sideOf([documented], partition, holder),
    live: sideOf(rights, partition, holder),
    vocabulary,
    partition,
  });
  const usual = read(USUAL_PARTITION);
  const partition = partitionAtHand([...usual.documented.partitions, ...usual.live.partitions]);
  return partition === USUAL_PARTITION ? usual : read(partition);
}

function sideOf(
  layers: readonly (readonly unknown[])[],
  partition: string,
  holder: CompareOptions["holder"],
): PolicySide {
  const given = [partition, holder, ...layers.flatMap((l) => [l.length, ...l])];
  const at = kept.findIndex(
    (k) => k.given.length === given.length && k.given.every((v, i) => v === given[i] && isAs(v, k.copies[i])),
  );
  const [known] = at < 0 ? [] : kept.splice(at, 1);
  if (known !== undefined) {
    kept.push(known);
    return known.side;
  }
  const side = new PolicySide(
    layers.map((documents) => awsStatements(documents, vocabulary, partition, holder)),
  );
  const copies = given.map(copyOf);
  if (copies.includes(UNKNOWN)) return side;
  kept.push({ given, copies, side });
  if (kept.length > MAX_KEPT) kept.shift();
  return side;
}

const UNKNOWN = Symbol("no JSON");

/** A copy of a JSON value; `UNKNOWN` for anything else. */
function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    if (typeof value === "number" && mayBeRounded(value)) return UNKNOWN;
    return typeof value === "function" || typeof value === "symbol" ? UNKNOWN : value;
  }
  const list = Array.isArray(value);
  if (!list && Object.getPrototypeOf(value) !== Object.prototype) return UNKNOWN;
  const copies = Object.values(value).map(copyOf);
  if (copies.includes(UNKNOWN)) return UNKNOWN;
  if (list) return copies;
  return { keys: Object.keys(value), values: copies };
}

/** Whether the value is still what `copyOf` made of it. */
function isAs(value: unknown, copy: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === copy;
  if (typeof copy !== "object" || copy === null) return false;
  if (Array.isArray(value)) {
    if (!Array.isArray(copy) || copy.length !== value.length) return false;
    for (let i = 0; i < value.length; i++) if (!isAs(value[i], copy[i])) return false;
    return true;
  }
  if (Array.isArray(copy) || Object.getPrototypeOf(value) !== Object.prototype) return false;
  const { keys, values } = copy as { readonly keys: readonly string[]; readonly values: readonly unknown[] };
  let at = 0;
  for (const key in value) {
    if (keys[at] !== key || !isAs((value as Record<string, unknown>)[key], values[at])) return false;
    at++;
  }
  return at === keys.length;
}
