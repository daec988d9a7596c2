import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { bundled } from "../../src/cli/job/plugins.ts";
import { withPlugin } from "../../src/plugins/validate.ts";
import { readSnapshot } from "../../src/snapshot/read.ts";
import { formatSnapshot } from "../../src/snapshot/write.ts";
import { writeExamples } from "../plugins/examples.ts";
import { type Arm, startArm } from "../servers/arm.ts";
import { subscriptionId } from "../servers/azure-state.ts";
import { type Kubernetes, startKubernetes } from "../servers/kubernetes.ts";
import { collectFrom } from "./harness.ts";
import { collectFrom as collectFromCluster, role } from "./kubernetes-harness.ts";

let arm: Arm | undefined;
let cluster: Kubernetes | undefined;
const folder = mkdtempSync(join(tmpdir(), "chalk-audit-plugins-"));
afterEach(async () => {
  await arm?.close();
  await cluster?.close();
  arm = cluster = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const budgets = [1, 2, 3].map((n) => ({
  id: `/subscriptions/${subscriptionId}/providers/Microsoft.Consumption/budgets/b${n}`,
  name: `b${n}`,
  properties: { amount: n * 500, password: "canary-of-a-budget" },
}));
const kinds = (collectors: readonly object[]) =>
  withPlugin(bundled, { name: "acme", collectors }, "acme.mjs").kinds;
const path = "/subscriptions/{subscription}/providers/Microsoft.Consumption/budgets";
const own = (read: unknown) =>
  kinds([
    {
      kind: "azure/x-acme-budget",
      title: "budgets",
      purpose: "to see",
      calls: [{ path, apiVersion: "2023-11-01", permission: "Microsoft.Consumption/budgets/read" }],
      read,
    },
  ]);

describe("a plugin's collector", () => {
  it("of docs/plugins.md reads all pages, scrubbed, into a snapshot that can be read again", async () => {
    const example = writeExamples(folder);
    const module: unknown = await import(pathToFileURL(example("collector.mjs")).href);
    const { kinds: extra } = withPlugin(bundled, module, "collector.mjs");
    arm = await startArm({ others: { "Microsoft.Consumption/budgets": budgets } }, { pageSize: 2 });
    const { snapshot } = await collectFrom(arm, { kinds: [], extra });
    expect(snapshot.kinds).toEqual(["azure/x-acme-budget"]);
    expect(snapshot.unread).toEqual([]);
    expect(snapshot.documents.map(({ kind, id }) => [kind, id])).toEqual(
      budgets.map(({ id }) => ["azure/x-acme-budget", id]),
    );
    const text = formatSnapshot(snapshot);
    expect(text).not.toContain("canary-of-a-budget");
    expect(readSnapshot(text, "s.json")).toEqual(snapshot);
    expect(arm.requests.filter(({ method }) => method !== "GET" && method !== "POST")).toEqual([]);
  });

  it("that is refused is unread with the permission that it declared", async () => {
    arm = await startArm({});
    const { snapshot } = await collectFrom(arm, {
      kinds: [],
      extra: own(async ({ list, subscription }: { list: (path: string) => unknown; subscription: string }) =>
        list(path.replace("{subscription}", subscription)),
      ),
    });
    expect(snapshot.unread).toMatchObject([
      { kind: "azure/x-acme-budget", api: `GET ${path}`, cause: "unsupported" },
    ]);
  });

  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    [
      "asks for another path",
      async ({ get }: { get: (path: string) => unknown }) => get("/subscriptions"),
      /plugin acme: collector azure\/x-acme-budget: asked for "\/subscriptions", which is none of the paths/,
    ],
    [
      "climbs out of its path",
      async ({ get }: { get: (path: string) => unknown }) =>
        get(`${path.replace("{subscription}", "a")}/../../x`),
      /which is none of the paths/,
    ],
    [
      "throws",
      async () => {
        throw new Error("boom");
      },
      /plugin acme: collector azure\/x-acme-budget: threw: boom/,
    ],
    ["gives no list", async () => "x", /gave something else than a list/],
    ["gives no document", async () => [{ id: "" }], /gave a document that is not \{ id: text, body \}/],
    ["gives what is no JSON", async () => [{ id: "a", body: { n: 1n } }], /gave a body of a that is no JSON/],
  ];
  it.each(bad)("that %s is named", async (_, read, expected) => {
    arm = await startArm({});
    await expect(collectFrom(arm, { kinds: [], extra: own(read) })).rejects.toThrow(expected);
    expect(arm.requests.filter(({ path: asked }) => asked.includes("..") || asked === "/x")).toEqual([]);
  });

  it("that never comes back is unread, and the run ends", async () => {
    arm = await startArm({ vaults: [budgets[0] ?? {}] });
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/vault"],
      extra: own(() => new Promise(() => {})),
      options: { timeoutMs: 1_500 },
    });
    expect(snapshot.unread.map(({ kind, cause }) => [kind, cause])).toEqual([
      ["azure/x-acme-budget", "timeout"],
    ]);
    expect(snapshot.documents.length).toBeGreaterThan(0);
  });

  it("of a cluster reads the paths that it declared, past the guard, and no other", async () => {
    cluster = await startKubernetes({ objects: [role("acme-reader")] });
    const extra = (asked: string) =>
      kinds([
        {
          kind: "kubernetes/x-acme-role",
          title: "roles",
          purpose: "to see",
          calls: [
            { path: "/apis/rbac.authorization.k8s.io/v1/clusterroles", permission: "list clusterroles" },
          ],
          read: async ({
            list,
          }: {
            list: (path: string) => Promise<readonly { metadata: { name: string } }[]>;
          }) => (await list(asked)).map((body) => ({ id: body.metadata.name, body })),
        },
      ]);
    const { snapshot } = await collectFromCluster(cluster, {
      kinds: [],
      extra: extra("/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    });
    expect(snapshot.unread).toEqual([]);
    expect(snapshot.documents.filter(({ kind }) => kind === "kubernetes/x-acme-role").length).toBeGreaterThan(
      0,
    );
    await expect(collectFromCluster(cluster, { kinds: [], extra: extra("/api/v1/secrets") })).rejects.toThrow(
      /asked for "\/api\/v1\/secrets"/,
    );
  });
});
