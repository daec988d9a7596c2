import { beforeAll, describe, expect, test } from "vitest";
import type { ServiceData } from "../../../src/access/aws/service-data.ts";
import { allows } from "../../../src/access/provider.ts";
import { loadBaseline } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import { loadServiceData } from "../../../src/cli/job/service-data.ts";
import { actionChanges } from "../../../src/review/aws/changes.ts";
import { reviewAws } from "../../../src/review/aws/review.ts";
import { asker, readySide } from "../../../src/review/aws/side.ts";
import { breaks, type Review, reviewStatus } from "../../../src/review/review.ts";
import { AwsUsage } from "../../../src/usage/aws/usage.ts";
import { type Event, record } from "../../usage/aws/trail.ts";
import {
  ACCOUNT,
  type AwsState,
  allow,
  awsState,
  denied,
  managed,
  management,
  others,
  policy,
  REGION,
  ROLE,
  role,
  scoped,
  snapshotOf,
  tagged,
  thing,
} from "../../worlds/aws-state.ts";

let data: ServiceData;
beforeAll(async () => {
  data = await loadServiceData();
});

interface Case {
  readonly state?: Partial<AwsState>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly to?: string;
}

function reviewed(
  events: readonly Event[] | undefined,
  { state = {}, parameters = {}, to = "scoped" }: Case = {},
): Review {
  const usage = new AwsUsage(ROLE, data);
  if (events !== undefined) {
    // Somebody else's event, so that the export is one even where the role made no call.
    const other = record({ source: "ec2", name: "RunInstances", more: { userIdentity: { type: "Root" } } });
    usage.addFile("trail.json", "trail.json", JSON.stringify({ Records: [other, ...events.map(record)] }));
  }
  return reviewAws({
    loaded: loadBaseline("chalk-aws", checks),
    snapshot: snapshotOf(awsState(state)),
    parameters: { role: "chalk", ...parameters },
    from: "management",
    to,
    data,
    usage: usage.finish(),
    now: "2026-11-21T10:00:00.000Z",
    version: "0",
  });
}

const calls = (review: Review) =>
  review.calls.map((c) => ({ action: c.action, live: c.live, target: c.target, broken: breaks(c) }));

const deleteVolume: Event = { source: "ec2", name: "DeleteVolume", parameters: { volumeId: "vol-node" } };
const scratch = thing("aws/volume", "vol-scratch", { Attachments: [{ InstanceId: "i-node" }], Tags: [] });

