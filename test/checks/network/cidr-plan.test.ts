import { describe, expect, it } from "vitest";
import { cidrPlan as check } from "../../../src/checks/network/cidr-plan.ts";
import { factsOf } from "../../../src/snapshot/facts.ts";
import { parseBlock } from "../../../src/state/aws/block.ts";
import {
  type AwsState,
  awsState,
  cluster,
  OTHER_VPC,
  PRIVATE,
  PUBLIC,
  routeTable,
  routeTables,
  snapshotOf,
  subnet,
  subnets,
  VPC,
  vpc,
} from "../../worlds/aws-state.ts";
import { brief, control, run } from "../world.ts";

const PLAN = {
  vpc: "10.130.0.0/16",
  zones: [
    { zone: "a", private: "10.130.0.0/20", public: "10.130.16.0/20" },
    { zone: "b", private: "10.130.32.0/20", public: "10.130.48.0/20" },
    { zone: "c", private: "10.130.64.0/20", public: "10.130.80.0/20" },
  ],
};

function look(changes: Partial<AwsState>, params: object = {}) {
  const facts = factsOf(snapshotOf(awsState(changes)));
  return run(check, facts, control("plan", check.id, { ...PLAN, ...params })).map((o) =>
    o.kind === "drift"
      ? [o.drift, o.resource.name, o.property, o.expected, o.actual, o.at]
          .map((v) => JSON.stringify(v) ?? "")
          .join(" ")
      : brief(o),
  );
}

const without = (id: string) => subnets.filter((s) => s.SubnetId !== id);
const SIX = "assessed 6 subnets";

