import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Client, LiveAzure } from "./setup.ts";

const installed = fileURLToPath(new URL("../../../../.cache/servers/azure/az/bin/az", import.meta.url));
const command = process.env.AZ ?? installed;

/** Why az cannot be used; undefined: it can. */
export function whyNoAz(): string | undefined {
  return existsSync(command)
    ? undefined
    : "az is not installed (test/live/servers/azure/install-az.sh installs it, or set AZ)";
}

/** Microsoft's own command line, signed in to the live servers. */
export interface Az {
  /** Runs `az ...args --output json`. Throws with what az said when it fails. */
  run(...args: string[]): Promise<unknown>;
  close(): void;
}

/**
 * Teaches az the cloud of these servers and signs in. It keeps its configuration in a folder of its own. A proxy
 * that does not exist stands before everything but localhost, so that an az which has lost its way cannot reach
 * the public cloud.
 */
export async function startAz(azure: LiveAzure, client: Client, subscriptionId: string): Promise<Az> {
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-az-"));
  const env: Record<string, string | undefined> = {
    ...process.env,
    ...azure.env(client),
    AZURE_CONFIG_DIR: folder,
    AZURE_CORE_COLLECT_TELEMETRY: "false",
    AZURE_CORE_ONLY_SHOW_ERRORS: "true",
    AZURE_CORE_INSTANCE_DISCOVERY: "false",
    AZURE_CORE_NO_COLOR: "true",
    HTTPS_PROXY: "http://127.0.0.1:9",
    HTTP_PROXY: "http://127.0.0.1:9",
    NO_PROXY: "localhost,127.0.0.1",
  };
  const close = () => rmSync(folder, { recursive: true, force: true });
  const run = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(command, [...args, "--output", "json"], {
      env,
      maxBuffer: 1 << 26,
    }).catch((error: Error & { stderr?: string }) => {
      throw new Error(`az ${args.slice(0, 3).join(" ")}: ${(error.stderr ?? error.message).trim()}`);
    });
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  };
  try {
    await run(
      "cloud",
      "register",
      "--name",
      "chalk-audit-live",
      "--endpoint-resource-manager",
      azure.endpoint,
    );
    await run("cloud", "set", "--name", "chalk-audit-live");
    const { clientId, secret } = client;
    await run(
      ...["login", "--service-principal", "--username", clientId, "--password", secret],
      ...["--tenant", azure.tenant],
    );
    const account = (await run("account", "show")) as { readonly id?: string };
    if (account.id !== subscriptionId)
      throw new Error(`az is signed in to ${account.id}, not ${subscriptionId}`);
  } catch (error) {
    close();
    throw error;
  }
  return { run, close };
}
