import type { PipelinePolicy, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Clock } from "./clock.ts";
import { ReadFailure } from "./failure.ts";
import { networkProblem } from "./network.ts";
import { seconds } from "./transport.ts";

export interface RetryOptions {
  readonly clock: Clock;
  /** Milliseconds left of the target's time. */
  readonly left: () => number;
  readonly signal: AbortSignal;
  readonly debug: (line: string) => void;
}

/** Attempts in all, by what went wrong. With Retry-After the server sets the pace, so more are worth while. */
export const attempts = { throttledWithHeader: 20, throttled: 6, server: 6, network: 3, timeout: 2 } as const;

/** First pause in milliseconds; it doubles up to the longest. Half of each is random. */
const firstPause = 500;
const longestPause = 30_000;

const retriedStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Repeats what may succeed later: 429 and 503 as their Retry-After says, server errors, broken connections and
 * timeouts with exponential backoff. Never waits past the end of the target's time: then it fails at once with
 * what it was waiting for. The SDKs' own retries are not in this pipeline, so that the two do not multiply.
 */
export function retryPolicy(options: RetryOptions): PipelinePolicy {
  const { clock, signal } = options;
  return {
    name: "retry",
    sendRequest: async (request, next) => {
      const path = new URL(request.url).pathname;
      for (let attempt = 1; ; attempt += 1) {
        const started = clock.now();
        const result = await outcomeOf(next(request));
        const said = result.response === undefined ? result.failure.reason : String(result.response.status);
        options.debug(
          `${request.method} ${path} ${said} ${Math.round(clock.now() - started)} ms, attempt ${attempt}`,
        );
        const again = retryOf(result);
        if (again === undefined || attempt >= again.attempts) return settle(result, attempt);
        const pause = again.wait ?? backoff(attempt, clock);
        if (pause >= options.left()) {
          if (result.response !== undefined && again.wait === undefined) return settle(result, attempt);
          throw outOfTime(result, pause, options.left());
        }
        if (pause > 0) await pauseOrStop(clock, pause, signal);
      }
    },
  };
}

type Attempt =
  | { readonly response: PipelineResponse; readonly failure?: undefined }
  | { readonly failure: ReadFailure; readonly response?: undefined };

async function outcomeOf(sent: Promise<PipelineResponse>): Promise<Attempt> {
  try {
    return { response: await sent };
  } catch (error) {
    if (error instanceof ReadFailure) return { failure: error };
    const failure = networkProblem(error);
    if (failure === undefined) throw error;
    return { failure };
  }
}

function retryOf(result: Attempt): { readonly attempts: number; readonly wait?: number } | undefined {
  if (result.failure !== undefined) {
    if (result.failure.reason === "timeout") return { attempts: attempts.timeout };
    return result.failure.reason === "unreachable" && result.failure.code !== "CERTIFICATE"
      ? { attempts: attempts.network }
      : undefined;
  }
  const { status, headers } = result.response;
  if (!retriedStatuses.has(status)) return undefined;
  const wait = retryAfter((name) => headers.get(name));
  if (wait !== undefined)
    return { attempts: status === 429 ? attempts.throttledWithHeader : attempts.server, wait };
  return { attempts: status === 429 ? attempts.throttled : attempts.server };
}

/**
 * Milliseconds that the server asks to wait: seconds or a date (RFC 9110, 10.2.3), or the provider's milliseconds.
 * A date counts from the server's own clock where it says what that is. Undefined when there is no usable value.
 */
export function retryAfter(header: (name: string) => string | undefined): number | undefined {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const text = header(name)?.trim() ?? "";
    if (/^\d+$/.test(text)) return Number(text);
  }
  const text = header("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  if (text === "" || /^[-+\d.]+$/.test(text) || Number.isNaN(until)) return undefined;
  const serverNow = Date.parse(header("date") ?? "");
  return Math.max(0, until - (Number.isNaN(serverNow) ? Date.now() : serverNow));
}

export function backoff(attempt: number, clock: Clock): number {
  const whole = Math.min(longestPause, firstPause * 2 ** (attempt - 1));
  return whole / 2 + (whole / 2) * clock.random();
}

export async function pauseOrStop(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    throw new ReadFailure("interrupted", "interrupted while waiting to try again");
  }
}

function settle(result: Attempt, attempt: number): PipelineResponse {
  if (result.response !== undefined) return result.response;
  if (attempt === 1) throw result.failure;
  const { reason, message, code } = result.failure;
  throw new ReadFailure(reason, `${message} (${attempt} attempts)`, code === undefined ? {} : { code });
}

function outOfTime(result: Attempt, pause: number, left: number): ReadFailure {
  if (result.failure !== undefined) return result.failure;
  const { status } = result.response;
  return new ReadFailure(
    status === 429 ? "throttled" : "server-error",
    `answered ${status} and asks to wait ${seconds(pause)}, but only ${seconds(Math.max(0, left))} are left for this target; raise --timeout`,
    { status },
  );
}
