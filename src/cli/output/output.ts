import { lstat, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { didYouMean } from "../../text/nearest.ts";
import { refuseInputs } from "../job/inputs.ts";
import { codeOf, OutputError, reasonOf, UsageError } from "../line/errors.ts";
import type { Given } from "../line/options.ts";
import { linkOut } from "../line/repository.ts";

/** One `--format FMT[=PATH]`. */
export interface Destination {
  readonly format: string;
  /** Absolute; absent: standard output. */
  readonly path?: string;
}

/** A file to be written. */
export interface OutputFile {
  readonly path: string;
  /** Whole, or in pieces. */
  readonly text: string | Iterable<string>;
}

/**
 * Reads the values of `--format`.
 * @throws UsageError for an unknown format, or two that go to the same place
 */
export function parseDestinations(
  given: Given | undefined,
  formats: readonly string[],
  cwd: string,
): readonly Destination[] {
  if (given === undefined) return [{ format: "table" }];
  const destinations: Destination[] = [];
  for (const value of given.values) {
    const equals = value.indexOf("=");
    const format = (equals < 0 ? value : value.slice(0, equals)).trim();
    if (format === "")
      throw new UsageError(`${given.from}: expected a format (${formats.join(", ")}), found an empty one`);
    if (!formats.includes(format)) {
      throw new UsageError(
        `${given.from}: unknown format "${format}"${didYouMean(format, formats)} (known: ${formats.join(", ")})`,
      );
    }
    if (equals < 0) {
      if (destinations.some((other) => other.path === undefined)) {
        throw new UsageError(
          `${given.from}: two formats go to standard output; give one a file, such as ${format}=FILE`,
        );
      }
      destinations.push({ format });
      continue;
    }
    const path = value.slice(equals + 1);
    if (path === "") throw new UsageError(`${given.from}: expected a file after "${format}="`);
    destinations.push({ format, path: resolve(given.base ?? cwd, path) });
  }
  return destinations;
}

/** Where a second file of a format goes: `x.incomplete.sarif` beside `x.sarif`. */
export function pathBeside(path: string, name: string, extension: string): string {
  const end = `.${extension}`;
  return `${path.endsWith(end) ? path.slice(0, -end.length) : path}.${name}${end}`;
}

/**
 * Looks at every file before anything is collected: nobody should wait ten minutes to learn that a folder is
 * missing.
 * @throws UsageError
 */
export async function checkPaths(
  paths: readonly string[],
  cwd: string,
  inputs: Parameters<typeof refuseInputs>[1],
): Promise<void> {
  const taken = new Map<string, string>();
  for (const path of paths) {
    const shown = show(path, cwd);
    refuseLinkOut(path, shown);
    let folder: string;
    try {
      folder = await realpath(dirname(path));
      if (!(await stat(folder)).isDirectory())
        throw new UsageError(`${shown}: ${show(dirname(path), cwd)} is no folder`);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(
        `${shown}: the folder ${show(dirname(path), cwd)} cannot be used: ${reasonOf(error)}`,
      );
    }
    await refuseOddTarget(path, shown);
    const real = join(folder, basename(path));
    if (taken.has(real)) throw new UsageError(`${shown}: two outputs go to this file; give each its own`);
    taken.set(real, path);
  }
  await refuseInputs(paths, inputs, (path) => show(path, cwd));
}

/**
 * Whoever names a file in a checkout means one that lies there, and a folder of it can be a link that came with it.
 * @throws UsageError
 */
export function refuseLinkOut(path: string, shown: string): void {
  const away = linkOut(path);
  if (away !== undefined) throw new UsageError(`${shown}: is ${away}; name the place itself`);
}

/**
 * Writes all files or none: each to a temporary name in its own folder, and only when all are on the disk are they
 * renamed. A disk that is full leaves the old files as they were.
 * @throws OutputError
 */
export async function writeFiles(files: readonly OutputFile[], cwd: string): Promise<void> {
  const staged: { readonly from: string; readonly file: OutputFile }[] = [];
  let current = "";
  try {
    for (const file of files) {
      current = show(file.path, cwd);
      const from = join(
        dirname(file.path),
        `.${basename(file.path).slice(0, 100)}.${process.pid}.${staged.length}.tmp`,
      );
      staged.push({ from, file });
      // `wx`: a file or link that somebody put there under this name is never written through.
      const handle = await open(from, "wx", 0o666);
      try {
        // each goes on where the last one ended
        const pieces = typeof file.text === "string" ? [file.text] : file.text;
        for (const piece of pieces) await handle.writeFile(piece, "utf8");
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    for (const { from, file } of staged) {
      current = show(file.path, cwd);
      await refuseOddTarget(file.path, current);
      await rename(from, file.path);
    }
  } catch (error) {
    await Promise.allSettled(
      // EEXIST: the temporary name was somebody else's, and stays.
      staged
        .filter(({ from }) => codeOf(error) !== "EEXIST" || pathOf(error) !== from)
        .map(({ from }) => unlink(from)),
    );
    if (error instanceof UsageError) throw new OutputError(error.message);
    throw new OutputError(`${current}: cannot write: ${reasonOf(error)}`);
  }
}

/** A rename replaces what is there: links, folders and devices are not ours to replace. */
async function refuseOddTarget(path: string, shown: string): Promise<void> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) throw new UsageError(`${shown}: is a symbolic link; name the file itself`);
    if (found.isDirectory()) throw new UsageError(`${shown}: is a folder; name a file in it`);
    if (!found.isFile()) throw new UsageError(`${shown}: is no regular file`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (codeOf(error) !== "ENOENT") throw new UsageError(`${shown}: cannot be used: ${reasonOf(error)}`);
  }
}

function pathOf(error: unknown): unknown {
  return (error as { path?: unknown }).path;
}

/** As the user would write it: relative when it lies below the working directory. */
function show(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === "" ? "." : below.startsWith("..") ? path : below;
}
