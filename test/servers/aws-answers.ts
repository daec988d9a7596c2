import {
  clusterOperation,
  flat,
  infrastructureAnswer,
  infrastructureOperation,
  itemNames,
  restRoots,
} from "./aws-infrastructure.ts";
import type { AwsState, Body, Document, NetworkList, RoleState } from "./aws-state.ts";
import { roleArn } from "./aws-state.ts";

export interface AwsRequestSeen {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, string>>;
}

export type AwsAnswer =
  | { readonly status: 200; readonly body: Body; readonly form: "query" | "ec2" | "rest" | "json" }
  | {
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** What an emulator says of an operation that it does not know. */
  | { readonly status: 404; readonly html: true };

const versions: Readonly<Record<string, string>> = {
  iam: "2010-05-08",
  sts: "2011-06-15",
  ec2: "2016-11-15",
  rds: "2014-10-31",
  elasticloadbalancing: "2015-12-01",
};

/** Which operation a request is, as the service's own protocol says it. */
export function operationOf(
  service: string,
  method: string,
  url: URL,
  headers: Readonly<Record<string, unknown>>,
  body: string,
): AwsRequestSeen | undefined {
  if (service === "tagging") {
    const [target, operation] = String(headers["x-amz-target"] ?? "").split(".");
    if (target !== "ResourceGroupsTaggingAPI_20170126" || operation === undefined) return undefined;
    const input = Object.entries(JSON.parse(body) as object).map(([name, value]) => [name, String(value)]);
    return { service, operation, input: Object.fromEntries(input) };
  }
  if (service === "eks") {
    const path = url.pathname.split("/").slice(1).map(decodeURIComponent);
    const query = Object.fromEntries(url.searchParams);
    if (method !== "GET") return undefined;
    if (path[0] === "cluster-versions")
      return { service, operation: "DescribeClusterVersions", input: query };
    if (path[0] !== "clusters") return undefined;
    const [, name = "", groups, group = ""] = path;
    const at = { ...query, name, group };
    if (path.length === 1) return { service, operation: "ListClusters", input: query };
    if (path.length === 2) return { service, operation: "DescribeCluster", input: at };
    if (groups !== "node-groups") return clusterOperation(path, query);
    return { service, operation: path.length === 3 ? "ListNodegroups" : "DescribeNodegroup", input: at };
  }
  if (versions[service] === undefined) return infrastructureOperation(service, method, url, headers, body);
  const fields = Object.fromEntries(new URLSearchParams(body));
  const { Action: operation, Version: version, ...input } = fields;
  if (method !== "POST" || operation === undefined || version !== versions[service]) return undefined;
  return { service, operation, input };
}

/** The answer to a request that is allowed. */
export function answerAws(
  state: AwsState,
  seen: AwsRequestSeen,
  options: { readonly pageSize: number; readonly caller: string; readonly region: string },
): AwsAnswer {
  const { input } = seen;
  const page = (list: readonly unknown[], token: string | undefined) => {
    const from = token === undefined || token === "" ? 0 : Number(token.replace("page-", ""));
    const to = from + options.pageSize;
    return { items: list.slice(from, to), next: to < list.length ? `page-${to}` : undefined };
  };
  const query = (result: Body): AwsAnswer => ({ status: 200, form: "query", body: result });
  const marked = (name: string, list: readonly unknown[]): AwsAnswer => {
    const { items, next } = page(list, input["Marker"]);
    return query({
      [name]: items,
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { Marker: next }),
    });
  };
  const missing = (what: string): AwsAnswer => ({
    status: 404,
    code: "NoSuchEntity",
    message: `The ${what} cannot be found.`,
  });
  const role = state.roles.find((each) => each.name === input["RoleName"]);
  const text = (document: Document) => writtenAs(state.documents, document);
  const policy = state.policies[input["PolicyArn"] ?? ""];

  switch (`${seen.service} ${seen.operation}`) {
    case "sts GetCallerIdentity":
      return query({ Arn: options.caller, UserId: "AIDAEXAMPLEAUDITOR001", Account: state.account });
    case "sts AssumeRole":
      return assumed(state, input);
    case "iam ListRoles":
      return marked(
        "Roles",
        state.roles.map((each) => listedRole(state, each)),
      );
    case "iam GetRole":
      if (role === undefined) return missing(`role with name ${input["RoleName"]}`);
      return query({
        Role: {
          ...listedRole(state, role),
          ...(role.boundary === undefined
            ? {}
            : {
                PermissionsBoundary: {
                  PermissionsBoundaryType: "Policy",
                  PermissionsBoundaryArn: role.boundary,
                },
              }),
          RoleLastUsed: {},
        },
      });
    case "iam ListRolePolicies":
      if (role === undefined) return missing(`role with name ${input["RoleName"]}`);
      return marked("PolicyNames", Object.keys(role.inline ?? {}));
    case "iam GetRolePolicy": {
      const document = role?.inline?.[input["PolicyName"] ?? ""];
      if (role === undefined || document === undefined) return missing("role policy");
      return query({
        RoleName: role.name,
        PolicyName: input["PolicyName"] ?? "",
        PolicyDocument: text(document),
      });
    }
    case "iam ListAttachedRolePolicies":
      if (role === undefined) return missing(`role with name ${input["RoleName"]}`);
      return marked(
        "AttachedPolicies",
        (role.attached ?? []).map((arn) => ({ PolicyName: arn.split("/").at(-1) ?? "", PolicyArn: arn })),
      );
    case "iam GetPolicy":
      if (policy === undefined) return missing(`policy ${input["PolicyArn"]}`);
      return query({
        Policy: {
          PolicyName: (input["PolicyArn"] ?? "").split("/").at(-1) ?? "",
          Arn: input["PolicyArn"] ?? "",
          Path: "/",
          DefaultVersionId: policy.default,
          AttachmentCount: 1,
          IsAttachable: true,
          CreateDate: "2026-01-01T00:00:00Z",
        },
      });
    case "iam GetPolicyVersion": {
      const id = input["VersionId"] ?? "";
      const document = policy?.versions[id];
      if (policy === undefined || document === undefined) return missing("policy version");
      return query({
        PolicyVersion: {
          Document: text(document),
          VersionId: id,
          IsDefaultVersion: id === policy.default,
          CreateDate: "2026-01-01T00:00:00Z",
        },
      });
    }
    case "tagging GetResources": {
      const { items, next } = page(state.tagged, input["PaginationToken"]);
      // AWS ends with an empty token, not without one.
      return {
        status: 200,
        form: "json",
        body: { ResourceTagMappingList: items, PaginationToken: next ?? "" },
      };
    }
    case "eks ListClusters":
      return names("clusters", state.clusters);
    case "eks DescribeCluster":
      return thing("cluster", state.clusters, (each) => each["name"] === input["name"]);
    case "eks ListNodegroups":
      return names(
        "nodegroups",
        state.nodegroups.filter((each) => each["clusterName"] === input["name"]),
        "nodegroupName",
      );
    case "eks DescribeNodegroup":
      return thing(
        "nodegroup",
        state.nodegroups,
        (each) => each["clusterName"] === input["name"] && each["nodegroupName"] === input["group"],
      );
    case "eks DescribeClusterVersions": {
      if (state.clusterVersions === undefined) return { status: 404, html: true };
      const { items, next } = page(state.clusterVersions, input["nextToken"]);
      return { status: 200, form: "json", body: { clusterVersions: items, nextToken: next ?? null } };
    }
    default: {
      const other = infrastructureAnswer(state, seen, page, options.region);
      if (other !== undefined) return other;
      const list = seen.service === "ec2" ? networkList(seen.operation) : undefined;
      if (list === undefined)
        return { status: 400, code: "InvalidAction", message: `The action ${seen.operation} is not valid.` };
      const { items, next } = page((state.network[list] ?? []).map(onTheWire(list)), input["NextToken"]);
      const named =
        list === "Instances"
          ? { Reservations: items.map((instance) => ({ ReservationId: "r-1", Instances: [instance] })) }
          : { [list]: items };
      return {
        status: 200,
        form: "ec2",
        body: { ...named, ...(next === undefined ? {} : { NextToken: next }) },
      };
    }
  }

  function names(name: string, list: readonly Body[], property = "name"): AwsAnswer {
    const { items, next } = page(list, input["nextToken"]);
    return {
      status: 200,
      form: "json",
      body: { [name]: items.map((item) => (item as Body)[property]), nextToken: next ?? null },
    };
  }

  function thing(name: string, list: readonly Body[], is: (each: Body) => boolean): AwsAnswer {
    const found = list.find(is);
    return found === undefined
      ? {
          status: 404,
          code: "ResourceNotFoundException",
          message: `No ${name} found for name: ${input["name"]}.`,
        }
      : { status: 200, form: "json", body: { [name]: found } };
  }
}

