import { AuthorizationManagementClient } from "@azure/arm-authorization";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import type { ApiCall } from "../../snapshot/kinds/calls.ts";
import { type JsonObject, objectOf } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import type { Http } from "../http/http.ts";
import { readPages } from "../http/paging.ts";

/** Reads of one subscription. Every function throws `ReadFailure`; lists are read over all their pages. */
export interface AzureReader {
  readonly roleDefinitions: () => Promise<readonly JsonObject[]>;
  /** A role definition by its whole id. */
  readonly roleDefinition: (id: string) => Promise<JsonObject>;
  /** All of the subscription: at, above and below it. */
  readonly roleAssignments: () => Promise<readonly JsonObject[]>;
  /** Those of a principal, through groups too. */
  readonly assignedTo: (principal: string) => Promise<readonly JsonObject[]>;
  readonly eligibilities: (principal: string) => Promise<readonly JsonObject[]>;
  readonly denyAssignments: () => Promise<readonly JsonObject[]>;
  readonly providerOperations: () => Promise<readonly JsonObject[]>;
  /** One thing that the SDK has no client for here. */
  readonly get: (call: ApiCall) => Promise<JsonObject>;
  /** A list that the SDK has no client for here. */
  readonly list: (call: ApiCall) => Promise<readonly JsonObject[]>;
}

/** What the SDK's operations take from us. */
interface Tap {
  readonly onResponse: (response: PipelineResponse) => void;
}

/**
 * The SDK's authorization client builds the requests (paths, versions, filters) and sends them through our pipeline.
 * Its models are not used: they drop what they do not know (a condition inside a permission object, say) and make
 * `null` and absent alike, and a snapshot keeps documents as they came. So the pipeline has no deserialization
 * policy, the body is taken from `onResponse`, and links to further pages are followed by `readPages`, which refuses
 * loops and foreign hosts.
 */
export function createReader(http: Http, endpoint: URL, subscription: string): AzureReader {
  const client = new AuthorizationManagementClient(
    { getToken: () => Promise.reject(new Error("the pipeline signs in")) },
    subscription,
    { endpoint: endpoint.origin, pipeline: http.pipeline, httpClient: http.client },
  );
  const scope = `subscriptions/${subscription}`;
  const paged = (start: (tap: Tap) => { byPage(): AsyncIterator<unknown> }) =>
    readPages(() => tapped((tap) => start(tap).byPage().next()), { endpoint, follow: http.get });

  return {
    roleDefinitions: () =>
      paged((tap) => client.roleDefinitions.list(scope, { ...tap, filter: "atScopeAndBelow()" })),
    roleDefinition: (id) => tapped((tap) => client.roleDefinitions.getById(id.replace(/^\/+/, ""), tap)),
    roleAssignments: () => paged((tap) => client.roleAssignments.listForScope(scope, tap)),
    assignedTo: (principal) =>
      paged((tap) => client.roleAssignments.listForScope(scope, { ...tap, filter: assignedTo(principal) })),
    eligibilities: (principal) =>
      paged((tap) =>
        client.roleEligibilityScheduleInstances.listForScope(scope, {
          ...tap,
          filter: assignedTo(principal),
        }),
      ),
    denyAssignments: () => paged((tap) => client.denyAssignments.listForScope(scope, tap)),
    providerOperations: () =>
      paged((tap) => client.providerOperationsMetadataOperations.list({ ...tap, expand: "resourceTypes" })),
    get: (call) => http.get(urlOf(call, endpoint, subscription)),
    list: (call) => {
      const url = urlOf(call, endpoint, subscription);
      return readPages(() => http.get(url), { endpoint, follow: http.get });
    },
  };
}

/** `principal` is a GUID, which the collector makes sure of: nothing else may get into a filter. */
function assignedTo(principal: string): string {
  return `assignedTo('${principal}')`;
}

async function tapped(call: (tap: Tap) => PromiseLike<unknown>): Promise<JsonObject> {
  let response: PipelineResponse | undefined;
  await call({
    onResponse: (raw) => {
      response = raw;
    },
  });
  if (response === undefined) throw new ReadFailure("malformed", "the request gave no answer");
  return objectOf(response);
}

/** The address of a call whose path varies only by the subscription. */
export function urlOf(call: ApiCall, endpoint: URL, subscription: string): URL {
  const url = new URL(call.path.replace("{subscription}", subscription), endpoint);
  if (call.apiVersion !== undefined) url.searchParams.set("api-version", call.apiVersion);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  return url;
}
