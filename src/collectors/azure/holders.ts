import { isObject, type JsonObject } from "../http/answer.ts";

/** A role definition's GUID, lower case: the last part of its id, whatever scope the id is written at (AZ11). */
export function roleGuid(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1).toLowerCase();
}

/** GUIDs of the roles with one of these names, in any case. */
export function rolesNamed(
  definitions: readonly JsonObject[],
  names: readonly string[],
): ReadonlySet<string> {
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  const found = new Set<string>();
  for (const definition of definitions) {
    const name = property(definition, "roleName");
    const id = text(definition.id) ?? text(definition.name);
    if (id !== undefined && name !== undefined && wanted.has(name.trim().toLowerCase()))
      found.add(roleGuid(id));
  }
  return found;
}

/** Principals that hold one of the roles, each once (ids compare in any case), in a fixed order. */
export function holdersOf(assignments: readonly JsonObject[], roles: ReadonlySet<string>): readonly string[] {
  const found = new Map<string, string>();
  for (const assignment of assignments) {
    const role = property(assignment, "roleDefinitionId");
    const principal = property(assignment, "principalId");
    if (role === undefined || principal === undefined || !roles.has(roleGuid(role))) continue;
    if (!found.has(principal.toLowerCase())) found.set(principal.toLowerCase(), principal);
  }
  return [...found.keys()].sort().map((key) => found.get(key) ?? key);
}

/** Ids of the roles that assignments refer to and that the list of definitions lacks; each role once. */
export function rolesMissing(
  assignments: readonly JsonObject[],
  definitions: readonly JsonObject[],
): readonly string[] {
  const known = new Set(definitions.flatMap((definition) => text(definition.id) ?? []).map(roleGuid));
  const missing = new Map<string, string>();
  for (const assignment of assignments) {
    const role = property(assignment, "roleDefinitionId");
    if (role === undefined || known.has(roleGuid(role)) || missing.has(roleGuid(role))) continue;
    missing.set(roleGuid(role), role);
  }
  return [...missing.keys()].sort().map((key) => missing.get(key) ?? key);
}

/** A property of the provider's `properties`; absent, null and empty are alike. */
function property(body: JsonObject, name: string): string | undefined {
  return isObject(body.properties) ? text(body.properties[name]) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
