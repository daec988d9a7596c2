import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { AwsState as World } from "../worlds/aws-state.ts";
import { ACCOUNT, REGION } from "../worlds/aws-state.ts";
import { type AwsState, type Body, type Document, type NetworkList, policyOf } from "./aws-state.ts";

const lists: readonly (readonly [DocumentKind, NetworkList, string])[] = [
  ["aws/internet-gateway", "InternetGateways", "InternetGatewayId"],
  ["aws/nat-gateway", "NatGateways", "NatGatewayId"],
  ["aws/security-group", "SecurityGroups", "GroupId"],
  ["aws/instance", "Instances", "InstanceId"],
  ["aws/volume", "Volumes", "VolumeId"],
];

/** A state of the audit's tests as the account that a server serves: what is collected there is judged as it is here. */
export function served(world: World, changes: Partial<AwsState> = {}): Partial<AwsState> {
  const policies = world.roles.flatMap((role) => [
    ...role.attached,
    ...(role.boundary === undefined ? [] : [role.boundary]),
  ]);
  return {
    account: ACCOUNT,
    region: REGION,
    roles: world.roles.map(({ arn, trust, inline, attached, boundary }) => {
      const [, path = "/", name = ""] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
      return {
        name,
        path,
        trust: trust as Document,
        inline: inline as Readonly<Record<string, Document>>,
        attached: attached.map((policy) => policy.arn),
        ...(boundary === undefined ? {} : { boundary: boundary.arn }),
      };
    }),
    policies: Object.fromEntries(policies.map(({ arn, document }) => [arn, policyOf(document as Document)])),
    tagged: world.tagged,
    network: {
      Vpcs: world.vpcs,
      Subnets: world.subnets,
      RouteTables: world.routeTables,
      ...Object.fromEntries(
        lists.map(([kind, list, id]) => [
          list,
          world.others
            .filter((other) => other.kind === kind)
            .map((other) => ({ [id]: other.id, ...(other.body as Body) })),
        ]),
      ),
    },
    clusters: world.clusters,
    nodegroups: world.nodegroups,
    clusterVersions: world.versions.map(inSeconds),
    ...changes,
  };
}

/** Times as the service writes them: seconds. */
function inSeconds(body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      name.endsWith("Date") ? Date.parse(String(value)) / 1000 : value,
    ]),
  );
}
