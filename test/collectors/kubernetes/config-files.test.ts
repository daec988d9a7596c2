import { afterEach, describe, expect, it } from "vitest";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { CANARY } from "../../servers/kubernetes-objects.ts";
import type { Body } from "../../servers/kubernetes-state.ts";
import { collectFrom } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
afterEach(() => kubernetes.close());

const kind = "kubernetes/config-map";
const labels = { app: "issuer" };

interface Shape {
  readonly args?: readonly string[];
  readonly mounts?: readonly Body[];
  readonly volumes?: readonly Body[];
  readonly own?: Body;
}

const deployment = ({
  args = ["--config=/etc/issuer/config.yaml"],
  mounts = [{ name: "v", mountPath: "/etc/issuer" }],
  volumes = [{ name: "v", configMap: { name: "settings" } }],
  own = labels,
}: Shape = {}): Body => ({
  kind: "Deployment",
  metadata: { name: "issuer", namespace: "team", labels: own },
  spec: { template: { spec: { containers: [{ name: "main", args, volumeMounts: mounts }], volumes } } },
});

const map = (data: unknown, name = "settings"): Body => ({
  kind: "ConfigMap",
  metadata: { name, namespace: "team" },
  data,
});

const text = "enable: true\n";

async function look(objects: readonly Body[]) {
  kubernetes = await startKubernetes({ objects });
  return again();
}

async function again() {
  const before = kubernetes.requests.length;
  const found = await collectFrom(kubernetes, {
    kinds: [kind, "kubernetes/workload"],
    configFiles: [{ labels: [{ other: "x" }, labels], argument: "--config" }],
  });
  expect(JSON.stringify(found)).not.toContain(CANARY);
  const { documents, unread } = found.snapshot;
  return {
    unread,
    maps: documents.filter((each) => each.kind === kind).map(({ id, body }) => ({ id, ...(body as Body) })),
    asked: kubernetes.requests.slice(before).filter(({ path }) => path.includes("configmaps")).length,
  };
}

const usedBy = { kind: "Deployment", name: "issuer", container: "main", argument: "--config" };
const document = {
  ...{ id: "team/settings", apiVersion: "v1", kind: "ConfigMap" },
  metadata: { name: "settings", namespace: "team" },
  ...{ usedBy, key: "config.yaml", text: '{"enable":true}' },
};

describe("configuration files of workloads", () => {
  it("are the one key that the argument leads to", async () => {
    const found = await look([deployment(), map({ "config.yaml": text, other: CANARY })]);
    expect([found.maps, found.unread, found.asked]).toEqual([[document], [], 1]);
  });

  const items = [{ key: "config.yaml", path: "a/b.yaml" }];
  it.each<readonly [string, Shape]>([
    ["a word of its own", { args: ["--config", "/etc/issuer/config.yaml"] }],
    ["the last of two", { args: ["--config=/x", "--config=/etc/issuer/config.yaml"] }],
    [
      "a mount of the file alone",
      { mounts: [{ name: "v", mountPath: "/etc/issuer/config.yaml", subPath: "config.yaml" }] },
    ],
    [
      "a key under another path",
      {
        args: ["--config=/etc/issuer/a/b.yaml"],
        volumes: [{ name: "v", configMap: { name: "settings", items } }],
      },
    ],
    [
      "the deepest mount",
      {
        mounts: [
          { name: "root", mountPath: "/etc" },
          { name: "v", mountPath: "/etc/issuer/" },
        ],
      },
    ],
    [
      "a projected volume",
      {
        volumes: [
          { name: "v", projected: { sources: [{ secret: {} }, { configMap: { name: "settings" } }] } },
        ],
      },
    ],
  ])("are found by %s", async (_, shape) => {
    expect((await look([deployment(shape), map({ "config.yaml": text })])).maps).toEqual([document]);
  });

  it.each<readonly [string, Shape]>([
    ["of a workload with other labels", { own: { app: "else" } }],
    ["without the argument", { args: [] }],
    ["of an image", { mounts: [] }],
    ["of a secret", { volumes: [{ name: "v", secret: { secretName: "settings" } }] }],
    ["with a name that is none", { volumes: [{ name: "v", configMap: { name: "../secrets/x" } }] }],
  ])("%s: nothing is asked for", async (_, shape) => {
    const found = await look([deployment(shape), map({ "config.yaml": text })]);
    expect([found.maps, found.unread, found.asked]).toEqual([[], [], 0]);
  });

  it("a map, or a key of it, that is not there is no document", async () => {
    expect(await look([deployment()])).toMatchObject({ maps: [], unread: [], asked: 1 });
    await kubernetes.close();
    expect(await look([deployment(), map({ other: "x" })])).toMatchObject({ maps: [], unread: [], asked: 1 });
  });

  it("what is named as a secret goes", async () => {
    const found = await look([
      deployment(),
      map({ "config.yaml": `enable: true\nvault:\n  token: ${CANARY}\n` }),
    ]);
    expect(found.maps).toMatchObject([{ text: '{"enable":true,"vault":{"token":"[scrubbed]"}}' }]);
  });

  it("refused, or no YAML (fault 30: a bomb of aliases), is unread by its name", async () => {
    await look([deployment(), map({ "config.yaml": text })]);
    kubernetes.faults.add({ match: "configmaps", denied: "configmaps", times: 1 });
    expect((await again()).unread).toMatchObject([
      { kind, id: "team/settings", cause: "denied", permission: "get configmaps" },
    ]);
    const bomb = `a: &a [x]\n${[..."bcdefghi"].map((n, i) => `${n}: &${n} [${Array(9).fill(`*${"abcdefgh"[i]}`)}]`).join("\n")}\n`;
    for (const bad of [bomb, "a: [", "- x", "a: 1\na: 2\n"]) {
      kubernetes.state = { ...kubernetes.state, objects: [deployment(), map({ "config.yaml": bad })] };
      expect((await again()).unread, bad).toMatchObject([{ id: "team/settings", cause: "malformed" }]);
    }
  });
});
