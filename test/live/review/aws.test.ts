import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Review } from "../../../src/review/review.ts";
import { record } from "../../usage/aws/trail.ts";
import { rootKeys } from "../aws/scan.ts";
import { externalId, makeWorld } from "../aws/world.ts";
import { type Ran, runCommand } from "../command.ts";
import { type LiveAws, region, startAwsServers, whyNoServers } from "../servers/aws/setup.ts";
import { skipped } from "../servers/azure/requirements.ts";

const skip = skipped("the live review of AWS", whyNoServers());

let live: LiveAws;
beforeAll(async () => {
  if (skip) return;
  live = await startAwsServers();
  await live.reset();
  await makeWorld(live.front.url, live.strict.url);
});
afterAll(async () => {
  if (!skip) await live.stop();
});
afterEach(() => {
  if (!skip) live.front.forget();
});

/** moto has the account; of usage it knows nothing, so the front answers in its place as AWS documents it. */
const answers = (match: RegExp, body: string, more: object = {}) =>
  live.front.fault({
    match,
    status: 200,
    body,
    type: body.startsWith("<") ? "text/xml" : "application/x-amz-json-1.1",
    ...more,
  });
const xml = (operation: string, inner: string) =>
  `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${operation}Result>${inner}</${operation}Result></${operation}Response>`;
const page = (records: readonly object[], next?: string) =>
  JSON.stringify({
    Events: records.map((each, i) => ({
      EventId: `${next ?? "last"}-${i}`,
      EventTime: 1_795_000_000,
      CloudTrailEvent: JSON.stringify(each),
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  });
const used = (...services: readonly string[]) =>
  services
    .map(
      (name) =>
        `<member><ServiceName>${name}</ServiceName><ServiceNamespace>${name}</ServiceNamespace><TotalAuthenticatedEntities>0</TotalAuthenticatedEntities></member>`,
    )
    .join("");
const report = (status: string, services = "") =>
  xml(
    "GetServiceLastAccessedDetails",
    `<JobStatus>${status}</JobStatus><JobType>ACTION_LEVEL</JobType><JobCreationDate>2026-11-20T08:00:00Z</JobCreationDate><JobCompletionDate>2026-11-20T08:00:02Z</JobCompletionDate><IsTruncated>false</IsTruncated><ServicesLastAccessed>${services}</ServicesLastAccessed>`,
  );

const kept = record({ source: "eks", name: "DescribeCluster", parameters: { name: "chalk" } });
const broken = record({
  source: "s3",
  name: "GetBucketLocation",
  parameters: { bucketName: "somebody-elses" },
});

function usage(records: readonly object[]): void {
  answers(
    /GenerateServiceLastAccessedDetails/,
    xml("GenerateServiceLastAccessedDetails", "<JobId>j</JobId>"),
  );
  answers(/GetServiceLastAccessedDetails/, report("IN_PROGRESS"), { times: 1 });
  answers(/GetServiceLastAccessedDetails/, report("COMPLETED", used("ec2", "eks", "s3")));
  answers(/LookupEvents/, page(records.slice(0, 1), "more"), { times: 1 });
  answers(/LookupEvents/, page(records.slice(1)));
}

async function reviewed(): Promise<{ ran: Ran; review: Review }> {
  const ran = await runCommand(
    [
      ...["review", "--cloud", "aws", "--role", "chalk", "--from", "management", "--to", "scoped"],
      ...["--set", `externalId=${externalId}`, "--format", "json", "--timeout", "25s"],
    ],
    { AWS_ENDPOINT_URL: live.front.url, AWS_REGION: region, AWS_EC2_METADATA_DISABLED: "true", ...rootKeys },
  );
  if (ran.stdout === "") throw new Error(`no review (exit ${ran.code}): ${ran.stderr}`);
  return { ran, review: JSON.parse(ran.stdout) as Review };
}

const calls = ({ calls: found }: Review) => found.map(({ action, target }) => [action, target]);
const kinds = ({ sources }: Review) =>
  sources.map(({ kind, calls: n, problems }) => [kind, n, problems.length]);

describe.skipIf(skip)("the built command reads the account, the job and the event history", () => {
  it("one recorded call breaks, one stays; the job is waited for, the history is paged; the calls are the three", async () => {
    usage([kept, broken]);
    const { ran, review } = await reviewed();
    expect(calls(review)).toEqual([["s3:GetBucketLocation", "refused"]]);
    expect([ran.code, review.allowedCalls]).toEqual([1, 1]);
    expect(kinds(review).map(([kind, , problems]) => [kind, problems])).toEqual([
      ["cloudtrail-api", 0],
      ["cloudtrail-api", 0],
      ["service-last-accessed", 0],
    ]);
    const asked = new Set(live.front.seen.filter((call) => /LastAccessed|LookupEvents/.test(call)));
    expect([...asked].sort()).toEqual([
      "cloudtrail LookupEvents",
      "iam GenerateServiceLastAccessedDetails",
      "iam GetServiceLastAccessedDetails",
    ]);
  });

  it("fault 1: all three denied: 3, each with the permission that it needs, and the columns are there all the same", async () => {
    live.front.fault({
      match: /LastAccessed/,
      status: 403,
      body: `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`,
    });
    live.front.fault({
      match: /LookupEvents/,
      status: 400,
      body: '{"__type":"AccessDeniedException","Message":"no"}',
      type: "application/x-amz-json-1.1",
    });
    const { ran, review } = await reviewed();
    expect(ran.code).toBe(3);
    expect(review.incomplete.join("\n")).toMatch(/needs cloudtrail:LookupEvents/);
    expect(review.incomplete.join("\n")).toMatch(/needs iam:GenerateServiceLastAccessedDetails/);
    expect(review.groups.length).toBeGreaterThan(0);
    expect(review.groups.some(({ use }) => use === "used" || use === "not-observed")).toBe(false);
  });

  it("fault 6: throttled at first, it is read whole", async () => {
    live.front.fault({
      match: /LookupEvents/,
      times: 2,
      status: 400,
      body: '{"__type":"ThrottlingException","message":"Rate exceeded"}',
      type: "application/x-amz-json-1.1",
    });
    usage([kept]);
    const { review } = await reviewed();
    expect(review.incomplete.filter((each) => each.includes("LookupEvents"))).toEqual([]);
    expect(review.allowedCalls).toBe(1);
  });

  it("fault 11 and empty: a page of HTML is no empty history; an empty history is not observed, never a break", async () => {
    answers(/LookupEvents/, "<html>proxy</html>");
    answers(/GenerateServiceLastAccessedDetails/, "<html>proxy</html>");
    const garbage = await reviewed();
    expect(garbage.ran.code).toBe(3);
    expect(garbage.review.incomplete.length).toBeGreaterThan(0);
    live.front.forget();
    usage([]);
    const empty = await reviewed();
    expect([empty.ran.code, calls(empty.review)]).toEqual([0, []]);
    expect(empty.review.groups.filter(({ change, use }) => change === "goes" && use === "used")).toEqual([]);
  });
});
