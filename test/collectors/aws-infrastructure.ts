import { account, region } from "../servers/aws-state.ts";

/** What an installation has beside permissions, in bodies after the providers' API references, as the SDK spells them. */

const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;

export const network = {
  VpcPeeringConnections: [
    {
      VpcPeeringConnectionId: "pcx-1",
      AccepterVpcInfo: {
        CidrBlock: "10.1.0.0/16",
        CidrBlockSet: [{ CidrBlock: "10.1.0.0/16" }],
        OwnerId: account,
        VpcId: "vpc-2",
        Region: region,
      },
      RequesterVpcInfo: { CidrBlock: "10.0.0.0/16", OwnerId: account, VpcId: "vpc-1", Region: region },
      Status: { Code: "active", Message: "Active" },
    },
  ],
  TransitGatewayVpcAttachments: [
    {
      TransitGatewayAttachmentId: "tgw-attach-1",
      TransitGatewayId: "tgw-1",
      VpcId: "vpc-1",
      VpcOwnerId: account,
      State: "available",
      SubnetIds: ["subnet-1", "subnet-2"],
    },
    {
      TransitGatewayAttachmentId: "tgw-attach-2",
      TransitGatewayId: "tgw-1",
      VpcId: "vpc-2",
      State: "available",
    },
  ],
  ServiceConfigurations: [
    {
      ServiceId: "vpce-svc-1",
      ServiceName: `com.amazonaws.vpce.${region}.vpce-svc-1`,
      ServiceState: "Available",
      AcceptanceRequired: true,
      NetworkLoadBalancerArns: [arn("elasticloadbalancing", "loadbalancer/net/acme/1")],
      Tags: [{ Key: "managed-by", Value: "acme" }],
    },
  ],
} as const;

const broker = (n: number) =>
  ({
    ClusterArn: arn("kafka", `cluster/acme-${n}/c0ffee-${n}`),
    ClusterName: `acme-${n}`,
    ClusterType: "PROVISIONED",
    State: "ACTIVE",
    CreationTime: "2026-01-01T00:00:00.000Z",
    Tags: { "managed-by": "acme" },
    Provisioned: {
      BrokerNodeGroupInfo: {
        BrokerAZDistribution: "DEFAULT",
        ClientSubnets: ["subnet-1", "subnet-2"],
        InstanceType: "kafka.m5.large",
        SecurityGroups: ["sg-1"],
      },
      ClientAuthentication: {
        Sasl: { Scram: { Enabled: true }, Iam: { Enabled: false } },
        Unauthenticated: { Enabled: false },
      },
      NumberOfBrokerNodes: 2,
    },
  }) as const;

const database = (name: string, engine: string, group: string) =>
  ({
    DBInstanceIdentifier: name,
    DBInstanceArn: arn("rds", `db:${name}`),
    DBInstanceClass: "db.t3.medium",
    Engine: engine,
    EngineVersion: "16.4",
    DBInstanceStatus: "available",
    MasterUsername: "acme",
    DBName: "acme",
    Endpoint: {
      Address: `${name}.abc.${region}.rds.amazonaws.com`,
      Port: 5432,
      HostedZoneId: "Z29XKXDKYMONMX",
    },
    AllocatedStorage: 20,
    InstanceCreateTime: "2026-01-01T00:00:00.000Z",
    BackupRetentionPeriod: 7,
    PubliclyAccessible: false,
    VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-1", Status: "active" }],
    DBParameterGroups: [{ DBParameterGroupName: group, ParameterApplyStatus: "in-sync" }],
    DBSubnetGroup: { DBSubnetGroupName: "acme", VpcId: "vpc-1", SubnetGroupStatus: "Complete" },
    PendingModifiedValues: { MasterUserPassword: "canary-pending" },
    TagList: [{ Key: "db-password", Value: "canary-tag" }],
  }) as const;

const parameter = (name: string, value: string | undefined, source = "engine-default") => ({
  ParameterName: name,
  ...(value === undefined ? {} : { ParameterValue: value }),
  Source: source,
  ApplyType: "static",
  DataType: "string",
  IsModifiable: true,
});

export const libraries = "pg_stat_statements,auto_explain,pg_cron";

