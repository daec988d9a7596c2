import type { Facts } from "../../snapshot/facts.ts";
import { field, list, record, text } from "../../snapshot/value.ts";

/** The newest revision of a Helm release. */
export interface Release {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: string;
  /** The older revision that runs, where the newest one does not. */
  readonly deployedRevision?: number;
  readonly chart: string;
  readonly version: string;
}

export function releasesIn(facts: Facts): readonly Release[] {
  return facts.all("kubernetes/helm-release").map(({ id, body }): Release => {
    const deployed = field(body, "deployedRevision");
    const revision = field(body, "revision");
    return {
      id,
      name: text(field(body, "name")) ?? id,
      namespace: text(field(body, "namespace")) ?? "",
      revision: typeof revision === "number" ? revision : 0,
      status: text(field(body, "status")) ?? "unknown",
      ...(typeof deployed === "number" ? { deployedRevision: deployed } : {}),
      chart: text(field(field(body, "chart"), "name")) ?? "",
      version: text(field(field(body, "chart"), "version")) ?? "",
    };
  });
}

/** A pod that does not run, and why as far as it says. */
export interface Failing {
  readonly name: string;
  readonly why: string;
}

/** Pods of a namespace that carry a label of the release, or belong to an object that does by its name. */
export function podsOf(facts: Facts, { namespace, name }: Release): readonly unknown[] {
  return facts
    .all("kubernetes/pod")
    .map(({ body }) => body)
    .filter((body) => {
      const metadata = field(body, "metadata");
      if (text(field(metadata, "namespace")) !== namespace) return false;
      const labels = record(field(metadata, "labels")) ?? {};
      return labels["app.kubernetes.io/instance"] === name || labels["release"] === name;
    });
}

/** Why a pod does not run; undefined of one that does, or that has done its work. */
export function failing(pod: unknown): Failing | undefined {
  const metadata = field(pod, "metadata");
  const status = field(pod, "status");
  const phase = text(field(status, "phase")) ?? "Unknown";
  if (phase === "Succeeded" || field(metadata, "deletionTimestamp") !== undefined) return undefined;
  const name = text(field(metadata, "name")) ?? "";
  const waiting = (list(field(status, "containerStatuses")) ?? []).flatMap(
    (each) => text(field(field(field(each, "state"), "waiting"), "reason")) ?? [],
  );
  if (waiting.length > 0) return { name, why: waiting.join(", ") };
  const reason = text(field(status, "reason"));
  if (phase !== "Running") return { name, why: reason ?? phase };
  const ready = (list(field(status, "conditions")) ?? []).find((each) => field(each, "type") === "Ready");
  return ready === undefined || field(ready, "status") === "True" ? undefined : { name, why: "not ready" };
}
