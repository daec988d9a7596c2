import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { skipped } from "../servers/azure/requirements.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";
import {
  account,
  clusterRole,
  clusterRoleBinding,
  type KubernetesObject,
  namespace,
  rule,
  type Stage,
  serviceAccount,
  stageOf,
} from "./objects.ts";
import { scan } from "./scan.ts";

const skip = skipped("the live tests of services", whyNoKubernetes());

/** What `kubectl get services -n argo` shows on the page, and the three of Metaflow's templates. */
const page: readonly (readonly [string, string, readonly number[]])[] = [
  ["argo", "argo-server", [2746]],
  ["argo", "httpbin", [9100]],
  ["argo", "minio", [9000, 9001]],
  ["argo", "postgres", [5432]],
  ["argo", "workflow-controller-metrics", [9090]],
  ["default", "metadata-service", [8080]],
  ["default", "metaflow-ui-static-service", [3000]],
  ["default", "metaflow-ui-backend-service", [8083]],
];
type Edit = (name: string) => { readonly spec?: object; readonly ready?: boolean; readonly absent?: true };

/** A service without selector, whose endpoints are ours: the server runs no pods. */
function objectsOf(edit: Edit): readonly KubernetesObject[] {
  return page.flatMap(([home, name, ports]): readonly KubernetesObject[] => {
    const { spec = {}, ready = true, absent } = edit(name);
    if (absent) return [];
    return [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { namespace: home, name },
        spec: { ports: ports.map((port) => ({ name: `p${port}`, port, protocol: "TCP" })), ...spec },
      },
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { namespace: home, name: `${name}-1`, labels: { "kubernetes.io/service-name": name } },
        addressType: "IPv4",
        endpoints: [{ addresses: ["10.9.0.1"], conditions: { ready } }],
        ports: ports.map((port) => ({ name: `p${port}`, port, protocol: "TCP" })),
      },
    ] as unknown as readonly KubernetesObject[];
  });
}

const reads = [
  rule("", "services", "list"),
  rule("discovery.k8s.io", "endpointslices", "list"),
  rule("", "namespaces", ["get", "list"]),
];
const scannerOf = (...rules: typeof reads): readonly KubernetesObject[] => [
  namespace("argo"),
  namespace("audit"),
  serviceAccount("audit", "scanner"),
  clusterRole("scanner", ...rules),
  clusterRoleBinding("scanner", "scanner", account("audit", "scanner")),
];

let live: LiveKubernetes;
let stage: Stage;
let token: string;
beforeAll(async () => {
  if (skip) return;
  live = await startKubernetes();
  stage = stageOf(live.admin);
  await stage.show(scannerOf(...reads));
  token = await live.tokenOf("audit", "scanner");
}, 1_200_000);
afterAll(async () => {
  if (!skip) await live.stop();
});

async function scanned(edit: Edit = () => ({}), rules = reads) {
  await stage.show([...scannerOf(...rules), ...objectsOf(edit)]);
  const { code, outcomes, drift, notes } = await scan(live, { token, baseline: "metaflow-azure" });
  return { code, outcomes, drift, notes };
}
const only =
  (name: string, change: ReturnType<Edit>): Edit =>
  (each) =>
    each === name ? change : {};
const pass = { "argo-services": "pass", "metaflow-services": "pass" };

describe.skipIf(skip)("the services of the page, on a real API server", () => {
  it("as the page shows them pass, before and after each change", async () => {
    expect(await scanned()).toEqual({ code: 0, outcomes: pass, drift: [], notes: [] });
  });

  it.each<[string, Edit, string, string]>([
    [
      "a NodePort, to which the server gives a port",
      only("argo-server", { spec: { type: "NodePort" } }),
      "argo-services",
      "wider high argo-server",
    ],
    [
      "a LoadBalancer, which gets no address here",
      only("minio", { spec: { type: "LoadBalancer" } }),
      "argo-services",
      "wider high minio",
    ],
    [
      "external addresses",
      only("postgres", { spec: { externalIPs: ["192.0.2.7"] } }),
      "argo-services",
      "wider high postgres",
    ],
    [
      "another port",
      only("argo-server", { spec: { ports: [{ port: 443, protocol: "TCP" }] } }),
      "argo-services",
      "missing medium argo-server",
    ],
    ["gone", only("httpbin", { absent: true }), "argo-services", "absent low httpbin"],
    [
      "nothing ready behind it",
      only("metadata-service", { ready: false }),
      "metaflow-services",
      "changed low metadata-service",
    ],
    [
      "a name for another host",
      only("metadata-service", { spec: { type: "ExternalName", externalName: "db.example.com", ports: [] } }),
      "metaflow-services",
      "changed medium metadata-service",
    ],
  ])("%s is found, alone", async (_name, edit, control, found) => {
    const outcomes = { ...pass, [control]: "fail" };
    expect(await scanned(edit)).toEqual({ code: 1, outcomes, drift: [`${control}: ${found}`], notes: [] });
    expect(await scanned()).toMatchObject({ code: 0, drift: [] });
  });

  it.each([
    ["services", reads.slice(1)],
    ["endpoint slices", [reads[0], reads[2]] as typeof reads],
  ])("without the right to list %s both are unknown, exit 3", async (_name, rules) => {
    const { code, outcomes, drift } = await scanned(() => ({}), rules);
    expect({ code, outcomes, drift }).toEqual({
      code: 3,
      outcomes: { "argo-services": "unknown", "metaflow-services": "unknown" },
      drift: [],
    });
  });
});
