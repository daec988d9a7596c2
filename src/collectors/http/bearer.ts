import type { AccessToken, TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicyName,
  type PipelinePolicy,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { ReadFailure } from "./failure.ts";
import { seconds } from "./transport.ts";

/** A token is asked for anew when it has less than this left, in milliseconds. */
const refreshMargin = 2 * 60_000;

export interface BearerOptions {
  /** Makes a credential with an empty token cache; called again when a token was refused. */
  readonly newCredential: () => TokenCredential;
  readonly scope: string;
  /** The only origin that tokens are sent to. */
  readonly origin: string;
  readonly signal: AbortSignal;
  /** Milliseconds that signing in may take. */
  readonly timeoutMs: () => number;
  /** One line for a person, without secrets, about a sign-in that failed. */
  readonly explain: (error: unknown) => string;
}

export interface Bearer {
  readonly policy: PipelinePolicy;
  /** Signs in now. Throws what the credential throws, or a `ReadFailure` when it takes too long. */
  readonly signIn: () => Promise<void>;
}

/**
 * Puts the token on requests. A 401 in the middle of a scan is answered with one new sign-in for the whole scan;
 * a second refusal is final. Carries the SDK's policy name, so that an SDK client on this pipeline adds none of
 * its own. A new credential is made for the second sign-in since the SDK's cache would return the refused token.
 */
export function createBearer(options: BearerOptions): Bearer {
  let credential = options.newCredential();
  let token: AccessToken | undefined;
  let pending: Promise<AccessToken> | undefined;
  let renewed = false;

  const signIn = async (): Promise<AccessToken> => {
    pending ??= withDeadline(credential, options).finally(() => {
      pending = undefined;
    });
    token = await pending;
    return token;
  };
  const current = async (): Promise<AccessToken> => {
    if (token !== undefined && token.expiresOnTimestamp - Date.now() > refreshMargin) return token;
    try {
      return await signIn();
    } catch (error) {
      if (token !== undefined && token.expiresOnTimestamp > Date.now()) return token;
      throw asFailure(error, options);
    }
  };
  const renew = async (refused: string): Promise<AccessToken | undefined> => {
    if (pending === undefined && token?.token === refused) {
      if (renewed) return undefined;
      renewed = true;
      credential = options.newCredential();
      token = undefined;
    }
    try {
      return token ?? (await signIn());
    } catch (error) {
      throw asFailure(error, options);
    }
  };

  return {
    signIn: async () => {
      await signIn();
    },
    policy: {
      name: bearerTokenAuthenticationPolicyName,
      sendRequest: async (request, next) => {
        const url = new URL(request.url);
        if (url.protocol !== "https:" || url.origin !== options.origin)
          throw new ReadFailure(
            "incomplete",
            `refused to send a token to ${url.origin}: it is not ${options.origin}`,
          );
        const first = await current();
        request.headers.set("authorization", `Bearer ${first.token}`);
        const response = await next(request);
        if (response.status !== 401) return response;
        const second = await renew(first.token);
        if (second === undefined || second.token === first.token) return clockNote(response);
        request.headers.set("authorization", `Bearer ${second.token}`);
        const again = await next(request);
        return again.status === 401 ? clockNote(again) : again;
      },
    },
  };
}

function clockNote(response: PipelineResponse): PipelineResponse {
  const server = Date.parse(response.headers.get("date") ?? "");
  const off = Number.isNaN(server) ? 0 : Math.round((Date.now() - server) / 60_000);
  if (Math.abs(off) < 5) return response;
  throw new ReadFailure(
    "unauthenticated",
    `answered 401; this machine's clock is ${Math.abs(off)} minutes ${off > 0 ? "ahead of" : "behind"} the server's, which makes tokens invalid: set the clock`,
    { status: 401 },
  );
}

function asFailure(error: unknown, options: BearerOptions): ReadFailure {
  return error instanceof ReadFailure ? error : new ReadFailure("unauthenticated", options.explain(error));
}

async function withDeadline(credential: TokenCredential, options: BearerOptions): Promise<AccessToken> {
  const budget = Math.max(1, options.timeoutMs());
  const abort = new AbortController();
  const interrupt = () => abort.abort("interrupted");
  const timer = setTimeout(() => abort.abort("timeout"), budget);
  options.signal.addEventListener("abort", interrupt, { once: true });
  if (options.signal.aborted) interrupt();
  const stopped = new Promise<never>((_, reject) => {
    const stop = () =>
      reject(
        abort.signal.reason === "timeout"
          ? new ReadFailure("timeout", `signing in took longer than ${seconds(budget)}`)
          : new ReadFailure("interrupted", "interrupted while signing in"),
      );
    if (abort.signal.aborted) stop();
    else abort.signal.addEventListener("abort", stop, { once: true });
  });
  stopped.catch(() => {});
  try {
    const token = await Promise.race([
      credential.getToken(options.scope, { abortSignal: abort.signal, enableCae: true }),
      stopped,
    ]);
    if (token === null) throw new ReadFailure("unauthenticated", "the credential gave no token");
    return token;
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", interrupt);
  }
}
