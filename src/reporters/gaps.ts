import { anythingAssessed } from "../report/exit-code.ts";
import type { Report } from "../report/report.ts";
import { plural } from "../text/count.ts";

/** Something that is not known, and that no finding of the report tells. */
export interface Gap {
  /** The target's name; empty: of the whole run. */
  readonly target: string;
  /** The control's id; absent: of the whole target. */
  readonly control?: string;
  readonly text: string;
}

/**
 * What is not known and has no finding that says so: unknown controls, targets that were not read completely though
 * each of their controls has a verdict, an interrupted run, one that assessed nothing. For formats that have a line for
 * a finding and none for a control: without these a report of nothing seen would read as one without drift.
 */
export function gapsOf(report: Report): readonly Gap[] {
  const told = new Set(
    report.findings.flatMap(({ outcome, target, control }) =>
      outcome === "unknown" ? [keyOf(target, control)] : [],
    ),
  );
  const untold = report.controls.filter(
    ({ outcome, target, id }) => outcome === "unknown" && !told.has(keyOf(target, id)),
  );
  const controls = untold.map(
    ({ target, id, reason }): Gap => ({
      target,
      control: id,
      text: reason ?? "could not be assessed",
    }),
  );
  const open = new Set(
    [...report.controls, ...report.findings]
      .filter(({ outcome }) => outcome === "unknown")
      .map(({ target }) => target),
  );
  const targets = report.targets
    .filter(({ complete, name }) => !complete && !open.has(name))
    .map(
      ({ name, unread: [first] }): Gap => ({
        target: name,
        text: `the target was not read completely${first === undefined ? "" : `: ${first.api}: ${first.detail}`}`,
      }),
    );
  const run: Gap[] = report.interrupted
    ? [{ target: "", text: "the run was interrupted: not everything was assessed" }]
    : [];
  const seen = controls.length + targets.length + open.size + run.length > 0 || anythingAssessed(report);
  return [...controls, ...targets, ...run, ...(seen ? [] : [{ target: "", text: "nothing was assessed" }])];
}

/** For `leftOut`: what the earlier report (`--since`) has, of a format that holds nothing but this one. */
export function earlierLeftOut({ gone = [], unassessed = [] }: Report): readonly string[] {
  return [
    ...(gone.length === 0 ? [] : [`${plural(gone.length, "finding")} of the earlier report, gone since`]),
    ...(unassessed.length === 0
      ? []
      : [`${plural(unassessed.length, "finding")} of the earlier report, not looked at again`]),
  ];
}

function keyOf(target: string, control: string): string {
  return JSON.stringify([target, control]);
}
