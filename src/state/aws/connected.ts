import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";

/** By what one VPC can route to another: it is the same, a peering connection, or a transit gateway. */
export type Way =
  | { readonly by: "same VPC" }
  | { readonly by: "peering" | "transit gateway"; readonly id: string };

/**
 * A way between two VPCs, as far as connections tell; routes, and what an appliance does in between, are not looked at.
 * `undefined`: none is known, which does not mean that there is none (a VPN, another account's gateway).
 */
export function wayBetween(facts: Facts, one: string, other: string): Way | undefined {
  if (one === other) return { by: "same VPC" };
  for (const { id, body } of facts.all("aws/vpc-peering")) {
    const ends = ["RequesterVpcInfo", "AccepterVpcInfo"].map((end) => text(field(field(body, end), "VpcId")));
    const active = text(field(field(body, "Status"), "Code")) === "active";
    if (active && ends.includes(one) && ends.includes(other)) return { by: "peering", id };
  }
  const gateways = (vpc: string) =>
    facts
      .all("aws/transit-attachment")
      .filter(({ body }) => field(body, "VpcId") === vpc && field(body, "State") === "available")
      .flatMap(({ body }) => text(field(body, "TransitGatewayId")) ?? []);
  const shared = gateways(one).find((id) => gateways(other).includes(id));
  return shared === undefined ? undefined : { by: "transit gateway", id: shared };
}
