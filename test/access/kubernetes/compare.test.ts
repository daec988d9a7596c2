import { describe, expect, it } from "vitest";
import type { CompareOptions, KubernetesRequest, ServedResource } from "../../../src/access/policy.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

const rule = (verbs: string, groups: string, resources: string, names?: string) => ({
  verbs: verbs.split(" "),
  apiGroups: groups.split(" ").map((group) => (group === "core" ? "" : group)),
  resources: resources.split(" "),
  ...(names === undefined
    ? {}
    : { resourceNames: names.split(" ").map((name) => (name === "-" ? "" : name)) }),
});
const urls = (verbs: string, list: string) => ({ verbs: verbs.split(" "), nonResourceURLs: list.split(" ") });
const all = (...rules: unknown[]) => ({ rules });
const role = (namespace: string, ...rules: unknown[]) => ({
  kind: "Role",
  metadata: { name: "r", namespace },
  rules,
});

/** `get pods.apps/log name -n ns`, or `get /url`. */
function request(text: string): KubernetesRequest {
  const [verb = "", kind = "", ...rest] = text.split(" ");
  if (kind.startsWith("/")) return { verb, url: kind };
  const [path = "", subresource] = kind.split("/");
  const [resource = "", ...group] = path.split(".");
  const at = rest.indexOf("-n");
  const name = at === 0 ? undefined : rest[0];
  return {
    verb,
    group: group.join("."),
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
    ...(at < 0 ? {} : { namespace: rest[at + 1] ?? "" }),
  };
}

const SERVED: readonly ServedResource[] = [
  { group: "", resource: "pods", namespaced: true, verbs: ["create", "delete", "get", "list", "watch"] },
  { group: "", resource: "pods/log", namespaced: true, verbs: ["get"] },
  { group: "", resource: "secrets", namespaced: true, verbs: ["create", "get", "list"] },
  { group: "", resource: "nodes", namespaced: false, verbs: ["get", "list"] },
  {
    group: "",
    resource: "namespaces",
    namespaced: false,
    verbs: ["create", "delete", "get", "list", "watch"],
  },
  { group: "networking.k8s.io", resource: "ingresses", namespaced: true, verbs: ["get", "list"] },
  { group: "networking.k8s.io", resource: "ingressclasses", namespaced: false, verbs: ["get", "list"] },
  { group: "rbac.authorization.k8s.io", resource: "clusterroles", namespaced: false, verbs: ["get", "list"] },
];

