/** What a scan of a whole installation reads of AWS, done bare: the SDK's clients and a limit, no more. */
import {
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTransitGatewayVpcAttachmentsCommand,
  DescribeVpcEndpointServiceConfigurationsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  DescribeAccessEntryCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  DescribePodIdentityAssociationCommand,
  EKSClient,
  ListAccessEntriesCommand,
  ListAddonsCommand,
  ListAssociatedAccessPoliciesCommand,
  ListClustersCommand,
  ListNodegroupsCommand,
  ListPodIdentityAssociationsCommand,
} from "@aws-sdk/client-eks";
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { KafkaClient, ListClustersV2Command, ListScramSecretsCommand } from "@aws-sdk/client-kafka";
import { DescribeDBInstancesCommand, DescribeDBParametersCommand, RDSClient } from "@aws-sdk/client-rds";
import { ListHostedZonesCommand, Route53Client } from "@aws-sdk/client-route-53";
import { GetBucketCorsCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsKind } from "../src/snapshot/kinds/aws.ts";

/** The kinds of documents that the reads below are for. */
export const INSTALLATION: readonly AwsKind[] = [
  ...(["aws/caller-identity", "aws/vpc", "aws/subnet", "aws/nat-gateway", "aws/internet-gateway"] as const),
  ...(["aws/route-table", "aws/security-group", "aws/vpc-peering", "aws/transit-attachment"] as const),
  ...(["aws/endpoint-service", "aws/load-balancer", "aws/db-instance", "aws/db-parameter"] as const),
  ...(["aws/queue", "aws/bucket", "aws/bucket-cors", "aws/hosted-zone", "aws/msk-cluster"] as const),
  ...(["aws/msk-scram-secret", "aws/eks-cluster", "aws/eks-nodegroup", "aws/eks-access-entry"] as const),
  ...(["aws/eks-addon", "aws/eks-pod-identity"] as const),
];

export interface Settings {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** As many under way at once as a scan has when nothing else is said. */
const AT_ONCE = 8;

function limiter(): <T>(send: () => Promise<T>) => Promise<T> {
  let free = AT_ONCE;
  const waiting: (() => void)[] = [];
  return async (send) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await send();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Reads all of them, the pages too. */
export async function readInstallation(settings: Settings): Promise<void> {
  const limited = limiter();
  const clients = {
    ec2: new EC2Client(settings),
    eks: new EKSClient(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    kafka: new KafkaClient(settings),
    rds: new RDSClient(settings),
    route53: new Route53Client(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true, followRegionRedirects: true }),
    sqs: new SQSClient(settings),
    sts: new STSClient(settings),
  };
  const { ec2, eks, elb, kafka, rds, route53, s3, sqs, sts } = clients;
  await Promise.all([
    limited(() => sts.send(new GetCallerIdentityCommand({}))),
    limited(() => ec2.send(new DescribeVpcsCommand({}))),
    limited(() => ec2.send(new DescribeSubnetsCommand({}))),
    limited(() => ec2.send(new DescribeNatGatewaysCommand({}))),
    limited(() => ec2.send(new DescribeInternetGatewaysCommand({}))),
    limited(() => ec2.send(new DescribeRouteTablesCommand({}))),
    limited(() => ec2.send(new DescribeSecurityGroupsCommand({}))),
    limited(() => ec2.send(new DescribeVpcPeeringConnectionsCommand({}))),
    limited(() => ec2.send(new DescribeTransitGatewayVpcAttachmentsCommand({}))),
    limited(() => ec2.send(new DescribeVpcEndpointServiceConfigurationsCommand({}))),
    limited(() => elb.send(new DescribeLoadBalancersCommand({}))),
    limited(() => sqs.send(new ListQueuesCommand({ MaxResults: 1000 }))),
    limited(() => route53.send(new ListHostedZonesCommand({}))),
    databases(),
    buckets(),
    streams(),
    clusters(),
  ]);
  for (const client of Object.values(clients)) client.destroy();

  async function databases(): Promise<void> {
    const { DBInstances = [] } = await limited(() => rds.send(new DescribeDBInstancesCommand({})));
    const groups = DBInstances.filter(({ Engine }) => /postgres/.test(Engine ?? "")).flatMap(
      ({ DBParameterGroups = [] }) => DBParameterGroups.map((group) => group.DBParameterGroupName ?? ""),
    );
    await Promise.all([...new Set(groups)].map(parameters));
  }

  async function parameters(DBParameterGroupName: string): Promise<void> {
    let Marker: string | undefined;
    do {
      const page = await limited(() =>
        rds.send(new DescribeDBParametersCommand({ DBParameterGroupName, ...(Marker ? { Marker } : {}) })),
      );
      Marker = page.Marker;
    } while (Marker);
  }

  async function buckets(): Promise<void> {
    const { Buckets = [] } = await limited(() => s3.send(new ListBucketsCommand({})));
    const cors = (Bucket: string | undefined) => limited(() => s3.send(new GetBucketCorsCommand({ Bucket })));
    // a bucket without rules is answered by 404
    await Promise.all(Buckets.map(({ Name }) => cors(Name).catch(() => undefined)));
  }

  async function streams(): Promise<void> {
    const { ClusterInfoList = [] } = await limited(() => kafka.send(new ListClustersV2Command({})));
    const signing = ClusterInfoList.filter(
      ({ Provisioned }) => Provisioned?.ClientAuthentication?.Sasl?.Scram?.Enabled === true,
    );
    await Promise.all(
      signing.map(({ ClusterArn }) => limited(() => kafka.send(new ListScramSecretsCommand({ ClusterArn })))),
    );
  }

  async function clusters(): Promise<void> {
    const { clusters: names = [] } = await limited(() => eks.send(new ListClustersCommand({})));
    await Promise.all(names.map(cluster));
  }

  async function cluster(clusterName: string): Promise<void> {
    await Promise.all([
      limited(() => eks.send(new DescribeClusterCommand({ name: clusterName }))),
      limited(() => eks.send(new ListNodegroupsCommand({ clusterName }))).then(({ nodegroups = [] }) =>
        Promise.all(
          nodegroups.map((nodegroupName) =>
            limited(() => eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }))),
          ),
        ),
      ),
      limited(() => eks.send(new ListAccessEntriesCommand({ clusterName }))).then(({ accessEntries = [] }) =>
        Promise.all(
          accessEntries.flatMap((principalArn) => [
            limited(() => eks.send(new DescribeAccessEntryCommand({ clusterName, principalArn }))),
            limited(() => eks.send(new ListAssociatedAccessPoliciesCommand({ clusterName, principalArn }))),
          ]),
        ),
      ),
      limited(() => eks.send(new ListAddonsCommand({ clusterName }))).then(({ addons = [] }) =>
        Promise.all(
          addons.map((addonName) =>
            limited(() => eks.send(new DescribeAddonCommand({ clusterName, addonName }))),
          ),
        ),
      ),
      limited(() => eks.send(new ListPodIdentityAssociationsCommand({ clusterName }))).then(
        ({ associations = [] }) =>
          Promise.all(
            associations.map(({ associationId }) =>
              limited(() =>
                eks.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })),
              ),
            ),
          ),
      ),
    ]);
  }
}
