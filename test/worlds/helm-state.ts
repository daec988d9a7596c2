/** A self-managed installation as the snapshots that a collection of it would give: AWS, and the cluster in it. */
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { Snapshot, Unread } from "../../src/snapshot/snapshot.ts";

export const ACCOUNT = "111122223333";
export const REGION = "eu-west-1";
export const TAKEN_AT = "2026-11-28T06:00:00Z";
export const ISSUER = `oidc.eks.${REGION}.amazonaws.com/id/0123456789ABCDEF`;
export const VPC = "vpc-home";

export type Body = Readonly<Record<string, unknown>>;
/** Documents by kind, then by id. What a change leaves undefined is gone. */
export type State = Readonly<
  Partial<Record<DocumentKind, Readonly<Record<string, Body | undefined>> | undefined>>
>;

const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

export const API_ROLE = role("chalk-api-server");
export const PLANE_ROLE = role("chalk-data-plane");
export const PERSISTENCE_ROLE = role("background-persistence");
export const DATABASE = arn("rds", "db:chalk-metadata");
export const KAFKA = arn("kafka", "cluster/chalk/0000-1");
export const CLUSTER = arn("eks", "cluster/chalk");
export const NODES = arn("eks", "nodegroup/chalk/controllers/1");
export const ENTRY = arn("eks", "access-entry/chalk/role/chalk-data-plane");

const named = (name: string) => ({ Tags: [{ Key: "Name", Value: name }] });

/** Subnets by id: side, zone, block. */
const SUBNETS = {
  "subnet-private-a": ["private", "a", "10.130.0.0/20"],
  "subnet-private-b": ["private", "b", "10.130.32.0/20"],
  "subnet-public-a": ["public", "a", "10.130.16.0/20"],
  "subnet-public-b": ["public", "b", "10.130.48.0/20"],
} as const;
const ids = Object.keys(SUBNETS) as (keyof typeof SUBNETS)[];

