import type {
  AllowsOptions,
  AwsRequest,
  CompareOptions,
  Comparison,
  Doubt,
  Residue,
  Verdict,
  Witness,
} from "../../access/policy.ts";
import { allows, comparePolicies } from "../../access/provider.ts";
import type { Resource } from "../../report/report.ts";
import { exceptInWords } from "../arm/observe.ts";
import type { Context, UnknownObservation } from "../define.ts";
import type { Holdings } from "./holdings.ts";

/** The documented documents and what stands against them. */
export interface Sides {
  readonly documented: readonly unknown[];
  readonly live: readonly unknown[];
  /** What cuts the live side; several are one union. */
  readonly boundary?: readonly unknown[];
}

/** Differences made in one run: several controls ask for the same ones. */
const made = new WeakMap<Context["controls"], Map<string, Comparison>>();

/** The difference of two sides, with what the audit knows of AWS's actions. */
export function differenceOf(sides: Sides, context: Context): Comparison {
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

function compareOptions(context: Context): CompareOptions {
  return context.serviceData === undefined ? {} : { serviceData: context.serviceData };
}

/** What both sides say to a witness: the runner checks it. */
export function replayOf(sides: Sides, witness: Witness): { documented: Verdict; live: Verdict } {
  const options: AllowsOptions = sides.boundary === undefined ? {} : { boundary: sides.boundary };
  return {
    documented: allows("aws", sides.documented, witness),
    live: allows("aws", sides.live, witness, options),
  };
}

/** A role's policies as a side of a comparison, with its boundary if that is known. */
export function liveSide(holdings: Holdings): Pick<Sides, "live" | "boundary"> {
  return {
    live: holdings.policies.map((p) => p.document),
    ...(holdings.boundary === undefined ? {} : { boundary: [holdings.boundary.document] }),
  };
}

/** ` on arn:…, arn:… and 3 more`; empty where any resource is meant. */
function resourcesInWords(residue: Residue): string {
  const all = residue.resources ?? [];
  if (all.length === 0 || (all.length === 1 && all[0] === "*")) return "";
  const shown = all.slice(0, 2).join(", ");
  return ` on ${shown}${all.length > 2 ? ` and ${all.length - 2} more` : ""}`;
}

/** The grant as a person reads it: actions and resources. */
export function grantInWords(residue: Residue): string {
  return `${residue.pattern}${resourcesInWords(residue)}`;
}

/** The difference as a person reads it: actions, except, resources, conditions. */
export function inWords(residue: Residue): string {
  const where =
    residue.conditions === undefined || residue.conditions === "" ? "" : ` where ${residue.conditions}`;
  const ambiguous =
    residue.ambiguous === true
      ? " (ambiguous: a resource pattern names others if its star does not cross a colon)"
      : "";
  return `${residue.pattern}${exceptInWords(residue.except)}${resourcesInWords(residue)}${where}${ambiguous}`;
}

/** A request for a sentence: `s3:GetObject on arn:…, where aws:SourceIp is 1.2.3.4`. */
export function requestInWords(witness: Witness): string {
  const { action, resource, context } = witness as AwsRequest;
  const on = resource === "*" || resource === undefined ? "" : ` on ${resource}`;
  const keys = Object.entries(context ?? {});
  const where = keys.map(
    ([key, value]) => `${key} is ${typeof value === "string" ? value : value.join(", ")}`,
  );
  return `${action}${on}${where.length === 0 ? "" : `, where ${where.join(" and ")}`}`;
}

/** Identifies a residue on its resource, without anything that was observed beside the pattern itself. */
export function residueProperty(drift: string, residue: Residue): string {
  return [drift, residue.pattern, ...(residue.resources ?? [])].join(":");
}

/** Everything of a residue that goes into an observation as it is. */
export function ofResidue(residue: Residue) {
  return {
    pattern: residue.pattern,
    except: residue.except,
    witness: residue.witness,
    ...(residue.witnesses === undefined ? {} : { witnesses: residue.witnesses }),
    ...(residue.known === undefined ? {} : { known: residue.known }),
    ...(residue.latent === undefined ? {} : { latent: residue.latent }),
    impact: residue.impact,
  };
}

/**
 * Doubts of one side of a comparison as things not assessed: one for each reason and action, however many resources it
 * is left open on.
 */
export function ofDoubts(
  doubts: readonly Doubt[],
  side: Doubt["side"] | "both",
  resource: Resource,
  subject: string,
): readonly UnknownObservation[] {
  const groups = new Map<string, Doubt[]>();
  for (const doubt of doubts) {
    if (side !== "both" && doubt.side !== side) continue;
    const [action = ""] = doubt.pattern.split(" on ");
    const key = JSON.stringify([doubt.side, action, doubt.clause, doubt.reason, doubt.decide]);
    groups.set(key, [...(groups.get(key) ?? []), doubt]);
  }
  return [...groups.values()].flatMap((group): UnknownObservation[] => {
    const [first] = group;
    if (first === undefined) return [];
    const more = group.length === 1 ? "" : ` and on ${group.length - 1} more`;
    return [
      {
        kind: "unknown",
        resource,
        message: `${subject}: ${first.pattern}${more}: ${first.reason}`,
        property: `undecided:${first.side}:${first.pattern}`,
        pattern: first.pattern,
        clause: first.clause,
        decide: first.decide,
      },
    ];
  });
}
