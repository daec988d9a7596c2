import type { IncomingHttpHeaders } from "node:http";
import type { AwsAnswer, AwsRequestSeen } from "./aws-answers.ts";
import type { AwsState, Body } from "./aws-state.ts";

/**
 * Databases, queues, buckets, zones, Kafka, load balancers, and what clusters have beside node groups: requests and answers
 * after the providers' API references, of the operations that we read and no others.
 */

/** Which operation a request of these services is; undefined: none that we know. */
export function infrastructureOperation(
  service: string,
  method: string,
  url: URL,
  headers: IncomingHttpHeaders | Readonly<Record<string, unknown>>,
  body: string,
): AwsRequestSeen | undefined {
  const query = Object.fromEntries(url.searchParams);
  const path = url.pathname.split("/").slice(1).map(decodeURIComponent);
  if (service === "sqs") {
    const [target, operation] = String(headers["x-amz-target"] ?? "").split(".");
    if (target !== "AmazonSQS" || operation === undefined) return undefined;
    const input = Object.entries(JSON.parse(body) as object).map(([name, value]) => [name, String(value)]);
    return { service, operation, input: Object.fromEntries(input) };
  }
  if (method !== "GET") return undefined;
  if (service === "kafka") {
    if (url.pathname === "/api/v2/clusters") return { service, operation: "ListClustersV2", input: query };
    const [version, clusters, arn = "", secrets] = path;
    return version === "v1" && clusters === "clusters" && secrets === "scram-secrets"
      ? { service, operation: "ListScramSecrets", input: { ...query, arn } }
      : undefined;
  }
  if (service === "route53")
    return url.pathname === "/2013-04-01/hostedzone"
      ? { service, operation: "ListHostedZones", input: query }
      : undefined;
  if (service !== "s3") return undefined;
  const [bucket = "", ...rest] = path;
  if (bucket === "") return { service, operation: "ListBuckets", input: query };
  return "cors" in query && rest.join("/") === ""
    ? { service, operation: "GetBucketCors", input: { ...query, bucket } }
    : undefined;
}

/** What a cluster has, by the word of its path: list, one of it, the list's name, the thing's name, what identifies it. */
const ofClusters = {
  "access-entries": ["ListAccessEntries", "DescribeAccessEntry"],
  addons: ["ListAddons", "DescribeAddon"],
  "pod-identity-associations": ["ListPodIdentityAssociations", "DescribePodIdentityAssociation"],
} as const;

/** As `infrastructureOperation`, of the paths below a cluster. */
export function clusterOperation(
  path: readonly string[],
  query: Readonly<Record<string, string>>,
): AwsRequestSeen | undefined {
  const [, name = "", part = "", id, more] = path;
  const names = ofClusters[part as keyof typeof ofClusters];
  if (names === undefined) return undefined;
  const input = { ...query, name, ...(id === undefined ? {} : { id }) };
  if (path.length === 5 && part === "access-entries" && more === "access-policies")
    return { service: "eks", operation: "ListAssociatedAccessPolicies", input };
  if (path.length > 4) return undefined;
  return { service: "eks", operation: names[path.length === 3 ? 0 : 1], input };
}

type Page = (
  list: readonly unknown[],
  token: string | undefined,
) => { readonly items: readonly unknown[]; readonly next: string | undefined };

