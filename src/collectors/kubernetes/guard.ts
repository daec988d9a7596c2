import type { PipelinePolicy, PipelineRequest } from "@azure/core-rest-pipeline";
import { kubernetesKinds, nodesCall } from "../../snapshot/kinds/kubernetes.ts";
import { visible } from "../../text/visible.ts";
import { pathPattern } from "../extra.ts";
import { WriteRefused } from "../http/guard.ts";

/** Every call of the registry: all that may leave. */
const calls = [...Object.values(kubernetesKinds).flatMap((source) => source.calls), nodesCall];

interface Address {
  readonly path: RegExp;
  readonly paged: boolean;
  /** What the query must hold, letter by letter. */
  readonly query: readonly (readonly [string, string])[];
  /** In which form the answer must be asked for; absent: in any. */
  readonly form?: RegExp;
}

const addresses: readonly Address[] = calls.map((call) => ({
  path: pathPattern(call.path),
  paged: call.verb === "list",
  query: Object.entries(call.query ?? {}),
  ...(call.metadataOnly === true ? { form: /;as=PartialObjectMetadata(?:List)?;/ } : {}),
  ...(call.tableOnly === true ? { form: /;as=Table;/ } : {}),
}));

/**
 * The read-only guard, the last policy before the socket: a GET without a body of one of the registry's paths, below
 * the server's own, with nothing in its query but what the registry says and what pages a list. What is to come as
 * metadata alone must be asked for so: a list of secrets does not leave in any other form. No watch, no log, no proxy, no
 * other object.
 * @param extraPaths paths that a plugin declared; reads like the others
 */
export function kubernetesReadOnlyGuard(server: URL, extraPaths: readonly string[] = []): PipelinePolicy {
  const base = server.pathname.replace(/\/+$/, "");
  const known = [
    ...addresses,
    ...extraPaths.map((path) => ({ path: pathPattern(path), paged: true, query: [] })),
  ];
  return {
    name: "kubernetesReadOnlyGuard",
    sendRequest: async (request, next) => {
      if (passes(request, server, base, known)) return next(request);
      throw new WriteRefused(
        `refused to send ${request.method} ${visible(new URL(request.url).pathname)}: this tool only reads`,
      );
    },
  };
}

function passes(request: PipelineRequest, server: URL, base: string, known: readonly Address[]): boolean {
  const url = new URL(request.url);
  if (request.method !== "GET" || request.body !== undefined || request.formData !== undefined) return false;
  if (url.origin !== server.origin || !url.pathname.startsWith(`${base}/`)) return false;
  const path = url.pathname.slice(base.length);
  const accept = request.headers.get("accept") ?? "";
  return known.some(
    (address) =>
      address.path.test(path) && (address.form?.test(accept) ?? true) && queryFits(url.searchParams, address),
  );
}

function queryFits(given: URLSearchParams, { paged, query }: Address): boolean {
  const names = query.map(([name]) => name);
  return (
    query.every(([name, value]) => given.getAll(name).length === 1 && given.get(name) === value) &&
    [...given.keys()].every(
      (name) => names.includes(name) || (paged && (name === "limit" || name === "continue")),
    )
  );
}
