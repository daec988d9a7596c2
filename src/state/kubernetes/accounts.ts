import type { ResolvedControl } from "../../baselines/baseline.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { texts } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { accountsIn, bindingsOf, documentedRoles, RESERVED } from "./documented.ts";
import { type Account, accountId, accountOfUser } from "./subject.ts";
import { member, placeOf } from "./value.ts";

/** The parameter that a reference which was not given consists of. */
const OPEN = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/** Who stands behind a service account of a control. */
export type FoundAccount =
  /** Named, by the user or by the baseline. */
  | { readonly kind: "given"; readonly accounts: readonly Account[] }
  /** Not named: whom the bindings of the documented roles name, which may be nobody. */
  | { readonly kind: "found"; readonly parameter: string; readonly accounts: readonly Account[] }
  | { readonly kind: "unknown"; readonly why: string; readonly decide: string };

/** A documented role and the accounts that a control says it is for. */
interface Pair {
  readonly account: string;
  readonly role: string;
}

function pairsOf(controls: readonly ResolvedControl[]): readonly Pair[] {
  return controls.flatMap((control): readonly Pair[] => {
    if (control.check === "kubernetes/role-binding") {
      return [member(control.with, "bindings")].flat().flatMap((b) => {
        const role = member(b, "role");
        return typeof role === "string"
          ? texts(member(b, "serviceAccounts")).map((account) => ({ account, role }))
          : [];
      });
    }
    if (control.check === "kubernetes/effective-access") {
      return [member(control.with, "accounts")].flat().flatMap((a) => {
        const account = member(a, "serviceAccount");
        return typeof account === "string"
          ? texts(member(a, "roles")).map((role) => ({ account, role }))
          : [];
      });
    }
    return [];
  });
}

/** The namespace that is audited: of the recorded state, else the only one that the documented roles name. */
export function auditedNamespace(facts: Facts, controls: readonly ResolvedControl[]): string | undefined {
  const cut = facts.scope.indexOf("/");
  if (cut >= 0) return facts.scope.slice(cut + 1);
  const roles = [...documentedRoles(new Map(controls.map((c) => [c.id, c]))).values()];
  const named = new Set(roles.flatMap((r) => r.namespace ?? []));
  return named.size === 1 ? [...named][0] : undefined;
}

/** An account by its name alone: in the audited namespace, else the only one of that name that is bound or exists. */
function byName(facts: Facts, name: string, controls: readonly ResolvedControl[]): FoundAccount {
  const home = auditedNamespace(facts, controls);
  if (home !== undefined) return { kind: "given", accounts: [{ namespace: home, name }] };
  const roles = [...documentedRoles(new Map(controls.map((c) => [c.id, c]))).values()];
  const bound = [...accountsIn(roles.flatMap((r) => bindingsOf(facts, r))).values()];
  const existing = facts.all("kubernetes/service-account").flatMap(({ id, body }) => {
    const place = placeOf(id, body);
    return place.namespace === undefined ? [] : [{ namespace: place.namespace, name: place.name }];
  });
  for (const some of [bound, existing]) {
    const places = [...new Set(some.filter((a) => a.name === name).map((a) => a.namespace))].sort(byText);
    const [namespace] = places;
    if (namespace !== undefined && places.length === 1)
      return { kind: "given", accounts: [{ namespace, name }] };
    if (places.length > 1) {
      const where = places.join(", ");
      return {
        kind: "unknown",
        why: `service account ${name} could be in any of the namespaces ${where}`,
        decide: "name it as NAMESPACE/NAME, or give --namespace",
      };
    }
  }
  return {
    kind: "unknown",
    why: `it is not known in which namespace service account ${name} is`,
    decide: "name it as NAMESPACE/NAME, or give --namespace",
  };
}

/** The account or accounts that a text in a control stands for: `name`, `namespace/name`, or an open parameter. */
export function findAccounts(facts: Facts, text: string, controls: readonly ResolvedControl[]): FoundAccount {
  const parameter = OPEN.exec(text)?.[1];
  if (parameter !== undefined) {
    return { kind: "found", parameter, accounts: openAccounts(facts, text, controls) };
  }
  const user = accountOfUser(text);
  if (user !== undefined) return { kind: "given", accounts: [user] };
  const [first = "", second, ...rest] = text.split("/");
  if (second === undefined && first !== "") return byName(facts, first, controls);
  if (first !== "" && second !== undefined && second !== "" && rest.length === 0) {
    return { kind: "given", accounts: [{ namespace: first, name: second }] };
  }
  return {
    kind: "unknown",
    why: `${text} is no service account; expected NAME or NAMESPACE/NAME`,
    decide: "name the service account as NAMESPACE/NAME",
  };
}

