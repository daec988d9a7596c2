import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteVpcEndpointServiceConfigurationsCommand,
  DetachInternetGatewayCommand,
  ReplaceRouteCommand,
} from "@aws-sdk/client-ec2";
import { CreateHostedZoneCommand, DeleteHostedZoneCommand } from "@aws-sdk/client-route-53";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  PutBucketCorsCommand,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { region } from "../servers/aws/setup.ts";
import { makeZone } from "./account.ts";
import { type Change, change } from "./changes.ts";
import { admit, shut } from "./changes-database.ts";
import type { World } from "./world.ts";

const BUCKET = "acme-model-prod";
const HOSTS = ["https://api.acme.example", "https://chalk.acme.example"];
const cors =
  (...rules: (readonly [methods: string[], origins: string[]])[]) =>
  ({ clients }: World) =>
    clients.s3.send(
      new PutBucketCorsCommand({
        Bucket: BUCKET,
        CORSConfiguration: {
          CORSRules: rules.map(([AllowedMethods, AllowedOrigins]) => ({ AllowedMethods, AllowedOrigins })),
        },
      }),
    );
const bothHosts = cors([["GET", "HEAD"], HOSTS]);

const makeQueue =
  (name: string) =>
  ({ clients }: World) =>
    clients.sqs.send(new CreateQueueCommand({ QueueName: name }));
const dropQueue =
  (name: string) =>
  async ({ clients }: World) => {
    const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }));
  };

const route =
  (to: "gateway" | "nat") =>
  ({ clients, made }: World) =>
    clients.ec2.send(
      new ReplaceRouteCommand({
        RouteTableId: made.tables["private-b"],
        DestinationCidrBlock: "0.0.0.0/0",
        ...(to === "gateway" ? { GatewayId: made.gateway } : { NatGatewayId: made.nats["b"] }),
      }),
    );

const dropZone = (id: string) => new DeleteHostedZoneCommand({ Id: id });
const CLUSTER_PORT = {
  IpProtocol: "tcp",
  FromPort: 9096,
  ToPort: 9096,
  IpRanges: [{ CidrIp: "10.130.0.0/16" }],
};
const kafka = (control: string, rest: string) => `${control} ${rest} chalk (KAFKA)`;

