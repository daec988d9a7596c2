import type { KindSource, KubernetesCall } from "./calls.ts";

const rbac = "rbac.authorization.k8s.io";

const suffix = (group: string) => (group === "" ? "" : `.${group}`);
const base = (group: string) => (group === "" ? "/api/v1" : `/apis/${group}/v1`);

/** A list over all namespaces, or of what has none. */
function list(group: string, resource: string, metadataOnly?: true): KubernetesCall {
  return {
    operation: `list ${resource}`,
    path: `${base(group)}/${resource}`,
    verb: "list",
    group,
    resource,
    ...(metadataOnly === undefined ? {} : { metadataOnly }),
    permission: `list ${resource}${suffix(group)}`,
  };
}

/** The same list in one namespace; whoever may list them everywhere may list them there. */
function listIn(group: string, resource: string): KubernetesCall {
  return {
    ...list(group, resource),
    operation: `list ${resource} in a namespace`,
    path: `${base(group)}/namespaces/{namespace}/${resource}`,
  };
}

/** One thing by its name. */
function get(
  resource: string,
  operation: string,
  how: Pick<KubernetesCall, "metadataOnly" | "tableOnly" | "query"> = {},
): KubernetesCall {
  return {
    operation,
    path: `/api/v1/namespaces/{namespace}/${resource}/{name}`,
    verb: "get",
    group: "",
    resource,
    ...how,
    permission: `get ${resource}`,
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

/** What Helm labels its own records with, whichever driver keeps them. */
const helmsOwn = "owner=helm";

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
    purpose: "whether an account that a binding names exists, and which role of AWS it is bound to",
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
  "kubernetes/secret": {
    provider: "kubernetes",
    title: "secrets that a control names",
    purpose:
      "the names of a secret's keys. Its values are asked for only where the server does not tell the names without them, and are dropped at once",
    calls: [
      get("secrets", "get a secret's table", { tableOnly: true, query: { includeObject: "None" } }),
      get("secrets", "get a secret's metadata", { metadataOnly: true }),
      get("secrets", "get a secret"),
    ],
  },
  "kubernetes/config-map": {
    provider: "kubernetes",
    title: "configuration files of workloads",
    purpose: "the one file that a workload is told to read, out of the config map that it mounts",
    calls: [get("configmaps", "get a workload's config map")],
  },
  "kubernetes/helm-release": {
    provider: "kubernetes",
    title: "Helm releases",
    purpose:
      "status and chart of each release, out of Helm's own record of its newest revision. Values and rendered objects stand in that record too and are dropped at once",
    calls: [
      {
        ...list("", "secrets", true),
        operation: "list release secrets",
        query: { labelSelector: helmsOwn, fieldSelector: "type=helm.sh/release.v1" },
      },
      {
        ...list("", "configmaps", true),
        operation: "list release config maps",
        query: { labelSelector: helmsOwn },
      },
      get("secrets", "get a release secret"),
      get("configmaps", "get a release config map"),
    ],
  },
  "kubernetes/pod": {
    provider: "kubernetes",
    title: "pods",
    purpose: "whether the pods of a release run",
    calls: [list("", "pods"), listIn("", "pods")],
  },
  "kubernetes/workload": {
    provider: "kubernetes",
    title: "workloads",
    purpose: "what is deployed, how much of it is ready, and the arguments that it is started with",
    calls: [
      list("apps", "deployments"),
      listIn("apps", "deployments"),
      list("apps", "statefulsets"),
      listIn("apps", "statefulsets"),
      list("apps", "daemonsets"),
      listIn("apps", "daemonsets"),
    ],
  },
  "kubernetes/service": {
    provider: "kubernetes",
    title: "services",
    purpose: "how a service is reached: its type, its ports, the names of its load balancer",
    calls: [list("", "services")],
  },
  "kubernetes/endpoint-slice": {
    provider: "kubernetes",
    title: "endpoint slices",
    purpose: "whether something answers behind a service; addresses are not kept",
    calls: [list("discovery.k8s.io", "endpointslices")],
  },
  "kubernetes/cluster-issuer": {
    provider: "kubernetes",
    title: "cluster issuers",
    purpose: "how certificates are obtained",
    calls: [list("cert-manager.io", "clusterissuers")],
  },
  "kubernetes/ec2-node-class": {
    provider: "kubernetes",
    title: "EC2 node classes",
    purpose: "which images nodes are started from, and in which subnets",
    calls: [list("karpenter.k8s.aws", "ec2nodeclasses")],
  },
} satisfies Record<`kubernetes/${string}`, KindSource<KubernetesCall>>;

export type KubernetesKind = keyof typeof rows;

/** The kinds of a cluster's documents. */
export const kubernetesKinds: Readonly<Record<KubernetesKind, KindSource<KubernetesCall>>> = rows;
