import { h, type PageElement } from "./element.ts";

/** Lines of a side that are seen at once; the rest is opened. */
const MOST_LINES = 40;

/** What the document asks for beside what is there; where they have lines in common, the others are marked. */
export function sideBySide(expected: string, actual: string): readonly PageElement[] {
  if (expected === "" && actual === "") return [];
  const left = expected.split("\n");
  const right = actual.split("\n");
  const isAlike = left.some((line) => right.includes(line));
  return [
    h("div", { class: "sides" }, [
      side("Documented", left, new Set(isAlike ? right : left)),
      side("Live", right, new Set(isAlike ? left : right)),
    ]),
  ];
}

function side(title: string, lines: readonly string[], other: ReadonlySet<string>): PageElement {
  const drawn = lines.map((line) => lineOf(line, !other.has(line)));
  const rest = drawn.slice(MOST_LINES);
  return h("div", {}, [
    h("h5", {}, title),
    h("pre", {}, [h("code", {}, drawn.slice(0, MOST_LINES))]),
    rest.length === 0
      ? undefined
      : h("details", {}, [
          h("summary", {}, `${rest.length} more lines`),
          h("pre", {}, [h("code", {}, rest)]),
        ]),
  ]);
}

function lineOf(line: string, only: boolean): PageElement {
  return h("span", { class: "row" }, only ? [h("mark", {}, line)] : `${line}`);
}
