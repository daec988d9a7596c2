import type { Principal, Resource } from "../../report/report.ts";
import type { Context } from "../../state/context.ts";
import type { UnknownObservation } from "../observation.ts";

/** JSON Schema of the parameter that names whom a control is about. */
export const PRINCIPAL_SCHEMA = {
  type: "string",
  minLength: 1,
  description: "object id; absent: the principals audited",
} as const;

/** Whom a control is about: the principal that it names, else those audited. */
export function audited(principal: string | undefined, context: Context): readonly Principal[] {
  if (principal === undefined) return context.principals;
  const known = context.principals.find((p) => p.id.toLowerCase() === principal.toLowerCase());
  return [known ?? { id: principal }];
}

/** A principal as the resource of a finding. */
export function principalResource(principal: Principal): Resource {
  return { type: "principal", id: principal.id, name: principal.name ?? principal.id };
}

/** A principal for a sentence: its name, if it has one, and its id. */
export function principalInWords(principal: Principal): string {
  return principal.name === undefined ? `principal ${principal.id}` : `${principal.name} (${principal.id})`;
}

/** Nobody can be told to audit. */
export function nobodyKnown(reason: string, scope: string): UnknownObservation {
  return {
    kind: "unknown",
    resource: { type: "principal", id: scope, name: "principal to audit" },
    message: reason,
    property: "principal",
    decide: "name the principal with --principal",
  };
}
