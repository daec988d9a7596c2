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
  /** The rules are filled in by a controller (K6). */
  readonly aggregated: boolean;
  readonly origin: Origin;
  /** JSON pointer to the rules; of a bare rule, to the list that it is taken to stand in. */
  readonly pointerOf: (rule: number) => string;
}

export interface BindingDocument {
  readonly kind: "RoleBinding" | "ClusterRoleBinding";
  readonly namespace: Namespace;
  readonly roleRef: unknown;
  readonly origin: Origin;
}

/** What `metadata.namespace` says: nothing, a name, or something that is no name. */
export type Namespace = string | undefined | typeof NO_NAME;
export const NO_NAME = Symbol("no name");

export interface Documents {
  readonly roles: readonly RoleDocument[];
  readonly bindings: readonly BindingDocument[];
}

const ROLES: readonly string[] = ["Role", "ClusterRole"];
const BINDINGS: readonly string[] = ["RoleBinding", "ClusterRoleBinding"];
/** What stands beside roles in a vendor's file and grants nothing. */
const PASSED_OVER: readonly string[] = ["ServiceAccount", "Namespace"];
const API = "rbac.authorization.k8s.io/";
export const RULE_FIELDS: readonly string[] = [
  "verbs",
  "apiGroups",
  "resources",
  "resourceNames",
  "nonResourceURLs",
];
/** What is read of a role or a binding. */
const FIELDS: readonly string[] = [
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

export function kindOf(value: unknown): string {
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
  const visit = (value: unknown, document: number, pointer: string, implied: string | undefined): void => {
    const at = `document ${document + 1}${pointer === "" ? "" : ` at ${pointer}`}`;
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(item, document, `${pointer}/${i}`, implied);
      return;
    }
    if (!isObject(value)) throw new PolicyError(`${at}: ${EXPECTED}; found ${kindOf(value)}`);
    const given = value["kind"];
    if (given !== undefined && given !== null && typeof given !== "string") {
      throw new PolicyError(`${at}: "kind" is ${kindOf(given)}; ${EXPECTED}`);
    }
    const kind = given ?? implied;
    if (Array.isArray(value["items"]) && (kind === undefined || kind.endsWith("List"))) {
      const inner = kind === undefined || kind === "List" ? undefined : kind.slice(0, -"List".length);
      visit(value["items"], document, `${pointer}/items`, inner);
      return;
    }
    const metadata = isObject(value["metadata"]) ? value["metadata"] : {};
    const name = typeof metadata["name"] === "string" ? metadata["name"] : undefined;
    const namespace = namespaceOf(metadata["namespace"]);
    const label = name === undefined ? {} : { label: name };
    if (kind !== undefined && PASSED_OVER.includes(kind)) {
      passedOver.push(`${at} is a ${kind}`);
      return;
    }
    const api = value["apiVersion"];
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
        aggregated: value["aggregationRule"] !== undefined && value["aggregationRule"] !== null,
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
      aggregated: false,
      origin,
      pointerOf: () => pointer,
    });
  };
  for (const [i, document] of documents.entries()) visit(document, i, "", undefined);
  if (roles.length + bindings.length === 0 && passedOver[0] !== undefined) {
    throw new PolicyError(`${passedOver[0]}, which grants nothing; ${EXPECTED}`);
  }
  return { roles, bindings };
}

function namespaceOf(value: unknown): Namespace {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : NO_NAME;
}
