import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { databases, kafkas, type NamedResource, ownDatabases, ownKafkas } from "../../state/aws/home.ts";
import { taggedName } from "../../state/aws/tags.ts";
import { command } from "../../text/command.ts";
import { byText } from "../../text/order.ts";
import type { DriftObservation, UnknownObservation } from "../observation.ts";

/** One thing out of several: the one given, else the only one; or why it cannot be told, or that it is not there. */
export type Chosen<T> =
  | { readonly kind: "one"; readonly one: T }
  | { readonly kind: "absent"; readonly wanted: string }
  | { readonly kind: "unclear"; readonly observation: UnknownObservation };

const THINGS = {
  VPC: {
    ...{ type: "AWS::EC2::VPC", property: "vpc", at: "/vpcId", name: "vpcId=ID" },
    list: ["ec2", "describe-vpcs"],
  },
  "EKS cluster": {
    ...{ type: "AWS::EKS::Cluster", property: "cluster", at: "/cluster", name: "cluster=NAME" },
    list: ["eks", "list-clusters"],
  },
  "PostgreSQL instance": {
    ...{ type: "AWS::RDS::DBInstance", property: "database", at: "/instance", name: "databaseInstance=NAME" },
    list: ["rds", "describe-db-instances"],
  },
  "MSK cluster": {
    ...{ type: "AWS::MSK::Cluster", property: "kafka", at: "/kafka", name: "kafkaCluster=NAME" },
    list: ["kafka", "list-clusters-v2"],
  },
} as const;

type Thing = keyof typeof THINGS;

/** The type of the resource, as AWS calls it. */
export function typeOf(what: Thing): string {
  return THINGS[what].type;
}

function unclear(what: Thing, facts: Facts, message: string, decide: string | undefined): Chosen<never> {
  const { type, property } = THINGS[what];
  return {
    kind: "unclear",
    observation: {
      kind: "unknown",
      resource: { type, id: facts.scope, name: what },
      message,
      property,
      ...(decide === undefined ? { empty: true } : { decide }),
    },
  };
}

/** The drift of a thing that was named and is not there. */
export function absentThing(what: Thing, wanted: string, facts: Facts): DriftObservation {
  const { type, property, at, list, name } = THINGS[what];
  return {
    kind: "drift",
    drift: "absent",
    resource: { type, id: wanted, name: wanted },
    message: `there is no ${what}${wanted === what ? "" : ` ${wanted}`} in ${facts.scope}`,
    property,
    expected: wanted,
    actual: null,
    at,
    verify: command("aws", ...list),
    remediation: { text: `Name the deployment's ${what} with --set ${name}, or its region.`, commands: [] },
  };
}

function foundOf(facts: Facts, kind: "aws/vpc" | "aws/eks-cluster"): readonly NamedResource[] {
  return facts
    .all(kind)
    .map(({ id, body }) => ({ id, name: text(field(body, "name")) ?? taggedName(body, id), body }))
    .sort((a, b) => byText(a.id, b.id));
}

/** The EKS cluster that a control is about: by name or ARN, else the only one. */
export function chosenCluster(facts: Facts, wanted: string | undefined): Chosen<NamedResource> {
  const all = foundOf(facts, "aws/eks-cluster");
  if (wanted !== undefined) {
    const one = all.find((c) => c.id === wanted || c.name === wanted);
    return one === undefined ? { kind: "absent", wanted } : { kind: "one", one };
  }
  const [only, second] = all;
  if (only === undefined) {
    return unclear("EKS cluster", facts, `no EKS cluster in ${facts.scope}: nothing to assess`, undefined);
  }
  if (second === undefined) return { kind: "one", one: only };
  const names = all.map((c) => c.name).join(", ");
  return unclear(
    "EKS cluster",
    facts,
    `which EKS cluster is meant is not told: there are ${names}`,
    "name one with --set cluster=NAME",
  );
}

