import type { Facts } from "../../snapshot/facts.ts";
import { containsBlock, overlaps, parseBlock, sameBlock } from "../../state/aws/block.ts";
import type { NamedResource } from "../../state/aws/home.ts";
import {
  type Plan,
  type Planned,
  type PlanParams,
  type SubnetSide,
  subnetPlanOf,
} from "../../state/aws/plan.ts";
import { type Subnet, subnetsOf, vpcBlocks } from "../../state/aws/subnets.ts";
import { command } from "../../text/command.ts";
import { absentThing, chosenVpc } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

const VPC = "AWS::EC2::VPC";
const SUBNET = "AWS::EC2::Subnet";

function showSubnets(vpc: string): string {
  return command("aws", "ec2", "describe-subnets", "--filters", `Name=vpc-id,Values=${vpc}`);
}

function sideOf(subnet: Subnet): SubnetSide | undefined {
  return subnet.open === undefined ? undefined : subnet.open ? "public" : "private";
}

/** The VPC's own block. */
function* judgeVpc(plan: Plan, vpc: NamedResource): Iterable<Observation> {
  const resource = { type: VPC, id: vpc.id, name: vpc.name };
  const verify = command("aws", "ec2", "describe-vpcs", "--vpc-ids", vpc.id);
  const live = vpcBlocks(vpc.body);
  const blocks = live.map((text) => ({ text, block: parseBlock(text) }));
  if (!blocks.some((b) => b.block !== undefined && sameBlock(b.block, plan.vpc))) {
    yield {
      kind: "drift",
      drift: "changed",
      resource,
      message: `VPC ${vpc.name} has ${live.join(", ") || "no block"}, planned is ${plan.vpc.text}`,
      property: "block",
      expected: plan.vpc.text,
      actual: live,
      at: plan.vpcAt,
      verify,
      remediation: {
        text: "A VPC's first block cannot be changed: if this one was agreed, say so with --set vpcCidr=BLOCK; else make the VPC anew.",
        commands: [],
      },
    };
    return;
  }
  for (const { text, block } of blocks) {
    if (block !== undefined && sameBlock(block, plan.vpc)) continue;
    yield {
      kind: "drift",
      drift: "stray",
      severity: "low",
      resource,
      message: `VPC ${vpc.name} has a further block ${text}, which the plan does not know`,
      property: `block:${text}`,
      expected: plan.vpc.text,
      actual: text,
      at: plan.vpcAt,
      verify,
      remediation: { text: "Take the block away if nothing lies in it, or agree on it.", commands: [] },
    };
  }
}

/** The subnets that stand for the planned ones: those of the very block; else, in the zone and on the side, one left. */
function matched(plan: Plan, subnets: readonly Subnet[]): ReadonlyMap<Planned, Subnet> {
  const found = new Map<Planned, Subnet>();
  const left = new Set(subnets);
  for (const planned of plan.subnets) {
    const same = [...left].find((s) => s.block !== undefined && sameBlock(s.block, planned.block));
    if (same === undefined) continue;
    found.set(planned, same);
    left.delete(same);
  }
  for (const planned of plan.subnets) {
    if (found.has(planned)) continue;
    const near = [...left].find((s) => s.zone === planned.zone && sideOf(s) === planned.side && !s.onlySix);
    if (near === undefined) continue;
    found.set(planned, near);
    left.delete(near);
  }
  return found;
}

function* judgeSubnet(planned: Planned, subnet: Subnet, vpc: NamedResource): Iterable<Observation> {
  const resource = { type: SUBNET, id: subnet.id, name: subnet.name };
  const base = { resource, at: planned.at, verify: showSubnets(vpc.id) } as const;
  const plan = `the ${planned.side} subnet of zone ${planned.zone}`;
  const rebuild = {
    text: "A subnet's block and zone cannot be changed: make it anew, or agree on other blocks (--set privateCidrs, publicCidrs, zones).",
    commands: [],
  };
  if (subnet.block === undefined || !sameBlock(subnet.block, planned.block)) {
    yield {
      ...base,
      kind: "drift",
      drift: "changed",
      message: `subnet ${subnet.name} has ${subnet.cidr || "no block"}, planned for ${plan} is ${planned.block.text}`,
      property: "block",
      expected: planned.block.text,
      actual: subnet.cidr,
      remediation: rebuild,
    };
    return;
  }
  if (subnet.zone === "") {
    yield {
      ...base,
      kind: "unknown",
      message: `subnet ${subnet.name} (${subnet.cidr}) came without its zone, planned is zone ${planned.zone}`,
      property: "zone",
      decide: "read the subnet again",
    };
  } else if (subnet.zone !== planned.zone) {
    yield {
      ...base,
      kind: "drift",
      drift: "changed",
      message: `subnet ${subnet.name} (${subnet.cidr}) lies in zone ${subnet.zone}, planned is zone ${planned.zone}`,
      property: "zone",
      expected: planned.zone,
      actual: subnet.zone,
      remediation: rebuild,
    };
  }
  const side = sideOf(subnet);
  if (side === undefined) {
    yield {
      ...base,
      kind: "unknown",
      message: `whether subnet ${subnet.name} (${subnet.cidr}) is ${planned.side} cannot be told: it has no route table`,
      property: "side",
      decide: "read the route tables of the VPC",
    };
  } else if (side !== planned.side) {
    const why =
      side === "public" ? "a route leads to an internet gateway" : "no route leads to an internet gateway";
    yield {
      ...base,
      kind: "drift",
      drift: "changed",
      message: `subnet ${subnet.name} (${subnet.cidr}) is ${side} (${why}), planned is ${plan}`,
      property: "side",
      expected: planned.side,
      actual: side,
      remediation: {
        text:
          side === "public"
            ? "Give the subnet a route table without a route to the internet gateway."
            : "Route 0.0.0.0/0 of the subnet's route table to the VPC's internet gateway.",
        commands: [],
      },
    };
  }
}

