/**
 * States of an AWS account against the bundled baseline: what changed from the documented state, every finding with its
 * witness, and the exit code. Undoing the change removes exactly these findings.
 */
import { expect, it } from "vitest";
import type { Statement } from "../baselines/pages-aws.ts";
import { awsGround, outcomes, type Row, type Run, reportOn } from "./aws-ground.ts";
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
import { describeWorlds } from "./world.ts";

const KEY = "aws:ResourceTag/chalk.ai/managed-by";
const SCOPED: Run = { profile: "scoped" };
const STRANGER = "arn:aws:iam::999999999999:role/stranger";
const KEYED = { "sts:ExternalId": EXTERNAL_ID };

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
const managementBoth = (rest: string) => both("management-policy", rest);
const EKS = `arn:aws:eks:${REGION}:${ACCOUNT}`;
const at = (key: string, value: string) => `{${JSON.stringify(key)}:${JSON.stringify(value)}}`;

const sameMeaning: Readonly<Record<string, Row>> = {
  "as documented": {
    state: {},
    code: 0,
  },
  "as documented, scoped": {
    run: SCOPED,
    state: { roles: [scopedRole()] },
    code: 0,
  },
  "actions in reverse and recased, and twice": {
    state: {
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
    code: 0,
  },
  "split over managed and inline policies": {
    state: {
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
    code: 0,
  },
  "one statement for each action, under no Version": {
    state: {
      roles: [role({ attached: [managed("m", { Statement: managementActions.map((a) => allow(a)) })] })],
    },
    code: 0,
  },
  "scoped: statements in reverse, without Sids, one statement alone in an object": {
    run: SCOPED,
    state: {
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
    code: 0,
  },
  "scoped: one action in a statement of its own": {
    run: SCOPED,
    state: eks({}),
    code: 0,
  },
  "scoped: the condition's key in another case": {
    run: SCOPED,
    state: eks({ Condition: { StringEquals: { [KEY.toUpperCase()]: "chalk" } } }),
    code: 0,
  },
  "scoped: StringLike without a wildcard is the same": {
    run: SCOPED,
    state: eks({ Condition: { StringLike: { [KEY]: ["chalk"] } } }),
    code: 0,
  },
  "the log reader too, which is optional": {
    run: SCOPED,
    state: { roles: [scopedRole(scoped, { inline: { logs: logReader } })] },
    code: 0,
    gone: ["log-reader-policy note absent info (arn:aws:iam::123456789012:role/chalk)"],
  },
  "an older version of the policy that grants more: only the default counts": {
    state: { roles: [role({ attached: [{ ...managed("m", management), version: "v7" }] })] },
    code: 0,
  },
  "a boundary that does not cut": {
    state: { roles: [role({ boundary: managed("wall", policy(allow("*"))) })] },
    code: 0,
  },
  "a Deny of what is not documented": {
    state: {
      roles: [role({ inline: { no: policy({ Effect: "Deny", Action: "organizations:*", Resource: "*" }) } })],
    },
    code: 0,
  },
  "an inline grant that the document has already": {
    state: inline(policy(allow("s3:GetObject", "arn:aws:s3:::x/*"))),
    code: 0,
  },
  "trust: a list of one, and the documents as objects": {
    state: trusting({ Principal: { AWS: [VENDOR] }, Action: ["sts:AssumeRole"] }),
    code: 0,
  },
};

const trustDrift: Readonly<Record<string, Row>> = {
  "no external id asked for": {
    state: trusting({ Condition: undefined }),
    code: 1,
    findings: [
      `trust-policy weakened critical sts:AssumeRole except for ${VENDOR} where StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} sts:AssumeRole <any>`,
    ],
  },
  "the wrong external id": {
    state: externalId({ StringEquals: { "sts:ExternalId": "other" } }),
    code: 1,
    findings: [
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
      `trust-policy weakened critical sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "other")}`,
    ],
  },
  "an external id with a wildcard": {
    state: externalId({ StringLike: { "sts:ExternalId": "ext-*" } }),
    code: 1,
    findings: [
      `trust-policy weakened critical sts:AssumeRole except for ${VENDOR} where StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "ext-<any>")}`,
    ],
  },
  "any external id": {
    state: externalId({ StringLike: { "sts:ExternalId": "*" } }),
    code: 1,
    findings: [
      `trust-policy weakened critical sts:AssumeRole except for ${VENDOR} where StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "<any>")}`,
    ],
  },
  "a second external id": {
    state: externalId({ StringEquals: { "sts:ExternalId": [EXTERNAL_ID, "other"] } }),
    code: 1,
    findings: [
      `trust-policy weakened critical sts:AssumeRole except for ${VENDOR} where StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "other")}`,
    ],
  },
  "StringEqualsIfExists: none will do as well": {
    state: externalId({ StringEqualsIfExists: KEYED }),
    code: 1,
    findings: [
      `trust-policy weakened critical sts:AssumeRole except for ${VENDOR} where StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} sts:AssumeRole <any>`,
    ],
  },
  "ForAllValues: none will do as well": {
    state: externalId({ "ForAllValues:StringEquals": KEYED }),
    code: 1,
    findings: [
      "trust-policy unknown medium sts:AssumeRole on *",
      `trust-policy weakened critical sts:AssumeRole except for ${VENDOR} where StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} sts:AssumeRole <any>`,
    ],
  },
  "an additional condition, which the vendor does not meet": {
    state: externalId({ StringEquals: KEYED, Bool: { "aws:MultiFactorAuthPresent": "true" } }),
    code: 1,
    findings: [
      `trust-policy missing medium sts:AssumeRole except for ${VENDOR} where Bool aws:MultiFactorAuthPresent = true and StringEquals sts:ExternalId = ext-4711 ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  "a second principal": {
    state: trusting({ Principal: { AWS: [VENDOR, STRANGER] } }),
    code: 1,
    findings: [
      `trust-policy excess critical sts:AssumeRole ! ${STRANGER} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  "a second statement for a service": {
    state: trusting(
      {},
      { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    ),
    code: 1,
    findings: ["trust-policy excess critical sts:AssumeRole ! ec2.amazonaws.com sts:AssumeRole <any>"],
  },
  "the vendor's whole account, by its number": {
    state: trusting({ Principal: { AWS: "754784422779" } }),
    code: 1,
    findings: [
      `trust-policy excess critical sts:AssumeRole except for arn:aws:iam::754784422779:role/chalk-api-server where StringEquals sts:ExternalId = ext-4711 ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  "the vendor's whole account, by its root": {
    state: trusting({ Principal: { AWS: "arn:aws:iam::754784422779:root" } }),
    code: 1,
    findings: [
      `trust-policy excess critical sts:AssumeRole except for arn:aws:iam::754784422779:role/chalk-api-server where StringEquals sts:ExternalId = ext-4711 ! arn:aws:iam::754784422779:<any> sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  anybody: {
    state: trusting({ Principal: "*" }),
    code: 1,
    findings: [
      `trust-policy excess critical sts:AssumeRole except for arn:aws:iam::754784422779:role/chalk-api-server where StringEquals sts:ExternalId = ext-4711 ! <any> sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  "anybody in AWS": {
    state: trusting({ Principal: { AWS: "*" } }),
    code: 1,
    findings: [
      `trust-policy excess critical sts:AssumeRole except for arn:aws:iam::754784422779:role/chalk-api-server where StringEquals sts:ExternalId = ext-4711 ! <any> sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  "every action of STS": {
    state: trusting({ Action: "sts:*" }),
    code: 1,
    findings: [
      `trust-policy excess critical sts:* except sts:AssumeRole ! ${VENDOR} sts:AssumeRoot <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  "a Deny for the vendor": {
    state: trusting({}, { Effect: "Deny", Principal: { AWS: VENDOR }, Action: "sts:AssumeRole" }),
    code: 1,
    findings: [
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  "the vendor's role was deleted and made anew": {
    run: { parameters: { role: "chalk", externalId: EXTERNAL_ID } },
    state: trusting({ Principal: { AWS: "AROA3XFRBF535PLBIFPI4" } }),
    code: 1,
    findings: [
      "trust-policy dead medium sts:AssumeRole",
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
    ],
  },
  "no external id given to compare with: a fixed one is accepted": {
    run: { parameters: {} },
    state: externalId({ StringEquals: { "sts:ExternalId": "whatever" } }),
    code: 0,
  },
  "no external id given: none asked for is drift all the same": {
    run: { parameters: {} },
    state: trusting({ Condition: undefined }),
    code: 1,
    findings: [
      `trust-policy weakened critical sts:AssumeRole except for ${VENDOR} where StringEquals sts:ExternalId = {externalId} ! ${VENDOR} sts:AssumeRole <any>`,
    ],
  },
  "no external id given: only one is accepted": {
    run: { parameters: {} },
    state: externalId({ StringEquals: { "sts:ExternalId": ["key-1", "key-2"] } }),
    code: 1,
    findings: [
      `trust-policy weakened critical sts:AssumeRole except for ${VENDOR} where StringEquals sts:ExternalId = key-1 ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", "key-2")}`,
    ],
  },
};

const policyDrift: Readonly<Record<string, Row>> = {
  "an action is missing": {
    state: lacking("sqs:*"),
    code: 1,
    findings: [...managementBoth("missing medium sqs:* ! sqs:ReceiveMessage <any>")],
  },
  "a wildcard was spelt out: what it will grant tomorrow is missing": {
    state: {
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
    code: 1,
    findings: [
      "effective-access missing medium dax:* except dax:Get* ! dax:Scan <any>",
      "management-policy missing medium dax:* except dax:Get* ! dax:Scan <any>",
    ],
  },
  "an inline grant out of band: everything in IAM": {
    state: inline(policy(allow("iam:*"))),
    code: 1,
    findings: [
      "effective-access excess critical iam:* except 53 patterns ! iam:CreateUser <any>, by inline policy extra, statement 1",
    ],
  },
  "an inline grant out of band: reading one thing": {
    state: inline(policy(allow("sts:GetCallerIdentity"))),
    code: 1,
    findings: [
      "effective-access excess medium sts:GetCallerIdentity ! sts:GetCallerIdentity <any>, by inline policy extra, statement 1",
    ],
  },
  "administrator attached as well": {
    state: {
      roles: [
        role({
          attached: [
            managed("chalk-management", management),
            { arn: "arn:aws:iam::aws:policy/AdministratorAccess", document: policy(allow("*")) },
          ],
        }),
      ],
    },
    code: 1,
    findings: [
      "effective-access excess critical * except 91 patterns ! iam:CreateUser <any>, by policy arn:aws:iam::aws:policy/AdministratorAccess, statement 1",
    ],
  },
  "an action is denied": {
    state: {
      roles: [role({ inline: { no: policy({ Effect: "Deny", Action: "s3:DeleteBucket", Resource: "*" }) } })],
    },
    code: 1,
    findings: [
      "effective-access missing medium s3:DeleteBucket ! s3:DeleteBucket <any>, by a Deny of its policies takes it away",
      "management-policy missing medium s3:DeleteBucket ! s3:DeleteBucket <any>",
    ],
  },
  "an excess that a Deny takes away is none": {
    state: inline(
      policy(allow("organizations:*"), { Effect: "Deny", Action: "organizations:*", Resource: "*" }),
    ),
    code: 0,
  },
  "NotAction: everything but one service": {
    state: inline(policy({ Effect: "Allow", NotAction: "organizations:*", Resource: "*" })),
    code: 1,
    findings: [
      "effective-access excess critical NotAction organizations:* except 91 patterns ! iam:CreateUser <any>, by inline policy extra, statement 1",
    ],
  },
  "a boundary that cuts": {
    state: {
      roles: [
        role({
          boundary: managed(
            "wall",
            policy({ Effect: "Allow", NotAction: ["sqs:*", "sns:*"], Resource: "*" }),
          ),
        }),
      ],
    },
    code: 1,
    findings: [
      "effective-access missing medium sns:*, sqs:* ! sns:<any> <any>, by the boundary, policy arn:aws:iam::123456789012:policy/wall, takes it away",
    ],
  },
  "a boundary that cuts the excess away": {
    state: {
      roles: [
        role({
          inline: { extra: policy(allow("organizations:*")) },
          boundary: managed("wall", policy({ Effect: "Allow", NotAction: "organizations:*", Resource: "*" })),
        }),
      ],
    },
    code: 0,
  },
  "scoped: the condition was removed": {
    run: SCOPED,
    state: eks({ Condition: undefined }),
    code: 1,
    findings: [
      "effective-access weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any>, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks",
      "scoped-execution-policy weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any>, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks",
    ],
  },
  "scoped: StringLike with a star": {
    run: SCOPED,
    state: eks({ Condition: { StringLike: { [KEY]: "*" } } }),
    code: 1,
    findings: [
      'effective-access weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"<any>"}, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks',
      'scoped-execution-policy weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"<any>"}, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks',
    ],
  },
  "scoped: IfExists, so that what has no tag is open": {
    run: SCOPED,
    state: eks({ Condition: { StringEqualsIfExists: { [KEY]: "chalk" } } }),
    code: 1,
    findings: [
      "effective-access weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any>, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks",
      "scoped-execution-policy weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any>, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks",
    ],
  },
  "scoped: ForAllValues, so that what has no tag is open": {
    run: SCOPED,
    state: eks({ Condition: { "ForAllValues:StringEquals": { [KEY]: "chalk" } } }),
    code: 1,
    findings: [
      "effective-access unknown medium eks:* on arn:aws:acm:eu-west-1:123456789012:*",
      "effective-access weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any>, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks",
      "scoped-execution-policy unknown medium eks:* on arn:aws:acm:eu-west-1:123456789012:*",
      "scoped-execution-policy weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any>, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks",
    ],
  },
  "scoped: a second value": {
    run: SCOPED,
    state: eks({ Condition: { StringEquals: { [KEY]: ["chalk", "shop"] } } }),
    code: 1,
    findings: [
      'effective-access weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"shop"}, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks',
      'scoped-execution-policy weakened high eks:* except where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"shop"}, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks',
    ],
  },
  "scoped: another value": {
    run: SCOPED,
    state: eks({ Condition: { StringEquals: { [KEY]: "shop" } } }),
    code: 1,
    findings: [
      `effective-access excess high eks:* ! eks:<any> ${EKS}:<any> ${at(KEY, "shop")}, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks`,
      'effective-access missing medium eks:* except eks:Describe* ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"chalk"}',
      'scoped-execution-policy missing medium eks:* except eks:Describe* ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"chalk"}',
    ],
  },
  "scoped: a narrower condition": {
    run: SCOPED,
    state: eks({ Condition: { StringEquals: { [KEY]: "chalk", "aws:RequestedRegion": REGION } } }),
    code: 1,
    findings: [
      'effective-access missing medium eks:* except eks:Describe*; where StringEquals aws:RequestedRegion = eu-west-1 and StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"chalk"}',
      'scoped-execution-policy missing medium eks:* except eks:Describe*; where StringEquals aws:RequestedRegion = eu-west-1 and StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"chalk"}',
    ],
  },
  "scoped: the ARNs of another account": {
    run: SCOPED,
    state: eks({
      Resource: (first.Resource as readonly string[]).map((r) => r.replace(ACCOUNT, "999999999999")),
    }),
    code: 1,
    findings: [
      `effective-access excess high eks:* except eks:Describe* ! eks:<any> arn:aws:eks:${REGION}:999999999999:<any> ${at(KEY, "chalk")}, by policy arn:aws:iam::123456789012:policy/chalk-scoped, statement Eks`,
      'effective-access missing medium eks:* except eks:Describe* ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"chalk"}',
      'scoped-execution-policy missing medium eks:* except eks:Describe* ! eks:<any> arn:aws:eks:eu-west-1:123456789012:<any> {"aws:ResourceTag/chalk.ai/managed-by":"chalk"}',
    ],
  },
  "scoped: an unconditioned grant beside the documented one is an excess, not a loosened condition": {
    run: SCOPED,
    state: { roles: [scopedRole(scoped, { inline: { extra: policy(allow("ec2:TerminateInstances")) } })] },
    code: 1,
    findings: [
      "effective-access excess high ec2:TerminateInstances except on arn:aws:acm:eu-west-1:123456789012:*, arn:aws:application-autoscaling:eu-west-1:123456789012:*, arn:aws:cloudwatch:eu-west-1:123456789012:chalk*, arn:aws:dynamodb:eu-west-1:123456789012:table/chalk*, arn:aws:ec2:eu-west-1:123456789012:*, arn:aws:ecr:*, arn:aws:eks:eu-west-1:123456789012:*, arn:aws:elasticache:eu-west-1:123456789012:*:chalk*, arn:aws:elasticloadbalancing:eu-west-1:123456789012:k8s-*, arn:aws:glue:eu-west-1:123456789012:*, arn:aws:iam::123456789012:oidc-provider/*, arn:aws:iam::123456789012:policy/*, arn:aws:iam::123456789012:role/*, arn:aws:iam::aws:policy/*, arn:aws:kafka:eu-west-1:123456789012:cluster/chalk*, arn:aws:kms:eu-west-1:123456789012:*, arn:aws:logs:eu-west-1:123456789012:log-group:*, arn:aws:rds:eu-west-1:123456789012:*:chalk*, arn:aws:secretsmanager:eu-west-1:123456789012:*, arn:aws:sqs:eu-west-1:123456789012:chalk* where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! ec2:TerminateInstances <any>, by inline policy extra, statement 1",
    ],
  },
  "scoped: a statement is gone": {
    run: SCOPED,
    state: { roles: [scopedRole(withStatement(scoped, 3, () => undefined))] },
    code: 1,
    findings: [
      "effective-access missing medium ec2:Describe*, logs:DescribeLogGroups except on arn:aws:acm:eu-west-1:123456789012:*, arn:aws:application-autoscaling:eu-west-1:123456789012:*, arn:aws:cloudwatch:eu-west-1:123456789012:chalk*, arn:aws:dynamodb:eu-west-1:123456789012:table/chalk*, arn:aws:ec2:eu-west-1:123456789012:*, arn:aws:ecr:*, arn:aws:eks:eu-west-1:123456789012:*, arn:aws:elasticache:eu-west-1:123456789012:*:chalk*, arn:aws:elasticloadbalancing:eu-west-1:123456789012:k8s-*, arn:aws:glue:eu-west-1:123456789012:*, arn:aws:iam::123456789012:oidc-provider/*, arn:aws:iam::123456789012:policy/*, arn:aws:iam::123456789012:role/*, arn:aws:iam::aws:policy/*, arn:aws:kafka:eu-west-1:123456789012:cluster/chalk*, arn:aws:kms:eu-west-1:123456789012:*, arn:aws:logs:eu-west-1:123456789012:log-group:*, arn:aws:rds:eu-west-1:123456789012:*:chalk*, arn:aws:secretsmanager:eu-west-1:123456789012:*, arn:aws:sqs:eu-west-1:123456789012:chalk* where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! ec2:Describe<any> <any>",
      "effective-access missing medium ecr:GetAuthorizationToken except on arn:aws:acm:eu-west-1:123456789012:*, arn:aws:application-autoscaling:eu-west-1:123456789012:*, arn:aws:cloudwatch:eu-west-1:123456789012:chalk*, arn:aws:dynamodb:eu-west-1:123456789012:table/chalk*, arn:aws:ec2:eu-west-1:123456789012:*, arn:aws:ecr:*, arn:aws:eks:eu-west-1:123456789012:*, arn:aws:elasticache:eu-west-1:123456789012:*:chalk*, arn:aws:elasticloadbalancing:eu-west-1:123456789012:k8s-*, arn:aws:glue:eu-west-1:123456789012:*, arn:aws:iam::123456789012:oidc-provider/*, arn:aws:iam::123456789012:policy/*, arn:aws:iam::123456789012:role/*, arn:aws:iam::aws:policy/*, arn:aws:kafka:eu-west-1:123456789012:cluster/chalk*, arn:aws:kms:eu-west-1:123456789012:*, arn:aws:logs:eu-west-1:123456789012:log-group:*, arn:aws:rds:eu-west-1:123456789012:*:chalk*, arn:aws:secretsmanager:eu-west-1:123456789012:*, arn:aws:sqs:eu-west-1:123456789012:chalk* where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! ecr:GetAuthorizationToken <any>",
      "scoped-execution-policy missing medium ec2:Describe*, logs:DescribeLogGroups except on arn:aws:acm:eu-west-1:123456789012:*, arn:aws:application-autoscaling:eu-west-1:123456789012:*, arn:aws:cloudwatch:eu-west-1:123456789012:chalk*, arn:aws:dynamodb:eu-west-1:123456789012:table/chalk*, arn:aws:ec2:eu-west-1:123456789012:*, arn:aws:ecr:*, arn:aws:eks:eu-west-1:123456789012:*, arn:aws:elasticache:eu-west-1:123456789012:*:chalk*, arn:aws:elasticloadbalancing:eu-west-1:123456789012:k8s-*, arn:aws:glue:eu-west-1:123456789012:*, arn:aws:iam::123456789012:oidc-provider/*, arn:aws:iam::123456789012:policy/*, arn:aws:iam::123456789012:role/*, arn:aws:iam::aws:policy/*, arn:aws:kafka:eu-west-1:123456789012:cluster/chalk*, arn:aws:kms:eu-west-1:123456789012:*, arn:aws:logs:eu-west-1:123456789012:log-group:*, arn:aws:rds:eu-west-1:123456789012:*:chalk*, arn:aws:secretsmanager:eu-west-1:123456789012:*, arn:aws:sqs:eu-west-1:123456789012:chalk* where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! ec2:Describe<any> <any>",
      "scoped-execution-policy missing medium ecr:GetAuthorizationToken except on arn:aws:acm:eu-west-1:123456789012:*, arn:aws:application-autoscaling:eu-west-1:123456789012:*, arn:aws:cloudwatch:eu-west-1:123456789012:chalk*, arn:aws:dynamodb:eu-west-1:123456789012:table/chalk*, arn:aws:ec2:eu-west-1:123456789012:*, arn:aws:ecr:*, arn:aws:eks:eu-west-1:123456789012:*, arn:aws:elasticache:eu-west-1:123456789012:*:chalk*, arn:aws:elasticloadbalancing:eu-west-1:123456789012:k8s-*, arn:aws:glue:eu-west-1:123456789012:*, arn:aws:iam::123456789012:oidc-provider/*, arn:aws:iam::123456789012:policy/*, arn:aws:iam::123456789012:role/*, arn:aws:iam::aws:policy/*, arn:aws:kafka:eu-west-1:123456789012:cluster/chalk*, arn:aws:kms:eu-west-1:123456789012:*, arn:aws:logs:eu-west-1:123456789012:log-group:*, arn:aws:rds:eu-west-1:123456789012:*:chalk*, arn:aws:secretsmanager:eu-west-1:123456789012:*, arn:aws:sqs:eu-west-1:123456789012:chalk* where StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk ! ecr:GetAuthorizationToken <any>",
    ],
  },
  "scoped: the broad policy is still there": {
    run: SCOPED,
    state: {
      roles: [scopedRole(scoped, { inline: { old: policy(allow(["sns:*", "redshift:*"])) } })],
    },
    code: 1,
    findings: [
      "effective-access excess high redshift:*, sns:* ! redshift:GetClusterCredentials <any>, by inline policy old, statement 1",
    ],
  },
  "the log reader on another log group than the one given": {
    run: { profile: "scoped", parameters: { externalId: EXTERNAL_ID, logGroup: "/other" } },
    state: { roles: [scopedRole(scoped, { inline: { logs: policy(logReader.Statement[0] as object) } })] },
    code: 1,
    findings: [
      "effective-access excess high logs:FilterLogEvents, logs:Get*, logs:StartLiveTail, logs:StartQuery ! logs:FilterLogEvents arn:aws:logs:us-east-1:123456789012:log-group:/chalk/prod:<any>, by inline policy logs, statement readlogs",
      "effective-access excess medium logs:Describe* except logs:DescribeLogGroups ! logs:Describe<any> arn:aws:logs:us-east-1:123456789012:log-group:/chalk/prod:<any>, by inline policy logs, statement readlogs",
      "effective-access excess medium logs:List*, logs:TestMetricFilter ! logs:List<any> arn:aws:logs:us-east-1:123456789012:log-group:/chalk/prod:<any>, by inline policy logs, statement readlogs",
    ],
  },
  "the log reader with one action fewer": {
    run: SCOPED,
    state: {
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
    code: 1,
    findings: [
      "log-reader-policy missing medium logs:Get* ! logs:GetLogEvents arn:aws:logs:us-east-1:123456789012:log-group:/chalk/prod:<any>",
    ],
    gone: ["log-reader-policy note absent info (arn:aws:iam::123456789012:role/chalk)"],
  },
};

const roleDrift: Readonly<Record<string, Row>> = {
  "the role given does not exist": {
    run: { parameters: { role: "nobody", externalId: EXTERNAL_ID } },
    state: { asked: ["nobody"] },
    code: 1,
    findings: [
      "effective-access absent critical (nobody)",
      "management-policy absent critical (nobody)",
      "trust-policy absent critical (nobody)",
      "log-reader-policy note absent info (nobody)",
    ],
  },
  "the role is given by its ARN": {
    run: { parameters: { role: ROLE, externalId: EXTERNAL_ID } },
    state: {},
    code: 0,
  },
  "the role given when the state was recorded": {
    state: {
      asked: ["chalk"],
      roles: [role({ trust: policy({ ...trust.Statement[0], Principal: { AWS: STRANGER } }) })],
    },
    code: 1,
    findings: [
      `trust-policy excess critical sts:AssumeRole ! ${STRANGER} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
      `trust-policy missing medium sts:AssumeRole ! ${VENDOR} sts:AssumeRole <any> ${at("sts:ExternalId", EXTERNAL_ID)}`,
      "trust-policy unknown medium other roles (123456789012/eu-west-1#roles)",
    ],
  },
  "nobody trusts the vendor": {
    state: { roles: [role({ trust: policy({ ...trust.Statement[0], Principal: { AWS: STRANGER } }) })] },
    code: 1,
    findings: [
      "effective-access absent medium role to audit (123456789012/eu-west-1)",
      "management-policy absent medium role to audit (123456789012/eu-west-1)",
      "trust-policy absent medium role to audit (123456789012/eu-west-1)",
      "log-reader-policy note absent info role to audit (123456789012/eu-west-1)",
    ],
  },
  "a role that does not trust the vendor is not audited": {
    state: {
      roles: [
        role(),
        role({
          arn: `arn:aws:iam::${ACCOUNT}:role/admin`,
          trust: policy({ ...trust.Statement[0], Principal: { AWS: STRANGER } }),
          attached: [managed("all", policy(allow("*")))],
        }),
      ],
    },
    code: 0,
  },
};

const surroundings: Readonly<Record<string, Row>> = {
  "an untagged subnet": {
    state: { subnets: [...subnets.slice(1), subnet("subnet-private-a", "a", "10.130.0.0/20", { Tags: [] })] },
    code: 1,
    findings: [
      "managed-by-tag absent medium (arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-private-a), by in the deployment's VPC",
    ],
  },
  "a tagged instance of somebody else": {
    state: { others: [...others, thing("aws/instance", "i-shop", { VpcId: OTHER_VPC })] },
    code: 1,
    findings: [
      "managed-by-tag stray medium (arn:aws:ec2:eu-west-1:123456789012:instance/i-shop), by ChalkManagedResources",
    ],
  },
  "an untagged node group, and a queue with another value": {
    state: {
      nodegroups: [nodegroup({ tags: {} })],
      tagged: [tagged(`arn:aws:sqs:${REGION}:${ACCOUNT}:chalk-jobs`, "shop")],
    },
    code: 1,
    findings: [
      "managed-by-tag absent medium nodes (arn:aws:eks:eu-west-1:123456789012:nodegroup/chalk/nodes/1), by the deployment's EKS cluster and its node groups",
      "managed-by-tag changed medium (arn:aws:sqs:eu-west-1:123456789012:chalk-jobs), by named chalk*",
    ],
  },
  "a subnet too few": {
    state: { subnets: subnets.slice(0, 5) },
    code: 1,
    findings: ["vpc-cidr-plan absent medium public c (vpc-0c0ffee0#c-public)"],
  },
  "a subnet too many": {
    state: { subnets: [...subnets, subnet("subnet-more", "b", "10.130.128.0/20")] },
    code: 1,
    findings: ["vpc-cidr-plan stray medium (subnet-more)"],
  },
  "another block, agreed by parameter": {
    run: { parameters: { externalId: EXTERNAL_ID, vpcCidr: "10.20.0.0/16" } },
    state: {
      vpcs: [vpc({ CidrBlock: "10.20.0.0/16" })],
      subnets: subnets.map((s) => ({ ...s, CidrBlock: String(s.CidrBlock).replace("10.130", "10.20") })),
    },
    code: 0,
  },
  "a cluster of long ago": {
    state: { clusters: [cluster({ version: "1.33" })] },
    code: 1,
    findings: [
      "eks-version-window expired medium (arn:aws:eks:eu-west-1:123456789012:cluster/chalk)",
      "eks-version-window expired medium (arn:aws:eks:eu-west-1:123456789012:cluster/chalk)",
    ],
  },
  "a version within the window": {
    state: { clusters: [cluster({ version: "1.35" })] },
    code: 0,
  },
  "no calendar from the account: the baseline's serves": {
    state: {
      versions: [],
      unread: [denied("aws/eks-version", "DescribeClusterVersions", "eks:DescribeClusterVersions")],
    },
    code: 0,
  },
  "no cluster, no VPC beside the default": {
    state: {
      clusters: [],
      nodegroups: [],
      vpcs: [{ VpcId: "vpc-default", IsDefault: true }],
      subnets: [],
      routeTables: [],
      others: [],
    },
    code: 3,
    findings: [
      "eks-version-window unknown medium EKS cluster (123456789012/eu-west-1)",
      "vpc-cidr-plan unknown medium VPC (123456789012/eu-west-1)",
    ],
  },
};

const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/chalk-management`;
const unreadable: Readonly<Record<string, Row>> = {
  "GetPolicyVersion alone is denied": {
    state: { unread: [denied("aws/policy", "GetPolicyVersion", "iam:GetPolicyVersion", POLICY_ARN)] },
    code: 3,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "log-reader-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "management-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
    ],
  },
  "an inline policy is denied, and an excess stands beside it: it may be denied there": {
    state: {
      roles: [role({ inline: { extra: policy(allow("organizations:ListAccounts")), hidden: {} } })],
      unread: [denied("aws/role-policy", "GetRolePolicy", "iam:GetRolePolicy", `${ROLE}/hidden`)],
    },
    code: 3,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "effective-access unknown medium organizations:ListAccounts ! organizations:ListAccounts <any>, by inline policy extra, statement 1",
      "log-reader-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "management-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
    ],
  },
  "what is attached is denied": {
    state: {
      without: ["aws/attached-policy", "aws/policy"],
      unread: [
        denied("aws/attached-policy", "ListAttachedRolePolicies", "iam:ListAttachedRolePolicies", ROLE),
      ],
    },
    code: 3,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "log-reader-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "management-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
    ],
  },
  "the boundary is denied: what lacks is certain, what is too much is not": {
    state: {
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
    code: 1,
    findings: [
      "effective-access missing medium sqs:* ! sqs:ReceiveMessage <any>",
      "effective-access unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "effective-access unknown medium organizations:ListAccounts ! organizations:ListAccounts <any>, by inline policy extra, statement 1",
      "management-policy missing medium sqs:* ! sqs:ReceiveMessage <any>",
    ],
  },
  "roles cannot be listed, and none is given": {
    state: { roles: [], unread: [denied("aws/role", "ListRoles", "iam:ListRoles")] },
    code: 3,
    findings: [
      "effective-access unknown medium (123456789012/eu-west-1#aws/role)",
      "log-reader-policy unknown medium (123456789012/eu-west-1#aws/role)",
      "management-policy unknown medium (123456789012/eu-west-1#aws/role)",
      "trust-policy unknown medium (123456789012/eu-west-1#aws/role)",
    ],
  },
  "the role given is denied": {
    run: { parameters: { role: "chalk", externalId: EXTERNAL_ID } },
    state: { roles: [], unread: [denied("aws/role", "GetRole", "iam:GetRole", "chalk")] },
    code: 3,
    findings: [
      "effective-access unknown medium (chalk)",
      "log-reader-policy unknown medium (chalk)",
      "management-policy unknown medium (chalk)",
      "trust-policy unknown medium (chalk)",
    ],
  },
  "everything is denied": {
    state: {
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
    code: 3,
    findings: [
      "effective-access unknown medium (123456789012/eu-west-1#aws/role)",
      "eks-version-window unknown medium (123456789012/eu-west-1#aws/eks-cluster)",
      "log-reader-policy unknown medium (123456789012/eu-west-1#aws/role)",
      "managed-by-tag unknown medium (123456789012/eu-west-1#aws/eks-cluster)",
      "managed-by-tag unknown medium (123456789012/eu-west-1#aws/tagged-resource)",
      "managed-by-tag unknown medium (123456789012/eu-west-1#aws/vpc)",
      "management-policy unknown medium (123456789012/eu-west-1#aws/role)",
      "trust-policy unknown medium (123456789012/eu-west-1#aws/role)",
      "vpc-cidr-plan unknown medium (123456789012/eu-west-1#aws/vpc)",
    ],
  },
  "a read was throttled to the end": {
    state: {
      unread: [
        { kind: "aws/subnet", api: "DescribeSubnets", cause: "throttled", detail: "RequestLimitExceeded" },
      ],
    },
    code: 3,
    findings: [
      "managed-by-tag unknown medium (123456789012/eu-west-1#aws/subnet)",
      "vpc-cidr-plan unknown medium (123456789012/eu-west-1#aws/subnet)",
    ],
  },
  "a policy came as garbage": {
    state: { roles: [role({ attached: [managed("chalk-management", "%7Bnot json")] })] },
    code: 3,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "log-reader-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "management-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
    ],
  },
  "a trust policy came as garbage: the role is not found, and that is not known to be right": {
    run: { parameters: { role: "chalk", externalId: EXTERNAL_ID } },
    state: { roles: [role({ trust: "<html>" })] },
    code: 3,
    findings: ["trust-policy unknown medium (arn:aws:iam::123456789012:role/chalk)"],
  },
  "a policy is named, and its document was not collected": {
    state: { without: ["aws/policy"] },
    code: 3,
    findings: [
      "effective-access unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "log-reader-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
      "management-policy unknown medium (arn:aws:iam::123456789012:role/chalk)",
    ],
  },
};

const groups = { sameMeaning, trustDrift, policyDrift, roleDrift, surroundings, unreadable };
for (const [title, worlds] of Object.entries(groups)) describeWorlds(title, awsGround, worlds);

it("there are sixty worlds at least, none twice", () => {
  const names = Object.values(groups).flatMap((worlds) => Object.keys(worlds));
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
