import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ran } from "../shell.ts";

const permissions = [{ actions: ["Microsoft.Compute/virtualMachines/*"], notActions: [], dataActions: [] }];
const wide = { permissions: [{ actions: ["microsoft.compute/*"] }] };
const condition = "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'a'";

const files: Readonly<Record<string, string>> = {
  "bare.json": JSON.stringify({ permissions }),
  "cli.json": JSON.stringify({
    id: "x",
    roleName: "R",
    roleType: "CustomRole",
    permissions,
    assignableScopes: ["/"],
  }),
  "portal.json": JSON.stringify({
    properties: { roleName: "R", description: "", assignableScopes: [], permissions },
  }),
  "arm.json": JSON.stringify({
    id: "x",
    name: "guid",
    type: "t",
    properties: { roleName: "R", type: "CustomRole", permissions },
  }),
  "create.json": JSON.stringify({
    Name: "R",
    Actions: permissions[0]?.actions,
    NotActions: [],
    AssignableScopes: ["/"],
  }),
  "yaml.yaml": "permissions:\n  - actions:\n      - Microsoft.Compute/virtualMachines/* # all\n",
  "list.json": JSON.stringify([{ permissions }]),
  "value.json": JSON.stringify({ value: [{ properties: { roleName: "R", permissions } }] }),
  "bom.json": `\uFEFF${JSON.stringify({ permissions })}`,
  "wide.json": JSON.stringify(wide),
  "part-a.json": JSON.stringify({ permissions: [{ actions: ["Microsoft.Compute/virtualMachines/read"] }] }),
  "conditional.json": JSON.stringify({
    permissions: [{ actions: ["Microsoft.Compute/virtualMachines/*"], condition }],
  }),
  "names.json": JSON.stringify(["Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/disks/write"]),
  "operations.json": JSON.stringify({
    value: [
      {
        name: "Microsoft.Compute",
        operations: [{ name: "Microsoft.Compute/register/action", isDataAction: false }],
        resourceTypes: [
          { name: "disks", operations: [{ name: "Microsoft.Compute/disks/write", isDataAction: false }] },
        ],
      },
    ],
  }),
};

let cwd = "";
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "chalk-audit-policy-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const compare = (documented: readonly string[], live: readonly string[], ...rest: readonly string[]) =>
  ran(
    [
      "policy",
      "compare",
      ...documented,
      ...live.flatMap((file) => ["--live", file]),
      "--provider",
      "azure",
      ...rest,
    ],
    { cwd },
  );

describe("policy compare: every form of an Azure role is the same role", () => {
  test.each([
    "cli.json",
    "portal.json",
    "arm.json",
    "create.json",
    "yaml.yaml",
    "list.json",
    "value.json",
    "bom.json",
  ])("%s", async (file) => {
    expect(await compare(["bare.json"], [file])).toEqual({
      status: 0,
      stdout: "EQUAL: the live documents grant exactly what the documented ones grant. Exit 0.\n",
      stderr: "",
    });
    expect((await compare([file], ["wide.json"])).status).toBe(1);
  });
});

describe("policy compare: answers", () => {
  test("JSON: one object, and exit 1 when different", async () => {
    const { status, stdout, stderr } = await compare(["bare.json"], ["wide.json"], "--format", "json");
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    const answer = JSON.parse(stdout) as Record<string, unknown[]>;
    expect(Object.keys(answer)).toEqual(["provider", "missing", "excess", "undecided"]);
    expect({ ...answer, excess: answer["excess"]?.length }).toEqual({
      provider: "azure",
      missing: [],
      excess: 1,
      undecided: [],
    });
    expect(answer["excess"]?.[0]).toEqual({
      pattern: "microsoft.compute/*",
      except: ["Microsoft.Compute/virtualMachines/*"],
      plane: "control",
      witness: { action: "microsoft.compute/<any>", plane: "control" },
      origin: { document: 0, pointer: "/permissions/0/actions/0" },
      impact: "write",
    });
  });

  test("the table names side, plane, pattern, exception and proof", async () => {
    const { stdout } = await compare(["bare.json"], ["wide.json"], "--verbose");
    expect(stdout.split("\n")).toEqual([
      "DIFFERENT: 1 in excess, 0 missing, 0 undecided. Exit 1.",
      "",
      " SIDE     PLANE    WHAT AND PROOF",
      " excess   control  microsoft.compute/*",
      "                   except Microsoft.Compute/virtualMachines/*",
      "                   in wide.json#/permissions/0/actions/0",
      "                   may: microsoft.compute/<any>",
      "",
    ]);
  });

  test("several files are one union, on both sides", async () => {
    expect((await compare(["bare.json", "part-a.json"], ["cli.json"])).status).toBe(0);
    expect((await compare(["bare.json"], ["part-a.json", "bare.json"])).status).toBe(0);
    expect((await compare(["bare.json"], ["part-a.json"])).status).toBe(1);
  });

  test("AZ9: undecided and otherwise equal is exit 3, never 0", async () => {
    const { status, stdout } = await compare(["bare.json"], ["conditional.json"]);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^UNDECIDED: \d could not be decided, otherwise equal\. Exit 3\.\n/);
    const json = await compare(["bare.json"], ["conditional.json"], "--format", "json");
    const answer = JSON.parse(json.stdout) as { missing: unknown[]; excess: unknown[]; undecided: unknown[] };
    expect([json.status, answer.missing, answer.excess, answer.undecided.length > 0]).toEqual([
      3,
      [],
      [],
      true,
    ]);
  });

  test.each([
    ["names.json", { count: 1, examples: ["Microsoft.Compute/disks/write"] }],
    [
      "operations.json",
      { count: 2, examples: ["Microsoft.Compute/disks/write", "Microsoft.Compute/register/action"] },
    ],
  ])(
    "--catalog %s counts today's operations and takes the witness from them (R2)",
    async (catalog, known) => {
      const { stdout } = await compare(
        ["bare.json"],
        ["wide.json"],
        "--catalog",
        catalog,
        "--format",
        "json",
      );
      const [residue] = (JSON.parse(stdout) as { excess: Record<string, unknown>[] }).excess;
      expect([residue?.["known"], residue?.["witness"], residue?.["latent"]]).toEqual([
        known,
        { action: known.examples[0], plane: "control" },
        false,
      ]);
    },
  );
});

test("what calls itself JSON is read as JSON: a comma too many, which the provider refuses, is no policy", async () => {
  const broken = '{"permissions": [{"actions": ["Microsoft.Compute/virtualMachines/*"]},]}';
  writeFileSync(join(cwd, "comma.json"), broken);
  writeFileSync(join(cwd, "comma.yaml"), broken);
  const refused = await compare(["bare.json"], ["comma.json"]);
  expect([refused.status, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toMatch(/comma\.json:1:71: not JSON, which its name says it is\n$/);
  expect((await compare(["bare.json"], ["comma.yaml"])).status).toBe(0);
});
