import type { PipelineRequest } from "@azure/core-rest-pipeline";
import { awsKinds } from "../../snapshot/kinds/aws.ts";
import type { AwsCall } from "../../snapshot/kinds/calls.ts";

/** What a request asks for, as it stands on the wire. */
export interface WireRequest {
  /** The service that the request is signed for; absent: it is not signed. */
  readonly service: string | undefined;
  /** The operation's name, where the request says it; of a request that is only an address: `undefined`. */
  readonly operation: string | undefined;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The root element of the answer; absent: the answer is JSON. */
  readonly root?: string;
  /** What the root must hold: the query protocol of all but EC2 wraps what was asked for in `<…Result>`. */
  readonly result?: string;
}

/** The registry's calls that are an address and are answered in XML. */
const inXml = Object.values(awsKinds)
  .flatMap(({ calls }) => calls)
  .filter(({ root }) => root !== undefined);

/** Reads what a request would do from the request itself, as the service will, and not from what we meant. */
export function askedOf(request: PipelineRequest): WireRequest {
  const url = new URL(request.url);
  const scope = /\bCredential=[^,\s]*\/([\w-]+)\/aws4_request\b/.exec(
    request.headers.get("authorization") ?? "",
  );
  const service = scope?.[1];
  const type = request.headers.get("content-type") ?? "";
  const target = request.headers.get("x-amz-target");
  const base = {
    service,
    method: request.method,
    host: url.hostname,
    path: url.pathname,
    query: url.searchParams,
  };
  if (target !== undefined) return { ...base, operation: target.split(".").at(-1) };
  const form = /^application\/x-www-form-urlencoded\b/i.test(type);
  const fields = form ? new URLSearchParams(textOf(request.body)) : url.searchParams;
  // The query protocol takes its parameters from the address too, with GET as with POST.
  const actions = [...new Set([...fields.getAll("Action"), ...url.searchParams.getAll("Action")])];
  if (actions.length === 0) {
    const asked = { ...base, operation: undefined };
    const root = inXml.find((call) => call.service === service && isAddressOf(asked, call))?.root;
    return root === undefined ? asked : { ...asked, root };
  }
  const operation = actions.join("+");
  return {
    ...base,
    operation,
    root: `${operation}Response`,
    ...(service === "ec2" ? {} : { result: `${operation}Result` }),
  };
}

/** Whether a request that says no operation is the call's: same method, and the call's path at the end of its own. */
export function isAddressOf(asked: WireRequest, call: AwsCall): boolean {
  if (call.path === undefined || asked.method !== "GET" || asked.operation !== undefined) return false;
  const pattern = call.path.replace(/\{\w+\}/g, "[^/]+");
  if (call.query === undefined) return new RegExp(`${pattern}$`).test(asked.path);
  return (
    new RegExp(`^${pattern}$`).test(asked.path) && !isBucket(asked.host) && isQueryOf(asked.query, call.query)
  );
}

/** S3 takes the bucket from the host too: the same path would then ask for something else. */
function isBucket(host: string): boolean {
  return /.\.s3[.-]/.test(host);
}

/** Whether a query holds what it must, and nothing that would make it another operation. */
function isQueryOf(query: URLSearchParams, { must, may }: NonNullable<AwsCall["query"]>): boolean {
  const all = [...query].map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  return (
    all.filter((each) => each === must).length === 1 &&
    all.every((each) => each === must || may.includes(each.split("=")[0] ?? ""))
  );
}

function textOf(body: PipelineRequest["body"]): string {
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : "";
}
