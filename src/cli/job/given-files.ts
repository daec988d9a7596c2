import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { Baseline } from "../../baselines/baseline.ts";
import type { Dealt } from "../../baselines/parameters.ts";
import type { GivenFile } from "../../state/context.ts";
import { UsageError } from "../line/errors.ts";
import type { Given } from "../line/options.ts";
import { outsideOf } from "../line/repository.ts";
import { refusal } from "../line/trust.ts";
import { readText } from "../output/files.ts";

/** Bytes of a file that somebody wrote by hand. */
const LARGEST = 1_000_000;

/** The parameters of a baseline that name files. */
export function fileParameters({ parameters }: Baseline): readonly string[] {
  return Object.entries(parameters).flatMap(([name, { type }]) => (type === "file" ? [name] : []));
}

/**
 * A file that `--set` names, as it is called from the working directory: what a config file names lies beside it.
 * @throws UsageError for one outside the repository, where a config file names it that was found (T3)
 */
export function givenPath(name: string, value: string, given: Given, cwd: string): string {
  const path = resolve(given.base ?? cwd, value);
  if (given.repository !== undefined) {
    const outside = outsideOf(given.repository, path);
    if (outside !== undefined)
      throw new UsageError(refusal({ name: "set" }, given, `${name} reads ${value}, ${outside}`));
  }
  return relative(cwd, path) || value;
}

/** The texts of the files that the parameters of a job name; of one that cannot be read, why. */
export async function readGiven(
  job: {
    readonly baselines: readonly { readonly baseline: Baseline }[];
    readonly targets: readonly { readonly dealt: readonly Dealt[] }[];
  },
  cwd: string,
): Promise<Readonly<Record<string, GivenFile>>> {
  const paths = new Set(
    job.targets.flatMap(({ dealt }) =>
      dealt.flatMap(({ given }, i) => {
        const baseline = job.baselines[i]?.baseline;
        return baseline === undefined ? [] : fileParameters(baseline).flatMap((name) => given[name] ?? []);
      }),
    ),
  );
  const read = await Promise.all(
    [...paths].sort().map(async (path): Promise<readonly [string, GivenFile]> => {
      try {
        // a device never ends
        const { size } = await stat(resolve(cwd, path)).then(
          (found) => (found.isFile() ? found : { size: Number.POSITIVE_INFINITY }),
          () => ({ size: 0 }),
        );
        if (size > LARGEST) return [path, { problem: "is no file of up to a megabyte" }];
        return [path, { text: await readText(resolve(cwd, path), "file", path) }];
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        return [path, { problem: error.message.replace(`${path}: `, "") }];
      }
    }),
  );
  return Object.fromEntries(read);
}
