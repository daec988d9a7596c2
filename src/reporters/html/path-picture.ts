import { h, type PageElement } from "./element.ts";
import { box, boxHeight, boxLines, n } from "./text-boxes.ts";
import type { PathView } from "./view.ts";

interface Column {
  readonly head: string;
  readonly texts: readonly string[];
  readonly look: string;
}

interface Box {
  readonly lines: readonly string[];
  readonly height: number;
}

const GAP = 10;
const HEAD = 20;
const MOST_LINES = 4;

/** Width of the drawing in one row of columns, and of the one with the columns below each other. */
const WIDE = { width: 900, column: 198, between: 36 };
const NARROW = { width: 330, between: 22 };

/**
 * A path to something: who, by what, where, what; drawn twice, of which a screen or a sheet shows the one that fits.
 * The text that stands for it says the same.
 */
export function pathPicture(path: PathView): PageElement | undefined {
  if (path.operations.length === 0) return undefined;
  const columns: readonly Column[] = [
    { head: "who", texts: path.subjects, look: "subject" },
    { head: "by", texts: path.givers, look: path.lacks ? "giver lacks" : "giver" },
    { head: "where", texts: path.scopes, look: "scope" },
    {
      head: path.lacks ? "lacks" : "may",
      texts: path.operations,
      look: path.lacks ? "operation lacks" : "operation",
    },
  ];
  const text = pathText(path);
  return h("figure", { class: "path" }, [wide(columns, text, path.lacks), narrow(columns, text, path.lacks)]);
}

/** The path as a sentence. */
export function pathText({ subjects, givers, scopes, operations, lacks }: PathView): string {
  const list = (texts: readonly string[]) => texts.join("; ");
  return lacks
    ? `${list(subjects)} lacks ${list(operations)} at ${list(scopes)}; looked at: ${list(givers)}.`
    : `${list(subjects)}, by ${list(givers)}, at ${list(scopes)}, may: ${list(operations)}.`;
}

function drawing(
  width: number,
  height: number,
  look: string,
  text: string,
  parts: readonly PageElement[],
): PageElement {
  return h(
    "svg",
    {
      viewBox: `-1 0 ${n(width + 2)} ${n(height)}`,
      width: n(width + 2),
      height: n(height),
      class: look,
      role: "img",
      "aria-label": text,
    },
    parts,
  );
}

function boxes(texts: readonly string[], width: number): readonly Box[] {
  return texts.map((text) => {
    const lines = boxLines(text, width, MOST_LINES);
    return { lines, height: boxHeight(lines.length) };
  });
}

function heightOf(list: readonly Box[]): number {
  return list.reduce((sum, { height }) => sum + height, 0) + GAP * Math.max(0, list.length - 1);
}

function wide(columns: readonly Column[], text: string, lacks: boolean): PageElement {
  const { width, column, between } = WIDE;
  const drawn = columns.map(({ texts }) => boxes(texts, column));
  const tallest = Math.max(...drawn.map(heightOf));
  const parts: PageElement[] = [];
  let before: readonly number[] = [];
  columns.forEach(({ head, look }, i) => {
    const list = drawn[i] ?? [];
    const x = i * (column + between);
    let y = HEAD + (tallest - heightOf(list)) / 2;
    const middles: number[] = [];
    parts.push(h("text", { x: n(x), y: "12", class: "head" }, head));
    for (const { lines, height } of list) {
      parts.push(...box(x, y, column, lines, look));
      middles.push(y + height / 2);
      y += height + GAP;
    }
    if (i > 0) parts.push(...joints(x - between, x, before, middles, lacks && i !== 2));
    before = middles;
  });
  return drawing(width, HEAD + tallest + 2, "wide", text, parts);
}

/** Lines from every box of a column to every one of the next, over one line between them. */
function joints(
  from: number,
  to: number,
  left: readonly number[],
  right: readonly number[],
  lacks: boolean,
): readonly PageElement[] {
  const middle = (from + to) / 2;
  const look = lacks ? "line lacks" : "line";
  const spine = [...left, ...right];
  return [
    ...left.map((y) => h("path", { d: `M${n(from)} ${n(y)}H${n(middle)}`, class: look })),
    h("path", { d: `M${n(middle)} ${n(Math.min(...spine))}V${n(Math.max(...spine))}`, class: look }),
    ...right.map((y) => h("path", { d: `M${n(middle)} ${n(y)}H${n(to - 2)}`, class: look })),
    ...right.map((y) =>
      h("path", {
        d: `M${n(to - 8)} ${n(y - 4)}L${n(to - 1)} ${n(y)}L${n(to - 8)} ${n(y + 4)}`,
        class: "tip",
      }),
    ),
  ];
}

function narrow(columns: readonly Column[], text: string, lacks: boolean): PageElement {
  const { width, between } = NARROW;
  const inner = width - 2;
  const parts: PageElement[] = [];
  let y = 0;
  columns.forEach(({ head, texts, look }, i) => {
    if (i > 0) {
      const x = 14;
      parts.push(
        h("path", {
          d: `M${x} ${n(y)}V${n(y + between - 2)}`,
          class: lacks && i !== 2 ? "line lacks" : "line",
        }),
        h("path", {
          d: `M${x - 4} ${n(y + between - 8)}L${x} ${n(y + between - 1)}L${x + 4} ${n(y + between - 8)}`,
          class: "tip",
        }),
      );
      y += between;
    }
    parts.push(h("text", { x: i === 0 ? "1" : "24", y: n(i === 0 ? 12 : y - 6), class: "head" }, head));
    if (i === 0) y += HEAD;
    boxes(texts, inner).forEach(({ lines, height }, k) => {
      if (k > 0) y += 4;
      parts.push(...box(1, y, inner, lines, look));
      y += height;
    });
  });
  return drawing(width, y + 2, "narrow", text, parts);
}
