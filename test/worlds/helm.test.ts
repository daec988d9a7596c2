import { describe, expect, it } from "vitest";
import { GIVEN, reportOn, seenIn } from "./helm-look.ts";
import {
  ACCOUNT,
  API_ROLE,
  allow,
  aws,
  type Body,
  CLUSTER,
  changed,
  DATABASE,
  ENTRY,
  edited,
  ISSUER,
  inline,
  irsa,
  KAFKA,
  NODES,
  PERSISTENCE,
  PERSISTENCE_ROLE,
  PLANE_ROLE,
  queueUrl,
  roleBody,
  type State,
} from "./helm-state.ts";

const group = (id: string, rules: readonly Body[]): State =>
  edited(aws, "aws/security-group", id, { IpPermissions: rules });
const provisioned = aws["aws/msk-cluster"]?.[KAFKA]?.["Provisioned"] as Body;
const endpoint = (members: Body): State =>
  edited(aws, "aws/eks-cluster", CLUSTER, {
    resourcesVpcConfig: {
      ...(aws["aws/eks-cluster"]?.[CLUSTER]?.["resourcesVpcConfig"] as Body),
      ...members,
    },
  });
const trusted = (id: string, trust: Body): State => ({
  "aws/role": { [id]: roleBody(id, trust) },
  "aws/listed-role": { [id]: roleBody(id, trust) },
});
const [statement] = irsa("chalk-metadata", "chalk-metadata-plane")["Statement"] as readonly Body[];
const OTHER = `arn:aws:iam::${ACCOUNT}:role/another`;
const another: State = {
  ...trusted(OTHER, irsa("chalk-metadata", "chalk-metadata-plane")),
  "aws/role-policy": { [`${OTHER}/own`]: inline(OTHER, allow("iam:*")) },
};

const SECOND = CLUSTER.replace("chalk", "second");
const second = (members: Body): Body => ({
  ...aws["aws/eks-cluster"]?.[CLUSTER],
  arn: SECOND,
  name: "second",
  resourcesVpcConfig: {
    ...(aws["aws/eks-cluster"]?.[CLUSTER]?.["resourcesVpcConfig"] as Body),
    ...members,
  },
});

type Row = readonly [
  name: string,
  change: State,
  found: readonly string[],
  set?: Readonly<Record<string, string>>,
];

