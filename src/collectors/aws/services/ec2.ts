import {
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTransitGatewayVpcAttachmentsCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointServiceConfigurationsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import type { AwsKind } from "../../../snapshot/kinds/aws.ts";
import { isObject, type JsonObject } from "../../http/answer.ts";
import { ReadFailure } from "../../http/failure.ts";
import { type AwsService, type Listed, readListed } from "./define.ts";

interface Page {
  readonly MaxResults: number;
  readonly NextToken?: string;
}

/** @param most the largest page that EC2 allows of it */
function listed(
  kind: AwsKind,
  list: string,
  id: string,
  most: number,
  send: (client: EC2Client, page: Page) => Promise<object>,
): Listed<EC2Client> {
  return {
    kind,
    list,
    id,
    token: "NextToken",
    send: (client, token) =>
      send(client, { MaxResults: most, ...(token === undefined ? {} : { NextToken: token }) }),
  };
}

const lists: readonly Listed<EC2Client>[] = [
  listed("aws/vpc", "Vpcs", "VpcId", 1000, (ec2, page) => ec2.send(new DescribeVpcsCommand(page))),
  listed("aws/subnet", "Subnets", "SubnetId", 1000, (ec2, page) =>
    ec2.send(new DescribeSubnetsCommand(page)),
  ),
  listed("aws/nat-gateway", "NatGateways", "NatGatewayId", 1000, (ec2, page) =>
    ec2.send(new DescribeNatGatewaysCommand(page)),
  ),
  listed("aws/internet-gateway", "InternetGateways", "InternetGatewayId", 1000, (ec2, page) =>
    ec2.send(new DescribeInternetGatewaysCommand(page)),
  ),
  listed("aws/route-table", "RouteTables", "RouteTableId", 100, (ec2, page) =>
    ec2.send(new DescribeRouteTablesCommand(page)),
  ),
  listed("aws/security-group", "SecurityGroups", "GroupId", 1000, (ec2, page) =>
    ec2.send(new DescribeSecurityGroupsCommand(page)),
  ),
  {
    ...listed("aws/instance", "Reservations", "InstanceId", 1000, (ec2, page) =>
      ec2.send(new DescribeInstancesCommand(page)),
    ),
    entries: instancesOf,
  },
  listed("aws/volume", "Volumes", "VolumeId", 500, (ec2, page) => ec2.send(new DescribeVolumesCommand(page))),
  listed("aws/vpc-peering", "VpcPeeringConnections", "VpcPeeringConnectionId", 1000, (ec2, page) =>
    ec2.send(new DescribeVpcPeeringConnectionsCommand(page)),
  ),
  listed(
    "aws/transit-attachment",
    "TransitGatewayVpcAttachments",
    "TransitGatewayAttachmentId",
    1000,
    (ec2, page) => ec2.send(new DescribeTransitGatewayVpcAttachmentsCommand(page)),
  ),
  listed("aws/endpoint-service", "ServiceConfigurations", "ServiceId", 1000, (ec2, page) =>
    ec2.send(new DescribeVpcEndpointServiceConfigurationsCommand(page)),
  ),
];

export const ec2: AwsService<EC2Client> = {
  service: "ec2",
  kinds: lists.map(({ kind }) => kind),
  client: (config) => new EC2Client(config),
  read: async (reading) => {
    const planned = lists.filter(({ kind }) => reading.plan.kinds.has(kind));
    await Promise.all(planned.map((list) => readListed(list, reading)));
  },
};

function instancesOf(reservation: JsonObject): readonly JsonObject[] {
  const { Instances: instances } = reservation;
  if (!Array.isArray(instances)) throw new ReadFailure("malformed", "a reservation has no Instances");
  return instances.filter(isObject);
}
