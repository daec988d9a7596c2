import { field, list, text } from "../../snapshot/value.ts";
import { type Block, blockAround, firstOutside, worldIn } from "../../state/aws/block.ts";
import { command } from "../../text/command.ts";
import { absentThing, chosenCluster } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly cluster?: string;
  readonly required?: readonly string[];
}

const TYPE = "AWS::EKS::Cluster";

function* judge(body: unknown, name: string, id: string, required: readonly string[] | undefined) {
  const config = field(body, "resourcesVpcConfig");
  const base = {
    resource: { type: TYPE, id, name },
    verify: command(
      "aws",
      "eks",
      "describe-cluster",
      "--name",
      name,
      "--query",
      "cluster.resourcesVpcConfig",
    ),
  } as const;
  const update = (change: string) =>
    command("aws", "eks", "update-cluster-config", "--name", name, "--resources-vpc-config", change);
  if (field(config, "endpointPublicAccess") !== true) {
    const seen = field(config, "endpointPublicAccess");
    if (seen !== false) {
      yield {
        ...base,
        kind: "unknown",
        message: `cluster ${name} came without word of its public endpoint`,
        property: "endpointPublicAccess",
        decide: "read the cluster again",
      } satisfies Observation;
      return;
    }
    yield {
      ...base,
      kind: "drift",
      drift: "changed",
      message: `the API endpoint of cluster ${name} is not public: the control plane cannot reach it`,
      property: "endpointPublicAccess",
      expected: true,
      actual: false,
      at: "",
      remediation: {
        text: "Turn the public endpoint on, for the control plane's addresses alone.",
        commands:
          required === undefined
            ? []
            : [update(`endpointPublicAccess=true,publicAccessCidrs=${required.join(",")}`)],
      },
    } satisfies Observation;
    return;
  }
  const written = list(field(config, "publicAccessCidrs"))?.flatMap((each) => text(each) ?? []);
  // EKS opens an endpoint to everybody where nothing else was said
  const shown = written === undefined || written.length === 0 ? ["0.0.0.0/0"] : written;
  const blocks = shown.flatMap((each) => blockAround(each) ?? []);
  const malformed = shown.filter((each) => blockAround(each) === undefined);
  const world = worldIn(blocks);
  if (world !== undefined) {
    yield {
      ...base,
      kind: "drift",
      drift: "wider",
      message: `the API endpoint of cluster ${name} is open to the world (${shown.join(", ")})`,
      property: `publicAccessCidrs:${world.text}`,
      expected: required ?? "the control plane's addresses alone",
      actual: shown,
      at: "/required",
      remediation: {
        text: "Let in the control plane's addresses and your own, and nobody else.",
        commands: required === undefined ? [] : [update(`publicAccessCidrs=${required.join(",")}`)],
      },
    } satisfies Observation;
  }
  for (const each of malformed) {
    yield {
      ...base,
      kind: "unknown",
      message: `the API endpoint of cluster ${name} lets in "${each}", which is no block of addresses`,
      property: `publicAccessCidrs:malformed`,
      decide: "read the cluster again",
    } satisfies Observation;
  }
  if (required === undefined) {
    yield {
      ...base,
      kind: "unknown",
      message: `whether the API endpoint of cluster ${name} lets the control plane in is not known: its addresses were not given`,
      property: "controlPlane",
      decide: "name them with --set controlPlaneCidrs=CIDR,CIDR (the vendor's list of static addresses)",
    } satisfies Observation;
    return;
  }
  for (const [index, each] of required.entries())
    yield* covered(each, index, blocks, shown, base, name, update);
  yield {
    kind: "assessed",
    count: required.length,
    what: "addresses of the control plane",
  } satisfies Observation;
}

function* covered(
  wanted: string,
  index: number,
  blocks: readonly Block[],
  shown: readonly string[],
  base: {
    readonly resource: { readonly type: string; readonly id: string; readonly name: string };
    readonly verify: string;
  },
  name: string,
  update: (change: string) => string,
): Iterable<Observation> {
  const block = blockAround(wanted.includes("/") ? wanted : `${wanted}/${wanted.includes(":") ? 128 : 32}`);
  if (block === undefined) {
    yield {
      ...base,
      kind: "unknown",
      message: `"${wanted}" of controlPlaneCidrs is no block of addresses, such as 203.0.113.7/32`,
      property: `required:${index}`,
      decide: "give --set controlPlaneCidrs=CIDR,CIDR",
    };
    return;
  }
  const outside = firstOutside(block, blocks);
  if (outside === undefined) return;
  yield {
    ...base,
    kind: "drift",
    drift: "absent",
    message: `the API endpoint of cluster ${name} does not let in ${wanted} of the control plane (${outside} for one)`,
    property: `publicAccessCidrs:${wanted}`,
    expected: wanted,
    actual: shown,
    at: `/required/${index}`,
    remediation: {
      text: "Add the control plane's addresses to those that are let in.",
      commands: [update(`publicAccessCidrs=${[...shown, wanted].join(",")}`)],
    },
  };
}

/** The public endpoint of a cluster is on, for the addresses of the control plane and not for the world. */
export const allowList: Check = {
  id: "network/allow-list",
  cloud: "aws",
  title: "A cluster's public endpoint lets in the control plane, and not the world",
  help: `The cluster's API endpoint must be public, must not be open to the world, and the blocks that it lets in must together hold every address of the control plane.

The world is \`0.0.0.0/0\` or \`::/0\`, and whatever blocks together come to that or to every address that somebody on the internet can have (\`2000::/3\`). A cluster for which no blocks were ever given is open to the world. Several blocks that together hold an address block of the control plane let it in.

Addresses that were not given are unknown, never pass: \`--set controlPlaneCidrs=CIDR,CIDR\`.`,
  params: {
    type: "object",
    additionalProperties: false,
    properties: {
      cluster: { type: "string", minLength: 1, description: "name or ARN; absent: the only cluster" },
      required: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "blocks that must be let in; absent: not known, which is unknown",
      },
    },
  },
  needs: () => ["aws/eks-cluster"],
  drifts: {
    changed: {
      short: "The public endpoint is off.",
      help: "The vendor's control plane reaches the cluster by its public endpoint. Turn it on for the control plane's addresses alone.",
    },
    wider: {
      short: "The cluster's endpoint is open to the world.",
      help: "Anybody can try credentials on the API server, and whatever flaw it has is open to everybody. Let in the addresses of the control plane and your own.",
    },
    absent: {
      short: "An address of the control plane is not let in, or the cluster is not there.",
      help: "From that address the control plane cannot reach the cluster. Add the block to `publicAccessCidrs`.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const { cluster: wanted, required } = rawParams as Params;
    const cluster = chosenCluster(facts, wanted);
    if (cluster.kind === "absent") yield absentThing("EKS cluster", cluster.wanted, facts);
    else if (cluster.kind === "unclear") yield cluster.observation;
    else {
      const given = required === undefined || required.length === 0 ? undefined : required;
      yield* judge(cluster.one.body, cluster.one.name, cluster.one.id, given);
    }
  },
};
