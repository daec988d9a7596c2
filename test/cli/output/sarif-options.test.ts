import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GivenOptions } from "../../../src/cli/line/options.ts";
import { sarifOptionsOf } from "../../../src/cli/output/sarif-options.ts";

const BUNDLED = "baselines/acme-azure/2026-11-20.yaml";
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "anchor-"));
  mkdirSync(join(folder, ".git"));
  mkdirSync(join(folder, "ops"));
  writeFileSync(join(folder, "ops", "mine.yaml"), "");
  writeFileSync(join(folder, "chalk-audit.yaml"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const given = (more: Record<string, string>): GivenOptions =>
  new Map(Object.entries(more).map(([name, value]) => [name, { values: [value], from: `--${name}` }]));
const nothing = { options: new Map(), targets: new Map() } as const;
const config = () => ({ ...nothing, file: join(folder, "chalk-audit.yaml") });

describe("--sarif-anchor and --sarif-suppressions", () => {
  test("the file that is named, else the config file, for what the repository does not have", () => {
    const named = sarifOptionsOf(given({ "sarif-anchor": "ops/mine.yaml" }), config(), folder);
    expect([named.anchorOf?.(BUNDLED), named.anchorOf?.("ops/mine.yaml")]).toEqual([
      "ops/mine.yaml",
      undefined,
    ]);
    expect(sarifOptionsOf(given({}), config(), folder).anchorOf?.(BUNDLED)).toBe("chalk-audit.yaml");
    // code scanning reads paths from the root of the repository
    const below = sarifOptionsOf(given({ "sarif-anchor": "mine.yaml" }), nothing, join(folder, "ops"));
    expect(below.anchorOf?.(BUNDLED)).toBe("ops/mine.yaml");
  });

  test("without either, and with a config file from elsewhere, files are named as they are", () => {
    expect(sarifOptionsOf(given({}), nothing, folder)).toEqual({ suppressions: false });
    const away = { ...nothing, file: join(tmpdir(), "chalk-audit.yaml") };
    expect(sarifOptionsOf(given({ "sarif-suppressions": "true" }), away, folder)).toEqual({
      suppressions: true,
    });
  });

  test("what is not there, no file, or outside is refused", () => {
    symlinkSync("/etc/hostname", join(folder, "link.yaml"));
    for (const [path, why] of [
      ["ops/none.yaml", "there is no file"],
      ["ops", "there is no file"],
      ["../elsewhere.yaml", "outside the repository"],
      [".git/config", "inside .git"],
      ["link.yaml", "a link to what is outside"],
    ] as const) {
      expect(() => sarifOptionsOf(given({ "sarif-anchor": path }), nothing, folder)).toThrow(why);
    }
  });
});
