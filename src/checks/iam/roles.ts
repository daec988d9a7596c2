import type { Principal, Resource } from "../../report/report.ts";
import type { Audited } from "../arm/audited.ts";
import { byText, field, text } from "../arm/value.ts";
import type { Context, Facts, Observation, ResolvedControl } from "../define.ts";
import { showRole } from "./command.ts";
import { trustedPrincipals, trusts } from "./trust.ts";

export const ROLE_TYPE = "AWS::IAM::Role";

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

/** Names of roles compare in any case in IAM's own look-ups, ARNs in policies exactly; two roles never differ by case. */
export function findRole(roles: readonly Role[], wanted: string): Role | undefined {
  const key = wanted.toLowerCase();
  return roles.find((r) => r.arn.toLowerCase() === key || r.name.toLowerCase() === key);
}

/**
 * The roles to audit: the one given, else every role that a documented principal can come in by: named by itself, by
 * its account or as another principal of that, or as anybody. One whose trust policy cannot be read is among them: the
 * controls say of it that they do not know.
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
  return {
    principals: roles
      .filter((role) => trusts(role.arn, role.trust, wanted) !== "no")
      .map(({ arn, name }) => ({ id: arn, name }))
      .sort((a, b) => byText(a.id, b.id)),
    given: false,
  };
}

export function roleResource(role: Principal): Resource {
  return { type: ROLE_TYPE, id: role.id, name: role.name ?? roleName(role.id) };
}

/** A role that a control is about: what is known of it. */
export type Subject =
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "observation"; readonly observation: Observation };

/**
 * The roles that a control is about: the one that it names, else those audited; for each one that is not there, what
 * there is to say instead.
 *
 * @param lost what is lost without the role, for the message
 */
export function subjects(
  facts: Facts,
  named: string | undefined,
  context: Context,
  lost: string,
): readonly Subject[] {
  const roles = readRoles(facts);
  const wanted = named === undefined ? context.principals.map((p) => p.id) : [named];
  if (wanted.length === 0) return [{ kind: "observation", observation: nobody(facts, context, lost) }];
  return wanted.map((id): Subject => {
    const role = findRole(roles, id);
    if (role === undefined) {
      return { kind: "observation", observation: notThere(facts, id, context, lost) };
    }
    const whose = named === undefined && !context.principalsGiven ? whoseIs(role, context) : undefined;
    return whose === undefined ? { kind: "role", role } : { kind: "observation", observation: whose };
  });
}

/** Of a role that nobody named: why it is not known to be the vendor's. */
function whoseIs(role: Role, context: Context): Observation | undefined {
  const wanted = trustedPrincipals([...context.controls.values()]);
  if (wanted.length === 0 || trusts(role.arn, role.trust, wanted) !== "unknown") return undefined;
  return {
    kind: "unknown",
    resource: roleResource({ id: role.arn, name: role.name }),
    message: `role ${role.name} came without a trust policy that can be read: whether it trusts ${wanted.join(", ")} is not known`,
    property: "trust",
    decide: "read the role again, or name the vendor's role with --role",
    clause: "AW11",
  };
}

function nobody(facts: Facts, context: Context, lost: string): Observation {
  const resource = { type: ROLE_TYPE, id: facts.scope, name: "role to audit" };
  if (context.principalsUnknown !== undefined) {
    return {
      kind: "unknown",
      resource,
      message: context.principalsUnknown,
      property: "role",
      decide: "name the role with --role",
    };
  }
  const wanted = trustedPrincipals([...context.controls.values()]).join(", ");
  return absent(resource, `no role in ${facts.scope} trusts ${wanted}: ${lost}`, context, undefined);
}

function notThere(facts: Facts, wanted: string, context: Context, lost: string): Observation {
  const resource = { type: ROLE_TYPE, id: wanted, name: roleName(wanted) };
  const unread =
    facts.unread("aws/role", wanted)[0] ??
    facts.unread("aws/role").find((u) => u.id !== undefined && sameRole(u.id, wanted));
  if (unread !== undefined) {
    return {
      kind: "unknown",
      resource,
      message: `role ${wanted} could not be read: ${unread.api}: ${unread.detail}`,
      property: "role",
      decide: unread.permission === undefined ? "read the role" : `grant the scanner ${unread.permission}`,
    };
  }
  const account = /^arn:[^:]*:iam::(\d{12}):/.exec(wanted)?.[1];
  const own = facts.scope.split("/")[0] ?? "";
  if (account !== undefined && /^\d{12}$/.test(own) && account !== own) {
    return {
      kind: "unknown",
      resource,
      message: `role ${wanted} is of account ${account}, and what was read is ${facts.scope}`,
      property: "role",
      decide: "read the account of the role, or name a role of this one",
    };
  }
  if (isGiven(wanted, context) && !facts.asked?.some((asked) => sameRole(asked, wanted))) {
    const asked = facts.asked?.join(", ") ?? "the roles that trust the vendor";
    return {
      kind: "unknown",
      resource,
      message: `role ${wanted} was not looked for when the state was recorded: that was done for ${asked}`,
      property: "role",
      decide: `collect the state again with --role ${wanted}`,
    };
  }
  return absent(resource, `there is no role ${wanted} in ${facts.scope}: ${lost}`, context, wanted);
}

/** The user named this role: a role that only a control names is looked for in what was recorded. */
function isGiven(wanted: string, context: Context): boolean {
  return context.principalsGiven && context.principals.some(({ id }) => sameRole(id, wanted));
}

/** The same role, one by its name and the other by its ARN. */
export function sameRole(a: string, b: string): boolean {
  return (
    a.toLowerCase() === b.toLowerCase() ||
    (a.startsWith("arn:") !== b.startsWith("arn:") && roleName(a).toLowerCase() === roleName(b).toLowerCase())
  );
}

function absent(
  resource: Resource,
  message: string,
  context: Context,
  wanted: string | undefined,
): Observation {
  const at = (context.control.with as { readonly role?: unknown }).role === undefined ? "" : "/role";
  const base = { resource, property: "role", at } as const;
  if (context.control.optional) {
    return {
      ...base,
      kind: "note",
      drift: "absent",
      absent: true,
      message: `${message}; the document calls it optional`,
    };
  }
  return {
    ...base,
    kind: "drift",
    drift: "absent",
    message,
    expected: wanted ?? "a role that trusts the vendor",
    actual: null,
    verify: showRole(wanted === undefined ? undefined : roleName(wanted)),
    remediation: {
      text: "Create the role with the documented trust policy and policies; or name the role that the vendor uses with --role.",
      commands: [],
    },
  };
}
