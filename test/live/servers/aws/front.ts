import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that came by: `iam GetRole`, `eks GET /clusters`. */
export type Seen = string;

/** Makes matching requests fail, so many times, as the service would. */
export interface FrontFault {
  readonly match: RegExp;
  readonly times?: number;
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** A front of the emulators: sends each request on to the one that has the service, unchanged, and writes it down. */
export interface Front {
  readonly url: string;
  readonly seen: readonly Seen[];
  fault(fault: FrontFault): void;
  /** Changes answers that match, until it is forgotten: what the emulator cannot say. Of XML it gets the text. */
  edit(match: RegExp, change: (body: unknown) => unknown): void;
  /** Forgets what was seen, the faults and the edits. */
  forget(): void;
  stop(): Promise<void>;
}

export async function startFront(backendOf: (service: string) => string): Promise<Front> {
  const seen: Seen[] = [];
  let faults: { readonly fault: FrontFault; left: number }[] = [];
  let edits: { readonly match: RegExp; readonly change: (body: unknown) => unknown }[] = [];
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing).catch((error: unknown) => outgoing.writeHead(502).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const service = /\/([\w-]+)\/aws4_request/.exec(incoming.headers.authorization ?? "")?.[1] ?? "unsigned";
    const target = String(incoming.headers["x-amz-target"] ?? "").split(".")[1];
    const action = new URLSearchParams(body.toString("utf8")).get("Action");
    const call = `${service} ${target ?? action ?? `${incoming.method} ${incoming.url?.split("?")[0]}`}`;
    seen.push(call);
    const hit = faults.find(({ fault, left }) => left > 0 && fault.match.test(call));
    if (hit !== undefined) {
      hit.left -= 1;
      outgoing
        .writeHead(hit.fault.status, { "content-type": hit.fault.type ?? "text/xml" })
        .end(hit.fault.body);
      return;
    }
    const backend = new URL(incoming.url ?? "/", backendOf(service));
    const sent = request(backend, { method: incoming.method, headers: incoming.headers }, (answer) => {
      const own = edits.filter(({ match }) => match.test(call));
      if (own.length > 0 && answer.statusCode === 200) {
        const type = answer.headers["content-type"] ?? "application/json";
        void changed(answer, type, own).then((text) =>
          outgoing.writeHead(200, { "content-type": type }).end(text),
        );
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    sent.on("error", (error) => outgoing.writeHead(502).end(String(error)));
    sent.end(body);
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    fault: (fault) => {
      faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    edit: (match, change) => {
      edits.push({ match, change });
    },
    forget: () => {
      seen.length = 0;
      faults = [];
      edits = [];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function changed(
  answer: IncomingMessage,
  type: string,
  edits: readonly { readonly change: (body: unknown) => unknown }[],
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const isXml = type.includes("xml");
  const body = edits.reduce<unknown>((so, { change }) => change(so), isXml ? text : JSON.parse(text));
  return isXml ? String(body) : JSON.stringify(body);
}
