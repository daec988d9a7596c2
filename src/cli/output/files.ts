import { readFile, stat } from "node:fs/promises";
import { reasonOf, UsageError } from "../line/errors.ts";

/** A state of a large estate is some tens of megabytes; what is beyond is not one of ours. */
const largest = 512 * 1024 * 1024;

/**
 * The text of a file that the user named.
 * @param what names it in the message, e.g. `snapshot`
 * @param shown how the message calls the file: as the user wrote it
 * @throws UsageError when it cannot be read
 */
export async function readText(file: string, what: string, shown = file): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > largest) throw new UsageError(`${shown}: the ${what} is larger than 512 MiB`);
    const text = await readFile(file, "utf8");
    // A byte order mark is what editors on Windows put first; it is no part of the document.
    return text.startsWith("\uFEFF") ? text.slice(1) : text;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${shown}: cannot read the ${what}: ${reasonOf(error)}`);
  }
}
