import type { Facts } from "../../snapshot/facts.ts";
import { list, record, text } from "../../snapshot/value.ts";
import { member, placeOf } from "./value.ts";

/** A Deployment, StatefulSet or DaemonSet, and how much of it is ready. */
interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly body: unknown;
  readonly desired: number;
  readonly ready: number;
}

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  /** Kind, name and uid of what made it, where anything did. */
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly phase: string;
  /** It is being taken away. */
  readonly leaves?: true;
  /** What is wrong with it, in its own words; absent: it runs, has done its work, or is being taken away. */
  readonly trouble?: string;
}

const NAME = "meta.helm.sh/release-name";
const NAMESPACE = "meta.helm.sh/release-namespace";
/** Labels by which charts name their release; the second one is of Helm's first years. */
const INSTANCES = ["app.kubernetes.io/instance", "release"];

function labelsOf(body: unknown): unknown {
  return member(member(body, "metadata"), "labels");
}

function workloadOf(id: string, body: unknown): Workload {
  const { name, namespace = "" } = placeOf(id, body);
  const [spec, status] = [member(body, "spec"), member(body, "status")];
  const kind = text(member(body, "kind")) ?? "Deployment";
  const count = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
  const [desired, ready] =
    kind === "DaemonSet"
      ? [count(member(status, "desiredNumberScheduled"), 0), member(status, "numberReady")]
      : [count(member(spec, "replicas"), 1), member(status, "readyReplicas")];
  return { kind, namespace, name, body, desired, ready: count(ready, 0) };
}

/** A workload of a release, and the pods that it selects. */
export interface Part extends Workload {
  readonly pods: readonly Pod[];
}

/**
 * What runs of a release: the workloads that Helm marked as its own, or whose label names it, with the pods that they
 * select; and the other pods whose label names it, which are of jobs and hooks.
 */
export function partsOf(
  facts: Facts,
  release: { readonly namespace: string; readonly name: string },
): {
  readonly workloads: readonly Part[];
  readonly others: readonly Pod[];
} {
  const labelled = (body: unknown) =>
    INSTANCES.some((label) => member(labelsOf(body), label) === release.name);
  const all = facts.all("kubernetes/workload").map(({ id, body }) => workloadOf(id, body));
  const own = all.filter(({ body, namespace }) => {
    const annotations = member(member(body, "metadata"), "annotations");
    const named = member(annotations, NAME);
    if (named === undefined) return labelled(body) && namespace === release.namespace;
    return named === release.name && (member(annotations, NAMESPACE) ?? namespace) === release.namespace;
  });
  const documents = facts.all("kubernetes/pod").map(({ id, body }) => ({ body, pod: podOf(id, body) }));
  const taken = new Set<unknown>();
  const workloads = own.map((workload) => {
    const chosen = documents.filter(
      ({ pod, body }) => pod.namespace === workload.namespace && selects(workload, labelsOf(body)),
    );
    for (const { pod } of chosen) taken.add(pod);
    return { ...workload, pods: chosen.map(({ pod }) => pod) };
  });
  const others = documents
    .filter(({ pod, body }) => pod.namespace === release.namespace && labelled(body) && !taken.has(pod))
    .map(({ pod }) => pod);
  return { workloads, others };
}

/** Of a selector only its equalities are judged; one without any chooses nothing, and labels tell. */
function selects(workload: Workload, labels: unknown): boolean {
  const wanted = record(member(member(member(workload.body, "spec"), "selector"), "matchLabels"));
  const pairs = Object.entries(wanted ?? {});
  return pairs.length > 0 && pairs.every(([name, value]) => member(labels, name) === value);
}

function podOf(id: string, body: unknown): Pod {
  const { name, namespace = "" } = placeOf(id, body);
  const metadata = member(body, "metadata");
  const [owner] = list(member(metadata, "ownerReferences")) ?? [];
  const phase = text(member(member(body, "status"), "phase")) ?? "Unknown";
  const leaves = text(member(metadata, "deletionTimestamp")) !== undefined;
  const trouble = leaves ? undefined : troubleOf(body, phase);
  return {
    ...{ namespace, name, phase },
    ...(leaves ? { leaves } : {}),
    ...(owner === undefined
      ? {}
      : {
          owner: {
            kind: text(member(owner, "kind")) ?? "",
            name: text(member(owner, "name")) ?? "",
            uid: text(member(owner, "uid")) ?? "",
          },
        }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function troubleOf(body: unknown, phase: string): string | undefined {
  if (phase === "Succeeded") return undefined;
  const status = member(body, "status");
  const waiting = (list(member(status, "containerStatuses")) ?? []).flatMap(
    (each) => text(member(member(member(each, "state"), "waiting"), "reason")) ?? [],
  );
  const reason = waiting[0] ?? text(member(status, "reason"));
  if (phase !== "Running") return reason === undefined ? phase : `${phase}, ${reason}`;
  if (reason !== undefined) return reason;
  const ready = (list(member(status, "conditions")) ?? []).find((each) => member(each, "type") === "Ready");
  return ready === undefined || member(ready, "status") === "True" ? undefined : "not ready";
}