export function irsa(namespace: string, account: string, issuer = ISSUER): Body {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: "sts.amazonaws.com",
            [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${account}`,
          },
        },
      },
    ],
  };
}

export function roleBody(id: string, trust: Body): Body {
  return {
    Arn: id,
    RoleName: id.slice(id.lastIndexOf("/") + 1),
    AssumeRolePolicyDocument: JSON.stringify(trust),
  };
}

export function inline(id: string, ...statements: readonly object[]): Body {
  return {
    RoleName: id.slice(id.lastIndexOf("/") + 1),
    PolicyName: "own",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  };
}

export function allow(...actions: readonly string[]): object {
  return { Effect: "Allow", Action: actions, Resource: "*" };
}

export const PERSISTENCE = [
  ...["s3:*", "dynamodb:*", "secretsmanager:*", "ecr:BatchGetImage", "ecr:GetAuthorizationToken"],
  ...["ecr:GetDownloadUrlForLayer", "kms:GenerateDataKey", "glue:*"],
];

const trusts: Readonly<Record<string, Body>> = {
  [API_ROLE]: irsa("chalk-metadata", "chalk-metadata-plane"),
  [PERSISTENCE_ROLE]: irsa("background-persistence", "persistence"),
  [PLANE_ROLE]: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: API_ROLE }, Action: "sts:AssumeRole" }],
  },
};

const QUEUES = [
  ...["metric-check-trigger", "scheduled-resolver-trigger", "scheduled-query-trigger", "batch-status"],
  ...["argo-builds", "batch-report", "heartbeat"],
];
export const BUCKETS = ["data", "source", "dataset", "model", "stages"].map((part) => `acme-${part}-prod`);

export const queueUrl = (name: string) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;

function byId<T extends string>(list: readonly T[], body: (id: T) => Body): Readonly<Record<string, Body>> {
  return Object.fromEntries(list.map((id) => [id, body(id)]));
}

const permission = (from: string, port: number) => ({
  IpProtocol: "tcp",
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp: from }],
});

/** Everything in AWS as the page asks for. */
export const aws: State = {
  "aws/caller-identity": { [ACCOUNT]: { Account: ACCOUNT } },
  "aws/vpc": {
    [VPC]: {
      VpcId: VPC,
      CidrBlock: "10.130.0.0/16",
      CidrBlockAssociationSet: [
        { CidrBlock: "10.130.0.0/16", CidrBlockState: { State: "associated" } },
        { CidrBlock: "100.64.0.0/16", CidrBlockState: { State: "associated" } },
      ],
      ...named("chalk"),
    },
    "vpc-default": { VpcId: "vpc-default", CidrBlock: "172.31.0.0/16", IsDefault: true },
  },
  "aws/subnet": byId(ids, (id) => ({
    SubnetId: id,
    VpcId: VPC,
    CidrBlock: SUBNETS[id][2],
    AvailabilityZone: `${REGION}${SUBNETS[id][1]}`,
    ...named(id.slice(7)),
  })),
  "aws/route-table": byId(["rtb-private", "rtb-public"], (id) => ({
    RouteTableId: id,
    VpcId: VPC,
    Associations: ids
      .filter((subnet) => SUBNETS[subnet][0] === id.slice(4))
      .map((subnet) => ({ SubnetId: subnet, Main: false })),
    Routes: [
      { DestinationCidrBlock: "10.130.0.0/16", GatewayId: "local", State: "active" },
      id === "rtb-public"
        ? { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1", State: "active" }
        : { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-a", State: "active" },
    ],
  })),
  "aws/internet-gateway": {
    "igw-1": { InternetGatewayId: "igw-1", Attachments: [{ VpcId: VPC, State: "available" }] },
  },
  "aws/nat-gateway": byId(["nat-a", "nat-b"], (id) => ({
    NatGatewayId: id,
    VpcId: VPC,
    SubnetId: `subnet-public-${id.slice(4)}`,
    State: "available",
    ConnectivityType: "public",
  })),
  "aws/security-group": {
    "sg-database": {
      GroupId: "sg-database",
      VpcId: VPC,
      IpPermissions: [permission("10.130.0.0/16", 5432), permission("100.64.0.0/16", 5432)],
    },
    "sg-kafka": { GroupId: "sg-kafka", VpcId: VPC, IpPermissions: [permission("10.130.0.0/16", 9096)] },
    "sg-cluster": { GroupId: "sg-cluster", VpcId: VPC, IpPermissions: [] },
    "sg-other": { GroupId: "sg-other", VpcId: VPC, IpPermissions: [] },
  },
  "aws/db-instance": {
    [DATABASE]: {
      DBInstanceArn: DATABASE,
      DBInstanceIdentifier: "chalk-metadata",
      DBInstanceStatus: "available",
      Engine: "postgres",
      EngineVersion: "16.4",
      DBName: "chalk",
      MasterUsername: "chalk",
      BackupRetentionPeriod: 7,
      Endpoint: { Address: `chalk.x.${REGION}.rds.amazonaws.com`, Port: 5432 },
      DBSubnetGroup: { DBSubnetGroupName: "chalk", VpcId: VPC },
      VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-database", Status: "active" }],
      DBParameterGroups: [{ DBParameterGroupName: "chalk-pg16", ParameterApplyStatus: "in-sync" }],
    },
  },
  "aws/db-parameter": {
    "chalk-pg16": {
      DBParameterGroupName: "chalk-pg16",
      Parameters: [
        {
          ParameterName: "shared_preload_libraries",
          ParameterValue: "auto_explain,pg_stat_statements,pg_cron",
        },
      ],
    },
  },
  "aws/queue": Object.fromEntries(
    QUEUES.map((name) => [
      queueUrl(`acme-${name}`),
      { QueueUrl: queueUrl(`acme-${name}`), name: `acme-${name}` },
    ]),
  ),
  "aws/bucket": byId([...BUCKETS, "acme-logs"], (id) => ({ Name: id })),
  "aws/bucket-cors": byId(BUCKETS, (id) => ({
    Bucket: id,
    CORSRules: [
      {
        AllowedMethods: ["GET", "HEAD"],
        AllowedOrigins: ["https://api.acme.example", "https://*.acme.example"],
      },
    ],
  })),
  "aws/hosted-zone": {
    Z01: { Id: "/hostedzone/Z01", Name: "chalk.acme.example.", Config: { PrivateZone: false } },
    Z02: { Id: "/hostedzone/Z02", Name: "chalk.acme.example.", Config: { PrivateZone: true } },
  },
  "aws/msk-cluster": {
    [KAFKA]: {
      ClusterArn: KAFKA,
      ClusterName: "chalk",
      ClusterType: "PROVISIONED",
      Provisioned: {
        NumberOfBrokerNodes: 2,
        BrokerNodeGroupInfo: {
          ClientSubnets: ["subnet-private-a", "subnet-private-b"],
          SecurityGroups: ["sg-kafka"],
        },
        ClientAuthentication: { Sasl: { Scram: { Enabled: true } } },
      },
    },
  },
  "aws/msk-scram-secret": {
    [KAFKA]: { ClusterArn: KAFKA, SecretArnList: [arn("secretsmanager", "secret:AmazonMSK_chalk-1")] },
  },
  "aws/vpc-peering": {},
  "aws/transit-attachment": {},
  "aws/endpoint-service": {},
  "aws/load-balancer": {},
  "aws/eks-cluster": {
    [CLUSTER]: {
      arn: CLUSTER,
      name: "chalk",
      version: "1.34",
      identity: { oidc: { issuer: `https://${ISSUER}` } },
      resourcesVpcConfig: {
        vpcId: VPC,
        subnetIds: ["subnet-private-a", "subnet-private-b"],
        clusterSecurityGroupId: "sg-cluster",
        securityGroupIds: [],
        endpointPublicAccess: true,
        publicAccessCidrs: ["203.0.113.0/25", "203.0.113.128/25"],
      },
    },
  },
  "aws/eks-nodegroup": {
    [NODES]: {
      nodegroupArn: NODES,
      nodegroupName: "controllers",
      clusterName: "chalk",
      status: "ACTIVE",
      instanceTypes: ["t3.medium"],
      scalingConfig: { minSize: 3, maxSize: 4, desiredSize: 3 },
    },
  },
  "aws/eks-access-entry": {
    [ENTRY]: {
      accessEntryArn: ENTRY,
      clusterName: "chalk",
      principalArn: PLANE_ROLE,
      associatedAccessPolicies: [
        {
          policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
          accessScope: { type: "cluster" },
        },
      ],
    },
  },
  "aws/eks-addon": {},
  "aws/eks-pod-identity": {},
  "aws/role": byId(Object.keys(trusts), (id) => roleBody(id, trusts[id] ?? {})),
  "aws/listed-role": byId(Object.keys(trusts), (id) => roleBody(id, trusts[id] ?? {})),
  "aws/role-policy": {
    [`${API_ROLE}/own`]: inline(API_ROLE, allow("s3:*", "ecr:*", "sqs:*", "sts:AssumeRole")),
    [`${PERSISTENCE_ROLE}/own`]: inline(PERSISTENCE_ROLE, allow(...PERSISTENCE)),
  },
  "aws/attached-policy": {},
  "aws/policy": {},
};

