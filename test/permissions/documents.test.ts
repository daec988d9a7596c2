import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { awsPolicy } from "../../src/permissions/aws.ts";
import { azureRole } from "../../src/permissions/azure.ts";
import { kubernetesManifest, kubernetesObjects, kubernetesRules } from "../../src/permissions/kubernetes.ts";
import { editionRead, readsOf } from "../../src/permissions/reads.ts";
import { awsKinds } from "../../src/snapshot/kinds/aws.ts";
import { azureKinds } from "../../src/snapshot/kinds/azure.ts";
import type { BundledKind, DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import { documentKinds } from "../../src/snapshot/kinds/kinds.ts";
import { kubernetesKinds } from "../../src/snapshot/kinds/kubernetes.ts";

const kindsOf = (of: object) => new Set(Object.keys(of) as DocumentKind[]);
const found = { named: false };

describe("AWS: an identity policy", () => {
  test("of every kind: each permission of the registry once, but what AWS gives to everybody", () => {
    const policy = awsPolicy(readsOf("aws", kindsOf(awsKinds), found));
    const registry = new Set(
      Object.values(awsKinds).flatMap(({ calls }) => calls.map(({ permission }) => permission)),
    );
    registry.delete("sts:GetCallerIdentity");
    expect(policy.Statement.flatMap(({ Action }) => Action).sort()).toEqual([...registry].sort());
    expect(policy.Statement.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      ["ReadEc2", "*"],
      ["ReadEks", "*"],
      ["ReadElasticloadbalancing", "*"],
      ["ReadIam", "*"],
      ["ReadKafka", "*"],
      ["ReadRds", "*"],
      ["ReadRoute53", "*"],
      ["ReadS3", "*"],
      ["ReadSqs", "*"],
      ["ReadTag", "*"],
    ]);
    // What AWS takes at most of a managed policy (IAM quotas: 6,144 characters without white space).
    expect(JSON.stringify(policy).length).toBeLessThan(6_144);
  });

  test("of one kind: what comes with it, and no more", () => {
    expect(awsPolicy(readsOf("aws", new Set(["aws/vpc"]), found)).Statement).toEqual([
      { Sid: "ReadEc2", Effect: "Allow", Action: ["ec2:DescribeVpcs"], Resource: "*" },
    ]);
    expect(awsPolicy(readsOf("aws", new Set(["aws/policy"]), found)).Statement).toEqual([
      {
        Sid: "ReadIam",
        Effect: "Allow",
        Action: [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
          "iam:GetRole",
          "iam:ListAttachedRolePolicies",
          "iam:ListRoles",
        ],
        Resource: "*",
      },
    ]);
  });

  test("with the role named by its ARN: nothing lists roles, and what asks about a role is for that one", () => {
    const kinds = new Set<DocumentKind>(["aws/role", "aws/role-policy", "aws/attached-policy", "aws/policy"]);
    const arn = "arn:aws:iam::123456789012:role/vendor";
    expect(awsPolicy(readsOf("aws", kinds, { named: true }), [arn])).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "ReadIam", Effect: "Allow", Action: ["iam:GetPolicy", "iam:GetPolicyVersion"], Resource: "*" },
        {
          Sid: "ReadIamOfRole",
          Effect: "Allow",
          Action: [
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
          ],
          Resource: [arn],
        },
      ],
    });
  });
});

describe("Azure: a custom role", () => {
  const scope = "/subscriptions/6b1f0000-0000-4000-8000-000000004e5f";

  test("of every kind: each permission of the registry once, reads only, no data", () => {
    const role = azureRole(readsOf("azure", kindsOf(azureKinds), found), [scope]);
    const registry = new Set(
      Object.values(azureKinds).flatMap(({ calls }) => calls.map(({ permission }) => permission)),
    );
    expect(role.Actions).toEqual([...registry].sort());
    expect(role.Actions.filter((action) => !action.endsWith("/read"))).toEqual([]);
    const { Actions: _, Description, ...rest } = role;
    expect(Description).not.toBe("");
    expect(rest).toEqual({
      Name: "chalk-audit reader",
      IsCustom: true,
      NotActions: [],
      DataActions: [],
      NotDataActions: [],
      AssignableScopes: [scope],
    });
  });

  test("of one principal's assignments: finding the principal takes the definitions; a named one does not", () => {
    const kinds = new Set<DocumentKind>(["azure/assigned-to"]);
    expect(azureRole(readsOf("azure", kinds, found), [scope]).Actions).toEqual([
      "Microsoft.Authorization/roleAssignments/read",
      "Microsoft.Authorization/roleDefinitions/read",
    ]);
    expect(azureRole(readsOf("azure", kinds, { named: true }), [scope]).Actions).toEqual([
      "Microsoft.Authorization/roleAssignments/read",
    ]);
  });
});

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

test("kinds of another cloud ask for nothing, and no kind asks for nothing", () => {
  expect(readsOf("azure", kindsOf(awsKinds), found)).toEqual([]);
  expect(readsOf("kubernetes", new Set(), found)).toEqual([]);
  // What everybody has is no permission to ask for.
  expect(readsOf("aws", new Set(["aws/caller-identity"]), found)).toEqual([]);
  for (const kind of Object.keys(documentKinds) as BundledKind[]) {
    if (kind === "aws/caller-identity") continue;
    const cloud = documentKinds[kind].provider;
    const reads = readsOf(cloud, new Set([kind]), found);
    expect(
      reads.some((read) => read.kinds.includes(kind)),
      kind,
    ).toBe(true);
  }
});
