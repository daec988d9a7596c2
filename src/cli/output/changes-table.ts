import { isIncomplete } from "../../report/exit-code.ts";
import { growthText } from "../../report/growth.ts";
import type { Finding, Report } from "../../report/report.ts";
import { columnsOf, driftRows } from "../../reporters/table.ts";
import { wrap } from "../../text/layout.ts";
import { inertText, visible } from "../../text/visible.ts";
import type { OutputPlace } from "./deliver.ts";

/** What changed between two reports, for a person: the verdict in words, then what is new, changed and gone. */
export function changesTable(report: Report, status: number, place: OutputPlace): string {
  const of = (state: Finding["state"]) => report.findings.filter((finding) => finding.state === state);
  const groups: readonly (readonly [string, readonly Finding[]])[] = [
    ["New", of("new")],
    ["Changed", of("updated")],
    ["Gone", report.gone ?? []],
    ["Not looked at again", report.unassessed ?? []],
  ];
  const unchanged = driftOf(of("unchanged"));
  // what is unknown or worth a note is listed and is no drift
  const counts = groups.map(([title, findings]) => `${driftOf(findings)} ${title.toLowerCase()}`);
  // The exit status says what fails a job; the words say what is so (a drift below --fail-on is one all the same).
  const drift = report.findings.some((f) => f.outcome === "fail" && f.state !== "unchanged");
  const incomplete = isIncomplete(report);
  const verdict = drift ? "NEW DRIFT" : incomplete ? "NOT COMPLETE" : "NO NEW DRIFT";
  const color = drift ? 31 : incomplete ? 33 : 32;
  const more = [
    ...(drift && incomplete ? [" The new side is not complete."] : []),
    ...(drift && status !== 1 ? [" What is new or has changed is below --fail-on."] : []),
  ].join("");
  const line = `${verdict}: ${counts.slice(0, 3).join(", ")}, ${unchanged} unchanged.${more} Exit ${status}.`;
  const lines = [place.color ? `\u001b[${color}m${line}\u001b[0m` : line];
  for (const [title, findings] of groups) {
    if (findings.length === 0) continue;
    const others = findings.length - driftOf(findings);
    lines.push("", `${title} (${findings.length}${others === 0 ? "" : `, ${others} of them no drift`})`);
    lines.push(...findingLines(findings, report, place, title === "Gone"));
  }
  const open = report.controls.filter(({ outcome }) => outcome === "unknown");
  if (open.length > 0) {
    lines.push("", `Not assessed (${open.length})`);
    for (const { id, reason = "no reason was given" } of open) {
      lines.push(...wrap(visible(`${id}: ${reason}`), columnsOf(place.width) - 1, 2).map((l) => ` ${l}`));
    }
  }
  const grown = report.grown ?? [];
  if (grown.length > 0) {
    lines.push("", `Grown without an edit (${grown.length})`);
    for (const growth of grown)
      lines.push(...wrap(visible(growthText(growth)), columnsOf(place.width) - 2, 2).map((l) => `  ${l}`));
  }
  return `${inertText(lines.join("\n"))}\n`;
}

function driftOf(findings: readonly Finding[]): number {
  return findings.filter(({ outcome }) => outcome === "fail").length;
}

/** Drift as the table of a scan has it, by target; below it what is unknown, or worth a note, in words. */
function findingLines(
  findings: readonly Finding[],
  report: Report,
  place: OutputPlace,
  past: boolean,
): readonly string[] {
  const width = columnsOf(place.width);
  const single = report.baselines.length <= 1;
  const lines: string[] = [];
  const names = [...new Set(findings.map(({ target }) => target))];
  for (const name of names) {
    const target = report.targets.find((each) => each.name === name);
    const own = findings.filter((finding) => finding.target === name);
    const drift = target === undefined ? [] : own.filter(({ outcome }) => outcome === "fail");
    if (names.length > 1) lines.push(...wrap(visible(`On ${name}`), width, 2));
    if (target !== undefined && drift.length > 0)
      lines.push(...driftRows(drift, target, { ...place, single, past }));
    const others = own.filter((each) => !drift.includes(each));
    if (drift.length > 0 && others.length > 0) lines.push("");
    for (const finding of others) {
      const mark = finding.outcome === "fail" ? finding.severity : finding.outcome;
      const id = single ? finding.control.slice(finding.control.indexOf("/") + 1) : finding.control;
      lines.push(
        ...wrap(visible(`${mark}  ${id}  ${finding.drift}  ${finding.message}`), width - 1, 2).map(
          (l) => ` ${l}`,
        ),
      );
    }
  }
  return lines;
}
