import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { noise } from "../kubernetes/noise.ts";
import { type KubernetesObject, namespace, stageOf } from "../kubernetes/objects.ts";
import type { Api } from "../servers/kubernetes/api.ts";
import { customResources } from "../servers/kubernetes/custom-resources.ts";
import { type Helm, helmOf } from "../servers/kubernetes/helm.ts";
import { kubectl } from "../servers/kubernetes/kubectl.ts";
import type { LiveKubernetes } from "../servers/kubernetes/setup.ts";
import { type Made, role } from "./account.ts";
import { install, METADATA, RELEASES } from "./charts.ts";

/** The cluster of the installation, and what changes it: kubectl as administrator, helm. */
export interface Cluster {
  readonly helm: Helm;
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** By the server, as `kubectl apply --server-side`. */
  apply(...objects: readonly object[]): Promise<void>;
  /** The status, which controllers write and an apply drops. */
  status(path: string, status: object): Promise<void>;
  /** Says of each pod of a namespace that it runs and is ready, as a kubelet would; waits for `count` of them. */
  run(namespace: string, count: number): Promise<void>;
  /** Installs or upgrades; of the Metadata Plane with the files that are its values. */
  install(what: (typeof RELEASES)[number]): Promise<void>;
}

/** Files of the installation as somebody keeps them, the canary in them. */
export interface Files {
  readonly values: string;
  readonly seed: string;
}

export const SECRETS = {
  "metadata-plane-secrets": ["POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_HOST", "POSTGRES_DB"],
  "chalk-frontend-secrets": ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
} as const;

export const issuerOf = (solver: object): object => ({
  apiVersion: "cert-manager.io/v1",
  kind: "ClusterIssuer",
  metadata: { name: "letsencrypt" },
  spec: {
    acme: {
      server: "https://acme-v02.api.letsencrypt.org/directory",
      privateKeySecretRef: { name: "letsencrypt" },
      solvers: [solver],
    },
  },
});
export const ISSUER = issuerOf({ dns01: { route53: { region: "eu-west-1" } } });

export const nodeClass = (name: string, spec: object): object => ({
  apiVersion: "karpenter.k8s.aws/v1",
  kind: "EC2NodeClass",
  metadata: { name },
  spec: {
    role: "nodes",
    amiSelectorTerms: [{ alias: "al2023@latest" }],
    subnetSelectorTerms: [{ tags: { Name: "private-a" } }, { tags: { Name: "private-b" } }],
    securityGroupSelectorTerms: [{ name: "nodes" }],
    ...spec,
  },
});
const NODE_POOL = {
  apiVersion: "karpenter.sh/v1",
  kind: "NodePool",
  metadata: { name: "default" },
  spec: {
    template: {
      spec: {
        nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "default" },
        requirements: [{ key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] }],
      },
    },
  },
};
const GATEWAY = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { name: "chalk", namespace: "envoy-gateway-system" },
  spec: { gatewayClassName: "eg", listeners: [{ name: "https", port: 443, protocol: "HTTPS" }] },
};
export const SERVICE = "/api/v1/namespaces/envoy-gateway-system/services/gateway";
export const gatewayService: object = {
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "gateway",
    namespace: "envoy-gateway-system",
    labels: { "gateway.envoyproxy.io/owning-gateway-name": "chalk" },
  },
  spec: { type: "LoadBalancer", ports: [{ port: 443 }], selector: { app: "envoy" } },
};
export const persistence = (bound: string): object => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: {
    name: "persistence",
    namespace: "background-persistence",
    annotations: { "eks.amazonaws.com/role-arn": bound },
  },
});

/** Writes values and seed into `folder`. */
export function filesIn(folder: string, canary: string): Files {
  const put = (name: string) => {
    const text = readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");
    writeFileSync(join(folder, name), text.replaceAll("CANARY", canary));
    return join(folder, name);
  };
  return { values: put("values.yaml"), seed: put("seed.yaml") };
}

