/**
 * States of an AWS account against the bundled baseline: what changed from the documented state, every finding with its
 * witness, and the exit code. Undoing the change removes exactly these findings.
 */
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { compareReports } from "../../src/report/since.ts";
import type { Statement } from "../baselines/pages-aws.ts";
import { codeOf, lines, outcomes, type Run, reportOn } from "./aws-look.ts";
import {
  ACCOUNT,
  type AwsState,
  allow,
  awsState,
  cluster,
  denied,
  EXTERNAL_ID,
  logReader,
  managed,
  management,
  nodegroup,
  OTHER_VPC,
  others,
  policy,
  REGION,
  ROLE,
  type RoleState,
  role,
  scoped,
  scopedRole,
  subnet,
  subnets,
  tagged,
  thing,
  trust,
  VENDOR,
  vpc,
  withStatement,
} from "./aws-state.ts";

const KEY = "aws:ResourceTag/chalk.ai/managed-by";
const SCOPED: Run = { profile: "scoped" };
const MANAGEMENT: Run = {};
const STRANGER = "arn:aws:iam::999999999999:role/stranger";
const KEYED = { "sts:ExternalId": EXTERNAL_ID };

type World = [name: string, run: Run, state: Partial<AwsState>, findings: readonly string[], code: number];

const first = scoped.Statement[0] as Statement;
const managementActions = management.Statement[0]?.Action as readonly string[];

/** The scoped policy with `eks:*` in a statement of its own, which is changed. */
function eks(change: object, more: Partial<RoleState> = {}): Partial<AwsState> {
  const rest = (first.Action as readonly string[]).filter((a) => a !== "eks:*");
  const own = { ...first, Sid: "Eks", Action: "eks:*", ...change };
  const document = policy({ ...first, Action: rest }, own, ...scoped.Statement.slice(1));
  return { roles: [scopedRole(document, more)] };
}

/** The management policy without some actions. */
function lacking(...actions: readonly string[]): Partial<AwsState> {
  const left = managementActions.filter((a) => !actions.includes(a));
  const document = withStatement(management, 0, (s) => ({ ...s, Action: left }));
  return { roles: [role({ attached: [managed("chalk-management", document)] })] };
}

/** The trust policy with its one statement changed, and others beside it. */
function trusting(change: object, ...beside: readonly object[]): Partial<AwsState> {
  return { roles: [role({ trust: policy({ ...trust.Statement[0], ...change }, ...beside) })] };
}

const externalId = (condition: object) => trusting({ Condition: condition });
const inline = (document: unknown) => ({ roles: [role({ inline: { extra: document } })] });
const recased = (text: string) => text.toUpperCase().replace(/^[^:]+/, (service) => service.toLowerCase());

/** Both controls say it: the policy's own and the sum. */
const both = (control: string, rest: string) => [`effective-access ${rest}`, `${control} ${rest}`];
const scopedBoth = (rest: string) => both("scoped-execution-policy", rest);
const managementBoth = (rest: string) => both("management-policy", rest);
const EKS = `arn:aws:eks:${REGION}:${ACCOUNT}`;
const at = (key: string, value: string) => `{${JSON.stringify(key)}:${JSON.stringify(value)}}`;

