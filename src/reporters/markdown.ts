import type { ControlResult, Finding, Growth, Report, Target } from "../report/report.ts";
import { severityRank } from "../report/severity.ts";
import { grouped, plural } from "../text/count.ts";
import { inertLine, wholly } from "../text/visible.ts";
import type { RenderOptions, Reporter } from "./define.ts";
import {
  controlsOf,
  type Group,
  groupMending,
  groupProof,
  groupsOf,
  groupText,
  likewiseText,
  rowsIn,
  statesOf,
} from "./groups.ts";
import { code, inert, sentence, shellBlock } from "./markdown-text.ts";
import { painter } from "./paint.ts";
import { doorTexts, recordedText, staleTexts } from "./recorded.ts";
import { type FindingRow, patternText, proofText, rowsOf, whatText } from "./rows.ts";
import { sinceLines } from "./sections.ts";
import { verdictLine } from "./verdict.ts";
import { judgedBy } from "./words.ts";

/**
 * Bytes of the whole text. A job summary of GitHub takes 1 MiB a step; what is longer is dropped whole, and nobody sees
 * the verdict.
 */
const LIMIT = 900_000;
/** Of them, for the table of differences: the rest must have room too. */
const TABLES = 500_000;
/** Kept for the sentences that say what was cut. */
const RESERVE = 4_000;
/** Letters of a command that is shown. */
const LONGEST_COMMAND = 4_000;
/** Differences that are told at length. */
const MOST_DETAILS = 100;

/** The report as GitHub-flavoured Markdown: a job summary, a comment of a pull request, a wiki page. */
export const markdown: Reporter = {
  format: "markdown",
  title: "Markdown under 900 KB for a job summary or a pull request",
  extension: "md",
  render: (report, options) => renderMarkdown(report, options).text(),
  leftOut: (report, options) => renderMarkdown(report, options).cuts,
};

function renderMarkdown(report: Report, options: RenderOptions): Page {
  const page = createPage();
  const verdict = verdictLine(report, options, painter(false));
  page.add(`## chalk-audit\n\n**${inert(verdict)}**`);
  page.add(against(report));
  for (const text of staleTexts(report)) page.add(`**Old state:** ${sentence(text)}`);
  const since = sinceLines(report, 10_000).join(" ");
  if (since !== "") page.add(inert(since));
  const rows = driftRows(report);
  driftTables(report, rows, page);
  const several = report.targets.length > 1;
  const name = (control: string, target: string) =>
    `${code(shortControl(control, report))}${several ? ` on ${code(target)}` : ""}`;
  const line = (f: Finding) =>
    `${f.severity} ${f.drift}: ${f.pattern === undefined ? sentence(f.message) : code(wholly(f.pattern))}`;

  page.list("Not assessed", notAssessed(report, name));
  page.list("Not read", unreadItems(report));
  page.list(
    "Waived",
    report.findings
      .filter((f) => f.outcome === "waived")
      .map((f) => {
        const waiver = f.waiver;
        const by =
          waiver === undefined
            ? ""
            : ` (${sentence(waiver.reason)}; ${sentence(waiver.owner)}, until ${sentence(waiver.expires)})`;
        return `${name(f.control, f.target)} ${line(f)}${by}`;
      }),
  );
  page.list(
    "Gone",
    (report.gone ?? []).map((f) => `${name(f.control, f.target)} ${line(f)}`),
  );
  page.list(
    "Not looked at again",
    (report.unassessed ?? []).map((f) => `${name(f.control, f.target)} ${line(f)}`),
  );
  page.list("Grown without an edit", (report.grown ?? []).map(grownItem));
  details(report, rows, page);
  const by = (outcome: ControlResult["outcome"]) => report.controls.filter((c) => c.outcome === outcome);
  const marks = (c: ControlResult) =>
    [...(c.optional === true ? ["optional"] : []), ...(c.absent === true ? ["absent"] : [])].join(", ");
  page.folded(
    "Fine",
    by("pass").map((c) => `${name(c.id, c.target)}${marks(c) === "" ? "" : ` (${marks(c)})`}`),
  );
  page.folded(
    "Skipped",
    by("skipped").map((c) => `${name(c.id, c.target)}: ${sentence(c.reason ?? "not asked for")}`),
  );
  const doors = doorTexts(report);
  for (const { targets, text } of doors) {
    const where = doors.length > 1 ? ` on ${targets.map(code).join(", ")}` : "";
    page.add(`**Doors**${where}: ${sentence(text)}`);
  }
  page.folded("Notes", [
    ...report.findings
      .filter((f) => f.outcome === "pass")
      .map((f) => `${name(f.control, f.target)}: ${sentence(f.message)}`),
    ...[...new Set(report.targets.flatMap((t) => t.notes ?? []))].map(sentence),
  ]);
  return page;
}

/** Collects blocks as long as there is room, and says of each kind what was left out. */
interface Page {
  /** Adds a block; false: there was no room. */
  add(block: string, most?: number): boolean;
  list(title: string, items: readonly string[]): void;
  /** A list that is opened by a click. */
  folded(title: string, items: readonly string[]): void;
  /** What did not fit: `120 of 300 differences`. */
  cut(what: string): void;
  /** What did not fit, as it was cut. */
  readonly cuts: readonly string[];
  text(): string;
}

