import type { AwsKind } from "../../snapshot/kinds/aws.ts";
import { awsKinds } from "../../snapshot/kinds/aws.ts";
import type { AwsCall } from "../../snapshot/kinds/calls.ts";
import type { Snapshot, Unread } from "../../snapshot/snapshot.ts";
import { sortedDocuments, sortedUnread } from "../../snapshot/write.ts";
import { visible } from "../../text/visible.ts";
import { type Collect, CollectError, type CollectOptions, type CollectPlan } from "../define.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt, createRecorder, type Recorder } from "../recorder.ts";
import type { AwsSettings } from "../settings.ts";
import { connect } from "./connect.ts";
import { type AwsReader, createReader, idPropertyOf, networkKinds } from "./reader.ts";
import { rolesTrusting } from "./trust.ts";

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

/** A role as the user names it. */
interface NamedRole {
  readonly given: string;
  readonly name: string;
  /** Where it was given by its ARN. */
  readonly arn?: string;
  readonly account?: string;
}

/** @throws CollectError for what is neither a role's name nor its ARN */
function roleNamed(given: string): NamedRole {
  const arn = /^arn:[\w-]+:iam::(\d{12}):role\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})$/.exec(given);
  if (arn?.[1] !== undefined && arn[2] !== undefined)
    return { given, name: arn[2], arn: given, account: arn[1] };
  if (/^[\w+=,.@-]{1,64}$/.test(given)) return { given, name: given };
  throw new CollectError(
    `--role: expected the name of a role, or its ARN such as arn:aws:iam::123456789012:role/name, found ${JSON.stringify(visible(given).slice(0, 120))}`,
  );
}

interface AwsRecorder extends Omit<Recorder, "keep" | "miss"> {
  readonly keep: (kind: AwsKind, id: string, body: unknown) => void;
  /**
   * @param operation the call that failed
   * @param what what it asked for
   * @param id what is missed; absent: the whole kind
   */
  readonly miss: (kind: AwsKind, operation: string, what: string, failure: ReadFailure, id?: string) => void;
}

const calls = new Map<string, AwsCall>(
  Object.values(awsKinds).flatMap((source) => source.calls.map((call) => [call.operation, call] as const)),
);

