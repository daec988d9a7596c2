import type { ResolvedControl } from "../../baselines/baseline.ts";
import type { Principal, Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import type { Audited } from "../audited.ts";
import { type Trusts, trustedPrincipals, trusts } from "./trust.ts";

export const IAM_ROLE_TYPE = "AWS::IAM::Role";

/** A role as GetRole gives it. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  /** As it came: decoded or not. */
  readonly trust: unknown;
  /** ARN of the permission boundary. */
  readonly boundary?: string;
  /** It has a boundary, and the answer did not say which. */
  readonly boundaryUnnamed?: true;
  /** It is known by the list of roles alone: its policies and its boundary were not read. */
  readonly listed?: true;
}

/** The name at the end of a role's ARN; a name as it is. */
export function roleName(role: string): string {
  return role.slice(role.lastIndexOf("/") + 1);
}

export function readRoles(facts: Facts): readonly Role[] {
  return facts.all("aws/role").map(({ id, body }) => {
    const arn = text(field(body, "Arn")) ?? id;
    const limit = field(body, "PermissionsBoundary") ?? undefined;
    const boundary = text(field(limit, "PermissionsBoundaryArn"));
    return {
      arn,
      name: text(field(body, "RoleName")) ?? roleName(arn),
      trust: field(body, "AssumeRolePolicyDocument"),
      ...(boundary === undefined ? {} : { boundary }),
      ...(limit !== undefined && boundary === undefined ? { boundaryUnnamed: true as const } : {}),
    };
  });
}

/** Every role that is known: those that were read, and those of the account's list that could matter. */
export function knownRoles(facts: Facts): readonly Role[] {
  const read = readRoles(facts);
  const known = new Set(read.map((r) => r.arn));
  const listed = facts.all("aws/listed-role").flatMap(({ id, body }): readonly Role[] => {
    const trust = field(body, "AssumeRolePolicyDocument");
    if (known.has(id) || trust === undefined) return [];
    return [{ arn: id, name: text(field(body, "RoleName")) ?? roleName(id), trust, listed: true }];
  });
  return [...read, ...listed].sort((a, b) => byText(a.arn, b.arn));
}

/** Names of roles compare in any case in IAM's own look-ups, ARNs in policies exactly; two roles never differ by case. */
export function findRole(roles: readonly Role[], wanted: string): Role | undefined {
  const key = wanted.toLowerCase();
  return roles.find((r) => r.arn.toLowerCase() === key || r.name.toLowerCase() === key);
}

/** The closest first: the roles that name the vendor are its own before those that are only open to it. */
const CLOSEST: readonly (readonly Trusts[])[] = [["exactly"], ["its account", "unknown"], ["anybody"]];

/**
 * The roles to audit: the one given, else those that name a documented principal; where none does, those that admit its
 * account or another principal of that, and those whose trust policy cannot be read, of which the controls say that they
 * do not know; where there is none of these, those that are open to anybody. Every other role that the vendor can enter
 * is for `reach.ts` to name.
 */
export function findAuditedRoles(
  facts: Facts,
  controls: readonly ResolvedControl[],
  given: readonly string[],
): Audited {
  const roles = readRoles(facts);
  if (given.length > 0) {
    const principals = given.map((wanted): Principal => {
      const role = findRole(roles, wanted);
      return role === undefined ? { id: wanted } : { id: role.arn, name: role.name };
    });
    return { principals, given: true };
  }
  const wanted = trustedPrincipals(controls);
  const nobody = { principals: [], given: false } as const;
  if (wanted.length === 0) {
    return { ...nobody, unknown: "which role is the vendor's is not documented; name it with --role" };
  }
  const unread = facts.unread("aws/role")[0];
  if (unread !== undefined) {
    return {
      ...nobody,
      unknown: `which roles trust ${wanted.join(", ")} could not be read: ${unread.api}: ${unread.detail}`,
    };
  }
  const trusted = roles.map((role) => ({ role, how: trusts(role.arn, role.trust, wanted) }));
  const tiers = CLOSEST.map((hows) => trusted.filter(({ how }) => hows.includes(how)));
  const closest = tiers.find((tier) => tier.length > 0) ?? [];
  return {
    principals: closest
      .map(({ role: { arn, name } }) => ({ id: arn, name }))
      .sort((a, b) => byText(a.id, b.id)),
    given: false,
  };
}

export function iamRoleResource(role: Principal): Resource {
  return { type: IAM_ROLE_TYPE, id: role.id, name: role.name ?? roleName(role.id) };
}

/** The same role, one by its name and the other by its ARN. */
export function sameRole(a: string, b: string): boolean {
  return (
    a.toLowerCase() === b.toLowerCase() ||
    (a.startsWith("arn:") !== b.startsWith("arn:") && roleName(a).toLowerCase() === roleName(b).toLowerCase())
  );
}
