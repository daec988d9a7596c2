/**
 * The published ways to more rights in Kubernetes (E1). The provider's table, not a vendor's: each row says what can be
 * done, who published it, and the requests that it takes, `verb resource.group/subresource`. To write roles and bindings
 * alone opens none: the server refuses what the writer does not hold itself (K8).
 */
import { type EscalationPath, type PathRow, pathsOf } from "./path.ts";

const PREVENTION = "Kubernetes documentation, Using RBAC authorization: privilege escalation prevention";
const PRACTICES = "Kubernetes documentation, RBAC good practices: privilege escalation risks";
const CERTIFICATES = "Kubernetes documentation, Certificate signing requests";

const RBAC = "rbac.authorization.k8s.io";
const CHANGES = ["create", "update", "patch"];
const READS = ["get", "list", "watch"];

const each = (verbs: readonly string[], kinds: readonly string[]): readonly string[] =>
  kinds.flatMap((kind) => verbs.map((verb) => `${verb} ${kind}`));

const WORKLOADS = [
  "deployments.apps",
  "daemonsets.apps",
  "statefulsets.apps",
  "replicasets.apps",
  "replicationcontrollers",
  "jobs.batch",
  "cronjobs.batch",
];

const RIGHTS: readonly PathRow[] = [
  [
    "write rules that it does not hold",
    PREVENTION,
    each(["escalate"], [`roles.${RBAC}`, `clusterroles.${RBAC}`]),
    each(CHANGES, [`roles.${RBAC}`, `clusterroles.${RBAC}`]),
  ],
  [
    "bind a role that grants more than it holds",
    PREVENTION,
    each(["bind"], [`roles.${RBAC}`, `clusterroles.${RBAC}`]),
    each(CHANGES, [`rolebindings.${RBAC}`, `clusterrolebindings.${RBAC}`]),
  ],
  [
    "act as another user, group or service account",
    PRACTICES,
    each(["impersonate"], ["users", "groups", "serviceaccounts"]),
  ],
];

const TAKEOVERS: readonly PathRow[] = [
  ["make a token of a service account", PRACTICES, "create serviceaccounts/token"],
  ["run pods as any service account of the namespace", PRACTICES, each(["create"], ["pods"])],
  ["run workloads as any service account of the namespace", PRACTICES, each(CHANGES, WORKLOADS)],
  ["go into a pod", PRACTICES, each(["create", "get"], ["pods/exec", "pods/attach"])],
  ["put a container into a pod", PRACTICES, each(["update", "patch"], ["pods/ephemeralcontainers"])],
  ["change the image of a pod", PRACTICES, each(["update", "patch"], ["pods"])],
  ["read secrets, tokens of service accounts among them", PRACTICES, each(READS, ["secrets"])],
  [
    "have a token of a service account written into a secret",
    PRACTICES,
    "create secrets",
    each(READS, ["secrets"]),
  ],
  ["run commands in every pod of a node by its kubelet", PRACTICES, each(["get", "create"], ["nodes/proxy"])],
  [
    "change or read every object that a webhook is asked about",
    PRACTICES,
    each(CHANGES, [
      "mutatingwebhookconfigurations.admissionregistration.k8s.io",
      "validatingwebhookconfigurations.admissionregistration.k8s.io",
    ]),
  ],
  ["make a volume of a path of a node", PRACTICES, "create persistentvolumes"],
  ["loosen the pod security of a namespace", PRACTICES, each(["update", "patch"], ["namespaces"])],
  [
    "approve a certificate that names anybody",
    CERTIFICATES,
    each(["create"], ["certificatesigningrequests.certificates.k8s.io"]),
    each(["update", "patch"], ["certificatesigningrequests.certificates.k8s.io/approval"]),
    each(["approve"], ["signers.certificates.k8s.io"]),
  ],
];

/** The published ways to more rights in Kubernetes. */
export const KUBERNETES_PATHS: readonly EscalationPath[] = [
  ...pathsOf("rights", RIGHTS),
  ...pathsOf("takeover", TAKEOVERS),
];
