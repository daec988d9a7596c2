import type { Snapshot } from "../snapshot/snapshot.ts";
import { sortedDocuments, sortedUnread } from "../snapshot/write.ts";
import type { CollectOptions, CollectPlan } from "./define.ts";

type Read = Pick<Snapshot, "provider" | "scope" | "kinds" | "names" | "documents" | "unread">;

/** The snapshot of one collection: with its time, whom it was asked for, and whether it was interrupted. */
export function collected(plan: CollectPlan, options: CollectOptions, read: Read): Snapshot {
  const { provider, scope, kinds, names } = read;
  return {
    schema: 1,
    provider,
    scope,
    takenAt: options.now().toISOString(),
    ...(plan.principals.length === 0 ? {} : { principals: [...plan.principals] }),
    ...(kinds === undefined ? {} : { kinds: [...kinds].sort() }),
    ...(names === undefined ? {} : { names }),
    ...(options.signal.aborted ? { interrupted: true } : {}),
    documents: sortedDocuments(read.documents),
    unread: sortedUnread(read.unread),
  };
}
