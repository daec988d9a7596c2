import { setMaxListeners } from "node:events";
import { pipeline as pipeStreams, Writable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { PipelinePolicy, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { ReadFailure } from "./failure.ts";

/** Largest body that is read, in bytes after decompression. The catalogue of operations has some 20 MB. */
const defaultBodyLimit = 128 * 1024 * 1024;

export interface TransportOptions {
  /** Milliseconds that one attempt may take, its body included. */
  readonly requestTimeoutMs: number;
  /** Milliseconds left of the target's time. */
  readonly left: () => number;
  readonly signal: AbortSignal;
  readonly bodyLimit?: number;
}

/**
 * One attempt over the wire: a deadline that covers the body too, and a bounded body, decompressed here.
 *
 * The SDK's client stops its own timer at the headers, and pipes a gzip body in a way that never ends when the
 * connection is cut; so it is asked for the raw stream. `Accept-Encoding` goes in as an override, since the client
 * decompresses when it sees that header on the request.
 */
export function transportPolicy(options: TransportOptions): PipelinePolicy {
  const limit = options.bodyLimit ?? defaultBodyLimit;
  // Every request under way and every pause listens to the one signal; Node would warn of a leak from eleven on.
  setMaxListeners(0, options.signal);
  return {
    name: "transport",
    sendRequest: async (request, next) => {
      if (options.signal.aborted) throw new ReadFailure("interrupted", "interrupted before it was sent");
      const budget = Math.min(options.requestTimeoutMs, options.left());
      if (budget <= 0)
        throw new ReadFailure("timeout", "the time for this target was over before it was sent");
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort("timeout"), budget);
      const interrupt = () => abort.abort("interrupted");
      options.signal.addEventListener("abort", interrupt, { once: true });
      const stopped = new Promise<never>((_, reject) => {
        abort.signal.addEventListener("abort", () => reject(stoppedFailure(abort.signal.reason, budget)), {
          once: true,
        });
      });
      stopped.catch(() => {});
      try {
        return await Promise.race([exchange(request, next, abort.signal, limit), stopped]);
      } catch (error) {
        if (abort.signal.aborted) throw stoppedFailure(abort.signal.reason, budget);
        throw error;
      } finally {
        clearTimeout(timer);
        options.signal.removeEventListener("abort", interrupt);
      }
    },
  };
}

function stoppedFailure(reason: unknown, budget: number): ReadFailure {
  return reason === "timeout"
    ? new ReadFailure("timeout", `no complete answer within ${seconds(budget)}`)
    : new ReadFailure("interrupted", "interrupted while waiting for the answer");
}

/** Milliseconds as a person says them: `60 s`. */
export function seconds(ms: number): string {
  const value = ms / 1000;
  return `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10} s`;
}

async function exchange(
  request: PipelineRequest,
  next: (request: PipelineRequest) => Promise<PipelineResponse>,
  signal: AbortSignal,
  limit: number,
): Promise<PipelineResponse> {
  request.abortSignal = signal;
  request.streamResponseStatusCodes = new Set([Number.POSITIVE_INFINITY]);
  request.headers.delete("accept-encoding");
  request.requestOverrides = {
    ...request.requestOverrides,
    headers: { ...request.headers.toJSON({ preserveCase: true }), "Accept-Encoding": "gzip" },
  };
  const response = await next(request);
  const stream = response.readableStreamBody;
  if (stream === undefined) return response;
  const gzip = /^\s*(x-)?gzip\s*$/i.test(response.headers.get("content-encoding") ?? "");
  const text = await readText(stream, gzip, limit);
  return { request, status: response.status, headers: response.headers, bodyAsText: text };
}

function readText(stream: NodeJS.ReadableStream, gzip: boolean, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        size += chunk.length;
        if (size > limit) {
          done(
            new ReadFailure("malformed", `the answer is larger than ${Math.round(limit / 1024 / 1024)} MB`),
          );
          return;
        }
        chunks.push(chunk);
        done();
      },
    });
    const finish = (error: NodeJS.ErrnoException | null) => {
      if (error) reject(error);
      else resolve(Buffer.concat(chunks).toString("utf8"));
    };
    if (gzip) pipeStreams(stream, createGunzip(), sink, finish);
    else pipeStreams(stream, sink, finish);
  });
}
