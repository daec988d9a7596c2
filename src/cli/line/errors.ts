import { placesOf, wordsOf } from "../../text/unforeseen.ts";
import { inertLine, loggable, visible } from "../../text/visible.ts";

/** A mistake of the caller: flags, files, configuration. The message is one line (or several, one problem each). */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something could not be written; the message says what and where. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/**
 * Errors whose message was written for a person. Matched by name, so that no chunk of a cloud's SDK and no
 * parser is loaded to tell; everything else is a bug and is called an internal error.
 */
const forPeople = new Set([
  "UsageError",
  "OutputError",
  "CollectError",
  "BaselineError",
  "ParameterError",
  "SnapshotError",
  "WaiverError",
  "ReportError",
  "PluginError",
]);

/**
 * Lines for stderr: `chalk-audit: …` for each line of the message, and the stack when `debug` is on. What came from
 * a cloud, a file or the command line cannot move the cursor (fault 26), and gives a build log no command (fault 27);
 * an error that nobody foresaw quotes none of it (fault 29).
 */
export function errorLines(error: unknown, debug: boolean): string[] {
  const lines = messageLines(error).map((line) => inertLine(`chalk-audit: ${line}`));
  return debug ? [...lines, ...stackLines(error)] : lines;
}

/** The lines of an error's message. */
export function messageLines(error: unknown): string[] {
  const message =
    forPerson(error) ??
    `internal error: ${wordsOf(error) || "no message"} (this is a bug; --debug shows where)`;
  return message
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== "")
    .map(visible);
}

/** The stacks of an error and of what caused it. */
export function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.stack === undefined) continue;
    if (forPeople.has(at.name)) lines.push(...at.stack.split("\n"));
    else {
      const words = wordsOf(at);
      const head = words.startsWith(at.name) ? words : `${at.name}: ${words}`;
      lines.push(...head.split("\n"), ...placesOf(at));
    }
  }
  return lines.map(loggable);
}

/** The message that was written for a person: the error's own, or that of what caused it. */
function forPerson(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (forPeople.has(at.name)) return at.message;
  }
  return undefined;
}

/** A system error's code (`ENOSPC`), if it is one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** What a person calls the common system errors. */
const words: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  ENOSPC: "no space left on the device",
  EDQUOT: "disk quota exceeded",
  EROFS: "read-only file system",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
  EFBIG: "the file is too large",
  EIO: "input/output error",
};

/** A system error in words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return (code !== undefined && words[code]) || (error instanceof Error ? error.message : String(error));
}
