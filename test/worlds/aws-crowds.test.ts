/**
 * Roles that whoever a provider of identities serves can assume (AW15), in a state with the vendor's own role: every
 * finding, and the exit code, with the role named and without.
 */
import { expect, it } from "vitest";
import { awsGround, type Row, type Run, reportOn, seen } from "./aws-ground.ts";
import {
  ACCOUNT,
  type AwsState,
  allow,
  awsState,
  denied,
  EXTERNAL_ID,
  managed,
  policy,
  role,
  trust,
} from "./aws-state.ts";
import { describeWorlds, withoutNotes } from "./world.ts";

const NAMED: Run = { parameters: { role: "chalk", externalId: EXTERNAL_ID } };
const FOUND: Run = {};
const TOKEN = "sts:AssumeRoleWithWebIdentity";
const OWN = `arn:aws:iam::${ACCOUNT}`;
const BACK = `${OWN}:role/back`;
const GITHUB = "token.actions.githubusercontent.com";
const PROVIDER = `${OWN}:oidc-provider/${GITHUB}`;

const gate = (federated: string, condition?: object) =>
  policy({
    Effect: "Allow",
    Principal: { Federated: federated },
    Action: TOKEN,
    ...(condition === undefined ? {} : { Condition: condition }),
  });
const everything = managed("all", policy(allow("*")));
const beside = (document: unknown, attached = [everything]): Partial<AwsState> => ({
  roles: [role(), role({ arn: BACK, trust: document, attached })],
});

const worlds: Readonly<Record<string, Row>> = {
  Google: {
    state: beside(gate("accounts.google.com")),
    code: 1,
    findings: [
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! accounts.google.com sts:AssumeRoleWithWebIdentity <any>, by accounts.google.com to back",
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by accounts.google.com to back)",
    ],
  },
  "Google, the customer's own application": {
    state: beside(
      gate("accounts.google.com", {
        StringEquals: { "accounts.google.com:aud": "4711-a.apps.googleusercontent.com" },
      }),
    ),
    code: 0,
  },
  Cognito: {
    state: beside(gate("cognito-identity.amazonaws.com")),
    code: 1,
    findings: [
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! cognito-identity.amazonaws.com sts:AssumeRoleWithWebIdentity <any>, by cognito-identity.amazonaws.com to back",
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by cognito-identity.amazonaws.com to back)",
    ],
  },
  Facebook: {
    state: beside(gate("graph.facebook.com")),
    code: 1,
    findings: [
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! graph.facebook.com sts:AssumeRoleWithWebIdentity <any>, by graph.facebook.com to back",
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by graph.facebook.com to back)",
    ],
  },
  Amazon: {
    state: beside(gate("www.amazon.com")),
    code: 1,
    findings: [
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! www.amazon.com sts:AssumeRoleWithWebIdentity <any>, by www.amazon.com to back",
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by www.amazon.com to back)",
    ],
  },
  "every provider": {
    state: beside(gate("*")),
    code: 1,
    findings: [
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! Federated:* sts:AssumeRoleWithWebIdentity <any>, by Federated:* to back",
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by Federated:* to back)",
    ],
  },
  "GitHub, nothing asked": {
    state: beside(gate(PROVIDER)),
    code: 1,
    findings: [
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com sts:AssumeRoleWithWebIdentity <any>, by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back",
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back)",
    ],
  },
  "GitHub, every repository": {
    state: beside(gate(PROVIDER, { StringLike: { [`${GITHUB}:sub`]: "repo:*" } })),
    code: 1,
    findings: [
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com sts:AssumeRoleWithWebIdentity <any> {"token.actions.githubusercontent.com:sub":"repo:<any>"}, by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back',
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back)",
    ],
  },
  "GitHub, owners that begin alike": {
    state: beside(gate(PROVIDER, { StringLike: { [`${GITHUB}:sub`]: "repo:acme*:*" } })),
    code: 1,
    findings: [
      'trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com sts:AssumeRoleWithWebIdentity <any> {"token.actions.githubusercontent.com:sub":"repo:acme<any>:<any>"}, by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back',
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back)",
    ],
  },
  "GitHub, one branch": {
    state: beside(
      gate(PROVIDER, {
        StringEquals: {
          [`${GITHUB}:sub`]: "repo:acme/app:ref:refs/heads/main",
          [`${GITHUB}:aud`]: "sts.amazonaws.com",
        },
      }),
    ),
    code: 0,
  },
  "GitHub, every repository of the customer's": {
    state: beside(gate(PROVIDER, { StringLike: { [`${GITHUB}:sub`]: "repo:acme/*" } })),
    code: 0,
  },
  "GitHub, a role that can read": {
    state: beside(gate(PROVIDER), [managed("r", policy(allow("sqs:ListQueues")))]),
    code: 1,
    findings: [
      "trust-policy stray medium (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com sts:AssumeRoleWithWebIdentity <any>, by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back",
    ],
  },
  "GitHub, a role that holds nothing": {
    state: beside(gate(PROVIDER), []),
    code: 1,
    findings: [
      "trust-policy stray low (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com sts:AssumeRoleWithWebIdentity <any>, by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back",
    ],
  },
  "GitHub, a role whose policies cannot be read": {
    state: {
      ...beside(gate(PROVIDER), []),
      unread: [denied("aws/role-policy", "iam ListRolePolicies", "iam:ListRolePolicies", BACK)],
    },
    code: 1,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/back)",
      "trust-policy stray high (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com sts:AssumeRoleWithWebIdentity <any>, by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to back",
    ],
  },
  "GitHub, an operator that AWS does not have": {
    state: beside(gate(PROVIDER, { StringSounds: { [`${GITHUB}:sub`]: "repo:acme/*" } })),
    code: 3,
    findings: ["trust-policy unknown medium (arn:aws:iam::123456789012:role/back)"],
  },
  "a SAML provider of the customer's": {
    state: beside(gate(`${OWN}:saml-provider/acme`)),
    code: 0,
  },
  "an OIDC provider of the customer's": {
    state: beside(gate(`${OWN}:oidc-provider/login.acme.test`)),
    code: 0,
  },
  "the vendor's account, and GitHub: the vendor comes by itself": {
    state: beside(
      policy(
        { Effect: "Allow", Principal: { AWS: "754784422779" }, Action: "sts:AssumeRole" },
        ...gate(PROVIDER).Statement,
      ),
    ),
    code: 1,
    findings: [
      "trust-policy stray critical (arn:aws:iam::123456789012:role/back) ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any>, by arn:aws:iam::754784422779:<any> to back",
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by arn:aws:iam::754784422779:<any> to back)",
    ],
  },
  "from a role of the crowd to another one": {
    state: {
      roles: [
        role(),
        role({ arn: `${OWN}:role/door`, trust: gate(PROVIDER), attached: [] }),
        role({
          arn: BACK,
          trust: policy({
            Effect: "Allow",
            Principal: { AWS: `${OWN}:role/door` },
            Action: "sts:AssumeRole",
          }),
          attached: [everything],
        }),
      ],
    },
    code: 1,
    findings: [
      `trust-policy stray critical (${OWN}:role/back) ! ${OWN}:role/door sts:AssumeRole <any>, by door to back`,
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::123456789012:policy/all, statement 1 (the vendor comes by door to back)",
      "trust-policy stray low (arn:aws:iam::123456789012:role/door) ! arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com sts:AssumeRoleWithWebIdentity <any>, by arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com to door",
    ],
  },
  "the vendor's own role lets GitHub in as well": {
    state: { roles: [role({ trust: policy(...trust.Statement, ...gate(PROVIDER).Statement) })] },
    code: 1,
    findings: [`trust-policy excess critical ${TOKEN} ! ${PROVIDER} ${TOKEN} <any>`],
  },
};

