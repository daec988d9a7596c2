import { grouped } from "../text/count.ts";
import { released } from "../text/layout.ts";
import { visible } from "../text/visible.ts";

/** Characters of one text that are shown: a summary is no place for a name of a megabyte. */
const MOST = 2_000;

/**
 * Characters that Markdown, its GitHub and GitLab dialects or HTML may take for markup: emphasis, code, links, images,
 * tables, strikethrough, formulas, autolinks, mentions, emoji. As a numeric reference a character is text and cannot be
 * markup (CommonMark, "Entity and numeric character references").
 */
const MARKUP = /[&<>"'`*_[\]|\\~#@$]|:(?! |$)/g;

/** A text as Markdown's source, on one line, in which nothing is markup; also within a table or HTML. */
export function inert(text: string): string {
  const whole = visible(released(text));
  const shown =
    whole.length > MOST
      ? `${whole.slice(0, MOST).replace(/[\ud800-\udbff]$/, "")}… (${whole.length - MOST} more characters)`
      : whole;
  return shown
    .replace(MARKUP, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/www(?=\.)/gi, (letters) => `${letters.slice(0, 2)}&#${letters.charCodeAt(2)};`);
}

/** A name: as code, where nobody is mentioned and no number becomes a link. */
export function code(text: string): string {
  return text === "" ? "" : `<code>${inert(text)}</code>`;
}

/** A word, and what belongs to the sentence around it: a bracket before it, a comma behind. */
const WORD = /^(\(?)(.*?)([),;:.]*)$/s;

/** A sentence. Words that a forge would link after it has read the Markdown (`@team`, `#12`, `a@b`) stand as code. */
export function sentence(text: string): string {
  return visible(released(text))
    .slice(0, MOST + 1)
    .split(" ")
    .map((each) => {
      const [, before = "", word = "", behind = ""] = WORD.exec(each) ?? [];
      return /[@#!]|\b[0-9a-f]{7,40}\b|GH-\d|:\/\//i.test(word)
        ? `${before}${code(word)}${inert(behind)}`
        : inert(each);
    })
    .join(" ")
    .concat(visible(released(text)).length > MOST + 1 ? "…" : "");
}

/** The lines of a command, to be pasted. Half of one would be another command: one that is too long is a comment. */
export function commandLines(command: string, most: number): readonly string[] {
  if (command.length <= most) return command.split("\n").map((line) => visible(released(line)));
  const start = visible(released(command.slice(0, 60).replace(/[\ud800-\udbff]$/, "")));
  return [`# ${start}… (${grouped(command.length)} letters: the JSON report has all of it)`];
}

/** Commands as a block of code; the fence is longer than any row of backticks in them. */
export function shellBlock(commands: readonly string[], most: number): string {
  const lines = commands.flatMap((command) => commandLines(command, most));
  const longest = Math.max(
    0,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)),
  );
  const fence = "`".repeat(Math.max(3, longest + 1));
  return [`${fence}sh`, ...lines, fence].join("\n");
}
