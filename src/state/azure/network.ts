import type { Facts } from "../../snapshot/facts.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, list, property, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { scopeCovers } from "./scope.ts";

/** A resource as a person names it. */
export interface AzureResource {
  readonly id: string;
  readonly name: string;
  readonly body: unknown;
}

/** The resources of a kind under a scope, by id; of a name, where one is given. */
export function resourcesWithin(
  facts: Facts,
  kind: DocumentKind,
  within: string,
  named?: string,
): readonly AzureResource[] {
  return facts
    .all(kind)
    .map(({ id, body }) => ({
      id: text(field(body, "id")) ?? id,
      name: text(field(body, "name")) ?? id,
      body,
    }))
    .filter(({ id }) => scopeCovers(within, id))
    .filter(({ name }) => named === undefined || name.toLowerCase() === named.toLowerCase())
    .sort((a, b) => byText(a.id.toLowerCase(), b.id.toLowerCase()));
}

/** The network of a subnet's id, lower case; undefined for what is no subnet's id. */
export function networkOf(subnet: string): string | undefined {
  return /^(\/.+\/virtualnetworks\/[^/]+)\/subnets\/[^/]+\/?$/.exec(subnet.toLowerCase())?.[1];
}

/** A node pool, with the subnet that it sits in; without one it sits in a network that the service made by itself. */
export interface Pool {
  readonly name: string;
  readonly subnet?: string;
}

/** The node pools of a cluster; undefined when the document has no list of them. */
export function poolsOf(cluster: AzureResource): readonly Pool[] | undefined {
  return list(property(cluster.body, "agentPoolProfiles"))?.map((pool) => {
    const subnet = text(field(pool, "vnetSubnetID"));
    return { name: text(field(pool, "name")) ?? "", ...(subnet === undefined ? {} : { subnet }) };
  });
}

/** The subnet that a database server is put into. */
export function delegatedSubnet(server: AzureResource): string | undefined {
  return text(field(property(server.body, "network"), "delegatedSubnetResourceId"));
}

/** The services to which a subnet of the network is delegated; undefined when the network has no such subnet. */
export function delegationsOf(network: AzureResource, subnet: string): readonly string[] | undefined {
  const own = (list(property(network.body, "subnets")) ?? []).find(
    (each) => text(field(each, "id"))?.toLowerCase() === subnet.toLowerCase(),
  );
  if (own === undefined) return undefined;
  return (list(property(own, "delegations")) ?? []).flatMap(
    (each) => text(property(each, "serviceName")) ?? [],
  );
}
