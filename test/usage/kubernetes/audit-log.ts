/** Events of an audit log as an API server writes them. */

export const user = (account: string) => `system:serviceaccount:${account.replace("/", ":")}`;

export interface AuditLine {
  /** `namespace/name` of a service account, or a user. */
  readonly who?: string;
  /** `get pods`, `create pods/exec`, `list jobs.batch`, `get /metrics` */
  readonly what: string;
  readonly ns?: string;
  readonly name?: string;
  readonly code?: number;
  readonly decision?: "allow" | "forbid";
  readonly at?: string;
  readonly stage?: string;
  readonly id?: string;
  readonly more?: object;
}

let made = 0;

export function line(event: AuditLine): string {
  made += 1;
  const { who = "chalk/management", what, ns, name, code = 200, at = "2026-11-10T10:00:00.123456Z" } = event;
  const [verb = "", asked = ""] = what.split(" ");
  const [whole = "", sub] = asked.startsWith("/") ? [asked] : asked.split("/");
  const [resource = "", ...group] = whole.split(".");
  const object = {
    resource,
    ...(ns === undefined ? {} : { namespace: ns }),
    ...(name === undefined ? {} : { name }),
    ...(group.length === 0 ? {} : { apiGroup: group.join(".") }),
    apiVersion: "v1",
    ...(sub === undefined ? {} : { subresource: sub }),
  };
  return JSON.stringify({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: event.id ?? `id-${made}`,
    stage: event.stage ?? "ResponseComplete",
    requestURI: asked.startsWith("/") ? `${asked}?token=canary-4711` : `/api/v1/x?command=canary-4711`,
    verb,
    user: {
      username: who.includes("/") ? user(who) : who,
      groups: ["system:authenticated"],
      extra: { "authentication.kubernetes.io/pod-name": ["platform-0"] },
    },
    sourceIPs: ["192.0.2.7"],
    userAgent: "canary-4711",
    ...(asked.startsWith("/") ? {} : { objectRef: object }),
    responseStatus: { metadata: {}, code, message: "canary-4711" },
    requestObject: { data: { password: "canary-4711" } },
    responseObject: { data: { password: "canary-4711" } },
    requestReceivedTimestamp: at,
    stageTimestamp: at,
    annotations: event.decision === undefined ? {} : { "authorization.k8s.io/decision": event.decision },
    ...event.more,
  });
}

export const log = (...events: readonly AuditLine[]): string => `${events.map(line).join("\n")}\n`;
