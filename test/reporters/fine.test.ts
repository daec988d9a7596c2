import { describe, expect, test } from "vitest";
import type { ControlResult } from "../../src/report/report.ts";
import { table } from "../../src/reporters/table.ts";
import { control, report } from "../report/sample.ts";
import { options } from "./worlds.ts";

const idOf = (n: number) => `control-${String(n).padStart(2, "0")}`;

/** The lines of the table about what is fine, of so many controls in three sections. */
function fine(count: number, change: (each: ControlResult, n: number) => ControlResult = (each) => each) {
  const controls = Array.from({ length: count }, (_, n) =>
    change({ ...control(idOf(n), "pass"), section: `Section ${n % 3}` }, n),
  );
  const lines = (table.render(report({ controls, findings: [] }), options({ width: 60 })) ?? "").split("\n");
  const at = lines.findIndex((line) => line.startsWith("Fine"));
  return lines.slice(at, lines.indexOf("", at));
}

describe("what is fine", () => {
  test("few controls stand in a row", () => {
    expect(fine(12).join(" ").replace(/ +/g, " ")).toBe(
      `Fine (12): ${Array.from({ length: 12 }, (_, n) => idOf(n)).join(", ")}`,
    );
  });

  test("more of them by section of the page, each once, in the page's order, wrapped", () => {
    const lines = fine(13, (each, n) => (n === 2 ? { ...each, optional: true } : each));
    expect(lines).toEqual([
      "Fine (13), by section of the page",
      " Section 0: control-00, control-03, control-06, control-09,",
      "   control-12",
      " Section 1: control-01, control-04, control-07, control-10",
      " Section 2: control-02 (optional), control-05, control-08,",
      "   control-11",
    ]);
  });

  test("of an earlier report, which lacks a section, in a row", () => {
    const lines = fine(13, ({ section, ...each }, n) =>
      n === 5 ? each : { ...each, section: section ?? "" },
    );
    expect(lines[0]).toMatch(/^Fine \(13\): control-00, /);
  });
});
