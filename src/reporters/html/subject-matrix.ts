import type { Report, Target } from "../../report/report.ts";
import { visible } from "../../text/visible.ts";
import { type Standing, subjectMatrix, subjectName } from "../subjects.ts";
import { type Naming, shortControl } from "./card.ts";
import { h, type PageElement } from "./element.ts";

const WORDS = {
  fail: ["✕", "drift", "fail"],
  unknown: ["?", "not assessed", "unknown"],
  waived: ["◇", "waived", "waived"],
  nobody: ["·", "drift of nobody alone", "nobody"],
  pass: ["✓", "fine", "pass"],
} as const satisfies Record<Standing, readonly [sign: string, word: string, look: string]>;

/** Whom each control found wrong, a table for each target that was audited for several; nothing where none was. */
export function subjectMatrices(report: Report, naming: Naming): PageElement | undefined {
  const tables = report.targets.flatMap((target) => {
    const table = subjectTable(report, target, naming);
    return table === undefined ? [] : [table];
  });
  if (tables.length === 0) return undefined;
  return h("section", { "aria-labelledby": "who" }, [
    h("h2", { id: "who" }, "Who"),
    ...tables.map((table) =>
      h("div", { class: "scroll", role: "group", "aria-labelledby": "who", tabindex: "0" }, [table]),
    ),
  ]);
}

function subjectTable(report: Report, target: Target, naming: Naming): PageElement | undefined {
  const matrix = subjectMatrix(report, target);
  if (matrix === undefined) return undefined;
  const legend = Object.values(WORDS)
    .map(([sign, word]) => `${sign} ${word}`)
    .join(", ");
  return h("table", { class: "matrix grid tall" }, [
    h(
      "caption",
      {},
      `Each of those audited${naming.oneTarget ? "" : ` on ${visible(target.name)}`}, under each control: ${legend}`,
    ),
    h("thead", {}, [
      h("tr", {}, [
        h("th", { scope: "col" }, "who"),
        ...matrix.controls.map((id) =>
          h("th", { scope: "col" }, [h("span", { class: "turned" }, visible(shortControl(id, naming)))]),
        ),
      ]),
    ]),
    h(
      "tbody",
      {},
      matrix.rows.map(({ subject, standings }) =>
        h("tr", {}, [
          h("th", { scope: "row" }, [
            h("span", { class: "name" }, subjectName(subject)),
            h("span", { class: "line" }, visible(subject.id)),
          ]),
          ...standings.map((standing) => {
            const [sign, word, look] = WORDS[standing];
            return h("td", { class: look }, [
              h("span", { class: "sign", "aria-hidden": "true" }, sign),
              " ",
              h("span", { class: "word" }, word),
            ]);
          }),
        ]),
      ),
    ),
  ]);
}
