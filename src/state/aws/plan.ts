import { type Block, containsBlock, moved, overlaps, parseBlock, sameBlock } from "./block.ts";

interface Zone {
  readonly zone: string;
  readonly private: string;
  readonly public: string;
}

/** A plan of address blocks as a baseline writes it. */
export interface PlanParams {
  readonly vpc: string;
  readonly zones: readonly Zone[];
  readonly instead?: {
    readonly vpc?: string;
    readonly zones?: readonly string[];
    readonly private?: readonly string[];
    readonly public?: readonly string[];
  };
}

export type SubnetSide = "private" | "public";

/** A subnet that is planned. */
export interface Planned {
  readonly zone: string;
  readonly side: SubnetSide;
  readonly block: Block;
  /** Where in `with` it is written. */
  readonly at: string;
}

export interface Plan {
  readonly vpc: Block;
  readonly vpcAt: string;
  readonly subnets: readonly Planned[];
}

const SIDES = ["private", "public"] as const;

/** A parameter that may be one text, as a list. */
function texts(value: readonly string[] | undefined): readonly string[] | undefined {
  return value === undefined || value.length === 0 ? undefined : value;
}

/** The plan with the blocks that were given instead; or what is wrong with those. */
export function subnetPlanOf(params: PlanParams): Plan | string {
  const instead = params.instead ?? {};
  const usual = parseBlock(params.vpc);
  const vpc = instead.vpc === undefined ? usual : parseBlock(instead.vpc);
  if (usual === undefined || vpc === undefined) return `${instead.vpc ?? params.vpc} is no address block`;
  const letters =
    texts(instead.zones) ??
    (texts(instead.private) ?? texts(instead.public) ?? params.zones).map(
      (_, i) => params.zones[i]?.zone ?? String.fromCharCode("a".charCodeAt(0) + i),
    );
  const subnets: Planned[] = [];
  for (const side of SIDES) {
    const given = texts(instead[side]);
    if (given !== undefined && given.length !== letters.length) {
      return `${given.length} ${side} blocks are given for ${letters.length} zones (${letters.join(", ")})`;
    }
    for (const [i, zone] of letters.entries()) {
      const own = given?.[i];
      const usualBlock = params.zones[i]?.[side];
      const block = own === undefined ? blockOf(usualBlock, usual, vpc) : parseBlock(own);
      if (block === undefined) {
        return own === undefined
          ? `no ${side} block for zone ${zone} follows from the plan in ${vpc.text}`
          : `${own} is no address block`;
      }
      subnets.push({ zone, side, block, at: own === undefined ? `/zones/${i}/${side}` : `/instead/${side}` });
    }
  }
  const wrong = contradiction(vpc, subnets);
  return wrong ?? { vpc, vpcAt: instead.vpc === undefined ? "/vpc" : "/instead/vpc", subnets };
}

/** A block of the usual plan, at the same place of another VPC. */
function blockOf(text: string | undefined, usual: Block, vpc: Block): Block | undefined {
  const block = text === undefined ? undefined : parseBlock(text);
  if (block === undefined || sameBlock(usual, vpc)) return block;
  return moved(block, usual, vpc);
}

function contradiction(vpc: Block, subnets: readonly Planned[]): string | undefined {
  for (const [i, a] of subnets.entries()) {
    if (!containsBlock(vpc, a.block))
      return `the planned ${a.block.text} lies outside the planned VPC ${vpc.text}`;
    const other = subnets.slice(i + 1).find((b) => overlaps(a.block, b.block));
    if (other !== undefined) return `the planned ${a.block.text} and ${other.block.text} overlap`;
  }
  return undefined;
}
