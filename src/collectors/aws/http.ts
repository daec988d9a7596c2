import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
  type PipelinePolicy,
  proxyPolicy,
  tlsPolicy,
} from "@azure/core-rest-pipeline";
import type { AwsCall } from "../../snapshot/kinds/calls.ts";
import { ReadFailure } from "../http/failure.ts";
import { limitPolicy } from "../http/limit.ts";
import { networkProblem } from "../http/network.ts";
import { transportPolicy } from "../http/transport.ts";
import { requireAnswer } from "./answer.ts";
import { awsReadOnlyGuard, signInGuard } from "./guard.ts";
import { askedOf } from "./wire.ts";

/** Milliseconds that one request may take, its body included. */
const defaultRequestTimeout = 60_000;

export interface AwsHttpOptions {
  /** Milliseconds left of the target's time. */
  readonly left: () => number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly requestTimeoutMs?: number;
  readonly ca?: string;
  readonly client?: HttpClient;
  /** Reads that may leave beside those of the registry. */
  readonly also?: readonly AwsCall[];
}

/** A request as the SDK hands it over, signed. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** What an SDK client sends its requests through. */
export interface SdkHandler {
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

export interface AwsHttp {
  /** For the clients that read. */
  readonly reading: SdkHandler;
  /** For the clients that the SDK makes by itself to sign in. */
  readonly signingIn: SdkHandler;
}

/**
 * Our one way to AWS over HTTP, as an SDK's request handler. From the outside in: limit of requests at once, deadline
 * and body, proxy and TLS, read-only guard, socket. What comes back is a complete answer or an `AnswerFailure`, before
 * the SDK reads it. Retries are not here but around whole calls (`repeated`), so that each attempt is signed anew.
 */
export function createAwsHttp(options: AwsHttpOptions): AwsHttp {
  const client = options.client ?? createDefaultHttpClient();
  const limit = limitPolicy(options.concurrency);
  const pipelineWith = (guard: PipelinePolicy): Pipeline => {
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(limit);
    pipeline.addPolicy(
      transportPolicy({
        requestTimeoutMs: options.requestTimeoutMs ?? defaultRequestTimeout,
        left: options.left,
        signal: options.signal,
      }),
    );
    pipeline.addPolicy(proxyPolicy());
    if (options.ca !== undefined) pipeline.addPolicy(tlsPolicy({ ca: options.ca }));
    pipeline.addPolicy(guard);
    return pipeline;
  };
  return {
    reading: handlerOf(pipelineWith(awsReadOnlyGuard(options.also)), client, true),
    signingIn: handlerOf(pipelineWith(signInGuard()), client, false),
  };
}

function handlerOf(pipeline: Pipeline, client: HttpClient, strict: boolean): SdkHandler {
  return {
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    handle: async (sdk) => {
      const request = createPipelineRequest({
        url: urlOf(sdk),
        method: sdk.method as "GET" | "POST",
        headers: createHttpHeaders({ ...sdk.headers }),
        // The address is the SDK's; http only where AWS_ENDPOINT_URL says so. A signature gives no key away.
        allowInsecureConnection: true,
        ...(sdk.body === undefined || sdk.body === ""
          ? {}
          : { body: sdk.body as string | Uint8Array<ArrayBuffer> }),
      });
      const asked = askedOf(request);
      const response = await sent(pipeline.sendRequest(client, request));
      if (strict) requireAnswer(response, asked);
      return {
        response: {
          statusCode: response.status,
          headers: response.headers.toJSON(),
          body: Buffer.from(response.bodyAsText ?? "", "utf8"),
        },
      };
    },
  };
}

/** A connection that failed, as a `ReadFailure`. */
async function sent<T>(sending: Promise<T>): Promise<T> {
  try {
    return await sending;
  } catch (error) {
    if (error instanceof ReadFailure) throw error;
    throw networkProblem(error) ?? error;
  }
}

/** The address exactly as it was signed: query parameters sorted, escaped as RFC 3986 has it. */
function urlOf(sdk: SdkRequest): string {
  const query = Object.keys(sdk.query ?? {})
    .sort()
    .flatMap((name) => {
      const value = sdk.query?.[name];
      const values = typeof value === "string" || value === null || value === undefined ? [value] : value;
      return values.map((each) =>
        typeof each === "string" ? `${escaped(name)}=${escaped(each)}` : escaped(name),
      );
    })
    .join("&");
  const port = sdk.port === undefined ? "" : `:${sdk.port}`;
  return `${sdk.protocol}//${sdk.hostname}${port}${sdk.path}${query === "" ? "" : `?${query}`}`;
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
