/** Azure documents to rules (AZ1 to AZ5, AZ9, AZ13). */
import { fold, twice } from "../fold.ts";
import { literalGlob, starGlob } from "../glob.ts";
import { didYouMean } from "../nearest.ts";
import type { AzureRequest, Origin } from "../policy.ts";
import { PolicyError } from "../policy.ts";
import type { Term } from "../term.ts";
import { Written } from "../written.ts";
import type { BoxPoint, DimensionRule, Policy, Selector } from "./rules.ts";

/** The action first: it is the dimension with many patterns. */
export const AZURE_DIMENSIONS: readonly string[] = ["action", "plane"];

/** Something in a document that is no pattern. It may grant anything, so it is a doubt, never nothing. */
export interface UnreadPattern {
  readonly reason: string;
  /** It may also take something away from what the document grants. */
  readonly takes?: true;
  readonly origin: Origin;
}

export interface AzureRules {
  readonly rules: Policy;
  readonly problems: readonly UnreadPattern[];
}

export type Plane = "control" | "data";

const PLANES = {
  control: { only: "actions", except: "notActions" },
  data: { only: "dataActions", except: "notDataActions" },
} as const satisfies Record<Plane, { only: string; except: string }>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Written);
}

/** ARM, the CLI and the portal write the same key in different case. */
function field(object: Record<string, unknown>, name: string): { key: string; value: unknown } | undefined {
  const key = Object.keys(object).find((k) => fold(k) === fold(name));
  return key === undefined ? undefined : { key, value: object[key] };
}

/**
 * The rules of role documents (or, with `effect: "deny"`, of deny assignments). A document is ARM's, the portal's or
 * the CLI's JSON of a role, or bare `{ "permissions": […] }`, or a list of these. A condition beside `permissions`
 * is an assignment's and holds for all of them (AZ9); one inside a permission object holds for that object (AZ5).
 * @throws PolicyError when a document has no list of permissions.
 */
export function azureRules(documents: readonly unknown[], effect: "allow" | "deny" = "allow"): AzureRules {
  const rules: DimensionRule[] = [];
  const problems: UnreadPattern[] = [];
  documents.forEach((document, index) => {
    readDocument(document, index, "", effect, rules, problems);
  });
  return { rules, problems };
}

function readDocument(
  document: unknown,
  index: number,
  pointer: string,
  effect: "allow" | "deny",
  rules: DimensionRule[],
  problems: UnreadPattern[],
): void {
  const at = `document ${index + 1}${pointer === "" ? "" : ` at ${pointer}`}`;
  const list = Array.isArray(document) ? { items: document, base: pointer } : listOf(document, pointer);
  if (list !== undefined && isObject(document) && field(document, "permissions") !== undefined) {
    throw new PolicyError(
      `${at}: holds "permissions" and, at "value", a list of roles; give them one by one`,
    );
  }
  if (list !== undefined) {
    list.items.forEach((item, i) => {
      readDocument(item, index, `${list.base}/${i}`, effect, rules, problems);
    });
    return;
  }
  if (!isObject(document))
    throw new PolicyError(`${at}: expected an Azure role as JSON, found ${kindOf(document)}`);
  const properties = field(document, "properties");
  const inner = isObject(properties?.value) ? properties.value : document;
  const base = inner === document ? pointer : `${pointer}/${properties?.key}`;
  const name =
    field(inner, "roleName")?.value ?? field(inner, "name")?.value ?? field(document, "name")?.value;
  const label = typeof name === "string" ? name : undefined;
  const origin = (p: string): Origin => ({
    document: index,
    pointer: p,
    ...(label !== undefined && { label }),
  });
  const outer = [...conditionOf(inner), ...(inner === document ? [] : conditionOf(document))];
  const objects = inner === document ? [inner] : [inner, document];
  const both = objects.map((o) => twice(Object.keys(o).filter(isRead))).find((keys) => keys !== undefined);
  // which of the two counts is not known, so nothing of the document is
  if (both !== undefined) problems.push({ reason: twiceText(both), takes: true, origin: origin(base) });
  for (const object of objects) {
    const odd = badCondition(object);
    if (odd !== undefined) problems.push({ reason: odd, takes: true, origin: origin(base) });
  }

  const permissions = field(inner, "permissions");
  const bare = Object.values(PLANES).some((p) => field(inner, p.only) !== undefined);
  const beside = inner === document ? undefined : field(document, "permissions");
  if (permissions !== undefined && (bare || beside !== undefined)) {
    problems.push({
      reason: "permissions stand in two places of one role",
      takes: true,
      origin: origin(base),
    });
  }
  if (permissions === undefined && bare) {
    // the form that `az role definition create` takes: the lists stand beside the name
    const lists = Object.entries(inner).filter(([key]) => fold(key) !== "assignablescopes");
    readPermission(Object.fromEntries(lists), base, outer, effect, origin, rules, problems);
    return;
  }
  if (permissions === undefined || permissions.value === null) {
    throw new PolicyError(
      `${at}: no "permissions": expected an Azure role (portal, CLI or ARM JSON, or { "permissions": [...] })`,
    );
  }
  if (!Array.isArray(permissions.value)) {
    throw new PolicyError(`${at}: "permissions" is ${kindOf(permissions.value)}, expected a list of objects`);
  }
  permissions.value.forEach((permission: unknown, i) => {
    const here = `${base}/${permissions.key}/${i}`;
    if (isObject(permission)) readPermission(permission, here, outer, effect, origin, rules, problems);
    else problems.push({ reason: `a permission object is ${kindOf(permission)}`, origin: origin(here) });
  });
}

