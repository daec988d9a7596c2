import type { Resource } from "../../report/report.ts";
import { property, text } from "../../snapshot/value.ts";
import { type Assignment, giver, heldBy, isHeld } from "../../state/azure/assignment.ts";
import { deleteAssignment, showAssignments, showDenies } from "../../state/azure/command.ts";
import { type Deny, readDenies } from "../../state/azure/deny.ts";
import { allGroups } from "../../state/azure/directory.ts";
import { documentedBy } from "../../state/azure/documented.ts";
import { excessOf, missingOf } from "../../state/azure/effective.ts";
import {
  type AssignmentGrant,
  assignmentGrantsOf,
  comparer,
  type Doubtful,
  type State,
} from "../../state/azure/holdings.ts";
import { ASSIGNMENT_TYPE, compareOptions } from "../../state/azure/permissions.ts";
import { readRoleDefinitions } from "../../state/azure/role.ts";
import type { ScopedResidue } from "../../state/azure/rows.ts";
import { normalScope } from "../../state/azure/scope.ts";
import { didYouMean } from "../../text/nearest.ts";
import { type EligibleCase, eligible, roleNotRead } from "../../wording/azure/eligible.ts";
import { causeOf, type Goes, giversInWords, mendExcess, sparing } from "../../wording/azure/givers.ts";
import * as observe from "../../wording/azure/observe.ts";
import {
  audited,
  listsDisagree,
  membersUnknown,
  nobodyKnown,
  PRINCIPAL_SCHEMA,
  principalInWords,
  principalResource,
} from "../../wording/azure/principals.ts";
import type { Observation, UnknownObservation } from "../../wording/observation.ts";
import { opensInWords, withUnclear } from "../../wording/ways.ts";
import { exceptInWords, today, WHY_EXCESS } from "../../wording/words.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly principal?: string;
  readonly scope?: string;
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

function excess(row: ScopedResidue, c: EligibleCase, goes: Goes): Observation {
  const { residue } = row;
  const who = principalInWords(c.principal);
  const grant = row.grant;
  const by = grant === undefined ? undefined : giversInWords(row, grant, c);
  const elsewhere =
    row.further === 0 ? "" : `, and at ${row.further} more scope${row.further === 1 ? "" : "s"}`;
  const base = {
    resource: grant === undefined ? principalResource(c.principal) : roleHeld(grant, c),
    property: observe.permissionProperty("excess", residue),
    ...observe.observedRoleResidue(residue, row.scope),
    ...(by === undefined ? {} : { by }),
    ...(row.givers === undefined ? {} : { causes: row.givers.map((g) => causeOf(g, c, goes)) }),
    actual: row.givers?.map((g) => g.assignment.id) ?? null,
    expected: c.documented.map((d) => d.control),
    at: "/required",
    verify: showAssignments(c.principal.id),
  };
  if (row.open.length > 0) {
    return {
      ...base,
      kind: "unknown",
      message: `${who} may hold ${residue.pattern} at ${row.scope} beyond the document: a deny assignment takes it away only if the principal is in ${row.open.join(", ")}, which no assignment proves`,
      decide: `find out whether ${c.principal.id} is a member of ${row.open.join(", ")}`,
      clause: "AZ6",
    };
  }
  return {
    ...base,
    kind: "drift",
    drift: "excess",
    ...(row.opens === undefined ? {} : { impact: "escalation" as const }),
    message:
      `${who} holds ${residue.pattern}${exceptInWords(residue.except)} at ${row.scope}${elsewhere} beyond all that is documented, by ${by ?? "its assignments"}:` +
      ` it may ${observe.operation(residue.witness)}${today(residue)}; ${WHY_EXCESS[residue.impact]}${opensInWords(row.opens)}`,
    remediation: mendExcess(row, c, goes),
    replay: row.replay,
  };
}

/** A role that the principal holds at a scope, by however many assignments: one more of them is no other excess. */
function roleHeld({ assignment, role }: AssignmentGrant, c: EligibleCase): Resource {
  const scope = assignment.scope.replace(/\/+$/, "");
  return {
    type: ASSIGNMENT_TYPE,
    id: `${scope === "" ? "/" : scope}#${c.principal.id}:${role.guid}`,
    name: role.name,
  };
}

