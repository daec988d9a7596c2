import type { Agent } from "node:http";
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type PipelinePolicy,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";
import { CollectError } from "../define.ts";
import type { JsonObject } from "../http/answer.ts";
import type { Clock } from "../http/clock.ts";
import { ReadFailure } from "../http/failure.ts";
import { limitPolicy } from "../http/limit.ts";
import { retryPolicy } from "../http/retry.ts";
import { transportPolicy } from "../http/transport.ts";
import { answerOf } from "./answer.ts";
import { kubernetesReadOnlyGuard } from "./guard.ts";
import type { ClusterSignIn, Credential } from "./sign-in.ts";

export interface KubernetesHttpOptions {
  readonly server: URL;
  /** Paths that a plugin reads, beside those of the registry. */
  readonly extraPaths?: readonly string[];
  readonly signIn: ClusterSignIn;
  readonly agentOf: (credential: Credential) => Promise<Agent | undefined>;
  readonly impersonate: readonly (readonly [string, string])[];
  readonly clock: Clock;
  /** Milliseconds left of the target's time. */
  readonly left: () => number;
  readonly requestTimeoutMs: number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly debug: (line: string) => void;
}

/** GET of a path below the server's address. Throws `ReadFailure`. */
export type Get = (
  path: string,
  how?: { readonly accept?: string; readonly query?: Readonly<Record<string, string>> },
) => Promise<JsonObject>;

export interface KubernetesHttp {
  readonly get: Get;
  /** Whether any request was answered, whatever the answer. */
  readonly answered: () => boolean;
}

/**
 * Our one way to an API server. From the outside in: retries, credentials, limit of requests at once, deadline and
 * body, whom to be, read-only guard, socket. Redirects are not followed.
 */
export function createKubernetesHttp(options: KubernetesHttpOptions): KubernetesHttp {
  const { clock, left, signal, debug, signIn } = options;
  let answered = false;
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(retryPolicy({ clock, left, signal, debug }));
  pipeline.addPolicy(credentialPolicy(options));
  pipeline.addPolicy(limitPolicy(options.concurrency));
  pipeline.addPolicy(transportPolicy({ requestTimeoutMs: options.requestTimeoutMs, left, signal }));
  pipeline.addPolicy(impersonation(options.impersonate));
  pipeline.addPolicy({
    name: "answered",
    sendRequest: async (request, next) => {
      const response = await throughProxy(next(request));
      answered = true;
      return response;
    },
  });
  pipeline.addPolicy(kubernetesReadOnlyGuard(options.server, options.extraPaths));
  const client = createDefaultHttpClient();
  const base = options.server.href.replace(/\/+$/, "");
  return {
    answered: () => answered,
    get: async (path, { accept = "application/json", query = {} } = {}) => {
      const url = new URL(`${base}${path}`);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const request = createPipelineRequest({
        url: url.href,
        method: "GET",
        headers: createHttpHeaders({ accept, "user-agent": "chalk-audit" }),
        // Plain http is let through for `kubectl proxy` on this machine alone.
        allowInsecureConnection: options.server.protocol === "http:",
      });
      try {
        return answerOf(await pipeline.sendRequest(client, request));
      } catch (error) {
        // Whoever answers can put anything into the words that are quoted, a token that it was sent included.
        if (error instanceof ReadFailure) error.message = signIn.scrub(error.message);
        throw error;
      }
    },
  };
}

/** Puts the credentials on requests; a 401 in the middle of a scan is answered with one new sign-in for all of it. */
function credentialPolicy({ signIn, agentOf }: KubernetesHttpOptions): PipelinePolicy {
  const agents = new Map<string, Promise<Agent | undefined>>();
  const dress = async (request: PipelineRequest, credential: Credential): Promise<PipelineRequest> => {
    const key = credential.certificate?.cert ?? "";
    const agent = agents.get(key) ?? agentOf(credential);
    agents.set(key, agent);
    const made = await agent;
    if (made !== undefined) request.agent = made;
    if (credential.authorization === undefined) request.headers.delete("authorization");
    else request.headers.set("authorization", credential.authorization);
    return request;
  };
  const asFailure = (error: unknown): unknown =>
    error instanceof CollectError ? new ReadFailure("unauthenticated", error.message) : error;
  return {
    name: "credential",
    sendRequest: async (request, next) => {
      let first: Credential;
      try {
        first = await signIn.current();
        await dress(request, first);
      } catch (error) {
        throw asFailure(error);
      }
      const response = await next(request);
      if (response.status !== 401) return response;
      const second = await signIn.renew(first);
      if (second === undefined) return response;
      try {
        await dress(request, second);
      } catch (error) {
        throw asFailure(error);
      }
      return next(request);
    },
  };
}

/** A header that stands several times: the pipeline's own headers hold one value each, so they go in as overrides. */
function impersonation(headers: KubernetesHttpOptions["impersonate"]): PipelinePolicy {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) values.set(name, [...(values.get(name) ?? []), value]);
  return {
    name: "impersonation",
    sendRequest: (request, next) => {
      const before = (request.requestOverrides?.["headers"] ?? {}) as Record<string, unknown>;
      if (values.size > 0)
        request.requestOverrides = {
          ...request.requestOverrides,
          headers: { ...before, ...Object.fromEntries(values) },
        };
      return next(request);
    },
  };
}

/** The proxy's own refusal has no code by which it could be told from other errors. */
async function throughProxy<T>(sending: Promise<T>): Promise<T> {
  try {
    return await sending;
  } catch (error) {
    const said = error instanceof Error ? /^Bad response: (\d+)|^Proxy timeout/.exec(error.message) : null;
    if (said === null) throw error;
    const why = said[1] === undefined ? "did not open a tunnel in time" : `answered ${said[1]}`;
    throw new ReadFailure("unreachable", `the proxy ${why}; check proxy-url, HTTPS_PROXY and NO_PROXY`, {
      code: "PROXY",
    });
  }
}
