import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { isInstalled, validate } from "../../scripts/sarif-validate.mjs";
import { renderIncompleteSarif, sarif } from "../../src/reporters/sarif.ts";
import { worlds } from "../report/sample.ts";
import { fleet, large, options } from "./worlds.ts";

const runs =
  process.platform === "linux" &&
  process.arch === "x64" &&
  (isInstalled() || process.env["CI"] !== undefined);
if (!runs)
  console.log("skipped: SARIF Multitool is not installed (node scripts/sarif-validate.mjs installs it)");

/**
 * Warnings that stand, each with its reason.
 */
const ACCEPTED: Readonly<Record<string, string>> = {};

describe.skipIf(!runs)("Microsoft's SARIF Multitool, with GitHub's rules", () => {
  const folder = mkdtempSync(join(tmpdir(), "sarif-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each<[string, () => string | undefined]>([
    ["empty", () => sarif.render(worlds.none(), options())],
    ["small", () => sarif.render(worlds.drift(), options())],
    ["30,000 findings", () => sarif.render(large(30_000), options())],
    ["incomplete", () => renderIncompleteSarif(worlds.partial())],
    ["nothing read", () => renderIncompleteSarif(worlds.nothing())],
    ["a fleet without its failed target", () => sarif.render(fleet(20, 3), options())],
    ["no text for any rule", () => sarif.render(worlds.drift(), options({ rules: [] }))],
  ])("finds no error and no unexplained warning: %s", { timeout: 120_000 }, (name, make) => {
    const text = make();
    expect(text).toBeDefined();
    const file = join(folder, `${name.replace(/\W+/g, "-")}.sarif`);
    writeFileSync(file, text ?? "");
    const found = validate([file]).filter((v) => v.level === "error" || v.level === "warning");
    expect(found.filter((v) => v.level === "error" || ACCEPTED[v.rule] === undefined)).toEqual([]);
  });

  test("the validator does see faults: a scheme in a URI, no rules, no results", () => {
    const good = JSON.parse(sarif.render(worlds.drift(), options()) ?? "") as {
      runs: Record<string, never>[];
    };
    const bad = JSON.parse(
      JSON.stringify(good).replaceAll('"baselines/acme-azure', '"https://x/baselines'),
    ) as typeof good;
    Reflect.deleteProperty((bad.runs[0] as unknown as { tool: { driver: object } }).tool.driver, "rules");
    const file = join(folder, "bad.sarif");
    writeFileSync(file, JSON.stringify(bad));
    expect(validate([file]).some((v) => v.level === "error")).toBe(true);
  });
});
