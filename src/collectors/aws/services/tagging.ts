import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { type AwsService, readListed } from "./define.ts";

export const tagging: AwsService<ResourceGroupsTaggingAPIClient> = {
  service: "tagging",
  kinds: ["aws/tagged-resource"],
  client: (config) => new ResourceGroupsTaggingAPIClient(config),
  read: (reading) =>
    readListed(
      {
        kind: "aws/tagged-resource",
        list: "ResourceTagMappingList",
        id: "ResourceARN",
        token: "PaginationToken",
        send: (client, token) =>
          client.send(
            new GetResourcesCommand({
              ResourcesPerPage: 100,
              ...(token === undefined ? {} : { PaginationToken: token }),
            }),
          ),
      },
      reading,
    ),
};
