import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { comparePolicies } from "../../../src/access/provider.ts";
import { loadBaseline } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import { reviewAzure } from "../../../src/review/azure/review.ts";
import { type Review, reviewStatus } from "../../../src/review/review.ts";
import { readSnapshot } from "../../../src/snapshot/read.ts";
import type { Snapshot, SnapshotDocument, Unread } from "../../../src/snapshot/snapshot.ts";
import { AzureUsage } from "../../../src/usage/azure/activity-log.ts";

const PRINCIPAL = "aaaaaaaa-5b1e-4c55-9d0e-3f7f52aa0001";
const SUB = "/subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f";
const RG = `${SUB}/resourceGroups/rg-chalk-prod`;
const demo = readSnapshot(readFileSync("fixtures/snapshots/azure/demo.json", "utf8"), "demo.json");

interface Event {
  readonly action: string;
  readonly scope?: string;
  readonly status?: string;
  readonly sub?: string;
}

let made = 0;
const event = ({ action, scope, status = "Succeeded", sub = "" }: Event) => {
  made += 1;
  return {
    eventDataId: String(made),
    eventTimestamp: "2026-11-10T10:00:00Z",
    caller: PRINCIPAL,
    authorization: { action, ...(scope === undefined ? {} : { scope }) },
    operationName: { value: action },
    status: { value: status },
    subStatus: { value: sub },
  };
};

function reviewed(events: readonly Event[], snapshot: Snapshot = demo): Review {
  const usage = new AzureUsage(PRINCIPAL);
  usage.addFile("log.json", "log.json", JSON.stringify(events.map(event)));
  return reviewAzure({
    loaded: loadBaseline("chalk-azure", checks),
    snapshot,
    parameters: {},
    usage: usage.finish(),
    now: "2026-11-21T10:00:00.000Z",
  });
}

const calls = (review: Review) => review.calls.map(({ action, live, target }) => [action, live, target]);
const definitions = "Microsoft.Authorization/roleDefinitions/write";
const galleries = "Microsoft.Compute/galleries/write";

/** The demo with every assignment of the principal changed. */
function withAssignments(change: (properties: Record<string, unknown>) => Record<string, unknown>): Snapshot {
  const documents = demo.documents.map((document): SnapshotDocument => {
    // The list of all has the same assignments: two lists that disagree would leave more open (AZ6).
    if (document.kind === "azure/role-assignment") {
      const body = document.body as { properties: Record<string, unknown> };
      return { ...document, body: { ...body, properties: change(body.properties) } };
    }
    if (document.kind !== "azure/assigned-to") return document;
    const { value } = document.body as { value: { properties: Record<string, unknown> }[] };
    return {
      ...document,
      body: { value: value.map((a) => ({ ...a, properties: change(a.properties) })) },
    };
  });
  return { ...demo, documents };
}

function deny(more: Record<string, unknown> = {}): SnapshotDocument {
  const id = `${RG}/providers/Microsoft.Authorization/denyAssignments/99999999-0000-4000-8000-000000000001`;
  return {
    kind: "azure/deny-assignment",
    id,
    body: {
      id,
      properties: {
        denyAssignmentName: "locked",
        scope: RG,
        doNotApplyToChildScopes: false,
        principals: [{ id: "00000000-0000-0000-0000-000000000000", type: "SystemDefined" }],
        excludePrincipals: [],
        permissions: [
          { actions: ["Microsoft.Compute/*"], notActions: [], dataActions: [], notDataActions: [] },
        ],
        ...more,
      },
    },
  };
}

