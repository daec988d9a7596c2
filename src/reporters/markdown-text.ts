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

/** A sentence. Words that a forge would link after it has read the Markdown (`@team`, `#12`, `a@b`) stand as code. */
export function sentence(text: string): string {
  return visible(released(text))
    .slice(0, MOST + 1)
    .split(" ")
    .map((word) => (/[@#!]|\b[0-9a-f]{7,40}\b|GH-\d|:\/\//i.test(word) ? code(word) : inert(word)))
    .join(" ")
    .concat(visible(released(text)).length > MOST + 1 ? "…" : "");
}

/** Lines as a block of code; the fence is longer than any row of backticks in them. */
export function codeBlock(lines: readonly string[], language = ""): string {
  const shown = lines.map((line) => {
    const whole = visible(released(line));
    return whole.length > MOST ? `${whole.slice(0, MOST).replace(/[\ud800-\udbff]$/, "")}…` : whole;
  });
  const longest = Math.max(
    0,
    ...shown.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)),
  );
  const fence = "`".repeat(Math.max(3, longest + 1));
  return [`${fence}${language}`, ...shown, fence].join("\n");
}
