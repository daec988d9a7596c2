import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import {
  type AzureState,
  azureState,
  type Body,
  type Permissions,
  resource,
  resourceGroup,
  roleAssignment,
  roleDefinition,
  subscriptionId,
} from "../servers/azure-state.ts";
import { operations } from "./operations.ts";

export const SUB = `/subscriptions/${subscriptionId}`;
export const RG = `${SUB}/resourceGroups/rg-chalk`;
export const VAULT = `${RG}/providers/Microsoft.KeyVault/vaults/kv-chalk`;
export const MG = "/providers/Microsoft.Management/managementGroups/root-mg";

/** The vendor's service principal. */
export const vendor = "aaaaaaaa-0000-4000-8000-000000000001";
/** A second one, which holds the same role in some worlds. */
export const second = "aaaaaaaa-0000-4000-8000-000000000002";
/** A group that the vendor is in, and one that it is in through it. */
export const team = "bbbbbbbb-0000-4000-8000-000000000001";
export const outer = "bbbbbbbb-0000-4000-8000-000000000002";
export const stranger = "cccccccc-0000-4000-8000-000000000001";

export const managerRole = "d0000000-0000-4000-8000-000000000001";
export const logRole = "d0000000-0000-4000-8000-000000000002";
export const otherRole = "d0000000-0000-4000-8000-000000000003";

/** Parameters of the clean world: the subscription is declared, so are its resource groups. */
export const flags = { subscription: [subscriptionId], set: ["resourceGroups=rg-chalk"] };

function documented(control: string): Required<Omit<Permissions, "condition">> {
  const found = loadBaseline("chalk-azure", checks).baseline.controls.find((c) => c.id === control);
  const { permissions: [permissions] = [] } = (found?.with ?? {}) as {
    permissions?: Required<Permissions>[];
  };
  if (permissions === undefined) throw new Error(`control ${control} documents no permissions`);
  const { actions, notActions, dataActions, notDataActions } = permissions;
  return { actions, notActions, dataActions, notDataActions };
}

/** What the page prints for the platform manager, and for reading logs. */
export const manager = documented("platform-manager-role");
export const logs = documented("log-reader-role");

/** A list with one entry replaced; it must be there. */
export function swapped(list: readonly string[], entry: string, ...by: readonly string[]): string[] {
  if (!list.includes(entry)) throw new Error(`${entry} is not in the list`);
  return list.flatMap((each) => (each === entry ? by : [each]));
}

export function managerDefinition(
  permissions: readonly Permissions[],
  other: { readonly id?: string; readonly name?: string; readonly assignableScopes?: readonly string[] } = {},
): Body {
  return roleDefinition({ id: managerRole, name: "Chalk Platform Manager", permissions, ...other });
}

/** The assignment of the documented role to the vendor. */
export function managerAssignment(other: Partial<Parameters<typeof roleAssignment>[0]> = {}): Body {
  return roleAssignment({ name: "a-manager", role: managerRole, principal: vendor, ...other });
}

export const stockRoles = azureState().roleDefinitions;

/** Someone of the customer's own, who owns the subscription: nobody's drift. */
export const bystander = roleAssignment({
  name: "a-owner",
  role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  principal: stranger,
  principalType: "User",
});

export const vault = (properties: Body, name = "kv-chalk"): Body =>
  resource("Microsoft.KeyVault/vaults", "rg-chalk", name, {
    properties: { sku: { family: "A", name: "standard" }, tenantId: "t", ...properties },
  });

export const cluster = (properties: Body): Body =>
  resource("Microsoft.ContainerService/ManagedClusters", "rg-chalk", "aks-chalk", {
    properties: { nodeResourceGroup: "MC_rg-chalk_aks-chalk_westeurope", ...properties },
  });

/** Types as the provider writes them, whose case is not always the documentation's. */
const services = [
  ["Microsoft.ContainerService/managedClusters", "aks-chalk"],
  ["Microsoft.ContainerRegistry/registries", "acrchalk"],
  ["Microsoft.Storage/storageAccounts", "stchalk"],
  ["Microsoft.Sql/servers", "sql-chalk"],
  ["Microsoft.DocumentDb/databaseAccounts", "cosmos-chalk"],
  ["Microsoft.Cache/Redis", "redis-chalk"],
  ["Microsoft.EventHub/Namespaces", "eh-chalk"],
  ["Microsoft.ServiceBus/Namespaces", "sb-chalk"],
  ["Microsoft.KeyVault/vaults", "kv-chalk"],
  ["Microsoft.OperationalInsights/workspaces", "log-chalk"],
  ["microsoft.insights/components", "appi-chalk"],
] as const;

export const resources = services.map(([type, name]) => resource(type, "rg-chalk", name));

/** A subscription exactly as the page wants it. */
export function clean(changes: Partial<AzureState> = {}): Partial<AzureState> {
  return {
    roleDefinitions: [...stockRoles, managerDefinition([manager])],
    roleAssignments: [managerAssignment(), bystander],
    groups: { [team]: [vendor], [outer]: [team] },
    operations,
    resourceGroups: [
      resourceGroup("rg-chalk"),
      resourceGroup("MC_rg-chalk_aks-chalk_westeurope"),
      resourceGroup("NetworkWatcherRG"),
    ],
    resources,
    managedClusters: [cluster({ enableRBAC: true, aadProfile: { adminGroupObjectIDs: null } })],
    vaults: [vault({ enableRbacAuthorization: true, accessPolicies: [] })],
    ...changes,
  };
}

/** The clean world with the manager role's permissions replaced. */
export function withRole(...permissions: readonly Permissions[]): Partial<AzureState> {
  return clean({ roleDefinitions: [...stockRoles, managerDefinition(permissions)] });
}

/** The clean world with assignments beside the vendor's. */
export function withAlso(...assignments: readonly Body[]): Partial<AzureState> {
  return clean({ roleAssignments: [managerAssignment(), bystander, ...assignments] });
}

/** The clean world with these assignments in place of the vendor's. */
export function withInstead(...assignments: readonly Body[]): Partial<AzureState> {
  return clean({ roleAssignments: [bystander, ...assignments] });
}
