/** Files of Kubernetes as people have them: bindings of nobody, aggregated roles with their parts, other objects. */
import { describe, expect, it } from "vitest";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

const get = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };
const list = { verbs: ["list"], apiGroups: [""], resources: ["pods"] };
const API = "rbac.authorization.k8s.io";
const meta = (name: string, more: object = {}) => ({ name, ...more });
const role = (rules: unknown, name = "r") => ({
  kind: "Role",
  metadata: meta(name, { namespace: "a" }),
  rules,
});
const bound = (more: object, of = { kind: "Role", name: "r" }) => ({
  kind: "RoleBinding",
  metadata: meta("b", { namespace: "a" }),
  roleRef: { apiGroup: API, ...of },
  ...more,
});
const someone = { subjects: [{ kind: "ServiceAccount", name: "engine" }] };

function outcome(documented: unknown[], live: unknown[]) {
  const found = comparePolicies("kubernetes", documented, live);
  return {
    missing: found.missing.map((r) => r.pattern),
    excess: found.excess.map((r) => r.pattern),
    undecided: found.undecided.map((d) => `${d.side} ${d.pattern} [${d.clause}] ${d.reason}`),
  };
}
const equal = { missing: [], excess: [], undecided: [] };

describe("K10: a rule with resources and URLs grants both", () => {
  const both = { ...get, nonResourceURLs: ["/x"] };

  it("is the same as two rules, and its URLs hold cluster-wide only", () => {
    expect(
      outcome([{ rules: [get, { verbs: ["get"], nonResourceURLs: ["/x"] }] }], [{ rules: [both] }]),
    ).toEqual(equal);
    expect(outcome([{ rules: [get] }], [{ rules: [both] }])).toEqual({ ...equal, excess: ["get /x"] });
    expect(outcome([{ rules: [both] }], [{ rules: [get] }])).toEqual({ ...equal, missing: ["get /x"] });
    expect(outcome([role([get])], [role([both])])).toEqual(equal);
  });

  it("grants its URLs for sure where its resources cannot be read", () => {
    const { apiGroups: _, ...half } = both;
    expect(allows("kubernetes", [{ rules: [half] }], { verb: "get", url: "/x" })).toBe("allowed");
    expect(allows("kubernetes", [{ rules: [half] }], { verb: "get", url: "/y" })).toBe("denied");
    const pods = { verb: "get", group: "", resource: "pods" };
    expect(allows("kubernetes", [{ rules: [half] }], pods)).toBe("undecided");
    expect(allows("kubernetes", [{ rules: [half] }], { ...pods, verb: "list" })).toBe("denied");
  });
});

describe("K12: a binding without subjects grants nobody", () => {
  it.each<[string, object]>([
    ["an empty list", { subjects: [] }],
    ["null", { subjects: null }],
    ["nothing", {}],
  ])("%s", (_, subjects) => {
    const live = [role([get]), bound(subjects)];
    expect(outcome([role([get]), bound(someone)], live)).toEqual({ ...equal, missing: ["get pods -n a"] });
    expect(outcome([], live)).toEqual(equal);
    expect(allows("kubernetes", live, { verb: "get", group: "", resource: "pods", namespace: "a" })).toBe(
      "denied",
    );
    expect(comparePolicies("kubernetes", [], live).void).toEqual([
      {
        side: "live",
        pattern: "get pods -n a",
        namespace: "a",
        clause: "K12",
        why: "the binding that grants it names nobody",
        origin: { document: 0, pointer: "/rules/0", label: "r" },
      },
    ]);
  });

  it("whose role is not there grants nothing either", () => {
    expect(outcome([], [bound({ subjects: [] })])).toEqual(equal);
  });

  it("another binding of the role that names somebody grants it", () => {
    const live = [role([get]), bound({ subjects: [] }), bound(someone)];
    expect(outcome([role([get])], live)).toEqual(equal);
  });

  it.each<[string, unknown]>([
    ["no list", "engine"],
    ["a list of texts", ["engine"]],
    ["a subject without a name", [{ kind: "User" }]],
  ])("%s may be anybody: undecided, never nobody", (_, subjects) => {
    expect(outcome([role([get]), bound(someone)], [role([get]), bound({ subjects })])).toEqual({
      missing: [],
      excess: [],
      undecided: [
        "missing get pods -n a [K12] malformed: none of a binding's subjects can be read",
        "excess * *.* -n a [K12] malformed: none of a binding's subjects can be read",
      ],
    });
  });
});

