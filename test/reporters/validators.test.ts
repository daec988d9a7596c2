import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { install, isInstalled, validate } from "../../scripts/format-validate.mjs";
import type { Report } from "../../src/report/report.ts";
import { findReporter } from "../../src/reporters/registry.ts";
import { report, worlds } from "../report/sample.ts";
import { hostile } from "./hostile.ts";
import { fleet, large, options } from "./worlds.ts";

/** With CI set the packages are installed first, as of the SARIF Multitool; without Python or network that is said. */
const missing = isInstalled()
  ? undefined
  : process.env["CI"] === undefined
    ? "the validators are not installed (node scripts/format-validate.mjs installs them)"
    : install();
if (missing !== undefined) console.log(`skipped: ${missing}`);

const reports: Readonly<Record<string, () => Report>> = {
  ...worlds,
  fleet: () => fleet(5, 2),
  interrupted: () => ({ ...worlds.partial(), interrupted: true }),
  empty: () => report({ targets: [], baselines: [] }),
  hostile: () => hostile(" =1\u001b[2J\n<x> \u202e](javascript:) "),
  "2,000 findings": () => large(2_000),
};

describe.skipIf(missing !== undefined)("what others publish of the formats", () => {
  const folder = mkdtempSync(join(tmpdir(), "formats-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  test.each(["ocsf", "oscal", "junit"] as const)("%s is valid, whatever the report", (format) => {
    const files = Object.entries(reports).map(([name, make]) =>
      write(`${name.replace(/\W/g, "-")}.${format}`, findReporter(format)?.render(make(), options()) ?? ""),
    );
    expect(files.length).toBeGreaterThan(8);
    expect(validate(format, files)).toEqual([]);
  });

  test("the validators do see faults", () => {
    const texts = (format: string) => findReporter(format)?.render(worlds.drift(), options()) ?? "";
    const wrong = (format: "ocsf" | "oscal" | "junit", text: string) =>
      validate(format, [write(`bad.${format}`, text)]).map((each) => each.text);
    expect(wrong("ocsf", texts("ocsf").replace('"class_uid":2003', '"class_uid":2004'))).toEqual([
      expect.stringContaining("class_uid"),
    ]);
    expect(wrong("ocsf", texts("ocsf").replace('"status_id":3', '"status_id":7'))).toHaveLength(1);
    expect(wrong("oscal", texts("oscal").replace('"methods"', '"ways"'))).not.toEqual([]);
    expect(wrong("junit", texts("junit").replace(" classname=", " klass="))).not.toEqual([]);
  });
});
