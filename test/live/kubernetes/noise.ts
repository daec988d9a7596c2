import {
  account,
  clusterRole,
  clusterRoleBinding,
  group,
  type KubernetesObject,
  namespace,
  type RbacRule,
  role,
  roleBinding,
  rule,
  serviceAccount,
  urls,
  user,
} from "./objects.ts";

const read = ["get", "list", "watch"];
const change = [...read, "create", "update", "patch", "delete", "deletecollection"];

const aggregating = (into: string, name: string, ...rules: RbacRule[]): KubernetesObject => ({
  ...clusterRole(name, ...rules),
  metadata: { name, labels: { [`rbac.authorization.k8s.io/aggregate-to-${into}`]: "true" } },
});

/** Roles that fill the server's own view, edit and admin, as a workflow engine's chart brings them. */
const workflows = (() => {
  const resources = ["workflows", "workflowtemplates", "cronworkflows", "workflowtasksets"];
  const all = [...resources, ...resources.map((each) => `${each}/finalizers`)];
  const controller = account("argo", "argo-workflow-controller");
  return [
    namespace("argo"),
    serviceAccount("argo", "argo-workflow-controller"),
    aggregating("view", "argo-workflows-view", rule("argoproj.io", all, read)),
    aggregating("edit", "argo-workflows-edit", rule("argoproj.io", all, change)),
    aggregating("admin", "argo-workflows-admin", rule("argoproj.io", all, change)),
    clusterRole(
      "argo-workflow-controller",
      rule("", ["pods", "pods/exec"], ["create", "get", "list", "watch", "update", "patch", "delete"]),
      rule("", ["configmaps", "namespaces"], read),
      rule(
        "",
        ["persistentvolumeclaims", "persistentvolumeclaims/finalizers"],
        ["create", "update", "delete", "get"],
      ),
      rule("argoproj.io", all, change),
      rule("", "serviceaccounts", ["get", "list"]),
      rule("", "secrets", "get", ["argo-postgres-config"]),
      rule("coordination.k8s.io", "leases", "create"),
      rule(
        "coordination.k8s.io",
        "leases",
        ["get", "watch", "update", "patch", "delete"],
        ["workflow-controller", "workflow-controller-lease"],
      ),
      rule("policy", "poddisruptionbudgets", ["create", "get", "delete"]),
    ),
    clusterRoleBinding("argo-workflow-controller", "argo-workflow-controller", controller),
    // the namespace where images are built has a role of the engine's own beside the vendor's
    role("builds", "argo-workflow", rule("argoproj.io", "workflowtaskresults", ["create", "patch"])),
    roleBinding("builds", "argo-workflow", "Role/argo-workflow", account("builds", "argo-workflow")),
  ];
})();

/** An autoscaler that reads everything and scales everything, and serves an API of its own. */
const autoscaler = (() => {
  const operator = account("keda", "keda-operator");
  return [
    namespace("keda"),
    serviceAccount("keda", "keda-operator"),
    clusterRole(
      "keda-operator",
      rule(
        "",
        ["configmaps", "configmaps/status", "limitranges", "pods", "services", "serviceaccounts"],
        read,
      ),
      rule("", "events", "*"),
      rule("", "secrets", ["list", "watch"]),
      rule("*", "*", "get"),
      rule("*", "*/scale", ["get", "list", "patch", "update", "watch"]),
      rule("autoscaling", "horizontalpodautoscalers", "*"),
      rule("batch", "jobs", "*"),
      rule("keda.sh", ["scaledobjects", "scaledobjects/finalizers", "scaledobjects/status"], "*"),
      rule("coordination.k8s.io", "leases", "*"),
    ),
    clusterRoleBinding("keda-operator", "keda-operator", operator),
    clusterRole("keda-external-metrics-reader", rule("external.metrics.k8s.io", "externalmetrics", "*")),
    clusterRoleBinding(
      "keda-hpa",
      "keda-external-metrics-reader",
      account("kube-system", "horizontal-pod-autoscaler"),
    ),
    clusterRoleBinding("keda-auth-delegator", "system:auth-delegator", operator),
    roleBinding(
      "kube-system",
      "keda-auth-reader",
      "Role/extension-apiserver-authentication-reader",
      operator,
    ),
  ];
})();

