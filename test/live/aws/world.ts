import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import type { Document } from "../../baselines/pages-aws.ts";
import { EXTERNAL_ID, management, TAG, trust } from "../../worlds/aws-state.ts";
import { region, root } from "../servers/aws/setup.ts";

/** One account as the SDK makes it. Whatever is not given is as the vendor's page says. */
export interface LiveWorld {
  readonly trust?: object;
  readonly managed?: Document;
  /** Versions of the managed policy after the first; none is made the default. */
  readonly laterVersions?: readonly Document[];
  readonly inline?: Readonly<Record<string, Document>>;
  readonly boundary?: Document;
  readonly roleName?: string;
  readonly vpcCidr?: string;
  /** Subnets beside the documented ones: zone and block. */
  readonly moreSubnets?: readonly (readonly [string, string])[];
  /** Names of things that get no tag: `private-a`, `vpc`, … */
  readonly untagged?: readonly string[];
  readonly clusterVersion?: string;
  readonly network?: boolean;
}

const client = (url: string) => ({ region, endpoint: url, credentials: root, maxAttempts: 2 });
const tag = { Key: TAG.key, Value: TAG.value };

const subnets = [
  ["private-a", "a", "10.130.0.0/20"],
  ["private-b", "b", "10.130.32.0/20"],
  ["private-c", "c", "10.130.64.0/20"],
  ["public-a", "a", "10.130.16.0/20"],
  ["public-b", "b", "10.130.48.0/20"],
  ["public-c", "c", "10.130.80.0/20"],
] as const;

export const externalId = EXTERNAL_ID;

/** Makes the role with its policies. */
export async function makeRole(url: string, world: LiveWorld = {}): Promise<void> {
  const iam = new IAMClient(client(url));
  const RoleName = world.roleName ?? "chalk";
  const policy = async (name: string, document: Document) => {
    const made = await iam.send(
      new CreatePolicyCommand({ PolicyName: name, PolicyDocument: JSON.stringify(document, undefined, 2) }),
    );
    return made.Policy?.Arn ?? "";
  };
  const boundary = world.boundary === undefined ? undefined : await policy("boundary", world.boundary);
  await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify(world.trust ?? trust),
      ...(boundary === undefined ? {} : { PermissionsBoundary: boundary }),
    }),
  );
  const managed = await policy("chalk-managed", world.managed ?? management);
  for (const later of world.laterVersions ?? [])
    await iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: managed,
        PolicyDocument: JSON.stringify(later),
        SetAsDefault: false,
      }),
    );
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: managed }));
  for (const [PolicyName, document] of Object.entries(world.inline ?? {}))
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }),
    );
}

/** Makes the network. @returns the id of the VPC */
async function makeNetwork(url: string, world: LiveWorld): Promise<string> {
  const ec2 = new EC2Client(client(url));
  const tags = async (name: string, id: string | undefined) => {
    if (id === undefined) throw new Error(`${name} has no id`);
    if (world.untagged?.includes(name) !== true)
      await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [tag, { Key: "Name", Value: name }] }));
    return id;
  };
  const vpc = await tags(
    "vpc",
    (await ec2.send(new CreateVpcCommand({ CidrBlock: world.vpcCidr ?? "10.130.0.0/16" }))).Vpc?.VpcId,
  );
  const gateway = await tags(
    "igw",
    (await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId,
  );
  await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpc, InternetGatewayId: gateway }));
  const table = async (name: string) =>
    tags(name, (await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }))).RouteTable?.RouteTableId);
  const open = await table("public");
  const closed = await table("private");
  await ec2.send(
    new CreateRouteCommand({ RouteTableId: open, DestinationCidrBlock: "0.0.0.0/0", GatewayId: gateway }),
  );
  const first = new Map<string, string>();
  const more = (world.moreSubnets ?? []).map(
    ([zone, block], n) => [`private-more-${n}`, zone, block] as const,
  );
  for (const [name, zone, block] of [...subnets, ...more]) {
    const made = await ec2.send(
      new CreateSubnetCommand({ VpcId: vpc, CidrBlock: block, AvailabilityZone: `${region}${zone}` }),
    );
    const id = await tags(name, made.Subnet?.SubnetId);
    first.set(name, id);
    await ec2.send(
      new AssociateRouteTableCommand({
        SubnetId: id,
        RouteTableId: name.startsWith("public") ? open : closed,
      }),
    );
  }
  const nat = await ec2.send(
    new CreateNatGatewayCommand({ SubnetId: first.get("public-a") ?? "", ConnectivityType: "private" }),
  );
  await tags("nat", nat.NatGateway?.NatGatewayId);
  const groups = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc] }] }),
  );
  expectOne(groups.SecurityGroups);
  const run = await ec2.send(
    new RunInstancesCommand({
      ImageId: "ami-12c6146b",
      MinCount: 1,
      MaxCount: 1,
      SubnetId: first.get("private-a") ?? "",
    }),
  );
  const instance = run.Instances?.[0];
  await tags("node", instance?.InstanceId);
  for (const device of instance?.BlockDeviceMappings ?? []) await tags("volume", device.Ebs?.VolumeId);
  return vpc;
}

function expectOne(list: readonly unknown[] | undefined): void {
  if (list?.length !== 1) throw new Error(`expected the VPC's own security group, found ${list?.length}`);
}

/** Makes the cluster. MiniStack keeps the VPC only of a request that names it, which the SDK has no word for. */
async function makeCluster(url: string, vpc: string, world: LiveWorld): Promise<void> {
  const scope = `Credential=${root.accessKeyId}/20261121/${region}`;
  const send = async (service: string, path: string, type: string, body: string) => {
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      headers: {
        "content-type": type,
        authorization: `AWS4-HMAC-SHA256 ${scope}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text;
  };
  await send(
    "eks",
    "/clusters",
    "application/json",
    JSON.stringify({
      name: "chalk",
      version: world.clusterVersion ?? "1.36",
      roleArn: "arn:aws:iam::123456789012:role/eks",
      resourcesVpcConfig: { subnetIds: [], vpcId: vpc },
      tags: { [TAG.key]: TAG.value },
    }),
  );
}

/** Of the cluster's own role, which nobody but the service may assume. */
const clusterTrust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "eks.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** The whole account: role in `url`, network there, cluster in MiniStack, which is reached by the same address. */
export async function makeWorld(url: string, ministack: string, world: LiveWorld = {}): Promise<void> {
  await makeRole(url, world);
  if (world.network === false) return;
  const vpc = await makeNetwork(url, world);
  await new IAMClient(client(ministack)).send(
    new CreateRoleCommand({ RoleName: "eks", AssumeRolePolicyDocument: JSON.stringify(clusterTrust) }),
  );
  await makeCluster(ministack, vpc, world);
}

/** A user with a key of its own and these permissions. */
export async function makeUser(
  url: string,
  name: string,
  actions: readonly string[],
): Promise<{ readonly AWS_ACCESS_KEY_ID: string; readonly AWS_SECRET_ACCESS_KEY: string }> {
  const iam = new IAMClient(client(url));
  await iam.send(new CreateUserCommand({ UserName: name }));
  if (actions.length > 0)
    await iam.send(
      new PutUserPolicyCommand({
        UserName: name,
        PolicyName: "may",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
        }),
      }),
    );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  return {
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? "",
  };
}
