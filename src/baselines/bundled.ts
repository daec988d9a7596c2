import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { didYouMean } from "../text/nearest.ts";
import type { Baseline, LoadedBaseline } from "./baseline.ts";
import { readCompiled } from "./compiled.ts";
import type { CheckShape } from "./declared.ts";
import { parseBaseline } from "./parse.ts";
import { BaselineError, found } from "./problem.ts";

/** A baseline that comes with the package. */
export interface BundledBaseline {
  readonly id: string;
  readonly version: string;
  /** Relative to the package, with forward slashes: `baselines/<id>/<version>.yaml`. */
  readonly file: string;
  /** SHA-256 of the released file, from the lock. */
  readonly sha256: string;
  /** No newer version of the same id is bundled. */
  readonly newest: boolean;
}

export interface LoadOptions {
  /** Folder that holds `baselines/lock.json`; the package's own when absent. */
  readonly root?: string;
}

interface Lock {
  readonly defaults: Readonly<Partial<Record<Baseline["cloud"], string>>>;
  readonly files: Readonly<Record<string, string>>;
}

const LOCK = "baselines/lock.json";

/** Every bundled baseline, by id, newest version first. */
export function listBundled(options: LoadOptions = {}): BundledBaseline[] {
  const entries = Object.entries(readLock(options).files).map(([key, sha256]) => {
    const split = key.lastIndexOf("@");
    return { id: key.slice(0, split), version: key.slice(split + 1), sha256 };
  });
  entries.sort((a, b) => compareText(a.id, b.id) || compareVersions(b.version, a.version));
  return entries.map((entry, index) => ({
    ...entry,
    file: `baselines/${entry.id}/${entry.version}.yaml`,
    newest: entries[index - 1]?.id !== entry.id,
  }));
}

/** The id of the baseline that a cloud takes when none is named; undefined when the package has none for it. */
export function defaultBaseline(cloud: Baseline["cloud"], options: LoadOptions = {}): string | undefined {
  return readLock(options).defaults[cloud];
}

/**
 * Loads a baseline: `ID` (newest version), `ID@VERSION`, or a file, which is anything with a slash or an ending of
 * .yaml, .yml or .json.
 * @throws BaselineError when there is no such baseline or file, or when it is not valid
 */
export function loadBaseline(
  spec: string,
  checks: readonly CheckShape[],
  options: LoadOptions = {},
): LoadedBaseline {
  if (/[\\/]|\.(ya?ml|json)$/i.test(spec)) return parseBaseline(readText(spec, spec), spec, checks);
  const { id, version, file } = findBundled(spec, options);
  const text = readText(join(rootOf(options), file), file);
  return { ...(readCompiled(id, version, text, file) ?? parseBaseline(text, file, checks)), bundled: true };
}

function findBundled(spec: string, options: LoadOptions): BundledBaseline {
  const bundled = listBundled(options);
  const split = spec.indexOf("@");
  const id = split < 0 ? spec : spec.slice(0, split);
  const version = split < 0 ? undefined : spec.slice(split + 1);
  const sameId = bundled.filter((entry) => entry.id === id);
  if (sameId.length === 0) {
    const ids = [...new Set(bundled.map((entry) => entry.id))];
    throw new BaselineError(
      `unknown baseline ${found(id)}: bundled are ${ids.join(", ")}; a file is given by its path (./${id}.yaml)${didYouMean(id, ids)}`,
    );
  }
  const match = sameId.find((entry) => (version === undefined ? entry.newest : entry.version === version));
  if (match !== undefined) return match;
  const versions = sameId.map((entry) => entry.version);
  throw new BaselineError(
    `unknown version ${found(version ?? "")} of baseline ${id}: bundled are ${versions.join(", ")}${didYouMean(version ?? "", versions)}`,
  );
}

function readLock(options: LoadOptions): Lock {
  return JSON.parse(readFileSync(join(rootOf(options), LOCK), "utf8")) as Lock;
}

let packageRoot: string | undefined;

/** The package's folder: the nearest one above this module with the lock, from the sources and from the bundle. */
function rootOf(options: LoadOptions): string {
  if (options.root !== undefined) return options.root;
  if (packageRoot !== undefined) return packageRoot;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, LOCK))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new BaselineError(`the package's ${LOCK} was not found; install the package again`);
    }
    folder = parent;
  }
  packageRoot = folder;
  return folder;
}

/** One byte more than a baseline may have, so that an endless file (a device, a pipe) is refused and not read. */
const READ_LIMIT = 1_000_001;

function readText(path: string, shown: string): string {
  let bytes: Buffer;
  try {
    if (statSync(path).isDirectory()) throw new BaselineError(`${shown}: expected a file, found a folder`);
    bytes = readBounded(path);
  } catch (error) {
    if (error instanceof BaselineError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT" ? "no such file" : code === "EACCES" ? "may not be read" : `cannot be read (${code})`;
    throw new BaselineError(`${shown}: ${why}`);
  }
  try {
    // The byte order mark stays, so that the text's hash is the file's.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BaselineError(`${shown}: expected text in UTF-8, found other bytes`);
  }
}

function readBounded(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(READ_LIMIT);
    let size = 0;
    while (size < READ_LIMIT) {
      const read = readSync(file, buffer, size, READ_LIMIT - size, null);
      if (read === 0) break;
      size += read;
    }
    return buffer.subarray(0, size);
  } finally {
    closeSync(file);
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By their numbers where both have one at the same place, else as text: `1.10` is newer than `1.9`. */
function compareVersions(a: string, b: string): number {
  const left = a.split(/[._-]/);
  const right = b.split(/[._-]/);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const x = left[i] ?? "";
    const y = right[i] ?? "";
    const numbers = /^\d+$/.test(x) && /^\d+$/.test(y);
    const order = numbers ? Number(x) - Number(y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return 0;
}
