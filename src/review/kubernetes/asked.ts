import { field, list, text, texts } from "../../snapshot/value.ts";
import { type DocumentedRole, documentedRole, ROLE } from "../../state/kubernetes/documented.ts";
import type { Rule } from "../../state/kubernetes/rules.ts";
import { type Item, names, type Text } from "../card/blocks.ts";
import { type Asked, type Both, type Holder, valueOr } from "../card/holder.ts";

/** Where a Role applies whose namespace is not known yet. */
const NAMESPACE = "the-namespace";
/** A binding that names nobody would grant nothing. */
const SOMEBODY = [{ kind: "ServiceAccount", name: "account", namespace: NAMESPACE }];
const API = "rbac.authorization.k8s.io";

/** Who is to hold which roles of Kubernetes: service accounts, and whoever is bound to a role that no account is given. */
export function kubernetesHolders(controls: readonly Both[]): readonly Holder[] {
  const roles = controls.filter(({ control }) => control.check === ROLE);
  const accounts = accountsOf(controls);
  const held = new Set([...accounts.values()].flat());
  const ofAccounts = [...accounts].map(([account, ids]) =>
    holderOf(
      ["account", account],
      ["the service account", ...valueOr(account)],
      roles.filter(({ control }) => ids.includes(control.id)),
    ),
  );
  const unbound = roles
    .filter(({ control }) => !held.has(control.id))
    .map((each) => {
      const { name } = documentedRole(each.resolved);
      return holderOf(["role", name], ["whoever is bound to ", { code: name }], [each]);
    });
  return [...ofAccounts.filter(({ asked }) => asked.length > 0), ...unbound];
}

/** The roles of each account, by the ids of their controls, as the file writes the account. */
function accountsOf(controls: readonly Both[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (account: string, role: string) => {
    const known = found.get(account) ?? [];
    if (!known.includes(role)) found.set(account, [...known, role]);
  };
  for (const { control } of controls) {
    if (control.check === "kubernetes/effective-access")
      for (const each of list(field(control.with, "accounts")) ?? [])
        for (const role of texts(field(each, "roles"))) add(text(field(each, "serviceAccount")) ?? "", role);
    if (control.check === "kubernetes/role-binding")
      for (const each of list(field(control.with, "bindings")) ?? [])
        for (const account of texts(field(each, "serviceAccounts")))
          add(account, text(field(each, "role")) ?? "");
  }
  return found;
}

function holderOf(key: readonly string[], who: Text, own: readonly Both[]): Holder {
  const roles = own.map(({ resolved }) => documentedRole(resolved));
  const wide = roles.some(({ kind }) => kind === "ClusterRole");
  return {
    provider: "kubernetes",
    key: JSON.stringify(key),
    who,
    asked: own.map(askedOf),
    documents: roles.flatMap(documentsOf),
    options: { namespace: NAMESPACE },
    byName: [],
    cannot: wide
      ? []
      : [["do anything outside the namespaces in which it is bound: no ClusterRole is asked for"]],
  };
}

/** The role, and of one of the whole cluster the binding that makes it hold there. */
function documentsOf({ kind, name, namespace = NAMESPACE, rules }: DocumentedRole): readonly unknown[] {
  const metadata = kind === "Role" ? { name, namespace } : { name };
  const role = { apiVersion: `${API}/v1`, kind, metadata, rules };
  const roleRef = { apiGroup: API, kind, name };
  return kind === "Role"
    ? [role]
    : [
        role,
        {
          apiVersion: `${API}/v1`,
          kind: "ClusterRoleBinding",
          metadata: { name },
          roleRef,
          subjects: SOMEBODY,
        },
      ];
}

function askedOf({ control, resolved }: Both): Asked {
  const { kind, namespace } = documentedRole(resolved);
  const where: Text =
    kind === "ClusterRole"
      ? ["in the whole cluster"]
      : namespace === undefined
        ? ["in its namespace"]
        : ["in the namespace ", { code: namespace }];
  const rules = list(field(resolved.with, "rules")) ?? [];
  return { control: control.id, grants: [{ text: where, items: rules.map(ruleItem) }] };
}

function ruleItem(rule: unknown): Item {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule as Rule;
  const note = text(field(rule, "note"));
  return {
    text: [
      ...names(verbs),
      " on ",
      ...(nonResourceURLs.length > 0
        ? names(nonResourceURLs)
        : [
            ...names(resources),
            " of ",
            ...apiGroups.flatMap(
              (group, i): Text => [
                ...(i === 0 ? [] : [", "]),
                group === "" ? "the core group" : { code: group },
              ],
            ),
          ]),
      ...(resourceNames.length === 0 ? [] : [" named ", ...names(resourceNames)]),
      ...(note === undefined ? [] : [` (${note})`]),
      ...(field(rule, "optional") === true ? ["; optional, so it can be left out"] : []),
    ],
  };
}
