import type { CollectOptions, CollectPlan } from "../../src/collectors/define.ts";
import type { Clock } from "../../src/collectors/http/clock.ts";
import { loadCollector } from "../../src/collectors/registry.ts";
import type { AzureSettings } from "../../src/collectors/settings.ts";
import { azureKinds } from "../../src/snapshot/kinds/azure.ts";
import type { ExtraKind } from "../../src/snapshot/kinds/extra.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { Snapshot, Unread } from "../../src/snapshot/snapshot.ts";
import { type Arm, ca } from "../servers/arm.ts";

export const everyKind = Object.keys(azureKinds) as readonly DocumentKind[];

export interface Collected {
  readonly snapshot: Snapshot;
  readonly debug: readonly string[];
  readonly progress: readonly string[];
}

export interface Asked {
  /** Kinds that a plugin adds. */
  readonly extra?: readonly ExtraKind[];
  readonly kinds?: readonly DocumentKind[];
  readonly roleNames?: readonly string[];
  readonly principals?: readonly string[];
  /** What controls name of a kind: `CollectPlan.names`. */
  readonly names?: CollectPlan["names"];
  readonly settings?: Partial<AzureSettings>;
  readonly options?: Partial<CollectOptions>;
}

/** Collects from the test server as a process would, with the server's own credential unless another is given. */
export async function collectFrom(arm: Arm, asked: Asked = {}): Promise<Collected> {
  const debug: string[] = [];
  const progress: string[] = [];
  const plan: CollectPlan = {
    kinds: new Set(asked.kinds ?? everyKind),
    roleNames: asked.roleNames ?? [],
    principals: asked.principals ?? [],
    trustedPrincipals: [],
    ...(asked.extra === undefined ? {} : { extra: asked.extra }),
    ...(asked.names === undefined ? {} : { names: asked.names }),
  };
  const collect = await loadCollector("azure");
  const snapshot = await collect(
    plan,
    {
      cloud: "public",
      endpoint: arm.url,
      graph: arm.url,
      subscription: arm.subscription,
      credential: arm.credential,
      ca,
      requestTimeoutMs: 5_000,
      ...asked.settings,
    },
    {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      concurrency: 8,
      progress: (message) => progress.push(message),
      debug: (line) => debug.push(line),
      now: () => new Date("2026-11-21T08:00:00Z"),
      ...asked.options,
    },
  );
  return { snapshot, debug, progress };
}

export interface FakeClock extends Clock {
  /** Every pause that was asked for, in milliseconds. */
  readonly pauses: readonly number[];
}

/** A clock on which only pauses pass, at once. */
export function fakeClock(): FakeClock {
  let time = 0;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => time,
    random: () => 0.5,
    sleep: (ms, signal) => {
      if (signal.aborted) return Promise.reject(signal.reason);
      pauses.push(ms);
      time += ms;
      return Promise.resolve();
    },
  };
}

/** Kind, cause and permission of what was not read: the part that controls hang on. */
export function causes(unread: readonly Unread[]): readonly string[] {
  return unread.map((entry) =>
    [entry.kind, entry.id, entry.cause, entry.permission].filter(Boolean).join(" "),
  );
}

/** Which documents there are. */
export function ids(snapshot: Snapshot, kind: DocumentKind): readonly string[] {
  return snapshot.documents.filter((document) => document.kind === kind).map((document) => document.id);
}
