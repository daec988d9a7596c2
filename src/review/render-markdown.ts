import { plural } from "../text/count.ts";
import { visible } from "../text/visible.ts";
import type { RehearsedCall, Review } from "./review.ts";
import {
  CHANGE_WORDS,
  callCount,
  minute,
  REACH_WORDS,
  sorted,
  title,
  USE_WORDS,
  useInWords,
  verdict,
  windowOf,
} from "./words.ts";

/** Rows of one table; a comment on a pull request holds 65,536 characters. */
const MOST_ROWS = 60;

/** Text from a cloud as a cell: no markup, no link, no new cell (fault 28). */
export function cell(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]<>()#+!|~@&]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/:\/\//g, "&#58;//")
    .replace(/^([-=:])/, (c) => `&#${c.charCodeAt(0)};`);
}

/** Text in code, in which nothing is markup; a backtick or a bar would end it. */
export function code(text: string): string {
  return `<code>${cell(text)}</code>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const shown = rows.slice(0, MOST_ROWS);
  return [
    `| ${head.join(" | ")} |`,
    `| ${head.map(() => "---").join(" | ")} |`,
    ...shown.map((row) => `| ${row.join(" | ")} |`),
    ...(rows.length > shown.length ? ["", `and ${rows.length - shown.length} more; the JSON has all`] : []),
  ];
}

function section(name: string, body: readonly string[]): string[] {
  return body.length === 0 ? [] : ["", `### ${name}`, "", ...body];
}

function calls(found: readonly RehearsedCall[]): string[] {
  if (found.length === 0) return [];
  return table(
    ["Permission", "On", "Recorded", "Why", "It would need"],
    found.map((call) => [
      code(call.action),
      call.resources.length === 0 ? "not recorded" : call.resources.map(code).join("<br>"),
      cell(useInWords(call)),
      cell(`${call.why}${call.promised === true ? " (a dead grant of the document)" : ""}`),
      call.needs === undefined ? "" : code(JSON.stringify(call.needs)),
    ]),
  );
}

/** The review for a pull request. Pure. */
export function renderReviewMarkdown(review: Review, status: number): string {
  const { broken, open, unexplained } = sorted(review);
  const news = review.groups.filter((group) => group.change !== "stays" || group.use === "may-break");
  const lines = [
    `## Scope-down: ${cell(title(review))}`,
    "",
    `**${cell(verdict(review, status))}**`,
    ...section(`Would be refused: ${plural(callCount(broken), "recorded call")}`, calls(broken)),
    ...section(`Depends: ${plural(callCount(open), "recorded call")}`, calls(open)),
    ...section("Not granted by the role's own policies today either", calls(unexplained)),
    ...section(
      "The tag condition will cut off",
      review.cut.length === 0
        ? []
        : table(
            ["Resource", "Used", "Why"],
            review.cut.map((r) => [
              code(r.id),
              r.calls === 0 ? "not recorded" : `${r.calls}×, last ${minute(r.last ?? "")}`,
              cell(r.why),
            ]),
          ),
    ),
    ...section(
      "Permissions that change",
      news.length === 0
        ? ["none"]
        : table(
            ["Service", "Change", "Use", "Live", "Documented", "Target", "Permissions"],
            news.map((g) => [
              code(g.service),
              CHANGE_WORDS[g.change],
              `${USE_WORDS[g.use]}${g.calls > 0 ? ` (${g.calls}×)` : ""}`,
              REACH_WORDS[g.live],
              REACH_WORDS[g.documented],
              REACH_WORDS[g.target],
              `${g.actions.length}: ${cell(g.actions.slice(0, 5).join(", "))}${g.actions.length > 5 ? ", …" : ""}`,
            ]),
          ),
    ),
    "",
    "“Not observed” and “not observable” do not mean unused.",
    ...section(
      "Promised by the target and granted on nothing",
      review.dead.map(
        (grant) => `- ${cell(grant.actions.join(", "))}: ${plural(grant.calls, "recorded call")}`,
      ),
    ),
    ...section(
      "Usage was read from",
      review.sources.flatMap((source) => [
        `- ${cell(source.name)} (${source.kind}): ${windowOf(source)}; ${source.events} read, ${source.calls} by the reviewed`,
        ...source.blind.map((blind) => `  - cannot observe: ${cell(blind)}`),
      ]),
    ),
    ...section(
      "Incomplete",
      review.incomplete.map((line) => `- ${cell(line)}`),
    ),
    ...section(
      "Documents to apply, proven equal to the target",
      review.documents.map(({ file, size, limit }) => `- ${code(file)}: ${size} (${limit})`),
    ),
    ...section(
      "Notes",
      review.notes.map((line) => `- ${cell(line)}`),
    ),
  ];
  return `${lines.join("\n")}\n`;
}
