import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type AwsService, readListed } from "./define.ts";

export const elasticLoadBalancing: AwsService<ElasticLoadBalancingV2Client> = {
  service: "elasticloadbalancing",
  kinds: ["aws/load-balancer"],
  client: (config) => new ElasticLoadBalancingV2Client(config),
  read: (reading) =>
    readListed(
      {
        kind: "aws/load-balancer",
        list: "LoadBalancers",
        id: "LoadBalancerArn",
        token: "NextMarker",
        send: (client, token) =>
          client.send(
            new DescribeLoadBalancersCommand({
              PageSize: 400,
              ...(token === undefined ? {} : { Marker: token }),
            }),
          ),
      },
      reading,
    ),
};
