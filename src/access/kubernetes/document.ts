/** Kubernetes documents to roles and bindings, each with the place where it stands (K10). */

import { didYouMean } from "../nearest.ts";
import type { Origin } from "../policy.ts";
import { PolicyError } from "../policy.ts";
import { Written } from "../written.ts";

/** Rules under one name, or under none. */
export interface RoleDocument {
  readonly kind: "Role" | "ClusterRole" | "rules";
  readonly name?: string;
  readonly namespace: Namespace;
  /** The rules as they came. */
  readonly rules: unknown;
  readonly rulesGiven: boolean;
  /** What says by which labels a controller fills the rules in (K6); absent: it does not. */
  readonly aggregation?: unknown;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
  /** JSON pointer to the rules; of a bare rule, to the list that it is taken to stand in. */
  readonly pointerOf: (rule: number) => string;
}

export interface BindingDocument {
  readonly kind: "RoleBinding" | "ClusterRoleBinding";
  readonly namespace: Namespace;
  readonly roleRef: unknown;
  /** As they came; absent and null are nobody (K12). */
  readonly subjects: unknown;
  readonly origin: Origin;
}

/** What `metadata.namespace` says: nothing, a name, or something that is no name. */
export type Namespace = string | undefined | typeof NO_NAME;
export const NO_NAME = Symbol("no name");

export interface Documents {
  readonly roles: readonly RoleDocument[];
  readonly bindings: readonly BindingDocument[];
  /** Objects that have nothing to do with access (K14). */
  readonly passedOver: number;
}

const ROLES: readonly string[] = ["Role", "ClusterRole"];
const BINDINGS: readonly string[] = ["RoleBinding", "ClusterRoleBinding"];
/** What stands beside roles in a vendor's file and grants nothing, whether or not it says its API. */
const PASSED_OVER: readonly string[] = ["ServiceAccount", "Namespace"];
const API = "rbac.authorization.k8s.io/";
/**
 * Kinds and groups of other APIs that are about who may do what: roles and their bindings under any name, and
 * OpenShift's SecurityContextConstraints, which names users and groups. What such a one grants is not read here, so it
 * is refused and not passed over (K14).
 */
const ABOUT_ACCESS = {
  kind: /Role(?:Template)?(?:Binding)?(?:Restriction)?s?$|^SecurityContextConstraints$/i,
  group: /^(?:rbac|authorization)\./i,
} as const;
export const RULE_FIELDS: readonly string[] = [
  "verbs",
  "apiGroups",
  "resources",
  "resourceNames",
  "nonResourceURLs",
];
/** What is read of a role or a binding. */
export const FIELDS: readonly string[] = [
  "apiVersion",
  "kind",
  "metadata",
  "rules",
  "aggregationRule",
  "roleRef",
  "subjects",
];
const EXPECTED =
  'expected Role, ClusterRole, RoleBinding, ClusterRoleBinding, a list of these, or { "rules": [...] }';

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Written);
}

export function objectKindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (value instanceof Written) return value.kind;
  return Array.isArray(value) ? "a list" : isObject(value) ? "an object" : `a ${typeof value}`;
}

/**
 * The roles and bindings of the documents of one side.
 * @throws PolicyError when something given is no policy, or when all of it is of kinds that grant nothing
 */
