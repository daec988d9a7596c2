/** What an action lets its holder do at worst: by the service's data where given, else by its verb. */
import { AWS_ESCALATION } from "../escalation.ts";
import { type Glob, globText, literalGlob, matches } from "../glob.ts";
import type { Impact } from "../policy.ts";
import type { Operation } from "./service-data.ts";

/**
 * Reads that hand out data or secrets. The provider's table. Source: AWS Service Authorization Reference; these have
 * the level "Read" or "List" there, as have those that read a configuration only.
 */
const DATA_READS = [
  "athena:getqueryresults",
  "athena:getqueryresultsstream",
  "cloudwatch:getmetricdata",
  "codecommit:getblob",
  "codecommit:gitpull",
  "dax:batchgetitem",
  "dax:getitem",
  "dax:query",
  "dax:scan",
  "dynamodb:batchgetitem",
  "dynamodb:getitem",
  "dynamodb:getrecords",
  "dynamodb:partiqlselect",
  "dynamodb:query",
  "dynamodb:scan",
  "ebs:getsnapshotblock",
  "ec2:getconsoleoutput",
  "ec2:getconsolescreenshot",
  "ec2:getpassworddata",
  "ecr:batchgetimage",
  "ecr:getauthorizationtoken",
  "ecr:getdownloadurlforlayer",
  "kafka-cluster:readdata",
  "kinesis:getrecords",
  "kms:decrypt",
  "lambda:getfunction",
  "logs:filterlogevents",
  "logs:getlogevents",
  "logs:getlogrecord",
  "logs:getqueryresults",
  "logs:startlivetail",
  "redshift-data:getstatementresult",
  "redshift:getclustercredentials",
  "redshift:getclustercredentialswithiam",
  "redshift-serverless:getcredentials",
  "rds:downloaddblogfileportion",
  "rds:downloadcompletedblogfile",
  "s3:getobject",
  "s3:getobjectattributes",
  "s3:getobjecttorrent",
  "s3:getobjectversion",
  "s3:getobjectversiontorrent",
  "secretsmanager:batchgetsecretvalue",
  "secretsmanager:getsecretvalue",
  "sqs:receivemessage",
  "ssm:getparameter",
  "ssm:getparameterhistory",
  "ssm:getparameters",
  "ssm:getparametersbypath",
  "sts:getfederationtoken",
  "sts:getsessiontoken",
] as const;

const DATA = new Set<string>(DATA_READS);
const ESCALATION = new Set<string>(AWS_ESCALATION);
const READ_VERB =
  /^[^:]+:(get|list|describe|view|search|lookup|batchget|head|check|query|scan|select|simulate|validate|test|filter|preview|estimate|read)/;

/** The actions of the two tables that the pattern matches; whoever asks says which of them the row really grants. */
export function tableActions(glob: Glob): {
  readonly escalation: readonly string[];
  readonly data: readonly string[];
} {
  const inside = (list: readonly string[]): readonly string[] => list.filter((key) => matches(glob, key));
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

/** A key of a table as a glob. */
export function actionKey(key: string): Glob {
  return literalGlob(key);
}
