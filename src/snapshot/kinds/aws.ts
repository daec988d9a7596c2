import type { AwsCall, KindSource } from "./calls.ts";

/** A call whose permission has the operation's own name, as nearly all have. */
function call(service: string, operation: string, path?: string): AwsCall {
  return {
    service,
    operation,
    ...(path === undefined ? {} : { path }),
    permission: `${service === "tagging" ? "tag" : service}:${operation}`,
  };
}

const network = (title: string, operation: string, purpose: string): KindSource<AwsCall> => ({
  provider: "aws",
  title,
  purpose,
  calls: [call("ec2", operation)],
});

const whatIsThere = "what belongs to the vendor, by its network, its cluster or its name";

const rows = {
  "aws/caller-identity": {
    provider: "aws",
    title: "the account",
    purpose: "which account this is",
    calls: [call("sts", "GetCallerIdentity")],
  },
  "aws/role": {
    provider: "aws",
    title: "roles",
    purpose: "who may assume the audited role, and its permissions boundary",
    calls: [call("iam", "GetRole"), call("iam", "ListRoles")],
  },
  "aws/listed-role": {
    provider: "aws",
    title: "the list of roles",
    purpose: "which other roles the vendor can come in by, itself or by way of a role that it has",
    calls: [call("iam", "ListRoles")],
  },
  "aws/role-policy": {
    provider: "aws",
    title: "inline policies",
    purpose: "what the role's own policies allow",
    calls: [call("iam", "ListRolePolicies"), call("iam", "GetRolePolicy")],
  },
  "aws/attached-policy": {
    provider: "aws",
    title: "attached policies",
    purpose: "which managed policies the role has",
    calls: [call("iam", "ListAttachedRolePolicies")],
  },
  "aws/policy": {
    provider: "aws",
    title: "managed policies",
    purpose: "what the default versions of the role's managed policies and of its boundary allow",
    calls: [call("iam", "GetPolicy"), call("iam", "GetPolicyVersion")],
  },
  "aws/tagged-resource": {
    provider: "aws",
    title: "tagged resources",
    purpose: "which resources carry the vendor's tag",
    calls: [call("tagging", "GetResources")],
  },
  "aws/vpc": network("networks", "DescribeVpcs", "the network's address block"),
  "aws/subnet": network("subnets", "DescribeSubnets", "the address blocks of each zone"),
  "aws/nat-gateway": network("NAT gateways", "DescribeNatGateways", whatIsThere),
  "aws/internet-gateway": network("internet gateways", "DescribeInternetGateways", whatIsThere),
  "aws/route-table": network("route tables", "DescribeRouteTables", "which subnets are public"),
  "aws/security-group": network("security groups", "DescribeSecurityGroups", whatIsThere),
  "aws/instance": network("instances", "DescribeInstances", whatIsThere),
  "aws/volume": network("volumes", "DescribeVolumes", whatIsThere),
  "aws/eks-cluster": {
    provider: "aws",
    title: "clusters",
    purpose: "how Kubernetes clusters are set up, and their version",
    calls: [call("eks", "ListClusters", "/clusters"), call("eks", "DescribeCluster", "/clusters/{cluster}")],
  },
  "aws/eks-nodegroup": {
    provider: "aws",
    title: "node groups",
    purpose: whatIsThere,
    calls: [
      call("eks", "ListNodegroups", "/clusters/{cluster}/node-groups"),
      call("eks", "DescribeNodegroup", "/clusters/{cluster}/node-groups/{nodegroup}"),
      call("eks", "ListClusters", "/clusters"),
    ],
  },
  "aws/eks-version": {
    provider: "aws",
    title: "versions of Kubernetes",
    purpose: "until when each version is supported",
    calls: [call("eks", "DescribeClusterVersions", "/cluster-versions")],
  },
} satisfies Record<`aws/${string}`, KindSource<AwsCall>>;

export type AwsKind = keyof typeof rows;

/** The kinds of AWS's documents. */
export const awsKinds: Readonly<Record<AwsKind, KindSource<AwsCall>>> = rows;
