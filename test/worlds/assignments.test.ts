import { builtIn, eligibility, roleAssignment, roleDefinition } from "../servers/azure-state.ts";
import { azureGround, type Row } from "./azure-ground.ts";
import {
  bystander,
  clean,
  flags,
  MG,
  manager,
  managerAssignment,
  managerDefinition,
  managerRole,
  otherRole,
  outer,
  RG,
  SUB,
  second,
  stockRoles,
  stranger,
  team,
  VAULT,
  vendor,
  withAlso,
  withInstead,
} from "./chalk.ts";
import { describeWorlds } from "./world.ts";

const named = { ...flags, principal: [vendor] };
const undeclared = { set: flags.set };
const nobody = "eeeeeeee-0000-4000-8000-00000000000e";
const group = { principal: team, principalType: "Group" } as const;
const also = (a: Partial<Parameters<typeof roleAssignment>[0]>) =>
  withAlso(roleAssignment({ name: "a-more", role: builtIn.owner, principal: vendor, ...a }));
const condition =
  "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'a'";
const eligible = (e: Partial<Parameters<typeof eligibility>[0]>) =>
  eligibility({ name: "e-1", role: builtIn.owner, principal: vendor, ...e });
const secretsOnVault = roleDefinition({
  id: otherRole,
  name: "Secrets of one vault",
  permissions: [
    {
      actions: ["Microsoft.KeyVault/vaults/read"],
      dataActions: ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
    },
  ],
});

