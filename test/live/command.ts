import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../scripts/bundle.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

let bundled: Promise<string> | undefined;

/**
 * The command under test: the sources as they are now, bundled as `npm run build` does, or the bundle that
 * CHALK_AUDIT_BUNDLE names (an installed package, say).
 */
function command(): Promise<string> {
  const named = process.env["CHALK_AUDIT_BUNDLE"];
  if (named !== undefined && named !== "") return Promise.resolve(resolve(named));
  // Inside the repository, so that the baselines are found from there.
  const folder = join(root, ".cache/live/dist");
  bundled ??= bundle(folder).then(() => join(folder, "main.js"));
  return bundled;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall clock, in milliseconds. */
  readonly took: number;
}

/** Runs the built command as a user would, with only these variables beside the path. */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ran> {
  const main = await command();
  const started = Date.now();
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing of this shell's own cloud settings may leak in; a fixed clock makes two runs comparable.
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      SOURCE_DATE_EPOCH: "1795219200",
      ...env,
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  return await new Promise((done, reject) => {
    child.once("error", reject);
    child.once("close", (code) => done({ code, stdout, stderr, took: Date.now() - started }));
  });
}
