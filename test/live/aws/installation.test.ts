/** The rows of the self-managed installation that moto and MiniStack can show; Kafka's answers of moto the SDK refuses. */
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNatGatewayCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { CreateHostedZoneCommand, DeleteHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  PutBucketCorsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import { runCommand } from "../command.ts";
import { account, type LiveAws, region, root, startAwsServers, whyNoServers } from "../servers/aws/setup.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { rootKeys } from "./scan.ts";

const skip = skipped("the live installation in AWS", whyNoServers());

const QUEUES = [
  ...["metric-check-trigger", "scheduled-resolver-trigger", "scheduled-query-trigger", "batch-status"],
  ...["argo-builds", "batch-report", "heartbeat"],
];
const PARTS = ["data", "source", "dataset", "model", "stages"];
const cors = {
  CORSRules: [
    { AllowedMethods: ["GET"], AllowedOrigins: ["https://api.acme.example", "https://chalk.acme.example"] },
  ],
};

let live: LiveAws;
let vpc = "";
let group = "";
let nat = "";
let zone = "";
const subnets = new Map<string, string>();

const config = () => ({ region, endpoint: live.front.url, credentials: root, maxAttempts: 2 });
const ec2 = () => new EC2Client(config());
const rds = () => new RDSClient(config());
const s3 = () => new S3Client({ ...config(), forcePathStyle: true });
const sqs = () => new SQSClient(config());
const iam = () => new IAMClient(config());
const route53 = () => new Route53Client(config());

const rule = (from: string) => ({
  GroupId: group,
  IpPermissions: [{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: from }] }],
});
const may = (...actions: readonly string[]) =>
  new PutRolePolicyCommand({
    RoleName: "api-server",
    PolicyName: "own",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
    }),
  });

async function makeNetwork(): Promise<void> {
  const send = ec2();
  vpc = (await send.send(new CreateVpcCommand({ CidrBlock: "10.130.0.0/16" }))).Vpc?.VpcId ?? "";
  const gateway = (await send.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId;
  await send.send(new AttachInternetGatewayCommand({ VpcId: vpc, InternetGatewayId: gateway }));
  const tables = new Map<string, string>();
  for (const side of ["private", "public"]) {
    const made = await send.send(new CreateRouteTableCommand({ VpcId: vpc }));
    tables.set(side, made.RouteTable?.RouteTableId ?? "");
  }
  await send.send(
    new CreateRouteCommand({
      RouteTableId: tables.get("public"),
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: gateway,
    }),
  );
  const blocks = ["10.130.0.0/20", "10.130.32.0/20", "10.130.16.0/20", "10.130.48.0/20"];
  for (const [at, name] of ["private-a", "private-b", "public-a", "public-b"].entries()) {
    const made = await send.send(
      new CreateSubnetCommand({
        VpcId: vpc,
        CidrBlock: blocks[at],
        AvailabilityZone: `${region}${name.slice(-1)}`,
      }),
    );
    const id = made.Subnet?.SubnetId ?? "";
    subnets.set(name, id);
    const [side = ""] = name.split("-");
    await send.send(new AssociateRouteTableCommand({ SubnetId: id, RouteTableId: tables.get(side) }));
    if (side === "public") nat = await makeNat(id);
  }
  const made = await send.send(
    new CreateSecurityGroupCommand({ GroupName: "database", Description: "database", VpcId: vpc }),
  );
  group = made.GroupId ?? "";
  await send.send(new AuthorizeSecurityGroupIngressCommand(rule("10.130.0.0/16")));
}

async function makeNat(subnet: string): Promise<string> {
  const address = await ec2().send(new AllocateAddressCommand({ Domain: "vpc" }));
  const made = await ec2().send(
    new CreateNatGatewayCommand({ SubnetId: subnet, AllocationId: address.AllocationId }),
  );
  return made.NatGateway?.NatGatewayId ?? "";
}

const libraries = (value: string) =>
  new ModifyDBParameterGroupCommand({
    DBParameterGroupName: "chalk-pg16",
    Parameters: [
      { ParameterName: "shared_preload_libraries", ParameterValue: value, ApplyMethod: "pending-reboot" },
    ],
  });
const ALL = "auto_explain,pg_stat_statements,pg_cron";
const backups = (days: number) =>
  new ModifyDBInstanceCommand({
    DBInstanceIdentifier: "metadata",
    BackupRetentionPeriod: days,
    ApplyImmediately: true,
  });

async function makeDatabase(): Promise<void> {
  const send = rds();
  await send.send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName: "chalk",
      DBSubnetGroupDescription: "chalk",
      SubnetIds: [subnets.get("private-a") ?? "", subnets.get("private-b") ?? ""],
    }),
  );
  await send.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "chalk-pg16",
      DBParameterGroupFamily: "postgres16",
      Description: "chalk",
    }),
  );
  await send.send(libraries(ALL));
  await send.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: "metadata",
      DBInstanceClass: "db.t3.medium",
      Engine: "postgres",
      AllocatedStorage: 20,
      DBName: "chalk",
      MasterUsername: "chalk",
      MasterUserPassword: "canary-of-the-database",
      BackupRetentionPeriod: 7,
      Port: 5432,
      DBSubnetGroupName: "chalk",
      DBParameterGroupName: "chalk-pg16",
      VpcSecurityGroupIds: [group],
    }),
  );
}

