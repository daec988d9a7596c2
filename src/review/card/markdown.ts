import { visible } from "../../text/visible.ts";
import type { Block, Card, Item, Text } from "./blocks.ts";

/**
 * The card as GitHub-flavoured Markdown in which no name is markup. It is read in a terminal as well, so only what would
 * be markup where it stands is written as a reference.
 */
export function cardMarkdown({ title, blocks }: Card): string {
  return `${[`# ${words(title)}`, "", ...blocks.flatMap(blockLines)].join("\n").trimEnd()}\n`;
}

function blockLines(block: Block): readonly string[] {
  switch (block.kind) {
    case "heading":
      return [`${"#".repeat(block.level)} ${words(block.text)}`, ""];
    case "text":
      return [inline(block.text), ""];
    case "list":
      return [...block.items.flatMap((item) => itemLines(item, 0)), ""];
    case "commands":
      return [...block.lines.map((line) => `    ${visible(line)}`), ""];
  }
}

function inline(text: Text): string {
  const shown = text.map((span) => (typeof span === "string" ? words(span) : code(span.code))).join("");
  // a line that begins so would be a list, a heading or a rule of its own
  return shown.replace(
    /^(\d*)([-=:+.)])/,
    (_, number: string, mark: string) => `${number}&#${mark.charCodeAt(0)};`,
  );
}

function itemLines({ text, items = [] }: Item, depth: number): readonly string[] {
  return [`${"  ".repeat(depth)}- ${inline(text)}`, ...items.flatMap((item) => itemLines(item, depth + 1))];
}

/** In code nothing is markup but a backtick; what begins or ends with a space would lose it. */
function code(text: string): string {
  const shown = visible(text);
  return /^[^\s`]([^`\n\r]*[^\s`])?$/.test(shown) ? `\`${shown}\`` : `<code>${words(shown)}</code>`;
}

/** Words in which nothing is markup: emphasis, code, links, HTML, references, tables, formulas, mentions, autolinks. */
function words(text: string): string {
  return visible(text)
    .replace(/[\\`*_[\]<>|~@$#]|&(?=[#\w])/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/:\/\//g, "&#58;//");
}