/**
 * Whom an open parameter stands for. The roles that are for it alone tell: the accounts that all of them are bound to,
 * else any of them is. Where it shares all its roles with others, those of their accounts that no other part of the
 * document is known to be about. Only an account of the deployment's own namespaces is believed (K17): the audited one,
 * and those in which a Role that tells is bound; where neither is known, any but the system's own. Of several, those of
 * the audited namespace, where such a Role is bound there.
 */
function openAccounts(facts: Facts, text: string, controls: readonly ResolvedControl[]): readonly Account[] {
  const pairs = pairsOf(controls);
  const roles = documentedRoles(new Map(controls.map((c) => [c.id, c])));
  const sharers = (role: string) => new Set(pairs.filter((p) => p.role === role).map((p) => p.account));
  const mine = [...new Set(pairs.filter((p) => p.account === text).map((p) => p.role))];
  const alone = mine.filter((role) => sharers(role).size === 1);
  const telling = alone.length > 0 ? alone : mine;
  const bound = (ids: readonly string[]) =>
    ids.flatMap((id) => roles.get(id) ?? []).map((role) => accountsIn(bindingsOf(facts, role)));
  const near = (some: readonly (readonly [string, Account])[]) => {
    const home = auditedNamespace(facts, controls);
    const places = telling.flatMap((id) => roles.get(id) ?? []).flatMap((role) => bindingsOf(facts, role));
    const own = new Set(
      [home, ...places.map((b) => b.namespace)].filter((n) => n !== undefined && !n.startsWith(RESERVED)),
    );
    const there = some.filter(([, { namespace }]) =>
      own.size === 0 ? !namespace.startsWith(RESERVED) : own.has(namespace),
    );
    const inside = there.filter(([, { namespace }]) => namespace === home);
    return inside.length > 0 && places.some((b) => b.namespace === home) ? inside : there;
  };
  if (alone.length > 0) {
    const sets = bound(alone).filter((set) => set.size > 0);
    const any = new Map(sets.flatMap((set) => [...set]));
    const core = [...any].filter(([id]) => sets.every((set) => set.has(id)));
    return sorted(near(core.length > 0 ? core : [...any]));
  }
  const others = new Set(
    [...new Set(pairs.map((p) => p.account))]
      .filter((other) => other !== text && (!OPEN.test(other) || hasOwnRole(other, pairs)))
      .flatMap((other) => {
        const found = findAccounts(facts, other, controls);
        return found.kind === "unknown" ? [] : found.accounts.map(accountId);
      }),
  );
  return sorted(near(bound(mine).flatMap((set) => [...set].filter(([id]) => !others.has(id)))));
}

/** Whether some role is for this account alone. */
function hasOwnRole(account: string, pairs: readonly Pair[]): boolean {
  return pairs.some(
    (p) => p.account === account && pairs.every((q) => q.role !== p.role || q.account === account),
  );
}

function sorted(accounts: readonly (readonly [string, Account])[]): readonly Account[] {
  return [...new Map(accounts)].sort(([a], [b]) => byText(a, b)).map(([, account]) => account);
}

/** A parameter for a service account that was not given, and who was audited instead. */
export interface AccountFound {
  readonly parameter: string;
  /** `namespace/name`; empty: the bindings of the documented roles name nobody. */
  readonly accounts: readonly string[];
}

/** Who stands behind the parameters for service accounts that were not given, for the report to say. */
export function accountsFound(facts: Facts, controls: readonly ResolvedControl[]): readonly AccountFound[] {
  const open = [...new Set(pairsOf(controls).map((p) => p.account))].sort(byText);
  return open.flatMap((text) => {
    const found = findAccounts(facts, text, controls);
    return found.kind === "found"
      ? [{ parameter: found.parameter, accounts: found.accounts.map(accountId) }]
      : [];
  });
}
