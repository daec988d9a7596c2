import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeCertificates } from "./certificates.ts";
import { go } from "./requirements.ts";
import type { Fault, LiveState, Logged } from "./state.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = fileURLToPath(new URL("../../../../.cache/servers/azure/", import.meta.url));

/** An application that can sign in. */
export interface Client {
  readonly clientId: string;
  /** Object id of its service principal: the one that Resource Manager sees. */
  readonly objectId: string;
  readonly secret: string;
}

/** A running Resource Manager and the token authority that it trusts. */
export interface LiveAzure {
  /** `https://localhost:<port>`, to be given as the Resource Manager endpoint. */
  readonly endpoint: string;
  readonly authorityHost: string;
  readonly tenant: string;
  /** PEM file to be trusted. */
  readonly ca: string;
  /** What a child process needs to sign in as that client. */
  env(client: Client): Record<string, string>;
  /** Replaces the whole world; faults, the page size and the log are reset with it. */
  load(state: LiveState): Promise<void>;
  faults(faults: readonly Fault[]): Promise<void>;
  pageSize(items: number): Promise<void>;
  /** Every request since the last `load` or `forget`, in the order in which they came. */
  requests(): Promise<readonly Logged[]>;
  forget(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Builds the servers into `.cache/servers/azure` (some 25 s the first time, then 1 s), starts both on free ports of
 * 127.0.0.1 and waits until they listen. They are ended by `stop`, and end by themselves when this process does.
 * Throws with the compiler's or the server's own words when one of them does not come up.
 */
export async function startAzure(tenant: string, clients: readonly Client[]): Promise<LiveAzure> {
  mkdirSync(cache, { recursive: true });
  const binary = join(cache, process.platform === "win32" ? "arm.exe" : "arm");
  await promisify(execFile)(go, ["build", "-trimpath", "-ldflags=-s -w", "-o", binary, "."], {
    cwd: join(here, "arm"),
  });
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-live-"));
  const children: Started[] = [];
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const tls = makeCertificates(folder);
    const known = Object.fromEntries(
      clients.map(({ clientId, objectId, secret }) => [clientId, { objectId, secret }]),
    );
    const authority = await start(
      "token authority",
      process.execPath,
      [join(here, "authority.mjs"), tls.key, tls.certificate, tenant],
      { CLIENTS: JSON.stringify(known) },
    );
    children.push(authority);
    const authorityHost = `https://localhost:${authority.ready.port}`;
    const keys = join(folder, "jwks.json");
    writeFileSync(keys, JSON.stringify({ keys: authority.ready.keys }));
    const arm = await start("resource manager", binary, [
      ...["-cert", tls.certificate, "-key", tls.key, "-jwks", keys],
      ...["-issuer", `${authorityHost}/${tenant}/v2.0`, "-tenant", tenant],
    ]);
    children.push(arm);
    const endpoint = `https://localhost:${arm.ready.port}`;
    const admin = adminOf(endpoint, readFileSync(tls.authority, "utf8"));
    return {
      endpoint,
      authorityHost,
      tenant,
      ca: tls.authority,
      env: (client) => ({
        NODE_EXTRA_CA_CERTS: tls.authority,
        REQUESTS_CA_BUNDLE: tls.authority,
        AZURE_AUTHORITY_HOST: authorityHost,
        AZURE_TENANT_ID: tenant,
        AZURE_CLIENT_ID: client.clientId,
        AZURE_CLIENT_SECRET: client.secret,
      }),
      load: async (state) => {
        await admin("PUT", "state", state);
        await admin("PUT", "faults", []);
        await admin("PUT", "page-size", 100);
        await admin("DELETE", "requests");
      },
      faults: (faults) => admin("PUT", "faults", faults).then(() => undefined),
      pageSize: (items) => admin("PUT", "page-size", items).then(() => undefined),
      requests: async () => JSON.parse(await admin("GET", "requests")) as readonly Logged[],
      forget: () => admin("DELETE", "requests").then(() => undefined),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Started {
  readonly ready: { readonly port: number; readonly keys?: unknown };
  stop(): Promise<void>;
}

/** Starts a server that prints one line of JSON when it listens, and holds its standard input open. */
async function start(
  name: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  const ready = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the ${name} ended with ${code}: ${errors.trim()}`)));
    setTimeout(
      () => reject(new Error(`the ${name} did not come up within 30 s: ${errors.trim()}`)),
      30_000,
    ).unref();
  }).catch((error: unknown) => {
    child.kill();
    throw error;
  });
  return { ready: JSON.parse(ready) as Started["ready"], stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  child.kill();
  await gone;
}

function adminOf(endpoint: string, ca: string) {
  return (method: string, path: string, body?: unknown): Promise<string> =>
    new Promise((resolve, reject) => {
      const call = request(`${endpoint}/_live/${path}`, { method, ca, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => {
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${text}`));
        });
      });
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
