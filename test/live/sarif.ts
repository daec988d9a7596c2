import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as multitool from "../../scripts/sarif-validate.mjs";

const { install, validate } = multitool as {
  readonly install: () => void;
  readonly validate: (files: readonly string[]) => readonly { readonly level: string }[];
};

/** Why Microsoft's validator cannot be had; it is installed on first use where npm can, and comes for Linux only. */
export const whyNoMultitool = ((): string | undefined => {
  try {
    install();
    return undefined;
  } catch (error) {
    return String(error);
  }
})();

/** What Microsoft's validator, with the rules of code scanning, calls an error in any of these logs. */
export function sarifErrors(logs: readonly string[]): readonly { readonly level: string }[] {
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-sarif-"));
  try {
    const files = [...new Set(logs)].map((text, index) => {
      const file = join(folder, `${index}.sarif`);
      writeFileSync(file, text);
      return file;
    });
    return validate(files).filter((one) => one.level === "error");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
