import type { KubernetesCall } from "../../snapshot/kinds/calls.ts";
import type { KubernetesKind } from "../../snapshot/kinds/kubernetes.ts";
import { kubernetesKinds } from "../../snapshot/kinds/kubernetes.ts";
import type { Snapshot, Unread } from "../../snapshot/snapshot.ts";
import { sortedDocuments, sortedUnread } from "../../snapshot/write.ts";
import { visible } from "../../text/visible.ts";
import { type Collect, CollectError, type CollectOptions, type CollectPlan } from "../define.ts";
import { readExtra } from "../extra.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt, createRecorder, type Recorder } from "../recorder.ts";
import type { KubernetesSettings } from "../settings.ts";
import { type Connection, connect } from "./connect.ts";
import { discover } from "./discovery.ts";
import { refused } from "./edition.ts";
import { nameOf, readList } from "./pages.ts";

/** Entries of one page of a list, kubectl's own. */
const defaultPageSize = 500;

/**
 * Reads what the plan needs of one cluster: roles and bindings of all namespaces whole, of all else only metadata.
 *
 * A list is a fact when it was read to its end. All else that could not be read is `unread`. The cluster's identity is
 * the uid of its namespace kube-system; when that cannot be read, the scope names the server instead and the kind
 * `kubernetes/cluster` is unread, on which every check depends. When an exec plugin hangs or floods, every kind is.
 * @throws CollectError when nothing can be read for a reason that the user can mend: kubeconfig, sign-in, connection.
 */
export const collect: Collect<KubernetesSettings> = async (plan, settings, options) => {
  const namespace = plan.namespace === undefined ? undefined : namespaceNamed(plan.namespace);
  const connection = await connect(settings, options, extraPaths(plan));
  const { server } = connection.target.cluster;
  const recorder = recorderOf(options);
  const suffix = namespace === undefined ? "" : `/${namespace}`;
  const fallback = visible(`${server.host}${server.pathname.replace(/\/+$/, "")}`);
  if (connection.problem !== undefined) {
    const unread = nothingRead(plan, connection.problem);
    return snapshotOf(plan, options, `${fallback}${suffix}`, [], unread);
  }
  const uid = await readCluster(connection, recorder, options);
  await Promise.all([
    readAll(plan, settings, connection, recorder, options),
    ...(plan.extra ?? []).map((extra) => readExtra(extra, doorOf(settings, connection), recorder, options)),
  ]);
  return snapshotOf(plan, options, `${uid ?? fallback}${suffix}`, recorder.documents, recorder.unread);
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
    provider: "kubernetes",
    scope,
    takenAt: options.now().toISOString(),
    kinds: [...kindsOf(plan), ...(plan.extra ?? []).map(({ kind }) => kind)].sort(),
    ...(options.signal.aborted ? { interrupted: true } : {}),
    documents: sortedDocuments(documents),
    unread: sortedUnread(unread),
  };
}

/** What is read: what was asked for, and which cluster it is. */
function kindsOf(plan: CollectPlan): readonly KubernetesKind[] {
  const asked = [...plan.kinds].filter((kind) => kind.startsWith("kubernetes/")) as KubernetesKind[];
  return [...new Set<KubernetesKind>([...asked, "kubernetes/cluster"])].sort();
}

/** @throws CollectError for what is no name of a namespace (RFC 1123 label) */
function namespaceNamed(given: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(given)) return given;
  throw new CollectError(
    `--namespace: expected the name of a namespace (lower case letters, digits and hyphens, 63 at most), found ${JSON.stringify(visible(given).slice(0, 80))}`,
  );
}

interface KubernetesRecorder extends Omit<Recorder, "miss"> {
  readonly missed: Recorder["miss"];
  /** @param path what was asked for, when not the call's own path */
  readonly miss: (
    kind: KubernetesKind,
    call: KubernetesCall,
    failure: ReadFailure,
    about?: { readonly id?: string | undefined; readonly path?: string },
  ) => void;
}

function recorderOf(options: CollectOptions): KubernetesRecorder {
  const recorder = createRecorder(options.debug);
  return {
    ...recorder,
    missed: recorder.miss,
    miss: (kind, call, failure, { id, path = call.path } = {}) => {
      recorder.miss({ kind, api: `GET ${visible(path)}`, id, permission: call.permission }, failure);
    },
  };
}

/** Which cluster this is. @returns its uid; undefined when it could not be read, which is then unread */
async function readCluster(
  connection: Connection,
  recorder: KubernetesRecorder,
  options: CollectOptions,
): Promise<string | undefined> {
  const kind = "kubernetes/cluster";
  const [own, version] = kubernetesKinds[kind].calls;
  options.progress(`reading ${kubernetesKinds[kind].title}`);
  const identity = await attempt(
    async () => {
      const body = await connection.get(own.path, { accept: metadataOf });
      const metadata = isObject(body["metadata"]) ? body["metadata"] : {};
      const { uid, name } = metadata;
      if (name !== "kube-system" || typeof uid !== "string" || !/^[\w.-]{1,100}$/.test(uid))
        throw new ReadFailure("malformed", "the answer is no namespace kube-system with a uid", {
          status: 200,
        });
      return { uid, name };
    },
    (failure) => {
      if (options.signal.aborted) {
        recorder.miss(kind, own, failure);
        return undefined;
      }
      if (failure.reason === "unauthenticated") throw refused(connection.target.title, failure);
      if (failure.reason === "unreachable" && !connection.answered())
        throw new CollectError(
          `${connection.target.cluster.server.origin} cannot be reached: ${failure.message}`,
        );
      recorder.miss(kind, own, failure);
      return undefined;
    },
  );
  if (identity === undefined || version === undefined) return undefined;
  const info = await attempt(
    () => connection.get(version.path),
    (failure) => {
      recorder.miss(kind, version, failure, { id: "version" });
      return undefined;
    },
  );
  recorder.keep(kind, identity.uid, { metadata: identity, ...(info === undefined ? {} : { version: info }) });
  return identity.uid;
}

