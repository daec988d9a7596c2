import { byText } from "../../text/order.ts";

/**
 * Azure scopes. They compare case-insensitively and by segment (AZ7). A scope pattern may hold `*`,
 * which stands for anything inside one segment.
 */

const MANAGEMENT_GROUP = /^\/providers\/microsoft\.management\/managementgroups\/[^/]+$/;

/** Lower case, one leading slash, no trailing one; the prefix that eligibility ids carry is taken off. */
export function normalScope(scope: string): string {
  const parts = scope
    .toLowerCase()
    .split("/")
    .filter((part) => part !== "");
  if (parts[0] === "providers" && parts[1] === "microsoft.subscription" && parts[2] === "subscriptions") {
    parts.splice(0, 2);
  }
  return `/${parts.join("/")}`;
}

/** How far from the root a scope lies: root, management group, subscription, group, resource. */
function depth(scope: string): number {
  const s = normalScope(scope);
  if (s === "/") return 0;
  if (MANAGEMENT_GROUP.test(s)) return 1;
  return s.split("/").length;
}

/** Widest first; equal ones by text. */
export function widestFirst(a: string, b: string): number {
  return depth(a) - depth(b) || byText(normalScope(a), normalScope(b));
}

function segmentMatches(pattern: string, segment: string): boolean {
  if (!pattern.includes("*")) return pattern === segment;
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (segment.length < first.length + last.length) return false;
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false;
  let rest = segment.slice(first.length, segment.length - last.length);
  for (const part of parts.slice(1, -1)) {
    const found = rest.indexOf(part);
    if (found < 0) return false;
    rest = rest.slice(found + part.length);
  }
  return true;
}

/** Does a name match a glob in which `*` is any run of characters? Case-insensitive. */
export function nameMatches(glob: string, name: string): boolean {
  return segmentMatches(glob.toLowerCase(), name.toLowerCase());
}

/** Where a scope lies, seen from a declared one. */
export type Relation = "same" | "above" | "below" | "apart";

/**
 * Where `scope` lies, seen from the declared `pattern`.
 *
 * Every management group that a subscription's list returns is an ancestor of that subscription, so one is
 * above every subscription scope. The order of two management groups cannot be told from their names: the
 * other one counts as above, which never hides a wider grant.
 */
export function relation(pattern: string, scope: string): Relation {
  const p = normalScope(pattern);
  const s = normalScope(scope);
  if (p === "/" || s === "/") return p === s ? "same" : p === "/" ? "below" : "above";
  const patternIsGroup = MANAGEMENT_GROUP.test(p);
  const scopeIsGroup = MANAGEMENT_GROUP.test(s);
  if (patternIsGroup !== scopeIsGroup) return scopeIsGroup ? "above" : "below";
  const a = p.slice(1).split("/");
  const b = s.slice(1).split("/");
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (!segmentMatches(a[i] ?? "", b[i] ?? "")) return patternIsGroup ? "above" : "apart";
  }
  return a.length === b.length ? "same" : b.length < a.length ? "above" : "below";
}

const ANY_GROUP = "any management group";

/**
 * Keys of a scope and of everything that lies above it, the widest first and its own last. All management groups that a
 * subscription's lists return are its ancestors; of two of them, none is known to lie above the other.
 */
export function lineage(scope: string): readonly string[] {
  const s = normalScope(scope);
  if (s === "/") return ["/"];
  if (MANAGEMENT_GROUP.test(s)) return ["/", s];
  const parts = s.slice(1).split("/");
  return ["/", ANY_GROUP, ...parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`)];
}

/** The keys that stand for a scope in the lineages of those at or below it. */
export function placesAt(scope: string): readonly string[] {
  const s = normalScope(scope);
  return MANAGEMENT_GROUP.test(s) ? [s, ANY_GROUP] : [s];
}

/** Is the scope the declared one, or below it? */
export function scopeCovers(pattern: string, scope: string): boolean {
  const where = relation(pattern, scope);
  return where === "same" || where === "below";
}

/** The resource group of a resource id, lower case; `undefined` when it lies in none. */
export function resourceGroupOf(id: string): string | undefined {
  return /\/resourcegroups\/([^/]+)/.exec(normalScope(id))?.[1];
}

/** A scope as a person reads it: the name of a group or resource, not its whole path. */
export function scopeInWords(scope: string): string {
  return normalScope(scope) === "/" ? "/ (the whole tenant)" : scope;
}

/** Where something was looked for, in words: a scope that leaves a part open is as wide as all that was read. */
export function placeInWords(within: string | undefined, all: string): string {
  return within === undefined || within.includes("*") ? all : within;
}
