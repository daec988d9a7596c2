import type { ApiCall, KindSource } from "./calls.ts";

const authorization = "/subscriptions/{subscription}/providers/Microsoft.Authorization";

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
