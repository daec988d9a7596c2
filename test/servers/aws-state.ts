/** The state that the in-process AWS server serves, as data. */

export type Body = Readonly<Record<string, unknown>>;
/** A policy document; text is served as it is, whatever it says. */
export type Document = Body | string;

export interface RoleState {
  readonly name: string;
  readonly path?: string;
  readonly trust: Document;
  readonly inline?: Readonly<Record<string, Document>>;
  /** ARNs of managed policies. */
  readonly attached?: readonly string[];
  readonly boundary?: string;
  readonly description?: string;
}

export interface PolicyState {
  readonly default: string;
  readonly versions: Readonly<Record<string, Document>>;
}

/** A caller. Without an entry in `may`, everything is allowed. */
export interface KeyState {
  readonly secret: string;
  readonly token?: string;
  /** Its session is over. */
  readonly expired?: boolean;
  /** `service:Operation`; absent: all. */
  readonly may?: readonly string[];
  readonly arn?: string;
}

export interface AwsState {
  readonly account: string;
  readonly region: string;
  readonly keys: Readonly<Record<string, KeyState>>;
  readonly roles: readonly RoleState[];
  /** ARN → policy. */
  readonly policies: Readonly<Record<string, PolicyState>>;
  readonly tagged: readonly Body[];
  /** Bodies in the shape of the SDK, by the name of the list. */
  readonly network: Readonly<Partial<Record<NetworkList, readonly Body[]>>>;
  readonly clusters: readonly Body[];
  readonly nodegroups: readonly Body[];
  /** `undefined`: the server does not know the operation, as the emulators. */
  readonly clusterVersions: readonly Body[] | undefined;
  /** As the SDK spells them. */
  readonly databases: readonly Body[];
  /** Parameter group → parameters. */
  readonly parameters: Readonly<Record<string, readonly Body[]>>;
  /** Addresses. */
  readonly queues: readonly string[];
  readonly buckets: readonly BucketState[];
  readonly zones: readonly Body[];
  /** As the SDK spells them. */
  readonly kafka: readonly Body[];
  /** ARN of a cluster of Kafka → ARNs of secrets; of a cluster that is not here SCRAM is off. */
  readonly scram: Readonly<Record<string, readonly string[]>>;
  readonly loadBalancers: readonly Body[];
  readonly accessEntries: readonly Body[];
  /** ARN of the principal → its access policies. */
  readonly accessPolicies: Readonly<Record<string, readonly Body[]>>;
  readonly addons: readonly Body[];
  readonly podIdentities: readonly Body[];
  /** How policy documents are written: percent-encoded as AWS does, or as the plain JSON text of some servers. */
  readonly documents: "percent" | "json";
}

export interface BucketState {
  readonly name: string;
  /** That of the account's state when absent. */
  readonly region?: string;
  /** Absent: it has no CORS configuration. */
  readonly cors?: readonly Body[];
}

export type NetworkList =
  | "Vpcs"
  | "Subnets"
  | "NatGateways"
  | "InternetGateways"
  | "RouteTables"
  | "SecurityGroups"
  | "Instances"
  | "Volumes"
  | "VpcPeeringConnections"
  | "TransitGatewayVpcAttachments"
  | "ServiceConfigurations";

export const account = "123456789012";
export const region = "eu-west-1";
/** A key that may do everything; its secret is a canary for what must never be shown. */
export const auditor = { id: "AKIAEXAMPLEAUDITOR01", secret: "canary/secret+key/9b1f5f1d" } as const;

export function awsState(changes: Partial<AwsState> = {}): AwsState {
  return {
    account,
    region,
    keys: { [auditor.id]: { secret: auditor.secret } },
    roles: [],
    policies: {},
    tagged: [],
    network: {},
    clusters: [],
    nodegroups: [],
    clusterVersions: [],
    databases: [],
    parameters: {},
    queues: [],
    buckets: [],
    zones: [],
    kafka: [],
    scram: {},
    loadBalancers: [],
    accessEntries: [],
    accessPolicies: {},
    addons: [],
    podIdentities: [],
    documents: "percent",
    ...changes,
  };
}

export function roleArn(role: Pick<RoleState, "name" | "path">, of: string = account): string {
  return `arn:aws:iam::${of}:role${role.path ?? "/"}${role.name}`;
}

export function policyArn(name: string, of: string = account): string {
  return `arn:aws:iam::${of}:policy/${name}`;
}

/** A policy with one version. */
export function policyOf(document: Document): PolicyState {
  return { default: "v1", versions: { v1: document } };
}
