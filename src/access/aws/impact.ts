/** What an action lets its holder do at worst: by the service's data where given, else by its verb. */
import { AWS_ESCALATION } from "../escalation.ts";
import { type Glob, globText, matches } from "../glob.ts";
import type { Impact } from "../policy.ts";
import type { Operation } from "./service-data.ts";

/**
 * Reads that hand out data or secrets. The provider's table. Source: AWS Service Authorization Reference; these have
 * the level "Read" or "List" there, as have those that read a configuration only.
 */
const DATA_READS = [
  "athena:GetQueryResults",
  "athena:GetQueryResultsStream",
  "cloudwatch:GetMetricData",
  "codecommit:GetBlob",
  "codecommit:GitPull",
  "dax:BatchGetItem",
  "dax:GetItem",
  "dax:Query",
  "dax:Scan",
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ebs:GetSnapshotBlock",
  "ec2:GetConsoleOutput",
  "ec2:GetConsoleScreenshot",
  "ec2:GetPasswordData",
  "ecr:BatchGetImage",
  "ecr:GetAuthorizationToken",
  "ecr:GetDownloadUrlForLayer",
  "kafka-cluster:ReadData",
  "kinesis:GetRecords",
  "kms:Decrypt",
  "lambda:GetFunction",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:GetLogRecord",
  "logs:GetQueryResults",
  "logs:StartLiveTail",
  "redshift-data:GetStatementResult",
  "redshift:GetClusterCredentials",
  "redshift:GetClusterCredentialsWithIAM",
  "redshift-serverless:GetCredentials",
  "rds:DownloadDBLogFilePortion",
  "rds:DownloadCompleteDBLogFile",
  "s3:GetObject",
  "s3:GetObjectAttributes",
  "s3:GetObjectTorrent",
  "s3:GetObjectVersion",
  "s3:GetObjectVersionTorrent",
  "secretsmanager:BatchGetSecretValue",
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "ssm:GetParameter",
  "ssm:GetParameterHistory",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
  "sts:GetFederationToken",
  "sts:GetSessionToken",
] as const;

const lower = (name: string): string => name.toLowerCase();
const DATA = new Set<string>(DATA_READS.map(lower));
const ESCALATION = new Set<string>(AWS_ESCALATION.map(lower));
const READ_VERB =
  /^[^:]+:(get|list|describe|view|search|lookup|batchget|head|check|query|scan|select|simulate|validate|test|filter|preview|estimate|read)/;

/** The actions of the two tables that the pattern matches; whoever asks says which of them the row really grants. */
export function tableActions(glob: Glob): {
  readonly escalation: readonly string[];
  readonly data: readonly string[];
} {
  if (glob.literal && !ESCALATION.has(glob.key) && !DATA.has(glob.key)) return { escalation: [], data: [] };
  const inside = (list: readonly string[]): readonly string[] =>
    list.filter((name) => matches(glob, lower(name)));
  return { escalation: inside(AWS_ESCALATION), data: inside(DATA_READS) };
}

/** One action. */
export function impactOf(operation: Pick<Operation, "key" | "level">): Impact {
  if (ESCALATION.has(operation.key)) return "escalation";
  if (DATA.has(operation.key)) return "write";
  if (operation.level !== undefined)
    return operation.level === "L" || operation.level === "R" ? "read" : "write";
  return READ_VERB.test(operation.key) ? "read" : "write";
}

/** A pattern of which no action is known: by the verb before its first wildcard. */
export function patternImpact(glob: Glob): Impact {
  return glob.literal ? impactOf({ key: glob.key }) : READ_VERB.test(globText(glob)) ? "read" : "write";
}
