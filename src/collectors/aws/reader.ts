import {
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import {
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  DescribeNodegroupCommand,
  ListClustersCommand,
  ListNodegroupsCommand,
} from "@aws-sdk/client-eks";
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import type { Call, Clients } from "./connect.ts";
import { readNames, readObjects } from "./pages.ts";

/** The kinds that one call of EC2 lists. */
export type NetworkKind = keyof typeof networkLists;

/** Reads of one account. Every function throws `ReadFailure`; lists are read over all their pages. */
export interface AwsReader {
  /** A role by its name. */
  readonly role: (name: string) => Promise<JsonObject>;
  /** All of the account, with their trust policies. */
  readonly roles: () => Promise<readonly JsonObject[]>;
  readonly inlinePolicies: (role: string) => Promise<readonly string[]>;
  readonly inlinePolicy: (role: string, policy: string) => Promise<JsonObject>;
  readonly attachedPolicies: (role: string) => Promise<readonly JsonObject[]>;
  readonly policy: (arn: string) => Promise<JsonObject>;
  /** The version that is in force of a policy, as `policy` gave it. */
  readonly defaultVersion: (arn: string, policy: JsonObject) => Promise<JsonObject>;
  readonly taggedResources: () => Promise<readonly JsonObject[]>;
  readonly network: (kind: NetworkKind) => Promise<readonly JsonObject[]>;
  readonly clusters: () => Promise<readonly string[]>;
  readonly cluster: (name: string) => Promise<JsonObject>;
  readonly nodegroups: (cluster: string) => Promise<readonly string[]>;
  readonly nodegroup: (cluster: string, name: string) => Promise<JsonObject>;
  readonly clusterVersions: () => Promise<readonly JsonObject[]>;
}

interface Page {
  readonly MaxResults: number;
  readonly NextToken?: string;
}

/** How EC2 lists each kind: the call, its list, what identifies an entry, and the largest page that it allows. */
const networkLists = {
  "aws/vpc": {
    list: "Vpcs",
    id: "VpcId",
    page: 1000,
    send: (ec2: EC2Client, page: Page) => ec2.send(new DescribeVpcsCommand(page)),
  },
  "aws/subnet": {
    list: "Subnets",
    id: "SubnetId",
    page: 1000,
    send: (ec2: EC2Client, page: Page) => ec2.send(new DescribeSubnetsCommand(page)),
  },
  "aws/nat-gateway": {
    list: "NatGateways",
    id: "NatGatewayId",
    page: 1000,
    send: (ec2: EC2Client, page: Page) => ec2.send(new DescribeNatGatewaysCommand(page)),
  },
  "aws/internet-gateway": {
    list: "InternetGateways",
    id: "InternetGatewayId",
    page: 1000,
    send: (ec2: EC2Client, page: Page) => ec2.send(new DescribeInternetGatewaysCommand(page)),
  },
  "aws/route-table": {
    list: "RouteTables",
    id: "RouteTableId",
    page: 100,
    send: (ec2: EC2Client, page: Page) => ec2.send(new DescribeRouteTablesCommand(page)),
  },
  "aws/security-group": {
    list: "SecurityGroups",
    id: "GroupId",
    page: 1000,
    send: (ec2: EC2Client, page: Page) => ec2.send(new DescribeSecurityGroupsCommand(page)),
  },
  "aws/instance": {
    list: "Reservations",
    id: "InstanceId",
    page: 1000,
    send: (ec2: EC2Client, page: Page) => ec2.send(new DescribeInstancesCommand(page)),
  },
  "aws/volume": {
    list: "Volumes",
    id: "VolumeId",
    page: 500,
    send: (ec2: EC2Client, page: Page) => ec2.send(new DescribeVolumesCommand(page)),
  },
} as const;

/** The kinds that one call of EC2 lists. */
export const networkKinds = Object.keys(networkLists) as readonly NetworkKind[];

/** The property that holds the id of an entry. */
export function idPropertyOf(kind: NetworkKind): string {
  return networkLists[kind].id;
}

export function createReader({ iam, tagging, ec2, eks }: Clients, call: Call): AwsReader {
  /** The object that an answer wraps. */
  const one = async (answer: Promise<JsonObject>, property: string): Promise<JsonObject> => {
    const value = (await answer)[property];
    if (!isObject(value)) throw new ReadFailure("malformed", `answered 200 without ${property}`);
    return value;
  };
  const marker = (token: string | undefined) => (token === undefined ? {} : { Marker: token });
  const next = (token: string | undefined) => (token === undefined ? {} : { nextToken: token });
  const iamPages = { token: "Marker", more: "IsTruncated" } as const;

  return {
    role: (name) =>
      one(
        call("iam", "GetRole", () => iam.send(new GetRoleCommand({ RoleName: name }))),
        "Role",
      ),
    roles: () =>
      readObjects({
        ...iamPages,
        list: "Roles",
        read: (token) =>
          call("iam", "ListRoles", () =>
            iam.send(new ListRolesCommand({ MaxItems: 1000, ...marker(token) })),
          ),
      }),
    inlinePolicies: (role) =>
      readNames({
        ...iamPages,
        list: "PolicyNames",
        read: (token) =>
          call("iam", "ListRolePolicies", () =>
            iam.send(new ListRolePoliciesCommand({ RoleName: role, ...marker(token) })),
          ),
      }),
    inlinePolicy: async (role, policy) => {
      const body = await call("iam", "GetRolePolicy", () =>
        iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: policy })),
      );
      if (typeof body.PolicyDocument !== "string")
        throw new ReadFailure("malformed", "answered 200 without PolicyDocument");
      return body;
    },
    attachedPolicies: (role) =>
      readObjects({
        ...iamPages,
        list: "AttachedPolicies",
        read: (token) =>
          call("iam", "ListAttachedRolePolicies", () =>
            iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role, ...marker(token) })),
          ),
      }),
    policy: (arn) =>
      one(
        call("iam", "GetPolicy", () => iam.send(new GetPolicyCommand({ PolicyArn: arn }))),
        "Policy",
      ),
    defaultVersion: async (arn, { DefaultVersionId: id }) => {
      if (typeof id !== "string") throw new ReadFailure("malformed", "answered 200 without DefaultVersionId");
      const version = await one(
        call("iam", "GetPolicyVersion", () =>
          iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: id })),
        ),
        "PolicyVersion",
      );
      if (typeof version.Document !== "string")
        throw new ReadFailure("malformed", "answered 200 without Document");
      if (version.IsDefaultVersion === false)
        throw new ReadFailure("incomplete", "another version was made the default while the policy was read");
      return version;
    },
    taggedResources: () =>
      readObjects({
        list: "ResourceTagMappingList",
        token: "PaginationToken",
        read: (token) =>
          call("tagging", "GetResources", () =>
            tagging.send(
              new GetResourcesCommand({
                ResourcesPerPage: 100,
                ...(token === undefined ? {} : { PaginationToken: token }),
              }),
            ),
          ),
      }),
    network: async (kind) => {
      const { list, page, send } = networkLists[kind];
      const operation = `Describe${list === "Reservations" ? "Instances" : list}`;
      const entries = await readObjects({
        list,
        token: "NextToken",
        read: (token) =>
          call("ec2", operation, () =>
            send(ec2, { MaxResults: page, ...(token === undefined ? {} : { NextToken: token }) }),
          ),
      });
      return kind === "aws/instance" ? entries.flatMap(instancesOf) : entries;
    },
    clusters: () =>
      readNames({
        list: "clusters",
        token: "nextToken",
        read: (token) =>
          call("eks", "ListClusters", () =>
            eks.send(new ListClustersCommand({ maxResults: 100, ...next(token) })),
          ),
      }),
    cluster: (name) =>
      one(
        call("eks", "DescribeCluster", () => eks.send(new DescribeClusterCommand({ name }))),
        "cluster",
      ),
    nodegroups: (cluster) =>
      readNames({
        list: "nodegroups",
        token: "nextToken",
        read: (token) =>
          call("eks", "ListNodegroups", () =>
            eks.send(new ListNodegroupsCommand({ clusterName: cluster, maxResults: 100, ...next(token) })),
          ),
      }),
    nodegroup: (cluster, name) =>
      one(
        call("eks", "DescribeNodegroup", () =>
          eks.send(new DescribeNodegroupCommand({ clusterName: cluster, nodegroupName: name })),
        ),
        "nodegroup",
      ),
    clusterVersions: () =>
      readObjects({
        list: "clusterVersions",
        token: "nextToken",
        read: (token) =>
          call("eks", "DescribeClusterVersions", () =>
            eks.send(new DescribeClusterVersionsCommand({ maxResults: 100, ...next(token) })),
          ),
      }),
  };
}

function instancesOf(reservation: JsonObject): readonly JsonObject[] {
  const { Instances: instances } = reservation;
  if (!Array.isArray(instances)) throw new ReadFailure("malformed", "a reservation has no Instances");
  return instances.filter(isObject);
}
