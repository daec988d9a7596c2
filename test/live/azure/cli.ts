import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Client, LiveAzure } from "../servers/azure/setup.ts";
import { subscriptionId } from "./world.ts";

const bundle = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall clock, in milliseconds. */
  readonly took: number;
}

/** Runs the built command as a user would, signed in as that client, against the live servers. */
export function chalkAudit(azure: LiveAzure, client: Client, args: readonly string[]): Promise<Ran> {
  if (!existsSync(bundle))
    throw new Error("dist/main.js is not there: npm run build comes before the live tests");
  const started = Date.now();
  const child = spawn(process.execPath, [bundle, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing of this shell's own Azure settings may leak in; a fixed clock makes two runs comparable.
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SOURCE_DATE_EPOCH: "1795219200",
      ...azure.env(client),
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr, took: Date.now() - started }));
  });
}

/** The flags that every scan of the live servers has. */
export function target(azure: LiveAzure): readonly string[] {
  return ["--cloud", "azure", "--azure-endpoint", azure.endpoint, "--subscription", subscriptionId];
}
