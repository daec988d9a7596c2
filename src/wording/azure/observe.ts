import type { AzureRequest, Doubt, Residue, Witness } from "../../access/policy.ts";
import type { Drift, Resource } from "../../report/report.ts";
import type { DriftObservation, UnknownObservation } from "../observation.ts";

/** The operation of a witness, with its plane where that is not the usual one. */
export function operation(witness: Witness): string {
  if (!("action" in witness)) return JSON.stringify(witness);
  const plane = (witness as AzureRequest).plane;
  return plane === "data" ? `${witness.action} (data action)` : witness.action;
}

/** Everything of a residue that goes into an observation as it is. */
export function observedRoleResidue(residue: Residue, scope?: string) {
  const placed = (witness: Witness): Witness =>
    scope === undefined || !("plane" in witness) ? witness : { ...(witness as AzureRequest), scope };
  return {
    pattern: residue.pattern,
    except: residue.except,
    ...(residue.plane === undefined ? {} : { plane: residue.plane }),
    witness: placed(residue.witness),
    ...(residue.witnesses === undefined ? {} : { witnesses: residue.witnesses.map(placed) }),
    ...(residue.known === undefined ? {} : { known: residue.known }),
    ...(residue.latent === undefined ? {} : { latent: residue.latent }),
    impact: residue.impact,
  } satisfies Partial<DriftObservation>;
}

/** The property that a residue's finding is about. */
export function permissionProperty(drift: Drift, residue: Pick<Residue, "plane" | "pattern">): string {
  return `${drift}:${residue.plane ?? "control"}:${residue.pattern}`;
}

/** A doubt of the comparison as something not assessed. */
export function observedRoleDoubt(doubt: Doubt, resource: Resource, subject: string): UnknownObservation {
  return {
    kind: "unknown",
    resource,
    message: `${subject}: ${doubt.pattern}: ${doubt.reason}`,
    property: `undecided:${doubt.side}:${doubt.plane ?? "control"}:${doubt.pattern}`,
    pattern: doubt.pattern,
    ...(doubt.plane === undefined ? {} : { plane: doubt.plane }),
    clause: doubt.clause,
    decide: doubt.decide,
  };
}
