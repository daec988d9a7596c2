import { awsGrantOf } from "../../access/aws/parts.ts";
import type { AwsRequest, Doubt, Residue, Witness } from "../../access/policy.ts";
import type { Resource } from "../../report/report.ts";
import type { UnknownObservation } from "../observation.ts";
import { exceptInWords } from "../words.ts";

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
export function awsRequestInWords(witness: Witness): string {
  const { action, resource, context } = witness as AwsRequest;
  const on = resource === "*" || resource === undefined ? "" : ` on ${resource}`;
  const keys = Object.entries(context ?? {});
  const where = keys.map(
    ([key, value]) => `${key} is ${typeof value === "string" ? value : value.join(", ")}`,
  );
  return `${action}${on}${where.length === 0 ? "" : `, where ${where.join(" and ")}`}`;
}

/** Identifies a residue on its resource, without anything that was observed beside the pattern itself. */
export function policyResidueProperty(drift: string, residue: Residue): string {
  return [drift, residue.pattern, ...(residue.resources ?? [])].join(":");
}

/** Everything of a residue that goes into an observation as it is. */
export function observedPolicyResidue(residue: Residue) {
  const grant = awsGrantOf(residue);
  // without it, what is held over time and what waivers accept would be the pattern alone
  if (grant === undefined)
    throw new Error(`${residue.pattern}: a difference that does not say what it grants`);
  return {
    pattern: residue.pattern,
    except: residue.except,
    grant,
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
