import { describe, expect, it } from "vitest";
import type { AwsRequest, Comparison } from "../../../src/access/policy.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";
import { Written } from "../../../src/access/written.ts";

type Statement = Record<string, unknown>;

const policy = (...Statement: Statement[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, Resource: unknown = "*", Condition?: unknown): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition !== undefined && { Condition }),
});
const deny = (Action: unknown, Resource: unknown = "*", Condition?: unknown): Statement => ({
  ...allow(Action, Resource, Condition),
  Effect: "Deny",
});
const trust = (Principal: unknown, Condition?: unknown): Statement => ({
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  ...(Condition !== undefined && { Condition }),
});
const shut = (more: Statement): Statement => ({ Effect: "Deny", Action: "sts:AssumeRole", ...more });

/** `different`: in which list; `undecided`: the clauses. */
const verdict = (c: Comparison): string => {
  const sides = (["missing", "excess"] as const).filter((side) => c[side].length > 0);
  if (sides.length > 0) return sides.join(" and ");
  if (c.undecided.length === 0) return "equal";
  return `undecided ${[...new Set(c.undecided.map((d) => d.clause))].sort().join(" ")}`;
};

type Case = readonly [name: string, documented: unknown[], live: unknown[], expected: string];

/** A document against itself is equal or, where it cannot be read, undecided; a witness replays on both sides. */
function check(documented: unknown[], live: unknown[], expected: string): void {
  const comparison = comparePolicies("aws", documented, live);
  expect(verdict(comparison)).toBe(expected);
  for (const side of ["missing", "excess"] as const) {
    for (const { witness, witnesses = [] } of comparison[side]) {
      for (const request of [witness, ...witnesses] as AwsRequest[]) {
        const found = [allows("aws", documented, request), allows("aws", live, request)];
        expect(found).toEqual(side === "missing" ? ["allowed", "denied"] : ["denied", "allowed"]);
      }
    }
  }
  for (const same of [documented, live]) {
    expect(verdict(comparePolicies("aws", same, same))).toMatch(/^equal$|^undecided/);
  }
}

const READ = [policy(allow("s3:GetObject"))];
const GUARD = { StringEquals: { "aws:PrincipalTag/team": "vendor" } };

describe("AW13: what IAM does not know never vanishes", () => {
  const cases: Case[] = [
    ["an element misspelt", READ, [policy({ ...allow("s3:GetObject"), Condtion: GUARD })], "undecided AW13"],
    ["another", READ, [policy({ ...allow("s3:GetObject"), NotResorce: "*" })], "undecided AW13"],
    [
      "of the document",
      READ,
      [{ ...policy(allow("s3:GetObject")), Statment: [allow("*")] }],
      "undecided AW13",
    ],
    [
      "of a document whose list is empty",
      [policy()],
      [{ Version: "2012-10-17", Statement: [], statement: [allow("*")] }],
      "undecided AW13",
    ],
    [
      "an element in two spellings",
      READ,
      [policy({ ...allow("s3:GetObject"), action: "*" })],
      "undecided AW13",
    ],
    [
      "the effect in two spellings",
      READ,
      [policy({ ...allow("s3:GetObject"), effect: "Deny" })],
      "undecided AW13",
    ],
    [
      "an operator in two spellings",
      [policy(allow("s3:GetObject", "*", GUARD))],
      [policy(allow("s3:GetObject", "*", { ...GUARD, stringequals: { "aws:PrincipalTag/team": "x" } }))],
      "undecided AW13",
    ],
    [
      "a key in two spellings",
      [policy(allow("s3:GetObject", "*", { StringLike: { "s3:prefix": "a*" } }))],
      [policy(allow("s3:GetObject", "*", { StringLike: { "s3:prefix": "a*", "S3:Prefix": "*" } }))],
      "undecided AW13",
    ],
    [
      "a kind of principal in two spellings",
      [policy(trust({ AWS: "111122223333" }))],
      [policy(trust({ AWS: "111122223333", aws: "*" }))],
      "undecided AW13",
    ],
    [
      "a condition that is null",
      READ,
      [policy({ ...allow("s3:GetObject"), Condition: null })],
      "undecided AW7",
    ],
    ["a Sid that is a list", READ, [policy({ ...allow("s3:GetObject"), Sid: [] })], "undecided AW13"],
    ["nobody", [policy()], [policy(trust({}))], "undecided AW10"],
  ];
  it.each(cases)("%s", (_, documented, live, expected) => check(documented, live, expected));

  it.each([
    [{ ...allow("s3:*"), Condtion: {} }, 'did you mean "Condition"?'],
    [{ ...trust("*"), Principle: "*" }, 'did you mean "Principal"?'],
    [allow("s3:*", "*", { StringEqual: { k: "v" } }), 'did you mean "StringEquals"?'],
    [allow("s3:*", "*", { "ForAnyValue:StringLikes": { k: "v" } }), 'did you mean "ForAnyValue:StringLike"?'],
  ])("names the nearest: %#", (statement, name) => {
    const { undecided } = comparePolicies("aws", [policy(allow("s3:*"), trust("*"))], [policy(statement)]);
    expect(undecided.map((d) => d.reason).join("\n")).toContain(name);
  });

  it.each([
    ['{"Statement":[],"Statement":[]}', 'the key "Statement" stands twice'],
    [encodeURIComponent('{"Statement":{"Effect":"Deny","Effect":"Allow"}}'), 'the key "Effect" stands twice'],
  ])("a key twice in JSON text is refused: %s", (text, message) => {
    expect(() => comparePolicies("aws", [], [text])).toThrow(message);
  });

  it("two policies in one wrapping are refused, and a list under a near name is named", () => {
    const both = { PolicyDocument: policy(), AssumeRolePolicyDocument: policy() };
    expect(() => comparePolicies("aws", [], [both])).toThrow('"PolicyDocument" and one at "AssumeRole');
    expect(() => comparePolicies("aws", [], [{ Statment: [] }])).toThrow('did you mean "Statement"?');
  });
});

