/**
 * What each source of AWS can observe. Sources: CloudTrail user guide, "Logging data events" (event types and the APIs
 * of each) and "CloudTrail concepts" (management events; event history: 90 days); IAM user guide, "IAM action last
 * accessed information services and actions" and "Refine permissions using last accessed information".
 */

/** Actions of the data plane: not among management events, and recorded only by a trail that was set up for them. */
const DATA: Readonly<Record<string, RegExp>> = {
  cloudwatch: /^(?:Get|Put)Metric(?:Data|Statistics)$|^ListMetrics$|^GetMetricWidgetImage$/,
  dax: /Item|^Query$|^Scan$|^ConditionCheck/,
  dynamodb: /Item|^Query$|^Scan$|^PartiQL|^ConditionCheck|^GetRecords$|^GetShardIterator$/,
  eks: /^AccessKubernetesApi$|^MutateViaKubernetesApi$/,
  "kafka-cluster": /./,
  kinesis: /^(?:Get|Put)Records?$|^GetShardIterator$|^SubscribeToShard$/,
  lambda: /^Invoke/,
  logs: /^PutLogEvents$|^(?:Start|Stop)LiveTail$/,
  "rds-data": /./,
  "rds-db": /./,
  s3: /Object|^ListBucket(?:Versions|MultipartUploads)?$|^(?:Abort|List)Multipart|^Replicate/,
  sns: /^Publish$/,
  sqs: /^(?:Send|Receive|Delete)Message$|^ChangeMessageVisibility$/,
};

/** S3's actions on a bucket whose names look like those on objects. */
const ON_BUCKETS = /^(?:Get|Put)BucketObjectLockConfiguration$|AccessPointForObjectLambda$|ForObjectLambda$/;

/** Actions that no event bears: they are checked within another call. */
const WITHIN_OTHERS: Readonly<Record<string, readonly string[]>> = { iam: ["PassRole"] };

/** Services whose events are recorded in one region alone, us-east-1. */
export const GLOBAL_SERVICES: readonly string[] = ["iam", "route53", "cloudfront", "organizations"];

/** Whether the action belongs to the data plane, by `service:Action`. */
export function isDataAction(action: string): boolean {
  const [prefix = "", name = ""] = action.split(":");
  if (prefix === "s3" && ON_BUCKETS.test(name)) return false;
  return Object.hasOwn(DATA, prefix) && DATA[prefix]?.test(name) === true;
}

/** Whether the action is checked within another call, so that no event names it. */
export function isWithinOthers(action: string): boolean {
  const [prefix = "", name = ""] = action.split(":");
  return Object.hasOwn(WITHIN_OTHERS, prefix) && WITHIN_OTHERS[prefix]?.includes(name) === true;
}

/** What an export of CloudTrail cannot show. */
export const BLIND_EXPORT: readonly string[] = [
  "data events (objects of S3, items of DynamoDB, messages of SQS and SNS, functions of Lambda, records of Kafka), unless the trail was set up for them",
  "actions that are checked within another call and that no event names, such as passing a role",
  "calls in regions, accounts and times of which no file was given",
];

/** What LookupEvents cannot show. */
export const BLIND_LOOKUP: readonly string[] = [
  "data events: the event history has management events alone",
  "anything older than 90 days",
  "other regions than those asked; calls of IAM, Route 53 and other global services are recorded in us-east-1",
  "actions that are checked within another call and that no event names, such as passing a role",
];

/** What IAM's last accessed information cannot show. */
export const BLIND_LAST_ACCESSED: readonly string[] = [
  "actions that it does not track: of most services it tells only that the service was used",
  "on which resource, how often, and whether it was allowed: only when it was last tried",
  "anything beyond the tracking period (400 days at the most), and the last four hours",
];
