import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import { blockAround, firstOutside } from "../../state/aws/block.ts";
import { wayBetween } from "../../state/aws/connected.ts";
import { brokerSubnets, type NamedResource } from "../../state/aws/home.ts";
import { clusterGroups, ingressOf } from "../../state/aws/ingress.ts";
import { subnetsOf } from "../../state/aws/subnets.ts";
import { command } from "../../text/command.ts";
import { absentThing, chosenCluster, chosenKafka, chosenVpc, typeOf } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

type Part = "brokers" | "auth" | "reachability";

interface Params {
  readonly kafka?: string;
  readonly vpcId?: string;
  readonly cluster?: string;
  readonly look: Part;
  readonly port?: number;
}

function base(kafka: NamedResource) {
  return {
    resource: { type: typeOf("MSK cluster"), id: kafka.id, name: kafka.name },
    at: "/look",
    verify: command("aws", "kafka", "describe-cluster-v2", "--cluster-arn", kafka.id),
  } as const;
}

/** Of a serverless cluster none of this can be said to be as documented: it has no brokers and signs in by IAM alone. */
function serverless(kafka: NamedResource): Observation {
  return {
    ...base(kafka),
    kind: "drift",
    drift: "changed",
    message: `MSK cluster ${kafka.name} is serverless: it has no brokers in subnets, and no sign-in by SASL/SCRAM`,
    property: "type",
    expected: "PROVISIONED",
    actual: "SERVERLESS",
    remediation: { text: "Make a provisioned cluster: one cannot be turned into the other.", commands: [] },
  };
}

function* brokers(facts: Facts, kafka: NamedResource, { vpcId, cluster }: Params): Iterable<Observation> {
  const vpc = chosenVpc(facts, vpcId, cluster);
  if (vpc.kind === "absent") {
    yield absentThing("VPC", vpc.wanted, facts);
    return;
  }
  if (vpc.kind === "unclear") {
    yield vpc.observation;
    return;
  }
  yield* stateOf(kafka);
  const known = subnetsOf(facts, vpc.one.id);
  const used = brokerSubnets(kafka.body);
  for (const id of used) {
    const subnet = known.find((s) => s.id === id);
    if (subnet === undefined || subnet.open === true) {
      yield {
        ...base(kafka),
        kind: "drift",
        drift: "changed",
        message:
          subnet === undefined
            ? `brokers of MSK cluster ${kafka.name} lie in subnet ${id}, which is not in VPC ${vpc.one.name}`
            : `brokers of MSK cluster ${kafka.name} lie in subnet ${subnet.name}, which is public`,
        property: `subnet:${id}`,
        expected: `a private subnet of ${vpc.one.id}`,
        actual: id,
        remediation: {
          text: "The subnets of an MSK cluster cannot be changed: make the cluster anew in private subnets of the VPC.",
          commands: [],
        },
      };
    } else if (subnet.open === undefined) {
      yield {
        ...base(kafka),
        kind: "unknown",
        message: `whether subnet ${subnet.name} of MSK cluster ${kafka.name} is private cannot be told: it has no route table`,
        property: `subnet:${id}`,
        decide: "read the route tables of the VPC",
      };
    }
  }
  const zones = (subnets: typeof known) => new Set(subnets.map((s) => s.zone));
  const served = zones(known.filter((s) => used.includes(s.id)));
  const without = [...zones(known.filter((s) => s.open === false && !s.onlySix))]
    .filter((zone) => !served.has(zone))
    .sort();
  for (const zone of without) {
    yield {
      ...base(kafka),
      kind: "drift",
      drift: "absent",
      message: `MSK cluster ${kafka.name} has no broker in zone ${zone}, which has a private subnet of VPC ${vpc.one.name}`,
      property: `zone:${zone}`,
      expected: "a broker",
      actual: null,
      remediation: {
        text: "The zones of an MSK cluster cannot be changed: make the cluster anew over all zones, or leave it if that is meant.",
        commands: [],
      },
    };
  }
  yield* numberOfBrokers(kafka, used.length);
  yield { kind: "assessed", count: used.length, what: "subnets of brokers" };
}

