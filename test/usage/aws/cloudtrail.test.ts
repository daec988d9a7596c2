import { beforeAll, describe, expect, test } from "vitest";
import type { ServiceData } from "../../../src/access/aws/service-data.ts";
import { loadServiceData } from "../../../src/cli/job/service-data.ts";
import { readTrailRecord } from "../../../src/usage/aws/cloudtrail.ts";
import { ACCOUNT, REGION, ROLE } from "../../worlds/aws-state.ts";
import { record } from "./trail.ts";

let data: ServiceData;

beforeAll(async () => {
  data = await loadServiceData();
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