/** Members that EC2 calls otherwise on the wire than the SDK does. */
function onTheWire(list: NetworkList): (body: Body) => Body {
  const name = { Instances: "InstanceState", Volumes: "Status" }[list as string];
  return ({ State: state, ...rest }) => (state === undefined ? rest : { ...rest, [name ?? "State"]: state });
}

/** Operations that are not called as their list is. */
const describes: Readonly<Partial<Record<NetworkList, string>>> = {
  ServiceConfigurations: "DescribeVpcEndpointServiceConfigurations",
};

function networkList(operation: string): NetworkList | undefined {
  const lists: readonly NetworkList[] = [
    "Vpcs",
    "Subnets",
    "NatGateways",
    "InternetGateways",
    "RouteTables",
    "SecurityGroups",
    "Instances",
    "Volumes",
    "VpcPeeringConnections",
    "TransitGatewayVpcAttachments",
    "ServiceConfigurations",
  ];
  return lists.find((list) => operation === (describes[list] ?? `Describe${list}`));
}

function listedRole(state: AwsState, role: RoleState): Body {
  return {
    Path: role.path ?? "/",
    RoleName: role.name,
    RoleId: `AROA${role.name.toUpperCase().replace(/[^A-Z0-9]/g, "")}`,
    Arn: roleArn(role, state.account),
    CreateDate: "2026-01-01T00:00:00Z",
    AssumeRolePolicyDocument: writtenAs(state.documents, role.trust),
    MaxSessionDuration: 3600,
    ...(role.description === undefined ? {} : { Description: role.description }),
  };
}

