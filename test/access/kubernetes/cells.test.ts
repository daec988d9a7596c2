import { describe, expect, it } from "vitest";
import { allows, comparePolicies, evaluator } from "../../../src/access/provider.ts";

const many = (n: number, prefix: string) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);
const roleOf = (i: number) => ({
  kind: "Role",
  metadata: { name: `r${i}`, namespace: `n${i % 50}` },
  rules: [
    {
      verbs: ["get", "list", "watch"],
      apiGroups: ["", `g${i % 20}.example.org`],
      resources: ["pods", "services", `kind${i}`],
    },
    { verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: [`s${i}`] },
  ],
});

describe("bounds (G5) and size (fault 42)", () => {
  it("one rule of a thousand million combinations is undecided, never equal, and both ways", () => {
    const wide = {
      rules: [{ verbs: many(1000, "v"), apiGroups: many(1000, "g"), resources: many(1000, "r") }],
    };
    const narrow = { rules: [{ verbs: ["v1"], apiGroups: ["g1"], resources: ["r1"] }] };
    const brief = (c: ReturnType<typeof comparePolicies>) => [
      c.missing.length,
      c.excess.length,
      c.undecided.map((d) => [d.side, d.clause, d.pattern]),
    ];
    expect(brief(comparePolicies("kubernetes", [narrow], [wide]))).toEqual([
      0,
      0,
      [
        ["missing", "G5", "v1 r1.g1"],
        ["excess", "G5", "* *.*"],
        ["excess", "G5", "* [*]"],
      ],
    ]);
    expect(brief(comparePolicies("kubernetes", [wide], [wide]))[2]).not.toEqual([]);
    // the evaluator needs no cells
    expect(allows("kubernetes", [wide], { verb: "v7", group: "g7", resource: "r7" })).toBe("allowed");
  });

  it("a bound of the caller's own is kept", () => {
    const wide = { rules: [{ verbs: many(10, "v"), apiGroups: many(10, "g"), resources: many(10, "r") }] };
    expect(comparePolicies("kubernetes", [wide], [wide], { bound: 5 }).undecided.length).toBeGreaterThan(0);
    expect(comparePolicies("kubernetes", [wide], [wide])).toEqual({ missing: [], excess: [], undecided: [] });
  });

  it("thousands of roles against themselves, against one, and against everything", () => {
    const roles = Array.from({ length: 2000 }, (_, i) => roleOf(i));
    expect(comparePolicies("kubernetes", roles, [...roles].reverse())).toEqual({
      missing: [],
      excess: [],
      undecided: [],
    });
    const one = comparePolicies("kubernetes", [roleOf(0)], roles);
    expect([one.missing.length, one.excess.length > 2000]).toEqual([0, true]);
    const all = comparePolicies(
      "kubernetes",
      [{ rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] }],
      roles,
    );
    expect([all.missing.length, all.excess.length]).toEqual([1, 0]);
    const ask = evaluator("kubernetes", roles);
    expect([
      ask({ verb: "get", group: "", resource: "kind1999", namespace: "n49" }),
      ask({ verb: "get", group: "", resource: "kind1999", namespace: "n48" }),
    ]).toEqual(["allowed", "denied"]);
  });

  it("fault 31: a name of 10,000 letters, 500 stars, and words that look like the comparison's own", () => {
    const odd = [
      {
        verbs: ["get"],
        apiGroups: [""],
        resources: ["pods"],
        resourceNames: ["x".repeat(10_000), "a\u0000,b", '"', "<any>"],
      },
      { verbs: ["get"], nonResourceURLs: [`/${"*a".repeat(250)}*`] },
    ];
    const documents = [{ rules: odd }];
    expect(comparePolicies("kubernetes", documents, documents)).toEqual({
      missing: [],
      excess: [],
      undecided: [],
    });
    const wide = comparePolicies("kubernetes", documents, [
      { rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] },
    ]);
    expect(wide.excess.map((r) => [r.pattern, r.except])).toEqual([
      [
        "* *.*",
        [
          `get pods ${['"', "<any>", "a\u0000,b", "x".repeat(10_000)].map((n) => JSON.stringify(n)).join(",")}`,
        ],
      ],
    ]);
  });
});
