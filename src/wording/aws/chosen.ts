import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { nameOf } from "../../state/aws/tags.ts";
import { command } from "../../text/command.ts";
import { byText } from "../../text/order.ts";
import type { DriftObservation, UnknownObservation } from "../observation.ts";

/** One thing out of several: the one given, else the only one; or why it cannot be told, or that it is not there. */
export type Chosen<T> =
  | { readonly kind: "one"; readonly one: T }
  | { readonly kind: "absent"; readonly wanted: string }
  | { readonly kind: "unclear"; readonly observation: UnknownObservation };

export interface Found {
  readonly id: string;
  readonly name: string;
  readonly body: unknown;
}

const VPC = "AWS::EC2::VPC";
const CLUSTER = "AWS::EKS::Cluster";

function unclear(type: string, facts: Facts, message: string, decide: string | undefined): Chosen<never> {
  return {
    kind: "unclear",
    observation: {
      kind: "unknown",
      resource: { type, id: facts.scope, name: type === VPC ? "VPC" : "EKS cluster" },
      message,
      property: type === VPC ? "vpc" : "cluster",
      ...(decide === undefined ? { empty: true } : { decide }),
    },
  };
}

const THINGS = {
  VPC: { type: VPC, property: "vpc", at: "/vpcId", list: ["ec2", "describe-vpcs"], name: "vpcId=ID" },
  "EKS cluster": {
    ...{ type: CLUSTER, property: "cluster", at: "/cluster", list: ["eks", "list-clusters"] },
    name: "cluster=NAME",
  },
} as const;

/** The drift of a thing that was named and is not there. */
export function absentThing(what: keyof typeof THINGS, wanted: string, facts: Facts): DriftObservation {
  const { type, property, at, list, name } = THINGS[what];
  return {
    kind: "drift",
    drift: "absent",
    resource: { type, id: wanted, name: wanted },
    message: `there is no ${what} ${wanted} in ${facts.scope}`,
    property,
    expected: wanted,
    actual: null,
    at,
    verify: command("aws", ...list),
    remediation: { text: `Name the deployment's ${what} with --set ${name}, or its region.`, commands: [] },
  };
}

function foundOf(facts: Facts, kind: "aws/vpc" | "aws/eks-cluster"): readonly Found[] {
  return facts
    .all(kind)
    .map(({ id, body }) => ({ id, name: text(field(body, "name")) ?? nameOf(body, id), body }))
    .sort((a, b) => byText(a.id, b.id));
}

/** The EKS cluster that a control is about: by name or ARN, else the only one. */
export function chosenCluster(facts: Facts, wanted: string | undefined): Chosen<Found> {
  const all = foundOf(facts, "aws/eks-cluster");
  if (wanted !== undefined) {
    const one = all.find((c) => c.id === wanted || c.name === wanted);
    return one === undefined ? { kind: "absent", wanted } : { kind: "one", one };
  }
  const [only, second] = all;
  if (only === undefined) {
    return unclear(CLUSTER, facts, `no EKS cluster in ${facts.scope}: nothing to assess`, undefined);
  }
  if (second === undefined) return { kind: "one", one: only };
  const names = all.map((c) => c.name).join(", ");
  return unclear(
    CLUSTER,
    facts,
    `which EKS cluster is meant is not told: there are ${names}`,
    "name one with --set cluster=NAME",
  );
}

/**
 * The VPC that a control is about: by id; else that of the only EKS cluster; else the only one beside the default VPC,
 * which every region has.
 */
export function chosenVpc(facts: Facts, wanted: string | undefined): Chosen<Found> {
  const all = foundOf(facts, "aws/vpc");
  if (wanted !== undefined) {
    const one = all.find((v) => v.id === wanted);
    return one === undefined ? { kind: "absent", wanted } : { kind: "one", one };
  }
  const cluster = chosenCluster(facts, undefined);
  if (cluster.kind === "one") {
    const id = text(field(field(cluster.one.body, "resourcesVpcConfig"), "vpcId"));
    const one = all.find((v) => v.id === id);
    if (one !== undefined) return { kind: "one", one };
    // Another VPC than the cluster's would be judged in its place.
    if (id !== undefined) {
      const message = `EKS cluster ${cluster.one.name} lies in VPC ${id}, which is not among those of ${facts.scope}`;
      return unclear(VPC, facts, message, "name the deployment's VPC with --set vpcId=ID, or its region");
    }
  }
  const own = all.filter((v) => field(v.body, "IsDefault") !== true);
  const [only, second] = own;
  if (only === undefined) {
    return unclear(
      VPC,
      facts,
      `no VPC beside the default one in ${facts.scope}: nothing to assess`,
      undefined,
    );
  }
  if (second === undefined) return { kind: "one", one: only };
  const names = own.map((v) => (v.name === v.id ? v.id : `${v.id} (${v.name})`)).join(", ");
  return unclear(
    VPC,
    facts,
    `which VPC is the deployment's is not told: there are ${names}`,
    "name one with --set vpcId=ID",
  );
}