export const DNS_ROLE = role("chalk-dns");

/** In AWS what a cluster with its workloads needs beside. */
export const awsBeside: State = {
  "aws/role": Object.fromEntries(
    [DNS_ROLE].map((id) => [
      id,
      roleBody(id, {
        ...irsa("cert-manager", "cert-manager"),
        Statement: ["cert-manager", "external-dns"].flatMap((name) => irsa(name, name)["Statement"]),
      }),
    ]),
  ),
  "aws/listed-role": { [DNS_ROLE]: { Arn: DNS_ROLE, RoleName: "chalk-dns" } },
  "aws/role-policy": {
    [`${DNS_ROLE}/own`]: inline(
      DNS_ROLE,
      {
        Effect: "Allow",
        Action: ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"],
        Resource: "arn:aws:route53:::hostedzone/*",
      },
      allow("route53:GetChange", "route53:ListHostedZonesByName"),
    ),
  },
};

const meta = (namespace: string, name: string, more: Body = {}) => ({
  metadata: { namespace, name, ...more },
});
const account = (namespace: string, name: string, to?: string): Readonly<Record<string, Body>> => ({
  [`${namespace}/${name}`]: meta(
    namespace,
    name,
    to === undefined ? {} : { annotations: { "eks.amazonaws.com/role-arn": to } },
  ),
});

export const CHARTS = {
  "argo-workflows": "0.45.27",
  keda: "2.11.1",
  "metrics-server": "3.12.2",
  "aws-mountpoint-s3-csi-driver": "2.0.0",
  "gateway-helm": "v1.6.0",
  "cert-manager": "v1.17.1",
  "external-dns": "1.17.0",
  "cloudnative-pg": "0.26.0",
  karpenter: "1.6.2",
  "aws-ebs-csi-driver": "2.40.0",
  "aws-load-balancer-controller": "1.11.0",
} as const;

export const release = (
  namespace: string,
  name: string,
  chart: string,
  version: string,
  more: Body = {},
) => ({
  name,
  namespace,
  revision: 3,
  status: "deployed",
  chart: { name: chart, version },
  storage: "secret",
  ...more,
});

export const workload = (namespace: string, name: string, labels: Body, args: readonly string[]): Body => ({
  ...meta(namespace, name, { labels }),
  kind: "Deployment",
  spec: {
    template: { metadata: { labels }, spec: { serviceAccountName: name, containers: [{ name, args }] } },
  },
});

export const CERT_MANAGER = {
  "app.kubernetes.io/name": "cert-manager",
  "app.kubernetes.io/component": "controller",
};
export const EXTERNAL_DNS = { "app.kubernetes.io/name": "external-dns" };

