import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Aws, startAws } from "../../servers/aws.ts";
import { account, auditor } from "../../servers/aws-state.ts";
import type { Fault, FaultAction } from "../../servers/faults.ts";
import { collectAws, held, vendorWorld } from "../aws-harness.ts";
import { causes, fakeClock } from "../harness.ts";

let aws: Aws;
beforeEach(async () => {
  aws = await startAws(vendorWorld, { pageSize: 1 });
});
afterEach(() => aws.close());

/** Of each protocol a list, and every list of an installation's infrastructure. */
const lists = [
  { call: "iam ListRoles", kind: "aws/role" },
  { call: "ec2 DescribeSubnets", kind: "aws/subnet" },
  { call: "tagging GetResources", kind: "aws/tagged-resource" },
  { call: "eks DescribeClusterVersions", kind: "aws/eks-version" },
  { call: "rds DescribeDBInstances", kind: "aws/db-instance" },
  { call: "sqs ListQueues", kind: "aws/queue" },
  { call: "s3 ListBuckets", kind: "aws/bucket" },
  { call: "route53 ListHostedZones", kind: "aws/hosted-zone" },
  { call: "kafka ListClustersV2", kind: "aws/msk-cluster" },
  { call: "elasticloadbalancing DescribeLoadBalancers", kind: "aws/load-balancer" },
  { call: "ec2 DescribeVpcPeeringConnections", kind: "aws/vpc-peering" },
  { call: "ec2 DescribeTransitGatewayVpcAttachments", kind: "aws/transit-attachment" },
  { call: "ec2 DescribeVpcEndpointServiceConfigurations", kind: "aws/endpoint-service" },
] as const;
/** Lists that are asked for once for each group of parameters, each cluster, each account's entry. */
const listsOfEach = [
  { call: "rds DescribeDBParameters", kind: "aws/db-parameter" },
  { call: "kafka ListScramSecrets", kind: "aws/msk-scram-secret" },
  { call: "eks ListAccessEntries", kind: "aws/eks-access-entry" },
  { call: "eks ListAddons", kind: "aws/eks-addon" },
  { call: "eks ListPodIdentityAssociations", kind: "aws/eks-pod-identity" },
] as const;
type List = (typeof lists)[number] | (typeof listsOfEach)[number];

/** What becomes of one list under a fault, beside the volumes, which stay well. */
async function underFault(
  { call, kind }: List,
  fault: FaultAction & Partial<Fault>,
  asked: Parameters<typeof collectAws>[1] = {},
) {
  aws.faults.add({ match: call, ...fault } as Fault);
  const clock = fakeClock();
  const { snapshot, debug } = await collectAws(aws, {
    kinds: [kind, "aws/volume"],
    ...asked,
    settings: { clock, ...asked?.settings },
  });
  expect(held(snapshot)).toContain("aws/volume vol-1");
  return {
    count: snapshot.documents.filter((document) => document.kind === kind).length,
    unread: snapshot.unread,
    clock,
    debug,
    calls: aws.requests.filter((request) => request.call === call).length,
  };
}

const [ec2] = lists.filter(({ call }) => call.startsWith("ec2"));
const subnets = ec2 as List;
const one = ({ call, kind }: List, cause: string, detail: unknown) => [{ kind, api: call, cause, detail }];

