import { describe, expect, it } from "vitest";
import { effectiveAccess as check } from "../../../src/checks/kubernetes/effective-access.ts";
import type { Body, ClusterState } from "../../worlds/kubernetes-state.ts";
import {
  account,
  binding,
  clusterBinding,
  clusterRole,
  group,
  role,
  rule,
  urls,
  user,
} from "../../worlds/kubernetes-state.ts";
import { factsIn, fleet, keeper, only, roleControl, seen } from "../cluster.ts";
import { briefs, control } from "../world.ts";

const open = "$" + "{who}";
const own = (...accounts: readonly (readonly [account: string, ...roles: readonly string[]])[]) =>
  control("reach", "kubernetes/effective-access", {
    accounts: accounts.map(([serviceAccount, ...roles]) => ({ serviceAccount, roles })),
  });
const ada = account("lab/ada");
const base = {
  accounts: ["lab/ada"],
  roles: [role("keeper", [rule("", "pods", ["get", "list"])], "lab")],
  clusterRoles: [clusterRole("fleet", [rule("", "nodes", "get")])],
  roleBindings: [binding("keeper", "Role/keeper", [ada], "lab")],
  clusterRoleBindings: [clusterBinding("fleet", "fleet", ada)],
};

/** The base with more, and what is said of it but for the floor and the count. */
function look(
  more: Partial<Record<"roles" | "clusterRoles" | "roleBindings" | "clusterRoleBindings", readonly Body[]>>,
  mine = own(["ada", "keeper", "fleet"]),
) {
  const state: Partial<ClusterState> = {
    ...base,
    ...Object.fromEntries(
      Object.entries(more).map(([kind, bodies]) => [kind, [...base[kind as "roles"], ...bodies]]),
    ),
  };
  return said(state, mine);
}

function said(state: Partial<ClusterState>, mine = own(["ada", "keeper", "fleet"])) {
  return seen(check, factsIn(state), mine, [keeper, fleet]).filter(
    (o) => o.kind !== "assessed" && o.property !== "floor",
  );
}

