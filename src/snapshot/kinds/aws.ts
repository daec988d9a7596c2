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

/** Of a cluster: what it has, and each of it. */
const ofCluster = (list: string, describe: string, path: string, each: string) =>
  [
    call("eks", list, `/clusters/{cluster}/${path}`),
    call("eks", describe, `/clusters/{cluster}/${path}/{${each}}`),
  ] as const;

/** S3's permissions have other names than its operations, and one path serves many of these. */
const buckets: AwsCall = {
  service: "s3",
  operation: "ListBuckets",
  path: "/",
  query: { must: "x-id=ListBuckets", may: ["max-buckets", "continuation-token"] },
  root: "ListAllMyBucketsResult",
  permission: "s3:ListAllMyBuckets",
};

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
  "aws/vpc-peering": network(
    "peering connections",
    "DescribeVpcPeeringConnections",
    "which networks can reach each other",
  ),
  "aws/transit-attachment": network(
    "transit gateway attachments",
    "DescribeTransitGatewayVpcAttachments",
    "which networks can reach each other",
  ),
  "aws/endpoint-service": network(
    "endpoint services",
    "DescribeVpcEndpointServiceConfigurations",
    "what is offered to other networks by a private link",
  ),
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
  "aws/eks-access-entry": {
    provider: "aws",
    title: "access entries",
    purpose: "who of AWS may sign in to a cluster, and with which access policies",
    calls: [
      ...ofCluster("ListAccessEntries", "DescribeAccessEntry", "access-entries", "principal"),
      call(
        "eks",
        "ListAssociatedAccessPolicies",
        "/clusters/{cluster}/access-entries/{principal}/access-policies",
      ),
      call("eks", "ListClusters", "/clusters"),
    ],
  },
  "aws/eks-addon": {
    provider: "aws",
    title: "add-ons",
    purpose: "what AWS itself keeps installed in a cluster, in which version and with which role",
    calls: [
      ...ofCluster("ListAddons", "DescribeAddon", "addons", "addon"),
      call("eks", "ListClusters", "/clusters"),
    ],
  },
  "aws/eks-pod-identity": {
    provider: "aws",
    title: "pod identity associations",
    purpose: "which role a service account has without saying so itself",
    calls: [
      ...ofCluster(
        "ListPodIdentityAssociations",
        "DescribePodIdentityAssociation",
        "pod-identity-associations",
        "association",
      ),
      call("eks", "ListClusters", "/clusters"),
    ],
  },
  "aws/eks-version": {
    provider: "aws",
    title: "versions of Kubernetes",
    purpose: "until when each version is supported",
    calls: [call("eks", "DescribeClusterVersions", "/cluster-versions")],
  },
  "aws/db-instance": {
    provider: "aws",
    title: "databases",
    purpose: "how the vendor's database is set up, backed up and reached",
    calls: [call("rds", "DescribeDBInstances")],
  },
  "aws/db-parameter": {
    provider: "aws",
    title: "parameter groups",
    purpose: "which extensions a PostgreSQL database loads",
    calls: [call("rds", "DescribeDBParameters"), call("rds", "DescribeDBInstances")],
  },
  "aws/queue": {
    provider: "aws",
    title: "queues",
    purpose: whatIsThere,
    calls: [call("sqs", "ListQueues")],
  },
  "aws/bucket": {
    provider: "aws",
    title: "buckets",
    purpose: whatIsThere,
    calls: [buckets],
  },
  "aws/bucket-cors": {
    provider: "aws",
    title: "CORS rules of buckets",
    purpose: "which web pages may read from the vendor's buckets",
    calls: [
      {
        service: "s3",
        operation: "GetBucketCors",
        path: "/{bucket}/",
        query: { must: "cors", may: [] },
        root: "CORSConfiguration",
        permission: "s3:GetBucketCORS",
      },
      buckets,
    ],
  },
  "aws/hosted-zone": {
    provider: "aws",
    title: "hosted zones",
    purpose: "which names the account answers for",
    calls: [
      { ...call("route53", "ListHostedZones", "/2013-04-01/hostedzone"), root: "ListHostedZonesResponse" },
    ],
  },
  "aws/msk-cluster": {
    provider: "aws",
    title: "Kafka clusters",
    purpose: "where a Kafka cluster's brokers are, and how clients sign in to it",
    calls: [call("kafka", "ListClustersV2", "/api/v2/clusters")],
  },
  "aws/msk-scram-secret": {
    provider: "aws",
    title: "credentials of Kafka clusters",
    purpose: "whether a Kafka cluster has credentials: the names of the secrets, never what is in them",
    calls: [
      call("kafka", "ListScramSecrets", "/v1/clusters/{cluster}/scram-secrets"),
      call("kafka", "ListClustersV2", "/api/v2/clusters"),
    ],
  },
  "aws/load-balancer": {
    provider: "aws",
    title: "load balancers",
    purpose: "which load balancer stands behind a private link",
    calls: [call("elasticloadbalancing", "DescribeLoadBalancers")],
  },
} satisfies Record<`aws/${string}`, KindSource<AwsCall>>;

export type AwsKind = keyof typeof rows;

/** The kinds of AWS's documents. */
export const awsKinds: Readonly<Record<AwsKind, KindSource<AwsCall>>> = rows;
