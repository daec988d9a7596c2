import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { codeOf, errorLines, OutputError, reasonOf } from "../line/errors.ts";
import type { Shell, Sink } from "../line/shell.ts";

type Process = NodeJS.Process;

/** How long what is left open (an idle socket, a request that ignores its signal) may hold the process up. */
const lingerMs = 2_000;

/** The same after a signal: whoever sent it waits for the end, not for a connection to close. */
const interruptedLingerMs = 100;

/**
 * Runs one command and ends the process with its exit status.
 *
 * `process.exit()` is not called while output is under way: a report in a pipe would be cut. The status is set,
 * and the event loop runs dry; what is still open two seconds after the last byte has gone is left behind.
 *
 * Whatever goes wrong on the way (an uncaught throw, a rejection nobody handled, a promise that never settles)
 * ends with 2: Node's own 1 would read as drift, and its 0 as a clean audit.
 * @param worker the script of the worker; where it is not there, the sources run, everything is done in one thread
 */
export async function live(process: Process, argv: readonly string[], worker: URL): Promise<void> {
  const debug = argv.includes("--debug") || Boolean(process.env["CHALK_AUDIT_DEBUG"]);
  const interrupted = new AbortController();
  let interruption: NodeJS.Signals | undefined;
  let ended = false;

  const out = sinkOf(process.stdout, "standard output");
  const err = sinkOf(process.stderr, "standard error");

  const end = (status: number): void => {
    ended = true;
    process.exitCode = status;
    const linger = interruption === undefined ? lingerMs : interruptedLingerMs;
    const leave = (): void => {
      if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
      else setTimeout(leave, linger).unref();
    };
    setTimeout(leave, linger).unref();
  };
  const fail = (error: unknown): void => {
    if (ended && process.exitCode === 2) return;
    end(2);
    void err.write(`${errorLines(error, debug).join("\n")}\n`).catch(() => undefined);
    // What threw may have left timers and sockets that would go on working; only the output is waited for.
    void out.write("").finally(() => process.exit(2));
  };

  const onSignal = (signal: NodeJS.Signals): void => {
    if (interruption !== undefined) {
      // The second signal: Node's default action, at once.
      process.removeListener("SIGINT", onSignal);
      process.removeListener("SIGTERM", onSignal);
      process.kill(process.pid, signal);
      return;
    }
    interruption = signal;
    interrupted.abort(new Error(`interrupted by ${signal}`));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  process.on("beforeExit", () => {
    if (!ended) fail(new Error("the command ended without a result"));
  });
  // Until a result is there, every way out is a failure.
  process.exitCode = 2;

  const shell: Shell = {
    env: process.env,
    cwd: process.cwd(),
    out,
    err,
    signal: interrupted.signal,
    now: () => new Date(),
    ...(existsSync(fileURLToPath(worker))
      ? { worker: async () => new (await import("node:worker_threads")).Worker(worker) }
      : {}),
  };
  try {
    const { run } = await import("../line/program.ts");
    const status = await run(argv, shell);
    end(interruption === undefined ? status : 128 + (constants.signals[interruption] ?? 0));
  } catch (error) {
    if (interruption !== undefined && interrupted.signal.aborted && error === interrupted.signal.reason) {
      end(128 + (constants.signals[interruption] ?? 0));
      return;
    }
    end(2);
    await err.write(`${errorLines(error, debug).join("\n")}\n`);
  }
}

/** A stream whose reader may go away: what cannot be delivered is dropped, and the verdict stands. */
function sinkOf(stream: NodeJS.WriteStream, name: string): Sink {
  let gone = false;
  stream.on("error", (error) => {
    if (codeOf(error) === "EPIPE") gone = true;
  });
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        if (gone) {
          resolve();
          return;
        }
        stream.write(text, (error) => {
          if (error === null || error === undefined || codeOf(error) === "EPIPE") resolve();
          else reject(new OutputError(`${name}: cannot write: ${reasonOf(error)}`, { cause: error }));
        });
      }),
    isTTY: stream.isTTY === true,
    columns: stream.isTTY === true ? stream.columns : undefined,
  };
}