/** A certificate manager: many small roles, names on leases and signers, verbs of its own. */
const certificates = (() => {
  const manager = account("cert-manager", "cert-manager");
  const injector = account("cert-manager", "cert-manager-cainjector");
  return [
    namespace("cert-manager"),
    serviceAccount("cert-manager", "cert-manager"),
    serviceAccount("cert-manager", "cert-manager-cainjector"),
    clusterRole(
      "cert-manager-controller-issuers",
      rule("cert-manager.io", ["issuers", "issuers/status"], ["update", "patch"]),
      rule("cert-manager.io", "issuers", read),
      rule("", "secrets", [...read, "create", "update", "delete"]),
      rule("", "events", ["create", "patch"]),
    ),
    clusterRole(
      "cert-manager-controller-challenges",
      rule("acme.cert-manager.io", ["challenges", "challenges/status"], ["update", "patch"]),
      rule("networking.k8s.io", "ingresses", [...read, "create", "delete", "update"]),
      rule("gateway.networking.k8s.io", "httproutes", [...read, "create", "delete", "update"]),
      rule("route.openshift.io", "routes/custom-host", "create"),
    ),
    clusterRole(
      "cert-manager-controller-approve:cert-manager-io",
      rule("cert-manager.io", "signers", "approve", [
        "issuers.cert-manager.io/*",
        "clusterissuers.cert-manager.io/*",
      ]),
    ),
    clusterRole(
      "cert-manager-controller-certificatesigningrequests",
      rule("certificates.k8s.io", "certificatesigningrequests/status", ["update", "patch"]),
      rule("certificates.k8s.io", "signers", "sign", [
        "issuers.cert-manager.io/*",
        "clusterissuers.cert-manager.io/*",
      ]),
      rule("authorization.k8s.io", "subjectaccessreviews", "create"),
    ),
    clusterRole(
      "cert-manager-cainjector",
      rule(
        "admissionregistration.k8s.io",
        ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
        [...read, "update", "patch"],
      ),
      rule("apiextensions.k8s.io", "customresourcedefinitions", [...read, "update", "patch"]),
    ),
    aggregating("view", "cert-manager-view", rule("cert-manager.io", ["certificates", "issuers"], read)),
    ...["issuers", "challenges", "approve:cert-manager-io", "certificatesigningrequests"].map((each) =>
      clusterRoleBinding(`cert-manager-controller-${each}`, `cert-manager-controller-${each}`, manager),
    ),
    clusterRoleBinding("cert-manager-cainjector", "cert-manager-cainjector", injector),
    role(
      "kube-system",
      "cert-manager:leaderelection",
      rule("coordination.k8s.io", "leases", ["get", "update", "patch"], ["cert-manager-controller"]),
      rule("coordination.k8s.io", "leases", "create"),
    ),
    roleBinding("kube-system", "cert-manager:leaderelection", "Role/cert-manager:leaderelection", manager),
  ];
})();

/** What people have beside: administrators by group, a monitor that reads URLs, roles that nobody holds. */
const people = [
  clusterRoleBinding("ops", "cluster-admin", group("ops"), user("jane@example.com")),
  clusterRole(
    "monitor",
    rule("", ["nodes/metrics", "nodes/proxy"], "get"),
    urls(["/metrics", "/metrics/*"], ["get"]),
  ),
  clusterRoleBinding("monitor", "monitor", account("keda", "monitor")),
  clusterRoleBinding("anonymous-health", "system:public-info-viewer", group("system:unauthenticated")),
  clusterRole("unheld", rule("*", "*", "*"), urls(["*"], ["*"])),
  roleBinding("chalk", "team", "ClusterRole/admin", group("team-of-the-platform")),
  roleBinding("chalk", "dangling", "Role/long-gone", account("keda", "monitor")),
  // the same names elsewhere are other accounts
  roleBinding(
    "argo",
    "namesakes",
    "ClusterRole/edit",
    account("argo", "management"),
    account("argo", "workload"),
  ),
];

/** A cluster in use: three charts, people, and what binds them; nothing of it concerns the audited accounts. */
export const noise: readonly KubernetesObject[] = [...workflows, ...autoscaler, ...certificates, ...people];
