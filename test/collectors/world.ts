import {
  type AzureState,
  azureState,
  builtIn,
  denyAssignment,
  eligibility,
  provider,
  resource,
  resourceGroup,
  roleAssignment,
  roleDefinition,
  subscriptionId,
} from "../servers/azure-state.ts";

export const vendor = "aaaaaaaa-0000-4000-8000-000000000001";
export const team = "bbbbbbbb-0000-4000-8000-000000000001";
export const stranger = "cccccccc-0000-4000-8000-000000000001";
export const vendorRole = "55555555-aaaa-4aaa-8aaa-000000000001";
export const sub = `/subscriptions/${subscriptionId}`;

/** A subscription in which a vendor holds one custom role directly and another role through a group. */
export function vendorWorld(): Partial<AzureState> {
  return {
    roleDefinitions: [
      ...azureState().roleDefinitions,
      roleDefinition({
        id: vendorRole,
        name: "Vendor Manager",
        permissions: [
          { actions: ["Microsoft.Compute/*"], notActions: ["Microsoft.Compute/disks/delete"] },
          {
            dataActions: ["Microsoft.KeyVault/vaults/secrets/*"],
            condition: "@Resource[x] StringEquals 'a'",
          },
        ],
      }),
    ],
    groups: { [team]: [vendor] },
    roleAssignments: [
      roleAssignment({ name: "a1", role: vendorRole, principal: vendor }),
      roleAssignment({
        name: "a2",
        role: builtIn.reader,
        principal: team,
        principalType: "Group",
        scope: `${sub}/resourceGroups/rg1`,
      }),
      roleAssignment({ name: "a3", role: builtIn.owner, principal: stranger, principalType: "User" }),
    ],
    denyAssignments: [
      denyAssignment({ name: "d1", scope: `${sub}/resourceGroups/rg1`, permissions: [{ actions: ["*"] }] }),
    ],
    eligibilities: [
      eligibility({ name: "e1", role: builtIn.owner, principal: team, principalType: "Group" }),
    ],
    operations: [
      provider("Microsoft.Compute", ["Microsoft.Compute/disks/read", "Microsoft.Compute/disks/delete"]),
      provider("Microsoft.KeyVault", ["data:Microsoft.KeyVault/vaults/secrets/getSecret/action"]),
    ],
    resourceGroups: [resourceGroup("rg1"), resourceGroup("RG-Two")],
    resources: [
      resource("Microsoft.KeyVault/vaults", "rg1", "kv1"),
      resource("Microsoft.Cache/Redis", "rg1", "redis1"),
    ],
    managedClusters: [
      resource("Microsoft.ContainerService/managedClusters", "rg1", "aks1", {
        properties: { enableRBAC: true, aadProfile: { adminGroupObjectIDs: null } },
      }),
    ],
    vaults: [
      resource("Microsoft.KeyVault/vaults", "rg1", "kv1", {
        properties: {
          enableRbacAuthorization: false,
          accessPolicies: [
            { objectId: vendor, permissions: { keys: ["get"], secrets: ["get", "list"], certificates: [] } },
          ],
        },
      }),
    ],
  };
}
