import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CreateVpcEndpointServiceConfigurationCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { BatchAssociateScramSecretCommand, CreateClusterV2Command, KafkaClient } from "@aws-sdk/client-kafka";
import { CreateDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { missing } from "../aws/command-line.ts";
import { account, region, root } from "../servers/aws/setup.ts";

const terraform = process.env["TERRAFORM"] ?? "terraform";
/** Where Terraform's provider lies, a folder `tf-plugins`; without one Terraform would have to fetch it. */
const plugins = process.env["TF_PLUGINS"] ?? mirrors()[0] ?? "";

function mirrors(): readonly string[] {
  return readdirSync("/", { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join("/", entry.name, "tf-plugins"))
    .filter((folder) => existsSync(folder));
}

/** Why Terraform cannot make the account on this machine; undefined: it can. */
export function whyNoTerraform(): string | undefined {
  return (
    missing(terraform, "version") ??
    (existsSync(plugins) ? undefined : "no mirror of Terraform's providers was found (TF_PLUGINS names one)")
  );
}

/** Clients of AWS's SDK at the front of the emulators. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly rds: RDSClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly iam: IAMClient;
  readonly route53: Route53Client;
  readonly kafka: KafkaClient;
  readonly balancers: ElasticLoadBalancingV2Client;
}

export function clientsOf(url: string): Clients {
  const config = { region, endpoint: url, credentials: root, maxAttempts: 2 };
  return {
    ec2: new EC2Client(config),
    rds: new RDSClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
    iam: new IAMClient(config),
    route53: new Route53Client(config),
    kafka: new KafkaClient(config),
    balancers: new ElasticLoadBalancingV2Client(config),
  };
}

/** What was made, by the name that the tests give it. */
export interface Made {
  readonly vpc: string;

  /** `private-a`, `private-b`, `public-a`, `public-b`. */
  readonly subnets: Readonly<Record<string, string>>;
  readonly nats: Readonly<Record<string, string>>;
  readonly gateway: string;
  readonly tables: Readonly<Record<string, string>>;
  /** Security groups. */
  readonly database: string;
  readonly kafka: string;
  readonly other: string;
  /** Id of the public zone. */
  readonly zone: string;
  /** ARN of the Kafka cluster. */
  readonly msk: string;
  /** Id of the endpoint service; of the load balancer behind it the DNS name and the ARN. */
  readonly service: string;
  readonly balancer: string;
  readonly balancerArn: string;
}

/** The cluster's provider of identities, without scheme. */
export const issuer = `oidc.eks.${region}.amazonaws.com/id/0123456789ABCDEF`;
export const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
/** The value of an ordinary tag, which a snapshot keeps and no report shows. */
export const NOTE = "made for the tests, 4b1d77e0";
/** The secret that Kafka signs its clients in by. */
export const scram = `arn:aws:secretsmanager:${region}:${account}:secret:AmazonMSK_chalk-AbCdEf`;

/**
 * Makes the account: networks, groups, buckets, queues, zones and roles by Terraform, what it would wait for by the SDK.
 * `canary` stands wherever a secret or a tag can. Some forty seconds, in a folder that the caller removes.
 */
export async function makeAccount(url: string, folder: string, canary: string): Promise<Made> {
  copyFileSync(fileURLToPath(new URL("terraform/main.tf", import.meta.url)), join(folder, "main.tf"));
  const run = async (...args: string[]) => {
    const env = { PATH: process.env["PATH"], HOME: folder, TF_IN_AUTOMATION: "1" };
    return (await promisify(execFile)(terraform, args, { cwd: folder, env, maxBuffer: 50_000_000 })).stdout;
  };
  await run("init", "-no-color", "-input=false", `-plugin-dir=${plugins}`);
  await run(
    ...["apply", "-no-color", "-input=false", "-auto-approve", "-parallelism=8"],
    ...[
      "-var",
      `endpoint=${url}`,
      "-var",
      `issuer=${issuer}`,
      "-var",
      `canary=${canary}`,
      "-var",
      `note=${NOTE}`,
    ],
  );
  const made = JSON.parse(await run("output", "-json", "made")) as Omit<
    Made,
    "msk" | "service" | "balancer" | "balancerArn"
  >;
  const clients = clientsOf(url);
  await makeDatabase(clients, made.database, canary);
  // moto takes a zone for private only where the request says so, which Terraform leaves to the service
  await makeZone(clients, "private", made.vpc);
  return { ...made, msk: await makeKafka(clients, made, canary), ...(await makePrivateLink(clients, made)) };
}

async function makeDatabase({ rds }: Clients, group: string, canary: string): Promise<void> {
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: "chalk-metadata",
      DBInstanceClass: "db.t3.medium",
      Engine: "postgres",
      EngineVersion: "16.4",
      AllocatedStorage: 20,
      DBName: "chalk",
      MasterUsername: "chalk",
      MasterUserPassword: canary,
      BackupRetentionPeriod: 7,
      Port: 5432,
      DBSubnetGroupName: "chalk",
      DBParameterGroupName: "chalk-pg16",
      VpcSecurityGroupIds: [group],
      Tags: [
        { Key: "Note", Value: NOTE },
        { Key: "db-password", Value: canary },
      ],
    }),
  );
}

