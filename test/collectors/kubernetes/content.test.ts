import { afterEach, describe, expect, it } from "vitest";
import { argumentsOf } from "../../../src/collectors/kubernetes/content.ts";
import type { DocumentKind } from "../../../src/snapshot/kinds/kinds.ts";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { CANARY } from "../../servers/kubernetes-objects.ts";
import type { Body } from "../../servers/kubernetes-state.ts";
import { type Asked, collectFrom } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
afterEach(() => kubernetes.close());

async function look(kind: DocumentKind, objects: readonly Body[], asked: Asked = {}) {
  kubernetes = await startKubernetes({ objects });
  return again(kind, asked);
}

async function again(kind: DocumentKind, asked: Asked = {}) {
  const before = kubernetes.requests.length;
  const found = await collectFrom(kubernetes, { kinds: [kind], ...asked });
  expect(JSON.stringify(found)).not.toContain(CANARY);
  const { documents, unread } = found.snapshot;
  return {
    unread,
    ids: documents.filter((each) => each.kind === kind).map(({ id }) => id),
    bodies: documents.filter((each) => each.kind === kind).map(({ body }) => body),
    paths: kubernetes.requests.slice(before).map(({ path }) => path),
  };
}

const metadata = (name: string, more: Body = {}) => ({
  ...{ name, namespace: "team", uid: `uid-of-${name}` },
  annotations: { note: CANARY, "kubectl.kubernetes.io/last-applied-configuration": CANARY },
  managedFields: [{ manager: CANARY }],
  ...more,
});

const variables = [{ name: "PLAIN", value: CANARY }];

describe("annotations", () => {
  it("of a service account only the role of AWS stays", async () => {
    const arn = "arn:aws:iam::123456789012:role/path/of-the-api";
    const annotations = { "eks.amazonaws.com/role-arn": arn, other: CANARY };
    const found = await look("kubernetes/service-account", [
      { kind: "ServiceAccount", metadata: { ...metadata("api"), annotations } },
      { kind: "ServiceAccount", metadata: metadata("plain") },
    ]);
    expect(found.bodies.map((body) => (body as Body)["metadata"])).toEqual([
      {
        name: "api",
        namespace: "team",
        uid: "uid-of-api",
        annotations: { "eks.amazonaws.com/role-arn": arn },
      },
      { name: "plain", namespace: "team", uid: "uid-of-plain" },
    ]);
  });
});

const pod = (name: string, more: Body = {}): Body => ({
  kind: "Pod",
  metadata: metadata(name, { labels: { app: "x" }, ownerReferences: [{ kind: "Job", name: "j", uid: "u" }] }),
  spec: {
    serviceAccountName: "runner",
    containers: [{ name: "main", env: variables, args: ["--password", CANARY], command: ["sh", CANARY] }],
  },
  status: {
    ...{ phase: "Pending", message: CANARY, podIP: "10.0.0.1" },
    conditions: [{ type: "Ready", status: "False", message: CANARY, reason: "ContainersNotReady" }],
    containerStatuses: [
      {
        ...{ name: "main", ready: false, image: CANARY },
        state: { waiting: { reason: "CrashLoopBackOff", message: CANARY } },
      },
      { name: "side", ready: true, state: { running: { startedAt: "2026-01-01T00:00:00Z" } } },
    ],
  },
  ...more,
});

