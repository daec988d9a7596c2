import type { AllowsOptions, CompareOptions, Comparison, Verdict, Witness } from "../../access/policy.ts";
import { allows, comparePolicies } from "../../access/provider.ts";
import type { Context } from "../context.ts";
import type { RoleHoldings } from "./holdings.ts";

/** The documented documents and what stands against them. */
export interface DocumentSides {
  readonly documented: readonly unknown[];
  readonly live: readonly unknown[];
  /** What cuts the live side; several are one union. */
  readonly boundary?: readonly unknown[];
}

/** Differences made in one run: several controls ask for the same ones. */
const made = new WeakMap<Context["controls"], Map<string, Comparison>>();

/** The difference of two sides, with what the audit knows of AWS's actions. */
export function policyDifferenceOf(sides: DocumentSides, context: Context): Comparison {
  const mine = made.get(context.controls) ?? new Map<string, Comparison>();
  made.set(context.controls, mine);
  const key = JSON.stringify([sides.documented, sides.live, sides.boundary ?? null]);
  const known = mine.get(key);
  if (known !== undefined) return known;
  const difference = comparePolicies("aws", sides.documented, sides.live, {
    ...compareOptions(context),
    ...(sides.boundary === undefined ? {} : { boundary: sides.boundary }),
  });
  mine.set(key, difference);
  return difference;
}

/** Policies that say nothing of principals are a role's. */
function compareOptions(context: Context): CompareOptions {
  return {
    holder: "role",
    ...(context.serviceData === undefined ? {} : { serviceData: context.serviceData }),
  };
}

/** What both sides say to a witness: the runner checks it. */
export function policyReplayOf(
  sides: DocumentSides,
  witness: Witness,
): { documented: Verdict; live: Verdict } {
  const options: AllowsOptions = sides.boundary === undefined ? {} : { boundary: sides.boundary };
  return {
    documented: allows("aws", sides.documented, witness),
    live: allows("aws", sides.live, witness, options),
  };
}

/** A role's policies as a side of a comparison, with its boundary if that is known. */
export function liveSide(holdings: RoleHoldings): Pick<DocumentSides, "live" | "boundary"> {
  return {
    live: holdings.policies.map((p) => p.document),
    ...(holdings.boundary === undefined ? {} : { boundary: [holdings.boundary.document] }),
  };
}