export function readDocuments(documents: readonly unknown[]): Documents {
  const roles: RoleDocument[] = [];
  const bindings: BindingDocument[] = [];
  const passedOver: string[] = [];
  const visit = (value: unknown, document: number, pointer: string, implied?: Implied): void => {
    const at = `document ${document + 1}${pointer === "" ? "" : ` at ${pointer}`}`;
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(item, document, `${pointer}/${i}`, implied);
      return;
    }
    if (!isObject(value)) throw new PolicyError(`${at}: ${EXPECTED}; found ${objectKindOf(value)}`);
    const given = value["kind"];
    if (given !== undefined && given !== null && typeof given !== "string") {
      throw new PolicyError(`${at}: "kind" is ${objectKindOf(given)}; ${EXPECTED}`);
    }
    const kind = given ?? implied?.kind;
    const api = value["apiVersion"] ?? (given === undefined || given === null ? implied?.api : undefined);
    if (Array.isArray(value["items"]) && (kind === undefined || kind.endsWith("List"))) {
      const more = isObject(value["metadata"]) ? value["metadata"] : {};
      if ((more["continue"] ?? "") !== "" || (more["remainingItemCount"] ?? 0) !== 0)
        throw new PolicyError(`${at}: this is one page of a list, and the list goes on; give all of it`);
      const inner = kind === undefined || kind === "List" ? undefined : kind.slice(0, -"List".length);
      visit(
        value["items"],
        document,
        `${pointer}/items`,
        inner === undefined ? undefined : { kind: inner, api },
      );
      return;
    }
    const metadata = isObject(value["metadata"]) ? value["metadata"] : {};
    const name = typeof metadata["name"] === "string" ? metadata["name"] : undefined;
    const namespace = namespaceOf(metadata["namespace"]);
    const label = name === undefined ? {} : { label: name };
    if (kind !== undefined && (PASSED_OVER.includes(kind) || isOther(kind, api))) {
      passedOver.push(`${at} is a ${kind}`);
      return;
    }
    if (kind !== undefined && typeof api === "string" && !api.startsWith(API)) {
      throw new PolicyError(`${at}: found kind "${kind}" of "${api}"; ${EXPECTED} of ${API}v1`);
    }
    const odd = Object.keys(value).find((key) => !FIELDS.includes(key) && didYouMean(key, FIELDS) !== "");
    // the server drops such a field without a word, and with it what somebody meant to grant
    if (kind !== undefined && [...ROLES, ...BINDINGS].includes(kind) && odd !== undefined) {
      throw new PolicyError(`${at}: "${odd}" is no field of a ${kind}${didYouMean(odd, FIELDS)}`);
    }
    const origin = { document, pointer, ...label };
    if (kind !== undefined && BINDINGS.includes(kind)) {
      bindings.push({
        kind: kind as BindingDocument["kind"],
        namespace,
        roleRef: value["roleRef"],
        subjects: value["subjects"],
        origin,
      });
      return;
    }
    if (kind !== undefined && !ROLES.includes(kind)) {
      throw new PolicyError(`${at}: found kind "${kind}"; ${EXPECTED}`);
    }
    const named = (name === undefined ? {} : { name }) satisfies Pick<RoleDocument, "name">;
    if (kind !== undefined || "rules" in value) {
      roles.push({
        // an item of a list is printed without its kind; of the two only a Role has a namespace
        kind: (kind as "Role" | "ClusterRole" | undefined) ?? (namespace === undefined ? "rules" : "Role"),
        ...named,
        namespace,
        rules: value["rules"],
        rulesGiven: "rules" in value,
        ...(value["aggregationRule"] === undefined || value["aggregationRule"] === null
          ? {}
          : { aggregation: value["aggregationRule"] }),
        labels: isObject(metadata["labels"]) ? metadata["labels"] : {},
        origin,
        pointerOf: (rule) => `${pointer}/rules/${rule}`,
      });
      return;
    }
    if (!RULE_FIELDS.some((field) => field in value)) {
      throw new PolicyError(`${at}: no "kind" and no "rules": ${EXPECTED}`);
    }
    roles.push({
      kind: "rules",
      namespace: undefined,
      rules: [value],
      rulesGiven: true,
      labels: {},
      origin,
      pointerOf: () => pointer,
    });
  };
  for (const [i, document] of documents.entries()) visit(document, i, "");
  if (roles.length + bindings.length === 0 && passedOver[0] !== undefined) {
    throw new PolicyError(`${passedOver[0]}, which grants nothing; ${EXPECTED}`);
  }
  return { roles, bindings, passedOver: passedOver.length };
}

/** What a list says of its items, which may say neither themselves. */
interface Implied {
  readonly kind: string;
  readonly api: unknown;
}

/** Whether an object has nothing to do with access (K14): it says an API, and neither that nor its kind is about it. */
function isOther(kind: string, api: unknown): boolean {
  if (typeof api !== "string" || api === "") return false;
  return !ABOUT_ACCESS.kind.test(kind) && !ABOUT_ACCESS.group.test(api);
}

function namespaceOf(value: unknown): Namespace {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : NO_NAME;
}
