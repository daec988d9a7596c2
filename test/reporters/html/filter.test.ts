import { describe, expect, test } from "vitest";
import { groupViews } from "../../../src/reporters/html/build-view.ts";
import { type Choice, createFilter, rowsIn } from "../../../src/reporters/html/filter.ts";
import { type PackedGroup, pack, unpackGroup } from "../../../src/reporters/html/packed.ts";
import { worlds } from "../../report/sample.ts";
import { fleet, large } from "../worlds.ts";

const choice = (more: Partial<Choice> = {}): Choice => ({ facets: {}, search: "", sort: "worst", ...more });

function look(world: Parameters<typeof groupViews>[0]) {
  const packed = pack(groupViews(world));
  const filter = createFilter(packed);
  const views = (groups: readonly PackedGroup[]) => groups.map((group) => unpackGroup(group, packed));
  return { filter, views, all: packed.groups };
}

describe("the list narrowed", () => {
  test("nothing chosen: everything, as it was", () => {
    const { filter, all } = look(worlds.drift());
    expect(filter.chosen(choice())).toEqual(all);
  });

  test("values of a facet are either of them, facets are all of them", () => {
    const { filter, views } = look(large(100));
    const severities = (c: Choice) =>
      new Set(
        views(filter.chosen(c)).flatMap(({ rows }) =>
          rows.flatMap(({ findings }) => findings.map(({ severity, control }) => `${severity} ${control}`)),
        ),
      );
    expect(severities(choice({ facets: { severity: ["high", "low"] } })).size).toBe(4);
    expect([
      ...severities(choice({ facets: { severity: ["high"], control: ["acme-azure/platform-role"] } })),
    ]).toEqual(["high acme-azure/platform-role"]);
    expect(severities(choice({ facets: { severity: ["none such"] } })).size).toBe(0);
  });

  test("of a group only what was chosen is left", () => {
    const { filter, views } = look(large(100));
    const found = filter.chosen(choice({ search: "rg-data-platform-westeurope-000010" }));
    expect(rowsIn(found)).toBe(1);
    expect(views(found)[0]?.rows[0]?.findings[0]?.name).toBe("rg-data-platform-westeurope-000010");
  });

  test("every word must be found, in whatever case and wherever; names that were told apart are found too", () => {
    const { filter } = look(worlds.drift());
    const count = (search: string) => rowsIn(filter.chosen(choice({ search })));
    expect(count("MICROSOFT.SQL")).toBe(1);
    expect(count("sql  platform-role")).toBe(1);
    expect(count("sql owner")).toBe(0);
    const { filter: other } = look(large(50));
    expect(rowsIn(other.chosen(choice({ search: "000010 is not on the list" })))).toBe(1);
  });

  test("how many have each value, in the values' own order", () => {
    const { filter } = look(worlds.drift());
    expect([...filter.counts("severity")]).toEqual([
      ["critical", 1],
      ["high", 1],
      ["medium", 1],
      ["low", 1],
      ["info", 1],
    ]);
    expect([...filter.counts("state")]).toEqual([]);
    // a difference under two controls counts for each
    expect(filter.counts("control").get("acme-azure/platform-role")).toBe(3);
  });

  test.each(["control", "target", "resource"] as const)("sorted by %s", (sort) => {
    const { filter, views } = look(fleet(5));
    const key = ({ rows }: ReturnType<typeof views>[number]) =>
      rows[0]?.findings[0]?.[sort === "resource" ? "name" : sort] ?? "";
    const keys = views(filter.chosen(choice({ sort }))).map(key);
    expect(keys).toEqual([...keys].sort());
    expect(keys.length).toBeGreaterThan(2);
  });

  test("sorted by size", () => {
    const { filter } = look(large(60));
    const sizes = filter.chosen(choice({ sort: "size" })).map((group) => group.length);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes[0]).toBeGreaterThan(sizes.at(-1) ?? 0);
  });
});
