import type { Finding, Report, Target } from "../report/report.ts";
import { severityRank } from "../report/severity.ts";
import { plural } from "../text/count.ts";
import { type Cell, displayWidth, drawRows, wrap } from "../text/layout.ts";
import { inertLine, visible } from "../text/visible.ts";
import type { RenderOptions, Reporter } from "./define.ts";
import { detailLines } from "./details.ts";
import {
  alone,
  controlsOf,
  type Group,
  groupMending,
  groupProof,
  groupsOf,
  groupText,
  likewiseText,
  statesOf,
} from "./groups.ts";
import { type Paint, painter } from "./paint.ts";
import { mendingText, proofText, rowsOf, whatText } from "./rows.ts";
import { closingLines, headerLines, sectionLines, sinceLines, staleLines } from "./sections.ts";
import { matrixLines } from "./subjects.ts";
import { verdictLine } from "./verdict.ts";

/**
 * The report for a person: the verdict in words, then what is wrong, worst first, each with the operation that proves it,
 * then what was not assessed, what is fine, and where to read on.
 */
export const table: Reporter = {
  format: "table",
  title: "for people: the verdict, what is wrong, what was not assessed",
  extension: "txt",
  render: renderTable,
};

function renderTable(report: Report, options: RenderOptions): string {
  const width = columnsOf(options.width);
  const paint = painter(options.color);
  const drift = report.findings.filter((f) => f.outcome === "fail");
  const blocks: string[][] = [
    headerLines(report, width, options.verbose),
    [
      ...wrap(verdictLine(report, options, paint), width),
      ...staleLines(report, width, paint),
      ...sinceLines(report, width),
    ],
    ...driftBlocks(report, drift, width, options.verbose, paint),
  ];
  blocks.push(...sectionLines(report, width, options.verbose, paint), closingLines(report, drift, width));
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map(inertLine).join("\n"))
    .join("\n\n")}\n`;
}

/** A block per target that has drift, the worst target first. */
function driftBlocks(
  report: Report,
  drift: readonly Finding[],
  width: number,
  verbose: boolean,
  paint: Paint,
): string[][] {
  const single = report.baselines.length <= 1;
  const blocks = report.targets
    .map((target) => ({ target, findings: drift.filter((f) => f.target === target.name) }))
    .filter((block) => block.findings.length > 0)
    .sort((a, b) => worst(a.findings) - worst(b.findings));
  return blocks.map(({ target, findings }) => {
    const rows = rowsOf(findings, target);
    const head =
      report.targets.length > 1
        ? wrap(paint.bold(`${visible(target.name)}: ${plural(rows.length, "difference")}`), width)
        : [];
    const groups = verbose ? rows.map(alone) : groupsOf(rows);
    const name = (id: string) => (single ? shortControl(id) : id);
    const matrix = matrixLines(report, target, name, width, paint);
    return [
      ...head,
      ...matrix,
      ...(matrix.length > 0 ? [""] : []),
      ...drawDrift(groups, target, width, single, verbose, paint),
    ];
  });
}

/**
 * Findings of one target as rows of the table, without a head of their own: for who shows some of a report.
 * @param single whether one baseline is in play, so that controls have short names
 * @param past whether they are gone, so that nothing is to be mended
 */
export function driftRows(
  findings: readonly Finding[],
  target: Target,
  place: Pick<RenderOptions, "width" | "verbose" | "color"> & {
    readonly single: boolean;
    readonly past: boolean;
  },
): readonly string[] {
  const { width, verbose, color, single, past } = place;
  const rows = rowsOf(findings, target);
  const groups = verbose ? rows.map(alone) : groupsOf(rows);
  return drawDrift(groups, target, columnsOf(width), single, verbose, painter(color), past).map(inertLine);
}

/** The width that a table is drawn in. */
export function columnsOf(width: number): number {
  return Math.min(200, Math.max(60, Math.floor(width) || 100));
}

function worst(findings: readonly Finding[]): number {
  return Math.min(...findings.map((f) => severityRank(f.severity)));
}

/** Where the cells go: five columns, four with the proof below, or two lines when there is little room. */
interface Layout {
  readonly widths: readonly number[];
  readonly head: readonly string[];
  readonly blank: boolean;
  readonly cells: (row: RowText) => readonly (readonly Cell[])[];
}

interface RowText {
  readonly severity: string;
  readonly controls: readonly string[];
  /** The drift, and below it what is new about it. */
  readonly drift: readonly string[];
  readonly what: readonly string[];
  readonly proof: readonly string[];
}

function drawDrift(
  groups: readonly Group[],
  target: Target,
  width: number,
  single: boolean,
  verbose: boolean,
  paint: Paint,
  past = false,
): string[] {
  const texts = groups.flatMap((group, at): RowText[] => {
    const [row] = group.rows;
    if (row === undefined) return [];
    const { severity } = row.main;
    return [
      {
        severity: paint.severity(severity, severity),
        controls: controlsOf(group).map((id) => visible(single ? shortControl(id) : id)),
        drift: [
          ...new Set(group.rows.map(({ main }) => main.drift)),
          ...statesOf(group).map((s) => `(${s})`),
        ],
        ...(group.rows.length > 1
          ? {
              what: groupText(group, target),
              proof: [
                ...groupProof(group, target),
                // what is gone needs no change
                ...(past ? [] : [groupMendingText(group)]),
                ...likewiseText(group, target, "by --verbose"),
              ],
            }
          : {
              what: whatText(row, verbose),
              proof: [
                ...proofText(row, target),
                ...(at < MENDED && !verbose && !past ? mendingText(row) : []),
                ...likewiseText(group, target, "by --verbose"),
              ],
            }),
      },
    ];
  });
  const layout = chooseLayout(texts, width);
  const out = drawRows(layout.widths, [
    layout.head.map((text, i): Cell => {
      const last = i === layout.head.length - 1;
      return { lines: [paint.bold(text)], span: last ? layout.widths.length - i : 1 };
    }),
  ]);
  if (!layout.blank && !verbose) {
    return [
      ...out,
      ...drawRows(
        layout.widths,
        texts.flatMap((text) => layout.cells(text)),
      ),
    ];
  }
  groups.forEach((group, i) => {
    const text = texts[i];
    const [row] = group.rows;
    if (text === undefined || row === undefined) return;
    out.push(...drawRows(layout.widths, layout.cells(text)));
    if (verbose) out.push("", ...detailLines(row, width, paint));
    else if (i < groups.length - 1) out.push("");
  });
  while (out[out.length - 1] === "") out.pop();
  return out;
}

function groupMendingText(group: Group): string {
  const mending = groupMending(group);
  if ("words" in mending)
    return `mend: ${mending.words}${mending.each ? " (--verbose tells each difference)" : ""}`;
  const { commands, more } = mending;
  return `mend: ${commands.map(visible).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

/** So many of the worst tell the command that mends them; all do by --verbose. */
const MENDED = 3;
const SEVERITY = 8;
const MOST_CONTROL = 18;
const LEAST_WHAT = 34;

function chooseLayout(texts: readonly RowText[], width: number): Layout {
  const driftWidth = longest(
    texts.flatMap((t) => t.drift),
    5,
  );
  const controlWidth = Math.min(
    MOST_CONTROL,
    longest(
      texts.flatMap((t) => t.controls),
      7,
    ),
  );
  const left = 1 + SEVERITY + 2 + controlWidth + 2 + driftWidth + 2;
  // The operation stays on one line where that can be; where and by whom may wrap.
  const operations = texts.flatMap((t) => t.proof).filter((line) => line.startsWith("may"));
  const others = longest(
    texts.flatMap((t) => t.proof),
    5,
  );
  const proof = Math.min(64, Math.max(longest(operations, 5), Math.min(48, others)));
  const rest = width - left;
  const lines = (list: readonly string[], columns: number) => list.flatMap((text) => wrap(text, columns, 2));
  const front = (t: RowText): Cell[] => [
    { lines: [t.severity] },
    { lines: t.controls.flatMap((c) => wrap(c, controlWidth, 1)) },
    { lines: t.drift },
  ];
  if (rest - 2 - proof >= LEAST_WHAT) {
    const what = rest - 2 - proof;
    return {
      widths: [SEVERITY, controlWidth, driftWidth, what, proof],
      head: ["SEVERITY", "CONTROL", "DRIFT", "WHAT", "PROOF"],
      blank: false,
      cells: (t) => [[...front(t), { lines: lines(t.what, what) }, { lines: lines(t.proof, proof) }]],
    };
  }
  if (rest >= proof && rest >= 50) {
    return {
      widths: [SEVERITY, controlWidth, driftWidth, rest],
      head: ["SEVERITY", "CONTROL", "DRIFT", "WHAT AND PROOF"],
      blank: true,
      cells: (t) => [[...front(t), { lines: [...lines(t.what, rest), ...lines(t.proof, rest)] }]],
    };
  }
  const third = width - 1 - SEVERITY - 2 - driftWidth - 2;
  const below = driftWidth + 2 + third;
  return {
    widths: [SEVERITY, driftWidth, third],
    head: ["SEVERITY", "DRIFT", "CONTROL, WHAT AND PROOF"],
    blank: true,
    cells: (t) => [
      [{ lines: [t.severity] }, { lines: t.drift }, { lines: wrap(t.controls.join(", "), third) }],
      [{ lines: [""] }, { lines: [...lines(t.what, below), ...lines(t.proof, below)], span: 2 }],
    ],
  };
}

function longest(texts: readonly string[], least: number): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), least);
}

function shortControl(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}