const CHANGES: readonly Row[] = [
  [
    "backups of one day",
    edited(aws, "aws/db-instance", DATABASE, { BackupRetentionPeriod: 1 }),
    ["metadata-database changed low (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)", "exit 1"],
  ],
  [
    "backups off",
    edited(aws, "aws/db-instance", DATABASE, { BackupRetentionPeriod: 0 }),
    ["metadata-database changed medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)", "exit 1"],
  ],
  [
    "the database and its user have other names",
    edited(aws, "aws/db-instance", DATABASE, { DBName: "app", MasterUsername: "admin" }),
    [
      "metadata-database changed info (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "metadata-database changed info (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 0",
    ],
  ],
  [
    "no PostgreSQL instance, another engine",
    edited(aws, "aws/db-instance", DATABASE, { Engine: "mysql" }),
    [
      "metadata-database absent medium PostgreSQL instance (111122223333/eu-west-1)",
      "metadata-database-extensions absent medium (PostgreSQL instance)",
      "metadata-database-ingress absent medium (PostgreSQL instance)",
      "exit 1",
    ],
  ],
  [
    "a second PostgreSQL instance in the VPC",
    {
      "aws/db-instance": {
        [`${DATABASE}-2`]: {
          ...aws["aws/db-instance"]?.[DATABASE],
          DBInstanceArn: `${DATABASE}-2`,
          DBInstanceIdentifier: "second",
        },
      },
    },
    [
      "metadata-database unknown medium PostgreSQL instance (111122223333/eu-west-1)",
      "metadata-database-extensions unknown medium PostgreSQL instance (111122223333/eu-west-1)",
      "metadata-database-ingress unknown medium PostgreSQL instance (111122223333/eu-west-1)",
      "exit 3",
    ],
  ],
  [
    "a second one in another VPC is somebody else's",
    {
      "aws/db-instance": {
        [`${DATABASE}-2`]: {
          ...aws["aws/db-instance"]?.[DATABASE],
          DBInstanceArn: `${DATABASE}-2`,
          DBInstanceIdentifier: "second",
          BackupRetentionPeriod: 0,
          DBSubnetGroup: { VpcId: "vpc-default" },
        },
      },
    },
    ["exit 0"],
  ],
  [
    "a read replica is not another database",
    {
      "aws/db-instance": {
        [`${DATABASE}-2`]: {
          ...aws["aws/db-instance"]?.[DATABASE],
          DBInstanceArn: `${DATABASE}-2`,
          DBInstanceIdentifier: "second",
          BackupRetentionPeriod: 0,
          ReadReplicaSourceDBInstanceIdentifier: "chalk-metadata",
        },
      },
    },
    ["exit 0"],
  ],
  ...["deleting", "failed", "stopped", "incompatible-parameters"].map(
    (status): Row => [
      `the database is ${status}`,
      edited(aws, "aws/db-instance", DATABASE, { DBInstanceStatus: status }),
      ["metadata-database changed medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)", "exit 1"],
    ],
  ),
  [
    "the database is changed at this moment",
    edited(aws, "aws/db-instance", DATABASE, { DBInstanceStatus: "modifying" }),
    ["exit 0"],
  ],
  [
    "an extension is not loaded",
    {
      "aws/db-parameter": {
        "chalk-pg16": {
          DBParameterGroupName: "chalk-pg16",
          Parameters: [
            { ParameterName: "shared_preload_libraries", ParameterValue: "pg_stat_statements,auto_explain" },
          ],
        },
      },
    },
    [
      "metadata-database-extensions changed medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "auto_explain by session is enough, pg_cron by session is not",
    {
      "aws/db-parameter": {
        "chalk-pg16": {
          DBParameterGroupName: "chalk-pg16",
          Parameters: [
            { ParameterName: "shared_preload_libraries", ParameterValue: "pg_stat_statements" },
            { ParameterName: "session_preload_libraries", ParameterValue: "auto_explain, pg_cron" },
          ],
        },
      },
    },
    [
      "metadata-database-extensions changed medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "parameters wait for a reboot",
    edited(aws, "aws/db-instance", DATABASE, {
      DBParameterGroups: [{ DBParameterGroupName: "chalk-pg16", ParameterApplyStatus: "pending-reboot" }],
    }),
    [
      "metadata-database-extensions changed low (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "the database open to the world, IPv4",
    group("sg-database", [
      { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
    ]),
    [
      "metadata-database-ingress wider critical (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "open by two halves of the world",
    group("sg-database", [
      {
        IpProtocol: "tcp",
        FromPort: 5000,
        ToPort: 6000,
        IpRanges: [{ CidrIp: "0.0.0.0/1" }, { CidrIp: "128.0.0.0/1" }],
      },
    ]),
    [
      "metadata-database-ingress wider critical (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "open to the world, IPv6, by every protocol",
    group("sg-database", [
      {
        IpProtocol: "-1",
        IpRanges: [{ CidrIp: "10.130.0.0/16" }, { CidrIp: "100.64.0.0/16" }],
        Ipv6Ranges: [{ CidrIpv6: "::/0" }],
      },
    ]),
    [
      "metadata-database-ingress wider critical (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "open to the world by a second group",
    {
      ...edited(aws, "aws/db-instance", DATABASE, {
        VpcSecurityGroups: [
          { VpcSecurityGroupId: "sg-database", Status: "active" },
          { VpcSecurityGroupId: "sg-other", Status: "active" },
        ],
      }),
      ...group("sg-other", [
        { IpProtocol: "tcp", FromPort: 0, ToPort: 65535, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
      ]),
    },
    [
      "metadata-database-ingress wider critical (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "the VPC came without a block",
    edited(aws, "aws/vpc", "vpc-home", { CidrBlock: undefined, CidrBlockAssociationSet: [] }),
    [
      "metadata-database-ingress unknown medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 3",
    ],
  ],
  [
    "the second block of the VPC is not let in",
    group("sg-database", [
      { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: "10.130.0.0/16" }] },
    ]),
    [
      "metadata-database-ingress absent medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "the port is not let in",
    group("sg-database", [
      {
        IpProtocol: "tcp",
        FromPort: 3306,
        ToPort: 3306,
        IpRanges: [{ CidrIp: "10.0.0.0/8" }, { CidrIp: "100.64.0.0/10" }],
      },
    ]),
    [
      "metadata-database-ingress absent medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "metadata-database-ingress absent medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "UDP is no TCP",
    group("sg-database", [
      {
        IpProtocol: "udp",
        FromPort: 5432,
        ToPort: 5432,
        IpRanges: [{ CidrIp: "10.0.0.0/8" }, { CidrIp: "100.64.0.0/10" }],
      },
    ]),
    [
      "metadata-database-ingress absent medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "metadata-database-ingress absent medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "let in by the cluster's group",
    group("sg-database", [
      { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: "sg-cluster" }] },
    ]),
    [
      "metadata-database-ingress changed low (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "metadata-database-ingress changed low (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "let in by a group of somebody else",
    group("sg-database", [
      { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: "sg-other" }] },
    ]),
    [
      "metadata-database-ingress absent medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "metadata-database-ingress absent medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 1",
    ],
  ],
  [
    "let in by a prefix list",
    group("sg-database", [
      { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, PrefixListIds: [{ PrefixListId: "pl-1" }] },
    ]),
    [
      "metadata-database-ingress unknown medium (arn:aws:rds:eu-west-1:111122223333:db:chalk-metadata)",
      "exit 3",
    ],
  ],
  [
    "a queue is missing",
    { "aws/queue": { [queueUrl("acme-heartbeat")]: undefined } },
    ["queues absent medium acme-heartbeat (111122223333/eu-west-1#heartbeat)", "exit 1"],
  ],
  [
    "queues of two installations",
    {
      "aws/queue": Object.fromEntries(
        Object.values(aws["aws/queue"] ?? {}).map((q) => {
          const name = String(q?.["name"]).replace("acme", "zulu");
          return [queueUrl(name), { QueueUrl: queueUrl(name), name }];
        }),
      ),
    },
    ["queues unknown medium queues (111122223333/eu-west-1)", "exit 3"],
  ],
  [
    "no queue at all",
    { "aws/queue": undefined },
    [
      "queues absent medium (111122223333/eu-west-1#argo-builds)",
      "queues absent medium (111122223333/eu-west-1#batch-report)",
      "queues absent medium (111122223333/eu-west-1#batch-status)",
      "queues absent medium (111122223333/eu-west-1#heartbeat)",
      "queues absent medium (111122223333/eu-west-1#metric-check-trigger)",
      "queues absent medium (111122223333/eu-west-1#scheduled-query-trigger)",
      "queues absent medium (111122223333/eu-west-1#scheduled-resolver-trigger)",
      "exit 1",
    ],
  ],
  [
    "a bucket is missing",
    { "aws/bucket": { "acme-model-prod": undefined }, "aws/bucket-cors": { "acme-model-prod": undefined } },
    ["buckets absent medium acme-model-prod (111122223333/eu-west-1#model)", "exit 1"],
  ],
  [
    "a bucket without CORS",
    { "aws/bucket-cors": { "acme-model-prod": { Bucket: "acme-model-prod", CORSRules: [] } } },
    ["bucket-cors absent medium (arn:aws:s3:::acme-model-prod)", "exit 1"],
  ],
  [
    "CORS of one host alone",
    {
      "aws/bucket-cors": {
        "acme-model-prod": {
          Bucket: "acme-model-prod",
          CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://api.acme.example"] }],
        },
      },
    },
    ["bucket-cors changed medium (arn:aws:s3:::acme-model-prod)", "exit 1"],
  ],
  [
    "CORS of both by two rules",
    {
      "aws/bucket-cors": {
        "acme-model-prod": {
          Bucket: "acme-model-prod",
          CORSRules: [
            { AllowedMethods: ["GET"], AllowedOrigins: ["https://api.acme.example"] },
            { AllowedMethods: ["PUT", "GET"], AllowedOrigins: ["https://chalk.acme.example"] },
          ],
        },
      },
    },
    ["exit 0"],
  ],
  [
    "CORS by http, by another method, by a longer host",
    {
      "aws/bucket-cors": {
        "acme-model-prod": {
          Bucket: "acme-model-prod",
          CORSRules: [
            {
              AllowedMethods: ["GET"],
              AllowedOrigins: ["http://api.acme.example", "https://chalk.acme.example.org"],
            },
            { AllowedMethods: ["PUT"], AllowedOrigins: ["*"] },
          ],
        },
      },
    },
    [
      "bucket-cors changed medium (arn:aws:s3:::acme-model-prod)",
      "bucket-cors changed medium (arn:aws:s3:::acme-model-prod)",
      "exit 1",
    ],
  ],
  [
    "one private subnet",
    { "aws/subnet": { "subnet-private-b": undefined }, ...edited(aws, "aws/msk-cluster", KAFKA, {}) },
    [
      "msk-brokers changed medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)",
      "vpc-layout absent medium chalk (vpc-home)",
      "exit 1",
    ],
  ],
  [
    "a public subnet without a NAT gateway",
    { "aws/nat-gateway": { "nat-b": undefined } },
    ["vpc-layout absent medium (subnet-public-b)", "exit 1"],
  ],
  [
    "a NAT gateway that failed",
    edited(aws, "aws/nat-gateway", "nat-b", { State: "failed" }),
    ["vpc-layout absent medium (subnet-public-b)", "exit 1"],
  ],
  [
    "both public subnets in one zone",
    edited(aws, "aws/subnet", "subnet-public-b", { AvailabilityZone: "eu-west-1a" }),
    ["vpc-layout absent medium chalk (vpc-home)", "exit 1"],
  ],
  [
    "no internet gateway",
    { "aws/internet-gateway": undefined },
    ["vpc-layout absent medium chalk (vpc-home)", "exit 1"],
  ],
  [
    "no node group",
    { "aws/eks-nodegroup": undefined },
    ["node-group absent medium managed node group (111122223333/eu-west-1)", "exit 1"],
  ],
  [
    "a node group of another type and size",
    edited(aws, "aws/eks-nodegroup", NODES, {
      instanceTypes: ["m5.large"],
      scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 2 },
    }),
    [
      "node-group changed medium controllers (arn:aws:eks:eu-west-1:111122223333:nodegroup/chalk/controllers/1)",
      "node-group changed medium controllers (arn:aws:eks:eu-west-1:111122223333:nodegroup/chalk/controllers/1)",
      "exit 1",
    ],
  ],
  [
    "another node group beside",
    {
      "aws/eks-nodegroup": {
        other: {
          nodegroupName: "other",
          clusterName: "chalk",
          status: "ACTIVE",
          instanceTypes: ["m5.large"],
          scalingConfig: { desiredSize: 9 },
        },
      },
    },
    ["exit 0"],
  ],
  [
    "a node group of several types",
    edited(aws, "aws/eks-nodegroup", NODES, { instanceTypes: ["t3.medium", "m5.large"] }),
    [
      "node-group changed medium controllers (arn:aws:eks:eu-west-1:111122223333:nodegroup/chalk/controllers/1)",
      "exit 1",
    ],
  ],
  [
    "a node group of which types and size are null",
    edited(aws, "aws/eks-nodegroup", NODES, { instanceTypes: null, scalingConfig: null }),
    [
      "node-group changed medium controllers (arn:aws:eks:eu-west-1:111122223333:nodegroup/chalk/controllers/1)",
      "node-group changed medium controllers (arn:aws:eks:eu-west-1:111122223333:nodegroup/chalk/controllers/1)",
      "exit 1",
    ],
  ],
  [
    "a node group whose type stands in its launch template",
    edited(aws, "aws/eks-nodegroup", NODES, { launchTemplate: { id: "lt-0a" }, instanceTypes: null }),
    [
      "node-group unknown medium controllers (arn:aws:eks:eu-west-1:111122223333:nodegroup/chalk/controllers/1)",
      "exit 3",
    ],
  ],
  [
    "a node group with a launch template that says no type",
    edited(aws, "aws/eks-nodegroup", NODES, { launchTemplate: { id: "lt-0a" } }),
    ["exit 0"],
  ],
  [
    "a node group with a launch template, of another type",
    edited(aws, "aws/eks-nodegroup", NODES, {
      launchTemplate: { id: "lt-0a" },
      instanceTypes: ["m5.large"],
    }),
    [
      "node-group changed medium controllers (arn:aws:eks:eu-west-1:111122223333:nodegroup/chalk/controllers/1)",
      "exit 1",
    ],
  ],
  [
    "two clusters, and none is named: the node group may be the other one's",
    { "aws/eks-cluster": { [SECOND]: second({}) } },
    [
      "cluster-admin-entry unknown medium EKS cluster (111122223333/eu-west-1)",
      "cluster-endpoint unknown medium EKS cluster (111122223333/eu-west-1)",
      "node-group unknown medium managed node group (111122223333/eu-west-1)",
      "standard-eks unknown low EKS cluster (111122223333/eu-west-1)",
      "exit 3",
    ],
  ],
  [
    "two clusters, one of them in the default VPC: no other VPC is judged in its place",
    { "aws/eks-cluster": { [SECOND]: second({ vpcId: "vpc-default" }) } },
    [
      "cluster-admin-entry unknown medium EKS cluster (111122223333/eu-west-1)",
      "cluster-endpoint unknown medium EKS cluster (111122223333/eu-west-1)",
      "metadata-database-ingress unknown medium VPC (111122223333/eu-west-1)",
      "msk-brokers unknown medium VPC (111122223333/eu-west-1)",
      "msk-reachability unknown medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)",
      "node-group unknown medium managed node group (111122223333/eu-west-1)",
      "standard-eks unknown low EKS cluster (111122223333/eu-west-1)",
      "vpc-layout unknown medium VPC (111122223333/eu-west-1)",
      "exit 3",
    ],
  ],
  [
    "a node group that does not work",
    edited(aws, "aws/eks-nodegroup", NODES, { status: "DEGRADED" }),
    [
      "node-group changed medium controllers (arn:aws:eks:eu-west-1:111122223333:nodegroup/chalk/controllers/1)",
      "exit 1",
    ],
  ],
  [
    "the endpoint open to the world",
    endpoint({ publicAccessCidrs: ["0.0.0.0/0"] }),
    ["cluster-endpoint wider high (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 1"],
  ],
  [
    "the endpoint open to the world by default",
    endpoint({ publicAccessCidrs: [] }),
    ["cluster-endpoint wider high (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 1"],
  ],
  [
    "the endpoint lets half of the control plane in",
    endpoint({ publicAccessCidrs: ["203.0.113.0/25"] }),
    ["cluster-endpoint absent medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 1"],
  ],
  [
    "the endpoint is not public",
    endpoint({ endpointPublicAccess: false }),
    ["cluster-endpoint changed medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 1"],
  ],
  [
    "the automatic mode",
    edited(aws, "aws/eks-cluster", CLUSTER, { computeConfig: { enabled: true } }),
    ["standard-eks changed low (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 1"],
  ],
  [
    "no public zone",
    { "aws/hosted-zone": { Z01: undefined } },
    ["hosted-zone absent medium hosted zone (111122223333/eu-west-1)", "exit 1"],
  ],
  [
    "two public zones",
    {
      "aws/hosted-zone": {
        Z03: { Id: "/hostedzone/Z03", Name: "other.example.", Config: { PrivateZone: false } },
      },
    },
    ["hosted-zone unknown medium hosted zone (111122223333/eu-west-1)", "exit 3"],
  ],
  [
    "two public zones of one name, which is given",
    {
      "aws/hosted-zone": {
        Z03: { Id: "/hostedzone/Z03", Name: "chalk.acme.example.", Config: { PrivateZone: false } },
      },
    },
    ["hosted-zone unknown medium (chalk.acme.example)", "exit 3"],
    { hostedZone: "chalk.acme.example" },
  ],
  ["a zone by its id, as the provider's own list has it", {}, ["exit 0"], { hostedZone: "/hostedzone/Z01" }],
  [
    "buckets that are not there have no CORS to speak of",
    {},
    [
      "bucket-cors unknown medium buckets (111122223333/eu-west-1)",
      "buckets absent medium x-a (111122223333/eu-west-1#data)",
      "buckets absent medium x-b (111122223333/eu-west-1#source)",
      "buckets absent medium x-c (111122223333/eu-west-1#dataset)",
      "buckets absent medium x-d (111122223333/eu-west-1#model)",
      "buckets absent medium x-e (111122223333/eu-west-1#stages)",
      "exit 1",
    ],
    { buckets: "x-a,x-b,x-c,x-d,x-e" },
  ],
  [
    "one bucket in the place of five",
    {},
    ["buckets unknown medium buckets (111122223333/eu-west-1)", "exit 3"],
    { buckets: Array(5).fill("acme-data-prod").join(",") },
  ],
  [
    "SCRAM off",
    edited(aws, "aws/msk-cluster", KAFKA, {
      Provisioned: { ...provisioned, ClientAuthentication: { Sasl: { Iam: { Enabled: true } } } },
    }),
    ["msk-auth changed medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)", "exit 1"],
  ],
  [
    "no credentials",
    edited(aws, "aws/msk-scram-secret", KAFKA, { SecretArnList: [] }),
    ["msk-auth absent medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)", "exit 1"],
  ],
  [
    "four brokers",
    edited(aws, "aws/msk-cluster", KAFKA, { Provisioned: { ...provisioned, NumberOfBrokerNodes: 4 } }),
    ["msk-brokers changed low chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)", "exit 1"],
  ],
  [
    "brokers in one zone",
    edited(aws, "aws/msk-cluster", KAFKA, {
      Provisioned: {
        ...provisioned,
        NumberOfBrokerNodes: 1,
        BrokerNodeGroupInfo: { ClientSubnets: ["subnet-private-a"], SecurityGroups: ["sg-kafka"] },
      },
    }),
    ["msk-brokers absent medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)", "exit 1"],
  ],
  [
    "brokers in a public subnet",
    edited(aws, "aws/msk-cluster", KAFKA, {
      Provisioned: {
        ...provisioned,
        BrokerNodeGroupInfo: {
          ClientSubnets: ["subnet-private-a", "subnet-public-b"],
          SecurityGroups: ["sg-kafka"],
        },
      },
    }),
    [
      "msk-brokers changed medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)",
      "exit 1",
    ],
  ],
  ...["FAILED", "DELETING"].map(
    (state): Row => [
      `Kafka is ${state}`,
      edited(aws, "aws/msk-cluster", KAFKA, { State: state }),
      [
        "msk-brokers changed medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)",
        "exit 1",
      ],
    ],
  ),
  [
    "a cluster over public subnets too, whose private ones Kafka lets in",
    {
      ...endpoint({
        subnetIds: ["subnet-private-a", "subnet-private-b", "subnet-public-a", "subnet-public-b"],
      }),
      ...group("sg-kafka", [
        {
          IpProtocol: "tcp",
          FromPort: 9096,
          ToPort: 9096,
          IpRanges: [{ CidrIp: "10.130.0.0/20" }, { CidrIp: "10.130.32.0/20" }],
        },
      ]),
    },
    ["exit 0"],
  ],
  [
    "a serverless cluster",
    {
      "aws/msk-cluster": {
        [KAFKA]: { ClusterArn: KAFKA, ClusterName: "chalk", ClusterType: "SERVERLESS", Serverless: {} },
      },
    },
    [
      "msk-auth changed medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)",
      "msk-brokers changed medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)",
      "msk-reachability changed medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)",
      "exit 1",
    ],
  ],
  [
    "no Kafka",
    { "aws/msk-cluster": undefined },
    [
      "msk-auth absent medium (MSK cluster)",
      "msk-brokers absent medium (MSK cluster)",
      "msk-reachability absent medium (MSK cluster)",
      "exit 1",
    ],
  ],
  [
    "Kafka does not let the cluster in",
    group("sg-kafka", [
      { IpProtocol: "tcp", FromPort: 9096, ToPort: 9096, IpRanges: [{ CidrIp: "10.130.0.0/20" }] },
    ]),
    [
      "msk-reachability absent medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)",
      "exit 1",
    ],
  ],
  [
    "Kafka lets the cluster's group in",
    group("sg-kafka", [
      { IpProtocol: "tcp", FromPort: 9092, ToPort: 9098, UserIdGroupPairs: [{ GroupId: "sg-cluster" }] },
    ]),
    ["exit 0"],
  ],
  [
    "two roles that the API server assumes, and the other one has the entry",
    {
      ...trusted(OTHER, {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: API_ROLE }, Action: "sts:AssumeRole" }],
      }),
      ...edited(aws, "aws/eks-access-entry", ENTRY, { principalArn: OTHER }),
    },
    ["cluster-admin-entry unknown medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 3"],
  ],
  [
    "the cluster that is named is not there: nothing of another one passes for it",
    {},
    [
      "cluster-admin-entry absent medium (second)",
      "cluster-endpoint absent medium (second)",
      "metadata-database-ingress unknown medium VPC (111122223333/eu-west-1)",
      "msk-brokers unknown medium VPC (111122223333/eu-west-1)",
      "msk-reachability absent medium (second)",
      "node-group absent medium managed node group (111122223333/eu-west-1)",
      "standard-eks unknown low (second)",
      "vpc-layout unknown medium VPC (111122223333/eu-west-1)",
      "exit 1",
    ],
    { cluster: "second" },
  ],
  [
    "no access entry",
    { "aws/eks-access-entry": undefined },
    ["cluster-admin-entry absent medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 1"],
  ],
  [
    "an access entry in one namespace",
    edited(aws, "aws/eks-access-entry", ENTRY, {
      associatedAccessPolicies: [
        {
          policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
          accessScope: { type: "namespace", namespaces: ["default"] },
        },
      ],
    }),
    ["cluster-admin-entry changed medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 1"],
  ],
  [
    "an access entry with a lesser policy",
    edited(aws, "aws/eks-access-entry", ENTRY, {
      associatedAccessPolicies: [
        {
          policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
          accessScope: { type: "cluster" },
        },
      ],
    }),
    ["cluster-admin-entry changed medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 1"],
  ],
  [
    "no role trusts the API server",
    { "aws/role": { [PLANE_ROLE]: undefined }, "aws/listed-role": { [PLANE_ROLE]: undefined } },
    ["cluster-admin-entry unknown medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)", "exit 3"],
  ],
  [
    "the API server's role trusts any account of its namespace",
    trusted(API_ROLE, {
      ...irsa("chalk-metadata", "chalk-metadata-plane"),
      Statement: [
        {
          ...statement,
          Condition: {
            StringLike: {
              [`${ISSUER}:sub`]: [
                "system:serviceaccount:chalk-metadata:*",
                "system:serviceaccount:chalk-metadata:chalk-metadata-plane",
              ],
            },
            StringEquals: { [`${ISSUER}:aud`]: "sts.amazonaws.com" },
          },
        },
      ],
    }),
    [
      'api-server-trust weakened critical sts:AssumeRoleWithWebIdentity except for arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF where StringEquals oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF:aud = sts.amazonaws.com and StringEquals oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF:sub = system:serviceaccount:chalk-metadata:chalk-metadata-plane ! arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF sts:AssumeRoleWithWebIdentity <any> {"oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF:aud":"sts.amazonaws.com","oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF:sub":"system:serviceaccount:chalk-metadata:<any>"}',
      "exit 1",
    ],
  ],
  [
    "the API server's role lacks an action",
    { "aws/role-policy": { [`${API_ROLE}/own`]: inline(API_ROLE, allow("s3:*", "ecr:*", "sqs:*")) } },
    [
      "api-server-effective-access missing medium sts:AssumeRole ! sts:AssumeRole <any>",
      "api-server-policy missing medium sts:AssumeRole ! sts:AssumeRole <any>",
      "exit 1",
    ],
  ],
  [
    "the API server's role on its own buckets alone",
    {
      "aws/role-policy": {
        [`${API_ROLE}/own`]: inline(
          API_ROLE,
          { Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::acme-*" },
          allow("ecr:*", "sqs:*", "sts:AssumeRole"),
        ),
      },
    },
    ["exit 0"],
  ],
  [
    "the API server's role has more",
    {
      "aws/role-policy": {
        [`${API_ROLE}/own`]: inline(
          API_ROLE,
          allow("s3:*", "ecr:*", "sqs:*", "sts:AssumeRole", "dynamodb:Scan"),
        ),
      },
    },
    [
      "api-server-effective-access excess high dynamodb:Scan ! dynamodb:Scan <any>, by inline policy own, statement 1",
      "exit 1",
    ],
  ],
  [
    "no role for the API server",
    {
      "aws/role": { [API_ROLE]: undefined },
      "aws/listed-role": { [API_ROLE]: undefined },
      "aws/role-policy": { [`${API_ROLE}/own`]: undefined },
    },
    [
      "api-server-effective-access absent medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
      "api-server-policy absent medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
      "api-server-trust absent medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
      "cluster-admin-entry unknown medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)",
      "exit 1",
    ],
  ],
  [
    "another role that the API server's account may assume",
    another,
    [
      "api-server-effective-access excess critical iam:* ! iam:PassRole <any>, by inline policy own, statement 1",
      "api-server-effective-access missing medium ecr:*, sqs:* ! ecr:BatchGetImage <any>",
      "api-server-effective-access missing medium s3:*, sts:AssumeRole ! s3:PutBucketPolicy <any>",
      "api-server-policy missing medium ecr:*, sqs:* ! ecr:BatchGetImage <any>",
      "api-server-policy missing medium s3:*, sts:AssumeRole ! s3:PutBucketPolicy <any>",
      "exit 1",
    ],
  ],
  [
    "background persistence lacks an action",
    {
      "aws/role-policy": {
        [`${PERSISTENCE_ROLE}/own`]: inline(
          PERSISTENCE_ROLE,
          allow(...PERSISTENCE.filter((each) => each !== "glue:*")),
        ),
      },
    },
    [
      "background-persistence-effective-access missing medium glue:* ! glue:<any> <any>",
      "background-persistence-policy missing medium glue:* ! glue:<any> <any>",
      "exit 1",
    ],
  ],
  [
    "an endpoint service that leads nowhere known",
    {
      "aws/endpoint-service": {
        "vpce-svc-1": { ServiceId: "vpce-svc-1", ServiceState: "Available", NetworkLoadBalancerArns: [] },
      },
    },
    ["private-ingress unknown medium endpoint service (111122223333/eu-west-1)", "exit 3"],
  ],
];

describe("chalk-helm on AWS alone", () => {
  it("an installation as documented passes in full", () => {
    const report = reportOn(aws, undefined);
    expect(report.controls.filter((c) => !["pass", "skipped"].includes(c.outcome))).toEqual([]);
    expect(seenIn(report)).toEqual(["exit 0"]);
  });

  it.each([CLUSTER, "chalk"])("of two clusters the one named, %s", (name) => {
    const group = edited(aws, "aws/eks-nodegroup", NODES, { clusterName: "second" });
    const both = changed(aws, {
      "aws/eks-cluster": { [SECOND]: second({ vpcId: "vpc-default" }) },
      ...group,
    });
    const seen = seenIn(reportOn(both, undefined, { parameters: { ...GIVEN, cluster: name } }));
    expect(seen.filter((each) => /node-group|standard|vpc-layout|brokers/.test(each))).toEqual([
      "node-group absent medium managed node group (111122223333/eu-west-1)",
    ]);
  });

  it.each(CHANGES.map((row) => [row[0], row] as const))("%s", (_, [, change, found, set = {}]) => {
    const report = reportOn(changed(aws, change), undefined, { parameters: { ...GIVEN, ...set } });
    expect(seenIn(report)).toEqual(found);
  });
});
