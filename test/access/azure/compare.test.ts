import { describe, expect, it } from "vitest";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

const role = (actions: string[], notActions: string[] = []) => ({ permissions: [{ actions, notActions }] });

describe("bounds (G5, faults 31, 32)", () => {
  it("exclusions whose closure explodes end in undecided, never equal, and what is reported still replays", () => {
    const live = [..."abcdefghijkl"].map((letter) => role(["*"], [`*${letter}*`]));
    const documented = [role(["*"])];
    const comparison = comparePolicies("azure", documented, live);
    expect(comparison.undecided.map((d) => [d.side, d.clause, d.pattern])).toEqual([["missing", "G5", "*"]]);
    expect(comparison.excess).toEqual([]);
    for (const residue of comparison.missing.slice(0, 20)) {
      expect(allows("azure", documented, residue.witness)).toBe("allowed");
      expect(allows("azure", live, residue.witness)).toBe("denied");
    }
  });

  it("a bound of the caller's own is kept", () => {
    const live = [role(["*"], ["*a*"]), role(["*"], ["*b*"])];
    const tight = comparePolicies("azure", [role(["*"])], live, { bound: -100 });
    expect(tight.undecided.map((d) => d.clause)).toEqual(["G5"]);
    const enough = comparePolicies("azure", [role(["*"])], live);
    expect(enough.undecided).toEqual([]);
    expect(enough.missing.map((r) => r.pattern)).toEqual(["*a*b*", "*b*a*"]);
  });

  it("thousands of patterns, exclusions and roles are decided", () => {
    const many = Array.from(
      { length: 3000 },
      (_, i) => `Provider.P${i % 50}/type${i}/${i % 3 === 0 ? "*" : "write"}`,
    );
    const c = comparePolicies("azure", [role(many)], [role(["*"], many)]);
    expect([c.missing.length, c.excess.length, c.undecided.length]).toEqual([3000, 1, 0]);
    const roles = many.map((action) => role([action]));
    expect(comparePolicies("azure", roles, [role([...many].reverse())])).toEqual({
      missing: [],
      excess: [],
      undecided: [],
    });
  });

  it("fault 31: names of 10,000 letters", () => {
    const long = "x".repeat(10_000);
    const c = comparePolicies("azure", [role([`A/${long}/*`])], [role([`A/${long}/*`, `A/*${long}`])]);
    expect(c.excess.map((r) => r.pattern.length)).toEqual([10_003]);
  });
});
