import { h, type PageElement } from "./element.ts";

/** Letters of a fixed width, so that a text's place in a drawing is known without drawing it. */
const LETTER = 6.3;
export const LINE = 15;
const PAD = 8;

/** Lines of at most `width` units, broken after `/`, `.`, `:`, `,`, `-` and at spaces; what is longer than `most` lines ends in `…`. */
export function boxLines(text: string, width: number, most: number): readonly string[] {
  const room = Math.max(8, Math.floor((width - 2 * PAD) / LETTER));
  const lines: string[] = [];
  let line = "";
  for (const piece of text.match(/[^\s/.:,-]*[/.:,-]+|[^\s/.:,-]+|\s+/g) ?? []) {
    let rest = piece;
    if (line !== "" && (line + rest.trimEnd()).length > room) {
      lines.push(line.trimEnd());
      line = "";
      rest = rest.trimStart();
    }
    while (rest.length > room) {
      lines.push(rest.slice(0, room));
      rest = rest.slice(room);
    }
    line += rest;
  }
  if (line.trim() !== "") lines.push(line.trimEnd());
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${(lines[most - 1] ?? "").slice(0, room - 1)}…`];
}

/** Height of a box of so many lines. */
export function boxHeight(lines: number): number {
  return lines * LINE + PAD;
}

/** A number of a drawing, short. */
export function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A box with its lines of text, at a place. */
export function box(
  x: number,
  y: number,
  width: number,
  lines: readonly string[],
  look: string,
): readonly PageElement[] {
  const height = boxHeight(lines.length);
  return [
    h("rect", { x: n(x), y: n(y), width: n(width), height: n(height), rx: "4", class: `box ${look}` }),
    ...lines.map((line, i) => h("text", { x: n(x + PAD), y: n(y + PAD / 2 + (i + 0.75) * LINE) }, line)),
  ];
}
