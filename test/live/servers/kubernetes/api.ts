import { Agent, request } from "node:https";

/** What the API server answered. */
export interface Answer {
  readonly status: number;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
}

/** A bare client of the API server: no code of the product, no SDK. */
export interface Api {
  /** One request, whatever the answer is. */
  send(method: string, path: string, body?: unknown): Promise<Answer>;
  /** One request whose answer must be a success; throws with the server's words else. */
  must<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): void;
}

/** `url` as in `https://127.0.0.1:1`, `ca` in PEM text. At most sixteen requests are under way at once. */
export function apiOf(url: string, ca: string, token: string): Api {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca });
  const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const call = request(
        url + path,
        {
          method,
          agent,
          headers: {
            authorization: `Bearer ${token}`,
            accept: "application/json",
            // of a DELETE Node says neither a length nor that there are chunks
            "content-length": Buffer.byteLength(text),
            "content-type":
              method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json",
          },
        },
        (response) => {
          let answer = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            answer += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(answer) }));
        },
      );
      call.on("error", reject);
      call.end(text);
    });
  return {
    send,
    must: async <T>(method: string, path: string, body?: unknown) => {
      const answer = await send(method, path, body);
      if (answer.status >= 300)
        throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body as T;
    },
    close: () => agent.destroy(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
