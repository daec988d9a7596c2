import type { Finding, Report } from "../report/report.ts";
import { grouped } from "../text/count.ts";
import { inertLine, visible, wholly } from "../text/visible.ts";
import { inPieces, type Reporter } from "./define.ts";
import { earlierLeftOut, gapsOf } from "./gaps.ts";
import { behindOf } from "./recorded.ts";
import { witnessScope, witnessText } from "./words.ts";

/** The columns, in their order. */
const COLUMNS = [
  "target",
  "control",
  "rule",
  "drift",
  "severity",
  "outcome",
  "state",
  "resource",
  "pattern",
  "witness",
  "by",
  "message",
  "fingerprint",
  "command",
] as const;

type Row = Partial<Readonly<Record<(typeof COLUMNS)[number], string>>>;

/**
 * CSV (RFC 4180: commas, CRLF; UTF-8 without a mark of its byte order) for a spreadsheet: a line for each finding, and
 * one with the outcome `unknown` and without a fingerprint for what is not known and has no finding. No cell is a
 * formula.
 */
export const csv: Reporter = {
  format: "csv",
  title: "CSV for spreadsheets: a line for each finding",
  extension: "csv",
  ...inPieces(pieces),
  leftOut: earlierLeftOut,
};

function* pieces(report: Report): Iterable<string> {
  const behind = behindOf(report);
  yield `${COLUMNS.join(",")}\r\n`;
  for (const finding of report.findings) {
    yield `${lineOf(rowOf(finding, behind(finding.target, finding.control)))}\r\n`;
  }
  for (const { target, control, text } of gapsOf(report)) {
    const row: Row = {
      target,
      ...(control === undefined ? {} : { control }),
      outcome: "unknown",
      message: `not assessed: ${text}${behind(target, control)}`,
    };
    yield `${lineOf(row)}\r\n`;
  }
}

function rowOf(finding: Finding, behind: string): Row {
  const { target, control, rule, drift, severity, outcome, resource, pattern, except = [] } = finding;
  const { state, witness, by, message, waiver, fingerprint, verify } = finding;
  const scope = witnessScope(witness);
  const accepted =
    waiver === undefined ? "" : `; waived: ${waiver.reason} (${waiver.owner}, until ${waiver.expires})`;
  return {
    ...{ target, control, rule, drift, severity, outcome, fingerprint },
    state: state ?? "",
    resource: resource.id,
    pattern:
      pattern === undefined
        ? ""
        : fitting(
            `${wholly(pattern)}${except.length === 0 ? "" : ` except ${except.map(wholly).join(", ")}`}`,
          ),
    witness:
      witness === undefined ? "" : `${witnessText(witness)}${scope === undefined ? "" : ` at ${scope}`}`,
    by: by ?? "",
    message: `${fitting(message)}${accepted}${behind}`,
    command: verify ?? "",
  };
}

/** Of the 32,767 characters that Excel takes for a cell (it makes another row of the rest), those of one long text. */
const MOST = 30_000;

function fitting(text: string): string {
  const shown = visible(text);
  if (shown.length <= MOST) return shown;
  const start = shown.slice(0, MOST).replace(/[\ud800-\udbff]$/, "");
  return `${start}… (${grouped(shown.length - start.length)} more characters, in the JSON report)`;
}

function lineOf(row: Row): string {
  return inertLine(COLUMNS.map((column) => cell(row[column] ?? "")).join(","));
}

/**
 * What a spreadsheet takes for a formula: a cell, or a part of one behind the separator of another locale, that begins
 * with one of these characters, whatever blanks stand before it.
 */
const FORMULA = /(^|[;\t])(?=\s*[=+\-@])/g;

/** The text as a cell that is text to every spreadsheet, quoted where RFC 4180 asks for it. */
function cell(text: string): string {
  const inert = visible(text).replace(FORMULA, "$1'");
  return /^ | $|[",;\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
