import { describe, expect, it } from "vitest";
import { roleBinding as check } from "../../../src/checks/kubernetes/role-binding.ts";
import type { ClusterState, SubjectBody } from "../../worlds/kubernetes-state.ts";
import {
  account,
  binding,
  clusterBinding,
  clusterRole,
  denied,
  group,
  role,
  rule,
  user,
} from "../../worlds/kubernetes-state.ts";
import { factsIn, fleet, keeper, only, roleControl, seen } from "../cluster.ts";
import { briefs, control } from "../world.ts";

const roles = {
  roles: [role("keeper", [rule("", "pods", ["get", "list"])], "lab")],
  clusterRoles: [clusterRole("fleet", [rule("", "nodes", "get")])],
  accounts: ["lab/ada", "yard/bob"],
};
const own = (...accounts: readonly string[]) =>
  control("papers", "kubernetes/role-binding", {
    bindings: [{ role: "keeper", serviceAccounts: accounts }],
  });
const everywhere = control("papers", "kubernetes/role-binding", {
  bindings: [{ role: "fleet", serviceAccounts: ["lab/ada"] }],
});
const bound = (...subjects: readonly SubjectBody[]) =>
  factsIn({ ...roles, roleBindings: [binding("b", "Role/keeper", subjects, "lab")] });
const look = (facts: ReturnType<typeof factsIn>, mine = own("ada")) =>
  seen(check, facts, mine, [keeper, fleet]);
const open = "$" + "{who}";

