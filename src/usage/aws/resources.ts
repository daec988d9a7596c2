import { atPath, textAt, usageObjectOf } from "../value.ts";

/**
 * Which parameter of a request, or of its answer, names a resource, and how its ARN is built. Source: the resource types
 * of the Service Authorization Reference. `P` partition, `R` region, `A` account, `{}` the value.
 */
const TEMPLATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  autoscaling: { autoScalingGroupName: "arn:P:autoscaling:R:A:autoScalingGroup:*:autoScalingGroupName/{}" },
  cloudwatch: { alarmName: "arn:P:cloudwatch:R:A:alarm:{}" },
  dynamodb: { tableName: "arn:P:dynamodb:R:A:table/{}" },
  ec2: {
    allocationId: "arn:P:ec2:R:A:elastic-ip/{}",
    groupId: "arn:P:ec2:R:A:security-group/{}",
    instanceId: "arn:P:ec2:R:A:instance/{}",
    internetGatewayId: "arn:P:ec2:R:A:internet-gateway/{}",
    keyName: "arn:P:ec2:R:A:key-pair/{}",
    launchTemplateId: "arn:P:ec2:R:A:launch-template/{}",
    natGatewayId: "arn:P:ec2:R:A:natgateway/{}",
    networkInterfaceId: "arn:P:ec2:R:A:network-interface/{}",
    routeTableId: "arn:P:ec2:R:A:route-table/{}",
    snapshotId: "arn:P:ec2:R:A:snapshot/{}",
    subnetId: "arn:P:ec2:R:A:subnet/{}",
    volumeId: "arn:P:ec2:R:A:volume/{}",
    vpcEndpointId: "arn:P:ec2:R:A:vpc-endpoint/{}",
    vpcId: "arn:P:ec2:R:A:vpc/{}",
  },
  ecr: { repositoryName: "arn:P:ecr:R:A:repository/{}" },
  eks: { clusterName: "arn:P:eks:R:A:cluster/{}", name: "arn:P:eks:R:A:cluster/{}" },
  elasticache: {
    cacheClusterId: "arn:P:elasticache:R:A:cluster:{}",
    cacheSubnetGroupName: "arn:P:elasticache:R:A:subnetgroup:{}",
    replicationGroupId: "arn:P:elasticache:R:A:replicationgroup:{}",
  },
  elasticloadbalancing: { loadBalancerName: "arn:P:elasticloadbalancing:R:A:loadbalancer/{}" },
  glue: { databaseName: "arn:P:glue:R:A:database/{}" },
  iam: {
    instanceProfileName: "arn:P:iam::A:instance-profile/{}",
    roleName: "arn:P:iam::A:role/{}",
    userName: "arn:P:iam::A:user/{}",
  },
  kms: { keyId: "arn:P:kms:R:A:key/{}" },
  lambda: { functionName: "arn:P:lambda:R:A:function:{}" },
  logs: { logGroupName: "arn:P:logs:R:A:log-group:{}" },
  rds: {
    dBClusterIdentifier: "arn:P:rds:R:A:cluster:{}",
    dBInstanceIdentifier: "arn:P:rds:R:A:db:{}",
    dBParameterGroupName: "arn:P:rds:R:A:pg:{}",
    dBSnapshotIdentifier: "arn:P:rds:R:A:snapshot:{}",
    dBSubnetGroupName: "arn:P:rds:R:A:subgrp:{}",
  },
  route53: { hostedZoneId: "arn:P:route53:::hostedzone/{}" },
  s3: { bucketName: "arn:P:s3:::{}" },
  sns: { topicName: "arn:P:sns:R:A:{}" },
  sqs: { queueName: "arn:P:sqs:R:A:{}" },
};

/** Resources that one event names at the most; a longer list is cut, and the event says so by this many. */
const MOST = 50;

/** Depth to which a request is searched: `instancesSet.items[0].instanceId` is the deepest that is needed. */
const DEPTH = 4;

/** What is in names of resources, and nothing that could widen a pattern. */
const NAME = /^[A-Za-z0-9_.:/@+=,-]{1,1024}$/;

export interface ArnPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** The place of a role's ARN, in the region of an event. */
export function arnPlaceOf(role: string, region: string): ArnPlace {
  const [, partition = "aws", , , account = ""] = role.split(":");
  return { partition, region, account };
}

/**
 * The resources that an event names, by ARN, sorted: those of its own list, else those that its request or its answer
 * tells. Of the request nothing else is kept: it may hold secrets.
 * @param prefix prefix of the action: `ec2`
 */
export function resourcesOfEvent(event: unknown, prefix: string, place: ArnPlace): readonly string[] {
  const listed = atPath(event, "resources");
  const own = (Array.isArray(listed) ? listed : []).flatMap((each) => {
    const arn = textAt(each, "ARN") ?? textAt(each, "arn");
    return arn === undefined || !isOf(arn, prefix) ? [] : [arn];
  });
  const found = own.length > 0 ? own : requested(event, prefix, place);
  return [...new Set(found)].sort().slice(0, MOST);
}

function isOf(arn: string, prefix: string): boolean {
  return NAME.test(arn) && /^arn:[a-z-]+:/.test(arn) && arn.split(":")[2] === prefix;
}

function requested(event: unknown, prefix: string, place: ArnPlace): readonly string[] {
  const templates = Object.hasOwn(TEMPLATES, prefix) ? TEMPLATES[prefix] : undefined;
  const from = (part: string): string[] => {
    const found: string[] = [];
    walk(atPath(event, part), 0, (key, value) => {
      if (value.startsWith("arn:")) {
        if (isOf(value, prefix)) found.push(value);
        return;
      }
      const template = templates !== undefined && Object.hasOwn(templates, key) ? templates[key] : undefined;
      if (template === undefined || !NAME.test(value)) return;
      found.push(arnOf(template, value, place));
    });
    return found;
  };
  const asked = from("requestParameters");
  const object = textAt(event, "requestParameters", "key");
  const [bucket] = asked;
  if (prefix === "s3" && object !== undefined && bucket !== undefined) return [bucket, `${bucket}/${object}`];
  const queue = textAt(event, "requestParameters", "queueUrl");
  if (prefix === "sqs" && queue !== undefined) {
    const name = queue.slice(queue.lastIndexOf("/") + 1);
    return NAME.test(name) ? [arnOf("arn:P:sqs:R:A:{}", name, place)] : [];
  }
  return asked.length > 0 ? asked : from("responseElements");
}

function arnOf(template: string, value: string, { partition, region, account }: ArnPlace): string {
  const [head = "", ...rest] = template.split("{}");
  const filled = head
    .replace(":P:", `:${partition}:`)
    .replace(":R:", `:${region}:`)
    .replace(":A:", `:${account}:`);
  return `${filled}${value}${rest.join("{}")}`;
}

function walk(value: unknown, depth: number, leaf: (key: string, text: string) => void): void {
  if (depth > DEPTH) return;
  if (Array.isArray(value)) {
    for (const each of value.slice(0, MOST)) walk(each, depth + 1, leaf);
    return;
  }
  for (const [key, inner] of Object.entries(usageObjectOf(value) ?? {})) {
    if (typeof inner === "string") leaf(key, inner);
    else walk(inner, depth + 1, leaf);
  }
}
