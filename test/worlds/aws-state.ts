/** An AWS account of the tests as the snapshot that a collection of it would give, without the network. */

import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { Snapshot, SnapshotDocument, Unread } from "../../src/snapshot/snapshot.ts";
import {
  type Document,
  logReaderPage,
  managementPage,
  type Statement,
  scopedPage,
  trustPage,
} from "../baselines/pages-aws.ts";

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";
export const SCOPE = `${ACCOUNT}/${REGION}`;
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/chalk`;
export const EXTERNAL_ID = "ext-4711";
export const VENDOR = "arn:aws:iam::754784422779:role/chalk-api-server";
export const TAG = { key: "chalk.ai/managed-by", value: "chalk" };
export const LOG_GROUP = "/chalk/prod";

export type Body = Readonly<Record<string, unknown>>;

/** The placeholders of the page as this account fills them. */
export function filled(page: Document): Document {
  return JSON.parse(
    JSON.stringify(page)
      .replaceAll("${AWS_ACCOUNT_ID}", ACCOUNT)
      .replaceAll("${AWS_REGION}", REGION)
      .replaceAll("<your account id>", ACCOUNT)
      .replaceAll("<the log group path>", LOG_GROUP)
      .replaceAll("<your-chalk-external-id>", EXTERNAL_ID),
  ) as Document;
}

export const trust = filled(trustPage);
export const management = filled(managementPage);
export const scoped = filled(scopedPage);
export const logReader = filled(logReaderPage);

export function policy(...statements: readonly object[]): Document {
  return { Version: "2012-10-17", Statement: statements as readonly Statement[] };
}

export function allow(
  action: string | readonly string[],
  resource: string | readonly string[] = "*",
  more: object = {},
): Statement {
  return { Effect: "Allow", Action: action, Resource: resource, ...more } as Statement;
}

/** A document with one statement changed; `undefined` takes it out. */
export function withStatement(
  document: Document,
  index: number,
  change: (statement: Statement) => object | undefined,
): Document {
  const Statement = document.Statement.flatMap((s, i) => {
    const changed = i === index ? change(s) : s;
    return changed === undefined ? [] : [changed as Statement];
  });
  return { ...document, Statement };
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly document: unknown;
  readonly version?: string;
}

export interface RoleState {
  readonly arn: string;
  readonly trust: unknown;
  readonly inline: Readonly<Record<string, unknown>>;
  readonly attached: readonly ManagedPolicy[];
  readonly boundary?: ManagedPolicy;
}

export interface AwsState {
  readonly roles: readonly RoleState[];
  readonly vpcs: readonly Body[];
  readonly subnets: readonly Body[];
  readonly routeTables: readonly Body[];
  readonly others: readonly SnapshotDocument[];
  readonly clusters: readonly Body[];
  readonly nodegroups: readonly Body[];
  readonly versions: readonly Body[];
  readonly tagged: readonly Body[];
  readonly without: readonly DocumentKind[];
  readonly unread: readonly Unread[];
  readonly takenAt: string;
  readonly asked?: readonly string[];
}

export function managed(name: string, document: unknown): ManagedPolicy {
  return { arn: `arn:aws:iam::${ACCOUNT}:policy/${name}`, document };
}

export function role(changes: Partial<RoleState> = {}): RoleState {
  return { arn: ROLE, trust, inline: {}, attached: [managed("chalk-management", management)], ...changes };
}

/** The role after the scope-down. */
export function scopedRole(document: unknown = scoped, changes: Partial<RoleState> = {}): RoleState {
  return role({ attached: [managed("chalk-scoped", document)], ...changes });
}

export const tags = (extra: Readonly<Record<string, string>> = {}) =>
  Object.entries({ [TAG.key]: TAG.value, ...extra }).map(([Key, Value]) => ({ Key, Value }));

export const VPC = "vpc-0c0ffee0";
export const OTHER_VPC = "vpc-0decade0";

export function vpc(changes: Body = {}): Body {
  const block = String(changes.CidrBlock ?? "10.130.0.0/16");
  return {
    VpcId: VPC,
    CidrBlock: block,
    CidrBlockAssociationSet: [{ CidrBlock: block, CidrBlockState: { State: "associated" } }],
    IsDefault: false,
    Tags: tags({ Name: "chalk" }),
    ...changes,
  };
}

export function subnet(id: string, zone: string, block: string, changes: Body = {}): Body {
  return {
    SubnetId: id,
    VpcId: VPC,
    CidrBlock: block,
    AvailabilityZone: `${REGION}${zone}`,
    Tags: tags({ Name: id.slice(7) }),
    ...changes,
  };
}

export function routeTable(id: string, subnets: readonly string[], open: boolean, changes: Body = {}): Body {
  return {
    RouteTableId: id,
    VpcId: VPC,
    Associations: subnets.map((SubnetId) => ({ SubnetId, Main: false })),
    Routes: [
      { DestinationCidrBlock: "10.130.0.0/16", GatewayId: "local", State: "active" },
      ...(open
        ? [{ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1", State: "active" }]
        : [{ DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1", State: "active" }]),
    ],
    Tags: tags(),
    ...changes,
  };
}

export const PRIVATE = [
  ["subnet-private-a", "a", "10.130.0.0/20"],
  ["subnet-private-b", "b", "10.130.32.0/20"],
  ["subnet-private-c", "c", "10.130.64.0/20"],
] as const;
export const PUBLIC = [
  ["subnet-public-a", "a", "10.130.16.0/20"],
  ["subnet-public-b", "b", "10.130.48.0/20"],
  ["subnet-public-c", "c", "10.130.80.0/20"],
] as const;

export const subnets: readonly Body[] = [...PRIVATE, ...PUBLIC].map(([id, zone, block]) =>
  subnet(id, zone, block),
);

export const routeTables: readonly Body[] = [
  { RouteTableId: "rtb-main", VpcId: VPC, Associations: [{ Main: true }], Routes: [], Tags: [] },
  routeTable(
    "rtb-private",
    PRIVATE.map(([id]) => id),
    false,
  ),
  routeTable(
    "rtb-public",
    PUBLIC.map(([id]) => id),
    true,
  ),
];

export function cluster(changes: Body = {}): Body {
  const name = String(changes.name ?? "chalk");
  return {
    name,
    arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/${name}`,
    version: "1.36",
    resourcesVpcConfig: { vpcId: VPC },
    tags: { [TAG.key]: TAG.value },
    ...changes,
  };
}

