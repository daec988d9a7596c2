import { describe, expect, test } from "vitest";
import { readAwsUsage } from "../../../src/collectors/aws/usage.ts";
import { WriteRefused } from "../../../src/collectors/http/guard.ts";
import { type Answer, cloud } from "../answers.ts";

const ROLE = "arn:aws:iam::123456789012:role/acme";

const DENIED = { status: 403, body: '{"__type":"AccessDeniedException","Message":"no"}' };

const xml = (operation: string, inner: string): Answer => ({
  body: `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${operation}Result>${inner}</${operation}Result></${operation}Response>`,
});

const identity = xml(
  "GetCallerIdentity",
  "<Arn>arn:aws:iam::123456789012:user/auditor</Arn><UserId>AIDA</UserId><Account>123456789012</Account>",
);

const job = xml("GenerateServiceLastAccessedDetails", "<JobId>job-1</JobId>");

const report = (status: string, services: string, more = "<IsTruncated>false</IsTruncated>") =>
  xml(
    "GetServiceLastAccessedDetails",
    `<JobStatus>${status}</JobStatus><JobType>ACTION_LEVEL</JobType><JobCreationDate>2026-11-21T08:00:00Z</JobCreationDate><JobCompletionDate>2026-11-21T08:00:02Z</JobCompletionDate>${more}<ServicesLastAccessed>${services}</ServicesLastAccessed>`,
  );

const service = (name: string) =>
  `<member><ServiceName>${name}</ServiceName><ServiceNamespace>${name}</ServiceNamespace><TotalAuthenticatedEntities>0</TotalAuthenticatedEntities></member>`;

const events = (ids: readonly string[], next?: string): Answer => ({
  body: JSON.stringify({
    Events: ids.map((EventId) => ({ EventId, EventTime: 1_795_000_000, CloudTrailEvent: "{}" })),
    ...(next === undefined ? {} : { NextToken: next }),
  }),
});

