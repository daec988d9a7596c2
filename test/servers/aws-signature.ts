import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AwsState, KeyState } from "./aws-state.ts";

export interface Signed {
  readonly service: string;
  readonly key: KeyState;
  readonly keyId: string;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Checks a request's Signature Version 4 from its documentation, without the SDK: so that an address or a body which
 * changed after signing does not pass.
 */
export function checkSignature(
  request: {
    readonly method: string;
    readonly url: URL;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  },
  state: AwsState,
  now: number,
): Signed | Refusal {
  const header = String(request.headers.authorization ?? "");
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (parsed === null)
    return {
      status: 403,
      code: "MissingAuthenticationToken",
      message: "Request is missing Authentication Token",
    };
  const [, keyId = "", date = "", region = "", service = "", names = "", signature = ""] = parsed;
  const key = state.keys[keyId];
  const unknown =
    service === "sts" || service === "iam" ? "InvalidClientTokenId" : "UnrecognizedClientException";
  if (key === undefined || key.token !== request.headers["x-amz-security-token"])
    return { status: 403, code: unknown, message: "The security token included in the request is invalid." };
  const time = String(request.headers["x-amz-date"] ?? "");
  const sent = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(sent) || Math.abs(sent - now) > 5 * 60_000)
    return {
      status: 403,
      code: "SignatureDoesNotMatch",
      message: `Signature expired: ${time} is now earlier than ${new Date(now).toISOString()}`,
    };
  const canonical = [
    request.method,
    request.url.pathname
      .split("/")
      .map((part) => escaped(part))
      .join("/"),
    [...request.url.searchParams]
      .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
      .sort()
      .join("&"),
    ...names.split(";").map((name) => `${name}:${String(request.headers[name] ?? "").trim()}`),
    "",
    names,
    sha256(request.body),
  ].join("\n");
  const text = [
    "AWS4-HMAC-SHA256",
    time,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join("\n");
  const signing = [date, region, service, "aws4_request"].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${key.secret}`,
  );
  if (hmac(signing, text).toString("hex") !== signature)
    return {
      status: 403,
      code: "SignatureDoesNotMatch",
      message: "The request signature we calculated does not match the signature you provided.",
    };
  if (key.expired === true)
    return {
      status: service === "sts" || service === "iam" ? 403 : 400,
      code: service === "sts" || service === "iam" ? "ExpiredToken" : "ExpiredTokenException",
      message: "The security token included in the request is expired",
    };
  return { service, key, keyId };
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
