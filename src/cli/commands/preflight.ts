import { type ProbeState, probesOf } from "../../permissions/probe.ts";
import { readsOf } from "../../permissions/reads.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { inertJson } from "../../text/visible.ts";
import { prepare } from "../job/job.ts";
import { planOf } from "../job/plan.ts";
import { extensionsOf } from "../job/plugins.ts";
import { boundsOf, readTarget, unreadableTarget } from "../job/read-target.ts";
import { contextOf } from "../line/context.ts";
import { UsageError } from "../line/errors.ts";
import { type GivenOptions, inOrder } from "../line/options.ts";
import { choice, on } from "../line/settings.ts";
import { colorFor, type Shell } from "../line/shell.ts";
import { type Preflight, preflightTable } from "../output/preflight-table.ts";
import { nodesTell } from "./permissions.ts";
import { probeNodes } from "./preflight-nodes.ts";

/**
 * `preflight`: makes every read that a scan of the same options makes, judges nothing and keeps nothing, and says of
 * each permission whether it is there.
 * @returns 0 when a scan can read all that it needs; 3 when a permission is missing or a read failed
 * @throws UsageError and its like when nothing can be asked: no credentials, no such option
 */
export async function preflight(
  _operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const { config, options, console } = await contextOf(given, shell);
  const format = choice(given, "format", ["table", "json"]) ?? "table";
  const bounds = boundsOf(options);
  // Recorded state needs no permission; what is asked here is the live cloud behind it.
  const job = await prepare(given, { ...config, options: without(config.options, "snapshot") }, shell.cwd, {
    extensions: await extensionsOf(given, shell.cwd),
  });
  const live = job.targets.filter((target) => target.kind === "live");
  if (live.length === 0) throw new UsageError("every target is recorded state; there is nothing to probe");

  const results: Preflight[] = [];
  for (const target of live) {
    const plan = planOf(job, target);
    let snapshot: Snapshot;
    let reachable = true;
    try {
      snapshot = await readTarget(job, target, bounds, console, shell);
    } catch (error) {
      if (live.length === 1) throw error;
      snapshot = unreadableTarget(job, target, shell, error);
      reachable = false;
    }
    const reads = readsOf(
      target.cloud,
      new Set([...plan.kinds, ...(plan.extra ?? []).map(({ kind }) => kind)]),
      {
        named: plan.principals.length > 0,
        extra: plan.extra ?? [],
      },
    );
    results.push({
      target: target.name ?? `${target.cloud}:${snapshot.scope}`,
      cloud: target.cloud,
      probes: [
        ...probesOf(reads, snapshot),
        ...(target.cloud === "kubernetes" && nodesTell(job.baselines, job.profile, job.extensions.checks)
          ? [await probeNodes(target.kubernetes, reachable, bounds, console, shell.signal)]
          : []),
      ],
    });
  }

  const bad: readonly ProbeState[] = ["missing", "unread"];
  const ready =
    !shell.signal.aborted &&
    results.every(({ probes }) => probes.length > 0 && probes.every(({ state }) => !bad.includes(state)));
  const status = ready ? 0 : 3;
  await shell.out.write(
    format === "json"
      ? `${inertJson(JSON.stringify({ ready, targets: results }, undefined, 2))}\n`
      : preflightTable(results, status, {
          width: shell.out.columns ?? 100,
          color: colorFor(shell.out, shell.env, on(options, "color", "no-color")),
        }),
  );
  return status;
}

function without(options: GivenOptions, name: string): GivenOptions {
  const rest = new Map(inOrder(options));
  rest.delete(name);
  return rest;
}
