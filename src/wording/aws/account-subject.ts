/** The roles behind a service account, as what a control is about. */
import type { Facts } from "../../snapshot/facts.ts";
import {
  findRole,
  IAM_ROLE_TYPE,
  iamRoleResource,
  readRoles,
  roleName,
  sameRole,
} from "../../state/aws/roles.ts";
import {
  accountsOf,
  type Bound,
  rolesBehind,
  type ServiceAccount,
  serviceAccountOf,
} from "../../state/aws/service-account.ts";
import type { Context } from "../../state/context.ts";
import { command } from "../../text/command.ts";
import type { Observation } from "../observation.ts";
import type { RoleSubject } from "./role-subject.ts";

const BY = {
  annotation: "by its annotation",
  "pod identity": "by a Pod Identity association",
  "trust policy": "by the role's trust policy; the cluster was not read",
} as const;

/** For a sentence: `service account a/b, by its annotation`. */
export function accountInWords({ account: { namespace, name }, by }: Bound): string {
  return `service account ${namespace}/${name}, ${BY[by]}`;
}

function resourceOf({ namespace, name }: ServiceAccount, facts: Facts) {
  const shown = name === "*" ? namespace : `${namespace}/${name}`;
  return { type: IAM_ROLE_TYPE, id: `${facts.scope}#${shown}`, name: `role of ${shown}` };
}

function showAccount({ namespace, name }: ServiceAccount): string {
  const named = name === "*" ? [] : [name];
  return command("kubectl", "get", "serviceaccount", ...named, "--namespace", namespace, "-o", "yaml");
}

/** What there is to say where no role is behind the account. */
function nobody(facts: Facts, account: ServiceAccount, context: Context, lost: string): Observation {
  const shown = `service account ${account.name === "*" ? `of namespace ${account.namespace}` : `${account.namespace}/${account.name}`}`;
  const base = {
    resource: resourceOf(account, facts),
    property: "role",
    at: "/serviceAccount",
    verify: showAccount(account),
  } as const;
  const unread = [
    ...(facts.has("kubernetes")
      ? facts.unread("kubernetes/service-account")
      : facts.unread("aws/listed-role")),
    ...facts.unread("aws/eks-pod-identity"),
  ][0];
  if (unread !== undefined) {
    return {
      ...base,
      kind: "unknown",
      message: `which role is behind ${shown} is not known: ${unread.api}: ${unread.detail}`,
      decide: unread.permission === undefined ? "read it again" : `grant the scanner ${unread.permission}`,
    };
  }
  const there = facts.has("kubernetes") ? accountsOf(facts, account).length > 0 : undefined;
  const why =
    there === undefined
      ? "no role's trust policy names it"
      : there
        ? "it has no eks.amazonaws.com/role-arn annotation and no Pod Identity association"
        : "it is not in the cluster";
  if (context.control.optional) {
    const message = `${shown} has no role: ${why}; the document calls it optional`;
    return { ...base, kind: "note", drift: "absent", absent: true, message };
  }
  return {
    ...base,
    kind: "drift",
    drift: "absent",
    message: `${shown} has no role: ${why}; ${lost}`,
    expected: "a role that it may assume",
    actual: null,
    remediation: {
      text: "Make the role with the documented trust policy, and bind the account to it.",
      commands:
        there === true && account.name !== "*"
          ? [
              command(
                ...["kubectl", "annotate", "serviceaccount", account.name, "--namespace", account.namespace],
                "eks.amazonaws.com/role-arn=ARN",
              ),
            ]
          : [],
    },
  };
}

/** Of a role that an account is bound to and that is not among those that were read. */
function notRead(facts: Facts, bound: Bound, lost: string): Observation {
  const { role, account } = bound;
  const base = {
    resource: iamRoleResource({ id: role }),
    property: "role",
    at: "/serviceAccount",
    verify: showAccount(account),
  } as const;
  const unread = [
    ...facts.unread("aws/role", role),
    ...facts.unread("aws/role").filter((u) => u.id !== undefined && sameRole(u.id, role)),
    ...facts.unread("aws/listed-role"),
  ][0];
  if (unread !== undefined) {
    return {
      ...base,
      kind: "unknown",
      message: `role ${role} of ${accountInWords(bound)}, could not be read: ${unread.api}: ${unread.detail}`,
      decide: unread.permission === undefined ? "read the role" : `grant the scanner ${unread.permission}`,
    };
  }
  const number = /^arn:[^:]*:iam::(\d{12}):role\//.exec(role)?.[1];
  const own = facts.scope.split("/")[0] ?? "";
  if (number !== undefined && /^\d{12}$/.test(own) && number !== own) {
    return {
      ...base,
      kind: "unknown",
      message: `role ${role} of ${accountInWords(bound)}, is of account ${number}, and what was read is ${facts.scope}`,
      decide: `audit account ${number} as well`,
    };
  }
  const listed = facts.all("aws/listed-role").some(({ id }) => id === role);
  return {
    ...base,
    kind: "drift",
    drift: "absent",
    message: listed
      ? `role ${roleName(role)}, which ${accountInWords(bound)}, is bound to, trusts neither an identity provider of a cluster nor Pod Identity: no pod can assume it; ${lost}`
      : `there is no role ${role}, which ${accountInWords(bound)}, is bound to; ${lost}`,
    expected: role,
    actual: null,
    remediation: {
      text: listed
        ? "Give the role the trust policy that the document describes."
        : "Make the role, or bind the account to the one that is meant.",
      commands: [],
    },
  };
}

/** A role behind a service account, or what there is to say instead. */
export type AccountSubject =
  | (Extract<RoleSubject, { readonly kind: "role" }> & { readonly bound: Bound })
  | Extract<RoleSubject, { readonly kind: "observation" }>;

/**
 * The roles behind a service account, for a control that names one.
 * @param written `namespace/name`; `namespace/*`: any account of the namespace that has a role
 * @param lost what is lost without the role, for the message
 */
export function accountSubjects(
  facts: Facts,
  written: string,
  context: Context,
  lost: string,
): readonly AccountSubject[] {
  const account = serviceAccountOf(written);
  const found = rolesBehind(facts, account);
  if (found.length === 0)
    return [{ kind: "observation", observation: nobody(facts, account, context, lost) }];
  const roles = readRoles(facts);
  return found.map((bound): AccountSubject => {
    const role = findRole(roles, bound.role);
    if (role === undefined || (bound.role.startsWith("arn:") && role.arn !== bound.role))
      return { kind: "observation", observation: notRead(facts, bound, lost) };
    return { kind: "role", role, bound };
  });
}
