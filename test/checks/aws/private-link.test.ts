import { describe, expect, it } from "vitest";
import type { State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("aws/private-link", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "private-ingress",
      "a service that failed",
      {
        "aws/endpoint-service": {
          "vpce-svc-1": {
            ServiceId: "vpce-svc-1",
            ServiceState: "Failed",
            NetworkLoadBalancerArns: ["arn:nlb"],
          },
        },
        "aws/load-balancer": { "arn:nlb": { DNSName: "g.example" } },
        "kubernetes/service": {
          "envoy/gateway": {
            metadata: { labels: { "gateway.envoyproxy.io/owning-gateway-name": "g" } },
            status: { loadBalancer: { ingress: [{ hostname: "G.example" }] } },
          },
        },
      },
      [
        "changed medium | endpoint service vpce-svc-1, which leads to envoy/gateway, is Failed, not Available | aws ec2 describe-vpc-endpoint-service-configurations --service-ids vpce-svc-1",
      ],
    ],
    [
      "private-ingress",
      "a service without its state",
      {
        "aws/endpoint-service": {
          "vpce-svc-1": {
            ServiceId: "vpce-svc-1",
            NetworkLoadBalancerArns: ["arn:nlb"],
          },
        },
        "aws/load-balancer": { "arn:nlb": { DNSName: "g.example" } },
        "kubernetes/service": {
          "envoy/gateway": {
            metadata: { labels: { "gateway.envoyproxy.io/owning-gateway-name": "g" } },
            status: { loadBalancer: { ingress: [{ hostname: "G.example" }] } },
          },
        },
      },
      [
        "unknown | endpoint service vpce-svc-1, which leads to envoy/gateway, came without its state; to decide: read the endpoint services again | ",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["private-ingress"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
