import type { DocumentKind } from "../snapshot/kinds/kinds.ts";
import { scrub } from "../snapshot/scrub.ts";
import type { SnapshotDocument, Unread } from "../snapshot/snapshot.ts";
import { visible } from "../text/visible.ts";
import { ReadFailure } from "./http/failure.ts";

/** What could not be read, beside why. */
export interface Missed {
  readonly kind: DocumentKind;
  readonly api: string;
  readonly id?: string | undefined;
  /** What the provider wants for that call. */
  readonly permission: string;
}

/** Gathers what one collection read and what it could not. */
export interface Recorder {
  readonly documents: readonly SnapshotDocument[];
  readonly unread: readonly Unread[];
  readonly failures: readonly ReadFailure[];
  readonly keep: (kind: DocumentKind, id: string, body: unknown) => void;
  readonly miss: (missed: Missed, failure: ReadFailure) => void;
}

export function createRecorder(debug: (line: string) => void): Recorder {
  const documents: SnapshotDocument[] = [];
  const unread: Unread[] = [];
  const failures: ReadFailure[] = [];
  // A list that changes while it is paged can give the same item twice; the same document is kept once.
  const kept = new Map<string, readonly string[]>();
  return {
    documents,
    unread,
    failures,
    keep: (kind, id, body) => {
      const document = { kind, id: visible(id), body: scrub(body) };
      const key = `${kind} ${document.id}`;
      const text = JSON.stringify(document.body);
      const twins = kept.get(key) ?? [];
      if (twins.includes(text)) return;
      kept.set(key, [...twins, text]);
      documents.push(document);
    },
    miss: ({ kind, api, id, permission }, failure) => {
      failures.push(failure);
      debug(`${api}: ${failure.reason}: ${failure.message}`);
      unread.push({
        kind,
        ...(id === undefined ? {} : { id: visible(id) }),
        api,
        cause: failure.reason,
        ...(failure.reason === "denied" ? { permission } : {}),
        detail: failure.message,
      });
    },
  };
}

/** The value of a read, or `undefined` with its failure handed over; other errors pass. */
export async function attempt<T>(
  read: () => Promise<T>,
  failed: (failure: ReadFailure) => T | undefined,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ReadFailure) return failed(error);
    throw error;
  }
}
