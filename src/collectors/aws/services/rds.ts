import { DescribeDBInstancesCommand, DescribeDBParametersCommand, RDSClient } from "@aws-sdk/client-rds";
import { type AwsKind, awsKinds } from "../../../snapshot/kinds/aws.ts";
import { isObject, type JsonObject } from "../../http/answer.ts";
import { attempt } from "../../recorder.ts";
import { readObjects } from "../pages.ts";
import { type AwsService, entriesOf, keepListed, type Listed, type Reading, textOf } from "./define.ts";

const kinds = ["aws/db-instance", "aws/db-parameter"] as const satisfies readonly AwsKind[];

/** The largest page, and the next one. */
const page = (token: string | undefined) => ({
  MaxRecords: 100,
  ...(token === undefined ? {} : { Marker: token }),
});

const instances: Listed<RDSClient> = {
  kind: "aws/db-instance",
  list: "DBInstances",
  id: "DBInstanceArn",
  token: "Marker",
  send: (client, token) => client.send(new DescribeDBInstancesCommand(page(token))),
};

export const rds: AwsService<RDSClient> = {
  service: "rds",
  kinds,
  client: (config) => new RDSClient(config),
  read: async (reading) => {
    const planned = kinds.filter((kind) => reading.plan.kinds.has(kind));
    const found = await entriesOf(instances, planned, reading);
    if (reading.plan.kinds.has("aws/db-instance")) keepListed(instances, found, reading);
    if (reading.plan.kinds.has("aws/db-parameter") && found !== undefined) {
      reading.options.progress(`reading ${awsKinds["aws/db-parameter"].title}`);
      await Promise.all(groupsOf(found).map((group) => readGroup(group, reading)));
    }
  },
};

/** The parameter groups of the PostgreSQL databases; those of other engines say nothing of extensions. */
function groupsOf(found: readonly JsonObject[]): readonly string[] {
  const groups = found
    .filter(({ Engine: engine }) => engine === "postgres" || engine === "aurora-postgresql")
    .flatMap(({ DBParameterGroups: used }) => (Array.isArray(used) ? used.filter(isObject) : []))
    .flatMap(({ DBParameterGroupName: name }) => textOf(name) ?? []);
  return [...new Set(groups)].sort();
}

async function readGroup(group: string, { client, call, recorder }: Reading<RDSClient>): Promise<void> {
  const kind = "aws/db-parameter";
  const parameters = await attempt(
    () =>
      readObjects({
        list: "Parameters",
        token: "Marker",
        read: (token) =>
          call("DescribeDBParameters", () =>
            client.send(new DescribeDBParametersCommand({ DBParameterGroupName: group, ...page(token) })),
          ),
      }),
    (failure) => {
      recorder.miss(kind, "DescribeDBParameters", group, failure, group);
      return undefined;
    },
  );
  if (parameters === undefined) return;
  recorder.keep(kind, group, { DBParameterGroupName: group, Parameters: parameters.filter(ofExtensions) });
}

/**
 * What says which extensions are loaded and how they are set: of some four hundred parameters the list of libraries, and
 * those whose names begin with a part and a dot, as only the provider's and the extensions' own do.
 */
function ofExtensions({ ParameterName: name }: JsonObject): boolean {
  return typeof name === "string" && (name === "shared_preload_libraries" || name.includes("."));
}