describe("the rehearsal (AW1, AW5, AW7, AW9)", () => {
  test("nothing recorded breaks: 0", () => {
    const review = reviewed([]);
    expect(review.incomplete).toEqual([]);
    expect(review.calls).toEqual([]);
    expect(reviewStatus(review)).toBe(0);
  });

  test("a resource that carries the tag stays allowed, the same call on one that lacks it breaks", () => {
    const review = reviewed([deleteVolume, { ...deleteVolume, parameters: { volumeId: "vol-scratch" } }], {
      state: { others: [...others, scratch] },
    });
    expect(review.allowedCalls).toBe(1);
    expect(review.calls).toEqual([
      {
        action: "ec2:DeleteVolume",
        event: "ec2.amazonaws.com DeleteVolume",
        resources: [`arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-scratch`],
        who: ["api"],
        count: 1,
        first: "2026-11-10T10:00:00.000Z",
        last: "2026-11-10T10:00:00.000Z",
        live: "allowed",
        target: "refused",
        why: "no statement of the target grants it on this resource as it is tagged (no tags)",
        needs: {
          Effect: "Allow",
          Action: "ec2:DeleteVolume",
          Resource: `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-scratch`,
        },
      },
    ]);
    expect(reviewStatus(review)).toBe(1);
    expect(review.cut.map(({ id, calls: n }) => [id.split("/")[1], n])).toEqual([["vol-scratch", 1]]);
  });

  test("what is needed mends it: the target with the statement allows the call", () => {
    const review = reviewed([
      { source: "iam", name: "CreateRole", parameters: { roleName: "chalk-x" } },
      { source: "route53", name: "ListHostedZones" },
      { source: "s3", name: "DeleteBucket", parameters: { bucketName: "elsewhere" } },
    ]);
    expect(review.calls.map((c) => c.target)).toEqual(["refused", "refused", "refused"]);
    for (const { action, resources, needs } of review.calls) {
      const request = { action, resource: resources[0] ?? "*", context: {} };
      expect(allows("aws", [scoped], request)).toBe("denied");
      expect(allows("aws", [scoped, policy(needs as object)], request)).toBe("allowed");
    }
  });

  test("a resource whose tags nobody read depends, and is never allowed: 3", () => {
    const review = reviewed([{ ...deleteVolume, parameters: { volumeId: "vol-unknown" } }]);
    expect(calls(review)).toEqual([
      { action: "ec2:DeleteVolume", live: "allowed", target: "depends", broken: false },
    ]);
    expect(review.calls[0]?.why).toBe(
      "on aws:resourcetag/chalk.ai/managed-by: the tags of the resource are not known",
    );
    expect(reviewStatus(review)).toBe(3);
  });

  test("a call whose resource is not recorded: granted on some is `depends`, on none is refused, on all is allowed", () => {
    const review = reviewed([
      { source: "ec2", name: "CreateVolume" },
      { source: "redshift", name: "CreateCluster" },
      { source: "sqs", name: "TagQueue" },
    ]);
    expect(calls(review)).toEqual([
      { action: "redshift:CreateCluster", live: "allowed", target: "refused", broken: true },
      { action: "ec2:CreateVolume", live: "allowed", target: "depends", broken: false },
      { action: "sqs:TagQueue", live: "allowed", target: "depends", broken: false },
    ]);
  });

  test("the page's dead grants: promised, refused, and the calls that count on them", () => {
    const review = reviewed([
      { source: "eks", name: "DescribeClusterVersions" },
      { source: "route53", name: "ListHostedZones" },
      { source: "route53", name: "ListHostedZones" },
    ]);
    expect(review.calls.map(({ action, promised }) => [action, promised])).toEqual([
      ["eks:DescribeClusterVersions", true],
      ["route53:ListHostedZones", true],
    ]);
    const by = (service: string) => review.dead.find(({ actions }) => actions[0]?.startsWith(`${service}:`));
    expect(by("route53")?.calls).toBe(2);
    expect(by("eks")?.calls).toBe(1);
    expect(by("eks")?.actions).toContain("eks:DescribeClusterVersions");
    expect(by("eks")?.actions).not.toContain("eks:DescribeCluster");
    expect(by("dynamodb")?.actions).toEqual(
      expect.arrayContaining([
        "dynamodb:DescribeEndpoints",
        "dynamodb:DescribeLimits",
        "dynamodb:ListTables",
      ]),
    );
  });

  test("refused when it was made shows no use; not granted today either is no break", () => {
    const review = reviewed([
      { ...deleteVolume, more: { errorCode: "Client.UnauthorizedOperation" } },
      { source: "organizations", name: "ListAccounts" },
    ]);
    expect(review.refusedThen).toBe(1);
    expect(calls(review)).toEqual([
      { action: "organizations:ListAccounts", live: "refused", target: "refused", broken: false },
    ]);
    expect(reviewStatus(review)).toBe(0);
  });

  test("an event that is mapped to nothing is named, and makes the review incomplete: 3", () => {
    const review = reviewed([{ source: "eks", name: "InventedCall" }]);
    expect(review.unmapped).toEqual([
      { event: "eks.amazonaws.com InventedCall", who: ["api"], count: 1, last: "2026-11-10T10:00:00.000Z" },
    ]);
    expect(review.incomplete).toEqual(["eks.amazonaws.com InventedCall (1×) is mapped to no permission"]);
    expect(reviewStatus(review)).toBe(3);
  });

  test("what a call creates had no tags then, and in EC2 no name: never allowed by what is there today", () => {
    const review = reviewed([
      { source: "sqs", name: "CreateQueue", parameters: { queueName: "chalk-jobs" } },
      { source: "ec2", name: "CreateSubnet", parameters: { vpcId: "vpc-0c0ffee0" } },
      { source: "s3", name: "CreateBucket", parameters: { bucketName: "chalk-new" } },
      {
        source: "ec2",
        name: "CreateTags",
        parameters: { resourcesSet: { items: [{ volumeId: "vol-node" }] } },
      },
    ]);
    expect(calls(review).map(({ action, target }) => [action, target])).toEqual([
      ["ec2:CreateSubnet", "depends"],
      ["sqs:CreateQueue", "depends"],
    ]);
    expect(review.calls[1]?.why).toContain("the resource was not there before the call");
    expect(review.allowedCalls).toBe(2);
  });

  test("several resources: one that would be refused and nobody knows which is checked is `depends`", () => {
    const items = [{ volumeId: "vol-node" }, { volumeId: "vol-scratch" }];
    const review = reviewed([{ source: "ec2", name: "DeleteVolume", parameters: { items } }], {
      state: { others: [...others, scratch] },
    });
    expect(calls(review).map((c) => c.target)).toEqual(["depends"]);
    expect(review.calls[0]?.why).toContain("vol-scratch would be refused");
  });
});

