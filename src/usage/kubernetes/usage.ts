import type { KubernetesRequest } from "../../access/policy.ts";
import { UsageFormatError } from "../format.ts";
import { type CallGroup, MOST_GROUPS, type SourceKind, type UsageSource } from "../usage.ts";
import { type AuditEvent, auditEvents } from "./audit-log.ts";

/**
 * What an audit log cannot show. Source: Kubernetes documentation, "Auditing" (levels and rules of a policy), and
 * "Using RBAC authorization" (privilege escalation prevention).
 */
export const BLIND_AUDIT_LOG: readonly string[] = [
  "what the cluster's audit policy leaves out (level None): the log does not tell; an operation that no request of anybody in it shows counts as not observable",
  "further permissions that the server asks for within one request: escalate and bind when roles and bindings are written, create when an apply makes the object, use of what a webhook guards",
  "anything before the first of its events or after the last",
];

/** Requests of one account that are alike in what the authorizer is asked. */
export interface KubernetesCalls extends CallGroup {
  /** `namespace/name` */
  readonly account: string;
  /** Without the name of an object that no rule names. */
  readonly request: KubernetesRequest;
}

export interface KubernetesUsageRead {
  readonly sources: readonly UsageSource[];
  readonly calls: readonly KubernetesCalls[];
  /** Whether the logs show such a request of anybody. */
  readonly shows: (request: KubernetesRequest) => boolean;
  /** Accounts of which the logs have nothing. */
  readonly silent: readonly string[];
}

/** Objects and callers that a group names. */
const MOST_NAMED = 5;
/** Kinds of requests that are remembered as seen; a cluster serves some hundreds. */
const MOST_SHAPES = 50_000;

interface Growing {
  readonly account: string;
  readonly request: KubernetesRequest;
  readonly error: string | undefined;
  readonly refused: boolean;
  readonly who: Set<string>;
  readonly objects: Set<string>;
  count: number;
  first: string;
  last: string;
}

interface Source {
  readonly kind: SourceKind;
  readonly name: string;
  readonly problems: string[];
  from?: string;
  to?: string;
  events: number;
  calls: number;
  odd: number;
}

/** Reads audit logs of an API server about some service accounts, in bounded memory. */
export class KubernetesUsage {
  readonly #accounts: ReadonlyMap<string, string>;
  readonly #names: ReadonlySet<string>;
  readonly #groups = new Map<string, Growing>();
  readonly #shapes = new Set<string>();
  readonly #done = new Set<string>();
  /** Requests of the accounts that have begun and not ended, by their id. */
  readonly #begun = new Map<string, { readonly event: AuditEvent; readonly source: Source }>();
  readonly #sources = new Map<string, Source>();
  #lost = 0;

  /**
   * @param accounts user name → `namespace/name`
   * @param names names of objects that some rule names; requests on all others are counted together
   */
  constructor(accounts: ReadonlyMap<string, string>, names: ReadonlySet<string> = new Set()) {
    this.#accounts = accounts;
    this.#names = names;
  }

  /**
   * One log file.
   * @throws UsageFormatError for a text without an event
   */
  addFile(name: string, source: string, text: string): void {
    let [events, odd] = [0, 0];
    const read = this.#sources.get(source) ?? this.#open(source);
    for (const piece of auditEvents(text)) {
      if (piece === "other") continue;
      if (piece === undefined) {
        odd += 1;
        continue;
      }
      events += 1;
      this.#add(piece, read);
    }
    if (events === 0) {
      if (read.events === 0 && read.problems.length === 0) this.#sources.delete(source);
      throw new UsageFormatError(
        `${name}: expected an audit log of Kubernetes (events of audit.k8s.io, a line each), found ${odd === 0 ? "no event" : "none that can be read"}`,
      );
    }
    read.odd += odd;
  }

  /** What of a source could not be read. */
  addGap(_kind: SourceKind, source: string, problem: string): void {
    (this.#sources.get(source) ?? this.#open(source)).problems.push(problem);
  }

  #open(name: string): Source {
    const source: Source = { kind: "kubernetes-audit-file", name, problems: [], events: 0, calls: 0, odd: 0 };
    this.#sources.set(name, source);
    return source;
  }

