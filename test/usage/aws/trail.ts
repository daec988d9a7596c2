/** Records of CloudTrail as a trail delivers them. */
import { ACCOUNT, REGION, ROLE } from "../../worlds/aws-state.ts";

export interface Event {
  readonly source: string;
  readonly name: string;
  readonly parameters?: unknown;
  readonly who?: string;
  readonly at?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

let made = 0;

/** A record that a session of the audited role made. */
export function record({ source, name, parameters = null, who = "api", at, more = {} }: Event): object {
  made += 1;
  return {
    eventVersion: "1.10",
    userIdentity: {
      type: "AssumedRole",
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/chalk/${who}`,
      accountId: ACCOUNT,
      sessionContext: { sessionIssuer: { type: "Role", arn: ROLE, userName: "chalk" } },
    },
    eventTime: at ?? "2026-11-10T10:00:00Z",
    eventSource: `${source}.amazonaws.com`,
    eventName: name,
    awsRegion: REGION,
    sourceIPAddress: "198.51.100.7",
    userAgent: "agent-with-a-secret",
    requestParameters: parameters,
    responseElements: null,
    eventID: `event-${made}`,
    ...more,
  };
}