describe("AW2: a service has no wildcard", () => {
  it.each(["*:Untag*", "s*:GetObject", "?3:GetObject"])("%s", (action) => {
    check([policy(allow(action))], [policy(allow(action))], "undecided AW2");
  });
});

describe("G7, AW7: values are compared as they are written", () => {
  const id = (value: unknown, operator = "StringEquals") => [
    policy(trust({ AWS: "111122223333" }, { [operator]: { "sts:ExternalId": value } })),
  ];
  const json = (number: string) => [JSON.stringify(id("@")[0]).replace('"@"', number)];
  const time = (value: unknown, key = "aws:CurrentTime", operator = "DateLessThan") => [
    policy(allow("s3:*", "*", { [operator]: { [key]: value } })),
  ];
  const from = (value: unknown) => [policy(allow("s3:*", "*", { IpAddress: { "aws:SourceIp": value } }))];
  const size = (value: unknown) => [
    policy(allow("s3:*", "*", { NumericLessThan: { "s3:max-keys": value } })),
  ];
  const cases: Case[] = [
    [
      "a number by its text",
      json("73002244556688990011"),
      json("73002244556688990012"),
      "missing and excess",
    ],
    ["and it is that text", json("73002244556688990011"), id("73002244556688990011"), "equal"],
    ["1.0 is not 1", json("1.0"), id("1"), "missing and excess"],
    ["1e3 is not 1000", json("1e3"), id("1000"), "missing and excess"],
    [
      "a number that the caller has rounded",
      id(Number("73002244556688990011")),
      id(Number("73002244556688990012")),
      "undecided G7",
    ],
    ["a number that was read whole", id(4711), id("4711"), "equal"],
    [
      "a word of YAML",
      id(new Written("0815", "a number", "it is read in two ways")),
      id("815"),
      "undecided G7",
    ],
    [
      "an account by a number",
      [JSON.stringify(policy(trust({ AWS: 111122223333 })))],
      [policy(trust({ AWS: "111122223333" }))],
      "equal",
    ],
    [
      "a day that does not exist",
      time("2027-02-30T00:00:00Z"),
      time("2027-03-02T00:00:00Z"),
      "undecided AW7",
    ],
    ["nor that one", time("2027-02-29"), time("2027-03-01"), "undecided AW7"],
    [
      "an hour that does not exist",
      time("2027-01-01T24:00:00Z"),
      time("2027-01-02T00:00:00Z"),
      "undecided AW7",
    ],
    ["a leap day", time("2028-02-29T00:00:00Z"), time("2028-02-29T01:00:00+01:00"), "equal"],
    ["four digits may be a year", time("2027"), time("1970-01-01T00:33:47Z"), "undecided AW7"],
    [
      "less than a millisecond",
      time("2027-01-01T00:00:00.0001Z"),
      time("2027-01-01T00:00:00Z"),
      "undecided AW7",
    ],
    ["an octet with a zero before", from("203.0.113.010/32"), from("203.0.113.10/32"), "undecided AW7"],
    ["a length with one", from("10.0.0.0/08"), from("10.0.0.0/8"), "undecided AW7"],
    ["within IPv6 too", from("::ffff:10.0.0.01"), from("::ffff:10.0.0.1"), "undecided AW7"],
    ["an address with a space", from("10.0.0.1\u00a0"), from("10.0.0.1"), "undecided AW7"],
    ["a number beyond 2^53", size("9007199254740993"), size("9007199254740992"), "undecided AW7"],
    ["more digits than are held", size("0.1000000000000000055"), size("0.1"), "undecided AW7"],
    ["one number in two spellings", size("1.50"), size("15e-1"), "equal"],
    [
      "a Kelvin sign is no k",
      [policy(allow("s3:get\u212A"))],
      [policy(allow("s3:getk"))],
      "missing and excess",
    ],
    [
      "nor under IgnoreCase",
      id("\u212A", "StringEqualsIgnoreCase"),
      id("k", "StringEqualsIgnoreCase"),
      "missing and excess",
    ],
    [
      "a key with a space is another key",
      [policy(allow("s3:*", "*", { StringEquals: { "aws:SourceVpc\u00a0": "v" } }))],
      [policy(allow("s3:*", "*", { StringEquals: { "aws:SourceVpc": "v" } }))],
      "missing and excess",
    ],
  ];
  it.each(cases)("%s", (_, documented, live, expected) => check(documented, live, expected));
});

