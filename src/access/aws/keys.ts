/** Condition keys that say the same of one request, or that follow from who asks (AW14). */
import { fold } from "../fold.ts";
import type { Test, Values } from "./atom.ts";
import { parseDate } from "./measures.ts";

const TAG = /^([a-z0-9-]+):resourcetag\/(.*)$/s;
const REQUESTED = /^aws:requesttag\/(.*)$/s;
const TAG_KEYS = "aws:tagkeys";
const NOW = "aws:currenttime";
const IS_SERVICE = "aws:principalisawsservice";
const EPOCH = "aws:epochtime";

/**
 * The key and the test under the name that its value has for all: a service's own key of a tag is `aws:ResourceTag`,
 * seconds since 1970 are the time.
 * @param service of all actions of the statement, where they have one
 */
export function underOneName(
  key: string,
  test: Test,
  service: string | undefined,
): { readonly key: string; readonly test: Test } {
  const [, owner, tag] = TAG.exec(key) ?? [];
  if (owner !== undefined && owner === service) return { key: `aws:resourcetag/${tag}`, test };
  if (key !== EPOCH) return { key, test };
  if (test.kind === "date" || test.kind === "null") return { key: NOW, test };
  if (test.kind !== "number") return { key, test };
  return { key: NOW, test: { ...test, kind: "date", values: test.values.map((v) => v * 1000) } };
}

/** Keys that every request has. */
export function isAlwaysThere(key: string): boolean {
  return key === NOW || key === EPOCH;
}

/** Whether a value of the key may be bound to the principal, or to another key. */
export function isBound(key: string): boolean {
  return (
    /^aws:(?:principalarn|principalaccount|principaltype|principalisawsservice|userid|username)$/.test(key) ||
    key === EPOCH ||
    REQUESTED.test(key) ||
    (TAG.test(key) && !key.startsWith("aws:"))
  );
}

/**
 * Puts in what follows from the rest of a request, so that a condition on any of the keys finds its value.
 * @param principal with its kind; undefined where the request names none
 * @param action folded
 * @param names of the keys, as the request spells them
 * @returns false when no request can have all of these together
 */
export function completed(
  context: Map<string, Values>,
  principal: string | undefined,
  action: string,
  names: readonly string[] = [],
): boolean {
  return (
    timesAgree(context) &&
    tagsAgree(context, action) &&
    requestedTagsAgree(context, names) &&
    whoAgrees(context, principal)
  );
}

function only(context: ReadonlyMap<string, Values>, key: string): string | undefined {
  const values = context.get(key);
  return values?.length === 1 ? values[0] : undefined;
}

function timesAgree(context: Map<string, Values>): boolean {
  const [now, epoch] = [only(context, NOW), only(context, EPOCH)];
  if (now === undefined && epoch !== undefined) context.set(NOW, [epoch]);
  const at = now === undefined ? undefined : parseDate(now);
  if (at === undefined) return true;
  const seconds = Math.floor(at / 1000);
  if (epoch === undefined) {
    context.set(EPOCH, [String(seconds)]);
    return true;
  }
  const other = parseDate(epoch);
  return other === undefined || Math.floor(other / 1000) === seconds;
}

function tagsAgree(context: Map<string, Values>, action: string): boolean {
  const service = action.slice(0, Math.max(0, action.indexOf(":")));
  for (const [key, values] of [...context]) {
    const [, owner, tag] = TAG.exec(key) ?? [];
    if (owner === undefined || (owner !== "aws" && owner !== service)) continue;
    const twin = `${owner === "aws" ? service : "aws"}:resourcetag/${tag}`;
    const other = context.get(twin);
    if (other === undefined) context.set(twin, values);
    else if (other.join("\u0000") !== values?.join("\u0000")) return false;
  }
  return true;
}

/** The keys of the tags that a request brings are `aws:TagKeys`; those of tags to be taken away may be there beside. */
function requestedTagsAgree(context: Map<string, Values>, names: readonly string[]): boolean {
  const there = context.get(TAG_KEYS);
  const brought = requestedTags(names).filter(
    (tag) => context.get(`aws:requesttag/${fold(tag)}`) !== undefined,
  );
  if (brought.length > 0 && there === undefined) context.set(TAG_KEYS, brought);
  return there === undefined || brought.every((tag) => there.some((t) => fold(t) === fold(tag)));
}

