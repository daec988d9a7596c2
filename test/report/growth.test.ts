import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceData } from "../../src/access/aws/service-data.ts";
import { wildcardsOf } from "../../src/audit/wildcards.ts";
import { changesTable } from "../../src/cli/output/changes-table.ts";
import { aws } from "../../src/providers/aws.ts";
import { exitCode } from "../../src/report/exit-code.ts";
import { growthBetween, growthText } from "../../src/report/growth.ts";
import { readReport } from "../../src/report/read.ts";
import type { Report, Wildcard } from "../../src/report/report.ts";
import { compareReports } from "../../src/report/since.ts";
import { json } from "../../src/reporters/json.ts";
import { markdown } from "../../src/reporters/markdown.ts";
import { table } from "../../src/reporters/table.ts";
import { factsOf } from "../../src/snapshot/facts.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { options } from "../reporters/worlds.ts";
import { type Body, provider } from "../servers/azure-state.ts";
import { type Lab, openLab } from "../worlds/azure-ground.ts";
import { clean, flags, manager, managerRole } from "../worlds/chalk.ts";
import { operations } from "../worlds/operations.ts";
import { report, SUBSCRIPTION, target } from "./sample.ts";

const PATTERN = "Microsoft.Compute/virtualMachines/*";
const added: Body = provider("Microsoft.Compute", [
  "Microsoft.Compute/virtualMachines/conjure/action",
  "Microsoft.Compute/virtualMachines/vanish/action",
  "Microsoft.Compute/elsewhere/write",
  "data:Microsoft.Compute/virtualMachines/peek/action",
]);

describe("silent growth of a documented wildcard, over HTTPS", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab.close());

  const audit = async (more: readonly Body[]) =>
    (await lab.audit({ state: clean({ operations: [...operations, ...more] }), flags })).report;

  test("the provider has two operations more under it: no drift, exit 0, and it is said with both counts", async () => {
    expect(manager.actions).toContain(PATTERN);
    const before = await audit([]);
    const after = compareReports(before, await audit([added]));
    const then = before.targets[0]?.wildcards?.find(({ pattern }) => pattern === PATTERN)?.operations ?? 0;
    expect(then).toBeGreaterThan(0);
    const date = "2026-11-21";
    expect(after.grown).toEqual([
      {
        target: before.targets[0]?.name,
        holder: expect.stringContaining(managerRole),
        name: expect.any(String),
        pattern: PATTERN,
        plane: "control",
        from: { date, operations: then },
        to: { date, operations: then + 2 },
      },
    ]);
    expect(after.findings.filter(({ outcome }) => outcome === "fail")).toEqual([]);
    expect(exitCode(after, { failOn: "info", allowIncomplete: false })).toBe(0);
    const words = `grants 2 operations more than on ${date} (${then}, now ${then + 2}); nobody edited it`;
    const place = { width: 200, color: false, verbose: false };
    expect(table.render(after, options(place))).toContain(words);
    expect(changesTable(after, 0, place)).toContain(words);
    expect(markdown.render(after, options())).toContain("### Grown without an edit (1)");
    // It is in the file that the next night reads, and is not carried on by it.
    const kept = readReport(json.render(after, options()) ?? "", "report.json");
    expect(kept.grown).toEqual(after.grown);
    expect(compareReports(kept, await audit([added]))).not.toHaveProperty("grown");
  });

  test("the same catalogue, or a smaller one: nothing grew", async () => {
    const before = await audit([added]);
    expect(compareReports(before, await audit([added]))).not.toHaveProperty("grown");
    expect(compareReports(before, await audit([]))).not.toHaveProperty("grown");
  });

  test("every wildcard of the roles that the vendor holds is there, and none of other roles", async () => {
    const [found] = (await audit([])).targets;
    const wanted = [
      ...manager.actions.filter((each) => each.includes("*")).map((each) => `control ${each}`),
      ...manager.dataActions.filter((each) => each.includes("*")).map((each) => `data ${each}`),
    ];
    expect(found?.wildcards?.map(({ plane, pattern }) => `${plane} ${pattern}`).sort()).toEqual(
      wanted.sort(),
    );
    expect(new Set(found?.wildcards?.map(({ holder }) => holder.endsWith(managerRole)))).toEqual(
      new Set([true]),
    );
  });
});