function createPage(): Page {
  const blocks: string[] = [];
  const cuts: string[] = [];
  let used = 0;
  const size = (block: string) => Buffer.byteLength(inertText(block)) + 2;
  const add = (block: string, most = LIMIT - RESERVE): boolean => {
    if (block === "") return true;
    const bytes = size(block);
    if (used + bytes > most) return false;
    blocks.push(block);
    used += bytes;
    return true;
  };
  const items = (title: string, all: readonly string[], wrap: (body: string) => string): void => {
    if (all.length === 0) return;
    const room = LIMIT - RESERVE - used - size(wrap("")) - 200;
    const shown: string[] = [];
    let bytes = 0;
    for (const item of all) {
      bytes += size(`- ${item}`);
      if (bytes > room) break;
      shown.push(`- ${item}`);
    }
    if (shown.length < all.length)
      cuts.push(`${grouped(all.length - shown.length)} of ${grouped(all.length)} under "${title}"`);
    if (shown.length > 0) add(wrap(shown.join("\n")));
  };
  return {
    add,
    list: (title, all) => items(title, all, (body) => `### ${title} (${grouped(all.length)})\n\n${body}`),
    folded: (title, all) =>
      items(
        title,
        all,
        (body) => `<details><summary>${title} (${grouped(all.length)})</summary>\n\n${body}\n\n</details>`,
      ),
    cut: (what) => cuts.push(what),
    cuts,
    text: () => {
      const sentence = `_This page is cut at ${grouped(LIMIT / 1000)} KB: not shown are ${cuts.join(", ")}. The JSON report has all._`;
      return `${inertText([...blocks, ...(cuts.length === 0 ? [] : [sentence])].join("\n\n"))}\n`;
    },
  };
}

/** No line of it is a command of a build log, should somebody print it there. */
function inertText(text: string): string {
  return text.split("\n").map(inertLine).join("\n");
}

