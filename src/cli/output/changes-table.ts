import { isIncomplete } from "../../report/exit-code.ts";
import { growthText } from "../../report/growth.ts";
import type { Finding, Report } from "../../report/report.ts";
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
    for (const finding of findings) lines.push(...findingLines(finding, place.verbose));
  }
  const grown = report.grown ?? [];
  if (grown.length > 0) {
    lines.push("", `Grown without an edit (${grown.length})`);
    for (const growth of grown) lines.push(`  ${visible(growthText(growth))}`);
  }
  return `${inertText(lines.join("\n"))}\n`;
}

function driftOf(findings: readonly Finding[]): number {
  return findings.filter(({ outcome }) => outcome === "fail").length;
}

function findingLines(finding: Finding, verbose: boolean): string[] {
  const what = finding.pattern === undefined ? finding.message : grantOf(finding);
  const mark = finding.outcome === "fail" ? finding.severity : finding.outcome;
  const lines = [` ${mark}  ${visible(finding.control)}  ${finding.drift}  ${visible(what)}`];
  if (verbose)
    lines.push(`   at ${visible(finding.resource.id)}, ${visible(finding.target)} (${finding.fingerprint})`);
  return lines;
}

function grantOf(finding: Finding): string {
  const except = finding.except ?? [];
  if (except.length === 0) return finding.pattern ?? "";
  const rest = except.length > 3 ? ` and ${except.length - 3} more` : "";
  return `${finding.pattern} except ${except.slice(0, 3).join(", ")}${rest}`;
}
