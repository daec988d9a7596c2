import { Script } from "node:vm";

/**
 * How long a step may take in the thread that hears signals. Most take a hundredth of it, and a worker costs a third of
 * what Node itself takes to start. A signal that comes with the first moment is heard with the last, and the end has a
 * second.
 */
export const sliceMs = 500;

/** How long all steps together may take when the signal has come already. */
export const lastSliceMs = 250;

const slot = Symbol.for("chalk-audit.slice");
let script: Script | undefined;
let broken = false;

/** Whether a slice has ended before its work: what was cut off in the middle is not begun a second time in this thread. */
export function wasCut(): boolean {
  return broken;
}

/**
 * Does something in this thread, for as long as it may take and no longer. Node's own watchdog ends it, in the middle of
 * whatever it does; nothing else can be heard while it runs.
 *
 * What was cut off may have left something half done (a cache that knows one half of a pair), so nobody asks the same
 * code again in this thread: `wasCut` tells.
 * @returns undefined when the time was up
 */
export function withinSlice<T>(work: () => T, ms: number): { readonly out: T } | undefined {
  script ??= new Script("globalThis[Symbol.for('chalk-audit.slice')]()", { filename: "slice" });
  const global = globalThis as { [slot]?: () => void };
  let done: { readonly out: T } | undefined;
  global[slot] = () => {
    done = { out: work() };
  };
  try {
    script.runInThisContext({ timeout: Math.max(1, Math.ceil(ms)), displayErrors: false });
    return done;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    broken = true;
    return undefined;
  } finally {
    delete global[slot];
  }
}
