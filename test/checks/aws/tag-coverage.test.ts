import { describe, expect, it } from "vitest";
import { tagCoverage as check } from "../../../src/checks/aws/tag-coverage.ts";
import { factsOf } from "../../../src/snapshot/facts.ts";
import {
  ACCOUNT,
  type AwsState,
  awsState,
  cluster,
  nodegroup,
  OTHER_VPC,
  others,
  REGION,
  scoped,
  snapshotOf,
  subnet,
  subnets,
  TAG,
  tagged,
  tags,
  thing,
  VPC,
  vpc,
} from "../../worlds/aws-state.ts";
import { brief, control, run } from "../world.ts";

const EC2 = [
  ...["aws/vpc", "aws/subnet", "aws/nat-gateway", "aws/internet-gateway", "aws/route-table"],
  ...["aws/security-group", "aws/instance", "aws/volume"],
];
const PARAMS = {
  tag: TAG,
  named: [
    { rule: "in the VPC", kinds: EC2, by: "vpc" },
    { rule: "the cluster", kinds: ["aws/eks-cluster", "aws/eks-nodegroup"], by: "cluster" },
    { rule: "named chalk*", kinds: ["arn:aws:sqs:*:*:chalk*", "arn:aws:kafka:*:*:cluster/chalk*"] },
  ],
  exempt: [
    { arn: "arn:aws:s3:::chalk-*", because: "by name" },
    { arn: "arn:aws:kafka:*:*:configuration/chalk*", because: "by name" },
  ],
  statements: ["scoped"],
};
const sqs = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
const secret = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`;
const ec2 = (rest: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${rest}`;

function look(changes: Partial<AwsState>, params: object = {}) {
  const facts = factsOf(snapshotOf(awsState(changes)));
  const elsewhere = new Map([["scoped", control("scoped", "aws/policy", { policy: scoped })]]);
  return run(check, facts, control("tags", check.id, { ...PARAMS, ...params }), { elsewhere }).map((o) =>
    o.kind === "drift" ? `${o.drift} ${o.resource.id} by ${o.by}: ${JSON.stringify(o.actual)}` : brief(o),
  );
}

const seen = (n: number) => `assessed ${n} resources of the vendor`;
/** 1 VPC, 6 subnets, 2 route tables (the main one is AWS's), 5 others (the default group is AWS's), 2 of EKS, 1 queue. */
const ALL = 17;

