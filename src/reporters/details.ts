import type { Finding } from "../report/report.ts";
import { displayWidth, wrap } from "../text/layout.ts";
import { visible } from "../text/visible.ts";
import type { Paint } from "./paint.ts";
import type { FindingRow } from "./rows.ts";
import { proofVerb, witnessScope, witnessText } from "./words.ts";

/** Lines of one side of a comparison that are shown. */
const MOST_LINES = 16;

/**
 * What `--verbose` adds under a row, per control: where the baseline says it, why it matters, the documented and the live
 * text, further proofs, the command that shows it, the change that mends it. Commands keep their own line, so that they
 * can be pasted.
 */
export function detailLines(row: FindingRow, width: number, paint: Paint): string[] {
  const out: string[] = [];
  row.findings.forEach((finding, i) => {
    if (i > 0) out.push("");
    out.push(...findingLines(finding, width, paint));
  });
  return [...out.map((line) => (line === "" ? "" : `    ${line}`)), ""];
}

function findingLines(finding: Finding, outer: number, paint: Paint): string[] {
  const width = outer - 4;
  const out: string[] = [];
  const field = (name: string, text: string) => {
    const lines = wrap(visible(text), width - 12);
    lines.forEach((line, i) => {
      out.push(i === 0 ? `${paint.dim(name.padEnd(11))} ${line}` : `${" ".repeat(12)}${line}`);
    });
  };
  field("control", finding.control);
  field("baseline", `${finding.location.file}:${finding.location.line}`);
  const { resource } = finding;
  field("resource", [resource.name, resource.type, resource.id].filter((t) => t !== "").join("  "));
  field("what", finding.message);
  if (finding.why !== undefined) field("why", finding.why);
  if ((finding.except?.length ?? 0) > 0) field("except", (finding.except ?? []).join(", "));
  if (finding.known !== undefined && finding.known.examples.length > 0) {
    field("for example", finding.known.examples.join(", "));
  }
  const proofs = [...(finding.witness === undefined ? [] : [finding.witness]), ...(finding.witnesses ?? [])];
  proofs.slice(0, 3).forEach((witness, i) => {
    const scope = witnessScope(witness);
    const at = scope === undefined ? "" : ` at ${scope}`;
    field(i === 0 ? "proof" : "", `${proofVerb(finding)}: ${witnessText(witness)}${at}`);
  });
  if (finding.waiver !== undefined) {
    const { reason, owner, expires } = finding.waiver;
    field("waived", `${reason} (${owner}, until ${expires})`);
  }
  if (finding.expected !== undefined || finding.actual !== undefined) {
    out.push(...sideBySide(finding.expected, finding.actual, width, paint));
  }
  const commands = (name: string, list: readonly string[]) => {
    if (list.length === 0) return;
    out.push(paint.dim(name));
    for (const command of list) for (const line of command.split("\n")) out.push(`  ${visible(line)}`);
  };
  commands("check it", finding.verify === undefined ? [] : [finding.verify]);
  if (finding.remediation !== undefined) {
    field("mend", finding.remediation.text);
    commands("with", finding.remediation.commands);
  }
  field("page", `${finding.documentation.url}, "${finding.documentation.section}"`);
  return out;
}

function sideBySide(expected: unknown, actual: unknown, width: number, paint: Paint): string[] {
  const half = Math.floor((width - 3) / 2);
  const left = valueLines(expected, half);
  const right = valueLines(actual, half);
  const pad = (text: string) => text + " ".repeat(Math.max(0, half - displayWidth(text)));
  const out = [`${paint.dim(pad("documented"))}   ${paint.dim("live")}`];
  const rows = Math.max(left.length, right.length);
  for (let i = 0; i < Math.min(rows, MOST_LINES); i++) {
    out.push(`${pad(left[i] ?? "")}   ${right[i] ?? ""}`.trimEnd());
  }
  if (rows > MOST_LINES) out.push(paint.dim(`and ${rows - MOST_LINES} more lines, in the JSON report`));
  return out;
}

/** A value as lines: text as it is, a list one item a line, all else as JSON. */
function valueLines(value: unknown, width: number): string[] {
  if (value === undefined) return ["(nothing)"];
  if (typeof value === "string") return value.split("\n").flatMap((line) => wrap(visible(line), width));
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    if (value.length === 0) return ["(none)"];
    return value.flatMap((item) => wrap(visible(item), width, 2));
  }
  return (JSON.stringify(value, null, 2) ?? String(value)).split("\n").flatMap((line) => {
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const lines = wrap(visible(line.slice(indent)), Math.max(8, width - indent), 2);
    return lines.map((l) => " ".repeat(indent) + l);
  });
}
