import { describe, expect, it } from "vitest";
import { aws, edited, type State, VPC } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

const routes = (...out: readonly object[]): State =>
  edited(aws, "aws/route-table", "rtb-public", {
    Routes: [
      { DestinationCidrBlock: "10.130.0.0/16", GatewayId: "local", State: "active" },
      ...out.map((each) => ({ GatewayId: "igw-1", State: "active", ...each })),
    ],
  });
const NOT_PUBLIC = [
  "absent medium | VPC chalk has 0 public subnets over 0 zones, at least 2 over 2 are documented: none; no route of public-a, public-b leads all of 0.0.0.0/0 to the internet gateway | aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-home",
];

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
    ["vpc-layout", "led out by version 6 alone", routes({ DestinationIpv6CidrBlock: "::/0" }), NOT_PUBLIC],
    ["vpc-layout", "led out to one network", routes({ DestinationCidrBlock: "198.51.100.0/24" }), NOT_PUBLIC],
    [
      "vpc-layout",
      "led out by two halves",
      routes({ DestinationCidrBlock: "0.0.0.0/1" }, { DestinationCidrBlock: "128.0.0.0/1" }),
      [],
    ],
    [
      "vpc-layout",
      "the internet gateway is being taken away",
      edited(aws, "aws/internet-gateway", "igw-1", { Attachments: [{ VpcId: VPC, State: "detaching" }] }),
      [
        "absent medium | no internet gateway is attached to VPC chalk, and routes of its public subnets lead to one | aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-home | aws ec2 attach-internet-gateway --vpc-id vpc-home --internet-gateway-id ID",
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