/** Makes everything in the cluster as the page asks for it: definitions, releases by helm, the rest by kubectl. */
export async function makeCluster(
  live: LiveKubernetes,
  folder: string,
  canary: string,
  made: Made,
): Promise<Cluster> {
  const cluster = clusterOf(live, folder, canary, await helmOf(live.adminConfig));
  const definitions = await customResources();
  await cluster.kubectl(["apply", "--server-side", ...definitions.flatMap((file) => ["-f", file])]);
  await cluster.kubectl([
    ...["wait", "--for=condition=Established", "--timeout=30s"],
    ...["crd/clusterissuers.cert-manager.io", "crd/ec2nodeclasses.karpenter.k8s.aws"],
    ...["crd/nodepools.karpenter.sh", "crd/gateways.gateway.networking.k8s.io"],
  ]);
  for (const one of RELEASES) await cluster.install(one);
  // the roles that upstream charts bring, and people's; the charts made the accounts
  const beside = noise.filter(({ kind }) => kind !== "Namespace" && kind !== "ServiceAccount");
  const homes = new Set(beside.flatMap(({ metadata }) => metadata.namespace ?? []));
  await stageOf(live.admin).show([...[...homes].map(namespace), ...beside]);
  await cluster.apply(namespace("background-persistence"), persistence(role("background-persistence")));
  for (const name of Object.keys(SECRETS))
    await makeSecret(cluster, folder, canary, name as keyof typeof SECRETS);
  await cluster.apply(ISSUER, nodeClass("default", {}), NODE_POOL, GATEWAY, gatewayService);
  await cluster.status("/apis/karpenter.k8s.aws/v1/ec2nodeclasses/default", {
    subnets: ["a", "b"].map((zone) => ({ id: made.subnets[`private-${zone}`], zone: `eu-west-1${zone}` })),
  });
  await cluster.status(SERVICE, { loadBalancer: { ingress: [{ hostname: made.balancer }] } });
  await cluster.run("chalk-metadata", 1);
  return cluster;
}

/** As the page makes it: out of a file of variables. */
export async function makeSecret(
  cluster: Cluster,
  folder: string,
  canary: string,
  name: keyof typeof SECRETS,
  keys: readonly string[] = SECRETS[name],
): Promise<void> {
  const file = join(folder, `${name}.env`);
  writeFileSync(file, keys.map((key) => `${key}=${canary}\n`).join(""));
  await cluster.kubectl(["delete", "secret", name, "--namespace", "chalk-metadata", "--ignore-not-found"]);
  await cluster.kubectl([
    ...["create", "secret", "generic", name, "--namespace", "chalk-metadata", `--from-env-file=${file}`],
  ]);
}

function clusterOf(live: LiveKubernetes, folder: string, canary: string, helm: Helm): Cluster {
  const run = (args: readonly string[], input = "") => kubectl(live.adminConfig, args, input);
  return {
    helm,
    kubectl: run,
    apply: async (...objects) => {
      const list = { apiVersion: "v1", kind: "List", items: objects };
      await run(["apply", "--server-side", "--force-conflicts", "-f", "-"], JSON.stringify(list));
    },
    status: async (path, status) => {
      // a custom resource knows no strategic merge
      const [name = "", ...kind] = path.split("/").filter(Boolean).reverse();
      const space = path.includes("/namespaces/") ? ["--namespace", kind[1] ?? ""] : [];
      const merge = ["--type=merge", "--subresource=status", `--patch=${JSON.stringify({ status })}`];
      await run(["patch", kind[0] ?? "", name, ...space, ...merge]);
    },
    run: (space, count) => runPods(live.admin, space, count),
    install: (what) =>
      install(helm, folder, what, {
        canary,
        files: what.release === METADATA.release ? Object.values(filesIn(folder, canary)) : [],
      }),
  };
}

interface Pods {
  readonly items: readonly (KubernetesObject & { readonly status?: { readonly phase?: string } })[];
}

async function runPods(api: Api, space: string, count: number): Promise<void> {
  for (let tried = 0; tried < 100; tried++) {
    const { items } = await api.must<Pods>("GET", `/api/v1/namespaces/${space}/pods`);
    for (const { metadata } of items)
      await api.must("PATCH", `/api/v1/namespaces/${space}/pods/${metadata.name}/status`, {
        status: {
          phase: "Running",
          conditions: [{ type: "Ready", status: "True", lastTransitionTime: new Date().toISOString() }],
          containerStatuses: [
            { name: "main", ready: true, restartCount: 0, image: "x", imageID: "x", state: { running: {} } },
          ],
        },
      });
    if (items.length === count && (await isReady(api, space))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no ${count} pods that run in ${space} within ten seconds`);
}

interface Deployments {
  readonly items: readonly {
    readonly spec: { readonly replicas?: number };
    readonly status?: { readonly readyReplicas?: number };
  }[];
}

/** Whether the controllers have seen that the pods run. */
async function isReady(api: Api, space: string): Promise<boolean> {
  const { items } = await api.must<Deployments>("GET", `/apis/apps/v1/namespaces/${space}/deployments`);
  return items.every(({ spec, status }) => (status?.readyReplicas ?? 0) === (spec.replicas ?? 1));
}
