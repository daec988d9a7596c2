import type { ResolvedControl } from "../../baselines/baseline.ts";
import type { Resource } from "../../report/report.ts";
import type { Context } from "../context.ts";
import type { Permissions } from "./permissions.ts";
import { lastSegment, type RoleDefinitions } from "./role.ts";

/** What one referenced control documents, and where. */
export interface Documented {
  /** JSON pointer of the reference inside `with`. */
  readonly at: string;
  readonly control: string;
  readonly required: boolean;
  /** Scope patterns: the permissions hold at each of them and below. */
  readonly scopes: readonly string[];
  /** True when the control declares no scope of its own: then the audited subscription, or a part of it. */
  readonly anywhere: boolean;
  /** GUIDs of the live roles that are this documented one. */
  readonly roles: ReadonlySet<string>;
  /** Native document for the comparison. */
  readonly document: { readonly permissions: readonly unknown[]; readonly roleName?: string };
}

interface RoleDefinitionWith {
  readonly role?: string;
  readonly permissions: readonly Permissions[];
}

interface RoleAssignmentWith {
  readonly roles: readonly { readonly name: string; readonly id?: string }[];
  readonly scope?: string;
  readonly scopeOrAbove?: readonly string[];
}

export const DEFINITION = "azure/role-definition";
export const ASSIGNMENT = "azure/role-assignment";

interface Reference {
  readonly id: string;
  readonly at: string;
  readonly required: boolean;
}

/** A reference of which it is not known what it documents, as a check says it. */
export interface Undocumented {
  readonly kind: "unknown";
  readonly resource: Resource;
  readonly message: string;
  readonly property: string;
  readonly at: string;
  readonly decide: string;
}

function unusable(reference: Reference, message: string, scope: string): Undocumented {
  return {
    kind: "unknown",
    resource: { type: "control", id: `${scope}#${reference.id}`, name: reference.id },
    message,
    property: `control:${reference.id}`,
    at: reference.at,
    decide: "read the role definition that the control names",
  };
}

function ofDefinition(
  control: ResolvedControl,
  reference: Reference,
  scope: string | undefined,
  audited: string,
  roles: RoleDefinitions,
): Documented {
  const params = control.with as RoleDefinitionWith;
  return {
    at: reference.at,
    control: reference.id,
    required: reference.required,
    scopes: [scope ?? audited],
    anywhere: scope === undefined,
    roles: new Set(params.role === undefined ? [] : roles.named(params.role).map((r) => r.guid)),
    document: {
      permissions: params.permissions,
      ...(params.role === undefined ? {} : { roleName: params.role }),
    },
  };
}

/** The control that documents a custom role, so that the live role never documents itself. */
function definitionOf(name: string, context: Context): RoleDefinitionWith | undefined {
  return [...context.controls.values()]
    .filter((c) => c.check === DEFINITION)
    .map((c) => c.with as RoleDefinitionWith)
    .find((w) => w.role?.toLowerCase() === name.toLowerCase());
}

/** What the control documents; or why that cannot be told. */
function ofAssignment(
  control: ResolvedControl,
  reference: Reference,
  audited: string,
  roles: RoleDefinitions,
  context: Context,
): readonly (Documented | Undocumented)[] {
  const params = control.with as RoleAssignmentWith;
  return params.roles.map((role) => {
    const own = definitionOf(role.name, context);
    const live = role.id === undefined ? roles.named(role.name)[0] : roles.byGuid(lastSegment(role.id));
    const permissions = own?.permissions ?? (live?.custom === false ? live.permissions : undefined);
    if (permissions === undefined) {
      const why =
        live === undefined
          ? "its definition was not among those that were read"
          : "it is a custom role, and no control says what it grants";
      return unusable(reference, `what "${role.name}" grants by the document is not known: ${why}`, audited);
    }
    return {
      at: reference.at,
      control: reference.id,
      required: reference.required,
      scopes: params.scope === undefined ? [audited] : [params.scope, ...(params.scopeOrAbove ?? [])],
      anywhere: params.scope === undefined,
      roles: new Set([
        ...(role.id === undefined ? [] : [lastSegment(role.id)]),
        ...roles.named(role.name).map((r) => r.guid),
      ]),
      document: { permissions, roleName: role.name },
    };
  });
}

/**
 * What the controls that an effective-access control refers to document, one entry for each role. A control that the
 * chosen profile leaves out documents nothing.
 *
 * `scope`: where roles of role-definition controls are to be held; absent: `audited`, the subscription.
 */
export function documentedBy(
  refers: { readonly required: readonly string[]; readonly optional?: readonly string[] },
  scope: string | undefined,
  audited: string,
  roles: RoleDefinitions,
  context: Context,
): { readonly documented: readonly Documented[]; readonly unknown: readonly Undocumented[] } {
  const references: readonly Reference[] = [
    ...refers.required.map((id, i) => ({ id, at: `/required/${i}`, required: true })),
    ...(refers.optional ?? []).map((id, i) => ({ id, at: `/optional/${i}`, required: false })),
  ];
  const documented: Documented[] = [];
  const unknown: Undocumented[] = [];
  for (const reference of references) {
    const control = context.controls.get(reference.id);
    if (control === undefined) continue;
    if (control.check === DEFINITION) {
      const entry = ofDefinition(control, reference, scope, audited, roles);
      documented.push(control.optional ? { ...entry, required: false } : entry);
    } else if (control.check === ASSIGNMENT) {
      for (const entry of ofAssignment(control, reference, audited, roles, context)) {
        if ("kind" in entry) unknown.push(entry);
        else documented.push(control.optional ? { ...entry, required: false } : entry);
      }
    } else {
      unknown.push(
        unusable(
          reference,
          `control ${reference.id} (${control.check}) documents no Azure permissions`,
          audited,
        ),
      );
    }
  }
  return { documented, unknown };
}