describe("pods", () => {
  it("are kept with how they fare, and nothing of what runs in them", async () => {
    const found = await look("kubernetes/pod", [pod("a")]);
    expect(found.bodies).toEqual([
      {
        ...{ apiVersion: "v1", kind: "Pod" },
        metadata: {
          ...{ name: "a", namespace: "team", labels: { app: "x" } },
          ownerReferences: [{ kind: "Job", name: "j", uid: "u" }],
        },
        spec: { serviceAccountName: "runner" },
        status: {
          phase: "Pending",
          conditions: [{ type: "Ready", status: "False" }],
          containerStatuses: [
            { name: "main", ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } },
            { name: "side", ready: true },
          ],
        },
      },
    ]);
  });

  it("of a namespace alone are listed there alone; one that does not exist has none", async () => {
    const names = { "kubernetes/pod": ["team/*", "gone/*"] };
    const other = { ...pod("b"), metadata: metadata("b", { namespace: "other" }) };
    const found = await look("kubernetes/pod", [pod("a"), other], { names });
    expect([found.ids, found.unread]).toEqual([["team/a"], []]);
    expect(found.paths.filter((path) => path.endsWith("pods")).sort()).toEqual([
      "/api/v1/namespaces/gone/pods",
      "/api/v1/namespaces/team/pods",
    ]);
    kubernetes.faults.add({ match: "/team/pods", denied: "pods" });
    expect((await again("kubernetes/pod", { names })).unread).toMatchObject([
      { id: "team/*", api: "GET /api/v1/namespaces/team/pods", cause: "denied", permission: "list pods" },
    ]);
  });
});

const workload = (name: string, kind = "Deployment", container: Body = {}, volumes: unknown = []): Body => ({
  kind,
  metadata: metadata(name, {
    labels: { app: name },
    annotations: { "meta.helm.sh/release-name": "rel", "meta.helm.sh/release-namespace": "team", x: CANARY },
  }),
  spec: {
    ...{ replicas: 2, selector: { matchLabels: { app: name } }, strategy: { type: "Recreate" } },
    template: {
      metadata: { labels: { app: name }, annotations: { checksum: CANARY } },
      spec: {
        serviceAccountName: "runner",
        initContainers: [{ name: "init", args: [CANARY], env: variables }],
        containers: [
          {
            name: "main",
            image: "repo/app:1",
            env: variables,
            envFrom: [{ secretRef: { name: "s" } }],
            ...container,
          },
        ],
        volumes,
      },
    },
  },
  status: { replicas: 2, readyReplicas: 1, conditions: [{ message: CANARY }] },
});

describe("workloads", () => {
  it("are deployments, stateful sets and daemon sets, without variables and annotations", async () => {
    const volumes = [
      { name: "config", configMap: { name: "settings", items: [{ key: "a", path: "b" }], defaultMode: 420 } },
      { name: "secret", secret: { secretName: "s" } },
      { name: "all", projected: { sources: [{ secret: { name: "s" } }, { configMap: { name: "more" } }] } },
    ];
    const container = {
      command: ["/app"],
      args: ["--port=80", "--password", CANARY],
      volumeMounts: [{ name: "config", mountPath: "/etc/x", readOnly: true }],
    };
    const found = await look("kubernetes/workload", [
      workload("web", "Deployment", container, volumes),
      workload("db", "StatefulSet"),
      workload("agent", "DaemonSet"),
    ]);
    expect(found.ids).toEqual(["team/agent", "team/db", "team/web"]);
    expect(found.bodies.at(-1)).toEqual({
      ...{ apiVersion: "apps/v1", kind: "Deployment" },
      metadata: {
        ...{ name: "web", namespace: "team", labels: { app: "web" } },
        annotations: { "meta.helm.sh/release-name": "rel", "meta.helm.sh/release-namespace": "team" },
      },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: {
            serviceAccountName: "runner",
            containers: [
              {
                ...{ name: "main", image: "repo/app:1", command: ["/app"] },
                args: ["--port=80", "--password", "[scrubbed]"],
                volumeMounts: [{ name: "config", mountPath: "/etc/x" }],
              },
            ],
            volumes: [
              { name: "config", configMap: { name: "settings", items: [{ key: "a", path: "b" }] } },
              { name: "all", projected: { sources: [{ configMap: { name: "more" } }] } },
            ],
          },
        },
      },
      status: { replicas: 2, readyReplicas: 1 },
    });
  });

  it("one list refused leaves the kind unread", async () => {
    await look("kubernetes/workload", [workload("web")]);
    kubernetes.faults.add({ match: "statefulsets", denied: "statefulsets" });
    const found = await again("kubernetes/workload");
    expect(found.unread).toMatchObject([{ cause: "denied", permission: "list statefulsets.apps" }]);
    expect(found.unread[0]).not.toHaveProperty("id");
  });

  it.each([
    [
      ["--token=abc", "--x"],
      ["--token=[scrubbed]", "--x"],
    ],
    [
      ["--db-password", "abc"],
      ["--db-password", "[scrubbed]"],
    ],
    [
      ["--set", "db.password=abc"],
      ["--set", "db.password=[scrubbed]"],
    ],
    [['--config={"apiKey":"abc","a":1}'], ['--config={"apiKey":"[scrubbed]","a":1}']],
    [
      ["-c", "export API_TOKEN=abc; run --password abc --y"],
      ["-c", "export API_TOKEN=[scrubbed] run --password [scrubbed] --y"],
    ],
    [
      ["-c", 'curl -H "Authorization: Bearer abc" x'],
      ["-c", 'curl -H "Authorization: Bearer [scrubbed]" x'],
    ],
    [["postgres://u:abc@h/db"], ["postgres://u:[scrubbed]@h/db"]],
    [["--source=service", 3, null], ["--source=service"]],
    ["--token=abc", []],
    [undefined, []],
  ])("arguments %j are kept as %j", (given, kept) => {
    expect(argumentsOf(given)).toEqual(kept);
  });
});