/** The answer to a request that is allowed; undefined: not one of these services. */
export function infrastructureAnswer(
  state: AwsState,
  { service, operation, input }: AwsRequestSeen,
  page: Page,
  signedRegion: string,
): AwsAnswer | undefined {
  const token = (name: string, next: string | undefined) => (next === undefined ? {} : { [name]: next });
  const json = (body: Body): AwsAnswer => ({ status: 200, form: "json", body });
  const query = (body: Body): AwsAnswer => ({ status: 200, form: "query", body });
  const rest = (body: Body): AwsAnswer => ({ status: 200, form: "rest", body });
  const missing = (code: string, message: string): AwsAnswer => ({ status: 404, code, message });
  const inCluster = (list: readonly Body[]) => list.filter((each) => each["clusterName"] === input["name"]);
  const thing = (name: string, found: Body | undefined): AwsAnswer =>
    found === undefined ? missing("ResourceNotFoundException", `No ${name} found.`) : json({ [name]: found });

  switch (`${service} ${operation}`) {
    case "rds DescribeDBInstances": {
      const { items, next } = page(state.databases, input["Marker"]);
      return query({ DBInstances: items, ...token("Marker", next) });
    }
    case "rds DescribeDBParameters": {
      const group = state.parameters[input["DBParameterGroupName"] ?? ""];
      if (group === undefined)
        return missing(
          "DBParameterGroupNotFound",
          `DBParameterGroup not found: ${input["DBParameterGroupName"]}`,
        );
      const { items, next } = page(group, input["Marker"]);
      return query({ Parameters: items, ...token("Marker", next) });
    }
    case "elasticloadbalancing DescribeLoadBalancers": {
      const { items, next } = page(state.loadBalancers, input["Marker"]);
      return query({ LoadBalancers: items, ...token("NextMarker", next) });
    }
    case "sqs ListQueues": {
      // Of an account without queues it says nothing; without MaxResults it never says that there are more.
      if (state.queues.length === 0) return json({});
      const { items, next } = page(state.queues, input["NextToken"]);
      return json({
        QueueUrls: items,
        ...(input["MaxResults"] === undefined ? {} : token("NextToken", next)),
      });
    }
    case "kafka ListClustersV2": {
      const { items, next } = page(state.kafka, input["nextToken"]);
      return json({ clusterInfoList: items.map(lowered), ...token("nextToken", next) });
    }
    case "kafka ListScramSecrets": {
      const secrets = state.scram[input["arn"] ?? ""];
      if (secrets === undefined)
        return {
          status: 400,
          code: "BadRequestException",
          message: "SCRAM is not enabled for this cluster.",
        };
      const { items, next } = page(secrets, input["nextToken"]);
      return json({ secretArnList: items, ...token("nextToken", next) });
    }
    case "route53 ListHostedZones": {
      const { items, next } = page(state.zones, input["marker"]);
      return rest({
        HostedZones: items,
        Marker: input["marker"] ?? "",
        IsTruncated: next !== undefined,
        MaxItems: 100,
        ...token("NextMarker", next),
      });
    }
    case "s3 ListBuckets": {
      const { items, next } = page(state.buckets, input["continuation-token"]);
      return rest({
        Owner: { ID: "owner" },
        Buckets: items.map((item) => {
          const { name, region } = item as AwsState["buckets"][number];
          return {
            Name: name,
            CreationDate: "2026-01-01T00:00:00.000Z",
            BucketRegion: region ?? state.region,
          };
        }),
        ...token("ContinuationToken", next),
      });
    }
    case "s3 GetBucketCors": {
      const bucket = state.buckets.find(({ name }) => name === input["bucket"]);
      if (bucket === undefined) return missing("NoSuchBucket", "The specified bucket does not exist");
      const region = bucket.region ?? state.region;
      if (region !== signedRegion)
        return {
          status: 301,
          code: "PermanentRedirect",
          message: "The bucket you are attempting to access must be addressed using the specified endpoint.",
          headers: { "x-amz-bucket-region": region },
        };
      return bucket.cors === undefined
        ? missing("NoSuchCORSConfiguration", "The CORS configuration does not exist")
        : rest({ CORSRules: bucket.cors });
    }
    case "eks ListAccessEntries": {
      const cluster = state.clusters.find((each) => each["name"] === input["name"]);
      const mode = (cluster?.["accessConfig"] as Body | undefined)?.["authenticationMode"];
      if (mode === "CONFIG_MAP")
        return {
          status: 400,
          code: "InvalidRequestException",
          message:
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
        };
      // As servers were seen to do: asked for so many, it says nothing of the others.
      const entries = inCluster(state.accessEntries).map((each) => each["principalArn"]);
      const { items, next } = page(entries, input["nextToken"]);
      return json({
        accessEntries: items,
        ...(input["maxResults"] === undefined ? token("nextToken", next) : {}),
      });
    }
    case "eks DescribeAccessEntry":
      return thing(
        "accessEntry",
        inCluster(state.accessEntries).find((each) => each["principalArn"] === input["id"]),
      );
    case "eks ListAssociatedAccessPolicies": {
      const { items, next } = page(state.accessPolicies[input["id"] ?? ""] ?? [], input["nextToken"]);
      return json({
        clusterName: input["name"] ?? "",
        principalArn: input["id"] ?? "",
        associatedAccessPolicies: items,
        ...token("nextToken", next),
      });
    }
    case "eks ListAddons": {
      const names = inCluster(state.addons).map((each) => each["addonName"]);
      const { items, next } = page(names, input["nextToken"]);
      return json({ addons: items, ...token("nextToken", next) });
    }
    case "eks DescribeAddon":
      return thing(
        "addon",
        inCluster(state.addons).find((each) => each["addonName"] === input["id"]),
      );
    case "eks ListPodIdentityAssociations": {
      const { items, next } = page(inCluster(state.podIdentities), input["nextToken"]);
      const short = items.map((item) => {
        const { roleArn: _, ...rest } = item as Body;
        return rest;
      });
      return json({ associations: short, ...token("nextToken", next) });
    }
    case "eks DescribePodIdentityAssociation":
      return thing(
        "association",
        inCluster(state.podIdentities).find((each) => each["associationId"] === input["id"]),
      );
    default:
      return undefined;
  }
}

