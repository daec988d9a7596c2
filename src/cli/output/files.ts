import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { reasonOf, UsageError } from "../line/errors.ts";
import { linkOut } from "../line/repository.ts";

/** A state of a large estate is some tens of megabytes; what is beyond is not one of ours. */
const largest = 512 * 1024 * 1024;

/**
 * The text of a file that the user named: UTF-8, or UTF-16 that says so by its first two bytes, as PowerShell's `>`
 * writes it.
 * @param what names it in the message, e.g. `snapshot`
 * @param shown how the message calls the file: as the user wrote it
 * @throws UsageError when it cannot be read, or is a link of a repository that leads out of it
 */
export async function readText(file: string, what: string, shown = file): Promise<string> {
  const away = linkOut(resolve(file));
  // What it holds may be quoted in a message, and whoever named it knew only its name.
  if (away !== undefined) throw new UsageError(`${shown}: the ${what} is ${away}; name the file itself`);
  try {
    const { size } = await stat(file);
    if (size > largest) throw new UsageError(`${shown}: the ${what} is larger than 512 MiB`);
    return textOf(await readFile(file), what, shown);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${shown}: cannot read the ${what}: ${reasonOf(error)}`);
  }
}

/** A byte order mark is what editors on Windows put first; it is no part of the document. */
function textOf(bytes: Buffer, what: string, shown: string): string {
  const [first, second, third, fourth] = bytes;
  const little = first === 0xff && second === 0xfe;
  if (little && third === 0 && fourth === 0) throw encodingOf("UTF-32", what, shown);
  const encoding = little ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    // what is no text of the encoding is refused: two bytes that cannot be read would read alike
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (/^[^\0]?\0/.test(text)) throw encodingOf("UTF-16 without a byte order mark", what, shown);
    return text;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw encodingOf(encoding === "utf-8" ? "another encoding" : "damaged UTF-16", what, shown);
  }
}

function encodingOf(found: string, what: string, shown: string): UsageError {
  return new UsageError(`${shown}: expected the ${what} as UTF-8, found ${found}; save it as UTF-8`);
}
