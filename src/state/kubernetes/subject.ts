import { record, text } from "../../snapshot/value.ts";
import { member, oddMember } from "./value.ts";

/** A service account. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** Whom a binding names. */
export type BindingSubject =
  | { readonly kind: "account"; readonly account: Account; readonly asUser: boolean }
  | { readonly kind: "user" | "group"; readonly name: string }
  /** A subject that is nobody, and why. */
  | { readonly kind: "nobody"; readonly why: string }
  /** A subject that is not understood, and why: it may be anybody. */
  | { readonly kind: "odd"; readonly why: string };

const RBAC = "rbac.authorization.k8s.io";
const ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** `namespace/name` */
export function accountId({ namespace, name }: Account): string {
  return `${namespace}/${name}`;
}

/** The name under which the server knows a service account as a user (K5). */
export function accountUser({ namespace, name }: Account): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The account that such a name stands for. */
export function accountOfUser(user: string): Account | undefined {
  const [, namespace, name] = ACCOUNT_USER.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/**
 * A subject of a binding. A service account's namespace defaults to the binding's; in a ClusterRoleBinding, which has
 * none, the server then matches nobody (K5).
 */
export function readSubject(value: unknown, namespace: string | undefined): BindingSubject {
  const kind = member(value, "kind");
  const name = text(member(value, "name"));
  const group = member(value, "apiGroup") ?? "";
  if (record(value) === undefined || name === undefined) return { kind: "odd", why: "a subject has no name" };
  const stray = oddMember(value, ["kind", "apiGroup", "name", "namespace"]);
  if (stray !== undefined) return { kind: "odd", why: `of subject ${name} ${stray}` };
  const expected = kind === "ServiceAccount" ? "" : RBAC;
  if (group !== expected && group !== "") {
    return { kind: "odd", why: `subject ${name} is of the API group ${String(group)}` };
  }
  if (kind === "Group") return { kind: "group", name };
  if (kind === "User") {
    const account = accountOfUser(name);
    return account === undefined ? { kind: "user", name } : { kind: "account", account, asUser: true };
  }
  if (kind !== "ServiceAccount")
    return { kind: "odd", why: `subject ${name} is of the kind ${String(kind)}` };
  const written = member(value, "namespace") ?? "";
  if (typeof written !== "string") return { kind: "odd", why: `the namespace of subject ${name} is no text` };
  const own = text(member(value, "namespace")) ?? namespace;
  if (own === undefined)
    return { kind: "nobody", why: `service account ${name} is named without a namespace` };
  return { kind: "account", account: { namespace: own, name }, asUser: false };
}

/** The groups that every service account is in (K5). */
export function groupsOf({ namespace }: Account): readonly string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
}

/**
 * What the server calls a request without credentials. Anybody who reaches the server can make one (K15). Source:
 * Kubernetes documentation, "Authenticating", "Anonymous requests".
 */
export const ANONYMOUS = { user: "system:anonymous", group: "system:unauthenticated" } as const;

/**
 * Whether a subject is or holds the account: `""` by itself, else how, as words for `by`; `undefined` when it does not.
 * What needs no credentials is held by every account, and by everybody else (K15).
 */
export function subjectCovers(subject: BindingSubject, account: Account): string | undefined {
  if (subject.kind === "user" && subject.name === ANONYMOUS.user) {
    return `as the unauthenticated user ${subject.name}`;
  }
  if (subject.kind === "group") {
    if (subject.name === ANONYMOUS.group) return `as group ${subject.name}`;
    return groupsOf(account).includes(subject.name) ? `as group ${subject.name}` : undefined;
  }
  if (subject.kind !== "account" || accountId(subject.account) !== accountId(account)) return undefined;
  return subject.asUser ? `as user ${accountUser(account)}` : "";
}

/** `service account ns/name`, `user jane`, `group ops`. */
export function subjectInWords(subject: BindingSubject): string {
  switch (subject.kind) {
    case "account":
      return `service account ${accountId(subject.account)}${subject.asUser ? " (named as a user)" : ""}`;
    case "user":
    case "group":
      return `${subject.kind} ${subject.name}`;
    default:
      return subject.why;
  }
}