export const infrastructure = {
  databases: [
    database("acme", "postgres", "acme-16"),
    database("acme-replica", "postgres", "acme-16"),
    database("shop", "mysql", "shop-8"),
    database("stats", "aurora-postgresql", "default.aurora-postgresql16"),
  ],
  parameters: {
    "acme-16": [
      parameter("autovacuum", "1"),
      parameter("cron.database_name", "acme", "user"),
      parameter("max_connections", "LEAST({DBInstanceClassMemory/9531392},5000)", "system"),
      parameter("rds.force_ssl", "1", "system"),
      parameter("shared_preload_libraries", libraries, "user"),
    ],
    "default.aurora-postgresql16": [parameter("shared_preload_libraries", undefined)],
    "shop-8": [parameter("read_only", "0")],
  },
  queues: ["acme-one", "acme-two", "shop"].map(
    (name) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
  ),
  buckets: [
    {
      name: "acme-data",
      cors: [
        {
          AllowedHeaders: ["*"],
          AllowedMethods: ["GET", "HEAD"],
          AllowedOrigins: ["https://api.acme.test", "https://*.acme.test"],
          MaxAgeSeconds: 3000,
        },
        { ID: "other", AllowedMethods: ["PUT"], AllowedOrigins: ["https://shop.test"] },
      ],
    },
    { name: "acme-far", region: "us-west-2", cors: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }] },
    { name: "acme.dotted" },
  ],
  zones: [
    {
      Id: "/hostedzone/Z0PUBLIC",
      Name: "acme.test.",
      CallerReference: "1",
      Config: { Comment: "", PrivateZone: false },
      ResourceRecordSetCount: 4,
    },
    {
      Id: "/hostedzone/Z0PRIVATE",
      Name: "acme.test.",
      CallerReference: "2",
      Config: { PrivateZone: true },
      ResourceRecordSetCount: 2,
    },
  ],
  kafka: [
    broker(1),
    broker(2),
    {
      ClusterArn: arn("kafka", "cluster/light/c0ffee-3"),
      ClusterName: "light",
      ClusterType: "SERVERLESS",
      State: "ACTIVE",
      Serverless: {
        VpcConfigs: [{ SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] }],
        ClientAuthentication: { Sasl: { Iam: { Enabled: true } } },
      },
    },
  ],
  scram: {
    [arn("kafka", "cluster/acme-1/c0ffee-1")]: [
      arn("secretsmanager", "secret:AmazonMSK_acme-a1b2c3"),
      arn("secretsmanager", "secret:AmazonMSK_other-d4e5f6"),
    ],
    [arn("kafka", "cluster/acme-2/c0ffee-2")]: [],
  },
  loadBalancers: ["acme", "shop"].map((name, n) => ({
    LoadBalancerArn: arn("elasticloadbalancing", `loadbalancer/net/${name}/${n + 1}`),
    DNSName: `${name}-1.elb.${region}.amazonaws.com`,
    CanonicalHostedZoneId: "Z2IFOLAFXWLO4F",
    CreatedTime: "2026-01-01T00:00:00.000Z",
    LoadBalancerName: name,
    Scheme: "internal",
    VpcId: "vpc-1",
    State: { Code: "active" },
    Type: "network",
    AvailabilityZones: [{ ZoneName: `${region}a`, SubnetId: "subnet-1" }],
  })),
  accessEntries: ["acme", "vendors/acme-admin"].map((role, n) => ({
    clusterName: "acme-eu",
    principalArn: `arn:aws:iam::${account}:role/${role}`,
    kubernetesGroups: [],
    accessEntryArn: arn("eks", `access-entry/acme-eu/role/${account}/${role}/${n}`),
    createdAt: 1_767_225_600,
    modifiedAt: 1_767_225_600,
    tags: {},
    username: `arn:aws:sts::${account}:assumed-role/${role}/{{SessionName}}`,
    type: "STANDARD",
  })),
  accessPolicies: {
    [`arn:aws:iam::${account}:role/vendors/acme-admin`]: [
      "AmazonEKSAdminViewPolicy",
      "AmazonEKSClusterAdminPolicy",
    ].map((name) => ({
      policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
      accessScope: { type: "cluster", namespaces: [] },
      associatedAt: 1_767_225_600,
      modifiedAt: 1_767_225_600,
    })),
  },
  addons: [
    {
      addonName: "aws-ebs-csi-driver",
      clusterName: "acme-eu",
      status: "ACTIVE",
      addonVersion: "v1.41.0-eksbuild.1",
      addonArn: arn("eks", "addon/acme-eu/aws-ebs-csi-driver/1"),
      serviceAccountRoleArn: `arn:aws:iam::${account}:role/csi`,
      configurationValues: '{"controller":{"replicas":2,"env":{"API_TOKEN":"canary-json"}}}',
    },
    {
      addonName: "metrics-server",
      clusterName: "acme-eu",
      status: "ACTIVE",
      addonVersion: "v0.8.0-eksbuild.1",
      addonArn: arn("eks", "addon/acme-eu/metrics-server/2"),
      configurationValues: "env:\n  - name: API_TOKEN\n    value: canary-yaml\n",
    },
  ],
  podIdentities: ["one", "two"].map((name, n) => ({
    clusterName: "acme-eu",
    namespace: "acme",
    serviceAccount: name,
    roleArn: `arn:aws:iam::${account}:role/${name}`,
    associationArn: arn("eks", `podidentityassociation/acme-eu/a-${n + 1}`),
    associationId: `a-${n + 1}`,
    createdAt: 1_767_225_600,
  })),
};
