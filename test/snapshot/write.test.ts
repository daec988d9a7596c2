import { describe, expect, it } from "vitest";
import { readSnapshot } from "../../src/snapshot/read.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { formatSnapshot } from "../../src/snapshot/write.ts";

const snapshot: Snapshot = {
  schema: 1,
  provider: "azure",
  scope: "/subscriptions/s",
  takenAt: "2026-11-20T08:00:00.000Z",
  principals: ["p"],
  documents: [
    { kind: "azure/role-definition", id: "/b", body: { z: 1, a: null } },
    { kind: "azure/assigned-to", id: "p", body: { value: [] } },
    { kind: "azure/role-definition", id: "/a", body: {} },
  ],
  unread: [
    {
      kind: "azure/vault",
      api: "GET /vaults",
      cause: "denied",
      permission: "V/read",
      detail: "answered 403",
    },
    { kind: "azure/role-definition", id: "/C", api: "GET /c", cause: "not-found", detail: "answered 404" },
  ],
};

describe("writing", () => {
  it("fault 17: the order of documents, entries and keys does not depend on the input", () => {
    const shuffled: Snapshot = {
      unread: [...snapshot.unread]
        .reverse()
        .map((entry) => Object.fromEntries(Object.entries(entry).reverse()) as never),
      documents: [...snapshot.documents].reverse(),
      principals: ["p"],
      takenAt: snapshot.takenAt,
      scope: snapshot.scope,
      provider: "azure",
      schema: 1,
    };
    expect(formatSnapshot(shuffled)).toBe(formatSnapshot(snapshot));
    expect(formatSnapshot(snapshot)).toBe(
      `${JSON.stringify(
        {
          schema: 1,
          provider: "azure",
          scope: "/subscriptions/s",
          takenAt: "2026-11-20T08:00:00.000Z",
          principals: ["p"],
          documents: [
            { kind: "azure/assigned-to", id: "p", body: { value: [] } },
            { kind: "azure/role-definition", id: "/a", body: {} },
            { kind: "azure/role-definition", id: "/b", body: { z: 1, a: null } },
          ],
          unread: [
            {
              kind: "azure/role-definition",
              id: "/C",
              api: "GET /c",
              cause: "not-found",
              detail: "answered 404",
            },
            {
              kind: "azure/vault",
              api: "GET /vaults",
              cause: "denied",
              permission: "V/read",
              detail: "answered 403",
            },
          ],
        },
        null,
        2,
      )}\n`,
    );
  });

  it("what is written reads back the same", () => {
    const again = readSnapshot(formatSnapshot(snapshot), "s.json");
    expect(formatSnapshot(again)).toBe(formatSnapshot(snapshot));
    const partial: Snapshot = { ...snapshot, interrupted: true };
    expect(readSnapshot(formatSnapshot(partial), "s.json").interrupted).toBe(true);
  });
});
