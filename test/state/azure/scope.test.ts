import { describe, expect, it } from "vitest";
import {
  nameMatches,
  normalScope,
  relation,
  resourceGroupOf,
  scopeCovers,
  widestFirst,
} from "../../../src/state/azure/scope.ts";
import { timesAsLong } from "../../growth.ts";

const MG = "/providers/Microsoft.Management/managementGroups";

describe("AZ7: scopes compare by segment and in any case", () => {
  it.each([
    ["/subscriptions/A", "/SUBSCRIPTIONS/a/", "same"],
    ["/subscriptions/a", "/subscriptions/a/resourceGroups/rg1", "below"],
    ["/subscriptions/a/resourceGroups/rg1", "/subscriptions/a", "above"],
    ["/subscriptions/a/resourceGroups/rg1", "/subscriptions/a/resourceGroups/rg10", "apart"],
    ["/subscriptions/a", "/subscriptions/b", "apart"],
    ["/", "/", "same"],
    ["/", `${MG}/m`, "below"],
    ["/subscriptions/a", "/", "above"],
    ["/subscriptions/a", `${MG}/m`, "above"],
    [`${MG}/m`, "/subscriptions/a", "below"],
    [`${MG}/m`, `${MG}/M`, "same"],
    [`${MG}/m`, `${MG}/other`, "above"],
    [`${MG}/*`, `${MG}/other`, "same"],
    ["/subscriptions/*", "/subscriptions/b/resourceGroups/x", "below"],
    ["/subscriptions/*/resourceGroups/rg-*-x", "/subscriptions/b/resourceGroups/rg-1-X", "same"],
    ["/subscriptions/*/resourceGroups/rg-*-x", "/subscriptions/b/resourceGroups/rg-x", "apart"],
    ["/subscriptions/*/resourceGroups/rg-*-x", "/subscriptions/b", "above"],
    ["/subscriptions/a", "/providers/Microsoft.Subscription/subscriptions/a", "same"],
  ] as const)("%s, seen %s: %s", (declared, scope, expected) => {
    expect(relation(declared, scope)).toBe(expected);
    expect(scopeCovers(declared, scope)).toBe(expected === "same" || expected === "below");
  });

  it("orders the widest first, whatever the input's order", () => {
    const scopes = ["/subscriptions/a/resourceGroups/x", "/subscriptions/a", `${MG}/m`, "/"];
    expect([...scopes].sort(widestFirst)).toEqual([...scopes].reverse());
  });

  it("normalises", () => {
    expect(normalScope("//Subscriptions/A/")).toBe("/subscriptions/a");
    expect(normalScope("/")).toBe("/");
    expect(resourceGroupOf("/subscriptions/a/RESOURCEGROUPS/Rg/providers/x")).toBe("rg");
    expect(resourceGroupOf("/subscriptions/a")).toBeUndefined();
  });
});

it("a star in a name stands for any run of characters, and fault 31: many stars take no time", () => {
  expect(nameMatches("a*b*c", "aXXbYYc")).toBe(true);
  expect(nameMatches("a*a", "a")).toBe(false);
  expect(nameMatches("*", "")).toBe(true);
  expect(nameMatches("rg", "rg1")).toBe(false);
  expect(nameMatches("a*".repeat(500), `${"a".repeat(10_000)}b`)).toBe(true);
  const never = `${"a*".repeat(500)}c`;
  expect(nameMatches(never, "a".repeat(10_000))).toBe(false);
  expect(
    timesAsLong(
      () => nameMatches(never, "a".repeat(10_000)),
      () => nameMatches(never, "a".repeat(40_000)),
    ),
  ).toBeLessThan(10);
});
