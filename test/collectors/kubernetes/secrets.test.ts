import { afterEach, describe, expect, it } from "vitest";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { CANARY, secret, written } from "../../servers/kubernetes-objects.ts";
import type { KubernetesState } from "../../servers/kubernetes-state.ts";
import { collectFrom } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
afterEach(() => kubernetes.close());

const kind = "kubernetes/secret";

async function look(changes: Partial<KubernetesState>, names: readonly string[] = ["team/db"]) {
  kubernetes = await startKubernetes(changes);
  return again(names);
}

async function again(names: readonly string[] = ["team/db"]) {
  const before = kubernetes.requests.length;
  const found = await collectFrom(kubernetes, { kinds: [kind], names: { [kind]: names } });
  // fault 29: whatever way the names came, no value stands anywhere
  expect(JSON.stringify(found)).not.toContain("canary-h2");
  expect(JSON.stringify(found)).not.toContain(Buffer.from(CANARY).toString("base64"));
  const asked = kubernetes.requests.slice(before).filter(({ path }) => path.includes("/secrets"));
  return {
    ...found.snapshot,
    bodies: found.snapshot.documents.filter((each) => each.kind === kind).map(({ body }) => body),
    forms: asked.map(({ rawHeaders }) => /as=(\w+)/.exec(rawHeaders.join(" "))?.[1] ?? "whole"),
  };
}

const body = (keys: readonly string[], type = "Opaque") => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "db", namespace: "team" },
  type,
  keys,
});

describe("the names of a secret's keys", () => {
  it("come without values: by the table and by who wrote what", async () => {
    const found = await look({
      objects: [secret("team", "db", ["PASSWORD", "HOST"]), secret("team", "other", ["x"])],
    });
    expect(found.bodies).toEqual([body(["HOST", "PASSWORD"])]);
    expect(found.forms).toEqual(["Table", "PartialObjectMetadata"]);
    expect([found.unread, found.names]).toEqual([[], { [kind]: ["team/db"] }]);
  });

  it("of an empty secret the table says all", async () => {
    const found = await look({ objects: [secret("team", "db", [])] });
    expect([found.bodies, found.forms]).toEqual([[body([])], ["Table"]]);
  });

  it.each([
    ["nobody knows who wrote it (the record was taken away)", []],
    ["the record is null", null],
    ["one key was written before there was a record", [written(["HOST"])]],
    [
      "it was applied as stringData, which leaves no trace of data",
      [written(["HOST", "PASSWORD"], "f:stringData")],
    ],
    ["somebody owns all of data at once", [{ fieldsType: "FieldsV1", fieldsV1: { "f:data": {} } }]],
    ["the record names more than there is", [written(["HOST", "PASSWORD", "GONE"])]],
    ["the record is of a form that is not known", [{ fieldsType: "FieldsV9", fieldsV9: {} }]],
  ])("it comes whole where %s", async (_, managedFields) => {
    const found = await look({ objects: [secret("team", "db", ["PASSWORD", "HOST"], { managedFields })] });
    expect(found.bodies).toEqual([body(["HOST", "PASSWORD"])]);
    expect(found.forms).toEqual(["Table", "PartialObjectMetadata", "whole"]);
  });

  it("several managers count together", async () => {
    const managedFields = [written(["HOST"]), written(["PASSWORD", "HOST"]), written(["x"], "f:metadata")];
    const found = await look({ objects: [secret("team", "db", ["PASSWORD", "HOST"], { managedFields })] });
    expect([found.bodies, found.forms.length]).toEqual([[body(["HOST", "PASSWORD"])], 2]);
  });

  it("it comes whole where there is no table, or the secret changed in between", async () => {
    const found = await look({ objects: [secret("team", "db", ["a"])], tables: false });
    expect([found.bodies, found.forms]).toEqual([[body(["a"])], ["Table", "whole"]]);
    kubernetes.state = { ...kubernetes.state, tables: true };
    kubernetes.faults.add({
      match: /includeObject/,
      raw: JSON.stringify({
        ...{ kind: "Table", metadata: { resourceVersion: "6" } },
        columnDefinitions: [{ name: "Name" }, { name: "Type" }, { name: "Data" }],
        rows: [{ cells: ["db", "Opaque", 1] }],
      }),
    });
    expect((await again()).forms).toEqual(["Table", "PartialObjectMetadata", "whole"]);
  });

  it("one that does not exist is no document and not unread; nor one in a namespace that does not exist", async () => {
    const found = await look({ objects: [] }, ["team/db", "gone/db"]);
    expect([found.bodies, found.unread, found.names]).toEqual([[], [], { [kind]: ["gone/db", "team/db"] }]);
  });

  it("fault 1: what is refused is unread by its name; the others are read", async () => {
    const objects = [secret("team", "db", ["a"]), secret("team", "web", ["b"])];
    await look({ objects }, ["team/db", "team/web"]);
    kubernetes.faults.add({ match: "/secrets/db", denied: "secrets" });
    const found = await again(["team/db", "team/web"]);
    expect(found.unread).toMatchObject([
      {
        ...{ kind, id: "team/db", api: "GET /api/v1/namespaces/team/secrets/db" },
        ...{ cause: "denied", permission: "get secrets" },
      },
    ]);
    expect(found.bodies).toHaveLength(1);
  });

  it("fault 11: a 404 page of something in between is not 'absent'", async () => {
    await look({ objects: [] });
    kubernetes.faults.add({ match: "/secrets/db", status: 404, html: true });
    expect((await again()).unread).toMatchObject([{ kind, id: "team/db", cause: "not-found" }]);
  });

  it.each([
    ["cut", "unreachable", { cut: true }],
    ["no secret", "malformed", { raw: JSON.stringify({ kind: "Odd", data: { x: CANARY } }) }],
    ["data that is a list", "malformed", { raw: JSON.stringify({ kind: "Secret", data: [CANARY] }) }],
  ] as const)("fault 10: an answer that is %s is unread", async (_, cause, fault) => {
    await look({ objects: [secret("team", "db", ["a"])], tables: false });
    kubernetes.faults.add({ match: /\/secrets\/db$/, ...fault } as never);
    const found = await again();
    expect([found.bodies, found.unread.map(({ cause }) => cause)]).toEqual([[], [cause]]);
  });

  it("are never listed: a control that looks at all secrets is told so", async () => {
    kubernetes = await startKubernetes({ objects: [secret("team", "db", ["a"])] });
    const { snapshot } = await collectFrom(kubernetes, { kinds: [kind] });
    expect(snapshot.unread).toMatchObject([{ kind, cause: "unsupported" }]);
    expect(kubernetes.requests.filter(({ path }) => path.includes("secrets"))).toEqual([]);
  });

  it.each([
    "db",
    "team/",
    "/db",
    "team/a/b",
    "Team/db",
    "team/..",
    "team/a%2Fb",
    "../secrets/db",
    "team/a b",
  ])("%j is refused before anything is sent", async (name) => {
    kubernetes = await startKubernetes();
    const asking = collectFrom(kubernetes, { kinds: [kind], names: { [kind]: [name] } });
    await expect(asking).rejects.toThrow(/^expected NAMESPACE\/NAME as Kubernetes allows them/);
    expect(kubernetes.requests).toEqual([]);
  });
});