function listOf(document: unknown, pointer: string): { items: readonly unknown[]; base: string } | undefined {
  if (!isObject(document) || !Array.isArray(document.value)) return undefined;
  if (
    [document["nextLink"], document["odata.nextLink"], document["@odata.nextLink"]].some(
      (link) => (link ?? "") !== "",
    )
  )
    throw new PolicyError("this is one page of a list, and the list goes on at nextLink; give all of it");
  return { items: document.value, base: `${pointer}/value` };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (value instanceof Written) return value.kind;
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function readPermission(
  permission: Record<string, unknown>,
  pointer: string,
  outer: readonly string[],
  effect: "allow" | "deny",
  origin: (pointer: string) => Origin,
  rules: DimensionRule[],
  problems: UnreadPattern[],
): void {
  const conditions = [...new Set([...outer, ...conditionOf(permission)])].sort();
  const both = twice(Object.keys(permission).filter(isRead));
  if (both !== undefined) problems.push({ reason: twiceText(both), takes: true, origin: origin(pointer) });
  const odd = badCondition(permission);
  if (odd !== undefined) problems.push({ reason: odd, takes: true, origin: origin(pointer) });
  // a list under a name that is none of the four: what it means to grant, or to take away, is not known
  const misspelt = Object.keys(permission).filter(
    (key) => !isList(key) && (Array.isArray(permission[key]) || isNear(key)),
  );
  for (const key of misspelt) {
    const near = didYouMean(key, [...LIST_NAMES, ...CONDITION_NAMES]);
    problems.push({
      reason: `"${key}" is no list of a permission${near}`,
      ...(/"not/.test(near) ? { takes: true } : {}),
      origin: origin(`${pointer}/${key}`),
    });
  }
  if (misspelt.length === 0 && !Object.keys(permission).some(isList)) {
    problems.push({ reason: "a permission object has none of its four lists", origin: origin(pointer) });
  }
  for (const [plane, lists] of Object.entries(PLANES) as [Plane, (typeof PLANES)[Plane]][]) {
    const only = readTerms(permission, lists.only, pointer, origin, problems);
    const except = readTerms(permission, lists.except, pointer, origin, problems);
    if (only.length === 0) continue;
    const planeTerm: Term = { glob: literalGlob(plane), text: plane, origin: origin(pointer) };
    const where: Record<string, Selector> = {
      action: { only, except },
      plane: { only: [planeTerm], except: [] },
    };
    rules.push({ effect, where, conditions, origin: origin(pointer) });
  }
}

const LIST_NAMES = Object.values(PLANES).flatMap((p) => [p.only, p.except]);
const CONDITION_NAMES = ["condition", "conditionVersion"];
/** What is read of a document and of the object in its `properties`. */
const READ: ReadonlySet<string> = new Set(
  ["properties", "permissions", "value", "name", "roleName", ...LIST_NAMES, ...CONDITION_NAMES].map(fold),
);

function isRead(key: string): boolean {
  return READ.has(fold(key));
}

/** Whether a key is nearly the name of a list, or of a condition, and is neither. */
function isNear(key: string): boolean {
  const names = [...LIST_NAMES, ...CONDITION_NAMES];
  return !names.some((name) => fold(name) === fold(key)) && didYouMean(key, names) !== "";
}

function twiceText(both: readonly string[]): string {
  return `${both.map((key) => `"${key}"`).join(" and ")} are one field, given twice`;
}

const LISTS = new Set(Object.values(PLANES).flatMap((p) => [fold(p.only), fold(p.except)]));

function isList(key: string): boolean {
  return LISTS.has(fold(key));
}

function readTerms(
  permission: Record<string, unknown>,
  name: string,
  pointer: string,
  origin: (pointer: string) => Origin,
  problems: UnreadPattern[],
): readonly Term[] {
  const found = field(permission, name);
  if (found === undefined || found.value === null) return [];
  const list = Array.isArray(found.value) ? found.value : [found.value];
  const terms: Term[] = [];
  list.forEach((text: unknown, i) => {
    const here = origin(
      Array.isArray(found.value) ? `${pointer}/${found.key}/${i}` : `${pointer}/${found.key}`,
    );
    if (typeof text === "string") terms.push({ glob: starGlob(fold(text)), text, origin: here });
    else {
      const takes = name.startsWith("not") ? { takes: true as const } : {};
      problems.push({
        reason: `an entry of ${name} is ${kindOf(text)}, not a string`,
        ...takes,
        origin: here,
      });
    }
  });
  return terms;
}

/** A condition, or its version, that is no text: what it means is not known (AZ15). */
function badCondition(object: Record<string, unknown>): string | undefined {
  for (const name of CONDITION_NAMES) {
    const found = field(object, name);
    if (found === undefined || found.value === null || typeof found.value === "string") continue;
    return `"${found.key}" is ${kindOf(found.value)}, not a string`;
  }
  return undefined;
}

/**
 * A condition as text that can be compared (AZ9): white space outside quotes folded, none beside brackets. A version
 * other than 2.0, which is the only one that Azure documents, belongs to the text.
 */
function conditionOf(object: Record<string, unknown>): readonly string[] {
  const value = field(object, "condition")?.value;
  if (value === undefined || value === null || value === "") return [];
  const version = field(object, "conditionVersion")?.value;
  const text = typeof value === "string" ? normalCondition(value) : JSON.stringify(value);
  return [typeof version === "string" && version !== "2.0" && version !== "" ? `${version}: ${text}` : text];
}

function normalCondition(text: string): string {
  return text
    .split(/('(?:[^'\\]|\\.)*')/)
    .map((piece, i) => (i % 2 === 1 ? piece : piece.replace(/\s+/g, " ").replace(/ ?([(){},]) ?/g, "$1")))
    .join("")
    .trim();
}

/** The point that an Azure request is. */
export function azurePoint(request: AzureRequest): BoxPoint {
  return { action: fold(request.action), plane: request.plane };
}
