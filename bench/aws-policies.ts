/** Policies of the shape of AWS's managed ones, of real actions: the same on every run. */
import type { ServiceData } from "../src/index.ts";

interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action?: string[];
  NotAction?: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** Services that policies name more often than others. */
const COMMON = [
  "ec2",
  "s3",
  "iam",
  "logs",
  "cloudwatch",
  "kms",
  "eks",
  "ecr",
  "lambda",
  "sqs",
  "sns",
  "rds",
  "dynamodb",
  "ssm",
  "secretsmanager",
  "elasticloadbalancing",
  "autoscaling",
  "cloudformation",
  "events",
  "elasticache",
  "route53",
  "acm",
];
/** AWS's managed policies have about so many actions in the middle, and at most. */
const MEDIAN_ACTIONS = 20;
const MOST_ACTIONS = 1500;
const SPREAD = 1.4;

export function numbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function realisticPolicies(count: number, data: ServiceData, seed = 20_261_121): readonly Policy[] {
  const next = numbers(seed);
  const all = Object.keys(data.services).filter((s) => (data.services[s]?.length ?? 0) > 0);
  return Array.from({ length: count }, () => {
    const size = Math.exp(Math.log(MEDIAN_ACTIONS) + SPREAD * normal(next));
    return realisticPolicy(Math.min(MOST_ACTIONS, Math.max(1, Math.round(size))), data, next, all);
  });
}

/** A policy with that many statements of four actions or so. */
export function policyOfStatements(statements: number, data: ServiceData, seed: number): Policy {
  const next = numbers(seed);
  const all = Object.keys(data.services).filter((s) => (data.services[s]?.length ?? 0) > 0);
  return {
    Version: "2012-10-17",
    Statement: Array.from({ length: statements }, () =>
      statementOf(4, [pick(next, COMMON)], data, next, all),
    ),
  };
}

function realisticPolicy(
  size: number,
  data: ServiceData,
  next: () => number,
  all: readonly string[],
): Policy {
  const services = Array.from({ length: 1 + Math.floor(next() * Math.min(12, 1 + size / 4)) }, () =>
    next() < 0.7 ? pick(next, COMMON) : pick(next, all),
  );
  const statements: Statement[] = [];
  for (let left = size; left > 0; ) {
    const here = Math.min(left, 1 + Math.floor(next() * next() * (8 + size / 3)));
    statements.push(statementOf(here, services, data, next, all));
    left -= here;
  }
  return { Version: "2012-10-17", Statement: statements };
}

function statementOf(
  size: number,
  services: readonly string[],
  data: ServiceData,
  next: () => number,
  all: readonly string[],
): Statement {
  const main = pick(next, services);
  const actions = Array.from({ length: size }, () =>
    actionOf(next() < 0.8 ? main : pick(next, next() < 0.95 ? services : all), data, next),
  );
  const shape = next();
  const resource =
    next() < 0.55 ? "*" : Array.from({ length: 1 + Math.floor(next() * 3) }, () => arn(main, next));
  return {
    Effect: shape < 0.03 ? "Deny" : "Allow",
    ...(shape > 0.99 ? { NotAction: actions.slice(0, 8) } : { Action: actions }),
    Resource: resource,
    ...(next() < 0.22 && { Condition: conditionOf(main, next) }),
  };
}

function actionOf(service: string, data: ServiceData, next: () => number): string {
  const name = pick(next, data.services[service] ?? [])[0];
  const shape = next();
  if (shape < 0.03) return `${service}:*`;
  if (shape < 0.16) return `${service}:${/^[A-Z][a-z]+/.exec(name)?.[0] ?? name}*`;
  if (shape < 0.18) return `${service}:*${name.slice(-4)}`;
  return `${service}:${name}`;
}

function arn(service: string, next: () => number): string {
  const tail = pick(next, [
    "*",
    "thing/*",
    "app-*",
    "chalk-*",
    "*/app/*",
    "alias/aws-*",
    "team/${aws:username}/*",
  ]);
  // a policy variable is seldom
  const text = tail.includes("$") && next() > 0.1 ? "app/*" : tail;
  if (service === "s3") return `arn:aws:s3:::${text.replace("/", "-")}`;
  return `arn:aws:${service}:${pick(next, ["*", "*", "us-east-1"])}:${pick(next, ["*", "*", "111122223333"])}:${text}`;
}

function conditionOf(service: string, next: () => number): NonNullable<Statement["Condition"]> {
  const tag = pick(next, [
    "aws:ResourceTag/owner",
    "aws:ResourceTag/chalk.ai/managed-by",
    "aws:RequestTag/owner",
  ]);
  return pick<NonNullable<Statement["Condition"]>>(next, [
    { StringEquals: { [tag]: pick(next, ["chalk", "true", "app"]) } },
    { StringLike: { [tag]: "app-*" } },
    { StringEquals: { "iam:PassedToService": [`${service}.amazonaws.com`, "ec2.amazonaws.com"] } },
    { StringLike: { "iam:AWSServiceName": `${service}.amazonaws.com` } },
    { Null: { [tag]: "false" } },
    { Bool: { "aws:SecureTransport": "true" } },
    { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"] } },
    { "ForAnyValue:StringEquals": { "aws:CalledVia": [`${service}.amazonaws.com`] } },
    { "ForAllValues:StringEquals": { "aws:TagKeys": ["owner", "team"] } },
    { StringEquals: { "aws:ResourceAccount": "111122223333" }, StringNotLike: { [tag]: "x*" } },
    { ArnLike: { "aws:SourceArn": `arn:aws:${service}:*:*:*` } },
    { StringEqualsIfExists: { "aws:RequestedRegion": "us-east-1" } },
  ]);
}

function pick<T>(next: () => number, list: readonly T[]): T {
  return list[Math.floor(next() * list.length)] as T;
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(next() || 1e-9)) * Math.cos(2 * Math.PI * next());
}
