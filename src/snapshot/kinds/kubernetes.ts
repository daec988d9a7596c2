import type { KindSource, KubernetesCall } from "./calls.ts";

const rbac = "rbac.authorization.k8s.io";

/** A list over all namespaces, or of what has none. */
function list(group: string, resource: string, metadataOnly?: true): KubernetesCall {
  return {
    operation: `list ${resource}`,
    path: `${group === "" ? "/api/v1" : `/apis/${group}/v1`}/${resource}`,
    verb: "list",
    group,
    resource,
    ...(metadataOnly === undefined ? {} : { metadataOnly }),
    permission: `list ${resource}${group === "" ? "" : `.${group}`}`,
  };
}

const url = (path: string): KubernetesCall => ({
  operation: `get ${path}`,
  path,
  verb: "get",
  permission: `get ${path}`,
});

/**
 * A call beside those of the kinds, sent only when no baseline is named: in which cloud the cluster runs. Of a node only
 * its `spec.providerID` is looked at, which its metadata does not hold.
 */
export const nodesCall: KubernetesCall = list("", "nodes");

const rows = {
  "kubernetes/cluster": {
    provider: "kubernetes",
    title: "the cluster",
    purpose: "which cluster this is, by its namespace kube-system, and its version",
    calls: [
      {
        operation: "get namespace kube-system",
        path: "/api/v1/namespaces/kube-system",
        verb: "get",
        group: "",
        resource: "namespaces",
        metadataOnly: true,
        permission: "get namespaces",
      },
      url("/version"),
    ],
  },
  "kubernetes/namespace": {
    provider: "kubernetes",
    title: "namespaces",
    purpose: "whether the audited namespace exists",
    calls: [list("", "namespaces", true)],
  },
  "kubernetes/service-account": {
    provider: "kubernetes",
    title: "service accounts",
    purpose: "whether an account that a binding names exists",
    calls: [list("", "serviceaccounts", true)],
  },
  "kubernetes/role": {
    provider: "kubernetes",
    title: "roles",
    purpose: "what each role allows in its namespace",
    calls: [list(rbac, "roles")],
  },
  "kubernetes/cluster-role": {
    provider: "kubernetes",
    title: "cluster roles",
    purpose: "what each cluster role allows",
    calls: [list(rbac, "clusterroles")],
  },
  "kubernetes/role-binding": {
    provider: "kubernetes",
    title: "role bindings",
    purpose: "who holds a role in a namespace",
    calls: [list(rbac, "rolebindings")],
  },
  "kubernetes/cluster-role-binding": {
    provider: "kubernetes",
    title: "cluster role bindings",
    purpose: "who holds a cluster role everywhere",
    calls: [list(rbac, "clusterrolebindings")],
  },
  "kubernetes/api-resource": {
    provider: "kubernetes",
    title: "API resources",
    purpose: "what the server serves, and which of it has namespaces",
    calls: [url("/api"), url("/apis"), url("/api/{version}"), url("/apis/{group}/{version}")],
  },
} satisfies Record<`kubernetes/${string}`, KindSource<KubernetesCall>>;

export type KubernetesKind = keyof typeof rows;

/** The kinds of a cluster's documents. */
export const kubernetesKinds: Readonly<Record<KubernetesKind, KindSource<KubernetesCall>>> = rows;
