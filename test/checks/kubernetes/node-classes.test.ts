import { describe, expect, it } from "vitest";
import { cluster, edited, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("kubernetes/node-classes", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "node-classes",
      "of another family",
      edited(cluster, "kubernetes/ec2-node-class", "default", {
        spec: { amiSelectorTerms: [{ alias: "al2@latest" }] },
      }),
      [
        "changed medium | node class default starts nodes from al2, documented is AL2023 or Bottlerocket | kubectl get ec2nodeclass default -o yaml | kubectl edit ec2nodeclass default",
      ],
    ],
    [
      "node-classes",
      "a subnet of another VPC",
      {
        ...edited(cluster, "kubernetes/ec2-node-class", "default", {
          status: { subnets: [{ id: "subnet-far" }] },
        }),
        "aws/subnet": { "subnet-far": { SubnetId: "subnet-far", VpcId: "vpc-default" } },
      },
      [
        "changed medium | node class default starts nodes in subnet-far, which are not in VPC vpc-home | kubectl get ec2nodeclass default -o 'jsonpath={.status.subnets}' | kubectl edit ec2nodeclass default",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["node-classes"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
