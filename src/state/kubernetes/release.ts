import type { Facts } from "../../snapshot/facts.ts";
import type { Unread } from "../../snapshot/snapshot.ts";
import { field, text } from "../../snapshot/value.ts";

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
  /** The chart that runs in place of the newest revision's, where the record says so. */
  readonly runs?: string;
  /** Of the chart that runs: where the newest revision is not deployed and an older one is, of that one. */
  readonly version: string | undefined;
}

export function releasesIn(facts: Facts): readonly Release[] {
  return facts.all("kubernetes/helm-release").map(({ id, body }): Release => {
    const deployed = field(body, "deployedRevision");
    const revision = field(body, "revision");
    const runs = typeof deployed === "number" ? field(body, "deployedChart") : field(body, "chart");
    const name = text(field(runs, "name"));
    return {
      id,
      name: text(field(body, "name")) ?? id,
      namespace: text(field(body, "namespace")) ?? "",
      revision: typeof revision === "number" ? revision : 0,
      status: text(field(body, "status")) ?? "unknown",
      ...(typeof deployed === "number" ? { deployedRevision: deployed } : {}),
      chart: text(field(field(body, "chart"), "name")) ?? "",
      ...(typeof deployed === "number" && name !== undefined ? { runs: name } : {}),
      version: text(field(runs, "version")),
    };
  });
}

/** What leaves open whether a release is there: its own record, or all that one of Helm's storages holds. */
export function releaseUnread(facts: Facts, id?: string): Unread | undefined {
  const kind = "kubernetes/helm-release";
  // the name of a storage is no place of a release
  const storages = facts.unread(kind).filter((entry) => entry.id === undefined || !entry.id.includes("/"));
  const own = id === undefined ? facts.unread(kind) : facts.unread(kind, id);
  return own[0] ?? storages[0];
}