function recorderOf(options: CollectOptions): AwsRecorder {
  const recorder = createRecorder(options.debug);
  return {
    ...recorder,
    miss: (kind, operation, what, failure, id) => {
      const call = calls.get(operation) ?? awsKinds[kind].calls[0];
      const api = `${call.service} ${operation}${what === "" ? "" : ` ${visible(what)}`}`;
      recorder.miss({ kind, api, id, permission: call.permission }, failure);
    },
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

const roleKinds = ["aws/role", "aws/role-policy", "aws/attached-policy", "aws/policy"] as const;

/** A role whose policies are read. */
interface AuditedRole {
  readonly name: string;
  /** Its ARN; as it was given, when the role itself could not be read. */
  readonly id: string;
  readonly boundary?: string;
}

/** Who is audited, and every place from which a role gets its permissions. */
async function readRoles(
  plan: CollectPlan,
  asked: readonly NamedRole[],
  reader: AwsReader,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<void> {
  const kinds = roleKinds.filter((kind) => plan.kinds.has(kind));
  if (kinds.length === 0) return;
  const named = asked.length > 0 ? asked : await findRoles(plan, kinds, reader, recorder, options);
  const roles = (
    await Promise.all(named.map((role) => readRole(role, asked.length > 0, reader, recorder, options)))
  ).filter((role) => role !== undefined);

  const attached = await Promise.all(
    roles.map(async (role) => {
      const [arns] = await Promise.all([
        plan.kinds.has("aws/attached-policy") || plan.kinds.has("aws/policy")
          ? readAttached(role, reader, recorder)
          : [],
        plan.kinds.has("aws/role-policy") ? readInline(role, reader, recorder) : undefined,
      ]);
      return role.boundary === undefined ? arns : [...arns, role.boundary];
    }),
  );
  if (plan.kinds.has("aws/policy"))
    await Promise.all([...new Set(attached.flat())].sort().map((arn) => readPolicy(arn, reader, recorder)));
}

/** The roles that a documented principal may assume; finding them needs the trust policies of all roles. */
async function findRoles(
  plan: CollectPlan,
  kinds: readonly AwsKind[],
  reader: AwsReader,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<readonly NamedRole[]> {
  options.progress("reading roles");
  const all = await attempt(reader.roles, (failure) => {
    const found = new ReadFailure(failure.reason, `whom to audit could not be found out: ${failure.message}`);
    for (const kind of kinds) recorder.miss(kind, "ListRoles", "", found);
    return undefined;
  });
  const found = rolesTrusting(all ?? [], plan.trustedPrincipals).flatMap((role) => {
    const [name, arn] = [textOf(role.RoleName), textOf(role.Arn)];
    return name === undefined || arn === undefined ? [] : [{ given: arn, name, arn }];
  });
  if (all !== undefined) options.progress(`found ${found.length} roles that trust the documented principal`);
  return found;
}

/**
 * The role itself. Its policies are asked for even when it could not be read: another permission may be there. When
 * there is no such role there is nothing to ask; one that was listed and is gone now is unread.
 */
async function readRole(
  role: NamedRole,
  given: boolean,
  reader: AwsReader,
  recorder: AwsRecorder,
  options: CollectOptions,
): Promise<AuditedRole | undefined> {
  options.progress(`reading role ${visible(role.name)}`);
  let absent = false;
  const body = await attempt(
    () => reader.role(role.name),
    (failure) => {
      absent = given && failure.status === 404 && /^NoSuchEntity/.test(failure.code ?? "");
      if (!absent) recorder.miss("aws/role", "GetRole", role.name, failure, role.given);
      return undefined;
    },
  );
  if (absent) return undefined;
  if (body === undefined) return { name: role.name, id: role.given };
  const arn = textOf(body.Arn) ?? role.given;
  // Names are unique in an account whatever the path, so the role of that name at another path is another role.
  if (given && role.arn !== undefined && role.arn !== arn) return undefined;
  recorder.keep("aws/role", arn, body);
  const boundary = isObject(body.PermissionsBoundary)
    ? textOf(body.PermissionsBoundary.PermissionsBoundaryArn)
    : undefined;
  return { name: role.name, id: arn, ...(boundary === undefined ? {} : { boundary }) };
}

async function readInline(role: AuditedRole, reader: AwsReader, recorder: AwsRecorder): Promise<void> {
  const kind = "aws/role-policy";
  const names = await attempt(
    () => reader.inlinePolicies(role.name),
    (failure) => {
      recorder.miss(kind, "ListRolePolicies", role.name, failure, role.id);
      return undefined;
    },
  );
  await Promise.all(
    (names ?? []).map(async (name) => {
      const id = `${role.id}/${name}`;
      const body = await attempt(
        () => reader.inlinePolicy(role.name, name),
        (failure) => {
          recorder.miss(kind, "GetRolePolicy", `${role.name} ${name}`, failure, id);
          return undefined;
        },
      );
      if (body !== undefined) recorder.keep(kind, id, body);
    }),
  );
}

/** @returns the ARNs of the attached policies; none when their list could not be read, which is then unread */
async function readAttached(
  role: AuditedRole,
  reader: AwsReader,
  recorder: AwsRecorder,
): Promise<readonly string[]> {
  const kind = "aws/attached-policy";
  const attached = await attempt(
    async () =>
      (await reader.attachedPolicies(role.name)).map((policy) => {
        const arn = textOf(policy.PolicyArn);
        if (arn === undefined) throw new ReadFailure("malformed", "an attached policy has no PolicyArn");
        return { arn, name: textOf(policy.PolicyName) };
      }),
    (failure) => {
      recorder.miss(kind, "ListAttachedRolePolicies", role.name, failure, role.id);
      return undefined;
    },
  );
  for (const { arn, name } of attached ?? [])
    recorder.keep(kind, `${role.id} ${arn}`, {
      RoleArn: role.id,
      PolicyArn: arn,
      ...(name === undefined ? {} : { PolicyName: name }),
    });
  return (attached ?? []).map(({ arn }) => arn);
}

async function readPolicy(arn: string, reader: AwsReader, recorder: AwsRecorder): Promise<void> {
  let operation = "GetPolicy";
  const body = await attempt<JsonObject>(
    async () => {
      const policy = await reader.policy(arn);
      operation = "GetPolicyVersion";
      return { Policy: policy, PolicyVersion: await reader.defaultVersion(arn, policy) };
    },
    (failure) => {
      recorder.miss("aws/policy", operation, arn, failure, arn);
      return undefined;
    },
  );
  if (body !== undefined) recorder.keep("aws/policy", arn, body);
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
