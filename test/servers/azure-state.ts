import { emptyGraph, type GraphState } from "./graph-answers.ts";

/** The state that the in-process Resource Manager serves, as data, with the semantics of its filters. */

export type Body = Readonly<Record<string, unknown>>;

export interface AzureState {
  /** The subscription that the lists below belong to. */
  readonly subscriptionId: string;
  /** Management groups above it, nearest first. */
  readonly managementGroups: readonly string[];
  readonly subscriptions: readonly Body[];
  readonly roleDefinitions: readonly Body[];
  readonly roleAssignments: readonly Body[];
  /** Group id → its direct members, groups among them. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly denyAssignments: readonly Body[];
  readonly eligibilities: readonly Body[];
  /** False: the tenant has no licence for eligible roles. */
  readonly eligibilityLicence: boolean;
  /** Provider operations, one body per provider. */
  readonly operations: readonly Body[];
  readonly resourceGroups: readonly Body[];
  readonly resources: readonly Body[];
  readonly managedClusters: readonly Body[];
  readonly vaults: readonly Body[];
  /** Lists of other providers by type: `Microsoft.Consumption/budgets`. */
  readonly others: Readonly<Record<string, readonly Body[]>>;
  /** Id of a storage account → its containers. */
  readonly containers: Readonly<Record<string, readonly Body[]>>;
  /** The directory, as Microsoft Graph tells of it. */
  readonly graph: GraphState;
  /** Resource providers that the subscription is not registered for. */
  readonly unregistered: readonly string[];
}

export const subscriptionId = "6b1f4e5f-0000-4000-8000-000000000001";
export const tenantId = "7a000000-0000-4000-8000-000000000001";

/** Built-in roles by their real ids. */
export const builtIn = {
  owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  userAccessAdministrator: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
} as const;

/** Types that every subscription can list. */
const noOthers: AzureState["others"] = {
  "Microsoft.DBforPostgreSQL/flexibleServers": [],
  "Microsoft.Network/virtualNetworks": [],
  "Microsoft.Storage/storageAccounts": [],
};

/**
 * An empty subscription with the four basic built-in roles; `changes` replaces whole lists, and of other providers those
 * that it has.
 */
export function azureState(changes: Partial<AzureState> = {}): AzureState {
  const id = changes.subscriptionId ?? subscriptionId;
  return {
    subscriptionId: id,
    managementGroups: ["root-mg"],
    subscriptions: [
      {
        id: `/subscriptions/${id}`,
        subscriptionId: id,
        tenantId,
        displayName: "Chalk production",
        state: "Enabled",
        subscriptionPolicies: { quotaId: "PayAsYouGo_2014-09-01", spendingLimit: "Off" },
      },
    ],
    roleDefinitions: builtInRoles(id),
    roleAssignments: [],
    groups: {},
    denyAssignments: [],
    eligibilities: [],
    eligibilityLicence: true,
    operations: [],
    resourceGroups: [],
    resources: [],
    managedClusters: [],
    vaults: [],
    containers: {},
    graph: emptyGraph,
    unregistered: [],
    ...changes,
    others: { ...noOthers, ...changes.others },
  };
}

export interface Permissions {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
  readonly condition?: string;
}

