import { describe, expect, it } from "vitest";
import { GIVEN, reportOn } from "../../worlds/helm-look.ts";
import { changed, cluster, edited, type State } from "../../worlds/helm-state.ts";
import { account, found } from "../installation.ts";

/** Add-ons by name and cluster. */
const addons = (...all: readonly (readonly [string, string])[]): State => ({
  "aws/eks-addon": Object.fromEntries(
    all.map(([addonName, clusterName]) => [
      `${clusterName}/${addonName}`,
      { addonName, clusterName, addonVersion: "v1.40.0-eksbuild.1", status: "ACTIVE" },
    ]),
  ),
});

describe("add-ons of several clusters", () => {
  const change = { "kubernetes/helm-release": { "platform/our-aws-ebs-csi-driver": undefined } };
  it.each([
    ["chalk", "pass"],
    ["arn:aws:eks:eu-west-1:111122223333:cluster/chalk", "pass"],
    ["other", "fail"],
  ])("%s is named: its own count: %s", (name, outcome) => {
    const aws = changed(account, addons(["aws-ebs-csi-driver", "chalk"], ["vpc-cni", "other"]));
    const { controls } = reportOn(aws, changed(cluster, change), { parameters: { ...GIVEN, cluster: name } });
    expect(controls.find(({ id }) => id.endsWith("/helm-charts"))?.outcome).toBe(outcome);
  });
});

describe("a chart of a release that could not be read", () => {
  it.each(["configmaps", "platform/odd"])("%s: is not absent", (id) => {
    const kind = "kubernetes/helm-release";
    const unread = [{ kind, id, api: "GET x", cause: "denied", detail: "answered 403" } as const];
    const change = { [kind]: { "platform/our-keda": undefined } };
    const { controls } = reportOn(account, changed(cluster, change), { unread });
    expect(controls.find((each) => each.id.endsWith("/helm-charts"))?.outcome).toBe("unknown");
  });
});

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
        deployedChart: { name: "keda", version: "2.11.1" },
      }),
      [],
    ],
    [
      "helm-charts",
      "failed on its way to the documented version",
      edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
        status: "failed",
        deployedRevision: 2,
        deployedChart: { name: "keda", version: "2.9.0" },
      }),
      [
        "changed medium | chart keda: release platform/our-keda is version 2.9.0, older than the documented 2.11.1 | helm list --namespace platform --filter '^our-keda$'",
      ],
    ],
    [
      "helm-charts",
      "failed, and which version runs was not read",
      edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
        status: "failed",
        deployedRevision: 2,
      }),
      [
        "unknown | chart keda: release platform/our-keda is failed, and which version of it runs could not be read; to decide: compare it with 2.11.1 by hand | helm list --namespace platform --filter '^our-keda$'",
      ],
    ],
    [
      "helm-charts",
      "failed, and what runs is another chart",
      edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
        status: "failed",
        deployedRevision: 2,
        deployedChart: { name: "another", version: "15.0.0" },
      }),
      ["absent medium | no release of chart keda (KEDA) is installed | helm list --all-namespaces"],
    ],
    [
      "helm-charts",
      "what runs is the chart, and another one failed in its place",
      edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
        status: "failed",
        chart: { name: "another", version: "15.0.0" },
        deployedRevision: 2,
        deployedChart: { name: "keda", version: "2.11.1" },
      }),
      [],
    ],
    [
      "helm-charts",
      "a candidate in short",
      edited(cluster, "kubernetes/helm-release", "platform/our-gateway-helm", {
        chart: { name: "gateway-helm", version: "v1.6-rc1" },
      }),
      [
        "changed medium | chart gateway-helm: release platform/our-gateway-helm is version v1.6-rc1, older than the documented 1.6.0 | helm list --namespace platform --filter '^our-gateway-helm$'",
      ],
    ],
    [
      "helm-charts",
      "a word with a number is no version",
      edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
        chart: { name: "keda", version: "release-20240101" },
      }),
      [
        "unknown | chart keda: release platform/our-keda has the version \"release-20240101\", which is none that can be compared; to decide: compare it with 2.11.1 by hand | helm list --namespace platform --filter '^our-keda$'",
      ],
    ],
    [
      "helm-charts",
      "an add-on of the one cluster that has any",
      {
        "kubernetes/helm-release": { "platform/our-aws-ebs-csi-driver": undefined },
        "aws/eks-cluster": { second: { name: "second" } },
        ...addons(["aws-ebs-csi-driver", "second"]),
      },
      [
        "unknown | no release of chart aws-ebs-csi-driver (EBS CSI Driver) is installed, and whether add-on aws-ebs-csi-driver of EKS stands for it is not told: there are the clusters chalk, second; to decide: name this one with --set cluster=NAME | ",
      ],
    ],
    [
      "helm-charts",
      "an add-on, and another cluster's",
      {
        "kubernetes/helm-release": { "platform/our-aws-ebs-csi-driver": undefined },
        ...addons(["aws-ebs-csi-driver", "one"], ["vpc-cni", "two"]),
      },
      [
        "unknown | no release of chart aws-ebs-csi-driver (EBS CSI Driver) is installed, and whether add-on aws-ebs-csi-driver of EKS stands for it is not told: there are the clusters chalk, one, two; to decide: name this one with --set cluster=NAME | ",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["helm-charts"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
