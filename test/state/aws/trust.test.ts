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

  it.each<[string, object]>([
    ["a list of principals", { Effect: "Allow", Principal: ["*"], Action: "sts:AssumeRole" }],
    ["no principal", { Effect: "Allow", Action: "sts:AssumeRole" }],
    ["null", { Effect: "Allow", Principal: null, Action: "sts:AssumeRole" }],
    ["true", { Effect: "Allow", Principal: { AWS: true }, Action: "sts:AssumeRole" }],
    ["a bare ARN", { Effect: "Allow", Principal: wanted[1], Action: "sts:AssumeRole" }],
    ["nested lists", { Effect: "Allow", Principal: { AWS: [["*"]] }, Action: "sts:AssumeRole" }],
    ["an element that is misspelt", { Effect: "Allow", Principals: { AWS: "*" }, Action: "sts:AssumeRole" }],
    [
      "two spellings",
      {
        Effect: "Allow",
        Principal: { Service: "ec2.amazonaws.com" },
        principal: "*",
        Action: "sts:AssumeRole",
      },
    ],
    ["an effect that is none", { Effect: "allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
    ["no effect", { Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
  ])("AW15: a statement of which nobody knows whom it means may mean the vendor: %s", (_what, statement) => {
    expect(trusts(ROLE, policy(statement), wanted)).toBe("unknown");
    const clean = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
    expect(trusts(ROLE, policy(clean), wanted)).toBe("no");
  });

  it("G7: a document that says one thing twice is unknown, by itself and when it is encoded", () => {
    const text = JSON.stringify(gate(wanted[1] as string));
    const twice = text.replace('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"');
    expect(trusts(ROLE, text, wanted)).toBe("exactly");
    expect(trusts(ROLE, twice, wanted)).toBe("unknown");
    expect(trusts(ROLE, encodeURIComponent(twice), wanted)).toBe("unknown");
  });
});
