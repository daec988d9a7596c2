import type { Target } from "../report/report.ts";
import { plural } from "../text/count.ts";
import type { AuditInput } from "./input.ts";
import type { AuditSubject } from "./subjects.ts";

/** Clocks of two machines differ; what was recorded within it "after now" was recorded now. */
const SKEW_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

/** When the state of a target was read, and how; and whether that is too long ago. */
export function recordedOf(
  { snapshot, source, namedBy }: Pick<AuditSubject, "snapshot" | "source" | "namedBy">,
  { now, clock, maxAgeMs }: Pick<AuditInput, "now" | "clock" | "maxAgeMs">,
): Pick<Target, "recordedAt" | "source" | "namedBy" | "stale"> {
  if (source === undefined) return {};
  // What stamps the report makes nothing younger.
  const stale = source === "live" ? undefined : staleness(snapshot.takenAt, clock ?? now, maxAgeMs);
  return {
    recordedAt: snapshot.takenAt,
    source,
    ...(namedBy === undefined ? {} : { namedBy }),
    ...(stale === undefined ? {} : { stale }),
  };
}

function staleness(takenAt: string, now: string, maxAgeMs = 0): string | undefined {
  if (maxAgeMs <= 0) return undefined;
  const age = Date.parse(now) - Date.parse(takenAt);
  if (Number.isNaN(age) || age < -SKEW_MS) {
    return `recorded at ${takenAt}, which is no time before now: how old it is, is not known`;
  }
  if (age <= maxAgeMs) return undefined;
  return `recorded ${span(age)} ago, at ${takenAt}, and older than ${span(maxAgeMs)} (--max-age): what has changed since does not show`;
}

/** A length of time as people say it: hours up to two days, then days. */
function span(ms: number): string {
  if (ms < HOUR_MS) return plural(Math.max(1, Math.round(ms / 60_000)), "minute");
  const hours = Math.floor(ms / HOUR_MS);
  return hours <= 48 ? plural(hours, "hour") : plural(Math.floor(hours / 24), "day");
}
