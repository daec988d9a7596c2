import type { ApiCall, KindSource } from "./calls.ts";

const authorization = "/subscriptions/{subscription}/providers/Microsoft.Authorization";

/** A call of Microsoft Graph: version 1.0 alone, whose answers do not change under us. */
function graph(operation: string, path: string, permission: string, query?: ApiCall["query"]): ApiCall {
  return {
    operation,
    method: "GET",
    of: "graph",
    path: `/v1.0${path}`,
    ...(query === undefined ? {} : { query }),
    permission,
  };
}

/** Ends of credentials are told with the object; `secretText` is never given again, and hints are not kept. */
const credentials = "passwordCredentials,keyCredentials";

const owned = { $select: "id,displayName" };
const membership = { $select: "id,displayName,isAssignableToRole" };

const storageAccounts: ApiCall = {
  operation: "StorageAccounts_List",
  method: "GET",
  path: "/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts",
  apiVersion: "2023-05-01",
  permission: "Microsoft.Storage/storageAccounts/read",
};

const rows = {
  "azure/role-definition": {
    provider: "azure",
    title: "role definitions",
    purpose: "what each role allows",
    calls: [
      {
        operation: "RoleDefinitions_List",
        method: "GET",
        path: `${authorization}/roleDefinitions`,
        apiVersion: "2022-04-01",
        // without it a custom role that is assignable only on a resource group is not listed
        query: { $filter: "atScopeAndBelow()" },
        permission: "Microsoft.Authorization/roleDefinitions/read",
      },
      {
        operation: "RoleDefinitions_GetById",
        method: "GET",
        path: "{roleDefinition}",
        apiVersion: "2022-04-01",
        permission: "Microsoft.Authorization/roleDefinitions/read",
      },
    ],
  },
  "azure/role-assignment": {
    provider: "azure",
    title: "role assignments",
    purpose: "who holds the documented role, when no principal is named",
    calls: [
      {
        operation: "RoleAssignments_ListForScope",
        method: "GET",
        path: `${authorization}/roleAssignments`,
        apiVersion: "2022-04-01",
        permission: "Microsoft.Authorization/roleAssignments/read",
      },
    ],
  },
  "azure/assigned-to": {
    provider: "azure",
    title: "assignments of the principal",
    purpose:
      "all that the principal holds, directly and through groups, at, above and below the subscription",
    calls: [
      {
        operation: "RoleAssignments_ListForScope",
        method: "GET",
        path: `${authorization}/roleAssignments`,
        apiVersion: "2022-04-01",
        query: { $filter: "assignedTo('{principal}')" },
        permission: "Microsoft.Authorization/roleAssignments/read",
      },
    ],
  },
  "azure/deny-assignment": {
    provider: "azure",
    title: "deny assignments",
    purpose: "what is taken away again",
    calls: [
      {
        operation: "DenyAssignments_ListForScope",
        method: "GET",
        path: `${authorization}/denyAssignments`,
        apiVersion: "2022-04-01",
        permission: "Microsoft.Authorization/denyAssignments/read",
      },
    ],
  },
  "azure/role-eligibility": {
    provider: "azure",
    title: "eligible assignments of the principal",
    purpose: "roles that are eligible and not active",
    calls: [
      {
        operation: "RoleEligibilityScheduleInstances_ListForScope",
        method: "GET",
        path: `${authorization}/roleEligibilityScheduleInstances`,
        apiVersion: "2020-10-01",
        query: { $filter: "assignedTo('{principal}')" },
        permission: "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
      },
    ],
  },
  "azure/provider-operations": {
    provider: "azure",
    title: "provider operations",
    purpose: "the operations that exist today",
    calls: [
      {
        operation: "ProviderOperationsMetadata_List",
        method: "GET",
        path: "/providers/Microsoft.Authorization/providerOperations",
        apiVersion: "2022-04-01",
        query: { $expand: "resourceTypes" },
        permission: "Microsoft.Authorization/providerOperations/read",
      },
    ],
  },
  "azure/resource-group": {
    provider: "azure",
    title: "resource groups",
    purpose: "what else lives in the subscription",
    calls: [
      {
        operation: "ResourceGroups_List",
        method: "GET",
        path: "/subscriptions/{subscription}/resourcegroups",
        apiVersion: "2021-04-01",
        permission: "Microsoft.Resources/subscriptions/resourceGroups/read",
      },
    ],
  },
  "azure/resource": {
    provider: "azure",
    title: "resources",
    purpose: "which services are there",
    calls: [
      {
        operation: "Resources_List",
        method: "GET",
        path: "/subscriptions/{subscription}/resources",
        apiVersion: "2021-04-01",
        permission: "Microsoft.Resources/subscriptions/resources/read",
      },
    ],
  },
  "azure/managed-cluster": {
    provider: "azure",
    title: "managed clusters",
    purpose: "how Kubernetes clusters are set up",
    calls: [
      {
        operation: "ManagedClusters_List",
        method: "GET",
        path: "/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters",
        apiVersion: "2024-09-01",
        permission: "Microsoft.ContainerService/managedClusters/read",
      },
    ],
  },
  "azure/vault": {
    provider: "azure",
    title: "key vaults",
    purpose: "how vaults authorise, and their access policies",
    calls: [
      {
        operation: "Vaults_ListBySubscription",
        method: "GET",
        path: "/subscriptions/{subscription}/providers/Microsoft.KeyVault/vaults",
        apiVersion: "2023-07-01",
        permission: "Microsoft.KeyVault/vaults/read",
      },
    ],
  },
  "azure/virtual-network": {
    provider: "azure",
    title: "virtual networks",
    purpose: "which subnets there are, and to which service each is delegated",
    calls: [
      {
        operation: "VirtualNetworks_ListAll",
        method: "GET",
        path: "/subscriptions/{subscription}/providers/Microsoft.Network/virtualNetworks",
        apiVersion: "2024-05-01",
        permission: "Microsoft.Network/virtualNetworks/read",
      },
    ],
  },
  "azure/storage-account": {
    provider: "azure",
    title: "storage accounts",
    purpose: "which storage accounts there are, and whether they let a container be public",
    calls: [storageAccounts],
  },
  "azure/blob-container": {
    provider: "azure",
    title: "blob containers",
    purpose: "which containers a storage account has, and whether anybody may read them; no blob is read",
    calls: [
      {
        operation: "BlobContainers_List",
        method: "GET",
        path: "{storageAccount}/blobServices/default/containers",
        apiVersion: "2023-05-01",
        permission: "Microsoft.Storage/storageAccounts/blobServices/containers/read",
      },
      storageAccounts,
    ],
  },
  "azure/postgresql-server": {
    provider: "azure",
    title: "PostgreSQL flexible servers",
    purpose: "whether the database runs, and in which network",
    calls: [
      {
        operation: "FlexibleServers_List",
        method: "GET",
        path: "/subscriptions/{subscription}/providers/Microsoft.DBforPostgreSQL/flexibleServers",
        apiVersion: "2024-08-01",
        permission: "Microsoft.DBforPostgreSQL/flexibleServers/read",
      },
    ],
  },
  "azure/service-principal": {
    provider: "azure",
    title: "service principals",
    purpose: "whether the principal exists and is enabled, and until when its credentials hold",
    calls: [
      graph("servicePrincipals_Get", "/servicePrincipals/{principal}", "Application.Read.All", {
        $select: `id,appId,displayName,accountEnabled,servicePrincipalType,appOwnerOrganizationId,${credentials}`,
      }),
    ],
  },
  "azure/application": {
    provider: "azure",
    title: "applications",
    purpose: "the application behind the principal, and until when its credentials hold",
    calls: [
      graph("applications_GetByAppId", "/applications(appId='{application}')", "Application.Read.All", {
        $select: `id,appId,displayName,signInAudience,${credentials}`,
      }),
    ],
  },
  "azure/federated-credential": {
    provider: "azure",
    title: "federated credentials",
    purpose: "who else can become the application without a password",
    calls: [
      graph(
        "applications_ListFederatedIdentityCredentials",
        "/applications/{application}/federatedIdentityCredentials",
        "Application.Read.All",
      ),
    ],
  },
  "azure/owner": {
    provider: "azure",
    title: "owners of the application and its principal",
    purpose: "who can give them another password",
    calls: [
      graph("applications_ListOwners", "/applications/{application}/owners", "Application.Read.All", owned),
      graph(
        "servicePrincipals_ListOwners",
        "/servicePrincipals/{principal}/owners",
        "Application.Read.All",
        owned,
      ),
    ],
  },
  "azure/directory-membership": {
    provider: "azure",
    title: "memberships in groups",
    purpose: "through which groups somebody holds a role",
    calls: [
      graph("users_Get", "/users/{principal}", "User.Read.All", { $select: "id" }),
      graph(
        "users_ListTransitiveMemberOf",
        "/users/{principal}/transitiveMemberOf",
        "GroupMember.Read.All",
        membership,
      ),
      graph(
        "servicePrincipals_ListTransitiveMemberOf",
        "/servicePrincipals/{principal}/transitiveMemberOf",
        "Application.Read.All",
        membership,
      ),
    ],
  },
  "azure/directory-role": {
    provider: "azure",
    title: "directory roles",
    purpose: "which roles of the directory somebody holds, and each group that they are in",
    calls: [
      graph(
        "roleManagement_directory_ListRoleAssignments",
        "/roleManagement/directory/roleAssignments",
        "RoleManagement.Read.Directory",
        { $filter: "principalId eq '{principal}'", $expand: "roleDefinition" },
      ),
    ],
  },
  "azure/directory-role-eligibility": {
    provider: "azure",
    title: "eligible directory roles",
    purpose: "which roles of the directory are eligible and not active",
    calls: [
      graph(
        "roleManagement_directory_ListRoleEligibilityScheduleInstances",
        "/roleManagement/directory/roleEligibilityScheduleInstances",
        "RoleManagement.Read.Directory",
        { $filter: "principalId eq '{principal}'" },
      ),
    ],
  },
} satisfies Record<`azure/${string}`, KindSource<ApiCall>>;

export type AzureKind = keyof typeof rows;

/** The kinds of Azure's documents. */
export const azureKinds: Readonly<Record<AzureKind, KindSource<ApiCall>>> = rows;

/**
 * Calls beside those of the kinds. The list of subscriptions is asked for only when none is named; it needs no
 * permission of its own, since it holds only what the caller can see.
 */
export const subscriptionsCall: ApiCall = {
  operation: "Subscriptions_List",
  method: "GET",
  path: "/subscriptions",
  apiVersion: "2022-12-01",
  permission: "Microsoft.Resources/subscriptions/read",
};
