import { describe, expect, it } from "vitest";
import { trusts } from "../../../src/state/aws/trust.ts";
import { policy, ROLE } from "../../worlds/aws-state.ts";

const OWN = ROLE.slice(0, ROLE.indexOf(":role/"));
const wanted = [`${OWN}:role/gardener`, "arn:aws:iam::210987654321:role/keeper"];
const gate = (aws: string) => policy({ Effect: "Allow", Principal: { AWS: aws }, Action: "sts:AssumeRole" });

describe("AW10: how a role trusts the documented principals, one of them of its own account", () => {
  it.each([
    ["that one", `${OWN}:role/gardener`, "exactly"],
    ["another role of its own account", `${OWN}:role/shop`, "no"],
    ["its own account", `${OWN}:root`, "no"],
    ["the other account", "210987654321", "its account"],
    ["a user of the other account", "arn:aws:iam::210987654321:user/deputy", "its account"],
    ["anybody", "*", "anybody"],
    ["a third account", "arn:aws:iam::333333333333:root", "no"],
  ])("%s", (_, principal, expected) => {
    expect(trusts(ROLE, gate(principal), wanted)).toBe(expected);
  });

  it("anybody is one of its own account too", () => {
    expect(trusts(ROLE, gate("*"), wanted.slice(0, 1))).toBe("anybody");
  });

  it("G7: a document that says one thing twice is unknown, by itself and when it is encoded", () => {
    const text = JSON.stringify(gate(wanted[1] as string));
    const twice = text.replace('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"');
    expect(trusts(ROLE, text, wanted)).toBe("exactly");
    expect(trusts(ROLE, twice, wanted)).toBe("unknown");
    expect(trusts(ROLE, encodeURIComponent(twice), wanted)).toBe("unknown");
  });
});