describe("the other lists", () => {
  it("a service: how it is reached", async () => {
    const spec = {
      ...{ type: "LoadBalancer", clusterIP: "10.1.1.1", selector: { app: "a", App: "b" } },
      ...{ ports: [{ port: 80 }], externalIPs: ["203.0.113.1"], healthCheckNodePort: 1 },
    };
    const ingress = [{ hostname: "x.elb.amazonaws.com" }];
    const status = { loadBalancer: { ingress }, conditions: [{ message: CANARY }] };
    const found = await look("kubernetes/service", [
      { kind: "Service", metadata: metadata("web"), spec, status },
    ]);
    const { healthCheckNodePort: _, ...kept } = spec;
    expect(found.bodies).toEqual([
      {
        ...{ apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "team" }, spec: kept },
        status: { loadBalancer: { ingress } },
      },
    ]);
  });

  it("a node class: without the script of its nodes", async () => {
    const spec = { amiFamily: "AL2023", subnetSelectorTerms: [{ tags: { a: "*" } }] };
    const status = { subnets: [{ id: "subnet-1", zone: "a" }] };
    const own = { name: "default", uid: "u" };
    const found = await look("kubernetes/ec2-node-class", [
      { kind: "EC2NodeClass", metadata: own, spec: { ...spec, userData: CANARY }, status },
    ]);
    expect(found.bodies).toEqual([
      { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", metadata: own, spec, status },
    ]);
  });

  it("a cluster issuer: whole, its secrets' names too", async () => {
    const spec = { acme: { privateKeySecretRef: { name: "key" }, solvers: [{ dns01: { route53: {} } }] } };
    const found = await look("kubernetes/cluster-issuer", [
      { kind: "ClusterIssuer", metadata: { name: "le", annotations: { a: CANARY } }, spec },
    ]);
    expect(found.bodies).toEqual([
      { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name: "le" }, spec },
    ]);
  });

  it.each(["kubernetes/cluster-issuer", "kubernetes/ec2-node-class"] as const)(
    "%s: not installed is a fact; a 404 of somebody else is not",
    async (kind) => {
      const found = await look(kind, []);
      expect([found.bodies, found.unread]).toEqual([[], []]);
      kubernetes.faults.add({ match: "clusterissuers", status: 404, html: true });
      kubernetes.faults.add({ match: "ec2nodeclasses", status: 404, html: true });
      expect((await again(kind)).unread).toMatchObject([{ kind, cause: "not-found" }]);
    },
  );
});
