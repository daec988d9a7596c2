import { describe, expect, test } from "vitest";
import { changesTable } from "../../../src/cli/output/changes-table.ts";
import type { Finding, Report } from "../../../src/report/report.ts";
import { displayWidth } from "../../../src/text/layout.ts";
import { control, finding, report, worlds } from "../../report/sample.ts";

const cause = {
  id: "a",
  text: "assignment of Owner, to group platform-team",
  commands: ["az role assignment delete --ids a"],
};
const given = (n: number, more: Partial<Finding> = {}): Finding => ({
  ...finding({ control: "platform-role", drift: "excess", severity: "high", pattern: `P${n}/*`, except: [] }),
  causes: [cause],
  ...more,
});
const many = [1, 2, 3].map((n) => given(n, { state: "new" }));
/** What a comparison adds to a report is not held against its controls. */
const compared = (more: Partial<Report> = {}): Report => ({
  ...report({ controls: [control("platform-role", "fail")], findings: many }),
  gone: [],
  ...more,
});
const words = (text: string) => text.replace(/\s+/g, " ");
const drawn = (built: Report, width = 100, verbose = false) =>
  changesTable(built, 1, { width, color: false, verbose });

describe("the table of compare", () => {
  test("what is new is told as a scan tells it: by what one would change", () => {
    const text = drawn(compared());
    expect(text).toMatch(/^NEW DRIFT: 3 new, 0 changed, 0 gone, 0 unchanged\. Exit 1\.\n\nNew \(3\)\n/);
    expect(text).toContain("assignment of Owner, to group platform-team: 3 differences (all");
    expect(text).toContain("mend: az role assignment delete --ids a");
    // each by itself, where that is asked for
    for (const pattern of ["P1/*", "P2/*", "P3/*"]) expect(drawn(compared(), 100, true)).toContain(pattern);
  });

  test("of what is gone nothing is to be mended", () => {
    const text = drawn(compared({ findings: [], gone: many.map(({ state: _, ...rest }) => rest) }));
    expect(text).toContain("Gone (3)\n");
    expect(words(text)).toContain("assignment of Owner, to group platform-team: 3 differences (all high)");
    expect(text).not.toContain("mend:");
  });

  test("what is not complete names what was not assessed", () => {
    const built = compared({ findings: [], controls: worlds.partial().controls });
    const reason = worlds.partial().controls.find(({ outcome }) => outcome === "unknown")?.reason ?? "none";
    expect(words(drawn(built))).toMatch(/^NOT COMPLETE: .* Not assessed \(\d+\) /);
    expect(words(drawn(built))).toContain(words(reason));
  });

  test.each([60, 80, 100])("no line but the verdict is wider than %d", (width) => {
    const [unknown] = worlds.partial().findings;
    const long = `${"/subscriptions/a".repeat(20)} ${"word ".repeat(60)}`;
    const text = drawn(
      compared({
        findings: [
          ...many,
          ...(unknown === undefined ? [] : [{ ...unknown, state: "new" as const, message: long }]),
        ],
        unassessed: [given(4, { target: "azure:/subscriptions/elsewhere", message: long })],
      }),
      width,
    );
    const [, ...lines] = text.split("\n");
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
    expect(text).toContain("Not looked at again (1)");
    // nothing of a target that the report does not have is lost
    expect(words(text)).toContain("high platform-role excess");
  });
});
