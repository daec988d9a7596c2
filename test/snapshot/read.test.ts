import { describe, expect, it } from "vitest";
import { factsOf } from "../../src/snapshot/facts.ts";
import { readSnapshot, SnapshotError } from "../../src/snapshot/read.ts";
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

const text = (changes: object) => JSON.stringify({ ...snapshot, ...changes }, null, 2);

describe("a cluster", () => {
  const cluster: Snapshot = {
    ...snapshot,
    provider: "kubernetes",
    scope: "uid/chalk",
    edition: ["aws", "azure"],
  };

  it("its edition is kept, in one order; an edition that is none is refused", () => {
    const text = formatSnapshot({ ...cluster, edition: ["azure", "aws"] });
    expect(text).toBe(formatSnapshot(cluster));
    expect(readSnapshot(text, "s.json").edition).toEqual(["aws", "azure"]);
    expect(Object.keys(JSON.parse(formatSnapshot({ ...cluster, edition: [] })) as object)).toContain(
      "edition",
    );
    const { edition: _, ...untold } = cluster;
    expect(readSnapshot(formatSnapshot(untold), "s.json")).not.toHaveProperty("edition");
    expect(() => readSnapshot(text.replace('"aws"', '"gcp"'), "s.json")).toThrow(SnapshotError);
  });
});

