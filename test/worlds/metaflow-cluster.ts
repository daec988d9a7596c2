import type { Body } from "../servers/azure-state.ts";
import type { ClusterState } from "./metaflow-ground.ts";

/** What runs in the stack's cluster. */

type Port = { readonly port: number; readonly protocol?: string };
export const service = (
  namespace: string,
  name: string,
  ports: readonly number[],
  spec: Body = {},
  status: Body = {},
): Body => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace, name },
  spec: { type: "ClusterIP", ports: ports.map((port): Port => ({ port, protocol: "TCP" })), ...spec },
  status,
});
export const slice = (namespace: string, of: string, ready: boolean | undefined = true): Body => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { namespace, name: `${of}-abc`, labels: { "kubernetes.io/service-name": of } },
  endpoints: [{ conditions: ready === undefined ? {} : { ready } }],
});

const argo: readonly (readonly [string, readonly number[]])[] = [
  ["argo-server", [2746]],
  ["httpbin", [9100]],
  ["minio", [9000, 9001]],
  ["postgres", [5432]],
  ["workflow-controller-metrics", [9090]],
];
const flows = ["metadata-service", "metaflow-ui-static-service", "metaflow-ui-backend-service"];
/** The services of the page, with endpoints, and one that the page does not have. */
export const whole: ClusterState = {
  services: [
    ...argo.map(([name, ports]) => service("argo", name, ports)),
    ...flows.map((name) => service("default", name, [8080])),
    service("argo", "beside-the-page", [80], { type: "LoadBalancer" }),
  ],
  slices: [
    ...argo.map(([name], i) => slice("argo", name, i === 0 ? undefined : true)),
    ...flows.map((name) => slice("default", name)),
  ],
};
/** A service in place of the one of its name, or without it. */
export const having = (name: string, ...by: readonly Body[]): ClusterState => ({
  ...whole,
  services: [...whole.services.filter(({ metadata }) => (metadata as Body).name !== name), ...by],
});