function against(report: Report): string {
  const baselines = report.baselines.map((each) => code(judgedBy(each))).join(", ") || "no baseline";
  if (report.targets.length === 0) return `${baselines} against nothing`;
  const shown = report.targets.slice(0, 5).map((target) => {
    const who = (target.principals ?? [])
      .slice(0, 3)
      .map(({ id, name }) => code(name === undefined || name === "" ? id : `${name} (${id})`));
    const more = (target.principals?.length ?? 0) - who.length;
    const principals = who.length === 0 ? "" : `, ${who.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    const recorded = recordedText(target);
    return `- ${code(target.name)}${recorded === undefined ? "" : `, ${sentence(recorded)}`}${principals}`;
  });
  const more = report.targets.length - shown.length;
  return [
    `${baselines} against`,
    "",
    ...shown,
    ...(more > 0 ? [`- and ${plural(more, "more target")}`] : []),
  ].join("\n");
}

interface TargetRows {
  readonly target: Target;
  readonly rows: readonly FindingRow[];
}

/** The differences of each target, the worst target first. */
function driftRows(report: Report): readonly TargetRows[] {
  const drift = report.findings.filter((f) => f.outcome === "fail");
  return report.targets
    .map((target) => ({
      target,
      rows: rowsOf(
        drift.filter((f) => f.target === target.name),
        target,
      ),
    }))
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => rank(a) - rank(b));
}

function rank({ rows }: TargetRows): number {
  return Math.min(...rows.slice(0, 1).map(({ main }) => severityRank(main.severity)));
}

const HEAD = "| severity | control | drift | what | proof |\n|---|---|---|---|---|";

function driftTables(report: Report, all: readonly TargetRows[], page: Page): void {
  const total = all.reduce((sum, { rows }) => sum + rows.length, 0);
  let shown = 0;
  let used = 0;
  for (const { target, rows } of all) {
    const lines: string[] = [];
    let told = 0;
    for (const group of groupsOf(rows)) {
      const line = tableRow(group, target, report);
      used += Buffer.byteLength(line) + 1;
      if (used > TABLES) break;
      lines.push(line);
      told += rowsIn(group);
    }
    if (lines.length === 0) break;
    const head =
      report.targets.length > 1 ? `### ${code(target.name)}: ${plural(rows.length, "difference")}\n\n` : "";
    if (!page.add(`${head}${HEAD}\n${lines.join("\n")}`)) break;
    shown += told;
    if (used > TABLES) break;
  }
  if (shown < total) page.cut(`${grouped(total - shown)} of ${plural(total, "difference")}`);
}

function tableRow(group: Group, target: Target, report: Report): string {
  const [row] = group.rows;
  if (row === undefined) return "";
  const { main } = row;
  const controls = controlsOf(group).map((id) => code(shortControl(id, report)));
  const drifts = [...new Set(group.rows.map((each) => each.main.drift))];
  const drift = [...drifts, ...statesOf(group).map((state) => `**${state}**`)];
  const several = group.rows.length > 1;
  const what = several
    ? groupText(group, target).map(sentence)
    : whatText(row).map((text, i) => (main.pattern !== undefined && i === 0 ? code(text) : sentence(text)));
  const proof = [
    ...(several ? groupProof(group, target) : proofText(row, target)),
    ...likewiseText(group, target, "below"),
  ].map(proofLine);
  const mending = several ? [groupMendingLine(group)] : [];
  return `| ${main.severity} | ${controls.join("<br>")} | ${drift.join("<br>")} | ${what.join("<br>")} | ${[...proof, ...mending].join("<br>")} |`;
}

/** Who gives it and who else has it are told in words; the rest is a request, a place or a name. */
function proofLine(text: string): string {
  const [, label = "", said = ""] = /^([^:]*): (.*)$/s.exec(text) ?? [];
  if (label === "") return code(text);
  return `${label}: ${label === "by" || label === "likewise" ? sentence(said) : code(said)}`;
}

function groupMendingLine(group: Group): string {
  const mending = groupMending(group);
  if ("words" in mending)
    return `mend: ${mending.words}${mending.each ? "; each difference is told below" : ""}`;
  const { commands, more } = mending;
  return `mend: ${commands.map(code).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

function notAssessed(report: Report, name: (control: string, target: string) => string): readonly string[] {
  return report.controls.flatMap((control) => {
    const open = report.findings.filter(
      (f) => f.outcome === "unknown" && f.control === control.id && f.target === control.target,
    );
    if (control.outcome !== "unknown" && open.length === 0) return [];
    const reasons = open.length > 0 ? open.map((f) => f.message) : [control.reason ?? "no reason was given"];
    const shown = reasons.slice(0, 3).map(sentence).join("; ");
    const more = reasons.length > 3 ? `; and ${reasons.length - 3} more` : "";
    const part = control.outcome === "unknown" ? "" : " (in part)";
    return [`${name(control.id, control.target)}${part}: ${shown}${more}`];
  });
}

function unreadItems(report: Report): readonly string[] {
  return report.targets.flatMap((target) =>
    target.unread.map(
      (u) =>
        `${report.targets.length > 1 ? `${code(target.name)}: ` : ""}${code(u.api)}: ${sentence(u.detail)}${u.permission === undefined ? "" : `; needs ${code(u.permission)}`}`,
    ),
  );
}

/** What each difference means and what to do, folded; the worst first. */
function details(report: Report, all: readonly TargetRows[], page: Page): void {
  const rows = all.flatMap(({ rows }) => rows);
  const wanted = [...rows].sort((a, b) => severityRank(a.main.severity) - severityRank(b.main.severity));
  let shown = 0;
  for (const row of wanted.slice(0, MOST_DETAILS)) {
    // What comes after must have room for its own.
    if (!page.add(detailBlock(row, report), LIMIT - 100_000)) break;
    shown += 1;
  }
  if (shown < rows.length)
    page.cut(`the details of ${grouped(rows.length - shown)} of ${plural(rows.length, "difference")}`);
}

function detailBlock({ main, findings }: FindingRow, report: Report): string {
  // a list of a thousand names is no title; what follows has it
  const what = main.pattern === undefined ? sentence(main.message) : code(patternText(main.pattern));
  const control = code(shortControl(main.control, report));
  const fields: (readonly [string, string])[] = [
    ["what", sentence(main.message)],
    // a list that was cut stands whole in most messages
    ...(main.pattern === undefined || main.message.includes(main.pattern)
      ? []
      : [["pattern", code(wholly(main.pattern))] as const]),
    ...(main.why === undefined ? [] : [["why", sentence(main.why)] as const]),
    [
      "resource",
      [main.resource.name, main.resource.type, main.resource.id]
        .filter((t) => t !== "")
        .map(code)
        .join(" "),
    ],
    ["documented", findings.map((f) => code(`${f.location.file}:${f.location.line}`)).join(", ")],
    ["page", `${code(main.documentation.url)}, ${sentence(main.documentation.section)}`],
    ...(main.remediation === undefined ? [] : [["mend", sentence(main.remediation.text)] as const]),
  ];
  const commands = (list: readonly string[]) => shellBlock(list, LONGEST_COMMAND);
  return [
    `<details><summary>${main.severity} ${main.drift} ${what} (${control})</summary>\n`,
    ...fields.map(([key, text]) => `- ${key}: ${text}`),
    ...(main.verify === undefined ? [] : [`\ncheck it:\n\n${commands([main.verify])}`]),
    ...(main.remediation === undefined || main.remediation.commands.length === 0
      ? []
      : [`\nmend it with:\n\n${commands(main.remediation.commands)}`]),
    "\n</details>",
  ].join("\n");
}

function grownItem({ name, pattern, from, to }: Growth): string {
  const more = plural(to.operations - from.operations, "operation");
  return `${code(pattern)} of ${code(name)} grants ${more} more than on ${inert(from.date)} (${grouped(from.operations)}, now ${grouped(to.operations)}); nobody edited it`;
}

function shortControl(id: string, report: Report): string {
  return report.baselines.length <= 1 ? id.slice(id.indexOf("/") + 1) : id;
}
