import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { table } from "../../src/reporters/table.ts";
import { displayWidth, drawRows, wrap } from "../../src/text/layout.ts";
import { control, finding, report, worlds } from "../report/sample.ts";
import { hostile } from "./hostile.ts";
import { fleet, large, options } from "./worlds.ts";

const c = String.fromCodePoint;
const EVIL = `a${c(0x1b)}[2J${c(0x1b)}]8;;http://x${c(7)}${c(0x9b)}31m\r::stop-commands::x\n::error::y ${c(0x202e)}${c(0x200b)} ##vso[task.x] ::add-mask::z`;

function everyOutput(built: Report): readonly string[] {
  const outputs = reporters.flatMap((reporter) =>
    [60, 80, 100, 140, 200].flatMap((width) =>
      [false, true].map((verbose) => reporter.render(built, options({ width, verbose }))),
    ),
  );
  const beside = reporters.flatMap((reporter) =>
    (reporter.beside ?? []).map(({ render }) => render(built, options())),
  );
  // Of the line ends, CSV's are two characters, and no hostile ones.
  return [...outputs, ...beside].filter((o) => o !== undefined).map((o) => o.replaceAll("\r\n", "\n"));
}

describe("hostile names", () => {
  test("fault 26: ESC, OSC 8, C1, CR, bidi and zero-width are visible in every format", () => {
    const outputs = everyOutput(hostile(EVIL));
    expect(outputs.length).toBe(102);
    for (const output of outputs) expect(output.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const [text = ""] = outputs;
    expect(text.replace(/\s+/g, "")).toContain("\\u{1b}[2J");
  });

  test("faults 26, 27: no output line is a build log's command, in no format, at no width, whatever the text", () => {
    const check = (built: Report) => {
      for (const output of everyOutput(built)) {
        for (const line of output.split("\n")) {
          expect(line.trim().startsWith("::"), line).toBe(false);
          expect(line).not.toMatch(/##(vso)?\[/i);
        }
      }
    };
    check(hostile(EVIL));
    check(hostile("::stop-commands::x"));
    // Wrapped at any column, a continuation line must not begin with it either.
    fc.assert(
      fc.property(fc.nat({ max: 90 }), (n) => check(hostile(`${"x".repeat(n)} ::error::y ##[group]`))),
      { numRuns: 8 },
    );
  });

  test("fault 27: the tag value as it was injected", () => {
    const text = table.render(hostile("\r::stop-commands::x"), options()) ?? "";
    expect(text).toContain("\\u{d}::stop-commands::x");
    expect(text).not.toMatch(/^\s*::/m);
  });

  test("fault 28 (table, json, sarif): markup is text, and SARIF, which knows links, has none", () => {
    const markup = `=HYPERLINK("http://x")<script>alert(1)</script>|](javascript:alert(1))`;
    const render = (format: string) =>
      reporters.find((r) => r.format === format)?.render(hostile(markup), options());
    expect(render("table")).toContain("<script>");
    expect((JSON.parse(render("json") ?? "") as Report).findings[0]?.message).toBe(markup);
    const log = JSON.parse(render("sarif") ?? "") as {
      runs: { results: { message: { text: string } }[] }[];
    };
    const messages = log.runs.flatMap((r) => r.results.map((x) => x.message.text));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain("] (javascript:");
    expect(messages[0]).not.toContain("](");
  });

  test("fault 31: a name of 10,000 characters is shown whole, in time, within the width", () => {
    const name = "n".repeat(10_000);
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: [finding({ control: "platform-role", drift: "changed", severity: "high", message: name })],
    });
    const text = table.render(built, options({ width: 80 })) ?? "";
    expect(text.match(/n/g)?.length).toBeGreaterThanOrEqual(10_000);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("fault 39: without colour there is no ESC byte in any output", () => {
    for (const make of [...Object.values(worlds), () => fleet(7, 2)]) {
      for (const output of everyOutput(make())) expect(output).not.toContain("\x1b");
    }
  });

  test("wide characters: lines stay within the width and nothing is cut off", () => {
    const text = "数据平台-グループ-데이터-🚀-Großhandel/".repeat(6);
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 200 }), (width) => {
        const built = report({
          controls: [control("platform-role", "fail")],
          findings: [
            finding({ control: "platform-role", drift: "changed", severity: "high", message: text }),
          ],
        });
        const out = table.render(built, options({ width })) ?? "";
        for (const line of out.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(out.match(/グループ/g)?.length ?? 0).toBeGreaterThan(0);
        expect([...out].filter((x) => x === "🚀")).toHaveLength(6);
      }),
      { numRuns: 30 },
    );
  });
});

describe("layout", () => {
  test("a wrapped text loses no character, whatever its letters, and a cell is never cut by the table", () => {
    const letters = fc
      .string({ unit: "grapheme", maxLength: 120 })
      .map((s) => s.replace(/[\p{Cc}\p{Cf}\p{Z}…]/gu, " "));
    fc.assert(
      fc.property(letters, fc.integer({ min: 10, max: 60 }), (text, width) => {
        const bare = (s: string) => s.replace(/[ \n]/g, "");
        const lines = wrap(text, width, 2);
        expect(bare(lines.join(""))).toBe(bare(text));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        const drawn = drawRows([8, width, 10], [[{ lines: ["a"] }, { lines }, { lines: ["z"] }]]);
        expect(bare(drawn.join(""))).toBe(`a${bare(drawn.join("")).slice(1)}`);
        for (const line of lines) expect(drawn.join("\n")).toContain(line);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [59, 60],
    [10_000, 200],
    [Number.NaN, 100],
    [0, 100],
  ])("a width of %d is taken as %d", (given, width) => {
    const out = table.render(worlds.drift(), options({ width: given })) ?? "";
    expect(out).toBe(table.render(worlds.drift(), options({ width })));
  });
});

test("fault 20: 30,000 findings: JSON holds all, and the table stands for all", () => {
  const built = large(30_000);
  const rendered = (format: string) =>
    reporters.find((r) => r.format === format)?.render(built, options()) ?? "";
  expect((JSON.parse(rendered("json")) as Report).findings).toHaveLength(30_000);
  const text = rendered("table");
  const rows = text.match(/^ (critical|high|medium|low|info) /gm)?.length ?? 0;
  // 15,000 patterns, and of 15,000 stray groups one of each severity with those that it stands for
  expect(rows).toBe(15_005);
  const likewise = [
    ...text.replace(/\n {2,}/g, " ").matchAll(/likewise: .*?; and ([\d,]+) more by --verbose/g),
  ];
  expect(likewise.map(([, more]) => more)).toEqual(Array.from({ length: 5 }, () => "2,993"));
});