describe("the columns", () => {
  const group = (review: Review, action: string) =>
    review.groups
      .filter(({ actions }) => actions.includes(action))
      .map(({ change, use, live, documented, target }) => [change, use, live, documented, target]);

  test("goes, narrows, stays, appears; used, not observed, not observable", () => {
    const review = reviewed([
      deleteVolume,
      { source: "iam", name: "CreateRole", parameters: { roleName: "x" } },
    ]);
    expect(group(review, "iam:CreateRole")).toEqual([["goes", "breaks", "all", "all", "none"]]);
    expect(group(review, "iam:DeleteRole")).toEqual([["goes", "not-observed", "all", "all", "none"]]);
    expect(group(review, "iam:PassRole")).toEqual([["goes", "not-observable", "all", "all", "none"]]);
    expect(group(review, "ec2:DeleteVolume")).toEqual([["narrows", "used", "all", "all", "some"]]);
    expect(group(review, "s3:GetObject")).toEqual([["narrows", "not-observable", "all", "all", "some"]]);
    expect(group(review, "route53:ListHostedZones")).toEqual([
      ["goes", "not-observed", "all", "all", "dead"],
    ]);
    expect(group(review, "elasticache:CreateUser")).toEqual([
      ["appears", "not-observed", "none", "none", "some"],
    ]);
    expect(group(review, "ecr:GetAuthorizationToken")).toEqual([
      ["stays", "not-observed", "all", "all", "all"],
    ]);
  });

  test("live is what is held, not what is documented", () => {
    const extra = policy(allow("lambda:*"));
    const review = reviewed([], { state: { roles: [role({ inline: { extra } })] } });
    expect(group(review, "lambda:CreateFunction")).toEqual([["goes", "not-observed", "all", "none", "none"]]);
  });

  test("a boundary cuts what is held and what is to be held", () => {
    const limits = managed("limits", policy(allow("ec2:*")));
    const review = reviewed([], { state: { roles: [role({ boundary: limits })] } });
    expect(group(review, "elasticache:CreateUser")).toEqual([]);
    expect(group(review, "iam:CreateRole")).toEqual([["stays", "not-observed", "none", "all", "none"]]);
    expect(group(review, "ec2:DeleteVolume")).toEqual([["narrows", "not-observed", "all", "all", "some"]]);
  });

  test("without usage everything is not observable, and the review says that it rehearsed nothing: 3", () => {
    const review = reviewed(undefined);
    expect([...new Set(review.groups.map(({ use }) => use))]).toEqual(["not-observable"]);
    expect(review.incomplete).toEqual([
      "usage was not read: give logs with --usage, or read the live account",
    ]);
    expect(reviewStatus(review)).toBe(3);
  });

  test("fault 1: a policy that could not be read makes the review incomplete", () => {
    const arn = managed("chalk-management", management).arn;
    const review = reviewed([], {
      state: { unread: [denied("aws/policy", "iam GetPolicy", "iam:GetPolicy", arn)] },
    });
    expect(review.incomplete[0]).toContain(arn);
    expect(reviewStatus(review)).toBe(3);
  });

  test("a target without a condition on the tag cuts nothing off", () => {
    const state = { others: [...others, scratch] };
    expect(reviewed([deleteVolume], { state }).cut.map(({ id }) => id.split("/")[1])).toEqual([
      "vol-scratch",
    ]);
    expect(reviewed([deleteVolume], { state, to: "management" }).cut).toEqual([]);
  });

  test("tag coverage that could not be read is said", () => {
    const review = reviewed([], {
      state: { unread: [denied("aws/tagged-resource", "tagging GetResources", "tag:GetResources")] },
    });
    expect(review.incomplete.join("\n")).toContain("GetResources");
    expect(reviewStatus(review)).toBe(3);
  });

  test("an optional policy comes in when its parameter is given, and is named when it is not", () => {
    expect(reviewed([]).notes).toContain(
      "log-reader-policy (optional) is left out: it needs --set logGroup=VALUE",
    );
    const review = reviewed([], { parameters: { logGroup: "/chalk/prod" } });
    expect(review.documents.map(({ file }) => file)).toEqual([
      "scoped-execution-policy.json",
      "log-reader-policy.json",
    ]);
  });

  test("the order of documents and of records changes nothing", () => {
    const events = [deleteVolume, { source: "iam", name: "CreateRole", parameters: { roleName: "x" } }];
    const state = awsState({ tagged: [tagged(`arn:aws:sqs:${REGION}:${ACCOUNT}:chalk-a`, null)] });
    const once = reviewed(events, { state });
    const again = reviewed(events.toReversed(), {
      state: { ...state, others: state.others.toReversed(), tagged: state.tagged.toReversed() },
    });
    expect(again).toEqual(once);
  });
});

