import type { CollectOptions } from "../../collectors/define.ts";
import { ReadFailure } from "../../collectors/http/failure.ts";
import type { Probe } from "../../permissions/probe.ts";
import { editionRead } from "../../permissions/reads.ts";
import { nodesCall } from "../../snapshot/kinds/kubernetes.ts";
import type { KubernetesReach } from "../job/reach.ts";
import type { Console } from "../output/progress.ts";

const { permission, titles } = editionRead;

/**
 * Tries the one read of a cluster that leaves nothing in a snapshot: the nodes, asked for one of them.
 * @param reachable whether the cluster itself could be read; else nothing is tried
 */
export async function probeNodes(
  reach: KubernetesReach,
  reachable: boolean,
  bounds: Pick<CollectOptions, "timeoutMs" | "concurrency">,
  console: Console,
  signal: AbortSignal,
): Promise<Probe> {
  if (!reachable || signal.aborted) return { permission, titles, state: "untried" };
  try {
    const { connectCluster: connect } = await import("../../collectors/kubernetes/connect.ts");
    const { get, problem } = await connect(reach, {
      ...bounds,
      signal,
      progress: console.progress,
      debug: console.debug,
    });
    if (problem !== undefined) throw problem;
    await get(nodesCall.path, { query: { limit: "1" } });
    return { permission, titles, state: "there" };
  } catch (error) {
    const denied = error instanceof ReadFailure && error.reason === "denied";
    const detail = error instanceof Error ? error.message : String(error);
    return { permission, titles, state: denied ? "missing" : "unread", detail };
  } finally {
    console.clear();
  }
}
