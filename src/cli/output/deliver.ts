import { existsSync } from "node:fs";
import { relative } from "node:path";
import { ruleTexts } from "../../checks/registry.ts";
import type { Extensions } from "../../plugins/define.ts";
import type { Report } from "../../report/report.ts";
import type { FileBeside, Rendering, RenderOptions, Reporter } from "../../reporters/define.ts";
import type { GivenOptions } from "../line/options.ts";
import { on } from "../line/settings.ts";
import { colorFor, type Shell } from "../line/shell.ts";
import { type Destination, type OutputFile, pathBeside, writeFiles } from "./output.ts";
import type { Console } from "./progress.ts";

/** Columns of what is not a terminal: a file, a log, a pipe. */
const fileWidth = 100;

/** Files that a run may write, to be looked at before anything is collected. */
export function outputPathsOf(
  destinations: readonly Destination[],
  reporters: readonly Reporter[],
): string[] {
  return destinations.flatMap(({ format, path }) => {
    if (path === undefined) return [];
    const { extension = format, beside = [] } = reporters.find((each) => each.format === format) ?? {};
    return [path, ...beside.map(({ name }) => pathBeside(path, name, extension))];
  });
}

/** What lies there already would be taken for this run's, and uploaded. */
function stale(path: string): string {
  return existsSync(path) ? "; the one that is there is of an earlier run: do not upload it" : "";
}

/** The place that a text is rendered for. */
export type OutputPlace = Pick<RenderOptions, "width" | "color" | "verbose">;

/** One format's files. */
export interface Rendered {
  /** Whole or in pieces; `undefined`: nothing to write. */
  readonly text: string | Iterable<string> | undefined;
  /** Why nothing is written, in words. */
  readonly nothing?: string;
  readonly beside?: readonly (Omit<FileBeside, keyof Rendering> & {
    readonly extension: string;
    /** `undefined`: there is none. */
    readonly text: string | Iterable<string> | undefined;
  })[];
  /** What the format left out. */
  readonly leftOut?: readonly string[];
}

/** The reporters' rendering of a report. */
export function renderReport(
  report: Report,
  verdict: Pick<RenderOptions, "exitCode" | "failOn" | "sarif">,
  { checks, reporters }: Pick<Extensions, "checks" | "reporters">,
): (format: string, place: OutputPlace) => Rendered {
  const rules = ruleTexts(checks);
  return (format, place) => {
    const reporter = reporters.find((each) => each.format === format);
    if (reporter === undefined) throw new Error(`no reporter for ${format}`);
    const rendering: RenderOptions = { ...place, ...verdict, rules };
    const { extension, nothing = "there is nothing to write", beside = [] } = reporter;
    const textOf = (each: Rendering) => each.pieces?.(report, rendering) ?? each.render(report, rendering);
    return {
      text: textOf(reporter),
      nothing,
      beside: beside.map((file) => ({
        ...{ name: file.name, holds: file.holds, none: file.none },
        ...{ extension, text: textOf(file) },
      })),
      leftOut: reporter.leftOut?.(report, rendering) ?? [],
    };
  };
}

/**
 * Renders every format asked for and writes it: files first, all or none, then standard output.
 * @throws OutputError
 */
export async function deliver(
  destinations: readonly Destination[],
  render: (format: string, place: OutputPlace) => Rendered,
  options: GivenOptions,
  console: Console,
  shell: Shell,
): Promise<void> {
  const files: OutputFile[] = [];
  let stdout: string | Iterable<string> = "";
  const show = (path: string): string => {
    const below = relative(shell.cwd, path);
    return below.startsWith("..") ? path : below;
  };
  for (const { format, path } of destinations) {
    const {
      text,
      nothing,
      beside = [],
      leftOut = [],
    } = render(format, {
      width: path === undefined ? (shell.out.columns ?? fileWidth) : fileWidth,
      color: path === undefined && colorFor(shell.out, shell.env, on(options, "color", "no-color")),
      verbose: on(options, "verbose") === true,
    });
    if (text === undefined) {
      const where = path === undefined ? "nothing is printed" : `${show(path)} is not written${stale(path)}`;
      console.say(`chalk-audit: ${format}: ${nothing}, so ${where}`);
    } else if (path === undefined) stdout = text;
    else files.push({ path, text: chunks(text) });
    for (const what of leftOut) console.say(`chalk-audit: ${format}: left out: ${what}`);

    for (const { name, extension, holds, none, text: more } of beside) {
      const place = path === undefined ? undefined : pathBeside(path, name, extension);
      if (place === undefined) {
        if (more !== undefined && text !== undefined)
          console.say(`chalk-audit: ${format}: ${holds} are left out; see --format json`);
      } else if (more !== undefined) files.push({ path: place, text: chunks(more) });
      else if (existsSync(place))
        console.say(`chalk-audit: ${format}: ${show(place)} is of an earlier run; ${none}`);
    }
  }
  if (files.length > 0) await writeFiles(files, shell.cwd);
  for (const { path } of files) console.say(`chalk-audit: wrote ${show(path)}`);
  for (const piece of chunks(stdout)) await shell.out.write(piece);
}

/** Letters of a piece that is worth a write of its own. */
const CHUNK = 65_536;

/** Pieces joined to some that are worth writing. */
function* chunks(text: string | Iterable<string>): Iterable<string> {
  if (typeof text === "string") {
    if (text !== "") yield text;
    return;
  }
  let held: string[] = [];
  let length = 0;
  for (const piece of text) {
    held.push(piece);
    length += piece.length;
    if (length < CHUNK) continue;
    yield held.join("");
    [held, length] = [[], 0];
  }
  if (length > 0) yield held.join("");
}
