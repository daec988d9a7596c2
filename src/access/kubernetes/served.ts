/** What a server serves, and what by its structure can never take effect (K2, K4). */
import type { KubernetesRequest, ServedResource } from "../policy.ts";
import { isUrlRequest, type RuleGrant } from "./rule.ts";

/** A resource that exists today, with the verbs that mean something on it. */
export interface Existing {
  readonly group: string;
  readonly resource: string;
  /** `""`: the resource itself; `EVERY_KEY`: any but that. */
  readonly sub: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** The verbs of the API. Others are asked of the authorizer by some part of the server, and stand in no discovery. */
export const STANDARD_VERBS: readonly string[] = [
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
];

const RBAC = "rbac.authorization.k8s.io";
const AUTHENTICATION = "authentication.k8s.io";
/** The subresource of what is asked by a key that anybody may choose. */
export const EVERY_KEY = "<any>";

/**
 * What the server asks of the authorizer and discovery does not list. Sources: Kubernetes documentation, "Using RBAC
 * authorization" (escalate, bind), "User impersonation", "Certificate signing requests" (signers), "Kubelet
 * authentication/authorization" (subresources of nodes); of the source, endpoints/filters/impersonation of the apiserver
 * (the constrained kind has verbs of its own, and all that it asks is in one group) and pkg/kubelet/server/auth.go.
 */
const UNLISTED: readonly Existing[] = [
  ...["users", "groups"].map((resource) => virtual("", resource, "", ["impersonate"])),
  { ...virtual("", "serviceaccounts", "", ["impersonate"]), namespaced: true },
  virtual(AUTHENTICATION, "uids", "", ["impersonate", "impersonate:user-info"]),
  virtual(AUTHENTICATION, "userextras", EVERY_KEY, ["impersonate", "impersonate:user-info"]),
  ...["users", "groups"].map((resource) => virtual(AUTHENTICATION, resource, "", ["impersonate:user-info"])),
  {
    ...virtual(AUTHENTICATION, "serviceaccounts", "", ["impersonate:serviceaccount"]),
    namespaced: true,
  },
  virtual(AUTHENTICATION, "nodes", "", ["impersonate:arbitrary-node", "impersonate:associated-node"]),
  { ...virtual(RBAC, "roles", "", ["bind", "escalate"]), namespaced: true },
  virtual(RBAC, "clusterroles", "", ["bind", "escalate"]),
  virtual("certificates.k8s.io", "signers", "", ["approve", "attest", "sign"]),
  ...["checkpoint", "configz", "healthz", "log", "metrics", "pods", "spec", "stats", "statusz"].map((sub) =>
    virtual("", "nodes", sub, ["create", "get"]),
  ),
];

function virtual(group: string, resource: string, sub: string, verbs: readonly string[]): Existing {
  return { group, resource, sub, namespaced: false, verbs };
}

/**
 * Whether no name ever comes with the verb (K2): a collection has many. `create` has none in a POST, but has one where a
 * PATCH that applies, or a PUT, makes what is not there: the server then asks for `create` of that name too (apiserver,
 * endpoints/handlers/patch.go and update.go).
 */
export function namelessVerb(verb: string): boolean {
  return verb === "deletecollection";
}

/** What discovery says, by group and resource, with what the server asks besides. */
export class Served {
  readonly all: readonly Existing[];
  private readonly byResource = new Map<string, readonly Existing[]>();
  private readonly groups = new Set<string>();

  constructor(resources: readonly ServedResource[]) {
    const merged = new Map<string, Existing>();
    const add = (entry: Existing): void => {
      const key = JSON.stringify([entry.group, entry.resource, entry.sub]);
      const before = merged.get(key);
      merged.set(key, {
        ...entry,
        namespaced: entry.namespaced || before?.namespaced === true,
        verbs: [...new Set([...(before?.verbs ?? []), ...entry.verbs])].sort(),
      });
    };
    for (const { group, resource, namespaced, verbs } of resources) {
      const slash = resource.indexOf("/");
      add({
        group,
        resource: slash < 0 ? resource : resource.slice(0, slash),
        sub: slash < 0 ? "" : resource.slice(slash + 1),
        namespaced,
        verbs: verbs ?? STANDARD_VERBS,
      });
      this.groups.add(group);
    }
    for (const entry of UNLISTED) add(entry);
    for (const { group, resource, verb } of ASKED_IN_NAMESPACE) {
      const known = merged.get(JSON.stringify([group, resource, ""]));
      if (known !== undefined) add({ ...known, verbs: [verb] });
    }
    this.all = [...merged.values()];
    for (const entry of this.all) {
      this.byResource.set(entry.resource, [...(this.byResource.get(entry.resource) ?? []), entry]);
    }
  }

