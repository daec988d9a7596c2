import type { Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { showIamRole } from "../../state/aws/command.ts";
import type { Whose } from "../../state/aws/documented.ts";
import {
  findRole,
  IAM_ROLE_TYPE,
  iamRoleResource,
  type Role,
  readRoles,
  roleName,
  sameRole,
} from "../../state/aws/roles.ts";
import { trustedPrincipals, trusts } from "../../state/aws/trust.ts";
import type { Context } from "../../state/context.ts";
import { didYouMean } from "../../text/nearest.ts";
import type { Observation } from "../observation.ts";
import { accountSubjects } from "./account-subject.ts";
import type { RoleSubject } from "./role-subject.ts";

/**
 * The roles that a control is about: the one that it names, those behind the service account that it names, else those
 * audited; for each one that is not there, what there is to say instead.
 *
 * @param lost what is lost without the role, for the message
 */
export function subjects(facts: Facts, whose: Whose, context: Context, lost: string): readonly RoleSubject[] {
  const { role: named, serviceAccount } = whose;
  if (serviceAccount !== undefined) return accountSubjects(facts, serviceAccount, context, lost);
  const roles = readRoles(facts);
  const wanted = named === undefined ? context.principals.map((p) => p.id) : [named];
  if (wanted.length === 0) return [{ kind: "observation", observation: nobody(facts, context, lost) }];
  return wanted.map((id): RoleSubject => {
    const role = findRole(roles, id);
    if (role === undefined) {
      return { kind: "observation", observation: notThere(facts, id, context, lost) };
    }
    const unsure = named === undefined && !context.principalsGiven ? whoseIs(role, context) : undefined;
    return unsure === undefined ? { kind: "role", role } : { kind: "observation", observation: unsure };
  });
}

/** Of a role that nobody named: why it is not known to be the vendor's. */
function whoseIs(role: Role, context: Context): Observation | undefined {
  const wanted = trustedPrincipals([...context.controls.values()]);
  if (wanted.length === 0 || trusts(role.arn, role.trust, wanted) !== "unknown") return undefined;
  return {
    kind: "unknown",
    resource: iamRoleResource({ id: role.arn, name: role.name }),
    message: `role ${role.name} came without a trust policy that can be read: whether it trusts ${wanted.join(", ")} is not known`,
    property: "trust",
    decide: "read the role again, or name the vendor's role with --role",
    clause: "AW11",
  };
}

function nobody(facts: Facts, context: Context, lost: string): Observation {
  const resource = { type: IAM_ROLE_TYPE, id: facts.scope, name: "role to audit" };
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
  const resource = { type: IAM_ROLE_TYPE, id: wanted, name: roleName(wanted) };
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
  const listed = facts.all("aws/listed-role").map(({ id }) => id);
  const meant = didYouMean(roleName(wanted), [
    ...new Set([...readRoles(facts).map((r) => r.name), ...listed.map(roleName)]),
  ]);
  if (listed.some((arn) => (wanted.startsWith("arn:") ? arn === wanted : sameRole(arn, wanted)))) {
    return {
      kind: "unknown",
      resource,
      message: `role ${wanted} is there, and was not looked at when the state was recorded`,
      property: "role",
      decide: `collect the state again with --role ${wanted}`,
    };
  }
  // Where all roles were listed it is known that this one is not there, whoever the state was recorded for.
  const looked = listed.length > 0 || facts.asked?.some((asked) => sameRole(asked, wanted)) === true;
  if (isGiven(wanted, context) && !looked) {
    const asked = facts.asked?.join(", ") ?? "the roles that trust the vendor";
    return {
      kind: "unknown",
      resource,
      message: `role ${wanted} was not looked for when the state was recorded: that was done for ${asked}${meant}`,
      property: "role",
      decide: `collect the state again with --role ${wanted}`,
    };
  }
  const message = `there is no role ${wanted} in ${facts.scope}: ${lost}${meant}`;
  return absent(resource, message, context, wanted);
}

/** The user named this role: a role that only a control names is looked for in what was recorded. */
function isGiven(wanted: string, context: Context): boolean {
  return context.principalsGiven && context.principals.some(({ id }) => sameRole(id, wanted));
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
    ...(wanted !== undefined && isGiven(wanted, context) ? { named: true as const } : {}),
    message,
    expected: wanted ?? "a role that trusts the vendor",
    actual: null,
    verify: showIamRole(wanted === undefined ? undefined : roleName(wanted)),
    remediation: {
      text: "Create the role with the documented trust policy and policies; or name the role that the vendor uses with --role.",
      commands: [],
    },
  };
}
