import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { go } from "../azure/requirements.ts";
import { type Api, apiOf } from "./api.ts";
import { type Front, startFront } from "./front.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = fileURLToPath(new URL("../../../../.cache/servers/kubernetes/", import.meta.url));

/** What the server says of itself; the module's version of `k8s.io/kubernetes` in `server/go.mod`. */
export const version = "v1.35.4";

/** How someone signs in: as a user's entry in a kubeconfig says, or with the certificate of the administrator. */
export type SignIn = { readonly token: string } | { readonly exec: unknown } | "certificate";

/** A static token of a user without any right of its own. */
export const low = { user: "low", group: "low-group", token: "low-token-of-the-live-tests" } as const;

const adminToken = "admin-token-of-the-live-tests";

/** Where a kubeconfig leads, when not to the server itself. */
export interface Way {
  readonly url?: string;
  readonly namespace?: string;
}

/** A running API server with etcd and controllers behind it; no nodes. */
export interface LiveKubernetes {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** PEM file of the authority that signed its certificate. */
  readonly ca: string;
  /** A front with the same certificate, which records and can misbehave; it takes tokens only. */
  readonly front: Front;
  /** As administrator. */
  readonly admin: Api;
  /** A client of that token. */
  as(token: string): Api;
  /** Writes a kubeconfig with one context, `live`, and gives its path. */
  kubeconfig(signIn: SignIn, way?: Way): string;
  /** The administrator's, for kubectl. */
  readonly adminConfig: string;
  /** A token of that service account, which must exist, as a pod would get it; good for an hour. */
  tokenOf(namespace: string, account: string): Promise<string>;
  /** Forgets all earlier revisions in etcd, so that continue tokens of lists that it serves expire. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Builds Kubernetes from the Go module proxy into `.cache/servers/kubernetes` (cold some six minutes on two cores and
 * 5 GB of Go's caches, then 2 s), starts it on free ports of 127.0.0.1 and waits until it is ready (4 s, 300 MB). It
 * is ended by `stop`, and ends by itself when this process does. `flags` go to kube-apiserver, as `--name=value`;
 * `controllers` run beside those that every test needs. Throws with the compiler's or the server's own words when it does not come up.
 */
export async function startKubernetes(
  flags: readonly string[] = [],
  controllers: readonly string[] = [],
): Promise<LiveKubernetes> {
  const binary = await built();
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-live-"));
  const at = (name: string) => join(folder, name);
  writeFileSync(
    at("tokens.csv"),
    `${adminToken},admin,1,"system:masters"\n${low.token},${low.user},2,"${low.group}"\n`,
    { mode: 0o600 },
  );
  const clients: Api[] = [];
  let server: Server | undefined;
  let front: Front | undefined;
  const stop = async () => {
    for (const each of clients) each.close();
    await front?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    server = await start(binary, folder, at("tokens.csv"), [
      ...["-controllers", controllers.join(",")],
      ...flags.flatMap((flag) => ["-apiserver", flag]),
    ]);
    const { port, command } = server;
    const url = `https://127.0.0.1:${port}`;
    const ca = readFileSync(at("ca.pem"), "utf8");
    const as = (token: string) => {
      const api = apiOf(url, ca, token);
      clients.push(api);
      return api;
    };
    const admin = as(adminToken);
    front = await startFront(url, {
      ca,
      certificate: readFileSync(at("server.pem"), "utf8"),
      key: readFileSync(at("server.key"), "utf8"),
    });
    let written = 0;
    const kubeconfig = (signIn: SignIn, way: Way = {}) => {
      written += 1;
      const file = at(`kubeconfig-${written}.json`);
      const user =
        signIn === "certificate"
          ? { "client-certificate": at("admin.pem"), "client-key": at("admin.key") }
          : signIn;
      const context = {
        cluster: "live",
        user: "live",
        ...(way.namespace === undefined ? {} : { namespace: way.namespace }),
      };
      const config = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [
          { name: "live", cluster: { server: way.url ?? url, "certificate-authority": at("ca.pem") } },
        ],
        users: [{ name: "live", user }],
        contexts: [{ name: "live", context }],
        "current-context": "live",
      };
      writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
      return file;
    };
    return {
      url,
      ca: at("ca.pem"),
      front,
      admin,
      as,
      kubeconfig,
      adminConfig: kubeconfig("certificate"),
      tokenOf: async (namespace, account) => {
        const asked = await admin.must<{ readonly status: { readonly token: string } }>(
          "POST",
          `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
          {
            apiVersion: "authentication.k8s.io/v1",
            kind: "TokenRequest",
            spec: { expirationSeconds: 3600 },
          },
        );
        return asked.status.token;
      },
      compact: () => command("compact").then(() => undefined),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function built(): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const binary = join(cache, process.platform === "win32" ? "server.exe" : "server");
  const [major, minor] = version.slice(1).split(".");
  const say = (name: string, value: string | undefined) =>
    `-X k8s.io/component-base/version.${name}=${value}`;
  const told = [
    say("gitVersion", version),
    say("gitMajor", major),
    say("gitMinor", minor),
    say("gitTreeState", "clean"),
  ];
  await promisify(execFile)(
    go,
    ["build", "-mod=readonly", "-o", binary, "-ldflags", ["-s -w", ...told].join(" "), "."],
    {
      cwd: join(here, "server"),
      env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -trimpath", GOWORK: "off" },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return binary;
}

interface Server {
  readonly port: number;
  command(line: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts the server, which prints a line of JSON when it is ready and one for each command. */
async function start(
  binary: string,
  folder: string,
  tokens: string,
  flags: readonly string[],
): Promise<Server> {
  const args = ["-folder", folder, "-tokens", tokens, ...flags];
  const child = spawn(binary, args, { stdio: ["pipe", "pipe", "pipe"], env: { PATH: process.env["PATH"] } });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log = (log + String(chunk)).slice(-4_000);
  });
  const lines = createInterface({ input: child.stdout });
  const line = (what: string, seconds: number) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`kubernetes: no ${what} within ${seconds} s: ${log.trim()}`)),
        seconds * 1000,
      ).unref();
      const ended = (code: number | null) => {
        clearTimeout(timer);
        reject(new Error(`kubernetes ended with ${code} before ${what}: ${log.trim()}`));
      };
      child.once("error", reject);
      child.once("exit", ended);
      lines.once("line", (text) => {
        clearTimeout(timer);
        child.off("error", reject);
        child.off("exit", ended);
        resolve(JSON.parse(text) as Record<string, unknown>);
      });
    });
  try {
    const { port } = await line("readiness", 90);
    return {
      port: Number(port),
      command: (text) => {
        child.stdin.write(`${text}\n`);
        return line(`answer to ${text}`, 30);
      },
      stop: () => end(child),
    };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  child.stdin?.end();
  setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
  await gone;
}
