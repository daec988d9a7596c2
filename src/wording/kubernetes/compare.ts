import type { Doubt, KubernetesRequest, Residue, VoidGrant, Witness } from "../../access/policy.ts";
import type { Resource } from "../../report/report.ts";
import type { UnknownObservation } from "../observation.ts";
import { exceptInWords } from "../words.ts";

/** Patterns of a kind that a sentence names. */
const SHOWN = 4;

/** Everything of a residue that goes into an observation as it is. */
export function observedRuleResidue(residue: Residue) {
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

/** A pattern for a sentence that says the namespace itself. */
export function patternIn(pattern: string, namespace: string | undefined): string {
  const end = ` -n ${namespace ?? ""}`;
  return namespace !== undefined && pattern.endsWith(end) ? pattern.slice(0, -end.length) : pattern;
}

/** A residue's pattern and what is left out of it, for a sentence that says the namespace itself. */
export function residueIn(residue: Residue, namespace: string | undefined): string {
  const except = residue.except.map((pattern) => patternIn(pattern, namespace));
  return `${patternIn(residue.pattern, namespace)}${exceptInWords(except)}`;
}

/** Grants that have no effect, for a sentence: the first few, and why. */
export function voidInWords(grants: readonly VoidGrant[], namespace: string | undefined): string {
  const patterns = grants.map((v) => patternIn(v.pattern, namespace));
  const more = patterns.length > SHOWN ? ` and ${patterns.length - SHOWN} more` : "";
  const whys = [...new Set(grants.map((v) => v.why))].join("; ");
  return `${patterns.slice(0, SHOWN).join("; ")}${more} (${whys})`;
}

/** The property that a residue's finding is about. Two residues of one pattern differ in what they leave out. */
export function ruleResidueProperty(drift: string, residue: Residue, place = ""): string {
  const except = [...residue.except].sort();
  return JSON.stringify([drift, place, residue.pattern, ...except]);
}

/** A request in words: `get pods/log named x in namespace y`, `get /metrics`. */
export function ruleRequestInWords(witness: Witness): string {
  const request = witness as KubernetesRequest;
  if ("url" in request) return `${request.verb} ${request.url}`;
  const resource =
    request.subresource === undefined ? request.resource : `${request.resource}/${request.subresource}`;
  return (
    `${request.verb} ${resource}${request.group === "" ? "" : `.${request.group}`}` +
    `${request.name === undefined ? "" : ` named ${request.name}`}` +
    `${request.namespace === undefined ? "" : ` in namespace ${request.namespace}`}`
  );
}

/** A doubt of the comparison as something not assessed. */
export function observedRuleDoubt(
  doubt: Doubt,
  resource: Resource,
  subject: string,
  place = "",
): UnknownObservation {
  return {
    kind: "unknown",
    resource,
    message: `${subject}: ${doubt.pattern}: ${doubt.reason}`,
    property: JSON.stringify(["undecided", doubt.side, place, doubt.pattern]),
    pattern: doubt.pattern,
    clause: doubt.clause,
    decide: doubt.decide,
  };
}
