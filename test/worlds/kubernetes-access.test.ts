/** What accounts of a cluster can do beyond what is documented for them, by any binding (K2 to K6, K9). */
import { ARGO, all, beside, held, JOB_READER } from "./kubernetes-changes.ts";
import { kubernetesGround, type Row } from "./kubernetes-ground.ts";
import {
  account,
  BUILDS,
  binding,
  clusterBinding,
  clusterRole,
  denied,
  group,
  MANAGEMENT,
  role,
  rule,
  urls,
  user,
  WORKLOAD,
} from "./kubernetes-state.ts";
import { describeWorlds } from "./world.ts";

const worlds: Readonly<Record<string, Row>> = {
  "secrets everywhere through a second binding": {
    state: held(account(MANAGEMENT), rule("", "secrets", ["get", "list"])),
    code: 1,
    findings: [
      "cluster-effective-access excess critical get,list secrets ! get secrets, by ClusterRoleBinding extra (ClusterRole extra), to chalk/management",
    ],
  },
  "K2: one secret by its name": {
    state: held(account(WORKLOAD), rule("", "secrets", "get", ["tls"])),
    code: 1,
    findings: [
      'cluster-effective-access excess high get secrets "tls" ! get secrets named tls, by ClusterRoleBinding extra (ClusterRole extra), to chalk/workload',
    ],
  },
  "K2: create of one name, which an apply or a PUT asks for": {
    state: held(
      account(WORKLOAD),
      rule("rbac.authorization.k8s.io", "clusterrolebindings", ["create"], ["own"]),
    ),
    code: 1,
    findings: [
      'cluster-effective-access excess high create clusterrolebindings.rbac.authorization.k8s.io "own" ! create clusterrolebindings.rbac.authorization.k8s.io named own, by ClusterRoleBinding extra (ClusterRole extra), to chalk/workload',
    ],
  },
  "two bindings give one thing each: both are named": {
    state: beside({
      clusterRoles: [
        clusterRole("a", [rule("", "endpoints", "get")]),
        clusterRole("b", [rule("", "endpoints", ["get", "list"])]),
      ],
      clusterRoleBindings: [
        clusterBinding("a", "a", account(WORKLOAD)),
        clusterBinding("b", "b", account(WORKLOAD)),
      ],
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get,list endpoints ! get endpoints, by ClusterRoleBinding a (ClusterRole a); ClusterRoleBinding b (ClusterRole b), to chalk/workload",
    ],
  },
  "K3: URLs": {
    state: held(account(WORKLOAD), urls(["/metrics*", "/logs/*"])),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get /logs/* ! get /logs/, by ClusterRoleBinding extra (ClusterRole extra), to chalk/workload",
      "cluster-effective-access excess medium get /metrics* ! get /metrics, by ClusterRoleBinding extra (ClusterRole extra), to chalk/workload",
    ],
  },
  "K5: every service account may read endpoints": {
    state: held(group("system:serviceaccounts"), rule("", "endpoints", "get")),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get endpoints ! get endpoints, by ClusterRoleBinding extra (ClusterRole extra, as group system:serviceaccounts), to builds/builder",
      "cluster-effective-access excess medium get endpoints ! get endpoints, by ClusterRoleBinding extra (ClusterRole extra, as group system:serviceaccounts), to chalk/management",
      "cluster-effective-access excess medium get endpoints ! get endpoints, by ClusterRoleBinding extra (ClusterRole extra, as group system:serviceaccounts), to chalk/workload",
    ],
  },
  "K5: everybody who is signed in may, in one namespace": {
    state: beside({
      roles: [role("peek", [rule("", "endpoints", "get")], BUILDS)],
      roleBindings: [binding("peek", "Role/peek", [group("system:authenticated")], BUILDS)],
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get endpoints -n builds ! get endpoints in namespace builds, by RoleBinding peek in namespace builds (Role peek in namespace builds, as group system:authenticated), to builds/builder",
      "cluster-effective-access excess medium get endpoints -n builds ! get endpoints in namespace builds, by RoleBinding peek in namespace builds (Role peek in namespace builds, as group system:authenticated), to chalk/management",
      "cluster-effective-access excess medium get endpoints -n builds ! get endpoints in namespace builds, by RoleBinding peek in namespace builds (Role peek in namespace builds, as group system:authenticated), to chalk/workload",
    ],
  },
  "K5: all accounts of the builder's namespace, by a ClusterRole there": {
    state: beside({
      roleBindings: [
        binding("peek", "ClusterRole/view", [group("system:serviceaccounts:builds")], "default"),
      ],
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess low latent get,list,watch bindings -n default ! get bindings in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch configmaps -n default ! get configmaps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch controllerrevisions.apps -n default ! get controllerrevisions.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch cronjobs.batch -n default ! get cronjobs.batch in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch cronjobs.batch/status -n default ! get cronjobs/status.batch in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch daemonsets.apps -n default ! get daemonsets.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch daemonsets.apps/status -n default ! get daemonsets/status.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch deployments.apps -n default ! get deployments.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch deployments.apps/scale -n default ! get deployments/scale.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch deployments.apps/status -n default ! get deployments/status.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch endpoints -n default ! get endpoints in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch endpointslices.discovery.k8s.io -n default ! get endpointslices.discovery.k8s.io in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch events -n default ! get events in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch events.events.k8s.io -n default ! get events.events.k8s.io in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch horizontalpodautoscalers.autoscaling -n default ! get horizontalpodautoscalers.autoscaling in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch horizontalpodautoscalers.autoscaling/status -n default ! get horizontalpodautoscalers/status.autoscaling in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch ingresses.networking.k8s.io -n default ! get ingresses.networking.k8s.io in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch ingresses.networking.k8s.io/status -n default ! get ingresses/status.networking.k8s.io in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch jobs.batch -n default ! get jobs.batch in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch jobs.batch/status -n default ! get jobs/status.batch in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch limitranges -n default ! get limitranges in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch networkpolicies.networking.k8s.io -n default ! get networkpolicies.networking.k8s.io in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch persistentvolumeclaims -n default ! get persistentvolumeclaims in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch persistentvolumeclaims/status -n default ! get persistentvolumeclaims/status in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch poddisruptionbudgets.policy -n default ! get poddisruptionbudgets.policy in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch poddisruptionbudgets.policy/status -n default ! get poddisruptionbudgets/status.policy in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch pods -n default ! get pods in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch pods/log -n default ! get pods/log in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch pods/status -n default ! get pods/status in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch replicasets.apps -n default ! get replicasets.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch replicasets.apps/scale -n default ! get replicasets/scale.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch replicasets.apps/status -n default ! get replicasets/status.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch replicationcontrollers -n default ! get replicationcontrollers in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch replicationcontrollers/scale -n default ! get replicationcontrollers/scale in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch replicationcontrollers/status -n default ! get replicationcontrollers/status in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch resourceclaims.resource.k8s.io -n default ! get resourceclaims.resource.k8s.io in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch resourceclaims.resource.k8s.io/status -n default ! get resourceclaims/status.resource.k8s.io in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch resourceclaimtemplates.resource.k8s.io -n default ! get resourceclaimtemplates.resource.k8s.io in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch resourcequotas -n default ! get resourcequotas in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch resourcequotas/status -n default ! get resourcequotas/status in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch serviceaccounts -n default ! get serviceaccounts in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch services -n default ! get services in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch services/status -n default ! get services/status in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch statefulsets.apps -n default ! get statefulsets.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch statefulsets.apps/scale -n default ! get statefulsets/scale.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,list,watch statefulsets.apps/status -n default ! get statefulsets/status.apps in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,watch namespaces -n default ! get namespaces in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access excess medium get,watch namespaces/status -n default ! get namespaces/status in namespace default, by RoleBinding peek in namespace default (ClusterRole view, as group system:serviceaccounts:builds), to builds/builder",
      "cluster-effective-access note dead info (builds/builder)",
    ],
  },
  "K6: cluster-admin, as a user": {
    state: beside({
      clusterRoleBindings: [
        clusterBinding("root", "cluster-admin", user("system:serviceaccount:chalk:workload")),
      ],
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess critical * *.* except create selfsubjectaccessreviews.authorization.k8s.io; create selfsubjectreviews.authentication.k8s.io; create selfsubjectrulesreviews.authorization.k8s.io ! impersonate users, by ClusterRoleBinding root (ClusterRole cluster-admin, as user system:serviceaccount:chalk:workload), to chalk/workload",
      "cluster-effective-access excess high * [*] except get /.well-known/openid-configuration; get /.well-known/openid-configuration/; get /api; get /api/*; get /apis; get /apis/*; get /healthz; get /livez; get /openapi; get /openapi/*; get /openid/v1/jwks; get /openid/v1/jwks/; get /readyz; get /version; get /version/ ! get /<any>, by ClusterRoleBinding root (ClusterRole cluster-admin, as user system:serviceaccount:chalk:workload), to chalk/workload",
    ],
  },
  "the management role's rules everywhere": {
    state: (state) => ({
      clusterRoles: [
        ...state.clusterRoles,
        clusterRole("copy", [rule("batch", ["jobs"], ["get", "list", "watch"])]),
      ],
      clusterRoleBindings: [...state.clusterRoleBindings, clusterBinding("copy", "copy", account(WORKLOAD))],
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get,list,watch jobs.batch ! get jobs.batch, by ClusterRoleBinding copy (ClusterRole copy), to chalk/workload",
    ],
  },
  "the documented role of another account": {
    state: beside({ roleBindings: [binding("mixed", `Role/${ARGO}`, [account(WORKLOAD)], BUILDS)] }),
    code: 1,
    findings: [
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete pods -n builds ! create pods in namespace builds, by RoleBinding mixed in namespace builds (Role argo-workflows-role in namespace builds), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete workflows.argoproj.io -n builds ! create workflows.argoproj.io in namespace builds, by RoleBinding mixed in namespace builds (Role argo-workflows-role in namespace builds), to chalk/workload",
      "role-bindings stray high (builds/mixed), by RoleBinding mixed in namespace builds",
    ],
  },
  "K6: another Role of the documented name, in another namespace": {
    state: beside({
      roles: [role(JOB_READER, [rule("batch", "jobs", ["get", "list", "watch"])], BUILDS)],
      roleBindings: [binding("other", `Role/${JOB_READER}`, [account(WORKLOAD)], BUILDS)],
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get,list,watch jobs.batch -n builds ! get jobs.batch in namespace builds, by RoleBinding other in namespace builds (Role chalk-job-reader in namespace builds), to chalk/workload",
    ],
  },
  "K9: a rule added to a role of the floor": {
    state: (state) => ({
      ...state,
      instead: {
        "kubernetes/cluster-role/system:basic-user": clusterRole("system:basic-user", [
          rule("authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], "create"),
          rule("authentication.k8s.io", "selfsubjectreviews", "create"),
          rule("", "secrets", "list"),
        ]),
      },
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess critical list secrets ! list secrets, by ClusterRoleBinding system:basic-user (ClusterRole system:basic-user, as group system:authenticated), to builds/builder",
      "cluster-effective-access excess critical list secrets ! list secrets, by ClusterRoleBinding system:basic-user (ClusterRole system:basic-user, as group system:authenticated), to chalk/management",
      "cluster-effective-access excess critical list secrets ! list secrets, by ClusterRoleBinding system:basic-user (ClusterRole system:basic-user, as group system:authenticated), to chalk/workload",
    ],
  },
  "K6: a role that the account holds, aggregated and not filled in": {
    state: beside({
      clusterRoles: [clusterRole("sum", null, { aggregationRule: { clusterRoleSelectors: [] } })],
      clusterRoleBindings: [clusterBinding("sum", "sum", account(WORKLOAD))],
    }),
    code: 3,
    findings: ["cluster-effective-access unknown medium (chalk/workload)"],
  },
  "K6: aggregated with an empty list, as null comes through other hands": {
    state: beside({
      clusterRoles: [clusterRole("sum", [], { aggregationRule: { clusterRoleSelectors: [] } })],
      clusterRoleBindings: [clusterBinding("sum", "sum", account(WORKLOAD))],
    }),
    code: 3,
    findings: ["cluster-effective-access unknown medium (chalk/workload)"],
  },
  "K6: the same, and something else in excess": {
    state: all(
      beside({
        clusterRoles: [clusterRole("sum", null, { aggregationRule: { clusterRoleSelectors: [] } })],
        clusterRoleBindings: [clusterBinding("sum", "sum", account(WORKLOAD))],
      }),
      held(account(WORKLOAD), rule("", "endpoints", "get")),
    ),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get endpoints ! get endpoints, by ClusterRoleBinding extra (ClusterRole extra), to chalk/workload",
      "cluster-effective-access unknown medium (chalk/workload)",
    ],
  },
  "K4: discovery that names no verb of a resource: any may be served": {
    state: all(held(account(WORKLOAD), rule("", "secrets", "get")), () => ({
      instead: {
        "kubernetes/api-resource//v1/secrets": {
          group: "",
          version: "v1",
          resource: "secrets",
          namespaced: true,
          verbs: null,
        },
      },
    })),
    code: 1,
    findings: [
      "cluster-effective-access excess critical get secrets ! get secrets, by ClusterRoleBinding extra (ClusterRole extra), to chalk/workload",
    ],
  },
  "K4: no discovery: a group that may be served": {
    state: all(held(account(WORKLOAD), rule("example.com", "widgets", "get")), () => ({
      without: ["kubernetes/api-resource"],
      unread: [denied("kubernetes/api-resource")],
    })),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get widgets.example.com ! get widgets.example.com, by ClusterRoleBinding extra (ClusterRole extra), to chalk/workload",
    ],
    gone: ["management-role note dead info (chalk/chalk-management-role)"],
  },
  "fault 26: a name with an escape sequence in it": {
    state: beside({
      clusterRoles: [clusterRole("\u001b[2J", [rule("", "endpoints", "get")])],
      clusterRoleBindings: [clusterBinding("\u001b[2J\u202e", "\u001b[2J", account(WORKLOAD))],
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get endpoints ! get endpoints, by ClusterRoleBinding \u001b[2J‮ (ClusterRole \u001b[2J), to chalk/workload",
    ],
  },
};

describeWorlds("all that an account can do", kubernetesGround, worlds);
