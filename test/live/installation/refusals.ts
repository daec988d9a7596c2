import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DetachRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { FrontFault } from "../servers/aws/front.ts";
import { account } from "../servers/aws/setup.ts";
import { type Change, changeNamed } from "./changes.ts";
import { CHARTS, METADATA_PLANE } from "./changes-cluster.ts";
import type { World } from "./world.ts";

/** A right that the scanner lacks, and the controls that are then not known; all others pass. */
export interface Refusal {
  readonly name: string;
  readonly make: Act;
  readonly undo: Act;
  readonly unknown: readonly string[];
}

type Act = (world: World) => Promise<unknown>;

const words = "not authorized to perform this";
/** What each service says of a refusal, in its own protocol. */
const bodies: Readonly<Record<string, Omit<FrontFault, "match">>> = {
  query: {
    status: 403,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${words}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  },
  ec2: {
    status: 403,
    body: `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${words}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
  },
  s3: { status: 403, body: `<Error><Code>AccessDenied</Code><Message>${words}</Message></Error>` },
  json: {
    status: 403,
    type: "application/json",
    body: JSON.stringify({ __type: "AccessDeniedException", message: words }),
  },
};

/** Refused by the front: moto lets everybody read, and MiniStack has not what moto has. */
const refused = (
  name: string,
  how: keyof typeof bodies,
  match: RegExp,
  ...unknown: readonly string[]
): Refusal => ({
  name,
  make: async ({ aws }) => aws.front.fault({ match, ...bodies[how] } as FrontFault),
  undo: (world) => world.eks(),
  unknown,
});

const DATABASE = ["metadata-database", "metadata-database-extensions", "metadata-database-ingress"];
const KAFKA = ["msk-auth", "msk-brokers", "msk-reachability"];
const OF_CLUSTER = [
  ...["api-server-trust", "background-persistence-service-account", "cluster-admin-entry"],
  ...["cluster-endpoint", "metadata-database-ingress", ...KAFKA, "node-group", "standard-eks", "vpc-layout"],
];
const OF_ROLES = [
  ...["api-server-effective-access", "api-server-policy", "background-persistence-effective-access"],
  ...["background-persistence-policy", "dns-permissions"],
];
const OF_API = [
  "api-server-effective-access",
  "api-server-policy",
  "api-server-trust",
  "cluster-admin-entry",
];
const TRUSTED = ["api-server-trust", "background-persistence-service-account"];

/** Moto's refusal is XML whatever the service; these say it as AWS does. */
export const REFUSED: readonly Refusal[] = [
  refused("queues", "json", /^sqs /, "queues"),
  refused("zones", "query", /^route53 /, "dns-permissions", "hosted-zone"),
  refused("Kafka", "json", /^kafka /, ...KAFKA),
  refused("the credentials of Kafka", "json", /scram-secrets/, "msk-auth"),
];

/** A world, and what is not known in it without an action of AWS. */
export interface Denied {
  readonly name: string;
  readonly make?: Act;
  readonly undo?: Act;
  readonly unknown: Readonly<Record<string, readonly string[]>>;
}

const API_ROLE = { RoleName: "chalk-api-server", PolicyArn: `arn:aws:iam::${account}:policy/also` };
const identified = changeNamed(METADATA_PLANE, "the account bound by Pod Identity");
const addon = changeNamed(CHARTS, "a driver as an add-on of the cluster");

export const DENIED: readonly Denied[] = [
  {
    name: "the installation",
    unknown: {
      "ec2:DescribeInternetGateways": ["vpc-layout"],
      "ec2:DescribeNatGateways": ["vpc-layout"],
      "ec2:DescribeRouteTables": [...KAFKA, "vpc-layout"],
      "ec2:DescribeSecurityGroups": ["metadata-database-ingress", "msk-reachability"],
      "ec2:DescribeSubnets": [...KAFKA, "node-classes", "vpc-layout"],
      "ec2:DescribeVpcEndpointServiceConfigurations": ["private-ingress"],
      "ec2:DescribeVpcs": ["metadata-database-ingress", ...KAFKA, "node-classes", "vpc-layout"],
      "eks:DescribeAccessEntry": ["cluster-admin-entry"],
      "eks:DescribeCluster": OF_CLUSTER,
      "eks:DescribeNodegroup": ["node-group"],
      "eks:ListAccessEntries": ["cluster-admin-entry"],
      "eks:ListAssociatedAccessPolicies": ["cluster-admin-entry"],
      "eks:ListClusters": OF_CLUSTER,
      "eks:ListNodegroups": ["node-group"],
      "elasticloadbalancing:DescribeLoadBalancers": ["private-ingress"],
      "iam:GetRole": [...OF_ROLES, ...TRUSTED],
      "iam:GetRolePolicy": OF_ROLES,
      "iam:ListAttachedRolePolicies": OF_ROLES,
      "iam:ListRolePolicies": OF_ROLES,
      "iam:ListRoles": [...OF_ROLES, ...TRUSTED, "cluster-admin-entry"],
      "kafka:ListClustersV2": KAFKA,
      "kafka:ListScramSecrets": ["msk-auth"],
      "rds:DescribeDBInstances": DATABASE,
      "rds:DescribeDBParameters": ["metadata-database-extensions"],
      "route53:ListHostedZones": ["dns-permissions", "hosted-zone"],
      "s3:GetBucketCORS": ["bucket-cors"],
      "s3:ListAllMyBuckets": ["bucket-cors", "buckets"],
      "sqs:ListQueues": ["queues"],
    },
  },
  {
    ...addon,
    unknown: { "eks:DescribeAddon": ["helm-charts"], "eks:ListAddons": ["helm-charts"] },
  },
  {
    ...identified,
    unknown: {
      "eks:DescribePodIdentityAssociation": OF_API,
      "eks:ListPodIdentityAssociations": OF_API,
    },
  },
  {
    name: "a managed policy of the API server's role",
    make: async ({ clients: { iam } }) => {
      const PolicyDocument = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
      });
      await iam.send(new CreatePolicyCommand({ PolicyName: "also", PolicyDocument }));
      await iam.send(new AttachRolePolicyCommand(API_ROLE));
    },
    undo: async ({ clients: { iam } }) => {
      await iam.send(new DetachRolePolicyCommand(API_ROLE));
      await iam.send(new DeletePolicyCommand({ PolicyArn: API_ROLE.PolicyArn }));
    },
    unknown: {
      "iam:GetPolicy": ["api-server-effective-access", "api-server-policy"],
      "iam:GetPolicyVersion": ["api-server-effective-access", "api-server-policy"],
    },
  },
];

/** Actions that are asked for, and on which nothing hangs in any of these worlds; why. */
export const NOT_MET: Readonly<Record<string, string>> = {
  "ec2:DescribeTransitGatewayVpcAttachments":
    "Kafka is in the same network (test/checks/aws/msk.test.ts has it in another)",
  "ec2:DescribeVpcPeeringConnections":
    "Kafka is in the same network (test/checks/aws/msk.test.ts has it in another)",
};

interface Role {
  readonly rules: readonly {
    readonly resources?: readonly string[] | undefined;
    readonly nonResourceURLs?: readonly string[] | undefined;
    readonly verbs: readonly string[];
  }[];
}

const ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/chalk-audit";

/** Taken out of the scanner's own role, and put back: a resource or a URL. */
function lacking(verb: string, what: string, ...unknown: readonly string[]): Refusal {
  let whole: Role | undefined;
  const rest = (list: readonly string[] | undefined) => list?.filter((each) => each !== what);
  return {
    name: `${verb} ${what}`,
    make: async ({ live }) => {
      whole = await live.admin.must<Role>("GET", ROLE);
      const rules = whole.rules.flatMap((rule) => {
        const { resources, nonResourceURLs, verbs } = rule;
        if (!verbs.includes(verb)) return [rule];
        const left = { resources: rest(resources), nonResourceURLs: rest(nonResourceURLs) };
        return [left.resources, left.nonResourceURLs].some((list) => list?.length === 0)
          ? []
          : [{ ...rule, ...left }];
      });
      await live.admin.must("PUT", ROLE, { ...whole, rules });
    },
    undo: async ({ live }) => {
      const { metadata } = await live.admin.must<{ readonly metadata: object }>("GET", ROLE);
      await live.admin.must("PUT", ROLE, { ...whole, metadata });
    },
    unknown,
  };
}

const BOUND = [
  ...["api-server-effective-access", "api-server-policy", "api-server-trust"],
  ...["background-persistence-effective-access", "background-persistence-policy"],
  ...["background-persistence-service-account", "cluster-admin-entry", "dns-permissions"],
];

export const LACKING: readonly Refusal[] = [
  lacking("get", "secrets", "database-secret", "frontend-secret", "helm-charts", "metadata-release"),
  lacking("list", "secrets", "helm-charts", "metadata-release"),
  lacking("list", "namespaces", "background-persistence-namespace", "metadata-namespace"),
  lacking("list", "pods", "metadata-release"),
  lacking("list", "serviceaccounts", ...BOUND),
  ...["daemonsets", "deployments", "statefulsets"].map((workloads) =>
    lacking("list", workloads, "dns-permissions", "gateway-api", "metadata-release"),
  ),
  lacking("get", "configmaps", "gateway-api"),
  // where helm keeps its releases in secrets alone, nothing hangs on it
  under(
    changeNamed(CHARTS, "a release that helm keeps in config maps"),
    lacking("list", "configmaps", "helm-charts"),
  ),
  lacking("list", "services", "private-ingress"),
  lacking("list", "clusterissuers", "cluster-issuer"),
  lacking("list", "ec2nodeclasses", "node-classes"),
];

function under({ make, undo }: Change, refusal: Refusal): Refusal {
  return {
    ...refusal,
    make: async (world) => {
      await make(world);
      await refusal.make(world);
    },
    undo: async (world) => {
      await refusal.undo(world);
      await undo(world);
    },
  };
}

/** Rights in the cluster on which nothing hangs in this world, and why they are asked for. */
export const HARMLESS: readonly (Refusal & { readonly why: string })[] = [
  { ...lacking("get", "namespaces"), why: "it tells which cluster this is, and no control is about that" },
  { ...lacking("get", "/version"), why: "the server lets everybody see it, until somebody takes that away" },
];
