import { describe, expect, it } from "vitest";
import { doorsOf } from "../../src/audit/doors.ts";
import type { Recorded } from "../../src/providers/define.ts";
import { factsOf } from "../../src/snapshot/facts.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";

const KIND = "azure/directory-membership";
const DOOR = {
  id: "members",
  title: "members",
  kinds: [KIND],
  lacking: "only the directory knows them",
} as const;

function snapshotWith(more: Partial<Snapshot>): Snapshot {
  return {
    schema: 1,
    provider: "azure",
    scope: "/subscriptions/x",
    takenAt: "2026-11-21T08:00:00.000Z",
    kinds: [KIND],
    documents: [],
    unread: [],
    ...more,
  };
}

const recordedOf = (snapshot: Snapshot) => ({ snapshot, facts: factsOf(snapshot) }) as unknown as Recorded;
const state = (more: Partial<Snapshot>) => doorsOf([DOOR], recordedOf(snapshotWith(more)))[0];

describe("a door that some controls alone have opened", () => {
  const closed = { id: "members", title: "members", state: "not-collected", why: DOOR.lacking };

  it("is read where the list was read", () => {
    const documents = [{ kind: KIND, id: "a", body: { id: "a", value: [] } }] as const;
    expect(state({ documents })).toEqual({ id: "members", title: "members", state: "read" });
  });

  it("is not read for being no part of what was asked, nor by a snapshot that does not say what was", () => {
    expect(state({ kinds: [] })).toEqual(closed);
    expect(state({})).toEqual(closed);
    const { kinds: _, ...rest } = snapshotWith({});
    expect(doorsOf([DOOR], recordedOf(rest))[0]).toEqual(closed);
  });

  it("says what stood in the way of one that was tried", () => {
    const unread = [{ kind: KIND, api: "GET /users", cause: "denied", detail: "403" }] as const;
    expect(state({ unread })).toMatchObject({ state: "unread", why: expect.stringContaining("GET /users") });
  });
});
