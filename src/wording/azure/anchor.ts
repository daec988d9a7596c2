import { LIST, type Permissions } from "../../state/azure/permissions.ts";

function stem(pattern: string): string {
  const star = pattern.indexOf("*");
  return (star < 0 ? pattern : pattern.slice(0, star)).toLowerCase();
}

function sharedLength(a: string, b: string): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i;
}

interface Entry {
  readonly pointer: string;
  readonly pattern: string;
}

function entries(permissions: readonly Permissions[], plane: "control" | "data"): readonly Entry[] {
  return permissions.flatMap((object, i) =>
    (object[LIST[plane]] ?? []).map((pattern, j) => ({
      pointer: `/permissions/${i}/${LIST[plane]}/${j}`,
      pattern,
    })),
  );
}

/**
 * Where in a control's `with` an excess pattern is best shown: the documented pattern that overlaps with it and has the
 * longest stem in common, else the one of the same provider, else the list as a whole.
 */
export function nearestEntry(
  permissions: readonly Permissions[],
  plane: "control" | "data",
  pattern: string,
): string {
  const wanted = stem(pattern);
  const provider = wanted.indexOf("/") + 1;
  let best: { pointer: string; score: number } | undefined;
  for (const entry of entries(permissions, plane)) {
    const own = stem(entry.pattern);
    const shared = sharedLength(wanted, own);
    const overlaps = wanted.startsWith(own) || own.startsWith(wanted);
    const sameProvider = provider > 0 && shared >= provider;
    if (!overlaps && !sameProvider) continue;
    const score = shared * 2 + (overlaps ? 1 : 0);
    if (best === undefined || score > best.score) best = { pointer: entry.pointer, score };
  }
  return best?.pointer ?? "/permissions";
}

/** The patterns of a list that start like this one or cover its start: what to show beside it. */
export function neighbours(
  permissions: readonly Permissions[],
  plane: "control" | "data",
  pattern: string,
): readonly string[] {
  const wanted = stem(pattern);
  return entries(permissions, plane)
    .filter((e) => wanted.startsWith(stem(e.pattern)) || stem(e.pattern).startsWith(wanted))
    .map((e) => e.pattern)
    .slice(0, 20);
}
