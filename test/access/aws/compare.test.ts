import { describe, expect, it } from "vitest";
import type { AwsRequest, Comparison } from "../../../src/access/policy.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

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
const tag = (operator: string, value: unknown = "chalk") => ({ [operator]: { "aws:ResourceTag/by": value } });

const line = (r: Comparison["missing"][number]): string =>
  [
    r.pattern,
    ...(r.resources !== undefined && r.resources.join() !== "*" ? [`on ${r.resources.join(", ")}`] : []),
    ...(r.principals !== undefined ? [`for ${r.principals.join(", ")}`] : []),
    ...(r.conditions !== undefined ? [`if ${r.conditions}`] : []),
    ...(r.except.length > 0 ? [`except ${r.except.join("; ")}`] : []),
    ...(r.weakened !== undefined ? ["(weakened)"] : []),
  ].join(" ");
const brief = (c: Comparison) => ({
  missing: c.missing.map(line),
  excess: c.excess.map(line),
  undecided: c.undecided.map((d) => `${d.side} ${d.clause} ${d.pattern}`),
});
const NOTHING = { missing: [], excess: [], undecided: [] };
const excess = (...rows: string[]) => ({ ...NOTHING, excess: rows });
const missing = (...rows: string[]) => ({ ...NOTHING, missing: rows });
const undecided = (...rows: string[]) => ({ ...NOTHING, undecided: rows });

const BUCKET = "arn:aws:s3:::chalk-*";
const ROLE = "arn:aws:iam::111122223333:role/vendor";
const ID = { StringEquals: { "sts:ExternalId": "e" } };