const sameMeaning: readonly World[] = [
  ["as documented", MANAGEMENT, {}, [], 0],
  ["as documented, scoped", SCOPED, { roles: [scopedRole()] }, [], 0],
  [
    "actions in reverse and recased, and twice",
    MANAGEMENT,
    {
      roles: [
        role({
          attached: [
            managed(
              "m",
              withStatement(management, 0, (s) => ({
                ...s,
                Action: [...managementActions].reverse().flatMap((a) => [recased(a), a]),
              })),
            ),
          ],
        }),
      ],
    },
    [],
    0,
  ],
  [
    "split over managed and inline policies",
    MANAGEMENT,
    {
      roles: [
        role({
          attached: [
            managed("a", policy(allow(managementActions.slice(0, 30)))),
            managed("b", policy(allow(managementActions.slice(30, 60)))),
          ],
          inline: { c: policy(allow(managementActions.slice(60))) },
        }),
      ],
    },
    [],
    0,
  ],
  [
    "one statement for each action, under no Version",
    MANAGEMENT,
    {
      roles: [role({ attached: [managed("m", { Statement: managementActions.map((a) => allow(a)) })] })],
    },
    [],
    0,
  ],
  [
    "scoped: statements in reverse, without Sids, one statement alone in an object",
    SCOPED,
    {
      roles: [
        scopedRole(
          policy(
            ...scoped.Statement.slice(0, 3)
              .reverse()
              .map(({ Sid: _, ...s }) => s),
          ),
          {
            inline: { global: { Version: "2012-10-17", Statement: scoped.Statement[3] } },
          },
        ),
      ],
    },
    [],
    0,
  ],
  ["scoped: one action in a statement of its own", SCOPED, eks({}), [], 0],
  [
    "scoped: the condition's key in another case",
    SCOPED,
    eks({ Condition: { StringEquals: { [KEY.toUpperCase()]: "chalk" } } }),
    [],
    0,
  ],
  [
    "scoped: StringLike without a wildcard is the same",
    SCOPED,
    eks({ Condition: { StringLike: { [KEY]: ["chalk"] } } }),
    [],
    0,
  ],
  [
    "the log reader too, which is optional",
    SCOPED,
    { roles: [scopedRole(scoped, { inline: { logs: logReader } })] },
    [],
    0,
  ],
  [
    "an older version of the policy that grants more: only the default counts",
    MANAGEMENT,
    { roles: [role({ attached: [{ ...managed("m", management), version: "v7" }] })] },
    [],
    0,
  ],
  [
    "a boundary that does not cut",
    MANAGEMENT,
    { roles: [role({ boundary: managed("wall", policy(allow("*"))) })] },
    [],
    0,
  ],
  [
    "a Deny of what is not documented",
    MANAGEMENT,
    {
      roles: [role({ inline: { no: policy({ Effect: "Deny", Action: "organizations:*", Resource: "*" }) } })],
    },
    [],
    0,
  ],
  [
    "an inline grant that the document has already",
    MANAGEMENT,
    inline(policy(allow("s3:GetObject", "arn:aws:s3:::x/*"))),
    [],
    0,
  ],
  [
    "trust: a list of one, and the documents as objects",
    MANAGEMENT,
    trusting({ Principal: { AWS: [VENDOR] }, Action: ["sts:AssumeRole"] }),
    [],
    0,
  ],
];