/** A cluster that failed, or is being deleted, has no brokers to speak of. */
function* stateOf(kafka: NamedResource): Iterable<Observation> {
  const state = text(field(kafka.body, "State"));
  if (state !== "FAILED" && state !== "DELETING") return;
  yield {
    ...base(kafka),
    kind: "drift",
    drift: "changed",
    message: `MSK cluster ${kafka.name} is ${state}`,
    property: "state",
    expected: "ACTIVE",
    actual: state,
    remediation: { text: "Look why, and make the cluster anew.", commands: [] },
  };
}

function* numberOfBrokers(kafka: NamedResource, subnets: number): Iterable<Observation> {
  const number = field(field(kafka.body, "Provisioned"), "NumberOfBrokerNodes");
  if (typeof number !== "number") {
    yield {
      ...base(kafka),
      kind: "unknown",
      message: `MSK cluster ${kafka.name} came without the number of its brokers`,
      property: "brokers",
      decide: "read the cluster again",
    };
    return;
  }
  if (number === subnets) return;
  yield {
    ...base(kafka),
    kind: "drift",
    drift: "changed",
    ...(number > subnets ? { severity: "low" as const } : {}),
    message: `MSK cluster ${kafka.name} has ${number} brokers for ${subnets} subnets; one a subnet is documented`,
    property: "brokers",
    expected: subnets,
    actual: number,
    remediation: {
      text:
        number > subnets
          ? "Leave it if the load asks for more brokers."
          : "Bring the number of brokers up to that of the subnets.",
      commands: [],
    },
  };
}

function* auth(facts: Facts, kafka: NamedResource): Iterable<Observation> {
  const sasl = field(field(field(kafka.body, "Provisioned"), "ClientAuthentication"), "Sasl");
  if (field(field(sasl, "Scram"), "Enabled") !== true) {
    yield {
      ...base(kafka),
      kind: "drift",
      drift: "changed",
      message: `MSK cluster ${kafka.name} does not sign clients in by SASL/SCRAM`,
      property: "scram",
      expected: true,
      actual: field(field(sasl, "Scram"), "Enabled") ?? null,
      remediation: {
        text: "Turn SASL/SCRAM on; the cluster's current version goes with the command.",
        commands: [
          command(
            ...["aws", "kafka", "update-security", "--cluster-arn", kafka.id, "--current-version", "VERSION"],
            ...["--client-authentication", '{"Sasl":{"Scram":{"Enabled":true}}}'],
          ),
        ],
      },
    };
  }
  const read = facts.all("aws/msk-scram-secret").find(({ id }) => id === kafka.id);
  if (read === undefined) {
    const why = facts.unread("aws/msk-scram-secret", kafka.id)[0];
    yield {
      ...base(kafka),
      kind: "unknown",
      message: `the credentials associated with MSK cluster ${kafka.name} could not be read${why === undefined ? "" : `: ${why.api}: ${why.detail}`}`,
      property: "secrets",
      decide: `grant the scanner ${why?.permission ?? "kafka:ListScramSecrets"}`,
    };
    return;
  }
  if ((list(field(read.body, "SecretArnList")) ?? []).length === 0) {
    yield {
      ...base(kafka),
      kind: "drift",
      drift: "absent",
      message: `no credentials of Secrets Manager are associated with MSK cluster ${kafka.name}: nobody can sign in by SASL/SCRAM`,
      property: "secrets",
      expected: "at least one secret",
      actual: [],
      verify: command("aws", "kafka", "list-scram-secrets", "--cluster-arn", kafka.id),
      remediation: {
        text: "Associate a secret whose name begins with AmazonMSK_, encrypted by a key of your own.",
        commands: [
          command(
            "aws",
            "kafka",
            "batch-associate-scram-secret",
            "--cluster-arn",
            kafka.id,
            "--secret-arn-list",
            "ARN",
          ),
        ],
      },
    };
  }
  yield { kind: "assessed", count: 1, what: "sign-in methods" };
}