describe("kubernetes/role-binding", () => {
  it("pass: bound to its account, by name, as a user, or by the binding's own namespace", () => {
    for (const subject of [
      account("lab/ada"),
      user("system:serviceaccount:lab:ada"),
      { kind: "ServiceAccount", name: "ada" },
    ]) {
      expect(briefs(look(bound(subject)))).toEqual(["assessed 1 bindings"]);
    }
  });

  it("fail: not bound, with the command that binds it", () => {
    const found = only(look(factsIn(roles)), "drift");
    expect(found).toMatchObject({
      drift: "missing",
      resource: { type: "ServiceAccount", id: "lab/ada", name: "ada" },
      at: "/bindings/0/serviceAccounts/0",
      message:
        "Role keeper in namespace lab is not bound to service account lab/ada, which the document asks for; what relies on it will fail",
    });
    expect(found.remediation?.commands).toEqual([
      "kubectl create rolebinding keeper --role=keeper --serviceaccount=lab:ada -n lab",
    ]);
  });

  it("K4: a ClusterRole by a RoleBinding is missing everywhere else", () => {
    const facts = factsIn({
      ...roles,
      roleBindings: [binding("b", "ClusterRole/fleet", [account("lab/ada")], "lab")],
    });
    const found = only(look(facts, everywhere), "drift");
    expect(found.message).toBe(
      "ClusterRole fleet is not bound to service account lab/ada, which the document asks for; it holds it by RoleBinding b in namespace lab alone, which is not everywhere; what relies on it will fail",
    );
    expect(found.remediation?.commands).toEqual([
      "kubectl create clusterrolebinding fleet --clusterrole=fleet --serviceaccount=lab:ada",
    ]);
    expect(
      briefs(
        look(
          factsIn({ ...roles, clusterRoleBindings: [clusterBinding("c", "fleet", account("lab/ada"))] }),
          everywhere,
        ),
      ),
    ).toEqual(["assessed 1 bindings"]);
  });

  it("a Role of that name in another namespace is another role, and is said", () => {
    const facts = factsIn({
      ...roles,
      roleBindings: [binding("b", "Role/keeper", [account("lab/ada")], "yard")],
    });
    expect(only(look(facts), "drift").message).toContain("; it is only by RoleBinding b in namespace yard; ");
  });

  it("fail: a stranger, one finding each, the group told as more than the account", () => {
    const facts = bound(
      account("lab/ada"),
      user("jane"),
      account("yard/bob"),
      group("system:serviceaccounts:lab"),
    );
    expect(look(facts).flatMap((o) => (o.kind === "drift" ? [`${o.impact} ${o.message}`] : []))).toEqual([
      "read RoleBinding b in namespace lab gives Role keeper in namespace lab to user jane, which the document does not name; with it the holder can read what the document leaves alone",
      "read RoleBinding b in namespace lab gives Role keeper in namespace lab to service account yard/bob, which the document does not name; with it the holder can read what the document leaves alone",
      "read RoleBinding b in namespace lab gives Role keeper in namespace lab to group system:serviceaccounts:lab, which holds more than its service account, which the document does not name; with it the holder can read what the document leaves alone",
    ]);
    expect(look(facts).flatMap((o) => (o.kind === "drift" ? [o.remediation?.commands[1]] : []))).toEqual([
      "# change rolebinding.yaml like this:\n#  subjects:\n# -- kind: User\n# -  apiGroup: rbac.authorization.k8s.io\n# -  name: jane",
      "# change rolebinding.yaml like this:\n#  subjects:\n# -- kind: ServiceAccount\n# -  name: bob\n# -  namespace: yard",
      '# change rolebinding.yaml like this:\n#  subjects:\n# -- kind: Group\n# -  apiGroup: rbac.authorization.k8s.io\n# -  name: "system:serviceaccounts:lab"',
    ]);
  });

  it("the account is held by its group, which is too much and not too little", () => {
    expect(briefs(look(bound(group("system:serviceaccounts:lab"))))).toEqual([
      "assessed 1 bindings",
      'drift stray | (["subject","group system:serviceaccounts:lab"]) | by RoleBinding b in namespace lab',
    ]);
  });

  it("a binding of a stranger alone is to be deleted", () => {
    const facts = factsIn({
      ...roles,
      roleBindings: [
        binding("b", "Role/keeper", [account("lab/ada")], "lab"),
        binding("c", "Role/keeper", [user("jane")], "lab"),
      ],
    });
    expect(only(look(facts), "drift").remediation?.commands).toEqual(["kubectl delete rolebinding c -n lab"]);
  });

  it("a role that is not there is a note: its own control says the rest", () => {
    const facts = factsIn({
      ...roles,
      roles: [],
      roleBindings: [binding("b", "Role/keeper", [account("lab/ada")], "lab")],
    });
    expect(briefs(look(facts))).toEqual([
      "assessed 1 bindings",
      'note dead | (["dangling","Role","keeper"])',
    ]);
  });

  it("an account that does not exist: drift when it was named, a note when a binding names it", () => {
    const facts = factsIn({
      ...roles,
      accounts: [],
      roleBindings: [binding("b", "Role/keeper", [account("lab/ada")], "lab")],
    });
    expect(only(look(facts), "drift")).toMatchObject({
      drift: "absent",
      named: true,
      property: "account",
    });
    expect(only(look(facts, own(open)), "note")).toMatchObject({ drift: "absent", property: "account" });
    const near = factsIn({
      ...roles,
      accounts: ["lab/adam"],
      roleBindings: [binding("b", "Role/keeper", [account("lab/ada")], "lab")],
    });
    expect(only(look(near), "drift").message).toContain('lab/ada does not exist; did you mean "lab/adam"?');
    const unlisted = factsIn({
      ...roles,
      accounts: [],
      without: ["kubernetes/service-account"],
      unread: [denied("kubernetes/service-account")],
      roleBindings: [binding("b", "Role/keeper", [account("lab/ada")], "lab")],
    });
    expect(briefs(look(unlisted))).toEqual(["assessed 1 bindings", "unknown | (account)"]);
    expect(only(look(unlisted), "unknown")).toMatchObject({
      message:
        "whether service account lab/ada exists is not known: GET /apis/kubernetes/service-account: 403 Forbidden",
      decide: "grant the scanner list kubernetes/service-account",
    });
    expect(briefs(look(unlisted, own(open)))).toEqual(["assessed 1 bindings"]);
    const notes = look(unlisted, own(open)).flatMap((o) => (o.kind === "assessed" ? (o.notes ?? []) : []));
    expect(notes).toContain(
      "service accounts could not be listed (GET /apis/kubernetes/service-account: 403 Forbidden): whether those that the bindings name exist is not told, and no verdict hangs on it",
    );
  });

  it("an account that is not given is whom the bindings name, and the report says who", () => {
    const found = look(bound(account("lab/ada")), own(open));
    expect(found).toEqual([
      {
        kind: "assessed",
        count: 1,
        what: "bindings",
        audited: [{ id: "lab/ada" }],
        notes: [
          "parameter who not given: audited is whom the bindings of the documented roles name: lab/ada",
        ],
      },
    ]);
    expect(only(look(factsIn(roles), own(open)), "drift")).toMatchObject({
      drift: "missing",
      message:
        "Role keeper in namespace lab is bound to no service account, which the document asks for; what relies on it will fail",
    });
  });

  it("an optional role that nobody holds, or that is not there, is no drift", () => {
    const optional = roleControl("keeper", [rule("", "pods", "get")], {}, true);
    const off = (state: Partial<ClusterState>) => seen(check, factsIn(state), own("ada"), [optional]);
    expect(only(off(roles), "note")).toMatchObject({ drift: "absent" });
    expect(briefs(off({ ...roles, roles: [] }))).toEqual(["assessed 0 bindings"]);
  });

  it("K5: nobody, somebody odd, and a list that is none", () => {
    const nobody = factsIn({
      ...roles,
      clusterRoleBindings: [
        clusterBinding("c", "fleet", account("lab/ada"), { kind: "ServiceAccount", name: "ada" }),
      ],
    });
    expect(briefs(look(nobody, everywhere))).toEqual([
      "assessed 1 bindings",
      'note dead | (["nobody","service account ada is named without a namespace"])',
    ]);
    const odd = bound(account("lab/ada"), { kind: "Robot", name: "x" });
    expect(briefs(look(odd))).toEqual(["assessed 1 bindings", "unknown | (binding)"]);
    const list = factsIn({
      ...roles,
      roleBindings: [{ ...binding("b", "Role/keeper", [], "lab"), subjects: "ada" }],
    });
    expect(briefs(look(list))).toContain("unknown | (binding)");
  });

  it("a name that could be in two namespaces, or is none, is unknown", () => {
    const free = roleControl("keeper", [rule("", "pods", "get")], { namespace: undefined });
    const facts = (namespace?: string) =>
      factsIn(
        {
          ...roles,
          roleBindings: [binding("b", "Role/keeper", [account("lab/ada"), account("yard/ada")], "lab")],
        },
        namespace as string,
      );
    const whole = { ...facts(), scope: "cluster" };
    expect(only(seen(check, whole, own("ada"), [free]), "unknown").message).toBe(
      "service account ada could be in any of the namespaces lab, yard",
    );
    expect(only(seen(check, facts(), own("a/b/c"), [free]), "unknown").message).toBe(
      "a/b/c is no service account; expected NAME or NAMESPACE/NAME",
    );
  });
});
