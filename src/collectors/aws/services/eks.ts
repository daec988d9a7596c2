import {
  DescribeAccessEntryCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  DescribeNodegroupCommand,
  DescribePodIdentityAssociationCommand,
  EKSClient,
  ListAccessEntriesCommand,
  ListAddonsCommand,
  ListAssociatedAccessPoliciesCommand,
  ListClustersCommand,
  ListNodegroupsCommand,
  ListPodIdentityAssociationsCommand,
} from "@aws-sdk/client-eks";
import { type AwsKind, awsKinds } from "../../../snapshot/kinds/aws.ts";
import { scrubbed } from "../../../snapshot/scrub.ts";
import type { JsonObject } from "../../http/answer.ts";
import { ReadFailure } from "../../http/failure.ts";
import { attempt } from "../../recorder.ts";
import { type PageOptions, readNames, readObjects } from "../pages.ts";
import { type AwsService, type Reading, readListed, textOf, unwrapped } from "./define.ts";

const page = (token: string | undefined) => ({
  maxResults: 100,
  ...next(token),
});

/**
 * The next page, of a size that the service chooses: servers were seen that cut a list off at `maxResults` and give no
 * token, so that what is there looked absent.
 */
const next = (token: string | undefined) => (token === undefined ? {} : { nextToken: token });

/** A kind of which each cluster has a list, and of which each entry is then asked for by itself. */
interface OfCluster {
  readonly kind: AwsKind;
  readonly list: string;
  readonly describe: string;
  /** The property of a document that identifies it. */
  readonly id: string;
  readonly names: (cluster: string, reading: Reading<EKSClient>) => Promise<readonly string[]>;
  readonly read: (cluster: string, name: string, reading: Reading<EKSClient>) => Promise<JsonObject>;
}

const ofClusters: readonly OfCluster[] = [
  {
    kind: "aws/eks-nodegroup",
    list: "ListNodegroups",
    describe: "DescribeNodegroup",
    id: "nodegroupArn",
    names: (clusterName, { client, call }) =>
      readNames({
        list: "nodegroups",
        token: "nextToken",
        read: (token) =>
          call("ListNodegroups", () =>
            client.send(new ListNodegroupsCommand({ clusterName, ...page(token) })),
          ),
      }),
    read: (clusterName, nodegroupName, { client, call }) =>
      unwrapped(
        call("DescribeNodegroup", () =>
          client.send(new DescribeNodegroupCommand({ clusterName, nodegroupName })),
        ),
        "nodegroup",
      ),
  },
  {
    kind: "aws/eks-access-entry",
    list: "ListAccessEntries",
    describe: "DescribeAccessEntry",
    id: "accessEntryArn",
    names: (clusterName, { client, call }) =>
      readNames({
        list: "accessEntries",
        token: "nextToken",
        read: (token) =>
          call("ListAccessEntries", () =>
            client.send(new ListAccessEntriesCommand({ clusterName, ...next(token) })),
          ),
      }),
    read: readAccessEntry,
  },
  {
    kind: "aws/eks-addon",
    list: "ListAddons",
    describe: "DescribeAddon",
    id: "addonArn",
    names: (clusterName, { client, call }) =>
      readNames({
        list: "addons",
        token: "nextToken",
        read: (token) =>
          call("ListAddons", () => client.send(new ListAddonsCommand({ clusterName, ...next(token) }))),
      }),
    read: async (clusterName, addonName, { client, call }) =>
      withoutText(
        await unwrapped(
          call("DescribeAddon", () => client.send(new DescribeAddonCommand({ clusterName, addonName }))),
          "addon",
        ),
      ),
  },
  {
    kind: "aws/eks-pod-identity",
    list: "ListPodIdentityAssociations",
    describe: "DescribePodIdentityAssociation",
    id: "associationArn",
    names: async (clusterName, { client, call }) => {
      const found = await readObjects({
        list: "associations",
        token: "nextToken",
        read: (token) =>
          call("ListPodIdentityAssociations", () =>
            client.send(new ListPodIdentityAssociationsCommand({ clusterName, ...next(token) })),
          ),
      });
      return found.map(({ associationId: id }) => {
        const name = textOf(id);
        if (name === undefined) throw new ReadFailure("malformed", "an association has no associationId");
        return name;
      });
    },
    read: (clusterName, associationId, { client, call }) =>
      unwrapped(
        call("DescribePodIdentityAssociation", () =>
          client.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })),
        ),
        "association",
      ),
  },
];

