import { relative } from "node:path";
import { exitCode } from "../../report/exit-code.ts";
import { readReport } from "../../report/read.ts";
import type { Report } from "../../report/report.ts";
import { parseWaivers, type WaiverFile } from "../../report/waivers.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { readGiven } from "../job/given-files.ts";
import { inputsOf } from "../job/inputs.ts";
import { prepare, sayChosen } from "../job/job.ts";
import { judgeJob } from "../job/judge.ts";
import { extensionsFrom, pluginsOf } from "../job/plugins.ts";
import type { KubernetesReach } from "../job/reach.ts";
import { askEdition, boundsOf, readTarget, unreadableTarget } from "../job/read-target.ts";
import { contextOf, timeOf, timesOf } from "../line/context.ts";
import { parseAge } from "../line/duration.ts";
import { messageLines, stackLines } from "../line/errors.ts";
import { failOnLevels } from "../line/flags.ts";
import type { GivenOptions } from "../line/options.ts";
import { choice, on, one, pathOf, timeoutOf } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import { deliver, outputPathsOf, renderReport } from "../output/deliver.ts";
import { readText } from "../output/files.ts";
import { checkPaths, parseDestinations } from "../output/output.ts";
import type { Console } from "../output/progress.ts";
import { sarifOptionsOf } from "../output/sarif-options.ts";

/**
 * `scan`: plan, collect (or read snapshots), audit, render, write.
 * @returns the exit status of the contract: 0, 1 or 3
 * @throws UsageError and its like for everything that makes it 2
 */
export async function scan(_operands: readonly string[], given: GivenOptions, shell: Shell): Promise<number> {
  const startedAt = timeOf(shell);
  const { config, options, console } = await contextOf(given, shell);
  const plugins = pluginsOf(given, shell.cwd);
  const extensions = await extensionsFrom(plugins);
  const formats = extensions.reporters.map(({ format }) => format);
  const destinations = parseDestinations(options.get("format"), formats, shell.cwd);
  await checkPaths(
    outputPathsOf(destinations, extensions.reporters),
    shell.cwd,
    inputsOf(options, config, shell.cwd),
  );
  const failOn = choice(options, "fail-on", failOnLevels) ?? "low";
  const bounds = boundsOf(options);
  const timeout = timeoutOf(options);
  const maxAgeMs = parseAge(one(options, "max-age") ?? "", options.get("max-age")?.from ?? "--max-age");
  const sarif = sarifOptionsOf(options, config, shell.cwd);
  const waivers = await waiversOf(options, shell);
  const earlier = await earlierOf(options, shell);
  const edition = (reach: KubernetesReach) => askEdition(reach, bounds, console, shell);
  const job = await prepare(given, config, shell.cwd, { edition, extensions, files: true });
  sayChosen(job, console);

  const files = await readGiven(job, shell.cwd);
  const states: (readonly Snapshot[])[] = [];
  for (const target of job.targets) {
    if (target.kind === "recorded") {
      states.push(target.snapshots);
      continue;
    }
    try {
      states.push([await readTarget(job, target, bounds, console, shell)]);
    } catch (error) {
      // The one target of a run: the message and 2. One of several: it is unknown, and the others are audited.
      if (job.targets.length === 1) throw error;
      for (const line of messageLines(error))
        console.say(`chalk-audit: ${target.name ?? target.cloud}: ${line}`);
      for (const line of stackLines(error)) console.debug(line);
      states.push([unreadableTarget(job, target, shell, error)]);
    }
  }

  const times = { startedAt, ended: () => timesOf(shell), maxAgeMs };
  const { report: judged } = await judgeJob(job, states, times, {
    shell,
    console,
    timeout,
    plugins,
    files,
    ...(waivers === undefined ? {} : { waivers }),
    ...(earlier === undefined ? {} : { earlier }),
  });
  const report = shell.signal.aborted ? { ...judged, interrupted: true } : judged;
  sayLapsed(report, console);
  const status = exitCode(report, {
    failOn,
    allowIncomplete: on(options, "allow-incomplete") === true,
    newOnly: on(options, "fail-on-new") === true,
    failOnStale: on(options, "fail-on-stale") === true,
  });
  // An interrupted run leaves no table that looks whole, and no SARIF that would close alerts.
  const left = report.interrupted ? destinations.filter(({ format }) => format === "json") : destinations;
  if (report.interrupted) sayInterrupted(console);
  await deliver(
    left,
    renderReport(report, { exitCode: status, failOn, sarif }, extensions),
    options,
    console,
    shell,
  );
  return status;
}

/** The file of `--waivers`, read and validated. */
export async function waiversOf(options: GivenOptions, shell: Shell): Promise<WaiverFile | undefined> {
  const file = pathOf(options, "waivers", shell.cwd);
  if (file === undefined) return undefined;
  const shown = relative(shell.cwd, file) || file;
  return parseWaivers(await readText(file, "waiver file", shown), shown);
}

async function earlierOf(options: GivenOptions, shell: Shell): Promise<Report | undefined> {
  const file = pathOf(options, "since", shell.cwd);
  if (file === undefined) return undefined;
  const shown = relative(shell.cwd, file) || file;
  return readReport(await readText(file, "earlier report", shown), shown);
}

/** A waiver that no longer covers what it was written for must not be lost in a report that goes to a file. */
function sayLapsed(report: Report, console: Console): void {
  for (const finding of report.findings) {
    if (!finding.rule.startsWith("waiver/")) continue;
    const { file, line } = finding.location;
    console.say(`chalk-audit: ${file}:${line}: ${finding.message}`);
  }
}

function sayInterrupted(console: Console): void {
  console.say("chalk-audit: interrupted; only a partial JSON report is written, where one was asked for");
}
