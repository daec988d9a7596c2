import { bare, type Rule } from "./rules.ts";

/** What two lists have in common, in the order of the first; `*` is everything. */
function common(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.includes("*")) return b;
  if (b.includes("*")) return a;
  return a.filter((item) => b.includes(item));
}

/** The resource that two entries have in common: `*` is everything, `*` before a subresource every resource's. */
function sharedResource(a: string, b: string): string | undefined {
  if (a === b || b === "*") return a;
  if (a === "*") return b;
  if (a.startsWith("*/") && b.endsWith(a.slice(1))) return b;
  if (b.startsWith("*/") && a.endsWith(b.slice(1))) return a;
  return undefined;
}

/** The address that two entries have in common: a `*` at the end is any continuation. */
function sharedUrl(a: string, b: string): string | undefined {
  if (a.endsWith("*") && b.startsWith(a.slice(0, -1))) return b;
  if (b.endsWith("*") && a.startsWith(b.slice(0, -1))) return a;
  return a === b ? a : undefined;
}

function cross(
  a: readonly string[],
  b: readonly string[],
  shared: (a: string, b: string) => string | undefined,
): readonly string[] {
  return [...new Set(a.flatMap((x) => b.flatMap((y) => shared(x, y) ?? [])))];
}

/** What two rules both grant: of resources, and of addresses, since one rule may name both (K10). */
function intersection(a: Rule, b: Rule): readonly Rule[] {
  const verbs = common(a.verbs, b.verbs);
  if (verbs.length === 0) return [];
  const nonResourceURLs = cross(a.nonResourceURLs ?? [], b.nonResourceURLs ?? [], sharedUrl);
  const urls = nonResourceURLs.length === 0 ? [] : [bare({ verbs, nonResourceURLs })];
  const apiGroups = common(a.apiGroups ?? [], b.apiGroups ?? []);
  const resources = cross(a.resources ?? [], b.resources ?? [], sharedResource);
  if (apiGroups.length === 0 || resources.length === 0) return urls;
  const [these, those] = [a.resourceNames ?? [], b.resourceNames ?? []];
  const resourceNames = these.length === 0 ? those : those.length === 0 ? these : common(these, those);
  // no name in common is nothing; without names on either side it is everything
  if (resourceNames.length === 0 && these.length > 0) return urls;
  return [...urls, bare({ verbs, apiGroups, resources, resourceNames })];
}

/** What is left of a rule when all that is not documented is taken out of it; empty when nothing of it is documented. */
export function narrowed(live: Rule, documented: readonly Rule[]): readonly Rule[] {
  const parts = documented.flatMap((rule) => intersection(rule, live));
  return [...new Map(parts.map((rule) => [JSON.stringify(rule), rule])).values()];
}