const rows: Readonly<Record<string, Row>> = {
  "Contributor through a group (AZ6)": {
    state: also({ role: builtIn.contributor, ...group }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 62 patterns ! Microsoft.Web/sites/write @ SUB, by Contributor, to group bbbbbbbb-0000-4000-8000-000000000001, at SUB",
    ],
  },
  "Contributor through a group in a group (AZ6)": {
    state: also({ role: builtIn.contributor, principal: outer, principalType: "Group" }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 62 patterns ! Microsoft.Web/sites/write @ SUB, by Contributor, to group bbbbbbbb-0000-4000-8000-000000000002, at SUB",
    ],
  },
  "Contributor to a group that the vendor is not in": {
    state: { ...also({ role: builtIn.contributor, ...group }), groups: {} },
    flags,
    code: 0,
  },
  "Contributor twice, directly and through a group": {
    state: withAlso(
      roleAssignment({ name: "a-direct", role: builtIn.contributor, principal: vendor }),
      roleAssignment({ name: "a-group", role: builtIn.contributor, ...group }),
    ),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 62 patterns ! Microsoft.Web/sites/write @ SUB, by Contributor, at SUB",
    ],
  },
  "Owner on one resource group (AZ6)": {
    state: also({ scope: RG }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-chalk, by Owner, at SUB/rg-chalk",
    ],
  },
  "Owner on two resource groups": {
    state: withAlso(
      roleAssignment({
        name: "a-one",
        role: builtIn.owner,
        principal: vendor,
        scope: `${SUB}/resourceGroups/rg-a`,
      }),
      roleAssignment({
        name: "a-two",
        role: builtIn.owner,
        principal: vendor,
        scope: `${SUB}/resourceGroups/rg-b`,
      }),
    ),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-a, by Owner, at SUB/rg-a",
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-b, by Owner, at SUB/rg-b",
    ],
  },
  "Owner on a resource group and on a vault in it": {
    state: withAlso(
      roleAssignment({ name: "a-one", role: builtIn.owner, principal: vendor, scope: RG }),
      roleAssignment({ name: "a-two", role: builtIn.owner, principal: vendor, scope: VAULT }),
    ),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-chalk, by Owner, at SUB/rg-chalk",
    ],
  },
  "Owner on one vault, below the audited scope (AZ6)": {
    state: also({ scope: VAULT }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control * except 57 patterns ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk, by Owner, at SUB/rg-chalk/providers/Microsoft.KeyVault/vaults/kv-chalk",
    ],
  },
  "a role on one vault that grants only what is documented (AZ6)": {
    state: {
      ...also({ role: otherRole, scope: VAULT }),
      roleDefinitions: [...stockRoles, managerDefinition([manager]), secretsOnVault],
    },
    flags,
    code: 0,
  },
  "Reader at management group level, by the tenant's role id (AZ6, AZ11)": {
    state: also({ role: `/providers/Microsoft.Authorization/roleDefinitions/${builtIn.reader}`, scope: MG }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess medium control */read except 53 patterns ! Microsoft.Web/sites/read @ MG root-mg, by Reader, at MG root-mg",
    ],
  },
  "the documented role at management group level besides": {
    state: also({ role: managerRole, scope: MG }),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access wider high Chalk Platform Manager (MG root-mg roleAssignments/a-more), by Chalk Platform Manager, at MG root-mg",
      "platform-manager-assignment wider high Chalk Platform Manager (MG root-mg roleAssignments/a-more), by Chalk Platform Manager, at MG root-mg",
    ],
  },
  "the documented role at management group level instead": {
    state: withInstead(managerAssignment({ scope: MG })),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access wider high Chalk Platform Manager (MG root-mg roleAssignments/a-manager), by Chalk Platform Manager, at MG root-mg",
      "platform-manager-assignment wider high Chalk Platform Manager (MG root-mg roleAssignments/a-manager), by Chalk Platform Manager, at MG root-mg",
    ],
  },
  "the documented role at / instead": {
    state: withInstead(managerAssignment({ scope: "/" })),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access wider high Chalk Platform Manager ( roleAssignments/a-manager), by Chalk Platform Manager, at /",
      "platform-manager-assignment wider high Chalk Platform Manager ( roleAssignments/a-manager), by Chalk Platform Manager, at /",
    ],
  },
  "User Access Administrator at /": {
    state: also({ role: builtIn.userAccessAdministrator, scope: "/" }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess critical control Microsoft.Authorization/* except Microsoft.Authorization/roleAssignments/delete; Microsoft.Authorization/roleAssignments/read; Microsoft.Authorization/roleAssignments/write; Microsoft.Authorization/roleDefinitions/read ! Microsoft.Authorization/roleDefinitions/write @ /, by User Access Administrator, at /",
      "effective-access excess high control Microsoft.Support/* ! Microsoft.Support/supportTickets/write @ /, by User Access Administrator, at /",
      "effective-access excess medium control */read except 53 patterns ! Microsoft.Web/sites/read @ /, by User Access Administrator, at /",
    ],
  },
  "the documented role on one resource group only, the subscription declared": {
    state: withInstead(managerAssignment({ scope: RG })),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    golden: "assignments-the-documented-role-on-one-resource-group-only-the-subscription-declared",
  },
  "the documented role on one resource group only, nothing declared": {
    state: withInstead(managerAssignment({ scope: RG })),
    flags: undeclared,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    golden: "assignments-the-documented-role-on-one-resource-group-only-the-subscription-declared",
  },
  "the documented role on one resource group only, which is declared": {
    state: withInstead(managerAssignment({ scope: RG })),
    flags: { set: [...flags.set, `scope=${RG}`] },
    code: 0,
  },
  "the documented role on the subscription, a resource group declared (AZ7)": {
    state: clean(),
    flags: { set: [...flags.set, `scope=${RG}`] },
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access wider high Chalk Platform Manager (SUB roleAssignments/a-manager), by Chalk Platform Manager, at SUB",
      "platform-manager-assignment wider high Chalk Platform Manager (SUB roleAssignments/a-manager), by Chalk Platform Manager, at SUB",
    ],
  },
  "the documented role on rg-chalk2, rg-chalk declared (AZ7)": {
    state: withInstead(managerAssignment({ scope: `${RG}2` })),
    flags: { set: [...flags.set, `scope=${RG}`] },
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    golden: "assignments-the-documented-role-on-rg-chalk2-rg-chalk-declared",
  },
  "not assigned, nobody named": {
    state: withInstead(),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access absent medium nobody (SUB)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
    ],
  },
  "not assigned, the principal named": {
    state: withInstead(),
    flags: named,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access absent critical (aaaaaaaa-0000-4000-8000-000000000001)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  },
  "a principal named that does not exist (fault 40)": {
    state: clean(),
    flags: { ...flags, principal: [nobody] },
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access absent critical (eeeeeeee-0000-4000-8000-00000000000e)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#eeeeeeee-0000-4000-8000-00000000000e)",
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-manager)",
    ],
  },
  "two principals hold the role, nobody named": {
    state: also({ role: managerRole, principal: second }),
    flags,
    code: 0,
  },
  "two principals hold the role, one of them named": {
    state: also({ role: managerRole, principal: second }),
    flags: named,
    code: 1,
    controls: { "platform-manager-assignment": "fail" },
    findings: [
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-more)",
    ],
  },
  "two principals hold the role, the second one more besides": {
    state: withAlso(
      managerAssignment({ name: "a-second", principal: second }),
      roleAssignment({ name: "a-more", role: builtIn.reader, principal: second }),
    ),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access excess medium control */read except 53 patterns ! Microsoft.Web/sites/read @ SUB, by Reader, at SUB",
    ],
  },
  "a group of strangers holds the vendor's role, nobody named": {
    state: { ...also({ role: managerRole, ...group }), groups: { [team]: [stranger] } },
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail" },
    findings: [
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-more)",
    ],
  },
  "a group of strangers holds the vendor's role, the principal named": {
    state: { ...also({ role: managerRole, ...group }), groups: { [team]: [stranger] } },
    flags: named,
    code: 1,
    controls: { "platform-manager-assignment": "fail" },
    findings: [
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-more)",
    ],
  },
  "a stranger holds the vendor's role on one resource group, the principal named": {
    state: also({ role: managerRole, principal: stranger, principalType: "User", scope: RG }),
    flags: named,
    code: 1,
    controls: { "platform-manager-assignment": "fail" },
    findings: [
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB/rg-chalk roleAssignments/a-more)",
    ],
  },
  "the role held through a group, the principal named": {
    state: withInstead(managerAssignment(group)),
    flags: named,
    code: 0,
  },
  "the role held through a group, nobody named (AZ6, AZ15)": {
    state: withInstead(managerAssignment(group)),
    flags,
    code: 1,
    controls: {
      "platform-manager-assignment": "fail",
      "effective-access": "unknown",
      "log-reader-role": "unknown",
    },
    findings: [
      "effective-access unknown medium principal to audit (SUB)",
      "log-reader-role unknown medium (SUB#log-reader-role)",
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-manager)",
      "platform-manager-assignment unknown medium principal to audit (SUB)",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "the role held through a group, the group named (AZ6)": {
    state: withInstead(managerAssignment(group)),
    flags: { ...flags, principal: [team] },
    code: 3,
    controls: {
      "platform-manager-assignment": "unknown",
      "effective-access": "unknown",
      "log-reader-role": "unknown",
    },
    findings: [
      "effective-access unknown medium (bbbbbbbb-0000-4000-8000-000000000001)",
      "log-reader-role unknown medium (SUB#log-reader-role)",
      "platform-manager-assignment unknown medium (bbbbbbbb-0000-4000-8000-000000000001)",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "a user holds the vendor's role, and nobody else (AZ15)": {
    state: withInstead(managerAssignment({ principal: stranger, principalType: "User" })),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access absent medium nobody (SUB)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-manager)",
    ],
  },
  "a user holds the vendor's role beside the vendor, nobody named (AZ15)": {
    state: also({ role: managerRole, principal: stranger, principalType: "User" }),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail" },
    findings: [
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-more)",
    ],
  },
  "a managed identity of the older spelling holds the vendor's role (AZ15)": {
    state: withInstead(managerAssignment({ principalType: "MSI" })),
    flags,
    code: 0,
  },
  "an orphaned assignment of the vendor's role (AZ11)": {
    state: also({ role: managerRole, principal: nobody, principalType: "Unknown" }),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail" },
    findings: [
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-more)",
    ],
  },
  "an orphaned assignment of the vendor's role, and no other (AZ11)": {
    state: withInstead(managerAssignment({ principal: nobody, principalType: "Unknown" })),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access absent medium nobody (SUB)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
      "platform-manager-assignment stray medium Chalk Platform Manager (SUB roleAssignments/a-manager)",
    ],
  },
  "an orphaned assignment of another role": {
    state: also({ principal: nobody, principalType: "Unknown" }),
    flags,
    code: 0,
  },
  "a stranger owns the subscription": {
    state: also({ principal: stranger, principalType: "User" }),
    flags,
    code: 0,
  },
  "eligible only, nobody named (AZ10)": {
    state: { ...withInstead(), eligibilities: [eligible({ role: managerRole })] },
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access absent medium nobody (SUB)",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#nobody)",
    ],
  },
  "eligible only, the principal named (AZ10)": {
    state: { ...withInstead(), eligibilities: [eligible({ role: managerRole })] },
    flags: named,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access absent critical (aaaaaaaa-0000-4000-8000-000000000001)",
      "effective-access note stray info Chalk Platform Manager (SUB roleEligibilityScheduleInstances/e-1), by Chalk Platform Manager, at SUB",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  },
  "eligible for Owner besides (AZ10)": {
    state: clean({ eligibilities: [eligible({})] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access stray low Owner (SUB roleEligibilityScheduleInstances/e-1) ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Owner, at SUB",
    ],
  },
  "eligible for Owner on one resource group besides (AZ10)": {
    state: clean({ eligibilities: [eligible({ scope: RG })] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access stray low Owner (SUB/rg-chalk roleEligibilityScheduleInstances/e-1) ! Microsoft.Authorization/roleDefinitions/write @ SUB/rg-chalk, by Owner, at SUB/rg-chalk",
    ],
  },
  "eligible for Owner through a group that holds a role too (AZ10)": {
    state: { ...also({ role: managerRole, ...group }), eligibilities: [eligible(group)] },
    flags: named,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access stray low Owner (SUB roleEligibilityScheduleInstances/e-1) ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Owner, to group bbbbbbbb-0000-4000-8000-000000000001, at SUB",
    ],
  },
  "eligible for Owner through a group that holds nothing else (AZ10)": {
    state: clean({ eligibilities: [eligible(group)] }),
    flags,
    code: 1,
    controls: { "effective-access": "fail" },
    findings: [
      "effective-access stray low Owner (SUB roleEligibilityScheduleInstances/e-1) ! Microsoft.Authorization/roleDefinitions/write @ SUB, by Owner, to group bbbbbbbb-0000-4000-8000-000000000001, at SUB",
    ],
  },
  "eligible only, through a group, the principal named (AZ10)": {
    state: { ...withInstead(), eligibilities: [eligible({ role: managerRole, ...group })] },
    flags: named,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    findings: [
      "effective-access absent critical (aaaaaaaa-0000-4000-8000-000000000001)",
      "effective-access note stray info Chalk Platform Manager (SUB roleEligibilityScheduleInstances/e-1), by Chalk Platform Manager, to group bbbbbbbb-0000-4000-8000-000000000001, at SUB",
      "platform-manager-assignment absent medium Chalk Platform Manager (SUB#aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  },
  "eligible for a part of what is documented (AZ10)": {
    state: clean({ eligibilities: [eligible({ role: managerRole, scope: RG })] }),
    flags,
    code: 0,
    findings: [
      "effective-access note stray info Chalk Platform Manager (SUB/rg-chalk roleEligibilityScheduleInstances/e-1), by Chalk Platform Manager, at SUB/rg-chalk",
    ],
  },
  "eligible for a role whose definition is gone (AZ10)": {
    state: clean({ eligibilities: [eligible({ role: otherRole })] }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown", "log-reader-role": "unknown" },
    findings: [
      "effective-access unknown medium /subscriptions/6b1f4e5f-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions/d0000000-0000-4000-8000-000000000003 (SUB roleEligibilityScheduleInstances/e-1)",
      "log-reader-role unknown medium (SUB#log-reader-role)",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "a tenant without the licence for eligible roles": {
    state: clean({ eligibilityLicence: false }),
    flags,
    code: 0,
  },
  "an ABAC condition on the assignment (AZ9)": {
    state: withInstead(managerAssignment({ condition })),
    flags,
    code: 1,
    controls: { "platform-manager-assignment": "fail", "effective-access": "unknown" },
    golden: "assignments-an-abac-condition-on-the-assignment",
  },
  "an ABAC condition on the assignment, and one without beside it (AZ9)": {
    state: also({ role: managerRole, condition, scope: RG }),
    flags,
    code: 0,
  },
  "Contributor with an ABAC condition (AZ9)": {
    state: also({ role: builtIn.contributor, condition }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown" },
    findings: ["effective-access unknown medium control *"],
  },
  "ids and scopes in another case (AZ7)": {
    state: clean({
      roleAssignments: [
        roleAssignment({
          name: "a-manager",
          role: managerRole.toUpperCase(),
          principal: vendor.toUpperCase(),
          scope: SUB.toUpperCase().replace("SUBSCRIPTIONS", "subscriptions"),
        }),
        bystander,
      ],
    }),
    flags: { ...flags, principal: [vendor.toUpperCase()] },
    code: 0,
  },
  "a role held whose definition is deleted (404)": {
    state: also({ role: otherRole, scope: RG }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown", "log-reader-role": "unknown" },
    findings: [
      "effective-access unknown medium /subscriptions/6b1f4e5f-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions/d0000000-0000-4000-8000-000000000003 (SUB/rg-chalk roleAssignments/a-more)",
      "log-reader-role unknown medium (SUB#log-reader-role)",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "a role held by an id that is none": {
    state: also({ role: "/subscriptions/../secrets?x=1" }),
    flags,
    code: 3,
    controls: { "effective-access": "unknown", "log-reader-role": "unknown" },
    findings: [
      "effective-access unknown medium /subscriptions/../secrets?x=1 (SUB roleAssignments/a-more)",
      "log-reader-role unknown medium (SUB#log-reader-role)",
    ],
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
  },
  "an assignment of the vendor's without a role": {
    state: withAlso({
      ...roleAssignment({ name: "a-bare", role: "x", principal: vendor }),
      properties: { principalId: vendor, scope: SUB },
    }),
    flags,
    code: 3,
    controls: {
      "platform-manager-assignment": "unknown",
      "effective-access": "unknown",
      "log-reader-role": "unknown",
    },
    gone: ["log-reader-role note absent info (SUB#log-reader-role)"],
    findings: [
      "effective-access unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
      "log-reader-role unknown medium (SUB#log-reader-role)",
      "platform-manager-assignment unknown medium Chalk Platform Manager (SUB#aaaaaaaa-0000-4000-8000-000000000001)",
      "platform-manager-assignment unknown medium Chalk Platform Manager (SUB#others)",
    ],
  },
  "an assignment of nobody's, without properties": {
    state: withAlso({
      id: `${SUB}/providers/Microsoft.Authorization/roleAssignments/a-empty`,
      properties: null,
    }),
    flags,
    code: 3,
    controls: { "platform-manager-assignment": "unknown" },
    findings: ["platform-manager-assignment unknown medium Chalk Platform Manager (SUB#others)"],
  },
};

describeWorlds(
  "who holds what",
  azureGround({ state: clean(), flags }, ["log-reader-role note absent info (SUB#log-reader-role)"]),
  rows,
);
