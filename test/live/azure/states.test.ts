import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { denyAssignment, eligibility, type Permissions, roleDefinition } from "../../servers/azure-state.ts";
import { skipped, whyNoServers } from "../servers/azure/requirements.ts";
import { type LiveAzure, startAzure } from "../servers/azure/setup.ts";
import type { LiveState } from "../servers/azure/state.ts";
import { type Audited, audit } from "./audit.ts";
import { provesItself } from "./oracle.ts";
import {
  assigned,
  auditor,
  builtIn,
  clients,
  documentedRole,
  documentedRoleId,
  documentedWorld,
  groupScope,
  halfReader,
  managementGroup,
  nestedTeam,
  reader,
  team,
  tenantId,
  vendor,
  worldWithAssignments,
  worldWithRole,
} from "./world.ts";

/** Every Azure control of the vendor's baseline, in the world that the page describes. */
const allPass = {
  "platform-manager-role": "pass",
  "platform-manager-assignment": "pass",
  "effective-access": "pass",
  "log-reader-role": "pass",
  "key-vault-access": "pass",
  "aks-rbac": "pass",
  "subscription-separation": "pass",
  "platform-services": "pass",
};

const [page] = documentedRole.permissions;
const swap = (list: readonly string[], change: Readonly<Record<string, string>>) =>
  list.map((entry) => change[entry] ?? entry);

/** The page allows the role at a resource group too; a list at the subscription shows such a role only if asked. */
const onGroup = roleDefinition({
  id: documentedRoleId,
  name: documentedRole.roleName,
  permissions: documentedRole.permissions,
  assignableScopes: [groupScope],
});

const widened = worldWithRole([
  { ...page, actions: swap(page.actions, { "Microsoft.Compute/virtualMachines/*": "Microsoft.Compute/*" }) },
]);

