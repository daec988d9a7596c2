import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import { azureState, type Body, resourceGroup } from "../../servers/azure-state.ts";
import { line } from "../../worlds/line.ts";
import {
  account,
  app,
  both,
  cluster,
  container,
  DATA,
  database,
  documented,
  home,
  network,
  POOLS,
  pool,
  pools,
  stock,
  subnet,
} from "../../worlds/metaflow-state.ts";
import { skipped, whyNoServers } from "../servers/azure/requirements.ts";
import { type LiveAzure, startAzure } from "../servers/azure/setup.ts";
import type { Fault, LiveState } from "../servers/azure/state.ts";
import { readPermissions } from "./audit.ts";
import { chalkAudit, target } from "./cli.ts";
import { auditor, clients, documentedWorld, tenantId } from "./world.ts";

/** What of the stack Resource Manager tells. The directory is not asked of these servers: nobody answers there. */
const rows = ["resource-group", "network", "storage", "cluster", "database"] as const;

const stack = (changes: Partial<LiveState> = {}): LiveState =>
  documentedWorld({
    resourceGroups: [resourceGroup("rg-flows")],
    resources: [],
    roleDefinitions: [...azureState().roleDefinitions, ...stock.slice(-3), both],
    roleAssignments: documented,
    managedClusters: [cluster(pools)],
    vaults: [],
    virtualNetworks: [home],
    storageAccounts: [account("stflows")],
    blobContainers: [container("artifacts")],
    flexibleServers: [database({})],
    ...changes,
  });

describe.skipIf(skipped("the Metaflow stack, live", whyNoServers()))("the Metaflow stack, live", () => {
  let azure: LiveAzure;
  beforeAll(async () => {
    azure = await startAzure(tenantId, clients);
  }, 1_800_000);
  afterAll(() => azure?.stop());

  async function scanned(world: LiveState, ...faults: readonly Fault[]) {
    await azure.load(world);
    await azure.pageSize(1);
    if (faults.length > 0) await azure.faults(faults);
    const ran = await chalkAudit(azure, auditor, [
      ...["scan", ...target(azure), "--graph-endpoint", "https://localhost:1"],
      ...["--baseline", "metaflow-azure", "--principal", app, "--set", "resourceGroup=rg-flows"],
      ...["--format", "json"],
    ]);
    if (!ran.stdout.startsWith("{")) throw new Error(ran.stderr);
    const { controls, findings } = JSON.parse(ran.stdout) as Report;
    const known = readPermissions("metaflow-azure");
    const strange = (await azure.requests()).filter(
      ({ method, action }) => method !== "GET" || action === undefined || !known.includes(action),
    );
    expect(strange).toEqual([]);
    expect(ran.stdout).not.toContain("canary");
    const ours = (control: string) => rows.find((row) => control.endsWith(`/${row}`));
    return {
      outcomes: Object.fromEntries(
        controls.flatMap(({ id, outcome }) => (ours(id) === undefined ? [] : [[ours(id), outcome]])),
      ),
      found: findings
        .filter(({ control }) => ours(control) !== undefined)
        .map(line)
        .sort(),
    };
  }
  const pass = Object.fromEntries(rows.map((row) => [row, "pass"]));

  it("as the page has it passes", async () => {
    expect(await scanned(stack())).toEqual({ outcomes: pass, found: [] });
  });

  it.each<[string, Partial<LiveState>, Readonly<Record<string, string>>]>([
    ["a public container", { blobContainers: [container("artifacts", "Blob")] }, { storage: "fail" }],
    ["no container", { blobContainers: [] }, { storage: "fail" }],
    ["two accounts", { storageAccounts: [account("stflows"), account("stsecond")] }, { storage: "unknown" }],
    [
      "autoscaling off",
      { managedClusters: [cluster([pools[0] as Body, pool("workers", "User", false, POOLS)])] },
      { cluster: "fail" },
    ],
    ["the database stopped", { flexibleServers: [database({ state: "Stopped" })] }, { database: "fail" }],
    [
      "a subnet that is not delegated",
      { virtualNetworks: [network("vnet-flows", [subnet(DATA), subnet(POOLS)])] },
      { network: "fail" },
    ],
    [
      "one subnet for both",
      { managedClusters: [cluster([pool("a", "System", false, DATA), pool("b", "User", true, DATA)])] },
      { network: "fail" },
    ],
  ])("%s is found, alone", async (_name, changes, outcomes) => {
    const { outcomes: seen, found } = await scanned(stack(changes));
    expect(seen).toEqual({ ...pass, ...outcomes });
    expect([...new Set(found.map((each) => each.split(" ")[0]))]).toEqual(Object.keys(outcomes));
  });

  it("containers that fail to be listed are unknown", async () => {
    const { outcomes } = await scanned(stack(), { match: "/containers", kind: "html" });
    expect(outcomes).toEqual({ ...pass, storage: "unknown" });
  });
});
