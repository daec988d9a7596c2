import { checkPage } from "../../checks/page.ts";
import { didYouMean } from "../../text/nearest.ts";
import { extensionsOf } from "../job/plugins.ts";
import { UsageError } from "../line/errors.ts";
import type { GivenOptions } from "../line/options.ts";
import { choice } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import { columns } from "../output/columns.ts";

/** `check list`: every check with what it is about. */
export async function checkList(
  _operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const { checks } = await extensionsOf(given, shell.cwd);
  const format = choice(given, "format", ["table", "json"]);
  const rows = checks.map((check) => ({
    id: check.id,
    cloud: check.cloud,
    title: check.title,
    drifts: Object.keys(check.drifts),
  }));
  await shell.out.write(
    format === "json"
      ? `${JSON.stringify(rows, undefined, 2)}\n`
      : columns(rows.map((row) => [row.id, row.cloud, row.title])),
  );
  return 0;
}

/**
 * `check explain ID`: the page of a check, as in docs/checks.
 * @throws UsageError for a check that is not there
 */
export async function checkExplain(
  operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const { checks } = await extensionsOf(given, shell.cwd);
  const id = operands[0] ?? "";
  // A rule, `azure/role-definition/excess`, is what a report prints; its page is that of its check.
  const check = checks.find((each) => each.id === id) ?? checks.find((each) => id.startsWith(`${each.id}/`));
  if (check === undefined) {
    const ids = checks.map((each) => each.id);
    throw new UsageError(`unknown check "${id}"${didYouMean(id, ids)} (known: ${ids.join(", ")})`);
  }
  await shell.out.write(checkPage(check));
  return 0;
}
