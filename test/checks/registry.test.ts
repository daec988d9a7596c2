import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { checkPage, driftTexts } from "../../src/checks/page.ts";
import { checks, ruleTexts } from "../../src/checks/registry.ts";

const FOLDERS = ["aws", "azure", "config", "inventory", "kubernetes", "network"];
const within = (root: string, extension: string) =>
  FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder)).map((file) => `${folder}/${file.slice(0, -extension.length)}`),
  ).sort();

/** Parameters by which what a check needs may differ. */
const every = {
  ...{ kind: "azure/resource", named: [], serviceAccount: "a/b" },
  workloads: [{ labels: [], file: { argument: "config", setting: "x" } }],
  charts: [{ chart: "x", version: "latest", addon: "x" }],
};
const SAMPLES = ["brokers", "auth", "reachability"].map((look) => ({ ...every, look }));

describe("checks", () => {
  it("are the same in the registry, the folders, the pages and the tests", () => {
    const ids = checks.map((c) => c.id).sort();
    expect(ids.length).toBeGreaterThan(6);
    expect(within("src/checks", ".ts")).toEqual(ids);
    expect(within("docs/checks", ".md")).toEqual(ids);
    expect(within("test/checks", ".test.ts")).toEqual(ids);
    expect(readdirSync("docs/checks").sort()).toEqual([...FOLDERS].sort());
  });

  it.each(checks.map((c) => [c.id, c] as const))(
    "%s: its page is up to date (npm run generate)",
    (id, check) => {
      expect(readFileSync(join("docs", "checks", `${id}.md`), "utf8")).toBe(checkPage(check));
    },
  );

  it.each(checks.map((c) => [c.id, c] as const))(
    "%s: parameters are closed, and texts are there",
    (_, check) => {
      expect(check.params).toMatchObject({ type: "object", additionalProperties: false });
      expect(new Ajv({ strict: true, strictTypes: false }).validateSchema(check.params)).toBe(true);
      expect(Object.keys(check.drifts).length).toBeGreaterThan(0);
      for (const [, words] of driftTexts(check)) {
        expect(words.short).toMatch(/^[A-Z].*\.$/);
        expect(words.help.length).toBeGreaterThan(words.short.length);
      }
      // What it tolerates is a part of what it asks for, else nothing would read it.
      const needs = new Set(SAMPLES.flatMap((params) => check.needs(params)));
      expect((check.tolerates ?? []).filter((kind) => !needs.has(kind))).toEqual([]);
    },
  );

  it("have a rule text for every drift, with an address of its own", () => {
    const texts = ruleTexts();
    expect(new Set(texts.map((t) => t.id)).size).toBe(texts.length);
    expect(texts.map((t) => t.id).sort()).toEqual(
      checks.flatMap((c) => [...Object.keys(c.drifts), "unreadable"].map((d) => `${c.id}/${d}`)).sort(),
    );
    for (const text of texts) {
      const [, page, anchor] = /\/blob\/main\/(docs\/checks\/.+\.md)#(.+)$/.exec(text.helpUri) ?? [];
      expect(existsSync(page ?? "")).toBe(true);
      expect(readFileSync(page ?? "", "utf8")).toContain(`\n### ${anchor}\n`);
    }
  });
});
