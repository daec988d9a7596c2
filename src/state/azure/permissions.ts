import type { CompareOptions, Residue } from "../../access/policy.ts";
import type { Context } from "../context.ts";

/** One permission object as Azure writes it. */
export interface Permissions {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

export const ROLE_DEFINITION_TYPE = "Microsoft.Authorization/roleDefinitions";
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

/** Identifies a residue on its resource. Two residues of one pattern differ in what they leave out. */
export function residueKey(residue: Residue): string {
  const except = [...residue.except].map((e) => e.toLowerCase()).sort();
  return JSON.stringify([residue.plane ?? "", residue.pattern.toLowerCase(), except]);
}
