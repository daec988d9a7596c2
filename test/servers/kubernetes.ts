import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ca, caFile } from "./arm.ts";
import { createFaultBox, type Fault, type FaultBox, playFault } from "./faults.ts";
import { answerKubernetes } from "./kubernetes-answers.ts";
import { type Body, type KubernetesState, kubernetesState, token } from "./kubernetes-state.ts";

const certificate = (name: string) => fileURLToPath(new URL(`./certs/${name}`, import.meta.url));

export { ca };

export interface KubernetesLogged {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names and values as they came, one after the other. */
  readonly rawHeaders: readonly string[];
  /** Who asked; undefined when nobody that the server knows. */
  readonly user: string | undefined;
  /** Milliseconds since the server started. */
  readonly at: number;
}

export interface Kubernetes {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** The state served; may be replaced while the server runs. */
  state: KubernetesState;
  readonly requests: readonly KubernetesLogged[];
  /** Fault injection: `kubernetes.faults.add({ match: "/roles?", denied: "roles" })`; the path with its query is matched. */
  readonly faults: FaultBox;
  /** Path of a kubeconfig whose current context is `test`: the server, its authority, a token. */
  readonly kubeconfig: string;
  /** Writes a kubeconfig into a folder of this server's; entries of the cluster and the user may be replaced. Its path. */
  readonly write: (how: { readonly user?: Body; readonly cluster?: Body; readonly name?: string }) => string;
  /** The folder that they are in; it goes with the server. */
  readonly folder: string;
  /** What a child process needs to reach this server by the environment alone. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts an HTTPS API server on a free port of 127.0.0.1. */
export async function startKubernetes(
  changes: Partial<KubernetesState> = {},
  options: { readonly pageSize?: number } = {},
): Promise<Kubernetes> {
  const faults = createFaultBox();
  const requests: KubernetesLogged[] = [];
  const started = Date.now();
  const sockets = new Set<Socket>();
  const server = createServer(
    {
      cert: readFileSync(certificate("server.pem")),
      key: readFileSync(certificate("server.key")),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      void handle(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500).end(String(error));
      });
    },
  );
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), "kubernetes-"));

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parsed = new URL(request.url ?? "/", url);
    for await (const _ of request) {
      // Nothing that is sent counts; the request has to be read to its end.
    }
    const user = userOf(kubernetes.state, request);
    requests.push({
      method: request.method ?? "",
      path: parsed.pathname,
      query: Object.fromEntries(parsed.searchParams),
      rawHeaders: request.rawHeaders,
      user,
      at: Date.now() - started,
    });
    const fault = faults.take(`${parsed.pathname}${parsed.search}`);
    if (fault !== undefined && "delay" in fault)
      await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault !== undefined && "denied" in fault) {
      sendStatus(response, 403, "Forbidden", forbidden(fault.denied));
      return;
    }
    if (fault !== undefined && "status" in fault && fault.html !== true) {
      const { status, code = "InternalError", message = "injected", retryAfter } = fault;
      if (retryAfter !== undefined) response.setHeader("retry-after", String(retryAfter));
      sendStatus(response, status, code, message);
      return;
    }
    if (fault !== undefined && playFault(fault, parsed.pathname, response)) return;
    if (user === undefined) {
      sendStatus(response, 401, "Unauthorized", "Unauthorized");
      return;
    }
    if (request.method !== "GET") {
      sendStatus(response, 405, "MethodNotAllowed", "the server of the tests answers only GET");
      return;
    }
    const accept = String(request.headers.accept ?? "");
    const answer = answerKubernetes(kubernetes.state, parsed, accept, options.pageSize ?? 500);
    if (answer.status === 200)
      send(request, response, withFault(answer.body, parsed, fault), answer.contentType, fault);
    else if ("text" in answer)
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end(`${answer.text}\n`);
    else sendStatus(response, answer.status, answer.reason, answer.message);
  }

  const write: Kubernetes["write"] = ({ user = { token }, cluster = {}, name = "config" }) => {
    const file = join(folder, name);
    const own = { server: url, "certificate-authority-data": Buffer.from(ca).toString("base64"), ...cluster };
    writeFileSync(
      file,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "test-cluster", cluster: own }],
        users: [{ name: "clerk", user }],
        contexts: [{ name: "test", context: { cluster: "test-cluster", user: "clerk" } }],
        "current-context": "test",
      }),
    );
    return file;
  };

  const kubernetes: Kubernetes = {
    url,
    state: kubernetesState(changes),
    requests,
    faults,
    kubeconfig: write({ name: "kubeconfig" }),
    write,
    folder,
    env: { KUBECONFIG: join(folder, "kubeconfig"), NODE_EXTRA_CA_CERTS: caFile },
    close: () =>
      new Promise((resolve) => {
        rmSync(folder, { recursive: true, force: true });
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return kubernetes;
}

function userOf(state: KubernetesState, request: IncomingMessage): string | undefined {
  const { authorization } = request.headers;
  const { fingerprint256 } = (request.socket as TLSSocket).getPeerCertificate();
  return state.users.find(
    (user) =>
      (user.authorization !== undefined && user.authorization === authorization) ||
      (user.fingerprint !== undefined && user.fingerprint === fingerprint256),
  )?.name;
}

const forbidden = (what: string) =>
  `${what} is forbidden: User "clerk" cannot list resource "${what}" at the cluster scope`;

/** An error as the API server words it. */
function sendStatus(response: ServerResponse, code: number, reason: string, message: string): void {
  response.writeHead(code, { "content-type": "application/json" }).end(
    JSON.stringify({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason,
      code,
    }),
  );
}

/** The right answer, bent as the fault says. */
function withFault(body: Body, url: URL, fault: Fault | undefined): Body {
  if (fault === undefined) return body;
  const leading = (to: unknown) => ({ ...body, metadata: { ...(body["metadata"] as Body), continue: to } });
  const given = url.searchParams.get("continue");
  if ("nextLink" in fault) return leading(fault.nextLink);
  if ("loop" in fault) return leading(fault.loop === "same" ? "at-0" : given === "at-0" ? "at-1" : "at-0");
  if ("emptyFirst" in fault && given === null) return { ...leading("at-0"), items: null };
  return body;
}

/** Compressed when the client asks for it. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  body: Body,
  contentType = "application/json",
  fault: Fault | undefined,
): void {
  const gzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const headers = { "content-type": contentType, ...(gzip ? { "content-encoding": "gzip" } : {}) };
  const packed = (text: string) => (gzip ? gzipSync(text) : Buffer.from(text));
  const text = JSON.stringify(body);
  if (fault !== undefined && "cut" in fault && fault.cut === "json") {
    response.writeHead(200, headers).end(packed(text.slice(0, Math.floor(text.length / 2))));
    return;
  }
  const whole = packed(text);
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  if (fault !== undefined && "cut" in fault) {
    response.writeHead(200, { ...headers, "content-length": String(whole.length) });
    response.write(half, () => response.socket?.destroy());
    return;
  }
  if (fault !== undefined && "hang" in fault) {
    response.writeHead(200, headers).write(half);
    return;
  }
  response.writeHead(200, headers).end(whole);
}
