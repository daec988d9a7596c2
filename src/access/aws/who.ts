/** Whom a statement means: its Principal or NotPrincipal, and conditions on keys that follow from the principal. */
import { covers, type Glob, hasVariable, intersect, questionGlob, textGlob } from "../glob.ts";
import type { Origin } from "../policy.ts";
import type { Term } from "../term.ts";
import type { Atom } from "./atom.ts";
import type { Choice } from "./choice.ts";
import { isObject, policyKindOf } from "./document.ts";
import { Malformed, meantText, rejectTwice } from "./malformed.ts";
import {
  accountIn,
  literalPrincipal,
  NO_PARTITION,
  partitionIn,
  principalGlobs,
  principalKind,
} from "./principals.ts";

const NOWHERE: Origin = { document: 0, pointer: "" };
const EVERYBODY: Term = { glob: questionGlob("*"), text: "*", origin: NOWHERE };
const EVERYONE: Choice = { terms: [EVERYBODY], negated: false };

interface Element {
  readonly key: string;
  readonly value: unknown;
}

/** A principal as it is written. */
interface Named {
  readonly kind: string;
  readonly text: string;
}

export interface Principals {
  readonly choice: Choice;
  readonly named: readonly Named[];
}

/**
 * The principals of a statement; undefined where it names none.
 * @param partition that of the accounts that are named by number alone, or `NO_PARTITION` (AW10)
 */
export function readPrincipals(
  only: Element | undefined,
  except: Element | undefined,
  partition: string,
): Principals | undefined {
  if (only !== undefined && except !== undefined) {
    throw new Malformed("AW10", "both Principal and NotPrincipal");
  }
  const found = only ?? except;
  if (found === undefined) return undefined;
  const terms: Term[] = [];
  const named: Named[] = [];
  const add = (kindName: string, value: unknown): void => {
    const kind = principalKind(kindName);
    if (kind === undefined) throw new Malformed("AW10", `unknown kind of principal ${kindName}`);
    const text = meantText(value, "a principal", "AW10");
    if (kind === "AWS" && isNumber(text) && partition === NO_PARTITION) {
      throw new Malformed("AW10", `the partition of account ${text} is not known; write its ARN`);
    }
    named.push({ kind, text });
    for (const glob of principalGlobs(kind, text, partition)) terms.push({ glob, text, origin: NOWHERE });
  };
  if (found.value === "*") add("AWS", "*");
  else if (isObject(found.value)) {
    rejectTwice(found.value, found.key);
    if (Object.keys(found.value).length === 0) throw new Malformed("AW10", `${found.key} is an empty object`);
    for (const [kind, value] of Object.entries(found.value)) {
      for (const text of Array.isArray(value) ? (value as readonly unknown[]) : [value]) add(kind, text);
    }
  } else throw new Malformed("AW10", `${found.key} is ${policyKindOf(found.value)}`);
  return { choice: { terms, negated: except !== undefined }, named };
}

