import type { Facts } from "../../snapshot/facts.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, list, record, text } from "../../snapshot/value.ts";
import { taggedName, tagsOf } from "./tags.ts";

/** A resource with its ARN, its tags, and where it is. */
export interface Owned {
  readonly kind: DocumentKind;
  readonly arn: string;
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Ids of the VPCs that it lies in; empty when that is not known, or when it lies in none. */
  readonly vpcs: readonly string[];
  /** Name of the EKS cluster that it is, or belongs to. */
  readonly cluster?: string;
  /** AWS made it with its VPC, and nobody need tag it. */
  readonly made?: true;
}

/** What the resource type is called in an ARN of EC2. */
const EC2: Readonly<Partial<Record<DocumentKind, string>>> = {
  "aws/vpc": "vpc",
  "aws/subnet": "subnet",
  "aws/nat-gateway": "natgateway",
  "aws/internet-gateway": "internet-gateway",
  "aws/route-table": "route-table",
  "aws/security-group": "security-group",
  "aws/instance": "instance",
  "aws/volume": "volume",
};

/** The partition of the account: `aws`, `aws-cn`, `aws-us-gov`. */
function partitionOf(facts: Facts): string {
  const arn = facts.all("aws/caller-identity").map(({ body }) => text(field(body, "Arn")))[0] ?? "";
  return /^arn:([a-z-]+):/.exec(arn)?.[1] ?? "aws";
}

/** Gone, or going: EC2 lists such things for a while. */
function isGone(body: unknown): boolean {
  const state = field(body, "State");
  const name = (typeof state === "string" ? state : text(field(state, "Name"))) ?? "";
  return /^(?:terminated|shutting-down|deleted|deleting)$/.test(name);
}

/** AWS makes these with every VPC by itself, untagged; nobody creates or deletes them. */
function isMadeByAws(kind: DocumentKind, body: unknown): boolean {
  if (kind === "aws/security-group") return field(body, "GroupName") === "default";
  if (kind !== "aws/route-table") return false;
  const associations = list(field(body, "Associations")) ?? [];
  return associations.length > 0 && associations.every((a) => field(a, "Main") === true);
}

function vpcsOf(kind: DocumentKind, id: string, body: unknown, byInstance: ReadonlyMap<string, string>) {
  if (kind === "aws/vpc") return [id];
  const own = text(field(body, "VpcId"));
  if (own !== undefined) return [own];
  return (list(field(body, "Attachments")) ?? []).flatMap((a) => {
    const vpc = text(field(a, "VpcId")) ?? byInstance.get(text(field(a, "InstanceId")) ?? "");
    return vpc === undefined ? [] : [vpc];
  });
}

/**
 * Every resource that a snapshot knows by its service's own list or by the tagging API, once each; the service's own
 * list has the last word.
 */
export function ownedIn(facts: Facts): readonly Owned[] {
  const [account = "", region = ""] = facts.scope.split("/");
  const partition = partitionOf(facts);
  // What another account shares with this one (subnets, a VPC) is in the lists, and its ARN has the owner's number.
  const prefixOf = (body: unknown) => {
    const owner = text(field(body, "OwnerId")) ?? "";
    return `arn:${partition}:ec2:${region}:${/^\d{12}$/.test(owner) ? owner : account}:`;
  };
  const byInstance = new Map(
    facts.all("aws/instance").flatMap(({ id, body }) => {
      const vpc = text(field(body, "VpcId"));
      return vpc === undefined ? [] : [[id, vpc] as const];
    }),
  );
  const found = new Map<string, Owned>();
  const skipped = new Set<string>();
  for (const kind of Object.keys(EC2) as DocumentKind[]) {
    for (const { id, body } of facts.all(kind)) {
      const arn = `${prefixOf(body)}${EC2[kind]}/${id}`;
      if (isGone(body)) {
        skipped.add(arn);
        continue;
      }
      const vpcs = vpcsOf(kind, id, body, byInstance);
      const made = isMadeByAws(kind, body) ? { made: true as const } : {};
      found.set(arn, { kind, arn, name: taggedName(body, id), tags: tagsOf(body), vpcs, ...made });
    }
  }
  for (const kind of ["aws/eks-cluster", "aws/eks-nodegroup"] as const) {
    for (const { id, body } of facts.all(kind)) {
      const own = text(field(body, kind === "aws/eks-cluster" ? "name" : "nodegroupName")) ?? id;
      const cluster = kind === "aws/eks-cluster" ? own : text(field(body, "clusterName"));
      const tags = tagsOf({ Tags: record(field(body, "tags")) });
      found.set(id, {
        kind,
        arn: id,
        name: own,
        tags,
        vpcs: [],
        ...(cluster === undefined ? {} : { cluster }),
      });
    }
  }
  for (const { id, body } of facts.all("aws/tagged-resource")) {
    const arn = text(field(body, "ResourceARN")) ?? id;
    if (found.has(arn) || skipped.has(arn)) continue;
    const name = arn.split(":").slice(5).join(":");
    found.set(arn, { kind: "aws/tagged-resource", arn, name, tags: tagsOf(body), vpcs: [] });
  }
  return [...found.values()].sort((a, b) => (a.arn < b.arn ? -1 : a.arn > b.arn ? 1 : 0));
}