describe("comparePolicies for AWS: whole results, clause by clause", () => {
  const cases: [string, Statement[], Statement[], object][] = [
    ["AW1 an explicit deny wins", [allow("s3:*")], [allow("s3:*"), deny("s3:Put*")], missing("s3:Put*")],
    [
      "AW1 a deny of one resource",
      [allow("s3:*")],
      [allow("s3:*"), deny("s3:Put*", BUCKET)],
      missing("s3:Put*"),
    ],
    ["AW1 a deny that reaches nothing", [allow("s3:*")], [allow("s3:*"), deny("ec2:*")], NOTHING],
    [
      "AW1 a documented deny that is not there",
      [allow("s3:*"), deny("s3:Put*")],
      [allow("s3:*")],
      excess("s3:Put*"),
    ],
    [
      "AW1 a narrower deny",
      [allow("s3:*"), deny("s3:P*")],
      [allow("s3:*"), deny("s3:Put*")],
      excess("s3:P* except s3:Put*"),
    ],
    ["AW2 case", [allow("S3:getobject")], [allow("s3:GetObject")], NOTHING],
    ["AW2 *:* is *", [allow("*")], [allow("*:*")], NOTHING],
    ["AW2 ?", [allow("s3:GetObjec?")], [allow("s3:GetObject")], missing("s3:GetObjec? except s3:GetObject")],
    [
      "AW3 NotAction is broad",
      [allow("s3:*")],
      [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }],
      {
        missing: ["s3:*"],
        excess: ["NotAction s3:*"],
        undecided: [],
      },
    ],
    [
      "AW3 NotAction leaves out",
      [allow("*")],
      [{ Effect: "Allow", NotAction: ["iam:*", "sts:*"], Resource: "*" }],
      missing("iam:*, sts:*"),
    ],
    [
      "AW3 NotAction given back",
      [allow("*")],
      [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }, allow("iam:*")],
      NOTHING,
    ],
    [
      "AW3 NotResource",
      [allow("s3:*")],
      [{ Effect: "Allow", Action: "s3:*", NotResource: BUCKET }],
      missing(`s3:* except on all but ${BUCKET}`),
    ],
    [
      "AW3 NotResource on both",
      [allow("s3:*")],
      [{ Effect: "Allow", Action: "s3:*", NotResource: BUCKET }, allow("s3:*", BUCKET)],
      NOTHING,
    ],
    [
      "AW4 case matters in resources",
      [allow("s3:*", "arn:aws:s3:::A")],
      [allow("s3:*", "arn:aws:s3:::a")],
      {
        missing: ["s3:* on arn:aws:s3:::A"],
        excess: ["s3:* on arn:aws:s3:::a"],
        undecided: [],
      },
    ],
    ["AW4 wider resource", [allow("s3:*", BUCKET)], [allow("s3:*")], excess(`s3:* except on ${BUCKET}`)],
    [
      "AW4 one more resource",
      [allow("s3:*", BUCKET)],
      [allow("s3:*", [BUCKET, "arn:aws:s3:::x"])],
      excess("s3:* on arn:aws:s3:::x"),
    ],
    [
      "AW6 a variable is itself",
      [allow("s3:*", `${BUCKET}/\${aws:username}/*`)],
      [allow("s3:*", `${BUCKET}/\${AWS:UserName}/*`)],
      NOTHING,
    ],
    [
      "AW6 and covered by a star",
      [allow("s3:*", `arn:aws:s3:::b/\${aws:username}/*`)],
      [allow("s3:*", "arn:aws:s3:::b/*")],
      excess(`s3:* on arn:aws:s3:::b/* except on arn:aws:s3:::b/\${aws:username}/*`),
    ],
    [
      "AW6 a deny that holds only for one value of it",
      [allow("s3:*", "arn:aws:s3:::b/x")],
      [allow("s3:*", "arn:aws:s3:::b/x"), deny("s3:*", `arn:aws:s3:::b/\${aws:username}`)],
      undecided("missing AW6 s3:* on arn:aws:s3:::b/x"),
    ],
    [
      `AW6 \${*} is a star, not a wildcard`,
      [allow("s3:*", `arn:aws:s3:::\${*}`)],
      [allow("s3:*", "arn:aws:s3:::*")],
      excess(`s3:* on arn:aws:s3:::* except on arn:aws:s3:::\${*}`),
    ],
    [
      "AW7 values are alternatives",
      [allow("s3:*", "*", tag("StringEquals", ["a", "b"]))],
      [allow("s3:*", "*", tag("StringEquals", "a")), allow("s3:*", "*", tag("StringEquals", "b"))],
      NOTHING,
    ],
    [
      "AW7 a star in StringEquals is a star",
      [allow("s3:*", "*", tag("StringEquals", "*"))],
      [allow("s3:*", "*", tag("StringLike", `\${*}`))],
      NOTHING,
    ],
    [
      "AW7 StringLike without wildcards is StringEquals",
      [allow("s3:*", "*", tag("StringEquals"))],
      [allow("s3:*", "*", tag("StringLike"))],
      NOTHING,
    ],
    [
      "AW7 Null is presence",
      [allow("s3:*", "*", tag("StringLike", "*"))],
      [allow("s3:*", "*", tag("Null", "false"))],
      NOTHING,
    ],
    [
      "AW7 a bare address is a block of one",
      [allow("s3:*", "*", { IpAddress: { "aws:SourceIp": "10.0.0.1" } })],
      [allow("s3:*", "*", { IpAddress: { "aws:SourceIp": "10.0.0.1/32" } })],
      NOTHING,
    ],
    [
      "AW7 two halves of a block",
      [allow("s3:*", "*", { IpAddress: { "aws:SourceIp": "2001:db8::/32" } })],
      [allow("s3:*", "*", { IpAddress: { "aws:SourceIp": ["2001:db8::/33", "2001:db8:8000::/33"] } })],
      NOTHING,
    ],
    [
      "AW7 a gap between two blocks",
      [allow("s3:*", "*", { IpAddress: { "aws:SourceIp": ["10.0.0.0/10", "10.192.0.0/10"] } })],
      [allow("s3:*", "*", { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } })],
      excess(
        "s3:* if IpAddress aws:SourceIp = 10.0.0.0/8 except where IpAddress aws:SourceIp = 10.0.0.0/10 | 10.192.0.0/10 (weakened)",
      ),
    ],
    [
      "AW7 ArnEquals is ArnLike",
      [allow("s3:*", "*", { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:1:t" } })],
      [allow("s3:*", "*", { ArnEquals: { "aws:SourceArn": "arn:aws:sns:*:1:t" } })],
      NOTHING,
    ],
    [
      "AW7 an unknown operator",
      [allow("s3:*", "*", { Foo: { k: "v" } })],
      [allow("s3:*")],
      undecided("excess AW7 s3:* on *"),
    ],
    [
      "AW7 and the same on both sides",
      [allow("s3:*", "*", { Foo: { k: "v" } })],
      [allow("s3:*", "*", { Foo: { k: ["v"] } })],
      NOTHING,
    ],
    [
      "AW8 Bool and StringEquals agree on true",
      [allow("s3:*", "*", { Bool: { "aws:SecureTransport": "true" } })],
      [allow("s3:*", "*", { StringEquals: { "aws:SecureTransport": "true" } })],
      NOTHING,
    ],
    [
      "AW8 a date",
      [allow("s3:*", "*", { DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } })],
      [allow("s3:*", "*", { DateLessThan: { "aws:CurrentTime": "2027-01-01" } })],
      NOTHING,
    ],
    [
      "AW8 a gap between two numbers, smaller than one",
      [
        allow("s3:*", "*", { NumericLessThanEquals: { "s3:max-keys": "1" } }),
        allow("s3:*", "*", { NumericGreaterThanEquals: { "s3:max-keys": "1.2" } }),
      ],
      [allow("s3:*", "*", { NumericLessThan: { "s3:max-keys": "100" } })],
      {
        missing: [
          "s3:* if NumericGreaterThanEquals s3:max-keys = 1.2 except where NumericLessThan s3:max-keys = 100",
        ],
        excess: [
          "s3:* if NumericLessThan s3:max-keys = 100 except where NumericGreaterThanEquals s3:max-keys = 1.2; where NumericLessThanEquals s3:max-keys = 1 (weakened)",
        ],
        undecided: [],
      },
    ],
    [
      "AW8 two kinds on one key",
      [allow("s3:*", "*", { NumericLessThan: { k: "5" } })],
      [allow("s3:*", "*", { NumericLessThan: { k: "5" }, StringNotLike: { k: "4.9999*" } })],
      undecided("missing AW8 s3:* on *"),
    ],
    [
      "AW10 a stranger",
      [trust({ AWS: ROLE }, ID)],
      [trust({ AWS: [ROLE, "444455556666"] }, ID)],
      excess("sts:AssumeRole for 444455556666 if StringEquals sts:ExternalId = e"),
    ],
    [
      "AW10 account by number and by root",
      [trust({ AWS: "444455556666" })],
      [trust({ AWS: "arn:aws:iam::444455556666:root" })],
      NOTHING,
    ],
    [
      "AW10 the whole account",
      [trust({ AWS: ROLE }, ID)],
      [trust({ AWS: "111122223333" }, ID)],
      excess(
        `sts:AssumeRole for 111122223333 if StringEquals sts:ExternalId = e except for ${ROLE} where StringEquals sts:ExternalId = e`,
      ),
    ],
    [
      "AW10 no partial wildcards",
      [trust({ AWS: "arn:aws:iam::111122223333:role/*" })],
      [trust({ AWS: ROLE })],
      {
        missing: ["sts:AssumeRole for arn:aws:iam::111122223333:role/*"],
        excess: [`sts:AssumeRole for ${ROLE}`],
        undecided: [],
      },
    ],
    [
      "AW10 a service is no account",
      [trust({ Service: "ec2.amazonaws.com" })],
      [trust({ AWS: "*" })],
      excess("sts:AssumeRole for * except for ec2.amazonaws.com"),
    ],
    [
      "AW10 NotPrincipal is the complement",
      [trust("*")],
      [{ Effect: "Allow", NotPrincipal: { AWS: ROLE }, Action: "sts:AssumeRole" }, trust({ AWS: ROLE })],
      NOTHING,
    ],
    [
      "AW12 external id removed",
      [trust({ AWS: ROLE }, ID)],
      [trust({ AWS: ROLE })],
      excess(
        `sts:AssumeRole for ${ROLE} except for ${ROLE} where StringEquals sts:ExternalId = e (weakened)`,
      ),
    ],
    [
      "AW12 IfExists",
      [allow("s3:*", "*", tag("StringEquals"))],
      [allow("s3:*", "*", tag("StringEqualsIfExists"))],
      excess(
        "s3:* if StringEqualsIfExists aws:ResourceTag/by = chalk except where StringEquals aws:ResourceTag/by = chalk (weakened)",
      ),
    ],
    [
      "AW12 StringLike",
      [allow("s3:*", "*", tag("StringEquals"))],
      [allow("s3:*", "*", tag("StringLike", "ch*"))],
      excess(
        "s3:* if StringLike aws:ResourceTag/by = ch* except where StringEquals aws:ResourceTag/by = chalk (weakened)",
      ),
    ],
    [
      "AW12 ForAllValues",
      [allow("s3:*", "*", tag("ForAnyValue:StringEquals"))],
      [allow("s3:*", "*", tag("ForAllValues:StringEqualsIfExists"))],
      {
        missing: [
          "s3:* if ForAnyValue:StringEquals aws:ResourceTag/by = chalk except where ForAllValues:StringEqualsIfExists aws:ResourceTag/by = chalk",
        ],
        excess: [
          "s3:* if ForAllValues:StringEqualsIfExists aws:ResourceTag/by = chalk except where ForAnyValue:StringEquals aws:ResourceTag/by = chalk",
        ],
        undecided: [],
      },
    ],
    [
      "AW12 a second value",
      [allow("s3:*", "*", tag("StringEquals"))],
      [allow("s3:*", "*", tag("StringEquals", ["chalk", "x"]))],
      excess(
        "s3:* if StringEquals aws:ResourceTag/by = chalk | x except where StringEquals aws:ResourceTag/by = chalk (weakened)",
      ),
    ],
    [
      "AW12 another value is no weakening",
      [allow("s3:*", "*", tag("StringEquals"))],
      [allow("s3:*", "*", tag("StringEquals", "x"))],
      {
        missing: ["s3:* if StringEquals aws:ResourceTag/by = chalk"],
        excess: ["s3:* if StringEquals aws:ResourceTag/by = x"],
        undecided: [],
      },
    ],
    [
      "AW12 narrower is missing",
      [allow("s3:*")],
      [allow("s3:*", "*", tag("StringEquals"))],
      missing("s3:* except where StringEquals aws:ResourceTag/by = chalk"),
    ],
    [
      "R3 actions of one statement are one row",
      [allow("s3:Get*")],
      [allow(["s3:Get*", "sqs:SendMessage", "sns:Publish"])],
      excess("sns:Publish, sqs:SendMessage"),
    ],
    [
      "R3 a narrower pattern beside a wider one",
      [allow("s3:Get*")],
      [allow(["s3:*", "s3:PutObject"]), allow("s3:Put*", BUCKET)],
      excess("s3:* except s3:Get*"),
    ],
    [
      "fault 41: no effect",
      [allow("s3:*")],
      [{ Effect: "Maybe", Action: "*", Resource: "*" }, allow("s3:*")],
      undecided("excess AW1 *"),
    ],
  ];
  it.each(cases)("%s", (_, documented, live, expected) => {
    const [left, right] = [[policy(...documented)], [policy(...live)]];
    const comparison = comparePolicies("aws", left, right);
    expect(brief(comparison)).toEqual(expected);
    for (const side of ["missing", "excess"] as const) {
      for (const { witness } of comparison[side]) {
        const found = [
          allows("aws", left, witness as AwsRequest),
          allows("aws", right, witness as AwsRequest),
        ];
        expect(found).toEqual(side === "missing" ? ["allowed", "denied"] : ["denied", "allowed"]);
      }
    }
  });

  it("AW1 a boundary cuts the live side, and one that cuts nothing is no drift", () => {
    const cut = { boundary: [policy(allow("s3:Get*"))] };
    const wide = { boundary: [policy(allow("*"))] };
    const s3 = [policy(allow("s3:*"))];
    expect(brief(comparePolicies("aws", s3, s3, cut))).toEqual(missing("s3:* except s3:Get*"));
    expect(brief(comparePolicies("aws", s3, s3, wide))).toEqual(NOTHING);
    expect(
      brief(comparePolicies("aws", s3, s3, { boundary: [policy(allow("*"), deny("s3:Put*"))] })),
    ).toEqual(missing("s3:Put*"));
    expect(brief(comparePolicies("aws", [policy(allow("s3:Get*"))], s3, cut))).toEqual(NOTHING);
    const request = { action: "s3:PutObject", resource: "arn:aws:s3:::b/o" };
    expect(allows("aws", s3, request)).toBe("allowed");
    expect(allows("aws", s3, request, cut)).toBe("denied");
  });

  it(`AW6 in version 2008-10-17, and without a version, \${…} is literal text`, () => {
    const text = `arn:aws:s3:::b/\${aws:username}`;
    const [old, current] = [{ Statement: [allow("s3:*", text)] }, policy(allow("s3:*", text))];
    const request = {
      action: "s3:GetObject",
      resource: "arn:aws:s3:::b/bob",
      context: { "aws:username": "bob" },
    };
    expect(allows("aws", [current], request)).toBe("allowed");
    expect(allows("aws", [old], request)).toBe("denied");
    expect(brief(comparePolicies("aws", [old], [{ ...old, Version: "2008-10-17" }]))).toEqual(NOTHING);
    expect(comparePolicies("aws", [old], [current]).missing).toHaveLength(1);
  });

  it("impact: what grants more, what changes or hands out data, what only reads (K8's like for AWS)", () => {
    const impacts = (...actions: string[]) =>
      comparePolicies("aws", [], [policy(...actions.map((a) => allow(a, "arn:aws:x:::y")))]).excess.map(
        (r) => `${r.pattern} ${r.impact}`,
      );
    expect(
      impacts(
        "iam:PassRole",
        "s3:PutObject",
        "s3:GetObject",
        "s3:GetBucketAcl",
        "ec2:Describe*",
        "s3:Get*",
        "*",
      ),
    ).toEqual(["* escalation"]);
    expect(
      impacts("iam:PassRole", "s3:PutObject", "s3:GetObject", "s3:GetBucketAcl", "ec2:Describe*"),
    ).toEqual([
      "ec2:Describe*, s3:GetBucketAcl read",
      "iam:PassRole escalation",
      "s3:GetObject, s3:PutObject write",
    ]);
    expect(impacts("s3:Get*", "iam:*", "iam:Get*")).toEqual(["iam:* escalation", "s3:Get* write"]);
  });
});

