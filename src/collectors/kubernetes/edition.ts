import type { Provider } from "../../access/policy.ts";
import { nodesCall } from "../../snapshot/kinds/kubernetes.ts";
import { CollectError, type CollectOptions } from "../define.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import type { KubernetesSettings } from "../settings.ts";
import { connectCluster } from "./connect.ts";

/** Nodes that are looked at; those of one cluster stand in one cloud. */
const nodes = 50;

/** What a node's `spec.providerID` starts with, as the cloud providers write it. */
const schemes = { "azure://": "azure", "aws://": "aws" } as const satisfies Record<string, Provider>;

/**
 * The clouds whose nodes the cluster has, in a fixed order; none when the nodes do not tell or cannot be listed (a
 * debug line says why).
 * @throws CollectError as `collect` does: kubeconfig, sign-in, connection
 */
export async function edition(
  settings: KubernetesSettings,
  options: Omit<CollectOptions, "now">,
): Promise<readonly Provider[]> {
  const connection = await connectCluster(settings, options);
  if (connection.problem !== undefined) throw new CollectError(connection.problem.message);
  options.progress("reading nodes");
  let body: JsonObject;
  try {
    body = await connection.get(nodesCall.path, { query: { limit: String(nodes) } });
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    if (error.reason === "unauthenticated") throw refused(connection.target.title, error);
    if (error.reason === "unreachable" && !connection.answered() && !options.signal.aborted)
      throw new CollectError(
        `${connection.target.cluster.server.origin} cannot be reached: ${error.message}`,
      );
    options.debug(`GET ${nodesCall.path}: ${error.reason}: ${error.message}`);
    return [];
  }
  const items = Array.isArray(body["items"]) ? body["items"] : [];
  const found = items.flatMap((item: unknown) => {
    const spec = isObject(item) && isObject(item["spec"]) ? item["spec"] : {};
    const id = typeof spec["providerID"] === "string" ? spec["providerID"] : "";
    return Object.entries(schemes).flatMap(([scheme, cloud]) => (id.startsWith(scheme) ? [cloud] : []));
  });
  return [...new Set(found)].sort();
}

/** The server did not accept who asks. */
export function refused(title: string, failure: ReadFailure): CollectError {
  return new CollectError(`${title}: the API server refused the credentials: ${failure.message}`);
}
