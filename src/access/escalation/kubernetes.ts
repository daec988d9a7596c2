/**
 * Requests of Kubernetes that let their holder grant itself more, or act as somebody else, `verb resource.group`. The
 * provider's table, not a vendor's. To write roles and bindings is none of them: the server refuses rules and
 * references that the writer does not hold itself, unless it may `escalate` or `bind` (K8). Sources: Kubernetes
 * documentation, "Using RBAC authorization: privilege escalation prevention", "RBAC good practices", "User
 * impersonation" and "Certificate signing requests".
 */
const KUBERNETES = {
  "escalate roles.rbac.authorization.k8s.io": "writes rules that it does not hold itself",
  "escalate clusterroles.rbac.authorization.k8s.io": "writes rules that it does not hold itself",
  "bind roles.rbac.authorization.k8s.io": "binds a role that grants more than it holds",
  "bind clusterroles.rbac.authorization.k8s.io": "binds a role that grants more than it holds",
  "impersonate users": "acts as another user",
  "impersonate groups": "acts as a member of another group",
  "impersonate serviceaccounts": "acts as another service account",
  "impersonate uids.authentication.k8s.io": "acts as another user",
  "impersonate userextras.authentication.k8s.io": "acts as another user",
  "approve signers.certificates.k8s.io": "approves a certificate that names anybody",
  "sign signers.certificates.k8s.io": "signs a certificate that names anybody",
} as const satisfies Record<string, string>;

/** Resources of the core group that give secrets, or a way into what runs, to whoever may only `get` them (K8). */
const KUBERNETES_SECRET_READS = [
  "secrets",
  "pods/exec",
  "pods/attach",
  "pods/portforward",
  "pods/proxy",
  "nodes/proxy",
  "services/proxy",
] as const;

interface KubernetesPoint {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** `""`: the resource itself. */
  readonly sub: string;
}

/** The table, as requests. */
export const KUBERNETES_ESCALATION: readonly KubernetesPoint[] = Object.keys(KUBERNETES).map((request) => {
  const [verb = "", kind = ""] = request.split(" ");
  const [resource = "", ...group] = kind.split(".");
  return { verb, group: group.join("."), resource, sub: "" };
});

export const KUBERNETES_SECRETS: readonly Omit<KubernetesPoint, "verb">[] = KUBERNETES_SECRET_READS.map(
  (kind) => {
    const [resource = "", sub = ""] = kind.split("/");
    return { group: "", resource, sub };
  },
);
