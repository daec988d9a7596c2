import { describe, expect, it } from "vitest";
import { eksVersion as check, periodBefore } from "../../../src/checks/aws/eks-version.ts";
import { factsOf } from "../../../src/snapshot/facts.ts";
import {
  type AwsState,
  awsState,
  cluster,
  denied,
  snapshotOf,
  version,
  versions,
} from "../../worlds/aws-state.ts";
import { brief, control, run } from "../world.ts";

const CALENDAR = {
  asOf: "2026-11-20",
  versions: [
    { version: "1.34", released: "2025-10-02", endOfStandardSupport: "2026-12-02" },
    { version: "1.35", released: "2026-01-27", endOfStandardSupport: "2027-03-27" },
    { version: "1.36", released: "2026-06-02", endOfStandardSupport: "2027-08-02" },
    { version: "1.37", released: "2026-10-01", endOfStandardSupport: "2027-12-01" },
  ],
};
const PARAMS = { behind: 2, beforeEnd: "P1M", calendar: CALENDAR };

function look(changes: Partial<AwsState>, params: object = {}) {
  const facts = factsOf(snapshotOf(awsState(changes)));
  return run(check, facts, control("window", check.id, { ...PARAMS, ...params })).map((o) =>
    o.kind === "drift"
      ? `${o.drift} ${o.resource.name} ${o.property}: ${JSON.stringify(o.actual)}, not ${JSON.stringify(o.expected)} ${o.at}`
      : brief(o),
  );
}

const ONE = "assessed 1 cluster version";
const on = (v: unknown) => ({ clusters: [cluster({ version: v })] });
const unread = [denied("aws/eks-version", "DescribeClusterVersions", "eks:DescribeClusterVersions")];

describe("aws/eks-version", () => {
  it.each<[string, Partial<AwsState>, readonly string[], object?]>([
    ["the newest", on("1.37"), [ONE]],
    ["two behind the newest", on("1.35"), [ONE]],
    [
      "three behind, and 11 days before the end",
      on("1.34"),
      [
        'expired chalk behind: "1.34", not "1.35 or newer" /behind',
        'expired chalk support: "2026-12-02", not "before 2026-11-02" /beforeEnd',
        ONE,
      ],
    ],
    [
      "two behind, but within a month of the end",
      { ...on("1.35"), takenAt: "2027-02-27T00:00:00Z" },
      ['expired chalk support: "2027-03-27", not "before 2027-02-27" /beforeEnd', ONE],
    ],
    ["the last moment before that", { ...on("1.35"), takenAt: "2027-02-26T23:59:59Z" }, [ONE]],
    [
      "past the end",
      { ...on("1.35"), takenAt: "2027-04-01T00:00:00Z" },
      ['expired chalk support: "2027-03-27", not "before 2027-02-27" /beforeEnd', ONE],
    ],
    [
      "by thirty days instead of a month",
      { ...on("1.35"), takenAt: "2027-02-25T00:00:00Z" },
      ['expired chalk support: "2027-03-27", not "before 2027-02-25" /beforeEnd', ONE],
      { beforeEnd: "P30D" },
    ],
    [
      "a version that is announced and not out yet is not the newest",
      {
        ...on("1.35"),
        versions: [...versions, version("1.38", "2027-02-01T00:00:00Z", "2028-04-01T00:00:00Z")],
      },
      [ONE],
    ],
    [
      "one that is no longer supported is not offered",
      {
        ...on("1.35"),
        versions: [
          ...versions,
          version("1.39", "2020-01-01", "2021-01-01", { versionStatus: "UNSUPPORTED" }),
        ],
      },
      [ONE],
    ],
    [
      "dates as seconds, the older name of the status, a patch version",
      {
        ...on("1.36.2"),
        versions: [
          {
            clusterVersion: "1.36",
            releaseDate: 1_780_000_000,
            endOfStandardSupportDate: 1_817_000_000,
            status: "standard-support",
          },
        ],
      },
      [ONE],
    ],
    ["no version", on(undefined), ["unknown | (version)"]],
    ["a version that is none", on("latest"), ["unknown | (version)"]],
    [
      "a version of long ago, of which nothing is listed",
      on("1.21"),
      [
        'expired chalk behind: "1.21", not "1.35 or newer" /behind',
        'expired chalk support: "1.21", not "a version in standard support" /beforeEnd',
        ONE,
      ],
    ],
    ["newer than all that is listed: no end is known", on("1.40"), ["unknown | (support)", ONE]],
    ["no cluster", { clusters: [] }, ["unknown | (cluster)"]],
    ["two clusters", { clusters: [cluster(), cluster({ name: "b" })] }, ["unknown | (cluster)"]],
    ["two, and one named", { clusters: [cluster(), cluster({ name: "b" })] }, [ONE], { cluster: "b" }],
    [
      "one named by ARN",
      { clusters: [cluster(), cluster({ name: "b" })] },
      [ONE],
      { cluster: "arn:aws:eks:eu-west-1:123456789012:cluster/b" },
    ],
    ["one named that is not there", {}, ['absent c cluster: null, not "c" /cluster'], { cluster: "c" }],
  ])("%s", (_, changes, expected, params = {}) => {
    expect(look(changes, params)).toEqual(expected);
  });

  it.each<[string, Partial<AwsState>, readonly string[]]>([
    ["right after it was made", on("1.36"), [ONE]],
    [
      "an old version fails all the same",
      on("1.34"),
      [
        'expired chalk behind: "1.34", not "1.35 or newer" /behind',
        'expired chalk support: "2026-12-02", not "before 2026-11-02" /beforeEnd',
        ONE,
      ],
    ],
    [
      "long after, nobody knows which is the newest",
      { ...on("1.37"), takenAt: "2027-04-01T00:00:00Z" },
      ["unknown | (behind)", ONE],
    ],
    [
      "long after, the end of support is known",
      { ...on("1.35"), takenAt: "2027-03-20T00:00:00Z" },
      ["unknown | (behind)", 'expired chalk support: "2027-03-27", not "before 2027-02-27" /beforeEnd', ONE],
    ],
  ])("by the baseline's own table: %s", (_, changes, expected) => {
    expect(look({ ...changes, versions: [], unread })).toEqual(expected);
  });

  it.each([
    ["2027-03-31", "P1M", "2027-02-28"],
    ["2028-03-31", "P1M", "2028-02-29"],
    ["2027-01-15", "P1M", "2026-12-15"],
    ["2027-05-31", "P2M", "2027-03-31"],
    ["2027-03-01", "P1D", "2027-02-28"],
    ["2027-03-31", "P1M1D", "2027-02-27"],
  ])("%s less %s is %s", (from, period, to) => {
    expect(new Date(periodBefore(Date.parse(from), period) ?? 0).toISOString().slice(0, 10)).toBe(to);
  });

  it.each(["P", "P1Y", "1M", "", "P1M2"])("%j is no period", (period) => {
    expect(periodBefore(0, period)).toBeUndefined();
  });
});
