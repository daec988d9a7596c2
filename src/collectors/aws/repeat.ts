import type { Clock } from "../http/clock.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempts, backoff, pauseOrStop } from "../http/retry.ts";
import { seconds } from "../http/transport.ts";
import { AnswerFailure } from "./answer.ts";

export interface RepeatOptions {
  readonly clock: Clock;
  /** Milliseconds left of the target's time. */
  readonly left: () => number;
  readonly signal: AbortSignal;
  readonly debug: (line: string) => void;
}

/** Refusals that the service's own clock may mend: the SDK takes it from the answer and signs by it. */
const clockCodes =
  /^(?:RequestTimeTooSkewed|RequestExpired|SignatureDoesNotMatch|InvalidSignature|AuthFailure)/;

/** A difference of clocks that makes a signature invalid, in milliseconds; AWS allows five minutes. */
const tolerated = 4 * 60_000;

/**
 * Repeats a call that may succeed later, each time signed anew: throttling whatever its status (AWS mostly says 400,
 * and no Retry-After), server errors, broken connections and timeouts, with exponential backoff, never past the end of
 * the target's time. The SDK's own retries are off, so that the two do not multiply.
 */
export async function repeated<T>(what: string, call: () => Promise<T>, options: RepeatOptions): Promise<T> {
  const { clock, signal, debug } = options;
  for (let attempt = 1; ; attempt += 1) {
    const started = clock.now();
    const said = (word: string) =>
      debug(`${what} ${word} ${Math.round(clock.now() - started)} ms, attempt ${attempt}`);
    let failure: ReadFailure;
    try {
      const value = await call();
      said("200");
      return value;
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      failure = error;
      said(failure.status === undefined ? failure.reason : `${failure.status} ${failure.code ?? ""}`.trim());
    }
    const again = againOf(failure);
    if (again === undefined || attempt >= again.attempts) throw settled(failure, attempt);
    const pause = again.wait ?? backoff(attempt, clock);
    if (pause >= options.left()) throw outOfTime(failure, pause, again.wait, attempt, options.left());
    if (pause > 0) await pauseOrStop(clock, pause, signal);
  }
}

function againOf(failure: ReadFailure): { readonly attempts: number; readonly wait?: number } | undefined {
  const wait = failure instanceof AnswerFailure ? failure.wait : undefined;
  const paced = wait === undefined ? {} : { wait };
  switch (failure.reason) {
    case "throttled":
      return { attempts: wait === undefined ? attempts.throttled : attempts.throttledWithHeader, ...paced };
    case "server-error":
      return { attempts: attempts.server, ...paced };
    case "timeout":
      return { attempts: attempts.timeout };
    case "unreachable":
      return failure.code === "CERTIFICATE" ? undefined : { attempts: attempts.network };
    case "unauthenticated":
      return skewOf(failure) === undefined ? undefined : { attempts: 2, wait: 0 };
    default:
      return undefined;
  }
}

/** Milliseconds by which this machine's clock is ahead of the service's, when that may be why it refused. */
function skewOf(failure: ReadFailure): number | undefined {
  if (!(failure instanceof AnswerFailure) || !clockCodes.test(failure.code ?? "")) return undefined;
  const server = Date.parse(failure.$response.headers.date ?? "");
  const ahead = Date.now() - server;
  return Number.isNaN(ahead) || Math.abs(ahead) < tolerated ? undefined : ahead;
}

function settled(failure: ReadFailure, attempt: number): ReadFailure {
  const ahead = skewOf(failure);
  const clock =
    ahead === undefined
      ? ""
      : `; this machine's clock is ${Math.round(Math.abs(ahead) / 60_000)} minutes ${ahead > 0 ? "ahead of" : "behind"} the server's: set the clock`;
  const tries = attempt === 1 ? "" : ` (${attempt} attempts)`;
  if (clock === "" && tries === "") return failure;
  return new ReadFailure(failure.reason, `${failure.message}${clock}${tries}`, aboutOf(failure));
}

function outOfTime(
  failure: ReadFailure,
  pause: number,
  asked: number | undefined,
  attempt: number,
  left: number,
): ReadFailure {
  if (asked === undefined) return settled(failure, attempt);
  return new ReadFailure(
    failure.reason,
    `answered ${failure.status} and asks to wait ${seconds(pause)}, but only ${seconds(Math.max(0, left))} are left for this target; raise --timeout`,
    aboutOf(failure),
  );
}

function aboutOf(failure: ReadFailure): { readonly status?: number; readonly code?: string } {
  return {
    ...(failure.status === undefined ? {} : { status: failure.status }),
    ...(failure.code === undefined ? {} : { code: failure.code }),
  };
}
