import type { Cause } from "../../report/report.ts";
import { giver } from "../../state/azure/assignment.ts";
import { deleteAssignment } from "../../state/azure/command.ts";
import { missingOf } from "../../state/azure/effective.ts";
import { type AssignmentGrant, type Compare, comparer, type State } from "../../state/azure/holdings.ts";
import { residueKey } from "../../state/azure/permissions.ts";
import type { ScopedResidue } from "../../state/azure/rows.ts";
import type { EligibleCase } from "./eligible.ts";

/** Whether a role can go from the principal, and nothing that is documented goes with it; undefined: not known. */
export type Goes = (grant: AssignmentGrant) => boolean | undefined;

/**
 * Roles of which every assignment can go: they give nothing of what is required, or others that stay give the same. Of two
 * that can go each for itself, the first that is asked about.
 */
export function sparing(state: State, compare: Compare): Goes {
  const required = state.documented.filter((entry) => entry.required);
  const lackedBy = (grants: readonly AssignmentGrant[]): string => {
    const { missing, undecided } = compare(required, grants, []);
    return JSON.stringify([missing.map((residue) => residueKey(residue)), undecided]);
  };
  const lacking = (of: State): string => {
    const { rows, doubts } = missingOf(of, comparer(of));
    return JSON.stringify([rows.map(({ residue, scope }) => [scope, residueKey(residue)]), doubts]);
  };
  const known = new Map<string, boolean>();
  let left = state;
  let [nothing, lacks]: [string?, string?] = [];
  return (grant) => {
    const { guid } = grant.role;
    const before = known.get(guid);
    if (before !== undefined) return before;
    nothing ??= lackedBy([]);
    let goes = lackedBy([grant]) === nothing;
    if (!goes) {
      lacks ??= lacking(state);
      const without = { ...left, grants: left.grants.filter(({ role }) => role.guid !== guid) };
      goes = lacking(without) === lacks;
      if (goes) left = without;
    }
    known.set(guid, goes);
    return goes;
  };
}

/** Who gives it: a role once, however many assignments it has. */
export function giversInWords(
  { givers = [] }: ScopedResidue,
  grant: AssignmentGrant,
  c: EligibleCase,
): string {
  const roles = new Set([grant.role.guid]);
  const others = givers.filter(({ role }) => !roles.has(role.guid) && roles.add(role.guid));
  return [grant, ...others].map((g) => giver(g.assignment, g.role.name, c.principal.id)).join("; ");
}

function isDocumented({ role }: AssignmentGrant, c: EligibleCase): boolean {
  return c.documented.some((d) => d.roles.has(role.guid));
}

/** An assignment as what one would change. */
export function causeOf(grant: AssignmentGrant, c: EligibleCase, goes: Goes): Cause {
  const { assignment, role } = grant;
  const deleted = !isDocumented(grant, c) && goes(grant) === true;
  return {
    id: assignment.id,
    text: `assignment of ${giver(assignment, role.name, c.principal.id)}`,
    ...(deleted ? { commands: [deleteAssignment(assignment.id)] } : {}),
  };
}

/** How an excess ends: the documented role put right, every other assignment deleted. */
export function mendExcess({ givers = [] }: ScopedResidue, c: EligibleCase, goes: Goes) {
  const stay = [...new Set(givers.filter((g) => isDocumented(g, c)).map(({ role }) => `"${role.name}"`))];
  const right =
    stay.length === 0
      ? []
      : [
          `${stay.join(" and ")} ${stay.length === 1 ? "is a documented role that grants" : "are documented roles that grant"} more than the document prints: put the role right, the assignment may stay.`,
        ];
  const others = givers.filter((g) => !isDocumented(g, c));
  const assignments = others.map(({ assignment }) => assignment);
  if (assignments.length === 0) return { text: right.join(" "), commands: [] };
  const groups = [...new Set(assignments.map((a) => a.principal))].filter(
    (who) => who !== c.principal.id.toLowerCase(),
  );
  const text = [
    ...firstText(others.map(goes)),
    assignments.length > 1
      ? `Delete the ${assignments.length} assignments that give it at this scope, which the document does not know.`
      : "Delete the assignment, which the document does not know.",
    ...(groups.length === 0
      ? []
      : [
          `It is given to a group: deleting it takes it from every member; taking the principal out of group ${groups.join(", ")} mends it too.`,
        ]),
    ...right,
  ];
  return { text: text.join(" "), commands: assignments.map((a) => deleteAssignment(a.id)) };
}

/** What has to be done before anything is deleted. */
function firstText(go: readonly (boolean | undefined)[]): readonly string[] {
  if (go.includes(false)) return ["What is documented rests on it too: assign the documented role first."];
  return go.includes(undefined)
    ? ["Not all that the principal holds is known: look first whether what is documented rests on it."]
    : [];
}
