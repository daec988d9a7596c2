import type { ServiceData } from "../../access/aws/service-data.ts";
import type { RecordedCall } from "../usage.ts";
import { atPath, type Json, textAt, timeAt, usageObjectOf } from "../value.ts";
import { actionsOfEvent } from "./events.ts";
import { arnPlaceOf, resourcesOfEvent } from "./resources.ts";

/** Codes that mean: no policy allowed it. (CloudTrail record contents; the services' own spellings.) */
const REFUSED = /AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden/i;

/** One record of CloudTrail. */
export interface TrailRecord {
  readonly at: string;
  /** Unique; an event can stand in several files. */
  readonly id?: string;
  /** Absent: another principal made it. */
  readonly call?: RecordedCall;
}

/**
 * The records of an export, in every form in which one comes: a delivered file (`Records`), the answer of LookupEvents
 * (`Events`, each with the record as text), a list, or a record alone. `undefined`: it is none of these.
 */
export function trailRecords(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value.map(unfolded);
  const object = usageObjectOf(value);
  if (object === undefined) return undefined;
  for (const key of ["Records", "Events"]) {
    if (!Object.hasOwn(object, key)) continue;
    const list = object[key];
    return Array.isArray(list) ? list.map(unfolded) : undefined;
  }
  return Object.hasOwn(object, "eventName") ? [object] : undefined;
}

/** An entry of LookupEvents holds the record as text. */
function unfolded(entry: unknown): unknown {
  const text = atPath(entry, "CloudTrailEvent");
  if (typeof text !== "string") return entry;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads one record. Kept are who, when, what, on which resource and the code of an error: user agents, addresses and
 * parameters of the request are not.
 * @param role ARN of the audited role
 * @returns `undefined` for what is no record of CloudTrail
 */
export function readTrailRecord(record: unknown, role: string, data: ServiceData): TrailRecord | undefined {
  const object = usageObjectOf(record);
  const when = timeAt(object, "eventTime");
  const source = textAt(object, "eventSource");
  const name = textAt(object, "eventName");
  if (object === undefined || when === undefined || source === undefined || name === undefined)
    return undefined;
  const id = textAt(object, "eventID");
  const base = { at: when, ...(id === undefined ? {} : { id }) };
  const who = callerOf(object, role);
  if (who === undefined) return base;
  const region = textAt(object, "awsRegion");
  const error = textAt(object, "errorCode");
  const actions = actionsOfEvent(source, name, data);
  const prefix = actions[0]?.split(":")[0] ?? source.split(".")[0] ?? "";
  return {
    ...base,
    call: {
      at: when,
      who,
      event: `${source} ${name}`,
      actions,
      resources: resourcesOfEvent(object, prefix, arnPlaceOf(role, region ?? "")),
      ...(region === undefined ? {} : { region }),
      ...(error === undefined ? {} : { error }),
      refused: error !== undefined && REFUSED.test(error),
    },
  };
}

/** The session's name, when a session of the role made the call; a service that acts in the role's name counts too. */
function callerOf(record: Json, role: string): string | undefined {
  const identity = atPath(record, "userIdentity");
  const arn = textAt(identity, "arn");
  const session = arn === undefined ? undefined : /:assumed-role\/([^/]+)\/(.+)$/.exec(arn);
  const issuer = textAt(identity, "sessionContext", "sessionIssuer", "arn");
  const [, , , , account = ""] = role.split(":");
  const name = role.slice(role.lastIndexOf("/") + 1);
  const mine =
    issuer === undefined ? session?.[1] === name && arn?.split(":")[4] === account : issuer === role;
  return mine ? (session?.[2] ?? name) : undefined;
}
