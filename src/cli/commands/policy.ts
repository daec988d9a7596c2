import { resolve } from "node:path";
import {
  type CatalogEntry,
  type Comparison,
  PROVIDERS,
  type Provider,
  type ServedResource,
} from "../../access/policy.ts";
import { COMPARED, comparePolicies } from "../../access/provider.ts";
import { inertJson } from "../../text/visible.ts";
import { type PolicyFile, readPolicyFile } from "../job/policy-file.ts";
import { reasonOf, UsageError } from "../line/errors.ts";
import type { GivenOptions } from "../line/options.ts";
import { choice, on, one } from "../line/settings.ts";
import { colorFor, type Shell } from "../line/shell.ts";
import { readText } from "../output/files.ts";
import { policyTable } from "../output/policy-table.ts";

/**
 * `policy compare DOCUMENTED… --live LIVE… --provider PROVIDER`: the exact difference of two sets of documents.
 * @returns 0 equal, 1 different, 3 undecided and otherwise equal
 * @throws UsageError for input that cannot be read
 */
export async function policyCompare(
  documentedFiles: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const provider = choice(given, "provider", PROVIDERS);
  const format = choice(given, "format", ["table", "json"]);
  const liveFiles = given.get("live")?.values ?? [];
  if (documentedFiles.length === 0)
    throw new UsageError("policy compare: expected at least one documented file");
  if (liveFiles.length === 0) throw new UsageError("policy compare: expected --live FILE, what is granted");
  if (provider === undefined) {
    throw new UsageError(`policy compare: expected --provider PROVIDER (${PROVIDERS.join(", ")})`);
  }
  if (!COMPARED.includes(provider)) {
    throw new UsageError(
      `--provider: "${provider}" is not in this version, which compares ${COMPARED.join(", ")}`,
    );
  }

  const namespace = one(given, "namespace");
  if (namespace !== undefined && provider !== "kubernetes") {
    throw new UsageError(
      `--namespace: only documents of Kubernetes stand in a namespace, found --provider ${provider}`,
    );
  }
  const documented = await readDocuments(documentedFiles, provider, shell.cwd);
  const live = await readDocuments(liveFiles, provider, shell.cwd);
  const catalogFile = one(given, "catalog");
  const catalog =
    catalogFile === undefined || provider === "kubernetes"
      ? undefined
      : await readCatalog(catalogFile, provider, shell.cwd);
  const resources =
    catalogFile === undefined || provider !== "kubernetes"
      ? undefined
      : await readServed(catalogFile, shell.cwd);
  const serviceData =
    provider === "aws" ? await (await import("../job/service-data.ts")).loadServiceData() : undefined;
  const values = (side: readonly PolicyFile[]): readonly unknown[] => side.map(({ value }) => value);
  const comparison = comparePolicies(provider, values(documented), values(live), {
    ...(catalog === undefined ? {} : { catalog }),
    ...(serviceData === undefined ? {} : { serviceData }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(resources === undefined ? {} : { resources }),
  });

  if (format === "json") {
    await shell.out.write(`${inertJson(JSON.stringify({ provider, ...comparison }, undefined, 2))}\n`);
  } else {
    await shell.out.write(
      policyTable(comparison, {
        width: shell.out.columns ?? 100,
        color: colorFor(shell.out, shell.env, on(given, "color", "no-color")),
        verbose: on(given, "verbose") === true,
        documented: documentedFiles,
        live: liveFiles,
        placeIn: (side, document, pointer) => {
          const [files, read] = side === "missing" ? [documentedFiles, documented] : [liveFiles, live];
          const [file, found] = [files[document], read[document]];
          if (file === undefined || found === undefined) return undefined;
          const { line, column } = found.placeAt(pointer);
          return `${file}:${line}:${column}`;
        },
        planes: provider === "azure",
      }),
    );
  }
  return statusOf(comparison);
}

function statusOf(comparison: Comparison): 0 | 1 | 3 {
  if (comparison.missing.length > 0 || comparison.excess.length > 0) return 1;
  return comparison.undecided.length > 0 ? 3 : 0;
}

/** Each file is one document (a list of documents counts as one), so that an origin's number names its file. */
async function readDocuments(
  files: readonly string[],
  provider: Provider,
  cwd: string,
): Promise<PolicyFile[]> {
  const documents: PolicyFile[] = [];
  for (const file of files) {
    const text = await readText(resolve(cwd, file), "policy document", file);
    const read = readPolicyFile(text, file, "policy document", provider === "kubernetes");
    const { value } = read;
    const items = listIn(value);
    if (items?.length === 0)
      throw new UsageError(`${file}: expected at least one policy document, found an empty list`);
    try {
      // Against itself: what is no policy of that provider is refused here, where the file is known. Of Kubernetes a
      // file may hold other objects alone, beside one that holds the roles.
      comparePolicies(provider, provider === "kubernetes" ? [value, { rules: [] }] : [value], []);
    } catch (error) {
      throw refused(file, error);
    }
    documents.push(read);
  }
  if (provider === "kubernetes") {
    try {
      comparePolicies(
        provider,
        documents.map(({ value }) => value),
        [],
      );
    } catch (error) {
      throw refused(files[0] ?? "", error);
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
async function readCatalog(
  file: string,
  provider: Provider,
  cwd: string,
): Promise<CatalogEntry[] | string[]> {
  const value = await readData(resolve(cwd, file), file, "catalogue");
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
async function readServed(file: string, cwd: string): Promise<readonly ServedResource[]> {
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
  visit(await readData(resolve(cwd, file), file, "catalogue", true));
  if (served.length === 0) throw new UsageError(`${file}: expected APIResourceLists, found no resource`);
  return served;
}

/** A catalogue of some megabytes is JSON, which its own reader reads a hundred times faster. */
async function readData(path: string, shown: string, what: string, several = false): Promise<unknown> {
  const text = await readText(path, what, shown);
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
