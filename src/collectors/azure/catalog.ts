import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";

/** A provider without either list is a hole in the catalogue, in which every grant would look like one of tomorrow. */
export function requireOperations(provider: JsonObject): void {
  if (Array.isArray(provider.operations) || Array.isArray(provider.resourceTypes)) return;
  throw new ReadFailure(
    "malformed",
    `the provider ${String(provider.name)} came without a list of operations`,
  );
}

/**
 * A provider's operations, reduced to what the catalogue needs: names, and whether they are data actions (AZ12).
 * The whole answer has some 20 MB of descriptions.
 */
export function collectedCatalog(provider: JsonObject): JsonObject {
  return {
    ...(typeof provider.name === "string" ? { name: provider.name } : {}),
    operations: operationsOf(provider.operations),
    resourceTypes: objects(provider.resourceTypes).map((type) => ({
      ...(typeof type.name === "string" ? { name: type.name } : {}),
      operations: operationsOf(type.operations),
    })),
  };
}

function operationsOf(list: unknown): readonly JsonObject[] {
  return objects(list)
    .filter((operation) => typeof operation.name === "string")
    .map((operation) => ({ name: operation.name, isDataAction: operation.isDataAction === true }));
}

function objects(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