function vpcOf(cluster: unknown): string | undefined {
  return text(field(field(cluster, "resourcesVpcConfig"), "vpcId"));
}

/**
 * The VPC that a control is about: by id; else that of the EKS cluster, the one named or the only one; else the only one
 * beside the default VPC, which every region has and which counts where a cluster lies in it.
 */
export function chosenVpc(
  facts: Facts,
  wanted: string | undefined,
  ofCluster?: string,
): Chosen<NamedResource> {
  const all = foundOf(facts, "aws/vpc");
  if (wanted !== undefined) {
    const one = all.find((v) => v.id === wanted);
    return one === undefined ? { kind: "absent", wanted } : { kind: "one", one };
  }
  const cluster = chosenCluster(facts, ofCluster);
  if (cluster.kind === "absent") {
    const message = `which VPC is the deployment's is not told: there is no EKS cluster ${cluster.wanted} in ${facts.scope}`;
    return unclear("VPC", facts, message, "name the cluster as it is called, or its VPC with --set vpcId=ID");
  }
  if (cluster.kind === "one") {
    const id = vpcOf(cluster.one.body);
    const one = all.find((v) => v.id === id);
    if (one !== undefined) return { kind: "one", one };
    // Another VPC than the cluster's would be judged in its place.
    if (id !== undefined) {
      const message = `EKS cluster ${cluster.one.name} lies in VPC ${id}, which is not among those of ${facts.scope}`;
      return unclear("VPC", facts, message, "name the deployment's VPC with --set vpcId=ID, or its region");
    }
  }
  const lived = new Set(facts.all("aws/eks-cluster").map(({ body }) => vpcOf(body)));
  const own = all.filter((v) => field(v.body, "IsDefault") !== true || lived.has(v.id));
  const [only, second] = own;
  if (only === undefined) {
    return unclear(
      "VPC",
      facts,
      `no VPC beside the default one in ${facts.scope}: nothing to assess`,
      undefined,
    );
  }
  if (second === undefined) return { kind: "one", one: only };
  const names = own.map((v) => (v.name === v.id ? v.id : `${v.id} (${v.name})`)).join(", ");
  return unclear(
    "VPC",
    facts,
    `which VPC is the deployment's is not told: there are ${names}`,
    "name one with --set vpcId=ID",
  );
}

function onlyOf(what: Thing, all: readonly NamedResource[], facts: Facts): Chosen<NamedResource> {
  const [only, second] = all;
  if (only === undefined) return { kind: "absent", wanted: what };
  if (second === undefined) return { kind: "one", one: only };
  const names = all.map((each) => each.name).join(", ");
  return unclear(
    what,
    facts,
    `which ${what} is the deployment's is not told: there are ${names}`,
    `name one with --set ${THINGS[what].name}`,
  );
}

function namedOf(all: readonly NamedResource[], wanted: string): Chosen<NamedResource> {
  const key = wanted.toLowerCase();
  const one = all.find((each) => each.id === wanted || each.name.toLowerCase() === key);
  return one === undefined ? { kind: "absent", wanted } : { kind: "one", one };
}

/**
 * The PostgreSQL instance that a control is about: by identifier or ARN, else the only one of the VPC by its subnet group,
 * else the only one. None at all is absent: the list of instances was read.
 */
export function chosenDatabase(facts: Facts, wanted: string | undefined): Chosen<NamedResource> {
  if (wanted !== undefined) return namedOf(databases(facts), wanted);
  return onlyOf("PostgreSQL instance", ownDatabases(facts), facts);
}

/** The MSK cluster that a control is about: by name or ARN, else the only one of the VPC by its subnets, else the only one. */
export function chosenKafka(facts: Facts, wanted: string | undefined): Chosen<NamedResource> {
  if (wanted !== undefined) return namedOf(kafkas(facts), wanted);
  return onlyOf("MSK cluster", ownKafkas(facts), facts);
}
