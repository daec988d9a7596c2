import { afterEach, describe, expect, test } from "vitest";
import { awsPolicy } from "../../src/permissions/aws.ts";
import { probesOf } from "../../src/permissions/probe.ts";
import { editionRead, readsOf } from "../../src/permissions/reads.ts";
import { azureKinds } from "../../src/snapshot/kinds/azure.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { ran } from "../cli/shell.ts";
import { collectAws, everyAwsKind, vendorWorld } from "../collectors/aws-harness.ts";
import { collectFrom, everyKind } from "../collectors/harness.ts";
import { accessKinds, smallCluster } from "../collectors/kubernetes-harness.ts";
import { vendorWorld as azureWorld, stranger, vendor } from "../collectors/world.ts";
import { type Arm, startArm } from "../servers/arm.ts";
import { type Aws, startAws } from "../servers/aws.ts";
import { auditor } from "../servers/aws-state.ts";
import { type Kubernetes, startKubernetes } from "../servers/kubernetes.ts";

const states = (reads: ReturnType<typeof readsOf>, snapshot: Snapshot) =>
  Object.fromEntries(probesOf(reads, snapshot).map(({ permission, state }) => [permission, state]));
const all = (permissions: readonly string[], state: string) =>
  Object.fromEntries(permissions.map((permission) => [permission, state]));

describe("AWS, against a server that enforces what a key may do (fault 36)", () => {
  let aws: Aws;
  afterEach(() => aws.close());
  const may = (actions: readonly string[]) => {
    // Who asks who it is is told in any case, as AWS does.
    const allowed = [...actions, "sts:GetCallerIdentity"];
    aws.state = { ...aws.state, keys: { [auditor.id]: { secret: auditor.secret, may: allowed } } };
  };
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["found by its trust", []],
    ["named", ["acme"]],
  ];

  test.each(cases)(
    "the role %s: complete with the policy, incomplete without each action of it",
    async (_, roles) => {
      aws = await startAws(vendorWorld);
      const named = roles.length > 0;
      const reads = readsOf("aws", new Set(everyAwsKind), { named });
      const actions = awsPolicy(reads).Statement.flatMap(({ Action }) => Action);
      may(actions);
      const whole = (await collectAws(aws, { roles })).snapshot;
      expect(whole.unread).toEqual([]);
      expect(states(reads, whole)).toEqual(all(actions, "there"));
      for (const left of actions) {
        may(actions.filter((action) => action !== left));
        const { snapshot } = await collectAws(aws, { roles });
        expect(
          snapshot.unread.map(({ permission }) => permission),
          left,
        ).toContain(left);
        const found = states(reads, snapshot);
        expect(found[left], left).toBe("missing");
        expect(
          Object.values(found).filter((state) => state === "missing" || state === "unread"),
          left,
        ).toEqual(["missing"]);
      }
    },
    120_000,
  );

  test("of single kinds: what the policy says suffices (what comes with a kind is in it)", async () => {
    aws = await startAws(vendorWorld);
    for (const kind of everyAwsKind) {
      for (const roles of [[], ["acme"]]) {
        const reads = readsOf("aws", new Set([kind]), { named: roles.length > 0 });
        may(awsPolicy(reads).Statement.flatMap(({ Action }) => Action));
        const { snapshot } = await collectAws(aws, { kinds: [kind], roles });
        expect(snapshot.unread, `${kind} ${roles}`).toEqual([]);
      }
    }
  }, 120_000);

  test("nothing allowed: what is asked first is missing, what follows from it was not tried", async () => {
    aws = await startAws(vendorWorld);
    may([]);
    const { snapshot } = await collectAws(aws);
    const reads = readsOf("aws", new Set(everyAwsKind), { named: false });
    const found = states(reads, snapshot);
    const untried = [
      "eks:DescribeAccessEntry",
      "eks:DescribeAddon",
      "eks:DescribeCluster",
      "eks:DescribeNodegroup",
      "eks:DescribePodIdentityAssociation",
      "eks:ListAccessEntries",
      "eks:ListAddons",
      "eks:ListAssociatedAccessPolicies",
      "eks:ListNodegroups",
      "eks:ListPodIdentityAssociations",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "kafka:ListScramSecrets",
      "rds:DescribeDBParameters",
      "s3:GetBucketCORS",
    ];
    const others = Object.keys(found).filter((each) => !untried.includes(each));
    expect(found).toEqual({ ...all(untried, "untried"), ...all(others, "missing") });
    expect(others).toContain("tag:GetResources");
  });

  test("an account without clusters or a vendor: what there was nothing to try on is said to be untried", async () => {
    aws = await startAws({ ...vendorWorld, roles: [], clusters: [], nodegroups: [] });
    const { snapshot } = await collectAws(aws);
    const found = states(readsOf("aws", new Set(everyAwsKind), { named: false }), snapshot);
    expect(Object.keys(found).filter((each) => found[each] === "untried")).toEqual([
      "eks:DescribeAccessEntry",
      "eks:DescribeAddon",
      "eks:DescribeCluster",
      "eks:DescribeNodegroup",
      "eks:DescribePodIdentityAssociation",
      "eks:ListAccessEntries",
      "eks:ListAddons",
      "eks:ListAssociatedAccessPolicies",
      "eks:ListNodegroups",
      "eks:ListPodIdentityAssociations",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
    ]);
  });

  test("a named role that is not there was asked for; a failure that is no refusal is not a missing permission", async () => {
    aws = await startAws(vendorWorld);
    aws.faults.add({ match: "ec2 DescribeVpcs", status: 500, times: 20 });
    const { snapshot } = await collectAws(aws, {
      roles: ["nobody"],
      kinds: ["aws/role", "aws/vpc"],
      options: { timeoutMs: 3_000 },
    });
    expect(states(readsOf("aws", new Set(["aws/role", "aws/vpc"]), { named: true }), snapshot)).toEqual({
      "ec2:DescribeVpcs": "unread",
      "iam:GetRole": "there",
    });
  });
});

