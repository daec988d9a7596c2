/** Whether the rules of one side allow a request: the plain evaluator, as the server's own authorizer decides. */

import type { AllowsOptions, KubernetesRequest, Verdict, Witness } from "../policy.ts";
import { PolicyError } from "../policy.ts";
import { kubernetesGrants } from "./grants.ts";
import { isUrlRequest, matchesRule, type RuleGrant, UNNAMED_NAMESPACE } from "./rule.ts";
import { type Served, servedOf, takesEffect } from "./served.ts";

/**
 * Whether the documents allow a request; they are read once for all requests. Without `options.resources` rules are
 * judged as written, as a SubjectAccessReview does (K4).
 * @throws PolicyError when something given is no policy, or a request is none of Kubernetes
 */
export function kubernetesEvaluator(
  documents: readonly unknown[],
  options: AllowsOptions,
): (request: Witness) => Verdict {
  const { grants, problems } = kubernetesGrants(documents, options.namespace);
  const served = servedOf(options.resources);
  const sure = new GrantIndex(grants);
  const hulls = problems.map((problem) => problem.hull);
  return (request) => {
    if (!isKubernetesRequest(request)) {
      throw new PolicyError(
        'a Kubernetes request is { "verb", "group", "resource", "subresource"?, "name"?, "namespace"? } or { "verb", "url" }, texts all',
      );
    }
    const near = sure.near(request);
    if (near.some((grant) => permits(grant, request, served, "certain"))) return "allowed";
    const perhaps = [...near, ...hulls].some((grant) => permits(grant, request, served, "possible"));
    return perhaps ? "undecided" : "denied";
  };
}

function permits(
  grant: RuleGrant,
  request: KubernetesRequest,
  served: Served | undefined,
  mode: "certain" | "possible",
): boolean {
  return (
    holdsAt(grant.namespace, isUrlRequest(request) ? undefined : request.namespace, mode) &&
    matchesRule(grant, request) &&
    takesEffect(grant, request, served)
  );
}

/** A namespace that is not named may be any one that is (K4). */
function holdsAt(
  granted: string | undefined,
  asked: string | undefined,
  mode: "certain" | "possible",
): boolean {
  if (granted === undefined || granted === asked) return true;
  if (asked === undefined || asked === "") return false;
  return mode === "possible" && (granted === UNNAMED_NAMESPACE || asked === UNNAMED_NAMESPACE);
}

/** Grants by the resource that they name, so that thousands of roles are not walked for each request. */
class GrantIndex {
  private readonly byResource = new Map<string, RuleGrant[]>();
  private readonly everywhere: RuleGrant[] = [];
  private readonly urls: RuleGrant[] = [];

  constructor(grants: readonly RuleGrant[]) {
    for (const grant of grants) {
      if (grant.urls.length > 0 && grant.namespace === undefined) this.urls.push(grant);
      if (grant.resources.some((resource) => resource.startsWith("*"))) {
        this.everywhere.push(grant);
        continue;
      }
      for (const resource of new Set(grant.resources)) {
        const list = this.byResource.get(resource);
        if (list === undefined) this.byResource.set(resource, [grant]);
        else list.push(grant);
      }
    }
  }

  near(request: KubernetesRequest): readonly RuleGrant[] {
    if (isUrlRequest(request)) return this.urls;
    const { resource, subresource = "" } = request;
    const whole = subresource === "" ? resource : `${resource}/${subresource}`;
    return [...(this.byResource.get(whole) ?? []), ...this.everywhere];
  }
}

function isKubernetesRequest(request: Witness): request is KubernetesRequest {
  const given: Readonly<Record<string, unknown>> = { ...request };
  const text = (key: string): boolean => typeof given[key] === "string";
  if (!text("verb")) return false;
  if ("url" in given) return text("url");
  const optional = ["subresource", "name", "namespace"].every((key) => given[key] === undefined || text(key));
  return text("group") && text("resource") && optional;
}
