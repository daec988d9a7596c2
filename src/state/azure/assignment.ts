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
export interface PrincipalHoldings {
  readonly assignments: readonly Assignment[];
  /** Groups that the principal is proven to be in: an assignment to them was returned for it. Lower case. */
  readonly groups: ReadonlySet<string>;
  /** Entries of the answer that cannot be understood: without role, scope or principal, or two that share an id. */
  readonly malformed: number;
  /** Of the assignments, those that its own answer lacks and another list has: then that answer is not whole (AZ6). */
  readonly elsewhere: readonly Assignment[];
}

/** Why what a principal holds is not known, and what other lists prove of it all the same. */
export interface NotHeld {
  readonly reason: string;
  readonly proven: readonly Assignment[];
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

/**
 * What a principal holds, directly and through groups, by every list that tells of it (AZ6); or why that is not known.
 * Through which groups, only the answer that was given for it says.
 */
export function heldBy(facts: Facts, principal: string): PrincipalHoldings | NotHeld {
  const wanted = principal.toLowerCase();
  const direct = entriesFor(beside(facts, wanted), new Set([wanted]));
  const notHeld = (reason: string): NotHeld => ({ reason, proven: distinct(direct.assignments).assignments });
  const unread = facts
    .unread("azure/assigned-to")
    .filter((u) => u.id === undefined || u.id.toLowerCase() === wanted);
  const why = unread[0];
  if (why !== undefined)
    return notHeld(`the assignments of ${principal} could not be read: ${why.api}: ${why.detail}`);
  const documents = facts.all("azure/assigned-to").filter((d) => d.id.toLowerCase() === wanted);
  if (documents.length === 0) return notHeld(`the assignments of ${principal} were not collected`);
  const answer = documents.map((d) => list(d.body) ?? list(field(d.body, "value")));
  if (answer.includes(undefined)) return notHeld(`the assignments of ${principal} hold no list`);
  if (documents.some((d) => isPage(d.body)))
    return notHeld(`the assignments of ${principal} are one page of a list that goes on`);
  const own = entriesFor(answer.flatMap((values) => values ?? []));
  const others = own.assignments.filter((a) => a.principal !== wanted);
  const foreign = others.find((a) => !mayBeGroup(a));
  if (foreign !== undefined) {
    return notHeld(
      `the answer for the assignments of ${principal} is not about it alone: it holds one of ${foreign.principal} (${foreign.principalType}), as if the filter had been ignored`,
    );
  }
  const groups = new Set(others.map((a) => a.principal));
  const besides = entriesFor(beside(facts, wanted), new Set([wanted, ...groups]));
  const told = distinct([...own.assignments, ...besides.assignments]);
  const answered = new Set(own.assignments.map((a) => a.id.toLowerCase()));
  return {
    assignments: told.assignments,
    groups,
    malformed: new Set([...own.malformed, ...besides.malformed]).size + told.conflicts,
    elsewhere: distinct(besides.assignments.filter((a) => !answered.has(a.id.toLowerCase()))).assignments,
  };
}

/** Entries of all lists but the answer that was given for this principal. */
function beside(facts: Facts, principal: string): readonly unknown[] {
  return [...listed(facts), ...answers(facts, (id) => id !== principal)];
}

/** The entries that can be understood, and the text of those that cannot; of these principals, or all. */
function entriesFor(
  values: readonly unknown[],
  principals?: ReadonlySet<string>,
): { readonly assignments: readonly Assignment[]; readonly malformed: readonly string[] } {
  const assignments: Assignment[] = [];
  const malformed: string[] = [];
  for (const value of values) {
    const who = text(property(value, "principalId"))?.toLowerCase();
    if (principals !== undefined && (who === undefined || !principals.has(who))) continue;
    const assignment = toAssignment(value);
    if (assignment === undefined) malformed.push(JSON.stringify(value) ?? "");
    else assignments.push(assignment);
  }
  return { assignments, malformed };
}

/** Assignments of a principal that were returned for it and stand in no list of all: then that list is not whole. */
export function missingFromList(facts: Facts, principals: readonly string[]): readonly Assignment[] {
  const known = new Set(everyListed(facts).map((a) => a.id.toLowerCase()));
  const wanted = new Set(principals.map((id) => id.toLowerCase()));
  const answered = entriesFor(answers(facts, (id) => wanted.has(id))).assignments;
  return distinct(answered.filter((a) => !known.has(a.id.toLowerCase()))).assignments;
}

function isGroupType(type: string): boolean {
  return ["group", "foreigngroup"].includes(type.toLowerCase());
}

/** An assignment that was returned for somebody it does not name was returned for a group that holds them. */
function mayBeGroup(a: Assignment): boolean {
  return a.principalType === "" || isGroupType(a.principalType);
}

/** All assignments that any list tells of: the one without a filter, and what was returned for a principal (AZ6). */
export function knownAssignments(facts: Facts): readonly Assignment[] {
  return distinct([...everyListed(facts), ...entriesFor(answers(facts, () => true)).assignments]).assignments;
}

/** Entries of the answers that were given for principals, by whose. */
function answers(facts: Facts, wanted: (principal: string) => boolean): readonly unknown[] {
  return facts
    .all("azure/assigned-to")
    .filter((d) => wanted(d.id.toLowerCase()))
    .flatMap((d) => list(d.body) ?? list(field(d.body, "value")) ?? []);
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
      else if (answer !== undefined || !isWithoutLicence(body)) malformed += 1;
    }
    if (isPage(body)) malformed += 1;
  }
  const { assignments, conflicts } = distinct(found);
  return { assignments, malformed: malformed + conflicts };
}

