import type { PipelineResponse } from "@azure/core-rest-pipeline";
import type { UnreadCause } from "../../snapshot/snapshot.ts";
import { visible } from "../../text/visible.ts";
import { ReadFailure } from "./failure.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Longest error message of a server that is quoted, in characters. */
const quoted = 400;

/**
 * The JSON object of a complete 200 answer. Anything else is a `ReadFailure`: a status, a page for browsers, a cut
 * or empty body, a value that is no object. None of them may ever look like "nothing there".
 */
export function objectOf(response: PipelineResponse): JsonObject {
  if (response.status !== 200) throw failureOf(response);
  const text = (response.bodyAsText ?? "").replace(/^\uFEFF/, "");
  const type = response.headers.get("content-type") ?? "";
  if (text.trim() === "")
    throw new ReadFailure("malformed", "answered 200 with an empty body", { status: 200 });
  if (!/[/+]json\b/i.test(type))
    throw new ReadFailure(
      "malformed",
      `answered 200 with ${visible(type) || "no content type"} instead of JSON; is a proxy or a sign-in page in between?`,
      { status: 200 },
    );
  const value = parsed(text);
  if (value === undefined)
    throw new ReadFailure(
      "malformed",
      `answered 200 with ${text.length} characters that are not complete JSON`,
      {
        status: 200,
      },
    );
  if (!isObject(value))
    throw new ReadFailure("malformed", `answered 200 with ${kindOf(value)} instead of a JSON object`, {
      status: 200,
    });
  return value;
}

/** The items of a list answer: an object whose `value` is an array of objects. */
export function itemsOf(body: JsonObject): readonly JsonObject[] {
  const { value } = body;
  if (!Array.isArray(value))
    throw new ReadFailure("malformed", `answered 200 with ${kindOf(value)} as "value" instead of a list`, {
      status: 200,
    });
  const odd = value.findIndex((item) => !isObject(item));
  if (odd >= 0)
    throw new ReadFailure(
      "malformed",
      `item ${odd} of the list is ${kindOf(value[odd])} instead of an object`,
      {
        status: 200,
      },
    );
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Error codes that mean "this cloud or this API version does not have it", whatever the status. */
const unsupportedCodes: ReadonlySet<string> = new Set([
  "invalidresourcetype",
  "noregisteredproviderfound",
  "invalidapiversionparameter",
  "unsupportedapiversion",
  "invalidresourcenamespace",
  "resourceprovidernotfound",
]);

function failureOf(response: PipelineResponse): ReadFailure {
  const { status } = response;
  const { code, message } = errorOf(response.bodyAsText ?? "");
  const type = response.headers.get("content-type") ?? "";
  const said = message ?? wordsOf(status, type);
  const text = `answered ${status}${code === undefined ? "" : ` ${code}`}${said === "" ? "" : `: ${said}`}`;
  return new ReadFailure(causeOf(status, code), text, { status, ...(code === undefined ? {} : { code }) });
}

/** What an answer without a message of the provider's was. */
function wordsOf(status: number, type: string): string {
  if (status >= 300 && status < 400) return "it points to another address, which is not followed";
  return /html/i.test(type) ? "a page for browsers" : "";
}

function causeOf(status: number, code: string | undefined): UnreadCause {
  if (code !== undefined && unsupportedCodes.has(code.toLowerCase())) return "unsupported";
  if (status === 401) return "unauthenticated";
  if (status === 403) return "denied";
  if (status === 404) return "not-found";
  if (status === 429) return "throttled";
  if (status === 408) return "timeout";
  if (status >= 500) return "server-error";
  if (status >= 400) return "unsupported";
  return "malformed";
}

/** The provider's code and message: under `error`, or bare; made visible and bounded, since it is printed. */
function errorOf(text: string): { readonly code?: string; readonly message?: string } {
  const value = parsed(text.replace(/^\uFEFF/, ""));
  if (!isObject(value)) return {};
  const inner = isObject(value.error) ? value.error : value;
  const code =
    typeof inner.code === "string" && inner.code !== "" ? visible(inner.code).slice(0, 100) : undefined;
  const first = typeof inner.message === "string" ? visible(inner.message).trim() : "";
  const message = first.length > quoted ? `${first.slice(0, quoted)}…` : first;
  return { ...(code === undefined ? {} : { code }), ...(message === "" ? {} : { message }) };
}
