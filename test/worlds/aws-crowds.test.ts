/**
 * Roles that whoever a provider of identities serves can assume (AW15), in a state with the vendor's own role: every
 * finding, and the exit code, with the role named and without.
 */
import { describe, expect, it } from "vitest";
import { codeOf, lines, type Run, reportOn } from "./aws-look.ts";
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
const admin = "effective-access excess critical * ! iam:CreateUser <any>";
const stray = (who: string, context?: object, severity = "critical") =>
  `trust-policy stray ${severity} back ! ${who} ${TOKEN} <any>${context === undefined ? "" : ` ${JSON.stringify(context)}`}`;

type World = [name: string, state: Partial<AwsState>, findings: readonly string[], code: number];

const worlds: readonly World[] = [
  ["Google", beside(gate("accounts.google.com")), [admin, stray("accounts.google.com")], 1],
  [
    "Google, the customer's own application",
    beside(
      gate("accounts.google.com", {
        StringEquals: { "accounts.google.com:aud": "4711-a.apps.googleusercontent.com" },
      }),
    ),
    [],
    0,
  ],
  [
    "Cognito",
    beside(gate("cognito-identity.amazonaws.com")),
    [admin, stray("cognito-identity.amazonaws.com")],
    1,
  ],
  ["Facebook", beside(gate("graph.facebook.com")), [admin, stray("graph.facebook.com")], 1],
  ["Amazon", beside(gate("www.amazon.com")), [admin, stray("www.amazon.com")], 1],
  ["every provider", beside(gate("*")), [admin, stray("Federated:*")], 1],
  ["GitHub, nothing asked", beside(gate(PROVIDER)), [admin, stray(PROVIDER)], 1],
  [
    "GitHub, every repository",
    beside(gate(PROVIDER, { StringLike: { [`${GITHUB}:sub`]: "repo:*" } })),
    [admin, stray(PROVIDER, { [`${GITHUB}:sub`]: "repo:<any>" })],
    1,
  ],
  [
    "GitHub, owners that begin alike",
    beside(gate(PROVIDER, { StringLike: { [`${GITHUB}:sub`]: "repo:acme*:*" } })),
    [admin, stray(PROVIDER, { [`${GITHUB}:sub`]: "repo:acme<any>:<any>" })],
    1,
  ],
  [
    "GitHub, one branch",
    beside(
      gate(PROVIDER, {
        StringEquals: {
          [`${GITHUB}:sub`]: "repo:acme/app:ref:refs/heads/main",
          [`${GITHUB}:aud`]: "sts.amazonaws.com",
        },
      }),
    ),
    [],
    0,
  ],
  [
    "GitHub, every repository of the customer's",
    beside(gate(PROVIDER, { StringLike: { [`${GITHUB}:sub`]: "repo:acme/*" } })),
    [],
    0,
  ],
  [
    "GitHub, a role that can read",
    beside(gate(PROVIDER), [managed("r", policy(allow("sqs:ListQueues")))]),
    [stray(PROVIDER, undefined, "medium")],
    1,
  ],
  ["GitHub, a role that holds nothing", beside(gate(PROVIDER), []), [stray(PROVIDER, undefined, "low")], 1],
  [
    "GitHub, a role whose policies cannot be read",
    {
      ...beside(gate(PROVIDER), []),
      unread: [denied("aws/role-policy", "iam ListRolePolicies", "iam:ListRolePolicies", BACK)],
    },
    ["effective-access unknown back", stray(PROVIDER, undefined, "high")],
    1,
  ],
  [
    "GitHub, an operator that AWS does not have",
    beside(gate(PROVIDER, { StringSounds: { [`${GITHUB}:sub`]: "repo:acme/*" } })),
    ["trust-policy unknown back"],
    3,
  ],
  ["a SAML provider of the customer's", beside(gate(`${OWN}:saml-provider/acme`)), [], 0],
  ["an OIDC provider of the customer's", beside(gate(`${OWN}:oidc-provider/login.acme.test`)), [], 0],
  [
    "the vendor's account, and GitHub: the vendor comes by itself",
    beside(
      policy(
        { Effect: "Allow", Principal: { AWS: "754784422779" }, Action: "sts:AssumeRole" },
        ...gate(PROVIDER).Statement,
      ),
    ),
    [admin, "trust-policy stray critical back ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any>"],
    1,
  ],
  [
    "from a role of the crowd to another one",
    {
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
    [
      admin,
      stray(PROVIDER, undefined, "low").replace("low back", "low door"),
      `trust-policy stray critical back ! ${OWN}:role/door sts:AssumeRole <any>`,
    ],
    1,
  ],
  [
    "the vendor's own role lets GitHub in as well",
    { roles: [role({ trust: policy(...trust.Statement, ...gate(PROVIDER).Statement) })] },
    [`trust-policy excess critical ${TOKEN} ! ${PROVIDER} ${TOKEN} <any>`],
    1,
  ],
];

describe.each<[string, Run]>([
  ["AW15: nobody named", FOUND],
  ["AW15: the vendor's role named", NAMED],
])("%s", (_, run) => {
  it.each([...worlds])("%s", (_name, state, expected, code) => {
    const found = reportOn(awsState(state), run);
    expect(lines(found).filter((l) => !/^\S+ note /.test(l))).toEqual([...expected].sort());
    expect(codeOf(found)).toBe(code);
  });
});

it("AW15: where the role of the crowd is the only one, there is none of the vendor", () => {
  const found = reportOn(awsState({ roles: [role({ trust: gate(PROVIDER) })] }), FOUND);
  const said = lines(found).filter((l) => !/^\S+ note /.test(l));
  expect(said).toContain("trust-policy absent medium role to audit");
  expect(said).toContain(stray(PROVIDER).replace("back", "chalk"));
  expect(codeOf(found)).toBe(1);
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
