import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { leanKubernetesClient } from "../../../scripts/kubernetes-bundle.mjs";
import { environmentProxy } from "../../../src/collectors/kubernetes/proxy.ts";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { fakeClock } from "../harness.ts";
import { collectWith, emptyEnv } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
let tunnels: { readonly to: string; readonly by: string | undefined }[];
let servers: { close(): unknown }[];
let sockets: Set<Socket>;
beforeEach(async () => {
  kubernetes = await startKubernetes();
  tunnels = [];
  servers = [];
  sockets = new Set();
});
afterEach(async () => {
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
  await kubernetes.close();
});

const port = () => Number(new URL(kubernetes.url).port);

function joined(one: Socket, other: Socket): void {
  for (const socket of [one, other]) {
    sockets.add(socket);
    socket.on("error", () => {});
  }
  one.pipe(other).pipe(one);
}

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A proxy behind which the host `cluster.test` is the test server. @returns its address */
async function proxy(answer: "tunnel" | "refuse" | "hang" = "tunnel"): Promise<string> {
  const server = createServer();
  server.on("connect", (request, client: Socket) => {
    tunnels.push({ to: request.url ?? "", by: request.headers["proxy-authorization"] });
    if (answer === "refuse") client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    if (answer !== "tunnel") return;
    const onward = connect(port(), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      joined(onward, client);
    });
  });
  return `127.0.0.1:${await listening(server)}`;
}

/** A SOCKS5 proxy (RFC 1928) without sign-in that takes names. @returns its address */
async function socksProxy(): Promise<string> {
  const server = createTcpServer((client) => {
    client.on("error", () => {});
    client.once("data", () => {
      client.write(Buffer.from([5, 0]));
      client.once("data", (asked: Buffer) => {
        const length = asked[4] ?? 0;
        const kind = asked[3] === 3 ? "name" : "address";
        tunnels.push({ to: `${kind} ${asked.subarray(5, 5 + length).toString()}`, by: undefined });
        const onward = connect(port(), "127.0.0.1", () => {
          client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
          joined(onward, client);
        });
      });
    });
  });
  return `127.0.0.1:${await listening(server)}`;
}

/** The test server under a name that only a proxy knows. */
const named = (more = {}) => ({
  server: `https://cluster.test:${port()}`,
  "tls-server-name": "localhost",
  ...more,
});
const collectThrough = (
  cluster: object,
  env: Readonly<Record<string, string>> = {},
  requestTimeoutMs = 5_000,
) =>
  collectWith(
    {
      kubeconfig: kubernetes.write({ cluster: { ...cluster } }),
      env: { ...emptyEnv, ...env },
      clock: fakeClock(),
      requestTimeoutMs,
    },
    { kinds: [] },
  );
const toTest = () => ({ to: `cluster.test:${port()}`, by: undefined });