export function nodegroup(changes: Body = {}): Body {
  return {
    nodegroupName: "nodes",
    clusterName: "chalk",
    nodegroupArn: `arn:aws:eks:${REGION}:${ACCOUNT}:nodegroup/chalk/nodes/1`,
    tags: { [TAG.key]: TAG.value },
    ...changes,
  };
}

export function version(
  clusterVersion: string,
  releaseDate: string,
  endOfStandardSupportDate: string,
  more: Body = {},
): Body {
  return {
    clusterVersion,
    releaseDate,
    endOfStandardSupportDate,
    versionStatus: "STANDARD_SUPPORT",
    ...more,
  };
}

export const versions: readonly Body[] = [
  version("1.34", "2025-10-02T00:00:00.000Z", "2026-12-02T00:00:00.000Z"),
  version("1.35", "2026-01-27T00:00:00.000Z", "2027-03-27T00:00:00.000Z"),
  version("1.36", "2026-06-02T00:00:00.000Z", "2027-08-02T00:00:00.000Z"),
  version("1.37", "2026-10-01T00:00:00.000Z", "2027-12-01T00:00:00.000Z"),
];

/** A document of EC2 by its id. */
export function thing(kind: DocumentKind, id: string, body: Body = {}): SnapshotDocument {
  return { kind, id, body: { Tags: tags(), ...body } };
}

export const others: readonly SnapshotDocument[] = [
  thing("aws/internet-gateway", "igw-1", { Attachments: [{ VpcId: VPC, State: "attached" }] }),
  thing("aws/nat-gateway", "nat-1", { VpcId: VPC, State: "available" }),
  thing("aws/security-group", "sg-default", { VpcId: VPC, GroupName: "default", Tags: [] }),
  thing("aws/security-group", "sg-nodes", { VpcId: VPC, GroupName: "nodes" }),
  thing("aws/instance", "i-node", { VpcId: VPC, State: { Name: "running" } }),
  thing("aws/volume", "vol-node", { Attachments: [{ InstanceId: "i-node" }], State: "in-use" }),
];

export function tagged(arn: string, value: string | null = TAG.value): Body {
  return { ResourceARN: arn, Tags: value === null ? [] : [{ Key: TAG.key, Value: value }] };
}