describe("faults 5 to 8: throttling and server errors", () => {
  it.each([
    ["iam ListRoles", "Throttling", 400],
    ["ec2 DescribeSubnets", "RequestLimitExceeded", 503],
    ["tagging GetResources", "ThrottledException", 400],
    ["eks DescribeClusterVersions", "ThrottlingException", 400],
    ["eks DescribeClusterVersions", "TooManyRequestsException", 429],
    ["ec2 DescribeSubnets", "EC2ThrottledException", 503],
  ])(
    "fault 6: %s throttled as %s, %i, without a header: backs off, and succeeds at the fifth attempt",
    async (call, code, status) => {
      const list = lists.find((each) => each.call === call) as List;
      const { unread, clock, calls, count } = await underFault(list, { status, code, times: 4 });
      expect(unread).toEqual([]);
      expect(count).toBeGreaterThan(0);
      expect(clock.pauses).toEqual([375, 750, 1_500, 3_000]);
      expect(calls).toBeGreaterThanOrEqual(5);
    },
  );

  it("fault 6: throttled for ever is unread as throttled after six attempts, the SDK adding none", async () => {
    const { unread, clock, calls } = await underFault(subnets, {
      status: 503,
      code: "RequestLimitExceeded",
      message: "Request limit exceeded.",
    });
    expect(unread).toEqual(
      one(subnets, "throttled", "answered 503 RequestLimitExceeded: Request limit exceeded. (6 attempts)"),
    );
    expect(clock.pauses).toHaveLength(5);
    expect(calls).toBe(6);
  });

  it("fault 6: not past the end of the target's time", async () => {
    const { unread, clock } = await underFault(
      subnets,
      { status: 503, code: "RequestLimitExceeded", message: "slow" },
      { options: { timeoutMs: 2_000 } },
    );
    expect(clock.pauses).toEqual([375, 750]);
    expect(unread).toEqual(one(subnets, "throttled", "answered 503 RequestLimitExceeded: slow (3 attempts)"));
  });

  it("fault 5: waits as long as Retry-After says", async () => {
    const { unread, clock } = await underFault(subnets, {
      status: 429,
      code: "TooManyRequestsException",
      retryAfter: 2,
      times: 1,
    });
    expect(unread).toEqual([]);
    expect(clock.pauses).toEqual([2_000]);
  });

  it("fault 7: a Retry-After past the target's time is unread at once", async () => {
    const { unread, clock } = await underFault(subnets, {
      status: 503,
      code: "RequestLimitExceeded",
      retryAfter: 86_400,
    });
    expect(clock.pauses).toEqual([]);
    expect(unread).toEqual(
      one(
        subnets,
        "throttled",
        "answered 503 and asks to wait 86400 s, but only 60 s are left for this target; raise --timeout",
      ),
    );
  });

  it.each(lists)("fault 8: endless 503 of $call is bounded", async (list) => {
    const { unread, calls } = await underFault(list, {
      status: 503,
      code: "ServiceUnavailable",
      message: "down",
    });
    expect(unread).toEqual(
      list.kind === "aws/role"
        ? one(
            list,
            "server-error",
            "whom to audit could not be found out: answered 503 ServiceUnavailable: down (6 attempts)",
          )
        : one(list, "server-error", "answered 503 ServiceUnavailable: down (6 attempts)"),
    );
    expect(calls).toBe(6);
  });
});