/** What a path of the registry stands for, with or without a query. */
function shapeOf(path: string): RegExp {
  const holes: Readonly<Record<string, string>> = {
    "{roleDefinition}": "/.*/roleDefinitions/[^/?]+",
    "{storageAccount}": "/.*/storageAccounts/[^/?]+",
  };
  const parts = path.split(/(\{\w+\})/);
  const shape = parts.map((part) =>
    part.startsWith("{") ? (holes[part] ?? "[^/?()]+") : part.replace(/[.()]/g, "\\$&"),
  );
  return new RegExp(`^${shape.join("")}(?:\\?|$)`, "i");
}

describe("Azure, against a server that refuses one permission at a time (fault 36)", () => {
  let arm: Arm;
  afterEach(() => arm.close());
  const names = new Map([["azure/directory-role" as const, [stranger]]]);

  test.each([
    ["found by its role", []],
    ["named", [vendor]],
  ])(
    "the principal %s: every request is of the role's actions, and each is needed",
    async (_, principals) => {
      arm = await startArm(azureWorld());
      const reads = readsOf("azure", new Set(everyKind), { named: principals.length > 0 });
      const asked = { roleNames: ["Vendor Manager"], principals, names };
      const whole = (await collectFrom(arm, asked)).snapshot;
      expect(whole.unread).toEqual([]);
      expect(states(reads, whole)).toEqual(
        all(
          reads.map(({ permission }) => permission),
          "there",
        ),
      );
      const shapes = Object.values(azureKinds).flatMap(({ calls }) =>
        calls.map(({ path, permission }) => ({ permission, shape: shapeOf(path) })),
      );
      const used = arm.requests
        .filter(({ to }) => to === "arm")
        .map(({ path }) => shapes.find(({ shape }) => shape.test(path))?.permission ?? path);
      expect([...new Set(used)].sort()).toEqual(reads.map(({ permission }) => permission).sort());
      for (const { permission } of reads) {
        for (const each of shapes.filter((one) => one.permission === permission))
          arm.faults.add({ match: each.shape, denied: permission });
        const { snapshot } = await collectFrom(arm, asked);
        const found = states(reads, snapshot);
        expect(found[permission], permission).toBe("missing");
        expect(
          Object.values(found).filter((state) => state === "missing" || state === "unread"),
          permission,
        ).toEqual(["missing"]);
        arm.faults.clear();
      }
    },
    60_000,
  );

  test("nobody holds the role: what asks about a principal was not tried", async () => {
    arm = await startArm(azureWorld());
    const kinds: readonly DocumentKind[] = ["azure/role-eligibility", "azure/vault"];
    const { snapshot } = await collectFrom(arm, { kinds, roleNames: ["Nobody's"] });
    expect(states(readsOf("azure", new Set(kinds), { named: false }), snapshot)).toEqual({
      "Microsoft.Authorization/roleAssignments/read": "there",
      "Microsoft.Authorization/roleDefinitions/read": "there",
      "Microsoft.Authorization/roleEligibilityScheduleInstances/read": "untried",
      "Microsoft.KeyVault/vaults/read": "there",
    });
  });
});

