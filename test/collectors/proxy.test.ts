import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { startArm } from "../servers/arm.ts";
import { vendorWorld } from "./world.ts";

const collector = fileURLToPath(new URL("../../src/collectors/azure/collect.ts", import.meta.url));

/** Collects the vaults in a process of its own, as only there Node reads NODE_EXTRA_CA_CERTS. */
const program = `
import { collect } from ${JSON.stringify(collector)};
const [endpoint, subscription] = process.argv.slice(2);
const quiet = () => {};
const snapshot = await collect(
  { kinds: new Set(["azure/vault"]), roleNames: [], principals: [] },
  { cloud: "public", endpoint, subscription },
  { signal: new AbortController().signal, timeoutMs: 20_000, concurrency: 2, progress: quiet, debug: quiet, now: () => new Date() },
);
console.log(JSON.stringify([snapshot.documents.length, snapshot.unread]));
`;

it("fault 38: through a proxy of the environment, with a private certificate authority, sign-in included", async () => {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, client) => {
    tunnels.push(request.url ?? "");
    const [host, port] = (request.url ?? "").split(":");
    const server = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      server.pipe(client).pipe(server);
    });
    for (const socket of [server, client]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const arm = await startArm(vendorWorld());
  const folder = mkdtempSync(join(tmpdir(), "collector-"));
  try {
    const outfile = join(folder, "collect.mjs");
    await build({
      stdin: { contents: program, resolveDir: folder },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile,
      logLevel: "error",
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    const { PATH = "" } = process.env;
    const env = {
      PATH,
      ...arm.env,
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    };
    const child = spawn(process.execPath, [outfile, arm.url, arm.subscription], { env });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, output.trim()]).toEqual([0, "[1,[]]"]);
    const target = new URL(arm.url).host;
    expect(tunnels.length).toBeGreaterThanOrEqual(2);
    expect(new Set(tunnels)).toEqual(new Set([target]));
    expect(arm.requests.map((request) => request.to)).toEqual(["authority", "authority", "arm"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    proxy.close();
    proxy.closeAllConnections();
    await arm.close();
  }
});
