import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { visible } from "../../text/visible.ts";
import { CollectError } from "../define.ts";
import { isObject, type JsonObject } from "../http/answer.ts";

/** One named cluster, user or context, with the file that it comes from. */
export interface KubeconfigEntry {
  readonly name: string;
  readonly body: JsonObject;
  readonly file: string;
}

/** All kubeconfigs as one: of a name that several files have, the first file's counts. */
export interface Merged {
  readonly files: readonly string[];
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly currentContext?: string;
}

/** A path or name in quotes, as a message shows it. */
export function shown(text: string): string {
  return JSON.stringify(visible(text).slice(0, 200));
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The kubeconfigs as kubectl finds and merges them: the file that is named and no other; else the files of KUBECONFIG,
 * of which those that do not exist are passed over; else `~/.kube/config`. Undefined when there is none.
 * @throws CollectError for a file that cannot be read or is no kubeconfig
 */
export function readKubeconfigs(given: string | undefined, env: Environment): Merged | undefined {
  const list = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const home = join(env["HOME"] || env["USERPROFILE"] || homedir(), ".kube", "config");
  const paths = given !== undefined ? [given] : list.length > 0 ? [...new Set(list)] : [home];
  const files = paths.flatMap((path) => {
    const text = textOf(resolve(path), given !== undefined);
    return text === undefined ? [] : [fileOf(resolve(path), text)];
  });
  if (files.length === 0) return undefined;
  const first = (part: "clusters" | "users" | "contexts") => {
    const merged = new Map<string, KubeconfigEntry>();
    for (const file of files)
      for (const entry of file[part]) if (!merged.has(entry.name)) merged.set(entry.name, entry);
    return merged;
  };
  const currentContext = files.find((file) => file.currentContext !== undefined)?.currentContext;
  return {
    files: files.map(({ path }) => path),
    clusters: first("clusters"),
    users: first("users"),
    contexts: first("contexts"),
    ...(currentContext === undefined ? {} : { currentContext }),
  };
}

/** A path in a kubeconfig is relative to that file's folder. Without `..`: it is opened as whoever looks at it reads it. */
export function besideFile(file: string, path: string): string {
  return resolve(dirname(file), path);
}

function textOf(path: string, needed: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && !needed) return undefined;
    throw new CollectError(`kubeconfig ${shown(path)} cannot be read: ${readProblem(code)}`);
  }
}

/** Why a file could not be read, in words. */
function readProblem(code: string | undefined): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of its path is no folder",
  };
  return words[code ?? ""] ?? code ?? "unknown error";
}

interface KubeconfigFile {
  readonly path: string;
  readonly clusters: readonly KubeconfigEntry[];
  readonly users: readonly KubeconfigEntry[];
  readonly contexts: readonly KubeconfigEntry[];
  readonly currentContext?: string;
}

function fileOf(path: string, text: string): KubeconfigFile {
  const root = parsed(path, text);
  const { kind } = root;
  if (kind !== undefined && kind !== null && kind !== "Config")
    throw new CollectError(`kubeconfig ${shown(path)}: expected kind Config, found ${shown(String(kind))}`);
  const current = root["current-context"];
  return {
    path,
    clusters: entriesOf(path, root, "clusters", "cluster"),
    users: entriesOf(path, root, "users", "user"),
    contexts: entriesOf(path, root, "contexts", "context"),
    ...(typeof current === "string" && current !== "" ? { currentContext: current } : {}),
  };
}

function parsed(path: string, text: string): JsonObject {
  const document = parseDocument(text.replace(/^\uFEFF/, ""), { logLevel: "silent" });
  const [error] = document.errors;
  // Only the place: the words of the parser quote the line, which may hold a secret.
  if (error !== undefined)
    throw new CollectError(
      `kubeconfig ${shown(path)}: no valid YAML at line ${error.linePos?.[0].line ?? "?"} (${error.code})`,
    );
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw new CollectError(`kubeconfig ${shown(path)}: its aliases grow beyond all bounds`);
  }
  if (value === null || value === undefined) return {};
  if (isObject(value)) return value;
  throw new CollectError(`kubeconfig ${shown(path)}: expected an object with clusters, users and contexts`);
}

function entriesOf(path: string, root: JsonObject, part: string, key: string): readonly KubeconfigEntry[] {
  const list = root[part];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list))
    throw new CollectError(`kubeconfig ${shown(path)}: expected ${part} to be a list`);
  const seen = new Set<string>();
  return list.map((item: unknown, index) => {
    const body = isObject(item) ? (item[key] ?? {}) : undefined;
    const name = isObject(item) ? item["name"] : undefined;
    if (typeof name !== "string" && typeof name !== "number")
      throw new CollectError(`kubeconfig ${shown(path)}: ${part}[${index}] has no name`);
    if (!isObject(body))
      throw new CollectError(`kubeconfig ${shown(path)}: expected ${part}[${index}].${key} to be an object`);
    if (seen.has(String(name)))
      throw new CollectError(`kubeconfig ${shown(path)}: ${part} names ${shown(String(name))} twice`);
    seen.add(String(name));
    return { name: String(name), body, file: path };
  });
}

/** Data written in the kubeconfig, base64, else the text of the file that it names; data wins. */
export function material(entry: KubeconfigEntry, part: "cluster" | "user", key: string): string | undefined {
  const data = kubeconfigText(entry, part, `${key}-data`);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const path = kubeconfigText(entry, part, key);
  return path === undefined ? undefined : fileText(entry, key, besideFile(entry.file, path));
}

/** @throws CollectError naming the entry, the key and the path */
export function fileText(entry: KubeconfigEntry, key: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const problem = readProblem((error as NodeJS.ErrnoException).code);
    throw new CollectError(
      `kubeconfig ${shown(entry.file)}: ${shown(entry.name)}: ${key} ${shown(path)} cannot be read: ${problem}`,
    );
  }
}

/** A text of an entry; absent, null and empty are alike. @throws CollectError when it is a list or an object */
export function kubeconfigText(entry: KubeconfigEntry, part: string, key: string): string | undefined {
  const value = entry.body[key];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new CollectError(
    `kubeconfig ${shown(entry.file)}: ${part} ${shown(entry.name)}: expected ${key} to be a text`,
  );
}
