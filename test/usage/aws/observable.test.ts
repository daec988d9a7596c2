import { beforeAll, describe, expect, test } from "vitest";
import type { ServiceData } from "../../../src/access/aws/service-data.ts";
import { loadServiceData } from "../../../src/cli/job/service-data.ts";
import { readLastAccessed } from "../../../src/usage/aws/last-accessed.ts";
import { isDataAction, isWithinOthers } from "../../../src/usage/aws/observable.ts";
import { AwsUsage } from "../../../src/usage/aws/usage.ts";
import { REGION, ROLE } from "../../worlds/aws-state.ts";

let data: ServiceData;

beforeAll(async () => {
  data = await loadServiceData();
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
