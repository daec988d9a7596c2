import type { Principal, Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import {
  type Assignment,
  eligibleFor,
  giver,
  heldBy,
  isHeld,
  knownAssignments,
  malformedListed,
  mayBeVendor,
  missingFromList,
  orphaned,
  type PrincipalHoldings,
} from "../../state/azure/assignment.ts";
import {
  createAssignment,
  deleteAssignment,
  showAssignments,
  showEligibilities,
  showHolders,
} from "../../state/azure/command.ts";
import { goneFromDirectory } from "../../state/azure/directory.ts";
import { ASSIGNMENT_TYPE } from "../../state/azure/permissions.ts";
import { lastSegment, type RoleDefinitions, readRoleDefinitions } from "../../state/azure/role.ts";
import { type Relation, relation, scopeInWords } from "../../state/azure/scope.ts";
import {
  audited,
  listsDisagree,
  membersUnknown,
  nobodyKnown,
  PRINCIPAL_SCHEMA,
  principalInWords,
} from "../../wording/azure/principals.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface RoleName {
  readonly name: string;
  readonly id?: string;
}

interface Params {
  readonly principal?: string;
  readonly roles: readonly RoleName[];
  readonly scope?: string;
  readonly scopeOrAbove?: readonly string[];
}

/** A documented role, with the ids that assignments may name it by. */
interface Wanted {
  readonly name: string;
  readonly index: number;
  readonly guids: ReadonlySet<string>;
  /** The vendor's own: nobody else has reason to hold it. */
  readonly custom: boolean;
}

/** What the checks of one role need to know. */
interface Case {
  readonly facts: Facts;
  readonly params: Params;
  readonly roles: RoleDefinitions;
  readonly wanted: Wanted;
}

function wantedRoles(params: Params, roles: RoleDefinitions): readonly Wanted[] {
  return params.roles.map((role, index) => ({
    name: role.name,
    index,
    guids: new Set(
      role.id === undefined ? roles.named(role.name).map((r) => r.guid) : [lastSegment(role.id)],
    ),
    custom: role.id === undefined,
  }));
}

/** Where an assignment stands to what is declared. Without a scope, the subscription and all below it will do. */
function standing(scope: string, { params, facts }: Case): Relation {
  const declared = params.scope ?? facts.scope;
  const where = relation(declared, scope);
  if (params.scope === undefined && where === "below") return "same";
  if ((params.scopeOrAbove ?? []).some((pattern) => relation(pattern, scope) === "same")) return "same";
  return where;
}

function assignmentResource(assignment: Assignment, role: string): Resource {
  return { type: ASSIGNMENT_TYPE, id: assignment.id, name: role };
}

/** The resource of a finding about an assignment that ought to be there. */
function absentResource(principal: string, { facts, params, wanted }: Case): Resource {
  return { type: ASSIGNMENT_TYPE, id: `${params.scope ?? facts.scope}#${principal}`, name: wanted.name };
}

function declaredInWords({ params, facts }: Case): string {
  if (params.scope === undefined) return `${facts.scope} or below`;
  return [params.scope, ...(params.scopeOrAbove ?? [])].join(" or ");
}

function grant(principal: string, { facts, params, wanted }: Case): readonly string[] {
  const scope = params.scope ?? facts.scope;
  return scope.includes("*") ? [] : [createAssignment(principal, wanted.name, scope)];
}

