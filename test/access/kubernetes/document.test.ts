import { describe, expect, it } from "vitest";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

const get = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };
const list = { verbs: ["list"], apiGroups: [""], resources: ["pods"] };
const api = "rbac.authorization.k8s.io/v1";
const meta = (name: string, namespace?: string) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});
const ref = (kind: string, name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
const binding = (kind: string, name: string, roleRef: unknown, namespace?: string) => ({
  kind,
  metadata: meta(name, namespace),
  roleRef,
  subjects: [{ kind: "ServiceAccount", name: "engine", namespace: "a" }],
});

const outcome = (documented: unknown[], live: unknown[], options = {}) => {
  const { missing, excess, undecided } = comparePolicies("kubernetes", documented, live, options);
  return {
    missing: missing.map((r) => r.pattern),
    excess: excess.map((r) => r.pattern),
    undecided: undecided.map((d) => `${d.side} ${d.pattern} [${d.clause}] ${d.reason}; ${d.decide}`),
  };
};
const request = { verb: "get", group: "", resource: "pods" };
const equal = { missing: [], excess: [], undecided: [] };

describe("K10: every form of a document is the same document", () => {
  const clusterRole = { apiVersion: api, kind: "ClusterRole", metadata: meta("c"), rules: [get, list] };
  it.each<[string, unknown]>([
    ["a ClusterRole", clusterRole],
    ["a list of documents", [clusterRole]],
    ["kind List", { apiVersion: "v1", kind: "List", items: [clusterRole] }],
    [
      "ClusterRoleList, whose items say no kind",
      { kind: "ClusterRoleList", items: [{ metadata: meta("c"), rules: [get, list] }] },
    ],
    ["items alone", { items: [clusterRole] }],
    ["bare rules", { rules: [get, list] }],
    ["bare rules, one by one", [get, list]],
    ["an older version", { ...clusterRole, apiVersion: "rbac.authorization.k8s.io/v1beta1" }],
    ["aggregated and filled in (K6)", { ...clusterRole, aggregationRule: { clusterRoleSelectors: [] } }],
    [
      "beside a ServiceAccount and a Namespace, which grant nothing",
      [{ kind: "Namespace" }, { kind: "ServiceAccount" }, clusterRole],
    ],
    [
      "with flags of its own",
      {
        rules: [
          { ...get, optional: true },
          { ...list, resourceNames: [], nonResourceURLs: null },
        ],
      },
    ],
  ])("%s", (_, document) => {
    expect(outcome([clusterRole], [document])).toEqual(equal);
    expect(outcome([{ rules: [get] }], [document])).toEqual({ ...equal, excess: ["list pods"] });
  });

  it("a Role's namespace is its own, else that of the options, else one that is not said", () => {
    const items = [{ metadata: meta("r", "a"), rules: [get] }];
    expect(
      outcome([{ kind: "Role", metadata: meta("r", "a"), rules: [get] }], [{ kind: "RoleList", items }]),
    ).toEqual(equal);
    // an item without kind outside a list that says it: of the two only a Role has a namespace
    expect(outcome([{ kind: "RoleList", items }], [{ items }])).toEqual(equal);
    expect(
      outcome([{ kind: "Role", rules: [get] }], [{ kind: "RoleList", items }], { namespace: "a" }),
    ).toEqual(equal);
    expect(outcome([{ kind: "Role", rules: [get] }], [{ kind: "Role", rules: [get] }])).toEqual(equal);
    expect(outcome([{ kind: "Role", rules: [get] }], [{ kind: "Role", rules: [list] }])).toEqual({
      missing: ["get pods"],
      excess: ["list pods"],
      undecided: [],
    });
  });

  it("K4: a namespace said on one side only decides, so nothing is equal and nothing is drift", () => {
    const decide =
      "a role on one side does not say in which namespace it stands; name the namespace (options.namespace, on the command line --namespace)";
    const named = [{ kind: "Role", metadata: meta("r", "a"), rules: [get] }];
    expect(outcome([{ kind: "Role", rules: [get] }], named)).toEqual({
      missing: [],
      excess: [],
      undecided: [`missing get pods -n <namespace> [K4] ${decide}`, `excess get pods -n a [K4] ${decide}`],
    });
    expect(outcome([{ kind: "Role", rules: [get] }], [{ rules: [get] }])).toEqual({
      missing: [],
      excess: ["get pods"],
      undecided: [],
    });
  });
});

describe("K4, K6: bindings among the documents say where a role applies", () => {
  const role = { kind: "ClusterRole", metadata: meta("c"), rules: [get] };
  const inNamespace = (namespace: string) => ({ kind: "Role", metadata: meta("x", namespace), rules: [get] });

  it("a ClusterRole through RoleBindings is cut to their namespaces, through a ClusterRoleBinding it is not", () => {
    const here = binding("RoleBinding", "b", ref("ClusterRole", "c"), "a");
    const there = binding("RoleBinding", "b", ref("ClusterRole", "c"), "b");
    const everywhere = binding("ClusterRoleBinding", "b", ref("ClusterRole", "c"));
    expect(outcome([inNamespace("a"), inNamespace("b")], [role, here, there])).toEqual(equal);
    expect(outcome([{ rules: [get] }], [[everywhere, role, here]])).toEqual(equal);
    expect(outcome([inNamespace("a")], [role, here], { namespace: "zz" })).toEqual(equal);
  });

  it("a Role and its binding; one that no binding references counts as itself", () => {
    const bound = binding("RoleBinding", "b", ref("Role", "x"), "a");
    expect(
      outcome([inNamespace("a"), inNamespace("b")], [inNamespace("a"), bound, inNamespace("b")]),
    ).toEqual(equal);
    expect(outcome([role, inNamespace("a")], [role, inNamespace("a"), bound])).toEqual(equal);
  });

  it("a Role of that name in another namespace is another role", () => {
    expect(outcome([], [inNamespace("b"), binding("RoleBinding", "b", ref("Role", "x"), "a")])).toEqual({
      missing: [],
      excess: ["get pods -n b"],
      undecided: [
        'excess * *.* -n a [K4] the Role "x" that a binding references is not among the documents; add the Role "x"',
      ],
    });
  });

  it("a binding whose role is not there makes its side unsure, within the binding's reach, never equal", () => {
    const lost = binding("RoleBinding", "b", ref("ClusterRole", "view"), "a");
    const why =
      'the ClusterRole "view" that a binding references is not among the documents; add the ClusterRole "view"';
    expect(outcome([inNamespace("a"), inNamespace("b")], [lost])).toEqual({
      missing: ["get pods -n b"],
      excess: [],
      undecided: [`missing get pods -n a [K4] ${why}`, `excess * *.* -n a [K4] ${why}`],
    });
    // what the other side grants anyhow cannot be exceeded
    const all = { rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] };
    expect(outcome([all], [all, lost])).toEqual(equal);
    expect(allows("kubernetes", [lost], { verb: "get", group: "", resource: "pods", namespace: "a" })).toBe(
      "undecided",
    );
    expect(allows("kubernetes", [lost], { verb: "get", group: "", resource: "pods", namespace: "b" })).toBe(
      "denied",
    );
    expect(allows("kubernetes", [lost], { verb: "get", url: "/x" })).toBe("denied");
  });

  it("a binding cluster-wide without its role may grant anything, URLs too", () => {
    const lost = binding("ClusterRoleBinding", "b", ref("ClusterRole", "view"));
    expect(outcome([], [lost]).undecided.map((text) => text.split(" [K4]")[0])).toEqual([
      "excess * *.*",
      "excess * [*]",
    ]);
    expect(allows("kubernetes", [lost], { verb: "get", url: "/x" })).toBe("undecided");
  });

  it.each<[string, unknown]>([
    ["no roleRef", undefined],
    ["a roleRef without a name", { kind: "ClusterRole" }],
    ["a Role bound cluster-wide", ref("Role", "c")],
    ["a role of another API", { ...ref("ClusterRole", "c"), apiGroup: "example.org" }],
    ["a kind that is none", ref("User", "c")],
  ])("K10: %s is a doubt", (_, roleRef) => {
    expect(outcome([], [role, binding("ClusterRoleBinding", "b", roleRef)])).toEqual({
      missing: [],
      excess: ["get pods"],
      undecided: [
        "excess * *.* [K10] malformed: a binding's roleRef or namespace is not one; mend the binding",
        "excess * [*] [K10] malformed: a binding's roleRef or namespace is not one; mend the binding",
      ],
    });
  });
});