export function roleDefinition(role: {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permissions[];
  readonly type?: "BuiltInRole" | "CustomRole";
  readonly assignableScopes?: readonly string[];
  readonly subscription?: string;
}): Body {
  const scope = `/subscriptions/${role.subscription ?? subscriptionId}`;
  const type = role.type ?? "CustomRole";
  return {
    properties: {
      roleName: role.name,
      type,
      description: "",
      assignableScopes: role.assignableScopes ?? (type === "BuiltInRole" ? ["/"] : [scope]),
      permissions: role.permissions.map((entry) => ({
        actions: [],
        notActions: [],
        dataActions: [],
        notDataActions: [],
        ...entry,
      })),
      createdOn: "2024-01-02T03:04:05.1234567Z",
      updatedOn: "2024-01-02T03:04:05.1234567Z",
      createdBy: null,
      updatedBy: null,
    },
    id: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`,
    type: "Microsoft.Authorization/roleDefinitions",
    name: role.id,
  };
}

function builtInRoles(subscription: string): readonly Body[] {
  const role = (id: string, name: string, permissions: Permissions) =>
    roleDefinition({ id, name, permissions: [permissions], type: "BuiltInRole", subscription });
  return [
    role(builtIn.owner, "Owner", { actions: ["*"] }),
    role(builtIn.contributor, "Contributor", {
      actions: ["*"],
      notActions: [
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
        "Microsoft.Blueprint/blueprintAssignments/write",
        "Microsoft.Blueprint/blueprintAssignments/delete",
        "Microsoft.Compute/galleries/share/action",
        "Microsoft.Purview/consents/write",
        "Microsoft.Purview/consents/delete",
      ],
    }),
    role(builtIn.reader, "Reader", { actions: ["*/read"] }),
    role(builtIn.userAccessAdministrator, "User Access Administrator", {
      actions: ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
    }),
  ];
}

/** A role assignment. `role` is a role definition's GUID or its whole id; `name` the assignment's GUID. */
export function roleAssignment(assignment: {
  readonly name: string;
  readonly role: string;
  readonly principal: string;
  readonly principalType?: string;
  readonly scope?: string;
  readonly condition?: string;
  readonly subscription?: string;
}): Body {
  const own = `/subscriptions/${assignment.subscription ?? subscriptionId}`;
  const scope = assignment.scope ?? own;
  return {
    properties: {
      roleDefinitionId: wholeRoleId(assignment.role, own),
      principalId: assignment.principal,
      principalType: assignment.principalType ?? "ServicePrincipal",
      scope,
      condition: assignment.condition ?? null,
      conditionVersion: assignment.condition === undefined ? null : "2.0",
      createdOn: "2024-01-02T03:04:05.1234567Z",
      updatedOn: "2024-01-02T03:04:05.1234567Z",
      createdBy: null,
      updatedBy: null,
      delegatedManagedIdentityResourceId: null,
      description: null,
    },
    id: `${scope === "/" ? "" : scope}/providers/Microsoft.Authorization/roleAssignments/${assignment.name}`,
    type: "Microsoft.Authorization/roleAssignments",
    name: assignment.name,
  };
}

function wholeRoleId(role: string, scope: string): string {
  return role.startsWith("/") ? role : `${scope}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
}

/** A deny assignment; principals are `{ id, type }`. Without principals it denies everyone, as the provider writes it. */
export function denyAssignment(deny: {
  readonly name: string;
  readonly scope: string;
  readonly permissions: readonly Permissions[];
  readonly principals?: readonly { readonly id: string; readonly type: string }[];
  readonly excludePrincipals?: readonly { readonly id: string; readonly type: string }[];
  readonly doNotApplyToChildScopes?: boolean;
}): Body {
  return {
    properties: {
      denyAssignmentName: deny.name,
      description: null,
      permissions: deny.permissions,
      scope: deny.scope,
      doNotApplyToChildScopes: deny.doNotApplyToChildScopes ?? false,
      principals: deny.principals ?? [{ id: "00000000000000000000000000000000", type: "Everyone" }],
      excludePrincipals: deny.excludePrincipals ?? [],
      isSystemProtected: true,
    },
    id: `${deny.scope}/providers/Microsoft.Authorization/denyAssignments/${deny.name}`,
    type: "Microsoft.Authorization/denyAssignments",
    name: deny.name,
  };
}

/** An eligible (not active) assignment. */
export function eligibility(entry: {
  readonly name: string;
  readonly role: string;
  readonly principal: string;
  readonly principalType?: string;
  readonly scope?: string;
}): Body {
  const own = `/subscriptions/${subscriptionId}`;
  const scope = entry.scope ?? own;
  const role = wholeRoleId(entry.role, own);
  return {
    properties: {
      scope,
      roleDefinitionId: role,
      principalId: entry.principal,
      principalType: entry.principalType ?? "ServicePrincipal",
      status: "Provisioned",
      startDateTime: "2025-01-01T00:00:00Z",
      endDateTime: null,
      memberType: "Direct",
      expandedProperties: { principal: { id: entry.principal, displayName: "eligible one" } },
    },
    name: entry.name,
    id: `/providers/Microsoft.Subscription${scope}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances/${entry.name}`,
    type: "Microsoft.Authorization/roleEligibilityScheduleInstances",
  };
}

/** A provider of the operations catalogue. A name that starts with `data:` is a data action. */
export function provider(name: string, operations: readonly string[]): Body {
  const bodies = operations.map((text) => {
    const isDataAction = text.startsWith("data:");
    const operation = isDataAction ? text.slice("data:".length) : text;
    return { name: operation, displayName: operation, description: operation, origin: null, isDataAction };
  });
  const types = byType(bodies);
  return {
    displayName: name,
    operations: [],
    resourceTypes: [...types].map(([type, list]) => ({ name: type, displayName: type, operations: list })),
    id: `/providers/Microsoft.Authorization/providerOperations/${name}`,
    type: "Microsoft.Authorization/providerOperations",
    name,
  };
}

function byType<T extends { readonly name: string }>(bodies: readonly T[]): Map<string, T[]> {
  const types = new Map<string, T[]>();
  for (const body of bodies) {
    const type = body.name.split("/").slice(1, -1).join("/");
    types.set(type, [...(types.get(type) ?? []), body]);
  }
  return types;
}

export function resourceGroup(name: string, tags: Readonly<Record<string, string>> = {}): Body {
  return {
    id: `/subscriptions/${subscriptionId}/resourceGroups/${name}`,
    name,
    type: "Microsoft.Resources/resourceGroups",
    location: "westeurope",
    tags,
    properties: { provisioningState: "Succeeded" },
  };
}

/** Any resource: `type` is the provider's, `extra` goes beside the common properties. */
export function resource(type: string, group: string, name: string, extra: Body = {}): Body {
  return {
    id: `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/${type}/${name}`,
    name,
    type,
    location: "westeurope",
    tags: {},
    ...extra,
  };
}

/** The principal and every group that it is in, through any number of groups, lower case. */
export function withGroups(state: AzureState, principal: string): ReadonlySet<string> {
  const found = new Set([principal.toLowerCase()]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const [group, members] of Object.entries(state.groups))
      if (members.some((member) => found.has(member.toLowerCase()))) found.add(group.toLowerCase());
  }
  return found;
}

/** Where `inner` lies seen from `scope`. Scopes compare by segment and in any case. */
export function position(
  state: AzureState,
  scope: string,
  inner: string,
): "above" | "at" | "below" | "apart" {
  const here = segments(scope);
  const there = segments(inner);
  if (there.length === 0) return here.length === 0 ? "at" : "above";
  if (there.join("/") === here.join("/")) return "at";
  if (startsWith(there, here)) return "below";
  if (startsWith(here, there)) return "above";
  const managementGroup = /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)$/i.exec(inner)?.[1];
  const above = state.managementGroups.some((name) => name.toLowerCase() === managementGroup?.toLowerCase());
  return above ? "above" : "apart";
}

function segments(scope: string): readonly string[] {
  return scope.toLowerCase().split("/").filter(Boolean);
}

function startsWith(long: readonly string[], short: readonly string[]): boolean {
  return long.length > short.length && short.every((segment, index) => long[index] === segment);
}

/** A property of the provider's `properties`, as text. */
export function property(body: Body, name: string): string {
  const properties = body.properties;
  const value =
    typeof properties === "object" && properties !== null ? (properties as Body)[name] : undefined;
  return typeof value === "string" ? value : "";
}
