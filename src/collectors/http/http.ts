import type { TokenCredential } from "@azure/core-auth";
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
  proxyPolicy,
  setClientRequestIdPolicy,
  tlsPolicy,
} from "@azure/core-rest-pipeline";
import { type JsonObject, objectOf } from "./answer.ts";
import { createBearer } from "./bearer.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ReadFailure } from "./failure.ts";
import { type ReadOnlyPost, readOnlyGuard } from "./guard.ts";
import { limitPolicy } from "./limit.ts";
import { retryPolicy } from "./retry.ts";
import { transportPolicy } from "./transport.ts";

/** Milliseconds that one request may take, its body included. */
const defaultRequestTimeout = 60_000;

export interface HttpOptions {
  /** The provider's address, https. */
  readonly endpoint: URL;
  /** What the token is for, e.g. `https://management.azure.com/.default`. */
  readonly scope: string;
  readonly newCredential: () => TokenCredential;
  /** One line for a person about a sign-in that failed, without secrets. */
  readonly explain: (error: unknown) => string;
  readonly readOnlyPosts: readonly ReadOnlyPost[];
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly debug: (line: string) => void;
  readonly requestTimeoutMs?: number;
  readonly bodyLimit?: number;
  readonly clock?: Clock;
  /** PEM text of the only certificate authority to trust, in place of Node's own list. For tests. */
  readonly ca?: string;
  readonly client?: HttpClient;
}

export interface Http {
  /** For an SDK client: with this pipeline it has our guard, retries, deadlines and token, and none of its own. */
  readonly pipeline: Pipeline;
  readonly client: HttpClient;
  /** Signs in now; throws as the credential does. */
  readonly signIn: () => Promise<void>;
  /** GET of a whole URL on the provider's address. Throws `ReadFailure`. */
  readonly get: (url: URL) => Promise<JsonObject>;
  /** Whether any request was answered, whatever the answer. */
  readonly answered: () => boolean;
}

/**
 * Our one way to a provider over HTTP. From the outside in: retries, token, limit of requests at once, deadline and
 * body, proxy and TLS, read-only guard, socket. Redirects are not followed: a token must not travel to where an
 * answer points.
 */
export function createHttp(options: HttpOptions): Http {
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const left = () => options.timeoutMs - (clock.now() - started);
  const requestTimeoutMs = options.requestTimeoutMs ?? defaultRequestTimeout;
  const { signal, debug } = options;
  const bearer = createBearer({
    newCredential: options.newCredential,
    scope: options.scope,
    origin: options.endpoint.origin,
    signal,
    timeoutMs: () => Math.min(requestTimeoutMs, left()),
    explain: options.explain,
  });
  let answered = false;
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy({
    name: "common",
    sendRequest: (request, next) => {
      request.headers.set("accept", "application/json");
      request.headers.set("user-agent", "chalk-audit");
      return next(request);
    },
  });
  pipeline.addPolicy(setClientRequestIdPolicy());
  pipeline.addPolicy(retryPolicy({ clock, left, signal, debug }));
  pipeline.addPolicy(bearer.policy);
  pipeline.addPolicy(limitPolicy(options.concurrency));
  pipeline.addPolicy(
    transportPolicy({
      requestTimeoutMs,
      left,
      signal,
      ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
    }),
  );
  pipeline.addPolicy(proxyPolicy());
  if (options.ca !== undefined) pipeline.addPolicy(tlsPolicy({ ca: options.ca }));
  pipeline.addPolicy({
    name: "answered",
    sendRequest: async (request, next) => {
      const response = await next(request);
      answered = true;
      return response;
    },
  });
  pipeline.addPolicy(readOnlyGuard(options.readOnlyPosts));
  const client = options.client ?? createDefaultHttpClient();

  return {
    pipeline,
    client,
    signIn: bearer.signIn,
    answered: () => answered,
    get: async (url) => {
      if (url.origin !== options.endpoint.origin)
        throw new ReadFailure(
          "incomplete",
          `refused to read from ${url.origin}: it is not ${options.endpoint.origin}`,
        );
      const request = createPipelineRequest({ url: url.href, method: "GET", headers: createHttpHeaders() });
      return objectOf(await pipeline.sendRequest(client, request));
    },
  };
}
