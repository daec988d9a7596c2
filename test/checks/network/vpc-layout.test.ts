import { describe, expect, it } from "vitest";
import { aws, edited, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("network/vpc-layout", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "vpc-layout",
      "no NAT gateway",
      { "aws/nat-gateway": { "nat-b": undefined } },
      [
        "absent medium | public subnet public-b (zone b) has no NAT gateway | aws ec2 describe-nat-gateways --filter Name=subnet-id,Values=subnet-public-b | aws ec2 create-nat-gateway --subnet-id subnet-public-b --allocation-id ALLOCATION",
      ],
    ],
    [
      "vpc-layout",
      "a private NAT gateway leads nowhere",
      edited(aws, "aws/nat-gateway", "nat-b", { ConnectivityType: "private" }),
      [
        "absent medium | public subnet public-b (zone b) has no NAT gateway | aws ec2 describe-nat-gateways --filter Name=subnet-id,Values=subnet-public-b | aws ec2 create-nat-gateway --subnet-id subnet-public-b --allocation-id ALLOCATION",
      ],
    ],
    [
      "vpc-layout",
      "subnets whose routes are not known",
      { "aws/route-table": { "rtb-private": undefined } },
      [
        "unknown | VPC chalk has 0 private subnets that are known to be; whether private-a (a), private-b (b) are is not told: no route table of theirs was read; to decide: read the route tables of the VPC | aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-home",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["vpc-layout"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
