import type {
  CatalogEntry,
  CompareOptions,
  Comparison,
  Provider,
  ServedResource,
} from "../../access/policy.ts";
import { comparePolicies, evaluator } from "../../access/provider.ts";
import { readPolicyFile } from "../job/policy-file.ts";
import { reasonOf, UsageError } from "../line/errors.ts";
import { oneStep, type Work } from "./work.ts";

/** A file as the user named it, and its text. */
export interface NamedText {
  readonly file: string;
  readonly text: string;
}

/** Two sets of documents, as their files have them. */
export interface PolicyOrder {
  readonly provider: Provider;
  readonly documented: readonly NamedText[];
  readonly live: readonly NamedText[];
  readonly catalog?: NamedText;
  readonly namespace?: string;
}

/**
 * The reading and the comparison of two sets of documents: what is no policy is found by reading them too.
 */
export const policyWork: Work<PolicyOrder, never, Comparison> = {
  name: "policy",
  ready: async (order) => {
    const serviceData =
      order.provider === "aws" ? await (await import("../job/service-data.ts")).loadServiceData() : undefined;
    return oneStep(() => compared(order, serviceData === undefined ? {} : { serviceData }));
  },
  pack: (order) => order,
  unpack: async (packed) => packed as PolicyOrder,
};

function compared(
  { provider, documented, live, catalog, namespace }: PolicyOrder,
  options: CompareOptions,
): Comparison {
  const [before, after] = [readDocuments(documented, provider), readDocuments(live, provider)];
  return comparePolicies(provider, before, after, {
    ...options,
    ...(catalog === undefined
      ? {}
      : provider === "kubernetes"
        ? { resources: readServed(catalog) }
        : { catalog: readCatalog(catalog, provider) }),
    ...(namespace === undefined ? {} : { namespace }),
  });
}

/** Each file is one document (a list of documents counts as one), so that an origin's number names its file. */
function readDocuments(files: readonly NamedText[], provider: Provider): readonly unknown[] {
  const documents: unknown[] = [];
  for (const { file, text } of files) {
    const { value } = readPolicyFile(text, file, "policy document", provider === "kubernetes");
    const items = listIn(value);
    if (items?.length === 0)
      throw new UsageError(`${file}: expected at least one policy document, found an empty list`);
    try {
      // Only read: what is no policy of that provider is refused here, where the file is known. Of Kubernetes a
      // file may hold other objects alone, beside one that holds the roles.
      evaluator(provider, provider === "kubernetes" ? [value, { rules: [] }] : [value]);
    } catch (error) {
      throw refused(file, error);
    }
    documents.push(value);
  }
  if (provider === "kubernetes") {
    try {
      evaluator(provider, documents);
    } catch (error) {
      throw refused(files[0]?.file ?? "", error);
    }
  }
  return documents;
}

function refused(file: string, error: unknown): UsageError {
  const reason = reasonOf(error)
    .replace(/^document 1(?: at )?/, "")
    .replace(/^: /, "");
  return new UsageError(`${file}: ${reason}`);
}

/** Operation names (one document, a list), or provider operations as the provider lists them. */
function readCatalog({ file, text }: NamedText, provider: Provider): CatalogEntry[] | string[] {
  const value = readData(text, file, "catalogue");
  const names: string[] = [];
  const entries: CatalogEntry[] = [];
  const visit = (item: unknown): void => {
    if (typeof item === "string") names.push(item);
    else if (Array.isArray(item)) item.forEach(visit);
    else if (isRecord(item)) {
      if (Array.isArray(item["operations"]) || Array.isArray(item["resourceTypes"])) {
        visit(item["operations"] ?? []);
        visit(item["resourceTypes"] ?? []);
      } else if (Array.isArray(item["value"])) visit(item["value"]);
      else if (typeof item["name"] === "string") {
        const data = item["isDataAction"];
        entries.push({ name: item["name"], ...(typeof data === "boolean" ? { isDataAction: data } : {}) });
      }
    }
  };
  visit(value);
  if (names.length > 0 && entries.length > 0) {
    throw new UsageError(`${file}: expected operation names or provider operations, found both`);
  }
  const [separator, example] = provider === "aws" ? [":", "service:Action"] : ["/", "Provider/type/read"];
  const odd = [...names, ...entries.map(({ name }) => name)].find((name) => !name.includes(separator));
  if (odd !== undefined) {
    throw new UsageError(`${file}: expected operations such as ${example}, found "${odd}"`);
  }
  if (names.length + entries.length === 0) {
    throw new UsageError(
      `${file}: expected a list of operation names, or provider operations; found no operation`,
    );
  }
  return names.length > 0 ? names : entries;
}

/**
 * What a server serves: its APIResourceLists (`kubectl get --raw /apis/apps/v1`), one, several or a list of them, or
 * `{ group, resource, namespaced, verbs }` each.
 */
function readServed({ file, text }: NamedText): readonly ServedResource[] {
  const served: ServedResource[] = [];
  const add = (group: string, entry: unknown, name: unknown): void => {
    if (!isRecord(entry) || typeof name !== "string" || typeof entry["namespaced"] !== "boolean") {
      throw new UsageError(
        `${file}: expected APIResourceLists as the server prints them, found a resource without name or "namespaced"`,
      );
    }
    const verbs = Array.isArray(entry["verbs"])
      ? entry["verbs"].filter((verb) => typeof verb === "string")
      : undefined;
    served.push({
      group,
      resource: name,
      namespaced: entry["namespaced"],
      ...(verbs === undefined ? {} : { verbs }),
    });
  };
  const visit = (item: unknown): void => {
    if (Array.isArray(item)) item.forEach(visit);
    else if (isRecord(item) && Array.isArray(item["resources"]) && typeof item["groupVersion"] === "string") {
      const version = item["groupVersion"];
      const group = version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
      for (const entry of item["resources"]) add(group, entry, isRecord(entry) ? entry["name"] : undefined);
    } else if (isRecord(item) && typeof item["group"] === "string")
      add(item["group"], item, item["resource"]);
    else
      throw new UsageError(
        `${file}: expected APIResourceLists as the server prints them, with "groupVersion"`,
      );
  };
  visit(readData(text, file, "catalogue", true));
  if (served.length === 0) throw new UsageError(`${file}: expected APIResourceLists, found no resource`);
  return served;
}

/** A catalogue of some megabytes is JSON, which its own reader reads a hundred times faster. */
function readData(text: string, shown: string, what: string, several = false): unknown {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // the other reader says where
    }
  }
  return readPolicyFile(text, shown, what, several).value;
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (isRecord(value) && Array.isArray(value["value"])) return value["value"];
  if (isRecord(value) && Array.isArray(value["items"])) return value["items"];
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
