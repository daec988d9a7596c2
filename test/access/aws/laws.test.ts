import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparePolicies } from "../../../src/access/provider.ts";
import { FAMILIES, policy, type Shape, universe } from "./arbitrary.ts";
import { checkEvaluator, checkExact } from "./laws.ts";
import { granted, inResidue, type OracleRequest, type OracleStatement } from "./oracle.ts";

const RUNS = Number(process.env["LAW_RUNS"] ?? 300);
/** The statement over every resource, so that actions are the one dimension. */
function onAll({ NotResource: _, ...statement }: OracleStatement): OracleStatement {
  return { ...statement, Resource: ["*"] };
}

const NOTHING = { missing: [], excess: [], undecided: [] };

const PLAIN = universe([undefined], 3);

describe("laws of the AWS comparison: brute force and the second evaluator", () => {
  const shapes: [string, Shape][] = [
    ["allow alone", {}],
    ["Deny, NotAction, NotResource (AW1, AW3)", { deny: true, negated: true }],
    ["`?` (G1)", { ones: true }],
    ["`?` with Deny, NotAction, NotResource", { ones: true, deny: true, negated: true }],
  ];
  it.each(shapes)("%s", (_, shape) => {
    fc.assert(
      fc.property(fc.array(policy(shape), { minLength: 1, maxLength: 2 }), policy(shape), (a, b) => {
        const c = checkExact(a, [b], PLAIN);
        expect(c.undecided).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("a boundary is an intersection (AW1)", () => {
    const shape = { deny: true, negated: true };
    fc.assert(
      fc.property(policy(shape), policy(shape), policy(shape), (a, b, c) => {
        expect(checkExact([a], [b], PLAIN, [c]).undecided).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  const conditionShape = (name: string): Shape => ({
    deny: true,
    negated: true,
    conditions: fc.oneof(fc.constant({}), FAMILIES[name]?.blocks ?? fc.constant({})),
  });
  it.each(Object.keys(FAMILIES))("conditions as dimensions: %s (AW7, AW8)", (name) => {
    const values = FAMILIES[name]?.values ?? [];
    const requests: OracleRequest[] = universe(values, 1);
    const shape = conditionShape(name);
    let undecided = 0;
    fc.assert(
      fc.property(policy(shape), policy(shape), (a, b) => {
        undecided += checkExact([a], [b], requests).undecided.length;
      }),
      { numRuns: RUNS },
    );
    expect(undecided).toBe(0);
  });

  it.each(Object.keys(FAMILIES))("the evaluator agrees with the oracle: %s", (name) => {
    const requests = universe(FAMILIES[name]?.values ?? [], 1);
    fc.assert(
      fc.property(policy(conditionShape(name)), (a) => checkEvaluator([a], requests)),
      { numRuns: RUNS },
    );
  });

  it("R4: over one resource, the pattern minus its except is exactly the difference", () => {
    const grants = fc
      .array(fc.tuple(fc.boolean(), policy({ negated: true })), { minLength: 1, maxLength: 2 })
      .map((list) => list.flatMap(([, p]) => p.Statement.map((s) => onAll(s))));
    const actions = PLAIN.filter((r) => r.resource === "a").map((r) => r.action);
    fc.assert(
      fc.property(grants, grants, (a, b) => {
        const [left, right] = [a, b].map((Statement) => ({ Version: "2012-10-17" as const, Statement }));
        if (left === undefined || right === undefined) return;
        const { missing, excess } = comparePolicies("aws", [left], [right]);
        for (const action of actions) {
          const request = { action, resource: "a" };
          const [inLeft, inRight] = [granted([[left]], request), granted([[right]], request)];
          expect([action, missing.some((r) => inResidue(r, action))]).toEqual([action, inLeft && !inRight]);
          expect([action, excess.some((r) => inResidue(r, action))]).toEqual([action, inRight && !inLeft]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("a policy equals itself, reordered, recased, duplicated and split", () => {
    const shape = { ...conditionShape("text"), ones: true };
    fc.assert(
      fc.property(policy(shape), (a) => {
        expect(comparePolicies("aws", [a], [a])).toEqual(NOTHING);
        const shaken = [...a.Statement].reverse().flatMap((s): object[] => {
          const Action = s.Action?.map((x) => x.toUpperCase()).reverse();
          const parts = (Action ?? []).map((one) => ({ ...s, Action: one, Sid: "x" }));
          return Action === undefined ? [s, s] : parts;
        });
        expect(comparePolicies("aws", [a], [{ Version: "2012-10-17", Statement: shaken }])).toEqual(NOTHING);
      }),
      { numRuns: RUNS },
    );
  });

  it("missing one way is excess the other way; adding an allow never shrinks excess nor grows missing", () => {
    const shape = { deny: true, negated: true };
    const extra = policy({});
    fc.assert(
      fc.property(policy(shape), policy(shape), extra, (a, b, more) => {
        const there = comparePolicies("aws", [a], [b]);
        const back = comparePolicies("aws", [b], [a]);
        expect(there.missing.map((r) => r.pattern)).toEqual(back.excess.map((r) => r.pattern));
        const after = comparePolicies("aws", [a], [b, more]);
        if (there.excess.length > 0) expect(after.excess.length).toBeGreaterThan(0);
        if (there.missing.length === 0) expect(after.missing).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
