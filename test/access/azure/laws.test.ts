import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparePolicies } from "../../../src/access/provider.ts";
import { role, roles } from "./arbitrary.ts";
import { checkConditions, checkExact, world } from "./laws.ts";

const RUNS = Number(process.env["LAW_RUNS"] ?? 1500);

describe("laws of the comparison (docs/semantics.md)", () => {
  it("R4, G3, AZ2, AZ3: residues expand to the brute-force difference and every witness replays", () => {
    fc.assert(
      fc.property(world(), (w) => checkExact(w)),
      { numRuns: RUNS },
    );
  });

  it("AZ5, AZ9: a condition is decided only where every way it could turn out agrees", () => {
    fc.assert(
      fc.property(world(["C", "D"]), (w) => checkConditions(w, ["C", "D"])),
      { numRuns: RUNS },
    );
  });

  it("a policy equals itself, conditions included", () => {
    fc.assert(
      fc.property(roles(["C", "D"]), (documents) => {
        expect(comparePolicies("azure", documents, documents)).toEqual({
          missing: [],
          excess: [],
          undecided: [],
        });
      }),
      { numRuns: RUNS },
    );
  });

  it("AZ1, AZ2: order, case, duplicates and splitting an object without exclusions change nothing", () => {
    fc.assert(
      fc.property(roles(), roles(), (a, b) => {
        const shaken = b.map((r) => ({
          permissions: [...r.permissions, ...r.permissions]
            .reverse()
            .flatMap((p) =>
              p.notActions.length > 0 || p.notDataActions.length > 0
                ? [{ ...p, actions: p.actions.map((x) => x.toUpperCase()).reverse() }]
                : [...p.actions.map((x) => ({ actions: [x.toUpperCase()] })), { dataActions: p.dataActions }],
            ),
        }));
        const same = (x: { pattern: string; except: readonly string[]; plane?: string }) =>
          `${x.plane} ${x.pattern.toLowerCase()} - ${x.except
            .map((e) => e.toLowerCase())
            .sort()
            .join(" ")}`;
        const plain = comparePolicies("azure", a, b);
        const after = comparePolicies("azure", a, shaken);
        expect(after.missing.map(same)).toEqual(plain.missing.map(same));
        expect(after.excess.map(same)).toEqual(plain.excess.map(same));
      }),
      { numRuns: RUNS },
    );
  });

  it("adding an allow never shrinks excess and never grows missing", () => {
    fc.assert(
      fc.property(world(), role(), (w, extra) => {
        const before = comparePolicies("azure", w.documented, w.live, { denies: w.denies });
        const after = comparePolicies("azure", w.documented, [...w.live, extra], { denies: w.denies });
        if (before.excess.length > 0) expect(after.excess.length).toBeGreaterThan(0);
        if (before.missing.length === 0) expect(after.missing).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("missing one way is excess the other way", () => {
    fc.assert(
      fc.property(roles(), roles(), (a, b) => {
        const there = comparePolicies("azure", a, b);
        const back = comparePolicies("azure", b, a);
        const key = (r: { pattern: string; except: readonly string[] }) => [r.pattern, r.except];
        expect(there.missing.map(key)).toEqual(back.excess.map(key));
      }),
      { numRuns: RUNS },
    );
  });
});
