import { describe, expect, it } from "vitest";
import { comparePolicies } from "../../../src/access/provider.ts";

interface Written {
  Version: string;
  Statement: { Effect: string; Action: string[]; Resource: string[]; Condition?: object }[];
}

function policy(actions: string[], resources = ["*"], condition?: object): Written {
  const Condition = condition;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: actions,
        Resource: resources,
        ...(Condition !== undefined && { Condition }),
      },
    ],
  };
}

const patterns = (list: readonly { readonly pattern: string }[]): readonly string[] =>
  list.map((r) => r.pattern);

describe("what is kept of a comparison for the next one (R1, AW6)", () => {
  it("says what a document says now, not what it said when it was read", () => {
    const documented = policy(["s3:GetObject", "s3:PutObject"]);
    const live = policy(["s3:GetObject", "s3:PutObject"]);
    expect(comparePolicies("aws", [documented], [live])).toEqual({ missing: [], excess: [], undecided: [] });
    live.Statement[0]?.Action.push("iam:CreateUser");
    expect(patterns(comparePolicies("aws", [documented], [live]).excess)).toEqual(["iam:CreateUser"]);
    documented.Statement[0]?.Action.splice(1, 1);
    expect(patterns(comparePolicies("aws", [documented], [live]).excess)).toEqual([
      "iam:CreateUser",
      "s3:PutObject",
    ]);
    const [statement] = live.Statement;
    if (statement !== undefined) statement.Condition = { Bool: { "aws:SecureTransport": "true" } };
    expect(patterns(comparePolicies("aws", [documented], [live]).missing)).toEqual(["s3:GetObject"]);
    const [first] = documented.Statement;
    if (first !== undefined) first.Effect = "Deny";
    expect(patterns(comparePolicies("aws", [documented], [live]).missing)).toEqual([]);
  });

  it("is the same whatever was compared before", () => {
    const documented = policy(["s3:Get*"], ["arn:aws:s3:::${aws:username}/*"]);
    const live = policy(["s3:*"], ["arn:aws:s3:::${aws:userid}/*"], {
      StringLike: { "aws:PrincipalTag/Team": "${aws:PrincipalTag/team}*" },
    });
    const before = comparePolicies("aws", [documented], [live]);
    // the same meaning, spelled otherwise, and many other variables
    comparePolicies("aws", [documented], [policy(["S3:*"], ["arn:aws:s3:::${aws:userid}/**"])]);
    for (let i = 0; i < 300; i++) {
      comparePolicies(
        "aws",
        [documented],
        [policy([`s3:Put${i}`, "s3:Get*"], [`arn:aws:s3:::\${aws:PrincipalTag/t${i}}/*`])],
      );
    }
    expect(comparePolicies("aws", [documented], [live])).toEqual(before);
    expect(before.excess.length).toBeGreaterThan(0);
  });

  it("is of a boundary only where one is given (AW1)", () => {
    const [documented, live, boundary] = [
      policy(["s3:GetObject"]),
      policy(["s3:GetObject"]),
      policy(["ec2:*"]),
    ];
    const cut = comparePolicies("aws", [documented], [live], { boundary: [boundary] });
    expect(patterns(cut.missing)).toEqual(["s3:GetObject"]);
    expect(patterns(comparePolicies("aws", [documented], [live]).missing)).toEqual([]);
    expect(patterns(comparePolicies("aws", [documented], [live, boundary]).excess)).toEqual(["ec2:*"]);
  });
});
