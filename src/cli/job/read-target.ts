import type { Provider } from "../../access/policy.ts";
import type { CollectOptions, CollectPlan } from "../../collectors/define.ts";
import { detectEdition, loadCollector } from "../../collectors/registry.ts";
import type { Snapshot, UnreadCause } from "../../snapshot/snapshot.ts";
import { timeOf } from "../line/context.ts";
import { messageLines } from "../line/errors.ts";
import type { GivenOptions } from "../line/options.ts";
import { integer, timeoutOf } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import type { Console } from "../output/progress.ts";
import type { Job, LiveTarget } from "./job.ts";
import { planOf } from "./plan.ts";
import type { KubernetesReach } from "./reach.ts";

/** How long a collector may take to come back with what it has, once it was told to stop. */
const graceMs = 400;

interface Bounds {
  readonly timeoutMs: number;
  readonly concurrency: number;
}

/** @throws UsageError */
export function boundsOf(options: GivenOptions): Bounds {
  return { timeoutMs: timeoutOf(options).ms, concurrency: integer(options, "concurrency", 1, 64) };
}

/**
 * Reads the live state of one target. When the run is interrupted, what was read until then comes back, marked so.
 * @throws CollectError when nothing can be read: no credentials, no such endpoint
 */
export async function readTarget(
  job: Job,
  target: LiveTarget,
  bounds: Bounds,
  console: Console,
  shell: Shell,
): Promise<Snapshot> {
  const plan = planOf(job, target);
  const label = target.name === undefined ? "" : `${target.name}: `;
  try {
    const reading = startReading(plan, target, collectOptions(bounds, label, console, shell));
    const snapshot = await untilInterrupted(reading, shell.signal);
    return shell.env["SOURCE_DATE_EPOCH"] ? { ...snapshot, takenAt: timeOf(shell) } : snapshot;
  } catch (error) {
    if (!shell.signal.aborted) throw error;
    return unreadSnapshot(plan, target, shell, "interrupted", "interrupted before anything was read");
  } finally {
    console.clear();
  }
}

async function startReading(
  plan: CollectPlan,
  target: LiveTarget,
  options: CollectOptions,
): Promise<Snapshot> {
  switch (target.cloud) {
    case "azure":
      return (await loadCollector("azure"))(plan, target.azure, options);
    case "aws":
      return (await loadCollector("aws"))(plan, target.aws, options);
    case "kubernetes":
      return (await loadCollector("kubernetes"))(plan, target.kubernetes, options);
  }
}

export function collectOptions(
  bounds: Bounds,
  label: string,
  console: Console,
  shell: Shell,
): CollectOptions {
  return {
    ...bounds,
    signal: shell.signal,
    progress: (message) => console.progress(`${label}${message}`),
    debug: (line) => console.debug(`${label}${line}`),
    now: shell.now,
  };
}

/**
 * The clouds that the nodes of a live cluster tell.
 * @throws CollectError when the cluster cannot be asked
 */
export async function askEdition(
  reach: KubernetesReach,
  bounds: Bounds,
  console: Console,
  shell: Shell,
): Promise<readonly Provider[]> {
  try {
    const asking = detectEdition(reach, collectOptions(bounds, "", console, shell));
    return await untilInterrupted(asking, shell.signal);
  } finally {
    console.clear();
    // Half an answer is none: without this an interruption would read as nodes that tell nothing.
    shell.signal.throwIfAborted();
  }
}

/** The state of a target that cannot be read at all, so that the others of the run are still audited (fault 16). */
export function unreadableTarget(job: Job, target: LiveTarget, shell: Shell, error: unknown): Snapshot {
  const detail = messageLines(error).join("; ");
  return unreadSnapshot(planOf(job, target), target, shell, "unreachable", detail);
}

function unreadSnapshot(
  plan: CollectPlan,
  target: LiveTarget,
  shell: Shell,
  cause: UnreadCause,
  detail: string,
): Snapshot {
  return {
    schema: 1,
    provider: target.cloud,
    scope: unreadScope(plan, target),
    takenAt: shell.now().toISOString(),
    ...(plan.principals.length > 0 ? { principals: plan.principals } : {}),
    ...(cause === "interrupted" ? { interrupted: true } : {}),
    documents: [],
    unread: [...plan.kinds].sort().map((kind) => ({ kind, api: "sign-in", cause, detail })),
  };
}

/** The scope of a target of which nothing is known but what was asked for. */
function unreadScope(plan: CollectPlan, target: LiveTarget): string {
  switch (target.cloud) {
    case "azure":
      return `/subscriptions/${target.azure.subscription ?? "unknown"}`;
    case "aws":
      return `unknown/${target.aws.region ?? "unknown"}`;
    case "kubernetes":
      return plan.namespace === undefined ? "unknown" : `unknown/${plan.namespace}`;
  }
}

/** The collection, or a rejection soon after the signal for one that does not come back. */
async function untilInterrupted<T>(reading: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(signal.reason), graceMs);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
}
