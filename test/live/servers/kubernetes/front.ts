import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:https";
import type { AddressInfo } from "node:net";

/** A request as it came by. */
export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly accept: string;
  readonly status: number;
}

/** What happens to a request that matches, in place of or before the server's own answer. */
export interface Interruption {
  /** Over path and query. */
  readonly match: RegExp;
  /** How many matching requests pass before it begins. */
  readonly after?: number;
  /** How many it meets; absent: all. */
  readonly times?: number;
  /** Done before the request is sent on. */
  readonly before?: () => Promise<unknown>;
  /** Answered in the server's place. */
  readonly answer?: { readonly status: number; readonly type: string; readonly body: string };
}

/** A front of the API server, behind its own certificate: sends each request on unchanged and writes it down. */
export interface Front {
  readonly url: string;
  readonly seen: readonly Seen[];
  interrupt(interruption: Interruption): void;
  /** Forgets what was seen, and the interruptions. */
  forget(): void;
  stop(): Promise<void>;
}

export interface Tls {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export async function startFront(backend: string, tls: Tls): Promise<Front> {
  const seen: Seen[] = [];
  let waiting: { readonly what: Interruption; passing: number; left: number }[] = [];
  const agent = new Agent({ keepAlive: true, ca: tls.ca });
  const server = createServer({ cert: tls.certificate, key: tls.key }, (incoming, outgoing) => {
    void handle(incoming, outgoing).catch((error: unknown) => outgoing.writeHead(502).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const path = incoming.url ?? "/";
    const method = incoming.method ?? "";
    const note = (status: number) =>
      seen.push({ method, path, accept: String(incoming.headers.accept ?? ""), status });
    const hit = waiting.find(({ what, left }) => left > 0 && what.match.test(path));
    if (hit !== undefined && hit.passing > 0) hit.passing -= 1;
    else if (hit !== undefined) {
      hit.left -= 1;
      await hit.what.before?.();
      if (hit.what.answer !== undefined) {
        note(hit.what.answer.status);
        outgoing
          .writeHead(hit.what.answer.status, { "content-type": hit.what.answer.type })
          .end(hit.what.answer.body);
        return;
      }
    }
    const sent = request(backend + path, { method, headers: incoming.headers, agent }, (answer) => {
      note(answer.statusCode ?? 502);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    sent.on("error", (error) => outgoing.writeHead(502).end(String(error)));
    sent.end(Buffer.concat(chunks));
  }

  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    interrupt: (what) => {
      waiting.push({ what, passing: what.after ?? 0, left: what.times ?? Number.POSITIVE_INFINITY });
    },
    forget: () => {
      seen.length = 0;
      waiting = [];
    },
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
