import {
  type Body,
  type Permissions,
  resource,
  resourceGroup,
  roleAssignment,
  roleDefinition,
} from "../servers/azure-state.ts";
import { azureGround, type Row } from "./azure-ground.ts";
import {
  bystander,
  clean,
  cluster,
  flags,
  logRole,
  logs,
  manager,
  managerAssignment,
  managerDefinition,
  resources,
  stockRoles,
  stranger,
  swapped,
  team,
  vault,
  vendor,
} from "./chalk.ts";
import { describeWorlds } from "./world.ts";

const NOTE = "log-reader-role note absent info (SUB#log-reader-role)";
const policies = (...accessPolicies: unknown[]) =>
  clean({ vaults: [vault({ enableRbacAuthorization: false, accessPolicies })] });
const all = { secrets: ["all"], keys: ["ALL"], certificates: ["Get", "list"] };
const entry = (permissions: unknown, more: Body = {}) => ({
  tenantId: "t",
  objectId: vendor,
  permissions,
  ...more,
});
const every = { secrets: ["get", "list", "set", "delete", "backup", "restore", "recover", "purge"] };
const groups = (...names: string[]) =>
  clean({ resourceGroups: [resourceGroup("rg-chalk"), ...names.map((n) => resourceGroup(n))] });
const without = (...names: string[]) =>
  clean({ resources: resources.filter((r) => !names.includes(String(r.name))) });
const holding = (
  permissions: readonly Permissions[],
  other: Partial<Parameters<typeof roleAssignment>[0]> = {},
) =>
  clean({
    roleDefinitions: [
      ...stockRoles,
      managerDefinition([manager]),
      roleDefinition({ id: logRole, name: "Logs for the dashboard", permissions }),
    ],
    roleAssignments: [
      managerAssignment(),
      bystander,
      roleAssignment({ name: "a-logs", role: logRole, principal: vendor, ...other }),
    ],
  });