describe("allows: as a SubjectAccessReview answers (K1 to K4)", () => {
  it.each<[string, unknown, string, string]>([
    ["K1: case matters", all(rule("get", "core", "pods")), "get Pods", "denied"],
    ["K1: case of the verb", all(rule("Get", "core", "pods")), "get pods", "denied"],
    ["K1: `*` holds subresources", all(rule("get", "core", "*")), "get pods/log", "allowed"],
    ["K1: a resource holds no subresource", all(rule("get", "core", "pods")), "get pods/log", "denied"],
    [
      "K1: a subresource is held by its name",
      all(rule("get", "core", "pods/log")),
      "get pods/log",
      "allowed",
    ],
    ["K1: a subresource is not its resource", all(rule("get", "core", "pods/log")), "get pods", "denied"],
    ["K1: `*/log` holds the log of any", all(rule("get", "core", "*/log")), "get pods/log", "allowed"],
    ["K1: `*/log` holds no resource", all(rule("get", "core", "*/log")), "get pods", "denied"],
    ["K1: `pods/*` is a literal", all(rule("get", "core", "pods/*")), "get pods/log", "denied"],
    ["K1: `*/*` is a literal", all(rule("get", "core", "*/*")), "get pods/log", "denied"],
    ["K1: `pods*` is a literal", all(rule("get", "core", "pods*")), "get pods", "denied"],
    ["K1: `ap*` is a literal", all(rule("get", "ap*", "pods")), "get pods.apps", "denied"],
    ["K1: any group", all(rule("get", "*", "pods")), "get pods.apps", "allowed"],
    ["K1: the core group is not any", all(rule("get", "core", "pods")), "get pods.apps", "denied"],
    ["K2: this name", all(rule("get", "core", "pods", "a b")), "get pods b", "allowed"],
    ["K2: another name", all(rule("get", "core", "pods", "a b")), "get pods c", "denied"],
    ["K2: no name", all(rule("list", "core", "pods", "a")), "list pods", "denied"],
    ["K2: list by a field selector", all(rule("list", "core", "pods", "a")), "list pods a", "allowed"],
    ["K2: the empty name is no name", all(rule("list", "core", "pods", "-")), "list pods", "allowed"],
    ["K2: the empty name is no other", all(rule("list", "core", "pods", "-")), "list pods a", "denied"],
    ["K2: a star is a name like any other", all(rule("get", "core", "pods", "*")), "get pods a", "denied"],
    ["K2: written, so reviewed", all(rule("create", "core", "pods", "a")), "create pods a", "allowed"],
    ["K3: exact", all(urls("get", "/metrics")), "get /metrics", "allowed"],
    ["K3: exact is no prefix", all(urls("get", "/metrics")), "get /metrics/x", "denied"],
    ["K3: a plain prefix", all(urls("get", "/foo*")), "get /foobar", "allowed"],
    ["K3: `/apis/*` is not `/apis`", all(urls("get", "/apis/*")), "get /apis", "denied"],
    ["K3: a star inside is a literal", all(urls("get", "/a*c")), "get /abc", "denied"],
    ["K3: every URL", all(urls("get", "*")), "get /x", "allowed"],
    ["K3: a resource rule holds no URL", all(rule("*", "*", "*")), "get /x", "denied"],
    ["K3: no URL in a namespace", role("a", urls("get", "*")), "get /x", "denied"],
    ["K4: in its namespace", role("a", rule("get", "core", "pods")), "get pods -n a", "allowed"],
    ["K4: in another", role("a", rule("get", "core", "pods")), "get pods -n b", "denied"],
    ["K4: not cluster-wide", role("a", rule("get", "core", "pods")), "get pods", "denied"],
    ["K4: everywhere", all(rule("get", "core", "pods")), "get pods -n a", "allowed"],
    [
      "K4: cluster-scoped in a Role, as written",
      role("a", rule("get", "core", "nodes")),
      "get nodes -n a",
      "allowed",
    ],
    [
      "K4: a Role that says no namespace, another one asked",
      { kind: "Role", metadata: {}, rules: [rule("get", "core", "pods")] },
      "get pods -n a",
      "undecided",
    ],
    [
      "K4: a Role that says no namespace is not cluster-wide",
      { kind: "Role", metadata: {}, rules: [rule("get", "core", "pods")] },
      "get pods",
      "denied",
    ],
    [
      "K7: every verb of today is not every verb",
      all(rule("get list", "core", "pods")),
      "use pods",
      "denied",
    ],
  ])("%s", (_, document, text, verdict) => {
    expect(allows("kubernetes", [document], request(text))).toBe(verdict);
  });

  it.each<[string, unknown, string, string]>([
    ["cluster-scoped", role("a", rule("*", "*", "*")), "get nodes -n a", "denied"],
    ["everywhere it is", all(rule("*", "*", "*")), "get nodes", "allowed"],
    ["its own namespace object", role("a", rule("*", "*", "*")), "delete namespaces a -n a", "allowed"],
    ["no list of namespaces", role("a", rule("*", "*", "*")), "list namespaces -n a", "denied"],
    [
      "bind is asked in it",
      role("a", rule("*", "*", "*")),
      "bind clusterroles.rbac.authorization.k8s.io x -n a",
      "allowed",
    ],
    ["a group that is gone", all(rule("*", "*", "*")), "get ingresses.extensions -n a", "denied"],
    ["a group not served today", role("a", rule("*", "*", "*")), "get widgets.example.org -n a", "allowed"],
  ])("K4: with discovery: %s", (_, document, text, verdict) => {
    expect(allows("kubernetes", [document], request(text), { resources: SERVED })).toBe(verdict);
  });

  it("K4: options.namespace puts a ClusterRole, rules and a Role without one there, and leaves a named one", () => {
    const rules = [rule("get", "core", "pods")];
    const asked = (document: unknown) =>
      ["a", "b", undefined].map((namespace) =>
        allows(
          "kubernetes",
          [document],
          { verb: "get", group: "", resource: "pods", ...(namespace === undefined ? {} : { namespace }) },
          { namespace: "a" },
        ),
      );
    const there = ["allowed", "denied", "denied"];
    expect(asked({ kind: "ClusterRole", metadata: { name: "c" }, rules })).toEqual(there);
    expect(asked({ rules })).toEqual(there);
    expect(asked(rules[0])).toEqual(there);
    expect(asked({ kind: "Role", metadata: { name: "c" }, rules })).toEqual(there);
    expect(asked(role("b", ...rules))).toEqual(["denied", "allowed", "denied"]);
  });

  it.each([
    [{ verb: "get" }],
    [{ verb: "get", url: 5 }],
    [{ verb: "get", group: "", resource: "pods", name: 5 }],
    [{ action: "a", plane: "control" }],
  ])("refuses %j", (odd) => {
    expect(() => allows("kubernetes", [], odd as never)).toThrow("a Kubernetes request is {");
  });
});

