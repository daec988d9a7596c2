/** What one rule grants and where it applies; the plain evaluator of one rule (K1 to K4). */
import type { KubernetesRequest, Origin } from "../policy.ts";

/** The namespace of a Role that says none and was given none: "the one that it is put into" (K4). No real one is called so. */
export const UNNAMED_NAMESPACE = "<namespace>";

/** One rule, with the place in which it applies. A document's rule has resources or URLs; a hull (K10) may have both. */
export interface RuleGrant {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  /** Absent: any name. */
  readonly names?: readonly string[];
  readonly urls: readonly string[];
  /** Absent: everywhere, cluster-scoped requests and URLs included. */
  readonly namespace?: string;
  readonly origin: Origin;
  /** The binding that grants it. */
  readonly through?: Origin;
}

export type ResourceRequest = Extract<KubernetesRequest, { readonly group: string }>;

export type UrlRequest = Exclude<KubernetesRequest, ResourceRequest>;

export function isUrlRequest(request: KubernetesRequest): request is UrlRequest {
  return "url" in request;
}

/**
 * Whether the rule as written matches the request, namespaces left aside. Source: Kubernetes
 * pkg/apis/rbac/v1/evaluation_helpers.go and plugin/pkg/auth/authorizer/rbac/rbac.go.
 */
export function matchesRule(grant: RuleGrant, request: KubernetesRequest): boolean {
  if (!grant.verbs.some((verb) => verb === "*" || verb === request.verb)) return false;
  if (isUrlRequest(request)) return grant.urls.some((url) => matchesUrl(url, request.url));
  return (
    grant.groups.some((group) => group === "*" || group === request.group) &&
    grant.resources.some((resource) => matchesResource(resource, request)) &&
    (grant.names === undefined || grant.names.includes(request.name ?? ""))
  );
}

/** K1: everything, exactly this, or `*` before this subresource. */
function matchesResource(written: string, request: ResourceRequest): boolean {
  if (written === "*") return true;
  const sub = request.subresource ?? "";
  if (sub === "") return written === request.resource;
  return written === `${request.resource}/${sub}` || written === `*/${sub}`;
}

/** K3: exactly this, or a trailing star after a plain prefix. */
function matchesUrl(written: string, url: string): boolean {
  return written === url || (written.endsWith("*") && url.startsWith(urlPrefix(written)));
}

/** `/foo*` → `/foo`; several stars at the end are one. */
export function urlPrefix(written: string): string {
  return written.replace(/\*+$/, "");
}
