import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceData } from "../../src/access/aws/service-data.ts";
import { loadServiceData } from "../../src/cli/job/service-data.ts";
import { readLog, usageFiles } from "../../src/cli/job/usage-files.ts";
import { readTrailRecord, trailRecords } from "../../src/usage/aws/cloudtrail.ts";
import { actionsOfEvent } from "../../src/usage/aws/events.ts";
import { readLastAccessed } from "../../src/usage/aws/last-accessed.ts";
import { isDataAction, isWithinOthers } from "../../src/usage/aws/observable.ts";
import { AwsUsage } from "../../src/usage/aws/usage.ts";
import { AzureUsage, readActivityEvent } from "../../src/usage/azure/activity-log.ts";
import { Tally } from "../../src/usage/usage.ts";
import { ACCOUNT, REGION, ROLE } from "../worlds/aws-state.ts";
import { record } from "./trail.ts";

let data: ServiceData;
beforeAll(async () => {
  data = await loadServiceData();
});

describe("event → action", () => {
  test.each([
    ["eks", "DescribeCluster", ["eks:DescribeCluster"]],
    ["s3", "ListObjects", ["s3:ListBucket"]],
    ["s3", "ListObjectsV2", ["s3:ListBucket"]],
    ["s3", "HeadObject", ["s3:GetObject"]],
    ["s3", "CopyObject", ["s3:GetObject", "s3:PutObject"]],
    ["s3", "ListBuckets", ["s3:ListAllMyBuckets"]],
    ["s3", "GetBucketEncryption", ["s3:GetEncryptionConfiguration"]],
    ["lambda", "CreateFunction20150331", ["lambda:CreateFunction"]],
    ["lambda", "UpdateFunctionCode20150331v2", ["lambda:UpdateFunctionCode"]],
    ["cloudfront", "CreateDistribution2020_05_31", ["cloudfront:CreateDistribution"]],
    ["monitoring", "PutMetricAlarm", ["cloudwatch:PutMetricAlarm"]],
    ["autoscaling", "RegisterScalableTarget", ["application-autoscaling:RegisterScalableTarget"]],
    ["autoscaling", "UpdateAutoScalingGroup", ["autoscaling:UpdateAutoScalingGroup"]],
    ["tagging", "GetResources", ["tag:GetResources"]],
    ["eks", "NoSuchOperation", []],
    ["nosuchservice", "List", []],
    ["constructor", "toString", []],
    ["s3", "__proto__", []],
  ])("%s %s", (source, name, actions) => {
    expect(actionsOfEvent(`${source}.amazonaws.com`, name, data)).toEqual(actions);
  });

  test("every name of the table leads to actions that exist", () => {
    const names = [
      "CompleteMultipartUpload",
      "DeleteBucketCors",
      "DeletePublicAccessBlock",
      "PutBucketReplication",
    ];
    for (const name of names) expect(actionsOfEvent("s3.amazonaws.com", name, data)).toHaveLength(1);
  });
});