describe("the rehearsal (AZ2, AZ6, AZ9)", () => {
  test("by scope: what the documented role grants stays, what only the group's role grants breaks", () => {
    const review = reviewed([
      { action: galleries, scope: `${RG}/providers/Microsoft.Compute/galleries/a` },
      { action: definitions, scope: `${RG}/providers/Microsoft.Authorization/roleDefinitions/a` },
    ]);
    expect(calls(review)).toEqual([[definitions, "allowed", "refused"]]);
    expect(review.allowedCalls).toBe(1);
    expect(review.calls[0]?.needs).toEqual({
      Action: definitions,
      Scope: `${RG}/providers/Microsoft.Authorization/roleDefinitions/a`,
    });
    expect(reviewStatus(review)).toBe(1);
  });

  test("the same call outside the group's scope is not granted today either, and is no break", () => {
    const review = reviewed([{ action: definitions, scope: `${SUB}/resourceGroups/other` }]);
    expect(calls(review)).toEqual([[definitions, "refused", "refused"]]);
    expect(reviewStatus(review)).toBe(0);
  });

  test("a call without a scope depends; one that was refused is no use; one that is no operation is named", () => {
    const review = reviewed([
      { action: galleries },
      { action: definitions, scope: RG, status: "Failed", sub: "AuthorizationFailed" },
      { action: "odd", scope: RG },
    ]);
    expect(calls(review)).toEqual([[galleries, "allowed", "depends"]]);
    expect(review.refusedThen).toBe(1);
    expect(review.incomplete).toEqual(["odd (1×) is no operation that a role can name"]);
    expect(reviewStatus(review)).toBe(3);
  });

  test("a deny for everybody takes away what is held; one for a group nobody can look into is open", () => {
    const scope = `${RG}/providers/Microsoft.Compute/availabilitySets/a`;
    const action = "Microsoft.Compute/availabilitySets/write";
    expect(calls(reviewed([{ action, scope }]))).toEqual([[action, "allowed", "refused"]]);
    const one = reviewed([{ action, scope }], { ...demo, documents: [...demo.documents, deny()] });
    expect(calls(one)).toEqual([[action, "refused", "refused"]]);
    const group = deny({ principals: [{ id: "eeeeeeee-0000-4000-8000-000000000001", type: "Group" }] });
    const two = reviewed([], { ...demo, documents: [...demo.documents, group] });
    expect(two.incomplete).toEqual([
      "whether deny assignment locked holds for the principal is not known: it names a group",
    ]);
  });

  test("a condition on the assignments leaves what is held open: never `stays`", () => {
    const condition = "@Resource[Microsoft.Storage/x:name] StringEquals 'a'";
    const review = reviewed(
      [],
      withAssignments((properties) => ({ ...properties, condition, conditionVersion: "2.0" })),
    );
    expect(review.groups.filter(({ change }) => change === "stays")).toEqual([]);
    expect(review.incomplete.join("\n")).toContain("permissions depend on a condition, and are undecided");
    expect(reviewStatus(review)).toBe(3);
  });
});

describe("the columns", () => {
  test("reads and the data plane are not observable, writes are", () => {
    const review = reviewed([{ action: galleries, scope: RG }]);
    const use = (action: string) =>
      review.groups.filter(({ actions }) => actions.includes(action)).map(({ use: found }) => found);
    expect(use("Microsoft.Authorization/roleAssignments/read")).toEqual(["not-observable"]);
    expect(use(definitions)).toEqual(["not-observed"]);
    expect(use(galleries)).toEqual(["used"]);
    const data = review.groups.flatMap(({ actions, use: found }) =>
      actions.filter((action) => action.endsWith(" (data)")).map(() => found),
    );
    expect(data.length).toBeGreaterThan(0);
    expect([...new Set(data)]).toEqual(["not-observable"]);
  });

  test("the role to apply is equal to the documented one", () => {
    const review = reviewed([]);
    const control = loadBaseline("chalk-azure", checks).baseline.controls.find(
      ({ id }) => id === "platform-manager-role",
    );
    expect(review.documents.map(({ file }) => file)).toEqual(["platform-manager-role.json"]);
    const role = JSON.parse(review.documents[0]?.text ?? "") as { Name: string; AssignableScopes: string[] };
    expect(role.AssignableScopes).toEqual([SUB]);
    expect(comparePolicies("azure", [control?.with], [role])).toEqual({
      missing: [],
      excess: [],
      undecided: [],
    });
  });
});

describe("what could not be read", () => {
  const unread = (kind: Unread["kind"]): Unread => ({
    kind,
    api: `GET ${kind}`,
    cause: "denied",
    detail: "403 AuthorizationFailed",
  });

  test("fault 2: denies unread is incomplete; assignments unread is no review at all", () => {
    const review = reviewed([], { ...demo, unread: [unread("azure/deny-assignment")] });
    expect(review.incomplete[0]).toContain("deny assignments could not be read");
    expect(reviewStatus(review)).toBe(3);
    const documents = demo.documents.filter(({ kind }) => kind !== "azure/assigned-to");
    expect(() => reviewed([], { ...demo, documents, unread: [unread("azure/assigned-to")] })).toThrow(
      "could not be read",
    );
  });

  test("a held role that was not read may have granted the call: it is a break, never unexplained", () => {
    const event = { action: definitions, scope: `${SUB}/resourceGroups/other` };
    const documents = demo.documents.filter(
      ({ kind, body }) =>
        kind !== "azure/role-definition" || !JSON.stringify(body).includes("User Access Administrator"),
    );
    expect(documents.length).toBeLessThan(demo.documents.length);
    const review = reviewed([event], { ...demo, documents });
    expect(review.incomplete[0]).toContain("was not read");
    expect(calls(review)).toEqual([[definitions, "depends", "refused"]]);
    expect(reviewStatus(review)).toBe(1);
  });

  test("without the catalogue no permission is listed, and that is said", () => {
    const documents = demo.documents.filter(({ kind }) => kind !== "azure/provider-operations");
    const review = reviewed([], { ...demo, documents });
    expect(review.groups).toEqual([]);
    expect(review.incomplete[0]).toContain("which operations exist was not read");
  });
});