describe("faults 9 to 11: silence, cut answers, pages for browsers", () => {
  it.each(["head", "body"] as const)(
    "fault 9: a server that stops before the end of its %s times out",
    async (hang) => {
      const { unread, calls } = await underFault(subnets, { hang }, { settings: { requestTimeoutMs: 200 } });
      expect(unread).toEqual(one(subnets, "timeout", "no complete answer within 0.2 s (2 attempts)"));
      expect(calls).toBe(2);
    },
  );

  it.each(lists)("fault 10: $call cut in the middle is unread, never an empty list", async (list) => {
    const { count, unread } = await underFault(list, { cut: "json" });
    expect(count).toBe(0);
    const what = /XML|JSON/.exec(unread[0]?.detail ?? "")?.[0];
    expect(what).toBe(/^(?:tagging|eks|sqs|kafka) /.test(list.call) ? "JSON" : "XML");
    expect(unread.map(({ cause, detail }) => [cause, detail])).toEqual([
      [
        "malformed",
        expect.stringMatching(/answered 200 with \d+ characters that are not complete (?:XML|JSON)$/),
      ],
    ]);
  });

  it("fault 10: a connection that is cut in the answer is tried again, then unread", async () => {
    const { unread, calls } = await underFault(subnets, { cut: "socket" });
    expect(unread).toEqual(one(subnets, "unreachable", expect.stringMatching(/\(3 attempts\)$/)));
    expect(calls).toBe(3);
  });

  it.each(lists)("fault 11: 200 with HTML from $call is no empty list", async (list) => {
    const { count, unread } = await underFault(list, { html: true });
    expect(count).toBe(0);
    expect(unread.map(({ cause, detail }) => [cause, detail])).toEqual([
      [
        "malformed",
        expect.stringMatching(/answered 200 with .*; is a proxy or a sign-in page in between\?$/),
      ],
    ]);
  });

  it.each(lists)("fault 11: 500 with HTML from $call is an error", async (list) => {
    const { unread } = await underFault(list, { status: 500, html: true });
    expect(
      unread.map(({ cause, detail }) => [
        cause,
        detail.replace(/^whom to audit could not be found out: /, ""),
      ]),
    ).toEqual([["server-error", "answered 500: a page for browsers (6 attempts)"]]);
  });

  const garbage: readonly (readonly [string, List, string, RegExp])[] = [
    ["nothing", subnets, "", /answered 200 with an empty body$/],
    ["text", subnets, "OK", /something that is not XML$/],
    [
      "the answer to another call",
      subnets,
      "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>",
      /<DescribeVpcsResponse> instead of <DescribeSubnetsResponse>$/,
    ],
    [
      "an answer without its list",
      subnets,
      "<DescribeSubnetsResponse><requestId>r</requestId></DescribeSubnetsResponse>",
      /answered 200 without the list Subnets$/,
    ],
    [
      "an answer without its result",
      lists[0],
      "<ListRolesResponse></ListRolesResponse>",
      /no <ListRolesResult>$/,
    ],
    [
      "a result without its list",
      lists[0],
      "<ListRolesResponse><ListRolesResult/></ListRolesResponse>",
      /without the list Roles$/,
    ],
    [
      "broken XML inside",
      subnets,
      "<DescribeSubnetsResponse><subnetSet><item></subnetSet></DescribeSubnetsResponse>",
      /^the answer could not be read: XML parse error: mismatched tags <item> and <\/subnetSet>\.$/,
    ],
    ["an object without its list", lists[3], "{}", /without the list clusterVersions$/],
    ["null for its list", lists[3], '{"clusterVersions":null}', /without the list clusterVersions$/],
    ["a list in place of the object", lists[3], "[]", /answered 200 with no JSON object$/],
    [
      "numbers in its list",
      lists[2],
      '{"ResourceTagMappingList":[1]}',
      /^entry 0 of ResourceTagMappingList is no object$/,
    ],
  ];
  it.each(garbage)("garbage: %s is malformed", async (_what, list, raw, detail) => {
    const { count, unread } = await underFault(list, { raw, contentType: "text/plain" });
    expect(count).toBe(0);
    expect(unread.map((each) => [each.kind, each.cause, each.detail])).toEqual([
      [list.kind, "malformed", expect.stringMatching(detail)],
    ]);
  });

  it("an empty list that was read to its end is a fact", async () => {
    const { count, unread } = await underFault(subnets, {
      raw: '<?xml version="1.0"?><DescribeSubnetsResponse xmlns="x"><requestId>r</requestId><subnetSet/></DescribeSubnetsResponse>',
    });
    expect([count, unread]).toEqual([0, []]);
  });

  it("a redirect is not followed, so that nothing signed travels elsewhere", async () => {
    const { unread, calls } = await underFault(subnets, { redirect: `${aws.url}/elsewhere` });
    expect(unread).toEqual(
      one(subnets, "malformed", "answered 307: it points to another address, which is not followed"),
    );
    expect(calls).toBe(1);
    expect(aws.requests.some(({ path }) => path === "/elsewhere")).toBe(false);
  });
});

