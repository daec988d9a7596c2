import type { Facts } from "../../snapshot/facts.ts";
import type { Granted, Sides } from "./difference.ts";
import { type DocumentedRole, placesOf, requiredRules } from "./documented.ts";
import { FLOOR } from "./floor.ts";
import type { Grant, Holdings } from "./holdings.ts";
import type { Rule } from "./rules.ts";
import { servedResources } from "./served.ts";
import type { Account } from "./subject.ts";

/** What is documented for an account in one place, and which role says it. */
export interface Wish extends Granted {
  readonly role: DocumentedRole;
}

/** One place where an account may do things: a namespace, or everywhere. */
export interface Place {
  /** Absent: everywhere, and what has no namespace. */
  readonly namespace?: string;
  /** What must be granted here; the live side is all that holds here, what holds everywhere included. */
  readonly required: Omit<Sides, "documented"> & { readonly documented: readonly Wish[] };
  /** What may be granted here at the most; the live side is what is granted here and nowhere else. */
  readonly allowed: Omit<Sides, "live"> & { readonly live: readonly Grantable[] };
}

/** A grant as a side of a comparison. */
export interface Grantable extends Granted {
  readonly grant: Grant;
}

/** A documented role and where it is meant to hold; absent: everywhere. */
interface Located {
  readonly role: DocumentedRole;
  readonly namespace: string | undefined;
}

function side(facts: Facts, documented: readonly Granted[], live: readonly Granted[], namespace?: string) {
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
  holdings: Holdings,
): readonly Place[] {
  const live = holdings.grants.map((grant): Grantable => ({ grant, rules: grant.role.rules }));
  const everywhere = live.filter(({ grant }) => grant.namespace === undefined);
  const located = roles.flatMap((role): readonly Located[] =>
    role.kind === "ClusterRole"
      ? [{ role, namespace: undefined }]
      : placesOf(facts, role, account).map((namespace) => ({ role, namespace })),
  );
  const wishes = (namespace: string | undefined, rules: (role: DocumentedRole) => readonly Rule[]) =>
    located.filter((l) => l.namespace === namespace).map(({ role }): Wish => ({ role, rules: rules(role) }));
  const must = (namespace: string | undefined) =>
    wishes(namespace, (role) => (role.optional ? [] : requiredRules(role)));
  const may = (namespace: string | undefined): readonly Granted[] => wishes(namespace, (role) => role.rules);
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
    ...[...namespaces].sort().map((namespace): Place => {
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
