import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { publishedSchemas } from "../../src/report/published.ts";
import { ReportError, readReport } from "../../src/report/read.ts";
import { compareReports } from "../../src/report/since.ts";
import { json } from "../../src/reporters/json.ts";
import { worlds } from "./sample.ts";

const OPTIONS = { width: 100, color: false, verbose: false, exitCode: 1, rules: [] };
const drift = json.render(worlds.drift(), OPTIONS) ?? "";

function broken(change: (report: Record<string, never>) => void): string {
  const data = JSON.parse(drift) as Record<string, never>;
  change(data);
  return JSON.stringify(data);
}

describe("reading an earlier report", () => {
  test.each(Object.entries(worlds))("what the JSON reporter writes is read back whole: %s", (_name, make) => {
    const built = compareReports(worlds.drift(), make());
    expect(readReport(json.render(built, OPTIONS) ?? "", "r.json")).toEqual(built);
  });

  test.each<[string, string, string]>([
    ["an empty file", "", "r.json:1:1: expected a JSON report (--format json), found an empty file"],
    [
      "YAML of a baseline",
      "id: a\ncontrols: []\n",
      "expected a JSON report (--format json), found a baseline",
    ],
    [
      "a waiver file",
      "waivers:\n  - control: a\n",
      "expected a JSON report (--format json), found a waiver file",
    ],
    [
      "a waiver file in JSON",
      '{"waivers":[]}',
      "r.json: expected a JSON report (--format json), found a waiver file",
    ],
    [
      "a snapshot",
      '{"schema":1,"takenAt":"t","documents":[]}',
      "r.json: expected a JSON report (--format json), found a snapshot",
    ],
    [
      "a baseline",
      '{"id":"a","controls":[]}',
      "r.json: expected a JSON report (--format json), found a baseline",
    ],
    [
      "SARIF",
      '{"version":"2.1.0","runs":[]}',
      "r.json: expected a JSON report (--format json), found a SARIF file",
    ],
    ["a list", "[]", "r.json: expected a JSON report (--format json), found a list"],
    ["a number", "7", "r.json: expected a JSON report (--format json), found a single value"],
    ["another object", "{}", "r.json: expected a JSON report (--format json), found something else"],
    [
      "cut in the middle",
      drift.slice(0, 500),
      "expected a JSON report (--format json), found text that is not JSON, or is cut off",
    ],
    [
      "another schema version",
      broken((r) => Object.assign(r, { schemaVersion: "2.0" })),
      'r.json: expected a report of schema version 1.0 or 1.1, found "2.0"; write it again with this version of chalk-audit',
    ],
    [
      "a property that nobody knows",
      broken((r) => Object.assign(r, { summery: {} })),
      'r.json: not a whole report: summery: unknown property; did you mean "summary"?',
    ],
    [
      "a severity that nobody knows",
      broken((r) =>
        Object.assign((r as unknown as { findings: object[] }).findings[0] ?? {}, { severity: "awful" }),
      ),
      'r.json: not a whole report: findings[0].severity: expected one of critical, high, medium, low, info, found "awful"',
    ],
    [
      "findings left out",
      broken((r) => Reflect.deleteProperty(r, "findings")),
      "r.json: not a whole report: findings is not given",
    ],
  ])("one clear line: %s", (_what, text, message) => {
    let line = "";
    try {
      readReport(text, "r.json");
    } catch (error) {
      expect(error).toBeInstanceOf(ReportError);
      line = (error as ReportError).message;
    }
    expect(line).toContain(message);
    expect(line).toMatch(/^r\.json(:\d+:\d+)?: [^\n]*$/);
  });

  test("fault 30: __proto__ keys are refused and pollute nothing", () => {
    const text = drift.replace('"schemaVersion"', '"__proto__": { "polluted": 1 }, "schemaVersion"');
    expect(() => readReport(text, "r.json")).toThrow(
      "r.json: not a whole report: __proto__: unknown property",
    );
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("published schemas", () => {
  test.each(Object.entries(publishedSchemas()))("%s is up to date (npm run generate)", (file, text) => {
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});