const rows: Readonly<Record<string, Row>> = {
  "a vault on access policies that grant the same (AZ14)": { state: policies(entry(all)), flags, code: 0 },
  "a vault on access policies that grant the same to a group that an assignment proves": {
    state: {
      ...policies(entry(all, { objectId: team })),
      roleAssignments: [
        managerAssignment(),
        managerAssignment({ name: "a-team", principal: team, principalType: "Group" }),
      ],
    },
    flags: { ...flags, principal: [vendor] },
    code: 0,
  },
  "a vault on access policies that grant less (AZ14)": {
    state: policies(entry({ ...all, ...every, secrets: ["get", "list"] })),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: ["key-vault-access dead medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)"],
  },
  "a vault on access policies that grant more": {
    state: policies(entry({ ...all, storage: ["get"], certificates: ["get", "list", "delete"] })),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: [
      "key-vault-access excess high certificates:delete",
      "key-vault-access excess high storage:get",
    ],
  },
  "a vault on access policies that grant some more and some less": {
    state: policies(entry({ ...all, secrets: ["get"], storage: ["all"] })),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: [
      "key-vault-access dead medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)",
      "key-vault-access excess high storage:backup",
      "key-vault-access excess high storage:delete",
      "key-vault-access excess high storage:deletesas",
      "key-vault-access excess high storage:get",
      "key-vault-access excess high storage:getsas",
      "key-vault-access excess high storage:list",
      "key-vault-access excess high storage:listsas",
      "key-vault-access excess high storage:purge",
      "key-vault-access excess high storage:recover",
      "key-vault-access excess high storage:regeneratekey",
      "key-vault-access excess high storage:restore",
      "key-vault-access excess high storage:set",
      "key-vault-access excess high storage:setsas",
      "key-vault-access excess high storage:update",
    ],
  },
  "a vault on access policies that grant nothing (AZ14)": {
    state: policies(),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: ["key-vault-access dead medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)"],
  },
  "a vault on access policies for somebody else (AZ14)": {
    state: policies(entry(all, { objectId: stranger })),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: ["key-vault-access dead medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)"],
  },
  "a vault on access policies for the vendor through an application (AZ14)": {
    state: policies(entry(all, { applicationId: "99999999-0000-4000-8000-000000000001" })),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: ["key-vault-access dead medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)"],
  },
  "a vault that does not say how it authorises, without policies (AZ14)": {
    state: clean({ vaults: [vault({ enableRbacAuthorization: null, accessPolicies: null })] }),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: ["key-vault-access dead medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)"],
  },
  "a vault whose RBAC is the word true": {
    state: clean({ vaults: [vault({ enableRbacAuthorization: "true" })] }),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: ["key-vault-access dead medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)"],
  },
  "a vault without properties": {
    state: clean({ vaults: [{ ...vault({}), properties: null }] }),
    flags,
    code: 3,
    controls: { "key-vault-access": "unknown" },
    findings: ["key-vault-access unknown medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)"],
  },
  "a vault whose policies are no list": {
    state: clean({ vaults: [vault({ enableRbacAuthorization: false, accessPolicies: "none" })] }),
    flags,
    code: 3,
    controls: { "key-vault-access": "unknown" },
    findings: ["key-vault-access unknown medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)"],
  },
  "two vaults, one of them on access policies": {
    state: clean({
      vaults: [
        vault({ enableRbacAuthorization: true }),
        vault({ enableRbacAuthorization: false, accessPolicies: [] }, "kv-old"),
      ],
    }),
    flags,
    code: 1,
    controls: { "key-vault-access": "fail" },
    findings: ["key-vault-access dead medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-old)"],
  },
  "no vault": {
    state: clean({ vaults: [] }),
    flags,
    code: 3,
    controls: { "key-vault-access": "unknown" },
    findings: ["key-vault-access unknown medium key vaults (SUB)"],
  },
  "vaults not registered with the subscription": {
    state: clean({ vaults: [], unregistered: ["Microsoft.KeyVault"] }),
    flags,
    code: 3,
    controls: { "key-vault-access": "unknown" },
    findings: ["key-vault-access unknown medium key vaults (SUB)"],
  },
  "a vault on access policies, and nobody holds the role": {
    state: { ...policies(entry(all)), roleAssignments: [bystander] },
    flags,
    code: 1,
    controls: {
      "platform-manager-assignment": "fail",
      "effective-access": "fail",
      "key-vault-access": "unknown",
    },
    findings: [
      "effective-access absent medium nobody (SUB)",
      "key-vault-access unknown medium (SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
    ],
  },

  "AKS without RBAC": {
    state: clean({ managedClusters: [cluster({ enableRBAC: false })] }),
    flags,
    code: 1,
    controls: { "aks-rbac": "fail" },
    findings: [
      "aks-rbac changed medium (SUB/rg-chalk/providers/Microsoft.ContainerService/ManagedClusters/aks-chalk)",
    ],
  },
  "AKS that does not say": {
    state: clean({ managedClusters: [cluster({})] }),
    flags,
    code: 1,
    controls: { "aks-rbac": "fail" },
    findings: [
      "aks-rbac changed medium (SUB/rg-chalk/providers/Microsoft.ContainerService/ManagedClusters/aks-chalk)",
    ],
  },
  "AKS without properties": {
    state: clean({ managedClusters: [{ ...cluster({}), properties: null }] }),
    flags,
    code: 1,
    controls: { "aks-rbac": "fail", "subscription-separation": "fail" },
    findings: [
      "aks-rbac changed medium (SUB/rg-chalk/providers/Microsoft.ContainerService/ManagedClusters/aks-chalk)",
      "subscription-separation stray low (SUB/MC_rg-chalk_aks-chalk_westeurope)",
    ],
  },
  "AKS that is the word true": {
    state: clean({ managedClusters: [cluster({ enableRBAC: "true" })] }),
    flags,
    code: 1,
    controls: { "aks-rbac": "fail" },
    findings: [
      "aks-rbac changed medium (SUB/rg-chalk/providers/Microsoft.ContainerService/ManagedClusters/aks-chalk)",
    ],
  },
  "two clusters, one without RBAC": {
    state: clean({
      managedClusters: [
        cluster({ enableRBAC: true }),
        { ...cluster({ enableRBAC: false }), id: "/x/aks-2", name: "aks-2" },
      ],
    }),
    flags,
    code: 1,
    controls: { "aks-rbac": "fail" },
    findings: ["aks-rbac changed medium (/x/aks-2)"],
  },
  "no AKS": {
    state: clean({ managedClusters: [], resourceGroups: [resourceGroup("rg-chalk")] }),
    flags,
    code: 3,
    controls: { "aks-rbac": "unknown" },
    findings: ["aks-rbac unknown medium AKS cluster (SUB)"],
  },

  "a stray resource group": {
    state: groups("rg-payroll"),
    flags,
    code: 1,
    controls: { "subscription-separation": "fail" },
    findings: ["subscription-separation stray low (SUB/rg-payroll)"],
  },
  "a resource group that only begins like the vendor's": {
    state: groups("rg-chalk2"),
    flags,
    code: 1,
    controls: { "subscription-separation": "fail" },
    findings: ["subscription-separation stray low (SUB/rg-chalk2)"],
  },
  "the vendor's resource group in another case (AZ7)": {
    state: clean({ resourceGroups: [resourceGroup("RG-CHALK")] }),
    flags,
    code: 0,
  },
  "a node resource group of a cluster elsewhere": {
    state: clean({
      resourceGroups: [resourceGroup("rg-chalk"), resourceGroup("MC_rg-other_aks")],
      managedClusters: [
        cluster({ enableRBAC: true }),
        resource("Microsoft.ContainerService/managedClusters", "rg-other", "aks-x", {
          properties: { enableRBAC: true, nodeResourceGroup: "MC_rg-other_aks" },
        }),
      ],
    }),
    flags,
    code: 1,
    controls: { "subscription-separation": "fail" },
    findings: ["subscription-separation stray low (SUB/MC_rg-other_aks)"],
  },
  "a resource group managed by a resource of the vendor's": {
    state: clean({
      resourceGroups: [
        resourceGroup("rg-chalk"),
        {
          ...resourceGroup("rg-managed"),
          managedBy: "/subscriptions/x/resourceGroups/RG-Chalk/providers/A/b/c",
        },
      ],
    }),
    flags,
    code: 0,
  },
  "resource groups not told": {
    state: groups("rg-payroll"),
    flags: { subscription: flags.subscription },
    code: 0,
    controls: { "subscription-separation": "skipped" },
  },
  "no resource group": {
    state: clean({ resourceGroups: [] }),
    flags,
    code: 3,
    controls: { "subscription-separation": "unknown" },
    findings: ["subscription-separation unknown low resource groups (SUB)"],
  },

  "one service missing": {
    state: without("sb-chalk"),
    flags,
    code: 0,
    controls: { "platform-services": "fail" },
    findings: ["platform-services absent info (SUB#Azure Service Bus)"],
  },
  "one service missing, with --fail-on info": {
    state: without("sb-chalk"),
    flags,
    policy: { failOn: "info" },
    code: 1,
    controls: { "platform-services": "fail" },
    findings: ["platform-services absent info (SUB#Azure Service Bus)"],
  },
  "three services missing": {
    state: without("sb-chalk", "log-chalk", "redis-chalk"),
    flags,
    code: 0,
    controls: { "platform-services": "fail" },
    findings: [
      "platform-services absent info (SUB#Azure Cache for Redis)",
      "platform-services absent info (SUB#Azure Monitor)",
      "platform-services absent info (SUB#Azure Service Bus)",
    ],
  },
  "resources without a type": {
    state: clean({ resources: [{ id: "x", name: "x", type: null }] }),
    flags,
    code: 0,
    controls: { "platform-services": "fail" },
    findings: [
      "platform-services absent info (SUB#Azure Application Insights)",
      "platform-services absent info (SUB#Azure Cache for Redis)",
      "platform-services absent info (SUB#Azure Container Registry)",
      "platform-services absent info (SUB#Azure Cosmos DB)",
      "platform-services absent info (SUB#Azure Event Hubs)",
      "platform-services absent info (SUB#Azure Key Vault)",
      "platform-services absent info (SUB#Azure Kubernetes Service)",
      "platform-services absent info (SUB#Azure Monitor)",
      "platform-services absent info (SUB#Azure SQL Database)",
      "platform-services absent info (SUB#Azure Service Bus)",
      "platform-services absent info (SUB#Azure Storage)",
    ],
  },
  "no resource at all": {
    state: clean({ resources: [] }),
    flags,
    code: 3,
    controls: { "platform-services": "unknown" },
    findings: ["platform-services unknown info resources (SUB)"],
  },
  "an empty subscription (fault 40)": {
    state: clean({
      roleDefinitions: stockRoles,
      roleAssignments: [],
      resourceGroups: [],
      resources: [],
      managedClusters: [],
      vaults: [],
    }),
    flags,
    code: 1,
    controls: {
      "platform-manager-role": "fail",
      "platform-manager-assignment": "fail",
      "effective-access": "fail",
      "key-vault-access": "unknown",
      "aks-rbac": "unknown",
      "subscription-separation": "unknown",
      "platform-services": "unknown",
    },
    findings: [
      "aks-rbac unknown medium AKS cluster (SUB)",
      "effective-access absent medium nobody (SUB)",
      "key-vault-access unknown medium key vaults (SUB)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
      "platform-manager-role absent medium (SUB#Chalk Platform Manager)",
      "platform-services unknown info resources (SUB)",
      "subscription-separation unknown low resource groups (SUB)",
    ],
  },
  "an empty subscription in which not even the provider's roles are seen": {
    state: clean({
      roleDefinitions: [],
      roleAssignments: [],
      resourceGroups: [],
      resources: [],
      managedClusters: [],
      vaults: [],
      operations: [],
    }),
    flags,
    code: 1,
    controls: {
      "platform-manager-role": "unknown",
      "platform-manager-assignment": "fail",
      "effective-access": "fail",
      "log-reader-role": "unknown",
      "key-vault-access": "unknown",
      "aks-rbac": "unknown",
      "subscription-separation": "unknown",
      "platform-services": "unknown",
    },
    findings: [
      "aks-rbac unknown medium AKS cluster (SUB)",
      "effective-access absent medium nobody (SUB)",
      "key-vault-access unknown medium key vaults (SUB)",
      "log-reader-role unknown medium (SUB#log-reader-role)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
      "platform-manager-role unknown medium (SUB#Chalk Platform Manager)",
      "platform-services unknown info resources (SUB)",
      "subscription-separation unknown low resource groups (SUB)",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "a subscription that does not exist (fault 40)": {
    state: clean(),
    flags: { ...flags, subscription: ["6b1f4e5f-0000-4000-8000-00000000dead"] },
    code: 3,
    controls: {
      "platform-manager-role": "unknown",
      "platform-manager-assignment": "unknown",
      "effective-access": "unknown",
      "log-reader-role": "unknown",
      "key-vault-access": "unknown",
      "aks-rbac": "unknown",
      "subscription-separation": "unknown",
      "platform-services": "unknown",
    },
    findings: [
      "aks-rbac unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/managed-cluster)",
      "effective-access unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/assigned-to)",
      "effective-access unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/deny-assignment)",
      "effective-access unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/role-definition)",
      "key-vault-access unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/vault)",
      "log-reader-role unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/assigned-to)",
      "log-reader-role unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/role-definition)",
      "platform-manager-assignment unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/assigned-to)",
      "platform-manager-assignment unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/role-definition)",
      "platform-manager-role unknown medium (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/role-definition)",
      "platform-services unknown info (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/resource)",
      "subscription-separation unknown low (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/managed-cluster)",
      "subscription-separation unknown low (/subscriptions/6b1f4e5f-0000-4000-8000-00000000dead#azure/resource-group)",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },

  "the log reader role, exact": { state: holding([logs]), flags, code: 0, gone: [NOTE] },
  "the log reader role, exact, held through a group": {
    state: holding([logs], { principal: team, principalType: "Group" }),
    flags,
    code: 0,
    gone: [NOTE],
  },
  "the log reader role, one action widened": {
    state: holding([
      { ...logs, actions: swapped(logs.actions, "Microsoft.Insights/logs/read", "Microsoft.Insights/*") },
    ]),
    flags,
    code: 1,
    controls: { "effective-access": "fail", "log-reader-role": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Insights/* except Microsoft.Insights/actionGroups/*; Microsoft.Insights/alertRules/*; Microsoft.Insights/components/*; Microsoft.Insights/diagnosticSettings/*; Microsoft.Insights/logs/read; Microsoft.Insights/metricAlerts/*; Microsoft.Insights/scheduledQueryRules/*; Microsoft.Insights/workbooks/* ! Microsoft.Insights/webTests/write @ SUB, by Logs for the dashboard, at SUB",
      "log-reader-role excess high control Microsoft.Insights/* except Microsoft.Insights/logs/read ! Microsoft.Insights/webTests/write",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "the log reader role, one action narrowed": {
    state: holding([{ ...logs, actions: swapped(logs.actions, "Microsoft.Insights/logs/read") }]),
    flags,
    code: 1,
    controls: { "log-reader-role": "fail" },
    findings: [
      "log-reader-role missing medium control Microsoft.Insights/logs/read ! Microsoft.Insights/logs/read",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "the log reader role on one workspace": {
    state: holding([logs], {
      scope:
        "/subscriptions/6b1f4e5f-0000-4000-8000-000000000001/resourceGroups/rg-chalk/providers/Microsoft.OperationalInsights/workspaces/log-chalk",
    }),
    flags,
    code: 0,
    gone: [NOTE],
  },
  "the log reader role held by a stranger": {
    state: holding([logs], { principal: stranger, principalType: "User" }),
    flags,
    code: 0,
  },
  "the log reader role with everything besides": {
    state: holding([logs, { actions: ["*"] }]),
    flags,
    code: 1,
    controls: { "effective-access": "fail", "log-reader-role": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Logs for the dashboard, at SUB",
      "log-reader-role excess critical control * except Microsoft.Insights/logs/read; Microsoft.OperationalInsights/workspaces/query/read; Microsoft.OperationalInsights/workspaces/read; Microsoft.OperationalInsights/workspaces/search/read; Microsoft.OperationalInsights/workspaces/sharedKeys/action ! Microsoft.Authorization/roleAssignments/write",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "a custom role of the vendor's that is everything": {
    state: holding([{ actions: ["*"], dataActions: ["*"] }]),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Logs for the dashboard, at SUB",
      "effective-access excess critical data * except Microsoft.KeyVault/vaults/certificates/read; Microsoft.KeyVault/vaults/keys/*; Microsoft.KeyVault/vaults/secrets/*; Microsoft.OperationalInsights/workspaces/query/*/read; Microsoft.OperationalInsights/workspaces/search/*/read; Microsoft.Storage/storageAccounts/blobServices/containers/*; Microsoft.Storage/storageAccounts/fileServices/fileshares/*; Microsoft.Storage/storageAccounts/queueServices/queues/*; Microsoft.Storage/storageAccounts/tableServices/tables/* ! Microsoft.ContainerService/managedClusters/pods/write @ SUB, by Logs for the dashboard, at SUB",
    ],
  },
  "a custom role of the vendor's that has nothing to do with logs": {
    state: holding([{ actions: ["Microsoft.Web/*"] }]),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.Web/* ! Microsoft.Web/sites/write @ SUB, by Logs for the dashboard, at SUB",
    ],
  },
};

describeWorlds("what surrounds the role", azureGround({ state: clean(), flags }, [NOTE]), rows);
