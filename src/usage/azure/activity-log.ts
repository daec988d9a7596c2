import { parsedJson, recordLines, UsageFormatError } from "../format.ts";
import { type CallGroup, type RecordedCall, type SourceKind, Tally, type UsageSource } from "../usage.ts";
import { atPath, textAt, timeAt, usageObjectOf } from "../value.ts";

/**
 * What the Activity Log cannot show. Source: Azure Monitor, "Azure Monitor activity log" and its event schema: write,
 * delete and action operations of the control plane, kept for 90 days.
 */
export const BLIND_ACTIVITY_LOG: readonly string[] = [
  "operations that only read: the Activity Log has none of them",
  "the data plane (blobs, secrets, queues): a resource records it in logs of its own, where they were set up",
  "anything older than 90 days, but for what was exported before",
];

const CLAIM_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier";

/** Codes of a refusal. */
const REFUSED = /AuthorizationFailed|Forbidden|LinkedAuthorizationFailed|AuthorizationPermissionMismatch/i;

/** One event about the principal, or about another (`call` absent); `undefined` for what is none. */
export function readActivityEvent(
  event: unknown,
  principal: string,
): { readonly at: string; readonly id?: string; readonly call?: RecordedCall } | undefined {
  const object = usageObjectOf(event);
  const when = timeAt(object, "eventTimestamp") ?? timeAt(object, "time");
  const operation = named(atPath(object, "operationName")) ?? textAt(object, "authorization", "action");
  if (object === undefined || when === undefined || operation === undefined) return undefined;
  const id = textAt(object, "eventDataId");
  const base = { at: when, ...(id === undefined ? {} : { id }) };
  const oid =
    textAt(object, "claims", CLAIM_OBJECT_ID) ?? textAt(object, "identity", "claims", CLAIM_OBJECT_ID);
  const caller = textAt(object, "caller");
  const wanted = principal.toLowerCase();
  if (oid === undefined ? caller?.toLowerCase() !== wanted : oid.toLowerCase() !== wanted) return base;
  const action =
    textAt(object, "authorization", "action") ??
    textAt(object, "identity", "authorization", "action") ??
    operation;
  const scope =
    textAt(object, "authorization", "scope") ??
    textAt(object, "identity", "authorization", "scope") ??
    textAt(object, "resourceId");
  const status = named(atPath(object, "status")) ?? textAt(object, "resultType");
  const sub = named(atPath(object, "subStatus")) ?? textAt(object, "resultSignature");
  const failed = status !== undefined && /^(?:failed|failure)$/i.test(status);
  const error = failed ? (sub ?? status) : undefined;
  return {
    ...base,
    call: {
      at: when,
      who: caller ?? oid ?? principal,
      event: operation,
      actions: /^[^/\s]+(?:\/[^/\s]+)+$/.test(action) ? [action] : [],
      resources: scope === undefined ? [] : [scope],
      ...(error === undefined ? {} : { error }),
      refused:
        failed &&
        (REFUSED.test(sub ?? "") || REFUSED.test(textAt(object, "properties", "statusMessage") ?? "")),
    },
  };
}

/** A text, or the `value` of a localised one. */
function named(value: unknown): string | undefined {
  return typeof value === "string" ? textAt({ value }, "value") : textAt(value, "value");
}

/** Reads the Activity Log about one principal: exports, and the API's answers. */
export class AzureUsage {
  readonly #principal: string;
  readonly #tally = new Tally();
  readonly #seen = new Set<string>();
  readonly #sources = new Map<
    string,
    {
      kind: SourceKind;
      name: string;
      problems: string[];
      from?: string;
      to?: string;
      events: number;
      calls: number;
    }
  >();

  /** @param principal its object id */
  constructor(principal: string) {
    this.#principal = principal;
  }

  /**
   * An export: the API's answer (`value`), the CLI's list, `records` of a storage account, or an event a line.
   * @throws UsageFormatError for what is none
   */
  addFile(name: string, source: string, text: string): void {
    const value = parsedJson(text);
    const list = Array.isArray(value) ? value : (atPath(value, "value") ?? atPath(value, "records"));
    const events = Array.isArray(list)
      ? list
      : value === undefined
        ? recordLines(text)
        : usageObjectOf(value)?.["eventTimestamp"] === undefined
          ? undefined
          : [value];
    if (events === undefined) {
      throw new UsageFormatError(`${name}: expected an export of the Activity Log, found none`);
    }
    this.#add("activity-log-file", source, events);
  }

  /** What the API gave, with the window that was read whole and what stopped it. */
  addHistory(
    events: readonly unknown[],
    read: { readonly from: string; readonly to: string; readonly problems: readonly string[] },
  ): void {
    const name = "Activity Log API";
    this.#add("activity-log-api", name, events);
    const source = this.#open("activity-log-api", name);
    source.from = read.from;
    source.to = read.to;
    source.problems.push(...read.problems);
  }

  /** What of a source could not be read. */
  addGap(kind: SourceKind, name: string, problem: string): void {
    this.#open(kind, name).problems.push(problem);
  }

  #open(kind: SourceKind, name: string) {
    const key = `${kind} ${name}`;
    const known = this.#sources.get(key) ?? { kind, name, problems: [], events: 0, calls: 0 };
    this.#sources.set(key, known);
    return known;
  }

  #add(kind: SourceKind, name: string, events: readonly unknown[]): void {
    const source = this.#open(kind, name);
    let odd = 0;
    for (const event of events) {
      const read = readActivityEvent(event, this.#principal);
      if (read === undefined) {
        odd += 1;
        continue;
      }
      if (read.id !== undefined) {
        if (this.#seen.has(read.id)) continue;
        this.#seen.add(read.id);
      }
      source.events += 1;
      if (source.from === undefined || read.at < source.from) source.from = read.at;
      if (source.to === undefined || read.at > source.to) source.to = read.at;
      if (read.call === undefined) continue;
      source.calls += 1;
      this.#tally.add(read.call);
    }
    if (odd > 0) source.problems.push(`${odd} of its events could not be read`);
  }

  /** Everything that was read. */
  finish(): {
    readonly sources: readonly UsageSource[];
    readonly calls: readonly CallGroup[];
    readonly observes: (action: string) => boolean;
  } {
    const sources = [...this.#sources.values()];
    if (this.#tally.lost > 0)
      sources[0]?.problems.push(`${this.#tally.lost} calls are left out: there are too many different ones`);
    const seen = sources.some(
      ({ kind, events, problems }) => events > 0 || (kind === "activity-log-api" && problems.length === 0),
    );
    return {
      sources: sources.map((source): UsageSource => ({ ...source, blind: BLIND_ACTIVITY_LOG })),
      calls: this.#tally.groups(),
      observes: (action) => seen && /\/(?:write|delete|action)$/i.test(action),
    };
  }
}
