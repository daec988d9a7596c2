import type { Door, Report, Target } from "../report/report.ts";
import { KEEP, released } from "../text/layout.ts";
import { visible } from "../text/visible.ts";
import { baselineName } from "./words.ts";

/** When recorded state was recorded, and where it was named: `recorded 2026-11-20 06:00 UTC`. Live state: nothing. */
export function recordedText({ source, recordedAt, namedBy }: Target): string | undefined {
  if (source !== "snapshot" || recordedAt === undefined) return undefined;
  const at = `recorded ${recordedAt.slice(0, 10)} ${recordedAt.slice(11, 16)} UTC`.replaceAll(" ", KEEP);
  return namedBy === undefined ? at : `${at}, a snapshot that ${visible(namedBy)} names`;
}

/**
 * For a format that has no other place for it, behind what is said of a target's control: when the state was recorded,
 * and which of its baselines does not come with the package. Without a control, all such baselines of the report.
 */
export function behindOf(report: Report): (target: string, control?: string) => string {
  const recorded = new Map(
    report.targets.flatMap((target) => {
      const text = recordedText(target);
      return text === undefined ? [] : [[target.name, ` (${released(text)})`] as const];
    }),
  );
  const own = report.baselines.filter((each) => each.own === true);
  return (target, control) => {
    const judges = own.filter(({ id }) => control === undefined || control.startsWith(`${id}/`));
    const judged = judges.length === 0 ? "" : ` (judged by ${judges.map(baselineName).join(", ")})`;
    return `${recorded.get(target) ?? ""}${judged}`;
  };
}

/** The warnings of recorded state that is too old, each target named where there are several. */
export function staleTexts(report: Report): readonly string[] {
  return report.targets.flatMap(({ name, stale }) =>
    stale === undefined ? [] : [report.targets.length > 1 ? `${name}: ${stale}` : stale],
  );
}

interface Doors {
  readonly targets: readonly string[];
  readonly text: string;
}

/** Which ways to more were looked at and which not; targets of which the same is to be said are told once. */
export function doorTexts(report: Report): readonly Doors[] {
  const byText = new Map<string, string[]>();
  for (const { name, doors = [] } of report.targets) {
    if (doors.length === 0) continue;
    const text = doorText(doors);
    byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  return [...byText].map(([text, targets]) => ({ text, targets }));
}

function doorText(doors: readonly Door[]): string {
  const of = (state: Door["state"]) => doors.filter((door) => door.state === state).map(({ title }) => title);
  const parts = [
    ["read", of("read")],
    ["not read", of("unread")],
    ["not looked at", of("not-collected")],
  ] as const;
  return parts
    .filter(([, titles]) => titles.length > 0)
    .map(([word, titles]) => `${word}: ${titles.join(", ")}`)
    .join("; ");
}
