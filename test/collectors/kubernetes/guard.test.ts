import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
} from "@azure/core-rest-pipeline";
import * as client from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/collectors/http/clock.ts";
import { WriteRefused } from "../../../src/collectors/http/guard.ts";
import { kubernetesReadOnlyGuard } from "../../../src/collectors/kubernetes/guard.ts";
import { createKubernetesHttp, type Get } from "../../../src/collectors/kubernetes/http.ts";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";

const server = new URL("https://cluster.test:6443");
const base = "https://cluster.test:6443";

const metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const table = "application/json;as=Table;g=meta.k8s.io;v=v1";

/** Whether a request gets past the guard; the socket behind it is none. */
async function leaves(
  method: string,
  url: string,
  { body, at = server, accept = metadata }: { body?: string; at?: URL; accept?: string } = {},
): Promise<boolean> {
  let sent = false;
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(kubernetesReadOnlyGuard(at));
  const request = createPipelineRequest({
    url,
    method: method as HttpMethods,
    headers: createHttpHeaders({ accept }),
    ...(body === undefined ? {} : { body }),
  });
  const sending = pipeline.sendRequest(
    {
      sendRequest: (sending) => {
        sent = true;
        return Promise.resolve({ request: sending, headers: sending.headers, status: 200 });
      },
    },
    request,
  );
  const problem = await sending.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(problem === undefined).toBe(sent);
  if (!sent) expect(problem).toBeInstanceOf(WriteRefused);
  return sent;
}

