import { beforeAll, describe, expect, test } from "vitest";
import type { ServiceData } from "../../../src/access/aws/service-data.ts";
import { loadServiceData } from "../../../src/cli/job/service-data.ts";
import { actionsOfEvent } from "../../../src/usage/aws/events.ts";

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
