/**
 * Providers of identities that serve everybody: who signs in there, and which claim of a token says whose it is. AWS's
 * knowledge, and that of the providers; no vendor's. A provider that is not here has an issuer of its own for each
 * customer (an EKS cluster, a tenant of Entra ID, an organisation of CircleCI, any SAML provider) and is the customer's.
 *
 * Sources: IAM User Guide, "Identity-provider controls for shared OIDC providers" (the list of shared issuers, and the
 * claim that tells the tenant), "Available keys for AWS web identity federation"; GitHub Docs, "OpenID Connect
 * reference" (`repo:`, customised subjects); GitLab Docs, "OpenID Connect in AWS" (`project_path:`); HCP Terraform,
 * Scalr, Buildkite and Pulumi documentation on workload identity (`organization:`, `account:`, `org:`); Amazon Cognito
 * Developer Guide, "Role trust and permissions", and for GovCloud its user guide.
 */
import { fold } from "../fold.ts";

export interface PublicIssuer {
  /** As a trust policy names it: as it is, or at the end of the ARN of an `oidc-provider`. */
  readonly issuer: string;
  /** Who has a token of it, for a sentence. */
  readonly who: string;
  /**
   * The claims that say whose a token is, each with what a value has to begin with to mean one owner alone. A claim is a
   * key of the issuer, or with its prefix one of STS.
   */
  readonly owner: Readonly<Record<string, RegExp>>;
}

/** The whole value, of which nothing is left open. */
const WHOLE = /^[^*?]+$/;

/** A subject that is all written out, or its kind and its owner: `organization:acme:…`. */
const SUBJECT = /^(?:[^*?]+$|[^*?:/]+:[^*?:/]+[:/])/;

/**
 * Of GitHub only a repository, its owner or its enterprise is somebody's: everybody can have an environment of any name,
 * and have it stand in the subject alone. Names of owners have no `@`, behind which stands their number.
 */
const REPOSITORY =
  /^(?:[^*?]+:)?(?:(?:repo|repository):[^*?/@:]+[/@]|(?:repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^*?:]+(?::|$))/;

/** Of these the application is the customer's, which says itself whom it lets sign in. */
const APPLICATION = { app_id: WHOLE, aud: WHOLE, id: WHOLE, sub: WHOLE, user_id: WHOLE };

const COGNITO = {
  who: "has an identity of any pool of Amazon Cognito",
  owner: { aud: WHOLE, sub: WHOLE },
};

