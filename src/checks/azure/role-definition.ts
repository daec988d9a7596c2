import type { Residue } from "../../access/policy.ts";
import { allows, comparePolicies, evaluator } from "../../access/provider.ts";
import type { Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { record, texts } from "../../snapshot/value.ts";
import { heldBy, isHeld } from "../../state/azure/assignment.ts";
import { showRoleDefinition } from "../../state/azure/command.ts";
import type { Permissions } from "../../state/azure/permissions.ts";
import {
  compareOptions,
  LIST,
  PERMISSIONS_SCHEMA,
  ROLE_DEFINITION_TYPE,
} from "../../state/azure/permissions.ts";
import { type RoleDefinition, type RoleDefinitions, readRoleDefinitions } from "../../state/azure/role.ts";
import { scopeCovers } from "../../state/azure/scope.ts";
import type { Context } from "../../state/context.ts";
import { command } from "../../text/command.ts";
import { byText } from "../../text/order.ts";
import { nearestEntry, neighbours } from "../../wording/azure/anchor.ts";
import * as observe from "../../wording/azure/observe.ts";
import { membersUnknown } from "../../wording/azure/principals.ts";
import type { Observation } from "../../wording/observation.ts";
import { exceptInWords, today, WHY_EXCESS } from "../../wording/words.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly role?: string;
  readonly permissions: readonly Permissions[];
  readonly assignableScopes?: readonly string[];
}

function livePermissions(role: RoleDefinition): readonly Permissions[] {
  return (role.permissions ?? []).map((p) => ({
    actions: texts(record(p)?.["actions"]),
    dataActions: texts(record(p)?.["dataActions"]),
  }));
}

function resourceOf(role: RoleDefinition): Resource {
  return { type: ROLE_DEFINITION_TYPE, id: role.id, name: role.name };
}

/** The custom roles that the audited principals hold and that no other control describes by name. */
function candidates(facts: Facts, roles: RoleDefinitions, context: Context): readonly RoleDefinition[] {
  const named = new Set(
    [...context.controls.values()]
      .filter((c) => c.check === roleDefinition.id)
      .flatMap((c) => {
        const name = (c.with as Params).role;
        return name === undefined ? [] : roles.named(name).map((r) => r.guid);
      }),
  );
  const held = new Set(
    context.principals.flatMap((p) => {
      const holds = heldBy(facts, p.id);
      return isHeld(holds) ? holds.assignments.map((a) => a.role) : [];
    }),
  );
  return roles.all.filter((r) => r.custom && held.has(r.guid) && !named.has(r.guid));
}

/** How many of the documented entries a role allows, each tried with one operation that only it describes. */
function countAllowed(role: unknown, permissions: readonly Permissions[]): { allowed: number; of: number } {
  let allowed = 0;
  let of = 0;
  for (const object of permissions) {
    for (const plane of ["control", "data"] as const) {
      for (const pattern of object[LIST[plane]] ?? []) {
        of += 1;
        const action = pattern.replaceAll("*", "anything");
        if (allows("azure", [role], { action, plane }) === "allowed") allowed += 1;
      }
    }
  }
  return { allowed, of };
}

/** Is at least half of what a role lists documented? A broad role allows the entries of any narrow one. */
function mostlyDocumented(role: RoleDefinition, permissions: readonly Permissions[]): boolean {
  const { allowed, of } = countAllowed({ permissions }, livePermissions(role));
  return allowed * 2 >= of;
}

/** The held role that comes nearest to a documented one without a name, if any is near enough. */
function nearestRole(
  facts: Facts,
  roles: RoleDefinitions,
  params: Params,
  context: Context,
): { role?: RoleDefinition; unreadable: readonly RoleDefinition[] } {
  const all = candidates(facts, roles, context);
  const counted = all
    .filter((role) => role.permissions !== undefined)
    .map((role) => ({ role, ...countAllowed(role.body, params.permissions) }))
    .filter((c) => c.allowed * 2 > c.of && mostlyDocumented(c.role, params.permissions))
    .sort((a, b) => b.allowed - a.allowed || byText(a.role.guid, b.role.guid));
  const best = counted[0]?.role;
  return {
    ...(best === undefined ? {} : { role: best }),
    unreadable: all.filter((role) => role.permissions === undefined),
  };
}