  named(resource: string): readonly Existing[] {
    return this.byResource.get(resource) ?? [];
  }

  serves(group: string): boolean {
    return this.groups.has(group);
  }

  /** Whether the resource is known to be cluster-scoped; a subresource is where its resource is. */
  clusterScoped(group: string, resource: string): boolean {
    const entries = this.named(resource).filter((entry) => entry.group === group);
    return entries.length > 0 && entries.every((entry) => !entry.namespaced);
  }
}

const known = new WeakMap<readonly ServedResource[], Served>();

/** The same list is read once. */
export function servedOf(resources: readonly ServedResource[] | undefined): Served | undefined {
  if (resources === undefined) return undefined;
  const before = known.get(resources);
  if (before !== undefined) return before;
  const served = new Served(resources);
  known.set(resources, served);
  return served;
}

/**
 * What an admission plugin or another authorizer is known to ask in the namespace of a pod about a resource that has
 * none. Sources: OpenShift documentation, "Managing security context constraints" (role-based access to them); the
 * admission plugin PodSecurityPolicy of Kubernetes before 1.25.
 */
const ASKED_IN_NAMESPACE = [
  { group: "security.openshift.io", resource: "securitycontextconstraints", verb: "use" },
  { group: "policy", resource: "podsecuritypolicies", verb: "use" },
  { group: "extensions", resource: "podsecuritypolicies", verb: "use" },
] as const;

/**
 * The verbs that are known to reach a cluster-scoped resource through a namespace after all. Whoever binds a ClusterRole
 * by a RoleBinding is asked `bind` in its namespace (pkg/registry/rbac, BindingAuthorized), and a request for one
 * namespace object counts as made in it (apiserver, RequestInfoFactory: the path is /api/v1/namespaces/NAME).
 */
export function verbsThroughNamespace(group: string, resource: string): readonly string[] {
  if (group === RBAC && resource === "clusterroles") return ["bind"];
  if (group === "" && resource === "namespaces") return ["delete", "get", "patch", "update", "watch"];
  return ASKED_IN_NAMESPACE.flatMap((asked) =>
    asked.group === group && asked.resource === resource ? asked.verb : [],
  );
}

/**
 * Whether a verb on a cluster-scoped resource can be asked in a namespace (K4). The API server itself asks its own verbs
 * cluster-wide, and so it asks what it is known to ask besides. Any other verb that a rule writes out is asked by
 * somebody else, who may ask it in a namespace; what "*" stands for is looked for in groups that are not Kubernetes'
 * own.
 * @param written the verb stands in the rule; else the rule says "*"
 */
export function comesThrough(verb: string, group: string, resource: string, written: boolean): boolean {
  if (verbsThroughNamespace(group, resource).includes(verb)) return true;
  if (STANDARD_VERBS.includes(verb)) return false;
  const clusterWide = UNLISTED.some(
    (entry) => entry.group === group && entry.resource === resource && entry.verbs.includes(verb),
  );
  return !clusterWide && (written || isForeign(group));
}

/** Whether a group is none of those that Kubernetes itself serves. Source: API conventions, which keep `*.k8s.io` for it. */
export function isForeign(group: string): boolean {
  return group.includes(".") && !group.endsWith(".k8s.io");
}

/** The group that held resources which have long moved; no supported server serves it (K4). */
export const GONE_GROUP = "extensions";

const ALWAYS = new Served([]);

/** Whether a request can come in a namespace, as far as that is so in every cluster. */
export function comesInNamespace(verb: string, group: string, resource: string): boolean {
  return !ALWAYS.clusterScoped(group, resource) || comesThrough(verb, group, resource, true);
}

/** Whether a grant can take effect on the request, by what the server serves (K4). */
export function takesEffect(
  grant: RuleGrant,
  request: KubernetesRequest,
  served: Served | undefined,
): boolean {
  if (isUrlRequest(request) || served === undefined) return true;
  if (request.group === GONE_GROUP && !served.serves(GONE_GROUP)) return false;
  if (grant.namespace === undefined || !served.clusterScoped(request.group, request.resource)) return true;
  return comesThrough(request.verb, request.group, request.resource, grant.verbs.includes(request.verb));
}
