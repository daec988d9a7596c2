import type { IAMClientConfig } from "@aws-sdk/client-iam";
import { type AwsKind, awsKinds } from "../../../snapshot/kinds/aws.ts";
import type { CollectOptions, CollectPlan } from "../../define.ts";
import type { JsonObject } from "../../http/answer.ts";
import { isObject } from "../../http/answer.ts";
import { ReadFailure } from "../../http/failure.ts";
import { attempt } from "../../recorder.ts";
import { type PageOptions, readObjects } from "../pages.ts";
import type { AwsRecorder } from "../recorder.ts";

/** With which each client of the SDK is made: region, keys, and our handler with guard, deadlines and limit. */
export type ClientConfig = Pick<
  IAMClientConfig,
  "region" | "credentials" | "requestHandler" | "maxAttempts" | "customUserAgent" | "profile" | "endpoint"
>;

/** One call of a service with its retries, as the JSON that a snapshot keeps. Throws `ReadFailure`. */
export type ServiceCall = (operation: string, send: () => Promise<object>) => Promise<JsonObject>;

/** What a service reads with, and where it puts what it read. */
export interface Reading<Client> {
  readonly client: Client;
  readonly call: ServiceCall;
  readonly plan: CollectPlan;
  readonly recorder: AwsRecorder;
  readonly options: CollectOptions;
}

/** A service of AWS: its client, and how the documents of its kinds are read. */
export interface AwsService<Client> {
  /** As requests to it are signed. */
  readonly service: string;
  readonly kinds: readonly AwsKind[];
  readonly client: (config: ClientConfig) => Client;
  /** Called when one of the kinds is planned; reads those that are, and tells the recorder what it could not. */
  readonly read: (reading: Reading<Client>) => Promise<void>;
}

/** A service, whatever its client. */
export interface BoundService {
  readonly service: string;
  readonly kinds: readonly AwsKind[];
  readonly read: (config: ClientConfig, reading: Omit<Reading<never>, "client">) => Promise<void>;
}

/** A row of the registry. */
export function bound<Client>({ service, kinds, client, read }: AwsService<Client>): BoundService {
  return {
    service,
    kinds,
    read: (config, reading) => read({ ...reading, client: client(config) }),
  };
}

/** A kind that one paged call lists. */
export interface Listed<Client> extends Omit<PageOptions, "read" | "maxPages"> {
  readonly kind: AwsKind;
  /** The property of an entry that identifies it, or how to tell. */
  readonly id: string | ((entry: JsonObject) => string);
  readonly send: (client: Client, token: string | undefined) => Promise<object>;
  /** What an entry holds, where documents are not the entries themselves. */
  readonly entries?: (entry: JsonObject) => readonly JsonObject[];
}

/** Reads what one call lists: each entry a document, or the kind unread. */
export async function readListed<Client>(listed: Listed<Client>, reading: Reading<Client>): Promise<void> {
  keepListed(listed, await entriesOf(listed, [listed.kind], reading), reading);
}

/**
 * The entries that one call lists; undefined when it could not be read to its end, and then each kind that hangs on it is
 * unread.
 */
export function entriesOf<Client>(
  { kind, send, entries, id: _, ...page }: Listed<Client>,
  kinds: readonly AwsKind[],
  { client, call, recorder, options }: Reading<Client>,
): Promise<readonly JsonObject[] | undefined> {
  const { title, calls } = awsKinds[kind];
  const { operation } = calls[0];
  options.progress(`reading ${title}`);
  return attempt(
    async () => {
      const found = await readObjects({
        ...page,
        read: (token) => call(operation, () => send(client, token)),
      });
      return entries === undefined ? found : found.flatMap(entries);
    },
    (failure) => {
      for (const each of kinds) recorder.miss(each, operation, "", failure);
      return undefined;
    },
  );
}

/** Keeps what was listed. */
export function keepListed<Client>(
  { kind, id }: Listed<Client>,
  items: readonly JsonObject[] | undefined,
  { recorder, options }: Reading<Client>,
): void {
  const { title, calls } = awsKinds[kind];
  items?.forEach((item, index) => {
    const named = typeof id === "string" ? item[id] : id(item);
    recorder.keep(kind, textOf(named) ?? `${calls[0].operation}#${index}`, item);
  });
  if (items !== undefined) options.progress(`read ${items.length} ${title}`);
}

/** The object that an answer wraps. */
export async function unwrapped(answer: Promise<JsonObject>, property: string): Promise<JsonObject> {
  const value = (await answer)[property];
  if (!isObject(value)) throw new ReadFailure("malformed", `answered 200 without ${property}`);
  return value;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