export const eks: AwsService<EKSClient> = {
  service: "eks",
  kinds: ["aws/eks-cluster", "aws/eks-version", ...ofClusters.map(({ kind }) => kind)],
  client: (config) => new EKSClient(config),
  read: async (reading) => {
    const versions = reading.plan.kinds.has("aws/eks-version")
      ? readListed(
          {
            kind: "aws/eks-version",
            list: "clusterVersions",
            id: "clusterVersion",
            token: "nextToken",
            send: (client, token) => client.send(new DescribeClusterVersionsCommand(page(token))),
          },
          reading,
        )
      : undefined;
    await Promise.all([versions, readClusters(reading)]);
  },
};

async function readClusters(reading: Reading<EKSClient>): Promise<void> {
  const { client, call, plan, recorder, options } = reading;
  const own = plan.kinds.has("aws/eks-cluster");
  const parts = ofClusters.filter(({ kind }) => plan.kinds.has(kind));
  if (!own && parts.length === 0) return;
  options.progress(`reading ${awsKinds["aws/eks-cluster"].title}`);
  const clusters = () =>
    readNames({
      list: "clusters",
      token: "nextToken",
      read: (token) => call("ListClusters", () => client.send(new ListClustersCommand(page(token)))),
    });
  const names = await attempt(clusters, (failure) => {
    for (const kind of [...(own ? (["aws/eks-cluster"] as const) : []), ...parts.map((part) => part.kind)])
      recorder.miss(kind, "ListClusters", "", failure);
    return undefined;
  });
  const cluster = (name: string) =>
    unwrapped(
      call("DescribeCluster", () => client.send(new DescribeClusterCommand({ name }))),
      "cluster",
    );
  await Promise.all(
    (names ?? []).flatMap((name) => [
      ...(own
        ? [
            readThing(
              { kind: "aws/eks-cluster", describe: "DescribeCluster", id: "arn" },
              name,
              () => cluster(name),
              reading,
            ),
          ]
        : []),
      ...parts.map((part) => readPart(part, name, reading)),
    ]),
  );
}

async function readPart(part: OfCluster, cluster: string, reading: Reading<EKSClient>): Promise<void> {
  const names = await attempt(
    () => part.names(cluster, reading),
    (failure) => {
      reading.recorder.miss(part.kind, part.list, cluster, failure, cluster);
      return undefined;
    },
  );
  await Promise.all(
    (names ?? []).map((name) =>
      readThing(part, `${cluster}/${name}`, () => part.read(cluster, name, reading), reading),
    ),
  );
}

/** A thing that was listed before: a document under its ARN, or unread. */
async function readThing(
  { kind, describe, id }: Pick<OfCluster, "kind" | "describe" | "id">,
  name: string,
  read: () => Promise<JsonObject>,
  { recorder }: Reading<EKSClient>,
): Promise<void> {
  const body = await attempt(read, (failure) => {
    const operation = failure instanceof PartFailure ? failure.operation : describe;
    recorder.miss(kind, operation, name, failure, name);
    return undefined;
  });
  if (body !== undefined) recorder.keep(kind, textOf(body[id]) ?? name, body);
}

/** A failure of another call than the one that describes a thing. */
class PartFailure extends ReadFailure {
  readonly operation: string;

  constructor(operation: string, { reason, message, status, code }: ReadFailure) {
    super(reason, message, {
      ...(status === undefined ? {} : { status }),
      ...(code === undefined ? {} : { code }),
    });
    this.operation = operation;
  }
}

/** An entry with its access policies: without these nobody could say what it allows, so that there is no half of it. */
async function readAccessEntry(
  clusterName: string,
  principalArn: string,
  { client, call }: Reading<EKSClient>,
): Promise<JsonObject> {
  const operation = "ListAssociatedAccessPolicies";
  const policies: PageOptions = {
    list: "associatedAccessPolicies",
    token: "nextToken",
    read: (token) =>
      call(operation, () =>
        client.send(new ListAssociatedAccessPoliciesCommand({ clusterName, principalArn, ...next(token) })),
      ),
  };
  const entry = await unwrapped(
    call("DescribeAccessEntry", () =>
      client.send(new DescribeAccessEntryCommand({ clusterName, principalArn })),
    ),
    "accessEntry",
  );
  try {
    return { ...entry, associatedAccessPolicies: await readObjects(policies) };
  } catch (error) {
    throw error instanceof ReadFailure ? new PartFailure(operation, error) : error;
  }
}

/**
 * An add-on's settings are a text in JSON or YAML, and may hold secrets. The snapshot's scrubber finds these in JSON by
 * their names; a text that it cannot look into is not kept.
 */
function withoutText(addon: JsonObject): JsonObject {
  const { configurationValues: values } = addon;
  if (typeof values !== "string" || values === "") return addon;
  try {
    JSON.parse(values);
    return addon;
  } catch {
    return { ...addon, configurationValues: scrubbed };
  }
}
