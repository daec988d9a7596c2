import { visible } from "../../text/visible.ts";
import { cell, code } from "../render-markdown.ts";
import type { Block, Card, Item, Text } from "./blocks.ts";

/** The card as GitHub-flavoured Markdown in which no name is markup. */
export function cardMarkdown({ title, blocks }: Card): string {
  return `${[`# ${cell(title)}`, "", ...blocks.flatMap(blockLines)].join("\n").trimEnd()}\n`;
}

function blockLines(block: Block): readonly string[] {
  switch (block.kind) {
    case "heading":
      return [`${"#".repeat(block.level)} ${cell(block.text)}`, ""];
    case "text":
      return [inline(block.text), ""];
    case "list":
      return [...block.items.flatMap((item) => itemLines(item, 0)), ""];
    case "commands":
      return [...block.lines.map((line) => `    ${visible(line)}`), ""];
  }
}

function inline(text: Text): string {
  const shown = text.map((span) => (typeof span === "string" ? cell(span) : code(span.code))).join("");
  // a line that begins so would be a list, a heading or a rule of its own
  return shown.replace(
    /^(\d+)([.)])/,
    (_, number: string, mark: string) => `${number}&#${mark.charCodeAt(0)};`,
  );
}

function itemLines({ text, items = [] }: Item, depth: number): readonly string[] {
  return [`${"  ".repeat(depth)}- ${inline(text)}`, ...items.flatMap((item) => itemLines(item, depth + 1))];
}
