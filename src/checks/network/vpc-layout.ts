import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import type { NamedResource } from "../../state/aws/home.ts";
import { type Subnet, subnetsOf } from "../../state/aws/subnets.ts";
import { command } from "../../text/command.ts";
import { absentThing, chosenVpc, typeOf } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly vpcId?: string;
  readonly cluster?: string;
  readonly subnets: number;
  readonly zones: number;
}

function base(vpc: NamedResource) {
  return {
    resource: { type: typeOf("VPC"), id: vpc.id, name: vpc.name },
    verify: command("aws", "ec2", "describe-subnets", "--filters", `Name=vpc-id,Values=${vpc.id}`),
  } as const;
}

function shown(subnets: readonly Subnet[]): string {
  return subnets.length === 0 ? "none" : subnets.map((s) => `${s.name} (${s.zone || "no zone"})`).join(", ");
}

/** Enough subnets of one side, over enough zones; what could be either may make it up. */
function* sideOf(
  side: "private" | "public",
  own: readonly Subnet[],
  unclear: readonly Subnet[],
  vpc: NamedResource,
  params: Params,
  why: string,
): Iterable<Observation> {
  const zones = new Set(own.map((s) => s.zone).filter((zone) => zone !== ""));
  if (own.length >= params.subnets && zones.size >= params.zones) return;
  const most = [...own, ...unclear];
  const possible = most.length >= params.subnets && new Set(most.map((s) => s.zone)).size >= params.zones;
  if (possible) {
    yield {
      ...base(vpc),
      kind: "unknown",
      message: `VPC ${vpc.name} has ${own.length} ${side} subnets that are known to be; whether ${shown(unclear)} are is not told: no route table of theirs was read`,
      property: `${side}:routes`,
      decide: "read the route tables of the VPC",
    };
    return;
  }
  yield {
    ...base(vpc),
    kind: "drift",
    drift: "absent",
    message: `VPC ${vpc.name} has ${own.length} ${side} ${own.length === 1 ? "subnet" : "subnets"} over ${zones.size} ${zones.size === 1 ? "zone" : "zones"}, at least ${params.subnets} over ${params.zones} are documented: ${shown(own)}${why}`,
    property: side,
    expected: { subnets: params.subnets, zones: params.zones },
    actual: { subnets: own.length, zones: zones.size },
    at: "/subnets",
    remediation: {
      text:
        side === "public"
          ? "Make a subnet in another zone whose route table leads 0.0.0.0/0 to the VPC's internet gateway."
          : "Make a subnet in another zone whose route table leads to no internet gateway.",
      commands: [],
    },
  };
}

function* judge(facts: Facts, vpc: NamedResource, params: Params): Iterable<Observation> {
  const subnets = subnetsOf(facts, vpc.id).filter((s) => !s.onlySix);
  const gateways = facts
    .all("aws/internet-gateway")
    .filter(({ body }) =>
      (list(field(body, "Attachments")) ?? []).some(
        (a) => field(a, "VpcId") === vpc.id && !/^detach/.test(text(field(a, "State")) ?? ""),
      ),
    );
  const [open, closed, unclear] = [true, false, undefined].map((each) =>
    subnets.filter((s) => s.open === each),
  );
  yield* sideOf("private", closed ?? [], unclear ?? [], vpc, params, "");
  const outside = (open ?? []).filter((s) => s.reaches);
  const half = (open ?? []).filter((s) => !s.reaches);
  const why =
    gateways.length === 0
      ? "; no internet gateway is attached to it"
      : half.length === 0
        ? ""
        : `; no route of ${half.map((s) => s.name).join(", ")} leads all of 0.0.0.0/0 to the internet gateway`;
  yield* sideOf("public", outside, unclear ?? [], vpc, params, why);
  const nats = facts
    .all("aws/nat-gateway")
    .filter(({ body }) => field(body, "ConnectivityType") !== "private");
  for (const subnet of outside) {
    const own = nats.filter(({ body }) => field(body, "SubnetId") === subnet.id);
    const states = own.map(({ body }) => text(field(body, "State")) ?? "");
    if (states.includes("available")) continue;
    const left = states.filter((state) => !/^delet/.test(state));
    yield {
      resource: { type: "AWS::EC2::Subnet", id: subnet.id, name: subnet.name },
      verify: command(
        "aws",
        "ec2",
        "describe-nat-gateways",
        "--filter",
        `Name=subnet-id,Values=${subnet.id}`,
      ),
      kind: "drift",
      drift: "absent",
      message: `public subnet ${subnet.name} (zone ${subnet.zone || "unknown"}) has no NAT gateway${left.length === 0 ? "" : ` that works: it is ${left.join(", ")}`}`,
      property: "nat-gateway",
      expected: "one that is available",
      actual: left,
      at: "",
      remediation: {
        text: "Make a NAT gateway in the subnet, and lead the private subnets of its zone through it.",
        commands: [
          command(
            "aws",
            "ec2",
            "create-nat-gateway",
            "--subnet-id",
            subnet.id,
            "--allocation-id",
            "ALLOCATION",
          ),
        ],
      },
    };
  }
  if (gateways.length === 0 && (open ?? []).length > 0) {
    yield {
      ...base(vpc),
      kind: "drift",
      drift: "absent",
      message: `no internet gateway is attached to VPC ${vpc.name}, and routes of its public subnets lead to one`,
      property: "internet-gateway",
      expected: "one that is attached",
      actual: null,
      at: "",
      remediation: {
        text: "Attach an internet gateway.",
        commands: [
          command("aws", "ec2", "attach-internet-gateway", "--vpc-id", vpc.id, "--internet-gateway-id", "ID"),
        ],
      },
    };
  }
  yield { kind: "assessed", count: subnets.length, what: "subnets" };
}

/** A VPC has private and public subnets over several zones, and a NAT gateway in each public one. */
export const vpcLayout: Check = {
  id: "network/vpc-layout",
  cloud: "aws",
  title: "A VPC has the documented subnets and gateways",
  help: `At least so many private and so many public subnets, each over so many zones; a NAT gateway that is available in every public subnet; an internet gateway where subnets are public. A subnet is private when no route of its table leads to an internet gateway, and public when all of 0.0.0.0/0 is led there, by one route or several; one of which a part alone is led there, or version 6 alone, is neither.

Subnets without IPv4 addresses do not count. Of a subnet without a route table that was read it is not known which it is: unknown, where that matters.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["subnets", "zones"],
    properties: {
      vpcId: { type: "string", minLength: 1, description: "id; absent: that of the EKS cluster" },
      cluster: {
        type: "string",
        minLength: 1,
        description: "name or ARN of the EKS cluster whose VPC is meant; absent: the only one",
      },
      subnets: { type: "integer", minimum: 1, description: "how many subnets of each side at least" },
      zones: { type: "integer", minimum: 1, description: "over how many zones at least" },
    },
  },
  needs: () => [
    "aws/vpc",
    "aws/subnet",
    "aws/route-table",
    "aws/nat-gateway",
    "aws/internet-gateway",
    "aws/eks-cluster",
  ],
  drifts: {
    absent: {
      short: "A documented subnet or gateway is not there.",
      help: "With fewer zones an outage of one takes the deployment down; without its NAT gateway a zone's private subnets reach the internet by another zone, or not at all.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const vpc = chosenVpc(facts, params.vpcId, params.cluster);
    if (vpc.kind === "absent") yield absentThing("VPC", vpc.wanted, facts);
    else if (vpc.kind === "unclear") yield vpc.observation;
    else yield* judge(facts, vpc.one, params);
  },
};