const optional = new Set([
  ...["pretty", "allowWatchBookmarks", "_continue", "fieldSelector", "labelSelector", "limit", "watch"],
  ...["resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "dryRun", "force"],
  ...["fieldManager", "fieldValidation", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"],
]);

/** Every request that the official client can build: of each operation the one with what it needs, and no more. */
async function everyOperation(): Promise<readonly (readonly [string, string, string])[]> {
  const requests: [string, string, string][] = [];
  let operation = "";
  const configuration = client.createConfiguration({
    baseServer: new client.ServerConfiguration(base, {}),
    authMethods: {},
    httpApi: client.wrapHttpLibrary({
      send: (request) => {
        requests.push([operation, request.getHttpMethod(), request.getUrl()]);
        return Promise.reject(new Error("not sent"));
      },
    }),
  });
  const parameters = new Proxy({}, { get: (_, name) => (optional.has(String(name)) ? undefined : "x") });
  for (const [name, Api] of Object.entries(client)) {
    if (!/Api$/.test(name) || name === "KubernetesObjectApi") continue;
    const api = new (
      Api as unknown as new (
        configuration: unknown,
      ) => Record<string, (given: unknown) => Promise<unknown>>
    )(configuration);
    for (const method of Object.getOwnPropertyNames(Object.getPrototypeOf(api))) {
      if (method === "constructor" || method.endsWith("WithHttpInfo")) continue;
      operation = `${name}.${method}`;
      await api[method]?.(parameters).catch(() => {});
    }
  }
  return requests;
}

describe("fault 35: the read-only guard", () => {
  it("of every operation of the official client only those of the registry leave", async () => {
    const requests = await everyOperation();
    expect(requests.length).toBeGreaterThan(850);
    const writes = requests.filter(([, method]) => method !== "GET");
    expect(writes.length).toBeGreaterThan(500);
    const passed: string[] = [];
    for (const [operation, method, url] of requests)
      if (await leaves(method, url)) passed.push(`${operation} ${method} ${new URL(url).pathname}`);
    const lists = passed.filter((line) => !/\.getAPI(?:Resources|Versions) /.test(line));
    expect(lists).toEqual([
      "AppsV1Api.listDaemonSetForAllNamespaces GET /apis/apps/v1/daemonsets",
      "AppsV1Api.listDeploymentForAllNamespaces GET /apis/apps/v1/deployments",
      "AppsV1Api.listNamespacedDaemonSet GET /apis/apps/v1/namespaces/x/daemonsets",
      "AppsV1Api.listNamespacedDeployment GET /apis/apps/v1/namespaces/x/deployments",
      "AppsV1Api.listNamespacedStatefulSet GET /apis/apps/v1/namespaces/x/statefulsets",
      "AppsV1Api.listStatefulSetForAllNamespaces GET /apis/apps/v1/statefulsets",
      "CoreV1Api.listNamespace GET /api/v1/namespaces",
      "CoreV1Api.listNamespacedPod GET /api/v1/namespaces/x/pods",
      "CoreV1Api.listNode GET /api/v1/nodes",
      "CoreV1Api.listPodForAllNamespaces GET /api/v1/pods",
      "CoreV1Api.listServiceAccountForAllNamespaces GET /api/v1/serviceaccounts",
      "CoreV1Api.listServiceForAllNamespaces GET /api/v1/services",
      "CoreV1Api.readNamespacedConfigMap GET /api/v1/namespaces/x/configmaps/x",
      "CoreV1Api.readNamespacedSecret GET /api/v1/namespaces/x/secrets/x",
      "DiscoveryV1Api.listEndpointSliceForAllNamespaces GET /apis/discovery.k8s.io/v1/endpointslices",
      "RbacAuthorizationV1Api.listClusterRole GET /apis/rbac.authorization.k8s.io/v1/clusterroles",
      "RbacAuthorizationV1Api.listClusterRoleBinding GET /apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
      "RbacAuthorizationV1Api.listRoleBindingForAllNamespaces GET /apis/rbac.authorization.k8s.io/v1/rolebindings",
      "RbacAuthorizationV1Api.listRoleForAllNamespaces GET /apis/rbac.authorization.k8s.io/v1/roles",
      "VersionApi.getCode GET /version",
    ]);
    const discovery = passed.filter((line) => /\.getAPI(?:Resources|Versions) /.test(line));
    expect(discovery.length).toBeGreaterThan(30);
    for (const line of discovery) expect(line).toMatch(/ GET \/apis?(?:\/[\w.-]+){0,2}$/);
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get"])("%s never leaves", async (method) => {
    expect(await leaves(method, `${base}/api/v1/namespaces`)).toBe(false);
  });

  it.each([
    ["/api/v1/namespaces?watch=true", false],
    ["/api/v1/namespaces?watch=0", false],
    ["/api/v1/namespaces?limit=5&watch", false],
    ["/api/v1/namespaces?fieldSelector=x", false],
    ["/api/v1/namespaces?limit=5&continue=abc", true],
    ["/api/v1/namespaces/kube-system", true],
    ["/api/v1/namespaces/kube-system?limit=5", false],
    ["/api/v1/namespaces/other", false],
    ["/api/v1/namespaces/kube-system/secrets", false],
    ["/api/v1/secrets", false],
    ["/api/v1/secrets?limit=1", false],
    ["/api/v1/watch/namespaces", false],
    ["/api/v1/namespaces/kube-system/../../secrets", false],
    ["/api/v1/nodes/a/proxy/metrics", false],
    ["/apis/apps/v1", true],
    ["/apis/apps/v1?timeout=5s", false],
    ["/apis/apps/v1/deployments", true],
    ["/apis/apps/v1/deployments?labelSelector=a%3Db", false],
    ["/apis/apps/v1/deployments/x", false],
    ["/apis/apps/v1/replicasets", false],
    ["/api/v1/secrets?labelSelector=owner%3Dhelm", false],
    ["/api/v1/secrets?labelSelector=owner%3Dhelm&fieldSelector=type%3Dhelm.sh%2Frelease.v1", true],
    ["/api/v1/secrets?labelSelector=owner%3Dhelm&fieldSelector=type%3Dhelm.sh%2Frelease.v1&limit=9", true],
    ["/api/v1/secrets?labelSelector=owner%3Dhelm&fieldSelector=type%3DOpaque", false],
    [
      "/api/v1/secrets?labelSelector=owner%3Dhelm&labelSelector=&fieldSelector=type%3Dhelm.sh%2Frelease.v1",
      false,
    ],
    ["/api/v1/configmaps", false],
    ["/api/v1/configmaps?labelSelector=owner%3Dhelm", true],
    ["/api/v1/namespaces/a/secrets", false],
    ["/api/v1/namespaces/a/secrets/b", true],
    ["/api/v1/namespaces/a/secrets/b?limit=1", false],
    ["/api/v1/namespaces/a/pods", true],
    ["/api/v1/namespaces/a/pods/b", false],
    ["/api/v1/namespaces/a/pods/b/log", false],
    ["/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", false],
    ["/apis/a%2Fb/v1", false],
    ["/apis//v1", false],
    ["/api", true],
    ["/version", true],
    ["/version/", false],
    ["/metrics", false],
    ["/logs/", false],
    ["/", false],
  ])("GET %s: %s", async (path, expected) => {
    expect(await leaves("GET", `${base}${path}`)).toBe(expected);
  });

  it.each([
    ["/api/v1/secrets?labelSelector=owner%3Dhelm&fieldSelector=type%3Dhelm.sh%2Frelease.v1", metadata, true],
    ["/api/v1/secrets?labelSelector=owner%3Dhelm&fieldSelector=type%3Dhelm.sh%2Frelease.v1", table, false],
    [
      "/api/v1/secrets?labelSelector=owner%3Dhelm&fieldSelector=type%3Dhelm.sh%2Frelease.v1",
      "application/json",
      false,
    ],
    ["/api/v1/configmaps?labelSelector=owner%3Dhelm", "application/json", false],
    ["/api/v1/namespaces/a/secrets/b?includeObject=None", table, true],
    ["/api/v1/namespaces/a/secrets/b?includeObject=None", "application/json", false],
    ["/api/v1/namespaces/a/secrets/b?includeObject=Object", table, false],
    ["/api/v1/namespaces", "application/json", false],
  ] as const)("%s as %s: %s", async (path, accept, expected) => {
    expect(await leaves("GET", `${base}${path}`, { accept })).toBe(expected);
  });

  it("a GET with a body does not leave", async () => {
    expect(await leaves("GET", `${base}/version`, { body: "{}" })).toBe(false);
  });

  it("nothing leaves for another host, another scheme, or beside the server's own path", async () => {
    expect(await leaves("GET", "https://elsewhere.test:6443/version")).toBe(false);
    expect(await leaves("GET", "http://cluster.test:6443/version")).toBe(false);
    const below = new URL(`${base}/k8s/clusters/c-1/`);
    expect(await leaves("GET", `${base}/k8s/clusters/c-1/version`, { at: below })).toBe(true);
    expect(await leaves("GET", `${base}/version`, { at: below })).toBe(false);
    expect(await leaves("GET", `${base}/k8s/clusters/c-10/version`, { at: below })).toBe(false);
  });
});

describe("fault 35: the collector's own way to the server", () => {
  let kubernetes: Kubernetes;
  let get: Get;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const server = new URL(kubernetes.url);
    const credential = { authorization: "Bearer x" };
    ({ get } = createKubernetesHttp({
      server,
      signIn: {
        current: () => Promise.resolve(credential),
        renew: () => Promise.resolve(undefined),
        scrub: (text) => text,
      },
      agentOf: () => Promise.resolve(undefined),
      impersonate: [],
      clock: systemClock,
      left: () => 10_000,
      requestTimeoutMs: 2_000,
      concurrency: 2,
      signal: new AbortController().signal,
      debug: () => {},
    }));
  });
  afterAll(() => kubernetes.close());

  it.each([
    ["/api/v1/secrets", {}],
    ["/api/v1/namespaces", { watch: "true" }],
    ["/apis/apps/v1/replicasets", { limit: "1" }],
    ["/../../api/v1/secrets", {}],
    ["@elsewhere.test/version", {}],
  ])("%s %j does not reach it", async (path, query) => {
    await expect(get(path, { query })).rejects.toBeInstanceOf(WriteRefused);
    expect(kubernetes.requests).toEqual([]);
  });
});