describe("faults 12 and 13: pages", () => {
  it.each(lists.flatMap((list) => (["same", "aba"] as const).map((loop) => ({ ...list, loop }))))(
    "fault 12: $call that leads in circles ($loop) stops and is incomplete",
    async ({ loop, ...list }) => {
      const { count, unread } = await underFault(list, { loop });
      expect(count).toBe(0);
      expect(unread.map(({ cause, detail }) => [cause, detail])).toEqual([
        [
          "incomplete",
          expect.stringMatching(/leads back to a page that was read before: the list never ends$/),
        ],
      ]);
    },
  );

  it.each(lists)("fault 13: $call: an empty page with a token goes on", async (list) => {
    const { count, unread } = await underFault(list, { emptyFirst: true, times: 1 });
    expect(unread).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });

  const goOn = lists.filter(({ call }) => !/^(?:iam|route53) /.test(call));
  it.each(goOn)("fault 13: $call: an empty token is the end", async (list) => {
    const { count, unread } = await underFault(list, { nextLink: "" });
    expect(unread).toEqual([]);
    expect(count).toBe(1);
  });

  it("IAM: cut off without a marker is incomplete, and no half list is kept", async () => {
    const { count, unread } = await underFault(lists[0], { nextLink: "" });
    expect(count).toBe(0);
    expect(unread[0]).toMatchObject({
      cause: "incomplete",
      detail:
        "whom to audit could not be found out: the list goes on, but the answer has no Marker to read on with",
    });
  });

  it("a list that fails on its second page leaves none of the first behind", async () => {
    const { count, unread } = await underFault(subnets, { denied: "ec2:DescribeSubnets", after: 1 });
    expect(count).toBe(0);
    expect(causes(unread)).toEqual(["aws/subnet denied ec2:DescribeSubnets"]);
  });
});

describe("a list of each group or cluster", () => {
  const loop = "leads back to a page that was read before: the list never ends";
  const ways = [
    ["fault 8: endless 503", { status: 503, code: "ServiceUnavailable" }, "server-error", "(6 attempts)"],
    ["fault 10: cut", { cut: "json" }, "malformed", "that are not complete"],
    ["fault 11: 200 with HTML", { html: true }, "malformed", "is a proxy or a sign-in page in between?"],
    ["fault 11: 500 with HTML", { status: 500, html: true }, "server-error", "(6 attempts)"],
    ["fault 12: in circles", { loop: "same" }, "incomplete", loop],
  ] as const;
  const rows = listsOfEach.flatMap((list) => ways.map((way) => [list.call, ...way, list] as const));
  it.each(rows)("%s: %s: each is unread by its id", async (call, _way, fault, cause, detail, list) => {
    const { count, unread } = await underFault(list, fault);
    expect(count).toBe(0);
    expect(unread.length).toBeGreaterThan(0);
    for (const each of unread) {
      expect(each).toMatchObject({ kind: list.kind, cause, detail: expect.stringContaining(detail) });
      expect(each.api).toBe(`${call} ${each.id}`);
    }
  });
});

describe("every read, broken in every way", () => {
  const reads = [
    "iam GetRole",
    "iam ListRolePolicies",
    "iam GetRolePolicy",
    "iam ListAttachedRolePolicies",
    "iam GetPolicy",
    "iam GetPolicyVersion",
    "tagging GetResources",
    "ec2 DescribeVpcs",
    "ec2 DescribeInstances",
    "eks ListClusters",
    "eks DescribeCluster",
    "eks ListNodegroups",
    "eks DescribeNodegroup",
    "eks DescribeAccessEntry",
    "eks ListAssociatedAccessPolicies",
    "eks DescribeAddon",
    "eks DescribePodIdentityAssociation",
    "rds DescribeDBInstances",
    "rds DescribeDBParameters",
    "sqs ListQueues",
    "s3 ListBuckets",
    "s3 GetBucketCors",
    "route53 ListHostedZones",
    "kafka ListClustersV2",
    "kafka ListScramSecrets",
    "elasticloadbalancing DescribeLoadBalancers",
  ] as const;
  const ways: readonly (readonly [string, FaultAction, string])[] = [
    ["throttled", { status: 400, code: "Throttling" }, "throttled"],
    ["broken", { status: 500, code: "InternalFailure" }, "server-error"],
    ["garbage", { raw: "garbage" }, "malformed"],
    ["cut", { cut: "json" }, "malformed"],
  ];
  it.each(reads.flatMap((call) => ways.map(([way, fault, cause]) => ({ call, way, fault, cause }))))(
    "$call $way: unread as $cause, naming that call",
    async ({ call, fault, cause }) => {
      aws.faults.add({ match: new RegExp(`^${call}$`), ...fault } as Fault);
      const { snapshot } = await collectAws(aws, { roles: ["acme"], settings: { clock: fakeClock() } });
      expect(snapshot.unread.length).toBeGreaterThan(0);
      for (const unread of snapshot.unread) {
        expect(unread.api.startsWith(call)).toBe(true);
        expect(unread.cause).toBe(cause);
        // A document and an unread entry of the same thing would contradict each other.
        expect(snapshot.documents.filter(({ kind, id }) => kind === unread.kind && id === unread.id)).toEqual(
          [],
        );
      }
    },
  );
});