describe("AW6: no variable before the fifth colon", () => {
  const early = "arn:aws:ec2:${aws:PrincipalTag/region}:123456789012:instance/*";
  const late = "arn:aws:s3:::b/${aws:username}/*";
  const named = "arn:aws:ec2:eu-west-1:123456789012:instance/*";
  const start = "ec2:StartInstances";
  const cases: Case[] = [
    [
      "what it grants cannot be shown",
      [policy(allow(start, named))],
      [policy(allow(start, early))],
      "undecided AW6",
    ],
    [
      "in the account",
      [policy(allow(start))],
      [policy(allow(start, "arn:aws:ec2:*:${aws:PrincipalAccount}:*"))],
      "missing",
    ],
    [
      "what stands beside it is granted",
      [policy(allow("s3:*", late))],
      [policy(allow("s3:*", [late, early]))],
      "undecided AW6",
    ],
    [
      "in a Deny",
      [policy(allow(start, named))],
      [policy(allow(start, named), deny(start, early))],
      "undecided AW6",
    ],
    [
      "in NotResource",
      [policy(allow(start))],
      [policy({ Effect: "Allow", Action: start, NotResource: early })],
      "undecided AW6",
    ],
    ["alike on both sides", [policy(allow(start, early))], [policy(allow(start, [early]))], "equal"],
  ];
  it.each(cases)("%s", (_, documented, live, expected) => check(documented, live, expected));
});

