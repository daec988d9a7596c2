import { type ChildProcess, spawn } from "node:child_process";
import { inject } from "vitest";

export interface Exit {
  /** The exit status, or the signal that ended it. */
  readonly status: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Node's own flags, such as `--import ./fault.mjs`. */
  readonly node?: readonly string[];
}

/** Only what a command needs, so that the machine's own variables change no test. */
const bare = { PATH: process.env["PATH"], HOME: process.env["HOME"], TMPDIR: process.env["TMPDIR"] };

/** Starts the bundled command as a process of its own. */
export function start(args: readonly string[], options: StartOptions = {}): ChildProcess {
  return spawn(process.execPath, [...(options.node ?? []), inject("main"), ...args], {
    cwd: options.cwd,
    env: { ...bare, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Waits for the end of a process, with all that it wrote. */
export async function ended(child: ChildProcess): Promise<Exit> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) =>
      resolve({
        status: status ?? signal,
        stdout: Buffer.concat(out).toString("utf8"),
        stderr: Buffer.concat(err).toString("utf8"),
      }),
    );
  });
}

/** Runs the bundled command to its end. */
export const command = (args: readonly string[], options?: StartOptions): Promise<Exit> =>
  ended(start(args, options));
