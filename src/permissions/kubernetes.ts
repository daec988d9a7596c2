import { Document, isNode, isScalar, visit } from "yaml";
import type { KubernetesCall } from "../snapshot/kinds/calls.ts";
import type { Read } from "./reads.ts";

/** A rule of a ClusterRole. */
export interface ScannerRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [more: string]: unknown;
}

/** A rule, and what it is for, a line for each kind of document. */
interface ExplainedRule {
  readonly rule: ScannerRule;
  readonly reasons: readonly string[];
}

/**
 * The rules that these reads take: one for each resource that is read by its name, one for each group of resources with
 * the same verb, one for what only finds the edition, one for all URLs. A list over all namespaces can only be allowed
 * in the whole cluster.
 */
export function kubernetesRules(reads: readonly Read[]): readonly ScannerRule[] {
  return explainedRules(reads).map(({ rule }) => rule);
}

function explainedRules(reads: readonly Read[]): readonly ExplainedRule[] {
  const groups = new Map<
    string,
    { items: Set<string>; ruleOf: (items: string[]) => ScannerRule; reasons: Set<string> }
  >();
  for (const { calls, kinds, reasons } of reads as readonly Read<KubernetesCall>[]) {
    for (const call of calls) {
      const { key, item, ruleOf } = placeOf(call, kinds.length === 0);
      const group = groups.get(key) ?? { items: new Set(), ruleOf, reasons: new Set() };
      group.items.add(item);
      for (const reason of reasons) group.reasons.add(reason);
      groups.set(key, group);
    }
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { items, ruleOf, reasons }]) => ({ rule: ruleOf([...items].sort()), reasons: [...reasons] }));
}

/** In which rule a call stands, in their order, and what it adds to it. */
function placeOf(
  { group, resource, verb, path }: KubernetesCall,
  beside: boolean,
): { readonly key: string; readonly item: string; readonly ruleOf: (items: string[]) => ScannerRule } {
  if (group === undefined || resource === undefined) {
    return {
      key: `3 ${verb}`,
      // `/apis/{group}/{version}`: RBAC knows a prefix with a star at its end (K3).
      item: path.replace(/\{.*$/, "*"),
      ruleOf: (nonResourceURLs) => ({ nonResourceURLs, verbs: [verb] }),
    };
  }
  const name = nameIn(path, resource);
  return {
    key: name === undefined ? `2 ${group} ${verb} ${beside}` : `1 ${group} ${resource} ${name} ${verb}`,
    item: resource,
    ruleOf: (resources) => ({
      apiGroups: [group],
      resources,
      ...(name === undefined ? {} : { resourceNames: [name] }),
      verbs: [verb],
    }),
  };
}

/** The name that a path asks for, where it is always the same: `/api/v1/namespaces/kube-system`. */
function nameIn(path: string, resource: string): string | undefined {
  const parts = path.split("/");
  const [before, last] = [parts.at(-2), parts.at(-1)];
  return before === resource && last !== undefined && last !== "" && !last.includes("{") ? last : undefined;
}

/** Whose account the scanner in a cluster has. */
export interface ScannerAccount {
  readonly namespace: string;
  readonly name: string;
}

/** The namespace of the scanner's own, where nobody names another. */
const ownNamespace = "chalk-audit";
const roleName = "chalk-audit";

/**
 * The account, a ClusterRole that reads this and nothing else, and the binding of the two; with the namespace, when it
 * is the scanner's own. Somebody else's is left as it is, and must be there.
 */
export function kubernetesObjects(
  reads: readonly Read[],
  account: ScannerAccount,
): readonly KubernetesObject[] {
  const namespace: KubernetesObject = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: account.namespace,
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    },
  };
  return [
    ...(account.namespace === ownNamespace ? [namespace] : []),
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: account.name, namespace: account.namespace },
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: roleName },
      rules: kubernetesRules(reads),
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: roleName },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: roleName },
      subjects: [{ kind: "ServiceAccount", name: account.name, namespace: account.namespace }],
    },
  ];
}

/** What the rules reach, as the file says it to whoever is to apply it. */
function heading(reads: readonly Read[]): string {
  const read = (reads as readonly Read<KubernetesCall>[]).flatMap(({ calls }) => calls);
  const reaches = (resource: string) => read.some((call) => call.resource === resource);
  const told = reaches("secrets")
    ? [
        " What chalk-audit may do in a cluster, and nothing else. No rule writes, and none reads a log. Secrets are read for",
        " the names of their keys, and since Helm keeps its releases in secrets; RBAC tells neither from the values. So whoever",
        " has this role can read secrets. chalk-audit keeps no value. Printed by: chalk-audit permissions --cloud kubernetes",
      ]
    : reaches("pods")
      ? [
          " What chalk-audit may do in a cluster, and nothing else. No rule reads a secret or a log, and none writes. Printed by:",
          " chalk-audit permissions --cloud kubernetes",
        ]
      : [
          " What chalk-audit may do in a cluster, and nothing else: read who holds which role. No rule reads a secret, a pod or",
          " a log, and none writes. Printed by: chalk-audit permissions --cloud kubernetes",
        ];
  return told.join("\n");
}

/** The same as one file for `kubectl apply -f`, each rule with what it is for. */
export function kubernetesManifest(reads: readonly Read[], account: ScannerAccount): string {
  const reasons = explainedRules(reads).map((each) => each.reasons);
  return kubernetesObjects(reads, account)
    .map((object) => {
      const document = new Document(object);
      visit(document, {
        Seq: (_, node) => {
          node.flow = node.items.every((item) => isScalar(item));
        },
      });
      if (object.kind === "ClusterRole") {
        document.commentBefore = heading(reads);
        reasons.forEach((lines, at) => {
          const rule = document.getIn(["rules", at], true);
          if (isNode(rule)) rule.commentBefore = lines.map((line) => ` ${line}`).join("\n");
        });
      }
      return document.toString({ lineWidth: 0, flowCollectionPadding: false });
    })
    .join("---\n");
}
