import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ruleTexts } from "../../src/checks/registry.ts";
import type { Report } from "../../src/report/report.ts";
import type { Reporter } from "../../src/reporters/define.ts";
import { pageAssets } from "../../src/reporters/html/assets.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { messy, smaller } from "./messy.ts";

/** What every format makes of broad policies, for a person to read: `-u` writes them anew, then read the diff. */

/** Formats that are laid out for a terminal's columns; `messy.test.ts` keeps them at three widths. */
const WRAPPED: readonly string[] = ["table"];
/** Those that tell causes, or a line of each difference, and stay readable of the large account. */
const SHORT: readonly string[] = ["markdown", "gitlab-codequality"];

const at = (width: number) => ({ width, color: false, verbose: false, exitCode: 1, rules: ruleTexts() });

function textOf({ render }: Reporter, report: Report, width: number): string {
  const text = render(report, at(width));
  if (text === undefined) throw new Error("nothing is written");
  return text;
}

/** A page without its program and its looks, an element a line, so that a person can read what it says. */
function contentOf(page: string): string {
  const { script, style } = pageAssets();
  return page
    .replace(script, "")
    .replace(style, "")
    .replace(/(?<=sha256-)[\w+/=]+/g, "…")
    .replaceAll("><", ">\n<")
    .replace(
      /(<script type="application\/json"[^>]*>)(.*)(?=<\/script>)/,
      (_, tag, data) => tag + JSON.stringify(JSON.parse(data), null, 1),
    );
}

describe.each(reporters.map((each) => [each.format, each] as const))(
  "a messy account as %s",
  (format, reporter) => {
    if (WRAPPED.includes(format)) {
      it("depends on the width", () => {
        expect(textOf(reporter, smaller, 80)).not.toBe(textOf(reporter, smaller, 160));
      });
      return;
    }
    it("is the same bytes at every width", () => {
      const [first, ...others] = [80, 100, 160].map((width) => textOf(reporter, smaller, width));
      for (const other of others) expect(other === first).toBe(true);
    });

    it("reads as it is kept", async () => {
      const [name, report] = SHORT.includes(format) ? ["messy", messy] : ["messy-smaller", smaller];
      const text = textOf(reporter, report, 100);
      await expect(format === "html" ? contentOf(text) : text).toMatchFileSnapshot(
        `goldens/${name}.${format}.${reporter.extension}`,
      );
    });
  },
);

it("every golden of the messy accounts belongs to a format", () => {
  const kept = readdirSync("test/worlds/goldens").filter((file) => file.startsWith("messy"));
  const expected = reporters.flatMap(({ format, extension }) =>
    WRAPPED.includes(format)
      ? [80, 100, 160].map((width) => `messy.${width}.${extension}`)
      : [`messy${SHORT.includes(format) ? "" : "-smaller"}.${format}.${extension}`],
  );
  expect(kept.sort()).toEqual(expected.sort());
});
