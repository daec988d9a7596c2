import { denyAssignment, eligibility, type Permissions, roleDefinition } from "../../servers/azure-state.ts";
import type { LiveState } from "../servers/azure/state.ts";
import {
  assigned,
  builtIn,
  documentedRole,
  documentedRoleId,
  documentedWorld,
  groupScope,
  managementGroup,
  team,
  vendor,
  worldWithAssignments,
  worldWithRole,
} from "./world.ts";

export interface Drifted {
  readonly world: LiveState;
  /** Controls that do not pass. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** Every finding, as `audit` writes them. */
  readonly drift: readonly string[];
  readonly args?: readonly string[];
}

const [page] = documentedRole.permissions;
const swap = (list: readonly string[], change: Readonly<Record<string, string>>) =>
  list.map((entry) => change[entry] ?? entry);

/** Ways of writing the same permissions (AZ1, AZ2): none of them is drift. */
export const spellings: Readonly<Record<string, readonly Permissions[]>> = {
  "as the page prints it": documentedRole.permissions,
  "in upper case (AZ1)": [
    {
      actions: page.actions.map((one) => one.toUpperCase()),
      dataActions: page.dataActions.map((one) => one.toUpperCase()),
    },
  ],
  "in another order, with duplicates": [
    {
      actions: [...page.actions].reverse().concat(page.actions.slice(0, 5)),
      dataActions: [...page.dataActions].reverse(),
    },
  ],
  "split over two permission objects with harmless notActions (AZ2)": [
    { actions: page.actions.slice(0, 30), notActions: ["Microsoft.Batch/*"] },
    {
      actions: page.actions.slice(30),
      notActions: ["Microsoft.Compute/virtualMachines/delete"],
      dataActions: page.dataActions,
      notDataActions: ["Microsoft.Storage/storageAccounts/fake/read"],
    },
  ],
};

/** The page allows the role at a resource group too; a list at the subscription shows such a role only if asked. */
export const onGroup = roleDefinition({
  id: documentedRoleId,
  name: documentedRole.roleName,
  permissions: documentedRole.permissions,
  assignableScopes: [groupScope],
});

export const widened = worldWithRole([
  { ...page, actions: swap(page.actions, { "Microsoft.Compute/virtualMachines/*": "Microsoft.Compute/*" }) },
]);