/** Subnets that no block of the plan stands for. */
function* judgeOthers(others: readonly Subnet[], plan: Plan, vpc: NamedResource): Iterable<Observation> {
  for (const subnet of others) {
    const clash = plan.subnets.find((p) => subnet.block !== undefined && overlaps(subnet.block, p.block));
    const over = clash === undefined ? "" : `, and it overlaps the planned ${clash.block.text}`;
    yield {
      kind: "drift",
      drift: "stray",
      resource: { type: SUBNET, id: subnet.id, name: subnet.name },
      message: `subnet ${subnet.name} (${subnet.cidr}, zone ${subnet.zone || "unknown"}) is in VPC ${vpc.name} and not in the plan${over}`,
      property: "planned",
      expected: plan.subnets.map((p) => p.block.text),
      actual: subnet.cidr,
      at: "/zones",
      verify: showSubnets(vpc.id),
      remediation: {
        text: "Delete the subnet if nothing uses it, or agree on it (--set privateCidrs, publicCidrs, zones).",
        commands: [],
      },
    };
  }
}

/** No subnet outside its VPC, no two that overlap: AWS refuses both, a recorded or emulated state may have them. */
function* judgeLayout(subnets: readonly Subnet[], vpc: NamedResource): Iterable<Observation> {
  const blocks = vpcBlocks(vpc.body).flatMap((b) => parseBlock(b) ?? []);
  for (const [i, a] of subnets.entries()) {
    const resource = { type: SUBNET, id: a.id, name: a.name };
    const base = { resource, at: "/vpc", verify: showSubnets(vpc.id) } as const;
    if (a.block === undefined) {
      yield {
        ...base,
        kind: "unknown",
        message: `subnet ${a.name} came with ${a.cidr === "" ? "no block" : `the block "${a.cidr}", which is none`}`,
        property: "block:malformed",
        decide: "read the subnet again",
      };
      continue;
    }
    const { block } = a;
    if (!a.onlySix && !blocks.some((outer) => containsBlock(outer, block))) {
      yield {
        ...base,
        kind: "drift",
        drift: "changed",
        message: `subnet ${a.name} (${a.cidr}) lies outside its VPC (${vpcBlocks(vpc.body).join(", ")})`,
        property: "inside",
        expected: vpcBlocks(vpc.body),
        actual: a.cidr,
      };
    }
    for (const b of subnets.slice(i + 1)) {
      if (b.block === undefined || !overlaps(block, b.block)) continue;
      yield {
        ...base,
        kind: "drift",
        drift: "changed",
        message: `subnets ${a.name} (${a.cidr}) and ${b.name} (${b.cidr}) overlap`,
        property: `overlap:${b.id}`,
        expected: "blocks that do not overlap",
        actual: [a.cidr, b.cidr],
      };
    }
  }
}

