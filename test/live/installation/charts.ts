import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { Helm } from "../servers/kubernetes/helm.ts";
import { role } from "./account.ts";

/** A release as it is installed. */
export interface Installed {
  readonly namespace: string;
  readonly release: string;
  readonly chart: string;
  readonly version: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

const binding = (name: string) => ({ annotations: { "eks.amazonaws.com/role-arn": role(name) } });

export const METADATA: Installed = {
  namespace: "chalk-metadata",
  release: "chalk-metadata-plane",
  chart: "chalk-metadata-plane",
  version: "0.1.2",
  values: binding("chalk-api-server"),
};
export const CERT_MANAGER: Installed = {
  namespace: "cert-manager",
  release: "cert-manager",
  chart: "cert-manager",
  version: "v1.21.2",
  values: {
    ...binding("chalk-dns"),
    component: "controller",
    args: ["--v=2", "--config=/var/cert-manager/config/config.yaml"],
    config:
      "apiVersion: controller.config.cert-manager.io/v1alpha1\nkind: ControllerConfiguration\nenableGatewayAPI: true\n",
  },
};
export const EXTERNAL_DNS: Installed = {
  namespace: "external-dns",
  release: "external-dns",
  chart: "external-dns",
  version: "1.17.0",
  values: {
    ...binding("chalk-dns"),
    args: ["--source=service", "--source=gateway-httproute", "--provider=aws"],
  },
};
const plain = (namespace: string, release: string, chart: string, version: string): Installed => ({
  namespace,
  release,
  chart,
  version,
});
export const KEDA = plain("keda", "keda", "keda", "2.11.1");
export const EBS = plain("kube-system", "aws-ebs-csi-driver", "aws-ebs-csi-driver", "2.53.0");
export const KARPENTER = plain("kube-system", "karpenter", "karpenter", "1.8.1");
export const GATEWAY = plain("envoy-gateway-system", "eg", "gateway-helm", "v1.6.0");

/** The Metadata Plane and the eleven charts of the page, by the charts' own names and the page's versions. */
export const RELEASES: readonly Installed[] = [
  METADATA,
  plain("argo", "argo-workflows", "argo-workflows", "0.45.27"),
  KEDA,
  plain("kube-system", "metrics-server", "metrics-server", "3.12.2"),
  plain("kube-system", "s3-csi", "aws-mountpoint-s3-csi-driver", "2.0.0"),
  GATEWAY,
  CERT_MANAGER,
  EXTERNAL_DNS,
  plain("cnpg-system", "cnpg", "cloudnative-pg", "0.26.0"),
  KARPENTER,
  EBS,
  plain("kube-system", "aws-load-balancer-controller", "aws-load-balancer-controller", "1.14.1"),
];

/** Installs or upgrades a release by the real helm, of a chart that is written into `folder`. */
export async function install(
  helm: Helm,
  folder: string,
  { namespace, release, chart, version, values = {} }: Installed,
  more: { readonly canary: string; readonly files?: readonly string[] },
): Promise<void> {
  const at = join(folder, `${chart}-${version}`);
  mkdirSync(at, { recursive: true });
  cpSync(fileURLToPath(new URL("chart/", import.meta.url)), at, { recursive: true });
  writeFileSync(
    join(at, "Chart.yaml"),
    stringify({ apiVersion: "v2", name: chart, version, type: "application" }),
  );
  const own = join(folder, `${release}.values.yaml`);
  writeFileSync(own, stringify({ ...values, canary: more.canary }));
  const files = [...(more.files ?? []), own].flatMap((file) => ["--values", file]);
  await helm("upgrade", "--install", release, at, "--namespace", namespace, "--create-namespace", ...files);
}

export const uninstall = async (helm: Helm, { namespace, release }: Installed): Promise<void> => {
  await helm("uninstall", release, "--namespace", namespace);
};
