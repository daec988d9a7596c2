import { readFileSync } from "node:fs";
import {
  azureState,
  builtIn,
  type Permissions,
  resource,
  resourceGroup,
  roleAssignment,
  roleDefinition,
  subscriptionId,
  tenantId,
} from "../../servers/azure-state.ts";
import type { Client } from "../servers/azure/setup.ts";
import type { Body, LiveState } from "../servers/azure/state.ts";
import { providerOperations } from "./catalogue.ts";

export { builtIn, subscriptionId, tenantId };

export const subscription = `/subscriptions/${subscriptionId}`;
export const group = "rg-chalk";
export const groupScope = `${subscription}/resourceGroups/${group}`;
export const managementGroup = "/providers/Microsoft.Management/managementGroups/platform-mg";

/** The vendor's service principal: the one that is audited. */
export const vendor = "aaaaaaaa-0000-4000-8000-000000000001";
/** A group of people and applications; the vendor is in it through `nestedTeam`. */
export const team = "aaaaaaaa-0000-4000-8000-0000000000a1";
export const nestedTeam = "aaaaaaaa-0000-4000-8000-0000000000a2";
/** Somebody else, whose access must never be taken for the vendor's. */
export const stranger = "aaaaaaaa-0000-4000-8000-0000000000b1";

export const documentedRoleId = "bbbbbbbb-0000-4000-8000-000000000001";

/** Reads everything. Its secret is a canary: it may stand in no output. */
export const auditor: Client = {
  clientId: "cccccccc-0000-4000-8000-000000000001",
  objectId: "dddddddd-0000-4000-8000-000000000001",
  secret: "canary-live-secret-1f2e3d",
};

/** May read resources, but nothing of Microsoft.Authorization. */
export const reader: Client = {
  clientId: "cccccccc-0000-4000-8000-000000000002",
  objectId: "dddddddd-0000-4000-8000-000000000002",
  secret: "canary-live-secret-4c5b6a",
};

/** May read role definitions, but no assignment. */
export const halfReader: Client = {
  clientId: "cccccccc-0000-4000-8000-000000000003",
  objectId: "dddddddd-0000-4000-8000-000000000003",
  secret: "canary-live-secret-7d8e9f",
};

export const clients: readonly Client[] = [auditor, reader, halfReader];

interface DocumentedRole {
  readonly roleName: string;
  readonly permissions: readonly [
    Permissions & { readonly actions: string[]; readonly dataActions: string[] },
  ];
}

/** The custom role as the vendor's page prints it, taken from the page and not from our baseline. */
export const documentedRole = JSON.parse(
  readFileSync(new URL("./documented-role.json", import.meta.url), "utf8"),
) as DocumentedRole;

/** The documented role as a role definition, with other permission objects if given. */
export function liveRole(permissions: readonly Permissions[] = documentedRole.permissions): Body {
  return roleDefinition({ id: documentedRoleId, name: documentedRole.roleName, permissions });
}

export const documentedAssignment: Body = roleAssignment({
  name: "eeeeeeee-0000-4000-8000-000000000001",
  role: documentedRoleId,
  principal: vendor,
});

/** Assignments that belong to others: none of them may ever be reported. */
const othersAssignments: readonly Body[] = [
  roleAssignment({
    name: "eeeeeeee-0000-4000-8000-0000000000f1",
    role: builtIn.owner,
    principal: stranger,
    principalType: "User",
  }),
  roleAssignment({
    name: "eeeeeeee-0000-4000-8000-0000000000f2",
    role: `/providers/Microsoft.Authorization/roleDefinitions/${builtIn.userAccessAdministrator}`,
    principal: stranger,
    principalType: "User",
    scope: "/",
  }),
];

/**
 * One resource of each service that the page lists, with types in the case in which the providers really write
 * them.
 */
const services: readonly Body[] = [
  resource("Microsoft.ContainerService/managedClusters", group, "aks-chalk"),
  resource("Microsoft.ContainerRegistry/registries", group, "acrchalk"),
  resource("Microsoft.Storage/storageAccounts", group, "stchalk"),
  resource("Microsoft.Sql/servers", group, "sql-chalk"),
  resource("Microsoft.DocumentDb/databaseAccounts", group, "cosmos-chalk"),
  resource("Microsoft.Cache/Redis", group, "redis-chalk"),
  resource("Microsoft.EventHub/namespaces", group, "eh-chalk"),
  resource("Microsoft.ServiceBus/namespaces", group, "sb-chalk"),
  resource("Microsoft.KeyVault/vaults", group, "kv-chalk"),
  resource("Microsoft.OperationalInsights/workspaces", group, "law-chalk"),
  resource("microsoft.insights/components", group, "ai-chalk"),
];

const cluster: Body = resource("Microsoft.ContainerService/managedClusters", group, "aks-chalk", {
  properties: {
    provisioningState: "Succeeded",
    kubernetesVersion: "1.33",
    enableRBAC: true,
    aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: null, tenantID: tenantId },
  },
});

const vault: Body = resource("Microsoft.KeyVault/vaults", group, "kv-chalk", {
  properties: {
    sku: { family: "A", name: "standard" },
    tenantId,
    accessPolicies: [],
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    vaultUri: "https://kv-chalk.vault.azure.net/",
  },
});

/** The subscription as the vendor's page wants it. `changes` replaces whole lists. */
export function documentedWorld(changes: Partial<LiveState> = {}): LiveState {
  const base = azureState();
  return {
    groups: { [team]: [nestedTeam, stranger], [nestedTeam]: [vendor] },
    managementGroups: { [subscriptionId]: ["platform-mg", "root-mg"] },
    callers: {
      [reader.objectId]: { actions: ["*/read"], notActions: ["Microsoft.Authorization/*/read"] },
      [halfReader.objectId]: {
        actions: ["*/read"],
        notActions: ["Microsoft.Authorization/roleAssignments/read"],
      },
    },
    directory: [
      { id: vendor, displayName: "vendor platform", type: "servicePrincipal", appId: "vendor-app" },
      { id: team, displayName: "platform team", type: "group" },
      { id: stranger, displayName: "somebody else", type: "user" },
    ],
    subscriptions: base.subscriptions,
    resourceGroups: [resourceGroup(group), resourceGroup("MC_rg-chalk_aks-chalk_westeurope")],
    resources: services,
    roleDefinitions: [...base.roleDefinitions, liveRole()],
    roleAssignments: [...othersAssignments, documentedAssignment],
    denyAssignments: [],
    roleEligibilityScheduleInstances: [],
    providerOperations,
    managedClusters: [cluster],
    vaults: [vault],
    ...changes,
  };
}

/** The documented world with another role definition in the documented one's place. */
export function worldWithRole(permissions: readonly Permissions[]): LiveState {
  return documentedWorld({ roleDefinitions: [...azureState().roleDefinitions, liveRole(permissions)] });
}

/** The documented world with more assignments. */
export function worldWithAssignments(...more: readonly Body[]): LiveState {
  return documentedWorld({ roleAssignments: [...othersAssignments, documentedAssignment, ...more] });
}

let number = 0x100;
/** An assignment beside the documented one; `role` is a role definition's GUID or its whole id. */
export function assigned(
  role: string,
  principal: string,
  scope = subscription,
  type = "ServicePrincipal",
): Body {
  number += 1;
  const name = `eeeeeeee-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
  return roleAssignment({ name, role, principal, principalType: type, scope });
}
