import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  proxyPolicy,
  tlsPolicy,
} from "@azure/core-rest-pipeline";
import { readOnlyGuard } from "../http/guard.ts";
import { networkProblem } from "../http/network.ts";
import { transportPolicy } from "../http/transport.ts";
import { type AzureSignInOptions, authorityHost, explainAzureSignIn } from "./sign-in.ts";

/** Milliseconds for the one question below. */
const patience = 10_000;

/**
 * Why the sign-in host could not be asked. The identity SDK says only `endpoints_resolution_error`, for a host that
 * does not exist, a certificate that is not trusted and a tenant that is unknown alike; so its first question is
 * asked again here. Undefined when that one is answered well.
 */
export async function diagnoseAuthority(
  options: AzureSignInOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const host = authorityHost(options);
  const tenant = options.tenant ?? process.env.AZURE_TENANT_ID ?? "organizations";
  const url = `${host}/${encodeURIComponent(tenant)}/v2.0/.well-known/openid-configuration`;
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(
    transportPolicy({ requestTimeoutMs: patience, left: () => patience, signal, bodyLimit: 1_000_000 }),
  );
  pipeline.addPolicy(proxyPolicy());
  if (options.ca !== undefined) pipeline.addPolicy(tlsPolicy({ ca: options.ca }));
  pipeline.addPolicy(readOnlyGuard([]));
  try {
    const response = await pipeline.sendRequest(createDefaultHttpClient(), createPipelineRequest({ url }));
    if (response.status === 200) return undefined;
    const body = response.bodyAsText ?? "";
    if (/AADSTS\d+/.test(body)) return explainAzureSignIn(new Error(descriptionOf(body)));
    return `the sign-in host ${host} answered ${response.status} for the tenant ${JSON.stringify(tenant)}; check AZURE_AUTHORITY_HOST and --tenant`;
  } catch (error) {
    const problem = error instanceof Error && error.name === "ReadFailure" ? error : networkProblem(error);
    return problem === undefined
      ? undefined
      : `the sign-in host ${host} cannot be reached: ${problem.message}`;
  }
}

function descriptionOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && "error_description" in value)
      return String(value.error_description);
  } catch {
    // Not JSON: the text itself has the code.
  }
  return body;
}
