import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsCall } from "../../snapshot/kinds/calls.ts";
import { visible } from "../../text/visible.ts";
import { CollectError, type CollectOptions } from "../define.ts";
import type { JsonObject } from "../http/answer.ts";
import { systemClock } from "../http/clock.ts";
import { ReadFailure } from "../http/failure.ts";
import { networkProblem } from "../http/network.ts";
import type { AwsSettings } from "../settings.ts";
import { createAwsHttp } from "./http.ts";
import { repeated } from "./repeat.ts";
import type { ClientConfig } from "./services/define.ts";
import { awsSignInDetails, createAwsSignIn, explainAwsSignIn } from "./sign-in.ts";

/** One call of a service with its retries, as the JSON that a snapshot keeps. Throws `ReadFailure`. */
export type Call = (service: string, what: string, send: () => Promise<object>) => Promise<JsonObject>;

/** A connection that is signed in, to one account in one region. */
export interface AwsConnection {
  readonly region: string;
  /** For the client of a service: through our guard, deadlines and limit. */
  readonly config: ClientConfig;
  readonly call: Call;
  /** The account and who reads; or why that could not be found out. */
  readonly identity: Identity | ReadFailure;
}

export interface Identity {
  readonly account: string;
  readonly body: JsonObject;
}

/**
 * @param also reads that may leave beside those of the registry
 * @throws CollectError on input that is wrong, a sign-in that fails, or an address that is not AWS.
 */
export async function connectAws(
  settings: AwsSettings,
  options: CollectOptions,
  also: readonly AwsCall[] = [],
): Promise<AwsConnection> {
  // The SDK's notice that later releases need a later Node is for who installs it; here it is part of the bundle.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const clock = settings.clock ?? systemClock;
  const started = clock.now();
  const left = () => options.timeoutMs - (clock.now() - started);
  const http = createAwsHttp({
    left,
    concurrency: options.concurrency,
    signal: options.signal,
    also,
    ...(settings.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: settings.requestTimeoutMs }),
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
    ...(settings.client === undefined ? {} : { client: settings.client }),
  });
  const region = await regionOf(settings);
  const signIn = createAwsSignIn({
    settings,
    region,
    handler: http.signingIn,
    signal: options.signal,
    debug: options.debug,
    timeoutMs: () => Math.min(settings.requestTimeoutMs ?? 60_000, left()),
  });
  const debug = (line: string) => options.debug(signIn.scrub(line));
  const config: ClientConfig = {
    region,
    credentials: signIn.credentials,
    requestHandler: http.reading,
    maxAttempts: 1,
    customUserAgent: "chalk-audit",
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
  };
  const once = async (send: () => Promise<object>): Promise<JsonObject> => {
    try {
      return plain(await send());
    } catch (error) {
      throw problemOf(error, settings, signIn.scrub);
    }
  };
  const call: Call = async (service, what, send) => {
    const used = signIn.generation();
    const again = () =>
      repeated(`${service} ${what}`, () => once(send), { clock, left, signal: options.signal, debug });
    try {
      return await again();
    } catch (error) {
      if (!(error instanceof ReadFailure) || error.reason !== "unauthenticated") throw error;
      const renewed = await signIn.renew(used).catch((cause: unknown) => {
        throw new ReadFailure("unauthenticated", explainAwsSignIn(cause, settings));
      });
      if (!renewed) throw error;
      return again();
    }
  };

  options.progress("signing in to AWS");
  try {
    await signIn.credentials();
  } catch (error) {
    for (const line of awsSignInDetails(error)) debug(line);
    throw new CollectError(explainAwsSignIn(error, settings));
  }
  return { region, config, call, identity: await identityOf(new STSClient(config), call) };
}

/**
 * Who is signed in. AWS lets everybody ask; so keys that are refused here are no keys, and an answer that is none is
 * not from AWS. What may pass (throttling, server errors) leaves the account unknown.
 */
