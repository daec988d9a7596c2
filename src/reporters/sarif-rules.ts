/** The rules of a SARIF run: what each kind of finding is, how grave, and how to put it right. */
import type { Drift, Finding, Severity } from "../report/report.ts";
import type { RuleText } from "../report/rule-text.ts";
import { SEVERITIES } from "../report/severity.ts";
import { plural } from "../text/count.ts";
import { visible } from "../text/visible.ts";
import { code, commandLines, sentence, shellBlock } from "./markdown-text.ts";
import { ruleText } from "./rules.ts";
import { cut, sarifText } from "./sarif-text.ts";

/**
 * How code scanning rates and orders a severity. It has no score below low: an `info` drift (advisory) shares the score
 * of low and is told apart by its tag and rule id.
 */
export const RATINGS = {
  critical: { score: "9.5", level: "error", problem: "error" },
  high: { score: "8.0", level: "error", problem: "error" },
  medium: { score: "5.5", level: "warning", problem: "warning" },
  low: { score: "2.0", level: "note", problem: "recommendation" },
  info: { score: "2.0", level: "note", problem: "recommendation" },
} as const satisfies Record<Severity, { score: string; level: string; problem: string }>;

/** A difference of permissions is proved by a replayed request; the others are read off a resource. */
const PROVED: ReadonlySet<Drift> = new Set(["missing", "excess", "weakened"]);

/**
 * A rule of the tool: a drift in one severity, since code scanning takes the severity from the rule.
 * @param findings those of the rule, worst first: the help ends in the commands that mend the first of them
 */
export function sarifRule(id: string, texts: readonly RuleText[], findings: readonly Finding[]): unknown {
  const at = id.lastIndexOf("/");
  const severity = SEVERITIES.find((s) => s === id.slice(at + 1)) ?? "info";
  const base = id.slice(0, at);
  const text = ruleText(texts, base);
  const drift = base.slice(base.lastIndexOf("/") + 1);
  const rating = RATINGS[severity];
  const how = mending(findings);
  return {
    id,
    name: id
      .split(/[^A-Za-z0-9]+/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    shortDescription: { text: sentenceOf(text.title) },
    fullDescription: { text: sentenceOf(text.short) },
    help: {
      text: [plainText(text.help), ...(how === undefined ? [] : [doubled(how.text)])].join("\n\n"),
      markdown: [text.help, ...(how === undefined ? [] : [doubled(how.markdown)])].join("\n\n"),
    },
    helpUri: text.helpUri,
    defaultConfiguration: { level: rating.level },
    properties: {
      "security-severity": rating.score,
      precision: PROVED.has(drift as Drift) ? "very-high" : "high",
      "problem.severity": rating.problem,
      tags: [
        "security",
        "permissions",
        base.slice(0, Math.max(0, base.indexOf("/"))),
        drift,
        severity,
      ].filter((tag, i, all) => tag !== "" && all.indexOf(tag) === i),
    },
  };
}

/** Findings of which the help of a rule has the commands. */
const MOST_MENDED = 5;
/** Commands of one finding, and letters of one. */
const MOST_COMMANDS = 3;
const LONGEST_COMMAND = 400;

/** How to put right what was found, for whoever reads the alert: as Markdown and as plain text. */
function mending(
  findings: readonly Finding[],
): { readonly markdown: string; readonly text: string } | undefined {
  const mended = new Map<string, { readonly name: string; readonly commands: readonly string[] }>();
  let told = 0;
  for (const { resource, remediation } of findings) {
    const { commands = [] } = remediation ?? {};
    if (commands.length === 0) continue;
    // several findings may have one cause, and one command that mends them
    const key = JSON.stringify([resource.id, commands]);
    if (!mended.has(key) && mended.size === MOST_MENDED) continue;
    const name = cut(visible(resource.name === "" ? resource.id : resource.name), 120);
    mended.set(key, { name, commands: shownCommands(commands) });
    told += 1;
  }
  if (mended.size === 0) return undefined;
  const shown = [...mended.values()];
  const more = findings.length - told;
  const rest =
    more > 0
      ? [`And ${plural(more, "more finding")} of this kind: each result and the JSON report have theirs.`]
      : [];
  return {
    markdown: [
      "### Put it right",
      ...shown.flatMap(({ name, commands }) => [code(name), shellBlock(commands, LONGEST_COMMAND)]),
      ...rest,
    ].join("\n\n"),
    text: [
      "Put it right",
      ...shown.map(({ name, commands }) =>
        [
          `${name}:`,
          ...commands.flatMap((each) => commandLines(each, LONGEST_COMMAND)).map((line) => `  ${line}`),
        ].join("\n"),
      ),
      ...rest,
    ].join("\n\n"),
  };
}

/** The commands that put a finding right, the first few. */
function shownCommands(commands: readonly string[]): readonly string[] {
  const more = commands.length - MOST_COMMANDS;
  return [...commands.slice(0, MOST_COMMANDS), ...(more > 0 ? [`# and ${more} more`] : [])];
}

/** What a result says beside its text, to viewers that show Markdown: the commands that put it right. */
export function resultMarkdown(finding: Finding): string | undefined {
  const { remediation } = finding;
  const { commands = [] } = remediation ?? {};
  if (remediation === undefined || commands.length === 0) return undefined;
  const parts = [
    sentence(finding.message),
    sentence(remediation.text),
    shellBlock(shownCommands(commands), LONGEST_COMMAND),
  ];
  return doubled(parts.filter((part) => part !== "").join("\n\n"));
}

function sentenceOf(text: string): string {
  const safe = sarifText(text);
  return /[.!?]$/.test(safe) ? safe : `${safe}.`;
}

/** Markdown without its marks, for viewers that show plain text. */
function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, "$1 ($2)")
    .replace(/^#+\s*/gm, "")
    .replace(/(\*\*|`)/g, "")
    .replace(/[{}]/g, "$&$&");
}

/** Braces as SARIF has them outside placeholders. */
function doubled(text: string): string {
  return text.replace(/[{}]/g, "$&$&");
}
