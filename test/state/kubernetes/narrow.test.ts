import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allows } from "../../../src/access/provider.ts";
import { narrowed } from "../../../src/state/kubernetes/narrow.ts";
import type { Rule } from "../../../src/state/kubernetes/rules.ts";
import { rule, urls } from "../../worlds/kubernetes-state.ts";

describe("what is left of a rule", () => {
  it.each<[string, Rule, readonly Rule[], readonly Rule[]]>([
    [
      "K1: a star is narrowed to what is documented",
      rule("*", "*", "*"),
      [rule("apps", "x", "get")],
      [rule("apps", "x", "get")],
    ],
    [
      "K1: a documented star keeps what is there",
      rule("apps", ["x", "y"], "get"),
      [rule("*", "*", "*")],
      [rule("apps", ["x", "y"], "get")],
    ],
    [
      "K1: */scale is narrowed to a resource's",
      rule("apps", "*/scale", "get"),
      [rule("apps", ["x/scale", "x"], "get")],
      [rule("apps", "x/scale", "get")],
    ],
    [
      "K1: a documented */scale keeps a resource's",
      rule("apps", ["x/scale", "x"], "get"),
      [rule("apps", "*/scale", "get")],
      [rule("apps", "x/scale", "get")],
    ],
    [
      "K2: names are narrowed to the documented ones",
      rule("", "x", "get"),
      [rule("", "x", "get", ["a"])],
      [rule("", "x", "get", ["a"])],
    ],
    ["K2: no name in common is nothing", rule("", "x", "get", ["b"]), [rule("", "x", "get", ["a"])], []],
    ["K3: an address is narrowed to one below it", urls(["/a*"]), [urls(["/a/b", "/c"])], [urls(["/a/b"])]],
    ["K3: a documented prefix keeps an address", urls(["/a/b", "/c"]), [urls(["/a*"])], [urls(["/a/b"])]],
    [
      "nothing of it is documented",
      rule("", "x", "get"),
      [rule("", "y", "get"), rule("a", "x", "get"), rule("", "x", "list"), urls(["/"])],
      [],
    ],
    [
      "a part is told once",
      rule("", "x", "get"),
      [rule("", "x", "get"), rule("", "x", "get")],
      [rule("", "x", "get")],
    ],
  ])("%s", (_name, live, documented, left) => {
    expect(narrowed(live, documented)).toEqual(left);
  });

  it("is exactly what both grant", () => {
    const some = (...items: string[]) =>
      fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 2 });
    const names = fc.uniqueArray(fc.constantFrom("m", "n"), { maxLength: 2 });
    const rules = fc.record({
      apiGroups: some("a", "b", "*"),
      resources: some("x", "y", "x/s", "*/s", "*"),
      verbs: some("get", "update", "*"),
      resourceNames: names,
    });
    const requests = ["a", "b"].flatMap((group) =>
      ["x", "y"].flatMap((resource) =>
        ["get", "update", "patch"].flatMap((verb) =>
          [undefined, "s"].flatMap((subresource) =>
            [undefined, "m", "n", "o"].map((name) => ({
              ...{ verb, group, resource },
              ...(subresource === undefined ? {} : { subresource }),
              ...(name === undefined ? {} : { name }),
            })),
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(rules, fc.array(rules, { maxLength: 2 }), (live, documented) => {
        const left = narrowed(live, documented);
        const says = (side: readonly Rule[], request: (typeof requests)[number]) =>
          allows("kubernetes", [{ rules: side }], request) === "allowed";
        for (const request of requests) {
          expect(says(left, request)).toBe(says([live], request) && says(documented, request));
        }
      }),
      { numRuns: 60 },
    );
  });
});