type Printed = readonly (readonly [side: string, pattern: string, ...except: string[]])[];

function printed(documented: unknown[], live: unknown[], options: CompareOptions = {}): Printed {
  const { missing, excess, undecided } = comparePolicies("kubernetes", documented, live, options);
  return [
    ...missing.map((r) => ["missing", r.pattern, ...r.except] as const),
    ...excess.map((r) => ["excess", r.pattern, ...r.except] as const),
    ...undecided.map((d) => ["undecided", d.side, d.pattern, d.clause] as const),
  ];
}

describe("what is printed (R1 to R3)", () => {
  it.each<[string, unknown[], unknown[], Printed]>([
    [
      "verbs over one resource on one line, whatever rule they stand in",
      [],
      [
        all(rule("watch", "core", "secrets"), rule("get", "core", "secrets")),
        all(rule("list", "core", "secrets")),
      ],
      [["excess", "get,list,watch secrets"]],
    ],
    [
      "names under the same verbs on one line",
      [],
      [all(rule("get", "core", "secrets", "b"), rule("get", "core", "secrets", "a"))],
      [["excess", 'get secrets "a","b"']],
    ],
    [
      "groups and subresources",
      [],
      [all(rule("get patch", "apps", "deployments"), rule("update", "apps", "deployments/scale"))],
      [
        ["excess", "get,patch deployments.apps"],
        ["excess", "update deployments.apps/scale"],
      ],
    ],
    [
      "everything, except what is documented",
      [all(rule("get list", "core", "pods"), rule("create", "core", "pods/exec"))],
      [all(rule("*", "*", "*"))],
      [["excess", "* *.*", "create pods/exec", "get,list pods"]],
    ],
    [
      "K7: every verb, except those that are documented",
      [all(rule("get list watch create update patch delete deletecollection", "core", "pods"))],
      [all(rule("*", "core", "pods"))],
      [["excess", "* pods", "get,list,watch,create,update,patch,delete,deletecollection pods"]],
    ],
    [
      "R3: what lies in a wider row is dropped",
      [],
      [all(rule("get", "core", "pods"), rule("get", "core", "*"), rule("get", "core", "pods/log", "x"))],
      [["excess", "get *"]],
    ],
    [
      "a name less, and a wildcard of names",
      [all(rule("get", "core", "secrets"))],
      [all(rule("get", "core", "secrets", "a"))],
      [["missing", "get secrets", 'get secrets "a"']],
    ],
    [
      "K1: the log of any resource",
      [all(rule("get", "core", "*/log"))],
      [all(rule("get", "core", "*"))],
      [["excess", "get *", "get */log"]],
    ],
    [
      "K1: literal stars cover nothing",
      [all(rule("get", "core", "pods pods/* */*"))],
      [all(rule("get", "core", "pods pods/log"))],
      [
        ["missing", "get */*"],
        ["excess", "get pods/log"],
      ],
    ],
    [
      "K3: URLs",
      [all(urls("get", "/metrics /metrics/*"))],
      [all(urls("get head", "/metrics*"))],
      [["excess", "get,head /metrics*", "get /metrics", "get /metrics/*"]],
    ],
    ["K3: every URL", [all(urls("get", "/x"))], [all(urls("get", "*"))], [["excess", "get [*]", "get /x"]]],
    [
      "K4: a ClusterRoleBinding beside a Role",
      [role("team", rule("get", "core", "secrets"))],
      [all(rule("get", "core", "secrets"))],
      [["excess", "get secrets", "get secrets -n team"]],
    ],
    [
      "K4: another namespace",
      [role("team", rule("get", "core", "pods"))],
      [role("team", rule("get", "core", "pods")), role("other", rule("get", "core", "pods"))],
      [["excess", "get pods -n other"]],
    ],
    [
      "a word that could be read as two is quoted",
      [],
      [all(rule("get", "core", "pods.apps"))],
      [["excess", 'get "pods.apps"']],
    ],
    [
      "K2: names with deletecollection allow nothing",
      [all(rule("deletecollection get", "core", "secrets", "a"))],
      [all(rule("get", "core", "secrets", "a"))],
      [],
    ],
    [
      "K2: deletecollection never has a name, so only-unnamed is all of it",
      [all(rule("deletecollection", "core", "secrets", "-"))],
      [all(rule("deletecollection", "core", "secrets"))],
      [],
    ],
    [
      "K2: create has a name where an apply makes what is not there",
      [all(rule("get", "core", "secrets", "a"))],
      [all(rule("get create", "core", "secrets", "a"))],
      [["excess", 'create secrets "a"']],
    ],
    [
      "K2: create without a name is not all of create",
      [all(rule("create", "core", "secrets", "-"))],
      [all(rule("create", "core", "secrets"))],
      [["excess", "create secrets", 'create secrets ""']],
    ],
    [
      "K2: create of a subresource has one",
      [all(rule("create", "core", "pods/exec", "a"))],
      [all(rule("create", "core", "pods/exec"))],
      [["excess", "create pods/exec", 'create pods/exec "a"']],
    ],
  ])("%s", (_, documented, live, expected) => {
    expect(printed(documented, live)).toEqual(expected);
  });

  it("a residue whole: witness, origins with their binding, impact, and the rule for RBAC", () => {
    const live = [
      { kind: "ClusterRole", metadata: { name: "wide" }, rules: [rule("get list", "core", "secrets")] },
      {
        kind: "ClusterRoleBinding",
        metadata: { name: "wide-b" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "wide" },
        subjects: [{ kind: "User", name: "jane" }],
      },
    ];
    expect(comparePolicies("kubernetes", [all(rule("get", "core", "secrets", "a"))], live)).toEqual({
      missing: [],
      excess: [
        {
          pattern: "get,list secrets",
          except: ['get secrets "a"'],
          witness: { verb: "get", group: "", resource: "secrets" },
          witnesses: [{ verb: "list", group: "", resource: "secrets" }],
          origin: { document: 0, pointer: "/rules/0", label: "wide" },
          origins: [
            {
              document: 0,
              pointer: "/rules/0",
              label: "wide",
              through: { document: 1, pointer: "", label: "wide-b" },
            },
          ],
          impact: "write",
          rule: { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] },
        },
      ],
      undecided: [],
    });
  });

  it.each<[string, unknown, string, KubernetesRequest | undefined]>([
    ["K8: escalate", rule("escalate", "rbac.authorization.k8s.io", "roles"), "escalation", undefined],
    ["K8: bind", rule("bind", "rbac.authorization.k8s.io", "clusterroles"), "escalation", undefined],
    ["K8: impersonate", rule("impersonate", "core", "users"), "escalation", undefined],
    [
      "K8: one kind of impersonation",
      rule("impersonate:user-info", "authentication.k8s.io", "users"),
      "escalation",
      undefined,
    ],
    [
      "K8: to write roles is refused beyond what one holds",
      rule("create update", "rbac.authorization.k8s.io", "roles"),
      "write",
      undefined,
    ],
    [
      "K8: to write bindings too",
      rule("create", "rbac.authorization.k8s.io", "clusterrolebindings"),
      "write",
      undefined,
    ],
    [
      "K8: every verb on roles",
      rule("*", "rbac.authorization.k8s.io", "roles"),
      "escalation",
      { verb: "bind", group: "rbac.authorization.k8s.io", resource: "roles" },
    ],
    [
      "K8: everything",
      rule("*", "*", "*"),
      "escalation",
      { verb: "impersonate", group: "", resource: "users" },
    ],
    [
      "K8: every verb",
      rule("*", "apps", "deployments"),
      "write",
      { verb: "create", group: "apps", resource: "deployments" },
    ],
    ["K8: secrets", rule("list", "core", "secrets"), "write", undefined],
    [
      "K8: exec",
      rule("get", "core", "pods/exec"),
      "write",
      { verb: "get", group: "", resource: "pods", subresource: "exec" },
    ],
    ["K8: the kubelet", rule("get", "core", "nodes/proxy"), "write", undefined],
    ["K8: tokens", rule("create", "core", "serviceaccounts/token"), "write", undefined],
    [
      "K8: webhooks",
      rule("patch", "admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
      "write",
      undefined,
    ],
    [
      "K8: reading every resource reads secrets",
      rule("get", "*", "*"),
      "write",
      { verb: "get", group: "", resource: "secrets" },
    ],
    ["a read", rule("get list watch", "core", "pods pods/log"), "read", undefined],
    ["a verb that is not known", rule("frobnicate", "core", "pods"), "write", undefined],
    ["a URL read", urls("get", "/metrics"), "read", { verb: "get", url: "/metrics" }],
    ["a URL written", urls("post", "/x"), "write", undefined],
    ["every verb on a URL", urls("*", "/x"), "write", { verb: "get", url: "/x" }],
  ])("%s", (_, written, impact, witness) => {
    const [residue] = comparePolicies("kubernetes", [], [all(written)]).excess;
    expect(residue?.impact).toBe(impact);
    if (witness !== undefined) expect(residue?.witness).toEqual(witness);
  });

  it("K7: what remains of every verb has a verb for witness that nobody uses", () => {
    const verbs = "get list watch create update patch delete deletecollection";
    const [residue] = comparePolicies(
      "kubernetes",
      [all(rule(verbs, "core", "pods"))],
      [all(rule("*", "core", "pods"), rule("<any>", "core", "pods"))],
    ).excess;
    expect([residue?.witness, residue?.impact]).toEqual([
      { verb: "<any 2>", group: "", resource: "pods" },
      "write",
    ]);
  });

  it("K8: in a namespace, of what is asked of the authorizer, that which is asked there", () => {
    const [residue] = comparePolicies("kubernetes", [], [role("a", rule("*", "*", "*"))]).excess;
    expect([residue?.witness, residue?.impact, residue?.namespace]).toEqual([
      { verb: "impersonate", group: "", resource: "serviceaccounts", namespace: "a" },
      "escalation",
      "a",
    ]);
  });
});

