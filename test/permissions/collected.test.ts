import { afterEach, describe, expect, test } from "vitest";
import { azureSources } from "../../src/collectors/sources.ts";
import { awsPolicy } from "../../src/permissions/aws.ts";
import { probesOf } from "../../src/permissions/probe.ts";
import { readsOf } from "../../src/permissions/reads.ts";
import type { DocumentKind, Snapshot } from "../../src/snapshot/snapshot.ts";
import { collectAws, everyAwsKind, vendorWorld } from "../collectors/aws-harness.ts";
import { collectFrom, everyKind } from "../collectors/harness.ts";
import { vendorWorld as azureWorld, vendor } from "../collectors/world.ts";
import { type Arm, startArm } from "../servers/arm.ts";
import { type Aws, startAws } from "../servers/aws.ts";
import { auditor } from "../servers/aws-state.ts";

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
      "eks:DescribeCluster",
      "eks:DescribeNodegroup",
      "eks:ListNodegroups",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
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
      "eks:DescribeCluster",
      "eks:DescribeNodegroup",
      "eks:ListNodegroups",
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

describe("Azure, against a server that refuses one permission at a time (fault 36)", () => {
  let arm: Arm;
  afterEach(() => arm.close());

  test.each([
    ["found by its role", []],
    ["named", [vendor]],
  ])(
    "the principal %s: every request is of the role's actions, and each is needed",
    async (_, principals) => {
      arm = await startArm(azureWorld());
      const reads = readsOf("azure", new Set(everyKind), { named: principals.length > 0 });
      const asked = { roleNames: ["Vendor Manager"], principals };
      const whole = (await collectFrom(arm, asked)).snapshot;
      expect(whole.unread).toEqual([]);
      expect(states(reads, whole)).toEqual(
        all(
          reads.map(({ permission }) => permission),
          "there",
        ),
      );
      const shapes = Object.values(azureSources).flatMap(({ calls }) =>
        calls.map(({ path, permission }) => ({ permission, last: path.split("/").at(-1) ?? "" })),
      );
      const used = new Set(
        arm.requests
          .filter(({ to }) => to === "arm")
          .map(({ path }) =>
            shapes.find(({ last }) => path.toLowerCase().includes(`/${last.toLowerCase()}`)),
          ),
      );
      expect([...used].map((each) => each?.permission).sort()).toEqual(
        reads.map(({ permission }) => permission).sort(),
      );
      for (const { permission } of reads) {
        const last = shapes.find((each) => each.permission === permission)?.last ?? "";
        arm.faults.add({ match: new RegExp(`/${last}(?:[?/]|$)`, "i"), denied: permission });
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
