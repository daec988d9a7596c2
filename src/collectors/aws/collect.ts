import type { AwsKind } from "../../snapshot/kinds/aws.ts";
import { awsKinds } from "../../snapshot/kinds/aws.ts";
import type { Snapshot, Unread } from "../../snapshot/snapshot.ts";
import { sortedDocuments, sortedUnread } from "../../snapshot/write.ts";
import type { Collect, CollectOptions, CollectPlan } from "../define.ts";
import type { JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt } from "../recorder.ts";
import type { AwsSettings } from "../settings.ts";
import { connect } from "./connect.ts";
import { type AwsReader, createReader, idPropertyOf, networkKinds } from "./reader.ts";
import { type AwsRecorder, recorderOf } from "./recorder.ts";
import { type NamedRole, readRoles, roleKinds, roleNamed } from "./roles.ts";

/**
 * Reads what the plan needs of one account in one region: the audited roles, and not the account.
 *
 * A role that was named and that IAM does not know (`NoSuchEntity`) is a fact: there is no document of it and nothing
 * is unread. A list is a fact when it was read to its end. All else that could not be read is `unread`; when the named
 * role is of another account than the credentials, or the account cannot be found out, every kind is.
 * @throws CollectError when nothing can be read for a reason that the user can mend: input, sign-in, connection.
 */
export const collect: Collect<AwsSettings> = async (plan, settings, options) => {
  const asked = plan.principals.map(roleNamed);
  const { region, clients, call, identity } = await connect(settings, options);
  const recorder = recorderOf(options);
  if (identity instanceof ReadFailure) {
    const account = asked.find((role) => role.account !== undefined)?.account ?? "unknown";
    return snapshotOf(plan, options, `${account}/${region}`, [], nothingRead(plan, identity));
  }
  const { account, body } = identity;
  recorder.keep("aws/caller-identity", account, body);
  const foreign = asked.find((role) => role.account !== undefined && role.account !== account);
  if (foreign !== undefined) {
    const failure = new ReadFailure(
      "not-found",
      `the role is of account ${foreign.account}, and the credentials are of account ${account}`,
    );
    const others = nothingRead(plan, failure).filter(({ kind }) => kind !== "aws/caller-identity");
    return snapshotOf(plan, options, `${account}/${region}`, recorder.documents, others);
  }
  await readAll(plan, asked, createReader(clients, call), recorder, options);
  return snapshotOf(plan, options, `${account}/${region}`, recorder.documents, recorder.unread);
};

function snapshotOf(
  plan: CollectPlan,
  options: CollectOptions,
  scope: string,
  documents: Snapshot["documents"],
  unread: Snapshot["unread"],
): Snapshot {
  return {
    schema: 1,
    provider: "aws",
    scope,
    takenAt: options.now().toISOString(),
    ...(plan.principals.length === 0 ? {} : { principals: [...plan.principals] }),
    kinds: kindsOf(plan),
    ...(options.signal.aborted ? { interrupted: true } : {}),
    documents: sortedDocuments(documents),
    unread: sortedUnread(unread),
  };
}

async function readAll(
  plan: CollectPlan,
  asked: readonly NamedRole[],
  reader: AwsReader,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<void> {
  const lists = networkKinds
    .filter((kind) => plan.kinds.has(kind))
    .map((kind) => readKind(kind, idPropertyOf(kind), () => reader.network(kind), recorder, options));
  if (plan.kinds.has("aws/tagged-resource"))
    lists.push(readKind("aws/tagged-resource", "ResourceARN", reader.taggedResources, recorder, options));
  if (plan.kinds.has("aws/eks-version"))
    lists.push(readKind("aws/eks-version", "clusterVersion", reader.clusterVersions, recorder, options));
  await Promise.all([
    ...lists,
    readClusters(plan, reader, recorder, options),
    readRoles(plan, asked, reader, recorder, options),
  ]);
}

/** A list that one call gives: each entry a document, or the kind unread. */
async function readKind(
  kind: AwsKind,
  id: string,
  read: () => Promise<readonly JsonObject[]>,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<void> {
  const { title, calls } = awsKinds[kind];
  options.progress(`reading ${title}`);
  const items = await attempt(read, (failure) => {
    recorder.miss(kind, calls[0].operation, "", failure);
    return undefined;
  });
  items?.forEach((item, index) => {
    recorder.keep(kind, textOf(item[id]) ?? `${calls[0].operation}#${index}`, item);
  });
  if (items !== undefined) options.progress(`read ${items.length} ${title}`);
}

async function readClusters(
  plan: CollectPlan,
  reader: AwsReader,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<void> {
  const kinds = (["aws/eks-cluster", "aws/eks-nodegroup"] as const).filter((kind) => plan.kinds.has(kind));
  if (kinds.length === 0) return;
  options.progress(`reading ${awsKinds["aws/eks-cluster"].title}`);
  const names = await attempt(reader.clusters, (failure) => {
    for (const kind of kinds) recorder.miss(kind, "ListClusters", "", failure);
    return undefined;
  });
  await Promise.all(
    (names ?? []).flatMap((name) => [
      ...(plan.kinds.has("aws/eks-cluster")
        ? [readThing("aws/eks-cluster", "DescribeCluster", name, name, () => reader.cluster(name), recorder)]
        : []),
      ...(plan.kinds.has("aws/eks-nodegroup") ? [readNodegroups(name, reader, recorder)] : []),
    ]),
  );
}

async function readNodegroups(cluster: string, reader: AwsReader, recorder: AwsRecorder): Promise<void> {
  const kind = "aws/eks-nodegroup";
  const names = await attempt(
    () => reader.nodegroups(cluster),
    (failure) => {
      recorder.miss(kind, "ListNodegroups", cluster, failure, cluster);
      return undefined;
    },
  );
  await Promise.all(
    (names ?? []).map((name) => {
      const id = `${cluster}/${name}`;
      return readThing(kind, "DescribeNodegroup", id, id, () => reader.nodegroup(cluster, name), recorder);
    }),
  );
}

/** A thing that was listed before: a document under its ARN, or unread. */
async function readThing(
  kind: AwsKind,
  operation: string,
  what: string,
  id: string,
  read: () => Promise<JsonObject>,
  recorder: AwsRecorder,
): Promise<void> {
  const body = await attempt(read, (failure) => {
    recorder.miss(kind, operation, what, failure, id);
    return undefined;
  });
  if (body !== undefined) recorder.keep(kind, textOf(body.arn) ?? textOf(body.nodegroupArn) ?? id, body);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What is read: what was asked for, the account, and the roles whose policies were asked for. */
function kindsOf(plan: CollectPlan): readonly AwsKind[] {
  const asked = [...plan.kinds].filter((kind) => kind.startsWith("aws/")) as AwsKind[];
  const roles: readonly AwsKind[] = roleKinds.some((kind) => plan.kinds.has(kind)) ? ["aws/role"] : [];
  return [...new Set<AwsKind>([...asked, ...roles, "aws/caller-identity"])].sort();
}

/** Every kind of AWS that was asked for, unread for one reason. */
function nothingRead(plan: CollectPlan, failure: ReadFailure): readonly Unread[] {
  return kindsOf(plan).map((kind) => ({
    kind,
    api: "sts GetCallerIdentity",
    cause: failure.reason,
    detail: failure.message,
  }));
}
