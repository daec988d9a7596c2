import { provider } from "../../servers/azure-state.ts";
import type { Body } from "../servers/azure/state.ts";

/**
 * Operations that exist today, of every provider that the documented role names and of some that it does not: a
 * selection from Microsoft's list of resource provider operations. A name that starts with `data:` is a data action.
 */
const operations: Readonly<Record<string, readonly string[]>> = {
  "Microsoft.Authorization": [
    "Microsoft.Authorization/denyAssignments/read",
    "Microsoft.Authorization/elevateAccess/action",
    "Microsoft.Authorization/locks/delete",
    "Microsoft.Authorization/locks/write",
    "Microsoft.Authorization/policyAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleDefinitions/delete",
    "Microsoft.Authorization/roleDefinitions/read",
    "Microsoft.Authorization/roleDefinitions/write",
  ],
  "Microsoft.Cache": ["Microsoft.Cache/redis/listKeys/action", "Microsoft.Cache/redis/write"],
  "Microsoft.Compute": [
    "Microsoft.Compute/capacityReservationGroups/delete",
    "Microsoft.Compute/capacityReservationGroups/write",
    "Microsoft.Compute/disks/beginGetAccess/action",
    "Microsoft.Compute/disks/write",
    "Microsoft.Compute/galleries/write",
    "Microsoft.Compute/images/write",
    "Microsoft.Compute/restorePointCollections/write",
    "Microsoft.Compute/snapshots/write",
    "Microsoft.Compute/sshPublicKeys/write",
    "Microsoft.Compute/virtualMachineScaleSets/write",
    "Microsoft.Compute/virtualMachines/extensions/write",
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/restart/action",
    "Microsoft.Compute/virtualMachines/runCommand/action",
    "Microsoft.Compute/virtualMachines/write",
    "data:Microsoft.Compute/virtualMachines/login/action",
    "data:Microsoft.Compute/virtualMachines/loginAsAdmin/action",
  ],
  "Microsoft.ContainerRegistry": [
    "Microsoft.ContainerRegistry/registries/pull/read",
    "Microsoft.ContainerRegistry/registries/push/write",
  ],
  "Microsoft.ContainerService": [
    "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
    "Microsoft.ContainerService/managedClusters/read",
    "Microsoft.ContainerService/managedClusters/write",
    "Microsoft.ContainerService/operations/read",
  ],
  "Microsoft.DocumentDB": [
    "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
    "Microsoft.DocumentDB/databaseAccounts/write",
  ],
  "Microsoft.EventHub": ["Microsoft.EventHub/namespaces/read", "Microsoft.EventHub/namespaces/write"],
  "Microsoft.Insights": ["Microsoft.Insights/components/write", "Microsoft.Insights/logs/read"],
  "Microsoft.KeyVault": [
    "Microsoft.KeyVault/vaults/accessPolicies/write",
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/vaults/write",
    "data:Microsoft.KeyVault/vaults/certificates/read",
    "data:Microsoft.KeyVault/vaults/keys/decrypt/action",
    "data:Microsoft.KeyVault/vaults/secrets/getSecret/action",
  ],
  "Microsoft.ManagedIdentity": [
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    "Microsoft.ManagedIdentity/userAssignedIdentities/write",
  ],
  "Microsoft.ManagedServices": ["Microsoft.ManagedServices/registrationAssignments/write"],
  "Microsoft.Network": [
    "Microsoft.Network/azureFirewalls/write",
    "Microsoft.Network/networkInterfaces/write",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
    "Microsoft.Network/virtualNetworks/write",
  ],
  "Microsoft.OperationalInsights": [
    "Microsoft.OperationalInsights/workspaces/query/read",
    "Microsoft.OperationalInsights/workspaces/write",
  ],
  "Microsoft.Resources": [
    "Microsoft.Resources/deployments/write",
    "Microsoft.Resources/subscriptions/resourceGroups/delete",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/subscriptions/resourceGroups/write",
    "Microsoft.Resources/tags/write",
  ],
  "Microsoft.Sql": [
    "Microsoft.Sql/servers/administrators/write",
    "Microsoft.Sql/servers/databases/read",
    "Microsoft.Sql/servers/databases/write",
  ],
  "Microsoft.Storage": [
    "Microsoft.Storage/storageAccounts/delete",
    "Microsoft.Storage/storageAccounts/fileServices/shares/delete",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Storage/storageAccounts/write",
    "data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    "data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
  ],
  "Microsoft.Support": ["Microsoft.Support/supportTickets/write"],
};

/** The answer of the provider operations list. */
export const providerOperations: readonly Body[] = Object.entries(operations).map(([name, list]) =>
  provider(name, list),
);

/** How many operations the list holds. */
export const operationCount = Object.values(operations).flat().length;
