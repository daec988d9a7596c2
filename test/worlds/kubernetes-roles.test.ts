/** Roles of a cluster that depart from the bundled baselines (K1 to K4, K6 to K8). */
import {
  ARGO,
  added,
  all,
  beside,
  CLUSTER_ROLE,
  changed,
  gone,
  JOB_READER,
  lacking,
  leaving,
  MANAGEMENT_ROLE,
  ruled,
  ruleFor,
  rulesOf,
} from "./kubernetes-changes.ts";
import { kubernetesGround, type Row } from "./kubernetes-ground.ts";
import { BUILDS, denied, documented, role, rule, urls } from "./kubernetes-state.ts";
import { describeWorlds } from "./world.ts";

const worlds: Readonly<Record<string, Row>> = {
  "a verb removed from the ClusterRole": {
    state: ruleFor(CLUSTER_ROLE, "nodes", lacking("watch")),
    code: 1,
    findings: [
      "cluster-effective-access missing medium watch nodes ! watch nodes, by chalk/management: ClusterRole chalk-cluster-management-role, which it holds, does not grant it",
      "cluster-management-role missing medium watch nodes ! watch nodes",
    ],
  },
  "a verb removed from the Role": {
    state: ruleFor(MANAGEMENT_ROLE, "secrets", lacking("delete")),
    code: 1,
    findings: [
      "cluster-effective-access missing medium delete secrets -n chalk ! delete secrets in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk, which it holds, does not grant it",
      "management-role missing medium delete secrets -n chalk ! delete secrets in namespace chalk",
    ],
  },
  "a resource removed": {
    state: ruleFor(MANAGEMENT_ROLE, "statefulsets", leaving("statefulsets")),
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,create,update,patch,delete statefulsets.apps -n chalk ! create statefulsets.apps in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk, which it holds, does not grant it",
      "management-role missing medium get,list,create,update,patch,delete statefulsets.apps -n chalk ! create statefulsets.apps in namespace chalk",
    ],
  },
  "K1: pods does not cover pods/log": {
    state: ruleFor(MANAGEMENT_ROLE, "pods/log", () => undefined),
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,watch pods/log -n chalk ! get pods/log in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk, which it holds, does not grant it",
      "management-role missing medium get,list,watch pods/log -n chalk ! get pods/log in namespace chalk",
    ],
  },
  "K1: the group in another case is another group": {
    state: ruleFor(JOB_READER, "jobs", (r) => ({ ...r, apiGroups: ["Batch"] })),
    code: 1,
    findings: [
      "cluster-effective-access excess low latent get,list,watch jobs.Batch -n chalk ! get jobs.Batch in namespace chalk, by RoleBinding workload in namespace chalk (Role chalk-job-reader in namespace chalk), to chalk/workload",
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/workload: Role chalk-job-reader in namespace chalk, which it holds, does not grant it",
      "job-reader-role excess low latent get,list,watch jobs.Batch -n chalk ! get jobs.Batch in namespace chalk",
      "job-reader-role missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
    ],
  },
  "K2: narrowed to one name": {
    state: ruleFor(MANAGEMENT_ROLE, "poddisruptionbudgets", (r) => ({ ...r, resourceNames: ["one"] })),
    code: 1,
    findings: [
      'cluster-effective-access missing medium get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk except get,list,watch,create,update,patch poddisruptionbudgets.policy "one" -n chalk ! create poddisruptionbudgets.policy in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk, which it holds, does not grant it',
      'management-role missing medium get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk except get,list,watch,create,update,patch poddisruptionbudgets.policy "one" -n chalk ! create poddisruptionbudgets.policy in namespace chalk',
    ],
  },
  "K4: a rule removed whose group is not served": {
    state: ruleFor(CLUSTER_ROLE, "nodepools", () => undefined),
    code: 1,
    findings: [
      "cluster-effective-access missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io, by chalk/management: ClusterRole chalk-cluster-management-role, which it holds, does not grant it",
      "cluster-management-role missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io",
    ],
  },
  "K4: a rule added whose group is not served": {
    state: added(CLUSTER_ROLE, rule("example.com", "widgets", ["get", "create"])),
    code: 1,
    findings: [
      "cluster-effective-access excess low latent get,create widgets.example.com ! create widgets.example.com, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess low latent get,create widgets.example.com ! create widgets.example.com",
    ],
  },
  "K4: one group of discovery cannot be read: what is added in it may be served": {
    state: all(added(MANAGEMENT_ROLE, rule("keda.sh", "triggers", "create")), () => ({
      unread: [denied("kubernetes/api-resource", "keda.sh/v1alpha1")],
    })),
    code: 1,
    findings: [
      "cluster-effective-access excess high create triggers.keda.sh -n chalk ! create triggers.keda.sh in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "management-role excess high create triggers.keda.sh -n chalk ! create triggers.keda.sh in namespace chalk",
    ],
  },
  "a writing verb added": {
    state: ruleFor(CLUSTER_ROLE, "nodes", (r) => ({ ...r, verbs: [...r.verbs, "delete"] })),
    code: 1,
    findings: [
      "cluster-effective-access excess high delete nodes ! delete nodes, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess high delete nodes ! delete nodes",
    ],
  },
  "a reading rule added": {
    state: added(CLUSTER_ROLE, rule("", "namespaces", ["get", "list"])),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get,list namespaces ! get namespaces, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess medium get,list namespaces ! get namespaces",
    ],
  },
  "K1: deletecollection, which delete does not cover": {
    state: added(MANAGEMENT_ROLE, rule("", "persistentvolumeclaims", "deletecollection")),
    code: 1,
    findings: [
      "cluster-effective-access excess high deletecollection persistentvolumeclaims -n chalk ! deletecollection persistentvolumeclaims in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "management-role excess high deletecollection persistentvolumeclaims -n chalk ! deletecollection persistentvolumeclaims in namespace chalk",
    ],
  },
  "K1: a subresource added": {
    state: added(MANAGEMENT_ROLE, rule("", "pods/attach", "create")),
    code: 1,
    findings: [
      "cluster-effective-access excess high create pods/attach -n chalk ! create pods/attach in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "management-role excess high create pods/attach -n chalk ! create pods/attach in namespace chalk",
    ],
  },
  "K1: */scale added": {
    state: added(MANAGEMENT_ROLE, rule("apps", "*/scale", "update")),
    code: 1,
    findings: [
      "cluster-effective-access excess high update *.apps/scale -n chalk ! update deployments/scale.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "management-role excess high update *.apps/scale -n chalk ! update deployments/scale.apps in namespace chalk",
    ],
  },
  "K1: pods/* is a literal that matches nothing that exists": {
    state: added(MANAGEMENT_ROLE, rule("", "pods/*", "get")),
    code: 1,
    findings: [
      "cluster-effective-access excess low latent get pods/* -n chalk ! get pods/* in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "management-role excess low latent get pods/* -n chalk ! get pods/* in namespace chalk",
    ],
  },
  "K7: all verbs by name are not *": {
    state: ruleFor(JOB_READER, "jobs", (r) => ({ ...r, verbs: ["*"] })),
    code: 1,
    findings: [
      // K16: whoever may create jobs there may run as the management account, which holds more
      "cluster-effective-access excess critical * jobs.batch -n chalk except get,list,watch jobs.batch -n chalk ! create jobs.batch in namespace chalk, by RoleBinding workload in namespace chalk (Role chalk-job-reader in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high (chalk/workload), by pods of namespace chalk can run as chalk/management",
      "job-reader-role excess high * jobs.batch -n chalk except get,list,watch jobs.batch -n chalk ! create jobs.batch in namespace chalk",
    ],
  },
  "K4: a group's every resource, some of it not served": {
    state: added(CLUSTER_ROLE, rule("policy", "*", "get")),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get *.policy ! get poddisruptionbudgets.policy, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess medium get *.policy ! get poddisruptionbudgets.policy",
    ],
  },
  "K8: everything": {
    state: added(CLUSTER_ROLE, rule("*", "*", "*")),
    code: 1,
    findings: [
      "cluster-effective-access excess critical * *.* except create selfsubjectaccessreviews.authorization.k8s.io; create selfsubjectreviews.authentication.k8s.io; create selfsubjectrulesreviews.authorization.k8s.io; get,list storageclasses.storage.k8s.io; get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io; get,list,watch nodes; get,list,watch,create,update,patch,delete persistentvolumes ! impersonate users, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess critical * *.* except get,list storageclasses.storage.k8s.io; get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io; get,list,watch nodes; get,list,watch,create,update,patch,delete persistentvolumes ! impersonate users",
    ],
  },
  "K8: escalate and bind": {
    state: added(CLUSTER_ROLE, rule("rbac.authorization.k8s.io", "clusterroles", ["escalate", "bind"])),
    code: 1,
    findings: [
      "cluster-effective-access excess critical bind,escalate clusterroles.rbac.authorization.k8s.io ! bind clusterroles.rbac.authorization.k8s.io, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess critical bind,escalate clusterroles.rbac.authorization.k8s.io ! bind clusterroles.rbac.authorization.k8s.io",
    ],
  },
  "K8: impersonate": {
    state: added(CLUSTER_ROLE, rule("", ["users", "groups"], "impersonate")),
    code: 1,
    findings: [
      "cluster-effective-access excess critical impersonate groups ! impersonate groups, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access excess critical impersonate users ! impersonate users, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess critical impersonate groups ! impersonate groups",
      "cluster-management-role excess critical impersonate users ! impersonate users",
    ],
  },
  "K8: impersonate, as discovery never lists it: extras by their key, uids, and the constrained kind": {
    state: added(
      CLUSTER_ROLE,
      rule("authentication.k8s.io", ["userextras/scopes", "uids"], "impersonate"),
      rule("authentication.k8s.io", ["groups", "userextras/*"], "impersonate:user-info"),
      rule("authentication.k8s.io", "nodes", "impersonate:arbitrary-node"),
      rule("", "nodes/checkpoint", "create"),
    ),
    code: 1,
    findings: [
      "cluster-effective-access excess critical impersonate uids.authentication.k8s.io ! impersonate uids.authentication.k8s.io, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access excess critical impersonate userextras.authentication.k8s.io/scopes ! impersonate userextras/scopes.authentication.k8s.io, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access excess critical impersonate:arbitrary-node nodes.authentication.k8s.io ! impersonate:arbitrary-node nodes.authentication.k8s.io, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access excess critical impersonate:user-info groups.authentication.k8s.io ! impersonate:user-info groups.authentication.k8s.io, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access excess critical impersonate:user-info userextras.authentication.k8s.io/* ! impersonate:user-info userextras/*.authentication.k8s.io, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access excess high create nodes/checkpoint ! create nodes/checkpoint, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess critical impersonate uids.authentication.k8s.io ! impersonate uids.authentication.k8s.io",
      "cluster-management-role excess critical impersonate userextras.authentication.k8s.io/scopes ! impersonate userextras/scopes.authentication.k8s.io",
      "cluster-management-role excess critical impersonate:arbitrary-node nodes.authentication.k8s.io ! impersonate:arbitrary-node nodes.authentication.k8s.io",
      "cluster-management-role excess critical impersonate:user-info groups.authentication.k8s.io ! impersonate:user-info groups.authentication.k8s.io",
      "cluster-management-role excess critical impersonate:user-info userextras.authentication.k8s.io/* ! impersonate:user-info userextras/*.authentication.k8s.io",
      "cluster-management-role excess high create nodes/checkpoint ! create nodes/checkpoint",
    ],
  },
  "K8: tokens of service accounts": {
    state: added(MANAGEMENT_ROLE, rule("", "serviceaccounts/token", "create")),
    code: 1,
    findings: [
      "cluster-effective-access excess critical create serviceaccounts/token -n chalk ! create serviceaccounts/token in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "management-role excess high create serviceaccounts/token -n chalk ! create serviceaccounts/token in namespace chalk",
    ],
  },
  "K8: nodes/proxy": {
    state: added(CLUSTER_ROLE, rule("", "nodes/proxy", "get")),
    code: 1,
    findings: [
      "cluster-effective-access excess critical get nodes/proxy ! get nodes/proxy, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess high get nodes/proxy ! get nodes/proxy",
    ],
  },
  "K8: webhook configurations": {
    state: added(
      CLUSTER_ROLE,
      rule("admissionregistration.k8s.io", "validatingwebhookconfigurations", "update"),
    ),
    code: 1,
    findings: [
      "cluster-effective-access excess critical update validatingwebhookconfigurations.admissionregistration.k8s.io ! update validatingwebhookconfigurations.admissionregistration.k8s.io, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess high update validatingwebhookconfigurations.admissionregistration.k8s.io ! update validatingwebhookconfigurations.admissionregistration.k8s.io",
    ],
  },
  "K3: a URL added": {
    state: added(CLUSTER_ROLE, urls(["/metrics*"])),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get /metrics* ! get /metrics, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-management-role excess medium get /metrics* ! get /metrics",
    ],
  },
  "K4: its own Namespace, which a Role can give": {
    state: added(MANAGEMENT_ROLE, rule("", "namespaces", ["get", "delete"])),
    code: 1,
    findings: [
      "cluster-effective-access excess high get,delete namespaces -n chalk ! delete namespaces in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "management-role excess high get,delete namespaces -n chalk ! delete namespaces in namespace chalk",
    ],
  },
  "more in the optional rule than it documents": {
    state: ruleFor(MANAGEMENT_ROLE, "rolebindings", (r) => ({ ...r, verbs: [...r.verbs, "create"] })),
    code: 1,
    findings: [
      "cluster-effective-access excess high create rolebindings.rbac.authorization.k8s.io -n chalk ! create rolebindings.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "cluster-effective-access excess high create roles.rbac.authorization.k8s.io -n chalk ! create roles.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "cluster-effective-access excess high create serviceaccounts -n chalk ! create serviceaccounts in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "cluster-effective-access excess low latent create rolebindings -n chalk ! create rolebindings in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "cluster-effective-access excess low latent create roles -n chalk ! create roles in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "cluster-effective-access excess low latent create serviceaccounts.rbac.authorization.k8s.io -n chalk ! create serviceaccounts.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/management",
      "management-role excess high create rolebindings.rbac.authorization.k8s.io -n chalk ! create rolebindings.rbac.authorization.k8s.io in namespace chalk",
      "management-role excess high create roles.rbac.authorization.k8s.io -n chalk ! create roles.rbac.authorization.k8s.io in namespace chalk",
      "management-role excess high create serviceaccounts -n chalk ! create serviceaccounts in namespace chalk",
      "management-role excess low latent create rolebindings -n chalk ! create rolebindings in namespace chalk",
      "management-role excess low latent create roles -n chalk ! create roles in namespace chalk",
      "management-role excess low latent create serviceaccounts.rbac.authorization.k8s.io -n chalk ! create serviceaccounts.rbac.authorization.k8s.io in namespace chalk",
    ],
  },
  "the EKS edition where the AKS edition is documented": {
    state: (state) => ({
      clusterRoles: state.clusterRoles.length === 0 ? [] : documented("aws").clusterRoles,
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess high get,list,create,update,patch,delete ec2nodeclasses.karpenter.k8s.aws ! create ec2nodeclasses.karpenter.k8s.aws, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access excess high get,list,create,update,patch,delete nodepools.karpenter.sh ! create nodepools.karpenter.sh, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access excess medium get,list nodeclaims.karpenter.sh ! get nodeclaims.karpenter.sh, by ClusterRoleBinding management-cluster (ClusterRole chalk-cluster-management-role), to chalk/management",
      "cluster-effective-access missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io, by chalk/management: ClusterRole chalk-cluster-management-role, which it holds, does not grant it",
      "cluster-management-role excess high get,list,create,update,patch,delete ec2nodeclasses.karpenter.k8s.aws ! create ec2nodeclasses.karpenter.k8s.aws",
      "cluster-management-role excess high get,list,create,update,patch,delete nodepools.karpenter.sh ! create nodepools.karpenter.sh",
      "cluster-management-role excess medium get,list nodeclaims.karpenter.sh ! get nodeclaims.karpenter.sh",
      "cluster-management-role missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io",
    ],
  },
  "a role is not there, its binding is": {
    state: gone(JOB_READER),
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/workload: Role chalk-job-reader in namespace chalk does not exist",
      "job-reader-role absent medium (chalk/chalk-job-reader)",
      "cluster-effective-access note dead info (chalk/workload)",
      "role-bindings note dead info (chalk/workload)",
    ],
  },
  "a role and its binding are not there": {
    state: all(gone(JOB_READER), gone("workload")),
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/workload: Role chalk-job-reader in namespace chalk does not exist",
      "job-reader-role absent medium (chalk/chalk-job-reader)",
      "role-bindings missing medium (chalk/workload)",
    ],
  },
  "the role is in another namespace": {
    state: changed(JOB_READER, (body) => role(JOB_READER, rulesOf(body), BUILDS)),
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/workload: Role chalk-job-reader in namespace chalk does not exist",
      "job-reader-role absent medium (chalk/chalk-job-reader)",
      "cluster-effective-access note dead info (chalk/workload)",
      "role-bindings note dead info (chalk/workload)",
    ],
  },
  "of two roles of that name, where no namespace is given, one has more": {
    state: beside({
      roles: [
        role(
          ARGO,
          [
            rule("argoproj.io", "workflows", ["get", "list", "watch", "create", "update", "patch", "delete"]),
            rule("", "pods", ["get", "list", "watch", "create", "update", "patch", "delete"]),
            rule("", "configmaps", "get"),
          ],
          "builds-2",
        ),
      ],
    }),
    code: 1,
    findings: [
      "argo-workflows-role excess medium get configmaps -n builds-2 ! get configmaps in namespace builds-2",
    ],
  },
  "the optional role has less": {
    state: ruleFor(ARGO, "workflows", lacking("patch")),
    code: 1,
    findings: [
      "argo-workflows-role missing medium patch workflows.argoproj.io -n builds ! patch workflows.argoproj.io in namespace builds",
    ],
  },
  "K6: a ClusterRole that is aggregated and not filled in": {
    state: changed(CLUSTER_ROLE, (body) => ({
      ...body,
      rules: null,
      aggregationRule: { clusterRoleSelectors: [] },
    })),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (chalk/management)",
      "cluster-management-role unknown medium (chalk-cluster-management-role)",
    ],
  },
  "rules: null is no rule": {
    state: changed(JOB_READER, (body) => ({ ...body, rules: null })),
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/workload: Role chalk-job-reader in namespace chalk, which it holds, does not grant it",
      "job-reader-role missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
    ],
  },
  "a rule that cannot be understood": {
    state: ruled(JOB_READER, (rules) => [...rules, { verbs: "get" as unknown as readonly string[] }]),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (chalk/workload)",
      "job-reader-role unknown medium (chalk/chalk-job-reader)",
    ],
  },
};

describeWorlds("the roles", kubernetesGround, worlds);
