import { stringify } from "yaml";
import type { KubernetesCall } from "../collectors/sources.ts";
import type { Read } from "./reads.ts";

/** A rule of a ClusterRole. */
export interface KubernetesRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [more: string]: unknown;
}

/**
 * The rules that these reads take: one for each group of resources with the same verb, one for each resource that is
 * read by its name, one for all URLs. A list over all namespaces can only be allowed in the whole cluster.
 */
export function kubernetesRules(reads: readonly Read[]): readonly KubernetesRule[] {
  const calls = (reads as readonly Read<KubernetesCall>[]).flatMap((read) => read.calls);
  const lists = new Map<string, { group: string; verb: string; resources: Set<string> }>();
  const named = new Map<string, KubernetesRule>();
  const urls = new Map<string, Set<string>>();
  for (const { group, resource, verb, path } of calls) {
    if (group === undefined || resource === undefined) {
      const known = urls.get(verb) ?? new Set();
      // `/apis/{group}/{version}`: RBAC knows a prefix with a star at its end (K3).
      known.add(path.replace(/\{.*$/, "*"));
      urls.set(verb, known);
      continue;
    }
    const name = nameIn(path, resource);
    if (name !== undefined) {
      named.set(`${group} ${resource} ${name} ${verb}`, {
        apiGroups: [group],
        resources: [resource],
        resourceNames: [name],
        verbs: [verb],
      });
      continue;
    }
    const key = `${group} ${verb}`;
    const known = lists.get(key) ?? { group, verb, resources: new Set<string>() };
    known.resources.add(resource);
    lists.set(key, known);
  }
  const sorted = (items: Iterable<string>) => [...items].sort();
  return [
    ...sorted(lists.keys()).flatMap((key): KubernetesRule[] => {
      const found = lists.get(key);
      if (found === undefined) return [];
      return [{ apiGroups: [found.group], resources: sorted(found.resources), verbs: [found.verb] }];
    }),
    ...sorted(named.keys()).flatMap((key) => named.get(key) ?? []),
    ...sorted(urls.keys()).map((verb) => ({ nonResourceURLs: sorted(urls.get(verb) ?? []), verbs: [verb] })),
  ];
}

/** The name that a path asks for, where it is always the same: `/api/v1/namespaces/kube-system`. */
function nameIn(path: string, resource: string): string | undefined {
  const parts = path.split("/");
  const [before, last] = [parts.at(-2), parts.at(-1)];
  return before === resource && last !== undefined && last !== "" && !last.includes("{") ? last : undefined;
}

/** Whose account the scanner in a cluster has. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** The account, a ClusterRole that reads this and nothing else, and the binding of the two. */
export function kubernetesObjects(
  reads: readonly Read[],
  account: ServiceAccount,
): readonly KubernetesObject[] {
  const role = "chalk-audit-reader";
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: account.name, namespace: account.namespace },
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: role },
      rules: kubernetesRules(reads),
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: role },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [{ kind: "ServiceAccount", name: account.name, namespace: account.namespace }],
    },
  ];
}

/** The same as one file for `kubectl apply -f`. */
export function kubernetesManifest(reads: readonly Read[], account: ServiceAccount): string {
  return kubernetesObjects(reads, account)
    .map((object) => stringify(object, { lineWidth: 0 }))
    .join("---\n");
}
