import {
  account,
  clusterRole,
  clusterRoleBinding,
  group,
  role,
  roleBinding,
  rule,
  serviceAccount,
  urls,
  user,
} from "./objects.ts";
import { clusterManagement, held, jobReader, lacking, leaving, managementRole, type State } from "./state.ts";
import {
  added,
  admitting,
  all,
  builds,
  changed,
  granting,
  management,
  platform,
  ruleFor,
  without,
  workload,
} from "./world.ts";

/** States that depart from the page. */
export const drifted: readonly State[] = [
  {
    name: "secrets of the whole cluster through a second binding",
    edit: held("support-secrets", management, rule("", "secrets", ["get", "list"])),
    drift: [
      "cluster-effective-access: excess critical get,list secrets by ClusterRoleBinding support-secrets",
    ],
  },
  {
    name: "a verb of the ClusterRole removed",
    edit: ruleFor(clusterManagement, "nodes", lacking("watch")),
    drift: [
      "cluster-effective-access: missing medium watch nodes",
      "cluster-management-role: missing medium watch nodes",
    ],
  },
  {
    name: "a verb of the Role removed",
    edit: ruleFor(managementRole, "secrets", lacking("delete")),
    drift: [
      "cluster-effective-access: missing medium delete secrets -n chalk",
      "management-role: missing medium delete secrets -n chalk",
    ],
  },
  {
    name: "a resource of a rule removed",
    edit: ruleFor(managementRole, "statefulsets", leaving("statefulsets")),
    drift: [
      "cluster-effective-access: missing medium get,list,create,update,patch,delete statefulsets.apps -n chalk",
      "management-role: missing medium get,list,create,update,patch,delete statefulsets.apps -n chalk",
    ],
  },
  {
    name: "K4: a rule removed whose group is not served today",
    edit: ruleFor(managementRole, "scaledobjects", () => undefined),
    drift: [
      "cluster-effective-access: missing low latent get,list,watch,create,update,patch,delete scaledjobs.keda.sh -n chalk",
      "cluster-effective-access: missing low latent get,list,watch,create,update,patch,delete scaledobjects.keda.sh -n chalk",
      "management-role: missing low latent get,list,watch,create,update,patch,delete scaledjobs.keda.sh -n chalk",
      "management-role: missing low latent get,list,watch,create,update,patch,delete scaledobjects.keda.sh -n chalk",
    ],
  },
  {
    name: "K2: a documented rule narrowed to one name",
    edit: ruleFor(managementRole, "poddisruptionbudgets", (each) => ({ ...each, resourceNames: ["one"] })),
    drift: [
      "cluster-effective-access: missing medium get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk",
      "management-role: missing medium get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk",
    ],
  },
  {
    name: "a verb added to the ClusterRole",
    edit: ruleFor(clusterManagement, "nodes", (each) => ({ ...each, verbs: [...each.verbs, "delete"] })),
    drift: [
      "cluster-effective-access: excess high delete nodes by ClusterRoleBinding management-cluster",
      "cluster-management-role: excess high delete nodes",
    ],
  },
  {
    name: "a reading verb added to the ClusterRole",
    edit: granting(clusterManagement, rule("", "namespaces", ["get", "list"])),
    drift: [
      "cluster-effective-access: excess medium get,list namespaces by ClusterRoleBinding management-cluster",
      "cluster-management-role: excess medium get,list namespaces",
    ],
  },
  {
    name: "K1: deletecollection added, which delete does not cover",
    edit: granting(managementRole, rule("", "persistentvolumeclaims", "deletecollection")),
    drift: [
      "cluster-effective-access: excess high deletecollection persistentvolumeclaims -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess high deletecollection persistentvolumeclaims -n chalk",
    ],
  },
  {
    name: "K1: a subresource added",
    edit: granting(managementRole, rule("", "pods/attach", ["create", "get"])),
    drift: [
      "cluster-effective-access: excess high get,create pods/attach -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess high get,create pods/attach -n chalk",
    ],
  },
  {
    name: "K1: */scale added",
    edit: granting(managementRole, rule("apps", "*/scale", "update")),
    drift: [
      "cluster-effective-access: excess high update *.apps/scale -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess high update *.apps/scale -n chalk",
    ],
  },
  {
    name: "K1: pods/* added, a literal that matches nothing that exists",
    edit: granting(managementRole, rule("", "pods/*", "get")),
    drift: [
      "cluster-effective-access: excess low latent get pods/* -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess low latent get pods/* -n chalk",
    ],
  },
  {
    name: "K8: every verb on pods",
    edit: ruleFor(managementRole, "pods", (each) => ({ ...each, verbs: ["*"] })),
    drift: [
      "cluster-effective-access: excess high * configmaps -n chalk by RoleBinding management in namespace chalk",
      "cluster-effective-access: excess high * pods -n chalk by RoleBinding management in namespace chalk",
      "cluster-effective-access: excess high * services -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess high * configmaps -n chalk",
      "management-role: excess high * pods -n chalk",
      "management-role: excess high * services -n chalk",
    ],
  },
  {
    name: "K4: every resource of a group, of which some is not served",
    edit: granting(managementRole, rule("policy", "*", ["get", "list", "watch"])),
    drift: [
      "cluster-effective-access: excess medium get,list,watch *.policy -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess medium get,list,watch *.policy -n chalk",
    ],
  },
  {
    name: "K8: everything",
    edit: granting(clusterManagement, rule("*", "*", "*")),
    drift: [
      "cluster-effective-access: excess critical * *.* by ClusterRoleBinding management-cluster",
      "cluster-management-role: excess critical * *.*",
    ],
  },
  ...["escalate", "bind"].map((verb) => ({
    name: `K8: ${verb}`,
    edit: granting(clusterManagement, rule("rbac.authorization.k8s.io", "clusterroles", verb)),
    drift: [
      `cluster-effective-access: excess critical ${verb} clusterroles.rbac.authorization.k8s.io by ClusterRoleBinding management-cluster`,
      `cluster-management-role: excess critical ${verb} clusterroles.rbac.authorization.k8s.io`,
    ],
  })),
  {
    name: "K8: impersonate",
    edit: granting(clusterManagement, rule("", ["users", "groups", "serviceaccounts"], "impersonate")),
    drift: [
      "cluster-effective-access: excess critical impersonate groups by ClusterRoleBinding management-cluster",
      "cluster-effective-access: excess critical impersonate serviceaccounts by ClusterRoleBinding management-cluster",
      "cluster-effective-access: excess critical impersonate users by ClusterRoleBinding management-cluster",
      "cluster-management-role: excess critical impersonate groups",
      "cluster-management-role: excess critical impersonate serviceaccounts",
      "cluster-management-role: excess critical impersonate users",
    ],
  },
  {
    name: "K8: impersonate, the kinds that discovery never lists",
    edit: granting(
      clusterManagement,
      rule("authentication.k8s.io", ["userextras/scopes", "uids"], "impersonate"),
      rule("authentication.k8s.io", "users", "impersonate:user-info"),
      rule("certificates.k8s.io", "signers", ["approve", "sign"], ["kubernetes.io/kube-apiserver-client"]),
    ),
    drift: [
      'cluster-effective-access: excess critical approve,sign signers.certificates.k8s.io "kubernetes.io/kube-apiserver-client" by ClusterRoleBinding management-cluster',
      "cluster-effective-access: excess critical impersonate uids.authentication.k8s.io by ClusterRoleBinding management-cluster",
      "cluster-effective-access: excess critical impersonate userextras.authentication.k8s.io/scopes by ClusterRoleBinding management-cluster",
      "cluster-effective-access: excess critical impersonate:user-info users.authentication.k8s.io by ClusterRoleBinding management-cluster",
      'cluster-management-role: excess critical approve,sign signers.certificates.k8s.io "kubernetes.io/kube-apiserver-client"',
      "cluster-management-role: excess critical impersonate uids.authentication.k8s.io",
      "cluster-management-role: excess critical impersonate userextras.authentication.k8s.io/scopes",
      "cluster-management-role: excess critical impersonate:user-info users.authentication.k8s.io",
    ],
  },
  {
    name: "K5: a role for the account as a user; users of other names are others",
    edit: all(
      held("user", user("system:serviceaccount:chalk:workload"), rule("", "endpoints", "get")),
      held(
        "others",
        user("system:serviceaccount:chalk:workload:x"),
        rule("", "pods/ephemeralcontainers", "patch"),
      ),
      held("case", user("system:serviceaccount:chalk:Workload"), rule("", "secrets", "get")),
      held("path", user("chalk/workload"), rule("", "secrets", "get")),
      held("near", group("system:serviceaccounts:chal"), rule("", "secrets", "get")),
    ),
    drift: ["cluster-effective-access: excess medium get endpoints by ClusterRoleBinding user"],
  },
  {
    name: "K6: the role for building images once more, in the system's namespace",
    edit: added(
      role("kube-system", "argo-workflows-role", rule("", "pods", ["create", "get"])),
      roleBinding("kube-system", "more", "Role/argo-workflows-role", management),
    ),
    drift: [
      "argo-workflows-role: missing low latent get,list,watch,create,update,patch,delete workflows.argoproj.io -n kube-system",
      "argo-workflows-role: missing medium list,watch,update,patch,delete pods -n kube-system",
      "cluster-effective-access: excess critical get,create pods -n kube-system by RoleBinding more in namespace kube-system",
    ],
  },
  {
    name: "K8: nodes/proxy",
    edit: granting(clusterManagement, rule("", "nodes/proxy", ["get", "create"])),
    drift: [
      "cluster-effective-access: excess critical get,create nodes/proxy by ClusterRoleBinding management-cluster",
      "cluster-management-role: excess high get,create nodes/proxy",
    ],
  },
  {
    name: "K8: tokens of service accounts",
    edit: granting(managementRole, rule("", "serviceaccounts/token", "create")),
    drift: [
      "cluster-effective-access: excess critical create serviceaccounts/token -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess high create serviceaccounts/token -n chalk",
    ],
  },
  {
    name: "K8: webhook configurations",
    edit: granting(
      clusterManagement,
      rule("admissionregistration.k8s.io", "validatingwebhookconfigurations", ["create", "update"]),
    ),
    drift: [
      "cluster-effective-access: excess critical create,update validatingwebhookconfigurations.admissionregistration.k8s.io by ClusterRoleBinding management-cluster",
      "cluster-management-role: excess high create,update validatingwebhookconfigurations.admissionregistration.k8s.io",
    ],
  },
  {
    name: "K2: one secret by its name, cluster-wide",
    edit: held("one-secret", workload, rule("", "secrets", "get", ["tls", "ca"])),
    drift: ['cluster-effective-access: excess high get secrets "ca","tls" by ClusterRoleBinding one-secret'],
  },
  {
    name: "K2: create of one name, which an apply asks for",
    edit: held("one-made", workload, rule("", "secrets", ["create", "deletecollection"], ["one"])),
    drift: ['cluster-effective-access: excess high create secrets "one" by ClusterRoleBinding one-made'],
  },
  {
    name: "K3: URLs",
    edit: held("urls", workload, urls(["/metrics*", "/logs/*"], ["get"])),
    drift: [
      "cluster-effective-access: excess medium get /logs/* by ClusterRoleBinding urls",
      "cluster-effective-access: excess medium get /metrics* by ClusterRoleBinding urls",
    ],
  },
  {
    name: "K4: a cluster-scoped resource that the Role names in vain, now cluster-wide",
    edit: granting(clusterManagement, rule("networking.k8s.io", "ingressclasses", ["get", "list"])),
    drift: [
      "cluster-effective-access: excess medium get,list ingressclasses.networking.k8s.io by ClusterRoleBinding management-cluster",
      "cluster-management-role: excess medium get,list ingressclasses.networking.k8s.io",
    ],
  },
  {
    name: "a user bound to the management role",
    edit: admitting("RoleBinding/management", user("jane@example.com")),
    drift: ["role-bindings: stray high management by RoleBinding management in namespace chalk"],
  },
  {
    name: "a group bound to the cluster role",
    edit: admitting("ClusterRoleBinding/management-cluster", group("contractors")),
    drift: ["role-bindings: stray high management-cluster by ClusterRoleBinding management-cluster"],
  },
  {
    name: "another account bound to the job reader",
    edit: all(
      added(serviceAccount(platform, "other")),
      admitting("RoleBinding/workload", account(platform, "other")),
    ),
    drift: ["role-bindings: stray medium workload by RoleBinding workload in namespace chalk"],
  },
  {
    name: "K5: all accounts of the namespace bound to the job reader, and all there are to the role for builds",
    edit: all(
      admitting("RoleBinding/workload", group("system:serviceaccounts:chalk")),
      admitting("RoleBinding/image-builds", group("system:serviceaccounts")),
    ),
    drift: [
      "cluster-effective-access: excess critical get,list,watch,create,update,patch,delete pods -n builds by RoleBinding image-builds in namespace builds, as group system:serviceaccounts",
      "cluster-effective-access: excess low latent get,list,watch,create,update,patch,delete workflows.argoproj.io -n builds by RoleBinding image-builds in namespace builds, as group system:serviceaccounts",
      "role-bindings: stray high image-builds by RoleBinding image-builds in namespace builds",
      "role-bindings: stray medium workload by RoleBinding workload in namespace chalk",
    ],
  },
  {
    name: "the workload account bound to the cluster role",
    edit: admitting("ClusterRoleBinding/management-cluster", workload),
    drift: [
      "cluster-effective-access: excess critical get,list,watch,create,update,patch,delete persistentvolumes by ClusterRoleBinding management-cluster",
      "cluster-effective-access: excess low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io by ClusterRoleBinding management-cluster",
      "cluster-effective-access: excess medium get,list storageclasses.storage.k8s.io by ClusterRoleBinding management-cluster",
      "cluster-effective-access: excess medium get,list,watch nodes by ClusterRoleBinding management-cluster",
      "role-bindings: stray high management-cluster by ClusterRoleBinding management-cluster",
    ],
  },
  {
    name: "the job reader's binding is gone",
    edit: without("RoleBinding/workload"),
    drift: [
      "cluster-effective-access: missing medium get,list,watch jobs.batch -n chalk",
      "role-bindings: missing medium workload",
    ],
  },
  {
    name: "K4: the ClusterRole bound in one namespace only",
    edit: all(
      without("ClusterRoleBinding/management-cluster"),
      added(roleBinding(platform, "cluster", clusterManagement as "ClusterRole/x", management)),
    ),
    drift: [
      "cluster-effective-access: missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io",
      "cluster-effective-access: missing medium get,list storageclasses.storage.k8s.io",
      "cluster-effective-access: missing medium get,list,watch nodes",
      "cluster-effective-access: missing medium get,list,watch,create,update,patch,delete persistentvolumes",
      "role-bindings: missing medium management",
    ],
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
    drift: ["cluster-effective-access: excess medium get endpoints by ClusterRoleBinding collected"],
  },
  {
    name: "K5: every service account may read endpoints",
    edit: held("everybody", group("system:serviceaccounts"), rule("", "endpoints", "get")),
    drift: [
      "cluster-effective-access: excess medium get endpoints by ClusterRoleBinding everybody, as group system:serviceaccounts",
      "cluster-effective-access: excess medium get endpoints by ClusterRoleBinding everybody, as group system:serviceaccounts",
      "cluster-effective-access: excess medium get endpoints by ClusterRoleBinding everybody, as group system:serviceaccounts",
    ],
  },
  {
    name: "K15: everybody without a token may read endpoints",
    edit: held("anybody", group("system:unauthenticated"), rule("", "endpoints", "get")),
    drift: [
      "cluster-effective-access: excess medium get endpoints by ClusterRoleBinding anybody, as group system:unauthenticated",
      "cluster-effective-access: excess medium get endpoints by ClusterRoleBinding anybody, as group system:unauthenticated",
      "cluster-effective-access: excess medium get endpoints by ClusterRoleBinding anybody, as group system:unauthenticated",
    ],
  },
  {
    name: "K16: an account beside the management account holds what nobody is documented to hold",
    edit: all(
      added(serviceAccount(platform, "other")),
      held("strong", account(platform, "other"), rule("", "nodes", "patch")),
    ),
    drift: ["cluster-effective-access: excess high patch nodes by ClusterRoleBinding strong"],
  },
  {
    name: "K5: everybody who is signed in may read endpoints of one namespace",
    edit: added(
      role(builds, "endpoints", rule("", "endpoints", "get")),
      roleBinding(builds, "endpoints", "Role/endpoints", group("system:authenticated")),
    ),
    drift: [
      "cluster-effective-access: excess medium get endpoints -n builds by RoleBinding endpoints in namespace builds, as group system:authenticated",
      "cluster-effective-access: excess medium get endpoints -n builds by RoleBinding endpoints in namespace builds, as group system:authenticated",
      "cluster-effective-access: excess medium get endpoints -n builds by RoleBinding endpoints in namespace builds, as group system:authenticated",
    ],
  },
  {
    name: "the role for building images is not there, its binding is",
    edit: without("Role/argo-workflows-role"),
    drift: [],
  },
  {
    name: "the job reader is not there",
    edit: without(jobReader, "RoleBinding/workload"),
    drift: [
      "cluster-effective-access: missing medium get,list,watch jobs.batch -n chalk",
      "job-reader-role: absent medium chalk-job-reader",
      "role-bindings: missing medium workload",
    ],
  },
  {
    name: "K4: a Role that reads its own namespace, which a name in the path puts into it",
    edit: granting(managementRole, rule("", "namespaces", ["get", "list"])),
    drift: [
      "cluster-effective-access: excess medium get namespaces -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess medium get namespaces -n chalk",
    ],
  },
  {
    name: "the job reader is not there and no account is named",
    edit: without(jobReader, "RoleBinding/workload"),
    open: true,
    drift: [
      "cluster-effective-access: absent medium workloadServiceAccount",
      "job-reader-role: absent medium chalk-job-reader",
      "role-bindings: missing medium chalk-job-reader",
    ],
  },
  {
    name: "a stranger beside the management account, no account named",
    edit: all(
      added(serviceAccount(platform, "other")),
      admitting("RoleBinding/management", account(platform, "other")),
    ),
    open: true,
    drift: ["role-bindings: stray high management by RoleBinding management in namespace chalk"],
  },
  {
    name: "the cluster role is not there",
    edit: without(clusterManagement, "ClusterRoleBinding/management-cluster"),
    drift: [
      "cluster-effective-access: missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io",
      "cluster-effective-access: missing medium get,list storageclasses.storage.k8s.io",
      "cluster-effective-access: missing medium get,list,watch nodes",
      "cluster-effective-access: missing medium get,list,watch,create,update,patch,delete persistentvolumes",
      "cluster-management-role: absent medium chalk-cluster-management-role",
      "role-bindings: missing medium management",
    ],
  },
  {
    name: "a role renamed",
    edit: changed(jobReader, (each) => ({ ...each, metadata: { ...each.metadata, name: "job-reader" } })),
    drift: [
      "cluster-effective-access: missing medium get,list,watch jobs.batch -n chalk",
      "job-reader-role: absent medium chalk-job-reader",
    ],
  },
  {
    name: "a role of that name in another namespace only",
    edit: all(changed(jobReader, (each) => ({ ...each, metadata: { ...each.metadata, namespace: builds } }))),
    drift: [
      "cluster-effective-access: missing medium get,list,watch jobs.batch -n chalk",
      "job-reader-role: absent medium chalk-job-reader",
    ],
  },
  {
    name: "K5: the account of that name in another namespace is bound",
    edit: changed("RoleBinding/workload", (each) => ({
      ...each,
      subjects: [account(builds, "workload")],
    })),
    drift: [
      "cluster-effective-access: missing medium get,list,watch jobs.batch -n chalk",
      "role-bindings: missing medium workload",
      "role-bindings: stray medium workload by RoleBinding workload in namespace chalk",
    ],
  },
  {
    name: "K7: every verb there is, one by one, is not the star",
    edit: ruleFor(managementRole, "poddisruptionbudgets", (each) => ({
      ...each,
      verbs: ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
    })),
    drift: [
      "cluster-effective-access: excess high delete,deletecollection poddisruptionbudgets.policy -n chalk by RoleBinding management in namespace chalk",
      "management-role: excess high delete,deletecollection poddisruptionbudgets.policy -n chalk",
    ],
  },
  {
    name: "the other edition's roles",
    edition: "aws",
    edit: ruleFor(clusterManagement, "ec2nodeclasses", (each) => ({ ...each, apiGroups: ["karpenter.sh"] })),
    drift: [
      "cluster-effective-access: excess low latent get,list,create,update,patch,delete ec2nodeclasses.karpenter.sh by ClusterRoleBinding management-cluster",
      "cluster-effective-access: missing low latent get,list,create,update,patch,delete ec2nodeclasses.karpenter.k8s.aws",
      "cluster-management-role: excess low latent get,list,create,update,patch,delete ec2nodeclasses.karpenter.sh",
      "cluster-management-role: missing low latent get,list,create,update,patch,delete ec2nodeclasses.karpenter.k8s.aws",
    ],
  },
];
