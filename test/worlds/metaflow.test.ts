import {
  type AzureState,
  builtIn,
  eligibility,
  roleAssignment,
  roleDefinition,
} from "../servers/azure-state.ts";
import { azureGround, type Row } from "./azure-ground.ts";
import { vendor as app, MG, otherRole, SUB, stockRoles, team } from "./chalk.ts";
import {
  ACCOUNT,
  admin,
  adminRole,
  blob,
  both,
  CLUSTER,
  CONTAINER,
  contributor,
  documented,
  graph,
  held,
  RG,
  setUp,
  stack,
  stock,
  tearDown,
} from "./metaflow-state.ts";
import { describeWorlds } from "./world.ts";

/** Who owns the application is told in the world of the whole stack. */
const clean = (changes: Partial<AzureState> = {}) => stack({ graph: graph({ owners: {} }), ...changes });
const withAlso = (...more: ReturnType<typeof held>[]) => clean({ roleAssignments: [...documented, ...more] });
const instead = (name: string, ...by: ReturnType<typeof held>[]) =>
  clean({ roleAssignments: [...documented.filter((a) => a.name !== name), ...by] });
const baseline = ["metaflow-azure"];
const set = ["resourceGroup=rg-flows", "storageAccount=stflows", "container=artifacts", "cluster=aks-flows"];
const flags = { baseline, subscription: ["6b1f4e5f-0000-4000-8000-000000000001"], principal: [app], set };
const operate = { ...flags, "profile-set": ["operate"] };
const open = { baseline, principal: [app] };

