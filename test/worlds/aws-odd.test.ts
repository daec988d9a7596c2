/**
 * States that are easily taken for a pass, or for a drift, that they are not: trust policies in odd forms, roles that
 * nobody looks at, names that are nearly another's, networks that are not the deployment's.
 */
import { describe, expect, it } from "vitest";
import { codeOf, lines, type Run, reportOn } from "./aws-look.ts";
import {
  ACCOUNT,
  type AwsState,
  allow,
  awsState,
  cluster,
  EXTERNAL_ID,
  LOG_GROUP,
  logReader,
  managed,
  management,
  OTHER_VPC,
  policy,
  REGION,
  role,
  scoped,
  scopedRole,
  subnets,
  tags,
  VENDOR,
  VPC,
  withStatement,
} from "./aws-state.ts";

type World = [name: string, run: Run, state: Partial<AwsState>, findings: readonly string[], code: number];

const NAMED: Run = { parameters: { role: "chalk", externalId: EXTERNAL_ID } };
const FOUND: Run = {};
const ASSUME = "sts:AssumeRole";
const KEYED = { StringEquals: { "sts:ExternalId": EXTERNAL_ID } };
const at = (key: string, value: string) => `{${JSON.stringify(key)}:${JSON.stringify(value)}}`;
const WITH_ID = at("sts:ExternalId", EXTERNAL_ID);

/** A trust policy of these statements, each an Allow of AssumeRole unless it says otherwise. */
const gate = (...statements: readonly object[]) =>
  policy(...statements.map((s) => ({ Effect: "Allow", Action: ASSUME, ...s })));
const named = (aws: unknown, more: object = {}) => ({ Principal: { AWS: aws }, ...more });
const deny = (more: object) => ({ Effect: "Deny", Principal: "*", ...more });

const BACK = `arn:aws:iam::${ACCOUNT}:role/back`;
const everything = managed("all", policy(allow("*")));
/** The documented role, and one that can do everything beside it. */
const beside = (document: unknown) => ({
  roles: [role(), role({ arn: BACK, trust: document, attached: [everything] })],
});
const admin = "effective-access excess critical * ! iam:CreateUser <any>";
const notFound = ["trust-policy", "effective-access", "management-policy"].map(
  (c) => `${c} absent medium role to audit`,
);
const notKnown = ["trust-policy", "effective-access", "management-policy", "log-reader-policy"].map(
  (c) => `${c} unknown chalk`,
);
const lacks = `trust-policy missing medium ${ASSUME} ! ${VENDOR} ${ASSUME} <any> ${WITH_ID}`;

