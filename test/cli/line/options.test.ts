import { describe, expect, test } from "vitest";
import { parseDuration } from "../../../src/cli/line/duration.ts";
import { commandNames, flags, flagsOf } from "../../../src/cli/line/flags.ts";
import { fromEnvironment, inOrder, keyOf, variableOf } from "../../../src/cli/line/options.ts";
import { assignments, choice, integer, on, one } from "../../../src/cli/line/settings.ts";
import { colorFor } from "../../../src/cli/line/shell.ts";

const values = (options: ReturnType<typeof fromEnvironment>) =>
  Object.fromEntries([...options].map(([name, given]) => [name, [...given.values]]));

describe("the table of options", () => {
  test("every command has options, no command has one twice", () => {
    for (const command of commandNames) {
      const names = flagsOf(command).map(({ name }) => name);
      expect(names.length, command).toBeGreaterThan(0);
      expect(names.length, command).toBe(new Set(names).size);
    }
  });

  test("report-and-cli.md: the options of scan are there", () => {
    expect(
      flagsOf("scan")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(
      [
        "cloud",
        "baseline",
        "profile-set",
        "set",
        "snapshot",
        "format",
        "fail-on",
        "waivers",
        "since",
        "config",
        "target",
        "timeout",
        "concurrency",
        "fail-on-new",
        "max-age",
        "fail-on-stale",
        "sarif-anchor",
        "sarif-suppressions",
        "allow-incomplete",
        "quiet",
        "verbose",
        "debug",
        "color",
        "no-color",
        "no-progress",
        "plugin",
        "subscription",
        "tenant",
        "principal",
        "azure-cloud",
        "azure-endpoint",
        "graph-endpoint",
        "role",
        "region",
        "profile",
        "assume-role",
        "external-id",
        "kubeconfig",
        "context",
        "namespace",
        "exec-plugins",
      ].sort(),
    );
  });

  test("names for the environment and the config file", () => {
    expect(variableOf({ name: "fail-on" })).toBe("CHALK_AUDIT_FAIL_ON");
    expect(keyOf({ name: "allow-incomplete" })).toBe("allowIncomplete");
    expect(new Set(flags.map(variableOf)).size).toBe(new Set(flags.map(({ name }) => name)).size);
  });
});

describe("the environment", () => {
  test("lists at commas or lines, switches, empty is not set, other commands' options are passed over", () => {
    const env = {
      CHALK_AUDIT_CLOUD: "azure, kubernetes",
      CHALK_AUDIT_SET: "resourceGroups=a,b\nprincipalId=x",
      CHALK_AUDIT_QUIET: "yes",
      CHALK_AUDIT_VERBOSE: "0",
      CHALK_AUDIT_TENANT: "",
      CHALK_AUDIT_SINCE: "old.json",
      OTHER: "1",
    };
    expect(values(fromEnvironment(env, "scan"))).toEqual({
      cloud: ["azure", "kubernetes"],
      set: ["resourceGroups=a,b", "principalId=x"],
      quiet: ["true"],
      verbose: ["false"],
      since: ["old.json"],
    });
    expect(values(fromEnvironment(env, "collect"))).toEqual({
      cloud: ["azure", "kubernetes"],
      set: ["resourceGroups=a,b", "principalId=x"],
      quiet: ["true"],
    });
  });

  test("a slip in a name, and a switch that is neither on nor off, are errors", () => {
    expect(() => fromEnvironment({ CHALK_AUDIT_FAIL_ONN: "high" }, "scan")).toThrow(
      'CHALK_AUDIT_FAIL_ONN: no such variable; did you mean "CHALK_AUDIT_FAIL_ON"?',
    );
    expect(() => fromEnvironment({ CHALK_AUDIT_DEBUG: "perhaps" }, "scan")).toThrow(
      'CHALK_AUDIT_DEBUG: expected 1 or 0, found "perhaps"',
    );
  });

  test("what belongs to one call is not read from the environment", () => {
    expect(() => fromEnvironment({ CHALK_AUDIT_OUTPUT: "x" }, "collect")).toThrow("no such variable");
  });
});

describe("precedence", () => {
  const given = (name: string, ...list: string[]) => new Map([[name, { values: list, from: "test" }]]);

  test("the first layer wins, whole", () => {
    const joined = inOrder(
      given("format", "json"),
      given("format", "table", "sarif"),
      given("cloud", "azure"),
    );
    expect(values(joined)).toEqual({ format: ["json"], cloud: ["azure"] });
  });

  test("--set is joined name by name, and the first layer's value wins", () => {
    const joined = inOrder(given("set", "a=1"), given("set", "a=2", "b=3"));
    expect(Object.fromEntries(assignments(joined))).toEqual({ a: "1", b: "3" });
  });

  test("one: the last value, else the default of the table, else nothing", () => {
    expect(one(given("fail-on", "low", "high"), "fail-on")).toBe("high");
    expect(one(new Map(), "fail-on")).toBe("low");
    expect(one(new Map(), "tenant")).toBeUndefined();
  });

  test("on: a switch, its inverse, neither", () => {
    expect(on(given("color", "true"), "color", "no-color")).toBe(true);
    expect(on(given("no-color", "true"), "color", "no-color")).toBe(false);
    expect(on(new Map(), "color", "no-color")).toBeUndefined();
  });

  test("values out of range name the place, the range and what was found", () => {
    const at = (name: string, value: string) => new Map([[name, { values: [value], from: `--${name}` }]]);
    expect(() => integer(at("concurrency", "0"), "concurrency", 1, 64)).toThrow(
      '--concurrency: expected a whole number from 1 to 64, found "0"',
    );
    expect(integer(at("concurrency", "64"), "concurrency", 1, 64)).toBe(64);
    for (const odd of ["65", "1.5", "-1", "", "1e1", "eight"]) {
      expect(() => integer(at("concurrency", odd), "concurrency", 1, 64), odd).toThrow(
        "expected a whole number",
      );
    }
    expect(() => choice(at("fail-on", "hihg"), "fail-on", ["critical", "high"])).toThrow(
      '--fail-on: expected critical or high, found "hihg"; did you mean "high"?',
    );
    expect(() => assignments(at("set", "=x"))).toThrow('--set: expected NAME=VALUE, found "=x"');
    expect(Object.fromEntries(assignments(at("set", "a=b=c")))).toEqual({ a: "b=c" });
  });
});

describe("durations", () => {
  test.each([
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["250ms", 250],
    ["24h", 86_400_000],
  ])("%s", (text, ms) => {
    expect(parseDuration(text, "--timeout")).toBe(ms);
  });
  test.each(["5", "m", "-5m", "1.5h", "5 m", "", "0s", "25h", "9999999999s"])("%j is refused", (text) => {
    expect(() => parseDuration(text, "--timeout")).toThrow(/^--timeout: expected a duration /);
  });
});

describe("colour: flag, NO_COLOR, FORCE_COLOR, terminal (fault 39)", () => {
  const tty = { isTTY: true };
  const pipe = { isTTY: false };
  test.each([
    [true, pipe, { NO_COLOR: "1" }, true],
    [false, tty, { FORCE_COLOR: "1" }, false],
    [undefined, tty, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [undefined, tty, { NO_COLOR: "" }, true],
    [undefined, pipe, { FORCE_COLOR: "1" }, true],
    [undefined, tty, { FORCE_COLOR: "0" }, false],
    [undefined, tty, { TERM: "dumb" }, false],
    [undefined, tty, {}, true],
    [undefined, pipe, {}, false],
  ] as const)("flag %s, %o, %o: %s", (flag, sink, env, expected) => {
    expect(colorFor(sink, env, flag)).toBe(expected);
  });
});
