/** Roles of a cluster that depart from the bundled baselines (K1 to K4, K6 to K8). */
import {
  ARGO,
  AZURE,
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
  proves,
  ruled,
  ruleFor,
  rulesOf,
  type World,
} from "./kubernetes-changes.ts";
import { BUILDS, denied, documented, role, rule, urls } from "./kubernetes-state.ts";

const worlds: readonly World[] = [
  [
    "a verb removed from the ClusterRole",
    AZURE,
    ruleFor(CLUSTER_ROLE, "nodes", lacking("watch")),
    [
      "cluster-effective-access missing medium watch nodes ! watch nodes",
      "cluster-management-role missing medium watch nodes ! watch nodes",
    ],
    1,
  ],
  [
    "a verb removed from the Role",
    AZURE,
    ruleFor(MANAGEMENT_ROLE, "secrets", lacking("delete")),
    [
      "cluster-effective-access missing medium delete secrets -n chalk ! delete secrets in namespace chalk",
      "management-role missing medium delete secrets -n chalk ! delete secrets in namespace chalk",
    ],
    1,
  ],
  [
    "a resource removed",
    AZURE,
    ruleFor(MANAGEMENT_ROLE, "statefulsets", leaving("statefulsets")),
    [
      "cluster-effective-access missing medium get,list,create,update,patch,delete statefulsets.apps -n chalk ! create statefulsets.apps in namespace chalk",
      "management-role missing medium get,list,create,update,patch,delete statefulsets.apps -n chalk ! create statefulsets.apps in namespace chalk",
    ],
    1,
  ],
  [
    "K1: pods does not cover pods/log",
    AZURE,
    ruleFor(MANAGEMENT_ROLE, "pods/log", () => undefined),
    [
      "cluster-effective-access missing medium get,list,watch pods/log -n chalk ! get pods/log in namespace chalk",
      "management-role missing medium get,list,watch pods/log -n chalk ! get pods/log in namespace chalk",
    ],
    1,
  ],
  [
    "K1: the group in another case is another group",
    AZURE,
    ruleFor(JOB_READER, "jobs", (r) => ({ ...r, apiGroups: ["Batch"] })),
    [
      "cluster-effective-access excess low get,list,watch jobs.Batch -n chalk ! get jobs.Batch in namespace chalk",
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
      "job-reader-role excess low get,list,watch jobs.Batch -n chalk ! get jobs.Batch in namespace chalk",
      "job-reader-role missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
    ],
    1,
  ],
  [
    "K2: narrowed to one name",
    AZURE,
    ruleFor(MANAGEMENT_ROLE, "poddisruptionbudgets", (r) => ({ ...r, resourceNames: ["one"] })),
    [
      'cluster-effective-access missing medium get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk except get,list,watch,create,update,patch poddisruptionbudgets.policy "one" -n chalk ! create poddisruptionbudgets.policy in namespace chalk',
      'management-role missing medium get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk except get,list,watch,create,update,patch poddisruptionbudgets.policy "one" -n chalk ! create poddisruptionbudgets.policy in namespace chalk',
    ],
    1,
  ],
  [
    "K4: a rule removed whose group is not served",
    AZURE,
    ruleFor(CLUSTER_ROLE, "nodepools", () => undefined),
    [
      "cluster-effective-access missing low get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io",
      "cluster-management-role missing low get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io",
    ],
    1,
  ],
  [
    "K4: a rule added whose group is not served",
    AZURE,
    added(CLUSTER_ROLE, rule("example.com", "widgets", ["get", "create"])),
    [
      "cluster-effective-access excess low get,create widgets.example.com ! create widgets.example.com",
      "cluster-management-role excess low get,create widgets.example.com ! create widgets.example.com",
    ],
    1,
  ],
  [
    "K4: one group of discovery cannot be read: what is added in it may be served",
    AZURE,
    all(added(MANAGEMENT_ROLE, rule("keda.sh", "triggers", "create")), () => ({
      unread: [denied("kubernetes/api-resource", "keda.sh/v1alpha1")],
    })),
    [
      "cluster-effective-access excess high create triggers.keda.sh -n chalk ! create triggers.keda.sh in namespace chalk",
      "management-role excess high create triggers.keda.sh -n chalk ! create triggers.keda.sh in namespace chalk",
    ],
    1,
  ],
  [
    "a writing verb added",
    AZURE,
    ruleFor(CLUSTER_ROLE, "nodes", (r) => ({ ...r, verbs: [...r.verbs, "delete"] })),
    [
      "cluster-effective-access excess high delete nodes ! delete nodes",
      "cluster-management-role excess high delete nodes ! delete nodes",
    ],
    1,
  ],
  [
    "a reading rule added",
    AZURE,
    added(CLUSTER_ROLE, rule("", "namespaces", ["get", "list"])),
    [
      "cluster-effective-access excess medium get,list namespaces ! get namespaces",
      "cluster-management-role excess medium get,list namespaces ! get namespaces",
    ],
    1,
  ],
  [
    "K1: deletecollection, which delete does not cover",
    AZURE,
    added(MANAGEMENT_ROLE, rule("", "persistentvolumeclaims", "deletecollection")),
    [
      "cluster-effective-access excess high deletecollection persistentvolumeclaims -n chalk ! deletecollection persistentvolumeclaims in namespace chalk",
      "management-role excess high deletecollection persistentvolumeclaims -n chalk ! deletecollection persistentvolumeclaims in namespace chalk",
    ],
    1,
  ],
  [
    "K1: a subresource added",
    AZURE,
    added(MANAGEMENT_ROLE, rule("", "pods/attach", "create")),
    [
      "cluster-effective-access excess high create pods/attach -n chalk ! create pods/attach in namespace chalk",
      "management-role excess high create pods/attach -n chalk ! create pods/attach in namespace chalk",
    ],
    1,
  ],
  [
    "K1: */scale added",
    AZURE,
    added(MANAGEMENT_ROLE, rule("apps", "*/scale", "update")),
    [
      "cluster-effective-access excess high update *.apps/scale -n chalk ! update deployments/scale.apps in namespace chalk",
      "management-role excess high update *.apps/scale -n chalk ! update deployments/scale.apps in namespace chalk",
    ],
    1,
  ],
  [
    "K1: pods/* is a literal that matches nothing that exists",
    AZURE,
    added(MANAGEMENT_ROLE, rule("", "pods/*", "get")),
    [
      "cluster-effective-access excess low get pods/* -n chalk ! get pods/* in namespace chalk",
      "management-role excess low get pods/* -n chalk ! get pods/* in namespace chalk",
    ],
    1,
  ],
  [
    "K7: all verbs by name are not *",
    AZURE,
    ruleFor(JOB_READER, "jobs", (r) => ({ ...r, verbs: ["*"] })),
    [
      // K16: whoever may create jobs there may run as the management account, which holds more
      "cluster-effective-access excess critical * jobs.batch -n chalk except get,list,watch jobs.batch -n chalk ! create jobs.batch in namespace chalk",
      "cluster-effective-access excess high (chalk/workload)",
      "job-reader-role excess high * jobs.batch -n chalk except get,list,watch jobs.batch -n chalk ! create jobs.batch in namespace chalk",
    ],
    1,
  ],
  [
    "K4: a group's every resource, some of it not served",
    AZURE,
    added(CLUSTER_ROLE, rule("policy", "*", "get")),
    [
      "cluster-effective-access excess medium get *.policy ! get poddisruptionbudgets.policy",
      "cluster-management-role excess medium get *.policy ! get poddisruptionbudgets.policy",
    ],
    1,
  ],
  [
    "K8: everything",
    AZURE,
    added(CLUSTER_ROLE, rule("*", "*", "*")),
    [
      "cluster-effective-access excess critical * *.* except create selfsubjectaccessreviews.authorization.k8s.io; create selfsubjectreviews.authentication.k8s.io; create selfsubjectrulesreviews.authorization.k8s.io; get,list storageclasses.storage.k8s.io; get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io; get,list,watch nodes; get,list,watch,create,update,patch,delete persistentvolumes ! impersonate users",
      "cluster-management-role excess critical * *.* except get,list storageclasses.storage.k8s.io; get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io; get,list,watch nodes; get,list,watch,create,update,patch,delete persistentvolumes ! impersonate users",
    ],
    1,
  ],
  [
    "K8: escalate and bind",
    AZURE,
    added(CLUSTER_ROLE, rule("rbac.authorization.k8s.io", "clusterroles", ["escalate", "bind"])),
    [
      "cluster-effective-access excess critical bind,escalate clusterroles.rbac.authorization.k8s.io ! bind clusterroles.rbac.authorization.k8s.io",
      "cluster-management-role excess critical bind,escalate clusterroles.rbac.authorization.k8s.io ! bind clusterroles.rbac.authorization.k8s.io",
    ],
    1,
  ],
  [
    "K8: impersonate",
    AZURE,
    added(CLUSTER_ROLE, rule("", ["users", "groups"], "impersonate")),
    [
      "cluster-effective-access excess critical impersonate groups ! impersonate groups",
      "cluster-effective-access excess critical impersonate users ! impersonate users",
      "cluster-management-role excess critical impersonate groups ! impersonate groups",
      "cluster-management-role excess critical impersonate users ! impersonate users",
    ],
    1,
  ],
  [
    "K8: impersonate, as discovery never lists it: extras by their key, uids, and the constrained kind",
    AZURE,
    added(
      CLUSTER_ROLE,
      rule("authentication.k8s.io", ["userextras/scopes", "uids"], "impersonate"),
      rule("authentication.k8s.io", ["groups", "userextras/*"], "impersonate:user-info"),
      rule("authentication.k8s.io", "nodes", "impersonate:arbitrary-node"),
      rule("", "nodes/checkpoint", "create"),
    ),
    [
      "cluster-effective-access excess critical impersonate uids.authentication.k8s.io ! impersonate uids.authentication.k8s.io",
      "cluster-effective-access excess critical impersonate userextras.authentication.k8s.io/scopes ! impersonate userextras/scopes.authentication.k8s.io",
      "cluster-effective-access excess critical impersonate:arbitrary-node nodes.authentication.k8s.io ! impersonate:arbitrary-node nodes.authentication.k8s.io",
      "cluster-effective-access excess critical impersonate:user-info groups.authentication.k8s.io ! impersonate:user-info groups.authentication.k8s.io",
      "cluster-effective-access excess critical impersonate:user-info userextras.authentication.k8s.io/* ! impersonate:user-info userextras/*.authentication.k8s.io",
      "cluster-effective-access excess high create nodes/checkpoint ! create nodes/checkpoint",
      "cluster-management-role excess critical impersonate uids.authentication.k8s.io ! impersonate uids.authentication.k8s.io",
      "cluster-management-role excess critical impersonate userextras.authentication.k8s.io/scopes ! impersonate userextras/scopes.authentication.k8s.io",
      "cluster-management-role excess critical impersonate:arbitrary-node nodes.authentication.k8s.io ! impersonate:arbitrary-node nodes.authentication.k8s.io",
      "cluster-management-role excess critical impersonate:user-info groups.authentication.k8s.io ! impersonate:user-info groups.authentication.k8s.io",
      "cluster-management-role excess critical impersonate:user-info userextras.authentication.k8s.io/* ! impersonate:user-info userextras/*.authentication.k8s.io",
      "cluster-management-role excess high create nodes/checkpoint ! create nodes/checkpoint",
    ],
    1,
  ],
  [
    "K8: tokens of service accounts",
    AZURE,
    added(MANAGEMENT_ROLE, rule("", "serviceaccounts/token", "create")),
    [
      "cluster-effective-access excess critical create serviceaccounts/token -n chalk ! create serviceaccounts/token in namespace chalk",
      "management-role excess high create serviceaccounts/token -n chalk ! create serviceaccounts/token in namespace chalk",
    ],
    1,
  ],
  [
    "K8: nodes/proxy",
    AZURE,
    added(CLUSTER_ROLE, rule("", "nodes/proxy", "get")),
    [
      "cluster-effective-access excess critical get nodes/proxy ! get nodes/proxy",
      "cluster-management-role excess high get nodes/proxy ! get nodes/proxy",
    ],
    1,
  ],
  [
    "K8: webhook configurations",
    AZURE,
    added(CLUSTER_ROLE, rule("admissionregistration.k8s.io", "validatingwebhookconfigurations", "update")),
    [
      "cluster-effective-access excess critical update validatingwebhookconfigurations.admissionregistration.k8s.io ! update validatingwebhookconfigurations.admissionregistration.k8s.io",
      "cluster-management-role excess high update validatingwebhookconfigurations.admissionregistration.k8s.io ! update validatingwebhookconfigurations.admissionregistration.k8s.io",
    ],
    1,
  ],
  [
    "K3: a URL added",
    AZURE,
    added(CLUSTER_ROLE, urls(["/metrics*"])),
    [
      "cluster-effective-access excess medium get /metrics* ! get /metrics",
      "cluster-management-role excess medium get /metrics* ! get /metrics",
    ],
    1,
  ],
  [
    "K4: its own Namespace, which a Role can give",
    AZURE,
    added(MANAGEMENT_ROLE, rule("", "namespaces", ["get", "delete"])),
    [
      "cluster-effective-access excess high get,delete namespaces -n chalk ! delete namespaces in namespace chalk",
      "management-role excess high get,delete namespaces -n chalk ! delete namespaces in namespace chalk",
    ],
    1,
  ],
  [
    "more in the optional rule than it documents",
    AZURE,
    ruleFor(MANAGEMENT_ROLE, "rolebindings", (r) => ({ ...r, verbs: [...r.verbs, "create"] })),
    [
      "cluster-effective-access excess high create rolebindings.rbac.authorization.k8s.io -n chalk ! create rolebindings.rbac.authorization.k8s.io in namespace chalk",
      "cluster-effective-access excess high create roles.rbac.authorization.k8s.io -n chalk ! create roles.rbac.authorization.k8s.io in namespace chalk",
      "cluster-effective-access excess high create serviceaccounts -n chalk ! create serviceaccounts in namespace chalk",
      "cluster-effective-access excess low create rolebindings -n chalk ! create rolebindings in namespace chalk",
      "cluster-effective-access excess low create roles -n chalk ! create roles in namespace chalk",
      "cluster-effective-access excess low create serviceaccounts.rbac.authorization.k8s.io -n chalk ! create serviceaccounts.rbac.authorization.k8s.io in namespace chalk",
      "management-role excess high create rolebindings.rbac.authorization.k8s.io -n chalk ! create rolebindings.rbac.authorization.k8s.io in namespace chalk",
      "management-role excess high create roles.rbac.authorization.k8s.io -n chalk ! create roles.rbac.authorization.k8s.io in namespace chalk",
      "management-role excess high create serviceaccounts -n chalk ! create serviceaccounts in namespace chalk",
      "management-role excess low create rolebindings -n chalk ! create rolebindings in namespace chalk",
      "management-role excess low create roles -n chalk ! create roles in namespace chalk",
      "management-role excess low create serviceaccounts.rbac.authorization.k8s.io -n chalk ! create serviceaccounts.rbac.authorization.k8s.io in namespace chalk",
    ],
    1,
  ],
  [
    "the EKS edition where the AKS edition is documented",
    AZURE,
    (state) => ({ clusterRoles: state.clusterRoles.length === 0 ? [] : documented("aws").clusterRoles }),
    [
      "cluster-effective-access excess high get,list,create,update,patch,delete ec2nodeclasses.karpenter.k8s.aws ! create ec2nodeclasses.karpenter.k8s.aws",
      "cluster-effective-access excess high get,list,create,update,patch,delete nodepools.karpenter.sh ! create nodepools.karpenter.sh",
      "cluster-effective-access excess medium get,list nodeclaims.karpenter.sh ! get nodeclaims.karpenter.sh",
      "cluster-effective-access missing low get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io",
      "cluster-management-role excess high get,list,create,update,patch,delete ec2nodeclasses.karpenter.k8s.aws ! create ec2nodeclasses.karpenter.k8s.aws",
      "cluster-management-role excess high get,list,create,update,patch,delete nodepools.karpenter.sh ! create nodepools.karpenter.sh",
      "cluster-management-role excess medium get,list nodeclaims.karpenter.sh ! get nodeclaims.karpenter.sh",
      "cluster-management-role missing low get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io",
    ],
    1,
  ],
  [
    "a role is not there, its binding is",
    AZURE,
    gone(JOB_READER),
    [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
      "job-reader-role absent medium (chalk/chalk-job-reader)",
    ],
    1,
  ],
  [
    "a role and its binding are not there",
    AZURE,
    all(gone(JOB_READER), gone("workload")),
    [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
      "job-reader-role absent medium (chalk/chalk-job-reader)",
      "role-bindings missing medium (chalk/workload)",
    ],
    1,
  ],
  [
    "the role is in another namespace",
    AZURE,
    changed(JOB_READER, (body) => role(JOB_READER, rulesOf(body), BUILDS)),
    [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
      "job-reader-role absent medium (chalk/chalk-job-reader)",
    ],
    1,
  ],
  [
    "of two roles of that name, where no namespace is given, one has more",
    AZURE,
    beside({
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
    ["argo-workflows-role excess medium get configmaps -n builds-2 ! get configmaps in namespace builds-2"],
    1,
  ],
  [
    "the optional role has less",
    AZURE,
    ruleFor(ARGO, "workflows", lacking("patch")),
    [
      "argo-workflows-role missing medium patch workflows.argoproj.io -n builds ! patch workflows.argoproj.io in namespace builds",
    ],
    1,
  ],
  [
    "K6: a ClusterRole that is aggregated and not filled in",
    AZURE,
    changed(CLUSTER_ROLE, (body) => ({
      ...body,
      rules: null,
      aggregationRule: { clusterRoleSelectors: [] },
    })),
    [
      "cluster-effective-access unknown (chalk/management)",
      "cluster-management-role unknown (chalk-cluster-management-role)",
    ],
    3,
  ],
  [
    "rules: null is no rule",
    AZURE,
    changed(JOB_READER, (body) => ({ ...body, rules: null })),
    [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
      "job-reader-role missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk",
    ],
    1,
  ],
  [
    "a rule that cannot be understood",
    AZURE,
    ruled(JOB_READER, (rules) => [...rules, { verbs: "get" as unknown as readonly string[] }]),
    ["cluster-effective-access unknown (chalk/workload)", "job-reader-role unknown (chalk/chalk-job-reader)"],
    3,
  ],
];

proves("the roles", worlds);
