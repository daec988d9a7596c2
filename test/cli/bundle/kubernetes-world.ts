import type { Body, KubernetesState, ServedResource, ServedVersion } from "../../servers/kubernetes-state.ts";
import {
  CLUSTER,
  type ClusterState,
  documented,
  type Edition,
  snapshotOf,
} from "../../worlds/kubernetes-state.ts";

/** What each edition's nodes say of themselves. */
const providerIds = {
  azure:
    "azure:///subscriptions/6b1f4e5f-0000-4000-8000-000000000001/resourceGroups/rg-nodes/providers/Microsoft.Compute/virtualMachineScaleSets/aks/virtualMachines/0",
  aws: "aws:///eu-west-1a/i-0abc0000000000001",
} as const;

const node = (name: string, edition: Edition): Body => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name },
  spec: { providerID: providerIds[edition] },
});

/** A cluster as an API server has it: the state's roles and bindings beside the server's own, and its nodes. */
export function servedCluster(state: ClusterState, ...nodes: readonly Edition[]): Partial<KubernetesState> {
  const { documents } = snapshotOf(state, undefined);
  const of = (kind: string) => documents.filter((document) => document.kind === kind);
  const objects = [
    "namespace",
    "service-account",
    "role",
    "cluster-role",
    "role-binding",
    "cluster-role-binding",
  ]
    .flatMap((kind) => of(`kubernetes/${kind}`).map(({ body }) => body as Body))
    .filter((body) => (body["metadata"] as Body)["name"] !== "kube-system");
  const versions = new Map<string, ServedVersion & { readonly resources: ServedResource[] }>();
  for (const { body } of of("kubernetes/api-resource")) {
    const {
      group,
      version,
      resource,
      namespaced,
      verbs = [],
    } = body as {
      readonly group: string;
      readonly version: string;
      readonly resource: string;
      readonly namespaced: boolean;
      readonly verbs?: readonly string[];
    };
    const key = `${group}/${version}`;
    const at = versions.get(key) ?? { group, version, resources: [] };
    at.resources.push({ name: resource, kind: "Thing", namespaced, verbs });
    versions.set(key, at);
  }
  const cluster = of("kubernetes/cluster")[0]?.body as { readonly version: Body };
  return {
    uid: CLUSTER,
    version: cluster.version,
    objects: [...objects, ...nodes.map((edition, i) => node(`node-${i}`, edition))],
    served: [...versions.values()],
  };
}

/** The cluster of an edition as the page has it, on nodes of that edition; `changes` replaces whole lists. */
export function documentedCluster(
  edition: Edition,
  changes: Partial<ClusterState> = {},
): Partial<KubernetesState> {
  return servedCluster({ ...documented(edition), ...changes }, edition);
}