/** What is missing at a part of the audited scope is another finding than what is missing at another part. */
function placed(property: string, scope: string, c: EligibleCase): string {
  const where = normalScope(scope);
  return where === normalScope(c.facts.scope) ? property : `${property}:${where}`;
}

/** `unsure`: what of the principal's assignments could not be read and might grant it; empty when all was read. */
function missing(row: ScopedResidue, unsure: readonly string[], c: EligibleCase): Observation {
  const { residue } = row;
  const who = principalInWords(c.principal);
  const denied = row.denies.map((d) => d.name).join(", ");
  const why = denied === "" ? "no assignment grants it" : `deny assignment ${denied} takes it away`;
  const base = {
    resource: principalResource(c.principal),
    property: placed(observe.permissionProperty("missing", residue), row.scope, c),
    ...observe.observedRoleResidue(residue, row.scope),
    expected: row.documented?.control ?? null,
    at: row.documented?.at ?? "/required",
    verify: row.denies.length > 0 ? showDenies(row.scope) : showAssignments(c.principal.id),
  };
  if (row.open.length > 0) {
    return {
      ...base,
      kind: "unknown",
      message: `${who} may lack ${residue.pattern} at ${row.scope}: a deny assignment takes it away if the principal is in ${row.open.join(", ")}, which no assignment proves`,
      decide: `find out whether ${c.principal.id} is a member of ${row.open.join(", ")}`,
      clause: "AZ6",
    };
  }
  if (unsure.length > 0) {
    return {
      ...base,
      kind: "unknown",
      message: `${who} may lack ${residue.pattern} at ${row.scope}: not all that it holds could be read`,
      decide: `read ${unsure.join(", ")}`,
      clause: "AZ6",
    };
  }
  return {
    ...base,
    kind: "drift",
    drift: "missing",
    message: `${who} lacks ${residue.pattern}${exceptInWords(residue.except)} at ${row.scope}, which is documented: it may not ${observe.operation(residue.witness)}${today(residue)}; ${why}`,
    ...(denied === "" ? {} : { by: `deny assignment ${denied}` }),
    remediation: {
      text:
        denied === ""
          ? "Grant the documented role at the documented scope."
          : "Exclude the principal from the deny assignment, at what manages it (a blueprint, a deployment stack, a managed application).",
      commands: [],
    },
    replay: row.replay,
  };
}

function reachesTooFar(grant: AssignmentGrant, c: EligibleCase): Observation {
  const scopes = [...new Set(c.documented.flatMap((d) => d.scopes))].join(", ");
  return {
    kind: "drift",
    drift: "wider",
    resource: { type: ASSIGNMENT_TYPE, id: grant.assignment.id, name: grant.role.name },
    message: `${principalInWords(c.principal)} holds "${grant.role.name}" at ${grant.assignment.scope}: what the document knows of it is for ${scopes} alone, and it reaches everything else under its scope`,
    property: "scope",
    by: giver(grant.assignment, grant.role.name, c.principal.id),
    expected: scopes,
    actual: grant.assignment.scope,
    at: "/required",
    verify: showAssignments(c.principal.id),
    remediation: {
      text: "Assign the role at the documented scope, then delete this assignment.",
      commands: [deleteAssignment(grant.assignment.id)],
    },
  };
}

function doubtful({ doubt, scope }: Doubtful, c: EligibleCase): UnknownObservation {
  const observed = observe.observedRoleDoubt(
    doubt,
    principalResource(c.principal),
    `${principalInWords(c.principal)} at ${scope}`,
  );
  return { ...observed, property: `${observed.property}:${scope}`, at: "/required" };
}

/** What is undecided at each scope, and the paths that may be open by it. */
function* excessDoubts(
  { doubts, unclear }: ReturnType<typeof excessOf>,
  c: EligibleCase,
): Iterable<Observation> {
  const told = new Set<string>();
  for (const { scope, paths } of unclear) {
    told.add(scope);
    const here = doubts.filter((d) => d.scope === scope).map((d) => doubtful(d, c));
    yield* withUnclear(
      here,
      paths,
      principalResource(c.principal),
      principalInWords(c.principal),
      `:${scope}`,
    );
  }
  for (const d of doubts) if (!told.has(d.scope)) yield doubtful(d, c);
}

