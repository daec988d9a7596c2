import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { visible } from "../../text/visible.ts";
import { ReadFailure } from "../http/failure.ts";
import { seconds } from "../http/transport.ts";
import type { AwsKeys, AwsSettings } from "../settings.ts";
import type { SdkHandler } from "./http.ts";

/** What the default chain tries, in its order, as a person calls it. */
const tried =
  "environment, single sign-on, profile files, process, web identity, container and instance metadata were tried";

/** Keys are asked for anew when they have less than this left, in milliseconds. */
const refreshMargin = 2 * 60_000;

const secretVariables = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

export interface AwsSignInOptions {
  readonly settings: AwsSettings;
  readonly region: string;
  readonly handler: SdkHandler;
  readonly signal: AbortSignal;
  readonly debug: (line: string) => void;
  /** Milliseconds that signing in may take. */
  readonly timeoutMs: () => number;
}

export interface AwsSignIn {
  /** For SDK clients: the keys of now. Marked `memoized`, since the SDK would else keep the first ones for ever. */
  readonly credentials: { (): Promise<AwsKeys>; memoized: boolean };
  /** Which keys are in use; grows when they are renewed. */
  readonly generation: () => number;
  /**
   * After keys of that generation were refused: signs in once more, once for the whole scan. True when there are
   * other keys now.
   */
  readonly renew: (generation: number) => Promise<boolean>;
  /** Text without the secrets of the environment and of all keys so far, visible. */
  readonly scrub: (text: string) => string;
}

/**
 * The SDK's default chain, `--profile`, and `--assume-role` on top of either. New keys in the middle of a scan come
 * from a chain made anew, since the SDK's own keep what they had.
 */
export function createAwsSignIn(options: AwsSignInOptions): AwsSignIn {
  let provider = providerOf(options, false);
  let keys: AwsKeys | undefined;
  let pending: Promise<AwsKeys> | undefined;
  let generation = 0;
  let renewed: Promise<boolean> | undefined;
  const secrets = new Set<string>();

  const signIn = (): Promise<AwsKeys> => {
    pending ??= withDeadline(provider, options)
      .then((found) => {
        keys = found;
        for (const secret of [found.secretAccessKey, found.sessionToken])
          if (secret !== undefined) secrets.add(secret);
        return found;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  const current = async (): Promise<AwsKeys> => {
    const left = keys?.expiration === undefined ? Infinity : keys.expiration.getTime() - Date.now();
    if (keys !== undefined && left > refreshMargin) return keys;
    try {
      return await signIn();
    } catch (error) {
      if (keys !== undefined && left > 0) return keys;
      throw error;
    }
  };
  const renewNow = async (): Promise<boolean> => {
    const before = keys;
    provider = providerOf(options, true);
    keys = undefined;
    pending = undefined;
    generation += 1;
    const after = await signIn();
    return after.accessKeyId !== before?.accessKeyId || after.sessionToken !== before.sessionToken;
  };

  return {
    credentials: Object.assign(current, { memoized: true }),
    generation: () => generation,
    scrub: (text) => withoutSecrets(text, secrets),
    renew: async (used) => {
      if (used > 0) return false;
      renewed ??= renewNow();
      return renewed;
    },
  };
}

function providerOf(
  { settings, region, handler, debug }: AwsSignInOptions,
  anew: boolean,
): () => Promise<AwsKeys> {
  const { profile, assumeRole, externalId, credentials } = settings;
  const clientConfig = {
    region,
    requestHandler: handler,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
  };
  const base =
    credentials ??
    fromNodeProviderChain({
      clientConfig,
      ignoreCache: anew,
      logger: loggerOf(debug),
      ...(profile === undefined ? {} : { profile }),
    });
  if (assumeRole === undefined) return base;
  return fromTemporaryCredentials({
    masterCredentials: base,
    clientConfig,
    params: {
      RoleArn: assumeRole,
      RoleSessionName: "chalk-audit",
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
  });
}

/** What the SDK says of each thing that it tries, as debug lines; it would print its warnings itself. */
function loggerOf(debug: (line: string) => void) {
  const say = (...parts: readonly unknown[]) => debug(`sign-in: ${firstLine(parts.join(" "))}`);
  return { trace: say, debug: say, info: say, warn: say, error: say };
}

/** One line for a person about a sign-in that failed. */
export function explainAwsSignIn(error: unknown, settings: AwsSettings): string {
  if (error instanceof ReadFailure) return withoutSecrets(error.message);
  const text = firstLine(error);
  const name = error instanceof Error ? error.name : "";
  if (/^(?:CredentialsProviderError|TokenProviderError)$/.test(name)) {
    const profile = settings.profile ?? process.env["AWS_PROFILE"];
    const nothing = /^Could not load credentials from any providers/.test(text);
    if (nothing && profile === undefined)
      return `no credentials for AWS: ${tried} (--debug shows each). Sign in with aws sso login or aws configure, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
    if (profile !== undefined && (nothing || /could not (?:resolve|find|be found)|not found/i.test(text)))
      return `no credentials for AWS: profile ${JSON.stringify(visible(profile))} is not in the AWS configuration files, or names none; check --profile or AWS_PROFILE`;
    return `signing in to AWS failed: ${text}`;
  }
  if (settings.assumeRole !== undefined && /^AccessDenied/.test(name))
    return `assuming ${visible(settings.assumeRole)} was refused: ${text}; check its trust policy, and --external-id`;
  const code = visible(name);
  return settings.assumeRole === undefined
    ? `signing in to AWS failed: ${text} (${code})`
    : `assuming ${visible(settings.assumeRole)} failed: ${text} (${code})`;
}

/** What was tried, one line each, for --debug. */
export function awsSignInDetails(error: unknown): readonly string[] {
  const lines: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    lines.push(`sign-in: ${visible(at.name)}: ${firstLine(at)}`);
  return lines;
}

/** Text without the secrets of the environment and the others, visible. */
function withoutSecrets(text: string, others: Iterable<string> = []): string {
  let clean = text;
  for (const secret of [...secretVariables.map((name) => process.env[name]), ...others])
    if (secret !== undefined && secret.length > 0) clean = clean.replaceAll(secret, "[scrubbed]");
  return visible(clean);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split(/\r?\n/).find((part) => part.trim() !== "") ?? "";
  return withoutSecrets(line.trim()).slice(0, 400);
}

async function withDeadline(provider: () => Promise<AwsKeys>, options: AwsSignInOptions): Promise<AwsKeys> {
  const budget = Math.max(1, options.timeoutMs());
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ReadFailure("timeout", `signing in took longer than ${seconds(budget)}`)),
      budget,
    );
    stop = () => reject(new ReadFailure("interrupted", "interrupted while signing in"));
    if (options.signal.aborted) stop();
    else options.signal.addEventListener("abort", stop, { once: true });
  });
  stopped.catch(() => {});
  try {
    return await Promise.race([provider(), stopped]);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) options.signal.removeEventListener("abort", stop);
  }
}