  #add(event: AuditEvent, source: Source): void {
    source.events += 1;
    if (source.from === undefined || event.at < source.from) source.from = event.at;
    if (source.to === undefined || event.at > source.to) source.to = event.at;
    if (this.#shapes.size < MOST_SHAPES) this.#shapes.add(shapeOf(event.request));
    if (!this.#accounts.has(event.user) && !this.#accounts.has(event.as?.user ?? "")) return;
    const ended = event.stage === "ResponseComplete" || event.stage === "Panic";
    const { id } = event;
    if (id !== undefined) {
      if (this.#done.has(id)) return;
      const before = this.#begun.get(id);
      if (!ended) {
        if (before?.event.stage !== "ResponseStarted") this.#begun.set(id, { event, source });
        return;
      }
      this.#begun.delete(id);
      this.#done.add(id);
    } else if (!ended) return;
    this.#count(event, source);
  }

  #count(event: AuditEvent, source: Source): void {
    const { user, as, pod, code } = event;
    // An answer of 403 by an admission controller comes after the permission was used.
    const refused = event.decision === "forbid" || (event.decision === undefined && code === 403);
    const error = code === undefined || code < 400 ? undefined : String(code);
    const signedIn = this.#accounts.get(user);
    const made = this.#accounts.get(as?.user ?? user);
    if (made !== undefined || signedIn !== undefined) source.calls += 1;
    const outcome = { error, refused, at: event.at };
    if (made !== undefined) {
      const who = as === undefined ? (pod === undefined ? made : `pod ${pod}`) : `${user}, impersonating`;
      this.#tally(made, event.request, who, event.object, outcome);
    }
    if (signedIn === undefined || as === undefined) return;
    for (const request of as.requests) {
      const named = "url" in request ? undefined : request.name;
      // That somebody else's request was refused says that the impersonation was not.
      this.#tally(signedIn, request, pod === undefined ? signedIn : `pod ${pod}`, named, {
        ...outcome,
        error: undefined,
        refused: false,
      });
    }
  }

  #tally(
    account: string,
    asked: KubernetesRequest,
    who: string,
    object: string | undefined,
    { error, refused, at }: { error: string | undefined; refused: boolean; at: string },
  ): void {
    const request = this.#reduced(asked);
    const key = JSON.stringify([account, request, error ?? "", refused]);
    const known = this.#groups.get(key);
    if (known === undefined && this.#groups.size >= MOST_GROUPS) {
      this.#lost += 1;
      return;
    }
    const group = known ?? {
      ...{ account, request, error, refused, count: 0, first: at, last: at },
      who: new Set<string>(),
      objects: new Set<string>(),
    };
    this.#groups.set(key, group);
    group.count += 1;
    if (at < group.first) group.first = at;
    if (at > group.last) group.last = at;
    keep(group.who, who);
    if (!("url" in request)) {
      const place = request.namespace === undefined ? "" : `${request.namespace}/`;
      keep(group.objects, `${place}${object ?? "*"}`);
    } else keep(group.objects, request.url);
  }

  #reduced(request: KubernetesRequest): KubernetesRequest {
    if ("url" in request || request.name === undefined || this.#names.has(request.name)) return request;
    const { name: _, ...rest } = request;
    return rest;
  }

  /** Everything that was read. */
  finish(): KubernetesUsageRead {
    const unended = new Map<Source, number>();
    for (const { event, source } of this.#begun.values()) {
      // A watch that is still open has been answered; of what was only received the end is not known.
      if (event.stage === "RequestReceived") unended.set(source, (unended.get(source) ?? 0) + 1);
      this.#count(event, source);
    }
    this.#begun.clear();
    const sources = [...this.#sources.values()].map(({ odd, ...source }): UsageSource => {
      const open = unended.get(this.#sources.get(source.name) as Source) ?? 0;
      return {
        ...source,
        blind: BLIND_AUDIT_LOG,
        problems: [
          ...source.problems,
          ...(odd === 0 ? [] : [`${odd} of its events could not be read`]),
          ...(open === 0 ? [] : [`of ${open} requests it does not say how they ended; they count as used`]),
          ...(this.#lost === 0 || source.name !== [...this.#sources.keys()][0]
            ? []
            : [`${this.#lost} requests are left out: there are too many different ones`]),
        ],
      };
    });
    const calls = [...this.#groups]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, group]): KubernetesCalls => {
        const { account, request, refused, count, first, last } = group;
        return {
          account,
          request,
          event: eventOf(request),
          actions: [`${account}: ${operationOf(request)}`],
          resources: [...group.objects].sort(),
          ...(group.error === undefined ? {} : { error: group.error }),
          ...{ refused, who: [...group.who].sort(), count, first, last },
        };
      });
    const heard = new Set(calls.map(({ account }) => account));
    return {
      sources,
      calls,
      shows: (request) => this.#shapes.has(shapeOf(request)),
      silent: [...this.#accounts.values()].filter((account) => !heard.has(account)).sort(),
    };
  }
}

/** The first few by name, so that the order of the log does not matter. */
function keep(names: Set<string>, name: string): void {
  names.add(name);
  if (names.size > MOST_NAMED) names.delete([...names].sort().at(-1) ?? "");
}

function shapeOf(request: KubernetesRequest): string {
  if ("url" in request) return `${request.verb} ${request.url}`;
  return JSON.stringify([request.verb, request.group, request.resource, request.subresource ?? ""]);
}

/** `get deployments.apps/scale`, `get /metrics`: what a request asks for, wherever and of whatever name. */
export function operationOf(request: KubernetesRequest): string {
  // The address `*` of a rule is no resource `*`.
  if ("url" in request) return `${request.verb} ${request.url.startsWith("/") ? "" : "url:"}${request.url}`;
  const { verb, group, resource, subresource } = request;
  return `${verb} ${resource}${group === "" ? "" : `.${group}`}${subresource === undefined ? "" : `/${subresource}`}`;
}

function eventOf(request: KubernetesRequest): string {
  const place = "url" in request || request.namespace === undefined ? "" : ` -n ${request.namespace}`;
  const name = "url" in request || request.name === undefined ? "" : ` ${request.name}`;
  return `${operationOf(request)}${name}${place}`;
}
