import { describe, expect, it } from "vitest";
import { aws, type Body, CLUSTER, edited, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

const endpoint = (members: Body): State =>
  edited(aws, "aws/eks-cluster", CLUSTER, {
    resourcesVpcConfig: {
      ...(aws["aws/eks-cluster"]?.[CLUSTER]?.["resourcesVpcConfig"] as Body),
      ...members,
    },
  });

describe("network/allow-list", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "cluster-endpoint",
      "open to the world by two halves",
      endpoint({ publicAccessCidrs: ["0.0.0.0/1", "128.0.0.0/1"] }),
      [
        "wider high | the API endpoint of cluster chalk is open to the world (0.0.0.0/1, 128.0.0.0/1) | aws eks describe-cluster --name chalk --query cluster.resourcesVpcConfig | aws eks update-cluster-config --name chalk --resources-vpc-config publicAccessCidrs=203.0.113.0/24",
      ],
    ],
    [
      "cluster-endpoint",
      "open to all that somebody on the internet can have, and to no group",
      endpoint({ publicAccessCidrs: ["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"] }),
      [
        "wider high | the API endpoint of cluster chalk is open to the world (0.0.0.0/1, 128.0.0.0/2, 192.0.0.0/3) | aws eks describe-cluster --name chalk --query cluster.resourcesVpcConfig | aws eks update-cluster-config --name chalk --resources-vpc-config publicAccessCidrs=203.0.113.0/24",
      ],
    ],
    [
      "cluster-endpoint",
      "half of the control plane",
      endpoint({ publicAccessCidrs: ["203.0.113.0/25"] }),
      [
        "absent medium | the API endpoint of cluster chalk does not let in 203.0.113.0/24 of the control plane (203.0.113.128 for one) | aws eks describe-cluster --name chalk --query cluster.resourcesVpcConfig | aws eks update-cluster-config --name chalk --resources-vpc-config publicAccessCidrs=203.0.113.0/25,203.0.113.0/24",
      ],
    ],
    [
      "cluster-endpoint",
      "not public",
      endpoint({ endpointPublicAccess: false }),
      [
        "changed medium | the API endpoint of cluster chalk is not public: the control plane cannot reach it | aws eks describe-cluster --name chalk --query cluster.resourcesVpcConfig | aws eks update-cluster-config --name chalk --resources-vpc-config endpointPublicAccess=true,publicAccessCidrs=203.0.113.0/24",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["cluster-endpoint"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
