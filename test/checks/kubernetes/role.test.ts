import { describe, expect, it } from "vitest";
import { role as check } from "../../../src/checks/kubernetes/role.ts";
import { clusterRole, denied, role, rule, urls } from "../../worlds/kubernetes-state.ts";
import { factsIn, fleet, keeper, only, roleControl, seen } from "../cluster.ts";
import { briefs } from "../world.ts";

const pods = rule("", "pods", ["get", "list"]);
const exec = rule("", "pods/exec", "create");
const live = (...rules: readonly object[]) => factsIn({ roles: [role("keeper", rules, "lab")] });

describe("kubernetes/role", () => {
  it("pass: every rule, the optional one too", () => {
    expect(briefs(seen(check, live(pods, exec), keeper))).toEqual(["assessed 2 documented rules"]);
  });

  it("pass: the optional rule is not there, which is a note at its line", () => {
    const found = seen(check, live(pods), keeper);
    expect(only(found, "note")).toMatchObject({
      drift: "absent",
      at: "/rules/1",
      message:
        "Role keeper in namespace lab does not grant create pods/exec, which the document calls optional",
    });
    expect(found.filter((o) => o.kind === "drift")).toEqual([]);
  });

  it("fail: what is missing stands at its rule, with the rule to add and the command to see it", () => {
    const found = only(seen(check, live(rule("", "pods", "get"), exec), keeper), "drift");
    expect(found).toMatchObject({
      drift: "missing",
      pattern: "list pods -n lab",
      witness: { verb: "list", group: "", resource: "pods", namespace: "lab" },
      at: "/rules/0",
      verify: "kubectl get role keeper -n lab -o yaml",
      message:
        "Role keeper in namespace lab does not grant list pods, which the document asks for: whoever holds it may not list pods in namespace lab; 1 operation of today; what relies on it will fail",
      expected: '- { apiGroups: [""], resources: [pods], verbs: [list] }',
      actual: '- { apiGroups: [""], resources: [pods], verbs: [get] }',
    });
    expect(found.remediation?.commands).toEqual([
      "kubectl get role keeper -n lab -o yaml > role.yaml",
      '# change role.yaml like this:\n#  rules:\n# +- apiGroups: [""]\n# +  resources: [pods]\n# +  verbs: [list]',
      "kubectl apply -f role.yaml",
    ]);
  });

  it("fail: an excess is narrowed to what is documented, and stands beside it", () => {
    const found = only(
      seen(check, live(rule("", ["pods", "secrets"], ["get", "list"]), exec), keeper),
      "drift",
    );
    expect(found).toMatchObject({
      drift: "excess",
      pattern: "get,list secrets -n lab",
      impact: "write",
      at: "/rules",
      actual: '- { apiGroups: [""], resources: [pods, secrets], verbs: [get, list] }',
      expected: '- { apiGroups: [""], resources: [pods], verbs: [get, list] }',
    });
    expect(found.remediation?.commands[1]).toBe(
      '# change role.yaml like this:\n#  rules:\n# -- apiGroups: [""]\n# -  resources: [pods, secrets]\n# -  verbs: [get, list]\n# +- apiGroups: [""]\n# +  resources: [pods]\n# +  verbs: [get, list]',
    );
  });

  it("an excess on a documented resource is anchored to its rule, and to the rule of its group", () => {
    const both = roleControl("keeper", [rule("other.example", "pods", "get"), pods]);
    const found = only(
      seen(check, live(rule("other.example", "pods", "get"), pods, rule("", "pods", "patch")), both),
      "drift",
    );
    expect(found).toMatchObject({ drift: "excess", pattern: "patch pods -n lab", at: "/rules/1" });
  });

  it("R1: what rules of a role give together is taken out of all of them", () => {
    const found = only(
      seen(check, live(pods, exec, rule("", "secrets", "get"), rule("", "secrets", "list")), keeper),
      "drift",
    );
    expect(found.pattern).toBe("get,list secrets -n lab");
    expect(found.actual).toBe(
      '- { apiGroups: [""], resources: [secrets], verbs: [get] }\n- { apiGroups: [""], resources: [secrets], verbs: [list] }',
    );
    expect(found.expected).toBe("(no rule)");
  });

  it("K4: what is void on one side alone is a note, and no drift", () => {
    const found = seen(check, live(pods, exec, rule("", "nodes", "get"), urls(["/metrics"])), keeper);
    expect(found.filter((o) => o.kind === "drift")).toEqual([]);
    expect(only(found, "note")).toMatchObject({ drift: "dead", at: "/rules" });
    const documented = roleControl("keeper", [pods, rule("extensions", "ingresses", "get")]);
    expect(only(seen(check, live(pods), documented), "note")).toMatchObject({
      drift: "dead",
      at: "/rules/1",
      message:
        "what the document lists for Role keeper in namespace lab and grants nothing there: get ingresses.extensions (the API group extensions is served by no supported server)",
    });
  });

  it("absent: drift, or a note where the whole role is optional", () => {
    const nowhere = factsIn({ roles: [role("keeper", [pods], "yard")] });
    expect(only(seen(check, nowhere, keeper), "drift")).toMatchObject({
      drift: "absent",
      resource: { type: "Role", id: "lab/keeper", name: "keeper" },
      at: "/name",
      message:
        "there is no Role keeper in namespace lab (there is one in yard): what the document asks for is not granted by it",
    });
    expect(only(seen(check, factsIn({ roles: [] }), keeper), "drift").message).toBe(
      "there is no Role keeper in namespace lab: what the document asks for is not granted by it",
    );
    const optional = roleControl("keeper", [pods], {}, true);
    expect(only(seen(check, nowhere, optional), "note")).toMatchObject({ drift: "absent", absent: true });
  });

  it("without a namespace: every role of that name, and the report says where", () => {
    const anywhere = roleControl("keeper", [pods], { namespace: undefined });
    const facts = factsIn({
      roles: [role("keeper", [pods], "yard"), role("keeper", [pods, rule("", "events", "get")], "lab")],
    });
    const found = seen(check, facts, anywhere);
    expect(only(found, "drift")).toMatchObject({ drift: "excess", resource: { id: "lab/keeper" } });
    expect(found.flatMap((o) => (o.kind === "assessed" ? (o.notes ?? []) : []))).toEqual([
      "no namespace is given for Role keeper (keeper): it was found, and checked, in lab, yard",
    ]);
  });

  it("K6: unknown, with what is certainly too much, when rules cannot be understood", () => {
    const found = seen(check, live({ verbs: 1 }, rule("", "events", "get")), keeper);
    expect(briefs(found)).toEqual([
      "assessed 2 documented rules",
      "drift excess | get events -n lab",
      "unknown | (rules)",
    ]);
    expect(only(found, "unknown")).toMatchObject({ clause: "K6" });
  });

  it("a role that was recorded twice with different rules is not known", () => {
    const facts = factsIn({
      clusterRoles: [clusterRole("fleet", [rule("", "nodes", "get")]), clusterRole("fleet", [])],
    });
    expect(only(seen(check, facts, fleet), "unknown").message).toBe(
      "what ClusterRole fleet grants is not known: it was recorded twice, with different rules",
    );
  });

  it("fault 40: a namespace that does not exist is unknown, whatever is in the others", () => {
    const elsewhere = roleControl("keeper", [pods], { namespace: "lba" });
    expect(briefs(seen(check, live(pods), elsewhere))).toEqual(["unknown | (namespace)"]);
  });

  it("needs the roles of its kind, and does without discovery", () => {
    expect(check.needs({ kind: "ClusterRole" })).not.toContain("kubernetes/role");
    expect(check.needs({ kind: "Role" })).not.toContain("kubernetes/cluster-role");
    const unserved = factsIn({
      roles: [role("keeper", [pods, exec, rule("acme.example", "boats", "get")], "lab")],
      without: ["kubernetes/api-resource"],
      unread: [denied("kubernetes/api-resource")],
    });
    const found = only(seen(check, unserved, keeper), "drift");
    expect(found).toMatchObject({ drift: "excess", pattern: "get boats.acme.example -n lab" });
    expect(found.latent).toBeUndefined();
  });
});
