import type { Rule } from "./rules.ts";

/**
 * What every authenticated service account may do in any cluster: the rules that upstream publishes for its bootstrap
 * roles system:basic-user, system:discovery, system:public-info-viewer and system:service-account-issuer-discovery
 * (kubernetes/kubernetes, plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, as of 1.35). It is compared by
 * these rules and not by the roles' names, so that a rule added to one of them is excess (K9).
 */
export const FLOOR: readonly Rule[] = [
  {
    apiGroups: ["authorization.k8s.io"],
    resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
    verbs: ["create"],
  },
  { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
  {
    nonResourceURLs: [
      ...["/livez", "/readyz", "/healthz", "/version", "/version/"],
      ...["/openapi", "/openapi/*", "/api", "/api/*", "/apis", "/apis/*"],
      ...["/.well-known/openid-configuration", "/.well-known/openid-configuration/"],
      ...["/openid/v1/jwks", "/openid/v1/jwks/"],
    ],
    verbs: ["get"],
  },
];