async function makeZone(): Promise<string> {
  const made = await route53().send(
    new CreateHostedZoneCommand({ Name: "chalk.acme.example", CallerReference: String(Date.now()) }),
  );
  return made.HostedZone?.Id?.replace("/hostedzone/", "") ?? "";
}

async function makeRest(): Promise<void> {
  for (const name of QUEUES) await sqs().send(new CreateQueueCommand({ QueueName: `acme-${name}` }));
  for (const part of PARTS) {
    const Bucket = `acme-${part}-prod`;
    await s3().send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
    );
    await s3().send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: cors }));
  }
  zone = await makeZone();
  const issuer = `oidc.eks.${region}.amazonaws.com/id/0123`;
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: "sts.amazonaws.com",
            [`${issuer}:sub`]: "system:serviceaccount:chalk-metadata:chalk-metadata-plane",
          },
        },
      },
    ],
  };
  await iam().send(
    new CreateRoleCommand({ RoleName: "api-server", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await iam().send(may("s3:*", "ecr:*", "sqs:*", "sts:AssumeRole"));
}

/** What these servers can show. */
const SHOWN = [
  ...["metadata-database", "metadata-database-extensions", "metadata-database-ingress", "queues"],
  ...["api-server-policy", "api-server-effective-access", "buckets", "bucket-cors", "vpc-layout"],
  ...["hosted-zone", "private-ingress"],
];

async function scan(): Promise<{
  readonly outcomes: object;
  readonly found: readonly string[];
  readonly text: string;
}> {
  const ran = await runCommand(
    [
      ...["--baseline", "chalk-helm", "--cloud", "aws", "--format", "json", "--set", `vpcId=${vpc}`],
      ...["--set", "apiHost=api.acme.example", "--set", "frontendHost=chalk.acme.example"],
    ],
    { AWS_ENDPOINT_URL: live.front.url, AWS_REGION: region, AWS_EC2_METADATA_DISABLED: "true", ...rootKeys },
  );
  const report = JSON.parse(ran.stdout) as Report;
  const own = (id: string) => id.replace("chalk-helm/", "");
  return {
    outcomes: Object.fromEntries(
      report.controls
        .filter(({ id }) => SHOWN.includes(own(id)))
        .map(({ id, outcome }) => [own(id), outcome]),
    ),
    found: report.findings
      .filter(({ control, outcome }) => SHOWN.includes(own(control)) && outcome !== "pass")
      .map(({ control, drift, severity }) => `${own(control)} ${drift} ${severity}`)
      .sort(),
    text: ran.stdout + ran.stderr,
  };
}

beforeAll(async () => {
  if (skip) return;
  live = await startAwsServers();
  await makeNetwork();
  await makeDatabase();
  await makeRest();
}, 300_000);
afterAll(async () => {
  if (!skip) await live.stop();
});

describe.skipIf(skip)("an installation in moto", () => {
  it("is as documented, row by row, and no value of a secret is printed", async () => {
    const { outcomes, found, text } = await scan();
    expect(found).toEqual([]);
    expect(outcomes).toEqual(Object.fromEntries(SHOWN.map((id) => [id, "pass"])));
    expect(text).not.toContain("canary-of-the-database");
  });

  type Change = () => Promise<unknown>;
  it.each<[string, Change, Change, readonly string[]]>([
    [
      "backups of one day",
      () => rds().send(backups(1)),
      () => rds().send(backups(7)),
      ["metadata-database changed low"],
    ],
    [
      "backups off",
      () => rds().send(backups(0)),
      () => rds().send(backups(7)),
      ["metadata-database changed medium"],
    ],
    [
      "an extension missing",
      () => rds().send(libraries("auto_explain,pg_stat_statements")),
      () => rds().send(libraries(ALL)),
      ["metadata-database-extensions changed medium"],
    ],
    [
      "the database open to the world",
      () => ec2().send(new AuthorizeSecurityGroupIngressCommand(rule("0.0.0.0/0"))),
      () => ec2().send(new RevokeSecurityGroupIngressCommand(rule("0.0.0.0/0"))),
      ["metadata-database-ingress wider critical"],
    ],
    [
      "the network not let in",
      () => ec2().send(new RevokeSecurityGroupIngressCommand(rule("10.130.0.0/16"))),
      () => ec2().send(new AuthorizeSecurityGroupIngressCommand(rule("10.130.0.0/16"))),
      ["metadata-database-ingress absent medium"],
    ],
    [
      "a queue gone",
      async () =>
        sqs().send(new DeleteQueueCommand({ QueueUrl: `${live.front.url}/${account}/acme-heartbeat` })),
      () => sqs().send(new CreateQueueCommand({ QueueName: "acme-heartbeat" })),
      ["queues absent medium"],
    ],
    [
      "a bucket without CORS",
      () => s3().send(new DeleteBucketCorsCommand({ Bucket: "acme-model-prod" })),
      () => s3().send(new PutBucketCorsCommand({ Bucket: "acme-model-prod", CORSConfiguration: cors })),
      ["bucket-cors absent medium"],
    ],
    [
      "a NAT gateway gone",
      () => ec2().send(new DeleteNatGatewayCommand({ NatGatewayId: nat })),
      async () => {
        nat = await makeNat(subnets.get("public-b") ?? "");
      },
      ["vpc-layout absent medium"],
    ],
    [
      "the zone gone",
      () => route53().send(new DeleteHostedZoneCommand({ Id: zone })),
      async () => {
        zone = await makeZone();
      },
      ["hosted-zone absent medium"],
    ],
    [
      "an action beyond the page",
      () => iam().send(may("s3:*", "ecr:*", "sqs:*", "sts:AssumeRole", "iam:PassRole")),
      () => iam().send(may("s3:*", "ecr:*", "sqs:*", "sts:AssumeRole")),
      ["api-server-effective-access excess critical"],
    ],
    [
      "no policy at all",
      () => iam().send(new DeleteRolePolicyCommand({ RoleName: "api-server", PolicyName: "own" })),
      () => iam().send(may("s3:*", "ecr:*", "sqs:*", "sts:AssumeRole")),
      ["api-server-effective-access missing medium", "api-server-policy missing medium"],
    ],
  ])(
    "%s is found, alone, and undone again",
    async (_, change, undo, expected) => {
      await change();
      const { found } = await scan();
      await undo();
      expect([...new Set(found)]).toEqual(expected);
      expect((await scan()).found).toEqual([]);
    },
    120_000,
  );

  it.each<[string, RegExp, readonly string[]]>([
    [
      "databases",
      /^rds DescribeDBInstances/,
      ["metadata-database", "metadata-database-extensions", "metadata-database-ingress"],
    ],
    ["parameters alone", /^rds DescribeDBParameters/, ["metadata-database-extensions"]],
  ])(
    "without the right to read %s these are unknown, and the rest is assessed",
    async (_, match, expected) => {
      live.front.fault({
        match,
        times: 50,
        status: 403,
        body: "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>",
      });
      const { outcomes } = await scan();
      live.front.forget();
      expect(outcomes).toEqual(
        Object.fromEntries(SHOWN.map((id) => [id, expected.includes(id) ? "unknown" : "pass"])),
      );
    },
  );
});
