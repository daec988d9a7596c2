import { CollectError, type CollectOptions } from "../define.ts";
import { systemClock } from "../http/clock.ts";
import { ReadFailure } from "../http/failure.ts";
import type { KubernetesSettings } from "../settings.ts";
import { agentOf } from "./agent.ts";
import { createKubernetesHttp, type KubernetesHttp } from "./http.ts";
import { environmentProxy } from "./proxy.ts";
import { createClusterSignIn } from "./sign-in.ts";
import { type ApiServer, type ClusterTarget, clusterTargetOf } from "./target.ts";

/** Milliseconds that one request may take, its body included. */
const defaultRequestTimeout = 60_000;
/** Milliseconds that an exec plugin may take. */
const defaultExecTimeout = 30_000;

/** A connection to one cluster. */
export interface ClusterConnection extends KubernetesHttp {
  readonly target: ClusterTarget;
  /** Why no credentials came in time; then nothing can be read. */
  readonly problem?: ReadFailure;
}

/**
 * @param extraPaths paths that a plugin reads, beside those of the registry
 * @throws CollectError on a kubeconfig that is wrong or a sign-in that fails
 */
export async function connectCluster(
  settings: KubernetesSettings,
  options: Omit<CollectOptions, "now">,
  extraPaths: readonly string[] = [],
): Promise<ClusterConnection> {
  const clock = settings.clock ?? systemClock;
  const started = clock.now();
  const left = () => options.timeoutMs - (clock.now() - started);
  const target = clusterTargetOf(settings);
  const { cluster, login, title } = target;
  if (login.kind === "exec" && settings.execPlugins === "deny")
    throw new CollectError(
      `${title}: ${login.title} gets its credentials from a program, and --exec-plugins deny forbids to start one: allow it, or use a kubeconfig with a token or a certificate`,
    );
  const env = settings.env ?? process.env;
  const proxy = cluster.proxy ?? environmentProxy(cluster.server, env);
  const requestTimeoutMs = settings.requestTimeoutMs ?? defaultRequestTimeout;
  const signIn = createClusterSignIn({
    login,
    cluster: clusterInfo(cluster),
    signal: options.signal,
    timeoutMs: () => Math.max(1, Math.min(settings.execTimeoutMs ?? defaultExecTimeout, left())),
  });
  const debug = (line: string) => options.debug(signIn.scrub(line));
  const agent = (credential: Parameters<typeof agentOf>[1]) =>
    agentOf({ target, proxy, timeoutMs: Math.max(1, Math.min(requestTimeoutMs, left())) }, credential);
  const http = createKubernetesHttp({
    server: cluster.server,
    extraPaths,
    signIn,
    agentOf: agent,
    impersonate: login.impersonate,
    clock,
    left,
    requestTimeoutMs,
    concurrency: options.concurrency,
    signal: options.signal,
    debug,
  });
  debug(
    `${title}: ${login.title} at ${cluster.server.origin}${proxy === undefined ? "" : ` through ${proxy.host}`}`,
  );
  if (cluster.insecure) debug(`${title}: insecure-skip-tls-verify: the server's certificate is not checked`);
  options.progress("signing in to Kubernetes");
  try {
    await agent(await signIn.current());
    return { target, ...http };
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    debug(`sign-in: ${error.message}`);
    return { target, ...http, problem: error };
  }
}

/** The cluster as an exec plugin is told of it. */
function clusterInfo(cluster: ApiServer): Readonly<Record<string, unknown>> {
  return {
    server: cluster.server.href.replace(/\/$/, ""),
    ...(cluster.tlsServerName === undefined ? {} : { "tls-server-name": cluster.tlsServerName }),
    ...(cluster.insecure ? { "insecure-skip-tls-verify": true } : {}),
    ...(cluster.ca === undefined
      ? {}
      : { "certificate-authority-data": Buffer.from(cluster.ca).toString("base64") }),
    ...(cluster.proxy === undefined ? {} : { "proxy-url": cluster.proxy.href }),
    ...(cluster.execConfig === undefined ? {} : { config: cluster.execConfig }),
  };
}
