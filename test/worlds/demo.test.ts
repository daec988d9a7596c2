import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ruleTexts } from "../../src/checks/registry.ts";
import { findReporter } from "../../src/reporters/registry.ts";
import { displayWidth } from "../../src/text/layout.ts";
import { auditSnapshot } from "./azure-ground.ts";
import { recorded } from "./operations.ts";

/** The demo names no resource groups; separation is skipped in it and says so. */
const demo = () => auditSnapshot(recorded("demo"));

describe("the recorded environment of `npm run demo`", () => {
  it("has the drift that the README shows, and exit code 1", async () => {
    const { code, controls, findings } = await demo();
    expect({ code, controls, findings }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "controls": {
          "aks-rbac": "unknown",
          "effective-access": "fail",
          "key-vault-access": "fail",
          "platform-manager-role": "fail",
          "subscription-separation": "skipped",
        },
        "findings": [
          "aks-rbac unknown medium (/subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f#azure/managed-cluster)",
          "effective-access excess critical control Microsoft.Authorization/* except Microsoft.Authorization/roleAssignments/delete; Microsoft.Authorization/roleAssignments/read; Microsoft.Authorization/roleAssignments/write; Microsoft.Authorization/roleDefinitions/read ! Microsoft.Authorization/roleDefinitions/write @ /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f/rg-chalk-prod, by User Access Administrator, to group bbbbbbbb-5b1e-4c55-9d0e-3f7f52aa0002, at /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f/rg-chalk-prod",
          "effective-access excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write @ /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f, by Chalk Platform Manager, at /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f",
          "effective-access excess high control Microsoft.Support/* ! Microsoft.Support/supportTickets/write @ /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f/rg-chalk-prod, by User Access Administrator, to group bbbbbbbb-5b1e-4c55-9d0e-3f7f52aa0002, at /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f/rg-chalk-prod",
          "effective-access excess medium control */read except 53 patterns ! Microsoft.Web/sites/read @ /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f/rg-chalk-prod, by User Access Administrator, to group bbbbbbbb-5b1e-4c55-9d0e-3f7f52aa0002, at /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f/rg-chalk-prod",
          "effective-access missing medium control Microsoft.Sql/servers/* ! Microsoft.Sql/servers/write @ /subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f",
          "key-vault-access dead medium (/subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f/rg-chalk-prod/providers/Microsoft.KeyVault/vaults/chalk-legacy)",
          "log-reader-role note absent info (/subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f#log-reader-role)",
          "platform-manager-role excess high control Microsoft.Compute/* except Microsoft.Compute/disks/*; Microsoft.Compute/galleries/*; Microsoft.Compute/images/*; Microsoft.Compute/proximityPlacementGroups/*; Microsoft.Compute/snapshots/*; Microsoft.Compute/virtualMachines/*; Microsoft.Compute/virtualMachineScaleSets/* ! Microsoft.Compute/hostGroups/write",
          "platform-manager-role missing medium control Microsoft.Sql/servers/* ! Microsoft.Sql/servers/write",
        ],
      }
    `);
  });

  it("has exit code 1 whatever is displayed, 3 where only the unread part is left, 0 with --fail-on never and incomplete", async () => {
    const codes = async (policy: Parameters<typeof auditSnapshot>[2]) =>
      (await auditSnapshot(recorded("demo"), {}, policy)).code;
    expect(await codes({ failOn: "critical" })).toBe(1);
    expect(await codes({ failOn: "never" })).toBe(3);
    expect(await codes({ failOn: "never", allowIncomplete: true })).toBe(0);
    expect(await codes({ failOn: "critical", allowIncomplete: true })).toBe(1);
  });

  it.each([80, 100, 140])("table at %d columns", async (width) => {
    const { report, code } = await demo();
    const options = { width, color: false, verbose: false, exitCode: code, rules: ruleTexts() };
    const text = findReporter("table")?.render(report, options) ?? "";
    expect(text.split("\n").filter((line) => displayWidth(line) > width)).toEqual([]);
    expect(text).not.toContain("\u001b");
    await expect(text).toMatchFileSnapshot(`goldens/demo.${width}.txt`);
  });

  it("tells the same whatever the order of its documents (fault 17)", async () => {
    const { report } = await demo();
    const { documents, unread, ...rest } = recorded("demo");
    const shuffled = { ...rest, documents: [...documents].reverse(), unread: [...unread].reverse() };
    expect((await auditSnapshot(shuffled)).report).toEqual(report);
  });
});

describe("the recorded environment without drift", () => {
  const groups = "resourceGroups=rg-chalk-prod";

  it("has exit code 0", async () => {
    const { code, controls, findings, report } = await auditSnapshot(recorded("clean"), { set: [groups] });
    expect({ code, controls, findings }).toEqual({
      code: 0,
      controls: {},
      findings: [expect.stringMatching(/^log-reader-role note absent info /)],
    });
    expect(report.targets.map((t) => [t.complete, t.unread])).toEqual([[true, []]]);
  });

  it("without the resource groups told: exit code 0, and separation is skipped by name", async () => {
    const { code, controls } = await auditSnapshot(recorded("clean"));
    expect({ code, controls }).toEqual({ code: 0, controls: { "subscription-separation": "skipped" } });
  });

  /** Every kind of document is needed by something: without it the clean environment is no pass any more. */
  const kinds = [...new Set(recorded("clean").documents.map((d) => d.kind))].sort();
  it.each(kinds)("unread %s: no pass but for the catalogue", async (kind) => {
    const whole = recorded("clean");
    const cut = {
      ...whole,
      documents: whole.documents.filter((d) => d.kind !== kind),
      unread: [{ kind, api: "GET /x", cause: "denied", detail: "403 AuthorizationFailed" } as const],
    };
    const { code, report } = await auditSnapshot(cut, { set: [groups] });
    const complete = report.targets[0]?.complete;
    expect({ code, complete }).toEqual(
      kind === "azure/provider-operations" ? { code: 0, complete: true } : { code: 3, complete: false },
    );
  });

  it.each(kinds)("%s not there and not unread either: never exit 0 in silence", async (kind) => {
    const whole = recorded("clean");
    const cut = { ...whole, documents: whole.documents.filter((d) => d.kind !== kind) };
    const { code, report } = await auditSnapshot(cut, { set: [groups] });
    if (kind === "azure/provider-operations") {
      expect(code).toBe(0);
      expect(report.targets[0]?.notes?.join("\n")).toContain("the catalogue of operations was not collected");
    } else {
      expect([1, 3]).toContain(code);
    }
  });
});

it("every golden belongs to a world", () => {
  const folder = new URL("./", import.meta.url);
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  const text = tests.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  // those of the messy accounts: messy-formats.test.ts
  const names = readdirSync(new URL("goldens/", folder))
    .filter((name) => !name.startsWith("messy"))
    .map((name) => name.replace(/\.txt$/, ""));
  const used = (name: string) => text.includes(`golden: "${name}"`) || /^demo\.(80|100|140)$/.test(name);
  expect(names.filter((name) => !used(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(5);
});