/** @returns its id */
export async function makeZone(
  { route53 }: Clients,
  side: "public" | "private",
  vpc: string,
): Promise<string> {
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({
      Name: "chalk.acme.example",
      CallerReference: `${side} ${Date.now()}`,
      HostedZoneConfig: { PrivateZone: side === "private" },
      ...(side === "private" ? { VPC: { VPCId: vpc, VPCRegion: region } } : {}),
    }),
  );
  return HostedZone?.Id?.replace("/hostedzone/", "") ?? "";
}

export interface Brokers {
  readonly count?: number;
  /** Names of subnets. */
  readonly subnets?: readonly string[];
  readonly scram?: boolean;
  /** Whether the secret is associated. */
  readonly credentials?: boolean;
}

/** @returns its ARN */
export async function makeKafka(
  { kafka }: Clients,
  made: Pick<Made, "subnets" | "kafka">,
  canary: string,
  { count = 2, subnets = ["private-a", "private-b"], scram: on = true, credentials = true }: Brokers = {},
): Promise<string> {
  const { ClusterArn = "" } = await kafka.send(
    new CreateClusterV2Command({
      ClusterName: "chalk",
      Tags: { Note: NOTE, "db-password": canary },
      Provisioned: {
        KafkaVersion: "3.6.0",
        NumberOfBrokerNodes: count,
        BrokerNodeGroupInfo: {
          InstanceType: "kafka.m5.large",
          ClientSubnets: subnets.map((name) => made.subnets[name] ?? ""),
          SecurityGroups: [made.kafka],
        },
        ClientAuthentication: { Sasl: on ? { Scram: { Enabled: true } } : { Iam: { Enabled: true } } },
      },
    }),
  );
  if (credentials)
    await kafka.send(new BatchAssociateScramSecretCommand({ ClusterArn, SecretArnList: [scram] }));
  return ClusterArn;
}

async function makePrivateLink(
  clients: Clients,
  { subnets }: Pick<Made, "subnets">,
): Promise<Pick<Made, "service" | "balancer" | "balancerArn">> {
  const { LoadBalancers: [made] = [] } = await clients.balancers.send(
    new CreateLoadBalancerCommand({
      Name: "gateway",
      Type: "network",
      Scheme: "internal",
      Subnets: [subnets["private-a"] ?? "", subnets["private-b"] ?? ""],
    }),
  );
  const { LoadBalancerArn: balancerArn = "", DNSName: balancer = "" } = made ?? {};
  return { service: await makeService(clients, balancerArn), balancer, balancerArn };
}

/** @returns the id of an endpoint service before that load balancer */
export async function makeService({ ec2 }: Clients, balancerArn: string): Promise<string> {
  const { ServiceConfiguration } = await ec2.send(
    new CreateVpcEndpointServiceConfigurationCommand({ NetworkLoadBalancerArns: [balancerArn] }),
  );
  return ServiceConfiguration?.ServiceId ?? "";
}