function entryCount(permissions: readonly Permissions[]): number {
  return permissions.reduce((n, p) => n + (p.actions?.length ?? 0) + (p.dataActions?.length ?? 0), 0);
}

function missing(residue: Residue, role: RoleDefinition, scope: string, replay: Replay): Observation {
  const plane = residue.plane ?? "control";
  const list = LIST[plane];
  return {
    kind: "drift",
    drift: "missing",
    resource: resourceOf(role),
    message:
      `role "${role.name}" does not grant ${residue.pattern}${exceptInWords(residue.except)}, which the document asks for` +
      ` (${list}): it may not ${observe.operation(residue.witness)}${today(residue)}; what relies on it will fail`,
    property: observe.permissionProperty("missing", residue),
    ...observe.observedRoleResidue(residue),
    expected: [residue.pattern],
    actual: neighbours(livePermissions(role), plane, residue.pattern),
    at: residue.origin.pointer.startsWith("/permissions/") ? residue.origin.pointer : "/permissions",
    verify: showRoleDefinition(role.name, scope),
    remediation: {
      text: `Add "${residue.pattern}" to ${list} of the role, as the document prints it; a notActions entry that takes it away must go.`,
      commands: editRole(role, scope),
    },
    replay: () => replay(residue),
  };
}

function excess(
  residue: Residue,
  role: RoleDefinition,
  params: Params,
  scope: string,
  replay: Replay,
): Observation {
  const plane = residue.plane ?? "control";
  const list = LIST[plane];
  return {
    kind: "drift",
    drift: "excess",
    resource: resourceOf(role),
    message:
      `role "${role.name}" grants ${residue.pattern}${exceptInWords(residue.except)} beyond the document (${list}):` +
      ` it may ${observe.operation(residue.witness)}${today(residue)}; ${WHY_EXCESS[residue.impact]}`,
    property: observe.permissionProperty("excess", residue),
    ...observe.observedRoleResidue(residue),
    expected: neighbours(params.permissions, plane, residue.pattern),
    actual: [residue.pattern],
    at: nearestEntry(params.permissions, plane, residue.pattern),
    verify: showRoleDefinition(role.name, scope),
    remediation: {
      text: `Take "${residue.pattern}" out of ${list} of the role, and leave what the document lists instead.`,
      commands: editRole(role, scope),
    },
    replay: () => replay(residue),
  };
}

/** A step that a person takes, between commands: pasted, it opens the file. */
const EDIT = `"\${EDITOR:-vi}" role.json`;

function editRole(role: RoleDefinition, scope: string): readonly string[] {
  return [
    `${command("az", "role", "definition", "list", "--name", role.name, "--scope", scope, "--query", "[0]")} > role.json`,
    EDIT,
    command("az", "role", "definition", "update", "--role-definition", "role.json"),
  ];
}

type Replay = (residue: Residue) => { readonly documented: string; readonly live: string };

function* compareRole(
  facts: Facts,
  role: RoleDefinition,
  params: Params,
  context: Context,
): Iterable<Observation> {
  if (role.permissions === undefined) {
    yield {
      kind: "unknown",
      resource: resourceOf(role),
      message: `role "${role.name}" came without a list of permissions, or twice with different ones, so what it grants is not known`,
      property: "permissions",
      decide: "read the role definition again",
      verify: showRoleDefinition(role.name, facts.scope),
    };
    return;
  }
  const documented = [{ permissions: params.permissions }];
  const live = [role.body];
  const comparison = comparePolicies("azure", documented, live, compareOptions(context));
  const [documentedSays, liveSays] = [evaluator("azure", documented), evaluator("azure", live)];
  const replay: Replay = (residue) => ({
    documented: documentedSays(residue.witness),
    live: liveSays(residue.witness),
  });
  for (const residue of comparison.missing) yield missing(residue, role, facts.scope, replay);
  for (const residue of comparison.excess) yield excess(residue, role, params, facts.scope, replay);
  for (const doubt of comparison.undecided) {
    yield observe.observedRoleDoubt(doubt, resourceOf(role), `role "${role.name}"`);
  }
  yield* assignable(role, params, facts.scope);
  yield { kind: "assessed", count: entryCount(params.permissions), what: "documented permissions" };
}

