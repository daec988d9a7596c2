import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import { type Block, blockAround, firstOutside, worldIn } from "../../state/aws/block.ts";
import type { NamedResource } from "../../state/aws/home.ts";
import { clusterGroups, type Ingress, ingressOf } from "../../state/aws/ingress.ts";
import { vpcBlocks } from "../../state/aws/subnets.ts";
import { command } from "../../text/command.ts";
import { absentThing, chosenCluster, chosenDatabase, chosenVpc, typeOf } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly instance?: string;
  readonly cluster?: string;
  readonly vpcId?: string;
}

interface Case {
  readonly database: NamedResource;
  readonly vpc: NamedResource;
  readonly port: number;
  readonly groups: readonly string[];
  readonly ingress: Ingress;
  /** Groups of the cluster, where one is told. */
  readonly ofCluster: readonly string[];
}

function base(c: Case) {
  return {
    resource: { type: typeOf("PostgreSQL instance"), id: c.database.id, name: c.database.name },
    verify: command("aws", "ec2", "describe-security-groups", "--group-ids", ...c.groups),
  } as const;
}

function authorize(c: Case, block: string): readonly string[] {
  const [group] = c.groups;
  if (group === undefined) return [];
  const words = ["aws", "ec2", "authorize-security-group-ingress", "--group-id", group];
  return [command(...words, "--protocol", "tcp", "--port", String(c.port), "--cidr", block)];
}

/** `--cidr` takes addresses of version 4 alone. */
function revoke(group: string, port: number, { family, text: block }: Block): string {
  const words = ["aws", "ec2", "revoke-security-group-ingress", "--group-id", group];
  return family === 4
    ? command(...words, "--protocol", "tcp", "--port", String(port), "--cidr", block)
    : command(
        ...[...words, "--ip-permissions"],
        `IpProtocol=tcp,FromPort=${port},ToPort=${port},Ipv6Ranges=[{CidrIpv6=${block}}]`,
      );
}

function* judge(c: Case): Iterable<Observation> {
  const { ingress, port, database } = c;
  const world = worldIn(ingress.blocks);
  if (world !== undefined) {
    yield {
      ...base(c),
      kind: "drift",
      drift: "wider",
      severity: "critical",
      message: `database ${database.name} is open to the world on port ${port} (${world.text}) by its security groups ${c.groups.join(", ")}`,
      property: `world:${world.text}`,
      expected: vpcBlocks(c.vpc.body),
      actual: ingress.blocks.map((block) => block.text),
      at: "",
      remediation: {
        text: `Take ${world.text}, and whatever together comes to it, out of the groups' rules that include port ${port}.`,
        commands: c.groups.map((group) => revoke(group, port, world)),
      },
    };
  }
  for (const id of [...ingress.unread].sort()) {
    yield {
      ...base(c),
      kind: "unknown",
      message: `security group ${id} of database ${database.name} was not read: whom it lets in is not known`,
      property: `group:${id}`,
      decide: "grant the scanner ec2:DescribeSecurityGroups in the group's account and region",
    };
  }
  for (const id of ingress.prefixLists) {
    yield {
      ...base(c),
      kind: "unknown",
      message: `database ${database.name} lets in prefix list ${id}, and which addresses that holds is not known`,
      property: `prefix-list:${id}`,
      decide: `look at aws ec2 get-managed-prefix-list-entries --prefix-list-id ${id}`,
    };
  }
  for (const each of ingress.malformed) {
    yield {
      ...base(c),
      kind: "unknown",
      message: `a security group of database ${database.name} lets in "${each}", which is no block of addresses`,
      property: "range:malformed",
      decide: "read the security groups again",
    };
  }
  const blocks = vpcBlocks(c.vpc.body);
  if (blocks.length === 0) {
    yield {
      ...base(c),
      kind: "unknown",
      message: `VPC ${c.vpc.name} came without a block of addresses: whether it is let in cannot be told`,
      property: "vpc:blocks",
      decide: "read the VPC again",
    };
  }
  for (const written of blocks) yield* admitted(c, written);
  yield { kind: "assessed", count: blocks.length, what: "address blocks of the network" };
}

