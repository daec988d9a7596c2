import { builtIn, denyAssignment, roleAssignment } from "../servers/azure-state.ts";
import { azureGround, type Row } from "./azure-ground.ts";
import { clean, flags, MG, manager, SUB, swapped, vendor, withAlso, withRole } from "./chalk.ts";
import { describeWorlds } from "./world.ts";

const file = (...waivers: object[]) =>
  JSON.stringify({
    waivers: waivers.map((w) => ({ reason: "pilot", owner: "cloud-team", expires: "2027-01-31", ...w })),
  });
const widened = withRole({
  ...manager,
  actions: swapped(manager.actions, "Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/*"),
});
const grown = withRole({
  ...manager,
  actions: swapped(manager.actions, "Microsoft.Compute/virtualMachines/*", "*"),
});
const compute = { pattern: "Microsoft.Compute/*" };
const twice = [
  { control: "platform-manager-role", ...compute },
  { control: "effective-access", ...compute },
];
const owner = (name: string, scope: string) =>
  roleAssignment({ name, role: builtIn.owner, principal: vendor, scope });
const A = `${SUB}/resourceGroups/rg-a`;
const B = `${SUB}/resourceGroups/rg-b`;
const CHILD = "/providers/Microsoft.Management/managementGroups/a-child";
const deny = (name: string, scope: string) =>
  denyAssignment({ name, scope, permissions: [{ actions: ["Microsoft.Compute/disks/*"] }] });
/** The resource of an excess: a role held at a scope. */
const held = (scope: string, role: string) => `${scope}#${vendor}:${role}`;
const id = (scope: string, name: string) =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;

