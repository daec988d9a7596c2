import { describe, expect, test } from "vitest";
import { factsOf } from "../../src/snapshot/facts.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";

const holding = (body: unknown): Snapshot => ({
  schema: 1,
  provider: "azure",
  scope: "/subscriptions/1",
  takenAt: "2026-11-21T08:00:00Z",
  documents: [{ kind: "azure/role-assignment", id: "a", body }],
  unread: [],
});

describe("G7: a document that says one thing in two spellings is not read", () => {
  test.each<[string, unknown, string]>([
    ["in it", { principalId: "x", PrincipalId: "y" }, "principalId and PrincipalId"],
    ["deep in it", { properties: { a: [{ scope: "/", SCOPE: "/x" }] } }, "scope and SCOPE"],
    ["around a list", { value: [], Value: [] }, "value and Value"],
  ])("%s", (_where, body, spellings) => {
    expect(factsOf(holding(body)).unread("azure/role-assignment")).toEqual([
      {
        kind: "azure/role-assignment",
        api: "azure/role-assignment",
        cause: "malformed",
        detail: `a says one thing in two spellings, ${spellings}: which counts is not known`,
      },
    ]);
  });

  test.each<[string, unknown]>([
    ["once", { principalId: "x", properties: { principalId: "x" } }],
    ["names that somebody chose: tags", { tags: { Team: "a", team: "b" } }],
    [
      "names that somebody chose: keys of a condition",
      { Condition: { StringEquals: { "aws:a": 1 }, stringequals: 1 } },
    ],
    ["ids as names", { identities: { "/subscriptions/A": {}, "/subscriptions/a": {} } }],
  ])("but not: %s", (_what, body) => {
    expect(factsOf(holding(body)).unread("azure/role-assignment")).toEqual([]);
  });
});
