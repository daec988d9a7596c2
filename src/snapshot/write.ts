import type { Snapshot, SnapshotDocument, Unread } from "./snapshot.ts";

/**
 * The text of a snapshot file, with a line break at its end. Documents are sorted by kind and id and our own keys
 * stand in one order, so that the same state always gives the same bytes; bodies keep the provider's key order.
 */
export function formatSnapshot(snapshot: Snapshot): string {
  const { principals, edition, kinds, names, interrupted } = snapshot;
  const ordered = {
    schema: snapshot.schema,
    provider: snapshot.provider,
    scope: snapshot.scope,
    takenAt: snapshot.takenAt,
    ...(principals === undefined ? {} : { principals: [...principals].sort(compare) }),
    ...(edition === undefined ? {} : { edition: [...edition].sort(compare) }),
    ...(kinds === undefined ? {} : { kinds: [...kinds].sort(compare) }),
    ...(names === undefined ? {} : { names: sortedNames(names) }),
    ...(interrupted === undefined ? {} : { interrupted }),
    documents: sortedDocuments(snapshot.documents).map(({ kind, id, body }) => ({ kind, id, body })),
    unread: sortedUnread(snapshot.unread).map(({ kind, id, api, cause, permission, detail }) => ({
      kind,
      ...(id === undefined ? {} : { id }),
      api,
      cause,
      ...(permission === undefined ? {} : { permission }),
      detail,
    })),
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

function sortedNames(names: NonNullable<Snapshot["names"]>): NonNullable<Snapshot["names"]> {
  const entries = Object.entries(names).sort(([a], [b]) => compare(a, b));
  return Object.fromEntries(entries.map(([kind, list = []]) => [kind, [...list].sort(compare)]));
}

/** Documents by kind, then id, then text: a total order whatever order the answers came in. */
export function sortedDocuments(documents: readonly SnapshotDocument[]): readonly SnapshotDocument[] {
  return [...documents].sort(
    (a, b) =>
      compare(a.kind, b.kind) ||
      compare(a.id, b.id) ||
      compare(JSON.stringify(a.body), JSON.stringify(b.body)),
  );
}

export function sortedUnread(unread: readonly Unread[]): readonly Unread[] {
  return [...unread].sort(
    (a, b) =>
      compare(a.kind, b.kind) ||
      compare(a.id ?? "", b.id ?? "") ||
      compare(a.api, b.api) ||
      compare(a.cause, b.cause) ||
      compare(a.detail, b.detail),
  );
}

/** By code unit, never by locale: the same on every machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