/** The clusters whose workloads use Kafka: the one named, else every one. */
function clustersOf(facts: Facts, wanted: string | undefined): readonly NamedResource[] | Observation {
  if (wanted !== undefined) {
    const chosen = chosenCluster(facts, wanted);
    return chosen.kind === "one"
      ? [chosen.one]
      : chosen.kind === "absent"
        ? absentThing("EKS cluster", chosen.wanted, facts)
        : chosen.observation;
  }
  return facts
    .all("aws/eks-cluster")
    .map(({ id, body }) => ({ id, name: text(field(body, "name")) ?? id, body }));
}

function* reachability(facts: Facts, kafka: NamedResource, params: Params): Iterable<Observation> {
  const clusters = clustersOf(facts, params.cluster);
  if (!Array.isArray(clusters)) {
    yield clusters as Observation;
    return;
  }
  const home = facts
    .all("aws/subnet")
    .filter(({ id }) => brokerSubnets(kafka.body).includes(id))
    .flatMap(({ body }) => text(field(body, "VpcId")) ?? [])[0];
  const group = field(field(kafka.body, "Provisioned"), "BrokerNodeGroupInfo");
  const groups = (list(field(group, "SecurityGroups")) ?? []).flatMap((id) => text(id) ?? []);
  const port = params.port ?? 9096;
  for (const cluster of clusters as readonly NamedResource[]) {
    const vpc = text(field(field(cluster.body, "resourcesVpcConfig"), "vpcId"));
    const way = home === undefined || vpc === undefined ? undefined : wayBetween(facts, home, vpc);
    if (way === undefined || vpc === undefined) {
      yield {
        ...base(kafka),
        kind: "unknown",
        message: `no way is known from the network of cluster ${cluster.name} (${vpc ?? "unknown"}) to that of MSK cluster ${kafka.name} (${home ?? "unknown"}): neither the same VPC, nor a peering connection, nor a shared transit gateway`,
        property: `way:${cluster.name}`,
        decide: "look whether a VPN or another account's gateway connects them, and try from a pod",
      };
      continue;
    }
    yield* admitted(facts, kafka, { cluster, vpc, groups, port });
  }
  if (clusters.length === 0) {
    yield {
      ...base(kafka),
      kind: "unknown",
      message: `no EKS cluster in ${facts.scope}: nothing that must reach Kafka`,
      property: "clusters",
      decide: "read the region of the data plane",
    };
    return;
  }
  yield { kind: "assessed", count: clusters.length, what: "clusters" };
}

interface Peer {
  readonly cluster: NamedResource;
  readonly vpc: string;
  readonly groups: readonly string[];
  readonly port: number;
}

function* admitted(
  facts: Facts,
  kafka: NamedResource,
  { cluster, vpc, groups, port }: Peer,
): Iterable<Observation> {
  const ingress = ingressOf(facts, groups, port);
  if (ingress.groups.some((id) => clusterGroups(cluster.body).includes(id))) return;
  const own = (list(field(field(cluster.body, "resourcesVpcConfig"), "subnetIds")) ?? []).flatMap(
    (id) => text(id) ?? [],
  );
  const all = subnetsOf(facts, vpc).filter((s) => own.includes(s.id) && s.block !== undefined);
  // what runs in a cluster that spans both sides runs in the private one
  const inside = all.filter((s) => s.open === false);
  const subnets = inside.length > 0 ? inside : all;
  const shut = subnets.filter(({ cidr }) => {
    const block = blockAround(cidr);
    return block !== undefined && firstOutside(block, ingress.blocks) !== undefined;
  });
  if (subnets.length > 0 && shut.length === 0) return;
  const seen = {
    ...base(kafka),
    property: `admits:${cluster.name}`,
    verify: command("aws", "ec2", "describe-security-groups", "--group-ids", ...groups),
  };
  if (ingress.unread.length + ingress.prefixLists.length > 0 || subnets.length === 0) {
    yield {
      ...seen,
      kind: "unknown",
      message: `whether the security groups of MSK cluster ${kafka.name} let cluster ${cluster.name} in on port ${port} is not known: ${
        subnets.length === 0
          ? "the cluster's subnets were not read"
          : `${[...ingress.unread, ...ingress.prefixLists].join(", ")} could not be looked into`
      }`,
      decide: "read the security groups, prefix lists and subnets",
    };
    return;
  }
  yield {
    ...seen,
    kind: "drift",
    drift: "absent",
    message: `the security groups of MSK cluster ${kafka.name} do not let cluster ${cluster.name} in on port ${port}: not ${shut.map((s) => `${s.name} (${s.cidr})`).join(", ")}, and none of its groups`,
    expected: subnets.map((s) => s.cidr),
    actual: [...ingress.blocks.map((block) => block.text), ...ingress.groups],
    remediation: {
      text: "Let the cluster's subnets in on the port of SASL/SCRAM over TLS.",
      commands: groups
        .slice(0, 1)
        .flatMap((id) =>
          shut.map((s) =>
            command(
              ...["aws", "ec2", "authorize-security-group-ingress", "--group-id", id],
              ...["--protocol", "tcp", "--port", String(port), "--cidr", s.cidr],
            ),
          ),
        ),
    },
  };
}

