import { describe, expect, it } from "vitest";
import { cluster, edited, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("kubernetes/helm-charts", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "helm-charts",
      "older",
      edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
        chart: { name: "keda", version: "v2.9.0" },
      }),
      [
        "changed medium | chart keda: release platform/our-keda is version v2.9.0, older than the documented 2.11.1 | helm list --namespace platform --filter '^our-keda$'",
      ],
    ],
    [
      "helm-charts",
      "not there",
      { "kubernetes/helm-release": { "platform/our-keda": undefined } },
      ["absent medium | no release of chart keda (KEDA) is installed | helm list --all-namespaces"],
    ],
    [
      "helm-charts",
      "uninstalled, its history kept",
      edited(cluster, "kubernetes/helm-release", "platform/our-keda", { status: "uninstalled" }),
      ["absent medium | no release of chart keda (KEDA) is installed | helm list --all-namespaces"],
    ],
    [
      "helm-charts",
      "failed, an older revision runs",
      edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
        status: "failed",
        deployedRevision: 2,
      }),
      [],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["helm-charts"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
