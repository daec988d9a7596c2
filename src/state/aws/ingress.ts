import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import { type Block, blockAround } from "./block.ts";

/** Who is let in on a port by the security groups of one thing, all together: groups only ever add. */
export interface Ingress {
  readonly blocks: readonly Block[];
  /** Ids of the groups whose members are let in. */
  readonly groups: readonly string[];
  /** Ids of prefix lists: which addresses these hold the groups do not say. */
  readonly prefixLists: readonly string[];
  /** Ranges that are no block of addresses. */
  readonly malformed: readonly string[];
  /** Groups of which nothing was read. */
  readonly unread: readonly string[];
}

/** Whether a rule is about a TCP port: `-1` is every protocol, and then no port is told. */
function includes(rule: unknown, port: number): boolean {
  const protocol = String(field(rule, "IpProtocol") ?? "").toLowerCase();
  if (protocol === "-1") return true;
  if (protocol !== "tcp" && protocol !== "6") return false;
  const [from, to] = [field(rule, "FromPort"), field(rule, "ToPort")];
  const first = typeof from === "number" && from >= 0 ? from : 0;
  const last = typeof to === "number" && to >= 0 ? to : 65_535;
  return first <= port && port <= last;
}

function texts(rule: unknown, name: string, member: string): readonly string[] {
  return (list(field(rule, name)) ?? []).flatMap((each) => text(field(each, member)) ?? []);
}

/** @param groups ids of security groups */
export function ingressOf(facts: Facts, groups: readonly string[], port: number): Ingress {
  const known = new Map(facts.all("aws/security-group").map(({ id, body }) => [id, body]));
  const rules = groups
    .flatMap((id) => list(field(known.get(id), "IpPermissions")) ?? [])
    .filter((rule) => includes(rule, port));
  const ranges = rules.flatMap((rule) => [
    ...texts(rule, "IpRanges", "CidrIp"),
    ...texts(rule, "Ipv6Ranges", "CidrIpv6"),
  ]);
  return {
    blocks: ranges.flatMap((range) => blockAround(range) ?? []),
    groups: [...new Set(rules.flatMap((rule) => texts(rule, "UserIdGroupPairs", "GroupId")))],
    prefixLists: [...new Set(rules.flatMap((rule) => texts(rule, "PrefixListIds", "PrefixListId")))],
    malformed: ranges.filter((range) => blockAround(range) === undefined),
    unread: groups.filter((id) => !known.has(id)),
  };
}

/** The security groups that an EKS cluster's nodes and its own interfaces can have, as the cluster tells. */
export function clusterGroups(cluster: unknown): readonly string[] {
  const config = field(cluster, "resourcesVpcConfig");
  const own = text(field(config, "clusterSecurityGroupId"));
  const more = (list(field(config, "securityGroupIds")) ?? []).flatMap((id) => text(id) ?? []);
  return [...new Set([...(own === undefined ? [] : [own]), ...more])];
}
