import { describe, expect, it } from "vitest";
import { readsOtherwise } from "../../../src/access/aws/segments.ts";
import { comparePolicies } from "../../../src/access/provider.ts";

const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: string, Resource: unknown) => ({ Effect: "Allow", Action, Resource });
const deny = (Action: string, Resource: unknown) => ({ Effect: "Deny", Action, Resource });

const SHORT = "arn:aws:ec2:*:volume/*";
const WHOLE = "arn:aws:ec2:*:*:volume/*";
const ONE = "arn:aws:ec2:us-east-1:111122223333:volume/*";

const tags = (documented: object[], live: object[]) => {
  const { missing, excess, undecided } = comparePolicies("aws", [policy(...documented)], [policy(...live)]);
  expect(undecided).toEqual([]);
  const line = (side: string) => (r: (typeof missing)[number]) =>
    `${side} ${r.pattern} on ${(r.resources ?? ["*"]).join()}${r.ambiguous === true ? " (ambiguous)" : ""}`;
  return [...missing.map(line("missing")), ...excess.map(line("excess"))];
};

describe("AW4: whole strings or segments", () => {
  it.each([
    ["*", false],
    ["arn:aws:s3:::chalk-*", false],
    ["arn:aws:s3:::*/app/*:x", false],
    [WHOLE, false],
    [ONE, false],
    ["arn:aws:iam::aws:policy/*", false],
    ["arn:*:iam::111122223333:role/x", false],
    ["arn:aws:logs:*:111122223333:log-group:/aws/*:*", false],
    ["arn:aws:s3*", false],
    ["arn:aws:sqs:*", false],
    ["arn:aws:*:*", false],
    ["arn:aws:sqs", false],
    ["arn:aws:s3:*:${aws:PrincipalAccount}:x/*", false],
    [SHORT, true],
    ["*:table/x", true],
    ["*/app/*", true],
    ["arn:aws:s3*x", true],
    ["arn:aws:iam:*:role/${aws:username}", true],
    ["arn:aws:logs:*:log-group:*:log-stream:x", true],
  ])("%s: %s", (text, expected) => {
    expect(readsOtherwise(text)).toBe(expected);
  });

  it("a difference of a pattern whose star crosses segments is tagged, on either side", () => {
    expect(tags([allow("ec2:*", ONE)], [allow("ec2:*", SHORT)])).toEqual([
      `excess ec2:* on ${SHORT} (ambiguous)`,
    ]);
    expect(tags([allow("ec2:*", SHORT)], [])).toEqual([`missing ec2:* on ${SHORT} (ambiguous)`]);
  });

  it("so is one that such a pattern of the other side, or of a deny, takes a part from", () => {
    expect(tags([allow("ec2:*", SHORT)], [allow("ec2:*", "*")])).toEqual(["excess ec2:* on * (ambiguous)"]);
    expect(tags([allow("s3:*", "*")], [allow("ec2:Describe*", "*"), deny("ec2:*", SHORT)])).toEqual([
      "missing s3:* on *",
      "excess ec2:Describe* on * (ambiguous)",
    ]);
  });

  it("nothing else is: other actions, other resources, patterns that read alike", () => {
    expect(tags([allow("ec2:*", SHORT)], [allow("ec2:*", SHORT), allow("s3:*", "*")])).toEqual([
      "excess s3:* on *",
    ]);
    expect(tags([allow("ec2:*", SHORT)], [allow("ec2:*", SHORT), allow("ec2:*", "arn:aws:s3:::x")])).toEqual([
      "excess ec2:* on arn:aws:s3:::x",
    ]);
    // the part that is taken comes from the pattern beside it
    const both = [SHORT, "arn:aws:s3:::xy"];
    expect(tags([allow("ec2:*", both)], [allow("ec2:*", both), allow("ec2:*", "arn:aws:s3:::x*")])).toEqual([
      "excess ec2:* on arn:aws:s3:::x*",
    ]);
    expect(tags([allow("ec2:*", ONE)], [allow("ec2:*", WHOLE)])).toEqual([`excess ec2:* on ${WHOLE}`]);
  });
});
