import type { Facts } from "../define.ts";
import { lastSegment } from "./role.ts";
import { byText, field, list, property, record, text } from "./value.ts";

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
  /** Entries of the answer that name no role, scope or principal. */
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
  const condition = text(property(body, "condition"));
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

function sorted(assignments: readonly Assignment[]): readonly Assignment[] {
  const byId = new Map<string, Assignment>();
  for (const a of assignments) if (!byId.has(a.id.toLowerCase())) byId.set(a.id.toLowerCase(), a);
  return [...byId.values()].sort((a, b) => byText(a.id.toLowerCase(), b.id.toLowerCase()));
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
  const groups = new Set(assignments.filter((a) => a.principal !== wanted).map((a) => a.principal));
  return { assignments: sorted(assignments), groups, malformed };
}

/** All assignments of the subscription that were listed without a filter. */
export function listedAssignments(facts: Facts): readonly Assignment[] {
  return sorted(
    facts.all("azure/role-assignment").flatMap((d) => {
      const values = list(field(d.body, "value")) ?? [d.body];
      return values.flatMap((v) => toAssignment(v) ?? []);
    }),
  );
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
  return {
    assignments: sorted(found),
    malformed,
  };
}

/** How many entries of the list of all assignments name no role, scope or principal. */
export function malformedListed(facts: Facts): number {
  const values = facts.all("azure/role-assignment").flatMap((d) => list(field(d.body, "value")) ?? [d.body]);
  return values.filter((value) => toAssignment(value) === undefined).length;
}

/** Do the assignments say that this principal is a group? */
export function isGroup(facts: Facts, principal: string): boolean {
  const wanted = principal.toLowerCase();
  return listedAssignments(facts).some(
    (a) => a.principal === wanted && a.principalType.toLowerCase() === "group",
  );
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