describe("K13: an aggregated ClusterRole is filled in from the parts beside it", () => {
  const whole = (
    rules: unknown,
    selector: unknown = { matchLabels: { part: "yes" } },
    labels: object = {},
  ) => ({
    kind: "ClusterRole",
    metadata: meta("whole", { labels }),
    aggregationRule: { clusterRoleSelectors: [selector] },
    rules,
  });
  const part = (rules: unknown, labels: object = { part: "yes" }, name = "part") => ({
    kind: "ClusterRole",
    metadata: meta(name, { labels }),
    rules,
  });

  it.each<[string, unknown]>([
    ["matchLabels", { matchLabels: { part: "yes" } }],
    ["In", { matchExpressions: [{ key: "part", operator: "In", values: ["yes", "maybe"] }] }],
    ["NotIn", { matchExpressions: [{ key: "part", operator: "NotIn", values: ["no"] }] }],
    ["Exists", { matchExpressions: [{ key: "part", operator: "Exists" }] }],
    ["DoesNotExist", { matchExpressions: [{ key: "other", operator: "DoesNotExist" }] }],
    ["all of it", {}],
  ])("by %s", (_, selector) => {
    for (const rules of [[], null, undefined]) {
      expect(outcome([whole(rules, selector), part([get, list])], [{ rules: [get, list] }])).toEqual(equal);
    }
  });

  it.each<[string, unknown]>([
    ["another value", { matchLabels: { part: "no" } }],
    ["one demand of two", { matchLabels: { part: "yes", of: "x" } }],
    ["not in", { matchExpressions: [{ key: "part", operator: "NotIn", values: ["yes"] }] }],
    ["a selector that cannot be read", { matchLabel: { part: "yes" } }],
    ["an operator that is none", { matchExpressions: [{ key: "part", operator: "Gt", values: ["1"] }] }],
  ])("%s takes no part: undecided (K6)", (_, selector) => {
    const { undecided } = outcome([whole([], selector), part([get])], [{ rules: [get] }]);
    expect(new Set(undecided)).toEqual(
      new Set([
        'missing * *.* [K6] the rules of the aggregated ClusterRole "whole" are not filled in',
        'missing * [*] [K6] the rules of the aggregated ClusterRole "whole" are not filled in',
      ]),
    );
  });

  it("parts of parts, in a circle too, and a part that is not filled in", () => {
    const middle = {
      ...whole([], { matchLabels: { deep: "yes" } }, { part: "yes" }),
      metadata: meta("middle", { labels: { part: "yes" } }),
    };
    expect(outcome([whole([]), middle, part([get], { deep: "yes" })], [{ rules: [get] }])).toEqual(equal);
    const round = { ...middle, aggregationRule: { clusterRoleSelectors: [{}] } };
    expect(outcome([whole([]), round, part([get], { deep: "yes" })], [{ rules: [get] }])).toEqual(equal);
    expect(outcome([whole([]), middle], [{ rules: [get] }]).undecided.length).toBeGreaterThan(0);
  });

  it("a part is granted as the whole is bound, filled in or not, and no longer as itself", () => {
    const here = bound(someone, { kind: "ClusterRole", name: "whole" });
    const wanted = [role([get])];
    expect(outcome(wanted, [whole([]), part([get]), here])).toEqual(equal);
    expect(outcome(wanted, [whole([get]), part([get]), here])).toEqual(equal);
    // what the controller has not taken in yet is no part of it
    expect(outcome(wanted, [whole([get]), part([list]), here])).toEqual({ ...equal, excess: ["list pods"] });
  });
});

describe("K14: what has nothing to do with access is passed over, and counted", () => {
  const other = [
    { apiVersion: "apps/v1", kind: "Deployment", metadata: meta("engine") },
    { apiVersion: "v1", kind: "ConfigMap", metadata: meta("settings") },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: meta("engine") },
    { kind: "Namespace", metadata: meta("a") },
    { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", metadata: meta("x") },
  ];

  it("beside roles, in a list too", () => {
    const live = [{ apiVersion: "v1", kind: "List", items: [...other, role([get])] }, other];
    expect(outcome([role([get])], live)).toEqual(equal);
    expect(comparePolicies("kubernetes", [role([get])], live).passedOver).toEqual({
      documented: 0,
      live: 10,
    });
    expect(comparePolicies("kubernetes", [role([get])], [role([get])]).passedOver).toBeUndefined();
    const items = [{ metadata: meta("settings") }];
    const listed = [role([get]), { apiVersion: "v1", kind: "ConfigMapList", items }];
    expect(comparePolicies("kubernetes", [], listed).passedOver).toEqual({ documented: 0, live: 1 });
  });

  it.each<[string, object]>([
    ["a kind that RBAC does not have", { apiVersion: `${API}/v1`, kind: "ClusterRol" }],
    ["a role of another API", { apiVersion: "authorization.openshift.io/v1", kind: "Role" }],
    [
      "a binding of another API",
      { apiVersion: "management.cattle.io/v3", kind: "ClusterRoleTemplateBinding" },
    ],
    [
      "what names users itself",
      { apiVersion: "security.openshift.io/v1", kind: "SecurityContextConstraints" },
    ],
    ["a kind in another case", { apiVersion: "v1", kind: "rolebinding" }],
    ["a kind without its API", { kind: "Deployment" }],
  ])("%s is refused", (_, object) => {
    expect(() => comparePolicies("kubernetes", [], [role([get]), object])).toThrow(
      expect.objectContaining({
        name: "PolicyError",
        message: expect.stringContaining("document 2: found kind"),
      }),
    );
  });

  it("a side of such objects alone is refused: nothing was compared", () => {
    expect(() => comparePolicies("kubernetes", [], other)).toThrow(
      /^document 1 is a Deployment, which grants nothing/,
    );
  });
});
