import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { type Block, blockAround, parseBlock, worldIn } from "./block.ts";
import { taggedName } from "./tags.ts";

export interface Subnet {
  readonly id: string;
  readonly name: string;
  /** As EC2 wrote it. */
  readonly cidr: string;
  readonly block: Block | undefined;
  /** It has addresses of version 6 alone: then it has no block of version 4, and `block` is one of its own. */
  readonly onlySix: boolean;
  /** The zone's letter: `a` of eu-west-1a; empty where the zone did not come. */
  readonly zone: string;
  /** Whether a route leads to an internet gateway; `undefined` where no route table of the VPC was collected. */
  readonly open: boolean | undefined;
  /** Of one that is open: all of the internet of version 4 is reached by that gateway. */
  readonly reaches: boolean;
}

interface Routes {
  readonly subnets: ReadonlySet<string>;
  readonly main: boolean;
  readonly open: boolean;
  readonly reaches: boolean;
}

function routesOf(body: unknown): Routes {
  const associations = list(field(body, "Associations")) ?? [];
  const out = (list(field(body, "Routes")) ?? []).filter(
    (r) => (text(field(r, "GatewayId")) ?? "").startsWith("igw-") && field(r, "State") !== "blackhole",
  );
  const blocks = out.flatMap((r) => blockAround(text(field(r, "DestinationCidrBlock")) ?? "") ?? []);
  return {
    subnets: new Set(associations.flatMap((a) => text(field(a, "SubnetId")) ?? [])),
    main: associations.some((a) => field(a, "Main") === true),
    open: out.length > 0,
    reaches: worldIn(blocks)?.family === 4,
  };
}

/** The zone's letter, which differs from account to account as little as the plan says: the end of the zone's name. */
function letterOf(zone: string, region: string): string {
  return zone.startsWith(region) ? zone.slice(region.length) : zone.slice(-1);
}

/** The blocks of version 6 that a subnet or a VPC has. */
function blocksOfSix(body: unknown): readonly string[] {
  return (list(field(body, "Ipv6CidrBlockAssociationSet")) ?? []).flatMap((a) => {
    const state = text(field(field(a, "Ipv6CidrBlockState"), "State")) ?? "associated";
    const block = text(field(a, "Ipv6CidrBlock"));
    return block === undefined || !state.startsWith("associat") ? [] : [block];
  });
}

/** The subnets of a VPC, by address. A subnet without a route table of its own has the VPC's main one. */
export function subnetsOf(facts: Facts, vpc: string): readonly Subnet[] {
  const region = facts.scope.slice(facts.scope.indexOf("/") + 1);
  const tables = facts
    .all("aws/route-table")
    .filter(({ body }) => field(body, "VpcId") === vpc)
    .map(({ body }) => routesOf(body));
  return facts
    .all("aws/subnet")
    .filter(({ body }) => field(body, "VpcId") === vpc)
    .map(({ id, body }): Subnet => {
      const four = text(field(body, "CidrBlock"));
      const six = four === undefined ? blocksOfSix(body)[0] : undefined;
      const cidr = four ?? six ?? "";
      const table = tables.find((t) => t.subnets.has(id)) ?? tables.find((t) => t.main);
      return {
        id,
        name: taggedName(body, id),
        cidr,
        block: parseBlock(cidr),
        onlySix: six !== undefined,
        zone: letterOf(text(field(body, "AvailabilityZone")) ?? "", region),
        open: table?.open,
        reaches: table?.reaches ?? false,
      };
    })
    .sort((a, b) => byText(a.zone, b.zone) || byText(a.cidr, b.cidr) || byText(a.id, b.id));
}

/** The IPv4 blocks of a VPC, the first one first, as EC2 wrote them; those being taken away are left out. */
export function vpcBlocks(body: unknown): readonly string[] {
  const first = text(field(body, "CidrBlock"));
  const more = (list(field(body, "CidrBlockAssociationSet")) ?? []).flatMap((a) => {
    const state = text(field(field(a, "CidrBlockState"), "State")) ?? "associated";
    const block = text(field(a, "CidrBlock"));
    return block === undefined || !state.startsWith("associat") ? [] : [block];
  });
  return [...new Set([...(first === undefined ? [] : [first]), ...more])];
}