export const ACCOUNT: readonly Change[] = [
  change("a queue missing", dropQueue("acme-heartbeat"), makeQueue("acme-heartbeat"), [
    "queues absent medium acme-heartbeat (ACCOUNT#heartbeat)",
    "exit 1",
  ]),
  change("a queue beside", makeQueue("acme-others"), dropQueue("acme-others"), ["exit 0"]),
  change(
    "a bucket missing",
    async ({ clients }) => {
      await clients.s3.send(new DeleteBucketCommand({ Bucket: BUCKET }));
    },
    async (world) => {
      await world.clients.s3.send(
        new CreateBucketCommand({
          Bucket: BUCKET,
          CreateBucketConfiguration: { LocationConstraint: region },
        }),
      );
      await bothHosts(world);
    },
    ["buckets absent medium acme-model-prod (ACCOUNT#model)", "exit 1"],
  ),
  change(
    "a bucket without CORS",
    ({ clients }) => clients.s3.send(new DeleteBucketCorsCommand({ Bucket: BUCKET })),
    bothHosts,
    ["bucket-cors absent medium (arn:aws:s3:::acme-model-prod)", "exit 1"],
  ),
  change("CORS of one host alone", cors([["GET"], HOSTS.slice(0, 1)]), bothHosts, [
    "bucket-cors changed medium (arn:aws:s3:::acme-model-prod)",
    "exit 1",
  ]),
  change(
    "CORS of both hosts by two rules",
    cors([["GET"], HOSTS.slice(0, 1)], [["PUT", "GET"], HOSTS.slice(1)]),
    bothHosts,
    ["exit 0"],
  ),
  change(
    "a NAT gateway gone",
    ({ clients, made }) => clients.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: made.nats["b"] })),
    async (world) => {
      const { clients, made } = world;
      // moto keeps the old one's address
      const { AllocationId } = await clients.ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
      const { NatGateway } = await clients.ec2.send(
        new CreateNatGatewayCommand({ SubnetId: made.subnets["public-b"], AllocationId }),
      );
      world.remember({ nats: { ...made.nats, b: NatGateway?.NatGatewayId ?? "" } });
      await route("nat")(world);
    },
    ["vpc-layout absent medium public-b (public-b)", "exit 1"],
  ),
  change(
    "no internet gateway",
    ({ clients, made }) =>
      clients.ec2.send(
        new DetachInternetGatewayCommand({ InternetGatewayId: made.gateway, VpcId: made.vpc }),
      ),
    ({ clients, made }) =>
      clients.ec2.send(
        new AttachInternetGatewayCommand({ InternetGatewayId: made.gateway, VpcId: made.vpc }),
      ),
    ["vpc-layout absent medium chalk (VPC)", "exit 1"],
  ),
  change("a private subnet routed to the internet", route("gateway"), route("nat"), [
    kafka("msk-brokers", "changed medium"),
    "vpc-layout absent medium chalk (VPC)",
    "vpc-layout absent medium private-b (private-b)",
    "exit 1",
  ]),
  change(
    "the zone gone",
    ({ clients, made }) => clients.route53.send(dropZone(made.zone)),
    async (world) => world.remember({ zone: await makeZone(world.clients, "public", world.made.vpc) }),
    [
      "dns-permissions unknown medium the hosted zone (ACCOUNT)",
      "hosted-zone absent medium hosted zone (ACCOUNT)",
      "exit 1",
    ],
  ),
  (() => {
    let second = "";
    return change(
      "a second public zone",
      async ({ clients }) => {
        const { HostedZone } = await clients.route53.send(
          new CreateHostedZoneCommand({ Name: "other.example", CallerReference: String(Date.now()) }),
        );
        second = HostedZone?.Id ?? "";
      },
      ({ clients }) => clients.route53.send(dropZone(second)),
      [
        "dns-permissions unknown medium the hosted zone (ACCOUNT)",
        "hosted-zone unknown medium hosted zone (ACCOUNT)",
        "exit 3",
      ],
    );
  })(),
  change(
    "SCRAM off",
    (world) => world.kafka({ scram: false }),
    (world) => world.kafka(),
    [kafka("msk-auth", "changed medium"), "exit 1"],
  ),
  change(
    "no credentials of Kafka",
    (world) => world.kafka({ credentials: false }),
    (world) => world.kafka(),
    [kafka("msk-auth", "absent medium"), "exit 1"],
  ),
  change(
    "four brokers",
    (world) => world.kafka({ count: 4 }),
    (world) => world.kafka(),
    [kafka("msk-brokers", "changed low"), "exit 1"],
  ),
  change(
    "brokers in one zone",
    (world) => world.kafka({ count: 1, subnets: ["private-a"] }),
    (world) => world.kafka(),
    [kafka("msk-brokers", "absent medium"), "exit 1"],
  ),
  change(
    "a broker in a public subnet",
    (world) => world.kafka({ subnets: ["private-a", "public-b"] }),
    (world) => world.kafka(),
    [kafka("msk-brokers", "changed medium"), "exit 1"],
  ),
  change(
    "no Kafka",
    (world) => world.kafka("none"),
    (world) => world.kafka(),
    [
      "msk-auth absent medium (MSK cluster)",
      "msk-brokers absent medium (MSK cluster)",
      "msk-reachability absent medium (MSK cluster)",
      "exit 1",
    ],
  ),
  change("Kafka does not let the cluster in", shut("kafka", CLUSTER_PORT), admit("kafka", CLUSTER_PORT), [
    kafka("msk-reachability", "absent medium"),
    "exit 1",
  ]),
  change(
    "no private ingress, which is optional",
    ({ clients, made }) =>
      clients.ec2.send(new DeleteVpcEndpointServiceConfigurationsCommand({ ServiceIds: [made.service] })),
    (world) => world.privateLink(),
    ["exit 0"],
  ),
  ...["Failed", "Pending"].map((state) =>
    change(
      `the endpoint service to the gateway is ${state}`,
      // moto knows no other state than that all is well
      async ({ aws }) =>
        aws.front.edit(/^ec2 DescribeVpcEndpointServiceConfigurations$/, (body) =>
          String(body).replaceAll(/(<serviceState>)\w+/g, `$1${state}`),
        ),
      (world) => world.eks(),
      ["private-ingress changed medium (SERVICE)", "exit 1"],
    ),
  ),
];

const eks = "eks:cluster/chalk";
const shown = (name: string, how: Parameters<World["eks"]>[0], found: readonly string[]): Change =>
  change(
    name,
    (world) => world.eks(how),
    (world) => world.eks(),
    found,
  );

export const EKS: readonly Change[] = [
  shown("the endpoint open to the world, IPv4", { publicCidrs: ["0.0.0.0/0"] }, [
    `cluster-endpoint wider high (${eks})`,
    "exit 1",
  ]),
  shown("the endpoint open to the world, IPv6", { publicCidrs: ["203.0.113.0/24", "::/0"] }, [
    `cluster-endpoint wider high (${eks})`,
    "exit 1",
  ]),
  shown("the endpoint shuts half of the control plane out", { publicCidrs: ["203.0.113.0/25"] }, [
    `cluster-endpoint absent medium (${eks})`,
    "exit 1",
  ]),
  shown("the endpoint is not public", { publicAccess: false }, [
    `cluster-endpoint changed medium (${eks})`,
    "exit 1",
  ]),
  shown("the automatic mode", { automatic: true }, [`standard-eks changed low (${eks})`, "exit 1"]),
  shown("no node group", { nodes: false }, [
    "node-group absent medium managed node group (ACCOUNT)",
    "exit 1",
  ]),
  shown("a node group of another type and size", { nodes: { type: "m5.large", size: 2 } }, [
    "node-group changed medium controllers (eks:nodegroup/chalk/controllers)",
    "node-group changed medium controllers (eks:nodegroup/chalk/controllers)",
    "exit 1",
  ]),
  shown("no access entry", { entry: false }, [`cluster-admin-entry absent medium (${eks})`, "exit 1"]),
  shown("an access entry with a lesser policy", { entry: { policy: "AmazonEKSViewPolicy" } }, [
    `cluster-admin-entry changed medium (${eks})`,
    "exit 1",
  ]),
  shown("an access entry in one namespace", { entry: { namespaces: ["default"] } }, [
    `cluster-admin-entry changed medium (${eks})`,
    "exit 1",
  ]),
];