describe("faults 3, 21, 37: sessions, signals, clocks", () => {
  const session = { id: "ASIAEXAMPLESESSION01", secret: "canary/session", token: "canary-token-1" } as const;
  const keys = (n: number) => ({
    accessKeyId: session.id,
    secretAccessKey: session.secret,
    sessionToken: `canary-token-${n}`,
  });

  it("fault 3: a session that ends mid-scan is renewed once, for all calls together", async () => {
    let asked = 0;
    aws.state = { ...aws.state, keys: { [session.id]: { secret: session.secret, token: "canary-token-1" } } };
    const counted = await collectAws(aws, { settings: { credentials: async () => keys(1) } });
    expect(counted.snapshot.unread).toEqual([]);
    aws.faults.add({ match: "sts GetCallerIdentity", delay: 0, times: 1 });
    const { snapshot } = await collectAws(aws, {
      settings: {
        credentials: async () => {
          asked += 1;
          if (asked === 2)
            aws.state = {
              ...aws.state,
              keys: { [session.id]: { secret: session.secret, token: "canary-token-2" } },
            };
          return keys(asked);
        },
      },
      options: {
        // The session ends as soon as the account is known.
        progress: (message) => {
          if (message.startsWith("reading"))
            aws.state = {
              ...aws.state,
              keys: {
                [session.id]: {
                  secret: session.secret,
                  token: asked === 1 ? "canary-token-1" : "canary-token-2",
                  expired: asked === 1,
                },
              },
            };
        },
      },
    });
    expect(snapshot).toEqual(counted.snapshot);
    expect(asked).toBe(2);
  });

  it("fault 3: refused again after the renewal is final: unread, and no third sign-in", async () => {
    let asked = 0;
    const { snapshot } = await collectAws(aws, {
      kinds: ["aws/vpc", "aws/volume"],
      settings: {
        credentials: async () => {
          asked += 1;
          if (asked > 1) return keys(asked);
          return { accessKeyId: auditor.id, secretAccessKey: auditor.secret };
        },
      },
      options: {
        progress: (message) => {
          if (message === "reading networks") aws.state = { ...aws.state, keys: {} };
        },
      },
    });
    expect(causes(snapshot.unread)).toEqual(["aws/volume unauthenticated", "aws/vpc unauthenticated"]);
    expect(asked).toBe(2);
  });

  it("fault 3: keys of the renewal that end too are final, also for a call that began with them", async () => {
    let asked = 0;
    aws.state = {
      ...aws.state,
      keys: { ...aws.state.keys, [session.id]: { secret: session.secret, token: "canary-token-2" } },
    };
    const expired = {
      match: "ec2 DescribeSubnets",
      status: 400,
      code: "ExpiredTokenException",
      message: "over",
    };
    // The first page is refused once and read with new keys; the second page is refused for good.
    aws.faults.add({ ...expired, times: 1 }, { ...expired, after: 1 });
    const { snapshot } = await collectAws(aws, {
      kinds: ["aws/subnet"],
      settings: {
        credentials: async () => {
          asked += 1;
          return asked === 1 ? { accessKeyId: auditor.id, secretAccessKey: auditor.secret } : keys(2);
        },
      },
    });
    expect(snapshot.unread.map(({ cause, detail }) => [cause, detail])).toEqual([
      ["unauthenticated", "answered 400 ExpiredTokenException: over"],
    ]);
    expect(asked).toBe(2);
    expect(aws.requests.filter(({ call }) => call === "ec2 DescribeSubnets")).toHaveLength(3);
  });

  it("fault 3: keys that cannot be renewed are not sent twice", async () => {
    const { snapshot } = await collectAws(aws, {
      kinds: ["aws/vpc"],
      options: {
        progress: (message) => {
          if (message === "reading networks")
            aws.state = { ...aws.state, keys: { [auditor.id]: { secret: auditor.secret, expired: true } } };
        },
      },
    });
    expect(snapshot.unread).toEqual([
      {
        kind: "aws/vpc",
        api: "ec2 DescribeVpcs",
        cause: "unauthenticated",
        detail: "answered 400 ExpiredTokenException: The security token included in the request is expired",
      },
    ]);
    expect(aws.requests.filter(({ call }) => call === "ec2 DescribeVpcs")).toHaveLength(1);
  });

  it.each([-60, 60])(
    "fault 37: a clock that is %i minutes off is corrected by the server's",
    async (minutes) => {
      aws.ahead = minutes * 60_000;
      const { snapshot } = await collectAws(aws);
      expect(snapshot.unread).toEqual([]);
      expect(snapshot.documents.length).toBeGreaterThan(25);
    },
  );

  it("fault 21: interrupted: what was read stays, the rest is unread as interrupted, and it comes back soon", async () => {
    const abort = new AbortController();
    aws.faults.add({ match: "ec2 DescribeVpcs", hang: "head" });
    const started = Date.now();
    const { snapshot } = await collectAws(aws, {
      kinds: ["aws/vpc", "aws/volume"],
      options: {
        signal: abort.signal,
        progress: (message) => {
          if (message.startsWith("read 1 volumes")) abort.abort();
        },
      },
    });
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(snapshot.interrupted).toBe(true);
    expect(held(snapshot)).toEqual([`aws/caller-identity ${account}`, "aws/volume vol-1"]);
    expect(causes(snapshot.unread)).toEqual(["aws/vpc interrupted"]);
  });

  it("at most so many requests are under way at once", async () => {
    let now = 0;
    let most = 0;
    const clients = await import("@azure/core-rest-pipeline");
    const inner = clients.createDefaultHttpClient();
    const { snapshot } = await collectAws(aws, {
      options: { concurrency: 3 },
      settings: {
        client: {
          sendRequest: async (request) => {
            now += 1;
            most = Math.max(most, now);
            try {
              return await inner.sendRequest(request);
            } finally {
              now -= 1;
            }
          },
        },
      },
    });
    expect(snapshot.unread).toEqual([]);
    expect(most).toBe(3);
  });
});

describe("fault 42: size", () => {
  it("10,000 roles and 300 attached policies: each is asked for once", async () => {
    const trust = { Version: "2012-10-17", Statement: [] };
    const arns = Array.from({ length: 300 }, (_, n) => `arn:aws:iam::aws:policy/P${n}`);
    aws.state = {
      ...aws.state,
      roles: [
        ...Array.from({ length: 10_000 }, (_, n) => ({ name: `r${n}`, trust })),
        ...vendorWorld.roles.slice(0, 1).map((role) => ({ ...role, attached: arns })),
      ],
      policies: Object.fromEntries(
        arns.map((arn) => [arn, vendorWorld.policies["arn:aws:iam::aws:policy/ReadOnlyAccess"]]),
      ),
    };
    await aws.close();
    const state = aws.state;
    aws = await startAws(state, { pageSize: 1_000 });
    const { snapshot } = await collectAws(aws, { kinds: ["aws/role", "aws/attached-policy", "aws/policy"] });
    expect(snapshot.documents.filter(({ kind }) => kind === "aws/policy")).toHaveLength(300);
    expect(aws.requests.filter(({ call }) => call === "iam GetRole")).toHaveLength(1);
  });
});
