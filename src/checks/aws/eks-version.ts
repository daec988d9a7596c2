import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import type { NamedResource } from "../../state/aws/home.ts";
import { command } from "../../text/command.ts";
import { absentThing, chosenCluster } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Entry {
  readonly version: string;
  readonly released: string;
  readonly endOfStandardSupport: string;
}

interface Params {
  readonly cluster?: string;
  readonly behind: number;
  readonly beforeEnd: string;
  readonly calendar: { readonly asOf: string; readonly versions: readonly Entry[] };
}

/** A version that EKS offers. Times in milliseconds, UTC. */
interface Offered {
  readonly major: number;
  readonly minor: number;
  readonly version: string;
  readonly end: number | undefined;
}

interface Calendar {
  readonly offered: readonly Offered[];
  /** Where it is from, for people. */
  readonly source: string;
  /** Newer versions may have come since: only what does not depend on them is certain. */
  readonly stale: boolean;
}

const TYPE = "AWS::EKS::Cluster";
const DAY = 86_400_000;
/** EKS brings a version about every four months; a table older than this may lack the newest one. */
const STALE_AFTER = 100 * DAY;

function parseVersion(version: string): { major: number; minor: number } | undefined {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})(?:\.|$|[-+])/.exec(version) ?? [];
  return major === undefined || minor === undefined
    ? undefined
    : { major: Number(major), minor: Number(minor) };
}

/** A time as EKS, its SDK or a table writes it: ISO 8601, or seconds since 1970. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return value * 1000;
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * The time a period before another: `P1M` is a calendar month (the same day of the month before, or its last day),
 * `P30D` thirty days.
 */
export function periodBefore(time: number, period: string): number | undefined {
  const [, months, days] = /^P(?:(\d{1,3})M)?(?:(\d{1,4})D)?$/.exec(period) ?? [];
  if (months === undefined && days === undefined) return undefined;
  const date = new Date(time);
  if (months !== undefined) {
    const dayOfMonth = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() - Number(months));
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    date.setUTCDate(Math.min(dayOfMonth, last));
  }
  return date.getTime() - Number(days ?? "0") * DAY;
}

/** What the account says, else the table of the baseline. */
function calendarOf(facts: Facts, params: Params, now: number): Calendar {
  const told = facts.all("aws/eks-version").flatMap(({ id, body }): Offered[] => {
    const version = text(field(body, "clusterVersion")) ?? id;
    const parsed = parseVersion(version);
    const released = timeOf(field(body, "releaseDate"));
    const status = text(field(body, "versionStatus")) ?? text(field(body, "status")) ?? "";
    if (parsed === undefined || (released !== undefined && released > now)) return [];
    // A version that is past everything is still an end to compare with, but never the newest.
    if (/^unsupported$/i.test(status.replaceAll(/[-_]/g, ""))) return [];
    return [{ ...parsed, version, end: timeOf(field(body, "endOfStandardSupportDate")) }];
  });
  if (told.length > 0) return { offered: told, source: "DescribeClusterVersions", stale: false };
  const { asOf, versions } = params.calendar;
  const listed = versions.flatMap((entry): Offered[] => {
    const parsed = parseVersion(entry.version);
    const released = timeOf(entry.released);
    if (parsed === undefined || released === undefined || released > now) return [];
    return [{ ...parsed, version: entry.version, end: timeOf(entry.endOfStandardSupport) }];
  });
  const made = timeOf(asOf) ?? 0;
  return {
    offered: listed,
    source: `the baseline's table of ${asOf}`,
    stale: Math.abs(now - made) > STALE_AFTER && now > made,
  };
}

function newestOf(offered: readonly Offered[]): Offered | undefined {
  return [...offered].sort((a, b) => b.major - a.major || b.minor - a.minor)[0];
}

function seen(cluster: NamedResource) {
  return {
    resource: { type: TYPE, id: cluster.id, name: cluster.name },
    verify: command("aws", "eks", "describe-cluster", "--name", cluster.name, "--query", "cluster.version"),
  };
}

function upgrade(cluster: NamedResource, next: string) {
  return {
    text: "Upgrade the cluster one minor version at a time, and its node groups after it.",
    commands: [
      command("aws", "eks", "update-cluster-version", "--name", cluster.name, "--kubernetes-version", next),
    ],
  };
}

function* judge(facts: Facts, params: Params, cluster: NamedResource): Iterable<Observation> {
  const now = Date.parse(facts.takenAt);
  const version = text(field(cluster.body, "version")) ?? "";
  const live = parseVersion(version);
  if (live === undefined) {
    yield {
      ...seen(cluster),
      kind: "unknown",
      message: `cluster ${cluster.name} came ${version === "" ? "without a version" : `with the version "${version}"`}`,
      property: "version",
      decide: "read the cluster again",
    };
    return;
  }
  const calendar = calendarOf(facts, params, now);
  const newest = newestOf(calendar.offered);
  if (newest === undefined) {
    yield {
      ...seen(cluster),
      kind: "unknown",
      message: `which versions EKS offers is not known: neither the account nor the baseline's table says`,
      property: "calendar",
      decide: "read DescribeClusterVersions",
      at: "/calendar",
    };
    return;
  }
  const next = `${live.major}.${live.minor + 1}`;
  const behind = newest.major === live.major ? newest.minor - live.minor : Number.POSITIVE_INFINITY;
  if (behind > params.behind) {
    yield {
      ...seen(cluster),
      kind: "drift",
      drift: "expired",
      message: `cluster ${cluster.name} runs ${version}, ${behind === Number.POSITIVE_INFINITY ? "another major version than" : `${behind} minor versions behind`} the newest, ${newest.version} (${calendar.source}); at most ${params.behind} are supported`,
      property: "behind",
      expected: `${newest.major}.${newest.minor - params.behind} or newer`,
      actual: version,
      at: "/behind",
      remediation: upgrade(cluster, next),
    };
  } else if (calendar.stale) {
    yield {
      ...seen(cluster),
      kind: "unknown",
      message: `cluster ${cluster.name} runs ${version}; how far that is behind the newest is not known: ${calendar.source} is the only calendar, and EKS may have brought newer versions since`,
      property: "behind",
      decide: "grant the scanner eks:DescribeClusterVersions",
      at: "/calendar/asOf",
    };
  }
  yield* judgeSupport(params, cluster, { version, live, next, calendar, now });
  yield { kind: "assessed", count: 1, what: "cluster version" };
}