describe("fault 38: a proxy", () => {
  it("of the environment is gone through, and TLS goes on to the server itself", async () => {
    const at = await proxy();
    const { snapshot, debug } = await collectThrough(named(), { HTTPS_PROXY: `http://${at}` });
    expect(snapshot.unread).toEqual([]);
    expect(tunnels).toEqual([toTest(), toTest()]);
    expect(debug[0]).toBe(`context "test": user "clerk" at https://cluster.test:${port()} through ${at}`);
  });

  it("of the kubeconfig wins over the environment's; its password is in no output (fault 29)", async () => {
    const at = await proxy();
    const { snapshot, debug } = await collectThrough(named({ "proxy-url": `http://clerk:canary@${at}` }), {
      HTTPS_PROXY: "http://127.0.0.1:1",
      NO_PROXY: "*",
    });
    expect(snapshot.unread).toEqual([]);
    expect(new Set(tunnels.map(({ by }) => by))).toEqual(
      new Set([`Basic ${Buffer.from("clerk:canary").toString("base64")}`]),
    );
    expect(JSON.stringify([snapshot, debug])).not.toContain("canary");
  });

  it("by SOCKS resolves the server's name itself", async () => {
    const at = await socksProxy();
    const { snapshot } = await collectThrough(named({ "proxy-url": `socks5://${at}` }));
    expect(snapshot.unread).toEqual([]);
    expect(tunnels.map(({ to }) => to)).toEqual(["name cluster.test", "name cluster.test"]);
  });

  it("that refuses, hangs or is not there is named as what is wrong", async () => {
    const unreachable = `CollectError: https://cluster.test:${port()} cannot be reached: `;
    const problem = async (address: string) =>
      collectThrough(named({ "proxy-url": address }), {}, 300).then(
        ({ snapshot }) => snapshot.unread[0]?.detail,
        String,
      );
    expect(await problem(`http://${await proxy("refuse")}`)).toBe(
      `${unreachable}the proxy answered 407; check proxy-url, HTTPS_PROXY and NO_PROXY (3 attempts)`,
    );
    expect(await problem("http://127.0.0.1:1")).toMatch(/cannot be reached: the connection was refused/);
    expect(await problem(`http://${await proxy("hang")}`)).toMatch(
      /no complete answer within 0.3 s|the proxy did not open a tunnel in time/,
    );
    expect(await problem("ftp://127.0.0.1")).toMatch(
      /proxy-url: expected http, https or socks5, found "ftp:"$/,
    );
    expect(await problem("http://")).toMatch(/proxy-url: expected an address/);
  });

  it("with NODE_EXTRA_CA_CERTS, in a process of its own, with what the bundle keeps of the client", async () => {
    const at = await proxy();
    const folder = mkdtempSync(join(tmpdir(), "collector-"));
    try {
      const outfile = join(folder, "collect.mjs");
      const collector = fileURLToPath(
        new URL("../../../src/collectors/kubernetes/collect.ts", import.meta.url),
      );
      await build({
        stdin: {
          contents: `import { collect } from ${JSON.stringify(collector)};
            const quiet = () => {};
            const snapshot = await collect(
              { kinds: new Set(["kubernetes/namespace"]), roleNames: [], principals: [], trustedPrincipals: [] }, {},
              { signal: new AbortController().signal, timeoutMs: 20_000, concurrency: 2, progress: quiet, debug: quiet, now: () => new Date() },
            );
            console.log(JSON.stringify([snapshot.documents.map(({ id }) => id), snapshot.unread]));`,
          resolveDir: folder,
        },
        bundle: true,
        platform: "node",
        mainFields: ["module", "main"],
        format: "esm",
        outfile,
        logLevel: "error",
        plugins: [leanKubernetesClient()],
        banner: {
          js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        },
      });
      kubernetes.write({ name: "kubeconfig", cluster: named({ "certificate-authority-data": undefined }) });
      const child = spawn(process.execPath, [outfile], {
        env: { ...emptyEnv, ...kubernetes.env, HTTPS_PROXY: `http://${at}` },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => {
          output += chunk;
        });
      const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
      const documents = [kubernetes.state.uid, "default", "kube-system"];
      expect([code, output.trim()]).toEqual([0, JSON.stringify([documents, []])]);
      expect(tunnels).toEqual([toTest(), toTest(), toTest()]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("which proxy, as Go's httpproxy chooses it", () => {
  const chosen = (server: string, env: Readonly<Record<string, string>>) =>
    environmentProxy(new URL(server), env)?.href;
  const byDefault = { HTTPS_PROXY: "http://p.test:3128" };
  const p = "http://p.test:3128/";

  it.each([
    ["https://c.test", {}, undefined],
    ["https://c.test", byDefault, p],
    ["https://c.test", { https_proxy: "p.test:3128" }, p],
    ["https://c.test", { HTTP_PROXY: "http://p.test:3128" }, undefined],
    ["https://127.0.0.1:6443", byDefault, undefined],
    ["https://localhost", byDefault, undefined],
    ["https://[::1]:6443", byDefault, undefined],
  ] as const)("%s with %j: %s", (server, env, expected) => {
    expect(chosen(server, env)).toBe(expected);
  });

  it.each([
    ["https://c.test", "*", undefined],
    ["https://c.test", "c.test", undefined],
    ["https://a.c.test", "c.test", undefined],
    ["https://C.TEST", " x.test , C.test ", undefined],
    ["https://ac.test", "c.test", p],
    ["https://c.test", ".c.test", p],
    ["https://a.c.test", ".c.test", undefined],
    ["https://a.c.test", "*.c.test", undefined],
    ["https://c.test:6443", "c.test:6443", undefined],
    ["https://c.test:6443", "c.test:443", p],
    ["https://c.test", "c.test:443", undefined],
    ["https://10.1.2.3", "10.0.0.0/8", undefined],
    ["https://11.1.2.3", "10.0.0.0/8", p],
    ["https://10.1.2.3", "10.1.2.3", undefined],
    ["https://10.1.2.3", "10.1.2.4", p],
    ["https://10.1.2.3", "10.0.0.0/99", p],
    ["https://[fd00::1]", "fd00::/8", undefined],
    ["https://[fd00::1]", "fd00::1", undefined],
    ["https://[fd00::1]", "10.0.0.0/8", p],
    ["https://c.test", ",,", p],
  ] as const)("%s with NO_PROXY %j: %s", (server, NO_PROXY, expected) => {
    expect(chosen(server, { ...byDefault, NO_PROXY })).toBe(expected);
  });

  it("an address that is none is refused by name", () => {
    expect(() => chosen("https://c.test", { HTTPS_PROXY: "gopher://x" })).toThrow(
      'HTTPS_PROXY: expected http, https or socks5, found "gopher:"',
    );
  });
});
