import { KafkaClient, ListClustersV2Command, ListScramSecretsCommand } from "@aws-sdk/client-kafka";
import { type AwsKind, awsKinds } from "../../../snapshot/kinds/aws.ts";
import { isObject, type JsonObject } from "../../http/answer.ts";
import { attempt } from "../../recorder.ts";
import { readNames } from "../pages.ts";
import { type AwsService, entriesOf, keepListed, type Listed, type Reading, textOf } from "./define.ts";

const kinds = ["aws/msk-cluster", "aws/msk-scram-secret"] as const satisfies readonly AwsKind[];

const page = (token: string | undefined) => ({
  MaxResults: 100,
  ...(token === undefined ? {} : { NextToken: token }),
});

const clusters: Listed<KafkaClient> = {
  kind: "aws/msk-cluster",
  list: "ClusterInfoList",
  id: "ClusterArn",
  token: "NextToken",
  send: (client, token) => client.send(new ListClustersV2Command(page(token))),
};

export const kafka: AwsService<KafkaClient> = {
  service: "kafka",
  kinds,
  client: (config) => new KafkaClient(config),
  read: async (reading) => {
    const planned = kinds.filter((kind) => reading.plan.kinds.has(kind));
    const found = await entriesOf(clusters, planned, reading);
    if (reading.plan.kinds.has("aws/msk-cluster")) keepListed(clusters, found, reading);
    if (reading.plan.kinds.has("aws/msk-scram-secret") && found !== undefined) {
      reading.options.progress(`reading ${awsKinds["aws/msk-scram-secret"].title}`);
      await Promise.all(
        found.flatMap(({ ClusterArn: arn, Provisioned: provisioned }) => {
          const named = textOf(arn);
          // A serverless cluster knows IAM alone, and refuses to be asked.
          if (!isObject(provisioned) || named === undefined) return [];
          return [readSecrets(named, hasScram(provisioned), reading)];
        }),
      );
    }
  },
};

/** Whether clients may sign in with a name and a password. */
function hasScram({ ClientAuthentication: authentication }: JsonObject): boolean {
  const sasl = isObject(authentication) ? authentication["Sasl"] : undefined;
  const scram = isObject(sasl) ? sasl["Scram"] : undefined;
  return isObject(scram) && scram["Enabled"] === true;
}

/**
 * Which secrets of the Secrets Manager a cluster takes credentials from. What is in them is never asked for. A cluster that
 * says itself that it takes none, and then refuses to list them, has none.
 */
async function readSecrets(
  arn: string,
  scram: boolean,
  { client, call, recorder }: Reading<KafkaClient>,
): Promise<void> {
  const kind = "aws/msk-scram-secret";
  const secrets = await attempt(
    () =>
      readNames({
        list: "SecretArnList",
        omitted: true,
        token: "NextToken",
        read: (token) =>
          call("ListScramSecrets", () =>
            client.send(new ListScramSecretsCommand({ ClusterArn: arn, ...page(token) })),
          ),
      }),
    (failure) => {
      if (!scram && failure.code === "BadRequestException") return [];
      recorder.miss(kind, "ListScramSecrets", arn, failure, arn);
      return undefined;
    },
  );
  if (secrets !== undefined) recorder.keep(kind, arn, { ClusterArn: arn, SecretArnList: secrets });
}
