import type { IncomingMessage } from "node:http";

/** A directory that hands out tokens to one application, as Microsoft Entra ID answers a client secret. */
export interface Authority {
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The newest token that was handed out. */
  readonly issue: () => string;
  /** Makes every token of today worthless; the next one asked for works. */
  readonly revoke: () => void;
  /** While true, tokens are handed out and every one of them is refused by the Resource Manager. */
  refuseAll: boolean;
  readonly accepts: (header: string | undefined) => boolean;
  /** Undefined: the path is not one of the authority's. */
  readonly answer: (
    request: IncomingMessage,
    url: URL,
    body: string,
  ) => { readonly status: number; readonly body: unknown } | undefined;
}

/** Lifetime that tokens say they have, in seconds. */
const lifetime = 3599;

export function createAuthority(names: {
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
}): Authority {
  let valid = new Set<string>();
  let count = 0;
  const authority: Authority = {
    ...names,
    refuseAll: false,
    issue: () => {
      count += 1;
      const token = `canary-token-${count}-${names.tenant}`;
      valid.add(token);
      return token;
    },
    revoke: () => {
      valid = new Set();
    },
    accepts: (header) =>
      !authority.refuseAll &&
      header?.startsWith("Bearer ") === true &&
      valid.has(header.slice("Bearer ".length)),
    answer: (request, url, body) => {
      const [tenant, ...rest] = url.pathname.split("/").filter(Boolean);
      const path = rest.join("/");
      if (path !== "v2.0/.well-known/openid-configuration" && path !== "oauth2/v2.0/token") return undefined;
      if (tenant?.toLowerCase() !== names.tenant.toLowerCase())
        return failure(
          400,
          "invalid_tenant",
          `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
        );
      if (path.startsWith("v2.0")) return { status: 200, body: metadata(url.origin, names.tenant) };
      if (request.method !== "POST")
        return failure(405, "invalid_request", "AADSTS900561: The endpoint only accepts POST requests.");
      const form = new URLSearchParams(body);
      if (form.get("client_id") !== names.clientId)
        return failure(
          400,
          "unauthorized_client",
          `AADSTS700016: Application with identifier '${form.get("client_id")}' was not found in the directory '${names.tenant}'.`,
        );
      if (form.get("client_secret") !== names.clientSecret)
        return failure(
          401,
          "invalid_client",
          `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${names.clientId}'.`,
        );
      return {
        status: 200,
        body: {
          token_type: "Bearer",
          expires_in: lifetime,
          ext_expires_in: lifetime,
          access_token: authority.issue(),
        },
      };
    },
  };
  return authority;
}

function failure(status: number, error: string, description: string) {
  return {
    status,
    body: { error, error_description: description, error_codes: [Number(/\d+/.exec(description)?.[0] ?? 0)] },
  };
}

function metadata(origin: string, tenant: string) {
  return {
    token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
    authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${origin}/${tenant}/oauth2/v2.0/logout`,
    jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
    issuer: `${origin}/${tenant}/v2.0`,
    response_types_supported: ["code", "id_token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}
