import type { PipelineResponse } from "@azure/core-rest-pipeline";
import type { UnreadCause } from "../../snapshot/snapshot.ts";
import { visible } from "../../text/visible.ts";
import { ReadFailure } from "../http/failure.ts";
import { retryAfter } from "../http/retry.ts";
import type { WireRequest } from "./wire.ts";

/** Longest error message of a service that is quoted, in characters. */
const quoted = 400;

/** An answer that is none. The SDK corrects its clock by the server's date, which it looks for in `$response`. */
export class AnswerFailure extends ReadFailure {
  readonly $response: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };
  readonly $metadata: Record<string, unknown>;
  /** Milliseconds that the service asks to wait. */
  readonly wait: number | undefined;

  constructor(reason: UnreadCause, message: string, response: PipelineResponse, code?: string) {
    super(reason, message, { status: response.status, ...(code === undefined ? {} : { code }) });
    this.$response = { statusCode: response.status, headers: response.headers.toJSON() };
    this.$metadata = { httpStatusCode: response.status };
    this.wait = retryAfter((name) => response.headers.get(name));
  }
}

/**
 * Passes a complete 200 answer of the operation that was asked for, and throws `AnswerFailure` for all else: an
 * error, a page for browsers, a text that was cut, the answer to something else. The SDK would read most of these as
 * an answer with nothing in it.
 */
export function requireAnswer(response: PipelineResponse, asked: WireRequest): void {
  if (response.status !== 200) throw failureOf(response);
  const text = (response.bodyAsText ?? "").trim();
  const problem =
    text === ""
      ? "an empty body"
      : asked.root === undefined
        ? notJson(text)
        : notXml(text, asked.root, asked);
  if (problem === undefined) return;
  const type = visible(response.headers.get("content-type") ?? "");
  const hint =
    /html/i.test(type) || /^<!doctype|^<html/i.test(text) ? "; is a proxy or a sign-in page in between?" : "";
  throw new AnswerFailure("malformed", `answered 200 with ${problem}${hint}`, response);
}

function notXml(text: string, wanted: string, { result }: WireRequest): string | undefined {
  const root = /^(?:<\?xml[^>]*\?>\s*)?<([A-Za-z_][\w.-]*)[\s/>]/.exec(text)?.[1];
  if (root === undefined) return "something that is not XML";
  if (root !== wanted) return `<${visible(root).slice(0, 80)}> instead of <${wanted}>`;
  if (!text.endsWith(`</${wanted}>`)) return `${text.length} characters that are not complete XML`;
  return result !== undefined && !text.includes(`<${result}`) ? `no <${result}>` : undefined;
}

function notJson(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return /^[{[]/.test(text)
      ? `${text.length} characters that are not complete JSON`
      : "something that is not JSON";
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "no JSON object";
}

function failureOf(response: PipelineResponse): AnswerFailure {
  const { status } = response;
  const { code, message } = errorOf(response);
  const said = message ?? wordsOf(response);
  const text = `answered ${status}${code === undefined ? "" : ` ${code}`}${said === "" ? "" : `: ${said}`}`;
  return new AnswerFailure(causeOf(status, code), text, response, code);
}

function wordsOf(response: PipelineResponse): string {
  if (response.status >= 300 && response.status < 400)
    return "it points to another address, which is not followed";
  return /html/i.test(response.headers.get("content-type") ?? "") ? "a page for browsers" : "";
}

/** Codes of the services that we read, and those that they share (service authorization and error references). */
const causes: readonly (readonly [RegExp, UnreadCause])[] = [
  [
    /throttl|^RequestLimitExceeded$|^TooManyRequests|^SlowDown$|^BandwidthLimitExceeded$|^PriorRequestNotComplete$/i,
    "throttled",
  ],
  [
    /^(?:ExpiredToken|RequestExpired|TokenRefreshRequired|InvalidToken$|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthenticationToken|RequestTimeTooSkewed|AuthFailure)/,
    "unauthenticated",
  ],
  [/^(?:AccessDenied|UnauthorizedOperation|OptInRequired|SubscriptionRequired|NotAuthorized)/, "denied"],
  [
    /^(?:NoSuchEntity|NoSuchBucket|NoSuchCORSConfiguration|ResourceNotFound|NotFoundException|DBParameterGroupNotFound|Invalid\w+ID\.NotFound)/,
    "not-found",
  ],
  [/^(?:InvalidAction|UnknownOperation|UnsupportedOperation|NotImplemented)/, "unsupported"],
  [/^PaginationTokenExpired/, "incomplete"],
];

function causeOf(status: number, code: string | undefined): UnreadCause {
  const known = code === undefined ? undefined : causes.find(([pattern]) => pattern.test(code))?.[1];
  if (known !== undefined) return known;
  if (status === 401) return "unauthenticated";
  if (status === 403) return "denied";
  if (status === 429) return "throttled";
  if (status === 408) return "timeout";
  if (status === 501) return "unsupported";
  if (status >= 500) return "server-error";
  // A 404 without one of the service's own codes is about the operation: what serves that address does not have it.
  return status >= 400 ? "unsupported" : "malformed";
}

/**
 * The service's code and message, made visible and bounded. XML and JSON both, whatever was expected: the emulators
 * answer a refused call in XML everywhere.
 */
function errorOf(response: PipelineResponse): { readonly code?: string; readonly message?: string } {
  const text = response.bodyAsText ?? "";
  const { code, message } = /^\s*</.test(text) ? inXml(text) : inJson(text);
  const header = response.headers.get("x-amzn-errortype");
  const name = bare(header ?? "") || bare(code ?? "");
  const said = visible((message ?? "").replace(/\s*Encoded authorization failure message:.*$/s, "")).trim();
  const cut = said.length > quoted ? `${said.slice(0, quoted)}…` : said;
  return { ...(name === "" ? {} : { code: name }), ...(cut === "" ? {} : { message: cut }) };
}

/** `com.amazon#AccessDeniedException:http://…` → `AccessDeniedException`. */
function bare(code: string): string {
  const name = code.split(":")[0]?.split("#").at(-1)?.trim() ?? "";
  return visible(name).slice(0, 100);
}

function inXml(text: string): { readonly code?: string; readonly message?: string } {
  if (/^\s*<!doctype|^\s*<html/i.test(text)) return {};
  const element = (name: string) => {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`, "i").exec(text)?.[1];
    return found === undefined ? {} : { [name.toLowerCase()]: unescaped(found) };
  };
  return { ...element("Code"), ...element("Message") };
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescaped(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? "");
}

function inJson(text: string): { readonly code?: string; readonly message?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof value !== "object" || value === null) return {};
  const body = value as Readonly<Record<string, unknown>>;
  const code = [body.__type, body.code, body.Code].find((each) => typeof each === "string");
  const message = [body.message, body.Message].find((each) => typeof each === "string");
  return {
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof message === "string" ? { message } : {}),
  };
}
