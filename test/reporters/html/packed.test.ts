import { expect, test } from "vitest";
import { groupViews } from "../../../src/reporters/html/build-view.ts";
import { numberAt, pack, unpackGroup } from "../../../src/reporters/html/packed.ts";
import { textOf } from "../../../src/reporters/html/text-table.ts";
import { worlds } from "../../report/sample.ts";
import { fleet, large } from "../worlds.ts";

test.each([
  ...Object.entries(worlds),
  ["fleet", () => fleet(7, 2)] as const,
  ["large", () => large(500)] as const,
])("%s: what is packed is read again as it was", (_, world) => {
  const views = groupViews(world());
  const packed = pack(views);
  const through = JSON.parse(JSON.stringify(packed)) as typeof packed;
  expect(through.groups.map((group) => unpackGroup(group, through))).toEqual(views);
});

test("a value of a finding is found by its key", () => {
  const packed = pack(groupViews(worlds.drift()));
  const finding = packed.groups[0]?.[3]?.[3] ?? [];
  const number = numberAt(finding, "severity");
  expect(typeof number === "number" ? textOf(packed, number) : "").toBe("critical");
  expect(numberAt([], "waiver")).toBe(0);
});