/** A role that may be assigned in more places grants nothing there (AZ8); it is worth knowing all the same. */
function* assignable(role: RoleDefinition, params: Params, scope: string): Iterable<Observation> {
  const declared = params.assignableScopes ?? [];
  if (declared.length === 0) return;
  for (const live of [...new Set(role.assignableScopes)].sort(byText)) {
    if (declared.some((pattern) => scopeCovers(pattern, live))) continue;
    yield {
      kind: "drift",
      drift: "wider",
      severity: "low",
      resource: resourceOf(role),
      message: `role "${role.name}" may be assigned at ${live}, beyond the document's ${declared.join(", ")}; that grants nothing by itself, an assignment there would`,
      property: `assignableScopes:${live}`,
      expected: declared,
      actual: live,
      at: "/assignableScopes",
      verify: showRoleDefinition(role.name, scope),
      remediation: {
        text: `Take ${live} out of assignableScopes, after any assignment there is gone.`,
        commands: editRole(role, scope),
      },
    };
  }
}

function absent(params: Params, context: Context, scope: string): Observation {
  const name = params.role ?? context.control.id;
  const resource = { type: ROLE_DEFINITION_TYPE, id: `${scope}#${name}`, name };
  const where =
    params.role === undefined
      ? "no role of the audited principals grants most of what the document lists"
      : `no role is named "${params.role}" in ${scope}`;
  if (context.control.optional) {
    return {
      kind: "note",
      drift: "absent",
      absent: true,
      resource,
      message: `${where}; the document calls it optional`,
      property: "role",
      at: params.role === undefined ? "/permissions" : "/role",
    };
  }
  return {
    kind: "drift",
    drift: "absent",
    resource,
    message: `${where}: what the document asks for is not granted by it`,
    property: "role",
    expected: name,
    at: params.role === undefined ? "/permissions" : "/role",
    verify:
      params.role === undefined
        ? command("az", "role", "definition", "list", "--custom-role-only", "true", "--scope", scope)
        : showRoleDefinition(params.role, scope),
    remediation: {
      text: "Create the role with the permissions that the document prints, and assign it.",
      commands: [EDIT, command("az", "role", "definition", "create", "--role-definition", "role.json")],
    },
  };
}

function unknown(
  params: Params,
  context: Context,
  scope: string,
  message: string,
  decide: string,
): Observation {
  const name = params.role ?? context.control.id;
  return {
    kind: "unknown",
    resource: { type: ROLE_DEFINITION_TYPE, id: `${scope}#${name}`, name },
    message,
    property: "role",
    decide,
  };
}

function* findNamed(
  facts: Facts,
  roles: RoleDefinitions,
  params: Params,
  name: string,
  context: Context,
): Iterable<Observation> {
  const found = roles.named(name);
  const unread = facts.unread("azure/role-definition");
  if (found.length === 0 && unread.length > 0) {
    const ids = unread.map((u) => u.id ?? u.api).join(", ");
    yield unknown(
      params,
      context,
      facts.scope,
      `no role is named "${name}" among those that were read, and these were not: ${ids}`,
      "read the role definitions that are missing",
    );
    return;
  }
  if (found.length === 0) yield absent(params, context, facts.scope);
  for (const role of found) yield* compareRole(facts, role, params, context);
}