/** Whether an answer says that the list goes on elsewhere: a page is not the list. */
function isPage(body: unknown): boolean {
  return ["nextLink", "odata.nextLink", "@odata.nextLink"].some((name) => (field(body, name) ?? "") !== "");
}

/** An answer that is an object with neither entries nor an entry's properties. */
function isWithoutLicence(body: unknown): boolean {
  return (
    record(body) !== undefined &&
    field(body, "value") === undefined &&
    field(body, "properties") === undefined &&
    property(body, "roleDefinitionId") === undefined &&
    property(body, "principalId") === undefined
  );
}

/** How many entries of the list of all assignments cannot be understood. */
export function malformedListed(facts: Facts): number {
  const pages = facts.all("azure/role-assignment").filter(({ body }) => isPage(body)).length;
  const broken = pages + listed(facts).filter((value) => toAssignment(value) === undefined).length;
  return broken + distinct(everyListed(facts)).conflicts;
}

/** What the lists say a principal is: of assignments, of eligible ones and of denies; `untold`: none says it. */
export function principalKindOf(facts: Facts, principal: string): "group" | "untold" | "other" {
  const wanted = principal.toLowerCase();
  const eligible = facts
    .all("azure/role-eligibility")
    .flatMap(({ body }) => list(field(body, "value")) ?? [body]);
  const assigned = entriesFor([...listed(facts), ...answers(facts, () => true), ...eligible]).assignments;
  const denied = facts
    .all("azure/deny-assignment")
    .flatMap(({ body }) => [
      ...(list(property(body, "principals")) ?? []),
      ...(list(property(body, "excludePrincipals")) ?? []),
    ]);
  const types = [
    ...assigned.filter((a) => a.principal === wanted).map((a) => a.principalType),
    ...denied
      .filter((p) => text(field(p, "id"))?.toLowerCase() === wanted)
      .map((p) => text(field(p, "type")) ?? ""),
  ];
  if (types.some(isGroupType)) return "group";
  return types.some((type) => type !== "") ? "other" : "untold";
}

/** Can an assignment be the vendor's own, by the type that it tells? Not one of a user or a group. */
export function mayBeVendor({ principalType }: Assignment): boolean {
  return ["", "serviceprincipal", "msi", "managedidentity"].includes(principalType.toLowerCase());
}

/** Does an assignment name a group, for sure? */
export function namesGroup({ principalType }: Assignment): boolean {
  return isGroupType(principalType);
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
export function isHeld(held: PrincipalHoldings | NotHeld): held is PrincipalHoldings {
  return record(held)?.["reason"] === undefined;
}
