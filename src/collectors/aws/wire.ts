import type { PipelineRequest } from "@azure/core-rest-pipeline";
import type { AwsCall } from "../../snapshot/kinds/calls.ts";

/** What a request asks for, as it stands on the wire. */
export interface Asked {
  /** The service that the request is signed for; absent: it is not signed. */
  readonly service: string | undefined;
  /** The operation's name, where the request says it; of a request that is only an address: `undefined`. */
  readonly operation: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly form: "xml" | "json";
  /** Whether the answer wraps what was asked for in `<…Result>`: the query protocol of all but EC2. */
  readonly result: boolean;
}

/** Reads what a request would do from the request itself, as the service will, and not from what we meant. */
export function askedOf(request: PipelineRequest): Asked {
  const url = new URL(request.url);
  const scope = /\bCredential=[^,\s]*\/([\w-]+)\/aws4_request\b/.exec(
    request.headers.get("authorization") ?? "",
  );
  const service = scope?.[1];
  const type = request.headers.get("content-type") ?? "";
  const target = request.headers.get("x-amz-target");
  const base = { service, method: request.method, path: url.pathname };
  if (target !== undefined)
    return { ...base, operation: target.split(".").at(-1), form: "json", result: false };
  const form = /^application\/x-www-form-urlencoded\b/i.test(type);
  const fields = form ? new URLSearchParams(textOf(request.body)) : url.searchParams;
  // The query protocol takes its parameters from the address too, with GET as with POST.
  const actions = [...new Set([...fields.getAll("Action"), ...url.searchParams.getAll("Action")])];
  if (actions.length === 0) return { ...base, operation: undefined, form: "json", result: false };
  return {
    ...base,
    operation: actions.length === 1 ? actions[0] : actions.join("+"),
    form: "xml",
    result: service !== "ec2",
  };
}

/** Whether a request that says no operation is the call's: same method, and the call's path at the end of its own. */
export function isAddressOf(asked: Asked, call: AwsCall): boolean {
  if (call.path === undefined || asked.method !== "GET" || asked.operation !== undefined) return false;
  const pattern = call.path.replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(`${pattern}$`).test(asked.path);
}

function textOf(body: PipelineRequest["body"]): string {
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : "";
}
