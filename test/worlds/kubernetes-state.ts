/** A cluster of the tests as the snapshot that a collection of it would give, without the network. */
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { Snapshot, SnapshotDocument, Unread } from "../../src/snapshot/snapshot.ts";

export type Body = Readonly<Record<string, unknown>>;

export interface RuleBody {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface SubjectBody {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

export const RBAC = "rbac.authorization.k8s.io";
export const NAMESPACE = "chalk";
export const BUILDS = "builds";
export const MANAGEMENT = "chalk/management";
export const WORKLOAD = "chalk/workload";
export const BUILDER = "builds/builder";

/** A server of its own, 1.35, with nothing installed: its own roles, bindings and what it serves, as collected. */
const bare = JSON.parse(readFileSync("fixtures/snapshots/kubernetes/bare.json", "utf8")) as Snapshot;
export const CLUSTER = bare.scope;
export const TAKEN_AT = bare.takenAt;

export interface ClusterState {
  readonly namespaces: readonly string[];
  /** `namespace/name` */
  readonly accounts: readonly string[];
  readonly roles: readonly Body[];
  readonly clusterRoles: readonly Body[];
  readonly roleBindings: readonly Body[];
  readonly clusterRoleBindings: readonly Body[];
  /** Resources of what is installed: `group/version/resource`, with `!` in front of one without namespaces. */
  readonly served: readonly string[];
  readonly unread: readonly Unread[];
  /** Kinds of which no document is kept. */
  readonly without: readonly DocumentKind[];
  /** Takes the place of the server's own documents of that kind and id. */
  readonly instead: Readonly<Record<string, Body>>;
}

export function rule(
  group: string | readonly string[],
  resources: string | readonly string[],
  verbs: string | readonly string[],
  names?: readonly string[],
): RuleBody {
  return {
    apiGroups: [group].flat(),
    resources: [resources].flat(),
    verbs: [verbs].flat(),
    ...(names === undefined ? {} : { resourceNames: names }),
  };
}

export function urls(paths: readonly string[], verbs: readonly string[] = ["get"]): RuleBody {
  return { nonResourceURLs: paths, verbs };
}

const object = (kind: string, name: string, namespace: string | undefined, rest: object): Body => ({
  apiVersion: `${RBAC}/v1`,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...rest,
});

export function clusterRole(name: string, rules: unknown, more: object = {}): Body {
  return object("ClusterRole", name, undefined, { rules, ...more });
}

export function role(name: string, rules: unknown, namespace = NAMESPACE): Body {
  return object("Role", name, namespace, { rules });
}

/** `account("a/b")`, `user("jane")`, `group("ops")` */
export function account(id: string): SubjectBody {
  const [namespace = "", name = ""] = id.split("/");
  return { kind: "ServiceAccount", name, namespace };
}
export const user = (name: string): SubjectBody => ({ kind: "User", apiGroup: RBAC, name });
export const group = (name: string): SubjectBody => ({ kind: "Group", apiGroup: RBAC, name });

const ref = (role: string) => {
  const [kind = "", name = ""] = role.split("/");
  return { apiGroup: RBAC, kind, name };
};

/** @param given `Role/name` or `ClusterRole/name` */
export function binding(
  name: string,
  given: string,
  subjects: readonly SubjectBody[],
  namespace = NAMESPACE,
): Body {
  return object("RoleBinding", name, namespace, { roleRef: ref(given), subjects });
}

/** @param given name of a ClusterRole */
export function clusterBinding(name: string, given: string, ...subjects: readonly SubjectBody[]): Body {
  return object("ClusterRoleBinding", name, undefined, { roleRef: ref(`ClusterRole/${given}`), subjects });
}

function placed(kind: DocumentKind, body: Body): SnapshotDocument {
  const { name, namespace } = (body["metadata"] ?? {}) as { name: string; namespace?: string };
  return { kind, id: namespace === undefined ? name : `${namespace}/${name}`, body };
}

function metadataOnly(kind: string, name: string, namespace?: string): Body {
  return { apiVersion: "v1", kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

function servedDocument(text: string): SnapshotDocument {
  const namespaced = !text.startsWith("!");
  const id = namespaced ? text : text.slice(1);
  const [group = "", version = "", ...resource] = id.split("/");
  const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
  return {
    kind: "kubernetes/api-resource",
    id,
    body: { group, version, resource: resource.join("/"), namespaced, verbs },
  };
}

/** @param namespace what the collection was asked for with `--namespace` */
export function snapshotOf(state: ClusterState, namespace: string | undefined): Snapshot {
  const own = bare.documents.map((document) => {
    const body = state.instead[`${document.kind}/${document.id}`];
    return body === undefined ? document : { ...document, body };
  });
  const accounts = state.accounts.map((id) => {
    const [space = "", name = ""] = id.split("/");
    return placed("kubernetes/service-account", metadataOnly("ServiceAccount", name, space));
  });
  const documents = [
    ...own,
    ...state.namespaces.map((name) => placed("kubernetes/namespace", metadataOnly("Namespace", name))),
    ...accounts,
    ...state.roles.map((body) => placed("kubernetes/role", body)),
    ...state.clusterRoles.map((body) => placed("kubernetes/cluster-role", body)),
    ...state.roleBindings.map((body) => placed("kubernetes/role-binding", body)),
    ...state.clusterRoleBindings.map((body) => placed("kubernetes/cluster-role-binding", body)),
    ...state.served.map(servedDocument),
  ].filter(({ kind }) => !state.without.includes(kind));
  return {
    ...bare,
    scope: namespace === undefined ? CLUSTER : `${CLUSTER}/${namespace}`,
    documents,
    unread: state.unread,
  };
}

export function denied(kind: DocumentKind, id?: string): Unread {
  return {
    kind,
    ...(id === undefined ? {} : { id }),
    api: `GET /apis/${id ?? kind}`,
    cause: "denied",
    permission: `list ${kind}`,
    detail: "403 Forbidden",
  };
}

/** The roles of the vendor's page, by hand and not from the baseline, so that a mistake in it shows. */
const page = (edition: Edition) =>
  parseAllDocuments(readFileSync(`test/live/kubernetes/documented/${edition}.yaml`, "utf8")).map(
    (document) => document.toJS() as Body,
  );
const pages: Readonly<Record<Edition, readonly Body[]>> = { azure: page("azure"), aws: page("aws") };

export type Edition = "azure" | "aws";

const INSTALLED = [
  "keda.sh/v1alpha1/scaledobjects",
  "keda.sh/v1alpha1/scaledjobs",
  "argoproj.io/v1alpha1/workflows",
  "!karpenter.sh/v1/nodepools",
  "!karpenter.sh/v1/nodeclaims",
  "!karpenter.k8s.aws/v1/ec2nodeclasses",
];

/** The cluster as the vendor's page has it: its roles, bound to their accounts. */
export function documented(edition: Edition): ClusterState {
  return {
    ...empty,
    namespaces: [NAMESPACE, BUILDS],
    accounts: [MANAGEMENT, WORKLOAD, BUILDER],
    roles: pages[edition].filter((body) => body["kind"] === "Role"),
    clusterRoles: pages[edition].filter((body) => body["kind"] === "ClusterRole"),
    roleBindings: [
      binding("management", "Role/chalk-management-role", [account(MANAGEMENT)]),
      binding("workload", "Role/chalk-job-reader", [account(WORKLOAD)]),
      binding("builds", "Role/argo-workflows-role", [account(MANAGEMENT), account(BUILDER)], BUILDS),
    ],
    clusterRoleBindings: [
      clusterBinding("management-cluster", "chalk-cluster-management-role", account(MANAGEMENT)),
    ],
    served: INSTALLED,
  };
}

/** A state with nothing in it but what the server has by itself. */
export const empty: ClusterState = {
  namespaces: [],
  accounts: [],
  roles: [],
  clusterRoles: [],
  roleBindings: [],
  clusterRoleBindings: [],
  served: [],
  unread: [],
  without: [],
  instead: {},
};
