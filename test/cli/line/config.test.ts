import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findConfig, parseConfig } from "../../../src/cli/line/config.ts";

describe("finding chalk-audit.yaml", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "chalk-audit-config-"));
    mkdirSync(join(root, "repo/.git"), { recursive: true });
    mkdirSync(join(root, "repo/a/b"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const put = (folder: string) => writeFileSync(join(root, folder, "chalk-audit.yaml"), "");

  test("the nearest one, up to the git root", () => {
    put("repo");
    expect(findConfig(join(root, "repo/a/b"))).toBe(join(root, "repo/chalk-audit.yaml"));
    put("repo/a");
    expect(findConfig(join(root, "repo/a/b"))).toBe(join(root, "repo/a/chalk-audit.yaml"));
  });

  test("not above the git root, and outside a repository only the working directory", () => {
    put(".");
    expect(findConfig(join(root, "repo/a/b"))).toBeUndefined();
    mkdirSync(join(root, "plain"));
    expect(findConfig(join(root, "plain"))).toBeUndefined();
    expect(findConfig(root)).toBe(join(root, "chalk-audit.yaml"));
  });
});

describe("reading it", () => {
  const read = (text: string) => {
    const { options, targets } = parseConfig(text, "/repo/chalk-audit.yaml", "chalk-audit.yaml");
    const plain = (map: typeof options) =>
      Object.fromEntries(
        [...map].map(([name, { values, from, base }]) => [name, { values: [...values], from, base }]),
      );
    return {
      options: plain(options),
      targets: Object.fromEntries([...targets].map(([name, own]) => [name, plain(own)])),
    };
  };

  test("values, lists, parameters, switches and targets, each with its place", () => {
    const base = "/repo";
    expect(
      read(
        [
          "cloud: azure",
          "format: [table, sarif=out/a.sarif]",
          "failOn: high",
          "concurrency: 4",
          "quiet: true",
          "set:",
          "  resourceGroups: [rg-a, rg-b]",
          "  principalId: 0123",
          "targets:",
          "  prod: { subscription: aaaa, snapshot: state.json }",
        ].join("\n"),
      ),
    ).toEqual({
      options: {
        cloud: { values: ["azure"], from: "chalk-audit.yaml:1:8: cloud", base },
        format: { values: ["table", "sarif=out/a.sarif"], from: "chalk-audit.yaml:2:9: format", base },
        "fail-on": { values: ["high"], from: "chalk-audit.yaml:3:9: failOn", base },
        concurrency: { values: ["4"], from: "chalk-audit.yaml:4:14: concurrency", base },
        quiet: { values: ["true"], from: "chalk-audit.yaml:5:8: quiet", base },
        set: {
          values: ["resourceGroups=rg-a,rg-b", "principalId=0123"],
          from: "chalk-audit.yaml:7:3: set",
          base,
        },
      },
      targets: {
        prod: {
          subscription: { values: ["aaaa"], from: "chalk-audit.yaml:10:25: targets.prod.subscription", base },
          snapshot: { values: ["state.json"], from: "chalk-audit.yaml:10:41: targets.prod.snapshot", base },
        },
      },
    });
  });

  test("an empty file says nothing", () => {
    expect(read("")).toEqual({ options: {}, targets: {} });
    expect(read("# only a comment\n")).toEqual({ options: {}, targets: {} });
  });

  test.each([
    ["falOn: high", 'chalk-audit.yaml:1:1: falOn: unknown key; did you mean "failOn"?'],
    ["fail-on: high", 'chalk-audit.yaml:1:1: fail-on: unknown key; did you mean "failOn"?'],
    ["config: x", "chalk-audit.yaml:1:1: config: unknown key"],
    ["plugin: ./x.mjs", "chalk-audit.yaml:1:1: plugin: unknown key"],
    ["plugin: ./x.mjs", "chalk-audit.yaml:1:1: plugin: unknown key"],
    ["- azure", "chalk-audit.yaml:1:1: expected a mapping of options, found a list"],
    ["quiet: yes please", 'chalk-audit.yaml:1:8: quiet: expected true or false, found text "yes please"'],
    ["tenant: [a]", "chalk-audit.yaml:1:9: tenant: expected one value, found a list"],
    ["tenant: { a: 1 }", "chalk-audit.yaml:1:9: tenant: expected text, found a mapping"],
    ["tenant:", "chalk-audit.yaml:1:8: tenant: expected text, found nothing"],
    ["set: a=b", 'chalk-audit.yaml:1:6: set: expected a mapping of parameters, found text "a=b"'],
    ["set: { a: { b: c } }", "chalk-audit.yaml:1:6: set: a: expected text or a list of texts"],
    ["targets: [a]", "chalk-audit.yaml:1:10: targets: expected a mapping of names, found a list"],
    ["targets: { a: b }", 'chalk-audit.yaml:1:15: targets.a: expected a mapping, found text "b"'],
    ["targets:\n  a: { format: json }", "chalk-audit.yaml:2:8: targets.a.format: unknown key"],
    [
      "targets:\n  a: { tennant: x }",
      'chalk-audit.yaml:2:8: targets.a.tennant: unknown key; did you mean "tenant"?',
    ],
    ["a: 1\ntenant: x", "chalk-audit.yaml:1:1: a: unknown key"],
    ["tenant: x\ntenant: y", "chalk-audit.yaml:2:1: map keys must be unique"],
    ["tenant: *a", "chalk-audit.yaml:1:9: tenant: expected text, found an alias"],
    ["__proto__: { tenant: x }", "chalk-audit.yaml:1:1: __proto__: unknown key"],
  ])("%j", (text, message) => {
    let found = "";
    try {
      read(text);
    } catch (error) {
      found = (error as Error).message;
    }
    expect(found).toBe(message);
    expect(({} as Record<string, unknown>)["tenant"]).toBeUndefined();
  });

  test("every problem is listed, a line each", () => {
    expect(() => read("clod: azure\nquiet: 1\n")).toThrow(
      'chalk-audit.yaml:1:1: clod: unknown key; did you mean "cloud"?\nchalk-audit.yaml:2:8: quiet: expected true or false, found number 1',
    );
  });

  test("malformed YAML: line and column", () => {
    expect(() => read("cloud: [azure\nformat: json\n")).toThrow(/^chalk-audit\.yaml:2:\d+: /);
  });

  test.each([
    ["brackets", `set: ${"[".repeat(100_000)}`, "chalk-audit.yaml:1:22: nested more than 16 levels deep"],
    ["dashes", `set:\n  ${"- ".repeat(100_000)}`, "chalk-audit.yaml:2:35: nested more than 16 levels deep"],
    [
      "size",
      `# ${"x".repeat(1_000_000)}`,
      "chalk-audit.yaml:1:1: expected at most 1000000 bytes, found 1000002",
    ],
    ["a tag", "tenant: !!binary Li4=", /^chalk-audit\.yaml:1:9: unresolved tag: /i],
  ])("fault 30: %s", (_, yaml, problem) => {
    expect(() => parseConfig(yaml, "/r/chalk-audit.yaml", "chalk-audit.yaml")).toThrow(problem);
  });

  test("fault 30: many keys take no time that grows with their square", () => {
    const yaml = Array.from({ length: 40_000 }, (_, i) => `k${i}:`).join("\n");
    const before = performance.now();
    expect(() => parseConfig(yaml, "/r/chalk-audit.yaml", "chalk-audit.yaml")).toThrow(
      "and 39980 more problems",
    );
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test("fault 30: an alias bomb is never unfolded", () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? "x" : `*a${i - 1}, *a${i - 1}`}]`,
    );
    expect(() => read(levels.join("\n"))).toThrow("unknown key");
  });
});