function* findUnnamed(
  facts: Facts,
  roles: RoleDefinitions,
  params: Params,
  context: Context,
): Iterable<Observation> {
  const unreadable = context.principals.flatMap((p) => {
    const held = heldBy(facts, p.id);
    if (!isHeld(held)) return [held.reason];
    const members = membersUnknown(p, facts, context.principalsGiven);
    return [
      ...(held.malformed === 0 ? [] : [`${held.malformed} assignments of ${p.id} cannot be understood`]),
      ...(held.elsewhere.length === 0 ? [] : [`the lists of the assignments of ${p.id} disagree (AZ6)`]),
      ...(members === undefined ? [] : [`${members.message} (AZ6)`]),
    ];
  });
  const near = nearestRole(facts, roles, params, context);
  if (near.role !== undefined) {
    yield* compareRole(facts, near.role, params, context);
    return;
  }
  const unread = facts.unread("azure/role-definition").map((u) => u.id ?? u.api);
  const reasons = [
    ...unreadable,
    ...(context.principalsUnknown === undefined ? [] : [context.principalsUnknown]),
    ...unread.map((id) => `role definition ${id} was not read`),
    ...near.unreadable.map((r) => `role "${r.name}" came without a list of permissions`),
  ];
  if (reasons.length > 0) {
    yield unknown(params, context, facts.scope, reasons.join("; "), "read what the audited principals hold");
    return;
  }
  yield absent(params, context, facts.scope);
}

/** A custom role grants what the document prints: no permission fewer, none more (AZ1 to AZ5, AZ8, AZ11). */
export const roleDefinition: Check = {
  id: "azure/role-definition",
  cloud: "azure",
  title: "A custom role grants exactly the documented permissions",
  help: `Finds the custom role by its name or id and compares its permissions with the documented ones as sets of operations, on both planes, wildcards included. Order, case, duplicates and how the permissions are split over permission objects make no difference; \`notActions\` count for their own object only.

A control without \`role\` describes a role that the document does not name: of the custom roles that the audited principals hold, the one that allows most of the documented entries, and more than half of them, is compared; a role of which less than half is documented is another one (what it grants beyond the document shows in the effective access).

Unknown, never pass: no role definition could be listed, the role came without permissions, or a condition decides.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["permissions"],
    properties: {
      role: {
        type: "string",
        minLength: 1,
        description: "name or id of the role; absent when the document prints none",
      },
      permissions: PERMISSIONS_SCHEMA,
      assignableScopes: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "scopes, `*` for one segment, at or below which the role may be assigned",
      },
    },
  },
  needs: (params) => [
    "azure/role-definition",
    "azure/provider-operations",
    ...((params as Params).role === undefined
      ? (["azure/role-assignment", "azure/assigned-to"] as const)
      : []),
  ],
  tolerates: ["azure/provider-operations", "azure/role-assignment"],
  drifts: {
    missing: {
      short: "The role lacks a documented permission.",
      help: "The role does not grant a permission that the document asks for, so a part of the product will fail where it is used. The proof is one operation that the document allows and the role does not. Add the pattern to the role as the document prints it, and look for a `notActions` entry that takes it away.",
    },
    excess: {
      short: "The role grants more than the document lists.",
      help: "The role grants operations that the document does not list. The proof is one operation that the role allows and the document does not; the row says how many operations of today are concerned. A row without any is latent: the wildcard will grant what the provider adds. Take the pattern out, or ask the vendor to document it.",
    },
    wider: {
      short: "The role may be assigned in more places than documented.",
      help: "`assignableScopes` lets the role be assigned outside the documented scopes. It grants nothing by itself (AZ8), so it is of low severity.",
    },
    absent: {
      short: "The documented role does not exist.",
      help: "No role of that name was found in an account whose roles could be read. An optional role that is absent is a note.",
    },
  },
  run: function* (facts, rawParams, context) {
    const params = rawParams as Params;
    const roles = readRoleDefinitions(facts);
    if (roles.all.length === 0) {
      yield unknown(
        params,
        context,
        facts.scope,
        "the list of role definitions is empty, without even the built-in ones: the account was not readable",
        "read the role definitions with an identity that may list them",
      );
      return;
    }
    if (params.role === undefined) yield* findUnnamed(facts, roles, params, context);
    else yield* findNamed(facts, roles, params, params.role, context);
  },
};
