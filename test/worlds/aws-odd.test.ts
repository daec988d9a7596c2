/**
 * States that are easily taken for a pass, or for a drift, that they are not: trust policies in odd forms, roles that
 * nobody looks at, names that are nearly another's, networks that are not the deployment's.
 */
import { describe, expect, it } from "vitest";
import { awsGround, type Row, type Run, reportOn, seen } from "./aws-ground.ts";
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
import { describeWorlds, withoutNotes } from "./world.ts";

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
const lacks = `trust-policy missing medium ${ASSUME} ! ${VENDOR} ${ASSUME} <any> ${WITH_ID}`;

const whichRoles: Readonly<Record<string, Row>> = {
  "AW10: beside the documented role one that trusts the vendor's whole account": {
    state: beside(gate(named("754784422779", { Condition: KEYED }))),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW10: beside the documented role one that trusts another principal of the vendor": {
    state: beside(gate(named("arn:aws:iam::754784422779:role/support", { Condition: KEYED }))),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:role/support to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:role/support sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/support to back',
    ],
  },
  "AW10: beside the documented role one that is open to the world": {
    state: beside(gate({ Principal: "*" })),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any>, by arn:aws:iam::754784422779:<any> to back",
    ],
  },
  "AW10: beside the documented role one that is open to all but a few": {
    state: beside(gate({ NotPrincipal: { AWS: "arn:aws:iam::999999999999:role/shop" }, Condition: KEYED })),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "beside the documented role one that is open to the vendor by a condition": {
    state: beside(
      gate({ Principal: "*", Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::754784422779:*" } } }),
    ),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any>, by arn:aws:iam::754784422779:<any> to back",
    ],
  },
  "AW15: an organisation may be the vendor's too: nobody here knows": {
    state: beside(gate({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } })),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:PrincipalOrgID":"o-acme"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: and where everybody outside it is denied": {
    state: beside(
      gate({ Principal: "*" }, deny({ Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-acme" } } })),
    ),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:PrincipalOrgID":"o-acme"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: who denies the vendor and nobody else is open to the role that the vendor has": {
    state: beside(gate({ Principal: "*" }, deny({ Principal: { AWS: "754784422779" } }))),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by chalk to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:role/chalk sts:AssumeRole <any>, by chalk to back",
    ],
  },
  "AW15: who denies that as well is not": {
    state: beside(gate({ Principal: "*" }, deny({ Principal: { AWS: ["754784422779", ROLE] } }))),
    code: 0,
  },
  "but a Deny that the vendor can avoid keeps nobody out": {
    state: beside(
      gate({ Principal: "*" }, deny({ Condition: { StringNotEquals: { "sts:ExternalId": "other" } } })),
    ),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"sts:ExternalId":"other"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "nor one that trusts its own account": {
    state: beside(gate(named(ACCOUNT))),
    code: 0,
  },
  "nor one that trusts nobody": {
    state: beside(policy()),
    code: 0,
  },
  "nor one that trusts a provider of identities": {
    state: beside(
      gate({
        Principal: { Federated: "arn:aws:iam::754784422779:oidc-provider/x.test" },
        Action: "sts:AssumeRoleWithWebIdentity",
      }),
    ),
    code: 0,
  },
  "where that one is the only role, there is none of the vendor": {
    state: {
      roles: [
        role({
          trust: gate({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } }),
        }),
      ],
    },
    code: 1,
    findings: [
      "effective-access absent medium role to audit (123456789012/eu-west-1)",
      "management-policy absent medium role to audit (123456789012/eu-west-1)",
      "trust-policy absent medium role to audit (123456789012/eu-west-1)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/chalk) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:PrincipalOrgID":"o-acme"}, by arn:aws:iam::754784422779:<any> to chalk',
      "log-reader-policy note absent info role to audit (123456789012/eu-west-1)",
    ],
  },
  "AW11: a trust policy that cannot be read may be the vendor's": {
    state: { roles: [role({ trust: "<html>" })] },
    code: 3,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "log-reader-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "management-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "trust-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
    ],
  },
  "AW11: so may one with a statement that is none": {
    state: { roles: [role({ trust: { Version: "2012-10-17", Statement: [null] } })] },
    code: 3,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "log-reader-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "management-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "trust-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
    ],
  },
  "AW11: beside the documented role it is said once, and nothing of what it can do": {
    state: beside("<html>"),
    code: 3,
    findings: ["trust-policy unknown medium (arn:aws:iam::123456789012:role/back)"],
  },
  "elements of another case name principals too": {
    state: beside({
      Version: "2012-10-17",
      Statement: [{ effect: "Allow", principal: "*", action: ASSUME }],
    }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any>, by arn:aws:iam::754784422779:<any> to back",
    ],
  },
  "the role given is of another account than what was read": {
    run: { parameters: { role: "arn:aws:iam::999999999999:role/chalk", externalId: EXTERNAL_ID } },
    state: { asked: ["arn:aws:iam::999999999999:role/chalk"] },
    code: 3,
    findings: [
      "effective-access unknown medium (arn:aws:iam::999999999999:role/chalk)",
      "log-reader-policy unknown medium (arn:aws:iam::999999999999:role/chalk)",
      "management-policy unknown medium (arn:aws:iam::999999999999:role/chalk)",
      "trust-policy unknown medium (arn:aws:iam::999999999999:role/chalk)",
    ],
  },
  "the state was recorded for another role: it says nothing of the one given": {
    run: { parameters: { role: "admin", externalId: EXTERNAL_ID } },
    state: { asked: ["chalk"] },
    code: 3,
    findings: [
      "effective-access unknown medium (admin)",
      "log-reader-policy unknown medium (admin)",
      "management-policy unknown medium (admin)",
      "trust-policy unknown medium (admin)",
    ],
  },
  "the state was recorded for whoever trusts the vendor: it says nothing of others": {
    run: { parameters: { role: "admin", externalId: EXTERNAL_ID } },
    state: {},
    code: 3,
    findings: [
      "effective-access unknown medium (admin)",
      "log-reader-policy unknown medium (admin)",
      "management-policy unknown medium (admin)",
      "trust-policy unknown medium (admin)",
    ],
  },
  "the role was looked for by its ARN, and is not there": {
    run: { parameters: { role: "admin", externalId: EXTERNAL_ID } },
    state: { asked: [`arn:aws:iam::${ACCOUNT}:role/ops/admin`] },
    code: 1,
    findings: [
      "effective-access absent critical (admin)",
      "management-policy absent critical (admin)",
      "trust-policy absent critical (admin)",
      "log-reader-policy note absent info (admin)",
    ],
  },
};

const OWN = `arn:aws:iam::${ACCOUNT}`;
const crowd = (condition: object) => beside(gate(named("*", { Condition: condition })));
const PAYMENTS = `${OWN}:role/payments`;
const assume = (resource: string, more: object = {}) =>
  role({ inline: { chain: policy(allow(ASSUME, resource, more)) } });
/** What the permission to assume a role is beyond the document. */

const crowds: Readonly<Record<string, Row>> = {
  "AW15: whatever the caller's id": {
    state: crowd({ StringLike: { "aws:userid": "*" } }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:userid":"<any>"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: addresses that are all of them": {
    state: crowd({ IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:SourceIp":"0.0.0.0"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: some addresses: the vendor may have one": {
    state: crowd({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:SourceIp":"203.0.113.0"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: all addresses but the customer's": {
    state: crowd({ NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any>, by arn:aws:iam::754784422779:<any> to back",
    ],
  },
  "AW15: a kind of principal": {
    state: crowd({ StringEquals: { "aws:PrincipalType": "AssumedRole" } }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:PrincipalType":"AssumedRole"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: a tag that whoever comes can give itself": {
    state: crowd({ StringEquals: { "aws:PrincipalTag/team": "shop" } }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:PrincipalTag/team":"shop"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: a part of an organisation": {
    state: crowd({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-acme/*" } }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:PrincipalOrgPaths":"o-acme/<any>"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: all but one, and with a tag": {
    state: beside(
      gate({
        NotPrincipal: { AWS: "999999999999" },
        Condition: { StringEquals: { "aws:PrincipalTag/team": "shop" } },
      }),
    ),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> {"aws:PrincipalTag/team":"shop"}, by arn:aws:iam::754784422779:<any> to back',
    ],
  },
  "AW15: the account is known: only the customer's own, and not the role of the vendor": {
    state: crowd({
      StringEquals: { "aws:PrincipalAccount": ACCOUNT },
      ArnNotEquals: { "aws:PrincipalArn": ROLE },
    }),
    code: 0,
  },
  "AW15: services of AWS alone": {
    state: crowd({ Bool: { "aws:PrincipalIsAWSService": "true" } }),
    code: 0,
  },
  "AW15: a condition that lets nobody in at all": {
    state: beside(
      gate(
        named("*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } }),
        deny({ Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } }),
      ),
    ),
    code: 0,
  },
  "AW7: an operator that AWS does not have: not known": {
    state: crowd({ StringSounds: { "aws:PrincipalTag/team": "shop" } }),
    code: 3,
    findings: ["trust-policy unknown medium (arn:aws:iam::123456789012:role/back)"],
  },
};

const second: Readonly<Record<string, Row>> = {
  "AW15: a second role with the same trust, and the vendor's named": {
    run: NAMED,
    state: beside(role().trust),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:role/chalk-api-server to back)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/chalk-api-server to back',
    ],
  },
  "AW15: nobody named: the one that comes nearest to the document is the vendor's": {
    state: beside(role().trust),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/chalk-api-server to back',
    ],
  },
  "AW15: the same policies too: a second door to what is documented": {
    run: NAMED,
    state: { roles: [role(), role({ arn: BACK })] },
    code: 1,
    findings: [
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/chalk-api-server to back',
    ],
  },
  "AW15: one that holds nothing": {
    run: NAMED,
    state: { roles: [role(), role({ arn: BACK, attached: [] })] },
    code: 1,
    findings: [
      'trust-policy stray low (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/chalk-api-server to back',
    ],
  },
  "AW15: one that can read": {
    run: NAMED,
    state: {
      roles: [role(), role({ arn: BACK, attached: [managed("r", policy(allow("sqs:ListQueues")))] })],
    },
    code: 1,
    findings: [
      'trust-policy stray medium (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/chalk-api-server to back',
    ],
  },
  "AW15: one whose policies cannot be read": {
    run: NAMED,
    state: {
      roles: [role(), role({ arn: BACK, attached: [] })],
      unread: [denied("aws/role-policy", "iam ListRolePolicies", "iam:ListRolePolicies", BACK)],
    },
    code: 1,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/back)",
      'trust-policy stray high (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/chalk-api-server to back',
    ],
  },
  "AW15: that the account's roles were not listed is no pass": {
    run: NAMED,
    state: { unread: [denied("aws/listed-role", "iam ListRoles", "iam:ListRoles")] },
    code: 3,
    findings: ["trust-policy unknown medium other roles (123456789012/eu-west-1#roles)"],
  },
  "AW15: nor is a state that was recorded for the named role alone": {
    run: NAMED,
    state: { asked: ["chalk"] },
    code: 3,
    findings: ["trust-policy unknown medium other roles (123456789012/eu-west-1#roles)"],
  },
};

const chains: Readonly<Record<string, Row>> = {
  "AW15: a role that trusts the vendor's by name": {
    state: beside(gate(named(ROLE))),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by chalk to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:role/chalk sts:AssumeRole <any>, by chalk to back",
    ],
  },
  "AW15: or a session of it": {
    state: beside(gate(named(`arn:aws:sts::${ACCOUNT}:assumed-role/chalk/build`))),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by chalk to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:sts::123456789012:assumed-role/chalk/build sts:AssumeRole <any>, by chalk to back",
    ],
  },
  "AW15: another role by name is none of the vendor's": {
    state: beside(gate(named(PAYMENTS))),
    code: 0,
  },
  "AW15: its account, where the vendor's role may assume it": {
    state: {
      roles: [assume(BACK), role({ arn: BACK, trust: gate(named(`${OWN}:root`)), attached: [everything] })],
    },
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by chalk to back)",
      "effective-access excess critical sts:AssumeRole ! sts:AssumeRole arn:aws:iam::123456789012:role/back, by inline policy chain, statement 1",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:role/chalk sts:AssumeRole <any>, by chalk to back",
    ],
  },
  "AW15: its account by number, where the vendor's role may assume any": {
    state: { roles: [assume("*"), role({ arn: BACK, trust: gate(named(ACCOUNT)), attached: [everything] })] },
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by chalk to back)",
      "effective-access excess critical sts:AssumeRole ! sts:AssumeRole <any>, by inline policy chain, statement 1",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:role/chalk sts:AssumeRole <any>, by chalk to back",
    ],
  },
  "AW15: its account, where the vendor's role may assume another one": {
    state: {
      roles: [assume(PAYMENTS), role({ arn: BACK, trust: gate(named(ACCOUNT)), attached: [everything] })],
    },
    code: 1,
    findings: [
      "effective-access excess critical sts:AssumeRole ! sts:AssumeRole arn:aws:iam::123456789012:role/payments, by inline policy chain, statement 1",
    ],
  },
  "AW15: by name, and the vendor's role is denied it": {
    state: {
      roles: [
        role({ inline: { no: policy({ Effect: "Deny", Action: "sts:*", Resource: "*" }) } }),
        role({ arn: BACK, trust: gate(named(ROLE)), attached: [everything] }),
      ],
    },
    code: 0,
  },
  "AW15: by name, and the vendor's role has a boundary without it": {
    state: {
      roles: [
        role({ boundary: managed("wall", policy({ Effect: "Allow", NotAction: "sts:*", Resource: "*" })) }),
        role({ arn: BACK, trust: gate(named(ROLE)), attached: [everything] }),
      ],
    },
    code: 0,
  },
  "AW15: everybody of the account by a wildcard": {
    state: crowd({ StringEquals: { "aws:PrincipalAccount": ACCOUNT } }),
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by chalk to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:role/chalk sts:AssumeRole <any>, by chalk to back",
    ],
  },
  "AW15: over two roles": {
    state: {
      roles: [
        role(),
        role({ arn: PAYMENTS, trust: gate(named(ROLE)), attached: [] }),
        role({ arn: BACK, trust: gate(named(PAYMENTS)), attached: [everything] }),
      ],
    },
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by chalk to payments to back)",
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:role/payments sts:AssumeRole <any>, by chalk to payments to back",
      "trust-policy stray low (arn:aws:iam::123456789012:role/payments) ! arn:aws:iam::123456789012:role/chalk sts:AssumeRole <any>, by chalk to payments",
    ],
  },
  "AW15: two roles that trust each other, and not the vendor's": {
    state: {
      roles: [
        role(),
        role({ arn: PAYMENTS, trust: gate(named(BACK)), attached: [everything] }),
        role({ arn: BACK, trust: gate(named(PAYMENTS)), attached: [everything] }),
      ],
    },
    code: 0,
  },
};

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

const clusters: Readonly<Record<string, Row>> = {
  "AW10: a role for service accounts of the vendor's cluster is named in a note": {
    state: irsa(SUB, dns),
    code: 0,
    findings: [
      "trust-policy note stray info (arn:aws:iam::123456789012:role/back), by service account dns/external-dns of cluster chalk",
    ],
  },
  "AW10: and is drift where it can grant itself anything": {
    state: irsa(SUB),
    code: 1,
    findings: [
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back), by service account dns/external-dns of cluster chalk",
    ],
  },
};

const trustForms: Readonly<Record<string, Row>> = {
  "a Deny without the external id instead of a condition on the Allow": {
    run: NAMED,
    state: {
      roles: [
        role({
          trust: gate(
            named(VENDOR),
            deny({ Condition: { StringNotEquals: { "sts:ExternalId": EXTERNAL_ID } } }),
          ),
        }),
      ],
    },
    code: 0,
  },
  "AW7: operator and key in another case": {
    run: NAMED,
    state: {
      roles: [
        role({
          trust: gate(named(VENDOR, { Condition: { stringequals: { "STS:externalid": EXTERNAL_ID } } })),
        }),
      ],
    },
    code: 0,
  },
  "AW12: that there is an external id, but not which": {
    run: NAMED,
    state: {
      roles: [role({ trust: gate(named(VENDOR, { Condition: { Null: { "sts:ExternalId": "false" } } })) })],
    },
    code: 1,
    findings: [
      `trust-policy weakened critical ${ASSUME} except for ${VENDOR} where StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} ${ASSUME} <any> ${at("sts:ExternalId", "<any>")}`,
    ],
  },
  "AW12: another condition in the place of the external id, in a second statement": {
    run: NAMED,
    state: {
      roles: [
        role({
          trust: gate(
            named(VENDOR, { Condition: KEYED }),
            named(VENDOR, { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
          ),
        }),
      ],
    },
    code: 1,
    findings: [
      `trust-policy weakened critical ${ASSUME} except for ${VENDOR} where StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} ${ASSUME} <any> ${at("aws:PrincipalOrgID", "o-1")}`,
    ],
  },
  "the page's placeholder was never replaced, and no external id is given": {
    run: { parameters: { role: "chalk" } },
    state: {
      roles: [
        role({
          trust: gate(
            named(VENDOR, { Condition: { StringEquals: { "sts:ExternalId": "<your-chalk-external-id>" } } }),
          ),
        }),
      ],
    },
    code: 1,
    findings: [
      `trust-policy missing medium ${ASSUME} ! ${VENDOR} ${ASSUME} example ${at("sts:ExternalId", "{externalId}")}`,
      `trust-policy weakened critical ${ASSUME} ! ${VENDOR} ${ASSUME} example ${at("sts:ExternalId", "<your-chalk-external-id>")}`,
    ],
  },
  "AW10: a wildcard in an ARN is literal, and nobody is called that": {
    run: NAMED,
    state: {
      roles: [role({ trust: gate(named("arn:aws:iam::754784422779:role/*", { Condition: KEYED })) })],
    },
    code: 1,
    findings: [
      `trust-policy excess critical ${ASSUME} ! arn:aws:iam::754784422779:role/* ${ASSUME} <any> ${WITH_ID}`,
      lacks,
    ],
  },
};

const session = "arn:aws:sts::754784422779:assumed-role/chalk-api-server/build-1";
const sessions: Readonly<Record<string, Row>> = {
  "AW10: a session of the documented role beside the role: it could come in already": {
    run: NAMED,
    state: { roles: [role({ trust: gate(named([VENDOR, session], { Condition: KEYED })) })] },
    code: 0,
  },
  "AW10: a session alone is less than the role, and no stranger": {
    run: NAMED,
    state: { roles: [role({ trust: gate(named(session, { Condition: KEYED })) })] },
    code: 1,
    findings: [
      'trust-policy missing medium sts:AssumeRole except for arn:aws:sts::754784422779:assumed-role/chalk-api-server/build-1 where StringEquals sts:ExternalId = ext-4711 ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}',
    ],
  },
  "AW10: a session of a role of nearly that name is a stranger": {
    run: NAMED,
    state: {
      roles: [
        role({ trust: gate(named([VENDOR, session.replace("server/", "server-2/")], { Condition: KEYED })) }),
      ],
    },
    code: 1,
    findings: [
      `trust-policy excess critical ${ASSUME} ! ${session.replace("server/", "server-2/")} ${ASSUME} <any> ${WITH_ID}`,
    ],
  },
  "AW10: a Deny of the role is one of its sessions": {
    run: NAMED,
    state: {
      roles: [
        role({
          trust: gate(named([VENDOR, session], { Condition: KEYED }), deny({ Principal: { AWS: VENDOR } })),
        }),
      ],
    },
    code: 1,
    findings: [lacks],
  },
};

const lacking = withStatement(management, 0, (s) => ({
  ...s,
  Action: (s.Action as readonly string[]).filter((a) => a !== "sqs:*"),
}));
const nested = (inline: Readonly<Record<string, unknown>>) =>
  role({ arn: `arn:aws:iam::${ACCOUNT}:role/chalk/other`, inline });

const nearlyAnothers: Readonly<Record<string, Row>> = {
  "what a role under the path /chalk/ holds is not held by the role chalk": {
    run: NAMED,
    state: { roles: [role({ attached: [managed("m", lacking)] }), nested({ x: policy(allow("sqs:*")) })] },
    code: 1,
    findings: [
      "effective-access missing medium sqs:* ! sqs:ReceiveMessage <any>",
      "management-policy missing medium sqs:* ! sqs:ReceiveMessage <any>",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/chalk/other) ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/chalk-api-server to other',
    ],
  },
  "and what it holds too much is its own excess, of another role that trusts the vendor": {
    run: NAMED,
    state: { roles: [role(), nested({ x: policy(allow("organizations:*")) })] },
    code: 1,
    findings: [
      "effective-access excess critical organizations:* ! organizations:AttachPolicy <any>, by inline policy x, statement 1 (the vendor comes by arn:aws:iam::754784422779:role/chalk-api-server to other)",
      'trust-policy stray critical (arn:aws:iam::123456789012:role/chalk/other) ! arn:aws:iam::754784422779:role/chalk-api-server sts:AssumeRole <any> {"sts:ExternalId":"ext-4711"}, by arn:aws:iam::754784422779:role/chalk-api-server to other',
    ],
  },
};

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

const networks: Readonly<Record<string, Row>> = {
  "a subnet of version 6 alone is one too many, not one that could not be read": {
    run: NAMED,
    state: { subnets: [...subnets, six] },
    code: 1,
    findings: ["vpc-cidr-plan stray medium (subnet-six)"],
  },
  "nor does it stand for a planned one": {
    run: NAMED,
    state: { subnets: [...subnets.slice(1), { ...six, Tags: tags({ Name: "six" }) }] },
    code: 1,
    findings: [
      "vpc-cidr-plan absent medium private a (vpc-0c0ffee0#a-private)",
      "vpc-cidr-plan stray medium (subnet-six)",
    ],
  },
  "a subnet that came without its zone is not in the wrong one": {
    run: NAMED,
    state: { subnets: [...subnets.slice(1), { ...subnets[0], AvailabilityZone: null }] },
    code: 3,
    findings: ["vpc-cidr-plan unknown medium (subnet-private-a)"],
  },
  "the cluster lies in a VPC that is not in the list: no other one is judged in its place": {
    run: NAMED,
    state: { clusters: [cluster({ resourcesVpcConfig: { vpcId: OTHER_VPC } })] },
    code: 3,
    findings: [
      "managed-by-tag unknown medium VPC (123456789012/eu-west-1)",
      "vpc-cidr-plan unknown medium VPC (123456789012/eu-west-1)",
      "managed-by-tag note stray info 14 tagged resources (tagged)",
    ],
  },
  "nor in the place of a VPC that is named and not in the list": {
    run: { parameters: { role: "chalk", externalId: EXTERNAL_ID, vpcId: OTHER_VPC } },
    state: {},
    code: 1,
    findings: [
      `managed-by-tag unknown medium (${OTHER_VPC})`,
      `vpc-cidr-plan absent medium (${OTHER_VPC})`,
      "managed-by-tag note stray info 14 tagged resources (tagged)",
    ],
  },
  "a subnet that another account shares is its owner's by its ARN": {
    run: NAMED,
    state: { subnets: [lent({ Tags: [] }), ...subnets.slice(1)] },
    code: 1,
    findings: [
      "managed-by-tag absent medium (arn:aws:ec2:eu-west-1:210987654321:subnet/subnet-private-a), by in the deployment's VPC",
    ],
  },
  "and beyond the reach of the scoped policy, whoever's VPC it is in": {
    run: NAMED,
    state: { subnets: [...subnets, lent({ SubnetId: "subnet-lent", VpcId: OTHER_VPC })] },
    code: 0,
  },
};

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
for (const [title, worlds] of Object.entries(groups)) describeWorlds(title, awsGround, worlds);

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
  const { code, findings } = seen(report);
  expect(withoutNotes(findings)).toEqual([`effective-access unknown medium (${ROLE})`]);
  expect(code).toBe(3);
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
