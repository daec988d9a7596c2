import { expect, test } from "vitest";
import { standingDrift } from "../../src/reporters/standing.ts";
import { SUBSCRIPTION, worlds } from "../report/sample.ts";

test("drift by target, the worst first; waived, unknown and notes are none", () => {
  const drift = standingDrift(worlds.drift()).get(`azure:${SUBSCRIPTION}`) ?? [];
  expect(drift.map(({ severity }) => severity)).toEqual([
    "critical",
    "high",
    "high",
    "medium",
    "low",
    "info",
  ]);
  expect(standingDrift(worlds.waived()).size).toBe(0);
  expect(standingDrift(worlds.partial()).size).toBe(0);
});

test("what an earlier report has and nobody looked at again stands, and says so", () => {
  const [first] = worlds.drift().findings;
  const built = { ...worlds.none(), unassessed: first === undefined ? [] : [first] };
  expect([...standingDrift(built).values()].flat().map(({ message }) => message)).toEqual([
    `(not looked at again) ${first?.message}`,
  ]);
});