describe("what counts as growth", () => {
  const wildcard = (operations: number, more: Partial<Wildcard> = {}): Wildcard => ({
    holder: "/roles/a",
    name: "A",
    pattern: "Acme/*",
    plane: "control",
    operations,
    ...more,
  });
  const of = (wildcards: readonly Wildcard[] | undefined, date = "2026-11-21T00:00:00Z"): Report =>
    report({
      targets: [
        target(SUBSCRIPTION, {
          catalog: { date, operations: 9 },
          ...(wildcards === undefined ? {} : { wildcards }),
        }),
      ],
    });

  test.each<[string, readonly Wildcard[] | undefined, readonly Wildcard[] | undefined, number]>([
    ["more operations", [wildcard(3)], [wildcard(5)], 1],
    ["as many", [wildcard(3)], [wildcard(3)], 0],
    ["fewer", [wildcard(3)], [wildcard(2)], 0],
    ["another pattern: an edit", [wildcard(3)], [wildcard(5, { pattern: "Acme/x/*" })], 0],
    ["other exceptions: an edit", [wildcard(3, { except: ["Acme/x"] })], [wildcard(5)], 0],
    ["another plane", [wildcard(3)], [wildcard(5, { plane: "data" })], 0],
    ["another role", [wildcard(3)], [wildcard(5, { holder: "/roles/b" })], 0],
    ["the same id in another case", [wildcard(3)], [wildcard(5, { holder: "/ROLES/A" })], 1],
    ["no earlier count", undefined, [wildcard(5)], 0],
    ["no count now", [wildcard(3)], undefined, 0],
  ])("%s", (_, before, now, count) => {
    expect(growthBetween(of(before), of(now))).toHaveLength(count);
  });

  test("in words, with the dates of the two catalogues", () => {
    const [growth] = growthBetween(of([wildcard(4)], "2026-10-01T08:00:00Z"), of([wildcard(5)]));
    expect(growth === undefined ? "" : growthText(growth)).toBe(
      "Acme/* of A grants 1 operation more than on 2026-10-01 (4, now 5); nobody edited it",
    );
  });

  test("AWS: wildcards of Allow statements in the role's policies, counted by the catalogue of actions", () => {
    const data = (...names: readonly string[]): ServiceData => ({
      date: "2026-09-26",
      source: "test",
      keys: [],
      keySets: [[]],
      services: { acme: names.map((name) => [name, "R", 0, 0] as const) },
    });
    const document = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["acme:Get*", "acme:Put", "ACME:?et*"], Resource: "*" },
        { Effect: "Deny", Action: "acme:*", Resource: "*" },
        { Effect: "Allow", NotAction: "acme:*", Resource: "*" },
      ],
    };
    const snapshot: Snapshot = {
      schema: 1,
      provider: "aws",
      scope: "123456789012/eu-west-1",
      takenAt: "2026-11-21T08:00:00Z",
      documents: [
        {
          kind: "aws/role-policy",
          id: "role/p",
          body: { PolicyName: "p", PolicyDocument: encodeURIComponent(JSON.stringify(document)) },
        },
        {
          kind: "aws/policy",
          id: "arn:x",
          body: { Policy: { PolicyName: "x" }, PolicyVersion: { Document: "not a policy" } },
        },
      ],
      unread: [],
    };
    const held = (serviceData?: ServiceData) =>
      wildcardsOf(aws, {
        snapshot,
        facts: factsOf(snapshot),
        ...(serviceData === undefined ? {} : { serviceData }),
      });
    const at = (serviceData: ServiceData) =>
      report({
        targets: [
          { ...target(snapshot.scope, { cloud: "aws", name: "aws:x" }), wildcards: held(serviceData) },
        ],
      });
    const before = at(data("GetA", "SetB", "Put"));
    expect(before.targets[0]?.wildcards).toEqual([
      { holder: "role/p", name: "p", pattern: "ACME:?et*", operations: 2 },
      { holder: "role/p", name: "p", pattern: "acme:Get*", operations: 1 },
    ]);
    const after = at(data("GetA", "GetC", "SetB", "Put"));
    expect(growthBetween(before, after).map(({ pattern, to }) => [pattern, to.operations])).toEqual([
      ["ACME:?et*", 3],
      ["acme:Get*", 2],
    ]);
    expect(held()).toEqual([]);
  });
});
