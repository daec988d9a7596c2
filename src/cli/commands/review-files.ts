import { UsageFormatError } from "../../usage/format.ts";
import type { SourceKind } from "../../usage/usage.ts";
import { readLog, shownAs, usageFiles } from "../job/usage-files.ts";
import { UsageError } from "../line/errors.ts";

/** What takes logs, whatever the provider. */
interface Taker {
  /** @throws UsageFormatError for a text that is no log of that provider */
  addFile(name: string, source: string, text: string): void;
  addGap(kind: SourceKind, name: string, problem: string): void;
}

/**
 * Hands every log file that was named over, one after the other: one that was named itself and is no log is a mistake,
 * one of a folder is a gap of its source.
 * @throws UsageError
 */
export async function readFiles(
  paths: readonly string[],
  usage: Taker,
  kind: SourceKind,
  progress: (message: string) => void,
  cwd: string,
): Promise<void> {
  let count = 0;
  for (const path of paths) {
    const source = shownAs(path, cwd);
    for (const file of await usageFiles(path, cwd)) {
      count += 1;
      progress(`reading logs: ${count} ${count === 1 ? "file" : "files"}`);
      const { shown, text, problem } = await readLog(file, cwd);
      if (text === undefined) {
        usage.addGap(kind, source, `${shown} ${problem ?? "cannot be read"}`);
        continue;
      }
      try {
        usage.addFile(shown, source, text);
      } catch (error) {
        if (!(error instanceof UsageFormatError)) throw error;
        if (file === path) throw new UsageError(error.message);
        usage.addGap(kind, source, error.message);
      }
    }
  }
}