/** Kafka has its brokers where the document wants them, signs in by SASL/SCRAM, and can be reached. */
export const msk: Check = {
  id: "aws/msk",
  cloud: "aws",
  title: "Kafka lies in the private subnets, signs in by SASL/SCRAM, and can be reached",
  help: `One part a control:

- \`brokers\`: as many brokers as client subnets, each of them a private subnet of the VPC; a zone that has a private subnet and no broker is drift, and so is a cluster that failed or is being deleted. MSK takes two or three subnets, one a zone.
- \`auth\`: SASL/SCRAM is on, and at least one secret of Secrets Manager is associated.
- \`reachability\`: from each cluster's network there is a way to that of Kafka (the same VPC, an active peering connection, a transit gateway that both are attached to), and the brokers' security groups let in the cluster's subnets (of a cluster that has private ones, these) or one of its groups on the port. Where no way is known it is unknown: a VPN does not show. Route tables and network ACLs are not judged.

A serverless cluster has none of this.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["look"],
    properties: {
      kafka: {
        type: "string",
        minLength: 1,
        description: "name or ARN of the MSK cluster; absent: that of the VPC",
      },
      vpcId: { type: "string", minLength: 1, description: "id; absent: that of the EKS cluster" },
      cluster: {
        type: "string",
        minLength: 1,
        description:
          "EKS cluster that must reach it, or whose VPC is meant; absent: every one, or the only one",
      },
      look: { enum: ["brokers", "auth", "reachability"], description: "which part is judged" },
      port: {
        type: "integer",
        minimum: 1,
        maximum: 65_535,
        description: "port that clients use; 9096 when not given",
      },
    },
  },
  needs: (params) => {
    const { look } = params as Params;
    const network = [
      "aws/msk-cluster",
      "aws/vpc",
      "aws/subnet",
      "aws/route-table",
      "aws/eks-cluster",
    ] as const;
    if (look === "auth") return [...network, "aws/msk-scram-secret"];
    if (look === "brokers") return network;
    return [...network, "aws/security-group", "aws/vpc-peering", "aws/transit-attachment"];
  },
  tolerates: ["aws/msk-scram-secret", "aws/vpc-peering", "aws/transit-attachment"],
  drifts: {
    changed: {
      short: "Kafka is not set up as documented.",
      help: "Its brokers lie elsewhere, there are fewer or more than documented, or clients do not sign in by SASL/SCRAM.",
    },
    absent: {
      short: "Part of Kafka is missing, or nobody can reach it.",
      help: "There is no cluster, no broker in a zone, no credentials to sign in with, or the brokers' security groups let the data plane's cluster not in.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const kafka = chosenKafka(facts, params.kafka);
    if (kafka.kind === "absent") {
      yield absentThing("MSK cluster", kafka.wanted, facts);
      return;
    }
    if (kafka.kind === "unclear") {
      yield kafka.observation;
      return;
    }
    if (field(kafka.one.body, "Provisioned") === undefined) yield serverless(kafka.one);
    else if (params.look === "brokers") yield* brokers(facts, kafka.one, params);
    else if (params.look === "auth") yield* auth(facts, kafka.one);
    else yield* reachability(facts, kafka.one, params);
  },
};