describe.skipIf(skipped("the audit of live states", whyNoServers()))("a live subscription", () => {
  let azure: LiveAzure;
  beforeAll(async () => {
    azure = await startAzure(tenantId, clients);
  }, 600_000);
  afterAll(() => azure?.stop());

  const scanned = (world: LiveState, ...args: string[]) => audit(azure, auditor, world, args);

  describe("as documented passes every control", () => {
    /** Ways of writing the same permissions (AZ1, AZ2): none of them is drift. */
    const spellings: Readonly<Record<string, readonly Permissions[]>> = {
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
    it.each(Object.entries(spellings))("%s", async (_name, permissions) => {
      const { code, outcomes, drift } = await scanned(worldWithRole(permissions));
      expect({ code, outcomes, drift }).toEqual({ code: 0, outcomes: allPass, drift: [] });
    });

    it("with the principal named, and with the assignment held through a nested group (AZ6)", async () => {
      const direct = await scanned(documentedWorld(), "--principal", vendor);
      expect(direct).toMatchObject({ code: 0, outcomes: allPass, drift: [] });
      const world = documentedWorld();
      const throughGroup = assigned(documentedRoleId, nestedTeam, undefined, "Group");
      const grouped = await scanned(
        { ...world, roleAssignments: [...world.roleAssignments.slice(0, -1), throughGroup] },
        "--principal",
        vendor,
      );
      expect(grouped).toMatchObject({ code: 0, outcomes: allPass, drift: [] });
    });
  });

  it("with a role that can be assigned on one resource group alone, and is, passes (AZ8)", async () => {
    const world = documentedWorld();
    const found = await scanned({
      ...world,
      roleDefinitions: world.roleDefinitions.slice(0, -1).concat(onGroup),
      roleAssignments: world.roleAssignments
        .slice(0, -1)
        .concat(assigned(documentedRoleId, vendor, groupScope)),
    });
    expect({ code: found.code, outcomes: found.outcomes, drift: found.drift }).toEqual({
      code: 0,
      outcomes: allPass,
      drift: [],
    });
  });

  describe("that drifted fails, with a proof", () => {
    interface Case {
      readonly world: LiveState;
      readonly outcomes: Readonly<Record<string, string>>;
      readonly drift: readonly string[];
      readonly args?: readonly string[];
    }
    const role = { "platform-manager-role": "fail", "effective-access": "fail" };
    const access = { "effective-access": "fail" };
    const cases: Readonly<Record<string, Case>> = {
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
        drift: [
          "effective-access: excess critical *: Microsoft.ManagedServices/registrationAssignments/write at <subscription>",
        ],
      },
      "Owner on one resource group (AZ6)": {
        world: worldWithAssignments(assigned(builtIn.owner, vendor, groupScope)),
        outcomes: access,
        drift: [
          "effective-access: excess critical *: Microsoft.Authorization/roleDefinitions/write at <group>",
        ],
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
          "effective-access: wider high Reader",
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
          "effective-access: missing low latent microsoft.storage/locations/*/delete: microsoft.storage/locations/<any>/delete at <group>",
          "effective-access: missing low latent microsoft.storage/locations/delete: microsoft.storage/locations/delete at <group>",
          "effective-access: missing medium microsoft.storage/storageaccounts/*/delete: Microsoft.Storage/storageAccounts/fileServices/shares/delete at <group>",
          "effective-access: missing medium microsoft.storage/storageaccounts/delete: Microsoft.Storage/storageAccounts/delete at <group>",
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
          "effective-access: absent medium aaaaaaaa-0000-4000-8000-000000000001",
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
          "effective-access: absent medium aaaaaaaa-0000-4000-8000-000000000001",
          "platform-manager-assignment: absent medium Chalk Platform Manager",
          "platform-manager-role: absent medium Chalk Platform Manager",
        ],
      },
    };
    it.each(Object.entries(cases))("%s", async (_name, { world, outcomes, drift, args = [] }) => {
      const found = await scanned(world, ...args);
      expect({ code: found.code, outcomes: found.outcomes, drift: found.drift }).toEqual({
        code: 1,
        outcomes: { ...allPass, ...outcomes },
        drift,
      });
      expectProofs(found);
    });
  });

  describe("that cannot be read is unknown, never a pass", () => {
    it("assignments unreadable: the role is assessed, what hangs on assignments is not, exit 3 (fault 2)", async () => {
      const found = await audit(azure, halfReader, documentedWorld());
      expect({ code: found.code, outcomes: found.outcomes, drift: found.drift }).toEqual({
        code: 3,
        outcomes: {
          ...allPass,
          "platform-manager-assignment": "unknown",
          "effective-access": "unknown",
          "log-reader-role": "unknown",
        },
        drift: [],
      });
      expectUnreadAsRefused(found, ["Microsoft.Authorization/roleAssignments/read"]);
      expectNoUpload(found);
    });

    it("a drifted role is still drift when assignments are unreadable: exit 1, and the rest unknown", async () => {
      const found = await audit(azure, halfReader, widened);
      expect({ code: found.code, outcomes: found.outcomes }).toEqual({
        code: 1,
        outcomes: {
          ...allPass,
          "platform-manager-role": "fail",
          "platform-manager-assignment": "unknown",
          "effective-access": "unknown",
          "log-reader-role": "unknown",
        },
      });
      expectNoUpload(found);
    });

    it("a reader without any right on Microsoft.Authorization: exit 3, each missing permission named (fault 1)", async () => {
      const found = await audit(azure, reader, documentedWorld(), ["--principal", vendor]);
      expect({ code: found.code, outcomes: found.outcomes, drift: found.drift }).toEqual({
        code: 3,
        outcomes: {
          "platform-manager-role": "unknown",
          "platform-manager-assignment": "unknown",
          "effective-access": "unknown",
          "log-reader-role": "unknown",
          "key-vault-access": "pass",
          "aks-rbac": "pass",
          "subscription-separation": "pass",
          "platform-services": "pass",
        },
        drift: [],
      });
      expectUnreadAsRefused(found, [
        "Microsoft.Authorization/denyAssignments/read",
        "Microsoft.Authorization/providerOperations/read",
        "Microsoft.Authorization/roleAssignments/read",
        "Microsoft.Authorization/roleDefinitions/read",
        "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
      ]);
      expectNoUpload(found);
    });

    it("an assignment of a role whose definition is gone: what it grants is not known, exit 3", async () => {
      const world = documentedWorld();
      const gone = { ...world, roleDefinitions: world.roleDefinitions.slice(0, -1) };
      const found = await scanned(gone, "--principal", vendor);
      expect({ code: found.code, outcomes: found.outcomes, drift: found.drift }).toEqual({
        code: 3,
        outcomes: {
          ...allPass,
          "platform-manager-role": "unknown",
          "platform-manager-assignment": "unknown",
          "effective-access": "unknown",
          "log-reader-role": "unknown",
        },
        drift: [],
      });
      expectNoUpload(found);
    });

    it("--allow-incomplete turns exit 3 into 0, and no outcome into a pass", async () => {
      const found = await audit(azure, halfReader, documentedWorld(), ["--allow-incomplete"]);
      expect(found.code).toBe(0);
      expect(found.outcomes).toMatchObject({
        "platform-manager-assignment": "unknown",
        "effective-access": "unknown",
      });
    });

    it("another subscription: nothing assessed, exit 3 (fault 40)", async () => {
      const wrong = ["--subscription", "00000000-0000-4000-8000-00000000dead"];
      const found = await audit(azure, auditor, documentedWorld(), wrong);
      expect(found.code).toBe(3);
      expect(new Set(Object.values(found.outcomes))).toEqual(new Set(["unknown"]));
      expectNoUpload(found);
    });
  });
});

/** Acceptance 2: a witness operation outside the documented ones; every difference carries one. */
function expectProofs({ findings }: Audited): void {
  const differences = findings.filter((one) => one.outcome === "fail" && one.pattern !== undefined);
  expect(differences.filter((one) => !provesItself(one))).toEqual([]);
}

/** What the report says it lacks is what the server refused, by the server's own list of permissions. */
function expectUnreadAsRefused({ report }: Audited, permissions: readonly string[]): void {
  const unread = report.targets.flatMap((one) => one.unread);
  expect(new Set(unread.map((one) => one.cause))).toEqual(new Set(["denied"]));
  expect([...new Set(unread.map((one) => one.permission))].sort()).toEqual(permissions);
}

/** A target that was not read completely closes no alert: nothing to upload, and the incomplete run says so. */
function expectNoUpload({ sarif }: Audited): void {
  expect(sarif.complete).toBeUndefined();
  const log = JSON.parse(sarif.incomplete ?? "{}") as {
    runs: { results: unknown[]; invocations: { executionSuccessful: boolean }[] }[];
  };
  expect(log.runs.map((run) => [run.results.length, run.invocations[0]?.executionSuccessful])).toEqual([
    [0, false],
  ]);
}
