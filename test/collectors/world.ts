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
import { emptyGraph, type GraphState } from "../servers/graph-answers.ts";

export const vendor = "aaaaaaaa-0000-4000-8000-000000000001";
export const team = "bbbbbbbb-0000-4000-8000-000000000001";
export const stranger = "cccccccc-0000-4000-8000-000000000001";
export const vendorRole = "55555555-aaaa-4aaa-8aaa-000000000001";
export const sub = `/subscriptions/${subscriptionId}`;

export const closed = "bbbbbbbb-0000-4000-8000-000000000002";
export const vendorApp = "66666666-aaaa-4aaa-8aaa-000000000001";
export const vendorApplication = "77777777-aaaa-4aaa-8aaa-000000000001";
export const directoryReader = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
export const storageAccount = `${sub}/resourceGroups/rg1/providers/Microsoft.Storage/storageAccounts/st1`;
/** The dates and the name of a credential; the rest is what nobody may see. */
const credential = (keyId: string) => ({
  keyId,
  startDateTime: "2026-01-01T00:00:00Z",
  endDateTime: "2027-01-01T00:00:00Z",
});

/** A directory that knows the vendor, its application, who owns it, and that its team reads the directory. */
export function vendorDirectory(changes: Partial<GraphState> = {}): GraphState {
  return {
    ...emptyGraph,
    servicePrincipals: [
      {
        "@odata.context": "https://graph/v1.0/$metadata#servicePrincipals/$entity",
        id: vendor,
        appId: vendorApp,
        displayName: "vendor",
        accountEnabled: true,
        passwordCredentials: [{ ...credential("k1"), hint: "canary-hint", secretText: "canary-secret-text" }],
        keyCredentials: [{ ...credential("k2"), key: "canary-key", customKeyIdentifier: "canary-thumb" }],
      },
    ],
    applications: [
      {
        id: vendorApplication,
        appId: vendorApp,
        displayName: "vendor",
        passwordCredentials: [],
        keyCredentials: [],
      },
    ],
    users: [{ id: stranger, displayName: "Stranger", mail: "canary-mail@example.com" }],
    groups: [
      { id: team, displayName: "team", isAssignableToRole: true, description: "canary-description" },
      { id: closed, displayName: "closed", isAssignableToRole: false },
    ],
    memberOf: { [vendor]: [team, closed] },
    owners: { [vendorApplication]: [stranger], [vendor]: [] },
    federated: {
      [vendorApplication]: [
        {
          id: "f1",
          name: "ci",
          issuer: "https://issuer.example",
          subject: "repo:a/b:ref:refs/heads/main",
          audiences: ["a"],
          description: "canary-federated-description",
        },
      ],
    },
    roleDefinitions: [{ id: directoryReader, templateId: directoryReader, displayName: "Directory Readers" }],
    roleAssignments: [
      { id: "ra1", principalId: team, roleDefinitionId: directoryReader, directoryScopeId: "/" },
    ],
    ...changes,
  };
}
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
    others: {
      "Microsoft.DBforPostgreSQL/flexibleServers": [
        resource("Microsoft.DBforPostgreSQL/flexibleServers", "rg1", "pg1", {
          properties: { state: "Ready" },
        }),
      ],
      "Microsoft.Network/virtualNetworks": [
        resource("Microsoft.Network/virtualNetworks", "rg1", "vnet1", { properties: { subnets: [] } }),
      ],
      "Microsoft.Storage/storageAccounts": [
        resource("Microsoft.Storage/storageAccounts", "rg1", "st1", { properties: {} }),
      ],
    },
    containers: {
      [storageAccount]: [
        {
          id: `${storageAccount}/blobServices/default/containers/c1`,
          name: "c1",
          properties: { publicAccess: "None" },
        },
      ],
    },
    graph: vendorDirectory(),
  };
}
