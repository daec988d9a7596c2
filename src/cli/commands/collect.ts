import { relative } from "node:path";
import { PROVIDERS } from "../../access/policy.ts";
import { formatSnapshot } from "../../snapshot/write.ts";
import { inertJson } from "../../text/visible.ts";
import { inputsOf } from "../job/inputs.ts";
import { prepare } from "../job/job.ts";
import { extensionsOf } from "../job/plugins.ts";
import { askEdition, boundsOf, readTarget } from "../job/read-target.ts";
import { contextOf } from "../line/context.ts";
import { UsageError } from "../line/errors.ts";
import { type GivenOptions, inOrder } from "../line/options.ts";
import { pathOf } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import { checkPaths, writeFiles } from "../output/output.ts";

/**
 * `collect -o FILE`: the state of one target, as a file that `scan --snapshot` audits with the same result as a live
 * scan. What could not be read stands in it.
 * @returns 0; 3 when something could not be read
 */
export async function collect(
  _operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const { config, options, console } = await contextOf(given, shell);
  const path = pathOf(given, "output", shell.cwd);
  // The recorded state that a config file names for scans is what a collection renews.
  const known = { ...config, targets: new Map() };
  if (path !== undefined)
    await checkPaths([path], shell.cwd, inputsOf(without(options, "snapshot"), known, shell.cwd));
  const bounds = boundsOf(options);
  // Recorded state in a config file is for scans; here the live state is asked for.
  const job = await prepare(given, { ...config, options: without(config.options, "snapshot") }, shell.cwd, {
    extensions: await extensionsOf(given, shell.cwd),
  });
  const target = job.targets[0];
  if (target === undefined || job.targets.length > 1) {
    const names = job.targets.flatMap(({ name }) => name ?? []);
    throw new UsageError(
      names.length === 0
        ? "collect writes one target; ask for one cloud with --cloud"
        : `collect writes one target; name it with --target (known: ${names.join(", ")})`,
    );
  }
  if (target.kind === "recorded") {
    throw new UsageError(`target ${target.name} is recorded state already; there is nothing to collect`);
  }
  // Who audits the file may have that of another cloud beside it: what controls about both ask for is read too.
  const read = await readTarget({ ...job, clouds: PROVIDERS }, target, bounds, console, shell);
  // Whoever audits the file later must know what the cluster is to be judged by.
  const edition =
    target.cloud === "kubernetes" && !shell.signal.aborted
      ? await askEdition(target.kubernetes, bounds, console, shell).catch(() => undefined)
      : undefined;
  const snapshot = edition === undefined ? read : { ...read, edition };
  // What was read until the signal came would look like a whole target to whoever audits the file.
  if (shell.signal.aborted) {
    console.say("chalk-audit: interrupted; nothing is written");
    return 3;
  }
  const text = formatSnapshot(snapshot);
  for (const unread of snapshot.unread) {
    console.say(`chalk-audit: not read: ${unread.api}: ${unread.detail}`);
  }
  if (path === undefined) await shell.out.write(inertJson(text));
  else {
    await writeFiles([{ path, text }], shell.cwd);
    console.say(`chalk-audit: wrote ${relative(shell.cwd, path) || path}`);
  }
  return snapshot.unread.length > 0 ? 3 : 0;
}

function without(options: GivenOptions, name: string): GivenOptions {
  const rest = new Map(inOrder(options));
  rest.delete(name);
  return rest;
}
