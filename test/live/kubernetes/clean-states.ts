import { account, clusterRole, clusterRoleBinding, group, roleBinding, rule, urls, user } from "./objects.ts";
import {
  clusterManagement,
  held,
  lacking,
  leaving,
  managementRole,
  reversed,
  type State,
  split,
} from "./state.ts";
import {
  added,
  all,
  changed,
  granting,
  management,
  nothing,
  platform,
  ruled,
  ruleFor,
  without,
  workload,
} from "./world.ts";

/** States that are as documented, however they are written down. */
export const clean: readonly State[] = [
  { name: "the page as it is, Azure edition", edit: nothing, drift: [] },
  { name: "the page as it is, AWS edition", edition: "aws", edit: nothing, drift: [] },
  { name: "the page as it is, no account named", edit: nothing, open: true, drift: [] },
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
    name: "neither it nor anybody is named",
    edit: without("Role/argo-workflows-role", "RoleBinding/image-builds"),
    open: true,
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
    edit: granting(managementRole, rule("", ["nodes", "persistentvolumes", "componentstatuses"], "*")),
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
    name: "K2: a collection deleted by name, where a name never arrives",
    edit: held("dead-names", workload, rule("", "secrets", "deletecollection", ["one"])),
    drift: [],
  },
  {
    name: "K5: a stranger is bound to other roles, and everybody without a token to one of the floor",
    edit: added(
      clusterRoleBinding(
        "stranger",
        "cluster-admin",
        user("jane@example.com"),
        account("default", "management"),
      ),
      clusterRoleBinding("anonymous", "system:public-info-viewer", group("system:unauthenticated")),
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
