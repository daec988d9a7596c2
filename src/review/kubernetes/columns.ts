import { comesInNamespace, servedOf, verbsThroughNamespace } from "../../access/kubernetes/served.ts";
import type { KubernetesRequest, ServedResource } from "../../access/policy.ts";
import { evaluator } from "../../access/provider.ts";
import type { Rule } from "../../state/kubernetes/rules.ts";
import { operationOf } from "../../usage/kubernetes/usage.ts";
import type { ReviewRow } from "../group.ts";
import type { CallVerdict, Change, GrantReach } from "../review.ts";

/** Rules that hold in one namespace; without one, everywhere. */
export interface HeldRules {
  readonly namespace?: string;
  readonly rules: readonly Rule[];
}

/** What one column grants to an account, in every place. */
export interface Column {
  readonly held: readonly HeldRules[];
  /** What the server says to a request. */
  readonly ask: (request: KubernetesRequest) => CallVerdict;
  /** Whether a rule that holds in one namespace names it there, or, of a request without one, in any. */
  readonly names: (request: KubernetesRequest) => boolean;
}

export interface Columns {
  readonly live: Column;
  readonly documented: Column;
  readonly target: Column;
}

/** Rules as documents of RBAC: a ClusterRole holds everywhere, a Role in its namespace (K4). */
export function documentsOfColumn(held: readonly HeldRules[]): readonly object[] {
  return held.map(({ namespace, rules }, i) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: namespace === undefined ? "ClusterRole" : "Role",
    metadata: { name: `r${i}`, ...(namespace === undefined ? {} : { namespace }) },
    rules,
  }));
}

export function columnOf(
  held: readonly HeldRules[],
  resources: readonly ServedResource[] | undefined,
): Column {
  const effective = evaluator(
    "kubernetes",
    documentsOfColumn(held),
    resources === undefined ? {} : { resources },
  );
  const places = [...new Set(held.flatMap(({ namespace }) => namespace ?? []))];
  // As written: what a rule names, whether or not it can take effect.
  const written = new Map(
    places.map((place) => {
      const rules = held
        .filter(({ namespace }) => namespace === place)
        .map((each) => ({ rules: each.rules }));
      return [place, evaluator("kubernetes", documentsOfColumn(rules))] as const;
    }),
  );
  const words = { allowed: "allowed", denied: "refused", undecided: "depends" } as const;
  return {
    held,
    ask: (request) => words[effective(request)],
    names: (request) => {
      if ("url" in request) return false;
      const { namespace, ...rest } = request;
      const here = namespace === undefined ? places : places.filter((place) => place === namespace);
      return here.some((place) => written.get(place)?.(rest) === "allowed");
    },
  };
}

/** Stands in a request for whatever no rule names: only a wildcard grants it (G3). */
const ANY = "*";

/** The account's rows: how each permission is called, and of which operation it is. */
export interface AccountRows {
  readonly rows: readonly ReviewRow[];
  readonly operations: ReadonlyMap<string, KubernetesRequest>;
  /** The row that a recorded request falls into. */
  readonly rowOf: (request: KubernetesRequest) => string;
}

/**
 * Every operation that one of the columns grants or names, in every place where something is granted or documented.
 * The operations are those that the server serves, those that were recorded, and those that the rules write; a wildcard
 * is an operation of its own, which only a wildcard grants. With that a difference that exists anywhere is in a row (K7).
 */
export function accountRows(
  account: string,
  columns: Columns,
  recorded: readonly KubernetesRequest[],
  resources: readonly ServedResource[] | undefined,
): AccountRows {
  const held = [columns.live, columns.documented, columns.target].flatMap((column) => column.held);
  const places = [...new Set(held.map(({ namespace }) => namespace))];
  const namespaces = new Set(places.flatMap((place) => place ?? []));
  const names = namesOf(held);
  const text = (request: KubernetesRequest) => {
    const place = "url" in request || request.namespace === undefined ? "" : ` -n ${request.namespace}`;
    return `${account}: ${operationOf(request)}${place}`;
  };
  const bare = (request: KubernetesRequest, namespace: string | undefined): KubernetesRequest => {
    if ("url" in request) return request;
    const { verb, group, resource, subresource } = request;
    return {
      ...{ verb, group, resource },
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
    };
  };
  const rowOf = (request: KubernetesRequest) =>
    text(
      bare(
        request,
        "url" in request || request.namespace === undefined || !namespaces.has(request.namespace)
          ? undefined
          : request.namespace,
      ),
    );
  const all = new Map<string, KubernetesRequest>();
  for (const request of [...served(resources), ...written(held), ...recorded]) {
    if ("url" in request) all.set(text(request), request);
    else
      for (const place of [undefined, ...namespaces]) {
        const one = bare(request, place);
        if (comesThere(one, resources)) all.set(text(one), one);
      }
  }
  const rows: ReviewRow[] = [];
  const operations = new Map<string, KubernetesRequest>();
  for (const [action, request] of all) {
    const points = pointsOf(request, names);
    const of = (column: Column) => vectorOf(column, points, resources);
    const [live, documented, target] = [of(columns.live), of(columns.documented), of(columns.target)];
    if (live.reach === "none" && documented.reach === "none" && target.reach === "none") continue;
    operations.set(action, request);
    rows.push({
      action,
      service: account,
      live: live.reach,
      documented: documented.reach,
      target: target.reach,
      change: changeOf(live, target),
    });
  }
  return { rows, operations, rowOf };
}

