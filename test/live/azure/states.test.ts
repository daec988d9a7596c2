import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sarifErrors, whyNoMultitool } from "../sarif.ts";
import { skipped, whyNoServers } from "../servers/azure/requirements.ts";
import { type Client, type LiveAzure, startAzure } from "../servers/azure/setup.ts";
import type { LiveState } from "../servers/azure/state.ts";
import { type Audited, audit, readPermissions } from "./audit.ts";
import { drifted, onGroup, spellings, widened } from "./drifts.ts";
import { provesItself } from "./oracle.ts";
import {
  assigned,
  auditor,
  clients,
  documentedRoleId,
  documentedWorld,
  groupScope,
  halfReader,
  nestedTeam,
  reader,
  tenantId,
  vendor,
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

describe.skipIf(skipped("the audit of live states", whyNoServers()))("a live subscription", () => {
  let azure: LiveAzure;
  beforeAll(async () => {
    azure = await startAzure(tenantId, clients);
  }, 1_800_000);
  afterAll(() => azure?.stop());

  /** Every SARIF file that the tests below made, for the validator at the end. */
  const written: string[] = [];
  const scannedAs = async (client: Client, world: LiveState, ...args: string[]) => {
    const found = await audit(azure, client, world, args);
    written.push(...Object.values(found.sarif));
    return found;
  };
  const scanned = (world: LiveState, ...args: string[]) => scannedAs(auditor, world, ...args);

  describe("as documented passes every control", () => {
    it.each(Object.entries(spellings))("%s", async (_name, permissions) => {
      const { code, outcomes, drift } = await scanned(worldWithRole(permissions));
      expect({ code, outcomes, drift }).toEqual({ code: 0, outcomes: allPass, drift: [] });
    });

    it("and asks for every permission of the registry: none is declared in vain (fault 36)", async () => {
      const { requests } = await scanned(documentedWorld());
      expect([...new Set(requests.map((one) => one.action))].sort()).toEqual(readPermissions("chalk-azure"));
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

  it("with a role and an assignment on one resource group alone passes where that is declared (AZ8)", async () => {
    const world = documentedWorld();
    const below: LiveState = {
      ...world,
      roleDefinitions: world.roleDefinitions.slice(0, -1).concat(onGroup),
      roleAssignments: world.roleAssignments
        .slice(0, -1)
        .concat(assigned(documentedRoleId, vendor, groupScope)),
    };
    const found = await scanned(below, "--set", `scope=${groupScope}`);
    expect({ code: found.code, outcomes: found.outcomes, drift: found.drift }).toEqual({
      code: 0,
      outcomes: allPass,
      drift: [],
    });
  });

  describe("that drifted fails, with a proof", () => {
    it.each(Object.entries(drifted))("%s", async (_name, { world, outcomes, drift, args = [] }) => {
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
      const found = await scannedAs(halfReader, documentedWorld());
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
      const found = await scannedAs(halfReader, widened);
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
      const found = await scannedAs(reader, documentedWorld(), "--principal", vendor);
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
      const found = await scannedAs(halfReader, documentedWorld(), "--allow-incomplete");
      expect(found.code).toBe(0);
      expect(found.outcomes).toMatchObject({
        "platform-manager-assignment": "unknown",
        "effective-access": "unknown",
      });
    });

    it("another subscription: nothing assessed, exit 3 (fault 40)", async () => {
      const wrong = ["--subscription", "00000000-0000-4000-8000-00000000dead"];
      const found = await scannedAs(auditor, documentedWorld(), ...wrong);
      expect(found.code).toBe(3);
      expect(new Set(Object.values(found.outcomes))).toEqual(new Set(["unknown"]));
      expectNoUpload(found);
    });
  });

  // Last, so that there is something to validate.
  it.skipIf(skipped("the SARIF Multitool", whyNoMultitool))(
    "writes SARIF without a validator error, whatever it found",
    () => {
      expect(new Set(written).size).toBeGreaterThan(10);
      expect(sarifErrors(written)).toEqual([]);
    },
    300_000,
  );
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
