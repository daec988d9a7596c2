import { ListHostedZonesCommand, Route53Client } from "@aws-sdk/client-route-53";
import { type AwsService, readListed } from "./define.ts";

export const route53: AwsService<Route53Client> = {
  service: "route53",
  kinds: ["aws/hosted-zone"],
  client: (config) => new Route53Client(config),
  read: (reading) =>
    readListed(
      {
        kind: "aws/hosted-zone",
        list: "HostedZones",
        // The service writes `/hostedzone/Z1`; every other call, and a policy's ARN, takes what follows.
        id: (zone) => String(zone["Id"] ?? "").replace(/^\/hostedzone\//, ""),
        token: "NextMarker",
        more: "IsTruncated",
        send: (client, token) =>
          client.send(
            new ListHostedZonesCommand({ MaxItems: 100, ...(token === undefined ? {} : { Marker: token }) }),
          ),
      },
      reading,
    ),
};
