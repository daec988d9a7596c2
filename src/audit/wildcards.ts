import { operationsOf, type ServiceData } from "../access/aws/service-data.ts";
import { catalogOf, operationsIn } from "../access/catalog.ts";
import { questionGlob, starGlob } from "../access/glob.ts";
import type { Report, Wildcard } from "../report/report.ts";
import { factsOf } from "../snapshot/facts.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { statementsOf, textList } from "../state/aws/document.ts";
import { readCatalog } from "../state/azure/catalog.ts";

/**
 * The report with every wildcard that the audited principals hold and how many of today's operations it grants, so that
 * a later report can tell what grew although nobody edited it. A target whose catalogue was not read has none.
 */
export function withWildcards(
  report: Report,
  snapshots: readonly Snapshot[],
  serviceData?: ServiceData,
): Report {
  return {
    ...report,
    targets: report.targets.map((target) => {
      const own = snapshots.filter(
        ({ provider, scope }) => provider === target.cloud && scope === target.scope,
      );
      const found = own.flatMap((snapshot) =>
        snapshot.provider === "azure"
          ? azureWildcards(snapshot)
          : snapshot.provider === "aws" && serviceData !== undefined
            ? awsWildcards(snapshot, serviceData)
            : [],
      );
      const wildcards = [...new Map(found.map((each) => [wildcardKey(each), each])).values()].sort((a, b) =>
        wildcardKey(a) < wildcardKey(b) ? -1 : 1,
      );
      return wildcards.length === 0 ? target : { ...target, wildcards };
    }),
  };
}

function wildcardKey({ holder, plane, pattern, except = [] }: Wildcard): string {
  return JSON.stringify([holder, plane ?? "", pattern, except]);
}

/** Of the roles that are assigned to a principal, each permission object for itself (AZ2), by plane (AZ3). */
function azureWildcards(snapshot: Snapshot): Wildcard[] {
  const facts = factsOf(snapshot);
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

/** Of the policies of the audited roles; a statement that names what it does not allow is no wildcard to count. */
function awsWildcards(snapshot: Snapshot, serviceData: ServiceData): Wildcard[] {
  const operations = operationsOf(serviceData);
  return snapshot.documents.flatMap(({ kind, id, body }) => {
    if (kind !== "aws/role-policy" && kind !== "aws/policy") return [];
    const name = at(body, "PolicyName") ?? at(body, "Policy", "PolicyName");
    return statementsOf(body)
      .filter((statement) => statement["Effect"] === "Allow")
      .flatMap((statement) => textList(statement["Action"]))
      .filter((pattern) => /[*?]/.test(pattern))
      .map(
        (pattern): Wildcard => ({
          holder: id,
          name: typeof name === "string" && name !== "" ? name : id,
          pattern,
          operations: operationsIn(
            operations,
            questionGlob((pattern === "*:*" ? "*" : pattern).toLowerCase()),
            [],
          ).length,
        }),
      );
  });
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Readonly<Record<string, unknown>>)[key]
        : undefined,
    value,
  );
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function lastPart(id: unknown): string {
  return typeof id === "string" ? id.slice(id.lastIndexOf("/") + 1).toLowerCase() : "";
}
