import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import {
  type AzureState,
  type Body,
  type Permissions,
  resource,
  resourceGroup,
  roleAssignment,
  roleDefinition,
  tenantId,
} from "../servers/azure-state.ts";
import { emptyGraph, type GraphState } from "../servers/graph-answers.ts";
import { vendor as app, bystander, SUB, stockRoles, stranger, team } from "./chalk.ts";
import { operations } from "./operations.ts";

/** The Metaflow stack as the page describes it: what the subscription, the directory and the cluster hold. */

export const GROUP = "rg-flows";
export const RG = `${SUB}/resourceGroups/${GROUP}`;
export const ACCOUNT = `${RG}/providers/Microsoft.Storage/storageAccounts/stflows`;
export const CONTAINER = `${ACCOUNT}/blobServices/default/containers/artifacts`;
export const CLUSTER = `${RG}/providers/Microsoft.ContainerService/managedClusters/aks-flows`;
export const NETWORK = `${RG}/providers/Microsoft.Network/virtualNetworks/vnet-flows`;
export const POOLS = `${NETWORK}/subnets/aks`;
export const DATA = `${NETWORK}/subnets/database`;
export const adminRole = "d0000000-0000-4000-8000-00000000000a";
export const deployer = stranger;
export { app };

/** The provider's own roles, by their real ids. */
export const blob = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
export const contributor = "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8";
export const user = "4abbcc35-e782-43d8-92c5-2d3f1bd2253f";

export const builtInRole = (id: string, name: string, permissions: Permissions) =>
  roleDefinition({ id, name, type: "BuiltInRole", permissions: [permissions] });
export const stock = [
  ...stockRoles,
  builtInRole(blob, "Storage Blob Data Contributor", {
    actions: [
      "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
      "Microsoft.Storage/storageAccounts/blobServices/containers/read",
      "Microsoft.Storage/storageAccounts/blobServices/containers/write",
      "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
    ],
    dataActions: [
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
    ],
  }),
  builtInRole(contributor, "Azure Kubernetes Service Contributor Role", {
    actions: [
      "Microsoft.ContainerService/managedClusters/read",
      "Microsoft.ContainerService/managedClusters/write",
      "Microsoft.Resources/deployments/*",
    ],
  }),
  builtInRole(user, "Azure Kubernetes Service Cluster User Role", {
    actions: [
      "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
      "Microsoft.ContainerService/managedClusters/read",
    ],
  }),
];

const adminControl = loadBaseline("metaflow-azure", checks).baseline.controls.find(
  (c) => c.id === "admin-role",
);
const { permissions: objects = [] } = (adminControl?.with ?? {}) as { permissions?: { actions: string[] }[] };
export const setUp = objects[0]?.actions ?? [];
export const tearDown = objects[1]?.actions ?? [];
export const admin = (...permissions: Permissions[]) =>
  roleDefinition({ id: adminRole, name: "Metaflow admin", permissions });
export const both = admin({ actions: [...setUp, ...tearDown] });
export const held = (name: string, role: string, scope: string) =>
  roleAssignment({ name, role, principal: app, scope });
export const documented = [
  held("a-blob", blob, CONTAINER),
  held("a-aks", contributor, CLUSTER),
  held("a-user", user, CLUSTER),
];

const DELEGATED = "Microsoft.DBforPostgreSQL/flexibleServers";

export const subnet = (id: string, ...delegations: readonly string[]): Body => ({
  id,
  name: id.split("/").at(-1),
  properties: {
    addressPrefix: "10.10.0.0/24",
    delegations: delegations.map((serviceName) => ({ name: "fs", properties: { serviceName } })),
  },
});
export const network = (name: string, subnets: readonly Body[], group = GROUP): Body =>
  resource("Microsoft.Network/virtualNetworks", group, name, {
    properties: { addressSpace: { addressPrefixes: ["10.0.0.0/8"] }, subnets },
  });
export const pool = (
  name: string,
  mode: string,
  enableAutoScaling: boolean,
  vnetSubnetID?: string,
): Body => ({
  name,
  mode,
  enableAutoScaling,
  count: 1,
  ...(vnetSubnetID === undefined ? {} : { vnetSubnetID }),
});
export const cluster = (agentPoolProfiles: readonly Body[], name = "aks-flows", group = GROUP): Body =>
  resource("Microsoft.ContainerService/managedClusters", group, name, {
    properties: { agentPoolProfiles, nodeResourceGroup: `MC_${group}_${name}` },
  });