describe("discovery (K4, R2, G6)", () => {
  it("without discovery nothing is known, latent or void by its scope", () => {
    const c = comparePolicies(
      "kubernetes",
      [],
      [role("a", rule("get", "extensions core", "ingresses nodes"))],
    );
    expect(c.excess.map((r) => [r.pattern, r.known, r.latent])).toEqual([
      ["get ingresses -n a", undefined, undefined],
      ["get ingresses.extensions -n a", undefined, undefined],
      ["get nodes -n a", undefined, undefined],
      ["get nodes.extensions -n a", undefined, undefined],
    ]);
    expect(c.void).toBeUndefined();
  });

  it("K4: structurally void on either side is no drift, and is said", () => {
    const documented = [
      role("a", rule("get list", "extensions networking.k8s.io", "ingresses ingressclasses")),
    ];
    const live = [role("a", rule("get list", "networking.k8s.io", "ingresses"), urls("get", "/metrics"))];
    const c = comparePolicies("kubernetes", documented, live, { resources: SERVED });
    expect([c.missing, c.excess, c.undecided]).toEqual([[], [], []]);
    expect(c.void).toEqual([
      {
        side: "documented",
        pattern: "get,list ingressclasses.extensions -n a",
        namespace: "a",
        clause: "K4",
        why: "the API group extensions is served by no supported server",
        origin: { document: 0, pointer: "/rules/0", label: "r" },
      },
      {
        side: "documented",
        pattern: "get,list ingressclasses.networking.k8s.io -n a",
        namespace: "a",
        clause: "K4",
        why: "ingressclasses is cluster-scoped, and this is granted in a namespace only",
        origin: { document: 0, pointer: "/rules/0", label: "r" },
      },
      {
        side: "documented",
        pattern: "get,list ingresses.extensions -n a",
        namespace: "a",
        clause: "K4",
        why: "the API group extensions is served by no supported server",
        origin: { document: 0, pointer: "/rules/0", label: "r" },
      },
      {
        side: "live",
        pattern: "get /metrics",
        namespace: "a",
        clause: "K3",
        why: "a URL is granted by a ClusterRole that is bound cluster-wide, not in a namespace",
        origin: { document: 0, pointer: "/rules/1", label: "r" },
      },
    ]);
  });

  it("K4: of every verb on a cluster-scoped resource, what gets through a namespace is compared", () => {
    const live = [
      role(
        "a",
        rule("*", "rbac.authorization.k8s.io", "clusterroles"),
        rule("*", "core", "nodes namespaces"),
      ),
    ];
    const c = comparePolicies("kubernetes", [], live, { resources: SERVED });
    expect(c.excess.map((r) => [r.pattern, r.impact, r.known?.count, r.latent])).toEqual([
      ["bind clusterroles.rbac.authorization.k8s.io -n a", "escalation", 1, false],
      ["get,watch,update,patch,delete namespaces -n a", "write", 3, false],
    ]);
    expect(c.void?.map((v) => v.pattern)).toEqual([
      "* nodes -n a",
      "get,list,watch,create,update,patch,delete,deletecollection clusterroles.rbac.authorization.k8s.io -n a",
      "list,create,deletecollection namespaces -n a",
    ]);
  });

  describe("K4: what somebody else asks in a namespace about what has none", () => {
    const scc = { group: "security.openshift.io", resource: "securitycontextconstraints", namespaced: false };
    const served = [
      ...SERVED,
      { ...scc, verbs: ["create", "get", "list"] },
      { group: "policy", resource: "podsecuritypolicies", namespaced: false, verbs: ["get"] },
      { group: "example.org", resource: "gates", namespaced: false, verbs: ["get"] },
    ];
    it.each<[string, object, readonly (readonly [string, string, boolean])[]]>([
      [
        "use of one SecurityContextConstraints",
        rule("use get", "security.openshift.io", "securitycontextconstraints", "privileged"),
        [
          [
            'use securitycontextconstraints.security.openshift.io "privileged" -n a',
            'use securitycontextconstraints.security.openshift.io "privileged" -n a',
            false,
          ],
        ],
      ],
      [
        "every verb on SecurityContextConstraints, of which use exists",
        rule("*", "security.openshift.io", "securitycontextconstraints"),
        [
          [
            "* securitycontextconstraints.security.openshift.io -n a",
            "use securitycontextconstraints.security.openshift.io -n a",
            false,
          ],
        ],
      ],
      [
        "use of a PodSecurityPolicy",
        rule("*", "policy", "podsecuritypolicies"),
        [["use podsecuritypolicies.policy -n a", "use podsecuritypolicies.policy -n a", false]],
      ],
      [
        "a verb of somebody's own that is written out",
        rule("enter", "core", "nodes"),
        [["enter nodes -n a", "enter nodes -n a", false]],
      ],
      [
        "every verb on somebody's own resource: none that exists",
        rule("*", "example.org", "gates"),
        [["* gates.example.org -n a", "<any> gates.example.org -n a", true]],
      ],
      ["every verb on a resource of Kubernetes' own", rule("*", "core", "nodes"), []],
      ["what the server asks cluster-wide", rule("impersonate", "core", "users groups"), []],
      ["the API server's own verbs", rule("get list delete", "example.org", "gates"), []],
    ])("%s", (_, granted, expected) => {
      const { missing, excess, undecided } = comparePolicies("kubernetes", [], [role("a", granted)], {
        resources: served,
      });
      expect([missing, undecided]).toEqual([[], []]);
      const proofs = excess.map((r) => {
        expect(allows("kubernetes", [role("a", granted)], r.witness, { resources: served })).toBe("allowed");
        const { verb, resource, group } = r.witness as Extract<KubernetesRequest, { resource: string }>;
        const name = r.witness as { readonly name?: string };
        const kind = group === "" ? resource : `${resource}.${group}`;
        return [
          r.pattern,
          `${verb} ${kind}${name.name === undefined ? "" : ` "${name.name}"`} -n a`,
          r.latent === true,
        ];
      });
      expect(proofs).toEqual(expected);
    });
  });

  it("K4: the same rules in a ClusterRole that is bound cluster-wide are compared", () => {
    const c = comparePolicies("kubernetes", [], [all(rule("get", "networking.k8s.io", "ingressclasses"))], {
      resources: SERVED,
    });
    expect([c.excess.map((r) => [r.pattern, r.latent]), c.void]).toEqual([
      [["get ingressclasses.networking.k8s.io", false]],
      undefined,
    ]);
  });

  it("K4, G6: not served today is compared as written and latent; a served one counts and proves", () => {
    const live = [all(rule("get list", "example.org", "widgets"), rule("*", "core", "pods"))];
    const c = comparePolicies("kubernetes", [all(rule("get", "core", "pods"))], live, { resources: SERVED });
    expect(c.excess.map((r) => [r.pattern, r.latent, r.known, r.witness])).toEqual([
      [
        "* pods",
        false,
        { count: 4, examples: ["create pods", "delete pods", "list pods"] },
        { verb: "create", group: "", resource: "pods" },
      ],
      [
        "get,list widgets.example.org",
        true,
        { count: 0, examples: [] },
        { verb: "get", group: "example.org", resource: "widgets" },
      ],
    ]);
  });

  it("K4: a wildcard's surplus over what is served is latent, and what only the authorizer is asked is not", () => {
    const group = [all(rule("*", "networking.k8s.io", "*"))];
    const both = [
      all(rule("get list", "networking.k8s.io", "ingresses ingressclasses")),
      all(rule("get list", "networking.k8s.io", "ingresses ingressclasses"), rule("*", "core", "x")),
    ];
    const c = comparePolicies("kubernetes", both, group, { resources: SERVED });
    expect(c.excess.map((r) => [r.pattern, r.latent, r.known?.count])).toEqual([
      ["* *.networking.k8s.io", true, 0],
    ]);
    const users = comparePolicies("kubernetes", [], [all(rule("impersonate", "core", "users"))], {
      resources: SERVED,
    });
    expect(users.excess.map((r) => [r.latent, r.known])).toEqual([
      [false, { count: 1, examples: ["impersonate users"] }],
    ]);
  });

  it("a verb that no discovery lists counts on a resource that is named and served", () => {
    const c = comparePolicies(
      "kubernetes",
      [],
      [all(rule("use", "core", "pods"), rule("use", "core", "zz"))],
      {
        resources: SERVED,
      },
    );
    expect(c.excess.map((r) => [r.pattern, r.latent])).toEqual([
      ["use pods", false],
      ["use zz", true],
    ]);
  });
});