function stateOf(
  c: EligibleCase,
  grants: readonly AssignmentGrant[],
  groups: ReadonlySet<string>,
  denies: readonly Deny[],
): State {
  const all = allGroups(c.facts, c.principal.id);
  return {
    principal: c.principal.id,
    groups,
    ...(all === undefined ? {} : { allGroups: all }),
    audited: c.facts.scope,
    documented: c.documented,
    grants,
    denies,
    options: compareOptions(c.context),
  };
}

/** What the principal is proven to hold beyond the document, where all that it holds is not known. */
function* provenExcess(
  proven: readonly Assignment[],
  c: EligibleCase,
  denies: readonly Deny[],
): Iterable<Observation> {
  const { grants, unread } = assignmentGrantsOf(proven, c.roles);
  for (const a of unread) yield roleNotRead(a, "holds", c);
  const state = stateOf(c, grants, new Set(), denies);
  const { rows, wider } = excessOf(state, comparer(state));
  for (const row of rows) yield excess(row, c, () => undefined);
  for (const grant of wider) yield reachesTooFar(grant, c);
}

function* judge(c: EligibleCase, denies: readonly Deny[], members: boolean): Iterable<Observation> {
  const held = heldBy(c.facts, c.principal.id);
  const resource = principalResource(c.principal);
  if (!isHeld(held)) {
    yield {
      kind: "unknown",
      resource,
      message: held.reason,
      property: "assignments",
      decide: "read the assignments of the principal",
    };
    yield* provenExcess(held.proven, c, denies);
    return;
  }
  const { grants, unread } = assignmentGrantsOf(held.assignments, c.roles);
  const state = stateOf(c, grants, held.groups, denies);
  const disagreement = listsDisagree(c.principal, held.elsewhere);
  if (disagreement !== undefined) yield { ...disagreement, at: "/required" };
  if (held.malformed > 0) {
    yield {
      kind: "unknown",
      resource,
      message: `${held.malformed} assignments of ${principalInWords(c.principal)} cannot be understood: they name no role, scope or principal, their condition is no text, or they share an id with another`,
      property: "assignments:malformed",
      decide: "read the assignments of the principal again",
    };
  }
  for (const a of unread) yield roleNotRead(a, "holds", c);
  const compare = comparer(state);
  if (held.assignments.length > 0 || held.malformed > 0) {
    const beyond = excessOf(state, compare);
    const goes = sparing(state, compare);
    for (const row of beyond.rows) yield excess(row, c, goes);
    for (const grant of beyond.wider) yield reachesTooFar(grant, c);
    const unsure = [
      ...new Set(unread.map((a) => a.roleDefinitionId)),
      ...(held.malformed > 0 ? ["the assignments that cannot be understood"] : []),
      ...(disagreement === undefined ? [] : ["the assignments of the principal again"]),
    ];
    const lacking = missingOf(state, compare);
    // What a group lacks, a member may hold: that its members are not known is said already.
    if (!members) for (const row of lacking.rows) yield missing(row, unsure, c);
    yield* excessDoubts(beyond, c);
    for (const d of lacking.doubts) yield doubtful(d, c);
  } else if (!members) {
    const holders = c.facts
      .all("azure/role-assignment")
      .flatMap((d) => text(property(d.body, "principalId")) ?? []);
    yield {
      kind: "drift",
      drift: "absent",
      ...(c.context.principalsGiven ? { named: true as const } : {}),
      resource,
      message: `${principalInWords(c.principal)} holds nothing at, above or below ${c.facts.scope}: the vendor has no access here${didYouMean(c.principal.id, holders)}`,
      property: "assignments",
      expected: c.documented.filter((d) => d.required).map((d) => d.control),
      actual: [],
      at: "/required",
      verify: showAssignments(c.principal.id),
      remediation: {
        text: "Assign the documented roles, or name another principal with --principal.",
        commands: [],
      },
    };
  }
  yield* eligible(state, held.groups, c);
  yield { kind: "assessed", count: held.assignments.length, what: "assignments" };
}