describe("AW14: keys that depend on one another", () => {
  const ROLE = "arn:aws:iam::111122223333:role/vendor";
  const CHINESE = "arn:aws-cn:iam::111122223333:role/vendor";
  const SAME = [policy(trust({ AWS: ROLE }))];
  const tagged = (action: unknown, key: string, value = "prod") =>
    policy(allow(action, "*", { StringEquals: { [key]: value } }));
  const cases: Case[] = [
    [
      "a Deny of everybody but a role",
      SAME,
      [
        policy(
          trust({ AWS: ROLE }),
          shut({ Principal: "*", Condition: { ArnNotEquals: { "aws:PrincipalArn": ROLE } } }),
        ),
      ],
      "equal",
    ],
    [
      "by StringNotLike, and of a list",
      SAME,
      [
        policy(
          trust({ AWS: ROLE }),
          shut({
            Principal: { AWS: "*" },
            Condition: { StringNotLike: { "aws:PrincipalArn": [ROLE, "arn:aws:iam::1:role/x"] } },
          }),
        ),
      ],
      "equal",
    ],
    [
      "of everybody but another role",
      SAME,
      [
        policy(
          trust({ AWS: ROLE }),
          shut({ Principal: "*", Condition: { ArnNotEquals: { "aws:PrincipalArn": `${ROLE}2` } } }),
        ),
      ],
      "missing",
    ],
    [
      "a session's own ARN is no PrincipalArn",
      SAME,
      [
        policy(
          trust({ AWS: ROLE }),
          shut({
            Principal: "*",
            Condition: {
              ArnNotLike: { "aws:PrincipalArn": "arn:aws:sts::111122223333:assumed-role/vendor/*" },
            },
          }),
        ),
      ],
      "missing",
    ],
    [
      "the account, and in it one ARN",
      SAME,
      [policy(trust({ AWS: "111122223333" }, { StringEquals: { "aws:PrincipalArn": ROLE } }))],
      "equal",
    ],
    [
      "everybody who has that ARN",
      SAME,
      [policy(trust("*", { ArnEquals: { "aws:PrincipalArn": ROLE } }))],
      "equal",
    ],
    [
      "a pattern of ARNs is wider",
      SAME,
      [
        policy(
          trust(
            { AWS: "111122223333" },
            { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/v*" } },
          ),
        ),
      ],
      "excess",
    ],
    [
      "the account of everybody",
      [policy(trust({ AWS: "111122223333" }))],
      [policy(trust("*", { StringEquals: { "aws:PrincipalAccount": "111122223333" } }))],
      "equal",
    ],
    [
      "another account than the role's",
      [policy()],
      [policy(trust({ AWS: ROLE }, { StringEquals: { "aws:PrincipalAccount": "999999999999" } }))],
      "equal",
    ],
    [
      "the account of a role elsewhere",
      [policy(trust({ AWS: CHINESE }))],
      [policy(trust({ AWS: CHINESE }, { StringEquals: { "aws:PrincipalAccount": "111122223333" } }))],
      "equal",
    ],
    [
      "a Deny of all other accounts",
      SAME,
      [
        policy(
          trust({ AWS: ROLE }),
          shut({
            Principal: "*",
            Condition: { StringNotEquals: { "aws:PrincipalAccount": "111122223333" } },
          }),
        ),
      ],
      "equal",
    ],
    [
      "a service has no PrincipalArn",
      [policy()],
      [
        policy(
          trust({ Service: "ec2.amazonaws.com" }, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::1:*" } }),
        ),
      ],
      "equal",
    ],
    [
      "two keys of one principal that contradict one another",
      [policy()],
      [
        policy(
          allow("s3:*", "*", {
            StringEquals: { "aws:PrincipalArn": ROLE, "aws:PrincipalAccount": "999999999999" },
          }),
        ),
      ],
      "undecided AW14",
    ],
    [
      "the tag of a service",
      [tagged("ec2:StartInstances", "aws:ResourceTag/env")],
      [tagged("ec2:StartInstances", "ec2:ResourceTag/env")],
      "equal",
    ],
    [
      "of another",
      [tagged(["ssm:SendCommand", "ssm:Get*"], "aws:ResourceTag/env")],
      [tagged(["ssm:SendCommand", "ssm:Get*"], "ssm:resourceTag/Env")],
      "equal",
    ],
    [
      "another value of it",
      [tagged("ec2:*", "aws:ResourceTag/env")],
      [tagged("ec2:*", "ec2:ResourceTag/env", "x")],
      "missing and excess",
    ],
    [
      "beside actions of another service",
      [tagged("ec2:StartInstances", "aws:ResourceTag/env")],
      [tagged(["ec2:StartInstances", "s3:GetObject"], "ec2:ResourceTag/env")],
      "excess",
    ],
    [
      "time and seconds",
      [policy(allow("s3:*", "*", { DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } }))],
      [policy(allow("s3:*", "*", { NumericLessThan: { "aws:EpochTime": "1798761600" } }))],
      "equal",
    ],
    [
      "a role is no service of AWS",
      SAME,
      [policy(trust({ AWS: ROLE }, { Bool: { "aws:PrincipalIsAWSService": "false" } }))],
      "equal",
    ],
    [
      "nobody of an account is, by a Deny",
      [policy(trust({ AWS: "111122223333" }))],
      [
        policy(
          trust({ AWS: "111122223333" }),
          shut({ Principal: "*", Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } }),
        ),
      ],
      "equal",
    ],
    [
      "whoever is attached a policy is none",
      [policy(allow("s3:*"))],
      [
        policy(allow("s3:*"), {
          ...allow("*", "*", { Bool: { "aws:PrincipalIsAWSService": true } }),
          Effect: "Deny",
        }),
      ],
      "equal",
    ],
    [
      "everybody may be one",
      [policy(trust("*"))],
      [policy(trust("*", { Bool: { "aws:PrincipalIsAWSService": "false" } }))],
      "missing",
    ],
    [
      "a service may be one, or not",
      [policy(trust({ Service: "ec2.amazonaws.com" }))],
      [policy(trust({ Service: "ec2.amazonaws.com" }, { Bool: { "aws:PrincipalIsAWSService": "false" } }))],
      "missing",
    ],
    [
      "a role that is a service, which nobody is",
      [policy()],
      [policy(trust({ AWS: ROLE }, { Bool: { "aws:PrincipalIsAWSService": "true" } }))],
      "equal",
    ],
    [
      "sessions of a role are of the kind AssumedRole",
      SAME,
      [policy(trust({ AWS: ROLE }, { StringEquals: { "aws:PrincipalType": "AssumedRole" } }))],
      "equal",
    ],
    [
      "a session by its name is",
      [policy(trust({ AWS: "arn:aws:sts::111122223333:assumed-role/vendor/s" }))],
      [
        policy(
          trust(
            { AWS: "arn:aws:sts::111122223333:assumed-role/vendor/s" },
            { StringLike: { "aws:PrincipalType": "Assumed*" } },
          ),
        ),
      ],
      "equal",
    ],
    [
      "a user is of another",
      [policy(trust({ AWS: "arn:aws:iam::111122223333:user/u" }))],
      [
        policy(
          trust(
            { AWS: "arn:aws:iam::111122223333:user/u" },
            { StringEquals: { "aws:PrincipalType": "AssumedRole" } },
          ),
        ),
      ],
      "missing",
    ],
    [
      "an account has several",
      [policy(trust({ AWS: "111122223333" }))],
      [policy(trust({ AWS: "111122223333" }, { StringEquals: { "aws:PrincipalType": "AssumedRole" } }))],
      "missing",
    ],
    [
      "a tag in the request is among its tag keys",
      [policy(allow("ec2:CreateTags", "*", { StringEquals: { "aws:RequestTag/env": "x" } }))],
      [
        policy(
          allow("ec2:CreateTags", "*", {
            StringEquals: { "aws:RequestTag/env": "x" },
            "ForAnyValue:StringEquals": { "aws:TagKeys": "env" },
          }),
        ),
      ],
      "undecided AW14",
    ],
    [
      "and another may be beside it",
      [policy(allow("ec2:CreateTags", "*", { StringEquals: { "aws:RequestTag/env": "x" } }))],
      [
        policy(
          allow("ec2:CreateTags", "*", {
            StringEquals: { "aws:RequestTag/env": "x" },
            "ForAllValues:StringEquals": { "aws:TagKeys": ["env"] },
          }),
        ),
      ],
      "missing",
    ],
    [
      "tag keys without a tag: those are taken away",
      [policy(allow("ec2:*Tags", "*", { "ForAnyValue:StringEquals": { "aws:TagKeys": "env" } }))],
      [
        policy(
          allow("ec2:*Tags", "*", {
            StringEquals: { "aws:RequestTag/env": "x" },
            "ForAnyValue:StringEquals": { "aws:TagKeys": "env" },
          }),
        ),
      ],
      "missing",
    ],
    [
      "no moment is before one and after another",
      [policy()],
      [
        policy(
          allow("s3:*", "*", {
            DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" },
            DateGreaterThan: { "aws:EpochTime": "1798761601" },
          }),
        ),
      ],
      "equal",
    ],
    [
      "the account of everybody, but one role of it, and that role is not in it",
      SAME,
      [
        policy(
          trust("*", {
            StringEquals: { "aws:PrincipalAccount": "111122223333" },
            ArnNotEquals: { "aws:PrincipalArn": ROLE },
          }),
        ),
      ],
      "missing and excess",
    ],
    [
      "everybody but one role, which is denied nothing besides",
      [policy()],
      [
        policy(
          trust({ AWS: "111122223333" }, { ArnNotEquals: { "aws:PrincipalArn": ROLE } }),
          shut({
            Principal: { AWS: "111122223333" },
            Condition: { ArnNotEquals: { "aws:PrincipalArn": ROLE } },
          }),
        ),
      ],
      "equal",
    ],
    [
      "a role beside a pattern of accounts that is not its own",
      [policy()],
      [policy(trust({ AWS: ROLE }, { StringLike: { "aws:PrincipalAccount": "9*" } }))],
      "equal",
    ],
    [
      "an account beside a pattern of ARNs that it has none of",
      [policy()],
      [
        policy(
          trust(
            { AWS: "111122223333" },
            { ArnLike: { "aws:PrincipalArn": "arn:*:iam::999999999999:role/*" } },
          ),
        ),
      ],
      "equal",
    ],
    [
      "a principal of an account has an ARN",
      [policy()],
      [policy(trust({ AWS: ROLE }, { StringNotLike: { "aws:PrincipalAccount": "1*" } }))],
      "equal",
    ],
    [
      "the time is always there",
      [policy(allow("s3:*", "*", { DateLessThan: { "aws:CurrentTime": "2027-01-01" } }))],
      [policy(allow("s3:*", "*", { DateLessThanIfExists: { "aws:CurrentTime": "2027-01-01" } }))],
      "equal",
    ],
  ];
  it("a request says of its principal and its tags what follows from them", () => {
    const asked = (Condition: object, context: Record<string, string | string[]>, principal = ROLE) =>
      allows("aws", [policy(trust({ AWS: [ROLE, "111122223333"] }, Condition))], {
        action: "sts:AssumeRole",
        resource: "*",
        principal,
        context,
      });
    expect(asked({ Bool: { "aws:PrincipalIsAWSService": "false" } }, {})).toBe("allowed");
    expect(asked({}, { "aws:PrincipalIsAWSService": "true" })).toBe("undecided");
    expect(asked({ StringEquals: { "aws:PrincipalType": "AssumedRole" } }, {})).toBe("allowed");
    expect(asked({ StringEquals: { "aws:PrincipalType": "AssumedRole" } }, {}, "111122223333")).toBe(
      "denied",
    );
    const tagged = { "ForAnyValue:StringEquals": { "aws:TagKeys": "Env" } };
    expect(asked(tagged, { "aws:RequestTag/Env": "x" })).toBe("allowed");
    expect(asked(tagged, { "aws:RequestTag/Other": "x" })).toBe("denied");
    expect(asked(tagged, { "aws:RequestTag/Env": "x", "aws:TagKeys": ["env", "b"] })).toBe("denied");
    expect(asked(tagged, { "aws:RequestTag/Env": "x", "aws:TagKeys": ["b"] })).toBe("undecided");
  });

  describe("who asks by a role's policy is of the kind AssumedRole", () => {
    const of = (kind: string, operator = "StringEquals") =>
      policy(allow("s3:GetObject", "*", { [operator]: { "aws:PrincipalType": kind } }));
    const plain = policy(allow("s3:GetObject", "*"));
    const deny = (kind: string) =>
      policy(allow("s3:GetObject", "*"), {
        Effect: "Deny",
        Action: "s3:*",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:PrincipalType": kind } },
      });
    const verdict = (one: object, other: object, holder?: "role") => {
      const found = comparePolicies("aws", [one], [other], holder === undefined ? {} : { holder });
      return [found.missing.length, found.excess.length, found.undecided.length].join(" ");
    };
    it.each<[string, object, object, string, string]>([
      ["a condition that every session meets", plain, of("AssumedRole"), "0 0 0", "1 0 0"],
      ["one that none meets", policy(), of("User"), "0 0 0", "0 1 0"],
      ["nor its negation spares", plain, of("User", "StringNotEquals"), "0 0 0", "1 0 0"],
      ["a Deny of all other kinds", plain, deny("AssumedRole"), "0 0 0", "1 0 0"],
      ["a Deny of it", plain, deny("User"), "1 0 0", "1 0 0"],
      ["where the key is", plain, of("*", "StringLike"), "0 0 0", "0 0 0"],
      ["weaker by one kind that does not ask", of("AssumedRole"), of("*", "StringLike"), "0 0 0", "0 1 0"],
    ])("%s", (_, one, other, held, anybody) => {
      expect(verdict(one, other, "role")).toBe(held);
      expect(verdict(one, other)).toBe(anybody);
    });

    it("and its witness says so", () => {
      const found = comparePolicies("aws", [], [of("Assumed*", "StringLike")], { holder: "role" });
      expect(found.excess[0]?.witness).toMatchObject({ context: { "aws:PrincipalType": "AssumedRole" } });
    });
  });

  it("the witness brings the keys of all its tags", () => {
    const { missing } = comparePolicies(
      "aws",
      [policy(allow("ec2:CreateTags", "*", { StringEquals: { "aws:RequestTag/env": "x" } }))],
      [
        policy(
          allow("ec2:CreateTags", "*", {
            StringEquals: { "aws:RequestTag/env": "x" },
            "ForAllValues:StringEquals": { "aws:TagKeys": ["env"] },
          }),
        ),
      ],
    );
    expect(missing.map((r) => r.witness)).toEqual([
      {
        action: "ec2:CreateTags",
        resource: "<any>",
        context: { "aws:RequestTag/env": "x", "aws:TagKeys": ["<any>", "env"] },
      },
    ]);
  });

  it("a difference is told by a request whose tags and their keys agree, wherever one is there", () => {
    // statements about other keys and actions ask for a tag, and for its key, each by itself (AW6, AW14)
    const documented = policy(allow("s3:*", "*"));
    const live = policy(
      allow("s3:PutBucketPolicy", "arn:aws:s3:::a*", {
        StringEquals: { "aws:ResourceAccount": "${aws:PrincipalAccount}" },
      }),
      allow("s3:*", "*", { Null: { "aws:RequestTag/x": "true" } }),
      allow("s3:*", "*", { Null: { "aws:TagKeys": "true" } }),
    );
    const both = comparePolicies("aws", [documented], [live]);
    expect(both.undecided).toEqual([]);
    expect(both.missing.map((r) => [r.pattern, r.witness])).toEqual([
      ["s3:*", { action: "s3:PutBucketPolicy", resource: "<any>", context: { "aws:RequestTag/x": "<any>" } }],
    ]);
    // a variable alone may ask for a tag
    const named = (Condition: object = {}) =>
      policy(allow("s3:*", "arn:aws:s3:::${aws:RequestTag/x}/*", Condition));
    const only = named({ "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "x"] } });
    const { missing: told, undecided: open } = comparePolicies("aws", [named()], [only]);
    expect([told.length, open]).toEqual([1, []]);
    for (const { witness } of told)
      expect([named(), only].map((each) => allows("aws", [each], witness))).toEqual(["allowed", "denied"]);
    // none need be brought where the statement allows none of that name
    const tagging = policy(
      allow("sagemaker:AddTags", "*", {
        "ForAllValues:StringLike": { "aws:TagKeys": ["a*", "b*"] },
        "ForAllValues:StringNotLike": { "aws:TagKeys": "c*" },
      }),
    );
    const other = policy(allow("glue:Get", "*", { Null: { "aws:RequestTag/cx": "true" } }));
    const { excess, undecided } = comparePolicies("aws", [other], [tagging]);
    expect(undecided).toEqual([]);
    expect(excess.map((r) => [r.pattern, r.witness])).toEqual([
      ["sagemaker:AddTags", { action: "sagemaker:AddTags", resource: "example" }],
    ]);
  });

  it.each(cases)("%s", (_, documented, live, expected) => check(documented, live, expected));

  it("`allows` derives what follows, and decides nothing of a request that cannot be", () => {
    const only = [policy(allow("s3:*", "*", { StringEquals: { "aws:PrincipalAccount": "111122223333" } }))];
    const request = { action: "s3:GetObject", resource: "*" };
    expect(allows("aws", only, { ...request, principal: ROLE })).toBe("allowed");
    expect(allows("aws", only, { ...request, principal: ROLE.replace("1111", "9999") })).toBe("denied");
    const other = { "aws:PrincipalAccount": "999999999999" };
    expect(allows("aws", only, { ...request, principal: ROLE, context: other })).toBe("undecided");
    const tags = { "aws:ResourceTag/a": "x", "ec2:ResourceTag/a": "y" };
    expect(allows("aws", [policy(allow("*"))], { action: "ec2:Run", resource: "*", context: tags })).toBe(
      "undecided",
    );
    expect(allows("aws", [policy(allow("*"))], { action: "s3:Get", resource: "*", context: tags })).toBe(
      "allowed",
    );
    const times = { "aws:CurrentTime": "2027-01-01T00:00:00Z", "aws:EpochTime": "1" };
    expect(allows("aws", [policy(allow("*"))], { ...request, context: times })).toBe("undecided");
  });

  it("AW12: what falls away is still a weakened condition, with both texts", () => {
    const documented = [
      policy(trust({ AWS: "111122223333" }, { StringEquals: { "aws:PrincipalArn": ROLE } })),
    ];
    const { excess } = comparePolicies("aws", documented, [policy(trust({ AWS: "111122223333" }))]);
    expect(excess.map((r) => r.weakened)).toEqual([
      { documented: `StringEquals aws:PrincipalArn = ${ROLE}`, live: "no condition" },
    ]);
  });
});

describe("AW10: principals", () => {
  const USER = "arn:aws:iam::111122223333:user/bob";
  const ROLE = "arn:aws:iam::111122223333:role/vendor";
  const ROOT = "arn:aws:iam::111122223333:root";
  const SESSION = "arn:aws:sts::111122223333:assumed-role/vendor/s";
  const OAI = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABC";
  const CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
  const but = (...AWS: string[]) => [policy(trust("*"), shut({ NotPrincipal: { AWS } }))];
  const cases: Case[] = [
    [
      "a Deny of all but a role, without its account",
      [policy(trust({ AWS: ROLE }))],
      but(ROLE),
      "undecided AW10",
    ],
    [
      "with its account, and without its session",
      [policy(trust({ AWS: ROLE }))],
      but(ROLE, ROOT),
      "undecided AW10",
    ],
    [
      "with role, account and session",
      [policy(trust({ AWS: SESSION }))],
      but(ROLE, ROOT, SESSION),
      "undecided AW10",
    ],
    ["a user without its account", [policy(trust({ AWS: USER }))], but(USER), "undecided AW10"],
    ["an account", [policy(trust({ AWS: ROOT }))], but("111122223333"), "equal"],
    [
      "somebody who is surely denied",
      [policy(trust({ AWS: "arn:aws:iam::999999999999:user/x" }))],
      but(USER),
      "missing",
    ],
    [
      "an account by number, in the partition that is named beside it",
      [policy(trust({ AWS: "012345678901" }))],
      [policy(trust({ AWS: "arn:aws-cn:iam::012345678901:root" }))],
      "equal",
    ],
    [
      "no other partition is meant",
      [policy(trust({ AWS: "arn:aws:iam::012345678901:root" }))],
      [policy(trust({ AWS: "arn:aws-us-gov:iam::012345678901:root" }))],
      "missing and excess",
    ],
    [
      "two partitions are named",
      [policy(trust({ AWS: "012345678901" }))],
      [policy(trust({ AWS: ["arn:aws-cn:iam::012345678901:root", "arn:aws:iam::111122223333:root"] }))],
      "undecided AW10",
    ],
    [
      "a canonical user and an identity",
      [policy(trust({ AWS: OAI }))],
      [policy(trust({ CanonicalUser: CANONICAL }))],
      "undecided AW10",
    ],
    [
      "and an account",
      [policy(trust({ AWS: ROOT }))],
      [policy(trust({ CanonicalUser: CANONICAL }))],
      "undecided AW10",
    ],
    [
      "two canonical users",
      [policy(trust({ CanonicalUser: `1${CANONICAL}` }))],
      [policy(trust({ CanonicalUser: CANONICAL }))],
      "missing and excess",
    ],
    [
      "a Deny of the other",
      [policy(trust({ AWS: OAI }))],
      [policy(trust({ AWS: OAI }), shut({ Principal: { CanonicalUser: CANONICAL } }))],
      "undecided AW10",
    ],
  ];
  it.each(cases)("%s", (_, documented, live, expected) => check(documented, live, expected));

  it("AW10: of role, account and session the session is surely let in", () => {
    const request = { action: "sts:AssumeRole", resource: "*" };
    const live = but(ROLE, ROOT, SESSION);
    expect(allows("aws", live, { ...request, principal: SESSION })).toBe("allowed");
    expect(allows("aws", live, { ...request, principal: ROLE })).toBe("undecided");
    expect(allows("aws", live, { ...request, principal: "arn:aws:iam::999999999999:user/x" })).toBe("denied");
    expect(allows("aws", but(USER, ROOT), { ...request, principal: USER })).toBe("allowed");
  });
});

describe("notes: what the texts do not show", () => {
  it("AW6: Version is named where it is the difference", () => {
    const Statement = [allow("s3:GetObject", "arn:aws:s3:::homes/${aws:username}/*")];
    const { missing, excess } = comparePolicies(
      "aws",
      [{ Version: "2012-10-17", Statement }],
      [{ Statement }],
    );
    expect(missing.map((r) => r.note)).toEqual([
      '${…} is a variable here and literal text on the other side: the other side has no "Version": "2012-10-17"',
    ]);
    expect(excess.map((r) => r.note)).toEqual([
      '${…} is literal text here and a variable on the other side: its document has no "Version": "2012-10-17"',
    ]);
  });

  it("AW5, AW9: why a grant is dead", () => {
    const serviceData = {
      date: "2026-09-26",
      source: "test",
      keys: ["sts:externalid"],
      keySets: [[0], []],
      services: {
        sts: [
          ["AssumeRole", "W", 1, 0],
          ["TagSession", "T", 1, 1],
          ["GetCallerIdentity", "R", 0, 1],
        ],
      },
    } as const;
    const id = { StringEquals: { "sts:ExternalId": "e" } };
    const live = [
      policy(allow("sts:TagSession", "*", id)),
      policy(allow("sts:GetCallerIdentity", "arn:aws:iam::1:role/x")),
    ];
    const { excess } = comparePolicies("aws", [], live, { serviceData });
    expect(excess.map((r) => [r.dead, r.note])).toEqual([
      [true, "sts:GetCallerIdentity knows no resource but * (AW5)"],
      [true, "sts:TagSession has no condition key sts:ExternalId (AW9)"],
    ]);
  });
});
