import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { awsKinds } from "../../../snapshot/kinds/aws.ts";
import { attempt } from "../../recorder.ts";
import { readNames } from "../pages.ts";
import type { AwsService } from "./define.ts";

const kind = "aws/queue";

export const sqs: AwsService<SQSClient> = {
  service: "sqs",
  kinds: [kind],
  client: (config) => new SQSClient(config),
  read: async ({ client, call, recorder, options }) => {
    const { title } = awsKinds[kind];
    options.progress(`reading ${title}`);
    const urls = await attempt(
      () =>
        readNames({
          list: "QueueUrls",
          omitted: true,
          token: "NextToken",
          // Without MaxResults it ends at a thousand and does not say that there is more.
          read: (token) =>
            call("ListQueues", () =>
              client.send(
                new ListQueuesCommand({
                  MaxResults: 1000,
                  ...(token === undefined ? {} : { NextToken: token }),
                }),
              ),
            ),
        }),
      (failure) => {
        recorder.miss(kind, "ListQueues", "", failure);
        return undefined;
      },
    );
    for (const url of urls ?? [])
      recorder.keep(kind, url, { QueueUrl: url, name: url.slice(url.lastIndexOf("/") + 1) });
    if (urls !== undefined) options.progress(`read ${urls.length} ${title}`);
  },
};
