import type { Body } from "./azure-state.ts";

/** A directory as Microsoft Graph v1.0 tells of it. Answers are shaped after its reference; nobody publishes a fake. */
export interface GraphState {
  /** Application permissions that were consented to for the scanner. */
  readonly consent: readonly string[];
  /** Whether the tenant has Microsoft Entra ID P2, without which eligible roles are not listed. */
  readonly p2: boolean;
  readonly applications: readonly Body[];
  readonly servicePrincipals: readonly Body[];
  readonly users: readonly Body[];
  readonly groups: readonly Body[];
  /** Id → the groups that it is directly in. */
  readonly memberOf: Readonly<Record<string, readonly string[]>>;
  /** Object id of an application → its federated credentials. */
  readonly federated: Readonly<Record<string, readonly Body[]>>;
  /** Object id of an application or service principal → ids of its owners. */
  readonly owners: Readonly<Record<string, readonly string[]>>;
  readonly roleDefinitions: readonly Body[];
  readonly roleAssignments: readonly Body[];
  readonly roleEligibilities: readonly Body[];
}

export const everyConsent = [
  "Application.Read.All",
  "GroupMember.Read.All",
  "RoleManagement.Read.Directory",
  "User.Read.All",
] as const;

export const emptyGraph: GraphState = {
  consent: everyConsent,
  p2: true,
  applications: [],
  servicePrincipals: [],
  users: [],
  groups: [],
  memberOf: {},
  federated: {},
  owners: {},
  roleDefinitions: [],
  roleAssignments: [],
  roleEligibilities: [],
};

type Failure = { readonly status: 400 | 403 | 404 | 405; readonly code: string; readonly message: string };
type GraphAnswer = { readonly status: 200; readonly body: Body } | Failure;

const failure = (status: Failure["status"], code: string, message: string): Failure => ({
  status,
  code,
  message,
});
const missing = (id: string) =>
  failure(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

/** What Graph answers to an authenticated request below `/v1.0`. */
export function answerGraph(
  state: GraphState,
  method: string,
  url: URL,
  paging: { readonly url: string; readonly pageSize: number },
): GraphAnswer {
  if (method !== "GET") return failure(405, "Request_BadRequest", "the test server answers only GET");
  const path = decodeURIComponent(url.pathname).replace(/^\/v1\.0/, "");
  const may = (permission: string) => state.consent.includes(permission);
  const denied = failure(
    403,
    "Authorization_RequestDenied",
    "Insufficient privileges to complete the operation.",
  );
  const role = /^\/roleManagement\/directory\/(roleAssignments|roleEligibilityScheduleInstances)$/.exec(path);
  if (role !== null) {
    if (!may("RoleManagement.Read.Directory"))
      return role[1] === "roleAssignments"
        ? denied
        : failure(403, "PermissionScopeNotGranted", "Authorization failed due to missing permission scope.");
    if (role[1] !== "roleAssignments" && !state.p2)
      return failure(
        400,
        "AadPremiumLicenseRequired",
        "The tenant needs to have Microsoft Entra ID P2 license.",
      );
    const holder = /^principalId eq '([^']+)'$/.exec(url.searchParams.get("$filter") ?? "")?.[1];
    if (holder === undefined)
      return failure(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter.");
    const all = role[1] === "roleAssignments" ? state.roleAssignments : state.roleEligibilities;
    const expand = url.searchParams.get("$expand") === "roleDefinition";
    const found = all
      .filter(({ principalId }) => String(principalId).toLowerCase() === holder.toLowerCase())
      .map((body): Body => {
        const definition = state.roleDefinitions.find(({ id }) => id === body.roleDefinitionId) ?? null;
        return expand ? { ...body, roleDefinition: definition } : body;
      });
    return page(found, url, paging);
  }
  const object =
    /^\/(applications|servicePrincipals|users)(?:\/([^/()]+)|\(appId='([^']+)'\))(?:\/(federatedIdentityCredentials|owners|transitiveMemberOf))?$/.exec(
      path,
    );
  if (object === null)
    return failure(400, "BadRequest", `Resource not found for the segment '${path.split("/")[1]}'.`);
  const [, collection, id, appId, list] = object as unknown as [
    string,
    "applications" | "servicePrincipals" | "users",
    string | undefined,
    string | undefined,
    string | undefined,
  ];
  const permission =
    collection === "users"
      ? list === undefined
        ? "User.Read.All"
        : "GroupMember.Read.All"
      : "Application.Read.All";
  if (!may(permission)) return denied;
  const body = state[collection].find((each: Body) =>
    id === undefined ? each.appId === appId : each.id === id,
  );
  if (body === undefined) return missing(id ?? appId ?? "");
  const own = String(body.id);
  if (list === undefined) return { status: 200, body: selected(body, url) };
  if (list === "federatedIdentityCredentials") return page(state.federated[own] ?? [], url, paging);
  const ids = list === "owners" ? (state.owners[own] ?? []) : groupsAbove(state, own);
  const objects = ids.flatMap((each): readonly Body[] => {
    const found = directoryObject(state, each);
    return found === undefined ? [] : [found];
  });
  return page(
    objects.map((each) => selected(each, url)),
    url,
    paging,
  );
}

function selected(body: Body, url: URL): Body {
  const names = url.searchParams.get("$select")?.split(",");
  if (names === undefined) return body;
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => name.startsWith("@odata.") || names.includes(name)),
  );
}

const types = {
  applications: "application",
  servicePrincipals: "servicePrincipal",
  users: "user",
  groups: "group",
} as const;

function directoryObject(state: GraphState, id: string): Body | undefined {
  for (const [collection, type] of Object.entries(types)) {
    const found = state[collection as keyof typeof types].find((each) => each.id === id);
    if (found !== undefined) return { "@odata.type": `#microsoft.graph.${type}`, ...found };
  }
  return undefined;
}

function groupsAbove(state: GraphState, id: string): readonly string[] {
  const found = new Set<string>();
  const walk = (of: string): void => {
    for (const group of state.memberOf[of] ?? []) {
      if (found.has(group)) continue;
      found.add(group);
      walk(group);
    }
  };
  walk(id);
  return [...found];
}

function page(
  bodies: readonly Body[],
  url: URL,
  paging: { readonly url: string; readonly pageSize: number },
): GraphAnswer {
  const start = Number(url.searchParams.get("$skiptoken") ?? 0) || 0;
  const end = start + paging.pageSize;
  const value = bodies.slice(start, end);
  const context = { "@odata.context": `${paging.url}/v1.0/$metadata#directoryObjects` };
  if (end >= bodies.length) return { status: 200, body: { ...context, value } };
  const next = new URL(url.pathname + url.search, paging.url);
  next.searchParams.set("$skiptoken", String(end));
  return { status: 200, body: { ...context, "@odata.nextLink": next.href, value } };
}