const trustDrift: readonly World[] = [
  [
    "no external id asked for",
    MANAGEMENT,
    trusting({ Condition: undefined }),
    [`trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any>`],
    1,
  ],
  [
    "the wrong external id",
    MANAGEMENT,
    externalId({ StringEquals: { "sts:ExternalId": "other" } }),
    [
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
      `trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "other")}`,
    ],
    1,
  ],
  [
    "an external id with a wildcard",
    MANAGEMENT,
    externalId({ StringLike: { "sts:ExternalId": "ext-*" } }),
    [
      `trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "ext-<any>")}`,
    ],
    1,
  ],
  [
    "any external id",
    MANAGEMENT,
    externalId({ StringLike: { "sts:ExternalId": "*" } }),
    [
      `trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "<any>")}`,
    ],
    1,
  ],
  [
    "a second external id",
    MANAGEMENT,
    externalId({ StringEquals: { "sts:ExternalId": [EXTERNAL_ID, "other"] } }),
    [
      `trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "other")}`,
    ],
    1,
  ],
  [
    "StringEqualsIfExists: none will do as well",
    MANAGEMENT,
    externalId({ StringEqualsIfExists: KEYED }),
    [`trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any>`],
    1,
  ],
  [
    "ForAllValues: none will do as well",
    MANAGEMENT,
    externalId({ "ForAllValues:StringEquals": KEYED }),
    [
      "trust-policy unknown sts:AssumeRole on *",
      `trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any>`,
    ],
    1,
  ],
  [
    "an additional condition, which the vendor does not meet",
    MANAGEMENT,
    externalId({ StringEquals: KEYED, Bool: { "aws:MultiFactorAuthPresent": "true" } }),
    [
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "a second principal",
    MANAGEMENT,
    trusting({ Principal: { AWS: [VENDOR, STRANGER] } }),
    [
      `trust-policy excess critical sts:AssumeRole ! ${STRANGER} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "a second statement for a service",
    MANAGEMENT,
    trusting({}, { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
    ["trust-policy excess critical sts:AssumeRole ! ec2.amazonaws.com sts:AssumeRole <any>"],
    1,
  ],
  [
    "the vendor's whole account, by its number",
    MANAGEMENT,
    trusting({ Principal: { AWS: "754784422779" } }),
    [
      `trust-policy excess critical sts:AssumeRole ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "the vendor's whole account, by its root",
    MANAGEMENT,
    trusting({ Principal: { AWS: "arn:aws:iam::754784422779:root" } }),
    [
      `trust-policy excess critical sts:AssumeRole ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "anybody",
    MANAGEMENT,
    trusting({ Principal: "*" }),
    [
      `trust-policy excess critical sts:AssumeRole ! <any> sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "anybody in AWS",
    MANAGEMENT,
    trusting({ Principal: { AWS: "*" } }),
    [
      `trust-policy excess critical sts:AssumeRole ! <any> sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "every action of STS",
    MANAGEMENT,
    trusting({ Action: "sts:*" }),
    [
      `trust-policy excess critical sts:* ! ${VENDOR} sts:AssumeRoot <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "a Deny for the vendor",
    MANAGEMENT,
    trusting({}, { Effect: "Deny", Principal: { AWS: VENDOR }, Action: "sts:AssumeRole" }),
    [
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "the vendor's role was deleted and made anew",
    { parameters: { role: "chalk", externalId: EXTERNAL_ID } },
    trusting({ Principal: { AWS: "AROA3XFRBF535PLBIFPI4" } }),
    [
      "trust-policy dead medium sts:AssumeRole",
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
    1,
  ],
  [
    "no external id given to compare with: a fixed one is accepted",
    { parameters: {} },
    externalId({ StringEquals: { "sts:ExternalId": "whatever" } }),
    [],
    0,
  ],
  [
    "no external id given: none asked for is drift all the same",
    { parameters: {} },
    trusting({ Condition: undefined }),
    [`trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any>`],
    1,
  ],
  [
    "no external id given: only one is accepted",
    { parameters: {} },
    externalId({ StringEquals: { "sts:ExternalId": ["key-1", "key-2"] } }),
    [
      `trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "key-2")}`,
    ],
    1,
  ],
];

const policyDrift: readonly World[] = [
  [
    "an action is missing",
    MANAGEMENT,
    lacking("sqs:*"),
    managementBoth("missing medium sqs:* ! sqs:ReceiveMessage <any>"),
    1,
  ],
  [
    "a wildcard was spelt out: what it will grant tomorrow is missing",
    MANAGEMENT,
    {
      roles: [
        role({
          attached: [
            managed(
              "m",
              withStatement(management, 0, (s) => ({
                ...s,
                Action: [...managementActions.filter((a) => a !== "dax:*"), "dax:Get*"],
              })),
            ),
          ],
        }),
      ],
    },
    managementBoth("missing medium dax:* ! dax:Scan <any>"),
    1,
  ],
  [
    "an inline grant out of band: everything in IAM",
    MANAGEMENT,
    inline(policy(allow("iam:*"))),
    ["effective-access excess critical iam:* ! iam:CreateUser <any>"],
    1,
  ],
  [
    "an inline grant out of band: reading one thing",
    MANAGEMENT,
    inline(policy(allow("sts:GetCallerIdentity"))),
    ["effective-access excess medium sts:GetCallerIdentity ! sts:GetCallerIdentity <any>"],
    1,
  ],
  [
    "administrator attached as well",
    MANAGEMENT,
    {
      roles: [
        role({
          attached: [
            managed("chalk-management", management),
            { arn: "arn:aws:iam::aws:policy/AdministratorAccess", document: policy(allow("*")) },
          ],
        }),
      ],
    },
    ["effective-access excess critical * ! iam:CreateUser <any>"],
    1,
  ],
  [
    "an action is denied",
    MANAGEMENT,
    {
      roles: [role({ inline: { no: policy({ Effect: "Deny", Action: "s3:DeleteBucket", Resource: "*" }) } })],
    },
    managementBoth("missing medium s3:DeleteBucket ! s3:DeleteBucket <any>"),
    1,
  ],
  [
    "an excess that a Deny takes away is none",
    MANAGEMENT,
    inline(policy(allow("organizations:*"), { Effect: "Deny", Action: "organizations:*", Resource: "*" })),
    [],
    0,
  ],
  [
    "NotAction: everything but one service",
    MANAGEMENT,
    inline(policy({ Effect: "Allow", NotAction: "organizations:*", Resource: "*" })),
    ["effective-access excess critical NotAction organizations:* ! iam:CreateUser <any>"],
    1,
  ],
  [
    "a boundary that cuts",
    MANAGEMENT,
    {
      roles: [
        role({
          boundary: managed(
            "wall",
            policy({ Effect: "Allow", NotAction: ["sqs:*", "sns:*"], Resource: "*" }),
          ),
        }),
      ],
    },
    ["effective-access missing medium sns:*, sqs:* ! sns:<any> <any>"],
    1,
  ],
  [
    "a boundary that cuts the excess away",
    MANAGEMENT,
    {
      roles: [
        role({
          inline: { extra: policy(allow("organizations:*")) },
          boundary: managed("wall", policy({ Effect: "Allow", NotAction: "organizations:*", Resource: "*" })),
        }),
      ],
    },
    [],
    0,
  ],
  [
    "scoped: the condition was removed",
    SCOPED,
    eks({ Condition: undefined }),
    scopedBoth(`weakened high eks:* ! eks:<any> ${EKS}:<any>`),
    1,
  ],
  [
    "scoped: StringLike with a star",
    SCOPED,
    eks({ Condition: { StringLike: { [KEY]: "*" } } }),
    scopedBoth(`weakened high eks:* ! eks:<any> ${EKS}:<any> ${at(KEY, "<any>")}`),
    1,
  ],
  [
    "scoped: IfExists, so that what has no tag is open",
    SCOPED,
    eks({ Condition: { StringEqualsIfExists: { [KEY]: "chalk" } } }),
    scopedBoth(`weakened high eks:* ! eks:<any> ${EKS}:<any>`),
    1,
  ],
  [
    "scoped: ForAllValues, so that what has no tag is open",
    SCOPED,
    eks({ Condition: { "ForAllValues:StringEquals": { [KEY]: "chalk" } } }),
    [
      ...scopedBoth(`unknown eks:* on arn:aws:acm:${REGION}:${ACCOUNT}:*`),
      ...scopedBoth(`weakened high eks:* ! eks:<any> ${EKS}:<any>`),
    ],
    1,
  ],
  [
    "scoped: a second value",
    SCOPED,
    eks({ Condition: { StringEquals: { [KEY]: ["chalk", "shop"] } } }),
    scopedBoth(`weakened high eks:* ! eks:<any> ${EKS}:<any> ${at(KEY, "shop")}`),
    1,
  ],
  [
    "scoped: another value",
    SCOPED,
    eks({ Condition: { StringEquals: { [KEY]: "shop" } } }),
    [
      `effective-access excess high eks:* ! eks:<any> ${EKS}:<any> ${at(KEY, "shop")}`,
      ...scopedBoth(`missing medium eks:* ! eks:<any> ${EKS}:<any> ${at(KEY, "chalk")}`),
    ],
    1,
  ],
  [
    "scoped: a narrower condition",
    SCOPED,
    eks({ Condition: { StringEquals: { [KEY]: "chalk", "aws:RequestedRegion": REGION } } }),
    scopedBoth(`missing medium eks:* ! eks:<any> ${EKS}:<any> ${at(KEY, "chalk")}`),
    1,
  ],
  [
    "scoped: the ARNs of another account",
    SCOPED,
    eks({ Resource: (first.Resource as readonly string[]).map((r) => r.replace(ACCOUNT, "999999999999")) }),
    [
      `effective-access excess high eks:* ! eks:<any> arn:aws:eks:${REGION}:999999999999:<any> ${at(KEY, "chalk")}`,
      ...scopedBoth(`missing medium eks:* ! eks:<any> ${EKS}:<any> ${at(KEY, "chalk")}`),
    ],
    1,
  ],
  [
    "scoped: an unconditioned grant beside the documented one is an excess, not a loosened condition",
    SCOPED,
    { roles: [scopedRole(scoped, { inline: { extra: policy(allow("ec2:TerminateInstances")) } })] },
    ["effective-access excess high ec2:TerminateInstances ! ec2:TerminateInstances <any>"],
    1,
  ],
  [
    "scoped: a statement is gone",
    SCOPED,
    { roles: [scopedRole(withStatement(scoped, 3, () => undefined))] },
    [
      ...scopedBoth("missing medium ec2:Describe*, logs:DescribeLogGroups ! ec2:Describe<any> <any>"),
      ...scopedBoth("missing medium ecr:GetAuthorizationToken ! ecr:GetAuthorizationToken <any>"),
    ],
    1,
  ],
  [
    "scoped: the broad policy is still there",
    SCOPED,
    {
      roles: [scopedRole(scoped, { inline: { old: policy(allow(["sns:*", "redshift:*"])) } })],
    },
    ["effective-access excess high redshift:*, sns:* ! redshift:GetClusterCredentials <any>"],
    1,
  ],
  [
    "the log reader on another log group than the one given",
    { profile: "scoped", parameters: { externalId: EXTERNAL_ID, logGroup: "/other" } },
    { roles: [scopedRole(scoped, { inline: { logs: policy(logReader.Statement[0] as object) } })] },
    [
      "effective-access excess high logs:FilterLogEvents, logs:Get*, logs:StartLiveTail, logs:StartQuery ! logs:FilterLogEvents arn:aws:logs:us-east-1:123456789012:log-group:/chalk/prod:<any>",
      "effective-access excess medium logs:Describe* ! logs:Describe<any> arn:aws:logs:us-east-1:123456789012:log-group:/chalk/prod:<any>",
      "effective-access excess medium logs:List*, logs:TestMetricFilter ! logs:List<any> arn:aws:logs:us-east-1:123456789012:log-group:/chalk/prod:<any>",
    ],
    1,
  ],
  [
    "the log reader with one action fewer",
    SCOPED,
    {
      roles: [
        scopedRole(scoped, {
          inline: {
            logs: withStatement(logReader, 0, (s) => ({
              ...s,
              Action: (s.Action as readonly string[]).filter((a) => a !== "logs:Get*"),
            })),
          },
        }),
      ],
    },
    [
      "log-reader-policy missing medium logs:Get* ! logs:GetLogEvents arn:aws:logs:us-east-1:123456789012:log-group:/chalk/prod:<any>",
    ],
    1,
  ],
];

const roleDrift: readonly World[] = [
  [
    "the role given does not exist",
    { parameters: { role: "nobody", externalId: EXTERNAL_ID } },
    { asked: ["nobody"] },
    [
      "effective-access absent critical nobody",
      "management-policy absent critical nobody",
      "trust-policy absent critical nobody",
    ],
    1,
  ],
  ["the role is given by its ARN", { parameters: { role: ROLE, externalId: EXTERNAL_ID } }, {}, [], 0],
  [
    "the role given when the state was recorded",
    MANAGEMENT,
    {
      asked: ["chalk"],
      roles: [role({ trust: policy({ ...trust.Statement[0], Principal: { AWS: STRANGER } }) })],
    },
    [
      `trust-policy excess critical sts:AssumeRole ! ${STRANGER} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
      "trust-policy unknown other roles",
    ],
    1,
  ],
  [
    "nobody trusts the vendor",
    MANAGEMENT,
    { roles: [role({ trust: policy({ ...trust.Statement[0], Principal: { AWS: STRANGER } }) })] },
    [
      "effective-access absent medium role to audit",
      "management-policy absent medium role to audit",
      "trust-policy absent medium role to audit",
    ],
    1,
  ],
  [
    "a role that does not trust the vendor is not audited",
    MANAGEMENT,
    {
      roles: [
        role(),
        role({
          arn: `arn:aws:iam::${ACCOUNT}:role/admin`,
          trust: policy({ ...trust.Statement[0], Principal: { AWS: STRANGER } }),
          attached: [managed("all", policy(allow("*")))],
        }),
      ],
    },
    [],
    0,
  ],
];

const surroundings: readonly World[] = [
  [
    "an untagged subnet",
    MANAGEMENT,
    { subnets: [...subnets.slice(1), subnet("subnet-private-a", "a", "10.130.0.0/20", { Tags: [] })] },
    ["managed-by-tag absent medium subnet-private-a"],
    1,
  ],
  [
    "a tagged instance of somebody else",
    MANAGEMENT,
    { others: [...others, thing("aws/instance", "i-shop", { VpcId: OTHER_VPC })] },
    ["managed-by-tag stray medium i-shop"],
    1,
  ],
  [
    "an untagged node group, and a queue with another value",
    MANAGEMENT,
    {
      nodegroups: [nodegroup({ tags: {} })],
      tagged: [tagged(`arn:aws:sqs:${REGION}:${ACCOUNT}:chalk-jobs`, "shop")],
    },
    ["managed-by-tag absent medium nodes", "managed-by-tag changed medium chalk-jobs"],
    1,
  ],
  [
    "a subnet too few",
    MANAGEMENT,
    { subnets: subnets.slice(0, 5) },
    ["vpc-cidr-plan absent medium public c"],
    1,
  ],
  [
    "a subnet too many",
    MANAGEMENT,
    { subnets: [...subnets, subnet("subnet-more", "b", "10.130.128.0/20")] },
    ["vpc-cidr-plan stray medium more"],
    1,
  ],
  [
    "another block, agreed by parameter",
    { parameters: { externalId: EXTERNAL_ID, vpcCidr: "10.20.0.0/16" } },
    {
      vpcs: [vpc({ CidrBlock: "10.20.0.0/16" })],
      subnets: subnets.map((s) => ({ ...s, CidrBlock: String(s.CidrBlock).replace("10.130", "10.20") })),
    },
    [],
    0,
  ],
  [
    "a cluster of long ago",
    MANAGEMENT,
    { clusters: [cluster({ version: "1.33" })] },
    ["eks-version-window expired medium chalk", "eks-version-window expired medium chalk"],
    1,
  ],
  ["a version within the window", MANAGEMENT, { clusters: [cluster({ version: "1.35" })] }, [], 0],
  [
    "no calendar from the account: the baseline's serves",
    MANAGEMENT,
    {
      versions: [],
      unread: [denied("aws/eks-version", "DescribeClusterVersions", "eks:DescribeClusterVersions")],
    },
    [],
    0,
  ],
  [
    "no cluster, no VPC beside the default",
    MANAGEMENT,
    {
      clusters: [],
      nodegroups: [],
      vpcs: [{ VpcId: "vpc-default", IsDefault: true }],
      subnets: [],
      routeTables: [],
      others: [],
    },
    ["eks-version-window unknown EKS cluster", "vpc-cidr-plan unknown VPC"],
    3,
  ],
];

const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/chalk-management`;
const unreadable: readonly World[] = [
  [
    "GetPolicyVersion alone is denied",
    MANAGEMENT,
    { unread: [denied("aws/policy", "GetPolicyVersion", "iam:GetPolicyVersion", POLICY_ARN)] },
    ["effective-access unknown chalk", "log-reader-policy unknown chalk", "management-policy unknown chalk"],
    3,
  ],
  [
    "an inline policy is denied, and an excess stands beside it: it may be denied there",
    MANAGEMENT,
    {
      roles: [role({ inline: { extra: policy(allow("organizations:ListAccounts")), hidden: {} } })],
      unread: [denied("aws/role-policy", "GetRolePolicy", "iam:GetRolePolicy", `${ROLE}/hidden`)],
    },
    [
      "effective-access unknown chalk",
      "effective-access unknown organizations:ListAccounts ! organizations:ListAccounts <any>",
      "log-reader-policy unknown chalk",
      "management-policy unknown chalk",
    ],
    3,
  ],
  [
    "what is attached is denied",
    MANAGEMENT,
    {
      without: ["aws/attached-policy", "aws/policy"],
      unread: [
        denied("aws/attached-policy", "ListAttachedRolePolicies", "iam:ListAttachedRolePolicies", ROLE),
      ],
    },
    ["effective-access unknown chalk", "log-reader-policy unknown chalk", "management-policy unknown chalk"],
    3,
  ],
  [
    "the boundary is denied: what lacks is certain, what is too much is not",
    MANAGEMENT,
    {
      ...lacking("sqs:*"),
      roles:
        lacking("sqs:*").roles?.map((r) => ({
          ...r,
          inline: { extra: policy(allow("organizations:ListAccounts")) },
          boundary: managed("wall", policy(allow("*"))),
        })) ?? [],
      unread: [
        denied(
          "aws/policy",
          "GetPolicyVersion",
          "iam:GetPolicyVersion",
          `arn:aws:iam::${ACCOUNT}:policy/wall`,
        ),
      ],
    },
    [
      "effective-access missing medium sqs:* ! sqs:ReceiveMessage <any>",
      "effective-access unknown chalk",
      "effective-access unknown organizations:ListAccounts ! organizations:ListAccounts <any>",
      "management-policy missing medium sqs:* ! sqs:ReceiveMessage <any>",
    ],
    1,
  ],
  [
    "roles cannot be listed, and none is given",
    MANAGEMENT,
    { roles: [], unread: [denied("aws/role", "ListRoles", "iam:ListRoles")] },
    [
      ...["effective-access", "log-reader-policy", "management-policy", "trust-policy"].map(
        (c) => `${c} unknown aws/role`,
      ),
    ],
    3,
  ],
  [
    "the role given is denied",
    { parameters: { role: "chalk", externalId: EXTERNAL_ID } },
    { roles: [], unread: [denied("aws/role", "GetRole", "iam:GetRole", "chalk")] },
    [
      "effective-access unknown chalk",
      "log-reader-policy unknown chalk",
      "management-policy unknown chalk",
      "trust-policy unknown chalk",
    ],
    3,
  ],
  [
    "everything is denied",
    MANAGEMENT,
    {
      roles: [],
      without: [
        "aws/vpc",
        "aws/subnet",
        "aws/route-table",
        "aws/eks-cluster",
        "aws/eks-nodegroup",
        "aws/tagged-resource",
      ],
      others: [],
      unread: [
        denied("aws/role", "ListRoles", "iam:ListRoles"),
        denied("aws/vpc", "DescribeVpcs", "ec2:DescribeVpcs"),
        denied("aws/eks-cluster", "ListClusters", "eks:ListClusters"),
        denied("aws/tagged-resource", "GetResources", "tag:GetResources"),
      ],
    },
    [
      "effective-access unknown aws/role",
      "eks-version-window unknown aws/eks-cluster",
      "log-reader-policy unknown aws/role",
      "managed-by-tag unknown aws/eks-cluster",
      "managed-by-tag unknown aws/tagged-resource",
      "managed-by-tag unknown aws/vpc",
      "management-policy unknown aws/role",
      "trust-policy unknown aws/role",
      "vpc-cidr-plan unknown aws/vpc",
    ],
    3,
  ],
  [
    "a read was throttled to the end",
    MANAGEMENT,
    {
      unread: [
        { kind: "aws/subnet", api: "DescribeSubnets", cause: "throttled", detail: "RequestLimitExceeded" },
      ],
    },
    ["managed-by-tag unknown aws/subnet", "vpc-cidr-plan unknown aws/subnet"],
    3,
  ],
  [
    "a policy came as garbage",
    MANAGEMENT,
    { roles: [role({ attached: [managed("chalk-management", "%7Bnot json")] })] },
    ["effective-access unknown chalk", "log-reader-policy unknown chalk", "management-policy unknown chalk"],
    3,
  ],
  [
    "a trust policy came as garbage: the role is not found, and that is not known to be right",
    { parameters: { role: "chalk", externalId: EXTERNAL_ID } },
    { roles: [role({ trust: "<html>" })] },
    ["trust-policy unknown chalk"],
    3,
  ],
  [
    "a policy is named, and its document was not collected",
    MANAGEMENT,
    { without: ["aws/policy"] },
    ["effective-access unknown chalk", "log-reader-policy unknown chalk", "management-policy unknown chalk"],
    3,
  ],
];

/** Reports by state and run: the table and the undoing ask for the same ones. */
const reports = new Map<string, Report>();
function report(state: Partial<AwsState>, run: Run): Report {
  const key = JSON.stringify([state, run]);
  const known = reports.get(key) ?? reportOn(awsState(state), run);
  reports.set(key, known);
  return known;
}

const groups = { sameMeaning, trustDrift, policyDrift, roleDrift, surroundings, unreadable };
const without = (findings: readonly string[]) => findings.filter((f) => !/^\S+ note /.test(f));

describe.each(Object.entries(groups))("%s", (_, worlds) => {
  it.each([...worlds])("%s", (_name, run, state, expected, code) => {
    const found = report(state, run);
    expect(without(lines(found))).toEqual([...expected].sort());
    expect(codeOf(found)).toBe(code);
  });
});

describe("undoing the change", () => {
  const drifted = Object.values(groups)
    .flat()
    .filter(([, , , findings, code]) => code === 1 && findings.length > 0);
  it.each(drifted)("%s", (_name, run, state) => {
    const before = report(state, run);
    const whole = run.profile === "scoped" ? { roles: [scopedRole()] } : {};
    const after = compareReports(before, report(whole, run.parameters?.role === "nobody" ? {} : run));
    const failing = (findings: typeof before.findings) =>
      findings.filter((f) => f.outcome === "fail").map((f) => f.fingerprint);
    expect(failing(after.findings)).toEqual([]);
    expect(failing(after.gone ?? []).sort()).toEqual(failing(before.findings).sort());
  });
});

it("there are sixty worlds at least, none twice", () => {
  const names = Object.values(groups).flatMap((worlds) => worlds.map(([name]) => name));
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(new Set(names).size).toBe(names.length);
});

it("a role that holds nothing lacks every documented statement, and nothing else is said of it", () => {
  const report = reportOn(awsState({ roles: [scopedRole(policy(allow("sns:Publish")))] }), SCOPED);
  const drift = report.findings.filter((f) => f.outcome === "fail");
  const kinds = new Set(drift.map((f) => `${f.rule} ${f.control.split("/")[1]}`));
  expect([...kinds].sort()).toEqual([
    "aws/effective-access/excess effective-access",
    "aws/effective-access/missing effective-access",
    "aws/policy/missing scoped-execution-policy",
  ]);
  const statements = drift.filter((f) => f.rule === "aws/policy/missing").map((f) => f.location.line);
  expect(new Set(statements).size).toBeGreaterThanOrEqual(4);
});

it("the outcomes of a clean account, control by control", () => {
  expect(outcomes(reportOn(awsState()))).toEqual({
    "trust-policy": "pass",
    "management-policy": "pass",
    "log-reader-policy": "pass",
    "effective-access": "pass",
    "managed-by-tag": "pass",
    "vpc-cidr-plan": "pass",
    "eks-version-window": "pass",
  });
});
