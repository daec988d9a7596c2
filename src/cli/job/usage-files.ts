import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { createGunzip } from "node:zlib";
import { visible } from "../../text/visible.ts";
import { reasonOf, UsageError } from "../line/errors.ts";

/** Largest log file, unpacked: a delivered file of CloudTrail is some tens of megabytes. */
export const MOST_BYTES = 256 * 1024 * 1024;
/** Most files of one folder. */
const MOST_FILES = 20_000;

/** A log file; or why it could not be read. */
export interface UsageFile {
  /** As messages call it. */
  readonly shown: string;
  readonly text?: string;
  readonly problem?: string;
}

const LOG = /\.(?:json|jsonl|ndjson|log)(?:\.gz)?$/i;

/**
 * The log files that a path names: itself, or every file below it that ends as logs do. Links are not followed.
 * @throws UsageError when there is nothing of that name, or no log file in it
 */
export async function usageFiles(path: string, cwd: string): Promise<readonly string[]> {
  const shown = shownAs(path, cwd);
  let found: string[];
  try {
    const stat = await lstat(path);
    if (stat.isFile()) return [path];
    if (!stat.isDirectory()) throw new UsageError(`${shown}: expected a log file or a folder of them`);
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    // A trail's digests say that its files were not changed; they hold no events.
    found = entries
      .filter(
        (entry) => entry.isFile() && LOG.test(entry.name) && !/CloudTrail-Digest/.test(entry.parentPath),
      )
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${shown}: cannot read the logs: ${reasonOf(error)}`);
  }
  if (found.length === 0)
    throw new UsageError(`${shown}: expected log files (.json, .jsonl, .log, each also .gz), found none`);
  if (found.length > MOST_FILES)
    throw new UsageError(`${shown}: ${found.length} files are more than ${MOST_FILES}; give fewer days`);
  return found;
}

export function shownAs(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return visible(below === "" ? "." : below.startsWith("..") ? path : below);
}

/** The text of a log file, unpacked where it is packed, up to a bound (fault 33). Never throws. */
export async function readLog(path: string, cwd: string, most = MOST_BYTES): Promise<UsageFile> {
  const shown = shownAs(path, cwd);
  const chunks: Buffer[] = [];
  let size = 0;
  const input = createReadStream(path);
  const packed = /\.gz$/i.test(path);
  const stream = packed ? input.pipe(createGunzip()) : input;
  // `pipe` hands no error on.
  if (packed) input.on("error", (error) => stream.destroy(error));
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > most) {
        return {
          shown,
          problem: `is larger than ${Math.floor(most / 1024 / 1024)} MiB unpacked, and was not read`,
        };
      }
      chunks.push(bytes);
    }
    return {
      shown,
      text: Buffer.concat(chunks)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
    };
  } catch (error) {
    return { shown, problem: `cannot be read: ${visible(reasonOf(error))}` };
  } finally {
    input.destroy();
    stream.destroy();
  }
}