/** The documented state: everything is as the page says, under the management policy. */
export function awsState(changes: Partial<AwsState> = {}): AwsState {
  return {
    roles: [role()],
    vpcs: [vpc(), { VpcId: "vpc-default", CidrBlock: "172.31.0.0/16", IsDefault: true, Tags: [] }],
    subnets,
    routeTables,
    others,
    clusters: [cluster()],
    nodegroups: [nodegroup()],
    versions,
    tagged: [
      tagged(`arn:aws:sqs:${REGION}:${ACCOUNT}:chalk-jobs`),
      { ResourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:orders`, Tags: [{ Key: "team", Value: "shop" }] },
    ],
    without: [],
    unread: [],
    takenAt: "2026-11-21T08:00:00.000Z",
    ...changes,
  };
}

/** Documents as IAM's query API gives them: JSON, percent-encoded. */
function encoded(document: unknown): unknown {
  return typeof document === "string" ? document : encodeURIComponent(JSON.stringify(document));
}

function policyDocuments(p: ManagedPolicy): SnapshotDocument {
  const version = p.version ?? "v1";
  return {
    kind: "aws/policy",
    id: p.arn,
    body: {
      Policy: { Arn: p.arn, PolicyName: p.arn.split("/").at(-1), DefaultVersionId: version },
      PolicyVersion: { VersionId: version, IsDefaultVersion: true, Document: encoded(p.document) },
    },
  };
}

function roleDocuments(r: RoleState): readonly SnapshotDocument[] {
  const RoleName = r.arn.split("/").at(-1);
  return [
    {
      kind: "aws/role",
      id: r.arn,
      body: {
        Arn: r.arn,
        RoleName,
        AssumeRolePolicyDocument: encoded(r.trust),
        ...(r.boundary === undefined
          ? {}
          : {
              PermissionsBoundary: {
                PermissionsBoundaryArn: r.boundary.arn,
                PermissionsBoundaryType: "Policy",
              },
            }),
      },
    },
    ...Object.entries(r.inline).map(
      ([PolicyName, document]): SnapshotDocument => ({
        kind: "aws/role-policy",
        id: `${r.arn}/${PolicyName}`,
        body: { RoleName, PolicyName, PolicyDocument: encoded(document) },
      }),
    ),
    ...r.attached.map(
      (p): SnapshotDocument => ({
        kind: "aws/attached-policy",
        id: `${r.arn} ${p.arn}`,
        body: { RoleArn: r.arn, PolicyArn: p.arn, PolicyName: p.arn.split("/").at(-1) },
      }),
    ),
  ];
}

export function snapshotOf(state: AwsState): Snapshot {
  const of = (kind: DocumentKind, key: string, bodies: readonly Body[]) =>
    bodies.map((body): SnapshotDocument => ({ kind, id: String(body[key]), body }));
  const policies = new Map(
    state.roles
      .flatMap((r) => [...r.attached, ...(r.boundary === undefined ? [] : [r.boundary])])
      .map((p) => [p.arn, policyDocuments(p)]),
  );
  const documents = [
    {
      kind: "aws/caller-identity" as const,
      id: ACCOUNT,
      body: {
        Account: ACCOUNT,
        Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/auditor/ci`,
        UserId: "AROAAUDITOR:ci",
      },
    },
    ...state.roles.flatMap(roleDocuments),
    ...policies.values(),
    ...of("aws/vpc", "VpcId", state.vpcs),
    ...of("aws/subnet", "SubnetId", state.subnets),
    ...of("aws/route-table", "RouteTableId", state.routeTables),
    ...state.others,
    ...of("aws/eks-cluster", "arn", state.clusters),
    ...of("aws/eks-nodegroup", "nodegroupArn", state.nodegroups),
    ...of("aws/eks-version", "clusterVersion", state.versions),
    ...of("aws/tagged-resource", "ResourceARN", state.tagged),
  ];
  const gone = new Set(state.unread.flatMap((u) => (u.id === undefined ? [] : [`${u.kind} ${u.id}`])));
  return {
    schema: 1,
    provider: "aws",
    scope: SCOPE,
    takenAt: state.takenAt,
    ...(state.asked === undefined ? {} : { principals: state.asked }),
    documents: documents.filter((d) => !state.without.includes(d.kind) && !gone.has(`${d.kind} ${d.id}`)),
    unread: state.unread,
  };
}

/** The answer to a call that the scanner may not make. */
export function denied(kind: DocumentKind, api: string, permission: string, id?: string): Unread {
  return {
    kind,
    ...(id === undefined ? {} : { id }),
    api,
    cause: "denied",
    permission,
    detail: "403 AccessDenied",
  };
}
