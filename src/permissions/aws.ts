import type { Read } from "./reads.ts";

/** An identity policy as AWS takes it. */
export interface AwsPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

/** Kinds whose calls ask about one role, which a policy can name; lists and managed policies have no such resource. */
const ofRole = new Set(["aws/role", "aws/role-policy", "aws/attached-policy"]);
const ofNoRole = new Set(["ListRoles"]);

/**
 * The policy of a scanner that reads this and nothing else, a statement for each service.
 * @param roles ARNs of the audited roles; what is asked about a role is then allowed for these alone
 */
export function awsPolicy(reads: readonly Read[], roles: readonly string[] = []): AwsPolicy {
  const groups = new Map<string, { actions: string[]; resource: string | readonly string[] }>();
  for (const { permission, calls, kinds } of reads) {
    const service = permission.slice(0, permission.indexOf(":"));
    const aboutRole =
      roles.length > 0 &&
      kinds.every((kind) => ofRole.has(kind)) &&
      calls.every(({ operation }) => !ofNoRole.has(operation));
    const sid = `Read${service.charAt(0).toUpperCase()}${service.slice(1)}${aboutRole ? "OfRole" : ""}`;
    const group = groups.get(sid) ?? { actions: [], resource: aboutRole ? [...roles].sort() : "*" };
    group.actions.push(permission);
    groups.set(sid, group);
  }
  return {
    Version: "2012-10-17",
    Statement: [...groups].map(([Sid, { actions, resource }]) => ({
      Sid,
      Effect: "Allow",
      Action: [...actions].sort(),
      Resource: resource,
    })),
  };
}
