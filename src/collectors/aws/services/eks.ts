import {
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
  ListNodegroupsCommand,
} from "@aws-sdk/client-eks";
import { type AwsKind, awsKinds } from "../../../snapshot/kinds/aws.ts";
import type { JsonObject } from "../../http/answer.ts";
import { attempt } from "../../recorder.ts";
import { readNames } from "../pages.ts";
import { type AwsService, type Reading, readListed, textOf, unwrapped } from "./define.ts";

const page = (token: string | undefined) => ({
  maxResults: 100,
  ...(token === undefined ? {} : { nextToken: token }),
});

export const eks: AwsService<EKSClient> = {
  service: "eks",
  kinds: ["aws/eks-cluster", "aws/eks-nodegroup", "aws/eks-version"],
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
  const kinds = (["aws/eks-cluster", "aws/eks-nodegroup"] as const).filter((kind) => plan.kinds.has(kind));
  if (kinds.length === 0) return;
  options.progress(`reading ${awsKinds["aws/eks-cluster"].title}`);
  const clusters = () =>
    readNames({
      list: "clusters",
      token: "nextToken",
      read: (token) => call("ListClusters", () => client.send(new ListClustersCommand(page(token)))),
    });
  const names = await attempt(clusters, (failure) => {
    for (const kind of kinds) recorder.miss(kind, "ListClusters", "", failure);
    return undefined;
  });
  const cluster = (name: string) =>
    unwrapped(
      call("DescribeCluster", () => client.send(new DescribeClusterCommand({ name }))),
      "cluster",
    );
  await Promise.all(
    (names ?? []).flatMap((name) => [
      ...(plan.kinds.has("aws/eks-cluster")
        ? [readThing("aws/eks-cluster", "DescribeCluster", name, () => cluster(name), reading)]
        : []),
      ...(plan.kinds.has("aws/eks-nodegroup") ? [readNodegroups(name, reading)] : []),
    ]),
  );
}

async function readNodegroups(cluster: string, reading: Reading<EKSClient>): Promise<void> {
  const { client, call, recorder } = reading;
  const kind = "aws/eks-nodegroup";
  const names = await attempt(
    () =>
      readNames({
        list: "nodegroups",
        token: "nextToken",
        read: (token) =>
          call("ListNodegroups", () =>
            client.send(new ListNodegroupsCommand({ clusterName: cluster, ...page(token) })),
          ),
      }),
    (failure) => {
      recorder.miss(kind, "ListNodegroups", cluster, failure, cluster);
      return undefined;
    },
  );
  const nodegroup = (name: string) =>
    unwrapped(
      call("DescribeNodegroup", () =>
        client.send(new DescribeNodegroupCommand({ clusterName: cluster, nodegroupName: name })),
      ),
      "nodegroup",
    );
  await Promise.all(
    (names ?? []).map((name) =>
      readThing(kind, "DescribeNodegroup", `${cluster}/${name}`, () => nodegroup(name), reading),
    ),
  );
}

/** A thing that was listed before: a document under its ARN, or unread. */
async function readThing(
  kind: AwsKind,
  operation: string,
  id: string,
  read: () => Promise<JsonObject>,
  { recorder }: Reading<EKSClient>,
): Promise<void> {
  const body = await attempt(read, (failure) => {
    recorder.miss(kind, operation, id, failure, id);
    return undefined;
  });
  if (body !== undefined) recorder.keep(kind, textOf(body.arn) ?? textOf(body.nodegroupArn) ?? id, body);
}
