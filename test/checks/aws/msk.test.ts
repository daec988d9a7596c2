import { describe, expect, it } from "vitest";
import { aws, edited, KAFKA, type State, VPC } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("aws/msk", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "msk-auth",
      "no sign-in by SCRAM",
      edited(aws, "aws/msk-cluster", KAFKA, {
        Provisioned: {
          NumberOfBrokerNodes: 2,
          BrokerNodeGroupInfo: {
            ClientSubnets: ["subnet-private-a", "subnet-private-b"],
            SecurityGroups: ["sg-kafka"],
          },
        },
      }),
      [
        'changed medium | MSK cluster chalk does not sign clients in by SASL/SCRAM | aws kafka describe-cluster-v2 --cluster-arn arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1 | aws kafka update-security --cluster-arn arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1 --current-version VERSION --client-authentication \'{"Sasl":{"Scram":{"Enabled":true}}}\'',
      ],
    ],
    [
      "msk-reachability",
      "another VPC without a way",
      {
        ...edited(aws, "aws/subnet", "subnet-private-a", { VpcId: "vpc-far" }),
        ...edited(aws, "aws/msk-cluster", KAFKA, {
          Provisioned: {
            NumberOfBrokerNodes: 1,
            BrokerNodeGroupInfo: { ClientSubnets: ["subnet-private-a"], SecurityGroups: ["sg-kafka"] },
          },
        }),
      },
      [
        "unknown | no way is known from the network of cluster chalk (vpc-home) to that of MSK cluster chalk (vpc-far): neither the same VPC, nor a peering connection, nor a shared transit gateway; to decide: look whether a VPN or another account's gateway connects them, and try from a pod | aws kafka describe-cluster-v2 --cluster-arn arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1",
      ],
    ],
    [
      "msk-reachability",
      "another VPC by a peering connection",
      {
        ...edited(aws, "aws/subnet", "subnet-private-a", { VpcId: "vpc-far" }),
        ...edited(aws, "aws/msk-cluster", KAFKA, {
          Provisioned: {
            NumberOfBrokerNodes: 1,
            BrokerNodeGroupInfo: { ClientSubnets: ["subnet-private-a"], SecurityGroups: ["sg-kafka"] },
          },
        }),
        "aws/vpc-peering": {
          "pcx-1": {
            Status: { Code: "active" },
            RequesterVpcInfo: { VpcId: VPC },
            AccepterVpcInfo: { VpcId: "vpc-far" },
          },
        },
      },
      [],
    ],
    [
      "msk-brokers",
      "a zone without a broker",
      edited(aws, "aws/msk-cluster", KAFKA, {
        Provisioned: {
          NumberOfBrokerNodes: 1,
          BrokerNodeGroupInfo: { ClientSubnets: ["subnet-private-a"], SecurityGroups: ["sg-kafka"] },
        },
      }),
      [
        "absent medium | MSK cluster chalk has no broker in zone b, which has a private subnet of VPC chalk | aws kafka describe-cluster-v2 --cluster-arn arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["msk-auth", "msk-brokers", "msk-reachability"])(
    "%s: nothing of the installation as documented",
    (control) => {
      expect(found(control, {})).toEqual([]);
    },
  );
});
