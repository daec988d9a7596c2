import { describe, expect, it } from "vitest";
import {
  CERT_MANAGER,
  cluster,
  EXTERNAL_DNS,
  edited,
  type State,
  workload,
} from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

const started = (name: string, labels: Parameters<typeof workload>[2], words: readonly string[]): State => ({
  "kubernetes/workload": { [`${name}/${name}`]: workload(name, name, labels, words) },
});
const manager = (...words: readonly string[]) => started("cert-manager", CERT_MANAGER, words);
const dns = (...words: readonly string[]) => started("external-dns", EXTERNAL_DNS, words);

const OFF =
  "changed medium | cert-manager/cert-manager (cert-manager) is started without --enable-gateway-api, nor enableGatewayAPI: true in a configuration file: it issues no certificate for a gateway | kubectl get deployment cert-manager --namespace cert-manager -o 'jsonpath={.spec.template.spec.containers[*].args}'";

const BY_VARIABLE =
  "unknown | cert-manager/cert-manager is started with --enable-gateway-api $(GATEWAYS), a variable, and variables are not read; to decide: look whether it says --enable-gateway-api | kubectl get deployment cert-manager --namespace cert-manager -o 'jsonpath={.spec.template.spec.containers[*].args}'";

describe("kubernetes/workload-flags", () => {
  it.each<[string, string, State, readonly string[]]>([
    ["gateway-api", "switched off", manager("--enable-gateway-api=false"), [OFF]],
    [
      "gateway-api",
      "given and switched off again",
      manager("--enable-gateway-api", "--enable-gateway-api=false"),
      [OFF],
    ],
    [
      "gateway-api",
      "switched off, while the file says yes: the flag counts",
      manager("--config=/var/cert-manager/config/config.yaml", "--enable-gateway-api=false"),
      [OFF],
    ],
    ["gateway-api", "a file that says yes", manager("--config=/var/cert-manager/config/config.yaml"), []],
    [
      "gateway-api",
      "in a comment of a script",
      dns("exec external-dns --source=service\n# --source=gateway-httproute\n"),
      [
        "changed medium | external-dns/external-dns (external-dns) is started without --source=gateway-*route: it writes no record for a gateway's routes | kubectl get deployment external-dns --namespace external-dns -o 'jsonpath={.spec.template.spec.containers[*].args}'",
      ],
    ],
    [
      "gateway-api",
      "a file that says both",
      edited(cluster, "kubernetes/config-map", "cert-manager/cert-manager", {
        text: "enableGatewayAPI: true\nenableGatewayAPI: false\n",
      }),
      [
        "unknown | cert-manager/cert-manager has no --enable-gateway-api, and its configuration file (--config) could not be read: cert-manager/cert-manager says enableGatewayAPI twice; to decide: look whether the file says enableGatewayAPI: true | kubectl get deployment cert-manager --namespace cert-manager -o 'jsonpath={.spec.template.spec.containers[*].args}'",
      ],
    ],
    [
      "gateway-api",
      "of a variable",
      dns("--source=$(SOURCES)"),
      [
        "unknown | external-dns/external-dns is started with --source $(SOURCES), a variable, and variables are not read; to decide: look whether it says --source=gateway-*route | kubectl get deployment external-dns --namespace external-dns -o 'jsonpath={.spec.template.spec.containers[*].args}'",
      ],
    ],
    ["gateway-api", "on by a variable", manager("--enable-gateway-api=$(GATEWAYS)"), [BY_VARIABLE]],
    [
      "gateway-api",
      "given, and then by a variable, which counts",
      manager("--enable-gateway-api", "--enable-gateway-api=$(GATEWAYS)"),
      [BY_VARIABLE],
    ],
    [
      "gateway-api",
      "by a variable, and then given",
      manager("--enable-gateway-api=$(GATEWAYS)", "--enable-gateway-api"),
      [],
    ],
    [
      "gateway-api",
      "by a variable, and then switched off",
      manager("--enable-gateway-api=$(GATEWAYS)", "--enable-gateway-api=false"),
      [OFF],
    ],
    [
      "gateway-api",
      "of a variable, and once more in words",
      dns("--source=$(SOURCES)", "--source=gateway-httproute"),
      [],
    ],
    ["gateway-api", "in words of their own", dns("--source", "service", "--source", "gateway-grpcroute"), []],
    ["gateway-api", "in a list", dns("--source=service,gateway-tlsroute"), []],
    ["gateway-api", "in a script", dns("-c", 'exec external-dns --source="gateway-httproute" --x'), []],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["gateway-api"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
