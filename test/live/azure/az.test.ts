import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { denyAssignment } from "../../servers/azure-state.ts";
import { type Az, startAz, whyNoAz } from "../servers/azure/az.ts";
import { skipped, whyNoServers } from "../servers/azure/requirements.ts";
import { type LiveAzure, startAzure } from "../servers/azure/setup.ts";
import type { LiveState } from "../servers/azure/state.ts";
import { chalkAudit, target } from "./cli.ts";
import {
  assigned,
  auditor,
  builtIn,
  clients,
  documentedRole,
  documentedWorld,
  groupScope,
  managementGroup,
  subscription,
  subscriptionId,
  team,
  tenantId,
  vendor,
  worldWithAssignments,
} from "./world.ts";

/**
 * Microsoft's own command line against the same servers: a client that is not ours sees the same roles and
 * assignments as our collector, and a world that it built is audited like any other.
 */
const reason = whyNoServers() ?? whyNoAz();
describe.skipIf(skipped("the comparison with az", reason))("az and chalk-audit", () => {
  let azure: LiveAzure;
  let az: Az;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "chalk-audit-az-test-"));
    azure = await startAzure(tenantId, clients);
    await azure.load(documentedWorld());
    az = await startAz(azure, auditor, subscriptionId);
  }, 1_800_000);
  afterAll(async () => {
    az?.close();
    await azure?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function collect(...args: string[]): Promise<Snapshot> {
    const file = join(folder, "snapshot.json");
    const ran = await chalkAudit(azure, auditor, ["collect", ...target(azure), ...args, "--output", file]);
    expect(ran.code, ran.stderr).toBe(0);
    return JSON.parse(readFileSync(file, "utf8")) as Snapshot;
  }

  describe("a subscription with assignments everywhere", () => {
    const world: LiveState = worldWithAssignments(
      assigned(builtIn.contributor, team, subscription, "Group"),
      assigned(builtIn.owner, vendor, groupScope),
      assigned(
        `/providers/Microsoft.Authorization/roleDefinitions/${builtIn.reader}`,
        vendor,
        managementGroup,
      ),
    );
    beforeEach(() => azure.load(world));

    it("see the same role definitions, with the same permissions", async () => {
      const theirs = (await az.run("role", "definition", "list")) as readonly AzRole[];
      const snapshot = await collect();
      const ours = snapshot.documents.filter((one) => one.kind === "azure/role-definition");
      expect(ours.map((one) => roleOf(one.body as ArmRole)).sort(byId)).toEqual(
        theirs.map(roleOfAz).sort(byId),
      );
      expect(theirs.length).toBe(world.roleDefinitions.length);
    });

    it("see the same assignments of the subscription: at, above and below (AZ6)", async () => {
      const theirs = (await az.run("role", "assignment", "list", "--all")) as readonly AzAssignment[];
      const snapshot = await collect();
      const ours = snapshot.documents.filter((one) => one.kind === "azure/role-assignment");
      expect(ours.map((one) => assignmentOf(one.body as ArmAssignment)).sort(byId)).toEqual(
        theirs.map(assignmentOfAz).sort(byId),
      );
      expect(theirs.length).toBe(world.roleAssignments.length);
    });

    it("see the same assignments of the vendor, those of its groups too (AZ6)", async () => {
      const theirs = (await az.run(
        ...["role", "assignment", "list", "--all", "--include-groups"],
        ...["--assignee-object-id", vendor],
      )) as readonly AzAssignment[];
      const snapshot = await collect("--principal", vendor);
      const ours = snapshot.documents
        .filter((one) => one.kind === "azure/assigned-to")
        .flatMap((one) => (one.body as { value: readonly ArmAssignment[] }).value);
      expect(ours.map(assignmentOf).sort(byId)).toEqual(theirs.map(assignmentOfAz).sort(byId));
      expect(theirs.length).toBe(4);
    });
  });

  it("see the same denies, resource groups, resources, clusters and vaults", async () => {
    const deny = denyAssignment({
      name: "ffffffff-0000-4000-8000-000000000001",
      scope: groupScope,
      permissions: [{ actions: ["*/delete"] }],
    });
    await azure.load(documentedWorld({ denyAssignments: [deny] }));
    const snapshot = await collect("--principal", vendor);
    const ours = (kind: string) =>
      snapshot.documents.filter((one) => one.kind === kind).map((one) => (one.body as ById).id);
    const theirs = async (...args: string[]) =>
      ((await az.run(...args, "list")) as readonly ById[]).map((one) => one.id);
    expect(ours("azure/deny-assignment").sort()).toEqual((await theirs("role", "deny-assignment")).sort());
    expect(ours("azure/resource-group").sort()).toEqual((await theirs("group")).sort());
    expect(ours("azure/resource").sort()).toEqual((await theirs("resource")).sort());
    expect(ours("azure/managed-cluster").sort()).toEqual((await theirs("aks")).sort());
    expect(ours("azure/vault").sort()).toEqual((await theirs("keyvault")).sort());
    expect(
      ["deny-assignment", "resource-group", "resource", "managed-cluster", "vault"].map(
        (kind) => ours(`azure/${kind}`).length,
      ),
    ).toEqual([1, 2, 11, 1, 1]);
  });

  it("a role and an assignment that az made are what the page documents", async () => {
    const empty = documentedWorld();
    await azure.load({
      ...empty,
      roleDefinitions: empty.roleDefinitions.slice(0, -1),
      roleAssignments: empty.roleAssignments.slice(0, -1),
    });
    const file = join(folder, "role.json");
    const [permission] = documentedRole.permissions;
    const role = {
      Name: documentedRole.roleName,
      Description: "made by az",
      Actions: permission.actions,
      NotActions: permission.notActions,
      DataActions: permission.dataActions,
      NotDataActions: permission.notDataActions,
      AssignableScopes: [subscription],
    };
    writeFileSync(file, JSON.stringify(role));
    await az.run("role", "definition", "create", "--role-definition", `@${file}`);
    await az.run(
      ...["role", "assignment", "create", "--role", documentedRole.roleName, "--scope", subscription],
      ...["--assignee-object-id", vendor, "--assignee-principal-type", "ServicePrincipal"],
    );
    const ran = await chalkAudit(azure, auditor, [...target(azure), "--format", "json"]);
    const report = JSON.parse(ran.stdout) as { controls: { id: string; outcome: string }[] };
    const outcome = (id: string) => report.controls.find((one) => one.id === `chalk-azure/${id}`)?.outcome;
    expect(
      ["platform-manager-role", "platform-manager-assignment", "effective-access"].map(outcome),
      ran.stdout + ran.stderr,
    ).toEqual(["pass", "pass", "pass"]);
  });
});

