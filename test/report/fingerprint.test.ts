import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FingerprintInput, fingerprint, nthFingerprint } from "../../src/report/fingerprint.ts";

const INPUT: FingerprintInput = {
  cloud: "azure",
  rule: "azure/role-definition/excess",
  control: "acme-azure/platform-role",
  scope: "/subscriptions/AAA",
  resource: "/subscriptions/AAA/providers/Microsoft.Authorization/roleDefinitions/R1",
  property: "control:Microsoft.Compute/*",
};

describe("fingerprint", () => {
  test("is this value, for ever: a change reopens every alert of every customer", () => {
    expect(fingerprint(INPUT)).toBe("09efbb70de55cdd35fc92be05d239b80");
    expect(nthFingerprint(fingerprint(INPUT), 2)).toBe("4888cecee32de1d0586f2ba43310c0d0");
  });

  test("AZ1, AZ7: Azure ids in any case are one; other clouds' are not", () => {
    const upper = { ...INPUT, scope: INPUT.scope.toUpperCase(), resource: INPUT.resource.toUpperCase() };
    expect(fingerprint(upper)).toBe(fingerprint(INPUT));
    expect(fingerprint({ ...upper, cloud: "aws" })).not.toBe(fingerprint({ ...INPUT, cloud: "aws" }));
  });

  test("every part counts, and parts do not run into each other", () => {
    const parts = ["rule", "control", "scope", "resource", "property"] as const;
    const all = [INPUT, ...parts.map((part) => ({ ...INPUT, [part]: `${INPUT[part]}x` }))].map(fingerprint);
    expect(new Set(all).size).toBe(parts.length + 1);
    fc.assert(
      fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (a, b) => {
        const of = ([rule, control]: readonly [string, string]) => fingerprint({ ...INPUT, rule, control });
        expect(of(a) === of(b)).toBe(a[0] === b[0] && a[1] === b[1]);
      }),
    );
  });
});