describe("aws/tag-coverage", () => {
  it("everything that is the vendor's is tagged, and nothing else", () => {
    expect(look({})).toEqual([seen(ALL)]);
  });

  it.each<[string, Partial<AwsState>, readonly string[], object?]>([
    [
      "a subnet without the tag",
      { subnets: [...subnets.slice(1), subnet("subnet-private-a", "a", "10.130.0.0/20", { Tags: [] })] },
      [`absent ${ec2("subnet/subnet-private-a")} by in the VPC: null`, seen(ALL)],
    ],
    [
      "a queue of the vendor's name with another value",
      { tagged: [tagged(sqs("chalk-jobs"), "Chalk")] },
      [`changed ${sqs("chalk-jobs")} by named chalk*: "Chalk"`, seen(ALL)],
    ],
    [
      "the key in another case is the same key (AW7)",
      {
        tagged: [{ ResourceARN: sqs("chalk-jobs"), Tags: [{ Key: "Chalk.AI/Managed-By", Value: "chalk" }] }],
      },
      [seen(ALL)],
    ],
    [
      "a cluster and its node group without the tag",
      { clusters: [cluster({ tags: {} })], nodegroups: [nodegroup({ tags: undefined })] },
      [
        `absent arn:aws:eks:${REGION}:${ACCOUNT}:cluster/chalk by the cluster: null`,
        `absent arn:aws:eks:${REGION}:${ACCOUNT}:nodegroup/chalk/nodes/1 by the cluster: null`,
        seen(ALL),
      ],
    ],
    [
      "a volume is where its instance is, and an instance that is gone is nowhere",
      {
        others: [
          thing("aws/instance", "i-a", { VpcId: VPC, Tags: [], State: { Name: "terminated" } }),
          thing("aws/instance", "i-b", { VpcId: VPC }),
          thing("aws/volume", "vol-b", { Attachments: [{ InstanceId: "i-b" }], Tags: [] }),
          thing("aws/nat-gateway", "nat-x", { VpcId: VPC, Tags: [], State: "deleted" }),
        ],
      },
      [`absent ${ec2("volume/vol-b")} by in the VPC: null`, seen(ALL - 3)],
    ],
    [
      "buckets and configurations are exempt by name",
      {
        tagged: [
          tagged("arn:aws:s3:::chalk-data", null),
          tagged(`arn:aws:kafka:${REGION}:${ACCOUNT}:configuration/chalk/1`, null),
        ],
      },
      [seen(ALL + 1)],
    ],
    [
      "an instance of another VPC with the tag is within reach",
      { others: [...others, thing("aws/instance", "i-shop", { VpcId: OTHER_VPC })] },
      [`stray ${ec2("instance/i-shop")} by ChalkManagedResources: "chalk.ai/managed-by: chalk"`, seen(ALL)],
    ],
    [
      "another VPC, and its subnet, with the tag",
      {
        vpcs: [vpc(), vpc({ VpcId: OTHER_VPC })],
        subnets: [...subnets, subnet("subnet-x", "a", "10.0.0.0/24", { VpcId: OTHER_VPC })],
      },
      [
        `stray ${ec2("subnet/subnet-x")} by ChalkManagedResources: "chalk.ai/managed-by: chalk"`,
        `stray ${ec2(`vpc/${OTHER_VPC}`)} by ChalkManagedResources: "chalk.ai/managed-by: chalk"`,
        seen(ALL),
      ],
    ],
    [
      "another cluster with the tag",
      { clusters: [cluster(), cluster({ name: "shop" })] },
      [
        `stray arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop by ChalkManagedResources: "chalk.ai/managed-by: chalk"`,
        seen(ALL),
      ],
      {
        named: [{ ...PARAMS.named[0], vpc: VPC }, { ...PARAMS.named[1], cluster: "chalk" }, PARAMS.named[2]],
      },
    ],
    [
      "the tag elsewhere, out of reach of every conditioned statement, is nobody's business",
      { tagged: [tagged(sqs("chalk-jobs")), tagged(sqs("orders")), tagged("arn:aws:s3:::shop")] },
      [seen(ALL)],
    ],
    [
      "what no rule can judge is a note",
      { tagged: [tagged(sqs("chalk-jobs")), tagged(`arn:aws:kms:${REGION}:${ACCOUNT}:key/1`)] },
      ["note stray | (unjudged)", seen(ALL)],
    ],
    [
      "a secret of the customer, by its name: within reach",
      { tagged: [tagged(sqs("chalk-jobs")), tagged(secret("payments/master-Ab12"))] },
      [
        `stray ${secret("payments/master-Ab12")} by ChalkManagedResources: "chalk.ai/managed-by: chalk"`,
        seen(ALL),
      ],
    ],
    [
      "a secret of the vendor's name, and a log group of its cluster, are not told from its own",
      {
        tagged: [
          tagged(sqs("chalk-jobs")),
          tagged(secret("chalk/database-Ab12Cd")),
          tagged(`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/eks/chalk/cluster`),
        ],
      },
      ["note stray | (unjudged)", seen(ALL)],
    ],
    [
      "a name that only ends like the vendor's is another one",
      { tagged: [tagged(sqs("chalk-jobs")), tagged(secret("blackchalk-Ab12Cd"))] },
      [
        `stray ${secret("blackchalk-Ab12Cd")} by ChalkManagedResources: "chalk.ai/managed-by: chalk"`,
        seen(ALL),
      ],
    ],
    [
      "keys have ids for names",
      {
        tagged: [
          tagged(sqs("chalk-jobs")),
          ...["key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f", "key/mrk-0a1b2c3d4e5f60718293a4b5c6d7e8f9"].map(
            (key) => tagged(`arn:aws:kms:${REGION}:${ACCOUNT}:${key}`),
          ),
        ],
      },
      ["note stray | (unjudged)", seen(ALL)],
    ],
    [
      "a tagged default group and main table of another VPC are within reach; an untagged one is not",
      {
        others: [
          ...others,
          thing("aws/security-group", "sg-a", { VpcId: OTHER_VPC, GroupName: "default" }),
          thing("aws/security-group", "sg-b", { VpcId: OTHER_VPC, GroupName: "default", Tags: [] }),
          thing("aws/route-table", "rtb-x", { VpcId: OTHER_VPC, Associations: [{ Main: true }] }),
        ],
      },
      [
        `stray ${ec2("route-table/rtb-x")} by ChalkManagedResources: "chalk.ai/managed-by: chalk"`,
        `stray ${ec2("security-group/sg-a")} by ChalkManagedResources: "chalk.ai/managed-by: chalk"`,
        seen(ALL),
      ],
    ],
    [
      "a tagged default group of the vendor's own VPC is the vendor's",
      { others: [...others, thing("aws/security-group", "sg-a", { VpcId: VPC, GroupName: "default" })] },
      [seen(ALL + 1)],
    ],
    [
      "a resource of EC2 that the tagging API lists as well is one resource",
      { tagged: [tagged(sqs("chalk-jobs")), tagged(ec2(`vpc/${VPC}`)), tagged(ec2("route-table/rtb-main"))] },
      [seen(ALL)],
    ],
    [
      "two VPCs and no cluster: unknown, the rest is looked at",
      {
        vpcs: [vpc(), vpc({ VpcId: OTHER_VPC, Tags: [] })],
        clusters: [],
        tagged: [tagged(sqs("chalk-jobs"), null)],
      },
      [
        "unknown | (rule:in the VPC)",
        `absent ${sqs("chalk-jobs")} by named chalk*: null`,
        "note stray | (unjudged)",
        "assessed 1 resource of the vendor",
      ],
    ],
    [
      "a VPC that is not there",
      {},
      ["unknown | (rule:in the VPC)", "note stray | (unjudged)", seen(3)],
      { named: [{ ...PARAMS.named[0], vpc: "vpc-x" }, PARAMS.named[1], PARAMS.named[2]] },
    ],
    [
      "nothing at all",
      { vpcs: [], subnets: [], routeTables: [], others: [], clusters: [], nodegroups: [], tagged: [] },
      ["unknown | (resources)"],
    ],
  ])("%s", (_, changes, expected, params = {}) => {
    expect(look(changes, params)).toEqual(expected);
  });

  it("without a conditioned statement nothing is within reach", () => {
    const changes = { others: [...others, thing("aws/instance", "i-shop", { VpcId: OTHER_VPC })] };
    expect(look(changes, { statements: [] })).toEqual([seen(ALL)]);
  });

  it("the tag can be put on and taken off by what the finding says", () => {
    const state = awsState({
      others: [...others, thing("aws/instance", "i-shop", { VpcId: OTHER_VPC })],
      tagged: [tagged(sqs("chalk-a"), null)],
    });
    const elsewhere = new Map([["scoped", control("scoped", "aws/policy", { policy: scoped })]]);
    const found = run(check, factsOf(snapshotOf(state)), control("tags", check.id, PARAMS), { elsewhere });
    expect(found.flatMap((o) => (o.kind === "drift" ? [o.remediation?.commands] : []))).toEqual([
      [
        `aws resourcegroupstaggingapi untag-resources --resource-arn-list ${ec2("instance/i-shop")} --tag-keys chalk.ai/managed-by`,
      ],
      [
        `aws resourcegroupstaggingapi tag-resources --resource-arn-list ${sqs("chalk-a")} --tags chalk.ai/managed-by=chalk`,
      ],
    ]);
  });

  it("silence is no pass: with resources of others alone, nothing was assessed", () => {
    const bare = {
      vpcs: [],
      subnets: [],
      routeTables: [],
      clusters: [],
      nodegroups: [],
      tagged: [tagged(sqs("orders"), null)],
      others: [],
    };
    const named = [{ rule: "named chalk*", kinds: ["*"], name: "chalk*" }];
    const silent = (state: Partial<AwsState>) =>
      run(check, factsOf(snapshotOf(awsState(state))), control("tags", check.id, { ...PARAMS, named })).map(
        (o) => [o.kind, o.kind === "unknown" && o.empty, "message" in o ? o.message : ""],
      );
    const scope = `${ACCOUNT}/${REGION}`;
    expect(silent(bare)).toEqual([
      [
        "unknown",
        true,
        `${scope}: no resource is the vendor's by any rule, and none carries the tag: nothing to assess`,
      ],
    ]);
    expect(silent({ ...bare, tagged: [] })).toEqual([
      [
        "unknown",
        true,
        `${scope}: no resource has or had a tag, and there is none of EC2 or EKS: nothing to assess`,
      ],
    ]);
  });

  it("a name rule over a kind", () => {
    const named = [{ rule: "clusters named pond-*", kinds: ["aws/eks-cluster"], name: "pond-*" }];
    const state = { clusters: [cluster({ tags: {} }), cluster({ name: "pond-1", tags: {} })] };
    expect(look(state, { named, statements: [] })).toEqual([
      `absent arn:aws:eks:${REGION}:${ACCOUNT}:cluster/pond-1 by clusters named pond-*: null`,
      "assessed 1 resource of the vendor",
    ]);
    expect(tags().length).toBe(1);
  });
});