const underRole = Object.fromEntries(
  Object.entries(worlds).map(([name, row]) => [name, { ...row, run: NAMED }]),
);
describeWorlds("AW15: nobody named", awsGround, worlds);
describeWorlds("AW15: the vendor's role named", awsGround, underRole);

it("AW15: where the role of the crowd is the only one, there is none of the vendor", () => {
  const found = reportOn(awsState({ roles: [role({ trust: gate(PROVIDER) })] }), FOUND);
  const { code, findings } = seen(found);
  expect(withoutNotes(findings)).toContain(`trust-policy absent medium role to audit (${ACCOUNT}/eu-west-1)`);
  expect(findings).toContain(
    `trust-policy stray critical (${OWN}:role/chalk) ! ${PROVIDER} ${TOKEN} <any>, by ${PROVIDER} to chalk`,
  );
  expect(code).toBe(1);
});

it("AW15: the finding says who may come, with what, what it can do then, and how to mend it", () => {
  const sub = { [`${GITHUB}:sub`]: "repo:*", [`${GITHUB}:job_workflow_ref`]: "acme/flows/*" };
  const found = reportOn(awsState(beside(gate(PROVIDER, { StringLike: sub }))), FOUND).findings.find(
    (f) => f.drift === "stray",
  );
  expect(found?.message).toContain(
    `role back lets a crowd in of which the vendor can be one, and no control of the document is about it: whoever runs a workflow on GitHub Actions (${GITHUB}) may assume it with ${GITHUB}:sub repo:<any>, provided that it has ${GITHUB}:job_workflow_ref acme/flows/<any>: what the vendor has there is not known; `,
  );
  expect(found?.by).toBe(`${PROVIDER} to back`);
  expect(found?.resource.id).toBe(BACK);
  expect(found?.remediation?.text).toContain("Have the trust policy of back ask for what only yours have");
});