/** Names of objects that rules name. */
export function namesOf(held: readonly HeldRules[]): ReadonlySet<string> {
  return new Set(held.flatMap(({ rules }) => rules.flatMap((rule) => rule.resourceNames ?? [])));
}

interface Vector {
  readonly reach: GrantReach;
  readonly says: readonly CallVerdict[];
}

/** The requests that together are an operation: without a name, with one that no rule names, with each that one does. */
function pointsOf(request: KubernetesRequest, names: ReadonlySet<string>): readonly KubernetesRequest[] {
  if ("url" in request || names.size === 0) return [request];
  // When something is made, or many are taken away, no name comes with the request (K2).
  if (request.verb === "deletecollection" || (request.verb === "create" && request.subresource === undefined))
    return [request];
  return [request, ...[ANY, ...names].map((name) => ({ ...request, name }))];
}

function vectorOf(
  column: Column,
  points: readonly KubernetesRequest[],
  resources: readonly ServedResource[] | undefined,
): Vector {
  const says = points.map(column.ask);
  const some = says.some((verdict) => verdict === "allowed");
  if (says.every((verdict) => verdict === "allowed")) return { says, reach: "all" };
  if (says.some((verdict) => verdict === "depends")) return { says, reach: "unknown" };
  if (some) return { says, reach: "some" };
  return { says, reach: points.some((point) => isVoid(column, point, resources)) ? "dead" : "none" };
}

/** A rule names it, and cannot grant it where it stands: nobody serves it there (K4). */
function isVoid(
  column: Column,
  request: KubernetesRequest,
  resources: readonly ServedResource[] | undefined,
): boolean {
  if ("url" in request || !column.names(request)) return false;
  return request.namespace !== undefined || !comesThere({ ...request, namespace: "any" }, resources);
}

/** Whether such a request can come in a namespace. */
function comesThere(request: KubernetesRequest, resources: readonly ServedResource[] | undefined): boolean {
  if ("url" in request || request.namespace === undefined) return true;
  const { verb, group, resource } = request;
  const served = servedOf(resources);
  if (served === undefined) return comesInNamespace(verb, group, resource);
  return !served.clusterScoped(group, resource) || verbsThroughNamespace(group, resource).includes(verb);
}

/** What becomes of the operation, name by name. */
function changeOf(live: Vector, target: Vector): Change {
  if (live.reach === "unknown" || target.reach === "unknown") return "unknown";
  const more = target.says.some((verdict, i) => verdict === "allowed" && live.says[i] !== "allowed");
  const less = live.says.some((verdict, i) => verdict === "allowed" && target.says[i] !== "allowed");
  if (more) return less ? "shifts" : "appears";
  if (!less) return "stays";
  return target.says.includes("allowed") ? "narrows" : "goes";
}

function served(resources: readonly ServedResource[] | undefined): readonly KubernetesRequest[] {
  return (resources ?? []).flatMap(({ group, resource, verbs }) =>
    (verbs ?? []).map((verb): KubernetesRequest => ({ verb, group, ...split(resource) })),
  );
}

/** The operations that rules write, word by word; `*` stands for itself. */
function written(held: readonly HeldRules[]): readonly KubernetesRequest[] {
  const rules = held.flatMap((each) => each.rules);
  return rules.flatMap((rule): readonly KubernetesRequest[] => [
    ...(rule.nonResourceURLs ?? []).flatMap((url) => rule.verbs.map((verb) => ({ verb, url }))),
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource) =>
        rule.verbs.map((verb) => ({ verb, group, ...split(resource) })),
      ),
    ),
  ]);
}

function split(resource: string): { readonly resource: string; readonly subresource?: string } {
  const slash = resource.indexOf("/");
  return slash < 0
    ? { resource }
    : { resource: resource.slice(0, slash), subresource: resource.slice(slash + 1) };
}
