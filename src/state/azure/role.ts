import { twice } from "../../access/fold.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, list, property, record, text, texts } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";

/** A role definition as Resource Manager returned it. */
export interface RoleDefinition {
  /** The whole id, as it came. */
  readonly id: string;
  /** Last segment of the id, lower case: what assignments are matched by (AZ11). */
  readonly guid: string;
  readonly name: string;
  readonly custom: boolean;
  /** `undefined`: no list, or two answers with different ones, so what the role grants is not known. */
  readonly permissions: readonly unknown[] | undefined;
  readonly assignableScopes: readonly string[];
  readonly body: unknown;
}

/** Every role definition that was read. */
export interface RoleDefinitions {
  readonly all: readonly RoleDefinition[];
  byGuid(guid: string): RoleDefinition | undefined;
  /** By name, id or GUID, in any case. Custom roles, where there is one; else whatever has that name. */
  named(nameOrId: string): readonly RoleDefinition[];
}

/** Last segment of an id, lower case. */
export function lastSegment(id: string): string {
  return (
    id
      .toLowerCase()
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? ""
  );
}

/** The role definitions of a snapshot; one for each id, however often the lists repeat it. */
export function readRoleDefinitions(facts: Facts): RoleDefinitions {
  const byGuid = new Map<string, RoleDefinition>();
  for (const document of facts.all("azure/role-definition")) {
    const body = document.body;
    const id = text(property(body, "id")) ?? document.id;
    const guid = lastSegment(text(property(body, "name")) ?? id);
    const name = text(property(body, "roleName")) ?? guid;
    if (guid === "") continue;
    const permissions = permissionsIn(body);
    const before = byGuid.get(guid);
    if (before !== undefined) {
      // It changed while the list was read: neither answer can be trusted.
      if (JSON.stringify(before.permissions) !== JSON.stringify(permissions)) {
        byGuid.set(guid, { ...before, permissions: undefined });
      }
      continue;
    }
    byGuid.set(guid, {
      id,
      guid,
      name,
      custom: (text(rolesType(body)) ?? "CustomRole").toLowerCase() !== "builtinrole",
      permissions,
      assignableScopes: texts(property(body, "assignableScopes")),
      body,
    });
  }
  const all = [...byGuid.values()].sort((a, b) => byText(a.guid, b.guid));
  return {
    all,
    byGuid: (guid) => byGuid.get(guid.toLowerCase()),
    named: (nameOrId) => {
      const wanted = nameOrId.toLowerCase();
      const found = all.filter(
        (role) => role.name.toLowerCase() === wanted || role.guid === lastSegment(wanted),
      );
      const custom = found.filter((role) => role.custom);
      return custom.length > 0 ? custom : found;
    },
  };
}

/** `properties.type` is the kind of role; the document's own `type` is the resource type. */
function rolesType(body: unknown): unknown {
  const own = property(body, "type");
  return typeof own === "string" && own.includes("/") ? property(body, "roleType") : own;
}

/** The permissions of a role; undefined where there is no list, or where two spellings of its name may mean it (AZ2). */
function permissionsIn(body: unknown): readonly unknown[] | undefined {
  const objects = [record(body), record(field(body, "properties"))].filter((o) => o !== undefined);
  const keys = objects.map((o) => Object.keys(o).filter((k) => /^(?:properties|permissions)$/i.test(k)));
  return keys.some((k) => twice(k) !== undefined) ? undefined : list(property(body, "permissions"));
}