describe("one record", () => {
  const read = (value: unknown) => readTrailRecord(value, ROLE, data)?.call;

  test("who, when, what, on what and how it ended; nothing else of it is kept", () => {
    const value = record({
      source: "rds",
      name: "ModifyDBInstance",
      parameters: { dBInstanceIdentifier: "chalk-db", masterUserPassword: "hunter2" },
      more: { errorCode: "DBInstanceNotFound", errorMessage: "no such thing: hunter2" },
    });
    expect(read(value)).toEqual({
      at: "2026-11-10T10:00:00.000Z",
      who: "api",
      event: "rds.amazonaws.com ModifyDBInstance",
      actions: ["rds:ModifyDBInstance"],
      resources: [`arn:aws:rds:${REGION}:${ACCOUNT}:db:chalk-db`],
      region: REGION,
      error: "DBInstanceNotFound",
      refused: false,
    });
  });

  test.each([
    [
      "ec2",
      "TerminateInstances",
      { instancesSet: { items: [{ instanceId: "i-1" }, { instanceId: "i-2" }] } },
      ["ec2", "instance/i-1", "instance/i-2"],
    ],
    [
      "sqs",
      "DeleteQueue",
      { queueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/jobs` },
      ["sqs", "jobs"],
    ],
    ["eks", "DescribeNodegroup", { clusterName: "c", nodegroupName: "n" }, ["eks", "cluster/c"]],
  ])("resources of %s %s", (source, name, parameters, [service, ...rest]) => {
    expect(read(record({ source, name, parameters }))?.resources).toEqual(
      rest.map((each) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${each}`),
    );
  });

  test("a wildcard in a parameter names no resource, and ARNs of other services are not its own", () => {
    expect(
      read(record({ source: "sqs", name: "DeleteQueue", parameters: { queueName: "*" } }))?.resources,
    ).toEqual([]);
    const parameters = { keyId: "arn:aws:kms:eu-west-1:1:key/a", roleArn: "arn:aws:iam::1:role/x" };
    expect(read(record({ source: "kms", name: "DescribeKey", parameters }))?.resources).toEqual([
      "arn:aws:kms:eu-west-1:1:key/a",
    ]);
  });

  test.each([
    ["another role", { sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${ACCOUNT}:role/chalky` } } }],
    ["a user of the same name", { arn: `arn:aws:iam::${ACCOUNT}:user/chalk` }],
    ["the role of that name in another account", { arn: "arn:aws:sts::999999999999:assumed-role/chalk/api" }],
    ["nobody", null],
  ])("%s is another principal", (_, userIdentity) => {
    expect(
      readTrailRecord(record({ source: "ec2", name: "RunInstances", more: { userIdentity } }), ROLE, data),
    ).toEqual({
      at: "2026-11-10T10:00:00.000Z",
      id: expect.any(String),
    });
  });

  test("refused is no use; any other error is", () => {
    for (const code of ["AccessDenied", "Client.UnauthorizedOperation", "AccessDeniedException"])
      expect(read(record({ source: "ec2", name: "RunInstances", more: { errorCode: code } }))?.refused).toBe(
        true,
      );
    for (const code of ["Client.DryRunOperation", "NoSuchEntityException"])
      expect(read(record({ source: "ec2", name: "RunInstances", more: { errorCode: code } }))?.refused).toBe(
        false,
      );
  });

  test("fault 26: names with escapes and bidi are made visible", () => {
    const call = read(
      record({
        source: "s3",
        name: "GetObject",
        parameters: { bucketName: "b", key: "a\u001b[2J\u202e" },
        more: {
          userIdentity: {
            arn: `arn:aws:sts::${ACCOUNT}:assumed-role/chalk/\u001b]8;;x`,
            sessionContext: null,
          },
        },
      }),
    );
    expect(JSON.stringify(call)).not.toMatch(/[\u001b\u202e]|\\u001b|\\u202e/);
    expect(call?.who).toBe("\\u{1b}]8;;x");
    expect(call?.resources).toEqual(["arn:aws:s3:::b", "arn:aws:s3:::b/a\\u{1b}[2J\\u{202e}"]);
  });

  test.each([[null], [7], ["x"], [[]], [{}], [{ eventTime: "soon", eventName: "a", eventSource: "b" }]])(
    "%j is no record",
    (value) => {
      expect(readTrailRecord(value, ROLE, data)).toBeUndefined();
    },
  );
});

describe("an export", () => {
  const one = record({ source: "eks", name: "DescribeCluster", parameters: { name: "chalk" } });

  test("in every form that it comes in", () => {
    const text = { EventId: "1", CloudTrailEvent: JSON.stringify(one) };
    for (const form of [{ Records: [one] }, [one], one, { Events: [text] }])
      expect(trailRecords(form)).toEqual([one]);
    expect(trailRecords({ anything: 1 })).toBeUndefined();
    expect(trailRecords({ Records: 7 })).toBeUndefined();
  });

  test("one event in two files counts once; what cannot be read is a gap", () => {
    const usage = new AwsUsage(ROLE, data);
    usage.addFile("a.json", "logs", JSON.stringify({ Records: [one, { odd: true }] }));
    usage.addFile("b.json", "logs", `${JSON.stringify(one)}\n${JSON.stringify(one)}\nnot json\n`);
    const { sources, calls } = usage.finish();
    expect(calls.map(({ actions, count }) => ({ actions, count }))).toEqual([
      { actions: ["eks:DescribeCluster"], count: 1 },
    ]);
    expect(sources).toEqual([
      {
        kind: "cloudtrail-file",
        name: "logs",
        from: "2026-11-10T10:00:00.000Z",
        to: "2026-11-10T10:00:00.000Z",
        events: 1,
        calls: 1,
        blind: expect.arrayContaining([expect.stringContaining("data events")]),
        problems: ["1 of its records could not be read", "1 of its records could not be read"],
      },
    ]);
    expect(() => usage.addFile("c.json", "logs", '{"hello": 1}')).toThrow(
      "c.json: expected an export of CloudTrail or a report of service last accessed, found neither",
    );
  });

  test("an export without one event observes nothing", () => {
    const usage = new AwsUsage(ROLE, data);
    usage.addFile("a.json", "logs", '{"Records": []}');
    expect(usage.finish().observes("eks:DescribeCluster")).toBe(false);
  });

  test("a call that the trail tells with its resource is not told again by what was last accessed", () => {
    const usage = new AwsUsage(ROLE, data);
    usage.addFile("a.json", "logs", JSON.stringify([one]));
    usage.addLastAccessed("iam", {
      JobStatus: "COMPLETED",
      ServicesLastAccessed: [
        {
          ServiceNamespace: "eks",
          LastAuthenticated: "2026-11-10T10:00:00Z",
          TrackedActionsLastAccessed: [
            { ActionName: "DescribeCluster", LastAccessedTime: "2026-11-10T10:00:00Z" },
            {
              ActionName: "CreateCluster",
              LastAccessedTime: "2026-02-01T00:00:00Z",
              LastAccessedEntity: ROLE,
            },
          ],
        },
      ],
    });
    expect(usage.finish().calls.map(({ event }) => event)).toEqual([
      "eks.amazonaws.com DescribeCluster",
      "service last accessed eks:CreateCluster",
    ]);
  });
});

describe("what can be observed", () => {
  test("data actions and actions within others are not management events", () => {
    expect(
      [
        ...["s3:GetObject", "s3:ListBucket", "sqs:SendMessage", "dynamodb:GetItem", "kafka-cluster:Connect"],
        ...["s3:GetBucketLocation", "s3:PutBucketObjectLockConfiguration", "sqs:CreateQueue", "kms:Decrypt"],
      ].map(isDataAction),
    ).toEqual([true, true, true, true, true, false, false, false, false]);
    expect(isWithinOthers("iam:PassRole")).toBe(true);
    expect(isWithinOthers("iam:CreateRole")).toBe(false);
  });

  test("a history that was refused observes nothing; a whole one observes management events", () => {
    const observed = (problems: readonly string[], globals: boolean) => {
      const usage = new AwsUsage(ROLE, data);
      usage.addHistory(REGION, [], {
        from: "2026-08-23T10:00:00.000Z",
        to: "2026-11-21T10:00:00.000Z",
        problems,
      });
      usage.recordsGlobals(globals);
      const { observes } = usage.finish();
      return ["ec2:RunInstances", "s3:GetObject", "iam:CreateRole", "iam:PassRole"].map(observes);
    };
    expect(observed(["answered 403"], true)).toEqual([false, false, false, false]);
    expect(observed([], true)).toEqual([true, false, true, false]);
    expect(observed([], false)).toEqual([true, false, false, false]);
  });

  test("service last accessed: tracked actions and services that were not used at all", () => {
    const read = readLastAccessed({
      JobStatus: "COMPLETED",
      JobCompletionDate: "2026-11-20T00:00:00Z",
      ServicesLastAccessed: [
        { ServiceNamespace: "redshift" },
        {
          ServiceNamespace: "ec2",
          LastAuthenticated: "2026-11-01T00:00:00Z",
          TrackedActionsLastAccessed: [{ ActionName: "CreateVpc" }],
        },
        { odd: 1 },
      ],
    });
    expect([...read.unused]).toEqual(["redshift"]);
    expect([...read.tracked]).toEqual(["ec2:createvpc"]);
    expect(read.calls).toEqual([]);
    expect(read.problems).toEqual(["an entry names no service"]);
    for (const odd of [{ JobStatus: "FAILED" }, { IsTruncated: true }, { JobType: "SERVICE_LEVEL" }])
      expect(readLastAccessed({ ...odd, ServicesLastAccessed: [] }).problems).toHaveLength(1);
  });
});

test("memory is bounded: what finds no room is counted", () => {
  const tally = new Tally(2);
  for (const name of ["a", "b", "c", "a"])
    tally.add({
      at: `2026-11-0${name.charCodeAt(0) - 96}T00:00:00.000Z`,
      who: name,
      event: name,
      actions: [],
      resources: [],
      refused: false,
    });
  expect(tally.groups().map(({ event, count }) => [event, count])).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect(tally.lost).toBe(1);
});

describe("the Activity Log", () => {
  const oid = "aaaaaaaa-0000-4000-8000-000000000001";
  const scope = "/subscriptions/s/resourceGroups/rg";
  const event = (more: object) => ({
    eventDataId: "1",
    eventTimestamp: "2026-11-10T10:00:00.1234567Z",
    caller: "app",
    claims: { "http://schemas.microsoft.com/identity/claims/objectidentifier": oid.toUpperCase() },
    authorization: { action: "Microsoft.Storage/storageAccounts/write", scope },
    operationName: { value: "Microsoft.Storage/storageAccounts/write", localizedValue: "Create" },
    status: { value: "Succeeded" },
    ...more,
  });

  test("one event", () => {
    expect(readActivityEvent(event({}), oid)).toEqual({
      at: "2026-11-10T10:00:00.123Z",
      id: "1",
      call: {
        at: "2026-11-10T10:00:00.123Z",
        who: "app",
        event: "Microsoft.Storage/storageAccounts/write",
        actions: ["Microsoft.Storage/storageAccounts/write"],
        resources: [scope],
        refused: false,
      },
    });
    expect(readActivityEvent(event({ claims: {} }), oid)?.call).toBeUndefined();
    expect(readActivityEvent(event({ claims: {}, caller: oid }), oid)?.call?.who).toBe(oid);
    const failed = event({ status: { value: "Failed" }, subStatus: { value: "AuthorizationFailed" } });
    expect(readActivityEvent(failed, oid)?.call?.refused).toBe(true);
    const other = event({ status: { value: "Failed" }, subStatus: { value: "Conflict" } });
    expect(readActivityEvent(other, oid)?.call).toMatchObject({ refused: false, error: "Conflict" });
    for (const odd of [null, 7, {}, { eventTimestamp: "x" }])
      expect(readActivityEvent(odd, oid)).toBeUndefined();
  });

  test("exports of the portal, the CLI and a storage account; and what is none", () => {
    for (const text of [
      JSON.stringify([event({})]),
      JSON.stringify({ value: [event({})] }),
      JSON.stringify({ records: [event({})] }),
      `${JSON.stringify(event({}))}\n${JSON.stringify(event({}))}\n`,
    ]) {
      const usage = new AzureUsage(oid);
      usage.addFile("a", "a", text);
      const { calls, sources, observes } = usage.finish();
      expect(calls.map(({ count }) => count)).toEqual([1]);
      expect(sources.map(({ problems }) => problems)).toEqual([[]]);
      const seen = ["x/y/write", "x/y/read", "x/y/start/action", "x/y/write (data)"].map(observes);
      expect(seen).toEqual([true, false, true, false]);
    }
    expect(() => new AzureUsage(oid).addFile("a.json", "a", "{}")).toThrow(
      "a.json: expected an export of the Activity Log, found none",
    );
  });
});

describe("log files", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "usage-"));
    writeFileSync(join(folder, "bomb.json.gz"), gzipSync(Buffer.alloc(4_000_000, "a")));
    writeFileSync(join(folder, "cut.json.gz"), gzipSync("hello").subarray(0, 12));
    writeFileSync(join(folder, "good.json"), "\uFEFF[]");
    writeFileSync(join(folder, "notes.txt"), "no log");
    symlinkSync("/etc/hostname", join(folder, "link.json"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("fault 33: a packed file that unfolds beyond the bound is not read, and says so", async () => {
    expect(await readLog(join(folder, "bomb.json.gz"), folder, 1024 * 1024)).toEqual({
      shown: "bomb.json.gz",
      problem: "is larger than 1 MiB unpacked, and was not read",
    });
    expect((await readLog(join(folder, "bomb.json.gz"), folder)).text).toHaveLength(4_000_000);
  });

  test("one that is cut, or gone, is a gap; a byte order mark is none", async () => {
    expect((await readLog(join(folder, "cut.json.gz"), folder)).problem).toMatch(/^cannot be read: /);
    expect((await readLog(join(folder, "gone.json"), folder)).problem).toBe(
      "cannot be read: no such file or directory",
    );
    expect((await readLog(join(folder, "good.json"), folder)).text).toBe("[]");
  });

  test("a folder's logs, links left out; a folder without one is a mistake", async () => {
    expect((await usageFiles(folder, folder)).map((path) => path.slice(folder.length + 1))).toEqual([
      "bomb.json.gz",
      "cut.json.gz",
      "good.json",
    ]);
    await expect(usageFiles(join(folder, "gone"), folder)).rejects.toThrow("gone: cannot read the logs");
    await expect(usageFiles(join(folder, "link.json"), folder)).rejects.toThrow(
      "expected a log file or a folder",
    );
  });
});
