import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { answerArm } from "./arm-answers.ts";
import { type Authority, createAuthority } from "./authority.ts";
import { type AzureState, azureState, type Body, tenantId } from "./azure-state.ts";
import { createFaultBox, type Fault, type FaultBox, playFault, sendError } from "./faults.ts";
import { answerGraph } from "./graph-answers.ts";

const certificate = (name: string) => fileURLToPath(new URL(`./certs/${name}`, import.meta.url));

/** Path of the certificate authority that signed the test servers' certificate. */
export const caFile = certificate("ca.pem");
/** Its text, for tests inside this process. */
export const ca = readFileSync(caFile, "utf8");

export interface LoggedRequest {
  readonly to: "arm" | "authority";
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** Milliseconds since the server started. */
  readonly at: number;
}

export interface ArmOptions {
  /** Items of one page; default 100. */
  readonly pageSize?: number;
  readonly clientSecret?: string;
}

export interface Arm {
  /** `https://127.0.0.1:<port>`: endpoint of the Resource Manager, and authority host. */
  readonly url: string;
  /** Id of the subscription that the state describes. */
  readonly subscription: string;
  /** The state served; may be replaced while the server runs. */
  state: AzureState;
  /** Whom the server's directory knows. */
  readonly authority: Authority;
  /** A credential for tests in this process: its tokens are the server's own. */
  readonly credential: { getToken(): Promise<{ token: string; expiresOnTimestamp: number }> };
  /** What a child process needs to sign in here and to trust the certificate. Flags of the command line win over it. */
  readonly env: Readonly<Record<string, string>>;
  /** Flags that point the command line here. */
  readonly args: readonly string[];
  /** Every request so far, in order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** Fault injection: `arm.faults.add({ match: "roleAssignments", denied: "Microsoft.Authorization/roleAssignments/read" })`. */
  readonly faults: FaultBox;
  close(): Promise<void>;
}

/** Starts an HTTPS Resource Manager with its token authority on a free port of 127.0.0.1. */
export async function startArm(changes: Partial<AzureState> = {}, options: ArmOptions = {}): Promise<Arm> {
  const faults = createFaultBox();
  const requests: LoggedRequest[] = [];
  const started = Date.now();
  const authority = createAuthority({
    tenant: tenantId,
    clientId: "c1000000-0000-4000-8000-000000000001",
    clientSecret: options.clientSecret ?? "canary-client-secret-5f1d",
  });
  const pageSize = options.pageSize ?? 100;
  const sockets = new Set<Socket>();
  const server = createServer(
    { cert: readFileSync(certificate("server.pem")), key: readFileSync(certificate("server.key")) },
    (request, response) => {
      void handle(request, response).catch((error: unknown) => {
        if (!response.headersSent) sendError(response, 500, "TestServer", String(error));
      });
    },
  );
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parsed = new URL(request.url ?? "/", url);
    const body = await textOf(request);
    const known = authority.answer(request, parsed, body);
    requests.push({
      to: known === undefined ? "arm" : "authority",
      method: request.method ?? "",
      path: decodeURIComponent(parsed.pathname),
      query: Object.fromEntries(parsed.searchParams),
      headers: request.headers,
      body,
      at: Date.now() - started,
    });
    const fault = faults.take(decodeURIComponent(parsed.pathname + parsed.search));
    if (fault !== undefined && "delay" in fault)
      await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault !== undefined && playFault(fault, parsed.pathname, response)) return;
    if (known !== undefined) {
      response
        .writeHead(known.status, { "content-type": "application/json; charset=utf-8" })
        .end(JSON.stringify(known.body));
      return;
    }
    if (!authority.accepts(request.headers.authorization)) {
      sendError(
        response,
        401,
        "ExpiredAuthenticationToken",
        "The access token expiry UTC time is earlier than now.",
        {
          "www-authenticate": `Bearer authorization_uri="${url}/${tenantId}", error="invalid_token", error_description="The access token has expired."`,
        },
      );
      return;
    }
    const answer = parsed.pathname.startsWith("/v1.0/")
      ? answerGraph(arm.state.graph, request.method ?? "", parsed, { url, pageSize })
      : answerArm(arm.state, request.method ?? "", parsed, { url, pageSize });
    if (answer.status !== 200) {
      sendError(response, answer.status, answer.code, answer.message);
      return;
    }
    send(request, response, withFault(answer.body, fault, parsed), fault);
  }

  const arm: Arm = {
    url,
    state: azureState(changes),
    subscription: changes.subscriptionId ?? azureState().subscriptionId,
    authority,
    credential: {
      getToken: () =>
        Promise.resolve({ token: authority.issue(), expiresOnTimestamp: Date.now() + 3_600_000 }),
    },
    env: {
      AZURE_TENANT_ID: authority.tenant,
      AZURE_CLIENT_ID: authority.clientId,
      AZURE_CLIENT_SECRET: authority.clientSecret,
      AZURE_AUTHORITY_HOST: url,
      NODE_EXTRA_CA_CERTS: caFile,
    },
    args: [
      ...["--azure-endpoint", url, "--graph-endpoint", url],
      ...["--subscription", changes.subscriptionId ?? azureState().subscriptionId],
    ],
    requests,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return arm;
}

/** The right answer, bent as the fault says. */
function withFault(body: Body, fault: Fault | undefined, url: URL): Body {
  if (fault === undefined) return body;
  const linkTo = (token: string) => {
    const link = new URL(url);
    link.searchParams.set("$skiptoken", token);
    return link.href;
  };
  const name = url.pathname.startsWith("/v1.0/") ? "@odata.nextLink" : "nextLink";
  if ("nextLink" in fault) return { ...body, [name]: fault.nextLink };
  if ("loop" in fault) {
    if (fault.loop === "same") return { ...body, [name]: linkTo("loop") };
    return { ...body, [name]: linkTo(url.searchParams.get("$skiptoken") === "a" ? "b" : "a") };
  }
  if ("emptyFirst" in fault && !url.searchParams.has("$skiptoken")) return { value: [], [name]: linkTo("0") };
  return body;
}

/** Compressed when the client asks for it, as the provider does. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  body: Body,
  fault: Fault | undefined,
): void {
  const gzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const headers = {
    "content-type": "application/json; charset=utf-8",
    ...(gzip ? { "content-encoding": "gzip" } : {}),
  };
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

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
