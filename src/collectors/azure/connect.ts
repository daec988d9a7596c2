import { subscriptionsCall } from "../../snapshot/kinds/azure.ts";
import { visible } from "../../text/visible.ts";
import { CollectError, type CollectOptions } from "../define.ts";
import { isObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { createHttp, type Http } from "../http/http.ts";
import { readPages } from "../http/paging.ts";
import type { AzureSettings } from "../settings.ts";
import { azureClouds } from "./clouds.ts";
import { diagnoseAuthority } from "./diagnose.ts";
import { urlOf } from "./reader.ts";
import {
  authorityHost,
  azureSignInDetails,
  defaultCredential,
  explainAzureSignIn,
  isDiscoveryFailure,
  withoutSecrets,
} from "./sign-in.ts";
import { endpointOf, graphEndpointOf, requireGuid } from "./target.ts";

/** A connection that is signed in, to one subscription. */
export interface AzureConnection {
  readonly http: Http;
  readonly endpoint: URL;
  readonly subscription: string;
  /**
   * The directory, by the same credential and pipeline, with a token of its own. Nothing is asked for that token before
   * the first read: most scans need no directory, and one that is closed keeps nobody from the rest.
   */
  readonly graph: { readonly http: Http; readonly endpoint: URL };
}

/** @throws CollectError on input that is wrong, a sign-in that fails, or a subscription that is not named and not clear. */
export async function connectAzure(
  settings: AzureSettings,
  options: CollectOptions,
): Promise<AzureConnection> {
  const endpoint = endpointOf(settings);
  const graphEndpoint = graphEndpointOf(settings);
  const given = settings.subscription ?? (process.env.AZURE_SUBSCRIPTION_ID?.trim() || undefined);
  const named =
    given === undefined
      ? undefined
      : requireGuid(given, settings.subscription === undefined ? "AZURE_SUBSCRIPTION_ID" : "--subscription");
  const signIn = {
    authority: azureClouds[settings.cloud].authority,
    ...(settings.tenant === undefined ? {} : { tenant: settings.tenant }),
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  };
  if (settings.credential === undefined) requireHttpsAuthority(authorityHost(signIn));
  const debug = (line: string) => options.debug(withoutSecrets(line));
  const open = (address: URL) =>
    createHttp({
      endpoint: address,
      scope: `${address.origin}/.default`,
      newCredential: () => settings.credential ?? defaultCredential(signIn),
      explain: explainAzureSignIn,
      readOnlyPosts: [],
      timeoutMs: options.timeoutMs,
      concurrency: options.concurrency,
      signal: options.signal,
      debug,
      ...(settings.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: settings.requestTimeoutMs }),
      ...(settings.clock === undefined ? {} : { clock: settings.clock }),
      ...(settings.ca === undefined ? {} : { ca: settings.ca }),
      ...(settings.client === undefined ? {} : { client: settings.client }),
    });
  let http: Http;
  let graph: Http;
  try {
    http = open(endpoint);
    graph = open(graphEndpoint);
    options.progress("signing in to Azure");
    await http.signIn();
  } catch (error) {
    for (const line of azureSignInDetails(error)) debug(line);
    if (error instanceof ReadFailure) throw new CollectError(withoutSecrets(error.message));
    const why = isDiscoveryFailure(error) ? await diagnoseAuthority(signIn, options.signal) : undefined;
    throw new CollectError(why ?? explainAzureSignIn(error));
  }
  return {
    http,
    endpoint,
    subscription: named ?? (await onlySubscription(http, endpoint)),
    graph: { http: graph, endpoint: graphEndpoint },
  };
}

function requireHttpsAuthority(host: string): void {
  const shown = JSON.stringify(visible(host).slice(0, 200));
  if (!URL.canParse(host) || new URL(host).protocol !== "https:")
    throw new CollectError(`AZURE_AUTHORITY_HOST: expected an https address, found ${shown}`);
}

/** The only subscription that the account sees. */
async function onlySubscription(http: Http, endpoint: URL): Promise<string> {
  const how = "name one with --subscription or AZURE_SUBSCRIPTION_ID";
  let found: readonly { readonly id: string; readonly name: string }[];
  try {
    const items = await readPages(() => http.get(urlOf(subscriptionsCall, endpoint, "")), {
      endpoint,
      follow: http.get,
    });
    found = items.flatMap((item) =>
      isObject(item) && typeof item.subscriptionId === "string"
        ? [{ id: item.subscriptionId, name: typeof item.displayName === "string" ? item.displayName : "" }]
        : [],
    );
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    const what =
      error.reason === "unreachable"
        ? `${endpoint.origin} cannot be reached`
        : "the subscriptions could not be listed";
    throw new CollectError(
      error.reason === "unreachable" ? `${what}: ${error.message}` : `${what} (${error.message}); ${how}`,
    );
  }
  const [first, ...others] = found;
  if (first === undefined)
    throw new CollectError(`no subscription is visible to the account that signed in; ${how}`);
  if (others.length === 0) return requireGuid(first.id, "the only subscription");
  const shown = found.slice(0, 5).map(({ id, name }) => visible(name === "" ? id : `${id} (${name})`));
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  throw new CollectError(`${found.length} subscriptions are visible; ${how}: ${shown.join(", ")}${more}`);
}
