import { describe, expect, it } from "vitest";
import { bundled } from "../../src/cli/job/plugins.ts";
import { withPlugin } from "../../src/plugins/validate.ts";
import { contextOf, control, factsIn } from "../checks/world.ts";
import { report } from "../report/sample.ts";

const check = (more: object = {}) => ({
  id: "acme/own",
  cloud: "azure",
  title: "Own",
  help: "Own.",
  params: { type: "object", additionalProperties: false, properties: {} },
  needs: () => ["azure/resource-group"],
  drifts: { changed: { short: "It changed.", help: "It changed, and that is all." } },
  run: () => [],
  ...more,
});
const reporter = (more: object = {}) => ({
  format: "own",
  title: "own",
  extension: "txt",
  render: () => "text",
  ...more,
});
const collector = (more: object = {}) => ({
  kind: "azure/x-own",
  title: "own things",
  purpose: "to see",
  calls: [{ path: "/own", apiVersion: "1", permission: "Own/read" }],
  read: async () => [],
  ...more,
});
const taken = (exported: object) => withPlugin(bundled, { name: "acme", ...exported }, "acme.mjs");
const told = (exported: object): string => {
  try {
    taken(exported);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "taken";
};

describe("a plugin", () => {
  it("is taken in beside what is bundled, by names or as its default", () => {
    const parts = { checks: [check()], reporters: [reporter()], collectors: [collector()] };
    for (const exported of [parts, { default: { name: "acme", ...parts }, name: undefined }]) {
      const found = taken(exported);
      expect(found.plugins).toEqual(["acme"]);
      expect(found.checks.map(({ id }) => id)).toEqual([...bundled.checks.map(({ id }) => id), "acme/own"]);
      expect(found.reporters.at(-1)?.format).toBe("own");
      expect(found.kinds.map(({ kind, plugin }) => [kind, plugin])).toEqual([["azure/x-own", "acme"]]);
    }
  });

  const lies: readonly (readonly [string, object, RegExp])[] = [
    [
      "no name",
      { name: undefined, checks: [check()] },
      /^PluginError: plugin acme\.mjs: expected it to export name/,
    ],
    ["nothing", {}, /: adds nothing/],
    [
      "a part that is none",
      { chekcs: [] },
      /exports chekcs, which is no part of a plugin; did you mean "checks"\?/,
    ],
    ["no list", { checks: {} }, /checks: expected a list/],
    [
      "an id that exists",
      { checks: [check({ id: "azure/role-definition" })] },
      /plugin acme: check azure\/role-definition: a check of that id exists/,
    ],
    ["an id twice", { checks: [check(), check()] }, /check acme\/own: stands twice/],
    ["an id that is none", { checks: [check({ id: "own" })] }, /a check's id is area\/name/],
    [
      "a cloud that is none",
      { checks: [check({ cloud: "gcp" })] },
      /check acme\/own: cloud: expected azure, aws/,
    ],
    ["no function", { checks: [check({ run: "x" })] }, /check acme\/own: run: expected a function/],
    [
      "a schema that is open",
      { checks: [check({ params: { type: "object" } })] },
      /params: expected a JSON Schema/,
    ],
    [
      "a schema that is none",
      {
        checks: [
          check({
            params: { type: "object", additionalProperties: false, properties: { a: { type: "nonsense" } } },
          }),
        ],
      },
      /check acme\/own: params is no JSON Schema/,
    ],
    [
      "a drift that is none",
      { checks: [check({ drifts: { exces: { short: "x", help: "y" } } })] },
      /exces is no drift; did you mean "excess"\?/,
    ],
    [
      "no texts",
      { checks: [check({ drifts: { changed: {} } })] },
      /drifts: changed: expected \{ short, help \}/,
    ],
    [
      "a format that exists",
      { reporters: [reporter({ format: "sarif" })] },
      /reporter sarif: a reporter of that format exists/,
    ],
    [
      "a kind of ours",
      { collectors: [collector({ kind: "azure/vault" })] },
      /a collector's kind is provider\/x-name/,
    ],
    ["AWS", { collectors: [collector({ kind: "aws/x-own" })] }, /plugins collect from azure and kubernetes/],
    [
      "no version",
      { collectors: [collector({ calls: [{ path: "/own", permission: "x" }] })] },
      /\/own: expected its apiVersion/,
    ],
    [
      "a path with a query",
      { collectors: [collector({ calls: [{ path: "/own?x", apiVersion: "1", permission: "x" }] })] },
      /calls: expected \{ path/,
    ],
  ];
  it.each(lies)("is refused by name: %s", (_, exported, expected) => {
    expect(told(exported)).toMatch(expected);
  });

  it("is refused where another of its name is loaded", () => {
    const one = taken({ checks: [check()] });
    expect(() => withPlugin(one, { name: "acme", reporters: [reporter()] }, "b.mjs")).toThrow(
      /loaded already/,
    );
  });

  const facts = factsIn({});
  const run = (more: object) => {
    const own = taken({ checks: [check(more)] }).checks.at(-1);
    const resolved = control("own", "acme/own", {});
    return [...(own?.run(facts, {}, contextOf(resolved)) ?? [])];
  };
  const seen = { resource: { type: "t", id: "i", name: "n" }, message: "m", property: "p" };

  const deeds: readonly (readonly [string, object, RegExp])[] = [
    [
      "throws",
      {
        run: () => {
          throw new Error("boom \u001b[2J");
        },
      },
      /^plugin acme: check acme\/own: run threw: boom \\u\{1b\}\[2J$/,
    ],
    [
      "throws later",
      {
        *run() {
          yield { kind: "assessed", count: 1, what: "x" };
          throw new Error("boom");
        },
      },
      /run threw: boom/,
    ],
    ["gives nothing", { run: () => undefined }, /run gave undefined, expected observations/],
    ["gives no observation", { run: () => ["pass"] }, /run gave "pass", expected an observation/],
    ["gives another kind", { run: () => [{ ...seen, kind: "pass" }] }, /of kind "pass"/],
    [
      "gives a drift that it did not declare",
      { run: () => [{ ...seen, kind: "drift", drift: "excess" }] },
      /the drift "excess", which is none/,
    ],
    [
      "gives no resource",
      { run: () => [{ ...seen, kind: "unknown", resource: {} }] },
      /whose resource is \{\}/,
    ],
    [
      "gives a severity that is none",
      { run: () => [{ ...seen, kind: "drift", drift: "changed", severity: "fatal" }] },
      /the severity "fatal"/,
    ],
    [
      "counts backwards",
      { run: () => [{ kind: "assessed", count: -1, what: "x" }] },
      /expected \{ kind: "assessed", count, what \}/,
    ],
  ];
  it.each(deeds)("is named when its check %s", (_, more, expected) => {
    expect(() => run(more)).toThrow(expected);
  });

  it("has its observations passed on as they are", () => {
    const all = [
      { ...seen, kind: "drift", drift: "changed" },
      { kind: "assessed", count: 1, what: "things" },
    ];
    expect(run({ run: () => all })).toEqual(all);
  });

  it("is named when its needs or its reporter lie", () => {
    const own = taken({ checks: [check({ needs: () => "azure/vault" })] }).checks.at(-1);
    expect(() => own?.needs({})).toThrow(/plugin acme: check acme\/own: needs gave "azure\/vault"/);
    const options = { width: 80, color: false, verbose: false, exitCode: 0, rules: [] };
    const render = (more: object) =>
      taken({ reporters: [reporter(more)] })
        .reporters.at(-1)
        ?.render(report({}), options);
    expect(render({})).toBe("text");
    expect(() => render({ render: () => 7 })).toThrow(
      /plugin acme: reporter own: render gave 7, expected text/,
    );
    expect(() =>
      render({
        render: () => {
          throw new Error("boom");
        },
      }),
    ).toThrow(/plugin acme: reporter own: render threw: boom/);
  });

  it("a reporter has files beside its own, and says what it left out", () => {
    const options = { width: 80, color: false, verbose: false, exitCode: 0, rules: [] };
    const beside = (render: () => unknown) => [{ name: "rest", holds: "the rest", none: "no rest", render }];
    const found = (more: object) => taken({ reporters: [reporter(more)] }).reporters.at(-1);
    const own = found({ nothing: "all is in order", beside: beside(() => "more"), leftOut: () => ["half"] });
    expect(own?.nothing).toBe("all is in order");
    expect(own?.beside?.map(({ name, render }) => [name, render(report({}), options)])).toEqual([
      ["rest", "more"],
    ]);
    expect(own?.leftOut?.(report({}), options)).toEqual(["half"]);
    expect(() =>
      found({ beside: beside(() => 7) })?.beside?.map(({ render }) => render(report({}), options)),
    ).toThrow(/plugin acme: reporter own: render of rest gave 7, expected text/);
    // what nobody looked at is not written
    const unseen = beside(() => "more").map((file) => ({ ...file, pieces: () => [7] }));
    expect(found({ beside: unseen, pieces: () => [7] })).not.toHaveProperty("pieces");
    expect(found({ beside: unseen })?.beside?.[0]).not.toHaveProperty("pieces");
    expect(() => found({ leftOut: () => "half" })?.leftOut?.(report({}), options)).toThrow(
      /plugin acme: reporter own: leftOut gave "half", expected lines of text/,
    );
    for (const [more, what] of [
      [{ nothing: 1 }, /nothing: expected text, found 1/],
      [{ leftOut: [] }, /leftOut: expected a function/],
      // its name becomes a part of a path
      [{ beside: [{ ...beside(() => "")[0], name: "../x" }] }, /beside: expected files, each with name/],
    ] as const)
      expect(told({ reporters: [reporter(more)] })).toMatch(what);
  });
});
