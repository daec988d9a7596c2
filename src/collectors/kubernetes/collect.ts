import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import type { KubernetesKind } from "../../snapshot/kinds/kubernetes.ts";
import { kubernetesKinds } from "../../snapshot/kinds/kubernetes.ts";
import type { Snapshot, Unread } from "../../snapshot/snapshot.ts";
import { visible } from "../../text/visible.ts";
import { collected } from "../collected.ts";
import { type Collect, CollectError, type CollectOptions, type CollectPlan } from "../define.ts";
import { readExtra } from "../extra.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt } from "../recorder.ts";
import type { KubernetesSettings } from "../settings.ts";
import { saysAbsent } from "./answer.ts";
import { readConfigFiles } from "./config-files.ts";
import { type ClusterConnection, connectCluster } from "./connect.ts";
import {
  endpointSliceOf,
  idOf,
  metadataOf,
  nodeClassOf,
  podOf,
  serviceAccountOf,
  serviceOf,
  wholeOf,
  workloadOf,
} from "./content.ts";
import { discover } from "./discovery.ts";
import { refused } from "./edition.ts";
import { isNamespace, namedIn, namespacesIn } from "./names.ts";
import { readClusterList } from "./pages.ts";
import { type ClusterReading, clusterRecorderOf, type KubernetesRecorder } from "./recorder.ts";
import { readReleases } from "./releases.ts";
import { readSecrets } from "./secrets.ts";

/** Entries of one page of a list, kubectl's own. */
const defaultPageSize = 500;

/**
 * Reads what the plan needs of one cluster: roles and bindings of all namespaces whole, of all else what a control looks
 * at, and of a secret never a value.
 *
 * A list is a fact when it was read to its end. All else that could not be read is `unread`. The cluster's identity is
 * the uid of its namespace kube-system; when that cannot be read, the scope names the server instead and the kind
 * `kubernetes/cluster` is unread, on which every check depends. When an exec plugin hangs or floods, every kind is.
 * @throws CollectError when nothing can be read for a reason that the user can mend: kubeconfig, sign-in, connection.
 */
export const collect: Collect<KubernetesSettings> = async (plan, settings, options) => {
  const namespace = plan.namespace === undefined ? undefined : namespaceNamed(plan.namespace);
  for (const kind of kindsOf(plan)) namedIn(plan, kind);
  const connection = await connectCluster(settings, options, extraPaths(plan));
  const { server } = connection.target.cluster;
  const recorder = clusterRecorderOf(options);
  const suffix = namespace === undefined ? "" : `/${namespace}`;
  const fallback = visible(`${server.host}${server.pathname.replace(/\/+$/, "")}`);
  const kinds = [...kindsOf(plan), ...(plan.extra ?? []).map(({ kind }) => kind)];
  const snapshotOf = (scope: string, documents: Snapshot["documents"], unread: Snapshot["unread"]) =>
    collected(plan, options, { provider: "kubernetes", scope, kinds, ...namesOf(plan), documents, unread });
  if (connection.problem !== undefined)
    return snapshotOf(`${fallback}${suffix}`, [], nothingRead(plan, connection.problem));
  const uid = await readCluster(connection, recorder, options);
  const limit = settings.pageSize ?? defaultPageSize;
  await Promise.all([
    readAll({ get: connection.get, recorder, plan, progress: options.progress, limit }),
    ...(plan.extra ?? []).map((extra) => readExtra(extra, doorOf(settings, connection), recorder, options)),
  ]);
  return snapshotOf(`${uid ?? fallback}${suffix}`, recorder.documents, recorder.unread);
};

/** Of which kinds only what is named was read; a kind that is not read at all stands nowhere. */
function namesOf(plan: CollectPlan): Pick<Snapshot, "names"> {
  const entries = kindsOf(plan).flatMap((kind): readonly (readonly [DocumentKind, readonly string[]])[] => {
    const names = plan.names?.get(kind);
    return names === undefined ? [] : [[kind, [...names].sort()]];
  });
  return entries.length === 0 ? {} : { names: Object.fromEntries(entries) };
}

/** What is read: what was asked for, and which cluster it is. */
function kindsOf(plan: CollectPlan): readonly KubernetesKind[] {
  const asked = [...plan.kinds].filter((kind) => kind.startsWith("kubernetes/")) as KubernetesKind[];
  return [...new Set<KubernetesKind>([...asked, "kubernetes/cluster"])].sort();
}

/** @throws CollectError for what is no name of a namespace (RFC 1123 label) */
function namespaceNamed(given: string): string {
  if (isNamespace(given)) return given;
  throw new CollectError(
    `--namespace: expected the name of a namespace (lower case letters, digits and hyphens, 63 at most), found ${JSON.stringify(visible(given).slice(0, 80))}`,
  );
}