interface Running {
  readonly version: string;
  readonly live: { readonly major: number; readonly minor: number };
  readonly next: string;
  readonly calendar: Calendar;
  readonly now: number;
}

function* judgeSupport(params: Params, cluster: NamedResource, running: Running): Iterable<Observation> {
  const { version, live, next, calendar, now } = running;
  const own = calendar.offered.find((o) => o.major === live.major && o.minor === live.minor);
  const listed = params.calendar.versions.find((e) => {
    const entry = parseVersion(e.version);
    return entry?.major === live.major && entry.minor === live.minor;
  });
  // The end of a version's support does not move: the table serves where the account says nothing of this version.
  const end = own?.end ?? timeOf(listed?.endOfStandardSupport);
  if (end === undefined) {
    const older = calendar.offered.every((o) => o.major > live.major || o.minor > live.minor);
    if (older && calendar.offered.length > 0) {
      yield {
        ...seen(cluster),
        kind: "drift",
        drift: "expired",
        message: `cluster ${cluster.name} runs ${version}, which EKS no longer supports at all (${calendar.source})`,
        property: "support",
        expected: "a version in standard support",
        actual: version,
        at: "/beforeEnd",
        remediation: upgrade(cluster, next),
      };
      return;
    }
    yield {
      ...seen(cluster),
      kind: "unknown",
      message: `when standard support of ${version} ends is not known: ${calendar.source} does not have it`,
      property: "support",
      decide: "grant the scanner eks:DescribeClusterVersions",
      at: "/calendar",
    };
    return;
  }
  const latest = periodBefore(end, params.beforeEnd);
  if (latest === undefined) throw new Error(`"${params.beforeEnd}" is no period such as P1M or P30D`);
  if (now < latest) return;
  const left = Math.floor((end - now) / DAY);
  const when =
    now >= end
      ? `ended on ${day(end)}`
      : `ends on ${day(end)}, ${left} day${left === 1 ? "" : "s"} after this was read on ${day(now)}; it was to be upgraded by ${day(latest)}`;
  yield {
    ...seen(cluster),
    kind: "drift",
    drift: "expired",
    message: `cluster ${cluster.name} runs ${version}, whose standard support ${when} (${own?.end === undefined ? `the baseline's table of ${params.calendar.asOf}` : calendar.source})`,
    property: "support",
    expected: `before ${day(latest)}`,
    actual: day(end),
    at: "/beforeEnd",
    remediation: upgrade(cluster, next),
  };
}

/** The cluster's version is near the newest and stays in standard support for a while. */
export const eksVersion: Check = {
  id: "aws/eks-version",
  cloud: "aws",
  title: "The cluster's version is recent, and in standard support for a while yet",
  help: `The cluster's minor version is at most so many behind the newest that EKS offers, and the end of its standard support is further away than the period given. The clock is the time at which the state was recorded.

The calendar is what the account says (DescribeClusterVersions). Where that cannot be read the dated table of the baseline serves: the end of a version's support does not move. But which version is the newest may be out of date in it: after 100 days that part is unknown, unless it fails already.

The cluster is the one given, else the only one. Where there are several the result is unknown and names them.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["behind", "beforeEnd", "calendar"],
    properties: {
      cluster: { type: "string", minLength: 1, description: "name or ARN; absent: the only one" },
      behind: { type: "integer", minimum: 0, description: "minor versions behind the newest, at most" },
      beforeEnd: {
        type: "string",
        pattern: "^P(?=\\d)(?:\\d{1,3}M)?(?:\\d{1,4}D)?$",
        description: "how long before the end of standard support it must be upgraded: P1M, P30D",
      },
      calendar: {
        type: "object",
        additionalProperties: false,
        required: ["asOf", "versions"],
        description: "for accounts that do not tell",
        properties: {
          asOf: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "date of the table" },
          versions: {
            type: "array",
            minItems: 1,
            items: {
              type: "object",
              additionalProperties: false,
              required: ["version", "released", "endOfStandardSupport"],
              properties: {
                version: { type: "string", pattern: "^\\d+\\.\\d+$", description: "minor version" },
                released: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
                endOfStandardSupport: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
              },
            },
          },
        },
      },
    },
  },
  needs: () => ["aws/eks-cluster", "aws/eks-version"],
  tolerates: ["aws/eks-version"],
  drifts: {
    expired: {
      short: "The cluster's version is too old, or about to leave standard support.",
      help: "It is further behind the newest version than the vendor supports, or the end of its standard support is nearer than agreed, or past: then AWS charges for extended support, and in the end upgrades by itself. Upgrade one minor version at a time.",
    },
    absent: {
      short: "The cluster does not exist.",
      help: "No EKS cluster of that name was found in the region that was read.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const chosen = chosenCluster(facts, params.cluster);
    if (chosen.kind === "unclear") {
      yield chosen.observation;
      return;
    }
    if (chosen.kind === "absent") {
      yield absentThing("EKS cluster", chosen.wanted, facts);
      return;
    }
    yield* judge(facts, params, chosen.one);
  },
};
