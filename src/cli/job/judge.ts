import { atOnce, stoppedAfter } from "../../audit/course.ts";
import type { AuditInput } from "../../audit/input.ts";
import type { Report } from "../../report/report.ts";
import type { WaiverFile } from "../../report/waivers.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { Shell } from "../line/shell.ts";
import type { Console } from "../output/progress.ts";
import { type AuditErrand, AuditFollower, auditWork, bareReport } from "../work/audit.ts";
import { carryOut } from "../work/carry-out.ts";
import { auditOrder } from "./audit-job.ts";
import type { Job } from "./job.ts";
import type { PluginFile } from "./plugins.ts";

/** Who waits for the audit of a job, and for how long. */
export interface Judging {
  readonly shell: Shell;
  readonly console: Console;
  /** What `--timeout` says, as it was written. */
  readonly timeout: { readonly text: string; readonly ms: number };
  /** The modules that the job's extensions come from. */
  readonly plugins?: readonly PluginFile[];
  readonly waivers?: WaiverFile;
  /** The files that parameters name. */
  readonly files?: NonNullable<AuditInput["files"]>;
  /** The report of an earlier run, to compare with. */
  readonly earlier?: Report;
}

/** The times that the report carries, and the clock that waivers expire by. The end is asked for when it is there. */
export interface Times {
  readonly startedAt: string;
  readonly ended: () => { readonly now: string; readonly clock: string };
  readonly maxAgeMs?: number;
}

/** The report of a job, and whether all was judged: else a signal came, or the time was up. */
export interface JobJudgement {
  readonly report: Report;
  readonly whole: boolean;
}

/** How long the report of an audit that was stopped may take, waivers and the comparison with the last report included. */
const stoppedMs = 3_000;

/**
 * One report over all targets of a job, each judged with its own parameters (a principal differs from tenant to
 * tenant). When a signal comes or the time is up, the controls that were not judged are unknown.
 * @param states the recorded state of each target, in the order of the job
 */
export async function judgeJob(
  job: Job,
  states: readonly (readonly Snapshot[])[],
  times: Times,
  { shell, console, timeout, plugins = [], waivers, files = {}, earlier }: Judging,
): Promise<JobJudgement> {
  const { startedAt, ended, maxAgeMs } = times;
  const errand = (): AuditErrand => ({
    order: auditOrder(
      job,
      states,
      waivers,
      { startedAt, ...ended(), ...(maxAgeMs === undefined ? {} : { maxAgeMs }) },
      files,
    ),
    checks: job.extensions.checks,
    plugins,
    interrupted: shell.signal.aborted,
    ...(earlier === undefined ? {} : { earlier }),
  });
  const follower = new AuditFollower();
  const whole = await carryOut(auditWork, errand(), {
    shell,
    console,
    timeoutMs: timeout.ms,
    tell: (part) => follower.take(part),
    line: () => follower.line(),
  });
  if (whole.kind === "done") return { report: whole.out, whole: true };
  const late = `not judged within ${timeout.text} (--timeout)`;
  const reason = whole.kind === "late" ? late : "interrupted before it was judged";
  const told = follower.told();
  const left = await carryOut(
    auditWork,
    { ...errand(), stopped: { told, reason } },
    {
      shell,
      console,
      timeoutMs: stoppedMs,
      line: () => "putting together what was judged",
    },
  );
  if (left.kind === "done") return { report: left.out, whole: false };
  const notes = [
    ...(waivers === undefined ? [] : ["the waivers were not applied: the audit was stopped before"]),
    ...(earlier === undefined
      ? []
      : ["nothing was compared with the earlier report: the audit was stopped before"]),
  ];
  const report = atOnce(bareReport(errand(), stoppedAfter(told, reason, notes)));
  return { report: shell.signal.aborted ? { ...report, interrupted: true } : report, whole: false };
}
