import { type ChildProcess, spawn } from "node:child_process";
import { visible } from "../../text/visible.ts";
import { CollectError } from "../define.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { seconds } from "../http/transport.ts";

/** A program that a kubeconfig gets its credentials from (client.authentication.k8s.io). */
export interface ExecPlugin {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly apiVersion: string;
  readonly installHint?: string;
  /** Whether it wants to be told of the cluster. */
  readonly clusterInfo: boolean;
}

/** What it gave: a token, a client certificate, or both. */
export interface ExecCredential {
  readonly token?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Milliseconds since 1970. */
  readonly expires?: number;
}

export interface ExecOptions {
  /** For `spec.cluster`, given when the plugin wants it. */
  readonly cluster: JsonObject;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Most that a plugin may print, in bytes; credentials have a few thousand. */
const outputLimit = 1024 * 1024;

/**
 * Runs the program as kubectl does without a terminal, and reads the `ExecCredential` that it prints. One that takes
 * too long or prints too much is killed with all that it started. What it writes on its standard error is never
 * read: it may hold a secret.
 * @throws ReadFailure when it hangs, floods or is interrupted
 * @throws CollectError when it is not there, fails, or prints something else
 */
export async function runPlugin(plugin: ExecPlugin, options: ExecOptions): Promise<ExecCredential> {
  const info = {
    kind: "ExecCredential",
    apiVersion: plugin.apiVersion,
    spec: { interactive: false, ...(plugin.clusterInfo ? { cluster: options.cluster } : {}) },
  };
  const printed = await outputOf(
    plugin,
    { ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    options,
  );
  return credentialOf(printed, plugin);
}

function outputOf(
  plugin: ExecPlugin,
  env: Readonly<Record<string, string | undefined>>,
  options: ExecOptions,
): Promise<string> {
  const named = nameOf(plugin);
  if (options.signal.aborted)
    return Promise.reject(new ReadFailure("interrupted", "interrupted before signing in"));
  return new Promise((resolve, reject) => {
    const child = spawn(plugin.command, [...plugin.args], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
      // A process group of its own, so that what it started ends with it.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", interrupt);
      child.stdout?.destroy();
      outcome();
    };
    const stop = (failure: ReadFailure) => {
      kill(child);
      child.unref();
      settle(() => reject(failure));
    };
    const interrupt = () => stop(new ReadFailure("interrupted", "interrupted while signing in"));
    const timer = setTimeout(
      () =>
        stop(
          new ReadFailure(
            "timeout",
            `${named} gave no credentials within ${seconds(options.timeoutMs)} and was ended; does it wait for somebody to sign in?`,
          ),
        ),
      options.timeoutMs,
    );
    options.signal.addEventListener("abort", interrupt, { once: true });
    child.stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > outputLimit)
        stop(new ReadFailure("malformed", `${named} printed more than 1 MB and was ended`));
      else chunks.push(chunk);
    });
    child.on("error", (error: NodeJS.ErrnoException) => settle(() => reject(notStarted(plugin, error))));
    child.on("close", (code, signal) => {
      settle(() => {
        if (code === 0) resolve(Buffer.concat(chunks).toString("utf8"));
        else
          reject(
            new CollectError(
              `${named} ended with ${code === null ? `signal ${signal}` : `status ${code}`}; run any kubectl command to see what it says (it is not shown here, since it may hold a secret)`,
            ),
          );
      });
    });
  });
}

function nameOf(plugin: ExecPlugin): string {
  return `${plugin.title}: the program ${JSON.stringify(visible(plugin.command).slice(0, 200))}`;
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function notStarted(plugin: ExecPlugin, error: NodeJS.ErrnoException): CollectError {
  const why =
    error.code === "ENOENT"
      ? "is not there"
      : error.code === "EACCES"
        ? "may not be run"
        : `could not be started (${error.code ?? "unknown error"})`;
  const hint =
    plugin.installHint === undefined ? "" : `; ${visible(plugin.installHint.trim()).slice(0, 400)}`;
  return new CollectError(`${nameOf(plugin)}, which gives the credentials, ${why}${hint}`);
}

function credentialOf(printed: string, plugin: ExecPlugin): ExecCredential {
  const value = parsed(printed);
  const wrong = (what: string) =>
    new CollectError(
      `${nameOf(plugin)} printed ${what} instead of an ExecCredential of ${plugin.apiVersion}`,
    );
  if (!isObject(value)) throw wrong(printed.trim() === "" ? "nothing" : "something that is no JSON object");
  if (value["kind"] !== "ExecCredential") throw wrong("another kind of object");
  if (value["apiVersion"] !== plugin.apiVersion) throw wrong(`one of ${shortText(value["apiVersion"])}`);
  const status = isObject(value["status"]) ? value["status"] : {};
  const [token, cert, key] = ["token", "clientCertificateData", "clientKeyData"].map((name) => {
    const text = status[name];
    return typeof text === "string" && text !== "" ? text : undefined;
  });
  if ((cert === undefined) !== (key === undefined)) throw wrong("half of a client certificate");
  if (token === undefined && cert === undefined) throw wrong("no token and no client certificate");
  const until = status["expirationTimestamp"];
  const expires = typeof until === "string" ? Date.parse(until) : Number.NaN;
  return {
    ...(token === undefined ? {} : { token }),
    ...(cert === undefined || key === undefined ? {} : { certificate: { cert, key } }),
    ...(Number.isNaN(expires) ? {} : { expires }),
  };
}

function shortText(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(visible(value).slice(0, 80)) : "no version";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
