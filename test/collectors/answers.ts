/** A provider without a network: an HTTP client whose answers are written down, for the calls of a review. */
import { createHttpHeaders, type HttpClient, type PipelineRequest } from "@azure/core-rest-pipeline";

export interface Answer {
  readonly status?: number;
  readonly body: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Sent {
  readonly call: string;
  readonly region: string;
  readonly body: string;
}

/** A server of the three services: each call is answered in turn, the last answer again and again. */
export function cloud(answers: Readonly<Record<string, readonly Answer[]>>): {
  readonly client: HttpClient;
  readonly sent: Sent[];
} {
  const sent: Sent[] = [];
  const counts = new Map<string, number>();
  const client: HttpClient = {
    sendRequest: async (request: PipelineRequest) => {
      const scope = /Credential=[^/]+\/\d+\/([\w-]+)\/([\w-]+)\//.exec(
        request.headers.get("authorization") ?? "",
      );
      const body =
        typeof request.body === "string"
          ? request.body
          : request.body instanceof Uint8Array
            ? Buffer.from(request.body).toString("utf8")
            : "";
      const target = request.headers.get("x-amz-target")?.split(".").at(-1);
      const operation = target ?? new URLSearchParams(body).get("Action") ?? new URL(request.url).pathname;
      const region = scope?.[1] ?? "";
      const key = answers[`${operation} ${region}`] === undefined ? operation : `${operation} ${region}`;
      sent.push({ call: operation, region, body });
      const n = counts.get(key) ?? 0;
      counts.set(key, n + 1);
      const list = answers[key] ?? [{ status: 400, body: '{"__type":"UnknownOperationException"}' }];
      const answer = list[Math.min(n, list.length - 1)] as Answer;
      return {
        request,
        status: answer.status ?? 200,
        headers: createHttpHeaders({
          "content-type":
            answer.type ?? (answer.body.startsWith("<") ? "text/xml" : "application/x-amz-json-1.1"),
          ...answer.headers,
        }),
        bodyAsText: answer.body,
      };
    },
  };
  return { client, sent };
}
