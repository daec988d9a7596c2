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
  denied,
  EXTERNAL_ID,
  LOG_GROUP,
  logReader,
  managed,
  management,
  OTHER_VPC,
  policy,
  REGION,
  ROLE,
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

const ANY_OF_VENDOR = "arn:aws:iam::754784422779:<any>";
/** The role `back` as a stranger, with who comes in. */
const stray = (who: string, with_ = "", severity = "critical") =>
  `trust-policy stray ${severity} back ! ${who} ${ASSUME} <any>${with_ === "" ? "" : ` ${with_}`}`;

const whichRoles: readonly World[] = [
  [
    "AW10: beside the documented role one that trusts the vendor's whole account",
    FOUND,
    beside(gate(named("754784422779", { Condition: KEYED }))),
    [admin, stray(ANY_OF_VENDOR, WITH_ID)],
    1,
  ],
  [
    "AW10: beside the documented role one that trusts another principal of the vendor",
    FOUND,
    beside(gate(named("arn:aws:iam::754784422779:role/support", { Condition: KEYED }))),
    [admin, stray("arn:aws:iam::754784422779:role/support", WITH_ID)],
    1,
  ],
  [
    "AW10: beside the documented role one that is open to the world",
    FOUND,
    beside(gate({ Principal: "*" })),
    [admin, stray(ANY_OF_VENDOR)],
    1,
  ],
  [
    "AW10: beside the documented role one that is open to all but a few",
    FOUND,
    beside(gate({ NotPrincipal: { AWS: "arn:aws:iam::999999999999:role/shop" }, Condition: KEYED })),
    [admin, stray(ANY_OF_VENDOR, WITH_ID)],
    1,
  ],
  [
    "beside the documented role one that is open to the vendor by a condition",
    FOUND,
    beside(
      gate({ Principal: "*", Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::754784422779:*" } } }),
    ),
    [admin, stray(ANY_OF_VENDOR)],
    1,
  ],
  [
    "AW15: an organisation may be the vendor's too: nobody here knows",
    FOUND,
    beside(gate({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } })),
    [admin, stray(ANY_OF_VENDOR, at("aws:PrincipalOrgID", "o-acme"))],
    1,
  ],
  [
    "AW15: and where everybody outside it is denied",
    FOUND,
    beside(
      gate({ Principal: "*" }, deny({ Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-acme" } } })),
    ),
    [admin, stray(ANY_OF_VENDOR, at("aws:PrincipalOrgID", "o-acme"))],
    1,
  ],
  [
    "AW15: who denies the vendor and nobody else is open to the role that the vendor has",
    FOUND,
    beside(gate({ Principal: "*" }, deny({ Principal: { AWS: "754784422779" } }))),
    [admin, stray(ROLE)],
    1,
  ],
  [
    "AW15: who denies that as well is not",
    FOUND,
    beside(gate({ Principal: "*" }, deny({ Principal: { AWS: ["754784422779", ROLE] } }))),
    [],
    0,
  ],
  [
    "but a Deny that the vendor can avoid keeps nobody out",
    FOUND,
    beside(gate({ Principal: "*" }, deny({ Condition: { StringNotEquals: { "sts:ExternalId": "other" } } }))),
    [admin, stray(ANY_OF_VENDOR, at("sts:ExternalId", "other"))],
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
    [
      ...notFound,
      stray(ANY_OF_VENDOR, at("aws:PrincipalOrgID", "o-acme")).replace("critical back", "critical chalk"),
    ],
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
    "AW11: beside the documented role it is said once, and nothing of what it can do",
    FOUND,
    beside("<html>"),
    ["trust-policy unknown back"],
    3,
  ],
  [
    "elements of another case name principals too",
    FOUND,
    beside({ Version: "2012-10-17", Statement: [{ effect: "Allow", principal: "*", action: ASSUME }] }),
    [admin, stray(ANY_OF_VENDOR)],
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
    notFound.map((l) => l.replace("medium role to audit", "critical admin")),
    1,
  ],
];

const OWN = `arn:aws:iam::${ACCOUNT}`;
const crowd = (condition: object) => beside(gate(named("*", { Condition: condition })));
const open = (key: string, value: string) => [admin, stray(ANY_OF_VENDOR, at(key, value))];
const PAYMENTS = `${OWN}:role/payments`;
const assume = (resource: string, more: object = {}) =>
  role({ inline: { chain: policy(allow(ASSUME, resource, more)) } });
/** What the permission to assume a role is beyond the document. */
const assumes = (where: string) => `effective-access excess critical ${ASSUME} ! ${ASSUME} ${where}`;

const crowds: readonly World[] = [
  [
    "AW15: whatever the caller's id",
    FOUND,
    crowd({ StringLike: { "aws:userid": "*" } }),
    open("aws:userid", "<any>"),
    1,
  ],
  [
    "AW15: addresses that are all of them",
    FOUND,
    crowd({ IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }),
    open("aws:SourceIp", "0.0.0.0"),
    1,
  ],
  [
    "AW15: some addresses: the vendor may have one",
    FOUND,
    crowd({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
    open("aws:SourceIp", "203.0.113.0"),
    1,
  ],
  [
    "AW15: all addresses but the customer's",
    FOUND,
    crowd({ NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
    [admin, stray(ANY_OF_VENDOR)],
    1,
  ],
  [
    "AW15: a kind of principal",
    FOUND,
    crowd({ StringEquals: { "aws:PrincipalType": "AssumedRole" } }),
    open("aws:PrincipalType", "AssumedRole"),
    1,
  ],
  [
    "AW15: a tag that whoever comes can give itself",
    FOUND,
    crowd({ StringEquals: { "aws:PrincipalTag/team": "shop" } }),
    open("aws:PrincipalTag/team", "shop"),
    1,
  ],
  [
    "AW15: a part of an organisation",
    FOUND,
    crowd({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-acme/*" } }),
    open("aws:PrincipalOrgPaths", "o-acme/<any>"),
    1,
  ],
  [
    "AW15: all but one, and with a tag",
    FOUND,
    beside(
      gate({
        NotPrincipal: { AWS: "999999999999" },
        Condition: { StringEquals: { "aws:PrincipalTag/team": "shop" } },
      }),
    ),
    open("aws:PrincipalTag/team", "shop"),
    1,
  ],
  [
    "AW15: the account is known: only the customer's own, and not the role of the vendor",
    FOUND,
    crowd({
      StringEquals: { "aws:PrincipalAccount": ACCOUNT },
      ArnNotEquals: { "aws:PrincipalArn": ROLE },
    }),
    [],
    0,
  ],
  ["AW15: services of AWS alone", FOUND, crowd({ Bool: { "aws:PrincipalIsAWSService": "true" } }), [], 0],
  [
    "AW15: a condition that lets nobody in at all",
    FOUND,
    beside(
      gate(
        named("*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } }),
        deny({ Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } }),
      ),
    ),
    [],
    0,
  ],
  [
    "AW7: an operator that AWS does not have: not known",
    FOUND,
    crowd({ StringSounds: { "aws:PrincipalTag/team": "shop" } }),
    ["trust-policy unknown back"],
    3,
  ],
];

const second: readonly World[] = [
  [
    "AW15: a second role with the same trust, and the vendor's named",
    NAMED,
    beside(role().trust),
    [admin, stray(VENDOR, WITH_ID)],
    1,
  ],
  [
    "AW15: nobody named: the one that comes nearest to the document is the vendor's",
    FOUND,
    beside(role().trust),
    [admin, stray(VENDOR, WITH_ID)],
    1,
  ],
  [
    "AW15: the same policies too: a second door to what is documented",
    NAMED,
    { roles: [role(), role({ arn: BACK })] },
    [stray(VENDOR, WITH_ID)],
    1,
  ],
  [
    "AW15: one that holds nothing",
    NAMED,
    { roles: [role(), role({ arn: BACK, attached: [] })] },
    [stray(VENDOR, WITH_ID, "low")],
    1,
  ],
  [
    "AW15: one that can read",
    NAMED,
    { roles: [role(), role({ arn: BACK, attached: [managed("r", policy(allow("sqs:ListQueues")))] })] },
    [stray(VENDOR, WITH_ID, "medium")],
    1,
  ],
  [
    "AW15: one whose policies cannot be read",
    NAMED,
    {
      roles: [role(), role({ arn: BACK, attached: [] })],
      unread: [denied("aws/role-policy", "iam ListRolePolicies", "iam:ListRolePolicies", BACK)],
    },
    ["effective-access unknown back", stray(VENDOR, WITH_ID, "high")],
    1,
  ],
  [
    "AW15: that the account's roles were not listed is no pass",
    NAMED,
    { unread: [denied("aws/listed-role", "iam ListRoles", "iam:ListRoles")] },
    ["trust-policy unknown other roles"],
    3,
  ],
  [
    "AW15: nor is a state that was recorded for the named role alone",
    NAMED,
    { asked: ["chalk"] },
    ["trust-policy unknown other roles"],
    3,
  ],
];

const chains: readonly World[] = [
  [
    "AW15: a role that trusts the vendor's by name",
    FOUND,
    beside(gate(named(ROLE))),
    [admin, stray(ROLE)],
    1,
  ],
  [
    "AW15: or a session of it",
    FOUND,
    beside(gate(named(`arn:aws:sts::${ACCOUNT}:assumed-role/chalk/build`))),
    [admin, stray(`arn:aws:sts::${ACCOUNT}:assumed-role/chalk/build`)],
    1,
  ],
  ["AW15: another role by name is none of the vendor's", FOUND, beside(gate(named(PAYMENTS))), [], 0],
  [
    "AW15: its account, where the vendor's role may assume it",
    FOUND,
    {
      roles: [assume(BACK), role({ arn: BACK, trust: gate(named(`${OWN}:root`)), attached: [everything] })],
    },
    [admin, assumes(BACK), stray(ROLE)],
    1,
  ],
  [
    "AW15: its account by number, where the vendor's role may assume any",
    FOUND,
    { roles: [assume("*"), role({ arn: BACK, trust: gate(named(ACCOUNT)), attached: [everything] })] },
    [admin, assumes("<any>"), stray(ROLE)],
    1,
  ],
  [
    "AW15: its account, where the vendor's role may assume another one",
    FOUND,
    { roles: [assume(PAYMENTS), role({ arn: BACK, trust: gate(named(ACCOUNT)), attached: [everything] })] },
    [assumes(PAYMENTS)],
    1,
  ],
  [
    "AW15: by name, and the vendor's role is denied it",
    FOUND,
    {
      roles: [
        role({ inline: { no: policy({ Effect: "Deny", Action: "sts:*", Resource: "*" }) } }),
        role({ arn: BACK, trust: gate(named(ROLE)), attached: [everything] }),
      ],
    },
    [],
    0,
  ],
  [
    "AW15: by name, and the vendor's role has a boundary without it",
    FOUND,
    {
      roles: [
        role({ boundary: managed("wall", policy({ Effect: "Allow", NotAction: "sts:*", Resource: "*" })) }),
        role({ arn: BACK, trust: gate(named(ROLE)), attached: [everything] }),
      ],
    },
    [],
    0,
  ],
  [
    "AW15: everybody of the account by a wildcard",
    FOUND,
    crowd({ StringEquals: { "aws:PrincipalAccount": ACCOUNT } }),
    [admin, stray(ROLE)],
    1,
  ],
  [
    "AW15: over two roles",
    FOUND,
    {
      roles: [
        role(),
        role({ arn: PAYMENTS, trust: gate(named(ROLE)), attached: [] }),
        role({ arn: BACK, trust: gate(named(PAYMENTS)), attached: [everything] }),
      ],
    },
    [admin, stray(ROLE, "", "low").replace("back", "payments"), stray(PAYMENTS)],
    1,
  ],
  [
    "AW15: two roles that trust each other, and not the vendor's",
    FOUND,
    {
      roles: [
        role(),
        role({ arn: PAYMENTS, trust: gate(named(BACK)), attached: [everything] }),
        role({ arn: BACK, trust: gate(named(PAYMENTS)), attached: [everything] }),
      ],
    },
    [],
    0,
  ],
];

const ISSUER = `oidc.eks.${REGION}.amazonaws.com/id/C0FFEE`;
const irsa = (sub: object | undefined, attached = everything) => ({
  clusters: [cluster({ identity: { oidc: { issuer: `https://${ISSUER}` } } })],
  roles: [
    role(),
    role({
      arn: BACK,
      attached: [attached],
      trust: gate({
        Principal: { Federated: `${OWN}:oidc-provider/${ISSUER}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        ...(sub === undefined ? {} : { Condition: sub }),
      }),
    }),
  ],
});
const dns = managed("dns", policy(allow("route53:ChangeResourceRecordSets")));
const SUB = { StringEquals: { [`${ISSUER}:sub`]: "system:serviceaccount:dns:external-dns" } };

const clusters: readonly World[] = [
  [
    "AW10: a role for service accounts of the vendor's cluster is named in a note",
    FOUND,
    irsa(SUB, dns),
    [],
    0,
  ],
  [
    "AW10: and is drift where it can grant itself anything",
    FOUND,
    irsa(SUB),
    ["trust-policy stray critical back"],
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

const nestedStray = stray(VENDOR, WITH_ID).replace("back", "other");

const nearlyAnothers: readonly World[] = [
  [
    "what a role under the path /chalk/ holds is not held by the role chalk",
    NAMED,
    { roles: [role({ attached: [managed("m", lacking)] }), nested({ x: policy(allow("sqs:*")) })] },
    [
      ...["effective-access", "management-policy"].map(
        (c) => `${c} missing medium sqs:* ! sqs:ReceiveMessage <any>`,
      ),
      nestedStray,
    ],
    1,
  ],
  [
    "and what it holds too much is its own excess, of another role that trusts the vendor",
    NAMED,
    { roles: [role(), nested({ x: policy(allow("organizations:*")) })] },
    ["effective-access excess critical organizations:* ! organizations:AttachPolicy <any>", nestedStray],
    1,
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

const groups = {
  chains,
  clusters,
  crowds,
  second,
  networks,
  sessions,
  whichRoles,
  trustForms,
  nearlyAnothers,
};
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

it.each([
  ["the one that its subject names", SUB, "service account dns/external-dns of cluster chalk"],
  ["any, without a condition on it", undefined, "any service account of cluster chalk"],
  [
    "those that a wildcard matches",
    { StringLike: { [`${ISSUER}:sub`]: ["system:serviceaccount:dns:*", "system:serviceaccount:a:b"] } },
    "service accounts a/b, dns/* of cluster chalk",
  ],
])("AW10: which service accounts a role of the cluster admits: %s", (_, sub, by) => {
  const notes = reportOn(awsState(irsa(sub, dns)), FOUND).findings.filter((f) => f.drift === "stray");
  expect(notes.map((f) => [f.outcome, f.resource.name, f.by])).toEqual([["pass", "back", by]]);
});

it("AW15: the proof of a chain is the way, and nothing of a customer's role is to be taken away", () => {
  const report = reportOn(
    awsState({
      roles: [
        role(),
        role({ arn: PAYMENTS, trust: gate(named(ROLE)), attached: [] }),
        role({ arn: BACK, trust: gate(named(PAYMENTS)), attached: [everything] }),
      ],
    }),
    FOUND,
  );
  const found = report.findings.filter((f) => f.outcome === "fail" && f.resource.id === BACK);
  expect(found.map((f) => f.by)).toEqual([
    "chalk to payments to back",
    `policy arn:aws:iam::${ACCOUNT}:policy/all, statement 1 (the vendor comes by chalk to payments to back)`,
  ]);
  expect(found.flatMap((f) => f.remediation?.commands ?? [])).toEqual([]);
});
