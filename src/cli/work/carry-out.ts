import { setImmediate as turn } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { Shell } from "../line/shell.ts";
import type { Console } from "../output/progress.ts";
import { lastSliceMs, sliceMs, wasCut, withinSlice } from "./slice.ts";
import { type Errand, type Steps, unpackError, type Word, type Work } from "./work.ts";

export interface Waiting<Part> {
  readonly shell: Shell;
  readonly console: Pick<Console, "progress" | "clear" | "debug">;
  /** How long the work may take. */
  readonly timeoutMs: number;
  /** Word of how it goes along. The same part may be told twice: what was begun in this thread begins again in a worker. */
  readonly tell?: (part: Part) => void;
  /** The progress line. */
  readonly line: () => string;
  /** It is known to take long: no time is spent on it in this thread. */
  readonly long?: boolean;
}

/** How work ended: done, or stopped by a signal, or because it took longer than it may. */
export type Ended<Out> =
  | { readonly kind: "done"; readonly out: Out }
  | { readonly kind: "interrupted" }
  | { readonly kind: "late" };

/** Says that work of which half is nothing did not come to its end, and gives the exit status (S3). */
export function sayUnfinished(
  kind: Exclude<Ended<unknown>["kind"], "done">,
  done: string,
  timeout: { readonly text: string },
  console: Pick<Console, "say">,
): 3 {
  const late = `nothing is ${done}: it took longer than ${timeout.text} (--timeout)`;
  console.say(`chalk-audit: ${kind === "late" ? late : "interrupted; nothing is written"}`);
  return 3;
}

/**
 * Carries work out so that a signal is heard within a moment, whatever the work is at: a short time in this thread, then
 * in a worker, from the beginning. When the signal has come already, there is a last moment in this thread.
 * @throws what the work throws
 */
export async function carryOut<In, Part, Out>(
  work: Work<In, Part, Out>,
  input: In,
  waiting: Waiting<Part>,
): Promise<Ended<Out>> {
  const { shell, console, timeoutMs } = waiting;
  const tell = waiting.tell ?? (() => undefined);
  const from = performance.now();
  const show = (): void => {
    const seconds = Math.round((performance.now() - from) / 1_000);
    console.progress(`${waiting.line()}${seconds < 1 ? "" : ` (${seconds} s)`}`);
  };
  const ticking = setInterval(show, 1_000);
  const after = shell.signal.aborted;
  const stop = stopping(
    after ? undefined : shell.signal,
    Math.min(timeoutMs, after ? lastSliceMs : timeoutMs),
  );
  try {
    show();
    const { worker } = shell;
    if (after && wasCut()) return { kind: "interrupted" };
    if (worker === undefined || after || (waiting.long !== true && !wasCut())) {
      const ready = work.ready(input, tell);
      // It may fail when nobody waits for it any more.
      ready.catch(() => undefined);
      const steps = await Promise.race([ready, stop.when]);
      const ended =
        typeof steps === "string" ? { kind: steps } : await inThisThread(steps, stop, worker === undefined);
      if (after && ended?.kind !== "done") return { kind: "interrupted" };
      if (ended !== undefined) return ended;
    }
    if (worker === undefined) throw new Error(`${work.name}: there is no worker`);
    console.debug(`${work.name}: takes long, and goes on in a worker`);
    const started = await worker();
    const errand = { work: work.name, packed: work.pack(input) };
    return await inWorker<Part, Out>(started, errand, tell, stop.when);
  } finally {
    clearInterval(ticking);
    stop.clear();
    console.clear();
  }
}

type Why = "interrupted" | "late";

/** What ends the waiting: a signal, or the time. */
interface Stop {
  readonly when: Promise<Why>;
  readonly why: () => Why | undefined;
  /** Milliseconds until the time is up. */
  readonly left: () => number;
  readonly clear: () => void;
}

function stopping(signal: AbortSignal | undefined, timeoutMs: number): Stop {
  const until = performance.now() + timeoutMs;
  const left = () => until - performance.now();
  let settle: (why: Why) => void = () => undefined;
  const when = new Promise<Why>((resolve) => {
    settle = resolve;
  });
  const onAbort = () => settle("interrupted");
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => settle("late"), timeoutMs);
  return {
    when,
    why: () => (signal?.aborted === true ? "interrupted" : left() <= 0 ? "late" : undefined),
    left,
    clear: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

/**
 * Takes one step after the other, and hears signals in between; undefined when one took too long for that.
 * @param alone there is no other thread: a step takes as long as it takes
 */
async function inThisThread<Out>(
  steps: Steps<Out>,
  stop: Stop,
  alone: boolean,
): Promise<Ended<Out> | undefined> {
  for (;;) {
    // A signal that came in the meantime is heard here.
    await turn();
    const why = stop.why();
    if (why !== undefined) return { kind: why };
    const next = () => steps.next();
    const step = alone ? { out: next() } : withinSlice(next, Math.min(sliceMs, stop.left()));
    if (step === undefined) {
      await turn();
      const early = stop.why();
      return early === undefined ? undefined : { kind: early };
    }
    if (step.out.done === true) return { kind: "done", out: step.out.value };
  }
}

async function inWorker<Part, Out>(
  worker: Worker,
  errand: Errand,
  tell: (part: Part) => void,
  stopped: Promise<Why>,
): Promise<Ended<Out>> {
  const ended = new Promise<Ended<Out>>((resolve, reject) => {
    worker.on("message", (word: Word) => {
      if ("part" in word) tell(word.part as Part);
      else if ("out" in word) resolve({ kind: "done", out: word.out as Out });
      else reject(unpackError(word.error));
    });
    worker.on("messageerror", reject);
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`the worker ended with ${code} and without a result`)));
  });
  // It may fail when nobody waits for it any more.
  ended.catch(() => undefined);
  try {
    worker.postMessage(errand);
    return await Promise.race([ended, stopped.then((kind): Ended<Out> => ({ kind }))]);
  } finally {
    void worker.terminate();
  }
}
