import {
  account,
  clusterRole,
  clusterRoleBinding,
  group,
  type RbacRule,
  role,
  roleBinding,
  rule,
  type Subject,
  serviceAccount,
  urls,
  user,
} from "./objects.ts";
import {
  added,
  admitting,
  all,
  builds,
  changed,
  type Edit,
  type Edition,
  granting,
  management,
  nothing,
  platform,
  ruled,
  ruleFor,
  without,
  workload,
} from "./world.ts";

export interface State {
  readonly name: string;
  readonly edition?: Edition;
  readonly edit: Edit;
  /** The findings that are drift; exit 1 when there are any, else 0. */
  readonly drift: readonly string[];
}

const clusterManagement = "ClusterRole/chalk-cluster-management-role";
const managementRole = "Role/chalk-management-role";
const jobReader = "Role/chalk-job-reader";

const lacking = (verb: string) => (each: RbacRule) => ({
  ...each,
  verbs: each.verbs.filter((own) => own !== verb),
});
const reversed = (each: RbacRule): RbacRule => ({
  ...each,
  verbs: each.verbs.toReversed(),
  ...(each.resources === undefined ? {} : { resources: each.resources.toReversed() }),
});
const split = (each: RbacRule): readonly RbacRule[] =>
  (each.resources ?? []).flatMap((resource) =>
    each.verbs.map((verb) => ({ ...each, resources: [resource], verbs: [verb] })),
  );
const leaving = (name: string) => (each: RbacRule) => ({
  ...each,
  resources: (each.resources ?? []).filter((own) => own !== name),
});

const held = (name: string, subject: Subject, ...rules: RbacRule[]): Edit =>
  added(clusterRole(name, ...rules), clusterRoleBinding(name, name, subject));

/** States that are as documented, however they are written down. */
export const clean: readonly State[] = [
  { name: "the page as it is, Azure edition", edit: nothing, drift: [] },
  { name: "the page as it is, AWS edition", edition: "aws", edit: nothing, drift: [] },
  {
    name: "the optional rule for pods/exec is not there",
    edit: ruleFor(managementRole, "pods/exec", () => undefined),
    drift: [],
  },
  {
    name: "the optional rule for reading RBAC is not there",
    edit: ruleFor(managementRole, "rolebindings", () => undefined),
    drift: [],
  },
  {
    name: "of an optional rule one verb is there",
    edit: ruleFor(managementRole, "pods/exec", lacking("get")),
    drift: [],
  },
  {
    name: "the optional role for building images is not there",
    edit: without("Role/argo-workflows-role", "RoleBinding/image-builds"),
    drift: [],
  },
  {
    name: "ingresses are self-managed",
    edition: "aws",
    edit: ruled(managementRole, (rules) =>
      rules.filter(({ verbs, resources }) => !(resources?.[0] === "ingresses" && verbs.includes("patch"))),
    ),
    drift: [],
  },
  {
    name: "the roles are reordered",
    edit: all(
      ruled(managementRole, (rules) => rules.map(reversed).reverse()),
      ruled(clusterManagement, (rules) => rules.map(reversed).reverse()),
    ),
    drift: [],
  },
  {
    name: "the roles are split into a rule for each verb and resource",
    edit: all(
      ruled(managementRole, (rules) => rules.flatMap(split)),
      ruled(clusterManagement, (rules) => rules.flatMap(split)),
    ),
    drift: [],
  },
  {
    name: "rules with the same verbs are merged, others stand twice",
    edit: ruled(managementRole, (rules) => [
      ...rules,
      ...rules,
      rule("", ["configmaps", "pods", "services", "events"], ["get", "list", "watch"]),
    ]),
    drift: [],
  },
  {
    name: "K4: the group extensions, which nobody serves, is left out",
    edit: ruleFor(managementRole, "ingressclasses", (each) => ({
      ...each,
      apiGroups: ["networking.k8s.io"],
    })),
    drift: [],
  },
  {
    name: "K4: ingressclasses, which no Role can grant, is left out",
    edit: ruleFor(managementRole, "ingressclasses", leaving("ingressclasses")),
    drift: [],
  },
  {
    name: "K4: a Role names a cluster-scoped resource",
    edit: granting(managementRole, rule("", ["nodes", "namespaces"], "*")),
    drift: [],
  },
  {
    name: "K5: bindings name the accounts as users, or without their namespace",
    edit: all(
      changed("ClusterRoleBinding/management-cluster", (each) => ({
        ...each,
        subjects: [
          {
            kind: "User",
            name: "system:serviceaccount:chalk:management",
            apiGroup: "rbac.authorization.k8s.io",
          },
        ],
      })),
      changed("RoleBinding/workload", (each) => ({
        ...each,
        subjects: [{ kind: "ServiceAccount", name: "workload" }],
      })),
    ),
    drift: [],
  },
  {
    name: "a role is bound twice to the same account",
    edit: added(roleBinding(platform, "management-again", "Role/chalk-management-role", management)),
    drift: [],
  },
  {
    name: "a ClusterRole binding of the URL rules of a ClusterRole through a RoleBinding (K4)",
    edit: added(
      clusterRole("urls", urls(["/metrics", "/logs/*"], ["get"])),
      roleBinding(platform, "urls", "ClusterRole/urls", workload),
    ),
    drift: [],
  },
  {
    name: "K2: a named create, where a name never arrives",
    edit: held("dead-names", workload, rule("", "secrets", ["create", "deletecollection"], ["one"])),
    drift: [],
  },
  {
    name: "K5: a stranger is bound to other roles, and everybody without a token",
    edit: added(
      clusterRoleBinding(
        "stranger",
        "cluster-admin",
        user("jane@example.com"),
        account("default", "management"),
      ),
      clusterRoleBinding("anonymous", "view", group("system:unauthenticated")),
    ),
    drift: [],
  },
  {
    name: "K6: a binding whose role is gone",
    edit: added(clusterRoleBinding("dangling", "long-gone", management)),
    drift: [],
  },
  {
    name: "K9: the account is bound once more to a role of the floor",
    edit: added(clusterRoleBinding("discovery-again", "system:discovery", workload)),
    drift: [],
  },
];