const PUBLIC: readonly PublicIssuer[] = [
  {
    issuer: "accounts.google.com",
    who: "has a Google account",
    // `oaud` is what whoever asks for a token of a service account asks for
    owner: { aud: /^(?:[^*?]+$|\d+-)/, sub: WHOLE, email: WHOLE, "google/organization_number": WHOLE },
  },
  { issuer: "graph.facebook.com", who: "has an account of Facebook", owner: APPLICATION },
  { issuer: "www.amazon.com", who: "has an account of Amazon", owner: APPLICATION },
  { issuer: "cognito-identity.amazonaws.com", ...COGNITO },
  { issuer: "cognito-identity-us-gov.amazonaws.com", ...COGNITO },
  { issuer: "cognito-identity.us-gov-east-1.amazonaws.com", ...COGNITO },
  { issuer: "cognito-identity.cn-north-1.amazonaws.com.cn", ...COGNITO },
  {
    issuer: "token.actions.githubusercontent.com",
    who: "runs a workflow on GitHub Actions",
    // `job_workflow_ref` is no owner: a workflow of a public repository can be called by everybody's
    owner: {
      sub: REPOSITORY,
      repository: /^[^*?/]+\//,
      repository_id: WHOLE,
      repository_owner: WHOLE,
      repository_owner_id: WHOLE,
      enterprise: WHOLE,
      enterprise_id: WHOLE,
    },
  },
  {
    issuer: "vstoken.actions.githubusercontent.com",
    who: "runs a workflow on GitHub Actions",
    owner: { sub: REPOSITORY },
  },
  {
    issuer: "oidc-configuration.audit-log.githubusercontent.com",
    who: "streams the audit log of a GitHub enterprise",
    owner: { sub: WHOLE },
  },
  { issuer: "gitlab.com", who: "runs a pipeline on GitLab.com", owner: { sub: SUBJECT } },
  {
    issuer: "app.terraform.io",
    who: "runs a workspace on HCP Terraform",
    owner: { sub: SUBJECT },
  },
  { issuer: "agent.buildkite.com", who: "runs a pipeline on Buildkite", owner: { sub: SUBJECT } },
  { issuer: "oidc.codefresh.io", who: "runs a pipeline on Codefresh", owner: { sub: SUBJECT } },
  { issuer: "studio.datachain.ai/api", who: "has an account of DVC Studio", owner: { sub: SUBJECT } },
  {
    issuer: "api.pulumi.com/oidc",
    who: "has an account of Pulumi Cloud",
    owner: { aud: WHOLE, sub: /^(?:[^*?]+$|(?:[^*?]+:)?org:[^*?:]+:)/ },
  },
  { issuer: "sandboxes.cloud", who: "has an account of sandboxes.cloud", owner: { aud: WHOLE } },
  { issuer: "scalr.io", who: "runs a workspace on Scalr", owner: { sub: SUBJECT } },
  { issuer: "tokens.cloud.shisho.dev", who: "has an account of Shisho Cloud", owner: { sub: SUBJECT } },
  { issuer: "proidc.upbound.io", who: "has an account of Upbound", owner: { sub: SUBJECT } },
  {
    issuer: "oidc.vercel.com",
    who: "deploys to Vercel",
    owner: { aud: WHOLE, sub: /^(?:[^*?]+$|owner:[^*?:]+:)/ },
  },
  {
    issuer: "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
    who: "connects Microsoft Sentinel or Defender for Cloud",
    // the service itself says there for which workspace it comes
    owner: { sub: WHOLE, "sts:RoleSessionName": /^(?:[^*?]+$|\w+_[\da-f-]{36})/i },
  },
];

const BY_ISSUER: ReadonlyMap<string, PublicIssuer> = new Map(PUBLIC.map((each) => [each.issuer, each]));

/** Stands for every provider of identities in `"Federated": "*"`, of which nobody is kept out. */
export const ANY_ISSUER = "*";

/** An issuer as it is compared: Entra ID's have a slash at their end. */
function plain(issuer: string): string {
  return fold(issuer).replace(/\/$/, "");
}

/** The providers that serve everybody, of those that a federated principal means; empty: it is the customer's own. */
export function publicIssuers(principal: string): readonly PublicIssuer[] {
  if (principal === ANY_ISSUER) return PUBLIC;
  const [, issuer = principal] = /^arn:[^:]*:iam::\d{12}:oidc-provider\/(.+)$/s.exec(principal) ?? [];
  const found = BY_ISSUER.get(plain(issuer));
  return found === undefined ? [] : [found];
}

/** Whether a text names such a provider as it is: AWS names some of them by their domain alone. */
export function isPublicIssuer(text: string): boolean {
  return BY_ISSUER.has(text);
}

/** What a key of a condition asks of a token of these providers. */
export type Claim =
  /** Whose the token is: what a value has to begin with. */
  | { readonly kind: "owner"; readonly owned: RegExp }
  /** Another claim of theirs. */
  | { readonly kind: "claim" }
  /** A claim of another provider: their tokens do not have it. */
  | { readonly kind: "absent" }
  /** Nothing: a key of the request. */
  | { readonly kind: "none" };

export function claimOf(issuers: readonly PublicIssuer[], key: string): Claim {
  const cut = key.lastIndexOf(":");
  const [prefix, name] = [plain(key.slice(0, cut)), fold(key.slice(cut + 1))];
  if (prefix === "aws" || prefix === "sts") {
    const [alone, ...more] = issuers;
    // what one provider sets itself, whoever comes by another chooses
    const found = Object.entries(alone?.owner ?? {}).find(([claim]) => fold(claim) === fold(key));
    return found === undefined || more.length > 0 ? { kind: "none" } : { kind: "owner", owned: found[1] };
  }
  const own = issuers.find(({ issuer }) => issuer === prefix);
  if (own === undefined) return { kind: "absent" };
  const owned = own.owner[name];
  return owned === undefined ? { kind: "claim" } : { kind: "owner", owned };
}
