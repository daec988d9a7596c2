import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Front, startFront } from "./front.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = fileURLToPath(new URL("../../../../.cache/servers/aws/", import.meta.url));
const requirements = join(here, "requirements.txt");
const python = process.env["PYTHON"] ?? "python3";

export const account = "123456789012";
export const region = "eu-west-1";

/** The emulators' own owner of the account. */
export const root = { accessKeyId: "test", secretAccessKey: "test" } as const;

/** Why the servers cannot be had on this machine; undefined: they can. */
export function whyNoServers(): string | undefined {
  const found = spawnSync(python, ["-c", "import sys, venv; sys.exit(sys.version_info < (3, 10))"]);
  return found.error !== undefined || found.status !== 0
    ? "Python 3.10 or later with venv was not found (PYTHON names another): moto and MiniStack are Python"
    : undefined;
}

export interface LiveAws {
  /** Every service: EKS from MiniStack, the others from moto, behind a front that records and can misbehave. */
  readonly front: Front;
  /** All services of MiniStack, which enforces IAM; behind a front of its own. */
  readonly strict: Front;
  /** moto itself, for its administration. */
  readonly moto: string;
  /** Forgets everything in both. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Installs moto and MiniStack from PyPI into a virtual environment in `.cache/servers/aws` (165 MB and half a minute
 * the first time) and starts both on free ports of 127.0.0.1. They are ended by `stop`, and end by themselves when
 * this process does. Throws with a server's own words when it does not come up.
 */
export async function startAwsServers(): Promise<LiveAws> {
  const interpreter = await installed();
  const started: Started[] = [];
  const stop = async () => {
    await Promise.all(started.map((child) => child.stop()));
  };
  try {
    const moto = await serve(interpreter, "moto", {});
    started.push(moto);
    const ministack = await serve(interpreter, "ministack", {
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: "0",
      IOT_MTLS_ENABLED: "0",
      MINISTACK_ACCOUNT_ID: account,
      AUTH: "true",
    });
    started.push(ministack);
    const front = await startFront((service) => (service === "eks" ? ministack.url : moto.url));
    const strict = await startFront(() => ministack.url);
    return {
      front,
      strict,
      moto: moto.url,
      reset: async () => {
        await post(`${moto.url}/moto-api/reset-auth`, "inf");
        await post(`${moto.url}/moto-api/reset`, "");
        await post(`${ministack.url}/_ministack/reset`, "");
        for (const each of [front, strict]) each.forget();
      },
      stop: async () => {
        await Promise.all([front.stop(), strict.stop(), stop()]);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A request to a server's own administration. */
export async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: "POST", body, headers: { "content-type": "text/plain" } });
  if (!answer.ok) throw new Error(`POST ${new URL(url).pathname} answered ${answer.status}`);
}

async function installed(): Promise<string> {
  const folder = join(cache, "venv");
  const interpreter = join(folder, "bin", "python");
  const marker = join(folder, "installed.txt");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return interpreter;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const run = promisify(execFile);
  await run(python, ["-m", "venv", folder]);
  await run(interpreter, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "-r",
    requirements,
  ]);
  writeFileSync(marker, wanted);
  return interpreter;
}

interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

async function serve(
  interpreter: string,
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<Started> {
  const child = spawn(interpreter, [join(here, "serve.py"), name], {
    cwd: cache,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: cache,
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stop = () => endOf(child);
  try {
    return { url: await addressOf(child, name), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address that the server prints when it listens. */
function addressOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    const timer = setTimeout(() => reject(new Error(`${name} did not come up: ${log.slice(-2000)}`)), 60_000);
    const read = (chunk: Buffer) => {
      if (log.length > 100_000) return;
      log += chunk.toString("utf8");
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.on("error", reject);
    child.on("exit", (status) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${status}: ${log.slice(-2000)}`));
    });
  });
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("exit", () => resolve());
    child.stdin?.end();
    setTimeout(() => child.kill("SIGKILL"), 3_000).unref();
  });
}