const rows: Readonly<Record<string, Row>> = {
  "of everything that drifted": {
    state: widened,
    flags,
    waivers: file(...twice),
    code: 0,
    controls: { "platform-manager-role": "waived", "effective-access": "waived" },
    findings: [
      "effective-access waived excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role waived excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
    ],
  },
  "of one control of two": {
    state: widened,
    flags,
    waivers: file(twice[0] ?? {}),
    code: 1,
    controls: { "platform-manager-role": "waived", "effective-access": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role waived excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
    ],
  },
  expired: {
    state: widened,
    flags,
    waivers: file(...twice.map((w) => ({ ...w, expires: "2026-11-20" }))),
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail", "waivers.yaml": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
      "waivers.yaml expired low platform-manager-role (Microsoft.Compute/*) (waivers.yaml#48a16a181da2)",
      "waivers.yaml expired low effective-access (Microsoft.Compute/*) (waivers.yaml#6f1fb7c607e2)",
    ],
  },
  "on its last day": {
    state: widened,
    flags,
    waivers: file(...twice.map((w) => ({ ...w, expires: "2026-11-21" }))),
    code: 0,
    controls: { "platform-manager-role": "waived", "effective-access": "waived" },
    findings: [
      "effective-access waived excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role waived excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
    ],
  },
  "that the grant has outgrown": {
    state: grown,
    flags,
    waivers: file(...twice),
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess critical control * except 56 patterns ! Microsoft.Authorization/roleDefinitions/write",
      "waivers.yaml note stray info platform-manager-role (Microsoft.Compute/*) (waivers.yaml#48a16a181da2)",
      "waivers.yaml note stray info effective-access (Microsoft.Compute/*) (waivers.yaml#6f1fb7c607e2)",
    ],
  },
  "of nothing that is there": {
    state: clean(),
    flags,
    waivers: file(...twice),
    code: 0,
    findings: [
      "waivers.yaml note stray info platform-manager-role (Microsoft.Compute/*) (waivers.yaml#48a16a181da2)",
      "waivers.yaml note stray info effective-access (Microsoft.Compute/*) (waivers.yaml#6f1fb7c607e2)",
    ],
  },
  "of nothing that is there, and part unread": {
    state: clean(),
    flags,
    faults: [{ match: "denyAssignments", denied: "x" }],
    waivers: file(...twice),
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: ["effective-access unknown medium (SUB#azure/deny-assignment)"],
  },
  "of one control while the scan is incomplete": {
    state: widened,
    flags,
    faults: [{ match: "managedClusters", denied: "x" }],
    waivers: file(...twice),
    code: 3,
    controls: {
      "platform-manager-role": "waived",
      "effective-access": "waived",
      "aks-rbac": "unknown",
      "subscription-separation": "unknown",
    },
    findings: [
      "aks-rbac unknown medium (SUB#azure/managed-cluster)",
      "effective-access waived excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role waived excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
      "subscription-separation unknown low (SUB#azure/managed-cluster)",
    ],
  },
  "of Owner on one resource group": {
    state: withAlso(owner("a-one", A)),
    flags,
    waivers: file({ control: "effective-access", pattern: "*", scope: A }),
    code: 0,
    controls: { "effective-access": "waived" },
    findings: [
      "effective-access waived excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-a, by Owner, at SUB/rg-a",
    ],
  },
  "of Owner on one resource group, held on a second one too": {
    state: withAlso(owner("a-one", A), owner("a-two", B)),
    flags,
    waivers: file({ control: "effective-access", pattern: "*", resource: held(A, builtIn.owner), scope: A }),
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-b, by Owner, at SUB/rg-b",
      "effective-access waived excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-a, by Owner, at SUB/rg-a",
    ],
  },
  "of Owner on one resource group, held on the subscription": {
    state: withAlso(owner("a-one", A), owner("a-two", SUB)),
    flags,
    waivers: file({ control: "effective-access", pattern: "*", scope: A }),
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Owner, at SUB",
      "waivers.yaml note stray info effective-access (*) (waivers.yaml#d0efe4613546)",
    ],
  },
  "of an assignment at one management group, held at a second one too (AZ6)": {
    state: {
      ...withAlso(
        roleAssignment({ name: "a-child", role: builtIn.reader, principal: vendor, scope: CHILD }),
        roleAssignment({ name: "a-root", role: builtIn.reader, principal: vendor, scope: MG }),
      ),
      managementGroups: ["a-child", "root-mg"],
    },
    flags,
    waivers: file({ control: "effective-access", pattern: "*/read", scope: CHILD }),
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess medium control */read except 53 patterns ! Microsoft.Web/sites/read @ MG root-mg, by Reader, at MG root-mg",
      "effective-access waived excess medium control */read except 53 patterns ! Microsoft.Web/sites/read @ MG a-child, by Reader, at MG a-child",
    ],
  },
  "of a loss on one resource group, lost on a second one too (AZ6)": {
    state: clean({ denyAssignments: [deny("d-1", A), deny("d-2", B)] }),
    flags,
    waivers: file({
      rule: "azure/effective-access/missing",
      control: "effective-access",
      pattern: "Microsoft.Compute/disks/*",
      scope: A,
    }),
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access missing medium control Microsoft.Compute/disks/* ! Microsoft.Compute/disks/write @ SUB/rg-b, by deny assignment d-2",
      "effective-access waived missing medium control Microsoft.Compute/disks/* ! Microsoft.Compute/disks/write @ SUB/rg-a, by deny assignment d-1",
    ],
  },
  "of an assignment at a management group": {
    state: withAlso(roleAssignment({ name: "a-mg", role: builtIn.reader, principal: vendor, scope: MG })),
    flags,
    waivers: file(
      { control: "effective-access", pattern: "*/read", scope: MG },
      { control: "effective-access", drift: "wider", resource: id(MG, "a-mg") },
    ),
    code: 0,
    controls: { "effective-access": "waived" },
    findings: [
      "effective-access waived excess medium control */read except 53 patterns ! Microsoft.Web/sites/read @ MG root-mg, by Reader, at MG root-mg",
      "waivers.yaml note stray info effective-access (/providers/Microsoft.Management/managementGroups/root-mg/providers/Microsoft.Authorization/roleAssignments/a-mg) (waivers.yaml#ed206044f83a)",
    ],
  },
  "of the control plane, granted on the data plane too": {
    state: withRole({
      ...manager,
      actions: [...manager.actions, "Microsoft.KeyVault/*"],
      dataActions: [...manager.dataActions, "Microsoft.KeyVault/*"],
    }),
    flags,
    waivers: file(...twice.map((w) => ({ ...w, pattern: "Microsoft.KeyVault/*" }))),
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high data Microsoft.KeyVault/* except Microsoft.KeyVault/vaults/certificates/read; Microsoft.KeyVault/vaults/keys/*; Microsoft.KeyVault/vaults/secrets/* ! Microsoft.KeyVault/vaults/certificates/delete @ SUB, by Chalk Platform Manager, at SUB",
      "effective-access waived excess high control Microsoft.KeyVault/* except Microsoft.KeyVault/deletedVaults/*; Microsoft.KeyVault/locations/*; Microsoft.KeyVault/operations/read; Microsoft.KeyVault/vaults/* ! Microsoft.KeyVault/managedHSMs/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high data Microsoft.KeyVault/* except Microsoft.KeyVault/vaults/certificates/read; Microsoft.KeyVault/vaults/keys/*; Microsoft.KeyVault/vaults/secrets/* ! Microsoft.KeyVault/vaults/certificates/delete",
      "platform-manager-role waived excess high control Microsoft.KeyVault/* except Microsoft.KeyVault/deletedVaults/*; Microsoft.KeyVault/locations/*; Microsoft.KeyVault/operations/read; Microsoft.KeyVault/vaults/* ! Microsoft.KeyVault/managedHSMs/write",
    ],
  },
  "with an exception that is granted": {
    state: widened,
    flags,
    waivers: file(...twice.map((w) => ({ ...w, except: ["Microsoft.Compute/hostGroups/*"] }))),
    code: 1,
    controls: { "platform-manager-role": "fail", "effective-access": "fail" },
    findings: [
      "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ SUB, by Chalk Platform Manager, at SUB",
      "platform-manager-role excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
      "waivers.yaml note stray info platform-manager-role (Microsoft.Compute/*) (waivers.yaml#b8496d2c4ee9)",
      "waivers.yaml note stray info effective-access (Microsoft.Compute/*) (waivers.yaml#bed32828edbd)",
    ],
  },
};
describeWorlds(
  "a waiver",
  azureGround({ state: clean(), flags }, ["log-reader-role note absent info (SUB#log-reader-role)"]),
  rows,
);
