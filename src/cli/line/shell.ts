import type { Worker } from "node:worker_threads";

/** A stream that the command writes to. */
export interface Sink {
  /** Resolves when the text has left this process, or when nobody reads any more (EPIPE). Rejects otherwise. */
  readonly write: (text: string) => Promise<void>;
  readonly isTTY: boolean;
  /** Columns of the terminal, where it is one. */
  readonly columns: number | undefined;
}

/** All that a command sees of the process: given by main.ts, or by a test. */
export interface Shell {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Reports, and nothing else. */
  readonly out: Sink;
  /** Everything else. */
  readonly err: Sink;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Starts a worker, for what takes long; absent: everything is done in this thread. */
  readonly worker?: () => Promise<Worker>;
}

/** Colour for one stream: flag, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal. */
export function colorFor(
  sink: Pick<Sink, "isTTY">,
  env: NodeJS.ProcessEnv,
  flag: boolean | undefined,
): boolean {
  if (flag !== undefined) return flag;
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined && force !== "") return force !== "0" && force.toLowerCase() !== "false";
  return sink.isTTY && env["TERM"] !== "dumb";
}
