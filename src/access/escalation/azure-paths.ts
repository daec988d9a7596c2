/**
 * The published ways to more rights in Azure (E1). The provider's table, not a vendor's: each row says what can be done,
 * who published it, and the operations of the control plane that it takes, or `data …` for one of the data plane.
 */
import { type EscalationPath, type PathRow, pathsOf } from "./path.ts";

const PRIVILEGED = "Microsoft Learn, Privileged Azure roles and operations";
const IDENTITIES = "Microsoft Learn, Managed identities: who may assign one and run as it";
const ATTACKS = "Azure Threat Research Matrix, privilege escalation";
const KEYS = "Azure Threat Research Matrix, credential access";

/** Both spellings that roles use: in that of the built-in ones the star stands for the identity. */
const ASSIGN_IDENTITY = [
  "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
  "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
];

const RIGHTS: readonly PathRow[] = [
  ["assign any role", PRIVILEGED, "Microsoft.Authorization/roleAssignments/write"],
  ["change what a role grants", PRIVILEGED, "Microsoft.Authorization/roleDefinitions/write"],
  [
    "make a global administrator user access administrator",
    PRIVILEGED,
    "Microsoft.Authorization/elevateAccess/action",
  ],
  ["assign a role through PIM", PRIVILEGED, "Microsoft.Authorization/roleAssignmentScheduleRequests/write"],
  [
    "make a principal eligible for a role",
    PRIVILEGED,
    "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
  ],
  [
    "loosen what activating a role takes",
    PRIVILEGED,
    [
      "Microsoft.Authorization/roleManagementPolicies/write",
      "Microsoft.Authorization/roleManagementPolicyAssignments/write",
    ],
  ],
  ["make a classic administrator", PRIVILEGED, "Microsoft.Authorization/classicAdministrators/write"],
  ["remove what denies", PRIVILEGED, "Microsoft.Authorization/denyAssignments/delete"],
  ["assign roles by a blueprint", PRIVILEGED, "Microsoft.Blueprint/blueprintAssignments/write"],
  [
    "give itself access to a vault by its access policies",
    ATTACKS,
    ["Microsoft.KeyVault/vaults/accessPolicies/write", "Microsoft.KeyVault/vaults/write"],
  ],
];

const TAKEOVERS: readonly PathRow[] = [
  [
    "let an outside identity act as a managed identity",
    IDENTITIES,
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
  ],
  [
    "run commands on a virtual machine, and as its identity",
    ATTACKS,
    [
      "Microsoft.Compute/virtualMachines/runCommand/action",
      "Microsoft.Compute/virtualMachines/runCommands/write",
      "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action",
      "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands/write",
    ],
  ],
  [
    "put an extension that runs commands into a virtual machine",
    ATTACKS,
    [
      "Microsoft.Compute/virtualMachines/extensions/write",
      "Microsoft.Compute/virtualMachineScaleSets/extensions/write",
      "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/extensions/write",
    ],
  ],
  [
    "sign in to a virtual machine as its administrator",
    PRIVILEGED,
    "data Microsoft.Compute/virtualMachines/loginAsAdmin/action",
  ],
  [
    "go into a virtual machine by its serial console",
    ATTACKS,
    "Microsoft.SerialConsole/serialPorts/connect/action",
  ],
  [
    "run commands on a machine that Azure Arc manages",
    ATTACKS,
    [
      "Microsoft.HybridCompute/machines/extensions/write",
      "Microsoft.HybridCompute/machines/runCommands/write",
    ],
  ],
  [
    "read the keys of a function app and run its code",
    KEYS,
    [
      "Microsoft.Web/sites/host/listkeys/action",
      "Microsoft.Web/sites/functions/listkeys/action",
      "Microsoft.Web/sites/hostruntime/host/action",
    ],
  ],
  [
    "read the publishing credentials of an app",
    KEYS,
    ["Microsoft.Web/sites/config/list/action", "Microsoft.Web/sites/publishxml/action"],
  ],
  [
    "publish code to an app",
    ATTACKS,
    ["Microsoft.Web/sites/extensions/write", "Microsoft.Web/sites/functions/write"],
  ],
  [
    "read a cluster's administrator credential",
    ATTACKS,
    "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
  ],
  [
    "read a cluster's administrator credential by its access profile",
    ATTACKS,
    "Microsoft.ContainerService/managedClusters/accessProfiles/listCredential/action",
  ],
  [
    "run commands in a cluster as its administrator",
    ATTACKS,
    "Microsoft.ContainerService/managedClusters/runCommand/action",
  ],
  ["go into a container", ATTACKS, "Microsoft.ContainerInstance/containerGroups/containers/exec/action"],
  [
    "change a runbook and run it as the account's identity",
    ATTACKS,
    [
      "Microsoft.Automation/automationAccounts/runbooks/draft/write",
      "Microsoft.Automation/automationAccounts/runbooks/write",
    ],
    [
      "Microsoft.Automation/automationAccounts/runbooks/publish/action",
      "Microsoft.Automation/automationAccounts/runbooks/write",
    ],
    [
      "Microsoft.Automation/automationAccounts/jobs/write",
      "Microsoft.Automation/automationAccounts/webhooks/write",
    ],
  ],
  // who may assign an identity and make what runs as it
  [
    "run a virtual machine as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    ["Microsoft.Compute/virtualMachines/write", "Microsoft.Compute/virtualMachineScaleSets/write"],
  ],
  [
    "run an app or a function as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    "Microsoft.Web/sites/write",
  ],
  [
    "run a deployment script as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    "Microsoft.Resources/deploymentScripts/write",
  ],
  [
    "run a container as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    "Microsoft.ContainerInstance/containerGroups/write",
  ],
  [
    "run a container app as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    ["Microsoft.App/containerApps/write", "Microsoft.App/jobs/write"],
  ],
  ["run a logic app as a managed identity", IDENTITIES, ASSIGN_IDENTITY, "Microsoft.Logic/workflows/write"],
  [
    "run a runbook as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    "Microsoft.Automation/automationAccounts/write",
    [
      "Microsoft.Automation/automationAccounts/runbooks/draft/write",
      "Microsoft.Automation/automationAccounts/runbooks/write",
    ],
    [
      "Microsoft.Automation/automationAccounts/jobs/write",
      "Microsoft.Automation/automationAccounts/webhooks/write",
    ],
  ],
  [
    "run a data factory as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    "Microsoft.DataFactory/factories/write",
  ],
  [
    "run a cluster as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    "Microsoft.ContainerService/managedClusters/write",
  ],
  [
    "run a batch pool as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    ["Microsoft.Batch/batchAccounts/pools/write", "Microsoft.Batch/batchAccounts/write"],
  ],
  [
    "run an image build as a managed identity",
    IDENTITIES,
    ASSIGN_IDENTITY,
    "Microsoft.VirtualMachineImages/imageTemplates/write",
  ],
];

/** The published ways to more rights in Azure. */
export const AZURE_PATHS: readonly EscalationPath[] = [
  ...pathsOf("rights", RIGHTS),
  ...pathsOf("takeover", TAKEOVERS),
];
