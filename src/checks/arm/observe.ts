import type { AzureRequest, CompareOptions, Doubt, Residue, Witness } from "../../access/policy.ts";
import type { Drift, Resource } from "../../report/report.ts";
import type { Context, DriftObservation, UnknownObservation } from "../define.ts";

/** One permission object as Azure writes it. */
export interface Permissions {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

export const ROLE_TYPE = "Microsoft.Authorization/roleDefinitions";
export const ASSIGNMENT_TYPE = "Microsoft.Authorization/roleAssignments";

/** The allow list of each plane, as permission objects name it. */
export const LIST = { control: "actions", data: "dataActions" } as const;

/** JSON Schema of permission objects in a baseline. */
export const PERMISSIONS_SCHEMA = {
  type: "array",
  minItems: 1,
  description: "permission objects, as the role's JSON has them",
  items: {
    type: "object",
    additionalProperties: false,
    properties: {
      profile: { type: "string", description: "only under this profile" },
      actions: { type: "array", items: { type: "string", minLength: 1 } },
      notActions: { type: "array", items: { type: "string", minLength: 1 } },
      dataActions: { type: "array", items: { type: "string", minLength: 1 } },
      notDataActions: { type: "array", items: { type: "string", minLength: 1 } },
    },
  },
} as const;

/** Options of a comparison: the catalogue, when the snapshot has one, and the denies on the live side. */
export function compareOptions(context: Context, denies: readonly unknown[] = []): CompareOptions {
  return {
    ...(context.catalog === undefined ? {} : { catalog: context.catalog.entries }),
    ...(denies.length === 0 ? {} : { denies }),
  };
}

/** How many operations of today a residue holds, as words for a message. */
export function today(residue: Residue): string {
  if (residue.known === undefined) return "";
  if (residue.known.count === 0) return "; no operation that exists today";
  return `; ${residue.known.count} operation${residue.known.count === 1 ? "" : "s"} of today`;
}

/** The operation of a witness, with its plane where that is not the usual one. */
export function operation(witness: Witness): string {
  if (!("action" in witness)) return JSON.stringify(witness);
  const plane = (witness as AzureRequest).plane;
  return plane === "data" ? `${witness.action} (data action)` : witness.action;
}

/** Identifies a residue on its resource. Two residues of one pattern differ in what they leave out. */
export function residueKey(residue: Residue): string {
  const except = [...residue.except].map((e) => e.toLowerCase()).sort();
  return JSON.stringify([residue.plane ?? "", residue.pattern.toLowerCase(), except]);
}

/** Everything of a residue that goes into an observation as it is. */
export function ofResidue(residue: Residue, scope?: string) {
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
export function ofDoubt(doubt: Doubt, resource: Resource, subject: string): UnknownObservation {
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

/** What the holder of an excess can do, as the reason why it matters. */
export const WHY_EXCESS = {
  escalation: "with it the holder can grant itself any permission",
  write: "with it the holder can change things, or read data and secrets, that the document leaves alone",
  read: "with it the holder can read what the document leaves alone",
} as const satisfies Record<Residue["impact"], string>;

/** ` except a, b and 4 more`, for a message; empty when nothing is excepted. */
export function exceptInWords(except: readonly string[]): string {
  if (except.length === 0) return "";
  const shown = except.slice(0, 3).join(", ");
  return except.length <= 3 ? ` except ${shown}` : ` except ${shown} and ${except.length - 3} more`;
}