describe("K6, K10, fault 41: what cannot be read is a doubt, never nothing", () => {
  const aggregated = (rules: unknown) => ({
    kind: "ClusterRole",
    metadata: meta("agg"),
    aggregationRule: { clusterRoleSelectors: [] },
    rules,
  });

  it.each([[null], [undefined], [[]]])("K6: an aggregated ClusterRole with rules %j", (rules) => {
    const why =
      '[K6] the rules of the aggregated ClusterRole "agg" are not filled in; read it from a cluster whose controller has filled them in, or write the rules out';
    expect(outcome([{ rules: [get] }], [aggregated(rules)])).toEqual({
      missing: [],
      excess: [],
      undecided: [`missing get pods ${why}`, `excess * *.* ${why}`, `excess * [*] ${why}`],
    });
    expect(outcome([aggregated(rules)], [aggregated(rules)]).undecided.length).toBeGreaterThan(0);
  });

  it("a Role without rules, which a server prints as null, grants nothing", () => {
    expect(outcome([], [{ kind: "Role", metadata: meta("r", "a"), rules: null }])).toEqual(equal);
    expect(outcome([], [{ kind: "Role", metadata: meta("r", "a"), rules: [] }])).toEqual(equal);
  });

  it.each<[string, unknown, string]>([
    ["no rules", { kind: "ClusterRole", metadata: meta("r") }, 'a role has no "rules"; mend the document'],
    ["rules that are no list", { rules: "x" }, '"rules" is a string; mend the document'],
    ["a rule that is none", { rules: [3] }, "a rule is a number; mend /rules/0"],
    [
      "no verbs",
      { rules: [{ apiGroups: [""], resources: ["pods"] }] },
      'a rule has no "verbs"; mend /rules/0',
    ],
    ["no verb", { rules: [{ ...get, verbs: [] }] }, 'a rule has no "verbs"; mend /rules/0'],
    [
      "no groups",
      { rules: [{ verbs: ["get"], resources: ["pods"] }] },
      'a rule has no "apiGroups"; mend /rules/0',
    ],
    [
      "no resources",
      { rules: [{ verbs: ["get"], apiGroups: [""] }] },
      'a rule has no "resources"; mend /rules/0',
    ],
    [
      "verbs that are no list",
      { rules: [{ ...get, verbs: "get" }] },
      '"verbs" of a rule is no list of texts; mend /rules/0',
    ],
    [
      "a verb that is no text",
      { rules: [{ ...get, verbs: [1] }] },
      '"verbs" of a rule is no list of texts; mend /rules/0',
    ],
    [
      "a name that is no text",
      { rules: [{ ...get, resourceNames: [null] }] },
      '"resourceNames" of a rule is no list of texts; mend /rules/0',
    ],
    [
      "a part that is misspelt",
      { rules: [{ ...get, resourcenames: ["x"] }] },
      '"resourcenames" is no part of a rule (verbs, apiGroups, resources, resourceNames, nonResourceURLs); mend /rules/0',
    ],
    [
      "a namespace that is no name",
      { kind: "Role", metadata: { name: "r", namespace: 5 }, rules: [get] },
      "the role's namespace is no text; a word such as n, y or 7 needs quotes; mend the document",
    ],
  ])("%s", (_, document, why) => {
    const { missing, excess, undecided } = comparePolicies("kubernetes", [{ rules: [get] }], [document]);
    expect([missing, excess]).toEqual([[], []]);
    const sides = undecided
      .filter((d) => d.side === "missing" || d.pattern.startsWith("*"))
      .map((d) => d.side);
    // the one that grants pods for sure, and doubts only what else it grants, has no doubt of what is missing
    const grantsPods = why.startsWith('"verbs" of')
      ? false
      : allows("kubernetes", [document], request) === "allowed";
    expect(sides.includes("missing")).toBe(!grantsPods);
    expect(sides.includes("excess") || why.includes("resourceNames")).toBe(true);
    expect(new Set(undecided.map((d) => `${d.clause} ${d.reason}; ${d.decide}`))).toEqual(
      new Set([`K10 malformed: ${why}`]),
    );
  });

  it("what is well-formed in a malformed rule still grants, and bounds what the rest could", () => {
    const odd = { rules: [{ verbs: ["get", 7], apiGroups: [""], resources: ["pods"] }] };
    expect(outcome([{ rules: [get, { ...get, resources: ["secrets"] }] }], [odd])).toEqual({
      missing: ["get secrets"],
      excess: [],
      undecided: ['excess * pods [K10] malformed: "verbs" of a rule is no list of texts; mend /rules/0'],
    });
    expect(allows("kubernetes", [odd], { verb: "get", group: "", resource: "pods" })).toBe("allowed");
    expect(allows("kubernetes", [odd], { verb: "list", group: "", resource: "pods" })).toBe("undecided");
    expect(allows("kubernetes", [odd], { verb: "list", group: "", resource: "nodes" })).toBe("denied");
  });

  const expected =
    'expected Role, ClusterRole, RoleBinding, ClusterRoleBinding, a list of these, or { "rules": [...] }';
  it.each<[unknown, string]>([
    [5, `document 1: ${expected}; found a number`],
    [null, `document 1: ${expected}; found null`],
    [[{ rules: [] }, "x"], `document 1 at /1: ${expected}; found a string`],
    [{}, `document 1: no "kind" and no "rules": ${expected}`],
    [{ kind: 5, rules: [] }, `document 1: "kind" is a number; ${expected}`],
    [
      { kind: "List", items: [{ kind: "Deployment" }] },
      `document 1 at /items/0: found kind "Deployment"; ${expected}`,
    ],
    [
      { kind: "Role", apiVersion: "iam.example.org/v1", rules: [] },
      `document 1: found kind "Role" of "iam.example.org/v1"; ${expected} of rbac.authorization.k8s.io/v1`,
    ],
    [{ kind: "ServiceAccount" }, `document 1 is a ServiceAccount, which grants nothing; ${expected}`],
    [{ kind: "Role", Rules: [] }, 'document 1: "Rules" is no field of a Role; did you mean "rules"?'],
    [
      { kind: "ClusterRole", rules: [], aggregationrule: {} },
      'document 1: "aggregationrule" is no field of a ClusterRole; did you mean "aggregationRule"?',
    ],
    [
      { kind: "RoleBinding", roleRef: {}, subject: [] },
      'document 1: "subject" is no field of a RoleBinding; did you mean "subjects"?',
    ],
  ])("refuses %j", (document, message) => {
    expect(() => comparePolicies("kubernetes", [], [document])).toThrow(
      expect.objectContaining({ name: "PolicyError", message }),
    );
  });
});