describe("Kubernetes, against a server that refuses one read at a time (fault 36)", () => {
  let kubernetes: Kubernetes;
  afterEach(() => kubernetes.close());
  const reads = [...readsOf("kubernetes", new Set(accessKinds), { named: false }), editionRead];
  const probed = async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await ran(
      [
        "preflight",
        "--cloud",
        "kubernetes",
        "--kubeconfig",
        kubernetes.kubeconfig,
        "--format",
        "json",
        ...args,
      ],
      { env: { PATH: process.env["PATH"] ?? "" } },
    );
    if (stdout === "") return { status, stderr, found: {} };
    const { ready, targets } = JSON.parse(stdout) as {
      ready: boolean;
      targets: { probes: { permission: string; state: string }[] }[];
    };
    expect(ready).toBe(status === 0);
    const probes = targets.flatMap((target) => target.probes);
    return { status, stderr, found: Object.fromEntries(probes.map((each) => [each.permission, each.state])) };
  };
  /** What a server that tells at once what it serves is not asked. */
  const later = { "get /api/{version}": "untried", "get /apis/{group}/{version}": "untried" };
  const whole = {
    ...all(
      reads.map(({ permission }) => permission),
      "there",
    ),
    ...later,
  };
  const withoutNodes = (found: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(found).filter(([permission]) => permission !== "list nodes"));

  test("all is there; the nodes are asked only when no baseline is named; every request is a GET of the registry", async () => {
    kubernetes = await startKubernetes({ objects: smallCluster });
    expect(await probed()).toEqual({ status: 0, stderr: "", found: whole });
    expect(kubernetes.requests.filter(({ path }) => path === "/api/v1/nodes").length).toBe(1);
    const seen = new Set(kubernetes.requests.map(({ method, path }) => `${method} ${path}`));
    const known = reads.flatMap(({ calls }) => calls.map(({ path }) => `GET ${path}`));
    expect([...seen].filter((each) => !known.includes(each))).toEqual([]);
    for (const baseline of ["chalk-azure", "chalk-aws"]) {
      expect(await probed("--baseline", baseline)).toEqual({
        status: 0,
        stderr: "",
        found: withoutNodes(whole),
      });
    }
    expect(kubernetes.requests.filter(({ path }) => path === "/api/v1/nodes").length).toBe(1);
  });

  test("each refused: that one is missing, exit 3; what follows from it was not tried", async () => {
    kubernetes = await startKubernetes({ objects: smallCluster });
    const paths = [
      ["get namespaces", "^/api/v1/namespaces/kube-system", { "get /version": "untried" }],
      ["get /version", "^/version", {}],
      ["get /api", "^/api$", { "get /apis": "untried" }],
      ["get /apis", "^/apis$", { "get /api": "untried" }],
      ["list namespaces", "^/api/v1/namespaces\\?", {}],
      ["list serviceaccounts", "^/api/v1/serviceaccounts", {}],
      ["list nodes", "^/api/v1/nodes", {}],
      ...["roles", "clusterroles", "rolebindings", "clusterrolebindings"].map(
        (each) => [`list ${each}.rbac.authorization.k8s.io`, `/${each}\\?`, {}] as const,
      ),
    ] as const;
    expect([...paths.map(([permission]) => permission), ...Object.keys(later)].sort()).toEqual(
      Object.keys(whole).sort(),
    );
    for (const [permission, match, also] of paths) {
      kubernetes.faults.add({ match: new RegExp(match), denied: permission });
      expect(await probed(), permission).toEqual({
        status: 3,
        stderr: "",
        found: { ...whole, ...also, [permission]: "missing" },
      });
      kubernetes.faults.clear();
    }
  });

  test("fault 36: a server that is asked version by version: a refused version is a missing permission", async () => {
    kubernetes = await startKubernetes({ objects: smallCluster, discovery: "legacy" });
    expect(await probed()).toEqual({ status: 0, stderr: "", found: whole });
    kubernetes.faults.add({ match: "/apis/batch/v1beta1", denied: "batch" });
    expect(await probed()).toEqual({
      status: 3,
      stderr: "",
      found: { ...whole, "get /apis/{group}/{version}": "missing" },
    });
    kubernetes.faults.clear();
    kubernetes.faults.add({ match: /^\/api\/v1$/, denied: "v1" });
    expect((await probed()).found).toEqual({ ...whole, "get /api/{version}": "missing" });
  });

  test("the nodes fail in another way: not read, not ready; wrong credentials: exit 2 and the reason", async () => {
    kubernetes = await startKubernetes({ objects: smallCluster });
    kubernetes.faults.add({ match: "/api/v1/nodes", status: 400, message: "odd" });
    expect(await probed()).toEqual({ status: 3, stderr: "", found: { ...whole, "list nodes": "unread" } });
    kubernetes.faults.clear();
    kubernetes.state = { ...kubernetes.state, users: [] };
    const { status, stderr } = await probed();
    expect([status, stderr]).toEqual([2, expect.stringContaining("refused the credentials")]);
  });

  test("a kind that a snapshot says is unread altogether makes nothing ready", () => {
    const snapshot: Snapshot = {
      schema: 1,
      provider: "kubernetes",
      scope: "unknown",
      takenAt: "2026-11-21T10:00:00.000Z",
      documents: [],
      unread: accessKinds.map((kind) => ({
        kind,
        api: "sign-in",
        cause: "unreachable",
        detail: "gone",
      })),
    };
    const plain = reads.filter(({ kinds }) => kinds.length > 0);
    expect(states(plain, snapshot)).toEqual(
      all(
        plain.map(({ permission }) => permission),
        "unread",
      ),
    );
  });
});
