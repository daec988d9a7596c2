import { GetBucketCorsCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { type AwsKind, awsKinds } from "../../../snapshot/kinds/aws.ts";
import type { JsonObject } from "../../http/answer.ts";
import { ReadFailure } from "../../http/failure.ts";
import { attempt } from "../../recorder.ts";
import { type AwsService, entriesOf, keepListed, type Listed, type Reading, textOf } from "./define.ts";

const kinds = ["aws/bucket", "aws/bucket-cors"] as const satisfies readonly AwsKind[];

/** Buckets whose rules are read where nobody names those that matter: each takes a call, and there may be thousands. */
const mostUnnamed = 200;

/**
 * The client of a bucket, or of their list: one client cannot follow two buckets into two regions at once. Each is made
 * once, so that a request that is sent again is signed by the clock that the first answer told.
 */
type Clients = (bucket?: string) => S3Client;

const buckets: Listed<Clients> = {
  kind: "aws/bucket",
  list: "Buckets",
  id: "Name",
  token: "ContinuationToken",
  send: (client, token) =>
    client().send(
      new ListBucketsCommand({
        MaxBuckets: 1000,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    ),
};

export const s3: AwsService<Clients> = {
  service: "s3",
  kinds,
  client: (config) => {
    const made = new Map<string | undefined, S3Client>();
    return (bucket) => {
      const known = made.get(bucket);
      if (known !== undefined) return known;
      const client = new S3Client({
        ...config,
        // The bucket in the path and never in the host: so the guard reads the operation off the path and the query.
        forcePathStyle: true,
        followRegionRedirects: true,
        // The session that a bucket of one zone has would be a call beside those of the registry.
        disableS3ExpressSessionAuth: true,
      });
      made.set(bucket, client);
      return client;
    };
  },
  read: async (reading) => {
    const { plan } = reading;
    const named = plan.names?.get("aws/bucket-cors");
    const all = plan.kinds.has("aws/bucket");
    const rules = plan.kinds.has("aws/bucket-cors");
    const list = all || (rules && named === undefined);
    const planned: readonly AwsKind[] = [
      ...(all ? (["aws/bucket"] as const) : []),
      ...(rules && named === undefined ? (["aws/bucket-cors"] as const) : []),
    ];
    const listing = list ? entriesOf(buckets, planned, reading) : Promise.resolve(undefined);
    await Promise.all([
      listing.then((found) => (all ? keepListed(buckets, found, reading) : undefined)),
      ...(rules
        ? [
            named === undefined
              ? listing.then((found) => readRules(found, reading))
              : readNamed(named, reading),
          ]
        : []),
    ]);
  },
};

/** The rules of the first buckets by name; the others are unread, which says how to have them read. */
async function readRules(found: readonly JsonObject[] | undefined, reading: Reading<Clients>): Promise<void> {
  const names = (found ?? []).flatMap(({ Name: name }) => textOf(name) ?? []).sort();
  for (const name of names.slice(mostUnnamed)) {
    const why = `not asked for: the account has ${names.length} buckets, of which ${mostUnnamed} are asked unless those that matter are named`;
    reading.recorder.miss("aws/bucket-cors", "GetBucketCors", name, new ReadFailure("incomplete", why), name);
  }
  await readNamed(names.slice(0, mostUnnamed), reading);
}

async function readNamed(names: readonly string[], reading: Reading<Clients>): Promise<void> {
  reading.options.progress(`reading ${awsKinds["aws/bucket-cors"].title}`);
  // What cannot be the name of a bucket names none; the SDK would take an ARN for the way to another service.
  const possible = [...new Set(names)].filter((name) => /^[A-Za-z0-9][\w.-]{1,254}$/.test(name));
  await Promise.all(possible.map((name) => readBucket(name, reading)));
}

/** A bucket without rules is a document that says so; a bucket that is not there is none. */
async function readBucket(name: string, { client, call, recorder }: Reading<Clients>): Promise<void> {
  const kind = "aws/bucket-cors";
  const body = await attempt(
    async () => {
      const { CORSRules: rules } = await call("GetBucketCors", () =>
        client(name).send(new GetBucketCorsCommand({ Bucket: name })),
      );
      if (!Array.isArray(rules))
        throw new ReadFailure("malformed", "answered 200 without the list CORSRules");
      return { Bucket: name, CORSRules: rules };
    },
    (failure) => {
      if (failure.code === "NoSuchCORSConfiguration") return { Bucket: name, CORSRules: [] };
      if (failure.code !== "NoSuchBucket") recorder.miss(kind, "GetBucketCors", name, failure, name);
      return undefined;
    },
  );
  if (body !== undefined) recorder.keep(kind, name, body);
}
