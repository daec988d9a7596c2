import type { ServedResource } from "../../access/policy.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import type { Rule } from "./rules.ts";
import { member, textsOf } from "./value.ts";

/** What stands for a resource whose name nobody could read. */
const SOME = "<any>";

interface Discovery {
  readonly resources: readonly ServedResource[];
  /** Groups of which a version could not be read: they may serve more. */
  readonly unsure: ReadonlySet<string>;
}

const read = new WeakMap<Facts, Discovery | "unread">();

function readDiscovery(facts: Facts): Discovery | "unread" {
  const unread = facts.unread("kubernetes/api-resource");
  const documents = facts.all("kubernetes/api-resource");
  if (unread.some((u) => u.id === undefined) || documents.length === 0) return "unread";
  const found = new Map<string, ServedResource>();
  for (const { body } of documents) {
    const resource = text(member(body, "resource"));
    const group = member(body, "group");
    const namespaced = member(body, "namespaced");
    if (resource === undefined || typeof group !== "string" || typeof namespaced !== "boolean") continue;
    const key = JSON.stringify([group, resource]);
    const verbs = textsOf(member(body, "verbs")) ?? [];
    const before = found.get(key);
    // a version that lists no verb does not tell them: any may be served
    const told = verbs.length > 0 && (before === undefined || before.verbs !== undefined);
    found.set(key, {
      group,
      resource,
      namespaced: namespaced || before?.namespaced === true,
      ...(told ? { verbs: [...new Set([...(before?.verbs ?? []), ...verbs])].sort(byText) } : {}),
    });
  }
  // without a version it may be a group, or a version of the core group, which has nothing before it
  const unsure = new Set(
    unread.flatMap(({ id = "" }) => (id.includes("/") ? id.slice(0, id.indexOf("/")) : ["", id])),
  );
  return { resources: [...found.values()], unsure };
}

/**
 * What the server serves, for a comparison of these rules; `undefined` when discovery was not read, and rules are then
 * compared as written (K4). A group of which a version could not be read counts as serving what the rules name in it.
 */
export function servedResources(facts: Facts, rules: readonly Rule[]): readonly ServedResource[] | undefined {
  const known = read.get(facts) ?? readDiscovery(facts);
  read.set(facts, known);
  if (known === "unread") return undefined;
  if (known.unsure.size === 0) return known.resources;
  const have = new Set(known.resources.map((r) => JSON.stringify([r.group, r.resource])));
  const more = new Map<string, ServedResource>();
  for (const { apiGroups = [], resources = [] } of rules) {
    for (const group of apiGroups.includes("*") ? known.unsure : apiGroups) {
      if (!known.unsure.has(group)) continue;
      for (const name of resources) {
        const resource = name.replace("*", SOME);
        const key = JSON.stringify([group, resource]);
        if (!have.has(key)) more.set(key, { group, resource, namespaced: true });
      }
    }
  }
  return [...known.resources, ...more.values()];
}
