import { existsSync } from "node:fs";
import { relative } from "node:path";
import { ruleTexts } from "../../checks/registry.ts";
import type { Extensions } from "../../plugins/define.ts";
import type { Report } from "../../report/report.ts";
import type { RenderOptions } from "../../reporters/define.ts";
import { renderIncompleteSarif } from "../../reporters/sarif.ts";
import type { GivenOptions } from "../line/options.ts";
import { on } from "../line/settings.ts";
import { colorFor, type Shell } from "../line/shell.ts";
import { type Destination, incompletePath, type OutputFile, writeFiles } from "./output.ts";
import type { Console } from "./progress.ts";

/** Columns of what is not a terminal: a file, a log, a pipe. */
const fileWidth = 100;

/** Files that a run may write, to be looked at before anything is collected. */
export function pathsOf(destinations: readonly Destination[]): string[] {
  return destinations.flatMap(({ format, path }) => {
    if (path === undefined) return [];
    return format === "sarif" ? [path, incompletePath(path)] : [path];
  });
}

/** What lies there already would be taken for this run's, and uploaded. */
function stale(path: string): string {
  return existsSync(path) ? "; the one that is there is of an earlier run: do not upload it" : "";
}

/** The place that a text is rendered for. */
export type Place = Pick<RenderOptions, "width" | "color" | "verbose">;

/** One format's text; `undefined`: nothing to write. */
export interface Rendered {
  readonly text: string | undefined;
  /** SARIF: the targets that could not be read completely, for a file of their own. */
  readonly incomplete?: string | undefined;
  /** What the format left out. */
  readonly leftOut?: readonly string[];
}

/** The reporters' rendering of a report. */
export function renderReport(
  report: Report,
  exitCode: number,
  { checks, reporters }: Pick<Extensions, "checks" | "reporters">,
): (format: string, place: Place) => Rendered {
  const rules = ruleTexts(checks);
  return (format, place) => {
    const reporter = reporters.find((each) => each.format === format);
    if (reporter === undefined) throw new Error(`no reporter for ${format}`);
    const rendering: RenderOptions = { ...place, exitCode, rules };
    const text = reporter.render(report, rendering);
    const leftOut = reporter.leftOut?.(report, rendering) ?? [];
    return format === "sarif"
      ? { text, leftOut, incomplete: renderIncompleteSarif(report, rendering) }
      : { text, leftOut };
  };
}

/**
 * Renders every format asked for and writes it: files first, all or none, then standard output.
 * @throws OutputError
 */
export async function deliver(
  destinations: readonly Destination[],
  render: (format: string, place: Place) => Rendered,
  options: GivenOptions,
  console: Console,
  shell: Shell,
): Promise<void> {
  const files: OutputFile[] = [];
  let stdout = "";
  const show = (path: string): string => {
    const below = relative(shell.cwd, path);
    return below.startsWith("..") ? path : below;
  };
  for (const { format, path } of destinations) {
    const {
      text,
      incomplete,
      leftOut = [],
    } = render(format, {
      width: path === undefined ? (shell.out.columns ?? fileWidth) : fileWidth,
      color: path === undefined && colorFor(shell.out, shell.env, on(options, "color", "no-color")),
      verbose: on(options, "verbose") === true,
    });
    if (text === undefined) {
      const where = path === undefined ? "nothing is printed" : `${show(path)} is not written${stale(path)}`;
      console.say(`chalk-audit: ${format}: no target could be read completely, so ${where}`);
    } else if (path === undefined) stdout = text;
    else files.push({ path, text });
    for (const what of leftOut) console.say(`chalk-audit: ${format}: left out: ${what}`);

    if (incomplete === undefined) {
      const beside = path !== undefined && format === "sarif" ? incompletePath(path) : undefined;
      if (beside !== undefined && existsSync(beside))
        console.say(
          `chalk-audit: ${format}: ${show(beside)} is of an earlier run; every target was read now`,
        );
      continue;
    }
    if (path !== undefined) files.push({ path: incompletePath(path), text: incomplete });
    else if (text !== undefined) {
      console.say(
        `chalk-audit: ${format}: targets that could not be read completely are left out; see --format json`,
      );
    }
  }
  if (files.length > 0) await writeFiles(files, shell.cwd);
  for (const { path } of files) console.say(`chalk-audit: wrote ${show(path)}`);
  if (stdout !== "") await shell.out.write(stdout);
}
