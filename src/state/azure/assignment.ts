import type { Facts } from "../../snapshot/facts.ts";
import { field, list, property, record, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { lastSegment } from "./role.ts";
import { normalScope } from "./scope.ts";

/** A role assignment, or an eligibility for one. */
export interface Assignment {
  readonly id: string;
  readonly roleDefinitionId: string;
  /** GUID of the role definition, lower case. */
  readonly role: string;
  /** Whom it names: the principal, or a group. Lower case. */
  readonly principal: string;
  /** `ServicePrincipal`, `Group`, `User`, …; `Unknown` when the directory no longer has it. */
  readonly principalType: string;
  /** As it came. */
  readonly scope: string;
  readonly condition?: string;
  readonly conditionVersion?: string;
}

/** What one principal holds. */
export interface Held {
  readonly assignments: readonly Assignment[];
  /** Groups that the principal is proven to be in: an assignment to them was returned for it. Lower case. */
  readonly groups: ReadonlySet<string>;
  /** Entries of the answer that cannot be understood: without role, scope or principal, or two that share an id. */
  readonly malformed: number;
}

/** Why what a principal holds is not known. */
export interface NotHeld {
  readonly reason: string;
}

function toAssignment(body: unknown): Assignment | undefined {
  const roleDefinitionId = text(property(body, "roleDefinitionId"));
  const principal = text(property(body, "principalId"));
  const id = text(field(body, "id"));
  const scope = text(property(body, "scope")) ?? scopeOfId(id);
  if (roleDefinitionId === undefined || principal === undefined || scope === undefined) return undefined;
  const told = property(body, "condition") ?? "";
  // A condition that cannot be read is not no condition.
  if (typeof told !== "string") return undefined;
  const condition = text(told);
  const conditionVersion = text(property(body, "conditionVersion"));
  return {
    id: id ?? `${scope}:${roleDefinitionId}:${principal}`,
    roleDefinitionId,
    role: lastSegment(roleDefinitionId),
    principal: principal.toLowerCase(),
    principalType: text(property(body, "principalType")) ?? "",
    scope,
    ...(condition === undefined ? {} : { condition }),
    ...(conditionVersion === undefined ? {} : { conditionVersion }),
  };
}

/** The scope that an assignment's id lies at; `undefined` for another kind of id. */
function scopeOfId(id: string | undefined): string | undefined {
  const at = id?.toLowerCase().lastIndexOf("/providers/microsoft.authorization/") ?? -1;
  return id === undefined || at < 0 ? undefined : at === 0 ? "/" : id.slice(0, at);
}

interface Distinct {
  readonly assignments: readonly Assignment[];
  /** Ids that two different assignments have: one of them is wrong, and nobody can tell which. */
  readonly conflicts: number;
}

/** What an assignment gives, to whom and where. */
function meaning(a: Assignment): string {
  return JSON.stringify([
    a.role,
    a.principal,
    normalScope(a.scope),
    a.condition ?? "",
    a.conditionVersion ?? "",
  ]);
}

/** One of each, however often the lists repeat it; two that differ under one id are both kept, and counted. */
function distinct(assignments: readonly Assignment[]): Distinct {
  const byId = new Map<string, Map<string, Assignment>>();
  for (const a of assignments) {
    const id = a.id.toLowerCase();
    const same = byId.get(id) ?? new Map<string, Assignment>();
    byId.set(id, same);
    if (!same.has(meaning(a))) same.set(meaning(a), a);
  }
  const ordered = [...byId].sort(([a], [b]) => byText(a, b)).map(([, same]) => same);
  return {
    assignments: ordered.flatMap((same) =>
      [...same].sort(([a], [b]) => byText(a, b)).map(([, assignment]) => assignment),
    ),
    conflicts: ordered.filter((same) => same.size > 1).length,
  };
}

/** What a principal holds, directly and through groups; or why that is not known. */
export function heldBy(facts: Facts, principal: string): Held | NotHeld {
  const wanted = principal.toLowerCase();
  const unread = facts
    .unread("azure/assigned-to")
    .filter((u) => u.id === undefined || u.id.toLowerCase() === wanted);
  const why = unread[0];
  if (why !== undefined)
    return { reason: `the assignments of ${principal} could not be read: ${why.api}: ${why.detail}` };
  const documents = facts.all("azure/assigned-to").filter((d) => d.id.toLowerCase() === wanted);
  if (documents.length === 0) return { reason: `the assignments of ${principal} were not collected` };
  const assignments: Assignment[] = [];
  let malformed = 0;
  for (const document of documents) {
    const values = list(document.body) ?? list(field(document.body, "value"));
    if (values === undefined) return { reason: `the assignments of ${principal} hold no list` };
    for (const value of values) {
      const assignment = toAssignment(value);
      if (assignment === undefined) malformed += 1;
      else assignments.push(assignment);
    }
  }
  const others = assignments.filter((a) => a.principal !== wanted);
  const foreign = others.find((a) => !mayBeGroup(a));
  if (foreign !== undefined) {
    return {
      reason: `the answer for the assignments of ${principal} is not about it alone: it holds one of ${foreign.principal} (${foreign.principalType}), as if the filter had been ignored`,
    };
  }
  const told = distinct(assignments);
  const groups = new Set(others.map((a) => a.principal));
  return { assignments: told.assignments, groups, malformed: malformed + told.conflicts };
}

function isGroupType(type: string): boolean {
  return ["group", "foreigngroup"].includes(type.toLowerCase());
}

/** An assignment that was returned for somebody it does not name was returned for a group that holds them. */
function mayBeGroup(a: Assignment): boolean {
  return a.principalType === "" || isGroupType(a.principalType);
}

/** All assignments of the subscription that were listed without a filter. */
export function listedAssignments(facts: Facts): readonly Assignment[] {
  return distinct(everyListed(facts)).assignments;
}

function listed(facts: Facts): readonly unknown[] {
  return facts.all("azure/role-assignment").flatMap((d) => list(field(d.body, "value")) ?? [d.body]);
}

function everyListed(facts: Facts): readonly Assignment[] {
  return listed(facts).flatMap((value) => toAssignment(value) ?? []);
}

/**
 * What a principal is eligible to activate (AZ10): all that was returned for it, through groups too; of entries that
 * do not say for whom they were returned, those of the principal and of groups that it is proven to be in.
 */
export function eligibleFor(
  facts: Facts,
  principal: string,
  groups: ReadonlySet<string>,
): { readonly assignments: readonly Assignment[]; readonly malformed: number } {
  const wanted = principal.toLowerCase();
  const found: Assignment[] = [];
  let malformed = 0;
  for (const { id, body } of facts.all("azure/role-eligibility")) {
    const answer = list(field(body, "value"));
    const own = answer !== undefined && id.toLowerCase() === wanted;
    for (const value of answer ?? [body]) {
      const assignment = toAssignment(value);
      if (assignment !== undefined) {
        const { principal: who } = assignment;
        if (own || who === wanted || groups.has(who)) found.push(assignment);
      }
      // A tenant without the licence is recorded as a document without properties: nobody is eligible there.
      else if (record(field(value, "properties")) !== undefined) malformed += 1;
    }
  }
  const { assignments, conflicts } = distinct(found);
  return { assignments, malformed: malformed + conflicts };
}

/** How many entries of the list of all assignments cannot be understood. */
export function malformedListed(facts: Facts): number {
  const broken = listed(facts).filter((value) => toAssignment(value) === undefined).length;
  return broken + distinct(everyListed(facts)).conflicts;
}

/** What the assignments say a principal is; `untold`: none says it, and it may be a group. */
export function kindOf(facts: Facts, principal: string): "group" | "untold" | "other" {
  const wanted = principal.toLowerCase();
  const types = everyListed(facts)
    .filter((a) => a.principal === wanted)
    .map((a) => a.principalType);
  if (types.some(isGroupType)) return "group";
  return types.some((type) => type !== "") ? "other" : "untold";
}

/** Is the assignment's principal gone from the directory? */
export function orphaned(assignment: Assignment): boolean {
  return assignment.principalType.toLowerCase() === "unknown";
}

/** Who gives a permission, as words: role, group, scope. */
export function giver(assignment: Assignment, roleName: string, principal: string): string {
  const through =
    assignment.principal === principal.toLowerCase() ? "" : `, to group ${assignment.principal}`;
  return `${roleName}${through}, at ${assignment.scope}`;
}

/** Is it known what the principal holds? */
export function isHeld(held: Held | NotHeld): held is Held {
  return record(held)?.["reason"] === undefined;
}
