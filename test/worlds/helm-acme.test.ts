import { expect, test } from "vitest";
import { audit } from "../../src/audit/audit.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import { seenIn } from "./helm-look.ts";
import {
  API_ROLE,
  allow,
  aws,
  CLUSTER,
  changed,
  ENTRY,
  edited,
  inline,
  irsa,
  PLANE_ROLE,
  queueUrl,
  roleBody,
  type State,
  snapshotOf,
  TAKEN_AT,
} from "./helm-state.ts";

const mill = loadBaseline("fixtures/baselines/acme-mill.yaml", checks);

/** The same place with another vendor's mill in it. */
const state = changed(aws, {
  "aws/db-parameter": {
    "chalk-pg16": {
      DBParameterGroupName: "chalk-pg16",
      Parameters: [
        { ParameterName: "shared_preload_libraries", ParameterValue: "grain_count" },
        { ParameterName: "session_preload_libraries", ParameterValue: "flour_log" },
      ],
    },
  },
  "aws/queue": {
    ...Object.fromEntries(Object.keys(aws["aws/queue"] ?? {}).map((id) => [id, undefined])),
    [queueUrl("mill-grain-in")]: { name: "mill-grain-in" },
    [queueUrl("mill-flour-out")]: { name: "mill-flour-out" },
  },
  "aws/bucket": {
    ...Object.fromEntries(Object.keys(aws["aws/bucket"] ?? {}).map((id) => [id, undefined])),
    "old-sack": { Name: "old-sack" },
    "old-bin": { Name: "old-bin" },
  },
  "aws/bucket-cors": Object.fromEntries(
    ["old-sack", "old-bin"].map((id) => [
      id,
      { Bucket: id, CORSRules: [{ AllowedMethods: ["HEAD"], AllowedOrigins: ["https://mill.example"] }] },
    ]),
  ),
  "aws/role": { [API_ROLE]: roleBody(API_ROLE, irsa("mill", "wheel")) },
  "aws/listed-role": { [API_ROLE]: roleBody(API_ROLE, irsa("mill", "wheel")) },
  "aws/role-policy": { [`${API_ROLE}/own`]: inline(API_ROLE, allow("firehose:*", "sns:Publish")) },
  ...edited(aws, "aws/eks-access-entry", ENTRY, {
    associatedAccessPolicies: [
      {
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
        accessScope: { type: "cluster" },
      },
    ],
  }),
});

function look(own: State): readonly string[] {
  const report = audit({
    baselines: [mill],
    snapshots: [{ snapshot: snapshotOf("aws", own) }],
    clouds: ["aws"],
    parameters: { gates: "203.0.113.7/32", door: "mill.example", ledger: "ledger.yaml" },
    files: { "ledger.yaml": { text: "mill:\n  miller: Anna\n" } },
    now: TAKEN_AT,
    version: "0.0.0-test",
  });
  expect(report.controls).toHaveLength(mill.baseline.controls.length);
  return seenIn(report);
}

test("another vendor's installation passes in full by its own words", () => {
  expect(look(state)).toEqual(["exit 0"]);
});

test("a change of it is found by its own words, alone", () => {
  const shut = edited(aws, "aws/eks-cluster", CLUSTER, {
    resourcesVpcConfig: {
      endpointPublicAccess: true,
      publicAccessCidrs: ["198.51.100.0/24"],
      vpcId: "vpc-home",
    },
  });
  expect(look(changed(state, shut))).toEqual([
    "gate absent medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)",
    "exit 1",
  ]);
  const without = { "aws/queue": { [queueUrl("mill-flour-out")]: undefined } };
  expect(look(changed(state, without))).toEqual([
    "belts absent medium mill-flour-out (111122223333/eu-west-1#flour-out)",
    "exit 1",
  ]);
  const role = { "aws/role": { [PLANE_ROLE]: undefined }, "aws/listed-role": { [PLANE_ROLE]: undefined } };
  expect(look(changed(state, role))).toEqual([
    "wheel-entry unknown medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)",
    "exit 3",
  ]);
});
