import { expect, test } from "vitest";
import { Tally } from "../../src/usage/usage.ts";

test("memory is bounded: what finds no room is counted", () => {
  const tally = new Tally(2);
  for (const name of ["a", "b", "c", "a"])
    tally.add({
      at: `2026-11-0${name.charCodeAt(0) - 96}T00:00:00.000Z`,
      who: name,
      event: name,
      actions: [],
      resources: [],
      refused: false,
    });
  expect(tally.groups().map(({ event, count }) => [event, count])).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect(tally.lost).toBe(1);
});