function absent(principal: Principal, holds: PrincipalHoldings, c: Case): Observation {
  const eligible = eligibleFor(c.facts, principal.id, holds.groups).assignments.filter((a) =>
    c.wanted.guids.has(a.role),
  );
  const who = principalInWords(principal);
  const base = {
    kind: "drift",
    drift: "absent",
    resource: absentResource(principal.id, c),
    property: `${principal.id}:${c.wanted.name}`,
    expected: { role: c.wanted.name, scope: declaredInWords(c) },
    at: `/roles/${c.wanted.index}`,
  } as const;
  if (eligible.length > 0) {
    const where = eligible.map((a) => a.scope).join(", ");
    return {
      ...base,
      message: `${who} does not hold "${c.wanted.name}": it is only eligible for it (Privileged Identity Management), at ${where}, which grants nothing until somebody activates it`,
      actual: { eligible: eligible.map((a) => a.scope) },
      verify: showEligibilities(c.facts.scope, principal.id),
      remediation: { text: "Make the assignment active.", commands: grant(principal.id, c) },
    };
  }
  return {
    ...base,
    message: `${who} ${goneFromDirectory(c.facts, principal.id) ? "was deleted from the directory, and " : ""}does not hold "${c.wanted.name}", neither directly nor through a group that is known, at, above or below ${declaredInWords(c)}; what relies on it will fail`,
    actual: null,
    verify: showAssignments(principal.id),
    remediation: { text: "Assign the role as the document says.", commands: grant(principal.id, c) },
  };
}

/** An observed value, with the condition that it is under: where that falls away, the value is another. */
function underCondition(value: string, { condition, conditionVersion }: Assignment): unknown {
  if (condition === undefined) return value;
  return { value, condition, ...(conditionVersion === undefined ? {} : { conditionVersion }) };
}

function wider(a: Assignment, principal: Principal, where: Relation, c: Case): Observation {
  const how =
    where === "above"
      ? `above the documented ${declaredInWords(c)}: it reaches all that lies under it`
      : `outside the documented ${declaredInWords(c)}`;
  return {
    kind: "drift",
    drift: "wider",
    resource: assignmentResource(a, c.wanted.name),
    message: `${principalInWords(principal)} holds "${c.wanted.name}" at ${scopeInWords(a.scope)}, ${how}`,
    property: "scope",
    by: giver(a, c.wanted.name, principal.id),
    expected: declaredInWords(c),
    actual: underCondition(a.scope, a),
    at: c.params.scope === undefined ? `/roles/${c.wanted.index}` : "/scope",
    verify: showAssignments(principal.id),
    remediation: {
      text: "Assign the role at the documented scope, then delete this assignment.",
      commands: [...grant(principal.id, c), deleteAssignment(a.id)],
    },
  };
}

function missing(below: readonly Assignment[], principal: Principal, c: Case): Observation {
  const scopes = below.map((a) => a.scope);
  return {
    kind: "drift",
    drift: "missing",
    resource: absentResource(principal.id, c),
    message: `${principalInWords(principal)} holds "${c.wanted.name}" only below ${declaredInWords(c)}, at ${scopes.join(", ")}; what relies on it elsewhere will fail`,
    property: `${principal.id}:${c.wanted.name}`,
    expected: declaredInWords(c),
    actual: scopes,
    at: c.params.scope === undefined ? `/roles/${c.wanted.index}` : "/scope",
    verify: showAssignments(principal.id),
    remediation: { text: "Assign the role at the documented scope.", commands: grant(principal.id, c) },
  };
}

function conditioned(a: Assignment, principal: Principal, c: Case): Observation {
  return {
    kind: "drift",
    drift: "changed",
    resource: assignmentResource(a, c.wanted.name),
    message: `the assignment of "${c.wanted.name}" to ${principalInWords(principal)} at ${a.scope} carries a condition, which the document does not: some operations may be refused`,
    property: "condition",
    by: giver(a, c.wanted.name, principal.id),
    expected: null,
    actual: a.condition ?? null,
    at: `/roles/${c.wanted.index}`,
    verify: showAssignments(principal.id),
    remediation: {
      text: "Assign the role without a condition, then delete this assignment.",
      commands: [deleteAssignment(a.id), ...grant(principal.id, c)],
    },
  };
}

interface Placed {
  readonly a: Assignment;
  readonly where: Relation;
}

/** The assignments of the role among those held, with where they stand; and those that reach too far. */
function placedOf(assignments: readonly Assignment[], c: Case): readonly [Placed[], Placed[]] {
  const placed = assignments
    .filter((a) => c.wanted.guids.has(a.role))
    .map((a) => ({ a, where: standing(a.scope, c) }));
  return [placed, placed.filter((p) => p.where === "above" || p.where === "apart")];
}

