import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import type { CollectOptions } from "../define.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { systemClock } from "../http/clock.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt } from "../recorder.ts";
import type { AwsSettings } from "../settings.ts";
import { awsUsageCalls } from "../usage-calls.ts";
import { type AwsConnection, connectAws } from "./connect.ts";

/** Days that CloudTrail's event history reaches back. */
const DAYS = 90;
/** Milliseconds between two looks at a report that is being made. */
const PAUSE = 1_000;
/** Most events of one region: 50 a page, two pages a second. */
const MOST_EVENTS = 200_000;

/** What was read of one region's event history. Newest first, so what stopped it leaves the newest part. */
export interface TrailRead {
  readonly region: string;
  /** Entries as LookupEvents gives them. */
  readonly events: readonly unknown[];
  /** The window that was read whole, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Why it is not the whole of 90 days; empty when it is. */
  readonly problems: readonly string[];
}

export interface AwsUsageRead {
  readonly trails: readonly TrailRead[];
  /** The report as GetServiceLastAccessedDetails gives it, all pages in one; absent: see `problems`. */
  readonly lastAccessed?: JsonObject;
  readonly problems: readonly string[];
}

/**
 * Reads how a role was used: IAM's last accessed information at action level, and CloudTrail's event history of the
 * region, and of us-east-1 where the global services are recorded. What could not be read is told, never thrown.
 * @param role ARN of the role
 * @throws CollectError as a collection does, when nothing can be read at all
 */
export async function readAwsUsage(
  role: string,
  settings: AwsSettings,
  options: CollectOptions,
): Promise<AwsUsageRead> {
  const clock = settings.clock ?? systemClock;
  const ends = clock.now() + options.timeoutMs;
  const connection = await connectAws(settings, options, awsUsageCalls);
  const problems: string[] = [];
  const failed = (what: string, permission: string) => (failure: ReadFailure) => {
    const needs = failure.reason === "denied" ? `; needs ${permission}` : "";
    problems.push(`${what}: ${failure.message}${needs}`);
    return undefined;
  };
  const regions = [...new Set([connection.region, ...(role.startsWith("arn:aws:") ? ["us-east-1"] : [])])];
  const [lastAccessed, ...trails] = await Promise.all([
    attempt(
      () =>
        lastAccessedReport(
          role,
          connection,
          options,
          (ms) => clock.sleep(ms, options.signal),
          () => ends - clock.now(),
        ),
      failed(
        "iam GetServiceLastAccessedDetails",
        "iam:GenerateServiceLastAccessedDetails, iam:GetServiceLastAccessedDetails",
      ),
    ),
    ...regions.map((region) => readTrail(region, connection, options)),
  ]);
  return {
    trails,
    ...(lastAccessed === undefined ? {} : { lastAccessed }),
    problems,
  };
}

async function lastAccessedReport(
  role: string,
  { config, call }: AwsConnection,
  options: CollectOptions,
  sleep: (ms: number) => Promise<unknown>,
  left: () => number,
): Promise<JsonObject> {
  options.progress("reading service last accessed");
  const iam = new IAMClient(config);
  const started = await call("iam", "GenerateServiceLastAccessedDetails", () =>
    iam.send(new GenerateServiceLastAccessedDetailsCommand({ Arn: role, Granularity: "ACTION_LEVEL" })),
  );
  const { JobId: job } = started;
  if (typeof job !== "string" || job === "") throw new ReadFailure("malformed", "the answer names no job");
  const page = (marker: string | undefined) =>
    call("iam", "GetServiceLastAccessedDetails", () =>
      iam.send(
        new GetServiceLastAccessedDetailsCommand({
          JobId: job,
          MaxItems: 1_000,
          ...(marker === undefined ? {} : { Marker: marker }),
        }),
      ),
    );
  let body = await page(undefined);
  while (body.JobStatus === "IN_PROGRESS") {
    if (options.signal.aborted) throw new ReadFailure("interrupted", "interrupted while the report was made");
    if (left() <= PAUSE) throw new ReadFailure("timeout", "the report was not made in time");
    await sleep(PAUSE).catch(() => {
      throw new ReadFailure("interrupted", "interrupted while the report was made");
    });
    body = await page(undefined);
  }
  if (body.JobStatus !== "COMPLETED") throw new ReadFailure("server-error", "the report could not be made");
  const services: unknown[] = [];
  const seen = new Set<string>();
  for (let current = body; ; ) {
    const list = current.ServicesLastAccessed;
    if (!Array.isArray(list)) throw new ReadFailure("malformed", "answered 200 without ServicesLastAccessed");
    services.push(...list);
    if (current.IsTruncated !== true) break;
    const { Marker: marker } = current;
    if (typeof marker !== "string" || marker === "" || seen.has(marker))
      throw new ReadFailure(
        "incomplete",
        "the list goes on, but the answer has no new Marker to read on with",
      );
    seen.add(marker);
    current = await page(marker);
  }
  return { ...body, IsTruncated: false, ServicesLastAccessed: services };
}

/** The event history of one region, from now back. */
async function readTrail(
  region: string,
  { config, call }: AwsConnection,
  options: CollectOptions,
): Promise<TrailRead> {
  const client = new CloudTrailClient({ ...config, region });
  const to = options.now();
  const from = new Date(to.getTime() - DAYS * 24 * 60 * 60 * 1000);
  const events: unknown[] = [];
  const seen = new Set<string>();
  const problems: string[] = [];
  let token: string | undefined;
  options.progress(`reading the event history of ${region}`);
  try {
    for (;;) {
      const body = await call("cloudtrail", "LookupEvents", () =>
        client.send(
          new LookupEventsCommand({
            StartTime: from,
            EndTime: to,
            MaxResults: 50,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        ),
      );
      const { Events: list, NextToken: next } = body;
      // Without an event the list is left out.
      if (list !== undefined && !Array.isArray(list))
        throw new ReadFailure("malformed", "answered 200 with Events that are no list");
      for (const event of list ?? []) events.push(event);
      if (typeof next !== "string" || next === "") break;
      if (seen.has(next)) throw new ReadFailure("incomplete", "the same page came twice");
      if (events.length >= MOST_EVENTS)
        throw new ReadFailure("incomplete", `more than ${MOST_EVENTS} events; give an export with --usage`);
      seen.add(next);
      token = next;
      if (events.length % 1_000 === 0) options.progress(`read ${events.length} events of ${region}`);
    }
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    const needs = error.reason === "denied" ? "; needs cloudtrail:LookupEvents" : "";
    problems.push(`${error.message}${needs}`);
  }
  return {
    region,
    events,
    from: problems.length === 0 ? from.toISOString() : oldest(events, to),
    to: to.toISOString(),
    problems,
  };
}

/** The window that was read whole begins with the oldest event that came. */
function oldest(events: readonly unknown[], to: Date): string {
  const times = events.flatMap((event) =>
    isObject(event) && typeof event.EventTime === "string" ? [event.EventTime] : [],
  );
  return times.sort()[0] ?? to.toISOString();
}
