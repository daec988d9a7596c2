import type { ServiceData } from "../../access/aws/service-data.ts";
import { parsedJson, recordLines, UsageFormatError } from "../format.ts";
import { type CallGroup, type SourceKind, Tally, type UsageSource } from "../usage.ts";
import { readTrailRecord, trailRecords } from "./cloudtrail.ts";
import { isLastAccessed, type LastAccessed, readLastAccessed } from "./last-accessed.ts";
import {
  BLIND_EXPORT,
  BLIND_LAST_ACCESSED,
  BLIND_LOOKUP,
  GLOBAL_SERVICES,
  isDataAction,
  isWithinOthers,
} from "./observable.ts";

/** Ids of events that are remembered, so that one that stands in two files counts once. */
const MOST_IDS = 2_000_000;

interface OpenSource {
  readonly kind: SourceKind;
  readonly name: string;
  readonly blind: readonly string[];
  readonly problems: string[];
  from?: string;
  to?: string;
  events: number;
  calls: number;
}

/** Reads logs of AWS about one role, one after the other, and keeps what a review needs. */
export class AwsUsage {
  readonly #role: string;
  readonly #data: ServiceData;
  readonly #tally = new Tally();
  readonly #seen = new Set<string>();
  readonly #sources: OpenSource[] = [];
  readonly #reports: LastAccessed[] = [];
  #trail = false;
  #blindServices: ReadonlySet<string> = new Set();

  /** @param role ARN of the role */
  constructor(role: string, data: ServiceData) {
    this.#role = role;
    this.#data = data;
  }

  /**
   * One file's text: an export of CloudTrail, or a report of service last accessed; JSON, or a record a line.
   * @throws UsageFormatError for what is neither
   */
  addFile(name: string, source: string, text: string): void {
    const value = parsedJson(text);
    if (value !== undefined && isLastAccessed(value)) {
      this.addLastAccessed(source, value);
      return;
    }
    const records = value === undefined ? recordLines(text) : trailRecords(value);
    if (records === undefined) {
      throw new UsageFormatError(
        `${name}: expected an export of CloudTrail or a report of service last accessed, found neither`,
      );
    }
    this.addTrail("cloudtrail-file", source, BLIND_EXPORT, records);
  }

  /** What of a source could not be read. */
  addGap(kind: SourceKind, name: string, problem: string): void {
    const blind = kind === "service-last-accessed" ? BLIND_LAST_ACCESSED : BLIND_EXPORT;
    this.#open(kind, name, blind).problems.push(problem);
  }

  /** Records of CloudTrail from wherever they are. */
  addTrail(kind: SourceKind, name: string, blind: readonly string[], records: readonly unknown[]): void {
    const source = this.#open(kind, name, blind);
    let odd = 0;
    for (const record of records) {
      const read = readTrailRecord(record, this.#role, this.#data);
      if (read === undefined) {
        odd += 1;
        continue;
      }
      if (read.id !== undefined) {
        if (this.#seen.has(read.id)) continue;
        if (this.#seen.size < MOST_IDS) this.#seen.add(read.id);
      }
      source.events += 1;
      // A file without a single event shows nothing of what it would have recorded.
      this.#trail = true;
      if (source.from === undefined || read.at < source.from) source.from = read.at;
      if (source.to === undefined || read.at > source.to) source.to = read.at;
      if (read.call === undefined) continue;
      source.calls += 1;
      this.#tally.add(read.call);
    }
    if (odd > 0) source.problems.push(`${odd} of its records could not be read`);
  }

  /** The event history of one region, with the window that was read whole and what stopped it. */
  addHistory(
    region: string,
    events: readonly unknown[],
    read: { readonly from: string; readonly to: string; readonly problems: readonly string[] },
  ): void {
    const name = `cloudtrail LookupEvents ${region}`;
    this.addTrail("cloudtrail-api", name, BLIND_LOOKUP, trailRecords(events) ?? []);
    const source = this.#open("cloudtrail-api", name, BLIND_LOOKUP);
    source.from = read.from;
    source.to = read.to;
    source.problems.push(...read.problems);
    if (read.problems.length === 0) this.#trail = true;
  }

  /** Whether the one region that records the global services was read; without it their actions are not observable. */
  recordsGlobals(read: boolean): void {
    this.#blindServices = new Set(read ? [] : GLOBAL_SERVICES);
  }

  /** A report as GetServiceLastAccessedDetails gives it. */
  addLastAccessed(name: string, value: unknown): void {
    const report = readLastAccessed(value);
    const source = this.#open("service-last-accessed", name, BLIND_LAST_ACCESSED);
    source.problems.push(...report.problems);
    source.events += report.used.size + report.unused.size;
    source.calls += report.calls.length;
    if (report.completed !== undefined) source.to = report.completed;
    this.#reports.push(report);
    for (const call of report.calls) this.#tally.add(call);
  }

  #open(kind: SourceKind, name: string, blind: readonly string[]): OpenSource {
    const known = this.#sources.find((each) => each.kind === kind && each.name === name);
    if (known !== undefined) return known;
    const fresh: OpenSource = { kind, name, blind, problems: [], events: 0, calls: 0 };
    this.#sources.push(fresh);
    return fresh;
  }

  /**
   * Everything that was read. A call that last accessed information knows, and that a trail recorded with its resource,
   * stands in the trail's words alone.
   */
  finish(): {
    readonly sources: readonly UsageSource[];
    readonly calls: readonly CallGroup[];
    readonly observes: (action: string) => boolean;
  } {
    const all = this.#tally.groups();
    const told = new Set(
      all
        .filter((g) => g.resources.length > 0 && !g.refused)
        .flatMap((g) => g.actions.map((a) => a.toLowerCase())),
    );
    const calls = all.filter(
      (g) =>
        !(g.event.startsWith("service last accessed ") && g.actions.every((a) => told.has(a.toLowerCase()))),
    );
    if (this.#tally.lost > 0) {
      this.#sources[0]?.problems.push(
        `${this.#tally.lost} calls are left out: there are too many different ones`,
      );
    }
    return {
      sources: this.#sources.map((source): UsageSource => ({ ...source })),
      calls,
      observes: (action) => this.#observes(action.toLowerCase(), action),
    };
  }

  #observes(lower: string, action: string): boolean {
    const service = lower.split(":")[0] ?? "";
    const reported = this.#reports.some((r) => r.tracked.has(lower) || r.unused.has(service));
    if (isWithinOthers(action)) return false;
    if (reported) return true;
    return this.#trail && !isDataAction(action) && !this.#blindServices.has(service);
  }
}
