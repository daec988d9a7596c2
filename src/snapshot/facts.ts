import type { DocumentKind } from "./kinds/kinds.ts";
import type { Snapshot, SnapshotDocument, Unread } from "./snapshot.ts";
import { sortedDocuments, sortedUnread } from "./write.ts";

/** What a snapshot says, by kind. A check reads nothing else. */
export interface Facts {
  /** Azure: `/subscriptions/<id>`. AWS: `<account>/<region>`. */
  readonly scope: string;
  /** When the state was recorded, ISO 8601. The only clock that a check has. */
  readonly takenAt: string;
  /** Whom the state was recorded for, as the user named them; absent: whoever was found. */
  readonly asked?: readonly string[];
  all(kind: DocumentKind): readonly SnapshotDocument[];
  /** What of that kind (and of that id, if given) could not be read. */
  unread(kind: DocumentKind, id?: string): readonly Unread[];
}

/**
 * A snapshot as checks read it: by kind, in an order that does not depend on how it was written. An `unread` entry
 * without an id is about the whole kind, so it also stands for every single id of that kind. Ids compare in any case.
 */
export function factsOf(snapshot: Snapshot): Facts {
  const documents = new Map<DocumentKind, SnapshotDocument[]>();
  for (const document of sortedDocuments(snapshot.documents)) {
    const list = documents.get(document.kind);
    if (list === undefined) documents.set(document.kind, [document]);
    else list.push(document);
  }
  const unread = new Map<DocumentKind, Unread[]>();
  for (const entry of sortedUnread(snapshot.unread)) {
    const list = unread.get(entry.kind);
    if (list === undefined) unread.set(entry.kind, [entry]);
    else list.push(entry);
  }
  return {
    scope: snapshot.scope,
    takenAt: snapshot.takenAt,
    ...(snapshot.principals === undefined ? {} : { asked: snapshot.principals }),
    all: (kind) => documents.get(kind) ?? [],
    unread: (kind, id) => {
      const entries = unread.get(kind) ?? notAsked(snapshot, kind);
      if (id === undefined) return entries;
      return entries.filter((entry) => entry.id === undefined || entry.id.toLowerCase() === id.toLowerCase());
    },
  };
}

/** A snapshot that was collected for other controls says nothing of what it was not asked to read. */
function notAsked(snapshot: Snapshot, kind: DocumentKind): readonly Unread[] {
  if (snapshot.kinds === undefined || snapshot.kinds.includes(kind)) return [];
  const detail = "the snapshot was collected without it; collect it again with the baselines to be audited";
  return [{ kind, api: kind, cause: "incomplete", detail }];
}