function writtenAs(how: AwsState["documents"], document: Document): string {
  const text = typeof document === "string" ? document : JSON.stringify(document, undefined, 2);
  return how === "percent" ? encodeURIComponent(text) : text;
}

/** Any role of the state may be assumed with the external id `right`, or where its trust names none. */
function assumed(state: AwsState, input: Readonly<Record<string, string>>): AwsAnswer {
  const role = state.roles.find((each) => roleArn(each, state.account) === input["RoleArn"]);
  const wants =
    role === undefined ? undefined : /"sts:ExternalId":"([^"]*)"/.exec(JSON.stringify(role.trust))?.[1];
  if (role === undefined || (wants !== undefined && wants !== input["ExternalId"]))
    return {
      status: 403,
      code: "AccessDenied",
      message: `User: arn:aws:iam::${state.account}:user/auditor is not authorized to perform: sts:AssumeRole on resource: ${input["RoleArn"]}`,
    };
  return {
    status: 200,
    form: "query",
    body: {
      Credentials: {
        AccessKeyId: "ASIAEXAMPLEASSUMED01",
        SecretAccessKey: "canary/assumed+secret/77aa",
        SessionToken: "canary/session+token/==",
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      },
      AssumedRoleUser: { AssumedRoleId: "AROA:chalk-audit", Arn: `${input["RoleArn"]}/chalk-audit` },
    },
  };
}

type Form = "query" | "ec2" | "rest";

/** XML of the query protocol (`<Roles><member>…`), of EC2's (`<vpcSet><item>…`), or of an address (`<Buckets><Bucket>…`). */
export function xmlOf(operation: string, body: Body, form: Form): string {
  const inner = Object.entries(body)
    .map(([name, value]) => element(name, value, form))
    .join("");
  const root = restRoots[operation];
  if (form === "rest")
    return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="urn:test">${inner}</${root}>`;
  const wrapped = form === "query" ? `<${operation}Result>${inner}</${operation}Result>` : inner;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${operation}Response xmlns="urn:test">${wrapped}<requestId>r-1</requestId></${operation}Response>\n`;
}

/** Names that EC2 gives its lists on the wire, where they are not the SDK's with a small letter. */
const ec2Names: Readonly<Record<string, string>> = {
  Vpcs: "vpcSet",
  Subnets: "subnetSet",
  NatGateways: "natGatewaySet",
  InternetGateways: "internetGatewaySet",
  RouteTables: "routeTableSet",
  SecurityGroups: "securityGroupInfo",
  Reservations: "reservationSet",
  Instances: "instancesSet",
  Volumes: "volumeSet",
  Tags: "tagSet",
  Routes: "routeSet",
  Associations: "associationSet",
  Attachments: "attachmentSet",
  NatGatewayAddresses: "natGatewayAddressSet",
  BlockDeviceMappings: "blockDeviceMapping",
  VpcPeeringConnections: "vpcPeeringConnectionSet",
  ServiceConfigurations: "serviceConfigurationSet",
  NetworkLoadBalancerArns: "networkLoadBalancerArnSet",
  AvailabilityZones: "availabilityZoneSet",
  BaseEndpointDnsNames: "baseEndpointDnsNameSet",
};

function element(name: string, value: unknown, form: Form): string {
  const tag = form === "ec2" ? (ec2Names[name] ?? `${name[0]?.toLowerCase()}${name.slice(1)}`) : name;
  if (Array.isArray(value)) {
    const alone = form === "rest" ? flat[name] : undefined;
    if (alone !== undefined) return value.map((each) => wrapped(alone, each, form)).join("");
    const item = form === "ec2" ? "item" : (itemNames[name] ?? "member");
    return `<${tag}>${value.map((each) => wrapped(item, each, form)).join("")}</${tag}>`;
  }
  return wrapped(tag, value, form);
}

function wrapped(tag: string, value: unknown, form: Form): string {
  const inner =
    typeof value === "object" && value !== null
      ? Object.entries(value)
          .map(([name, each]) => element(name, each, form))
          .join("")
      : String(value).replace(/[<>&]/g, (character) => ({ "<": "&lt;", ">": "&gt;" })[character] ?? "&amp;");
  return `<${tag}>${inner}</${tag}>`;
}
