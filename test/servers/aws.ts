import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ca, caFile } from "./arm.ts";
import { type AwsAnswer, type AwsRequestSeen, answerAws, operationOf, xmlOf } from "./aws-answers.ts";
import { actions, tokens } from "./aws-infrastructure.ts";
import { checkSignature } from "./aws-signature.ts";
import { type AwsState, auditor, awsState, region } from "./aws-state.ts";
import { createFaultBox, type Fault, type FaultBox, playFault } from "./faults.ts";

const certificate = (name: string) => fileURLToPath(new URL(`./certs/${name}`, import.meta.url));

export { ca };

export interface AwsLogged {
  /** `iam GetRole`. */
  readonly call: string;
  readonly method: string;
  readonly path: string;
  readonly input: Readonly<Record<string, string>>;
  readonly keyId: string;
  /** Milliseconds since the server started. */
  readonly at: number;
}

export interface Aws {
  /** `https://127.0.0.1:<port>`: address of every service. */
  readonly url: string;
  /** The state served; may be replaced while the server runs. */
  state: AwsState;
  /** Milliseconds that the server's clock is ahead of this machine's. */
  ahead: number;
  readonly requests: readonly AwsLogged[];
  /** Fault injection: `aws.faults.add({ match: "iam GetRole", denied: "iam:GetRole" })`. */
  readonly faults: FaultBox;
  /** What a child process needs to sign in here and to trust the certificate. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts an HTTPS server of the AWS services that we read, on a free port of 127.0.0.1. */
export async function startAws(
  changes: Partial<AwsState> = {},
  options: { readonly pageSize?: number } = {},
): Promise<Aws> {
  const faults = createFaultBox();
  const requests: AwsLogged[] = [];
  const started = Date.now();
  const sockets = new Set<Socket>();
  const server = createServer(
    { cert: readFileSync(certificate("server.pem")), key: readFileSync(certificate("server.key")) },
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

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parsed = new URL(request.url ?? "/", url);
    const body = await textOf(request);
    const method = request.method ?? "";
    const now = Date.now() + aws.ahead;
    response.setHeader("date", new Date(now).toUTCString());
    const service = /\/([\w-]+)\/aws4_request/.exec(request.headers.authorization ?? "")?.[1] ?? "unsigned";
    const seen = operationOf(service, method, parsed, request.headers, body);
    const call = `${service} ${seen?.operation ?? `${method} ${parsed.pathname}`}`;
    const keyId = /Credential=([^/]+)/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    requests.push({
      call,
      method,
      path: parsed.pathname,
      input: seen?.input ?? {},
      keyId,
      at: Date.now() - started,
    });

    const fault = faults.take(call);
    if (fault !== undefined && "delay" in fault)
      await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault !== undefined && "denied" in fault) {
      sendError(response, service, denied(fault.denied));
      return;
    }
    if (fault !== undefined && "status" in fault && fault.html !== true) {
      const { status, code = "InternalFailure", message = "injected", retryAfter } = fault;
      if (retryAfter !== undefined) response.setHeader("retry-after", String(retryAfter));
      sendError(response, service, { status, code, message });
      return;
    }
    if (fault !== undefined && playFault(fault, parsed.pathname, response)) return;
    const signed = checkSignature({ method, url: parsed, headers: request.headers, body }, aws.state, now);
    if ("code" in signed) {
      sendError(response, service, signed);
      return;
    }
    if (seen === undefined) {
      sendError(response, service, { status: 404, code: "UnknownOperationException", message: "" });
      return;
    }
    const action = actions[`${service}:${seen.operation}`] ?? `${service}:${seen.operation}`;
    if (signed.key.may !== undefined && !signed.key.may.includes(action)) {
      sendError(response, service, denied(action));
      return;
    }
    const caller = signed.key.arn ?? `arn:aws:iam::${aws.state.account}:user/auditor`;
    const signedFor = /\/\d{8}\/([\w-]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const answer = answerAws(aws.state, seen, {
      pageSize: options.pageSize ?? 100,
      caller,
      region: signedFor,
    });
    if (answer.status === 200 && "body" in answer)
      send(request, response, seen, bent(answer, seen, fault), fault);
    else if ("html" in answer) {
      response
        .writeHead(404, { "content-type": "text/html" })
        .end("<!doctype html>\n<title>404 Not Found</title>");
    } else if ("code" in answer) sendError(response, service, answer);
  }

  const aws: Aws = {
    url,
    state: awsState(changes),
    ahead: 0,
    requests,
    faults,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: auditor.id,
      AWS_SECRET_ACCESS_KEY: auditor.secret,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: "true",
      NODE_EXTRA_CA_CERTS: caFile,
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return aws;
}

function denied(action: string): { status: number; code: string; message: string } {
  const ec2 = action.startsWith("ec2:");
  return {
    status: 403,
    code: ec2
      ? "UnauthorizedOperation"
      : /^(?:iam|s3|rds|route53|elasticloadbalancing):/.test(action)
        ? "AccessDenied"
        : "AccessDeniedException",
    message: `User: arn:aws:iam::123456789012:user/auditor is not authorized to perform: ${action}${ec2 ? ". Encoded authorization failure message: 4Gk0Zz9" : " because no identity-based policy allows it"}`,
  };
}

/** An error in the shape of the service's protocol. */
function sendError(
  response: ServerResponse,
  service: string,
  {
    status,
    code,
    message,
    headers = {},
  }: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): void {
  const type = jsonTypes[service];
  if (type !== undefined) {
    const address = type === "application/json";
    const json = address ? { message } : { __type: `com.amazonaws#${code}`, Message: message };
    response
      .writeHead(status, {
        "content-type": type,
        ...(address ? { "x-amzn-errortype": `${code}:http://internal.amazon.com/` } : {}),
      })
      .end(JSON.stringify(json));
    return;
  }
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message.replace(/[<&]/g, "")}</Message></Error>`;
  const xml =
    service === "ec2"
      ? `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors>${error.replace("<Type>Sender</Type>", "")}</Errors><RequestID>r-1</RequestID></Response>`
      : `<ErrorResponse xmlns="urn:test">${error}<RequestId>r-1</RequestId></ErrorResponse>`;
  const s3 = `<?xml version="1.0" encoding="UTF-8"?>\n${error.replace("<Type>Sender</Type>", "")}`;
  response.writeHead(status, { "content-type": "text/xml", ...headers }).end(service === "s3" ? s3 : xml);
}

/** What the services that answer in JSON call it. */
const jsonTypes: Readonly<Record<string, string>> = {
  tagging: "application/x-amz-json-1.1",
  sqs: "application/x-amz-json-1.0",
  eks: "application/json",
  kafka: "application/json",
};

type Right = Extract<AwsAnswer, { readonly body: unknown }>;

/** The right answer, bent as the fault says. */
function bent(answer: Right, seen: AwsRequestSeen, fault: Fault | undefined): Right {
  if (fault === undefined) return answer;
  const token = tokens[seen.service] ?? { out: "Marker", in: "Marker" };
  const more = answer.form === "query" || answer.form === "rest" ? { IsTruncated: true } : {};
  const leading = (to: unknown) => ({ ...answer, body: { ...answer.body, ...more, [token.out]: to } });
  const given = seen.input[token.in];
  if ("nextLink" in fault) return leading(fault.nextLink);
  if ("loop" in fault)
    return leading(fault.loop === "same" ? "page-0" : given === "page-a" ? "page-b" : "page-a");
  if ("emptyFirst" in fault && given === undefined) {
    const list = Object.keys(answer.body).find((name) => Array.isArray(answer.body[name])) ?? "";
    return { ...answer, body: { ...answer.body, ...more, [list]: [], [token.out]: "page-0" } };
  }
  return answer;
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  seen: AwsRequestSeen,
  answer: Right,
  fault: Fault | undefined,
): void {
  const { form } = answer;
  const gzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const headers = {
    "content-type": form === "json" ? (jsonTypes[seen.service] ?? "") : "text/xml",
    ...(gzip ? { "content-encoding": "gzip" } : {}),
  };
  const packed = (text: string) => (gzip ? gzipSync(text) : Buffer.from(text));
  const text = form === "json" ? JSON.stringify(answer.body) : xmlOf(seen.operation, answer.body, form);
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