describe("reading bad input", () => {
  it.each([
    ["an empty file", "", "s.json:1:1: expected a snapshot as JSON, found an empty file"],
    ["a web page", "<html>", "s.json:1:1: expected a snapshot as JSON, found a page or XML"],
    [
      "a cut file",
      '{\n  "schema": 1,\n',
      "s.json:3:1: expected a snapshot as JSON, found JSON that is malformed here",
    ],
    [
      "a stray comma",
      '{\n  "schema": 1,\n  "provider": "azure",,\n}',
      "s.json:3:23: expected a snapshot as JSON, found JSON that is malformed here",
    ],
    [
      "YAML",
      "id: x\nversion: 1\n",
      "s.json:1:1: expected a snapshot as JSON, found something that is not JSON",
    ],
    ["a list", "[]", "s.json:1:1: expected a snapshot (written by chalk-audit collect), found a list"],
    [
      "null",
      "null",
      "s.json:1:1: expected a snapshot (written by chalk-audit collect), found a single value",
    ],
    [
      "a report",
      '{"schemaVersion":"1.0","findings":[]}',
      "s.json:1:1: expected a snapshot (written by chalk-audit collect), found a report",
    ],
    [
      "SARIF",
      '{"version":"2.1.0","runs":[]}',
      "s.json:1:1: expected a snapshot (written by chalk-audit collect), found a SARIF file",
    ],
    [
      "a baseline",
      '{"id":"x","controls":[]}',
      "s.json:1:1: expected a snapshot (written by chalk-audit collect), found a baseline",
    ],
    [
      "waivers",
      '{"waivers":[]}',
      "s.json:1:1: expected a snapshot (written by chalk-audit collect), found a waiver file",
    ],
    [
      "a role",
      '{"properties":{}}',
      "s.json:1:1: expected a snapshot (written by chalk-audit collect), found a document of the provider",
    ],
    [
      "another object",
      "{}",
      "s.json:1:1: expected a snapshot (written by chalk-audit collect), found something else",
    ],
    [
      "another schema",
      text({ schema: 2 }),
      "s.json:2:13: expected a snapshot of schema 1, found 2; collect it again with this version of chalk-audit",
    ],
    [
      "no schema",
      text({ schema: undefined }),
      "s.json:1:1: expected a snapshot of schema 1, found none; collect it again with this version of chalk-audit",
    ],
    [
      "another provider",
      text({ provider: "oracle" }),
      's.json:3:15: provider: expected one of azure, aws, kubernetes, found "oracle"',
    ],
    [
      "an odd time",
      text({ takenAt: "yesterday" }),
      's.json:5:14: takenAt: expected a time such as 2026-11-20T08:00:00Z, found "yesterday"',
    ],
    ["an unknown key", text({ extra: 1 }), "s.json:47:12: extra: unknown property"],
    [
      "documents that are no list",
      text({ documents: {} }),
      "s.json:9:16: documents: expected array, found {}",
    ],
  ])("%s", (_name, input, message) => {
    expect(() => readSnapshot(input, "s.json")).toThrow(new SnapshotError(message));
  });

  it("points into a list: kind, cause, missing parts", () => {
    const bad = (document: object) => text({ documents: [snapshot.documents[1], document] });
    expect(() => readSnapshot(bad({ kind: "azure/oops", id: "x", body: 1 }), "s.json")).toThrow(
      /^s\.json:18:15: documents\.1\.kind: expected one of azure\/role-definition, .*, found "azure\/oops"$/,
    );
    expect(() => readSnapshot(bad({ kind: "azure/vault", id: "x" }), "s.json")).toThrow(
      new SnapshotError('s.json:17:5: documents.1: "body" is missing'),
    );
  });

  it("faults 26 and 30: a file name and ids are made visible; __proto__ stays data", () => {
    expect(() => readSnapshot("[]", "a\u001b[2J.json")).toThrow(/^a\\u\{1b\}\[2J\.json:1:1:/);
    const input = text({ documents: [] }).replace(
      '"documents": []',
      '"documents": [{"kind":"azure/vault","id":"a\\u001bb","body":{"__proto__":{"polluted":true}}}]',
    );
    const [document] = readSnapshot(input, "s.json").documents;
    expect(document?.id).toBe("a\\u{1b}b");
    expect(Object.keys(document?.body as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("fault 29: a secret in a file made by hand goes too", () => {
    const input = text({ documents: [{ kind: "azure/vault", id: "x", body: { clientSecret: "canary" } }] });
    expect(JSON.stringify(readSnapshot(input, "s.json"))).not.toContain("canary");
  });

  it("a byte order mark and Windows line ends are fine", () => {
    expect(readSnapshot(`\uFEFF${text({}).replaceAll("\n", "\r\n")}`, "s.json").scope).toBe(
      "/subscriptions/s",
    );
  });
});

describe("facts", () => {
  const facts = factsOf(snapshot);

  it("are indexed by kind, in one order", () => {
    expect(facts.scope).toBe("/subscriptions/s");
    expect(facts.takenAt).toBe("2026-11-20T08:00:00.000Z");
    expect(facts.all("azure/role-definition").map((document) => document.id)).toEqual(["/a", "/b"]);
    expect(facts.all("azure/vault")).toEqual([]);
  });

  it("unread: an entry without an id stands for every id of its kind; ids compare in any case", () => {
    const causes = (...asked: Parameters<typeof facts.unread>) =>
      facts.unread(...asked).map((entry) => entry.cause);
    expect(causes("azure/vault")).toEqual(["denied"]);
    expect(causes("azure/vault", "/any")).toEqual(["denied"]);
    expect(causes("azure/role-definition")).toEqual(["not-found"]);
    expect(causes("azure/role-definition", "/c")).toEqual(["not-found"]);
    expect(causes("azure/role-definition", "/a")).toEqual([]);
    expect(causes("azure/resource")).toEqual([]);
  });
});

describe("the kinds that were asked for", () => {
  it("what a snapshot was not asked to read is unread, and a snapshot that does not say is taken as whole", () => {
    const bare = { schema: 1, provider: "azure", scope: "/subscriptions/s", takenAt: "2026-11-20T08:00:00Z" };
    const text = JSON.stringify({ ...bare, kinds: ["azure/vault"], documents: [], unread: [] });
    const some = factsOf(readSnapshot(text, "s.json"));
    expect(some.unread("azure/vault")).toEqual([]);
    expect(some.unread("azure/deny-assignment")).toEqual([
      {
        kind: "azure/deny-assignment",
        api: "azure/deny-assignment",
        cause: "incomplete",
        detail: "the snapshot was collected without it; collect it again with the baselines to be audited",
      },
    ]);
    const silent = factsOf(readSnapshot(JSON.stringify({ ...bare, documents: [], unread: [] }), "s.json"));
    expect(silent.unread("azure/deny-assignment")).toEqual([]);
    expect(JSON.parse(formatSnapshot(readSnapshot(text, "s.json"))).kinds).toEqual(["azure/vault"]);
  });
});