describe("kubernetes/effective-access", () => {
  it("pass: what is documented, and the floor told once (K9)", () => {
    const found = seen(check, factsIn(base), own(["ada", "keeper", "fleet"]), [keeper, fleet]);
    expect(briefs(found)).toEqual(["assessed 7 rules held", "note excess | (floor)"]);
    expect(only(found, "note").message).toBe(
      "every service account also holds what the server gives to all of them, by ClusterRoleBinding system:basic-user, ClusterRoleBinding system:discovery, ClusterRoleBinding system:public-info-viewer, ClusterRoleBinding system:service-account-issuer-discovery: that is not counted as excess (K9)",
    );
  });

  it("fail: a second binding, named, with the question to the server and the binding to delete", () => {
    const found = only(
      look({
        clusterRoles: [clusterRole("more", [rule("", "secrets", "get")])],
        clusterRoleBindings: [clusterBinding("more", "more", ada)],
      }),
      "drift",
    );
    expect(found).toMatchObject({
      drift: "excess",
      impact: "escalation",
      resource: { type: "ServiceAccount", id: "lab/ada", name: "ada" },
      pattern: "get secrets",
      by: "ClusterRoleBinding more (ClusterRole more), to lab/ada",
      at: "/accounts/0/roles",
      verify: "kubectl auth can-i get secrets --as=system:serviceaccount:lab:ada --all-namespaces",
      remediation: {
        text: "Delete ClusterRoleBinding more: nothing of what it gives is documented, and it names nobody else.",
        commands: ["kubectl delete clusterrolebinding more"],
      },
    });
  });

  it("K5: each way to the account is told: group, user, and several bindings at once", () => {
    const roles = [
      clusterRole("a", [rule("", "secrets", "get")]),
      clusterRole("b", [rule("", "secrets", "list")]),
    ];
    const found = only(
      look({
        clusterRoles: roles,
        clusterRoleBindings: [
          clusterBinding("a", "a", group("system:serviceaccounts:lab")),
          clusterBinding("b", "b", user("system:serviceaccount:lab:ada")),
          clusterBinding("c", "b", group("system:serviceaccounts:yard")),
        ],
      }),
      "drift",
    );
    expect(found.pattern).toBe("get,list secrets");
    expect(found.by).toBe(
      "ClusterRoleBinding a (ClusterRole a, as group system:serviceaccounts:lab); ClusterRoleBinding b (ClusterRole b, as user system:serviceaccount:lab:ada), to lab/ada",
    );
    expect(found.remediation).toEqual({
      text: "Take group system:serviceaccounts:lab out of ClusterRoleBinding a, or bind something narrower to it: nothing of what it gives is documented for this account.",
      commands: ["kubectl get clusterrolebinding a -o yaml"],
    });
  });

  it("a documented role that has more is narrowed, not unbound", () => {
    const found = only(
      said({ ...base, clusterRoles: [clusterRole("fleet", [rule("", "nodes", ["get", "delete"])])] }),
      "drift",
    );
    expect(found).toMatchObject({
      pattern: "delete nodes",
      expected: '- { apiGroups: [""], resources: [nodes], verbs: [get] }',
    });
    expect(found.remediation).toEqual({
      text: "Narrow the rules to what is documented in ClusterRole fleet.",
      commands: [
        "kubectl get clusterrole fleet -o yaml > clusterrole.yaml",
        '# change clusterrole.yaml like this:\n#  rules:\n# -- apiGroups: [""]\n# -  resources: [nodes]\n# -  verbs: [get, delete]\n# +- apiGroups: [""]\n# +  resources: [nodes]\n# +  verbs: [get]',
        "kubectl apply -f clusterrole.yaml",
      ],
    });
  });

  it("K9: the server's own binding is never to be deleted: the rule added to its role goes", () => {
    const found = only(
      said({
        ...base,
        instead: {
          "kubernetes/cluster-role/system:discovery": clusterRole("system:discovery", [
            urls(["/version", "/api"]),
            urls(["/logs/*"]),
          ]),
        },
      }),
      "drift",
    );
    expect(found).toMatchObject({
      pattern: "get /logs/*",
      by: "ClusterRoleBinding system:discovery (ClusterRole system:discovery, as group system:authenticated), to lab/ada",
    });
    expect(found.remediation?.text).toBe(
      "Take what is not documented out of the rules of ClusterRole system:discovery, or give the account a role of its own, since others hold this one too.",
    );
    expect(found.verify).toBe("kubectl auth can-i get /logs/ --as=system:serviceaccount:lab:ada");
  });

  it("K4: in its namespace what is documented everywhere is documented too, and not the other way round", () => {
    const inside = { roleBindings: [binding("again", "ClusterRole/fleet", [ada], "lab")] };
    expect(look(inside)).toEqual([]);
    const outside = look({
      clusterRoles: [clusterRole("pods", [rule("", "pods", ["get", "list"])])],
      clusterRoleBindings: [clusterBinding("pods", "pods", ada)],
    });
    expect(briefs(outside)).toEqual([
      "drift excess | get,list pods | by ClusterRoleBinding pods (ClusterRole pods), to lab/ada",
    ]);
  });

  it("K4: a ClusterRole that is documented everywhere may be given once more in one namespace", () => {
    const watch = roleControl("watch", [rule("", "events", "get")], {
      kind: "ClusterRole",
      namespace: undefined,
    });
    const state = {
      accounts: ["lab/ada"],
      clusterRoles: [clusterRole("watch", [rule("", "events", "get")])],
      clusterRoleBindings: [clusterBinding("watch", "watch", ada)],
      roleBindings: [binding("again", "ClusterRole/watch", [ada], "yard")],
    };
    const found = seen(check, factsIn(state), own(["ada", "watch"]), [watch]);
    expect(briefs(found)).toEqual(["assessed 7 rules held", "note excess | (floor)"]);
  });

  it("what is held everywhere is not missing in a namespace", () => {
    const state = {
      ...base,
      roles: [],
      roleBindings: [],
      clusterRoles: [...base.clusterRoles, clusterRole("pods", [rule("", "pods", ["get", "list"])])],
      clusterRoleBindings: [...base.clusterRoleBindings, clusterBinding("pods", "pods", ada)],
    };
    expect(briefs(said(state))).toEqual([
      "drift excess | get,list pods | by ClusterRoleBinding pods (ClusterRole pods), to lab/ada",
    ]);
  });

  it.each([
    [
      "the role is not there",
      { roles: [], roleBindings: [] },
      "Role keeper in namespace lab does not exist",
      [],
    ],
    [
      "the role has less",
      { roles: [role("keeper", [rule("", "pods", "get")], "lab")] },
      "Role keeper in namespace lab, which it holds, does not grant it",
      ["kubectl get role keeper -n lab -o yaml > role.yaml"],
    ],
    [
      "the role is not bound",
      { roleBindings: [] },
      "Role keeper in namespace lab is not bound to it",
      ["kubectl create rolebinding keeper --role=keeper --serviceaccount=lab:ada -n lab"],
    ],
  ] as const)("missing, and why: %s", (_name, change, why, commands) => {
    const found = only(said({ ...base, ...change }), "drift");
    expect(found.drift).toBe("missing");
    expect(found.message.endsWith(`; ${why}`)).toBe(true);
    expect(found.remediation?.commands.slice(0, 1)).toEqual(commands);
    expect(found.at).toBe("/accounts/0/roles/0");
  });

  it("K4: a ClusterRole in one namespace alone is missing everywhere", () => {
    const found = only(
      said({
        ...base,
        clusterRoleBindings: [],
        roleBindings: [...base.roleBindings, binding("f", "ClusterRole/fleet", [ada], "lab")],
      }),
      "drift",
    );
    expect(found.message).toContain(
      "ClusterRole fleet is bound to it by RoleBinding f in namespace lab alone, which is not everywhere",
    );
  });

  it("K6: what is not known may grant what lacks: unknown, not missing", () => {
    const found = look(
      {
        clusterRoles: [clusterRole("sum", null, { aggregationRule: {} })],
        clusterRoleBindings: [clusterBinding("sum", "sum", ada)],
      },
      own(["ada", "keeper", "fleet"]),
    );
    expect(briefs(found)).toEqual([
      'unknown | (["gap","ClusterRole sum, given by ClusterRoleBinding sum,"])',
    ]);
    const less = said({
      ...base,
      roles: [],
      clusterRoles: [...base.clusterRoles, clusterRole("sum", null, { aggregationRule: {} })],
      clusterRoleBindings: [...base.clusterRoleBindings, clusterBinding("sum", "sum", ada)],
    });
    expect(less.filter((o) => o.kind === "drift")).toEqual([]);
  });

  it("a binding to a role that is gone is a note", () => {
    expect(only(look({ clusterRoleBindings: [clusterBinding("old", "gone", ada)] }), "note")).toMatchObject({
      drift: "dead",
    });
  });

  it("K4: what a RoleBinding cannot give is a note that names the binding", () => {
    const found = look({
      clusterRoles: [clusterRole("n", [rule("", "nodes", "*")])],
      roleBindings: [binding("n", "ClusterRole/n", [ada], "lab")],
    });
    expect(only(found, "note").message).toBe(
      "RoleBinding n in namespace lab (ClusterRole n) lists what grants nothing in namespace lab: * nodes (nodes is cluster-scoped, and this is granted in a namespace only)",
    );
  });

  it("one account in two parts may do both", () => {
    expect(said(base, own(["ada", "keeper"], ["lab/ada", "fleet"]))).toEqual([]);
    expect(briefs(said(base, own(["ada", "keeper"])))).toEqual([
      "drift excess | get nodes | by ClusterRoleBinding fleet (ClusterRole fleet), to lab/ada",
    ]);
  });

  it("nobody: drift, and a note where all its roles are optional", () => {
    const bare = { ...base, roleBindings: [], clusterRoleBindings: [] };
    expect(only(said(bare, own([open, "keeper"])), "drift")).toMatchObject({
      drift: "absent",
      at: "/accounts/0/serviceAccount",
    });
    const optional = roleControl("keeper", [rule("", "pods", "get")], {}, true);
    const found = seen(check, factsIn(bare), own([open, "keeper"]), [optional]);
    expect(briefs(found)).toEqual(["assessed 0 rules held", "note absent | (account)"]);
  });

  it("an optional role may be held, and need not be", () => {
    const optional = roleControl("keeper", [rule("", "pods", ["get", "list"])], {}, true);
    const of = (state: Partial<ClusterState>) =>
      seen(check, factsIn(state), own(["ada", "keeper", "fleet"]), [optional, fleet]).filter(
        (o) => o.kind === "drift",
      );
    expect(of(base)).toEqual([]);
    expect(of({ ...base, roleBindings: [] })).toEqual([]);
  });

  it("what an optional role allows is too much where that role is not there at all", () => {
    const optional = roleControl(
      "brewer",
      [rule("", "pods", ["get", "delete"])],
      { namespace: undefined },
      true,
    );
    const other = roleControl("keeper", [rule("", "pods", ["get", "list"])]);
    const state = (name: string) => ({
      ...base,
      roles: [...base.roles, role(name, [rule("", "pods", ["get", "delete"])], "lab")],
      roleBindings: [...base.roleBindings, binding("brew", `Role/${name}`, [ada], "lab")],
    });
    const drift = (name: string) =>
      briefs(
        seen(check, factsIn(state(name)), own(["ada", "keeper", "fleet", "brewer"]), [
          other,
          fleet,
          optional,
        ]).filter((o) => o.kind === "drift"),
      );
    expect(drift("brewer")).toEqual([]);
    expect(drift("else")).toEqual([
      "drift excess | delete pods -n lab | by RoleBinding brew in namespace lab (Role else in namespace lab), to lab/ada",
    ]);
  });

  it("fault 26: what the cluster calls things cannot break a command", () => {
    const name = "a'; rm -rf ~ #";
    const found = only(
      look({
        clusterRoles: [clusterRole(name, [rule("", "secrets", "get")])],
        clusterRoleBindings: [clusterBinding(name, name, ada)],
      }),
      "drift",
    );
    expect(found.remediation?.commands).toEqual([`kubectl delete clusterrolebinding 'a'\\''; rm -rf ~ #'`]);
  });
});
