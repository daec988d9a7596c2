import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare } from "../../src/cli/job/job.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import { parseWaivers } from "../../src/report/waivers.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { auditJob, type Lab, openLab } from "../worlds/azure-ground.ts";
import { clean, flags, logs, manager, managerRole } from "../worlds/chalk.ts";
import { operations } from "../worlds/operations.ts";

const now = "2026-11-21T08:00:00.000Z";

let lab: Lab;
let base: Snapshot;
beforeAll(async () => {
  lab = await openLab();
  base = (await lab.audit({ state: clean(), flags })).snapshot;
});
afterAll(() => lab.close());

/** What a role grants beside the documented actions. */
interface Grant {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

function snapshotOf(grant: Grant): Snapshot {
  return {
    ...base,
    documents: base.documents.map((document) => {
      if (document.kind !== "azure/role-definition" || !document.id.endsWith(managerRole)) return document;
      const body = document.body as { readonly properties: object };
      const permissions = [
        // Two objects, so that what is taken away of the extra takes nothing of the documented (AZ2).
        manager,
        { actions: grant.actions, notActions: grant.notActions, dataActions: [], notDataActions: [] },
      ];
      return { ...document, body: { ...body, properties: { ...body.properties, permissions } } };
    }),
  };
}

async function audit(grant: Grant, waivers?: readonly object[]): Promise<Report> {
  const given = new Map(
    Object.entries({ cloud: ["azure"], ...flags }).map(([name, values]) => [
      name,
      { values, from: `--${name}` },
    ]),
  );
  const snapshot = snapshotOf(grant);
  const job = await prepare(given, { options: new Map(), targets: new Map() }, ".", { recorded: [snapshot] });
  const file = waivers === undefined ? undefined : parseWaivers(JSON.stringify({ waivers }), "waivers.yaml");
  return auditJob(job, [[snapshot]], file, { startedAt: now, now });
}

/** A waiver for a finding exactly as it was reported. */
const accept = ({ control, pattern, except = [], plane }: Finding) => ({
  control,
  pattern,
  ...(except.length === 0 ? {} : { except }),
  plane: plane ?? "control",
  reason: "accepted as it was",
  owner: "cloud-team",
  expires: "2027-01-31",
});

/** Independent of the code under test: Azure's own matching, in any case, `*` across slashes (AZ1). */
const hit = (pattern: string, name: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.$]/g, "\\$&"))
      .join(".*")}$`,
    "i",
  ).test(name);
const names: readonly string[] = (() => {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      const { name, isDataAction, operations: inner, resourceTypes } = value as Record<string, unknown>;
      if (typeof name === "string" && isDataAction === false) found.push(name);
      visit(inner);
      visit(resourceTypes);
    }
  };
  visit(operations);
  return [...new Set(found)];
})();
const allowedBy = (actions: readonly string[], notActions: readonly string[]) => (name: string) =>
  actions.some((each) => hit(each, name)) && !notActions.some((each) => hit(each, name));
const documentedRole = allowedBy(manager.actions, manager.notActions);
const optionalRole = allowedBy(logs.actions, logs.notActions);
/** What the document allows: the role for itself, and all roles for what the principal may do. */
const documented: Readonly<Record<string, (name: string) => boolean>> = {
  "chalk-azure/platform-manager-role": documentedRole,
  "chalk-azure/effective-access": (name) => documentedRole(name) || optionalRole(name),
};

const CONTROLS = Object.keys(documented);

const pattern = fc.constantFrom(
  ...[
    "Microsoft.Compute/*",
    "Microsoft.Compute/disks/*",
    "Microsoft.Compute/*/read",
    "*/read",
    "*/write",
    "*",
  ],
  ...["Microsoft.Storage/*", "Microsoft.Authorization/*", "Microsoft.Authorization/roleAssignments/write"],
);
const grant = fc.record({
  actions: fc.uniqueArray(pattern, { minLength: 1, maxLength: 3 }),
  notActions: fc.uniqueArray(pattern, { maxLength: 2 }),
});

describe("a grown grant is never hidden, from the role to the report", () => {
  test("whatever the vendor may do that it could not when the waivers were written stands in a failing finding", async () => {
    expect(names.length).toBeGreaterThan(20);
    let grew = 0;
    let waived = 0;
    await fc.assert(
      fc.asyncProperty(grant, grant, fc.boolean(), async (first, other, sameLimits) => {
        // Most growth leaves what was there and adds to it.
        const second: Grant = {
          actions: [...new Set([...first.actions.slice(0, 1), ...other.actions])],
          notActions: sameLimits ? first.notActions : other.notActions,
        };
        const accepted = (await audit(first)).findings.filter(
          ({ outcome, control, pattern: what }) =>
            outcome === "fail" && CONTROLS.includes(control) && what !== undefined,
        );
        const waivers = accepted.map(accept);
        // As it was, it is accepted whole.
        const same = await audit(first, waivers);
        expect(
          same.findings.filter(({ outcome, control }) => outcome === "fail" && CONTROLS.includes(control)),
        ).toEqual([]);

        const later = await audit(second, waivers);
        const before = allowedBy(first.actions, first.notActions);
        const grown = names.filter(
          (name) =>
            allowedBy(second.actions, second.notActions)(name) && !before(name) && !documentedRole(name),
        );
        if (later.findings.some(({ outcome }) => outcome === "waived")) waived += 1;
        if (grown.length > 0) grew += 1;
        for (const control of CONTROLS) {
          const failing = later.findings.filter((f) => f.outcome === "fail" && f.control === control);
          const hidden = grown.filter(
            (name) =>
              documented[control]?.(name) === false &&
              !failing.some((f) => f.pattern !== undefined && allowedBy([f.pattern], f.except ?? [])(name)),
          );
          expect(hidden, control).toEqual([]);
        }
      }),
      { numRuns: 30, seed: 11 },
    );
    // The draw has both: grants that grew, and waivers that still covered something.
    expect(grew).toBeGreaterThan(10);
    expect(waived).toBeGreaterThan(5);
  }, 120_000);
});

test("a waiver file that is JSON on one line is read, however many waivers it has", () => {
  const entry = accept({ control: "c", pattern: "A/*" } as Finding);
  const waivers = Array.from({ length: 40 }, (_, i) => ({ ...entry, pattern: `A${i}/*` }));
  expect(parseWaivers(JSON.stringify({ waivers }), "waivers.json").waivers).toHaveLength(40);
  expect(() => parseWaivers(`waivers: ${"[".repeat(17)}${"]".repeat(17)}`, "w.yaml")).toThrow(
    "nested more than",
  );
  expect(() => parseWaivers(`${"- ".repeat(17)}a`, "w.yaml")).toThrow("nested more than");
});
