import { describe, expect, it } from "vitest";
import { setting as check } from "../../../src/checks/config/setting.ts";
import { resource } from "../../servers/azure-state.ts";
import { control, factsIn, run } from "../world.ts";

const cluster = (name: string, properties: unknown) => resource("Some/clusters", "rg1", name, { properties });
const look = (clusters: readonly ReturnType<typeof cluster>[], params: object) =>
  run(
    check,
    factsIn({ managedClusters: clusters }),
    control("setting", check.id, { kind: "azure/managed-cluster", ...params }),
  );
const drifts = (properties: unknown, params: object) =>
  look([cluster("a", properties)], params).flatMap((o) =>
    o.kind === "drift" ? [[o.property, o.actual, o.expected]] : [],
  );

const RBAC = { path: "properties.enableRBAC", is: true };

describe("config/setting", () => {
  const rows: readonly (readonly [string, unknown, object, readonly unknown[]])[] = [
    ["is: the value", { enableRBAC: true }, RBAC, []],
    ["is: another", { enableRBAC: false }, RBAC, [["properties.enableRBAC", false, "true"]]],
    ["is: a text for a boolean", { enableRBAC: "true" }, RBAC, [["properties.enableRBAC", "true", "true"]]],
    ["is: absent", {}, RBAC, [["properties.enableRBAC", null, "true"]]],
    ["is: nothing above it", null, RBAC, [["properties.enableRBAC", null, "true"]]],
    ["is: any case of the name", { EnableRbac: true }, RBAC, []],
    ["is null: null", { x: null }, { path: "properties.x", is: null }, []],
    ["orAbsent: absent", {}, { ...RBAC, orAbsent: true }, []],
    [
      "orAbsent: another",
      { enableRBAC: 1 },
      { ...RBAC, orAbsent: true },
      [["properties.enableRBAC", 1, "true"]],
    ],
    ["oneOf: one of them", { tier: "b" }, { path: "properties.tier", oneOf: ["a", "b"] }, []],
    [
      "oneOf: none of them",
      { tier: "c" },
      { path: "properties.tier", oneOf: ["a", "b"] },
      [["properties.tier", "c", 'one of "a", "b"']],
    ],
    ["atLeast: the least", { n: 3 }, { path: "properties.n", atLeast: 3 }, []],
    ["atLeast: less", { n: 2 }, { path: "properties.n", atLeast: 3 }, [["properties.n", 2, "at least 3"]]],
    [
      "atLeast: a text is no number",
      { n: "7" },
      { path: "properties.n", atLeast: 3 },
      [["properties.n", "7", "at least 3"]],
    ],
    ["atMost: more", { n: 5 }, { path: "properties.n", atMost: 4 }, [["properties.n", 5, "at most 4"]]],
    ["a range", { n: 4 }, { path: "properties.n", atLeast: 3, atMost: 4 }, []],
    [
      "a range, out of it",
      { n: 9 },
      { path: "properties.n", atLeast: 3, atMost: 4 },
      [["properties.n", 9, "at least 3 and at most 4"]],
    ],
    ["matches", { v: "TLS1_2" }, { path: "properties.v", matches: "^TLS1_[23]$" }, []],
    [
      "matches: not",
      { v: "TLS1_0" },
      { path: "properties.v", matches: "^TLS1_[23]$" },
      [["properties.v", "TLS1_0", "a text like ^TLS1_[23]$"]],
    ],
    [
      "matches: a number is no text",
      { v: 1 },
      { path: "properties.v", matches: "1" },
      [["properties.v", 1, "a text like 1"]],
    ],
    ["an item of a list", { pools: [{ n: 1 }] }, { path: "properties.pools.0.n", is: 1 }, []],
    ["every item", { pools: [{ n: 1 }, { n: 1 }] }, { path: "properties.pools.*.n", is: 1 }, []],
    [
      "one item of several",
      { pools: [{ n: 1 }, { n: 2 }, {}] },
      { path: "properties.pools.*.n", is: 1 },
      [
        ["properties.pools.1.n", 2, "1"],
        ["properties.pools.2.n", null, "1"],
      ],
    ],
    [
      "no item",
      { pools: [] },
      { path: "properties.pools.*.n", is: 1 },
      [["properties.pools.*.n", null, "1"]],
    ],
    [
      "an own property only",
      {},
      { path: "properties.constructor.name", is: "Object" },
      [["properties.constructor.name", null, '"Object"']],
    ],
  ];
  it.each(rows)("%s", (_, properties, params, expected) => {
    expect(drifts(properties, params)).toEqual(expected);
  });

  it("names each resource, with what to do", () => {
    const found = look([cluster("a", {}), cluster("b", { enableRBAC: true })], {
      ...RBAC,
      verify: "az aks list",
      remediation: { text: "mend it" },
    });
    expect(found).toMatchObject([
      {
        kind: "drift",
        drift: "changed",
        resource: { name: "a" },
        message: "managed cluster a: properties.enableRBAC must be true, found nothing",
        at: "/path",
        verify: "az aks list",
        remediation: { text: "mend it", commands: [] },
      },
      { kind: "assessed", count: 2, what: "managed clusters" },
    ]);
  });

  it("fault 40: no resource of the kind is unknown", () => {
    expect(look([], RBAC)).toMatchObject([{ kind: "unknown" }]);
  });

  it("refuses a pattern that is none, or that takes for ever", () => {
    expect(() => drifts({ v: "x" }, { path: "properties.v", matches: "(" })).toThrow(
      /^matches: "\(" is no regular/,
    );
    expect(() => drifts({ v: "x" }, { path: "properties.v", matches: "(a+)+$" })).toThrow(/repeats a group/);
  });
});
