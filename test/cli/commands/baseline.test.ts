import { describe, expect, test } from "vitest";
import { listBundled } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import { ran } from "../shell.ts";

describe("baseline and check", () => {
  test("baseline list: every bundled one, as text and as JSON", async () => {
    const bundled = listBundled().map(({ id, version: of }) => `${id}@${of}`);
    expect(bundled.length).toBeGreaterThan(1);
    const text = await ran(["baseline", "list"]);
    expect(
      text.stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(bundled);
    const json = JSON.parse((await ran(["baseline", "list", "--format", "json"])).stdout) as {
      id: string;
      version: string;
    }[];
    expect(json.map((each) => `${each.id}@${each.version}`)).toEqual(bundled);
  });

  test("baseline show: every control with its section, every parameter, every erratum", async () => {
    const { stdout } = await ran(["baseline", "show", "chalk-azure"]);
    const json = JSON.parse((await ran(["baseline", "show", "chalk-azure", "--format", "json"])).stdout) as {
      controls: { id: string; cite: { section: string } }[];
      parameters: Record<string, unknown>;
      errata: { text: string }[];
    };
    expect(json.controls.length).toBeGreaterThan(10);
    for (const { id, cite } of json.controls) {
      expect(stdout).toContain(`\n  ${id} (`);
      expect(stdout).toContain(`Page: "${cite.section}"`);
    }
    for (const name of Object.keys(json.parameters)) expect(stdout).toContain(`\n  ${name} `);
    for (const { text } of json.errata) expect(stdout).toContain(text.trim());
  });

  test("check list and explain: every check has a page, also by the id of a rule", async () => {
    const list = await ran(["check", "list"]);
    expect(
      list.stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(checks.map(({ id }) => id));
    for (const check of checks) {
      const page = await ran(["check", "explain", check.id]);
      expect(page.stdout.startsWith(`# ${check.id}\n`)).toBe(true);
      const [drift] = Object.keys(check.drifts);
      expect(await ran(["check", "explain", `${check.id}/${drift}`])).toEqual(page);
    }
  });
});
