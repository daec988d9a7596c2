import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { CANARY, packed, recordOf, release, secret } from "../../servers/kubernetes-objects.ts";
import type { Body } from "../../servers/kubernetes-state.ts";
import { collectFrom } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
afterEach(() => kubernetes.close());

const kind = "kubernetes/helm-release";

async function look(objects: readonly Body[], names?: readonly string[], pageSize?: number) {
  kubernetes = await startKubernetes({ objects });
  return again(names, pageSize);
}

async function again(names?: readonly string[], pageSize = 500) {
  const before = kubernetes.requests.length;
  const found = await collectFrom(kubernetes, {
    kinds: [kind],
    ...(names === undefined ? {} : { names: { [kind]: names } }),
    settings: { pageSize },
  });
  expect(JSON.stringify(found)).not.toContain(CANARY);
  const { documents, unread } = found.snapshot;
  return {
    unread,
    releases: documents
      .filter((each) => each.kind === kind)
      .map(({ id, body }) => ({ id, ...(body as Body) })),
    asked: kubernetes.requests.slice(before).map(({ path }) => path),
  };
}

const whole = {
  ...{ id: "team/app", name: "app", namespace: "team", revision: 1, status: "deployed" },
  lastDeployed: "2026-11-20T08:00:00Z",
  chart: { name: "app", version: "1.2.3", appVersion: "9.9" },
  storage: "secret",
};

describe("releases", () => {
  it("are told by their newest revision; status and chart are kept, and nothing else", async () => {
    const found = await look([
      ...[1, 2, 9, 10].map((revision) =>
        release({ revision, status: revision === 10 ? "deployed" : "superseded" }),
      ),
      release({ name: "db", namespace: "other", storage: "configmap", chart: "pg", version: "v2.0.0" }),
      secret("team", "plain", ["a"], { labels: { owner: "helm", name: "no", version: "1" } }),
    ]);
    expect(found.releases).toEqual([
      {
        ...{ ...whole, id: "other/db", name: "db", namespace: "other", storage: "configmap" },
        chart: { name: "pg", version: "v2.0.0", appVersion: "9.9" },
      },
      { ...whole, revision: 10 },
    ]);
    expect(found.unread).toEqual([]);
    // the older ones, and what is no record of Helm's, are not fetched
    expect(found.asked.filter((path) => path.includes("/namespaces/team/secrets"))).toEqual([
      "/api/v1/namespaces/team/secrets/sh.helm.release.v1.app.v10",
    ]);
  });

  it("say which older revision is still deployed, when the newest is not", async () => {
    const found = await look([
      release({ revision: 1, status: "superseded" }),
      release({ revision: 2, status: "deployed", version: "1.1.0" }),
      release({ revision: 3, status: "failed" }),
    ]);
    const older = {
      deployedRevision: 2,
      deployedChart: { name: "app", version: "1.1.0", appVersion: "9.9" },
    };
    expect(found.releases).toEqual([{ ...whole, revision: 3, status: "failed", ...older }]);
    expect(found.asked.filter((path) => path.includes("/namespaces/team/secrets"))).toHaveLength(2);
  });

  it("and when that one cannot be read, its chart is not known", async () => {
    await look([release({ revision: 2, status: "deployed" }), release({ revision: 3, status: "failed" })]);
    kubernetes.faults.add({ match: ".v1.app.v2", denied: "secrets" });
    const found = await again();
    expect(found.releases).toMatchObject([{ revision: 3, deployedRevision: 2 }]);
    expect(found.releases[0]).not.toHaveProperty("deployedChart");
    expect(found.unread).toMatchObject([{ id: "team/app", cause: "denied", permission: "get secrets" }]);
  });

  it("only those that are named are fetched, by name or by namespace", async () => {
    const objects = [release(), release({ name: "b" }), release({ name: "c", namespace: "other" })];
    const found = await look(objects, ["team/b", "other/*"]);
    expect(found.releases.map(({ id }) => id)).toEqual(["other/c", "team/b"]);
    expect(found.asked.filter((path) => path.includes(".v1.app."))).toEqual([]);
  });

  it("over many pages are all there", async () => {
    const objects = Array.from({ length: 7 }, (_, at) => release({ name: `r${at}` }));
    expect((await look(objects, undefined, 2)).releases).toHaveLength(7);
  });

  it("fault 1: secrets refused: what config maps tell is kept, and the rest is unread by its list", async () => {
    await look([release(), release({ name: "b", storage: "configmap" })]);
    kubernetes.faults.add({ match: "/api/v1/secrets?", denied: "secrets" });
    const found = await again();
    expect(found.releases.map(({ id }) => id)).toEqual(["team/b"]);
    expect(found.unread).toMatchObject([
      { kind, id: "secrets", api: "GET /api/v1/secrets", cause: "denied", permission: "list secrets" },
    ]);
  });

  it("one that may not be fetched, or went away, is unread by its name", async () => {
    await look([release(), release({ name: "b" })]);
    kubernetes.faults.add({ match: ".v1.app.", denied: "secrets" });
    kubernetes.faults.add({ match: ".v1.b.", status: 404, code: "NotFound", message: "gone" });
    const found = await again();
    expect(found.releases).toEqual([]);
    expect(found.unread).toMatchObject([
      { id: "team/app", cause: "denied", permission: "get secrets" },
      { id: "team/b", cause: "incomplete", detail: "revision 1 went away while it was read" },
    ]);
  });

  it.each([
    ["no name", { owner: "helm", version: "1" }],
    ["no number", { owner: "helm", name: "x", version: "one" }],
    ["a number without end", { owner: "helm", name: "x", version: "9".repeat(400) }],
  ])("a record with %s leaves it open which release it is of", async (_, labels) => {
    const found = await look([secret("team", "odd", ["release"], { type: "helm.sh/release.v1", labels })]);
    expect(found.unread).toMatchObject([{ kind, id: "secrets", cause: "malformed" }]);
  });

  const bomb = packed(Buffer.alloc(200 * 1024 * 1024, "["));
  it.each([
    ["fault 33: a bomb", bomb, /unpacks to more than 32 MiB$/],
    ["a cut record", packed("{}").slice(0, 12), /does not unpack$/],
    ["no JSON", packed("hello"), /is no JSON$/],
    ["a list", packed("[]"), /is no object$/],
    ["nothing", "", /holds no record of a release$/],
    ["noise", "%%%%", /is no JSON$/],
    ["no chart", packed(JSON.stringify({ ...recordOf({}), chart: null })), /whose chart has no name$/],
    ["another release", packed(JSON.stringify(recordOf({ name: "else" }))), /the record another$/],
    ["another revision", packed(JSON.stringify(recordOf({ revision: 2 }))), /the record another$/],
    ["a prototype", packed('{"__proto__":{"name":"app","version":1}}'), /without a revision$/],
  ])("%s is unread, and the others are read", async (_, record, detail) => {
    const found = await look([release({ record }), release({ name: "well" })]);
    expect(found.releases.map(({ id }) => id)).toEqual(["team/well"]);
    expect(found.unread).toMatchObject([
      { kind, id: "team/app", cause: "malformed", detail: expect.stringMatching(detail) },
    ]);
  });

  it("a record that was never zipped is read too, as Helm does", async () => {
    const record = Buffer.from(JSON.stringify(recordOf({}))).toString("base64");
    expect((await look([release({ record })])).releases).toEqual([whole]);
  });

  it("a zipped zip is none of Helm's", async () => {
    const record = gzipSync(gzipSync("{}")).toString("base64");
    expect((await look([release({ record })])).unread).toMatchObject([{ cause: "malformed" }]);
  });
});
