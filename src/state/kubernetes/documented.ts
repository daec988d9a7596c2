import type { ResolvedControl } from "../../baselines/baseline.ts";
import type { Facts } from "../../snapshot/facts.ts";
import type { Context } from "../context.ts";
import { type Binding, readBindings } from "./binding.ts";
import { type RoleName, readLiveRoles } from "./role.ts";
import { bare, type Rule } from "./rules.ts";
import { type Account, accountId, type BindingSubject } from "./subject.ts";

export const ROLE = "kubernetes/role";

interface RoleWith {
  readonly kind: RoleName["kind"];
  readonly name: string;
  readonly namespace?: string;
  readonly rules: readonly (Rule & { readonly optional?: boolean })[];
}

/** A role as one control documents it. */
export interface DocumentedRole {
  readonly control: string;
  /** The whole role may be absent. */
  readonly optional: boolean;
  readonly kind: RoleName["kind"];
  readonly name: string;
  /** Of a Role, when it is known. */
  readonly namespace?: string;
  /** Every rule, in the order of the control. */
  readonly rules: readonly Rule[];
  /** The index in `rules` of each rule that must be there. */
  readonly required: readonly number[];
}

/** The role that a control of `kubernetes/role` documents. */
export function documentedRole(control: ResolvedControl): DocumentedRole {
  const { kind, name, namespace, rules } = control.with as RoleWith;
  return {
    control: control.id,
    optional: control.optional,
    kind,
    name,
    ...(kind === "Role" && namespace !== undefined ? { namespace } : {}),
    rules: rules.map(bare),
    required: rules.flatMap((rule, i) => (rule.optional === true ? [] : [i])),
  };
}

/** The documented roles by the ids of their controls. */
export function documentedRoles(controls: Context["controls"]): ReadonlyMap<string, DocumentedRole> {
  const own = [...controls.values()].filter((c) => c.check === ROLE);
  return new Map(own.map((c) => [c.id, documentedRole(c)]));
}

/** The rules that must be there. */
export function requiredRules(role: DocumentedRole): readonly Rule[] {
  return role.required.flatMap((i) => role.rules[i] ?? []);
}

/** The bindings that give a documented role, wherever it is meant to be; of a ClusterRole also those of one namespace. */
export function bindingsOf(facts: Facts, role: DocumentedRole): readonly Binding[] {
  return readBindings(facts).filter(
    (b) =>
      b.role?.kind === role.kind &&
      b.role.name === role.name &&
      (role.namespace === undefined || b.namespace === role.namespace),
  );
}

/** Kubernetes documentation, "Namespaces": the prefix is reserved for the system's own. */
export const RESERVED = "kube-";

/**
 * Where a documented Role is meant to hold for an account. It is the namespace that the control names; one that names
 * none means the one in which the Role is bound to the account, else the account's own. Of several it is the account's
 * own, else the only one in which the Role is bound to an account of that namespace; where that does not tell, all of
 * them, which is more than is documented. Where the Role is bound to accounts of their own namespace and to this one
 * elsewhere, theirs is meant. A binding that names a group means no place, and a namespace of the system's own is meant
 * by none but its name (K18).
 */
export function placesOf(facts: Facts, role: DocumentedRole, account: Account): readonly string[] {
  if (role.namespace !== undefined) return [role.namespace];
  const bindings = bindingsOf(facts, role);
  const bound = namespacesOf(bindings.filter((b) => b.subjects.some((s) => isAccount(s, account))));
  if (bound.includes(account.namespace)) return [account.namespace];
  if (bound.length > 0) {
    const homes = namespacesOf(
      bindings.filter((b) =>
        b.subjects.some((s) => s.kind === "account" && s.account.namespace === b.namespace),
      ),
    );
    const both = homes.filter((namespace) => bound.includes(namespace));
    if (both.length === 0 && homes.length > 0) return homes;
    return both.length === 1 ? both : bound;
  }
  const found = namespacesOf(readLiveRoles(facts).named(role.kind, role.name));
  // a part that is not installed is documented nowhere
  if (found.length === 0 && role.optional) return [];
  // of several in which it is bound to somebody else none is meant for this account
  return found.includes(account.namespace) || found.length !== 1 ? [account.namespace] : found;
}

function isAccount(subject: BindingSubject, account: Account): boolean {
  return subject.kind === "account" && accountId(subject.account) === accountId(account);
}

/** The namespaces of some objects, without the system's own. */
function namespacesOf(objects: readonly { readonly namespace?: string }[]): readonly string[] {
  const all = objects.flatMap(({ namespace }) => namespace ?? []);
  return [...new Set(all)].filter((namespace) => !namespace.startsWith(RESERVED));
}

/** The accounts that some bindings name, as themselves or as users. */
export function accountsIn(bindings: readonly Binding[]): ReadonlyMap<string, Account> {
  const accounts = bindings.flatMap((b) =>
    b.subjects.flatMap((s) => (s.kind === "account" ? [s.account] : [])),
  );
  return new Map(accounts.map((a) => [accountId(a), a]));
}
