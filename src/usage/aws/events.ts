import type { ServiceData } from "../../access/aws/service-data.ts";

/**
 * Event of CloudTrail → action of IAM. Most events have their action's name; what differs stands here.
 * Sources: "Required permissions for Amazon S3 API operations" (S3), the API references and the Service Authorization
 * Reference of the services named.
 */

/** Where the host of `eventSource` is not the action's prefix. The first that knows the action is taken. */
const PREFIXES: Readonly<Record<string, readonly string[]>> = {
  autoscaling: ["autoscaling", "application-autoscaling", "autoscaling-plans"],
  email: ["ses"],
  kafka: ["kafka", "kafkaconnect"],
  monitoring: ["cloudwatch"],
  rdsdata: ["rds-data"],
  tagging: ["tag"],
};

/** Per prefix: event → actions. */
const NAMES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  s3: {
    CompleteMultipartUpload: ["PutObject"],
    CopyObject: ["GetObject", "PutObject"],
    CreateMultipartUpload: ["PutObject"],
    DeleteBucketCors: ["PutBucketCORS"],
    DeleteBucketEncryption: ["PutEncryptionConfiguration"],
    DeleteBucketInventoryConfiguration: ["PutInventoryConfiguration"],
    DeleteBucketLifecycle: ["PutLifecycleConfiguration"],
    DeleteBucketMetricsConfiguration: ["PutMetricsConfiguration"],
    DeleteBucketOwnershipControls: ["PutBucketOwnershipControls"],
    DeleteBucketPublicAccessBlock: ["PutBucketPublicAccessBlock"],
    DeleteBucketReplication: ["PutReplicationConfiguration"],
    DeleteBucketTagging: ["PutBucketTagging"],
    DeleteObjects: ["DeleteObject"],
    DeletePublicAccessBlock: ["PutBucketPublicAccessBlock"],
    GetBucketAccelerate: ["GetAccelerateConfiguration"],
    GetBucketAccelerateConfiguration: ["GetAccelerateConfiguration"],
    GetBucketEncryption: ["GetEncryptionConfiguration"],
    GetBucketInventoryConfiguration: ["GetInventoryConfiguration"],
    GetBucketLifecycle: ["GetLifecycleConfiguration"],
    GetBucketLifecycleConfiguration: ["GetLifecycleConfiguration"],
    GetBucketMetricsConfiguration: ["GetMetricsConfiguration"],
    GetBucketNotificationConfiguration: ["GetBucketNotification"],
    GetBucketReplication: ["GetReplicationConfiguration"],
    GetObjectLockConfiguration: ["GetBucketObjectLockConfiguration"],
    GetPublicAccessBlock: ["GetBucketPublicAccessBlock"],
    HeadBucket: ["ListBucket"],
    HeadObject: ["GetObject"],
    ListBuckets: ["ListAllMyBuckets"],
    ListMultipartUploads: ["ListBucketMultipartUploads"],
    ListObjectVersions: ["ListBucketVersions"],
    ListObjects: ["ListBucket"],
    ListObjectsV2: ["ListBucket"],
    ListParts: ["ListMultipartUploadParts"],
    PutBucketAccelerateConfiguration: ["PutAccelerateConfiguration"],
    PutBucketEncryption: ["PutEncryptionConfiguration"],
    PutBucketInventoryConfiguration: ["PutInventoryConfiguration"],
    PutBucketLifecycle: ["PutLifecycleConfiguration"],
    PutBucketLifecycleConfiguration: ["PutLifecycleConfiguration"],
    PutBucketMetricsConfiguration: ["PutMetricsConfiguration"],
    PutBucketNotificationConfiguration: ["PutBucketNotification"],
    PutBucketReplication: ["PutReplicationConfiguration"],
    PutObjectLockConfiguration: ["PutBucketObjectLockConfiguration"],
    PutPublicAccessBlock: ["PutBucketPublicAccessBlock"],
    UploadPart: ["PutObject"],
    UploadPartCopy: ["GetObject", "PutObject"],
  },
  lambda: { Invoke: ["InvokeFunction"] },
  dynamodb: {
    ExecuteStatement: ["PartiQLSelect"],
    TransactGetItems: ["GetItem"],
    TransactWriteItems: ["PutItem", "UpdateItem", "DeleteItem"],
  },
  sqs: {
    ChangeMessageVisibilityBatch: ["ChangeMessageVisibility"],
    DeleteMessageBatch: ["DeleteMessage"],
    SendMessageBatch: ["SendMessage"],
  },
  sns: { PublishBatch: ["Publish"] },
};

/** Names of an API version behind the event: `CreateFunction20150331`, `UpdateFunctionCode20150331v2`. */
const VERSION = /(?:\d{8}(?:v\d+)?|\d{4}_\d{2}_\d{2})$/;

const made = new WeakMap<ServiceData, ReadonlyMap<string, ReadonlyMap<string, string>>>();

/** Prefix → lower-case name → the name as written. */
function catalogueOf(data: ServiceData): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const known = made.get(data);
  if (known !== undefined) return known;
  const fresh = new Map(
    Object.entries(data.services).map(([prefix, actions]) => [
      prefix,
      new Map(actions.map(([name]) => [name.toLowerCase(), name])),
    ]),
  );
  made.set(data, fresh);
  return fresh;
}

/**
 * The actions that an event takes, `service:Action`, sorted. Only actions that the catalogue knows: an event of which
 * no action is known is not mapped, and the answer is empty.
 * @param source `eventSource`: `s3.amazonaws.com`
 * @param name `eventName`
 */
export function actionsOfEvent(source: string, name: string, data: ServiceData): readonly string[] {
  const host = source.toLowerCase().replace(/\.amazonaws\.com(?:\.cn)?$/, "");
  const catalogue = catalogueOf(data);
  const prefixes = Object.hasOwn(PREFIXES, host) ? (PREFIXES[host] ?? []) : [host];
  const bare = name.replace(VERSION, "");
  for (const prefix of prefixes) {
    const actions = catalogue.get(prefix);
    if (actions === undefined) continue;
    const own = Object.hasOwn(NAMES, prefix) ? NAMES[prefix] : undefined;
    for (const candidate of [name, bare]) {
      const mapped = own !== undefined && Object.hasOwn(own, candidate) ? own[candidate] : [candidate];
      const found = (mapped ?? []).flatMap((each) => actions.get(each.toLowerCase()) ?? []);
      if (found.length > 0 && found.length === mapped?.length)
        return found.map((each) => `${prefix}:${each}`).sort();
    }
  }
  return [];
}