export const database = (properties: Body, name = "pg-flows", group = GROUP): Body =>
  resource("Microsoft.DBforPostgreSQL/flexibleServers", group, name, {
    properties: {
      state: "Ready",
      administratorLogin: "metaflow",
      network: { publicNetworkAccess: "Disabled", delegatedSubnetResourceId: DATA },
      ...properties,
    },
  });
export const account = (name: string, properties: Body = {}, group = GROUP): Body =>
  resource("Microsoft.Storage/storageAccounts", group, name, {
    properties: { allowBlobPublicAccess: true, ...properties },
  });
export const container = (name: string, publicAccess = "None"): Body => ({
  id: `${ACCOUNT}/blobServices/default/containers/${name}`,
  name,
  type: "Microsoft.Storage/storageAccounts/blobServices/containers",
  properties: { publicAccess, deleted: false, metadata: { note: "canary-container-metadata" } },
});

export const pools = [pool("default", "System", false, POOLS), pool("taskworkers", "User", true, POOLS)];
export const types = {
  networks: "Microsoft.Network/virtualNetworks",
  accounts: "Microsoft.Storage/storageAccounts",
  databases: "Microsoft.DBforPostgreSQL/flexibleServers",
} as const;
export const home = network("vnet-flows", [subnet(DATA, DELEGATED), subnet(POOLS)]);

/** The lists of the providers, with some replaced. */
export function others(
  changes: Partial<Record<keyof typeof types, readonly Body[]>> = {},
): AzureState["others"] {
  return {
    [types.networks]: changes.networks ?? [home],
    [types.accounts]: changes.accounts ?? [account("stflows")],
    [types.databases]: changes.databases ?? [database({})],
  };
}

export const APP_ID = "66666666-bbbb-4bbb-8bbb-000000000001";
export const APPLICATION = "88888888-aaaa-4aaa-8aaa-000000000001";
export const ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
export const GLOBAL = "62e90394-69f5-4237-9190-012177145e10";

/** A password; its hint is the first letters of it. */
export const password = (startDateTime: string, endDateTime: string): Body => ({
  keyId: "dddddddd-aaaa-4aaa-8aaa-000000000001",
  hint: "canary-hint",
  displayName: "canary-credential-name",
  secretText: null,
  startDateTime,
  endDateTime,
});
export const valid = password("2026-01-01T00:00:00Z", "2027-11-01T00:00:00Z");
export const past = password("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z");

export const principal = (changes: Body = {}): Body => ({
  id: app,
  appId: APP_ID,
  displayName: "sp-metaflow",
  accountEnabled: true,
  servicePrincipalType: "Application",
  appOwnerOrganizationId: tenantId,
  passwordCredentials: [past, valid],
  keyCredentials: [],
  ...changes,
});
export const registration = (changes: Body = {}): Body => ({
  id: APPLICATION,
  appId: APP_ID,
  displayName: "sp-metaflow",
  signInAudience: "AzureADMyOrg",
  passwordCredentials: [],
  keyCredentials: [],
  ...changes,
});
export const directoryRole = (principalId: string, role: string, directoryScopeId = "/"): Body => ({
  id: `ra-${principalId}-${role}`,
  principalId,
  roleDefinitionId: role,
  directoryScopeId,
});

export function graph(changes: Partial<GraphState> = {}): GraphState {
  return {
    ...emptyGraph,
    applications: [registration()],
    servicePrincipals: [principal()],
    users: [{ id: deployer, displayName: "Dee", userPrincipalName: "dee@example.com" }],
    groups: [{ id: team, displayName: "platform admins", isAssignableToRole: true }],
    owners: { [APPLICATION]: [deployer], [app]: [deployer] },
    roleDefinitions: [
      { id: ADMINISTRATOR, templateId: ADMINISTRATOR, displayName: "Application Administrator" },
      { id: GLOBAL, templateId: GLOBAL, displayName: "Global Administrator" },
    ],
    roleAssignments: [directoryRole(deployer, ADMINISTRATOR)],
    ...changes,
  };
}

/** The subscription and its directory, with some lists replaced. */
export const stack = (changes: Partial<AzureState> = {}): Partial<AzureState> => ({
  roleDefinitions: [...stock, both],
  roleAssignments: [
    ...documented,
    bystander,
    roleAssignment({ name: "a-admin", role: adminRole, principal: deployer, principalType: "User" }),
  ],
  groups: { [team]: [app] },
  operations,
  resourceGroups: [resourceGroup(GROUP)],
  managedClusters: [cluster(pools)],
  others: others(),
  containers: { [ACCOUNT]: [container("artifacts")] },
  graph: graph(),
  ...changes,
});