describe("no role, or more than one", () => {
  test("is a mistake of whoever asked", () => {
    const second = role({ arn: `arn:aws:iam::${ACCOUNT}:role/chalk-two` });
    expect(() => reviewed([], { parameters: { role: "nobody" } })).toThrow("there is no role nobody");
    const both = () =>
      reviewAws({
        loaded: loadBaseline("chalk-aws", checks),
        snapshot: snapshotOf(awsState({ roles: [role(), second] })),
        parameters: {},
        from: "management",
        to: "scoped",
        data,
        usage: new AwsUsage(ROLE, data).finish(),
        now: "2026-11-21T10:00:00.000Z",
        version: "0",
      });
    expect(both).toThrow("a review is of one role; name it with --role (found: chalk, chalk-two)");
  });
});

/** Every choice of one value for each of these keys; `undefined`: the key is absent. */
function* contexts(
  keys: readonly string[],
  values: readonly (string | undefined)[],
): Iterable<Record<string, string>> {
  const [first, ...rest] = keys;
  if (first === undefined) {
    yield {};
    return;
  }
  for (const more of contexts(rest, values))
    for (const value of values) yield value === undefined ? more : { ...more, [first]: value };
}

function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x7fffffff) * n) % n;
  };
}

describe("laws", () => {
  const keys = ["aws:resourcetag/a", "aws:resourcetag/b"];
  const values = [undefined, "x", "y"];
  const operators = ["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists", "Null"];

  function randomPolicy(pick: (n: number) => number): object {
    const statement = () => {
      const conditions = [...Array(pick(3)).keys()].map(() => {
        const operator = operators[pick(operators.length)] ?? "";
        const value = operator === "Null" ? ["true", "false"][pick(2)] : ["x", "y", "*"][pick(3)];
        return [operator, { [keys[pick(2)] ?? ""]: value }];
      });
      return {
        Effect: pick(3) === 0 ? "Deny" : "Allow",
        Action: ["s:A", "s:B", "*"][pick(3)],
        Resource: ["r1", "r2", "*"][pick(3)],
        ...(conditions.length === 0 ? {} : { Condition: Object.fromEntries(conditions) }),
      };
    };
    return policy(...[...Array(1 + pick(3)).keys()].map(statement));
  }

  test("what is said of a request with unknown keys holds for every value that they may have", () => {
    const said = { allowed: 0, denied: 0, depends: 0 };
    for (let seed = 1; seed <= 1_500; seed += 1) {
      const pick = random(seed);
      const documents = [randomPolicy(pick), randomPolicy(pick)];
      const boundary = pick(3) === 0 ? [randomPolicy(pick)] : undefined;
      const known = pick(2) === 0 ? [] : [keys[0] ?? ""];
      const value = values[pick(3)];
      const context = known.length === 0 || value === undefined ? {} : { [known[0] ?? ""]: value };
      const side = { documents, ...(boundary === undefined ? {} : { boundary }) };
      const { verdict } = asker(readySide(side))("s:A", "r1", {
        context,
        knows: (key) => known.includes(key),
      });
      const truths = new Set(
        [
          ...contexts(
            keys.filter((key) => !known.includes(key)),
            values,
          ),
        ].map((free) =>
          allows(
            "aws",
            documents,
            { action: "s:A", resource: "r1", context: { ...context, ...free } },
            boundary === undefined ? {} : { boundary },
          ),
        ),
      );
      if (verdict === "allowed" || verdict === "denied")
        expect([seed, [...truths]]).toEqual([seed, [verdict]]);
      if (verdict !== "undecided") said[verdict] += 1;
    }
    expect(Math.min(...Object.values(said))).toBeGreaterThan(100);
  });

  test("an action that stays is granted on the same requests, one that goes on none", () => {
    const columns = {
      live: { documents: [management] },
      documented: { documents: [] },
      target: { documents: [scoped] },
    };
    const changes = actionChanges(columns, data);
    expect(changes.length).toBeGreaterThan(2_000);
    const tag = { "aws:ResourceTag/chalk.ai/managed-by": "chalk" };
    const resources = [
      "*",
      `arn:aws:s3:::chalk-x`,
      `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/chalk`,
      "arn:aws:s3:::other",
    ];
    let compared = 0;
    for (const { action, change, target, live } of changes.filter((_, i) => i % 7 === 0)) {
      for (const resource of resources)
        for (const context of [{}, tag]) {
          const request = { action, resource, context };
          const [now, then] = [allows("aws", [management], request), allows("aws", [scoped], request)];
          compared += 1;
          if (target === "none") expect([action, then]).toEqual([action, "denied"]);
          if (live === "none") expect([action, now]).toEqual([action, "denied"]);
          if (target === "all") expect([action, then]).toEqual([action, "allowed"]);
          if (change === "stays" && target !== "dead") expect([action, then]).toEqual([action, now]);
          if (change === "narrows" && then === "allowed") expect([action, now]).toEqual([action, "allowed"]);
        }
    }
    expect(compared).toBeGreaterThan(2_000);
  });
});