describe("network/cidr-plan", () => {
  it("the documented plan passes", () => {
    expect(look({})).toEqual([SIX]);
  });

  it.each<[string, Partial<AwsState>, readonly string[], object?]>([
    [
      "another block for the VPC: the VPC, and every subnet outside of it",
      { vpcs: [vpc({ CidrBlock: "10.131.0.0/16" })] },
      [
        '"changed" "chalk" "block" "10.130.0.0/16" ["10.131.0.0/16"] "/vpc"',
        ...[...PRIVATE, ...PUBLIC]
          .map(([id, zone, block]) => ({ id, zone, block }))
          .sort((x, y) => (x.zone + x.block < y.zone + y.block ? -1 : 1))
          .map(({ id, block }) => `"changed" "${id.slice(7)}" "inside" ["10.131.0.0/16"] "${block}" "/vpc"`),
        SIX,
      ],
    ],
    [
      "a further block of the VPC",
      {
        vpcs: [
          vpc({
            CidrBlockAssociationSet: [
              { CidrBlock: "10.130.0.0/16", CidrBlockState: { State: "associated" } },
              { CidrBlock: "100.64.0.0/16", CidrBlockState: { State: "associated" } },
              { CidrBlock: "100.65.0.0/16", CidrBlockState: { State: "disassociated" } },
            ],
          }),
        ],
      },
      ['"stray" "chalk" "block:100.64.0.0/16" "10.130.0.0/16" "100.64.0.0/16" "/vpc"', SIX],
    ],
    [
      "a subnet is missing",
      { subnets: without("subnet-public-b") },
      ['"absent" "public b" "subnet" "10.130.48.0/20" null "/zones/1/public"', "assessed 5 subnets"],
    ],
    [
      "a subnet of another block in the same zone and side",
      { subnets: [...without("subnet-private-c"), subnet("subnet-private-c", "c", "10.130.96.0/20")] },
      ['"changed" "private-c" "block" "10.130.64.0/20" "10.130.96.0/20" "/zones/2/private"', SIX],
    ],
    [
      "half of a block is not the block, though it begins there",
      { subnets: [...without("subnet-private-a"), subnet("subnet-private-a", "a", "10.130.0.0/21")] },
      ['"changed" "private-a" "block" "10.130.0.0/20" "10.130.0.0/21" "/zones/0/private"', SIX],
    ],
    [
      "a subnet in the wrong zone",
      { subnets: [...without("subnet-private-b"), subnet("subnet-private-b", "c", "10.130.32.0/20")] },
      ['"changed" "private-b" "zone" "b" "c" "/zones/1/private"', SIX],
    ],
    [
      "a private subnet with a way to the internet",
      {
        routeTables: [
          routeTable("rtb-private", ["subnet-private-a", "subnet-private-b"], false),
          routeTable("rtb-public", [...PUBLIC.map(([id]) => id), "subnet-private-c"], true),
        ],
      },
      ['"changed" "private-c" "side" "private" "public" "/zones/2/private"', SIX],
    ],
    [
      "a public subnet left to the main table, which leads nowhere",
      {
        routeTables: [
          ...routeTables.slice(0, 2),
          routeTable(
            "rtb-public",
            PUBLIC.slice(1).map(([id]) => id),
            true,
          ),
        ],
      },
      ['"changed" "public-a" "side" "public" "private" "/zones/0/public"', SIX],
    ],
    [
      "the main table leads to the internet",
      {
        routeTables: [
          { ...routeTables[0], Routes: [{ GatewayId: "igw-1", State: "active" }] },
          routeTable(
            "rtb-private",
            PRIVATE.map(([id]) => id),
            false,
          ),
        ],
      },
      [SIX],
    ],
    [
      "no route table at all: which side is not known",
      { routeTables: [] },
      [...Array<string>(6).fill("unknown | (side)"), SIX],
    ],
    [
      "more subnets than planned, one over a planned block of another VPC's size",
      { subnets: [...subnets, subnet("subnet-more", "a", "10.130.128.0/20")] },
      [
        `"stray" "more" "planned" ${JSON.stringify(["10.130.0.0/20", "10.130.32.0/20", "10.130.64.0/20", "10.130.16.0/20", "10.130.48.0/20", "10.130.80.0/20"])} "10.130.128.0/20" "/zones"`,
        "assessed 7 subnets",
      ],
    ],
    [
      "two that overlap",
      { subnets: [...subnets, subnet("subnet-over", "a", "10.130.0.0/24")] },
      [
        '"changed" "private-a" "overlap:subnet-over" "blocks that do not overlap" ["10.130.0.0/20","10.130.0.0/24"] "/vpc"',
        `"stray" "over" "planned" ${JSON.stringify(["10.130.0.0/20", "10.130.32.0/20", "10.130.64.0/20", "10.130.16.0/20", "10.130.48.0/20", "10.130.80.0/20"])} "10.130.0.0/24" "/zones"`,
        "assessed 7 subnets",
      ],
    ],
    [
      "a block that is none: unknown, and nothing is called missing",
      { subnets: [...without("subnet-public-c"), subnet("subnet-public-c", "c", "10.130.80.0")] },
      ["unknown | (block:malformed)", SIX],
    ],
    [
      "subnets of another VPC do not count",
      { subnets: [...subnets, subnet("subnet-x", "a", "10.0.0.0/24", { VpcId: OTHER_VPC })] },
      [SIX],
    ],
  ])("%s", (_, changes, expected, params = {}) => {
    expect(look(changes, params).sort()).toEqual([...expected].sort());
  });

  const at20 = (text: string) => text.replace("10.130.", "10.20.");
  it.each<[string, Partial<AwsState>, object, readonly string[]]>([
    [
      "another VPC block alone: the subnets at the same places in it",
      {
        vpcs: [vpc({ CidrBlock: "10.20.0.0/16" })],
        subnets: [...PRIVATE, ...PUBLIC].map(([id, zone, block]) => subnet(id, zone, at20(block))),
      },
      { vpc: "10.20.0.0/16" },
      [SIX],
    ],
    [
      "other blocks and zones: two of each",
      {
        vpcs: [vpc({ CidrBlock: "10.9.0.0/20" })],
        subnets: [
          subnet("subnet-private-a", "d", "10.9.0.0/24"),
          subnet("subnet-private-b", "e", "10.9.1.0/24"),
          subnet("subnet-public-a", "d", "10.9.2.0/24"),
          subnet("subnet-public-b", "e", "10.9.3.0/24"),
        ],
      },
      {
        vpc: "10.9.0.0/20",
        zones: ["d", "e"],
        private: ["10.9.0.0/24", "10.9.1.0/24"],
        public: ["10.9.2.0/24", "10.9.3.0/24"],
      },
      ["assessed 4 subnets"],
    ],
    [
      "a plan that overlaps",
      {},
      { private: ["10.130.0.0/20", "10.130.0.0/21", "10.130.64.0/20"] },
      ["unknown | (plan)"],
    ],
    [
      "a plan outside the VPC",
      {},
      { public: ["10.130.16.0/20", "10.130.48.0/20", "10.140.80.0/20"] },
      ["unknown | (plan)"],
    ],
    ["fewer blocks than zones", {}, { private: ["10.130.0.0/20"], zones: ["a", "b"] }, ["unknown | (plan)"]],
    ["no block", {}, { vpc: "10.130.0.0" }, ["unknown | (plan)"]],
    ["a block with bits behind its prefix", {}, { vpc: "10.130.0.1/16" }, ["unknown | (plan)"]],
    ["too small a VPC for the places", {}, { vpc: "10.20.0.0/24" }, ["unknown | (plan)"]],
  ])("by parameter: %s", (_, changes, instead, expected) => {
    expect(look(changes, { instead })).toEqual(expected);
  });

  it.each<[string, Partial<AwsState>, object, readonly string[]]>([
    ["the one given", { vpcs: [vpc(), vpc({ VpcId: OTHER_VPC })], clusters: [] }, { vpcId: VPC }, [SIX]],
    ["the cluster's", { vpcs: [vpc(), vpc({ VpcId: OTHER_VPC })] }, {}, [SIX]],
    ["the only one beside the default", { clusters: [] }, {}, [SIX]],
    [
      "two, and no cluster to tell",
      { vpcs: [vpc(), vpc({ VpcId: OTHER_VPC })], clusters: [] },
      {},
      ["unknown | (vpc)"],
    ],
    [
      "two, and two clusters",
      { vpcs: [vpc(), vpc({ VpcId: OTHER_VPC })], clusters: [cluster(), cluster({ name: "b" })] },
      {},
      ["unknown | (vpc)"],
    ],
    [
      "only the default one",
      { vpcs: [{ VpcId: "vpc-d", IsDefault: true }], clusters: [] },
      {},
      ["unknown | (vpc)"],
    ],
    ["one that is not there", {}, { vpcId: "vpc-x" }, ['"absent" "vpc-x" "vpc" "vpc-x" null "/vpcId"']],
  ])("which VPC: %s", (_, changes, params, expected) => {
    expect(look(changes, params)).toEqual(expected);
  });

  it("names the candidates", () => {
    const facts = factsOf(snapshotOf(awsState({ vpcs: [vpc(), vpc({ VpcId: OTHER_VPC })], clusters: [] })));
    const [only] = run(check, facts, control("plan", check.id, PLAN));
    expect(only).toMatchObject({
      message: `which VPC is the deployment's is not told: there are ${VPC} (chalk), ${OTHER_VPC} (chalk)`,
      decide: "name one with --set vpcId=ID",
    });
  });
});

describe("address blocks", () => {
  it.each([
    ["10.0.0.0/8", "10.0.0.0", 8, 16_777_216n],
    ["0.0.0.0/0", "all", 0, 4_294_967_296n],
    ["192.168.1.128/25", "half", 25, 128n],
    ["10.1.2.3/32", "one", 32, 1n],
    ["2001:db8::/32", "v6", 32, 1n << 96n],
    ["::1/128", "v6 one", 128, 1n],
  ])("%s", (text, _, length, size) => {
    const block = parseBlock(text);
    expect([block?.length, (block?.last ?? 0n) - (block?.first ?? 0n) + 1n]).toEqual([length, size]);
  });

  it.each([
    "",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0/8",
    "10.0.0.1/8",
    "256.0.0.0/8",
    "010.0.0.0/8",
    "10.0.0.0/8/8",
    "a/8",
    "::/129",
    "1::2::3/64",
    "2001:db8::1/32",
    "10.0.0.0/ 8",
  ])("%j is none", (text) => {
    expect(parseBlock(text)).toBeUndefined();
  });
});
