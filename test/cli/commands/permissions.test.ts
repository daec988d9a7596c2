import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { ScannerRule } from "../../../src/permissions/kubernetes.ts";
import { ran } from "../shell.ts";

interface KubernetesObject {
  readonly kind: string;
  readonly rules?: readonly ScannerRule[];
}

/** Every single thing that the rules allow, in words; one that stands twice is there twice. */
const atomsOf = (objects: readonly KubernetesObject[]) =>
  objects
    .flatMap(({ rules = [] }) => rules)
    .flatMap(({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }) =>
      verbs.flatMap((verb) => [
        ...apiGroups.flatMap((group) =>
          resources.map((each) =>
            [verb, group === "" ? each : `${each}.${group}`, ...resourceNames].join(" "),
          ),
        ),
        ...nonResourceURLs.map((url) => `${verb} ${url}`),
      ]),
    )
    .sort();

const subscription = "6b1f0000-0000-4000-8000-000000004e5f";
const folder = mkdtempSync(join(tmpdir(), "chalk-audit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const actionsOf = (text: string) => {
  const { Statement } = JSON.parse(text) as { Statement: { Action: string[] }[] };
  return Statement.flatMap(({ Action }) => Action);
};

describe("permissions", () => {
  test("AWS: JSON on stdout and nothing else; the kinds of the default baseline", async () => {
    const { status, stdout, stderr } = await ran(["permissions", "--cloud", "aws"], { cwd: folder });
    expect([status, stderr]).toEqual([0, ""]);
    expect(actionsOf(stdout)).toEqual([
      "ec2:DescribeInstances",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeNatGateways",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVolumes",
      "ec2:DescribeVpcs",
      "eks:DescribeCluster",
      "eks:DescribeClusterVersions",
      "eks:DescribeNodegroup",
      "eks:ListClusters",
      "eks:ListNodegroups",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "iam:ListRoles",
      "tag:GetResources",
    ]);
    const named = await ran(["permissions", "--cloud", "aws", "--role", "vendor"], { cwd: folder });
    // with a role named too: by which others the vendor can come in, the list of roles alone tells (AW15)
    expect(actionsOf(named.stdout)).toEqual(actionsOf(stdout));
  });

  test("another baseline, other kinds: a file that looks at networks alone", async () => {
    const file = join(folder, "net.yaml");
    writeFileSync(
      file,
      `id: net
version: "1"
title: Net
cloud: aws
source: { url: https://example.com/net, captured: 2026-11-20 }
parameters: {}
controls:
  - id: net-there
    title: There is a network
    why: Without it nothing runs.
    check: inventory/resources
    cite: { section: Network }
    with: { kind: aws/vpc, items: [{ name: a network, types: [vpc] }] }
`,
    );
    const { status, stdout, stderr } = await ran(["permissions", "--baseline", file], { cwd: folder });
    expect([status, stderr]).toEqual([0, ""]);
    expect(actionsOf(stdout)).toEqual(["ec2:DescribeVpcs"]);
  });

  test("Azure: a role for the subscription of the flag, of the environment, or to be filled in", async () => {
    const of = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const { status, stdout, stderr } = await ran(["permissions", "--cloud", "azure", ...args], {
        env,
        cwd: folder,
      });
      const { AssignableScopes } = JSON.parse(stdout) as { AssignableScopes: string[] };
      return [status, AssignableScopes, stderr];
    };
    const scope = [`/subscriptions/${subscription}`];
    expect(await of(["--subscription", subscription])).toEqual([0, scope, ""]);
    expect(await of(["--subscription", `/subscriptions/${subscription}`])).toEqual([0, scope, ""]);
    expect(await of([], { AZURE_SUBSCRIPTION_ID: subscription })).toEqual([0, scope, ""]);
    expect(await of([])).toEqual([
      0,
      ["/subscriptions/SUBSCRIPTION-ID"],
      "chalk-audit: put the subscription's id in place of SUBSCRIPTION-ID, or give it with --subscription\n",
    ]);
  });

  describe("Kubernetes", () => {
    const printed = async (...args: readonly string[]) => {
      const { status, stdout, stderr } = await ran(["permissions", "--cloud", "kubernetes", ...args], {
        cwd: folder,
      });
      expect([status, stderr]).toEqual([0, ""]);
      const objects = [...parseAllDocuments(stdout)].map((each) => each.toJS() as KubernetesObject);
      return { stdout, kinds: objects.map(({ kind }) => kind), atoms: atomsOf(objects) };
    };
    const withNodes = [
      "get /api",
      "get /api/*",
      "get /apis",
      "get /apis/*",
      "get /version",
      "get namespaces kube-system",
      "list clusterrolebindings.rbac.authorization.k8s.io",
      "list clusterroles.rbac.authorization.k8s.io",
      "list namespaces",
      "list nodes",
      "list rolebindings.rbac.authorization.k8s.io",
      "list roles.rbac.authorization.k8s.io",
      "list serviceaccounts",
    ];

    test("without a baseline: the very file of deploy/kubernetes, with the list of nodes that tells the edition", async () => {
      const { stdout, kinds, atoms } = await printed();
      expect(stdout).toBe(readFileSync("deploy/kubernetes/scanner.yaml", "utf8"));
      expect(kinds).toEqual(["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"]);
      expect(atoms).toEqual(withNodes);
      expect((await printed("--baseline", "chalk-azure", "--baseline", "chalk-aws")).atoms).toEqual(
        withNodes,
      );
    });

    test.each(["chalk-azure", "chalk-aws"])("%s named: nothing asks the nodes", async (baseline) => {
      expect((await printed("--baseline", baseline)).atoms).toEqual(
        withNodes.filter((atom) => atom !== "list nodes"),
      );
    });

    test("an account of somebody's own: its namespace is left alone, the role is the same", async () => {
      const { stdout, kinds, atoms } = await printed("--service-account", "auditing/reader");
      expect(kinds).toEqual(["ServiceAccount", "ClusterRole", "ClusterRoleBinding"]);
      expect(atoms).toEqual(withNodes);
      expect(stdout).toMatch(/name: reader\n {4}namespace: auditing\n$/);
    });
  });

  test.each([
    [[], "permissions: expected one cloud with --cloud, azure, aws or kubernetes: a policy is of one"],
    [
      ["--cloud", "aws,azure"],
      "--cloud: expected one cloud with --cloud, azure, aws or kubernetes: a policy is of one",
    ],
    [["--cloud", "gcp"], '--cloud: expected azure, aws or kubernetes, found "gcp"'],
    [
      ["--cloud", "azure", "--subscription", "prod"],
      '--subscription: expected the id of a subscription, found "prod"',
    ],
    [
      ["--cloud", "aws", "--baseline", "chalk-azure"],
      "no control of chalk-azure@2026-11-20 looks at aws; name another with --baseline",
    ],
    [["--cloud", "aws", "--format", "json"], 'unknown flag "--format"; permissions has no such flag'],
  ])("%j: %s", async (args, message) => {
    const { status, stdout, stderr } = await ran(["permissions", ...args], { cwd: folder });
    expect([status, stdout, stderr]).toEqual([2, "", `chalk-audit: ${message}\n`]);
  });
});
