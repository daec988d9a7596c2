import type { ServerResponse } from "node:http";

/** One way in which a server can misbehave. */
export type FaultAction =
  /** Answer with this status and an error of the provider's shape. */
  | {
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly retryAfter?: string | number;
      readonly html?: boolean;
    }
  /** Answer 403 as the provider does when this permission is missing. */
  | { readonly denied: string }
  /** Answer 200 with exactly this text. */
  | { readonly raw: string; readonly contentType?: string }
  /** Answer 200 with a page for browsers. */
  | { readonly html: true }
  /** The right answer, cut in the middle: `json` as a complete response, `socket` by closing the connection. */
  | { readonly cut: "json" | "socket" }
  /** Never answer: nothing at all, or headers and half of the body. */
  | { readonly hang: "head" | "body" }
  /** The right answer with a link to itself, or to a second page that links back. */
  | { readonly loop: "same" | "aba" }
  /** The right answer with this next link. */
  | { readonly nextLink: unknown }
  /** The right answer with no items and a link to the real one. */
  | { readonly emptyFirst: true }
  /** Close the connection without a word. */
  | { readonly reset: true }
  /** Send to another address. */
  | { readonly redirect: string }
  /** Answer late, in milliseconds. */
  | { readonly delay: number };

/** When a fault applies. */
export interface FaultRule {
  /** Text that the path with its decoded query contains, in any case, or an expression that it matches. */
  readonly match: string | RegExp;
  /** How many requests it hits; for ever when absent. */
  readonly times?: number;
  /** How many matching requests pass before it begins. */
  readonly after?: number;
}

export type Fault = FaultRule & FaultAction;

export interface FaultBox {
  readonly add: (...faults: readonly Fault[]) => void;
  readonly clear: () => void;
  /** The fault that hits this request, counted off. */
  readonly take: (path: string) => Fault | undefined;
}

export function createFaultBox(): FaultBox {
  let active: { fault: Fault; seen: number }[] = [];
  return {
    add: (...faults) => {
      active.push(...faults.map((fault) => ({ fault, seen: 0 })));
    },
    clear: () => {
      active = [];
    },
    take: (path) => {
      for (const entry of active) {
        if (!matches(entry.fault.match, path)) continue;
        const number = entry.seen;
        entry.seen += 1;
        const from = entry.fault.after ?? 0;
        if (number >= from && number < from + (entry.fault.times ?? Number.POSITIVE_INFINITY))
          return entry.fault;
      }
      return undefined;
    },
  };
}

function matches(match: string | RegExp, path: string): boolean {
  return typeof match === "string" ? path.toLowerCase().includes(match.toLowerCase()) : match.test(path);
}

const page =
  "<!DOCTYPE html><html><head><title>Gateway</title></head><body>Something went wrong</body></html>";

/** Plays the faults that need no right answer; false when the right answer is needed. */
export function playFault(fault: Fault, path: string, response: ServerResponse): boolean {
  if ("reset" in fault) {
    response.socket?.destroy();
    return true;
  }
  if ("hang" in fault && fault.hang === "head") return true;
  if ("redirect" in fault) {
    response.writeHead(307, { location: fault.redirect }).end();
    return true;
  }
  if ("raw" in fault) {
    response
      .writeHead(200, { "content-type": fault.contentType ?? "application/json; charset=utf-8" })
      .end(fault.raw);
    return true;
  }
  if ("denied" in fault) {
    const scope = /^(\/subscriptions\/[^/?]+)/i.exec(path)?.[1] ?? "/";
    sendError(
      response,
      403,
      "AuthorizationFailed",
      `The client 'auditor' with object id '00000000-0000-0000-0000-00000000a0d1' does not have authorization to perform action '${fault.denied}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
    return true;
  }
  if ("status" in fault) {
    const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
    if (fault.html) response.writeHead(fault.status, { ...headers, "content-type": "text/html" }).end(page);
    else
      sendError(
        response,
        fault.status,
        fault.code ?? String(fault.status),
        fault.message ?? "injected",
        headers,
      );
    return true;
  }
  if ("html" in fault) {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    return true;
  }
  return false;
}

export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { ...headers, "content-type": "application/json; charset=utf-8" })
    .end(JSON.stringify({ error: { code, message } }));
}
