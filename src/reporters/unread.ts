import type { Finding, Report, Target } from "../report/report.ts";
import { grouped } from "../text/count.ts";
import { displayWidth, wrap } from "../text/layout.ts";
import { visible } from "../text/visible.ts";
import type { Paint } from "./paint.ts";
import { shortScopes } from "./words.ts";

type Unread = Target["unread"][number];

/** Something that could not be read, told once however many controls hang on it. */
interface Obstacle {
  readonly target: Target;
  readonly entry: Unread;
  /** What the findings that it causes begin with. */
  readonly text: string;
}

/** What could not be read on the targets of a report, with short names by which controls refer to it. */
export interface Obstacles {
  readonly list: readonly Obstacle[];
  /** The obstacle, by its place in the list, of an unknown finding that says no more than that something was not read. */
  readonly of: (finding: Finding) => number | undefined;
}

function textOf(entry: Unread): string {
  return `${entry.api}: ${entry.detail}${entry.permission === undefined ? "" : `; needs ${entry.permission}`}`;
}

/**
 * The obstacles of a report: those that several controls hang on, and all others too when `all` is set; what concerns one
 * control is best told there. Entries with the same text (a sign-in that failed for ten kinds) are one.
 */
export function obstaclesOf(report: Report, all: boolean): Obstacles {
  const unknown = report.findings.filter((f) => f.outcome === "unknown");
  const found = report.targets.flatMap((target) => {
    const texts = new Map(target.unread.map((entry) => [textOf(entry), entry]));
    return [...texts].map(([text, entry]): Obstacle => ({ target, entry, text }));
  });
  const causes = (each: Obstacle, finding: Finding) =>
    finding.target === each.target.name && saysOnly(finding.message, each.text);
  const hanging = (each: Obstacle) =>
    new Set(unknown.filter((finding) => causes(each, finding)).map(({ control }) => control)).size;
  const list = found.filter((each) => all || hanging(each) > 1);
  return {
    list,
    of: (finding) => {
      const at = list.findIndex((each) => causes(each, finding));
      return at < 0 ? undefined : at;
    },
  };
}

/** How an obstacle is referred to. */
export function markOf(place: number): string {
  return `[${place + 1}]`;
}

/** Whether a message is the text of an obstacle, with nothing after it but what would decide. */
function saysOnly(message: string, text: string): boolean {
  return message === text || message.startsWith(`${text}; to decide: `);
}

/** The block of obstacles: target where there are several, call, answer, the permission that is missing. */
export function obstacleLines(
  obstacles: Obstacles,
  report: Report,
  title: string,
  targetName: (name: string) => string,
  width: number,
  paint: Paint,
): string[] {
  if (obstacles.list.length === 0) return [];
  const several = report.targets.length > 1;
  const digits = String(obstacles.list.length).length;
  const lines = [paint.bold(`${title} (${grouped(obstacles.list.length)})`)];
  let heading = "";
  obstacles.list.forEach(({ target, entry }, i) => {
    const name = visible(targetName(target.name));
    if (several && name !== heading) lines.push(...wrap(name, width - 1, 2).map((line) => ` ${line}`));
    heading = name;
    const mark = ` ${markOf(i).padEnd(digits + 2)}  `;
    const indent = displayWidth(mark);
    const text = [
      ...wrap(visible(`${shortScopes(entry.api, target.scope)}: ${entry.detail}`), width - indent, 2),
      ...(entry.permission === undefined
        ? []
        : wrap(visible(`needs ${entry.permission}`), width - indent, 2)),
    ];
    lines.push(...text.map((line, n) => (n === 0 ? mark : " ".repeat(indent)) + line));
  });
  return lines;
}
