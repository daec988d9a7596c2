import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { kubernetesManifest, kubernetesObjects, kubernetesRules } from "../../src/permissions/kubernetes.ts";
import { editionRead, readsOf } from "../../src/permissions/reads.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import { kubernetesKinds } from "../../src/snapshot/kinds/kubernetes.ts";

const kindsOf = (of: object) => new Set(Object.keys(of) as DocumentKind[]);

const found = { named: false };

describe("Kubernetes: an account, a ClusterRole, a binding", () => {
  const rbac: readonly DocumentKind[] = [
    "kubernetes/role",
    "kubernetes/cluster-role",
    "kubernetes/role-binding",
    "kubernetes/cluster-role-binding",
    "kubernetes/api-resource",
  ];

  test("rules by group and verb; a thing that is read by its name is allowed by its name; URLs as prefixes (K3)", () => {
    expect(kubernetesRules(readsOf("kubernetes", new Set(rbac), found))).toEqual([
      { apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: ["get"] },
      {
        apiGroups: ["rbac.authorization.k8s.io"],
        resources: ["clusterrolebindings", "clusterroles", "rolebindings", "roles"],
        verbs: ["list"],
      },
      { nonResourceURLs: ["/api", "/api/*", "/apis", "/apis/*", "/version"], verbs: ["get"] },
    ]);
  });

  test("of every kind: every call of the registry is allowed by a rule, get and list only, no star but in URLs", () => {
    const rules = kubernetesRules(readsOf("kubernetes", kindsOf(kubernetesKinds), found));
    for (const { calls } of Object.values(kubernetesKinds)) {
      for (const call of calls) {
        const allowed = rules.filter(
          (rule) =>
            rule.verbs.includes(call.verb) &&
            (call.resource === undefined
              ? rule.nonResourceURLs?.some((url) =>
                  url.endsWith("*") ? call.path.startsWith(url.slice(0, -1)) : url === call.path,
                )
              : rule.apiGroups?.includes(call.group ?? "") && rule.resources?.includes(call.resource)),
        );
        expect(allowed.length, call.operation).toBeGreaterThan(0);
      }
    }
    expect([...new Set(rules.flatMap(({ verbs }) => verbs))].sort()).toEqual(["get", "list"]);
    const names = rules.flatMap(({ apiGroups = [], resources = [] }) => [...apiGroups, ...resources]);
    expect(names.filter((name) => name.includes("*"))).toEqual([]);
  });

  test("what only finds the edition is a rule of its own, that can be taken out; each rule says what it is for", () => {
    const reads = readsOf("kubernetes", new Set(["kubernetes/namespace"]), found);
    const plain = kubernetesRules(reads);
    expect(kubernetesRules([...reads, editionRead])).toEqual([
      ...plain.slice(0, 2),
      { apiGroups: [""], resources: ["nodes"], verbs: ["list"] },
      ...plain.slice(2),
    ]);
    const lines = kubernetesManifest([...reads, editionRead], { namespace: "a", name: "b" }).split("\n");
    const role = lines.slice(lines.indexOf("rules:") + 1, lines.lastIndexOf("---"));
    expect(role).toEqual([
      "  # the cluster: which cluster this is, by its namespace kube-system, and its version",
      '  - apiGroups: [""]',
      "    resources: [namespaces]",
      "    resourceNames: [kube-system]",
      "    verbs: [get]",
      "  # namespaces: whether the audited namespace exists",
      '  - apiGroups: [""]',
      "    resources: [namespaces]",
      "    verbs: [list]",
      "  # nodes: in which cloud the cluster runs; not needed with --baseline",
      '  - apiGroups: [""]',
      "    resources: [nodes]",
      "    verbs: [list]",
      "  # the cluster: which cluster this is, by its namespace kube-system, and its version",
      "  - nonResourceURLs: [/version]",
      "    verbs: [get]",
    ]);
  });

  test("as one YAML file that reads back as the same objects", () => {
    const reads = readsOf("kubernetes", new Set(rbac), found);
    const account = { namespace: "auditing", name: "scanner" };
    const documents = parseAllDocuments(kubernetesManifest(reads, account));
    const objects = [...documents].map((each) => each.toJS() as unknown);
    expect(objects).toEqual(kubernetesObjects(reads, account));
    expect(objects).toMatchObject([
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "scanner", namespace: "auditing" } },
      { kind: "ClusterRole", metadata: { name: "chalk-audit" } },
      {
        kind: "ClusterRoleBinding",
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "chalk-audit" },
        subjects: [{ kind: "ServiceAccount", name: "scanner", namespace: "auditing" }],
      },
    ]);
  });
});
