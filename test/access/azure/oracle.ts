import type { Permission, Role } from "./arbitrary.ts";

/**
 * A second reading of the Azure rules that shares no code with src/: regular expressions, sets, and every way that
 * the conditions can turn out. Small inputs only.
 */
const compiled = new Map<string, RegExp>();

function toRegExp(pattern: string): RegExp {
  const known = compiled.get(pattern) ?? freshRegExp(pattern);
  if (compiled.size < 50_000) compiled.set(pattern, known);
  return known;
}

function freshRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\/]/g, "\\$&").replaceAll("*", "[^]*")}$`, "i");
}

function grants(
  permission: Permission,
  action: string,
  plane: "control" | "data",
  holding: ReadonlySet<string>,
): boolean {
  if (permission.condition !== undefined && !holding.has(permission.condition)) return false;
  const [only, except] =
    plane === "control"
      ? [permission.actions, permission.notActions]
      : [permission.dataActions, permission.notDataActions];
  return only.some((p) => toRegExp(p).test(action)) && !except.some((p) => toRegExp(p).test(action));
}

export function granted(
  allow: readonly Role[],
  deny: readonly Role[],
  action: string,
  plane: "control" | "data",
  holding: ReadonlySet<string>,
): boolean {
  const some = (roles: readonly Role[]) =>
    roles.some((r) => r.permissions.some((p) => grants(p, action, plane, holding)));
  return some(allow) && !some(deny);
}

/** All subsets of the conditions. */
export function valuations(conditions: readonly string[]): readonly ReadonlySet<string>[] {
  return conditions.reduce<readonly ReadonlySet<string>[]>(
    (sets, c) => sets.flatMap((s) => [s, new Set([...s, c])]),
    [new Set<string>()],
  );
}

export function inResidue(residue: { pattern: string; except: readonly string[] }, action: string): boolean {
  return toRegExp(residue.pattern).test(action) && !residue.except.some((e) => toRegExp(e).test(action));
}