/** Every assignment of the role that one principal holds, against the declared scope. `open`: it may hold more. */
function* judge(
  principal: Principal,
  holds: PrincipalHoldings,
  open: boolean,
  c: Case,
): Iterable<Observation> {
  const [placed, tooWide] = placedOf(holds.assignments, c);
  const good = placed.filter((p) => p.where === "same").map((p) => p.a);
  const below = placed.filter((p) => p.where === "below").map((p) => p.a);
  for (const p of tooWide) yield wider(p.a, principal, p.where, c);
  const covering = [...good, ...tooWide.filter((p) => p.where === "above").map((p) => p.a)];
  if (covering.length > 0) {
    if (covering.every((a) => a.condition !== undefined)) {
      for (const a of covering) yield conditioned(a, principal, c);
    }
    // One of them may be this very assignment as it really is, or a wider one.
    if (holds.malformed > 0) yield notKnown(principal, [], holds.malformed, c);
    return;
  }
  const undefinedRoles = holds.assignments.filter(
    (a) => c.wanted.guids.size === 0 && c.roles.byGuid(a.role) === undefined,
  );
  if (undefinedRoles.length > 0 || holds.malformed > 0) {
    yield notKnown(principal, undefinedRoles, holds.malformed, c);
    return;
  }
  // What it lacks by the lists, another list or a member may have: that is said of the lists or the group.
  if (open) return;
  if (below.length > 0) yield missing(below, principal, c);
  else yield absent(principal, holds, c);
}

/** An assignment that cannot be read could be the documented one: then its absence is not certain. */
function notKnown(
  principal: Principal,
  unread: readonly Assignment[],
  malformed: number,
  c: Case,
): Observation {
  const what = [
    ...unread.map((a) => `the role definition ${a.roleDefinitionId} was not read`),
    ...(malformed > 0 ? [`${malformed} of its assignments cannot be understood`] : []),
  ];
  return {
    kind: "unknown",
    resource: absentResource(principal.id, c),
    message: `whether ${principalInWords(principal)} holds "${c.wanted.name}" as documented is not known: ${what.join("; ")}`,
    property: `${principal.id}:${c.wanted.name}`,
    decide:
      unread.length > 0
        ? "read the role definitions that its assignments name"
        : "read the assignments of the principal again",
    verify: showAssignments(principal.id),
  };
}

/**
 * Assignments of the vendor's own role to somebody who is not audited, or to nobody any more (AZ11, AZ15). `undecided`:
 * it is not known who the vendor is.
 */
function* strays(principals: readonly Principal[], undecided: boolean, c: Case): Iterable<Observation> {
  if (!c.wanted.custom) return;
  for (const u of c.facts.unread("azure/role-assignment")) {
    yield {
      kind: "unknown",
      resource: absentResource("others", c),
      message: `who else holds "${c.wanted.name}" could not be read: ${u.api}: ${u.detail}`,
      property: `others:${c.wanted.name}`,
      decide: u.permission === undefined ? "list all assignments" : `grant the scanner ${u.permission}`,
      verify: showHolders(c.wanted.name),
    };
  }
  const malformed = malformedListed(c.facts);
  if (malformed > 0) {
    yield {
      kind: "unknown",
      resource: absentResource("others", c),
      message: `who else holds "${c.wanted.name}" is not known: ${malformed} of all assignments cannot be understood`,
      property: `others:malformed:${c.wanted.name}`,
      decide: "list all assignments again",
      verify: showHolders(c.wanted.name),
    };
  }
  const lacking = missingFromList(
    c.facts,
    principals.map((p) => p.id),
  );
  // What was not read at all is said above.
  if (lacking.length > 0 && c.facts.unread("azure/role-assignment").length === 0) {
    yield {
      kind: "unknown",
      resource: absentResource("others", c),
      message: `who else holds "${c.wanted.name}" is not known: the list of all assignments lacks ${lacking.length} that the principals' own have (${lacking[0]?.id ?? ""}), so it may lack others`,
      property: `others:lists:${c.wanted.name}`,
      clause: "AZ6",
      decide: "list all assignments again",
      verify: showHolders(c.wanted.name),
    };
  }
  const known = new Set(principals.map((p) => p.id.toLowerCase()));
  const provenGroups = principals.flatMap((p) => {
    const holds = heldBy(c.facts, p.id);
    return isHeld(holds) ? [...holds.groups] : [];
  });
  for (const group of provenGroups) known.add(group);
  for (const a of knownAssignments(c.facts)) {
    if (!c.wanted.guids.has(a.role)) continue;
    const gone = orphaned(a);
    if (!gone && known.has(a.principal)) continue;
    // Where it is not known who the vendor is, a service principal may be it; a user or a group is not.
    if (!gone && undecided && mayBeVendor(a)) continue;
    yield stray(a, gone, principals, c);
  }
}

