import { type AzureState, type Body, position, property, withGroups } from "./azure-state.ts";

export type ArmAnswer =
  | { readonly status: 200; readonly body: Body }
  | { readonly status: 400 | 404 | 405 | 409; readonly code: string; readonly message: string };

interface Paging {
  readonly url: string;
  readonly pageSize: number;
}

/** What the Resource Manager answers to an authenticated request. */
export function answerArm(state: AzureState, method: string, url: URL, paging: Paging): ArmAnswer {
  if (method !== "GET")
    return failure(405, "MethodNotAllowed", `the test server answers only GET, not ${method}`);
  if (!url.searchParams.has("api-version"))
    return failure(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  const path = decodeURIComponent(url.pathname).replace(/\/+$/, "");
  if (/^\/subscriptions$/i.test(path)) return page(state.subscriptions, url, paging);
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
  if (subscription !== undefined && subscription.toLowerCase() !== state.subscriptionId.toLowerCase())
    return failure(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
  const authorization = /^(.*?)\/providers\/Microsoft\.Authorization\/([A-Za-z]+)(?:\/([^/]+))?$/i.exec(path);
  if (authorization !== null) {
    const [, scope = "", collection = "", name] = authorization;
    return authorizationAnswer(
      state,
      scope === "" ? "/" : scope,
      collection.toLowerCase(),
      name,
      url,
      paging,
    );
  }
  return resourceAnswer(state, path, url, paging);
}

function authorizationAnswer(
  state: AzureState,
  scope: string,
  collection: string,
  name: string | undefined,
  url: URL,
  paging: Paging,
): ArmAnswer {
  const filter = url.searchParams.get("$filter") ?? "";
  switch (collection) {
    case "roledefinitions": {
      if (name === undefined)
        return page(
          state.roleDefinitions.filter(
            (role) => roleVisible(state, role, scope, filter) && roleMatches(role, filter),
          ),
          url,
          paging,
        );
      const role = state.roleDefinitions.find(
        (body) => String(body.name).toLowerCase() === name.toLowerCase(),
      );
      return role === undefined
        ? failure(
            404,
            "RoleDefinitionDoesNotExist",
            `The specified role definition with ID '${name}' does not exist.`,
          )
        : { status: 200, body: role };
    }
    case "roleassignments":
      return page(filterByScope(state, state.roleAssignments, scope, filter), url, paging);
    case "denyassignments":
      return page(filterDenies(state, scope, filter), url, paging);
    case "roleeligibilityscheduleinstances":
      if (!state.eligibilityLicence)
        return failure(
          400,
          "AadPremiumLicenseRequired",
          "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
        );
      return page(filterByScope(state, state.eligibilities, scope, filter), url, paging);
    case "provideroperations":
      return page(
        url.searchParams.get("$expand") === "resourceTypes"
          ? state.operations
          : state.operations.map((body) => ({ ...body, resourceTypes: [] })),
        url,
        paging,
      );
    default:
      return failure(404, "InvalidResourceType", `The resource type '${collection}' could not be found.`);
  }
}

/** A role is listed at a scope when one of its assignable scopes lies at, above or below it. */
/** What lies below the scope is listed only when the filter asks for it. */
function roleVisible(state: AzureState, role: Body, scope: string, filter: string): boolean {
  const properties = role.properties as { assignableScopes?: readonly string[] } | undefined;
  const scopes = properties?.assignableScopes ?? ["/"];
  const below = /atScopeAndBelow\(\)/i.test(filter);
  return scopes.some((assignable) => {
    const where = position(state, scope, assignable);
    return where !== "apart" && (where !== "below" || below);
  });
}

function roleMatches(role: Body, filter: string): boolean {
  const type = /type\s+eq\s+'([^']+)'/i.exec(filter)?.[1];
  return type === undefined || property(role, "type").toLowerCase() === type.toLowerCase();
}

function filterByScope(
  state: AzureState,
  bodies: readonly Body[],
  scope: string,
  filter: string,
): readonly Body[] {
  const assigned = /assignedTo\('([^']+)'\)/i.exec(filter)?.[1];
  const direct = /principalId\s+eq\s+'?([^'\s)]+)'?/i.exec(filter)?.[1];
  const ids = assigned === undefined ? undefined : withGroups(state, assigned);
  return bodies.filter((body) => {
    const where = position(state, scope, property(body, "scope"));
    if (where === "apart" || (where === "below" && /atScope\(\)/i.test(filter))) return false;
    const principal = property(body, "principalId").toLowerCase();
    if (ids !== undefined && !ids.has(principal)) return false;
    return direct === undefined || principal === direct.toLowerCase();
  });
}

/** Denies for everyone name no principal, so that a filter by principal leaves them out, as the provider does. */
function filterDenies(state: AzureState, scope: string, filter: string): readonly Body[] {
  const direct = /principalId\s+eq\s+'?([^'\s)]+)'?/i.exec(filter)?.[1];
  return state.denyAssignments.filter((body) => {
    const where = position(state, scope, property(body, "scope"));
    if (where === "apart" || (where === "below" && /atScope\(\)/i.test(filter))) return false;
    if (direct === undefined) return true;
    const { principals = [] } = body.properties as { principals?: readonly { id: string }[] };
    const bare = (id: string) => id.replaceAll("-", "").toLowerCase();
    return principals.some((principal) => bare(principal.id) === bare(direct));
  });
}

function resourceAnswer(state: AzureState, path: string, url: URL, paging: Paging): ArmAnswer {
  const rest = path.split("/").slice(3).join("/").toLowerCase();
  const namespace = /^providers\/([^/]+)\//.exec(rest)?.[1];
  if (state.unregistered.some((name) => name.toLowerCase() === namespace))
    return failure(
      409,
      "MissingSubscriptionRegistration",
      `The subscription is not registered to use namespace '${namespace}'.`,
    );
  const account = /^(.*\/storageaccounts\/[^/]+)\/blobservices\/default\/containers$/i.exec(path)?.[1];
  if (account !== undefined) {
    const own = Object.entries(state.containers).find(([id]) => id.toLowerCase() === account.toLowerCase());
    return own === undefined
      ? failure(404, "ResourceNotFound", `The Resource '${account}' was not found.`)
      : page(own[1], url, paging);
  }
  switch (rest) {
    case "resourcegroups":
      return page(state.resourceGroups, url, paging);
    case "resources":
      return page(state.resources, url, paging);
    case "providers/microsoft.containerservice/managedclusters":
      return page(state.managedClusters, url, paging);
    case "providers/microsoft.keyvault/vaults":
      return page(state.vaults, url, paging);
    default:
      for (const [type, bodies] of Object.entries(state.others))
        if (rest === `providers/${type.toLowerCase()}`) return page(bodies, url, paging);
      return failure(404, "InvalidResourceType", `The resource type '${rest}' could not be found.`);
  }
}

/** One page, with a link to the next one that repeats the query, as the provider writes it. */
function page(bodies: readonly Body[], url: URL, paging: Paging): ArmAnswer {
  const start = Number(url.searchParams.get("$skiptoken") ?? 0) || 0;
  const end = start + paging.pageSize;
  const value = bodies.slice(start, end);
  if (end >= bodies.length) return { status: 200, body: { value } };
  const next = new URL(url.pathname + url.search, paging.url);
  next.searchParams.set("$skiptoken", String(end));
  return { status: 200, body: { value, nextLink: next.href } };
}

function failure(status: 400 | 404 | 405 | 409, code: string, message: string): ArmAnswer {
  return { status, code, message };
}
