/** States of a cluster that are as documented, however they are written: nothing is said, exit 0. */
import { expect, it } from "vitest";
import {
  ARGO,
  AWS,
  added,
  all,
  beside,
  CLUSTER_ROLE,
  GROUPS,
  given,
  gone,
  held,
  lacking,
  leaving,
  MANAGEMENT_ROLE,
  NOBODY,
  named,
  nameOf,
  ruled,
  ruleFor,
  rulesOf,
  split,
  without,
} from "./kubernetes-changes.ts";
import { kubernetesGround, notes, outcomes, type Row, reportOn } from "./kubernetes-ground.ts";
import {
  account,
  type Body,
  BUILDER,
  binding,
  clusterBinding,
  clusterRole,
  denied,
  documented,
  group,
  MANAGEMENT,
  rule,
  urls,
  user,
  WORKLOAD,
} from "./kubernetes-state.ts";
import { describeWorlds } from "./world.ts";

const worlds: Readonly<Record<string, Row>> = {
  "as documented, AKS": {
    state: NOBODY,
    code: 0,
  },
  "as documented, EKS": {
    run: AWS,
    state: NOBODY,
    code: 0,
  },
  "every list in reverse": {
    state: GROUPS,
    code: 0,
  },
  "a rule for each group, resource and verb": {
    state: all(...[CLUSTER_ROLE, MANAGEMENT_ROLE].map((name) => ruled(name, split))),
    code: 0,
  },
  "rules twice, and merged with others": {
    state: ruled(MANAGEMENT_ROLE, (rules) => [
      ...rules,
      ...rules,
      rule("", ["pods", "services", "events"], ["get", "list", "watch"]),
    ]),
    code: 0,
  },
  "the optional rule for pods/exec is not there": {
    state: ruleFor(MANAGEMENT_ROLE, "pods/exec", () => undefined),
    code: 0,
    findings: ["management-role note absent info (chalk/chalk-management-role)"],
  },
  "of the optional rule one verb is there": {
    state: ruleFor(MANAGEMENT_ROLE, "pods/exec", lacking("get")),
    code: 0,
    findings: ["management-role note absent info (chalk/chalk-management-role)"],
  },
  "the optional rule for ingresses, the only one with patch, is not there": {
    run: AWS,
    state: ruled(MANAGEMENT_ROLE, (rules) =>
      rules.filter((r) => !(r.resources?.includes("ingresses") === true && r.verbs.includes("patch"))),
    ),
    code: 0,
    findings: [
      "management-role note absent info (chalk/chalk-management-role)",
      "management-role note dead info (chalk/chalk-management-role)",
    ],
  },
  "the optional role is not there": {
    state: all(gone(ARGO), gone("builds")),
    code: 0,
    findings: [
      "argo-workflows-role note absent info (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#argo-workflows-role)",
    ],
  },
  "the optional role is bound to nobody": {
    state: gone("builds"),
    code: 0,
    findings: ["role-bindings note absent info (argo-workflows-role)"],
  },
  "K4: what grants nothing is left out: the group extensions, and ingressclasses in a Role": {
    state: ruleFor(MANAGEMENT_ROLE, "ingressclasses", (r) => ({
      ...leaving("ingressclasses")(r),
      apiGroups: ["networking.k8s.io"],
    })),
    code: 0,
  },
  "K4: a Role names what has no namespace": {
    state: added(MANAGEMENT_ROLE, rule("", ["nodes", "persistentvolumes"], "*")),
    code: 0,
    findings: ["management-role note dead info (chalk/chalk-management-role)"],
  },
  "K4: a ClusterRole with URLs and cluster-scoped resources through a RoleBinding": {
    state: beside({
      clusterRoles: [clusterRole("wide", [urls(["/metrics"]), rule("", "nodes", "*")])],
      roleBindings: [binding("wide", "ClusterRole/wide", [account(WORKLOAD)])],
    }),
    code: 0,
    findings: ["cluster-effective-access note dead info (chalk/workload)"],
  },
  "K2: a name on deletecollection, where none ever arrives": {
    state: held(account(WORKLOAD), rule("", "secrets", "deletecollection", ["one"])),
    code: 0,
    findings: ["cluster-effective-access note dead info (chalk/workload)"],
  },
  "K5: an account named as a user, and one without its namespace": {
    state: all(
      named("management", user("system:serviceaccount:chalk:management")),
      named("workload", { kind: "ServiceAccount", name: "workload" }),
    ),
    code: 0,
  },
  "K5: strangers hold other roles": {
    state: beside({
      clusterRoleBindings: [
        clusterBinding(
          "ops",
          "cluster-admin",
          user("jane@example.com"),
          account("default/management"),
          group("system:masters"),
        ),
        clusterBinding("nodes", "view", group("system:serviceaccounts:builds-2")),
      ],
    }),
    code: 0,
  },
  "K6: a binding whose role is gone": {
    state: beside({ clusterRoleBindings: [clusterBinding("old", "long-gone", account(MANAGEMENT))] }),
    code: 0,
    findings: ["cluster-effective-access note dead info (chalk/management)"],
  },
  "K6: the management role given again by a ClusterRole of the same rules, in its namespace": {
    state: (state) => ({
      clusterRoles: [
        ...state.clusterRoles,
        clusterRole("copy", rulesOf(state.roles.find((r) => nameOf(r) === MANAGEMENT_ROLE) as Body)),
      ],
      roleBindings: [...state.roleBindings, binding("copy", "ClusterRole/copy", [account(MANAGEMENT)])],
    }),
    code: 0,
    findings: ["cluster-effective-access note dead info (chalk/management)"],
  },
  "K9: a role of the floor bound to the account once more": {
    state: beside({ clusterRoleBindings: [clusterBinding("again", "system:discovery", account(WORKLOAD))] }),
    code: 0,
  },
  "K9: the floor by content: under other names": {
    state: held(
      group("system:authenticated"),
      urls(["/version", "/openapi/v2"]),
      rule("authorization.k8s.io", "selfsubjectaccessreviews", "create"),
    ),
    code: 0,
  },
  "the names of the accounts alone, in the audited namespace": {
    run: given({ managementServiceAccount: "management", workloadServiceAccount: "workload" }),
    state: NOBODY,
    code: 0,
  },
  "no account is named: those that the bindings name": {
    run: without("managementServiceAccount", "workloadServiceAccount", "builderServiceAccount"),
    state: NOBODY,
    code: 0,
  },
  "no namespace is named": {
    run: without("namespace"),
    state: NOBODY,
    code: 0,
    findings: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
    ],
  },
  "nothing at all is named": {
    run: { parameters: {} },
    state: NOBODY,
    code: 0,
    findings: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
    ],
  },
  "one account does both parts": {
    run: given({ builderServiceAccount: MANAGEMENT }),
    state: named("builds", account(MANAGEMENT)),
    code: 0,
  },
  "the namespaces cannot be listed, and things are found in it": {
    state: () => ({ without: ["kubernetes/namespace"], unread: [denied("kubernetes/namespace")] }),
    code: 0,
  },
  "the service accounts cannot be listed, and none is named": {
    run: without("managementServiceAccount", "workloadServiceAccount", "builderServiceAccount"),
    state: () => ({
      without: ["kubernetes/service-account"],
      unread: [denied("kubernetes/service-account")],
    }),
    code: 0,
  },
  "K4: discovery cannot be read: compared as written": {
    state: () => ({ without: ["kubernetes/api-resource"], unread: [denied("kubernetes/api-resource")] }),
    code: 0,
    gone: ["management-role note dead info (chalk/chalk-management-role)"],
  },
  "K4: one group of discovery cannot be read": {
    state: () => ({ unread: [denied("kubernetes/api-resource", "keda.sh/v1alpha1")], served: [] }),
    code: 0,
  },
};