/** Whether one of the VPC's blocks is let in whole; where only groups are let in, that is said at low severity. */
function* admitted(c: Case, written: string): Iterable<Observation> {
  const { ingress, port, database } = c;
  const block = blockAround(written);
  if (block === undefined) {
    yield {
      ...base(c),
      kind: "unknown",
      message: `VPC ${c.vpc.name} came with the block "${written}", which is none`,
      property: "vpc:malformed",
      decide: "read the VPC again",
    };
    return;
  }
  const outside = firstOutside(block, ingress.blocks);
  if (outside === undefined) return;
  const byGroup = ingress.groups.filter((id) => c.ofCluster.includes(id));
  const seen = { expected: written, actual: [...ingress.blocks.map((b) => b.text), ...ingress.groups] };
  if (byGroup.length > 0) {
    yield {
      ...base(c),
      ...seen,
      kind: "drift",
      drift: "changed",
      severity: "low",
      message: `database ${database.name} lets in security group ${byGroup.join(", ")} of the cluster on port ${port}, not the network's block ${written}: pods and nodes with another group cannot reach it`,
      property: `admits:${written}`,
      at: "",
      remediation: {
        text: "Let the VPC's blocks in, as the document asks, or leave it if all nodes have that group.",
        commands: authorize(c, written),
      },
    };
    return;
  }
  // what was not read, or a prefix list, may let it in
  if (ingress.unread.length + ingress.prefixLists.length > 0) return;
  yield {
    ...base(c),
    ...seen,
    kind: "drift",
    drift: "absent",
    message: `database ${database.name} does not let in ${written} of VPC ${c.vpc.name} on port ${port} (${outside} for one): what runs there cannot reach it`,
    property: `admits:${written}`,
    at: "",
    remediation: { text: "Let the block in on the database's port.", commands: authorize(c, written) },
  };
}

function groupsOf(database: unknown): readonly string[] {
  return (list(field(database, "VpcSecurityGroups")) ?? [])
    .filter((each) => !/^remov/.test(text(field(each, "Status")) ?? "active"))
    .flatMap((each) => text(field(each, "VpcSecurityGroupId")) ?? []);
}

function portOf(database: unknown): number | undefined {
  const ports = [field(field(database, "Endpoint"), "Port"), field(database, "DbInstancePort")];
  return ports.find((port): port is number => typeof port === "number" && port > 0);
}

function* look(facts: Facts, params: Params): Iterable<Observation> {
  const database = chosenDatabase(facts, params.instance);
  if (database.kind === "absent") {
    yield absentThing("PostgreSQL instance", database.wanted, facts);
    return;
  }
  if (database.kind === "unclear") {
    yield database.observation;
    return;
  }
  const cluster = chosenCluster(facts, params.cluster);
  const told =
    cluster.kind === "one" ? text(field(field(cluster.one.body, "resourcesVpcConfig"), "vpcId")) : undefined;
  const vpc = chosenVpc(facts, params.vpcId ?? told, params.cluster);
  if (vpc.kind === "absent") {
    yield absentThing("VPC", vpc.wanted, facts);
    return;
  }
  if (vpc.kind === "unclear") {
    yield vpc.observation;
    return;
  }
  const { one } = database;
  const port = portOf(one.body);
  if (port === undefined) {
    yield {
      kind: "unknown",
      resource: { type: typeOf("PostgreSQL instance"), id: one.id, name: one.name },
      message: `database ${one.name} has no port yet: it is ${text(field(one.body, "DBInstanceStatus")) ?? "being made"}`,
      property: "port",
      decide: "scan again when the instance is available",
    };
    return;
  }
  const groups = groupsOf(one.body);
  yield* judge({
    database: one,
    vpc: vpc.one,
    port,
    groups,
    ingress: ingressOf(facts, groups, port),
    ofCluster: cluster.kind === "one" ? clusterGroups(cluster.one.body) : [],
  });
}

/** The security groups of a database, all together, let in the network of the cluster and not the world. */
export const ingress: Check = {
  id: "network/ingress",
  cloud: "aws",
  title: "A database lets in the cluster's network, and not the world",
  help: `All security groups of the instance together must let in every block of the cluster's VPC on the database's port, the blocks that were added to the VPC later too, and must not let in the world.

The world is \`0.0.0.0/0\` or \`::/0\` in any rule that includes the port, by a range of ports or by every protocol, and whatever blocks together come to that or to every address that somebody on the internet can have (\`2000::/3\`). Rules that let in a security group of the cluster instead of its addresses work for what has that group: low.

Whom a prefix list lets in is not known, and a group that was not read may let in anybody: unknown.`,
  params: {
    type: "object",
    additionalProperties: false,
    properties: {
      instance: {
        type: "string",
        minLength: 1,
        description: "identifier or ARN; absent: the PostgreSQL instance of the VPC",
      },
      cluster: {
        type: "string",
        minLength: 1,
        description: "name or ARN of the EKS cluster; absent: the only one",
      },
      vpcId: { type: "string", minLength: 1, description: "id; absent: that of the cluster" },
    },
  },
  needs: () => ["aws/db-instance", "aws/security-group", "aws/vpc", "aws/eks-cluster"],
  drifts: {
    wider: {
      short: "The database is open to the world.",
      help: "Anybody who reaches the network interface can try passwords on it. Take the rule away; let in the VPC's blocks.",
    },
    absent: {
      short: "A block of the cluster's network is not let in, or the database is not there.",
      help: "What runs in that block cannot reach the database. Add a rule for the block on the database's port.",
    },
    changed: {
      short: "The database lets in a security group instead of the network.",
      help: "It works for whatever has that group, and for nothing else in the network.",
    },
  },
  run: (facts, params) => look(facts, params as Params),
};
