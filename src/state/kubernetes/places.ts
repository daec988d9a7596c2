import type { Facts } from "../../snapshot/facts.ts";
import type { DocumentRules, RuleSides } from "./difference.ts";
import { type DocumentedRole, placesOf, requiredRules } from "./documented.ts";
import { FLOOR } from "./floor.ts";
import type { AccountHoldings, BindingGrant } from "./holdings.ts";
import type { Rule } from "./rules.ts";
import { servedResources } from "./served.ts";
import type { Account } from "./subject.ts";

/** What is documented for an account in one place, and which role says it. */
export interface Wish extends DocumentRules {
  readonly role: DocumentedRole;
}

/** One place where an account may do things: a namespace, or everywhere. */
export interface AccessPlace {
  /** Absent: everywhere, and what has no namespace. */
  readonly namespace?: string;
  /** What must be granted here; the live side is all that holds here, what holds everywhere included. */
  readonly required: Omit<RuleSides, "documented"> & { readonly documented: readonly Wish[] };
  /** What may be granted here at the most; the live side is what is granted here and nowhere else. */
  readonly allowed: Omit<RuleSides, "live"> & { readonly live: readonly Grantable[] };
}

/** A grant as a side of a comparison. */
export interface Grantable extends DocumentRules {
  readonly grant: BindingGrant;
}

/** A documented role and where it is meant to hold; absent: everywhere. */
export interface Located {
  readonly role: DocumentedRole;
  readonly namespace: string | undefined;
}

/** Where the roles that are documented for an account are meant to hold. */
export function locate(facts: Facts, account: Account, roles: readonly DocumentedRole[]): readonly Located[] {
  return roles.flatMap((role): readonly Located[] =>
    role.kind === "ClusterRole"
      ? [{ role, namespace: undefined }]
      : placesOf(facts, role, account).map((namespace) => ({ role, namespace })),
  );
}

function side(
  facts: Facts,
  documented: readonly DocumentRules[],
  live: readonly DocumentRules[],
  namespace?: string,
) {
  const rules = [...documented, ...live].flatMap((granted) => granted.rules);
  const resources = servedResources(facts, rules);
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(resources === undefined ? {} : { resources }),
  };
}

/**
 * The comparisons that together are an account's effective access: what it must hold and may hold at the most,
 * everywhere and in each namespace where something is documented or granted. A ClusterRole is documented to hold
 * everywhere, a Role in its namespace; by a RoleBinding either holds in that namespace alone (K4, K6). The floor that
 * every service account stands on may be granted anywhere (K9).
 */
export function placesFor(
  facts: Facts,
  account: Account,
  roles: readonly DocumentedRole[],
  holdings: AccountHoldings,
): readonly AccessPlace[] {
  const live = holdings.grants.map((grant): Grantable => ({ grant, rules: grant.role.rules }));
  const everywhere = live.filter(({ grant }) => grant.namespace === undefined);
  const located = locate(facts, account, roles);
  const wishes = (namespace: string | undefined, rules: (role: DocumentedRole) => readonly Rule[]) =>
    located.filter((l) => l.namespace === namespace).map(({ role }): Wish => ({ role, rules: rules(role) }));
  const must = (namespace: string | undefined) =>
    wishes(namespace, (role) => (role.optional ? [] : requiredRules(role)));
  const may = (namespace: string | undefined): readonly DocumentRules[] =>
    wishes(namespace, (role) => role.rules);
  const anywhere = [...may(undefined), { rules: FLOOR }];
  const namespaces = new Set([
    ...located.flatMap(({ namespace }) => namespace ?? []),
    ...holdings.grants.flatMap(({ namespace }) => namespace ?? []),
  ]);
  const cluster = must(undefined);
  return [
    {
      required: { documented: cluster, live: everywhere, ...side(facts, cluster, everywhere) },
      allowed: { documented: anywhere, live: everywhere, ...side(facts, anywhere, everywhere) },
    },
    ...[...namespaces].sort().map((namespace): AccessPlace => {
      const wanted = must(namespace);
      const known = [...may(namespace), ...anywhere];
      const here = live.filter(({ grant }) => grant.namespace === namespace);
      const all = [...everywhere, ...here];
      return {
        namespace,
        required: { documented: wanted, live: all, ...side(facts, wanted, all, namespace) },
        allowed: { documented: known, live: here, ...side(facts, known, here, namespace) },
      };
    }),
  ];
}

/** A place in which accounts that another one can run as hold more than is documented for anybody. */
export interface ReachedPlace {
  readonly namespace?: string;
  readonly sides: Omit<RuleSides, "live"> & { readonly live: readonly Grantable[] };
}

/**
 * The comparisons of what is held by running as others (K16): what their grants allow, against all that is documented,
 * for anybody, and what the account holds itself, which is compared by itself.
 */
export function reachedPlaces(
  facts: Facts,
  documented: readonly Located[],
  own: AccountHoldings,
  reached: readonly BindingGrant[],
): readonly ReachedPlace[] {
  const at = (namespace: string | undefined, some: readonly BindingGrant[]) =>
    some
      .filter((grant) => grant.namespace === namespace)
      .map((grant): Grantable => ({ grant, rules: grant.role.rules }));
  const known = (namespace: string | undefined): readonly DocumentRules[] => [
    ...documented.filter((l) => l.namespace === namespace).map(({ role }) => ({ rules: role.rules })),
    ...at(namespace, own.grants),
  ];
  const anywhere = [...known(undefined), { rules: FLOOR }];
  const everywhere = at(undefined, reached);
  const namespaces = [...new Set(reached.flatMap(({ namespace }) => namespace ?? []))].sort();
  return [
    {
      sides: { documented: anywhere, live: everywhere, ...side(facts, anywhere, everywhere) },
    },
    ...namespaces.map((namespace): ReachedPlace => {
      const here = at(namespace, reached);
      // what is held everywhere is told of everywhere
      const all = [...known(namespace), ...anywhere, ...everywhere];
      return {
        namespace,
        sides: { documented: all, live: here, ...side(facts, all, here, namespace) },
      };
    }),
  ];
}
