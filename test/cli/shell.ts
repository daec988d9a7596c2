import { errorLines } from "../../src/cli/line/errors.ts";
import { run } from "../../src/cli/line/program.ts";
import type { Shell } from "../../src/cli/line/shell.ts";

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, as main.ts would: an error becomes its lines and status 2. */
export async function ran(
  argv: readonly string[],
  changes: Partial<Shell> & { readonly tty?: boolean } = {},
): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const { tty = false, ...rest } = changes;
  const sink = (take: (text: string) => void) => ({
    write: async (text: string) => take(text),
    isTTY: tty,
    columns: tty ? 80 : undefined,
  });
  const shell: Shell = {
    env: {},
    cwd: process.cwd(),
    out: sink((text) => {
      stdout += text;
    }),
    err: sink((text) => {
      stderr += text;
    }),
    signal: new AbortController().signal,
    now: () => new Date("2026-11-21T10:00:00.000Z"),
    ...rest,
  };
  try {
    const status = await run(argv, shell);
    return { status, stdout, stderr };
  } catch (error) {
    return { status: 2, stdout, stderr: `${stderr}${errorLines(error, false).join("\n")}\n` };
  }
}