interface ById {
  readonly id: string;
}
interface Permission {
  readonly actions?: readonly string[] | null;
  readonly notActions?: readonly string[] | null;
  readonly dataActions?: readonly string[] | null;
  readonly notDataActions?: readonly string[] | null;
}
interface AzRole {
  readonly id: string;
  readonly roleName: string;
  readonly roleType: string;
  readonly assignableScopes: readonly string[];
  readonly permissions: readonly Permission[];
}
interface ArmRole {
  readonly id: string;
  readonly properties: {
    readonly roleName: string;
    readonly type: string;
    readonly assignableScopes: readonly string[];
    readonly permissions: readonly Permission[];
  };
}
interface AzAssignment {
  readonly id: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly scope: string;
  readonly condition?: string | null;
}
interface ArmAssignment {
  readonly id: string;
  readonly properties: Omit<AzAssignment, "id">;
}

const lists = ({ actions, notActions, dataActions, notDataActions }: Permission) => ({
  actions: actions ?? [],
  notActions: notActions ?? [],
  dataActions: dataActions ?? [],
  notDataActions: notDataActions ?? [],
});

function roleOf({ id, properties }: ArmRole) {
  const { roleName, type, assignableScopes, permissions } = properties;
  return { id, roleName, type, assignableScopes, permissions: permissions.map(lists) };
}

function roleOfAz({ id, roleName, roleType, assignableScopes, permissions }: AzRole) {
  return { id, roleName, type: roleType, assignableScopes, permissions: permissions.map(lists) };
}

function assignmentOf({ id, properties }: ArmAssignment) {
  const { principalId, roleDefinitionId, scope, condition } = properties;
  return { id, principalId, roleDefinitionId, scope, condition: condition ?? null };
}

function assignmentOfAz({ id, principalId, roleDefinitionId, scope, condition }: AzAssignment) {
  return { id, principalId, roleDefinitionId, scope, condition: condition ?? null };
}

function byId(a: ById, b: ById): number {
  return a.id < b.id ? -1 : 1;
}
