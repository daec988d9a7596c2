import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Config } from "../line/config.ts";
import { UsageError } from "../line/errors.ts";
import type { GivenOptions } from "../line/options.ts";
import { pathFrom, pathOf } from "../line/settings.ts";

/** A file that a run reads. */
interface Input {
  readonly path: string;
  /** What it is, for people: `waiver file`. */
  readonly what: string;
}

/** What a user writes as `--baseline` for a file, not for the id of a bundled one. */
export function namesFile(spec: string): boolean {
  return /[\\/]|\.(ya?ml|json)$/i.test(spec);
}

/**
 * The files that a run reads, as its options name them. The report of `--since` is none: the next report may replace it.
 */
export function inputsOf(
  options: GivenOptions,
  { file, targets }: Config,
  cwd: string,
  operands: readonly string[] = [],
): readonly Input[] {
  const named = (each: GivenOptions, name: string, what: string): Input[] => {
    const given = each.get(name);
    if (given === undefined) return [];
    return given.values
      .filter((value) => name !== "baseline" || namesFile(value))
      .map((value) => ({ path: pathFrom(given, value, cwd), what }));
  };
  const waivers = pathOf(options, "waivers", cwd);
  return [
    ...(file === undefined ? [] : [{ path: file, what: "config file" }]),
    ...(waivers === undefined ? [] : [{ path: waivers, what: "waiver file" }]),
    ...named(options, "baseline", "baseline"),
    ...[options, ...targets.values()].flatMap((each) => named(each, "snapshot", "snapshot")),
    ...operands.map((operand) => ({ path: resolve(cwd, operand), what: "input" })),
  ];
}

/**
 * A run must not replace what it was told to read: recorded state, waivers and baselines are often kept nowhere else.
 * @param shown how messages call a file
 * @throws UsageError for an output that is one of the inputs, whatever links lead to it
 */
export async function refuseInputs(
  outputs: readonly string[],
  inputs: readonly Input[],
  shown: (path: string) => string,
): Promise<void> {
  const taken = new Map<string, string>();
  for (const { path, what } of inputs) taken.set(await realPath(path), what);
  for (const path of outputs) {
    const what = taken.get(await realPath(path));
    if (what !== undefined)
      throw new UsageError(`${shown(path)}: is the ${what} of this run; write to another file`);
  }
}

/** Of a file that is not there yet, the real path of its folder. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}
