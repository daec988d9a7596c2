import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../../../src/collectors/kubernetes/collect.ts";
import { kubernetesKinds } from "../../../src/snapshot/kinds/kubernetes.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";
import { namespace, role, rule, stageOf } from "./objects.ts";
import { scan } from "./scan.ts";
import { scanner, scannerAccount } from "./scanner.ts";
import { documented } from "./world.ts";

const skip = skipped("the live tests of Kubernetes", whyNoKubernetes());

const many = 1_203;
const [roles] = kubernetesKinds["kubernetes/role"].calls;
const nextPages = /\/roles\?.*continue=/;

let live: LiveKubernetes;
let token: string;
beforeAll(async () => {
  if (skip) return;
  // with the watch cache's snapshots a continue token would outlive a compaction
  live = await startKubernetes(["--feature-gates=ListFromCacheSnapshot=false"]);
  await stageOf(live.admin).show([
    ...scanner,
    ...documented("azure"),
    namespace("many"),
    ...Array.from({ length: many }, (_, at) => role("many", `role-${at}`, rule("", "pods", "get"))),
  ]);
  token = await live.tokenOf(scannerAccount.namespace, scannerAccount.name);
});
afterEach(() => {
  if (!skip) live.front.forget();
});
afterAll(async () => {
  if (!skip) await live.stop();
});

/** Writes something and forgets every state before it, as time does to a list that takes minutes. */
let written = 0;
async function expire(): Promise<void> {
  written += 1;
  await live.admin.must("POST", roles.path.replace("/roles", "/namespaces/many/roles"), {
    ...role("many", `late-${written}`, rule("", "pods", "get")),
  });
  await live.compact();
}

const collected = () =>
  collect(
    { kinds: new Set(["kubernetes/role"]), roleNames: [], principals: [], trustedPrincipals: [] },
    { kubeconfig: live.kubeconfig({ token }, { url: live.front.url }), env: {} },
    {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      concurrency: 8,
      progress: () => undefined,
      debug: () => undefined,
      now: () => new Date(0),
    },
  );

const idsOf = ({ documents }: Snapshot) =>
  documents.filter(({ kind }) => kind === "kubernetes/role").map(({ id }) => id);

/** Every role that there is, as one unpaged list has it. */
async function everyRole(): Promise<readonly string[]> {
  const { items } = await live.admin.must<{
    readonly items: readonly { readonly metadata: { readonly namespace: string; readonly name: string } }[];
  }>("GET", roles.path);
  return items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();
}

const pages = () =>
  live.front.seen.filter(({ path }) => path.startsWith(roles.path)).map(({ status }) => status);

describe.skipIf(skip)("lists that take several pages", () => {
  it("are read whole: each role once, 500 at a time", async () => {
    const snapshot = await collected();
    expect(idsOf(snapshot).toSorted()).toEqual(await everyRole());
    expect(snapshot.unread).toEqual([]);
    expect(pages()).toEqual([200, 200, 200]);
    expect(
      live.front.seen
        .filter(({ path }) => path.startsWith(roles.path))
        .every(({ path }) => path.includes("limit=500")),
    ).toBe(true);
  });

  it("fault 15: the token of page 3 has expired (410): read again from the start, no role twice, none lost", async () => {
    live.front.interrupt({ match: nextPages, after: 1, times: 1, before: expire });
    const snapshot = await collected();
    expect(pages()).toEqual([200, 200, 410, 200, 200, 200]);
    expect(idsOf(snapshot).toSorted()).toEqual(await everyRole());
    expect(idsOf(snapshot)).toContain(`many/late-${written}`);
    expect(snapshot.unread).toEqual([]);
  });

  it("fault 15: tokens that always expire: two more attempts, then unread and no part of the list", async () => {
    live.front.interrupt({ match: nextPages, before: expire });
    const snapshot = await collected();
    expect(pages()).toEqual([200, 410, 200, 410, 200, 410]);
    expect(idsOf(snapshot)).toEqual([]);
    expect(snapshot.unread.map(({ kind, api, cause }) => ({ kind, api, cause }))).toEqual([
      { kind: "kubernetes/role", api: `GET ${roles.path}`, cause: "incomplete" },
    ]);
  });

  it("fault 12: a page that leads to itself: unread, the reading ends", async () => {
    const metadata = { continue: "again" };
    live.front.interrupt({
      match: /\/roles\?/,
      answer: {
        status: 200,
        type: "application/json",
        body: JSON.stringify({ kind: "RoleList", apiVersion: "v1", metadata, items: [] }),
      },
    });
    const snapshot = await collected();
    expect(pages()).toEqual([200, 200]);
    expect(snapshot.unread.map(({ kind, cause }) => ({ kind, cause }))).toEqual([
      { kind: "kubernetes/role", cause: "incomplete" },
    ]);
  });

  it("a scan among them passes, and is incomplete when they cannot be read", async () => {
    const azure = { token, baseline: "chalk-azure", namespace: "chalk" } as const;
    const found = await scan(live, azure);
    expect([found.code, found.drift]).toEqual([0, []]);
    live.front.interrupt({ match: nextPages, before: expire });
    const cut = await scan(live, azure);
    expect([cut.code, cut.drift]).toEqual([3, []]);
    expect(cut.outcomes["management-role"]).toBe("unknown");
    expect(cut.outcomes["cluster-effective-access"]).toBe("unknown");
  });
});
