import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { startArm } from "../../servers/arm.ts";
import { startAws } from "../../servers/aws.ts";
import { auditor } from "../../servers/aws-state.ts";
import { vendorWorld as awsWorld } from "../aws-harness.ts";
import { vendorWorld } from "../world.ts";

const collector = (cloud: string) =>
  JSON.stringify(fileURLToPath(new URL(`../../../src/collectors/${cloud}/collect.ts`, import.meta.url)));

/** Collects one kind in a process of its own, as only there Node reads NODE_EXTRA_CA_CERTS. */
const program = (cloud: string, kind: string, settings: string) => `
import { collect } from ${collector(cloud)};
const [endpoint, subscription] = process.argv.slice(2);
const quiet = () => {};
const snapshot = await collect(
  { kinds: new Set(["${kind}"]), roleNames: [], principals: [], trustedPrincipals: [] },
  ${settings},
  { signal: new AbortController().signal, timeoutMs: 20_000, concurrency: 2, progress: quiet, debug: quiet, now: () => new Date() },
);
console.log(JSON.stringify([snapshot.documents.length, snapshot.unread]));
`;

interface Through {
  /** What the process wrote, with its exit status. */
  readonly ended: readonly [number | null, string];
  /** Where tunnels were asked for. */
  readonly tunnels: readonly string[];
}

/** Runs a collection as a process of its own behind a proxy. */
async function throughProxy(
  source: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Through> {
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
  const folder = mkdtempSync(join(tmpdir(), "collector-"));
  try {
    const outfile = join(folder, "collect.mjs");
    await build({
      stdin: { contents: source, resolveDir: folder },
      bundle: true,
      platform: "node",
      mainFields: ["module", "main"],
      format: "esm",
      outfile,
      logLevel: "error",
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    const { PATH = "" } = process.env;
    const child = spawn(process.execPath, [outfile, ...args], {
      env: { PATH, ...env, HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { ended: [code, output.trim()], tunnels };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    proxy.close();
    proxy.closeAllConnections();
  }
}

describe("fault 38: through a proxy of the environment, with a private certificate authority, sign-in included", () => {
  it("Azure", async () => {
    const arm = await startArm(vendorWorld());
    try {
      const source = program("azure", "azure/vault", '{ cloud: "public", endpoint, subscription }');
      const { ended, tunnels } = await throughProxy(source, [arm.url, arm.subscription], arm.env);
      expect(ended).toEqual([0, "[1,[]]"]);
      expect(tunnels.length).toBeGreaterThanOrEqual(2);
      expect(new Set(tunnels)).toEqual(new Set([new URL(arm.url).host]));
      expect(arm.requests.map((request) => request.to)).toEqual(["authority", "authority", "arm"]);
    } finally {
      await arm.close();
    }
  });

  it("AWS", async () => {
    const role = "arn:aws:iam::123456789012:role/reader";
    const session = { id: "ASIAEXAMPLEASSUMED01", secret: "canary/assumed+secret/77aa" };
    const aws = await startAws({
      ...awsWorld,
      roles: [{ name: "reader", trust: {} }],
      keys: {
        [auditor.id]: { secret: auditor.secret },
        [session.id]: { secret: session.secret, token: "canary/session+token/==" },
      },
    });
    try {
      const source = program("aws", "aws/vpc", `{ assumeRole: "${role}" }`);
      const { ended, tunnels } = await throughProxy(source, [], aws.env);
      expect(ended).toEqual([0, "[2,[]]"]);
      expect(new Set(tunnels)).toEqual(new Set([new URL(aws.url).host]));
      expect(aws.requests.map(({ call }) => call)).toEqual([
        "sts AssumeRole",
        "sts GetCallerIdentity",
        "ec2 DescribeVpcs",
      ]);
    } finally {
      await aws.close();
    }
  });
});
