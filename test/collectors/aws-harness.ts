import type { CollectOptions } from "../../src/collectors/define.ts";
import { loadCollector } from "../../src/collectors/registry.ts";
import type { AwsSettings } from "../../src/collectors/settings.ts";
import type { AwsKind } from "../../src/snapshot/kinds/aws.ts";
import { awsKinds } from "../../src/snapshot/kinds/aws.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { type Aws, ca } from "../servers/aws.ts";
import { account, auditor, type Body, policyArn, policyOf, region } from "../servers/aws-state.ts";
import { infrastructure, network } from "./aws-infrastructure.ts";

export const everyAwsKind = Object.keys(awsKinds) as readonly AwsKind[];

export interface AwsAsked {
  readonly kinds?: readonly AwsKind[];
  /** Names or ARNs, as `--role` gives them. */
  readonly roles?: readonly string[];
  readonly trusted?: readonly string[];
  /** The ids that matter, by kind. */
  readonly names?: Readonly<Partial<Record<AwsKind, readonly string[]>>>;
  readonly settings?: Partial<AwsSettings>;
  readonly options?: Partial<CollectOptions>;
}

export interface AwsCollected {
  readonly snapshot: Snapshot;
  readonly debug: readonly string[];
  readonly progress: readonly string[];
}

/** Collects from the test server as a process would, with the server's own key unless other credentials are given. */
export async function collectAws(aws: Aws, asked: AwsAsked = {}): Promise<AwsCollected> {
  const debug: string[] = [];
  const progress: string[] = [];
  const collect = await loadCollector("aws");
  const snapshot = await collect(
    {
      kinds: new Set(asked.kinds ?? everyAwsKind),
      roleNames: [],
      principals: asked.roles ?? [],
      trustedPrincipals: asked.trusted ?? [vendor],
      ...(asked.names === undefined
        ? {}
        : { names: new Map(Object.entries(asked.names) as [AwsKind, readonly string[]][]) }),
    },
    {
      region,
      endpoint: aws.url,
      credentials: async () => ({ accessKeyId: auditor.id, secretAccessKey: auditor.secret }),
      ca,
      requestTimeoutMs: 5_000,
      ...asked.settings,
    },
    {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      concurrency: 8,
      progress: (message) => progress.push(message),
      debug: (line) => debug.push(line),
      now: () => new Date("2026-11-21T08:00:00Z"),
      ...asked.options,
    },
  );
  return { snapshot, debug, progress };
}

/** The vendor's principal, in an account of its own. */
export const vendor = "arn:aws:iam::999900001111:role/acme-api";

export function allow(action: string | readonly string[], more: Body = {}): Body {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*", ...more }] };
}

export function trust(principal: unknown, more: Body = {}): Body {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole", ...more }],
  };
}

export const boundary = policyArn("limits");
export const managed = policyArn("acme/managed");

/** An account in which a vendor's role has every kind of policy, beside other roles, a network and a cluster. */
export const vendorWorld = {
  roles: [
    {
      name: "acme",
      path: "/vendors/",
      trust: trust({ AWS: vendor }, { Condition: { StringEquals: { "sts:ExternalId": "right" } } }),
      inline: { "first one": allow("ec2:*"), second: allow("sqs:*") },
      attached: [managed, "arn:aws:iam::aws:policy/ReadOnlyAccess"],
      boundary,
    },
    { name: "web", trust: trust({ Service: "ec2.amazonaws.com" }), inline: { x: allow("*") } },
    { name: "ops", trust: trust({ AWS: `arn:aws:iam::${account}:root` }) },
  ],
  policies: {
    [managed]: {
      default: "v2",
      versions: { v1: allow("*"), v2: allow(["s3:GetObject", "s3:PutObject"]), v3: allow("iam:*") },
    },
    [boundary]: policyOf(allow(["s3:*", "ec2:*"])),
    "arn:aws:iam::aws:policy/ReadOnlyAccess": policyOf(allow("s3:List*")),
  },
  tagged: [1, 2, 3].map((n) => ({
    ResourceARN: `arn:aws:sqs:${region}:${account}:acme-${n}`,
    Tags: [{ Key: "managed-by", Value: "acme" }],
  })),
  network: {
    Vpcs: [{ VpcId: "vpc-1", CidrBlock: "10.0.0.0/16", Tags: [{ Key: "Name", Value: "a <b> & c" }] }],
    Subnets: [1, 2, 3].map((n) => ({ SubnetId: `subnet-${n}`, VpcId: "vpc-1", CidrBlock: `10.0.${n}.0/24` })),
    RouteTables: [
      {
        RouteTableId: "rtb-1",
        VpcId: "vpc-1",
        Routes: [{ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" }],
        Associations: [{ Main: true, RouteTableId: "rtb-1" }],
      },
    ],
    InternetGateways: [{ InternetGatewayId: "igw-1", Attachments: [{ State: "available", VpcId: "vpc-1" }] }],
    NatGateways: [{ NatGatewayId: "nat-1", VpcId: "vpc-1", State: "available" }],
    SecurityGroups: [{ GroupId: "sg-1", GroupName: "acme", VpcId: "vpc-1" }],
    Instances: [1, 2].map((n) => ({ InstanceId: `i-${n}`, VpcId: "vpc-1" })),
    Volumes: [{ VolumeId: "vol-1", Size: 8 }],
    ...network,
  },
  clusters: ["acme-eu", "other"].map((name) => ({
    name,
    arn: `arn:aws:eks:${region}:${account}:cluster/${name}`,
    version: "1.33",
    resourcesVpcConfig: { vpcId: "vpc-1" },
    createdAt: 1_767_225_600,
  })),
  nodegroups: [
    {
      clusterName: "acme-eu",
      nodegroupName: "default",
      nodegroupArn: `arn:aws:eks:${region}:${account}:nodegroup/acme-eu/default/1`,
      version: "1.33",
    },
  ],
  clusterVersions: ["1.34", "1.33"].map((clusterVersion) => ({
    clusterVersion,
    versionStatus: "STANDARD_SUPPORT",
    endOfStandardSupportDate: 1_798_761_600,
  })),
  ...infrastructure,
} as const;

/** Kind and id of every document. */
export function held(snapshot: Snapshot): readonly string[] {
  return snapshot.documents.map(({ kind, id }) => `${kind} ${id}`);
}