function* judge(facts: Facts, plan: Plan, vpc: NamedResource): Iterable<Observation> {
  yield* judgeVpc(plan, vpc);
  const subnets = subnetsOf(facts, vpc.id);
  yield* judgeLayout(subnets, vpc);
  const whole = subnets.filter((s) => s.block !== undefined);
  const found = matched(plan, whole);
  for (const planned of plan.subnets) {
    const subnet = found.get(planned);
    if (subnet !== undefined) {
      yield* judgeSubnet(planned, subnet, vpc);
      continue;
    }
    if (whole.length < subnets.length) continue;
    yield {
      kind: "drift",
      drift: "absent",
      resource: {
        type: SUBNET,
        id: `${vpc.id}#${planned.zone}-${planned.side}`,
        name: `${planned.side} ${planned.zone}`,
      },
      message: `VPC ${vpc.name} has no ${planned.side} subnet in zone ${planned.zone}, planned is ${planned.block.text}`,
      property: "subnet",
      expected: planned.block.text,
      actual: null,
      at: planned.at,
      verify: showSubnets(vpc.id),
      remediation: {
        text: "Make the subnet.",
        commands: [
          command(
            ...["aws", "ec2", "create-subnet", "--vpc-id", vpc.id, "--cidr-block", planned.block.text],
            ...["--availability-zone", `${facts.scope.slice(facts.scope.indexOf("/") + 1)}${planned.zone}`],
          ),
        ],
      },
    };
  }
  const used = new Set(found.values());
  yield* judgeOthers(
    whole.filter((s) => !used.has(s)),
    plan,
    vpc,
  );
  yield { kind: "assessed", count: subnets.length, what: subnets.length === 1 ? "subnet" : "subnets" };
}

/** The address blocks of a VPC and its subnets are the planned ones, zone by zone. */
export const cidrPlan: Check = {
  id: "network/cidr-plan",
  cloud: "aws",
  title: "The VPC and its subnets have the planned address blocks",
  help: `The VPC has the planned block; in each zone there is one private and one public subnet of the planned blocks; nothing overlaps, nothing lies outside, and there are no further subnets. Public is a subnet whose route table, its own or the VPC's main one, leads to an internet gateway.

Other blocks are given by parameter. With another block for the VPC alone, the subnets are expected at the same places inside it.

The VPC is the one given, else that of the only EKS cluster, else the only one beside the default VPC. Where that does not tell, the result is unknown and names the candidates.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["vpc", "zones"],
    properties: {
      vpcId: { type: "string", minLength: 1, description: "id of the VPC; absent: the only one" },
      vpc: { type: "string", minLength: 1, description: "the VPC's block" },
      zones: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["zone", "private", "public"],
          properties: {
            zone: { type: "string", minLength: 1, description: "letter of the zone" },
            private: { type: "string", minLength: 1, description: "block of its private subnet" },
            public: { type: "string", minLength: 1, description: "block of its public subnet" },
          },
        },
      },
      instead: {
        type: "object",
        additionalProperties: false,
        description: "other blocks than the usual ones, by parameter",
        properties: {
          vpc: { type: "string", minLength: 1, description: "the VPC's block" },
          zones: {
            type: ["array", "string"],
            items: { type: "string", minLength: 1 },
            description: "letters of the zones, in the order of the blocks",
          },
          private: {
            type: ["array", "string"],
            items: { type: "string", minLength: 1 },
            description: "blocks of the private subnets, one a zone",
          },
          public: {
            type: ["array", "string"],
            items: { type: "string", minLength: 1 },
            description: "blocks of the public subnets, one a zone",
          },
        },
      },
    },
  },
  needs: () => ["aws/vpc", "aws/subnet", "aws/route-table", "aws/eks-cluster"],
  // Only helps to find the VPC.
  tolerates: ["aws/eks-cluster"],
  drifts: {
    changed: {
      short: "A VPC or subnet departs from the plan.",
      help: "It has another block, lies in another zone, is public instead of private or the other way round, lies outside its VPC, or overlaps another one. Blocks and zones cannot be changed afterwards: make it anew, or give the agreed blocks by parameter.",
    },
    absent: {
      short: "A planned subnet, or the VPC, is not there.",
      help: "No subnet of that block, and none that could stand for it in its zone, was found in the VPC; or the VPC that was named does not exist in the region.",
    },
    stray: {
      short: "The VPC has a subnet or a block that the plan does not know.",
      help: "Somebody uses addresses of the deployment's VPC for something else, or the plan has grown. Delete it, or give the agreed blocks by parameter.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as PlanParams & { readonly vpcId?: string };
    const chosen = chosenVpc(facts, params.vpcId);
    if (chosen.kind === "unclear") {
      yield chosen.observation;
      return;
    }
    if (chosen.kind === "absent") {
      yield absentThing("VPC", chosen.wanted, facts);
      return;
    }
    const plan = subnetPlanOf(params);
    if (typeof plan === "string") {
      yield {
        kind: "unknown",
        resource: { type: VPC, id: chosen.one.id, name: chosen.one.name },
        message: `the plan contradicts itself: ${plan}`,
        property: "plan",
        decide:
          "give blocks that lie inside the VPC and do not overlap, one private and one public for each zone",
        at: "/instead",
      };
      return;
    }
    yield* judge(facts, plan, chosen.one);
  },
};