async function read(answers: Readonly<Record<string, readonly Answer[]>>) {
  const { client, sent } = cloud({
    GetCallerIdentity: [identity],
    GenerateServiceLastAccessedDetails: [job],
    GetServiceLastAccessedDetails: [report("COMPLETED", service("ec2"))],
    LookupEvents: [events([])],
    ...answers,
  });
  let now = 0;
  const result = await readAwsUsage(
    ROLE,
    {
      region: "eu-west-1",
      endpoint: "https://aws.test",
      credentials: async () => ({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" }),
      client,
      clock: {
        now: () => now,
        sleep: async (ms) => {
          now += ms;
        },
        random: () => 0,
      },
    },
    {
      signal: new AbortController().signal,
      timeoutMs: 20_000,
      concurrency: 4,
      progress: () => undefined,
      debug: () => undefined,
      now: () => new Date("2026-11-21T10:00:00Z"),
    },
  );
  return { result, sent };
}

const ids = (list: readonly unknown[]) => list.map((event) => (event as { EventId: string }).EventId);

describe("usage of AWS, live", () => {
  test("the report is waited for, its pages are joined; both regions' history is read over its pages", async () => {
    const { result, sent } = await read({
      GetServiceLastAccessedDetails: [
        report("IN_PROGRESS", ""),
        report("COMPLETED", service("ec2"), "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"),
        report("COMPLETED", service("sqs")),
      ],
      "LookupEvents eu-west-1": [events(["a"], "t1"), events(["b"])],
      "LookupEvents us-east-1": [events(["c"])],
    });
    expect(result.problems).toEqual([]);
    expect(
      result.trails.map(({ region, events: found, from, to, problems }) => ({
        region,
        ids: ids(found),
        from,
        to,
        problems,
      })),
    ).toEqual([
      {
        region: "eu-west-1",
        ids: ["a", "b"],
        from: "2026-08-23T10:00:00.000Z",
        to: "2026-11-21T10:00:00.000Z",
        problems: [],
      },
      {
        region: "us-east-1",
        ids: ["c"],
        from: "2026-08-23T10:00:00.000Z",
        to: "2026-11-21T10:00:00.000Z",
        problems: [],
      },
    ]);
    expect(
      ((result.lastAccessed?.ServicesLastAccessed ?? []) as { ServiceNamespace: string }[]).map(
        (s) => s.ServiceNamespace,
      ),
    ).toEqual(["ec2", "sqs"]);
    const asked = sent.find(({ call }) => call === "GenerateServiceLastAccessedDetails")?.body ?? "";
    expect(new URLSearchParams(asked).get("Arn")).toBe(ROLE);
    expect(new URLSearchParams(asked).get("Granularity")).toBe("ACTION_LEVEL");
    expect([...new Set(sent.map(({ call }) => call))].sort()).toEqual([
      "GenerateServiceLastAccessedDetails",
      "GetCallerIdentity",
      "GetServiceLastAccessedDetails",
      "LookupEvents",
    ]);
  });

  test("fault 1: what is denied is named with its permission, the rest is read", async () => {
    const { result } = await read({
      LookupEvents: [DENIED],
      GenerateServiceLastAccessedDetails: [
        {
          status: 403,
          body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
        },
      ],
    });
    expect(result.lastAccessed).toBeUndefined();
    expect(result.problems).toEqual([
      "iam GetServiceLastAccessedDetails: answered 403 AccessDenied: no; needs iam:GenerateServiceLastAccessedDetails, iam:GetServiceLastAccessedDetails",
    ]);
    expect(result.trails.map(({ problems }) => problems)).toEqual([
      ["answered 403 AccessDeniedException: no; needs cloudtrail:LookupEvents"],
      ["answered 403 AccessDeniedException: no; needs cloudtrail:LookupEvents"],
    ]);
  });

  test("faults 5 and 6: a throttled call is made again", async () => {
    const slow = { status: 400, body: '{"__type":"ThrottlingException","Message":"Rate exceeded"}' };
    const { result } = await read({ "LookupEvents eu-west-1": [slow, slow, slow, slow, events(["a"])] });
    expect(ids(result.trails[0]?.events ?? [])).toEqual(["a"]);
    expect(result.trails[0]?.problems).toEqual([]);
  });

  test("fault 12: the same page for ever stops, and the window that was read is told", async () => {
    const { result } = await read({ "LookupEvents eu-west-1": [events(["a"], "t1")] });
    expect(result.trails[0]?.problems).toEqual(["the same page came twice"]);
    expect(result.trails[0]?.from).toBe("2026-11-18T11:06:40.000Z");
  });

  test("a report that is never made is no report", async () => {
    const { result } = await read({ GetServiceLastAccessedDetails: [report("IN_PROGRESS", "")] });
    expect(result.lastAccessed).toBeUndefined();
    expect(result.problems).toEqual(["iam GetServiceLastAccessedDetails: the report was not made in time"]);
  });

  test("fault 35: the guard of a review lets its own reads pass and nothing else", async () => {
    const { connectAws: connect } = await import("../../../src/collectors/aws/connect.ts");
    const { client, sent } = cloud({ GetCallerIdentity: [identity] });
    const { awsUsageCalls } = await import("../../../src/collectors/usage-calls.ts");
    const settings = {
      region: "eu-west-1",
      endpoint: "https://aws.test",
      credentials: async () => ({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" }),
      client,
    };
    const options = {
      signal: new AbortController().signal,
      timeoutMs: 20_000,
      concurrency: 4,
      progress: () => undefined,
      debug: () => undefined,
      now: () => new Date("2026-11-21T10:00:00Z"),
    };
    const { DeleteRoleCommand, GenerateServiceLastAccessedDetailsCommand, IAMClient } = await import(
      "@aws-sdk/client-iam"
    );
    const review = await connect(settings, options, awsUsageCalls);
    await expect(new IAMClient(review.config).send(new DeleteRoleCommand({ RoleName: "x" }))).rejects.toThrow(
      WriteRefused,
    );
    const scan = await connect(settings, options);
    await expect(
      new IAMClient(scan.config).send(new GenerateServiceLastAccessedDetailsCommand({ Arn: ROLE })),
    ).rejects.toThrow(WriteRefused);
    expect([...new Set(sent.map(({ call }) => call))]).toEqual(["GetCallerIdentity"]);
  });
});