/** Everything in the cluster as the page asks for. */
export const cluster: State = {
  "kubernetes/cluster": { "uid-1": { metadata: { uid: "uid-1", name: "kube-system" } } },
  "kubernetes/namespace": byId(
    ["kube-system", "chalk-metadata", "background-persistence", "cert-manager"],
    (name) => ({
      metadata: { name },
    }),
  ),
  "kubernetes/service-account": {
    ...account("chalk-metadata", "default"),
    ...account("chalk-metadata", "chalk-metadata-plane", API_ROLE),
    ...account("background-persistence", "default"),
    ...account("background-persistence", "persistence", PERSISTENCE_ROLE),
    ...account("cert-manager", "cert-manager", DNS_ROLE),
    ...account("external-dns", "external-dns", DNS_ROLE),
  },
  "kubernetes/secret": {
    "chalk-metadata/metadata-plane-secrets": {
      ...meta("chalk-metadata", "metadata-plane-secrets"),
      type: "Opaque",
      keys: ["POSTGRES_DB", "POSTGRES_HOST", "POSTGRES_PASSWORD", "POSTGRES_USER"],
    },
    "chalk-metadata/chalk-frontend-secrets": {
      ...meta("chalk-metadata", "chalk-frontend-secrets"),
      type: "Opaque",
      keys: ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "MORE"],
    },
  },
  "kubernetes/helm-release": {
    "chalk-metadata/chalk-metadata-plane": release(
      "chalk-metadata",
      "chalk-metadata-plane",
      "chalk-metadata-plane",
      "0.1.2",
    ),
    ...Object.fromEntries(
      Object.entries(CHARTS).map(([chart, version]) => [
        `platform/our-${chart}`,
        release("platform", `our-${chart}`, chart, version),
      ]),
    ),
  },
  "kubernetes/pod": {
    "chalk-metadata/api-1": {
      ...meta("chalk-metadata", "api-1", {
        labels: { "app.kubernetes.io/instance": "chalk-metadata-plane" },
      }),
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    },
    "chalk-metadata/seed-1": {
      ...meta("chalk-metadata", "seed-1", {
        labels: { "app.kubernetes.io/instance": "chalk-metadata-plane" },
      }),
      status: { phase: "Succeeded", conditions: [{ type: "Ready", status: "False" }] },
    },
  },
  "kubernetes/workload": {
    "cert-manager/cert-manager": workload("cert-manager", "cert-manager", CERT_MANAGER, [
      "--v=2",
      "--config=/var/cert-manager/config/config.yaml",
    ]),
    "external-dns/external-dns": workload("external-dns", "external-dns", EXTERNAL_DNS, [
      "--source=service",
      "--source=gateway-httproute",
    ]),
  },
  "kubernetes/config-map": {
    "cert-manager/cert-manager": {
      ...meta("cert-manager", "cert-manager"),
      usedBy: { kind: "Deployment", name: "cert-manager", container: "cert-manager", argument: "config" },
      key: "config.yaml",
      // as a snapshot keeps it: the settings on one line
      text: '{"apiVersion":"controller.config.cert-manager.io/v1alpha1","enableGatewayAPI":true}',
    },
  },
  "kubernetes/service": {},
  "kubernetes/cluster-issuer": {
    letsencrypt: {
      metadata: { name: "letsencrypt" },
      spec: {
        acme: {
          server: "https://acme-v02.api.letsencrypt.org/directory",
          solvers: [{ dns01: { route53: { region: REGION } } }],
        },
      },
    },
  },
  "kubernetes/ec2-node-class": {
    default: {
      metadata: { name: "default" },
      spec: {
        amiSelectorTerms: [{ alias: "al2023@latest" }],
        subnetSelectorTerms: [{ tags: { Name: "private-a" } }, { tags: { Name: "private-b" } }],
      },
      status: { subnets: [{ id: "subnet-private-a" }, { id: "subnet-private-b" }] },
    },
  },
};

/** The state with some documents changed; undefined takes one out, and a kind that is undefined all of them. */
export function changed(state: State, changes: State): State {
  const kinds = Object.entries(changes).map(([kind, documents]) => [
    kind,
    documents === undefined ? {} : { ...state[kind as DocumentKind], ...documents },
  ]);
  return { ...state, ...Object.fromEntries(kinds) };
}

/** A document of the state with some of its members changed. */
export function edited(state: State, kind: DocumentKind, id: string, members: Body): State {
  return { [kind]: { [id]: { ...state[kind]?.[id], ...members } } } as State;
}

export function snapshotOf(
  provider: "aws" | "kubernetes",
  state: State,
  unread: readonly Unread[] = [],
): Snapshot {
  const hidden = new Set(unread.filter(({ id }) => id === undefined).map(({ kind }) => kind));
  return {
    schema: 1,
    provider,
    scope: provider === "aws" ? `${ACCOUNT}/${REGION}` : "uid-1",
    takenAt: TAKEN_AT,
    kinds: Object.keys(state).sort() as DocumentKind[],
    documents: Object.entries(state)
      .filter(([kind]) => !hidden.has(kind as DocumentKind))
      .flatMap(([kind, documents]) =>
        Object.entries(documents ?? {}).flatMap(([id, body]) =>
          body === undefined ? [] : [{ kind: kind as DocumentKind, id, body }],
        ),
      ),
    unread,
  };
}
