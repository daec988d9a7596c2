import { describe, expect, it } from "vitest";
import { resourceState as check } from "../../../src/checks/config/resource-state.ts";
import { resource } from "../../servers/azure-state.ts";
import { brief, control, factsIn, run } from "../world.ts";

const requirement = (name: string, value: unknown, more: object = {}) => ({
  property: `properties.${name}`,
  expected: JSON.stringify(value),
  message: `${name} is wrong`,
  schema: {
    type: "object",
    required: ["properties"],
    properties: {
      properties: { type: "object", required: [name], properties: { [name]: { const: value } } },
    },
  },
  ...more,
});
const remediation = { text: "mend it" };
const REQUIRE = [
  requirement("enableRBAC", true, { verify: "az aks list", remediation }),
  requirement("tier", "paid"),
];

const cluster = (name: string, properties: unknown) => resource("Some/clusters", "rg1", name, { properties });
const look = (managedClusters: readonly ReturnType<typeof cluster>[], require: readonly object[] = REQUIRE) =>
  run(
    check,
    factsIn({ managedClusters }),
    control("state", check.id, { kind: "azure/managed-cluster", what: "cluster", require }),
  );

/** As a baseline's file gives it. */
const IF_ON = JSON.parse('{ "if": { "required": ["on"] }, "then": false }') as object;

describe("config/resource-state", () => {
  const rows: readonly (readonly [string, unknown, readonly (readonly [string, unknown])[]])[] = [
    ["as required", { enableRBAC: true, tier: "paid" }, []],
    ["one wrong", { enableRBAC: false, tier: "paid" }, [["properties.enableRBAC", false]]],
    ["a text for a boolean", { enableRBAC: "true", tier: "paid" }, [["properties.enableRBAC", "true"]]],
    ["null", { enableRBAC: null, tier: "paid" }, [["properties.enableRBAC", null]]],
    ["absent", { tier: "paid" }, [["properties.enableRBAC", null]]],
    [
      "no properties",
      null,
      [
        ["properties.enableRBAC", null],
        ["properties.tier", null],
      ],
    ],
  ];
  it.each(rows)("%s", (_, properties, expected) => {
    const found = look([cluster("aks", properties)]);
    expect(found.flatMap((o) => (o.kind === "drift" ? [[o.property, o.actual]] : []))).toEqual(expected);
    expect(found.at(-1)).toEqual({ kind: "assessed", count: 1, what: "clusters" });
  });

  it.each<[unknown, boolean]>([
    [["a"], true],
    [["a", "b"], false],
    [[], false],
    [null, false],
    ["a", false],
    [{ length: 1 }, false],
  ])("a schema of items means a list: %j", (tier, ok) => {
    const schema = {
      properties: { properties: { properties: { tier: { minItems: 1, items: { const: "a" } } } } },
    };
    expect(look([cluster("a", { tier })], [requirement("tier", "a", { schema })]).length).toBe(ok ? 1 : 2);
  });

  it.each<[unknown, boolean]>([
    [{ on: true }, true],
    [{}, true],
    [null, false],
    ["on", false],
    [["on"], false],
  ])("a schema of members means an object, inside others too: %j", (tier, ok) => {
    const inner = { anyOf: [{ properties: { on: { const: true } } }] };
    const schema = { properties: { properties: { required: ["tier"], properties: { tier: inner } } } };
    expect(look([cluster("a", { tier })], [requirement("tier", "a", { schema })]).length).toBe(ok ? 1 : 2);
  });

  it.each<[object, unknown, boolean]>([
    [{ not: { properties: { on: { const: true } } } }, { on: false }, true],
    [{ not: { properties: { on: { const: true } } } }, null, false],
    [IF_ON, { off: 1 }, true],
    [IF_ON, null, false],
  ])("what a schema excludes is no narrower by that: %j of %j", (inner, tier, ok) => {
    const schema = { properties: { properties: { required: ["tier"], properties: { tier: inner } } } };
    expect(look([cluster("a", { tier })], [requirement("tier", "a", { schema })]).length).toBe(ok ? 1 : 2);
  });

  it("gives one finding for each resource and requirement, with what to do", () => {
    const found = look([cluster("a", {}), cluster("b", { tier: "paid" })]);
    expect(found.map((o) => (o.kind === "drift" ? [o.resource.name, o.property, o.at] : brief(o)))).toEqual([
      ["a", "properties.enableRBAC", "/require/0"],
      ["b", "properties.enableRBAC", "/require/0"],
      ["a", "properties.tier", "/require/1"],
      "assessed 2 clusters",
    ]);
    expect(found[0]).toMatchObject({ verify: "az aks list", remediation: { text: "mend it", commands: [] } });
  });

  it("fault 40: no resource of the kind is unknown, and the target is not complete", () => {
    expect(look([])).toMatchObject([{ kind: "unknown" }]);
    expect(look([])[0]).not.toHaveProperty("empty");
  });

  it("refuses a schema that is none, naming the requirement", () => {
    expect(() => look([cluster("a", {})], [{ ...REQUIRE[1], schema: { type: "nonsense" } }])).toThrow(
      /^the JSON Schema for properties\.tier cannot be used: /,
    );
  });
});
