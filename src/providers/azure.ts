import { catalogOf, operationsIn } from "../access/catalog.ts";
import { starGlob } from "../access/glob.ts";
import type { Wildcard } from "../report/report.ts";
import type { Facts } from "../snapshot/facts.ts";
import { textList } from "../snapshot/value.ts";
import { findPrincipals } from "../state/azure/audited.ts";
import { readCatalog } from "../state/azure/catalog.ts";
import type { ProviderRecord, Recorded } from "./define.ts";
import { at, items } from "./value.ts";

export const azure: ProviderRecord = {
  provider: "azure",
  name: "Azure",
  who: { flag: "principal", found: "holds the documented role", nobody: "who holds the documented role" },
  named: (value, recorded) =>
    value !== undefined
      ? value.split(",").map((id) => id.trim())
      : [...new Set(recorded.map((id) => id.toLowerCase()))].sort(),
  findAudited: findPrincipals,
  told: ({ scope }) => {
    const id = /^\/subscriptions\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/i.exec(scope)?.[1];
    return { from: {}, flag: id === undefined ? {} : { subscription: id } };
  },
  operations: ({ facts, snapshot }) => {
    const entries = readCatalog(facts);
    return entries === undefined
      ? undefined
      : { date: snapshot.takenAt.slice(0, 10), count: entries.length, entries };
  },
  operationNotes: (recorded, _judged, unreadText) => {
    const known = azure.operations(recorded);
    if (known !== undefined && known.count > 0)
      return [`catalogue of ${known.date}: ${known.count} operations that exist`];
    const why = recorded.facts.unread("azure/provider-operations")[0];
    return [
      `the catalogue of operations ${why === undefined ? "was not collected" : `could not be read (${unreadText(why)})`}: differences carry no counts, and latent ones are not told apart`,
    ];
  },
  wildcards: ({ facts }: Recorded) => azureWildcards(facts),
  doors: [
    { id: "role-definitions", title: "role definitions", kinds: ["azure/role-definition"] },
    { id: "assignments", title: "all role assignments", kinds: ["azure/role-assignment"] },
    {
      id: "assigned-to",
      title: "the principal's assignments, through groups too",
      kinds: ["azure/assigned-to"],
    },
    { id: "eligible", title: "eligible assignments", kinds: ["azure/role-eligibility"] },
    { id: "denies", title: "deny assignments", kinds: ["azure/deny-assignment"] },
    { id: "access-policies", title: "access policies of key vaults", kinds: ["azure/vault"] },
    {
      id: "group-members",
      title: "members of groups",
      kinds: ["azure/directory-membership"],
      lacking: "only the directory (Microsoft Graph) knows them",
    },
    { id: "lighthouse", title: "Azure Lighthouse delegations", why: "no list of assignments holds them" },
    {
      id: "classic-administrators",
      title: "classic administrators",
      why: "no list of assignments holds them",
    },
    { id: "credentials", title: "keys and credentials of resources", why: "whoever has one needs no role" },
  ],
  notConsidered: (facts) =>
    facts.all("azure/directory-membership").length > 0
      ? "not considered: Azure Lighthouse delegations and classic administrators, which no list of assignments holds. The directory (Microsoft Graph) was read: in which groups the audited principals are, it says"
      : "not considered: Azure Lighthouse delegations and classic administrators, which no list of assignments holds; memberships of groups that no assignment proves, and who a deleted principal was, which only the directory (Microsoft Graph) knows",
};

/** Of the roles that are assigned to a principal, each permission object for itself (AZ2), by plane (AZ3). */
function azureWildcards(facts: Facts): Wildcard[] {
  const entries = readCatalog(facts);
  if (entries === undefined) return [];
  const catalog = catalogOf(entries);
  const assigned = new Set(
    facts
      .all("azure/assigned-to")
      .flatMap(({ body }) => items(at(body, "value")))
      .map((each) => lastPart(at(each, "properties", "roleDefinitionId"))),
  );
  return facts.all("azure/role-definition").flatMap(({ id, body }) => {
    if (!assigned.has(lastPart(id))) return [];
    const name = at(body, "properties", "roleName");
    return items(at(body, "properties", "permissions")).flatMap((permission) =>
      (["control", "data"] as const).flatMap((plane) => {
        const [allowed, taken] =
          plane === "control" ? ["actions", "notActions"] : ["dataActions", "notDataActions"];
        const except = textList(at(permission, taken ?? "")).toSorted();
        const without = except.map((text) => starGlob(text.toLowerCase()));
        return textList(at(permission, allowed ?? ""))
          .filter((pattern) => pattern.includes("*"))
          .map(
            (pattern): Wildcard => ({
              holder: id,
              name: typeof name === "string" && name !== "" ? name : id,
              pattern,
              plane,
              ...(except.length === 0 ? {} : { except }),
              operations: operationsIn(catalog[plane], starGlob(pattern.toLowerCase()), without).length,
            }),
          );
      }),
    );
  });
}

function lastPart(id: unknown): string {
  return typeof id === "string" ? id.slice(id.lastIndexOf("/") + 1).toLowerCase() : "";
}
