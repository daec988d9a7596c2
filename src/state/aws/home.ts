import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";

/** A resource with the name by which people know it. */
export interface NamedResource {
  readonly id: string;
  readonly name: string;
  readonly body: unknown;
}

/** Id of the deployment's VPC where it is the only EKS cluster's, or the only one beside the default. */
export function homeVpc(facts: Facts): string | undefined {
  const clusters = facts.all("aws/eks-cluster");
  const [cluster] = clusters;
  if (clusters.length === 1) return text(field(field(cluster?.body, "resourcesVpcConfig"), "vpcId"));
  const own = facts.all("aws/vpc").filter(({ body }) => field(body, "IsDefault") !== true);
  return clusters.length === 0 && own.length === 1 ? own[0]?.id : undefined;
}

/** Of several, those in the deployment's VPC, where that can be told and any is. */
function atHome(all: readonly NamedResource[], facts: Facts, vpcsOf: (body: unknown) => readonly string[]) {
  const vpc = all.length < 2 ? undefined : homeVpc(facts);
  const inside = vpc === undefined ? [] : all.filter(({ body }) => vpcsOf(body).includes(vpc));
  return inside.length > 0 ? inside : all;
}

const byId = (a: NamedResource, b: NamedResource) => byText(a.id, b.id);

/** Every PostgreSQL instance. */
export function databases(facts: Facts): readonly NamedResource[] {
  return facts
    .all("aws/db-instance")
    .filter(({ body }) => /^(?:aurora-)?postgres/.test(text(field(body, "Engine")) ?? ""))
    .map(({ id, body }) => ({ id, name: text(field(body, "DBInstanceIdentifier")) ?? id, body }))
    .sort(byId);
}

/** The name of the instance that this one is a copy of to read from; `undefined` where it is none. */
const sourceOf = (body: unknown) => text(field(body, "ReadReplicaSourceDBInstanceIdentifier"));

/**
 * The PostgreSQL instances of the deployment's VPC by their subnet group; all, where none or no VPC is told. A read
 * replica of one of them is not another database.
 */
export function ownDatabases(facts: Facts): readonly NamedResource[] {
  const all = databases(facts);
  const own = all.filter(
    ({ body }) => !all.some(({ id, name }) => [id, name].includes(sourceOf(body) ?? "")),
  );
  return atHome(own, facts, (body) => [text(field(field(body, "DBSubnetGroup"), "VpcId")) ?? ""]);
}

/** Every MSK cluster. */
export function kafkas(facts: Facts): readonly NamedResource[] {
  return facts
    .all("aws/msk-cluster")
    .map(({ id, body }) => ({ id, name: text(field(body, "ClusterName")) ?? id, body }))
    .sort(byId);
}

/** The MSK clusters of the deployment's VPC by the brokers' subnets; all, where none or no VPC is told. */
export function ownKafkas(facts: Facts): readonly NamedResource[] {
  const vpcs = new Map(facts.all("aws/subnet").map(({ id, body }) => [id, text(field(body, "VpcId")) ?? ""]));
  return atHome(kafkas(facts), facts, (body) => brokerSubnets(body).map((id) => vpcs.get(id) ?? ""));
}

/** The subnets in which the brokers of a provisioned cluster lie. */
export function brokerSubnets(body: unknown): readonly string[] {
  const group = field(field(body, "Provisioned"), "BrokerNodeGroupInfo");
  return (list(field(group, "ClientSubnets")) ?? []).flatMap((subnet) => text(subnet) ?? []);
}
