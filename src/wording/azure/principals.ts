import type { Principal, Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { type Assignment, principalKindOf } from "../../state/azure/assignment.ts";
import { showAssignments } from "../../state/azure/command.ts";
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

/**
 * Who is audited is a group, or may be one: its members hold what it holds, and more that nobody looked at (AZ6).
 * Somebody named is taken for what the user says until a list says that it is a group.
 */
export function membersUnknown(
  principal: Principal,
  facts: Facts,
  named: boolean,
): UnknownObservation | undefined {
  const kind = principalKindOf(facts, principal.id);
  if (kind === "other" || (named && kind === "untold")) return undefined;
  const what =
    kind === "group"
      ? "is a group: what its members hold besides was not looked at"
      : "may be a group, since no assignment tells its type: what members hold besides was not looked at";
  return {
    kind: "unknown",
    resource: principalResource(principal),
    message: `${principalInWords(principal)} ${what}`,
    property: "members",
    clause: "AZ6",
    decide: "name the vendor's service principal with --principal",
  };
}

/** The lists of assignments disagree about a principal: what only one of them has counts, and one is not whole. */
export function listsDisagree(
  principal: Principal,
  elsewhere: readonly Assignment[],
): UnknownObservation | undefined {
  if (elsewhere.length === 0) return undefined;
  const shown = elsewhere.slice(0, 3).map((a) => a.id);
  const more = elsewhere.length > 3 ? ` and ${elsewhere.length - 3} more` : "";
  return {
    kind: "unknown",
    resource: principalResource(principal),
    message: `the lists of assignments disagree: another list has ${shown.join(", ")}${more}, which the answer for ${principalInWords(principal)} lacks; it counts, and what else that answer lacks is not known`,
    property: "assignments:lists",
    clause: "AZ6",
    decide: "read the assignments of the principal again",
    verify: showAssignments(principal.id),
  };
}