function isNumber(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/** The partitions that principals name in ARNs, and whether an account is named by number alone (AW10). */
export function partitionsOf(named: readonly Named[]): readonly string[] {
  return named.flatMap(({ kind, text }) => {
    if (kind !== "AWS") return [];
    return isNumber(text) ? [BY_NUMBER] : [partitionIn(text) ?? []].flat();
  });
}

/** Stands among partitions for "an account was named by number alone". */
export const BY_NUMBER = "by number";

/**
 * Whom a Deny with NotPrincipal may deny beside those whom it surely denies; undefined: nobody. AWS asks for the account
 * of a user beside the user, and for role and account beside a session, and warns that what stands without may be denied
 * itself. (IAM User Guide, "AWS JSON policy elements: NotPrincipal".)
 */
export function mayBeDenied(named: readonly Named[]): Choice | undefined {
  const aws = named.filter(({ kind }) => kind === "AWS").map(({ text }) => text);
  const accounts = new Set(aws.filter((text) => isNumber(text) || /:root$/.test(text)).map(accountIn));
  const roles = new Set(aws.flatMap((text) => roleIn(text) ?? []));
  const spared: Term[] = [];
  let all = true;
  for (const { kind, text } of named) {
    const account = accountIn(text);
    const isAccount = isNumber(text) || /:root$/.test(text);
    const alone = isAccount && !aws.some((other) => other !== text && accountIn(other) === account);
    const session = /:assumed-role\/([^/]+)\/[^/]+$/.exec(text)?.[1];
    const whole =
      kind !== "AWS" ||
      account === undefined ||
      alone ||
      (accounts.has(account) && !isAccount && roleIn(text) === undefined);
    const complete = session === undefined ? whole : whole && roles.has(`${account} ${session}`);
    if (!complete) {
      all = false;
      continue;
    }
    const globs = session === undefined ? principalGlobs(kind as "AWS", text) : [literalPrincipal(text)];
    for (const glob of globs) spared.push({ glob, text, origin: NOWHERE });
  }
  if (all) return undefined;
  return spared.length === 0 ? EVERYONE : { terms: spared, negated: true };
}

function roleIn(text: string): string | undefined {
  const found = /^arn:[\w-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(text);
  return found === null ? undefined : `${found[1]} ${found[2]}`;
}

/** A statement's principals, narrowed by what its conditions say of them, and the conditions that are left. */
export interface Folded {
  readonly principals: Choice;
  readonly atoms: readonly Atom[];
}

/**
 * Puts conditions on `aws:PrincipalArn` and `aws:PrincipalAccount` into the principals, as far as that is exact: both
 * follow from who asks (AW14).
 * @param partitions that an account by its number may be in
 */
export function foldIdentity(
  principals: Choice,
  atoms: readonly Atom[],
  partitions: readonly string[],
): Folded {
  let choice = principals;
  const folded = new Set<Atom>();
  // what names somebody first: from those, others can be left out; from all but some, nobody can be taken
  for (const atom of [...atoms].sort((a, b) => Number(isNegated(a)) - Number(isNegated(b)))) {
    const globs = identitiesOf(atom, partitions);
    const narrowed = globs === undefined ? undefined : narrowedBy(choice, globs, atom);
    if (narrowed === undefined) continue;
    choice = narrowed;
    folded.add(atom);
  }
  return { principals: choice, atoms: atoms.filter((atom) => !folded.has(atom)) };
}

function narrowedBy(choice: Choice, globs: readonly Glob[], atom: Atom): Choice | undefined {
  // a key that is absent passes `…IfExists`: of AWS's own principals alone it is sure that they have it
  const absentPasses = atom.ifExists && !atom.negated;
  if (absentPasses && (choice.negated || !choice.terms.every((t) => t.glob.prefix.startsWith("AWS:")))) {
    return undefined;
  }
  const terms = globs.map((glob): Term => ({ glob, text: atom.text, origin: NOWHERE }));
  if (!isNegated(atom)) return choice.negated ? undefined : within(choice.terms, globs);
  if (choice.negated) return { terms: [...choice.terms, ...terms], negated: true };
  if (choice.terms.some((t) => t.glob.key === EVERYBODY.glob.key)) return { terms, negated: true };
  return without(choice.terms, globs);
}

function isNegated({ negated, test }: Atom): boolean {
  return test.kind === "null" ? test.absent : negated;
}

function within(terms: readonly Term[], globs: readonly Glob[]): Choice | undefined {
  const out = new Map<string, Term>();
  for (const term of terms) {
    for (const glob of globs) {
      const pieces = intersect(term.glob, glob);
      if (pieces === undefined) return undefined;
      for (const piece of pieces) out.set(`${piece.key} ${term.text}`, { ...term, glob: piece });
    }
  }
  return { terms: [...out.values()], negated: false };
}

function without(terms: readonly Term[], globs: readonly Glob[]): Choice | undefined {
  const left: Term[] = [];
  for (const term of terms) {
    if (globs.some((g) => covers(g, term.glob))) continue;
    if (globs.some((g) => intersect(g, term.glob)?.length !== 0)) return undefined;
    left.push(term);
  }
  return { terms: left, negated: false };
}

const ANY = questionGlob("*").key;
const WILD = new RegExp(`[${ANY}${questionGlob("?").key}]`);

/** The principals for which the key has one of the atom's values; undefined where patterns of principals cannot say. */
function identitiesOf(atom: Atom, partitions: readonly string[]): readonly Glob[] | undefined {
  const { test, key, set } = atom;
  if (set !== undefined || (key !== "aws:principalarn" && key !== "aws:principalaccount")) return undefined;
  if (test.kind === "null") return test.absent === test.present ? undefined : [textGlob(`AWS:${ANY}`)];
  if (test.kind !== "glob" && test.kind !== "arn") return undefined;
  const patterns = test.kind === "glob" ? test.globs.map((g) => [g]) : test.arns;
  if (patterns.some((row) => row.some(hasVariable))) return undefined;
  const out: Glob[] = [];
  for (const row of patterns) {
    const text = row.map((g) => g.key).join(":");
    const crossing = test.kind === "arn" && row.slice(0, -1).some((g) => !g.literal);
    const anyArn = test.kind === "arn" && row.every((g) => g.key === ANY);
    const globs =
      key === "aws:principalaccount"
        ? ofAccount(text, partitions)
        : anyArn
          ? [textGlob(`AWS:${ANY}`)]
          : crossing
            ? undefined
            : ofArn(text);
    if (globs === undefined) return undefined;
    out.push(...globs);
  }
  return out;
}

function ofAccount(number: string, partitions: readonly string[]): readonly Glob[] | undefined {
  if (number === ANY) return [textGlob(`AWS:${ANY}`)];
  if (WILD.test(number) || partitions.includes(NO_PARTITION)) return undefined;
  return partitions.flatMap((partition) =>
    ["iam", "sts"].map((service) => textGlob(`AWS:arn:${partition}:${service}::${number}:${ANY}`)),
  );
}

/** A session has the ARN of its role as its `aws:PrincipalArn`, never its own. */
function ofArn(text: string): readonly Glob[] | undefined {
  if (text === ANY) return [textGlob(`AWS:${ANY}`)];
  const [, partition = "", service, account = "", rest = ""] =
    /^arn:([^:]*):(iam|sts)::([^:]*):(.*)$/s.exec(text) ?? [];
  if (service === undefined || WILD.test(partition + account)) return WILD.test(text) ? undefined : [];
  const own = textGlob(`AWS:${text}`);
  if (service === "sts") {
    if (rest.startsWith("assumed-role/")) return [];
    return WILD.test(rest) && !rest.startsWith("federated-user/") ? undefined : [own];
  }
  const sessions = (names: string): Glob =>
    textGlob(`AWS:arn:${partition}:sts::${account}:assumed-role/${names}`);
  if (rest === ANY) return [own, sessions(ANY)];
  if (rest.startsWith("role/")) return [own, sessions(`${rest.slice(rest.lastIndexOf("/") + 1)}/${ANY}`)];
  return rest.startsWith("user/") || !WILD.test(rest) ? [own] : undefined;
}
