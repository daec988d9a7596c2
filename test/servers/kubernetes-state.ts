export type Body = Readonly<Record<string, unknown>>;

/** A resource that the server serves; `name` may hold a subresource. */
export interface ServedResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface ServedVersion {
  /** `""` is the core group. */
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ServedResource[];
  /** What serves it cannot be reached: aggregated discovery says so, the version's own address answers 503. */
  readonly stale?: boolean;
}

/** Who may ask: by the value of the `Authorization` header, or by the fingerprint (SHA-256) of a client certificate. */
export interface KubernetesUser {
  readonly name: string;
  readonly authorization?: string;
  readonly fingerprint?: string;
}

/** What the test's API server holds. Objects are written as they would stand in a file, with apiVersion and kind. */
export interface KubernetesState {
  /** uid of the namespace kube-system. */
  readonly uid: string;
  readonly version: Body;
  readonly objects: readonly Body[];
  readonly served: readonly ServedVersion[];
  /** How it tells what it serves: all at once (1.26 and later), or version by version. */
  readonly discovery: "aggregated" | "legacy";
  readonly users: readonly KubernetesUser[];
  /** `false`: it gives no tables (as something that stands in for an API server may). */
  readonly tables?: boolean;
}

export const token = "canary-token-7d1e";

const all = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const resource = (name: string, kind: string, namespaced = true, verbs: readonly string[] = all) => ({
  name,
  kind,
  namespaced,
  verbs,
});

/** A part of what a server serves: enough for names, subresources, both scopes and two versions of one group. */
const served: readonly ServedVersion[] = [
  {
    group: "",
    version: "v1",
    resources: [
      resource("configmaps", "ConfigMap"),
      resource("namespaces", "Namespace", false),
      resource("nodes", "Node", false),
      resource("nodes/proxy", "NodeProxyOptions", false, ["create", "delete", "get", "patch", "update"]),
      resource("pods", "Pod"),
      resource("pods/exec", "PodExecOptions", true, ["create", "get"]),
      resource("pods/log", "Pod", true, ["get"]),
      resource("secrets", "Secret"),
      resource("serviceaccounts", "ServiceAccount"),
    ],
  },
  {
    group: "apps",
    version: "v1",
    resources: [
      resource("deployments", "Deployment"),
      resource("deployments/scale", "Scale", true, ["get", "patch", "update"]),
    ],
  },
  {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    resources: [
      resource("clusterrolebindings", "ClusterRoleBinding", false),
      resource("clusterroles", "ClusterRole", false),
      resource("rolebindings", "RoleBinding"),
      resource("roles", "Role"),
    ],
  },
  { group: "batch", version: "v1", resources: [resource("jobs", "Job")] },
  { group: "batch", version: "v1beta1", resources: [resource("cronjobs", "CronJob")] },
];

/** A namespace as a file has it. */
export function namespace(name: string, uid = `uid-of-${name}`): Body {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, uid } };
}

/** The state of a server with `changes`; the namespace kube-system is there whatever the objects are. */
export function kubernetesState(changes: Partial<KubernetesState> = {}): KubernetesState {
  return {
    uid: "5b1e8f2c-0000-4000-8000-00000000c1a5",
    version: { major: "1", minor: "35", gitVersion: "v1.35.4", platform: "linux/amd64" },
    objects: [namespace("default")],
    served,
    discovery: "aggregated",
    users: [{ name: "clerk", authorization: `Bearer ${token}` }],
    ...changes,
  };
}