/** Which cluster this is. @returns its uid; undefined when it could not be read, which is then unread */
async function readCluster(
  connection: ClusterConnection,
  recorder: KubernetesRecorder,
  options: CollectOptions,
): Promise<string | undefined> {
  const kind = "kubernetes/cluster";
  const [own, version] = kubernetesKinds[kind].calls;
  options.progress(`reading ${kubernetesKinds[kind].title}`);
  const identity = await attempt(
    async () => {
      const body = await connection.get(own.path, { accept: partial });
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

const partial = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** A kind that is a list, or several: what its entries are, since a list does not say it of every entry. */
interface Listed {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its place in the kind's calls; the call of one namespace, where there is one, comes behind it. */
  readonly call?: number;
  /** What is kept of an entry. */
  readonly content: (item: JsonObject) => JsonObject;
  /** Of a resource that is not installed there is none, which is a fact. */
  readonly installed?: true;
}

const namesAlone = (item: JsonObject): JsonObject => ({ metadata: metadataOf(item) });
const rbac = { apiVersion: "rbac.authorization.k8s.io/v1", content: wholeOf } as const;
const apps = { apiVersion: "apps/v1", content: workloadOf } as const;

const lists: Readonly<Partial<Record<KubernetesKind, readonly Listed[]>>> = {
  "kubernetes/namespace": [{ apiVersion: "v1", kind: "Namespace", content: namesAlone }],
  "kubernetes/service-account": [{ apiVersion: "v1", kind: "ServiceAccount", content: serviceAccountOf }],
  "kubernetes/role": [{ ...rbac, kind: "Role" }],
  "kubernetes/cluster-role": [{ ...rbac, kind: "ClusterRole" }],
  "kubernetes/role-binding": [{ ...rbac, kind: "RoleBinding" }],
  "kubernetes/cluster-role-binding": [{ ...rbac, kind: "ClusterRoleBinding" }],
  "kubernetes/pod": [{ apiVersion: "v1", kind: "Pod", content: podOf }],
  "kubernetes/service": [{ apiVersion: "v1", kind: "Service", content: serviceOf }],
  "kubernetes/endpoint-slice": [
    { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", content: endpointSliceOf },
  ],
  "kubernetes/workload": [
    { ...apps, kind: "Deployment", call: 0 },
    { ...apps, kind: "StatefulSet", call: 2 },
    { ...apps, kind: "DaemonSet", call: 4 },
  ],
  "kubernetes/cluster-issuer": [
    { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", content: wholeOf, installed: true },
  ],
  "kubernetes/ec2-node-class": [
    { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", content: nodeClassOf, installed: true },
  ],
};

async function readAll(reading: ClusterReading): Promise<void> {
  const { plan } = reading;
  const wanted = (Object.keys(lists) as KubernetesKind[]).filter((kind) => plan.kinds.has(kind));
  await Promise.all([
    ...wanted.map(async (kind) => {
      const documents = await readKind(kind, lists[kind] ?? [], reading);
      if (kind === "kubernetes/workload" && plan.kinds.has("kubernetes/config-map"))
        await readConfigFiles(documents, reading);
    }),
    plan.kinds.has("kubernetes/secret") ? readSecrets(reading) : undefined,
    plan.kinds.has("kubernetes/helm-release") ? readReleases(reading) : undefined,
    plan.kinds.has("kubernetes/api-resource") ? readDiscovery(reading) : undefined,
  ]);
}

/** The lists of a kind, each entry a document, or the kind unread. */
async function readKind(
  kind: KubernetesKind,
  listed: readonly Listed[],
  reading: ClusterReading,
): Promise<readonly JsonObject[]> {
  const { title } = kubernetesKinds[kind];
  reading.progress(`reading ${title}`);
  const places = namespacesIn(reading.plan, kind) ?? [undefined];
  const found = await Promise.all(
    listed.flatMap((own) => places.map((namespace) => readOne(kind, own, namespace, reading))),
  );
  const read = found.flatMap((documents) => documents ?? []);
  if (!found.includes(undefined)) reading.progress(`read ${read.length} ${title}`);
  return read;
}

async function readOne(
  kind: KubernetesKind,
  { apiVersion, kind: of, call: at = 0, content, installed }: Listed,
  namespace: string | undefined,
  { get, recorder, limit }: ClusterReading,
): Promise<readonly JsonObject[] | undefined> {
  const { calls } = kubernetesKinds[kind];
  const call = calls[namespace === undefined ? at : at + 1] ?? calls[0];
  const path = call.path.replace("{namespace}", namespace ?? "");
  const items = await attempt(
    () => readClusterList(get, { path, of, metadataOnly: call.metadataOnly === true, limit }),
    (failure) => {
      if (installed === true && saysAbsent(failure)) return [];
      const id = namespace === undefined ? undefined : `${namespace}/*`;
      recorder.miss(kind, call, failure, { id, path });
      return undefined;
    },
  );
  return items?.map((item) => {
    const document = { apiVersion, kind: of, ...content(item) };
    recorder.keep(kind, idOf(item), document);
    return document;
  });
}

async function readDiscovery({ get, recorder, progress }: ClusterReading): Promise<void> {
  const kind = "kubernetes/api-resource";
  const { title, calls } = kubernetesKinds[kind];
  progress(`reading ${title}`);
  const { resources, unknown } = await discover(get);
  for (const { id, path, failure } of unknown) {
    const call = calls.find((each) => each.path === path) ?? calls[0];
    recorder.miss(kind, { ...call, permission: `get ${path}` }, failure, { id, path });
  }
  for (const resource of resources)
    recorder.keep(kind, `${resource.group}/${resource.version}/${resource.resource}`, resource);
  progress(`read ${resources.length} ${title}`);
}

/** What a plugin's collector reads through: GETs of the server, of the paths that it declared. */
function doorOf(settings: KubernetesSettings, connection: ClusterConnection) {
  return {
    get: (path: string) => connection.get(path),
    list: (path: string) =>
      readClusterList(connection.get, {
        path,
        metadataOnly: false,
        limit: settings.pageSize ?? defaultPageSize,
      }),
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
