import { roleDefinition } from "../servers/azure-state.ts";
import { azureGround, type Row } from "./azure-ground.ts";
import {
  clean,
  flags,
  logs,
  MG,
  manager,
  managerAssignment,
  managerDefinition,
  otherRole,
  RG,
  SUB,
  stockRoles,
  swapped,
  vendor,
  withInstead,
  withRole,
} from "./chalk.ts";
import { operations } from "./operations.ts";
import { describeWorlds } from "./world.ts";

const VM = "Microsoft.Compute/virtualMachines/*";
const named = { ...flags, principal: [vendor] };
const widened = withRole({ ...manager, actions: swapped(manager.actions, VM, "Microsoft.Compute/*") });
const raw = (permissions: unknown) => {
  const body = managerDefinition([manager]);
  return clean({
    roleDefinitions: [
      ...stockRoles,
      { ...body, properties: { ...(body.properties as object), permissions } },
    ],
  });
};

/** What the documented role may be turned into. */
const rows: Readonly<Record<string, Row>> = {
  "one action widened to its provider": {
    state: widened,
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
    ],
  },
  "the same, with --fail-on critical": {
    state: widened,
    flags,
    policy: { failOn: "critical" },
    code: 0,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
    ],
  },
  "the same, with --fail-on high": {
    state: widened,
    flags,
    policy: { failOn: "high" },
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
    ],
  },
  "the same, with --fail-on never": {
    state: widened,
    flags,
    policy: { failOn: "never" },
    code: 0,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
    ],
  },
  "the same, with a catalogue that has nothing there (G6)": {
    state: { ...widened, operations: operations.filter((o) => o.name !== "Microsoft.Compute") },
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess low latent control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/<any> @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess low latent control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/<any>",
    ],
  },
  "the same, latent, with --fail-on medium (G6)": {
    state: { ...widened, operations: operations.filter((o) => o.name !== "Microsoft.Compute") },
    flags,
    policy: { failOn: "medium" },
    code: 0,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess low latent control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/<any> @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess low latent control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/<any>",
    ],
  },
  "one action narrowed": {
    state: withRole({
      ...manager,
      actions: swapped(manager.actions, "Microsoft.Sql/servers/*", "Microsoft.Sql/servers/databases/*"),
    }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Sql/servers/* except Microsoft.Sql/servers/databases/* ! Microsoft.Sql/servers/write @ SUB",
      "platform-manager-role missing medium control Microsoft.Sql/servers/* except Microsoft.Sql/servers/databases/* ! Microsoft.Sql/servers/write",
    ],
  },
  "one action gone": {
    state: withRole({
      ...manager,
      actions: swapped(manager.actions, "Microsoft.ManagedIdentity/userAssignedIdentities/*"),
    }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.ManagedIdentity/userAssignedIdentities/* ! Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write @ SUB",
      "platform-manager-role missing medium control Microsoft.ManagedIdentity/userAssignedIdentities/* ! Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    ],
  },
  "upper case (AZ1)": {
    state: withRole({
      actions: manager.actions.map((a) => a.toUpperCase()),
      dataActions: manager.dataActions.map((a) => a.toUpperCase()),
    }),
    flags,
    code: 0,
  },
  "another order, and duplicates": {
    state: withRole({
      actions: [...manager.actions].reverse().concat(manager.actions),
      dataActions: [...manager.dataActions].reverse(),
    }),
    flags,
    code: 0,
  },
  "split over two permission objects with harmless notActions (AZ2)": {
    state: withRole(
      { actions: manager.actions.slice(0, 30), notActions: ["Microsoft.Batch/*", manager.actions[40] ?? ""] },
      {
        actions: manager.actions.slice(30),
        notActions: manager.actions.slice(0, 5),
        dataActions: manager.dataActions,
        notDataActions: ["Microsoft.Storage/storageAccounts/tables/read"],
      },
    ),
    flags,
    code: 0,
  },
  "notActions that bite (AZ2)": {
    state: withRole({ ...manager, notActions: ["Microsoft.Storage/storageAccounts/delete"] }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete @ SUB",
      "platform-manager-role missing medium control Microsoft.Storage/storageAccounts/delete ! Microsoft.Storage/storageAccounts/delete",
    ],
  },
  "notActions that another object gives back (AZ2, AZ4)": {
    state: withRole(
      { ...manager, notActions: ["Microsoft.Storage/storageAccounts/delete"] },
      { actions: ["Microsoft.Storage/storageAccounts/*"] },
    ),
    flags,
    code: 0,
  },
  "all actions but those of notActions, which is no list of what is documented": {
    state: withRole({
      ...manager,
      actions: ["*"],
      notActions: ["Microsoft.Authorization/*/write", "Microsoft.Authorization/*/delete"],
    }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Blueprint/blueprintAssignments/write @ SUB, by Chalk Platform Manager, at SUB",
      "effective-access missing medium control Microsoft.Authorization/roleAssignments/delete ! Microsoft.Authorization/roleAssignments/delete @ SUB",
      "effective-access missing medium control Microsoft.Authorization/roleAssignments/write ! Microsoft.Authorization/roleAssignments/write @ SUB",
      "platform-manager-role excess critical control * except 56 patterns ! Microsoft.Blueprint/blueprintAssignments/write",
      "platform-manager-role missing medium control Microsoft.Authorization/roleAssignments/delete ! Microsoft.Authorization/roleAssignments/delete",
      "platform-manager-role missing medium control Microsoft.Authorization/roleAssignments/write ! Microsoft.Authorization/roleAssignments/write",
    ],
  },
  "planes swapped for one permission (AZ3)": {
    state: withRole({
      ...manager,
      actions: [...manager.actions, "Microsoft.KeyVault/vaults/secrets/*"],
      dataActions: swapped(manager.dataActions, "Microsoft.KeyVault/vaults/secrets/*"),
    }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access missing medium data Microsoft.KeyVault/vaults/secrets/* ! Microsoft.KeyVault/vaults/secrets/delete @ SUB",
      "platform-manager-role missing medium data Microsoft.KeyVault/vaults/secrets/* ! Microsoft.KeyVault/vaults/secrets/delete",
    ],
  },
  "a control action moved to the data plane (AZ3)": {
    state: withRole({
      ...manager,
      actions: swapped(manager.actions, "Microsoft.EventHub/namespaces/*"),
      dataActions: [...manager.dataActions, "Microsoft.EventHub/namespaces/*"],
    }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high data Microsoft.EventHub/namespaces/* ! Microsoft.EventHub/namespaces/messages/send/action @ SUB, by Chalk Platform Manager, at SUB",
      "effective-access missing medium control Microsoft.EventHub/namespaces/* ! Microsoft.EventHub/namespaces/write @ SUB",
      "platform-manager-role excess high data Microsoft.EventHub/namespaces/* ! Microsoft.EventHub/namespaces/messages/send/action",
      "platform-manager-role missing medium control Microsoft.EventHub/namespaces/* ! Microsoft.EventHub/namespaces/write",
    ],
  },
  "* as data action": {
    state: withRole({ ...manager, dataActions: ["*"] }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical data * except Microsoft.KeyVault/vaults/certificates/read; Microsoft.KeyVault/vaults/keys/*; Microsoft.KeyVault/vaults/secrets/*; Microsoft.OperationalInsights/workspaces/query/*/read; Microsoft.OperationalInsights/workspaces/search/*/read; Microsoft.Storage/storageAccounts/blobServices/containers/*; Microsoft.Storage/storageAccounts/fileServices/fileshares/*; Microsoft.Storage/storageAccounts/queueServices/queues/*; Microsoft.Storage/storageAccounts/tableServices/tables/* ! Microsoft.ContainerService/managedClusters/pods/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high data * except Microsoft.KeyVault/vaults/certificates/read; Microsoft.KeyVault/vaults/keys/*; Microsoft.KeyVault/vaults/secrets/*; Microsoft.Storage/storageAccounts/blobServices/containers/*; Microsoft.Storage/storageAccounts/fileServices/fileshares/*; Microsoft.Storage/storageAccounts/queueServices/queues/*; Microsoft.Storage/storageAccounts/tableServices/tables/* ! Microsoft.ContainerService/managedClusters/pods/write",
    ],
  },
  "* as action": {
    state: withRole({ ...manager, actions: ["*"] }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess critical control * except 56 patterns ! Microsoft.Authorization/roleDefinitions/write",
    ],
  },
  "one action of Microsoft.Authorization widened": {
    state: withRole({ ...manager, actions: [...manager.actions, "Microsoft.Authorization/*"] }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.Authorization/* except Microsoft.Authorization/roleAssignments/delete; Microsoft.Authorization/roleAssignments/read; Microsoft.Authorization/roleAssignments/write; Microsoft.Authorization/roleDefinitions/read ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess critical control Microsoft.Authorization/* except Microsoft.Authorization/roleAssignments/delete; Microsoft.Authorization/roleAssignments/read; Microsoft.Authorization/roleAssignments/write; Microsoft.Authorization/roleDefinitions/read ! Microsoft.Authorization/roleDefinitions/write",
    ],
  },
  "reading added": {
    state: withRole({ ...manager, actions: [...manager.actions, "Microsoft.Web/sites/read"] }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess medium control Microsoft.Web/sites/read ! Microsoft.Web/sites/read @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess medium control Microsoft.Web/sites/read ! Microsoft.Web/sites/read",
    ],
  },
  "a data action widened": {
    state: withRole({
      ...manager,
      dataActions: swapped(
        manager.dataActions,
        "Microsoft.KeyVault/vaults/certificates/read",
        "Microsoft.KeyVault/vaults/certificates/*",
      ),
    }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high data Microsoft.KeyVault/vaults/certificates/* except Microsoft.KeyVault/vaults/certificates/read ! Microsoft.KeyVault/vaults/certificates/delete @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high data Microsoft.KeyVault/vaults/certificates/* except Microsoft.KeyVault/vaults/certificates/read ! Microsoft.KeyVault/vaults/certificates/delete",
    ],
  },
  "several stars in one action (AZ13)": {
    state: withRole({ ...manager, actions: [...manager.actions, "Microsoft.*/*/delete"] }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.*/*/delete except 49 patterns ! Microsoft.Authorization/denyAssignments/delete @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess critical control Microsoft.*/*/delete except 49 patterns ! Microsoft.Authorization/denyAssignments/delete",
    ],
  },
  "a condition inside a permission object (AZ5)": {
    state: withRole({ ...manager, condition: "@Resource[x] StringEquals 'a'" }),
    flags,
    code: 3,
    controls: { "platform-manager-role": "unknown", "effective-access": "unknown" },
    golden: "role-a-condition-inside-a-permission-object",
  },
  "a condition inside a permission object that grants more (AZ5)": {
    state: withRole(manager, { actions: ["Microsoft.Web/*"], condition: "@Resource[x] StringEquals 'a'" }),
    flags,
    code: 3,
    controls: { "platform-manager-role": "unknown", "effective-access": "unknown" },
    findings: [
      "effective-access unknown medium control Microsoft.Web/*",
      "platform-manager-role unknown medium control Microsoft.Web/*",
    ],
  },
  "a condition inside an object that an object without one makes moot (AZ5)": {
    state: withRole(manager, { actions: [VM], condition: "@Resource[x] StringEquals 'a'" }),
    flags,
    code: 0,
  },
  "assignable at a management group (AZ8)": {
    state: clean({
      roleDefinitions: [...stockRoles, managerDefinition([manager], { assignableScopes: [SUB, MG] })],
    }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail" },
    findings: [
      "platform-manager-role wider low Chalk Platform Manager (SUB roleDefinitions/d0000000-0000-4000-8000-000000000001)",
    ],
  },
  "assignable on one resource group, and held there, which is declared (AZ8)": {
    state: {
      ...withInstead(managerAssignment({ scope: RG })),
      roleDefinitions: [...stockRoles, managerDefinition([manager], { assignableScopes: [RG] })],
    },
    flags: { set: [...(flags.set ?? []), `scope=${RG}`] },
    code: 0,
  },
  "absent, nobody named": {
    state: clean({ roleDefinitions: stockRoles, roleAssignments: [] }),
    flags,
    code: 1,
    controls: {
      "platform-manager-role": "fail",
      "platform-manager-assignment": "fail",
      "effective-access": "fail",
    },
    findings: [
      "effective-access absent medium nobody (SUB)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
      "platform-manager-role absent medium (SUB#Chalk Platform Manager)",
    ],
  },
  "absent, the principal named": {
    state: clean({ roleDefinitions: stockRoles, roleAssignments: [] }),
    flags: named,
    code: 1,
    controls: {
      "platform-manager-role": "fail",
      "platform-manager-assignment": "fail",
      "effective-access": "fail",
    },
    findings: [
      "effective-access absent critical (aaaaaaaa-0000-4000-8000-000000000001)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#aaaaaaaa-0000-4000-8000-000000000001)",
      "platform-manager-role absent medium (SUB#Chalk Platform Manager)",
    ],
  },
  "renamed, nobody named": {
    state: clean({
      roleDefinitions: [...stockRoles, managerDefinition([manager], { name: "Chalk Platform Manager v2" })],
    }),
    flags,
    code: 1,
    controls: {
      "platform-manager-role": "fail",
      "platform-manager-assignment": "fail",
      "effective-access": "fail",
    },
    findings: [
      "effective-access absent medium nobody (SUB)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
      "platform-manager-role absent medium (SUB#Chalk Platform Manager)",
    ],
  },
  "renamed, the principal named": {
    state: clean({
      roleDefinitions: [...stockRoles, managerDefinition([manager], { name: "Chalk Platform Manager v2" })],
    }),
    flags: named,
    code: 1,
    controls: { "platform-manager-role": "fail", "platform-manager-assignment": "fail" },
    findings: [
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#aaaaaaaa-0000-4000-8000-000000000001)",
      "platform-manager-role absent medium (SUB#Chalk Platform Manager)",
    ],
  },
  "named in another case (AZ11)": {
    state: clean({
      roleDefinitions: [...stockRoles, managerDefinition([manager], { name: "CHALK platform MANAGER" })],
    }),
    flags,
    code: 0,
  },
  "twice, the second one wider and held by nobody (AZ11)": {
    state: clean({
      roleDefinitions: [
        ...stockRoles,
        managerDefinition([manager]),
        managerDefinition([{ ...manager, actions: [...manager.actions, "Microsoft.Web/*"] }], {
          id: otherRole,
        }),
      ],
    }),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail" },
    findings: ["platform-manager-role excess high control Microsoft.Web/* ! Microsoft.Web/sites/write"],
  },
  "its name taken by a role of the provider's": {
    state: clean({
      roleDefinitions: [
        ...stockRoles,
        managerDefinition([manager]),
        roleDefinition({
          id: otherRole,
          name: "Chalk Platform Manager",
          type: "BuiltInRole",
          permissions: [{ actions: ["*"] }],
        }),
      ],
    }),
    flags,
    code: 0,
  },
  "permissions null": {
    state: raw(null),
    flags,
    code: 3,
    controls: { "platform-manager-role": "unknown", "effective-access": "unknown" },
    golden: "role-permissions-null",
  },
  "permissions an empty list": {
    state: raw([]),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    golden: "role-permissions-an-empty-list",
  },
  "actions a string": {
    state: raw([{ ...manager, actions: "*" }]),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess critical control * except 56 patterns ! Microsoft.Authorization/roleDefinitions/write",
    ],
  },
  "an action that is a number": {
    state: raw([{ ...manager, actions: [...manager.actions, 7] }]),
    flags,
    code: 3,
    controls: { "platform-manager-role": "unknown", "effective-access": "unknown" },
    findings: ["effective-access unknown medium *", "platform-manager-role unknown medium *"],
  },
  "a permission object that is null": {
    state: raw([manager, null]),
    flags,
    code: 3,
    controls: { "platform-manager-role": "unknown", "effective-access": "unknown" },
    findings: ["effective-access unknown medium *", "platform-manager-role unknown medium *"],
  },
  "its lists spelled in another case": {
    state: raw([{ ACTIONS: manager.actions, DataActions: [...manager.dataActions, "*"] }]),
    flags,
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical data * except Microsoft.KeyVault/vaults/certificates/read; Microsoft.KeyVault/vaults/keys/*; Microsoft.KeyVault/vaults/secrets/*; Microsoft.OperationalInsights/workspaces/query/*/read; Microsoft.OperationalInsights/workspaces/search/*/read; Microsoft.Storage/storageAccounts/blobServices/containers/*; Microsoft.Storage/storageAccounts/fileServices/fileshares/*; Microsoft.Storage/storageAccounts/queueServices/queues/*; Microsoft.Storage/storageAccounts/tableServices/tables/* ! Microsoft.ContainerService/managedClusters/pods/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high data * except Microsoft.KeyVault/vaults/certificates/read; Microsoft.KeyVault/vaults/keys/*; Microsoft.KeyVault/vaults/secrets/*; Microsoft.Storage/storageAccounts/blobServices/containers/*; Microsoft.Storage/storageAccounts/fileServices/fileshares/*; Microsoft.Storage/storageAccounts/queueServices/queues/*; Microsoft.Storage/storageAccounts/tableServices/tables/* ! Microsoft.ContainerService/managedClusters/pods/write",
    ],
  },
  "notActions null, dataActions absent": {
    state: raw([{ actions: manager.actions, notActions: null }, { dataActions: manager.dataActions }]),
    flags,
    code: 0,
  },
  "a role for logs, exact, held by the vendor": {
    state: {
      ...clean(),
      roleDefinitions: [
        ...stockRoles,
        managerDefinition([manager]),
        roleDefinition({ id: otherRole, name: "Log reader", permissions: [logs] }),
      ],
      roleAssignments: [managerAssignment(), managerAssignment({ name: "a-logs", role: otherRole })],
    },
    flags,
    code: 0,
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
};

describeWorlds(
  "the documented role",
  azureGround({ state: clean(), flags }, ["log-reader-role note absent info (SUB#log-reader-role)"]),
  rows,
);
