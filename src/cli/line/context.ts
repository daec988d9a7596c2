import { relative } from "node:path";
import { loggable } from "../../text/visible.ts";
import { type Console, consoleOn } from "../output/progress.ts";
import { type Config, findConfig, readConfig } from "./config.ts";
import { UsageError } from "./errors.ts";
import { type GivenOptions, inOrder } from "./options.ts";
import { isOdd, outsideOf, repositoryOf } from "./repository.ts";
import { on, pathOf } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { refuseUntrusted } from "./trust.ts";

/** What the commands that audit have in common: the config file, all options in order, and the console. */
export interface CommandContext {
  readonly config: Config;
  /** Flag, environment, config file. */
  readonly options: GivenOptions;
  readonly console: Console;
}

/** Finds and reads the config file, and opens the console. */
export async function contextOf(given: GivenOptions, shell: Shell): Promise<CommandContext> {
  const config = await configOf(given, shell);
  const options = inOrder(given, config.options);
  await refuseUntrusted([options, ...[...config.targets.values()].map((own) => inOrder(given, own))]);
  const console = consoleOn(
    shell.err,
    {
      progress: on(options, "no-progress") !== true,
      quiet: on(options, "quiet") === true,
      debug: on(options, "debug") === true,
    },
    loggable,
  );
  return { config, options, console };
}

/** The config file that a person named, which is trusted as a flag is; else the one that is found, if there is one. */
async function configOf(given: GivenOptions, shell: Shell): Promise<Config> {
  const named = pathOf(given, "config", shell.cwd);
  if (named !== undefined) return readConfig(named, shell.cwd);
  const found = findConfig(shell.cwd);
  if (found === undefined) return { options: new Map(), targets: new Map() };
  const repository = repositoryOf(shell.cwd);
  const outside = outsideOf(repository, found);
  if (outside !== undefined) {
    const shown = relative(shell.cwd, found);
    throw new UsageError(`${shown}:1:1: the config file is ${outside}; name it with --config if it is yours`);
  }
  if (isOdd(found, false))
    throw new UsageError(
      `${relative(shell.cwd, found)}:1:1: the config file is no regular file; name it with --config if it is yours`,
    );
  return readConfig(found, shell.cwd, repository);
}

/**
 * The time that a report carries: SOURCE_DATE_EPOCH (seconds since 1970) where it is set, so that the same state
 * gives the same bytes; else the clock's.
 * @throws UsageError when the variable is no such number
 */
export function timeOf(shell: Pick<Shell, "env" | "now">): string {
  const epoch = shell.env["SOURCE_DATE_EPOCH"];
  if (epoch === undefined || epoch === "") return shell.now().toISOString();
  if (!/^\d{1,11}$/.test(epoch)) {
    throw new UsageError(`SOURCE_DATE_EPOCH: expected seconds since 1970, found "${epoch}"`);
  }
  return new Date(Number(epoch) * 1000).toISOString();
}

/** When a run ends, as its report says it, and as the clock says it: a waiver expires by the clock alone. */
export function timesOf(shell: Pick<Shell, "env" | "now">): { readonly now: string; readonly clock: string } {
  return { now: timeOf(shell), clock: shell.now().toISOString() };
}
