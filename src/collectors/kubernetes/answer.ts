import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { visible } from "../../text/visible.ts";
import { isObject, type JsonObject, objectOf } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";

/** Longest message of the server that is quoted, in characters. */
const quoted = 400;

/**
 * The JSON object of a complete 200 answer; else a `ReadFailure`, with the reason of the server's `Status` as its
 * code. A path that is not served is answered in plain text.
 */
export function answerOf(response: PipelineResponse): JsonObject {
  try {
    return objectOf(response);
  } catch (error) {
    if (!(error instanceof ReadFailure) || response.status === 200) throw error;
    const { reason, message } = statusOf(response);
    const said =
      message === "" ? error.message : `answered ${[response.status, reason].join(" ").trim()}: ${message}`;
    throw new ReadFailure(error.reason, said, {
      status: response.status,
      ...(reason === "" ? {} : { code: reason }),
    });
  }
}

/** What the API server says in plain text of a path that it does not serve. */
const unserved = "404 page not found";

/**
 * Whether the API server itself said that what was asked for is not there: an object by its `Status`, a group that is
 * not installed by its plain text. A page of whatever stands in between says nothing of the cluster (fault 11).
 */
export function saysAbsent({ status, code, message }: ReadFailure): boolean {
  return status === 404 && (code === "NotFound" || message === `answered 404: ${unserved}`);
}

function statusOf(response: PipelineResponse): { readonly reason: string; readonly message: string } {
  const text = (response.bodyAsText ?? "").trim();
  const value = parsed(text);
  const short = (part: unknown) => {
    const clean = typeof part === "string" ? visible(part.trim()) : "";
    return clean.length > quoted ? `${clean.slice(0, quoted)}…` : clean;
  };
  if (isObject(value) && value["kind"] === "Status")
    return { reason: short(value["reason"]), message: short(value["message"]) || short(value["reason"]) };
  const plain = /^text\/plain\b/i.test(response.headers.get("content-type") ?? "");
  return { reason: "", message: plain ? short(text) : "" };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
