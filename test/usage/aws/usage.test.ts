import { beforeAll, describe, expect, test } from "vitest";
import type { ServiceData } from "../../../src/access/aws/service-data.ts";
import { loadServiceData } from "../../../src/cli/job/service-data.ts";
import { trailRecords } from "../../../src/usage/aws/cloudtrail.ts";
import { AwsUsage } from "../../../src/usage/aws/usage.ts";
import { ROLE } from "../../worlds/aws-state.ts";
import { record } from "./trail.ts";

let data: ServiceData;

beforeAll(async () => {
  data = await loadServiceData();
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
