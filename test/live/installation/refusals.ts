import type { FrontFault } from "../servers/aws/front.ts";
import type { World } from "./world.ts";

/** A right that the scanner lacks, and the controls that are then not known; all others pass. */
export interface Refusal {
  readonly name: string;
  readonly make: (world: World) => Promise<unknown>;
  readonly undo: (world: World) => Promise<unknown>;
  readonly unknown: readonly string[];
}

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

export const REFUSED: readonly Refusal[] = [
  refused("databases", "query", /^rds /, ...DATABASE),
  refused("parameters of databases", "query", /^rds DescribeDBParameters/, "metadata-database-extensions"),
  refused("security groups", "ec2", /SecurityGroups$/, "metadata-database-ingress", "msk-reachability"),
  refused("subnets", "ec2", /DescribeSubnets$/, ...KAFKA, "node-classes", "vpc-layout"),
  refused("route tables", "ec2", /DescribeRouteTables$/, ...KAFKA, "vpc-layout"),
  refused("NAT gateways", "ec2", /NatGateways$/, "vpc-layout"),
  refused("endpoint services", "ec2", /EndpointServiceConf/, "private-ingress"),
  refused("load balancers", "query", /^elasticloadbalancing /, "private-ingress"),
  refused("queues", "json", /^sqs /, "queues"),
  refused("the list of buckets", "s3", /^s3 GET \/$/, "bucket-cors", "buckets"),
  refused("the rules of buckets", "s3", /^s3 GET \/acme-/, "bucket-cors"),
  refused("zones", "query", /^route53 /, "dns-permissions", "hosted-zone"),
  refused("Kafka", "json", /^kafka /, ...KAFKA),
  refused("the credentials of Kafka", "json", /scram-secrets/, "msk-auth"),
  refused("clusters", "json", /^eks GET \/clusters\/chalk$/, ...OF_CLUSTER),
  refused("node groups", "json", /node-groups/, "node-group"),
  refused("access entries", "json", /access-entries/, "cluster-admin-entry"),
  refused("access policies of an entry", "json", /access-policies/, "cluster-admin-entry"),
  refused("add-ons and Pod Identity, which nothing hangs on here", "json", /addons|pod-identity/),
  refused("policies of roles", "query", /^iam (?:ListRolePolicies|GetRolePolicy)/, ...OF_ROLES),
  refused(
    "the list of roles",
    "query",
    /^iam ListRoles/,
    ...["api-server-trust", "background-persistence-service-account", "cluster-admin-entry", ...OF_ROLES],
  ),
];

interface Role {
  readonly rules: readonly { readonly resources?: readonly string[]; readonly verbs: readonly string[] }[];
}

const ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/chalk-audit";

/** Taken out of the scanner's own role, and put back. */
function lacking(verb: string, resource: string, ...unknown: readonly string[]): Refusal {
  let whole: Role | undefined;
  return {
    name: `${verb} ${resource}`,
    make: async ({ live }) => {
      whole = await live.admin.must<Role>("GET", ROLE);
      const rules = whole.rules.flatMap((rule) => {
        if (!rule.verbs.includes(verb) || rule.resources?.includes(resource) !== true) return [rule];
        const resources = rule.resources.filter((each) => each !== resource);
        return resources.length === 0 ? [] : [{ ...rule, resources }];
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
  lacking("list", "deployments", "dns-permissions", "gateway-api", "metadata-release"),
  lacking("get", "configmaps", "gateway-api"),
  lacking("list", "services", "private-ingress"),
  lacking("list", "clusterissuers", "cluster-issuer"),
  lacking("list", "ec2nodeclasses", "node-classes"),
];