function stray(a: Assignment, gone: boolean, principals: readonly Principal[], c: Case): Observation {
  const type = a.principalType || "type not told";
  const who = `"${c.wanted.name}" is ${principals.length > 0 ? "also " : ""}assigned to ${a.principal} (${type}) at ${a.scope}`;
  const [message, text] = gone
    ? [
        `"${c.wanted.name}" is assigned at ${a.scope} to ${a.principal}, which the directory no longer has: an orphan of a deleted principal`,
        "Delete the assignment.",
      ]
    : mayBeVendor(a)
      ? [
          `${who}, which is not the principal audited: somebody else has the vendor's access`,
          "Delete the assignment, or audit that principal too (--principal).",
        ]
      : [
          `${who}, which is not the principal audited, and no service principal or managed identity, as a vendor's is: somebody else has the vendor's access`,
          "Delete the assignment. If the vendor is to have the role through it, assign it to the vendor's service principal itself.",
        ];
  return {
    kind: "drift",
    drift: "stray",
    resource: assignmentResource(a, c.wanted.name),
    message,
    property: "principal",
    expected: principals.map((p) => p.id),
    actual: underCondition(a.principal, a),
    at: `/roles/${c.wanted.index}`,
    verify: showHolders(c.wanted.name),
    remediation: { text, commands: [deleteAssignment(a.id)] },
  };
}

function* judgeRole(principals: readonly Principal[], named: boolean, c: Case): Iterable<Observation> {
  if (principals.length === 0) {
    yield {
      kind: "drift",
      drift: "absent",
      resource: absentResource("nobody", c),
      message: `nobody holds "${c.wanted.name}" at, above or below ${c.facts.scope}: the vendor has no access by it`,
      property: `nobody:${c.wanted.name}`,
      expected: { role: c.wanted.name, scope: declaredInWords(c) },
      actual: null,
      at: `/roles/${c.wanted.index}`,
      verify: showHolders(c.wanted.name),
      remediation: {
        text: "Assign the role to the vendor's service principal, or name the principal with --principal.",
        commands: grant("<object id>", c),
      },
    };
  }
  for (const principal of principals) {
    const holds = heldBy(c.facts, principal.id);
    const members = membersUnknown(principal, c.facts, named);
    const at = `/roles/${c.wanted.index}`;
    if (members !== undefined) yield { ...members, at };
    if (isHeld(holds)) {
      const disagreement = listsDisagree(principal, holds.elsewhere);
      if (disagreement !== undefined) yield { ...disagreement, at };
      yield* judge(principal, holds, members !== undefined || disagreement !== undefined, c);
      yield { kind: "assessed", count: holds.assignments.length, what: "assignments" };
    } else {
      yield {
        kind: "unknown",
        resource: absentResource(principal.id, c),
        message: holds.reason,
        property: `${principal.id}:${c.wanted.name}`,
        decide: "read the assignments of the principal",
        verify: showAssignments(principal.id),
      };
      for (const p of placedOf(holds.proven, c)[1]) yield wider(p.a, principal, p.where, c);
    }
  }
  yield* strays(principals, false, c);
}