/** States that depart from the page. */
export const drifted: readonly State[] = [
  {
    name: "secrets of the whole cluster through a second binding",
    edit: held("support-secrets", management, rule("", "secrets", ["get", "list"])),
    drift: ["cluster-effective-access: excess high"],
  },
  {
    name: "a verb of the ClusterRole removed",
    edit: ruleFor(clusterManagement, "nodes", lacking("watch")),
    drift: ["cluster-effective-access: missing medium", "cluster-management-role: missing medium"],
  },
  {
    name: "a verb of the Role removed",
    edit: ruleFor(managementRole, "secrets", lacking("delete")),
    drift: ["cluster-effective-access: missing medium", "management-role: missing medium"],
  },
  {
    name: "a resource of a rule removed",
    edit: ruleFor(managementRole, "statefulsets", leaving("statefulsets")),
    drift: ["cluster-effective-access: missing medium", "management-role: missing medium"],
  },
  {
    name: "K4: a rule removed whose group is not served today",
    edit: ruleFor(managementRole, "scaledobjects", () => undefined),
    drift: ["cluster-effective-access: missing low", "management-role: missing low"],
  },
  {
    name: "K2: a documented rule narrowed to one name",
    edit: ruleFor(managementRole, "poddisruptionbudgets", (each) => ({ ...each, resourceNames: ["one"] })),
    drift: ["cluster-effective-access: missing medium", "management-role: missing medium"],
  },
  {
    name: "a verb added to the ClusterRole",
    edit: ruleFor(clusterManagement, "nodes", (each) => ({ ...each, verbs: [...each.verbs, "delete"] })),
    drift: ["cluster-effective-access: excess high", "cluster-management-role: excess high"],
  },
  {
    name: "a reading verb added to the ClusterRole",
    edit: granting(clusterManagement, rule("", "namespaces", ["get", "list"])),
    drift: ["cluster-effective-access: excess medium", "cluster-management-role: excess medium"],
  },
  {
    name: "K1: deletecollection added, which delete does not cover",
    edit: granting(managementRole, rule("", "persistentvolumeclaims", "deletecollection")),
    drift: ["cluster-effective-access: excess high", "management-role: excess high"],
  },
  {
    name: "K1: a subresource added",
    edit: granting(managementRole, rule("", "pods/attach", ["create", "get"])),
    drift: ["cluster-effective-access: excess high", "management-role: excess high"],
  },
  {
    name: "K1: */scale added",
    edit: granting(managementRole, rule("apps", "*/scale", "update")),
    drift: ["cluster-effective-access: excess high", "management-role: excess high"],
  },
  {
    name: "K1: pods/* added, a literal that matches nothing that exists",
    edit: granting(managementRole, rule("", "pods/*", "get")),
    drift: ["cluster-effective-access: excess low", "management-role: excess low"],
  },
  {
    name: "K8: every verb on pods",
    edit: ruleFor(managementRole, "pods", (each) => ({ ...each, verbs: ["*"] })),
    drift: ["cluster-effective-access: excess high", "management-role: excess high"],
  },
  {
    name: "K4: every resource of a group, of which some is not served",
    edit: granting(managementRole, rule("policy", "*", ["get", "list", "watch"])),
    drift: ["cluster-effective-access: excess medium", "management-role: excess medium"],
  },
  {
    name: "K8: everything",
    edit: granting(clusterManagement, rule("*", "*", "*")),
    drift: ["cluster-effective-access: excess critical", "cluster-management-role: excess critical"],
  },
  ...["escalate", "bind"].map((verb) => ({
    name: `K8: ${verb}`,
    edit: granting(clusterManagement, rule("rbac.authorization.k8s.io", "clusterroles", verb)),
    drift: ["cluster-effective-access: excess critical", "cluster-management-role: excess critical"],
  })),
  {
    name: "K8: impersonate",
    edit: granting(clusterManagement, rule("", ["users", "groups", "serviceaccounts"], "impersonate")),
    drift: ["cluster-effective-access: excess critical", "cluster-management-role: excess critical"],
  },
  {
    name: "K8: nodes/proxy",
    edit: granting(clusterManagement, rule("", "nodes/proxy", ["get", "create"])),
    drift: ["cluster-effective-access: excess high", "cluster-management-role: excess high"],
  },
  {
    name: "K8: tokens of service accounts",
    edit: granting(managementRole, rule("", "serviceaccounts/token", "create")),
    drift: ["cluster-effective-access: excess critical", "management-role: excess critical"],
  },
  {
    name: "K8: webhook configurations",
    edit: granting(
      clusterManagement,
      rule("admissionregistration.k8s.io", "validatingwebhookconfigurations", ["create", "update"]),
    ),
    drift: ["cluster-effective-access: excess high", "cluster-management-role: excess high"],
  },
  {
    name: "K2: one secret by its name, cluster-wide",
    edit: held("one-secret", workload, rule("", "secrets", "get", ["tls", "ca"])),
    drift: ["cluster-effective-access: excess high"],
  },
  {
    name: "K3: URLs",
    edit: held("urls", workload, urls(["/metrics*", "/logs/*"], ["get"])),
    drift: ["cluster-effective-access: excess medium"],
  },
  {
    name: "K4: a cluster-scoped resource that the Role names in vain, now cluster-wide",
    edit: granting(clusterManagement, rule("networking.k8s.io", "ingressclasses", ["get", "list"])),
    drift: ["cluster-effective-access: excess medium", "cluster-management-role: excess medium"],
  },
  {
    name: "a user bound to the management role",
    edit: admitting("RoleBinding/management", user("jane@example.com")),
    drift: ["role-bindings: excess high"],
  },
  {
    name: "a group bound to the cluster role",
    edit: admitting("ClusterRoleBinding/management-cluster", group("contractors")),
    drift: ["role-bindings: excess high"],
  },
  {
    name: "another account bound to the job reader",
    edit: all(
      added(serviceAccount(platform, "other")),
      admitting("RoleBinding/workload", account(platform, "other")),
    ),
    drift: ["role-bindings: excess medium"],
  },
  {
    name: "K5: all accounts of the namespace bound to the management role",
    edit: admitting("RoleBinding/management", group("system:serviceaccounts:chalk")),
    drift: ["cluster-effective-access: excess high", "role-bindings: excess high"],
  },
  {
    name: "the workload account bound to the management role",
    edit: admitting("RoleBinding/management", workload),
    drift: ["cluster-effective-access: excess high", "role-bindings: excess high"],
  },
  {
    name: "the job reader's binding is gone",
    edit: without("RoleBinding/workload"),
    drift: ["cluster-effective-access: missing medium", "role-bindings: missing medium"],
  },
  {
    name: "K4: the ClusterRole bound in one namespace only",
    edit: all(
      without("ClusterRoleBinding/management-cluster"),
      added(roleBinding(platform, "cluster", clusterManagement as "ClusterRole/x", management)),
    ),
    drift: ["cluster-effective-access: missing medium", "role-bindings: missing medium"],
  },
  {
    name: "K6: a role that the server aggregates, in another namespace",
    edit: added(roleBinding("default", "helper", "ClusterRole/edit", management)),
    drift: ["cluster-effective-access: excess critical"],
  },
  {
    name: "K6: a role that is aggregated from what others label",
    edit: added(
      {
        ...clusterRole("collected"),
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { "example.com/collect": "yes" } }] },
      },
      {
        ...clusterRole("part", rule("", "endpoints", "get")),
        metadata: { name: "part", labels: { "example.com/collect": "yes" } },
      },
      clusterRoleBinding("collected", "collected", workload),
    ),
    drift: ["cluster-effective-access: excess medium"],
  },
  {
    name: "K5: every service account may read endpoints",
    edit: held("everybody", group("system:serviceaccounts"), rule("", "endpoints", "get")),
    drift: ["cluster-effective-access: excess medium"],
  },
  {
    name: "K5: everybody who is signed in may read endpoints of one namespace",
    edit: added(
      role(builds, "endpoints", rule("", "endpoints", "get")),
      roleBinding(builds, "endpoints", "Role/endpoints", group("system:authenticated")),
    ),
    drift: ["cluster-effective-access: excess medium"],
  },
  {
    name: "the management role is not there, its binding is",
    edit: without(managementRole),
    drift: ["cluster-effective-access: missing medium", "management-role: absent medium"],
  },
  {
    name: "the job reader is not there",
    edit: without(jobReader, "RoleBinding/workload"),
    drift: [
      "cluster-effective-access: missing medium",
      "job-reader-role: absent medium",
      "role-bindings: missing medium",
    ],
  },
  {
    name: "the other edition's roles",
    edition: "aws",
    edit: ruleFor(clusterManagement, "ec2nodeclasses", (each) => ({ ...each, apiGroups: ["karpenter.sh"] })),
    drift: [
      "cluster-effective-access: excess low",
      "cluster-effective-access: missing low",
      "cluster-management-role: excess low",
      "cluster-management-role: missing low",
    ],
  },
];
