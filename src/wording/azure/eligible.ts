import type { Principal } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { type Assignment, eligibleFor, giver } from "../../state/azure/assignment.ts";
import { showEligibilities } from "../../state/azure/command.ts";
import type { Documented } from "../../state/azure/documented.ts";
import { excessOf } from "../../state/azure/effective.ts";
import {
  type AssignmentGrant,
  assignmentGrantsOf,
  comparer,
  type State,
} from "../../state/azure/holdings.ts";
import { ASSIGNMENT_TYPE } from "../../state/azure/permissions.ts";
import type { RoleDefinitions } from "../../state/azure/role.ts";
import type { Context } from "../../state/context.ts";
import { byText } from "../../text/order.ts";
import type { Observation } from "../observation.ts";
import * as observe from "./observe.ts";
import { principalInWords, principalResource } from "./principals.ts";

/** Whom it is about and what is documented for it. */
export interface EligibleCase {
  readonly facts: Facts;
  readonly context: Context;
  readonly roles: RoleDefinitions;
  readonly principal: Principal;
  readonly documented: readonly Documented[];
}

/** An eligible assignment is not access (AZ10); it is said, and one that goes beyond the document is drift. */
export function* eligible(state: State, groups: ReadonlySet<string>, c: EligibleCase): Iterable<Observation> {
  const resource = principalResource(c.principal);
  const unread = c.facts
    .unread("azure/role-eligibility")
    .filter((u) => u.id === undefined || u.id.toLowerCase() === c.principal.id.toLowerCase());
  for (const u of unread) {
    yield {
      kind: "unknown",
      resource,
      message: `what ${principalInWords(c.principal)} is eligible to activate could not be read: ${u.api}: ${u.detail}`,
      property: "eligible",
      clause: "AZ10",
      decide:
        u.permission === undefined ? "read the eligible assignments" : `grant the scanner ${u.permission}`,
    };
  }
  const found = eligibleFor(c.facts, c.principal.id, groups);
  if (found.malformed > 0) {
    yield {
      kind: "unknown",
      resource,
      message: `${found.malformed} eligible assignments cannot be understood: they name no role, scope or principal, or share an id with another`,
      property: "eligible:malformed",
      clause: "AZ10",
      decide: "read the eligible assignments again",
    };
  }
  const { grants, unread: undefinedRoles } = assignmentGrantsOf(found.assignments, c.roles);
  for (const a of undefinedRoles) yield roleNotRead(a, "is eligible for", c);
  for (const grant of grants) yield eligibleGrant(grant, state, c);
}

function eligibleGrant(grant: AssignmentGrant, state: State, c: EligibleCase): Observation {
  const alone: State = { ...state, grants: [grant], denies: [] };
  const { rows, wider, doubts } = excessOf(alone, comparer(alone));
  const a = grant.assignment;
  const base = {
    drift: "stray",
    resource: {
      type: "Microsoft.Authorization/roleEligibilityScheduleInstances",
      id: a.id,
      name: grant.role.name,
    },
    property: "eligible",
    actual: {
      role: grant.role.name,
      roleId: grant.role.guid,
      scope: a.scope,
      permissions: permissionsOf(grant),
      ...(a.condition === undefined ? {} : { condition: a.condition }),
      ...(a.conditionVersion === undefined ? {} : { conditionVersion: a.conditionVersion }),
    },
    by: giver(a, grant.role.name, c.principal.id),
    at: "/required",
    verify: showEligibilities(c.facts.scope, c.principal.id),
  } as const;
  const who = principalInWords(c.principal);
  if (rows.length + wider.length + doubts.length === 0) {
    return {
      ...base,
      kind: "note",
      message: `${who} is eligible for "${grant.role.name}" at ${a.scope}, which is not active; active, it would grant nothing beyond the document`,
    };
  }
  const first = rows[0];
  const proof = first === undefined ? "" : `, ${observe.operation(first.residue.witness)} for one`;
  return {
    ...base,
    kind: "drift",
    severity: "low",
    message: `${who} is eligible for "${grant.role.name}" at ${a.scope} (Privileged Identity Management): not active, but activated it grants more than the document${proof}`,
    ...(first === undefined ? {} : { witness: { ...first.residue.witness, scope: a.scope } }),
    remediation: { text: "Remove the eligible assignment, which the document does not know.", commands: [] },
  };
}

/** What activating it would grant, in an order of its own, so that only a change of the role changes it. */
function permissionsOf({ role }: AssignmentGrant): readonly unknown[] {
  const ordered = (role.permissions ?? []).map((permission) =>
    Object.fromEntries(
      Object.entries(permission as object)
        .filter(([, value]) => !Array.isArray(value) || value.length > 0)
        .map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value] as const)
        .sort(([a], [b]) => byText(a, b)),
    ),
  );
  return ordered.sort((a, b) => byText(JSON.stringify(a), JSON.stringify(b)));
}

export function roleNotRead(a: Assignment, holds: string, c: EligibleCase): Observation {
  return {
    kind: "unknown",
    resource: { type: ASSIGNMENT_TYPE, id: a.id, name: a.roleDefinitionId },
    message: `${principalInWords(c.principal)} ${holds} a role at ${a.scope} whose definition was not read: ${a.roleDefinitionId}`,
    property: "roleDefinition",
    clause: "AZ6",
    decide: "read the role definition",
    at: "/required",
  };
}
