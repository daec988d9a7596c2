import type { Provider } from "../../access/policy.ts";
import type { Probe, ProbeState } from "../../permissions/probe.ts";
import { plural } from "../../text/count.ts";
import { wrap } from "../../text/layout.ts";
import { inertText, visible } from "../../text/visible.ts";

/** What the trial of one target found. */
export interface Preflight {
  readonly target: string;
  readonly cloud: Provider;
  readonly probes: readonly Probe[];
}

interface TableOptions {
  readonly width: number;
  readonly color: boolean;
}

/** The worst first; what is there comes last, one line each. */
const order: readonly ProbeState[] = ["missing", "unread", "untried", "there"];
const words: Readonly<Record<ProbeState, string>> = {
  missing: "MISSING",
  unread: "NOT READ",
  untried: "not tried",
  there: "there",
};

/** The verdict in words, then each permission of each target, the missing ones first with the provider's answer. */
export function preflightTable(
  results: readonly Preflight[],
  status: number,
  { width, color }: TableOptions,
): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const all = results.flatMap(({ probes }) => probes);
  const count = (state: ProbeState) => all.filter((probe) => probe.state === state).length;
  const untried = count("untried");
  const verdict =
    status === 0
      ? `READY: ${plural(count("there"), "permission")} ${count("there") === 1 ? "is" : "are"} there${untried === 0 ? "" : `, ${untried} could not be tried: there was nothing to read with ${untried === 1 ? "it" : "them"}`}. Exit 0.`
      : `NOT READY: of ${plural(all.length, "permission")}, ${count("missing")} missing, ${count("unread")} could not be read, ${untried} not tried. Exit ${status}.`;
  const lines = [...wrap(paint(status === 0 ? 32 : 33, verdict), width, 2)];
  for (const { target, cloud, probes } of results) {
    lines.push("", ...wrap(visible(target), width, 2));
    for (const state of order) {
      for (const probe of probes.filter((each) => each.state === state)) {
        const what = `${probe.permission} (${probe.titles.join(", ")})`;
        lines.push(...wrap(`${words[state].padEnd(9)}  ${what}`, width - 1, 11).map((line) => ` ${line}`));
        if (probe.detail !== undefined)
          lines.push(...wrap(visible(probe.detail), width - 12, 2).map(indented));
      }
    }
    if (probes.some(({ state }) => state === "missing"))
      lines.push(` all of them, ready to apply: chalk-audit permissions --cloud ${cloud}`);
  }
  return `${inertText(lines.join("\n"))}\n`;
}

function indented(line: string): string {
  return `            ${line}`;
}
