import type { CollectOptions, CollectPlan } from "../../src/collectors/define.ts";
import { loadCollector } from "../../src/collectors/registry.ts";
import type { KubernetesSettings } from "../../src/collectors/settings.ts";
import type { ExtraKind } from "../../src/snapshot/kinds/extra.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import { kubernetesKinds } from "../../src/snapshot/kinds/kubernetes.ts";
import type { Kubernetes } from "../servers/kubernetes.ts";
import type { Body } from "../servers/kubernetes-state.ts";
import type { Collected } from "./harness.ts";

export const everyKind = Object.keys(kubernetesKinds) as readonly DocumentKind[];

/** The kinds that tell who may do what: those of the baselines that a cluster is audited by when none is named. */
export const accessKinds: readonly DocumentKind[] = [
  "kubernetes/cluster",
  "kubernetes/namespace",
  "kubernetes/service-account",
  "kubernetes/role",
  "kubernetes/cluster-role",
  "kubernetes/role-binding",
  "kubernetes/cluster-role-binding",
  "kubernetes/api-resource",
];

export interface Asked {
  /** Kinds that a plugin adds. */
  readonly extra?: readonly ExtraKind[];
  readonly kinds?: readonly DocumentKind[];
  readonly namespace?: string;
  readonly names?: Readonly<Partial<Record<DocumentKind, readonly string[]>>>;
  readonly configFiles?: CollectPlan["configFiles"];
  readonly settings?: Partial<KubernetesSettings>;
  readonly options?: Partial<CollectOptions>;
}

/** An environment with nothing of this machine's Kubernetes; a program is found by its PATH. */
export const emptyEnv = { PATH: process.env["PATH"], HOME: "/nonexistent" };

/** Collects from the test server by its own kubeconfig, unless another is given. */
export async function collectFrom(kubernetes: Kubernetes, asked: Asked = {}): Promise<Collected> {
  return collectWith({ kubeconfig: kubernetes.kubeconfig, ...asked.settings }, asked);
}

/** Collects as a process would, by these settings alone. */
export async function collectWith(settings: KubernetesSettings, asked: Asked = {}): Promise<Collected> {
  const debug: string[] = [];
  const progress: string[] = [];
  const collect = await loadCollector("kubernetes");
  const snapshot = await collect(
    {
      kinds: new Set(asked.kinds ?? accessKinds),
      ...(asked.names === undefined
        ? {}
        : { names: new Map(Object.entries(asked.names) as [DocumentKind, readonly string[]][]) }),
      ...(asked.configFiles === undefined ? {} : { configFiles: asked.configFiles }),
      roleNames: [],
      principals: [],
      trustedPrincipals: [],
      ...(asked.extra === undefined ? {} : { extra: asked.extra }),
      ...(asked.namespace === undefined ? {} : { namespace: asked.namespace }),
    },
    { requestTimeoutMs: 5_000, env: emptyEnv, ...settings },
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

const rbac = "rbac.authorization.k8s.io";

/** A Role; without a namespace, a ClusterRole. */
export function role(name: string, namespace?: string, more: Body = {}): Body {
  return {
    apiVersion: `${rbac}/v1`,
    kind: namespace === undefined ? "ClusterRole" : "Role",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid: `uid-of-${name}` },
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    ...more,
  };
}

/** A RoleBinding of one service account; without a namespace, a ClusterRoleBinding. */
export function binding(name: string, namespace?: string): Body {
  return {
    apiVersion: `${rbac}/v1`,
    kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid: `uid-of-${name}` },
    subjects: [{ kind: "ServiceAccount", name: "worker", namespace: "team" }],
    roleRef: { apiGroup: rbac, kind: namespace === undefined ? "ClusterRole" : "Role", name: "reader" },
  };
}

/** One of every kind that is listed. */
export const smallCluster: readonly Body[] = [
  {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "team", uid: "uid-of-team", labels: { tier: "one" } },
  },
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "worker", namespace: "team", uid: "uid-of-worker" },
    secrets: [{ name: "worker-token" }],
  },
  role("reader", "team"),
  role("wide"),
  binding("readers", "team"),
  binding("everywhere"),
];