/** Members as Kafka writes them on the wire, with a small letter where the SDK has a capital. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      `${name[0]?.toLowerCase()}${name.slice(1)}`,
      name === "Tags" ? inner : lowered(inner),
    ]),
  );
}

/** S3's and Route 53's roots, and the name of the query protocol's wrappers elsewhere. */
export const restRoots: Readonly<Record<string, string>> = {
  ListBuckets: "ListAllMyBucketsResult",
  GetBucketCors: "CORSConfiguration",
  ListHostedZones: "ListHostedZonesResponse",
};

/** What the entries of a list are called, where it is neither `member` nor EC2's `item`. */
export const itemNames: Readonly<Record<string, string>> = {
  Buckets: "Bucket",
  HostedZones: "HostedZone",
  DBInstances: "DBInstance",
  DBParameterGroups: "DBParameterGroup",
  VpcSecurityGroups: "VpcSecurityGroupMembership",
  Parameters: "Parameter",
  TagList: "Tag",
};

/** Lists that are written without an element around them, by the name of their entries. */
export const flat: Readonly<Record<string, string>> = {
  CORSRules: "CORSRule",
  AllowedHeaders: "AllowedHeader",
  AllowedMethods: "AllowedMethod",
  AllowedOrigins: "AllowedOrigin",
  ExposeHeaders: "ExposeHeader",
};

/** The action that a call takes, where its name is not the operation's (Service Authorization Reference, Amazon S3). */
export const actions: Readonly<Record<string, string>> = {
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "s3:GetBucketCors": "s3:GetBucketCORS",
  "tagging:GetResources": "tag:GetResources",
};

/** Where the token of the next page stands in an answer, and in the request for that page. */
export const tokens: Readonly<Record<string, { readonly out: string; readonly in: string }>> = {
  tagging: { out: "PaginationToken", in: "PaginationToken" },
  ec2: { out: "NextToken", in: "NextToken" },
  eks: { out: "nextToken", in: "nextToken" },
  kafka: { out: "nextToken", in: "nextToken" },
  sqs: { out: "NextToken", in: "NextToken" },
  s3: { out: "ContinuationToken", in: "continuation-token" },
  route53: { out: "NextMarker", in: "marker" },
  elasticloadbalancing: { out: "NextMarker", in: "Marker" },
};