const rows: Readonly<Record<string, Row>> = {
  "profile operate, the role without delete actions": {
    state: clean({ roleDefinitions: [...stock, admin({ actions: setUp })] }),
    flags: operate,
    code: 0,
  },
  "profile operate, the role with delete actions": {
    state: clean(),
    flags: operate,
    code: 1,
    controls: { "admin-role": "fail" },
    findings: [
      "admin-role excess high control Microsoft.Authorization/roleAssignments/delete ! Microsoft.Authorization/roleAssignments/delete",
      "admin-role excess high control Microsoft.ContainerService/managedClusters/agentPools/delete ! Microsoft.ContainerService/managedClusters/agentPools/delete",
      "admin-role excess high control Microsoft.ContainerService/managedClusters/delete ! Microsoft.ContainerService/managedClusters/delete",
      "admin-role excess high control Microsoft.DBforPostgreSQL/flexibleServers/delete ! Microsoft.DBforPostgreSQL/flexibleServers/delete",
      "admin-role excess high control Microsoft.Network/privateDnsZones/delete ! Microsoft.Network/privateDnsZones/delete",
      "admin-role excess high control Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete ! Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete",
      "admin-role excess high control Microsoft.Network/virtualNetworks/delete ! Microsoft.Network/virtualNetworks/delete",
      "admin-role excess high control Microsoft.Network/virtualNetworks/subnets/delete ! Microsoft.Network/virtualNetworks/subnets/delete",
      "admin-role excess high control Microsoft.Resources/subscriptions/resourceGroups/delete ! Microsoft.Resources/subscriptions/resourceGroups/delete",
      "admin-role excess high control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete",
      "admin-role excess low latent control Microsoft.DBforPostgreSQL/flexibleServers/databases/delete ! Microsoft.DBforPostgreSQL/flexibleServers/databases/delete",
    ],
  },
  "profile lifecycle, the role without delete actions": {
    state: clean({ roleDefinitions: [...stock, admin({ actions: setUp })] }),
    flags,
    code: 1,
    controls: { "admin-role": "fail" },
    findings: [
      "admin-role missing low latent control Microsoft.DBforPostgreSQL/flexibleServers/databases/delete ! Microsoft.DBforPostgreSQL/flexibleServers/databases/delete",
      "admin-role missing medium control Microsoft.Authorization/roleAssignments/delete ! Microsoft.Authorization/roleAssignments/delete",
      "admin-role missing medium control Microsoft.ContainerService/managedClusters/agentPools/delete ! Microsoft.ContainerService/managedClusters/agentPools/delete",
      "admin-role missing medium control Microsoft.ContainerService/managedClusters/delete ! Microsoft.ContainerService/managedClusters/delete",
      "admin-role missing medium control Microsoft.DBforPostgreSQL/flexibleServers/delete ! Microsoft.DBforPostgreSQL/flexibleServers/delete",
      "admin-role missing medium control Microsoft.Network/privateDnsZones/delete ! Microsoft.Network/privateDnsZones/delete",
      "admin-role missing medium control Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete ! Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete",
      "admin-role missing medium control Microsoft.Network/virtualNetworks/delete ! Microsoft.Network/virtualNetworks/delete",
      "admin-role missing medium control Microsoft.Network/virtualNetworks/subnets/delete ! Microsoft.Network/virtualNetworks/subnets/delete",
      "admin-role missing medium control Microsoft.Resources/subscriptions/resourceGroups/delete ! Microsoft.Resources/subscriptions/resourceGroups/delete",
      "admin-role missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete",
    ],
  },
  "the role split over two permission objects": {
    state: clean({ roleDefinitions: [...stock, admin({ actions: setUp }, { actions: tearDown })] }),
    flags,
    code: 0,
  },
  "the role with one action more": {
    state: clean({
      roleDefinitions: [
        ...stock,
        admin({ actions: [...setUp, ...tearDown, "Microsoft.Authorization/roleDefinitions/write"] }),
      ],
    }),
    flags,
    code: 1,
    controls: { "admin-role": "fail" },
    findings: [
      "admin-role excess critical control Microsoft.Authorization/roleDefinitions/write ! Microsoft.Authorization/roleDefinitions/write",
    ],
  },
  "the application holds the deployer's role": {
    state: withAlso(held("a-admin", adminRole, SUB)),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    golden: "metaflow-the-application-holds-the-deployer-s-role",
  },
  "the application is eligible for the deployer's role (AZ10)": {
    state: clean({ eligibilities: [eligibility({ name: "e-admin", role: adminRole, principal: app })] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access stray low Metaflow admin (SUB roleEligibilityScheduleInstances/e-admin) ! Microsoft.Authorization/roleAssignments/delete @ SUB, by Metaflow admin, at SUB",
    ],
  },
  "parameters not given": { state: clean(), flags: open, code: 0 },
  "parameters not given, blobs of the whole account": {
    state: instead("a-blob", held("a-blob", blob, ACCOUNT)),
    flags: open,
    code: 0,
  },
  "parameters not given, blobs of two accounts": {
    state: withAlso(held("a-blob2", blob, `${ACCOUNT}2`)),
    flags: open,
    code: 0,
  },
  "parameters not given, blobs of the resource group": {
    state: instead("a-blob", held("a-blob", blob, RG)),
    flags: open,
    code: 1,
    controls: { "storage-access": "fail", "effective-access": "fail" },
    findings: [
      "effective-access wider high Storage Blob Data Contributor (SUB/rg-flows roleAssignments/a-blob), by Storage Blob Data Contributor, at SUB/rg-flows",
      "storage-access wider high Storage Blob Data Contributor (SUB/rg-flows roleAssignments/a-blob), by Storage Blob Data Contributor, at SUB/rg-flows",
    ],
  },
  "the principal not named": {
    state: clean(),
    flags: { baseline, set, subscription: flags.subscription },
    code: 3,
    findings: [
      "aks-access unknown medium principal to audit (SUB)",
      "application unknown medium principal to audit (SUB)",
      "directory-role unknown medium principal to audit (SUB)",
      "effective-access unknown medium principal to audit (SUB)",
      "storage-access unknown medium principal to audit (SUB)",
    ],
  },
  "blobs of the whole account": { state: instead("a-blob", held("a-blob", blob, ACCOUNT)), flags, code: 0 },
  "blobs of another container": {
    state: instead("a-blob", held("a-blob", blob, `${CONTAINER}2`)),
    flags,
    code: 1,
    controls: { "storage-access": "fail", "effective-access": "fail" },
    findings: [
      "effective-access missing low latent control Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action ! Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium control Microsoft.Storage/storageAccounts/blobServices/containers/delete ! Microsoft.Storage/storageAccounts/blobServices/containers/delete @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium control Microsoft.Storage/storageAccounts/blobServices/containers/read ! Microsoft.Storage/storageAccounts/blobServices/containers/read @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium control Microsoft.Storage/storageAccounts/blobServices/containers/write ! Microsoft.Storage/storageAccounts/blobServices/containers/write @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "storage-access absent medium Storage Blob Data Contributor (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts#aaaaaaaa-0000-4000-8000-000000000001)",
      "storage-access wider high Storage Blob Data Contributor (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts2 roleAssignments/a-blob), by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts2",
    ],
  },
  "blobs of another account besides": {
    state: withAlso(held("a-blob2", blob, `${ACCOUNT}2`)),
    flags,
    code: 1,
    controls: { "storage-access": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Storage/storageAccounts/blobServices/containers/delete ! Microsoft.Storage/storageAccounts/blobServices/containers/delete @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "effective-access excess high control Microsoft.Storage/storageAccounts/blobServices/containers/write ! Microsoft.Storage/storageAccounts/blobServices/containers/write @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "effective-access excess high data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "effective-access excess high data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "effective-access excess high data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "effective-access excess high data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "effective-access excess high data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "effective-access excess low latent control Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action ! Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "effective-access excess medium control Microsoft.Storage/storageAccounts/blobServices/containers/read ! Microsoft.Storage/storageAccounts/blobServices/containers/read @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
      "storage-access wider high Storage Blob Data Contributor (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2 roleAssignments/a-blob2), by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows2",
    ],
  },
  "blobs of the whole subscription": {
    state: instead("a-blob", held("a-blob", blob, SUB)),
    flags,
    code: 1,
    controls: { "storage-access": "fail", "effective-access": "fail" },
    findings: [
      "effective-access wider high Storage Blob Data Contributor (SUB roleAssignments/a-blob), by Storage Blob Data Contributor, at SUB",
      "storage-access wider high Storage Blob Data Contributor (SUB roleAssignments/a-blob), by Storage Blob Data Contributor, at SUB",
    ],
  },
  "blobs of a management group besides": {
    state: withAlso(held("a-blob2", blob, MG)),
    flags,
    code: 1,
    controls: { "storage-access": "fail", "effective-access": "fail" },
    findings: [
      "effective-access wider high Storage Blob Data Contributor (MG root-mg roleAssignments/a-blob2), by Storage Blob Data Contributor, at MG root-mg",
      "storage-access wider high Storage Blob Data Contributor (MG root-mg roleAssignments/a-blob2), by Storage Blob Data Contributor, at MG root-mg",
    ],
  },
  "no blobs": {
    state: instead("a-blob"),
    flags,
    code: 1,
    controls: { "storage-access": "fail", "effective-access": "fail" },
    findings: [
      "effective-access missing low latent control Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action ! Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium control Microsoft.Storage/storageAccounts/blobServices/containers/delete ! Microsoft.Storage/storageAccounts/blobServices/containers/delete @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium control Microsoft.Storage/storageAccounts/blobServices/containers/read ! Microsoft.Storage/storageAccounts/blobServices/containers/read @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium control Microsoft.Storage/storageAccounts/blobServices/containers/write ! Microsoft.Storage/storageAccounts/blobServices/containers/write @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access missing medium data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write ! Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "storage-access absent medium Storage Blob Data Contributor (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts#aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  },
  "one of the two cluster roles missing": {
    state: instead("a-user"),
    flags,
    code: 1,
    controls: { "aks-access": "fail", "effective-access": "fail" },
    findings: [
      "aks-access absent medium Azure Kubernetes Service Cluster User Role (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows#aaaaaaaa-0000-4000-8000-000000000001)",
      "effective-access missing medium control Microsoft.ContainerService/managedClusters/listClusterUserCredential/action ! Microsoft.ContainerService/managedClusters/listClusterUserCredential/action @ SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows",
    ],
  },
  "the cluster roles on another cluster": {
    state: instead("a-aks", held("a-aks", contributor, `${CLUSTER}2`)),
    flags,
    code: 1,
    controls: { "aks-access": "fail", "effective-access": "fail" },
    findings: [
      "aks-access absent medium Azure Kubernetes Service Contributor Role (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows#aaaaaaaa-0000-4000-8000-000000000001)",
      "aks-access wider high Azure Kubernetes Service Contributor Role (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows2 roleAssignments/a-aks), by Azure Kubernetes Service Contributor Role, at SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows2",
      "effective-access excess high control Microsoft.ContainerService/managedClusters/write ! Microsoft.ContainerService/managedClusters/write @ SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows2, by Azure Kubernetes Service Contributor Role, at SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows2",
      "effective-access excess high control Microsoft.Resources/deployments/* ! Microsoft.Resources/deployments/write @ SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows2, by Azure Kubernetes Service Contributor Role, at SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows2",
      "effective-access excess medium control Microsoft.ContainerService/managedClusters/read ! Microsoft.ContainerService/managedClusters/read @ SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows2, by Azure Kubernetes Service Contributor Role, at SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows2",
      "effective-access missing medium control Microsoft.ContainerService/managedClusters/write ! Microsoft.ContainerService/managedClusters/write @ SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows",
      "effective-access missing medium control Microsoft.Resources/deployments/* ! Microsoft.Resources/deployments/write @ SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows",
    ],
  },
  "the blob role through a group": {
    state: instead(
      "a-blob",
      roleAssignment({
        name: "a-blob",
        role: blob,
        principal: team,
        principalType: "Group",
        scope: CONTAINER,
      }),
    ),
    flags,
    code: 0,
  },
  "a custom role that took the blob role's name (AZ11)": {
    state: {
      ...instead("a-blob", held("a-blob", otherRole, CONTAINER)),
      roleDefinitions: [
        ...stock,
        both,
        roleDefinition({
          id: otherRole,
          name: "Storage Blob Data Contributor",
          permissions: [{ actions: ["*"], dataActions: ["*"] }],
        }),
      ],
    },
    flags,
    code: 1,
    controls: { "storage-access": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except Microsoft.Storage/storageAccounts/blobServices/containers/delete; Microsoft.Storage/storageAccounts/blobServices/containers/read; Microsoft.Storage/storageAccounts/blobServices/containers/write; Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action ! Microsoft.Authorization/roleAssignments/write @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "effective-access excess high data * except Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action; Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete; Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action; Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read; Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write ! Microsoft.ContainerService/managedClusters/pods/write @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts, by Storage Blob Data Contributor, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts",
      "storage-access absent medium Storage Blob Data Contributor (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts#aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  },
  "the provider's roles not listed": {
    state: clean({ roleDefinitions: [...stockRoles, both] }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: [
      "effective-access unknown medium (SUB#aks-access)",
      "effective-access unknown medium (SUB#aks-access)",
      "effective-access unknown medium (SUB#storage-access)",
    ],
  },
  "the role for deployers absent": {
    state: clean({ roleDefinitions: stock, roleAssignments: documented }),
    flags,
    code: 1,
    controls: { "admin-role": "fail" },
    findings: ["admin-role absent medium (SUB#Metaflow admin)"],
  },
  "Reader on the account besides": {
    state: withAlso(held("a-read", builtIn.reader, ACCOUNT)),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess medium control */read except Microsoft.Storage/storageAccounts/blobServices/containers/read ! Microsoft.Web/sites/read @ SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows, by Reader, at SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows",
    ],
  },
};
describeWorlds("metaflow-azure", azureGround({ state: clean(), flags }, []), rows);