const role = { "platform-manager-role": "fail", "effective-access": "fail" };
const access = { "effective-access": "fail" };
/** States that depart from the page, each with every finding that it has to lead to. */
export const drifted: Readonly<Record<string, Drifted>> = {
  "one action widened to its provider": {
    world: widened,
    outcomes: role,
    drift: [
      "effective-access: excess high Microsoft.Compute/*: Microsoft.Compute/sshPublicKeys/write at <subscription>",
      "platform-manager-role: excess high Microsoft.Compute/*: Microsoft.Compute/sshPublicKeys/write",
    ],
  },
  "one action narrowed": {
    world: worldWithRole([
      {
        ...page,
        actions: swap(page.actions, { "Microsoft.Sql/servers/*": "Microsoft.Sql/servers/databases/*" }),
      },
    ]),
    outcomes: role,
    drift: [
      "effective-access: missing medium Microsoft.Sql/servers/*: Microsoft.Sql/servers/administrators/write at <subscription>",
      "platform-manager-role: missing medium Microsoft.Sql/servers/*: Microsoft.Sql/servers/administrators/write",
    ],
  },
  "notActions that bite in their own object (AZ2)": {
    world: worldWithRole([{ ...page, notActions: ["Microsoft.Storage/storageAccounts/delete"] }]),
    outcomes: role,
    drift: [
      "effective-access: missing medium Microsoft.Storage/storageAccounts/delete: Microsoft.Storage/storageAccounts/delete at <subscription>",
      "platform-manager-role: missing medium Microsoft.Storage/storageAccounts/delete: Microsoft.Storage/storageAccounts/delete",
    ],
  },
  "the planes swapped (AZ3)": {
    world: worldWithRole([
      {
        actions: page.actions.concat("Microsoft.KeyVault/vaults/secrets/*"),
        dataActions: page.dataActions.slice(1),
      },
    ]),
    outcomes: role,
    drift: [
      "effective-access: missing medium Microsoft.KeyVault/vaults/secrets/*: Microsoft.KeyVault/vaults/secrets/getSecret/action at <subscription>",
      "platform-manager-role: missing medium Microsoft.KeyVault/vaults/secrets/*: Microsoft.KeyVault/vaults/secrets/getSecret/action",
    ],
  },
  "Contributor through a group (AZ6)": {
    world: worldWithAssignments(assigned(builtIn.contributor, team, undefined, "Group")),
    outcomes: access,
    drift: ["effective-access: excess critical *: Microsoft.Compute/sshPublicKeys/write at <subscription>"],
  },
  "Owner on one resource group (AZ6)": {
    world: worldWithAssignments(assigned(builtIn.owner, vendor, groupScope)),
    outcomes: access,
    drift: ["effective-access: excess critical *: Microsoft.Authorization/roleDefinitions/write at <group>"],
  },
  "Reader at a management group, by the tenant's role id (AZ6, AZ11)": {
    world: worldWithAssignments(
      assigned(
        `/providers/Microsoft.Authorization/roleDefinitions/${builtIn.reader}`,
        vendor,
        managementGroup,
      ),
    ),
    outcomes: access,
    drift: [
      "effective-access: excess medium */read: Microsoft.Authorization/denyAssignments/read at <management group>",
    ],
  },
  "the documented role at a management group": {
    world: {
      ...documentedWorld(),
      roleAssignments: [
        ...documentedWorld().roleAssignments.slice(0, -1),
        assigned(documentedRoleId, vendor, managementGroup),
      ],
    },
    outcomes: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    drift: [
      "effective-access: wider high Chalk Platform Manager",
      "platform-manager-assignment: wider high Chalk Platform Manager",
    ],
  },
  "a deny for everyone (AZ6)": {
    world: documentedWorld({
      denyAssignments: [
        denyAssignment({
          name: "ffffffff-0000-4000-8000-000000000001",
          scope: groupScope,
          permissions: [{ actions: ["Microsoft.Storage/*/delete"] }],
        }),
      ],
    }),
    outcomes: access,
    drift: [
      "effective-access: missing low latent Microsoft.Storage/locations/*/delete: Microsoft.Storage/locations/<any>/delete at <group>",
      "effective-access: missing low latent Microsoft.Storage/locations/delete: Microsoft.Storage/locations/delete at <group>",
      "effective-access: missing medium Microsoft.Storage/storageAccounts/*/delete: Microsoft.Storage/storageAccounts/fileServices/shares/delete at <group>",
      "effective-access: missing medium Microsoft.Storage/storageAccounts/delete: Microsoft.Storage/storageAccounts/delete at <group>",
    ],
  },
  "eligible only (AZ10)": {
    world: {
      ...documentedWorld(),
      roleAssignments: documentedWorld().roleAssignments.slice(0, -1),
      roleEligibilityScheduleInstances: [
        eligibility({
          name: "ffffffff-0000-4000-8000-000000000002",
          role: documentedRoleId,
          principal: vendor,
        }),
      ],
    },
    args: ["--principal", vendor],
    outcomes: { "platform-manager-assignment": "fail", "effective-access": "fail" },
    drift: [
      "effective-access: absent critical aaaaaaaa-0000-4000-8000-000000000001",
      "platform-manager-assignment: absent medium Chalk Platform Manager",
    ],
  },
  "neither role nor assignment (fault 40)": {
    world: {
      ...documentedWorld(),
      roleDefinitions: documentedWorld().roleDefinitions.slice(0, -1),
      roleAssignments: documentedWorld().roleAssignments.slice(0, -1),
    },
    args: ["--principal", vendor],
    outcomes: {
      "platform-manager-role": "fail",
      "platform-manager-assignment": "fail",
      "effective-access": "fail",
    },
    drift: [
      "effective-access: absent critical aaaaaaaa-0000-4000-8000-000000000001",
      "platform-manager-assignment: absent medium Chalk Platform Manager",
      "platform-manager-role: absent medium Chalk Platform Manager",
    ],
  },
};
