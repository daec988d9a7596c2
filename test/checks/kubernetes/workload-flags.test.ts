import { describe, expect, it } from "vitest";
import { CERT_MANAGER, type State, workload } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("kubernetes/workload-flags", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "gateway-api",
      "switched off",
      {
        "kubernetes/workload": {
          "cert-manager/cert-manager": workload("cert-manager", "cert-manager", CERT_MANAGER, [
            "--enable-gateway-api=false",
          ]),
        },
      },
      [
        "changed medium | cert-manager/cert-manager (cert-manager) is started without --enable-gateway-api, nor enableGatewayAPI: true in a configuration file: it issues no certificate for a gateway | kubectl get deployment cert-manager --namespace cert-manager -o 'jsonpath={.spec.template.spec.containers[*].args}'",
      ],
    ],
    [
      "gateway-api",
      "given and switched off again",
      {
        "kubernetes/workload": {
          "cert-manager/cert-manager": workload("cert-manager", "cert-manager", CERT_MANAGER, [
            "--enable-gateway-api",
            "--enable-gateway-api=false",
          ]),
        },
      },
      [
        "changed medium | cert-manager/cert-manager (cert-manager) is started without --enable-gateway-api, nor enableGatewayAPI: true in a configuration file: it issues no certificate for a gateway | kubectl get deployment cert-manager --namespace cert-manager -o 'jsonpath={.spec.template.spec.containers[*].args}'",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["gateway-api"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
