/** An invented vendor with other names, actions and addresses: nothing of a real one is needed to audit it. */
import { describe, expect, it } from "vitest";
import { audit } from "../../src/audit/audit.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import { seen } from "./aws-ground.ts";
import {
  ACCOUNT,
  type AwsState,
  allow,
  awsState,
  cluster,
  policy,
  REGION,
  role,
  routeTable,
  snapshotOf,
  subnet,
  vpc,
} from "./aws-state.ts";
import { withoutNotes } from "./world.ts";

const pond = loadBaseline("fixtures/baselines/acme-pond.yaml", checks);
const KEEPER = "arn:aws:iam::210987654321:role/keeper";
const DEPUTY = "arn:aws:iam::210987654321:user/deputy";
const stream = `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/pond-*`;
const gate = policy({
  Effect: "Allow",
  Principal: { AWS: [KEEPER, DEPUTY] },
  Action: ["sts:AssumeRole", "sts:TagSession"],
  Condition: { StringEquals: { "sts:ExternalId": "splash" } },
});
const water = policy(
  allow(["firehose:*", "s3:GetObject", "s3:PutObject"], [stream, "arn:aws:s3:::basin-1/*"]),
);
const keeper = role({
  arn: `arn:aws:iam::${ACCOUNT}:role/pond`,
  trust: gate,
  attached: [],
  inline: { water },
});
const blocks = { vpcs: [vpc({ CidrBlock: "172.20.0.0/22", Tags: [] })] };
const state: Partial<AwsState> = {
  ...blocks,
  roles: [keeper],
  subnets: [subnet("subnet-in", "b", "172.20.0.0/24"), subnet("subnet-out", "b", "172.20.1.0/24")],
  routeTables: [routeTable("rtb-in", ["subnet-in"], false), routeTable("rtb-out", ["subnet-out"], true)],
  others: [],
  clusters: [cluster({ name: "pond-1", version: "1.37", tags: { "acme:pond": "yes" } })],
  nodegroups: [],
  tagged: [{ ResourceARN: stream.replace("*", "1"), Tags: [{ Key: "acme:pond", Value: "yes" }] }],
};

function look(
  changes: Partial<AwsState>,
  parameters: Readonly<Record<string, string>> = {},
  profile?: string,
) {
  const report = audit({
    baselines: [pond],
    snapshots: [{ snapshot: snapshotOf(awsState({ ...state, ...changes })) }],
    clouds: ["aws"],
    parameters,
    ...(profile === undefined ? {} : { profile }),
    now: "2026-11-21T08:00:00Z",
    version: "0.0.0-test",
  });
  return {
    found: withoutNotes(seen(report).findings),
    principals: report.targets[0]?.principals,
    notes: report.targets[0]?.notes,
  };
}

describe("another vendor in AWS", () => {
  it("is found by its own principals, and passes", () => {
    const { found, principals, notes } = look({});
    expect(found).toEqual([]);
    expect(principals).toEqual([{ id: keeper.arn, name: "pond" }]);
    expect(notes?.filter((n) => n.startsWith("parameter"))).toEqual([
      "parameter basin not given (wet-policy): any value that fits is accepted",
      `parameter keeper not given (gate, wet-policy, all-access): audited is whoever trusts a documented principal: ${keeper.arn}`,
      "parameter secret not given (gate): any value that fits is accepted",
    ]);
  });

  it.each<[string, Partial<AwsState>, Readonly<Record<string, string>>, readonly string[]]>([
    [
      "the word at the gate is another one than the one given",
      {},
      { secret: "plop" },
      ["gate missing", "gate missing", "gate weakened", "gate weakened"],
    ],
    [
      "the basin is another one than the one given",
      {},
      { basin: "basin-2" },
      ["all-access excess", "all-access missing", "wet-policy missing"],
    ],
    [
      "account and region are those given, not those read",
      {},
      { number: "999999999999" },
      ["all-access excess", "all-access missing", "wet-policy missing"],
    ],
    [
      "a cluster one behind is fine, two are not",
      { clusters: [cluster({ name: "pond-1", version: "1.35", tags: { "acme:pond": "yes" } })] },
      {},
      ["version expired"],
    ],
    [
      "an unmarked cluster",
      { clusters: [cluster({ name: "pond-1", version: "1.37", tags: {} })] },
      {},
      ["marked absent"],
    ],
    [
      "a subnet in another zone",
      { subnets: [subnet("subnet-in", "b", "172.20.0.0/24"), subnet("subnet-out", "a", "172.20.1.0/24")] },
      {},
      ["plan changed"],
    ],
  ])("%s", (_, changes, parameters, expected) => {
    const kinds = look(changes, parameters).found.map((l) => l.split(" ").slice(0, 2).join(" "));
    expect([...new Set(kinds)].sort()).toEqual([...new Set(expected)].sort());
  });

  it("the dry profile: the same role can do too much, and lacks what is measured", () => {
    const kinds = look({}, {}, "dry").found.map((l) => l.split(" ").slice(0, 2).join(" "));
    expect([...new Set(kinds)].sort()).toEqual([
      "all-access excess",
      "all-access missing",
      "dry-policy missing",
    ]);
  });
});