describeWorlds("the same access, otherwise written", kubernetesGround, worlds);

it("what a clean cluster is told beside its pass, all of it", () => {
  const report = reportOn(documented("azure"));
  expect(notes(report)).toEqual([
    "cluster-effective-access excess: every service account also holds what the server gives to all of them, by ClusterRoleBinding system:basic-user, ClusterRoleBinding system:discovery, ClusterRoleBinding system:public-info-viewer, ClusterRoleBinding system:service-account-issuer-discovery: that is not counted as excess (K9)",
    "management-role dead: what the document lists for Role chalk-management-role in namespace chalk and grants nothing there: get,list,watch,create,update,delete ingressclasses.extensions; get,list,watch,create,update,delete ingressclasses.networking.k8s.io; get,list,watch,create,update,delete ingresses.extensions; get,list,watch,create,update,delete ingresses.extensions/status (the API group extensions is served by no supported server; ingressclasses is cluster-scoped, and this is granted in a namespace only)",
  ]);
  expect(outcomes(report)).toEqual({
    "cluster-management-role": "pass",
    "management-role": "pass",
    "job-reader-role": "pass",
    "argo-workflows-role": "pass",
    "role-bindings": "pass",
    "cluster-effective-access": "pass",
  });
});

it("the report says whom it audited when nobody was named, and where the roles were found", () => {
  const [target] = reportOn(documented("azure"), { parameters: {} }).targets;
  expect(target?.principals).toEqual([{ id: BUILDER }, { id: MANAGEMENT }, { id: WORKLOAD }]);
  expect(target?.notes?.slice(0, 6)).toEqual([
    "no namespace is given for Role chalk-management-role (management-role): it was found, and checked, in chalk",
    "no namespace is given for Role chalk-job-reader (job-reader-role): it was found, and checked, in chalk",
    "no namespace is given for Role argo-workflows-role (argo-workflows-role): it was found, and checked, in builds",
    `parameter builderServiceAccount not given: audited is whom the bindings of the documented roles name: ${BUILDER}`,
    `parameter managementServiceAccount not given: audited is whom the bindings of the documented roles name: ${MANAGEMENT}`,
    `parameter workloadServiceAccount not given: audited is whom the bindings of the documented roles name: ${WORKLOAD}`,
  ]);
});
