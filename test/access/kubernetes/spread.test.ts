import { expect, it, vi } from "vitest";
import type { GrantCells } from "../../../src/access/kubernetes/cells.ts";
import { comparePolicies } from "../../../src/access/provider.ts";

/** How many cells each side was spread into. */
const spread: number[] = [];
vi.mock("../../../src/access/kubernetes/cells.ts", async (original) => {
  const real = await original<typeof import("../../../src/access/kubernetes/cells.ts")>();
  return {
    ...real,
    cellsOf: (...args: Parameters<typeof real.cellsOf>): GrantCells => {
      const cells = real.cellsOf(...args);
      spread.push(cells.resources.length);
      return cells;
    },
  };
});

const many = (n: number, prefix: string) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);
const rules = (verbs: number) => ({
  rules: [{ verbs: many(verbs, "v"), apiGroups: many(20, "g"), resources: many(20, "r") }],
});

it("K11: a comparison does not multiply out the lists of a rule", () => {
  const c = comparePolicies("kubernetes", [rules(20)], [rules(21)]);
  expect([c.missing, c.undecided, c.excess.length]).toEqual([[], [], 20 * 20]);
  // one for the verbs that both sides have, on each; one for the verb that only one has
  expect(spread.reduce((sum, cells) => sum + cells)).toBe(3);
});