const metadataOf = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** The kinds that are lists, and what the entries of each are: a list does not say it of every entry. */
const lists = {
  "kubernetes/namespace": { apiVersion: "v1", kind: "Namespace" },
  "kubernetes/service-account": { apiVersion: "v1", kind: "ServiceAccount" },
  "kubernetes/role": { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" },
  "kubernetes/cluster-role": { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
  "kubernetes/role-binding": { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
  "kubernetes/cluster-role-binding": {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
  },
} as const satisfies Partial<Record<KubernetesKind, { readonly apiVersion: string; readonly kind: string }>>;

async function readAll(
  plan: CollectPlan,
  settings: KubernetesSettings,
  connection: Connection,
  recorder: KubernetesRecorder,
  options: CollectOptions,
): Promise<void> {
  const wanted = (Object.keys(lists) as (keyof typeof lists)[]).filter((kind) => plan.kinds.has(kind));
  await Promise.all([
    ...wanted.map((kind) =>
      readKind(kind, settings.pageSize ?? defaultPageSize, connection, recorder, options),
    ),
    plan.kinds.has("kubernetes/api-resource") ? readDiscovery(connection, recorder, options) : undefined,
  ]);
}

/** A list: each entry a document, or the kind unread. */
async function readKind(
  kind: keyof typeof lists,
  limit: number,
  connection: Connection,
  recorder: KubernetesRecorder,
  options: CollectOptions,
): Promise<void> {
  const { title, calls } = kubernetesKinds[kind];
  const [call] = calls;
  const own = lists[kind];
  options.progress(`reading ${title}`);
  const items = await attempt(
    () =>
      readList(connection.get, {
        path: call.path,
        of: own.kind,
        metadataOnly: call.metadataOnly === true,
        limit,
      }),
    (failure) => {
      recorder.miss(kind, call, failure);
      return undefined;
    },
  );
  for (const item of items ?? []) recorder.keep(kind, idOf(item), { ...own, ...contentOf(item, call) });
  if (items !== undefined) options.progress(`read ${items.length} ${title}`);
}

/** `<namespace>/<name>`, or `<name>` of what has none. */
function idOf(item: JsonObject): string {
  const metadata = isObject(item["metadata"]) ? item["metadata"] : {};
  const { namespace } = metadata;
  const name = nameOf(item) ?? "";
  return typeof namespace === "string" && namespace !== "" ? `${namespace}/${name}` : name;
}

/**
 * An entry without what no check needs and anybody can write anything into: annotations (kubectl keeps a copy of the
 * whole object in one) and the records of who changed what. Of what only metadata was asked for, only metadata stays.
 */
function contentOf(item: JsonObject, call: KubernetesCall): JsonObject {
  const { apiVersion: _, kind: __, metadata, ...rest } = item;
  const { annotations: ___, managedFields: ____, ...kept } = isObject(metadata) ? metadata : {};
  return { metadata: kept, ...(call.metadataOnly === true ? {} : rest) };
}

async function readDiscovery(
  connection: Connection,
  recorder: KubernetesRecorder,
  options: CollectOptions,
): Promise<void> {
  const kind = "kubernetes/api-resource";
  const { title, calls } = kubernetesKinds[kind];
  options.progress(`reading ${title}`);
  const { resources, unknown } = await discover(connection.get);
  for (const { id, path, failure } of unknown) {
    const call = calls.find((each) => each.path === path) ?? calls[0];
    recorder.miss(kind, { ...call, permission: `get ${path}` }, failure, { id, path });
  }
  for (const resource of resources)
    recorder.keep(kind, `${resource.group}/${resource.version}/${resource.resource}`, resource);
  options.progress(`read ${resources.length} ${title}`);
}

/** What a plugin's collector reads through: GETs of the server, of the paths that it declared. */
function doorOf(settings: KubernetesSettings, connection: Connection) {
  return {
    get: (path: string) => connection.get(path),
    list: (path: string) =>
      readList(connection.get, { path, metadataOnly: false, limit: settings.pageSize ?? defaultPageSize }),
  };
}

/** The paths that the guard lets through beside the registry's: a list may be paged. */
function extraPaths(plan: CollectPlan): readonly string[] {
  return (plan.extra ?? []).flatMap(({ calls }) => calls.map(({ path }) => path));
}

/** Every kind unread, for the one reason. */
function nothingRead(plan: CollectPlan, failure: ReadFailure): readonly Unread[] {
  const wanted = [
    ...kindsOf(plan).map((kind) => ({ kind, path: kubernetesKinds[kind].calls[0].path })),
    ...(plan.extra ?? []).map(({ kind, calls }) => ({ kind, path: calls[0].path })),
  ];
  return wanted.map(({ kind, path }) => ({
    kind,
    api: `GET ${visible(path)}`,
    cause: failure.reason,
    detail: failure.message,
  }));
}
