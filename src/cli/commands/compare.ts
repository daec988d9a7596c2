import { resolve } from "node:path";
import { anythingAssessed, isIncomplete } from "../../report/exit-code.ts";
import { readReport } from "../../report/read.ts";
import type { Report } from "../../report/report.ts";
import { atLeast } from "../../report/severity.ts";
import { readSnapshot } from "../../snapshot/read.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { inputsOf } from "../job/inputs.ts";
import { prepare } from "../job/job.ts";
import { type JobJudgement, judgeJob } from "../job/judge.ts";
import { bundled } from "../job/plugins.ts";
import { contextOf, timesOf } from "../line/context.ts";
import { UsageError } from "../line/errors.ts";
import { compareFormats, failOnLevels } from "../line/flags.ts";
import type { GivenOptions } from "../line/options.ts";
import { choice, on, timeoutOf } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import { changesTable } from "../output/changes-table.ts";
import { deliver, outputPathsOf, renderReport } from "../output/deliver.ts";
import { readText } from "../output/files.ts";
import { checkPaths, parseDestinations } from "../output/output.ts";
import { carryOut, type Ended, sayUnfinished } from "../work/carry-out.ts";
import { sinceWork } from "../work/since.ts";
import { waiversOf } from "./scan.ts";

/**
 * `compare OLD NEW`: what is new, gone and unchanged between two reports, or between two snapshots, which are both
 * audited against the same baseline first.
 * @returns 1 when drift at or above `--fail-on` is new or has changed; else 3 when the new side is not complete; else 0
 */
export async function compare(
  operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const [oldFile = "", newFile = ""] = operands;
  const { config, options, console } = await contextOf(given, shell);
  const destinations = parseDestinations(options.get("format"), compareFormats, shell.cwd);
  await checkPaths(
    outputPathsOf(destinations, bundled.reporters),
    shell.cwd,
    inputsOf(options, config, shell.cwd, operands),
  );
  const timeout = timeoutOf(options);
  const failOn = choice(options, "fail-on", failOnLevels) ?? "low";
  const older = await readSide(oldFile, shell);
  const newer = await readSide(newFile, shell);
  if ("report" in older !== "report" in newer) {
    throw new UsageError(
      `expected two reports or two snapshots; ${oldFile} is ${kindOf(older)}, ${newFile} is ${kindOf(newer)}`,
    );
  }

  const audited = async (side: Side): Promise<JobJudgement> => {
    if ("report" in side) return { report: side.report, whole: true };
    const job = await prepare(given, { options: config.options, targets: new Map() }, shell.cwd, {
      recorded: [side.snapshot],
    });
    const now = timesOf(shell);
    const waivers = await waiversOf(options, shell);
    return judgeJob(
      job,
      [[side.snapshot]],
      { startedAt: now.now, ended: () => now },
      { shell, console, timeout, ...(waivers === undefined ? {} : { waivers }) },
    );
  };
  const sides = [await audited(older), await audited(newer)] as const;
  const [before, after] = [sides[0].report, sides[1].report];
  if (!sharesTarget(before, after)) {
    console.say(
      `chalk-audit: ${oldFile} and ${newFile} have no target in common, so all of one is new and nothing of the other was looked at again`,
    );
  }
  // Of half an audit, or half a comparison, nothing can be said to be new or gone (S3).
  const compared: Ended<Report> = shell.signal.aborted
    ? { kind: "interrupted" }
    : sides.some(({ whole }) => !whole)
      ? { kind: "late" }
      : await carryOut(
          sinceWork,
          { before, after },
          { shell, console, timeoutMs: timeout.ms, line: () => "comparing the reports" },
        );
  if (compared.kind !== "done") return sayUnfinished(compared.kind, "compared", timeout, console);
  const report = compared.out;

  const drift = report.findings.some(
    (finding) =>
      finding.outcome === "fail" &&
      finding.state !== "unchanged" &&
      failOn !== "never" &&
      atLeast(finding.severity, failOn),
  );
  const incomplete =
    !anythingAssessed(report) || (isIncomplete(report) && on(options, "allow-incomplete") !== true);
  const status = drift ? 1 : incomplete ? 3 : 0;
  const asReport = renderReport(report, { exitCode: status, failOn }, bundled);
  await deliver(
    destinations,
    (format, place) =>
      format === "table" ? { text: changesTable(report, status, place) } : asReport(format, place),
    options,
    console,
    shell,
  );
  return status;
}

/** Whether anything can have changed between the two: else the one is not an earlier report of the other. */
function sharesTarget(before: Report, after: Report): boolean {
  return after.targets.some((t) => before.targets.some((b) => b.cloud === t.cloud && b.scope === t.scope));
}

type Side = { readonly report: Report } | { readonly snapshot: Snapshot };

/** A report or a snapshot; which of the two, its first keys tell. */
async function readSide(file: string, shell: Shell): Promise<Side> {
  const text = await readText(resolve(shell.cwd, file), "report or snapshot", file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The reader of reports says where.
  }
  const snapshot = typeof value === "object" && value !== null && "documents" in value && "takenAt" in value;
  return snapshot ? { snapshot: readSnapshot(text, file) } : { report: readReport(text, file) };
}

function kindOf(side: Side): string {
  return "report" in side ? "a report" : "a snapshot";
}