describe("document forms (AW11)", () => {
  const bare = policy(allow("s3:Get*"));
  const json = JSON.stringify(bare);
  it.each<[string, unknown]>([
    ["an object", bare],
    ["JSON text", json],
    ["percent-encoded", encodeURIComponent(json)],
    ["PolicyVersion.Document", { PolicyVersion: { Document: bare, VersionId: "v3" } }],
    ["PolicyVersion.Document, encoded", { PolicyVersion: { Document: encodeURIComponent(json) } }],
    ["document", { document: bare }],
    ["Document", { Document: json }],
    ["PolicyDocument", { RoleName: "r", PolicyName: "p", PolicyDocument: bare }],
    ["a list", [bare, { Document: bare }]],
    ["scalars", { Version: "2012-10-17", Statement: allow(["s3:Get*"], ["*"]) }],
    ["values in lists, a Sid", policy({ ...allow("S3:GET*"), Sid: "x" })],
  ])("%s", (_, form) => {
    expect(brief(comparePolicies("aws", [bare], [form]))).toEqual(NOTHING);
  });

  it.each<[unknown, string]>([
    [null, "document 1: expected an AWS policy document, found null"],
    ["nonsense", "document 1: not JSON: expected an AWS policy document"],
    ["%", "document 1: neither JSON nor percent-encoded JSON"],
    [{ a: 1 }, 'document 1: no "Statement"'],
  ])("refuses %j", (form, message) => {
    expect(() => comparePolicies("aws", [], [form])).toThrow(message);
  });

  it("refuses a request of another provider", () => {
    expect(() => allows("aws", [bare], { action: "a", plane: "control" })).toThrow("an AWS request is");
  });
});

