import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { detectEdition } from "../../../src/collectors/registry.ts";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { type KubernetesState, kubernetesState, namespace } from "../../servers/kubernetes-state.ts";
import { ids } from "../harness.ts";
import { accessKinds, collectFrom, emptyEnv, role, smallCluster } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
afterEach(() => kubernetes.close());

const start = async (changes: Partial<KubernetesState> = {}, pageSize?: number) => {
  kubernetes = await startKubernetes(changes, pageSize === undefined ? {} : { pageSize });
};
const asked = () => kubernetes.requests.map(({ path, query }) => [path, query] as const);
const header = (at: number, name: string) => {
  const raw = kubernetes.requests[at]?.rawHeaders ?? [];
  return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);
};

describe("a snapshot of a cluster", () => {
  beforeEach(() => start({ objects: smallCluster }));

  it("holds native documents, and nothing is unread", async () => {
    const kinds = accessKinds.filter((kind) => kind !== "kubernetes/api-resource");
    const { snapshot } = await collectFrom(kubernetes, { kinds });
    const meta = (name: string, more: object = {}) => ({
      metadata: { name, uid: `uid-of-${name}`, ...more },
    });
    const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    const subjects = [{ kind: "ServiceAccount", name: "worker", namespace: "team" }];
    const roleRef = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name: "reader" });
    const uid = "5b1e8f2c-0000-4000-8000-00000000c1a5";
    expect(snapshot).toEqual({
      schema: 1,
      provider: "kubernetes",
      scope: uid,
      takenAt: "2026-11-21T08:00:00.000Z",
      kinds: [
        "kubernetes/cluster",
        "kubernetes/cluster-role",
        "kubernetes/cluster-role-binding",
        "kubernetes/namespace",
        "kubernetes/role",
        "kubernetes/role-binding",
        "kubernetes/service-account",
      ],
      documents: [
        {
          kind: "kubernetes/cluster",
          id: uid,
          body: {
            metadata: { name: "kube-system", uid },
            version: { major: "1", minor: "35", gitVersion: "v1.35.4", platform: "linux/amd64" },
          },
        },
        {
          kind: "kubernetes/cluster-role",
          id: "wide",
          body: { ...rbac, kind: "ClusterRole", ...meta("wide"), rules },
        },
        {
          kind: "kubernetes/cluster-role-binding",
          id: "everywhere",
          body: {
            ...rbac,
            kind: "ClusterRoleBinding",
            ...meta("everywhere"),
            subjects,
            roleRef: roleRef("ClusterRole"),
          },
        },
        {
          kind: "kubernetes/namespace",
          id: "kube-system",
          body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", uid } },
        },
        {
          kind: "kubernetes/namespace",
          id: "team",
          body: { apiVersion: "v1", kind: "Namespace", ...meta("team", { labels: { tier: "one" } }) },
        },
        {
          kind: "kubernetes/role",
          id: "team/reader",
          body: { ...rbac, kind: "Role", ...meta("reader", { namespace: "team" }), rules },
        },
        {
          kind: "kubernetes/role-binding",
          id: "team/readers",
          body: {
            ...rbac,
            kind: "RoleBinding",
            ...meta("readers", { namespace: "team" }),
            subjects,
            roleRef: roleRef("Role"),
          },
        },
        {
          kind: "kubernetes/service-account",
          id: "team/worker",
          body: { apiVersion: "v1", kind: "ServiceAccount", ...meta("worker", { namespace: "team" }) },
        },
      ],
      unread: [],
    });
  });

  it("takes ten calls, and asks for metadata alone wherever that is enough", async () => {
    await collectFrom(kubernetes);
    const limit = { limit: "500" };
    expect([...asked()].sort()).toEqual([
      ["/api", {}],
      ["/api/v1/namespaces", limit],
      ["/api/v1/namespaces/kube-system", {}],
      ["/api/v1/serviceaccounts", limit],
      ["/apis", {}],
      ["/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", limit],
      ["/apis/rbac.authorization.k8s.io/v1/clusterroles", limit],
      ["/apis/rbac.authorization.k8s.io/v1/rolebindings", limit],
      ["/apis/rbac.authorization.k8s.io/v1/roles", limit],
      ["/version", {}],
    ]);
    const metadata = kubernetes.requests.flatMap(({ path }, at) =>
      /PartialObjectMetadata/.test(header(at, "accept").join()) ? [path] : [],
    );
    expect(metadata.sort()).toEqual([
      "/api/v1/namespaces",
      "/api/v1/namespaces/kube-system",
      "/api/v1/serviceaccounts",
    ]);
    expect(new Set(kubernetes.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  it("names the audited namespace in its scope, and reads the roles of all namespaces", async () => {
    const { snapshot } = await collectFrom(kubernetes, { namespace: "other", kinds: ["kubernetes/role"] });
    expect(snapshot.scope).toBe("5b1e8f2c-0000-4000-8000-00000000c1a5/other");
    expect(snapshot.kinds).toEqual(["kubernetes/cluster", "kubernetes/role"]);
    expect(ids(snapshot, "kubernetes/role")).toEqual(["team/reader"]);
  });

  it.each(["Team", "team/x", "", "-a", "a".repeat(64), "\u001b[31m"])(
    "refuses %j as a namespace before anything is sent",
    async (name) => {
      await expect(collectFrom(kubernetes, { namespace: name })).rejects.toThrow(
        /^--namespace: expected the name of a namespace/,
      );
      expect(kubernetes.requests).toEqual([]);
    },
  );
});

describe("documents", () => {
  it("keep every field of a role but annotations and the record of who changed what", async () => {
    await start({
      objects: [
        role("grown", undefined, {
          metadata: {
            name: "grown",
            labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" },
            annotations: { "kubectl.kubernetes.io/last-applied-configuration": "canary-annotation" },
            managedFields: [{ manager: "canary-manager" }],
            creationTimestamp: "2026-01-01T00:00:00Z",
          },
          aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
          rules: null,
        }),
      ],
    });
    const { snapshot } = await collectFrom(kubernetes, { kinds: ["kubernetes/cluster-role"] });
    expect(snapshot.documents.filter(({ kind }) => kind === "kubernetes/cluster-role")).toEqual([
      {
        kind: "kubernetes/cluster-role",
        id: "grown",
        body: {
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "ClusterRole",
          metadata: {
            name: "grown",
            labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" },
            creationTimestamp: "2026-01-01T00:00:00Z",
          },
          aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
          rules: null,
        },
      },
    ]);
  });

  it("fault 26: characters that could forge or hide text are visible in ids and bodies", async () => {
    await start({ objects: [role("a\u001b[2J\u202eb", "team\u200b")] });
    const { snapshot } = await collectFrom(kubernetes, { kinds: ["kubernetes/role"] });
    expect(ids(snapshot, "kubernetes/role")).toEqual(["team\\u{200b}/a\\u{1b}[2J\\u{202e}b"]);
    expect(JSON.stringify(snapshot)).not.toMatch(/\\u001b|\u202e|\u200b/);
  });

  it("over many pages are all there, each once, whatever the page size", async () => {
    const names = Array.from({ length: 23 }, (_, at) => `role-${String(at).padStart(2, "0")}`);
    await start({ objects: names.map((name) => role(name, "team")) }, 5);
    for (const pageSize of [500, 5, 4, 1]) {
      const { snapshot } = await collectFrom(kubernetes, {
        kinds: ["kubernetes/role"],
        settings: { pageSize },
      });
      expect(ids(snapshot, "kubernetes/role")).toEqual(names.map((name) => `team/${name}`));
      expect(snapshot.unread).toEqual([]);
    }
  });

  it("of an empty cluster are none, and nothing is unread", async () => {
    await start({ objects: [] });
    const { snapshot } = await collectFrom(kubernetes, {
      kinds: accessKinds.filter((kind) => kind !== "kubernetes/api-resource"),
    });
    expect(snapshot.documents.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      "kubernetes/cluster 5b1e8f2c-0000-4000-8000-00000000c1a5",
      "kubernetes/namespace kube-system",
    ]);
    expect(snapshot.unread).toEqual([]);
  });

  it("fault 17: are the same bytes whatever order the server lists them in", async () => {
    await start({ objects: smallCluster });
    const first = await collectFrom(kubernetes);
    kubernetes.state = kubernetesState({
      objects: [...smallCluster].reverse(),
      served: [...kubernetes.state.served].reverse(),
    });
    const second = await collectFrom(kubernetes);
    expect(JSON.stringify(second.snapshot)).toBe(JSON.stringify(first.snapshot));
  });
});

describe("what the server serves", () => {
  const served = (snapshot: { documents: readonly { kind: string; id: string; body: unknown }[] }) =>
    snapshot.documents.filter(({ kind }) => kind === "kubernetes/api-resource");

  it("is read in two calls, with scope, verbs and subresources", async () => {
    await start();
    const { snapshot } = await collectFrom(kubernetes, { kinds: ["kubernetes/api-resource"] });
    expect(served(snapshot).map(({ id }) => id)).toEqual([
      "/v1/configmaps",
      "/v1/namespaces",
      "/v1/nodes",
      "/v1/nodes/proxy",
      "/v1/pods",
      "/v1/pods/exec",
      "/v1/pods/log",
      "/v1/secrets",
      "/v1/serviceaccounts",
      "apps/v1/deployments",
      "apps/v1/deployments/scale",
      "batch/v1/jobs",
      "batch/v1beta1/cronjobs",
      "rbac.authorization.k8s.io/v1/clusterrolebindings",
      "rbac.authorization.k8s.io/v1/clusterroles",
      "rbac.authorization.k8s.io/v1/rolebindings",
      "rbac.authorization.k8s.io/v1/roles",
    ]);
    const [node, scale] = ["/v1/nodes/proxy", "apps/v1/deployments/scale"].map(
      (id) => served(snapshot).find((document) => document.id === id)?.body,
    );
    expect(node).toEqual({
      group: "",
      version: "v1",
      resource: "nodes/proxy",
      namespaced: false,
      verbs: ["create", "delete", "get", "patch", "update"],
      kind: "NodeProxyOptions",
    });
    expect(scale).toEqual({
      group: "apps",
      version: "v1",
      resource: "deployments/scale",
      namespaced: true,
      verbs: ["get", "patch", "update"],
      kind: "Scale",
    });
    expect(snapshot.unread).toEqual([]);
  });

  it("is the same from a server that tells it version by version", async () => {
    await start();
    const kinds = ["kubernetes/api-resource"] as const;
    const together = await collectFrom(kubernetes, { kinds });
    kubernetes.state = kubernetesState({ discovery: "legacy" });
    const before = kubernetes.requests.length;
    const apart = await collectFrom(kubernetes, { kinds });
    expect(apart.snapshot).toEqual(together.snapshot);
    expect(
      kubernetes.requests
        .slice(before)
        .map(({ path }) => path)
        .sort(),
    ).toEqual([
      "/api",
      "/api/v1",
      "/api/v1/namespaces/kube-system",
      "/apis",
      "/apis/apps/v1",
      "/apis/batch/v1",
      "/apis/batch/v1beta1",
      "/apis/rbac.authorization.k8s.io/v1",
      "/version",
    ]);
  });

  const unreached = (discovery: "aggregated" | "legacy") =>
    kubernetesState({
      discovery,
      served: kubernetesState().served.map((version) =>
        version.version === "v1beta1" ? { ...version, stale: true } : version,
      ),
    });

  it.each([
    ["aggregated", "incomplete", "GET /apis"],
    ["legacy", "server-error", "GET /apis/batch/v1beta1"],
  ] as const)("a version whose server is gone is unknown, not unserved (%s)", async (how, cause, api) => {
    await start(unreached(how));
    const pauses: number[] = [];
    const clock = {
      now: () => 0,
      random: () => 0,
      sleep: async (ms: number) => {
        pauses.push(ms);
      },
    };
    const { snapshot } = await collectFrom(kubernetes, {
      kinds: ["kubernetes/api-resource"],
      settings: { clock },
    });
    expect(snapshot.unread.map(({ detail: _, ...entry }) => entry)).toEqual([
      { kind: "kubernetes/api-resource", id: "batch/v1beta1", api, cause },
    ]);
    expect(served(snapshot).map(({ id }) => id)).not.toContain("batch/v1beta1/cronjobs");
    expect(served(snapshot).map(({ id }) => id)).toContain("batch/v1/jobs");
  });

  it.each([
    ["/apis", { kind: "Odd" }, undefined],
    ["/apis", { kind: "APIGroupDiscoveryList", items: [{ metadata: {}, versions: [] }] }, undefined],
    ["/apis", { kind: "APIGroupDiscoveryList", items: "x" }, undefined],
    [
      "/apis",
      {
        kind: "APIGroupDiscoveryList",
        items: [{ metadata: { name: "g" }, versions: [{ version: "v1", resources: [{ resource: "r" }] }] }],
      },
      "g/v1",
    ],
    ["/apis", { kind: "APIGroupList", groups: [{ name: "../x", versions: [{ version: "v1" }] }] }, undefined],
  ])("%s answered with %j is unread", async (path, body, id) => {
    await start();
    kubernetes.faults.add({ match: /^\/apis$/, raw: JSON.stringify(body) });
    const { snapshot } = await collectFrom(kubernetes, { kinds: ["kubernetes/api-resource"] });
    expect(snapshot.unread.map(({ detail: _, ...entry }) => entry)).toEqual([
      {
        kind: "kubernetes/api-resource",
        ...(id === undefined ? {} : { id }),
        api: `GET ${path}`,
        cause: "malformed",
      },
    ]);
    expect(served(snapshot).map(({ id }) => id)).toContain("/v1/pods");
    expect(kubernetes.requests.every((request) => !request.path.includes("x"))).toBe(true);
  });
});

describe("the clouds that the nodes tell", () => {
  const node = (name: string, spec: unknown) => ({ kind: "Node", metadata: { name }, spec });
  const quiet = (kubeconfig: string) => {
    const debug: string[] = [];
    const found = detectEdition(
      { kubeconfig, env: emptyEnv },
      {
        signal: new AbortController().signal,
        timeoutMs: 10_000,
        concurrency: 2,
        progress: () => {},
        debug: (line) => debug.push(line),
      },
    );
    return found.then((clouds) => ({ clouds, debug }));
  };

  it.each([
    [[{ providerID: "azure:///subscriptions/s/vm" }], ["azure"]],
    [[{ providerID: "aws:///eu-west-1a/i-1" }, { providerID: "aws:///eu-west-1b/i-2" }], ["aws"]],
    [
      [{ providerID: "aws:///a/i-1" }, { providerID: "azure:///x" }],
      ["aws", "azure"],
    ],
    [[{ providerID: "kind://docker/x" }, {}, null, { providerID: null }, { providerID: 3 }], []],
    [[{ providerID: "notaws:///a" }], []],
    [[], []],
  ])("%j → %j, in one call", async (specs, clouds) => {
    await start({ objects: specs.map((spec, at) => node(`n${at}`, spec)) });
    expect((await quiet(kubernetes.kubeconfig)).clouds).toEqual(clouds);
    expect(asked()).toEqual([["/api/v1/nodes", { limit: "50" }]]);
  });

  it("are none when nodes may not be listed, and a debug line says why", async () => {
    await start({ objects: [namespace("x")] });
    kubernetes.faults.add({ match: "/nodes", denied: "nodes" });
    const { clouds, debug } = await quiet(kubernetes.kubeconfig);
    expect(clouds).toEqual([]);
    expect(debug.at(-1)).toMatch(/^GET \/api\/v1\/nodes: denied: answered 403 Forbidden: nodes is forbidden/);
  });

  it("are not looked for with credentials that the server refuses", async () => {
    await start();
    const wrong = kubernetes.write({ user: { token: "canary-wrong-token" } });
    await expect(quiet(wrong)).rejects.toThrow(
      'context "test": the API server refused the credentials: answered 401 Unauthorized: Unauthorized',
    );
  });
});
