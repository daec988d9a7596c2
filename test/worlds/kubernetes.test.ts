/** States of a cluster that are as documented, however they are written: nothing is said, exit 0. */
import { expect, it } from "vitest";
import {
  ARGO,
  AWS,
  AZURE,
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
  proves,
  ruled,
  ruleFor,
  rulesOf,
  split,
  type World,
  without,
} from "./kubernetes-changes.ts";
import { notes, outcomes, reportOn } from "./kubernetes-look.ts";
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

const worlds: readonly World[] = [
  ["as documented, AKS", AZURE, NOBODY, [], 0],
  ["as documented, EKS", AWS, NOBODY, [], 0],
  ["every list in reverse", AZURE, GROUPS, [], 0],
  [
    "a rule for each group, resource and verb",
    AZURE,
    all(...[CLUSTER_ROLE, MANAGEMENT_ROLE].map((name) => ruled(name, split))),
    [],
    0,
  ],
  [
    "rules twice, and merged with others",
    AZURE,
    ruled(MANAGEMENT_ROLE, (rules) => [
      ...rules,
      ...rules,
      rule("", ["pods", "services", "events"], ["get", "list", "watch"]),
    ]),
    [],
    0,
  ],
  [
    "the optional rule for pods/exec is not there",
    AZURE,
    ruleFor(MANAGEMENT_ROLE, "pods/exec", () => undefined),
    [],
    0,
  ],
  [
    "of the optional rule one verb is there",
    AZURE,
    ruleFor(MANAGEMENT_ROLE, "pods/exec", lacking("get")),
    [],
    0,
  ],
  [
    "the optional rule for ingresses, the only one with patch, is not there",
    AWS,
    ruled(MANAGEMENT_ROLE, (rules) =>
      rules.filter((r) => !(r.resources?.includes("ingresses") === true && r.verbs.includes("patch"))),
    ),
    [],
    0,
  ],
  ["the optional role is not there", AZURE, all(gone(ARGO), gone("builds")), [], 0],
  ["the optional role is bound to nobody", AZURE, gone("builds"), [], 0],
  [
    "K4: what grants nothing is left out: the group extensions, and ingressclasses in a Role",
    AZURE,
    ruleFor(MANAGEMENT_ROLE, "ingressclasses", (r) => ({
      ...leaving("ingressclasses")(r),
      apiGroups: ["networking.k8s.io"],
    })),
    [],
    0,
  ],
  [
    "K4: a Role names what has no namespace",
    AZURE,
    added(MANAGEMENT_ROLE, rule("", ["nodes", "persistentvolumes"], "*")),
    [],
    0,
  ],
  [
    "K4: a ClusterRole with URLs and cluster-scoped resources through a RoleBinding",
    AZURE,
    beside({
      clusterRoles: [clusterRole("wide", [urls(["/metrics"]), rule("", "nodes", "*")])],
      roleBindings: [binding("wide", "ClusterRole/wide", [account(WORKLOAD)])],
    }),
    [],
    0,
  ],
  [
    "K2: a name on deletecollection, where none ever arrives",
    AZURE,
    held(account(WORKLOAD), rule("", "secrets", "deletecollection", ["one"])),
    [],
    0,
  ],
  [
    "K5: an account named as a user, and one without its namespace",
    AZURE,
    all(
      named("management", user("system:serviceaccount:chalk:management")),
      named("workload", { kind: "ServiceAccount", name: "workload" }),
    ),
    [],
    0,
  ],
  [
    "K5: strangers hold other roles",
    AZURE,
    beside({
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
    [],
    0,
  ],
  [
    "K6: a binding whose role is gone",
    AZURE,
    beside({ clusterRoleBindings: [clusterBinding("old", "long-gone", account(MANAGEMENT))] }),
    [],
    0,
  ],
  [
    "K6: the management role given again by a ClusterRole of the same rules, in its namespace",
    AZURE,
    (state) => ({
      clusterRoles: [
        ...state.clusterRoles,
        clusterRole("copy", rulesOf(state.roles.find((r) => nameOf(r) === MANAGEMENT_ROLE) as Body)),
      ],
      roleBindings: [...state.roleBindings, binding("copy", "ClusterRole/copy", [account(MANAGEMENT)])],
    }),
    [],
    0,
  ],
  [
    "K9: a role of the floor bound to the account once more",
    AZURE,
    beside({ clusterRoleBindings: [clusterBinding("again", "system:discovery", account(WORKLOAD))] }),
    [],
    0,
  ],
  [
    "K9: the floor by content: under other names",
    AZURE,
    held(
      group("system:authenticated"),
      urls(["/version", "/openapi/v2"]),
      rule("authorization.k8s.io", "selfsubjectaccessreviews", "create"),
    ),
    [],
    0,
  ],
  [
    "the names of the accounts alone, in the audited namespace",
    given({ managementServiceAccount: "management", workloadServiceAccount: "workload" }),
    NOBODY,
    [],
    0,
  ],
  [
    "no account is named: those that the bindings name",
    without("managementServiceAccount", "workloadServiceAccount", "builderServiceAccount"),
    NOBODY,
    [],
    0,
  ],
  ["no namespace is named", without("namespace"), NOBODY, [], 0],
  ["nothing at all is named", { parameters: {} }, NOBODY, [], 0],
  [
    "one account does both parts",
    given({ builderServiceAccount: MANAGEMENT }),
    named("builds", account(MANAGEMENT)),
    [],
    0,
  ],
  [
    "the namespaces cannot be listed, and things are found in it",
    AZURE,
    () => ({ without: ["kubernetes/namespace"], unread: [denied("kubernetes/namespace")] }),
    [],
    0,
  ],
  [
    "the service accounts cannot be listed, and none is named",
    without("managementServiceAccount", "workloadServiceAccount", "builderServiceAccount"),
    () => ({ without: ["kubernetes/service-account"], unread: [denied("kubernetes/service-account")] }),
    [],
    0,
  ],
  [
    "K4: discovery cannot be read: compared as written",
    AZURE,
    () => ({ without: ["kubernetes/api-resource"], unread: [denied("kubernetes/api-resource")] }),
    [],
    0,
  ],
  [
    "K4: one group of discovery cannot be read",
    AZURE,
    () => ({ unread: [denied("kubernetes/api-resource", "keda.sh/v1alpha1")], served: [] }),
    [],
    0,
  ],
];

proves("the same access, otherwise written", worlds);

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
