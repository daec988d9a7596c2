import { describe, expect, it } from "vitest";
import { difference } from "../../../src/access/azure/compare.ts";
import { AZURE_DIMENSIONS, azureRules } from "../../../src/access/azure/document.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

const role = (actions: string[], notActions: string[] = []) => ({ permissions: [{ actions, notActions }] });
const many = (n: number, of: (i: number) => string) => Array.from({ length: n }, (_, i) => of(i));
const letter = (i: number) => String.fromCharCode(97 + i);

/** `n` actions less `n` exclusions, and the same without the last exclusion. */
const dropped = (n: number): readonly [object, object] => {
  const actions = many(n, (i) => `Vendor.X${i}/*/read`);
  const exclusions = many(n, (i) => `*/a${i}/read`);
  return [role(actions, exclusions), role(actions, exclusions.slice(0, -1))];
};
/** All less `n` exclusions of three runs, in one order and in another. */
const shuffled = (n: number): readonly [object, object] => [
  role(
    ["*"],
    many(n, (i) => `*${letter(i)}*${letter(i + 1)}*${letter(i + 2)}*`),
  ),
  role(
    ["*"],
    many(n, (i) => `*${letter(i)}*${letter(i + 2)}*${letter(i + 1)}*`),
  ),
];

const stepsOf = ([documented, live]: readonly [object, object]): number => {
  const [x, y] = [azureRules([documented]).rules, azureRules([live]).rules];
  return difference(x, y, AZURE_DIMENSIONS).steps + difference(y, x, AZURE_DIMENSIONS).steps;
};

describe("G5: work of a whole comparison", () => {
  it("of equal exclusions only the one that is dropped is looked at: twice the input, twice the steps", () => {
    const [documented, live] = dropped(200);
    const c = comparePolicies("azure", [documented], [live]);
    expect([c.missing, c.undecided]).toEqual([[], []]);
    expect(c.excess.map((r) => r.pattern).sort()).toEqual(
      Array.from({ length: 200 }, (_, i) => [`Vendor.X${i}/*/a199/read`, `Vendor.X${i}/a199/read`])
        .flat()
        .sort(),
    );
    for (const { witness } of c.excess) {
      expect([allows("azure", [documented], witness), allows("azure", [live], witness)]).toEqual([
        "denied",
        "allowed",
      ]);
    }
    const [small, large] = [stepsOf(dropped(400)), stepsOf(dropped(800))];
    expect(small).toBeGreaterThan(400);
    expect(large / small).toBeLessThan(2.2);
  });

  it("3,000 actions and exclusions are decided", () => {
    const [documented, live] = dropped(3000);
    const c = comparePolicies("azure", [documented], [live]);
    expect([c.missing.length, c.excess.length, c.undecided.length]).toEqual([0, 6000, 0]);
  });

  it("exclusions that only share strings are not entered one inside the other", () => {
    const [documented, live] = shuffled(4);
    const c = comparePolicies("azure", [documented], [live]);
    expect(c.undecided).toEqual([]);
    expect(c.missing.map((r) => r.pattern)).toEqual(["*a*c*b*", "*b*d*c*", "*c*e*d*", "*d*f*e*"]);
    expect(c.excess.map((r) => r.pattern)).toEqual(["*a*b*c*", "*b*c*d*", "*c*d*e*", "*d*e*f*"]);
    expect(c.excess[0]?.except).toEqual(["*a*c*b*", "*b*d*c*", "*c*e*d*", "*d*f*e*"]);
    expect(stepsOf(shuffled(4))).toBeLessThan(100_000);
  });

  it("past the bound the steps end, and what is reported is still true", () => {
    const many12 = (of: (i: number, j: number) => string) => ({
      permissions: Array.from({ length: 12 }, (_, i) => ({
        actions: ["*"],
        notActions: many(12, (j) => of(i, j)),
      })),
    });
    const documented = many12((i, j) => `*${letter(i)}*${letter(j)}*`);
    const live = many12((i, j) => `*${letter(j)}*${letter(i)}*`);
    expect(stepsOf([documented, live])).toBeLessThan(2 * 1_800_000);
    const c = comparePolicies("azure", [documented], [live]);
    expect([...new Set(c.undecided.map((d) => d.clause))]).toEqual(["G5"]);
    for (const { witness } of c.excess.slice(0, 20)) {
      expect([allows("azure", [documented], witness), allows("azure", [live], witness)]).toEqual([
        "denied",
        "allowed",
      ]);
    }
  });
});
