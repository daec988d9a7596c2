import type { Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { type Rule, readRules } from "./rules.ts";
import { isBootstrap, placeOf } from "./value.ts";

/** What a binding refers to, and a control names. */
export interface RoleName {
  readonly kind: "Role" | "ClusterRole";
  readonly name: string;
  /** Of a Role. */
  readonly namespace?: string;
}

/** A role in the cluster. */
export interface LiveRole extends RoleName {
  readonly rules: readonly Rule[];
  /** The server made it itself and keeps it. */
  readonly bootstrap: boolean;
  /** Why what it grants is not known completely. */
  readonly problem?: string;
}

/** The roles of a cluster. */
export interface LiveRoles {
  readonly all: readonly LiveRole[];
  /** A Role is looked for in the namespace given. */
  find(role: RoleName): LiveRole | undefined;
  /** Every role of that kind and name: of a Role one for each namespace that has it. */
  named(kind: RoleName["kind"], name: string): readonly LiveRole[];
}

const KINDS = [
  ["Role", "kubernetes/role"],
  ["ClusterRole", "kubernetes/cluster-role"],
] as const;

function keyOf({ kind, name, namespace }: RoleName): string {
  return JSON.stringify([kind, kind === "Role" ? (namespace ?? "") : "", name]);
}

const read = new WeakMap<Facts, LiveRoles>();

/** All Roles and ClusterRoles that were recorded. */
export function readLiveRoles(facts: Facts): LiveRoles {
  const known = read.get(facts);
  if (known !== undefined) return known;
  const byKey = new Map<string, LiveRole>();
  const byName = new Map<string, LiveRole[]>();
  for (const [kind, source] of KINDS) {
    for (const { id, body } of facts.all(source)) {
      const { name, namespace } = placeOf(id, body);
      const { rules, problem } = readRules(body);
      const own = {
        kind,
        name,
        ...(kind === "Role" && namespace !== undefined ? { namespace } : {}),
        rules,
        bootstrap: isBootstrap(body),
      };
      const twice = byKey.get(keyOf(own));
      const different = twice !== undefined && JSON.stringify(twice.rules) !== JSON.stringify(rules);
      const why = different ? "it was recorded twice, with different rules" : (problem ?? twice?.problem);
      const role: LiveRole = why === undefined ? own : { ...own, problem: why };
      byKey.set(keyOf(role), role);
    }
  }
  for (const role of byKey.values()) {
    const key = JSON.stringify([role.kind, role.name]);
    byName.set(key, [...(byName.get(key) ?? []), role]);
  }
  const roles: LiveRoles = {
    all: [...byKey.values()],
    find: (role) => byKey.get(keyOf(role)),
    named: (kind, name) => byName.get(JSON.stringify([kind, name])) ?? [],
  };
  read.set(facts, roles);
  return roles;
}

/** `ClusterRole x`, `Role x in namespace y`. */
export function roleInWords({ kind, name, namespace }: RoleName): string {
  return `${kind} ${name}${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
}

export function liveRoleResource({ kind, name, namespace }: RoleName): Resource {
  return { type: kind, id: namespace === undefined ? name : `${namespace}/${name}`, name };
}
