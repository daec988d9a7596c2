import type { RecordedCall } from "../usage.ts";
import { atPath, textAt, timeAt, usageObjectOf } from "../value.ts";

/** What IAM's last accessed information says of a role, as GetServiceLastAccessedDetails gives it at action level. */
export interface LastAccessed {
  /** When the report was made, ISO 8601. */
  readonly completed?: string;
  /** One call for each action that was used: its last time, without a resource. */
  readonly calls: readonly RecordedCall[];
  /** Services that were used, by prefix, with the last time. */
  readonly used: ReadonlyMap<string, string>;
  /** Services that the role may use by its policies and did not use within the tracking period. */
  readonly unused: ReadonlySet<string>;
  /** Actions, `service:Action` in lower case, that are tracked: not used unless a call says so. */
  readonly tracked: ReadonlySet<string>;
  readonly problems: readonly string[];
}

/** Whether a document is such a report. */
export function isLastAccessed(value: unknown): boolean {
  return Array.isArray(atPath(value, "ServicesLastAccessed"));
}

/** Reads a report; what of it is odd is a problem, never nothing. */
export function readLastAccessed(value: unknown): LastAccessed {
  const services = atPath(value, "ServicesLastAccessed");
  const completed = timeAt(value, "JobCompletionDate");
  const calls: RecordedCall[] = [];
  const used = new Map<string, string>();
  const unused = new Set<string>();
  const tracked = new Set<string>();
  const problems: string[] = [];
  const status = textAt(value, "JobStatus");
  if (status !== undefined && status !== "COMPLETED") problems.push(`the report is not complete: ${status}`);
  if (atPath(value, "IsTruncated") === true) problems.push("the report goes on on a further page");
  if (textAt(value, "JobType") === "SERVICE_LEVEL")
    problems.push("the report is of services alone; make it with granularity ACTION_LEVEL");
  for (const service of Array.isArray(services) ? services : []) {
    const prefix = textAt(service, "ServiceNamespace")?.toLowerCase();
    if (prefix === undefined) {
      problems.push("an entry names no service");
      continue;
    }
    const last = timeAt(service, "LastAuthenticated");
    if (last === undefined) unused.add(prefix);
    else used.set(prefix, last);
    const actions = atPath(service, "TrackedActionsLastAccessed");
    for (const entry of Array.isArray(actions) ? actions : []) {
      const name = textAt(entry, "ActionName");
      if (name === undefined || usageObjectOf(entry) === undefined) continue;
      const action = name.includes(":") ? name : `${prefix}:${name}`;
      tracked.add(action.toLowerCase());
      const at_ = timeAt(entry, "LastAccessedTime");
      if (at_ === undefined) continue;
      const region = textAt(entry, "LastAccessedRegion");
      const who = textAt(entry, "LastAccessedEntity");
      calls.push({
        at: at_,
        who: who === undefined ? "the role" : who.slice(who.lastIndexOf("/") + 1),
        event: `service last accessed ${action}`,
        actions: [action],
        resources: [],
        ...(region === undefined ? {} : { region }),
        refused: false,
      });
    }
  }
  return { ...(completed === undefined ? {} : { completed }), calls, used, unused, tracked, problems };
}