/** The audited principals hold the documented roles: where the document says, active, unconditioned, no wider (AZ6, AZ7, AZ10, AZ11). */
export const roleAssignment: Check = {
  id: "azure/role-assignment",
  cloud: "azure",
  title: "The documented roles are assigned as documented",
  help: `For every audited principal and every documented role: an active assignment, direct or through a group, at the declared scope, without a condition, and none above it. Built-in roles are matched by their id, custom ones by name. Scopes compare by segment and without regard to case, so a group \`rg1\` does not cover \`rg10\`.

Without a declared scope, the audited subscription and everything below it will do. Nobody to audit is drift when the assignments could be read.

When nobody is named, only a service principal or managed identity that holds the documented role is taken for the vendor; a user or a group that holds it is a stray (AZ15). An assignment that any list has counts; lists that disagree are unknown, since the one which lacks it may lack more.

Unknown, never pass: the principal that is named is a group, whose members nobody knows, or the role is held by groups alone; the assignments of a principal could not be read, the definition of a role that it holds was not, an entry cannot be understood (no role, scope or principal, a condition that is no text, an id that two assignments share), or the answer holds an assignment of another user or service principal.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["roles"],
    properties: {
      principal: PRINCIPAL_SCHEMA,
      roles: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["name"],
          properties: {
            profile: { type: "string", description: "only under this profile" },
            name: { type: "string", minLength: 1, description: "name of the role" },
            id: { type: "string", minLength: 1, description: "GUID of a built-in role" },
          },
        },
      },
      scope: { type: "string", minLength: 1, description: "where it is to be assigned; `*` for one segment" },
      scopeOrAbove: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "further scopes at which an assignment is accepted",
      },
    },
  },
  needs: () => [
    "azure/role-definition",
    "azure/role-assignment",
    "azure/assigned-to",
    "azure/role-eligibility",
  ],
  tolerates: ["azure/role-assignment", "azure/role-eligibility"],
  drifts: {
    absent: {
      short: "A documented role is not held.",
      help: "The principal does not hold the role at, above or below the documented scope, or is only eligible for it (Privileged Identity Management): what relies on it fails. Assign the role.",
    },
    missing: {
      short: "A documented role is held only below the documented scope.",
      help: "The role is assigned on a part of the documented scope only: what relies on it elsewhere fails. Assign it at the documented scope, or give the narrower scope with `--set scope=…` if that is what was agreed.",
    },
    wider: {
      short: "A documented role is held above or outside the documented scope.",
      help: "The role is assigned at a management group, at the root, or elsewhere beyond the documented scope, so the vendor reaches more than was agreed. Assign it at the documented scope and delete the wider assignment.",
    },
    changed: {
      short: "The assignment carries a condition.",
      help: "An assignment's condition restricts the operations that it targets; the document has none. Some operations may be refused.",
    },
    stray: {
      short: "Somebody else holds the vendor's role.",
      help: "The documented custom role is assigned to a principal that is not the one audited (a user or a group never is, unless it is named), or to one that the directory no longer has (AZ11). Delete the assignment, or audit that principal too.",
    },
  },
  run: function* (facts, rawParams, context) {
    const params = rawParams as Params;
    const principals = audited(params.principal, context);
    const roles = readRoleDefinitions(facts);
    const undecided = principals.length === 0 && context.principalsUnknown !== undefined;
    if (undecided) yield nobodyKnown(context.principalsUnknown, facts.scope);
    const named = context.principalsGiven || params.principal !== undefined;
    for (const wanted of wantedRoles(params, roles)) {
      const c = { facts, params, roles, wanted };
      if (!undecided) yield* judgeRole(principals, named, c);
      // Why it is not known who the vendor is, is said; who surely is not, is seen in what was read.
      else if (facts.unread("azure/role-assignment").length === 0) yield* strays([], true, c);
    }
  },
};