const whichRoles: readonly World[] = [
  [
    "AW10: beside the documented role one that trusts the vendor's whole account",
    FOUND,
    beside(gate(named("754784422779", { Condition: KEYED }))),
    [
      admin,
      `trust-policy excess critical ${ASSUME} ! arn:aws:iam::754784422779:<any> ${ASSUME} <any> ${WITH_ID}`,
    ],
    1,
  ],
  [
    "AW10: beside the documented role one that trusts another principal of the vendor",
    FOUND,
    beside(gate(named("arn:aws:iam::754784422779:role/support", { Condition: KEYED }))),
    [
      admin,
      `trust-policy excess critical ${ASSUME} ! arn:aws:iam::754784422779:role/support ${ASSUME} <any> ${WITH_ID}`,
      lacks,
    ],
    1,
  ],
  [
    "AW10: beside the documented role one that is open to the world",
    FOUND,
    beside(gate({ Principal: "*" })),
    [admin, `trust-policy excess critical ${ASSUME} ! <any> ${ASSUME} <any>`],
    1,
  ],
  [
    "AW10: beside the documented role one that is open to all but a few",
    FOUND,
    beside(gate({ NotPrincipal: { AWS: "arn:aws:iam::999999999999:role/shop" }, Condition: KEYED })),
    [admin, `trust-policy excess critical ${ASSUME} ! <any> ${ASSUME} <any> ${WITH_ID}`],
    1,
  ],
  [
    "beside the documented role one that is open to the vendor by a condition",
    FOUND,
    beside(
      gate({ Principal: "*", Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::754784422779:*" } } }),
    ),
    [
      admin,
      // AW14: the documented role surely has an ARN of that account, so nothing is lacking
      `trust-policy excess critical ${ASSUME} ! arn:aws:iam::754784422779:<any> ${ASSUME} <any>`,
    ],
    1,
  ],
  [
    "a role of the customer's own organisation is not the vendor's",
    FOUND,
    beside(gate({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } })),
    [],
    0,
  ],
  [
    "nor is one that denies everybody outside it",
    FOUND,
    beside(
      gate({ Principal: "*" }, deny({ Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-acme" } } })),
    ),
    [],
    0,
  ],
  [
    "nor one that denies the vendor",
    FOUND,
    beside(gate({ Principal: "*" }, deny({ Principal: { AWS: "754784422779" } }))),
    [],
    0,
  ],
  [
    "but a Deny that the vendor can avoid keeps nobody out",
    FOUND,
    beside(gate({ Principal: "*" }, deny({ Condition: { StringNotEquals: { "sts:ExternalId": "other" } } }))),
    [
      admin,
      `trust-policy excess critical ${ASSUME} ! <any> ${ASSUME} <any> ${at("sts:ExternalId", "other")}`,
      lacks,
    ],
    1,
  ],
  ["nor one that trusts its own account", FOUND, beside(gate(named(ACCOUNT))), [], 0],
  ["nor one that trusts nobody", FOUND, beside(policy()), [], 0],
  [
    "nor one that trusts a provider of identities",
    FOUND,
    beside(
      gate({
        Principal: { Federated: "arn:aws:iam::754784422779:oidc-provider/x.test" },
        Action: "sts:AssumeRoleWithWebIdentity",
      }),
    ),
    [],
    0,
  ],
  [
    "where that one is the only role, there is none of the vendor",
    FOUND,
    {
      roles: [
        role({
          trust: gate({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } }),
        }),
      ],
    },
    notFound,
    1,
  ],
  [
    "AW11: a trust policy that cannot be read may be the vendor's",
    FOUND,
    { roles: [role({ trust: "<html>" })] },
    notKnown,
    3,
  ],
  [
    "AW11: so may one with a statement that is none",
    FOUND,
    { roles: [role({ trust: { Version: "2012-10-17", Statement: [null] } })] },
    notKnown,
    3,
  ],
  [
    "AW11: beside the documented role too, and nothing is said of what it can do",
    FOUND,
    beside("<html>"),
    notKnown.map((l) => l.replace("chalk", "back")),
    3,
  ],
  [
    "elements of another case name principals too",
    FOUND,
    beside({ Version: "2012-10-17", Statement: [{ effect: "Allow", principal: "*", action: ASSUME }] }),
    [admin, `trust-policy excess critical ${ASSUME} ! <any> ${ASSUME} <any>`],
    1,
  ],
  [
    "the role given is of another account than what was read",
    { parameters: { role: "arn:aws:iam::999999999999:role/chalk", externalId: EXTERNAL_ID } },
    { asked: ["arn:aws:iam::999999999999:role/chalk"] },
    notKnown,
    3,
  ],
  [
    "the state was recorded for another role: it says nothing of the one given",
    { parameters: { role: "admin", externalId: EXTERNAL_ID } },
    { asked: ["chalk"] },
    notKnown.map((l) => l.replace("chalk", "admin")),
    3,
  ],
  [
    "the state was recorded for whoever trusts the vendor: it says nothing of others",
    { parameters: { role: "admin", externalId: EXTERNAL_ID } },
    {},
    notKnown.map((l) => l.replace("chalk", "admin")),
    3,
  ],
  [
    "the role was looked for by its ARN, and is not there",
    { parameters: { role: "admin", externalId: EXTERNAL_ID } },
    { asked: [`arn:aws:iam::${ACCOUNT}:role/ops/admin`] },
    notFound.map((l) => l.replace("role to audit", "admin")),
    1,
  ],
];

const trustForms: readonly World[] = [
  [
    "a Deny without the external id instead of a condition on the Allow",
    NAMED,
    {
      roles: [
        role({
          trust: gate(
            named(VENDOR),
            deny({ Condition: { StringNotEquals: { "sts:ExternalId": EXTERNAL_ID } } }),
          ),
        }),
      ],
    },
    [],
    0,
  ],
  [
    "AW7: operator and key in another case",
    NAMED,
    {
      roles: [
        role({
          trust: gate(named(VENDOR, { Condition: { stringequals: { "STS:externalid": EXTERNAL_ID } } })),
        }),
      ],
    },
    [],
    0,
  ],
  [
    "AW12: that there is an external id, but not which",
    NAMED,
    { roles: [role({ trust: gate(named(VENDOR, { Condition: { Null: { "sts:ExternalId": "false" } } })) })] },
    [`trust-policy weakened critical ${ASSUME} ! ${VENDOR} ${ASSUME} <any> ${at("sts:ExternalId", "<any>")}`],
    1,
  ],
  [
    "AW12: another condition in the place of the external id, in a second statement",
    NAMED,
    {
      roles: [
        role({
          trust: gate(
            named(VENDOR, { Condition: KEYED }),
            named(VENDOR, { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
          ),
        }),
      ],
    },
    [
      `trust-policy weakened critical ${ASSUME} ! ${VENDOR} ${ASSUME} <any> ${at("aws:PrincipalOrgID", "o-1")}`,
    ],
    1,
  ],
  [
    "the page's placeholder was never replaced, and no external id is given",
    { parameters: { role: "chalk" } },
    {
      roles: [
        role({
          trust: gate(
            named(VENDOR, { Condition: { StringEquals: { "sts:ExternalId": "<your-chalk-external-id>" } } }),
          ),
        }),
      ],
    },
    [
      `trust-policy missing medium ${ASSUME} ! ${VENDOR} ${ASSUME} ~ ${at("sts:ExternalId", "{externalId}")}`,
      `trust-policy weakened critical ${ASSUME} ! ${VENDOR} ${ASSUME} ~ ${at("sts:ExternalId", "<your-chalk-external-id>")}`,
    ],
    1,
  ],
  [
    "AW10: a wildcard in an ARN is literal, and nobody is called that",
    NAMED,
    { roles: [role({ trust: gate(named("arn:aws:iam::754784422779:role/*", { Condition: KEYED })) })] },
    [
      `trust-policy excess critical ${ASSUME} ! arn:aws:iam::754784422779:role/* ${ASSUME} <any> ${WITH_ID}`,
      lacks,
    ],
    1,
  ],
];

const session = "arn:aws:sts::754784422779:assumed-role/chalk-api-server/build-1";
const sessions: readonly World[] = [
  [
    "AW10: a session of the documented role beside the role: it could come in already",
    NAMED,
    { roles: [role({ trust: gate(named([VENDOR, session], { Condition: KEYED })) })] },
    [],
    0,
  ],
  [
    "AW10: a session alone is less than the role, and no stranger",
    NAMED,
    { roles: [role({ trust: gate(named(session, { Condition: KEYED })) })] },
    [lacks],
    1,
  ],
  [
    "AW10: a session of a role of nearly that name is a stranger",
    NAMED,
    {
      roles: [
        role({ trust: gate(named([VENDOR, session.replace("server/", "server-2/")], { Condition: KEYED })) }),
      ],
    },
    [
      `trust-policy excess critical ${ASSUME} ! ${session.replace("server/", "server-2/")} ${ASSUME} <any> ${WITH_ID}`,
    ],
    1,
  ],
  [
    "AW10: a Deny of the role is one of its sessions",
    NAMED,
    {
      roles: [
        role({
          trust: gate(named([VENDOR, session], { Condition: KEYED }), deny({ Principal: { AWS: VENDOR } })),
        }),
      ],
    },
    [lacks],
    1,
  ],
];

const lacking = withStatement(management, 0, (s) => ({
  ...s,
  Action: (s.Action as readonly string[]).filter((a) => a !== "sqs:*"),
}));
const nested = (inline: Readonly<Record<string, unknown>>) =>
  role({ arn: `arn:aws:iam::${ACCOUNT}:role/chalk/other`, inline });

const nearlyAnothers: readonly World[] = [
  [
    "what a role under the path /chalk/ holds is not held by the role chalk",
    NAMED,
    { roles: [role({ attached: [managed("m", lacking)] }), nested({ x: policy(allow("sqs:*")) })] },
    ["effective-access", "management-policy"].map(
      (c) => `${c} missing medium sqs:* ! sqs:ReceiveMessage <any>`,
    ),
    1,
  ],
  [
    "and what it holds too much is not the role chalk's excess",
    NAMED,
    { roles: [role(), nested({ x: policy(allow("organizations:*")) })] },
    [],
    0,
  ],
];

const six = {
  SubnetId: "subnet-six",
  VpcId: VPC,
  AvailabilityZone: `${REGION}a`,
  Ipv6Native: true,
  Ipv6CidrBlockAssociationSet: [
    { Ipv6CidrBlock: "2600:1f18::/64", Ipv6CidrBlockState: { State: "disassociated" } },
    { Ipv6CidrBlock: "2600:1f18:0:1::/64", Ipv6CidrBlockState: { State: "associated" } },
  ],
  Tags: tags(),
};
const LENDER = "210987654321";
const lent = (change: object) => ({ ...subnets[0], OwnerId: LENDER, ...change });

const networks: readonly World[] = [
  [
    "a subnet of version 6 alone is one too many, not one that could not be read",
    NAMED,
    { subnets: [...subnets, six] },
    ["vpc-cidr-plan stray medium subnet-six"],
    1,
  ],
  [
    "nor does it stand for a planned one",
    NAMED,
    { subnets: [...subnets.slice(1), { ...six, Tags: tags({ Name: "six" }) }] },
    ["vpc-cidr-plan absent medium private a", "vpc-cidr-plan stray medium six"],
    1,
  ],
  [
    "a subnet that came without its zone is not in the wrong one",
    NAMED,
    { subnets: [...subnets.slice(1), { ...subnets[0], AvailabilityZone: null }] },
    ["vpc-cidr-plan unknown private-a"],
    3,
  ],
  [
    "the cluster lies in a VPC that is not in the list: no other one is judged in its place",
    NAMED,
    { clusters: [cluster({ resourcesVpcConfig: { vpcId: OTHER_VPC } })] },
    ["managed-by-tag unknown VPC", "vpc-cidr-plan unknown VPC"],
    3,
  ],
  [
    "nor in the place of a VPC that is named and not in the list",
    { parameters: { role: "chalk", externalId: EXTERNAL_ID, vpcId: OTHER_VPC } },
    {},
    [`managed-by-tag unknown ${OTHER_VPC}`, `vpc-cidr-plan absent medium ${OTHER_VPC}`],
    1,
  ],
  [
    "a subnet that another account shares is its owner's by its ARN",
    NAMED,
    { subnets: [lent({ Tags: [] }), ...subnets.slice(1)] },
    ["managed-by-tag absent medium subnet-private-a"],
    1,
  ],
  [
    "and beyond the reach of the scoped policy, whoever's VPC it is in",
    NAMED,
    { subnets: [...subnets, lent({ SubnetId: "subnet-lent", VpcId: OTHER_VPC })] },
    [],
    0,
  ],
];

const groups = { networks, sessions, whichRoles, trustForms, nearlyAnothers };
const withoutNotes = (findings: readonly string[]) => findings.filter((f) => !/^\S+ note /.test(f));

describe.each(Object.entries(groups))("%s", (_, worlds) => {
  it.each([...worlds])("%s", (_name, run, state, expected, code) => {
    const found = reportOn(awsState(state), run);
    expect(withoutNotes(lines(found))).toEqual([...expected].sort());
    expect(codeOf(found)).toBe(code);
  });
});

it("AW1: a boundary without its ARN: what lacks is certain, that nothing is too much is not", () => {
  const report = reportOn(awsState(), NAMED, (documents) =>
    documents.map((d) =>
      d.kind === "aws/role"
        ? {
            ...d,
            body: { ...(d.body as object), PermissionsBoundary: { PermissionsBoundaryType: "Policy" } },
          }
        : d,
    ),
  );
  expect(withoutNotes(lines(report))).toEqual(["effective-access unknown chalk"]);
  expect(codeOf(report)).toBe(3);
});

describe("what to do about it", () => {
  const mends = (state: Partial<AwsState>, run: Run, control: string) =>
    reportOn(awsState(state), run)
      .findings.filter((f) => f.outcome === "fail" && f.control.endsWith(control))
      .map((f) => f.remediation);

  it("of several commands that add what is missing none undoes another", () => {
    const state = { roles: [scopedRole(withStatement(scoped, 3, () => undefined))] };
    const names = (control: string) =>
      mends(state, { ...NAMED, profile: "scoped" }, control).flatMap((r) =>
        (r?.commands ?? []).map((c) => /--policy-name (\S+) --policy-document '(.*)'$/.exec(c)?.slice(1)),
      );
    const own = names("scoped-execution-policy");
    const statement = (action: readonly string[]) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Resource: "*", Action: action }],
      });
    expect(own.map((n) => n?.[1])).toEqual([
      statement(["ec2:Describe*", "logs:DescribeLogGroups"]),
      statement(["ecr:GetAuthorizationToken"]),
    ]);
    expect(own.every((n) => /^scoped-execution-policy-missing-[0-9a-f]{8}$/.test(n?.[0] ?? ""))).toBe(true);
    expect(own[0]?.[0]).not.toBe(own[1]?.[0]);
    // the same addition has the same name, whichever control asks for it
    expect(names("effective-access")).toEqual(own);
  });

  it("of two policies with the documented grants, and too much beside them, one alone is taken away", () => {
    const twice = ["iam:CreateUser", "iam:DeleteUser"].map((action, i) =>
      managed(`m${i}`, policy(...management.Statement, allow(action))),
    );
    const all = mends({ roles: [role({ attached: twice })] }, NAMED, "effective-access");
    expect(all.flatMap((m) => m?.commands ?? [])).toEqual([
      `aws iam detach-role-policy --role-name chalk --policy-arn arn:aws:iam::${ACCOUNT}:policy/m0`,
    ]);
    expect(all).toHaveLength(2);
  });

  const open = { roles: [role({ trust: gate(named(VENDOR)) })] };
  it("the trust policy is written with the external id that was given", () => {
    const documented = gate(named(VENDOR, { Condition: KEYED }));
    const [mend] = mends(open, NAMED, "trust-policy");
    const written = /--policy-document '(.*)'$/.exec(mend?.commands[0] ?? "")?.[1] ?? "{}";
    expect(JSON.parse(written)).toEqual(documented);
    expect(mend?.commands).toHaveLength(1);
  });

  it.each([
    ["none that could be read off it", open],
    [
      "one that was read off it",
      { roles: [role({ trust: gate(named([VENDOR, "999999999999"], { Condition: KEYED })) })] },
    ],
  ])("without one no command writes a trust policy: %s", (_, state) => {
    const all = mends(state, { parameters: { role: "chalk" } }, "trust-policy");
    expect(all.map((m) => m?.commands)).toEqual([[]]);
    expect(all[0]?.text).toMatch(/"sts:ExternalId":"\$\{externalId\}".*--set externalId=…/);
  });

  it("nor is the rest of an optional policy written for a log group that was not given", () => {
    const logs = withStatement(logReader, 0, (s) => ({
      ...s,
      Action: (s.Action as readonly string[]).filter((a) => a !== "logs:Get*"),
    }));
    const state = { roles: [scopedRole(scoped, { inline: { logs } })] };
    const run = (parameters: Readonly<Record<string, string>>) =>
      mends(
        state,
        { profile: "scoped", parameters: { ...NAMED.parameters, ...parameters } },
        "log-reader-policy",
      );
    expect(run({}).map((m) => m?.commands)).toEqual([[]]);
    expect(run({})[0]?.text).toMatch(/log-group:\$\{logGroup\}:\*.*--set logGroup=…/);
    expect(run({ logGroup: LOG_GROUP }).flatMap((m) => m?.commands ?? [])).toEqual([
      expect.stringContaining(`log-group:${LOG_GROUP}:*`),
    ]);
  });
});

it("the block of a subnet of version 6 is the one that it still has", () => {
  const found = reportOn(awsState({ subnets: [...subnets, six] }), NAMED).findings;
  expect(found.filter((f) => f.outcome === "fail").map((f) => f.actual)).toEqual(["2600:1f18:0:1::/64"]);
});
