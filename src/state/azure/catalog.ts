import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";

/** Today's operations, one for each name and plane. */
export type OperationCatalog = readonly { readonly name: string; readonly isDataAction: boolean }[];

/** Both lists of a provider, and the lists inside a page of providers (AZ12). */
function* operationsOf(body: unknown): Iterable<unknown> {
  const pages = list(body) ?? list(field(body, "value"));
  if (pages !== undefined) {
    for (const page of pages) {
      if (
        text(field(page, "name")) !== undefined &&
        field(page, "operations") === undefined &&
        field(page, "resourceTypes") === undefined
      )
        yield page;
      else yield* operationsOf(page);
    }
    return;
  }
  yield* list(field(body, "operations")) ?? [];
  for (const type of list(field(body, "resourceTypes")) ?? []) yield* list(field(type, "operations")) ?? [];
}

/**
 * The operations that exist today, from the provider operations of a snapshot; names repeat across the lists (AZ12).
 * `undefined` when there are none: then differences carry no count and nothing is called latent.
 */
export function readCatalog(facts: Facts): OperationCatalog | undefined {
  const found = new Map<string, { name: string; isDataAction: boolean }>();
  for (const { body } of facts.all("azure/provider-operations")) {
    for (const operation of operationsOf(body)) {
      const name = text(field(operation, "name"));
      if (name === undefined) continue;
      const isDataAction = field(operation, "isDataAction") === true;
      const key = `${isDataAction}:${name.toLowerCase()}`;
      if (!found.has(key)) found.set(key, { name, isDataAction });
    }
  }
  if (found.size === 0) return undefined;
  return [...found.values()].sort(
    (a, b) =>
      byText(a.name.toLowerCase(), b.name.toLowerCase()) || Number(a.isDataAction) - Number(b.isDataAction),
  );
}