async function identityOf(sts: STSClient, call: Call): Promise<Identity | ReadFailure> {
  try {
    const body = await call("sts", "GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand({})));
    const { Account: account } = body;
    if (typeof account !== "string" || !/^\d{12}$/.test(account))
      throw new ReadFailure("malformed", "the answer names no account");
    return { account, body };
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    const { message } = error;
    switch (error.reason) {
      case "unauthenticated":
        throw new CollectError(`signing in to AWS was refused: ${words(error.code) ?? message}`);
      case "unreachable":
        throw new CollectError(`AWS cannot be reached: ${message}; check the region and AWS_ENDPOINT_URL`);
      case "malformed":
      case "unsupported":
      case "not-found":
        throw new CollectError(
          `what was reached does not answer as AWS does: sts GetCallerIdentity ${message}; check AWS_ENDPOINT_URL`,
        );
      default:
        return error;
    }
  }
}

/** What is wrong with the keys and what to do, by the service's code. */
function words(code: string | undefined): string | undefined {
  const advice = {
    InvalidClientTokenId: "AWS does not know the access key; check AWS_ACCESS_KEY_ID or the profile",
    UnrecognizedClientException: "AWS does not know the access key; check AWS_ACCESS_KEY_ID or the profile",
    ExpiredToken: "the session has expired; sign in again (aws sso login), or get new temporary keys",
    ExpiredTokenException:
      "the session has expired; sign in again (aws sso login), or get new temporary keys",
    SignatureDoesNotMatch: "the secret key does not belong to the access key; check AWS_SECRET_ACCESS_KEY",
  }[code ?? ""];
  return advice === undefined ? undefined : `${advice} (${code})`;
}

/** The SDK's order: setting, AWS_REGION, the profile's; and AWS_DEFAULT_REGION, which the CLI reads. */
async function regionOf(settings: AwsSettings): Promise<string> {
  const region = settings.region ?? (await regionOfEnvironment(settings));
  if (/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/.test(region)) return region;
  const from = settings.region === undefined ? "the region" : "--region";
  const shown = JSON.stringify(visible(region).slice(0, 80));
  throw new CollectError(`${from}: expected a region such as eu-west-1, found ${shown}`);
}

async function regionOfEnvironment(settings: AwsSettings): Promise<string> {
  const client = new STSClient(settings.profile === undefined ? {} : { profile: settings.profile });
  try {
    return await client.config.region();
  } catch (error) {
    const given = process.env["AWS_REGION"]?.trim();
    const other = given || process.env["AWS_DEFAULT_REGION"]?.trim();
    if (other) return other;
    if (error instanceof Error && /^region /i.test(error.message))
      throw new CollectError(
        "no region for AWS: name one with --region, AWS_REGION, or in the profile of the AWS configuration files",
      );
    throw new CollectError(explainAwsSignIn(error, settings));
  } finally {
    client.destroy();
  }
}

/** What stopped a call, as a `ReadFailure` where it is one; a mistake of ours passes as it is. */
function problemOf(error: unknown, settings: AwsSettings, scrub: (text: string) => string): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof ReadFailure) {
    // Whoever answers can put anything into the words that are quoted, a key that it was sent included.
    error.message = scrub(error.message);
    return error;
  }
  if (/^(?:CredentialsProviderError|TokenProviderError)$/.test(error.name))
    return new ReadFailure("unauthenticated", explainAwsSignIn(error, settings));
  // Our handler lets only whole answers through; one that the SDK cannot read is not what AWS documents.
  if ("$response" in error || /deserializ|\bparse\b/i.test(error.message)) {
    const [why = ""] = error.message.replace(/^@aws-sdk\s+/, "").split(/\r?\n/);
    return new ReadFailure("malformed", `the answer could not be read: ${scrub(why).slice(0, 400)}`);
  }
  return networkProblem(error) ?? error;
}

/** The SDK's answer as JSON: dates as ISO text, without the SDK's own remarks. */
function plain(output: object): JsonObject {
  const { $metadata: _, ...rest } = output as { $metadata?: unknown };
  return JSON.parse(JSON.stringify(rest)) as JsonObject;
}
