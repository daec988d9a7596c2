import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { kubernetesKinds, nodesCall } from "../../snapshot/kinds/kubernetes.ts";
import { visible } from "../../text/visible.ts";
import { WriteRefused } from "../http/guard.ts";

/** Every call of the registry: all that may leave. */
const calls = [...Object.values(kubernetesKinds).flatMap((source) => source.calls), nodesCall];

/** `/apis/{group}/{version}` as an expression; what stands for `{…}` is one segment. */
const addresses = calls.map((call) => ({
  path: new RegExp(
    `^${call.path
      .split("/")
      .map((part) => (part.startsWith("{") ? "[A-Za-z0-9.-]+" : part.replace(/[.\\-]/g, "\\$&")))
      .join("/")}$`,
  ),
  paged: call.verb === "list",
}));

/**
 * The read-only guard, the last policy before the socket: a GET without a body of one of the registry's paths, below
 * the server's own, with nothing in its query but what pages a list. So no watch, no log, no proxy, no other object.
 */
export function kubernetesReadOnlyGuard(server: URL): PipelinePolicy {
  const base = server.pathname.replace(/\/+$/, "");
  return {
    name: "kubernetesReadOnlyGuard",
    sendRequest: async (request, next) => {
      if (passes(request, server, base)) return next(request);
      throw new WriteRefused(
        `refused to send ${request.method} ${visible(new URL(request.url).pathname)}: this tool only reads`,
      );
    },
  };
}

function passes(request: PipelineRequest, server: URL, base: string): boolean {
  const url = new URL(request.url);
  if (request.method !== "GET" || request.body !== undefined || request.formData !== undefined) return false;
  if (url.origin !== server.origin || !url.pathname.startsWith(`${base}/`)) return false;
  const path = url.pathname.slice(base.length);
  const query = [...url.searchParams.keys()];
  return addresses.some(
    (address) =>
      address.path.test(path) &&
      query.every((name) => address.paged && (name === "limit" || name === "continue")),
  );
}