/** All that a principal holds, through every assignment and minus every deny, is what is documented (AZ6, AZ10). */
export const effectiveAccess: Check = {
  id: "azure/effective-access",
  cloud: "azure",
  title: "A principal can do exactly what is documented, by all its assignments together",
  help: `At every scope where an assignment or a matching deny assignment sits: the union of the roles assigned there and above, directly and through groups, under their conditions, minus the denies, against the union of the documented roles. Assignments below the audited subscription count, and so do those of its management groups.

It is an interval: something is missing only if a required control asks for it, and in excess only if neither a required nor an optional one does. The same difference at a scope and below it is one finding, at the widest; at two scopes apart it is two, since a waiver of one is none of the other. Two management groups count as apart, since their order is not known. An excess is known by principal, scope and role, by however many assignments.

A deny for a group holds if an assignment to that group was returned for the principal; otherwise, where it would change the outcome, the result is unknown and names the group. An eligible assignment is not access and is said as such. Where a group is audited (named with \`--principal\`, or a holder of the documented role whose type no list tells), what it holds counts, and what its members hold besides is unknown.

An assignment that only one of the lists has (the one of all, the answer for the principal) counts; that they disagree is unknown, since the answer which lacks it may lack more. What another list proves is judged even where the answer for the principal could not be read.

Not considered: Azure Lighthouse delegations, which no list of assignments holds.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["required"],
    properties: {
      principal: PRINCIPAL_SCHEMA,
      scope: { type: "string", minLength: 1, description: "where the documented roles are to be held" },
      required: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "ids of the controls whose roles must be held",
      },
      optional: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "ids of the controls whose roles may be held",
      },
    },
  },
  needs: (params) => [
    "azure/role-definition",
    "azure/assigned-to",
    "azure/deny-assignment",
    "azure/role-eligibility",
    "azure/provider-operations",
    ...((params as Params).principal === undefined ? (["azure/role-assignment"] as const) : []),
  ],
  tolerates: ["azure/provider-operations", "azure/role-eligibility", "azure/role-assignment"],
  drifts: {
    excess: {
      short: "The principal can do more than is documented.",
      help: "Some assignment, direct, through a group, inherited from above or on one resource below, lets the principal do what no documented role lists. `by` says which one. Delete that assignment, or put the role right if it is a documented one.",
    },
    missing: {
      short: "The principal cannot do something that is documented.",
      help: "No assignment grants it at the documented scope, or a deny assignment takes it away. What relies on it fails.",
    },
    wider: {
      short: "An assignment of a documented role reaches beyond the documented scope.",
      help: "What the role grants, or a part of it, is documented, but for a narrower scope: the assignment sits above it, at a management group for instance. Assign it where the document says and delete the wider one.",
    },
    absent: {
      short: "The principal holds nothing.",
      help: "No assignment at all at, above or below the subscription, although the assignments could be read.",
    },
    stray: {
      short: "An eligible assignment goes beyond the document.",
      help: "The principal, or a group that it is in, may activate a role (Privileged Identity Management) that grants more than is documented. It grants nothing until then (AZ10), so it is of low severity. An eligible assignment within the document is a note.",
    },
  },
  run: function* (facts, rawParams, context) {
    const params = rawParams as Params;
    const principals = audited(params.principal, context);
    if (principals.length === 0 && context.principalsUnknown !== undefined) {
      yield nobodyKnown(context.principalsUnknown, facts.scope);
      return;
    }
    const roles = readRoleDefinitions(facts);
    const { documented, unknown } = documentedBy(params, params.scope, facts.scope, roles, context);
    yield* unknown;
    if (documented.length === 0 || unknown.length > 0) return;
    const { denies, malformed } = readDenies(facts);
    for (const id of malformed) {
      yield {
        kind: "unknown",
        resource: { type: "Microsoft.Authorization/denyAssignments", id, name: id },
        message: `deny assignment ${id} cannot be understood: it has no scope, principals or permissions`,
        property: "deny",
        clause: "AZ6",
        decide: "read the deny assignment again",
      };
    }
    if (principals.length === 0) {
      yield {
        kind: "drift",
        drift: "absent",
        resource: { type: "principal", id: facts.scope, name: "nobody" },
        message: `nobody holds a documented role at, above or below ${facts.scope}: the vendor has no access here, or not by the documented role`,
        property: "assignments",
        at: "/required",
        remediation: {
          text: "Assign the documented roles, or name the principal with --principal.",
          commands: [],
        },
      };
    }
    for (const principal of principals) {
      const named = context.principalsGiven || params.principal !== undefined;
      const members = membersUnknown(principal, facts, named);
      if (members !== undefined) yield { ...members, at: "/required" };
      yield* judge({ facts, context, roles, principal, documented }, denies, members !== undefined);
    }
  },
};