describe("R2: a witness is on a resource that its action can have", () => {
  const places = ["arn:aws:eks:eu-west-1:1:cluster/a*", "arn:aws:sqs:eu-west-1:1:a*", "arn:aws:s3:::a-*"];
  const witnesses = (documented: readonly unknown[]) =>
    comparePolicies("aws", documented, [
      policy(allow(["sqs:SendMessage", "s3:GetObject", "eks:TagResource"], places)),
    ])
      .excess.flatMap(({ witness, witnesses = [] }) => [witness, ...witnesses] as AwsRequest[])
      .map(({ action, resource }) => `${action} on ${resource}`)
      .sort();

  it("where the statement has one of its service", () => {
    expect(witnesses([])).toEqual([
      "eks:TagResource on arn:aws:eks:eu-west-1:1:cluster/a<any>",
      "s3:GetObject on arn:aws:s3:::a-<any>",
      "sqs:SendMessage on arn:aws:sqs:eu-west-1:1:a<any>",
    ]);
  });

  it("but not where that one is granted on the other side", () => {
    const granted = policy(allow("sqs:SendMessage", "arn:aws:sqs:*"), allow("s3:*", "arn:aws:s3:::*"));
    expect(witnesses([granted]).filter((text) => text.startsWith("sqs"))).toEqual([
      "sqs:SendMessage on arn:aws:eks:eu-west-1:1:cluster/a<any>",
    ]);
  });
});