/** The tags that a request brings, by the names of its condition keys. */
export function requestedTags(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => (REQUESTED.test(fold(name)) ? [name.slice(name.indexOf("/") + 1)] : []));
}

const OWN = /^arn:([\w-]+):(iam|sts)::(\d{12}):(.+)$/s;
const SESSION = /^assumed-role\/([^/]+)\/(.+)$/s;

/** The ARN of who asks, as `aws:PrincipalArn` has it: of a session that of its role, here one without a path. */
function principalArn(who: string): string | undefined {
  const [, partition, , account, rest = ""] = OWN.exec(who) ?? [];
  if (partition === undefined || !isConcrete(rest)) return undefined;
  const role = SESSION.exec(rest)?.[1];
  return role === undefined ? who : `arn:${partition}:iam::${account}:role/${role}`;
}

/** Whether a text may stand in an ARN as it is: what stands for any text may not. */
function isConcrete(text: string): boolean {
  return /^[\w+=,.@/:-]+$/.test(text);
}

function whoAgrees(context: Map<string, Values>, principal: string | undefined): boolean {
  const who = principal?.startsWith("AWS:") === true ? principal.slice("AWS:".length) : undefined;
  const derived = who === undefined ? undefined : principalArn(who);
  const given = only(context, "aws:principalarn");
  if (derived !== undefined && given === undefined) context.set("aws:principalarn", [derived]);
  if (derived !== undefined && given !== undefined && OWN.test(given) && !isSame(who as string, given)) {
    return false;
  }
  const account = OWN.exec(who ?? "")?.[3] ?? OWN.exec(given ?? "")?.[3];
  const number = only(context, "aws:principalaccount");
  if (account !== undefined && number === undefined) context.set("aws:principalaccount", [account]);
  if (account !== undefined && number !== undefined && number !== account) return false;
  const arn = derived ?? (given !== undefined && principalArn(given) !== undefined ? given : undefined);
  return arn === undefined || kindAgrees(context, arn);
}

/** Whether a principal has this `aws:PrincipalArn`. The path of a session's role is not in the session's ARN. */
function isSame(who: string, given: string): boolean {
  const [, partition, , account, rest = ""] = OWN.exec(who) ?? [];
  const role = SESSION.exec(rest)?.[1];
  if (role === undefined) return who === given;
  const [, p, service, a, path = ""] = OWN.exec(given) ?? [];
  const named = path.startsWith("role/") && path.slice(path.lastIndexOf("/") + 1) === role;
  return p === partition && a === account && service === "iam" && named;
}

/** The `aws:PrincipalType` of a principal of an account, by what its ARN ends in; undefined where that is open. */
export function kindOfPrincipal(rest: string): string | undefined {
  return TYPES.find(([start]) => (start === "root" ? rest === start : rest.startsWith(start)))?.[1];
}

const TYPES: readonly (readonly [start: string, type: string])[] = [
  ["role/", "AssumedRole"],
  ["assumed-role/", "AssumedRole"],
  ["user/", "User"],
  ["root", "Account"],
  ["federated-user/", "FederatedUser"],
];

function kindAgrees(context: Map<string, Values>, arn: string): boolean {
  const [, , , account, rest = ""] = OWN.exec(arn) ?? [];
  const type = kindOfPrincipal(rest);
  const given = only(context, "aws:principaltype");
  if (type !== undefined && given === undefined) context.set("aws:principaltype", [type]);
  if (!context.has(IS_SERVICE)) context.set(IS_SERVICE, ["false"]);
  if (fold(only(context, IS_SERVICE) ?? "") === "true") return false;
  if (type !== undefined && given !== undefined && isConcrete(given) && given !== type) return false;
  const id = only(context, "aws:userid");
  if (id !== undefined && isConcrete(id)) {
    // a session's id is that of its role and its own name; the root user's is the account's number
    if (type === "AssumedRole" && !id.includes(":")) return false;
    if (type === "User" && id.includes(":")) return false;
    if (type === "Account" && id !== account) return false;
  }
  const name = only(context, "aws:username");
  if (name === undefined || !isConcrete(name) || type === undefined) return true;
  return type === "User" && rest.slice(rest.lastIndexOf("/") + 1) === name;
}
