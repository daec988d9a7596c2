import type { KubernetesCall } from "../../snapshot/kinds/calls.ts";
import { kubernetesKinds } from "../../snapshot/kinds/kubernetes.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt } from "../recorder.ts";
import { objectIn } from "./content.ts";
import { isName, isNamespace, namedIn } from "./names.ts";
import { nameOf, readClusterList } from "./pages.ts";
import type { ClusterReading } from "./recorder.ts";
import { type KeptRelease, releaseOf } from "./release.ts";

const kind = "kubernetes/helm-release";

/** Where Helm keeps its records: `HELM_DRIVER`. (A third one keeps them in a database, of which the cluster knows nothing.) */
interface Storage {
  readonly storage: "secret" | "configmap";
  readonly of: "Secret" | "ConfigMap";
  readonly list: KubernetesCall;
  readonly get: KubernetesCall;
}

const storages: readonly Storage[] = [
  { storage: "secret", of: "Secret", ...calls("secrets") },
  { storage: "configmap", of: "ConfigMap", ...calls("configmaps") },
];

function calls(resource: string): Pick<Storage, "list" | "get"> {
  const own = kubernetesKinds[kind].calls.filter((call) => call.resource === resource);
  const of = (verb: KubernetesCall["verb"]) =>
    own.find((call) => call.verb === verb) ?? kubernetesKinds[kind].calls[0];
  return { list: of("list"), get: of("get") };
}

/** One revision of a release, by the labels of its record. */
interface Revision {
  readonly object: string;
  readonly namespace: string;
  readonly release: string;
  readonly number: number;
  readonly status: string;
}

/**
 * The newest revision of each release. Which one that is, and whether an older one is still deployed, stands in the
 * labels; so only the newest record of each is fetched, with that of the one that still runs where it is another, and of
 * these only status and chart are kept.
 */
export async function readReleases(reading: ClusterReading): Promise<void> {
  const { recorder, plan, progress, get } = reading;
  const named = namedIn(plan, kind);
  const wanted = (namespace: string, release: string) =>
    named === undefined ||
    named.some((one) => one.namespace === namespace && (one.name === "*" || one.name === release));
  progress(`reading ${kubernetesKinds[kind].title}`);
  let read = 0;
  await Promise.all(
    storages.map(async ({ storage, of: what, list, get: one }) => {
      const items = await attempt(
        () =>
          readClusterList(get, {
            path: list.path,
            metadataOnly: true,
            limit: reading.limit,
            ...(list.query === undefined ? {} : { query: list.query }),
          }),
        (failure) => {
          recorder.miss(kind, list, failure, { id: list.resource });
          return undefined;
        },
      );
      const revisions: Revision[] = [];
      for (const item of items ?? []) {
        const found = revisionOf(item);
        if (found instanceof ReadFailure) recorder.miss(kind, list, found, { id: list.resource });
        else if (wanted(found.namespace, found.release)) revisions.push(found);
      }
      await Promise.all(
        newest(revisions).map(async ({ deployed, ...revision }) => {
          const { namespace, release, number } = revision;
          const id = `${namespace}/${release}`;
          const record = async (of: Revision) => {
            const path = one.path.replace("{namespace}", namespace).replace("{name}", of.object);
            return attempt(
              async () => recordIn(await get(path), { what, storage, of }),
              (failure) => {
                const why =
                  failure.status === 404
                    ? new ReadFailure("incomplete", `revision ${of.number} went away while it was read`)
                    : failure;
                recorder.miss(kind, one, why, { id, path });
                return undefined;
              },
            );
          };
          const found = await record(revision);
          if (found === undefined) return;
          const { chart, status, lastDeployed } = found;
          // What runs is then the chart of the revision before; where that cannot be read, the entry above says so.
          const older = status === "deployed" ? undefined : deployed;
          const runs = older === undefined ? undefined : await record(older);
          read += 1;
          recorder.keep(kind, id, {
            ...{ name: release, namespace, revision: number, status },
            ...(lastDeployed === undefined ? {} : { lastDeployed }),
            ...(older === undefined ? {} : { deployedRevision: older.number }),
            ...(runs === undefined ? {} : { deployedChart: runs.chart }),
            ...{ chart, storage },
          });
        }),
      );
    }),
  );
  progress(`read ${read} ${kubernetesKinds[kind].title}`);
}

/** A failure for an object that bears Helm's label and is none of its records: which release it is of is not known. */
function revisionOf(item: JsonObject): Revision | ReadFailure {
  const metadata = objectIn(item, "metadata");
  const labels = objectIn(metadata, "labels");
  const { namespace } = metadata;
  const { name: release, version, status } = labels;
  const object = nameOf(item) ?? "";
  if (
    typeof namespace === "string" &&
    isNamespace(namespace) &&
    isName(object) &&
    typeof release === "string" &&
    release !== "" &&
    typeof version === "string" &&
    /^[1-9]\d{0,8}$/.test(version)
  )
    return {
      ...{ object, namespace, release, number: Number(version) },
      status: typeof status === "string" ? status : "",
    };
  return new ReadFailure(
    "malformed",
    `${String(namespace)}/${object} is labelled as a record of Helm's, without the name and the revision of a release`,
  );
}

/** Of each release the newest revision, with the newest older one whose label says that it is deployed. */
function newest(
  revisions: readonly Revision[],
): readonly (Revision & { readonly deployed: Revision | undefined })[] {
  const releases = new Map<string, Revision[]>();
  for (const each of revisions) {
    const key = `${each.namespace}/${each.release}`;
    releases.set(key, [...(releases.get(key) ?? []), each]);
  }
  return [...releases.values()].flatMap((all) => {
    const [first, ...older] = [...all].sort((a, b) => b.number - a.number);
    if (first === undefined) return [];
    return [{ ...first, deployed: older.find(({ status }) => status === "deployed") }];
  });
}

/** The record of one revision; one whose labels say something else than it says itself is not believed. */
function recordIn(
  body: JsonObject,
  {
    what,
    storage,
    of,
  }: { readonly what: Storage["of"]; readonly storage: Storage["storage"]; readonly of: Revision },
): KeptRelease {
  const { kind: own, data } = body;
  if (own !== what || !isObject(data))
    throw new ReadFailure("malformed", `answered 200 with something else than a ${what} with data`, {
      status: 200,
    });
  const found = releaseOf(Object.hasOwn(data, "release") ? data["release"] : undefined, storage);
  if (found.name === of.release && found.revision === of.number) return found;
  throw new ReadFailure(
    "malformed",
    `Helm's record cannot be read: the label says revision ${of.number} of ${of.release}, the record another`,
  );
}
