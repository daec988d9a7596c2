import { describe, expect, it } from "vitest";
import { cellsOf } from "../../../src/access/kubernetes/cells.ts";
import { interchangeable } from "../../../src/access/kubernetes/classes.ts";
import { kubernetesGrants } from "../../../src/access/kubernetes/grants.ts";
import { Words } from "../../../src/access/kubernetes/words.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

const many = (n: number, prefix: string) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);
const rule = (n: number, verbs: number, names = n) => ({
  verbs: many(verbs, "v"),
  apiGroups: many(n, "g"),
  resources: many(n, "r"),
  resourceNames: many(names, "n"),
});

/** The cells that the two sides are looked at in. */
const cells = (documented: object, live: object): number => {
  const words = new Words();
  const sides = [documented, live].map((one) => kubernetesGrants([{ rules: [one] }], undefined).grants);
  const classes = interchangeable(sides.flat(), words, false);
  return sides.reduce(
    (sum, grants) => sum + cellsOf(grants, words, undefined, undefined, classes).resources.length,
    0,
  );
};

describe("K11: words that no rule tells apart are compared once", () => {
  it("the cells do not grow with the lists", () => {
    expect([5, 10, 30].map((n) => cells(rule(n, n), rule(n, n + 1)))).toEqual([3, 3, 3]);
    // one verb, one name more: each is told apart from the rest of its list
    expect(cells(rule(20, 20), rule(20, 21, 21))).toBe(1 + 4);
  });

  it("a rule of 1,440,000 combinations with one verb more is decided, line by line", () => {
    const [documented, live] = [rule(40, 30, 30), rule(40, 31, 30)];
    const c = comparePolicies("kubernetes", [{ rules: [documented] }], [{ rules: [live] }]);
    expect([c.missing, c.undecided]).toEqual([[], []]);
    expect(c.excess.length).toBe(40 * 40);
    const names = [...live.resourceNames].sort();
    expect(c.excess.find((r) => r.pattern.startsWith("v30 r3.g7 "))?.rule).toEqual({
      apiGroups: ["g7"],
      resources: ["r3"],
      resourceNames: names,
      verbs: ["v30"],
    });
    const witness = c.excess[0]?.witness;
    if (witness === undefined) throw new Error("no witness");
    expect([
      allows("kubernetes", [{ rules: [documented] }], witness),
      allows("kubernetes", [{ rules: [live] }], witness),
    ]).toEqual(["denied", "allowed"]);
  });

  it("what a wildcard is cut by is spelled out, and words of one list stay apart where another tells them apart", () => {
    const wide = { rules: [{ verbs: ["*"], apiGroups: [""], resources: ["*"] }] };
    const two = {
      rules: [
        { verbs: ["get", "list"], apiGroups: [""], resources: ["pods", "services"] },
        { verbs: ["get"], apiGroups: [""], resources: ["services", "nodes/log"] },
      ],
    };
    const c = comparePolicies("kubernetes", [two], [wide]);
    expect([c.missing, c.undecided]).toEqual([[], []]);
    expect(c.excess.map((r) => [r.pattern, r.except])).toEqual([
      ["* *", ["get nodes/log", "get,list pods", "get,list services"]],
    ]);
  });
});
