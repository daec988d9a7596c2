import { existsSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { SarifOptions } from "../../reporters/define.ts";
import type { Config } from "../line/config.ts";
import { UsageError } from "../line/errors.ts";
import type { GivenOptions } from "../line/options.ts";
import { outsideOf, repositoryOf } from "../line/repository.ts";
import { on, pathOf } from "../line/settings.ts";

/**
 * What SARIF is to say beside the report: waived findings, and a file of the user's repository in place of one that it
 * does not have, since code scanning shows no preview of a bundled baseline.
 * @throws UsageError when the file that is named is not there, or lies outside the repository
 */
export function sarifOptionsOf(options: GivenOptions, config: Config, cwd: string): SarifOptions {
  const repository = repositoryOf(cwd);
  const named = pathOf(options, "sarif-anchor", cwd);
  if (named !== undefined) refuse(named, options.get("sarif-anchor")?.from ?? "--sarif-anchor", repository);
  const found = config.file === undefined ? undefined : resolve(cwd, config.file);
  const anchor =
    named ?? (found !== undefined && outsideOf(repository, found) === undefined ? found : undefined);
  const suppressions = on(options, "sarif-suppressions") === true;
  if (anchor === undefined) return { suppressions };
  const shown = relative(repository, anchor).split(sep).join("/");
  const there = new Map<string, boolean>();
  return {
    suppressions,
    anchorOf: (file) => {
      const known = there.get(file) ?? existsSync(resolve(cwd, file));
      there.set(file, known);
      return known ? undefined : shown;
    },
  };
}

function refuse(path: string, from: string, repository: string): void {
  const outside = outsideOf(repository, path);
  if (outside !== undefined) {
    throw new UsageError(
      `${from}: ${path} is ${outside}; name a file that is checked in, such as the config file`,
    );
  }
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new UsageError(
      `${from}: there is no file ${path}; name one of your repository, such as the config file`,
    );
  }
}
