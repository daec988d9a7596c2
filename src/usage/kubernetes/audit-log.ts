import type { KubernetesRequest } from "../../access/policy.ts";
import { parsedJson } from "../format.ts";
import { atPath, textAt, timeAt, usageObjectOf } from "../value.ts";

/** How far a request had come when the event was written; the last two end it. */
const STAGES = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"] as const;

export type AuditStage = (typeof STAGES)[number];

/** What one event of an audit log says of a request: who and what, and never a body or a query. */
export interface AuditEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The same for all events of a request. */
  readonly id?: string;
  readonly stage: AuditStage;
  /** Who signed in. */
  readonly user: string;
  /** As whom the request was made, where that is somebody else, and what had to be allowed for it. */
  readonly as?: { readonly user: string; readonly requests: readonly KubernetesRequest[] };
  /** The pod that the credentials were made for. */
  readonly pod?: string;
  /** What the authorizer was asked. */
  readonly request: KubernetesRequest;
  /** The object's name, also where no name comes with the request. */
  readonly object?: string;
  /** The status of HTTP, when it was answered. */
  readonly code?: number;
  /** What the authorizer said, where the event tells. */
  readonly decision?: "allow" | "forbid";
}

/** One piece of a log: an event, a line of another log (`other`), or what cannot be read (`undefined`). */
export type LogPiece = AuditEvent | "other" | undefined;

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const IDENTITY = "authentication.k8s.io";

/**
 * The events of a log: a JSON object a line as the API server writes them, an EventList as it posts them, and the same
 * as text inside the entries of a managed cluster's log service. Source: Kubernetes documentation, "Auditing", and
 * the API audit.k8s.io/v1.
 */
export function* auditEvents(text: string): Iterable<LogPiece> {
  const whole = parsedJson(text);
  if (whole !== undefined) {
    yield* pieces(whole, 0);
    return;
  }
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    // An exported line may begin with its time.
    const value = parsedJson(line) ?? parsedJson(line.slice(Math.max(0, line.indexOf("{"))));
    if (value === undefined)
      yield line.includes(API) || line.trimStart().startsWith("{") ? undefined : "other";
    else yield* pieces(value, 0);
  }
}

const API = "audit.k8s.io/";
/** Lists of entries, of the API and of log services. */
const LISTS = ["items", "events", "records", "results", "value"] as const;
/** Where an entry of a log service has the line. */
const LINES = [["message"], ["@message"], ["log"], ["log_s"], ["Log"], ["properties", "log"]] as const;
/** How deep lists and entries are looked into. */
const DEPTH = 5;

function* pieces(value: unknown, depth: number): Iterable<LogPiece> {
  if (depth > DEPTH) {
    yield undefined;
    return;
  }
  if (Array.isArray(value)) {
    for (const each of value) yield* pieces(each, depth + 1);
    return;
  }
  const api = atPath(value, "apiVersion");
  if (atPath(value, "kind") === "Event" && typeof api === "string" && api.startsWith(API)) {
    yield readAuditEvent(value);
    return;
  }
  const list = LISTS.map((key) => atPath(value, key)).find(Array.isArray);
  if (list !== undefined) {
    yield* pieces(list, depth + 1);
    return;
  }
  const field = atPath(value, "field");
  const lines =
    typeof field === "string" ? [atPath(value, "value")] : LINES.map((path) => atPath(value, ...path));
  const line = lines.find((each) => typeof each === "string");
  if (line === undefined) yield undefined;
  else if (!line.includes(API)) yield "other";
  else yield* pieces(parsedJson(line), depth + 1);
}

/** One event; `undefined` for what is none, or lacks what makes it one. */
export function readAuditEvent(event: unknown): AuditEvent | undefined {
  const when = timeAt(event, "stageTimestamp") ?? timeAt(event, "requestReceivedTimestamp");
  const stage = STAGES.find((each) => each === atPath(event, "stage"));
  const user = textAt(event, "user", "username");
  const request = requestOf(event);
  if (when === undefined || stage === undefined || user === undefined || request === undefined)
    return undefined;
  const id = textAt(event, "auditID");
  const other = textAt(event, "impersonatedUser", "username");
  const pods = atPath(event, "user", "extra", "authentication.kubernetes.io/pod-name");
  const pod = Array.isArray(pods) ? textAt({ pod: pods[0] as unknown }, "pod") : undefined;
  const object = textAt(event, "objectRef", "name");
  const code = atPath(event, "responseStatus", "code");
  const decision = atPath(event, "annotations", "authorization.k8s.io/decision");
  return {
    at: when,
    ...(id === undefined ? {} : { id }),
    stage,
    user,
    ...(other === undefined ? {} : { as: { user: other, requests: impersonation(event, other) } }),
    ...(pod === undefined ? {} : { pod }),
    request,
    ...(object === undefined ? {} : { object }),
    ...(typeof code === "number" ? { code } : {}),
    ...(decision === "allow" || decision === "forbid" ? { decision } : {}),
  };
}

function requestOf(event: unknown): KubernetesRequest | undefined {
  const verb = textAt(event, "verb");
  if (verb === undefined) return undefined;
  if (usageObjectOf(atPath(event, "objectRef")) === undefined) {
    // The query may hold anything, a command among it.
    const url = textAt(event, "requestURI")?.replace(/[?#].*$/s, "");
    return url?.startsWith("/") === true ? { verb, url } : undefined;
  }
  const resource = textAt(event, "objectRef", "resource");
  if (resource === undefined) return undefined;
  const subresource = textAt(event, "objectRef", "subresource");
  const name = textAt(event, "objectRef", "name");
  const namespace = textAt(event, "objectRef", "namespace");
  // The log puts in the name of what was made; the request came without one (K2).
  const nameless = verb === "deletecollection" || (verb === "create" && subresource === undefined);
  return {
    verb,
    group: textAt(event, "objectRef", "apiGroup") ?? "",
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined || nameless ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/**
 * What whoever made the request had to be allowed for it. Source: Kubernetes documentation, "User impersonation". Of
 * groups, those that the server adds by itself are no request.
 */
function impersonation(event: unknown, user: string): readonly KubernetesRequest[] {
  const [, namespace, name] = ACCOUNT.exec(user) ?? [];
  const own = new Set(["system:authenticated", "system:unauthenticated"]);
  if (namespace !== undefined) {
    own.add("system:serviceaccounts");
    own.add(`system:serviceaccounts:${namespace}`);
  }
  const verb = "impersonate";
  const asked = (resource: string, value: string, group = "", subresource?: string): KubernetesRequest => ({
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    name: value,
  });
  const texts = (value: unknown): readonly string[] =>
    Array.isArray(value) ? value.flatMap((each: unknown) => textAt({ each }, "each") ?? []) : [];
  const uid = textAt(event, "impersonatedUser", "uid");
  const extra = usageObjectOf(atPath(event, "impersonatedUser", "extra")) ?? {};
  return [
    namespace !== undefined && name !== undefined
      ? { verb, group: "", resource: "serviceaccounts", name, namespace }
      : asked("users", user),
    ...texts(atPath(event, "impersonatedUser", "groups"))
      .filter((group) => !own.has(group))
      .map((group) => asked("groups", group)),
    ...(uid === undefined ? [] : [asked("uids", uid, IDENTITY)]),
    ...Object.keys(extra).flatMap((key) =>
      texts(extra[key]).map((value) => asked("userextras", value, IDENTITY, key)),
    ),
  ];
}
