import fc from "fast-check";
import type { KubernetesRequest } from "../../../src/access/policy.ts";
import type { Placed, Rule } from "./oracle.ts";

const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });

const resourceRule: fc.Arbitrary<Rule> = fc.record(
  {
    verbs: some("get", "create", "deletecollection", "zz", "*"),
    apiGroups: some("", "apps", "*"),
    resources: some("pods", "nodes", "pods/log", "*/log", "*", "pods/*", "*/*", "namespaces"),
    resourceNames: fc.oneof(
      { arbitrary: fc.constant<string[]>([]), weight: 2 },
      { arbitrary: some("a", "b", "", "*"), weight: 1 },
    ),
  },
  { requiredKeys: ["verbs", "apiGroups", "resources"] },
);

const urlRule: fc.Arbitrary<Rule> = fc.record({
  verbs: some("get", "post", "*"),
  nonResourceURLs: some("/m", "/m/*", "/m*", "/m/x", "*", "/*", "/m*x", "/m**"),
});

/** Resources and URLs in one rule, which grants both (K10). */
const bothRule: fc.Arbitrary<Rule> = fc
  .tuple(resourceRule, urlRule)
  .map(([resources, urls]) => ({ ...resources, nonResourceURLs: urls.nonResourceURLs ?? [] }));

const rule = fc.oneof(
  { arbitrary: resourceRule, weight: 4 },
  { arbitrary: urlRule, weight: 1 },
  { arbitrary: bothRule, weight: 1 },
);

/** Rules at places. URLs stand in rules that apply everywhere, as the server demands. */
export const placed: fc.Arbitrary<Placed> = fc
  .record({
    place: fc.constantFrom(undefined, "a", "b"),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  })
  .map(({ place, rules }) => ({
    place,
    rules: place === undefined ? rules : rules.filter((r) => r.nonResourceURLs === undefined),
  }));

export const side: fc.Arbitrary<Placed[]> = fc.array(placed, { maxLength: 3 });

/** How the rules of a place are written: on their own, or through a binding. */
export const style = fc.constantFrom("plain", "bound", "list");
export type Style = "plain" | "bound" | "list";

const meta = (name: string, namespace?: string) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

/** Native documents of a side. With `namespace`, rules for it may stand without one. */
export function documentsOf(sides: readonly Placed[], how: Style, namespace?: string): unknown[] {
  return sides.map(({ rules, place }, i) => {
    const name = `r${i}`;
    const clusterRole = { kind: "ClusterRole", metadata: meta(name), rules };
    const ref = {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name: "engine", namespace: "a" }],
    };
    if (place === undefined) {
      if (how !== "bound" && namespace === undefined) return how === "list" ? [{ rules }] : clusterRole;
      return [clusterRole, { kind: "ClusterRoleBinding", metadata: meta("b"), ...ref }];
    }
    if (place === namespace && how !== "bound") return how === "list" ? { rules } : clusterRole;
    if (how === "bound") return [clusterRole, { kind: "RoleBinding", metadata: meta("b", place), ...ref }];
    if (how === "plain") return { kind: "Role", metadata: meta(name, place), rules };
    return { kind: "RoleList", items: [{ metadata: meta(name, place), rules }] };
  });
}

const VERBS = ["get", "create", "deletecollection", "zz"];
const KINDS: readonly (readonly [string, string | undefined])[] = [
  ["pods", undefined],
  ["nodes", undefined],
  ["pods", "log"],
  ["nodes", "log"],
  ["pods", "*"],
  ["zz", undefined],
  ["zz", "zz"],
  ["namespaces", undefined],
];

/** Requests without the one that never comes: a name with `deletecollection` (K2). */
export const UNIVERSE: readonly KubernetesRequest[] = [
  ...VERBS.flatMap((verb) =>
    ["", "apps", "zz"].flatMap((group) =>
      KINDS.flatMap(([resource, subresource]) =>
        [undefined, "a", "zz"].flatMap((name) =>
          [undefined, "a", "zz"].map((namespace) => ({
            verb,
            group,
            resource,
            ...(subresource === undefined ? {} : { subresource }),
            ...(name === undefined ? {} : { name }),
            ...(namespace === undefined ? {} : { namespace }),
          })),
        ),
      ),
    ),
  ).filter(({ verb, name }) => name === undefined || verb !== "deletecollection"),
  ...["get", "post", "zz"].flatMap((verb) =>
    ["/m", "/m/", "/m/x", "/m/xx", "/mx", "/m*x", "/m*xx", "/z", "/", "", "z"].map((url) => ({ verb, url })),
  ),
];
