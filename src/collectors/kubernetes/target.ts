import { statSync } from "node:fs";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { CollectError } from "../define.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import type { KubernetesSettings } from "../settings.ts";
import {
  type Environment,
  fileText,
  type KubeconfigEntry,
  kubeconfigText,
  type Merged,
  material,
  readKubeconfigs,
  shown,
} from "./kubeconfig.ts";
import { type Login, loginOf } from "./login.ts";

/** Where the API server is and how its certificate is checked. */
export interface ApiServer {
  readonly server: URL;
  /** PEM text of the only authority to trust; absent: Node's own list. */
  readonly ca?: string;
  readonly tlsServerName?: string;
  readonly insecure: boolean;
  /** The kubeconfig's own proxy; wins over the environment's. */
  readonly proxy?: URL;
  /** What the cluster's entry has for exec plugins. */
  readonly execConfig?: unknown;
}

/** One context of the kubeconfig, resolved. */
export interface ClusterTarget {
  /** For messages: `context "prod"`, or the pod's own account. */
  readonly title: string;
  readonly cluster: ApiServer;
  readonly login: Login;
}

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The cluster and the user that kubectl would take: of the kubeconfig's current context, or the one named; with no
 * kubeconfig at all, the account of the pod that this runs in.
 * @throws CollectError naming file, place and what to do
 */
export function clusterTargetOf(settings: KubernetesSettings): ClusterTarget {
  const env = settings.env ?? process.env;
  const merged = readKubeconfigs(settings.kubeconfig, env);
  const empty =
    merged === undefined ||
    (merged.contexts.size === 0 && merged.clusters.size === 0 && merged.users.size === 0);
  if (empty && settings.kubeconfig === undefined) {
    const own = inCluster(settings, env);
    if (own !== undefined) return own;
  }
  if (merged === undefined)
    throw new CollectError(
      "no kubeconfig: name one with --kubeconfig or KUBECONFIG, or write ~/.kube/config (a cloud's command line does, e.g. az aks get-credentials or aws eks update-kubeconfig)",
    );
  return fromContext(merged, settings.context, env);
}

function fromContext(merged: Merged, asked: string | undefined, env: Environment): ClusterTarget {
  const files = merged.files.map(shown).join(", ");
  const names = [...merged.contexts.keys()];
  const known =
    names.length === 0
      ? "it has none"
      : `it has ${names.slice(0, 10).map(shown).join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`;
  const name = asked ?? merged.currentContext;
  if (name === undefined)
    throw new CollectError(`kubeconfig ${files} has no current context: name one with --context; ${known}`);
  const context = merged.contexts.get(name);
  if (context === undefined)
    throw new CollectError(
      `${asked === undefined ? "current-context" : "--context"}: kubeconfig ${files} has no context ${shown(name)}; ${known}`,
    );
  const clusterName = kubeconfigText(context, "context", "cluster");
  const cluster = clusterName === undefined ? undefined : merged.clusters.get(clusterName);
  if (cluster === undefined)
    throw new CollectError(
      `kubeconfig ${shown(context.file)}: context ${shown(name)} ${clusterName === undefined ? "names no cluster" : `names the cluster ${shown(clusterName)}, which is not there`}`,
    );
  const userName = kubeconfigText(context, "context", "user");
  const user = userName === undefined ? undefined : merged.users.get(userName);
  if (userName !== undefined && user === undefined)
    throw new CollectError(
      `kubeconfig ${shown(context.file)}: context ${shown(name)} names the user ${shown(userName)}, which is not there`,
    );
  return {
    title: `context ${shown(name)}`,
    cluster: clusterOf(cluster),
    login: user === undefined ? { kind: "anonymous", title: "no user", impersonate: [] } : loginOf(user, env),
  };
}

function clusterOf(entry: KubeconfigEntry): ApiServer {
  const where = `kubeconfig ${shown(entry.file)}: cluster ${shown(entry.name)}`;
  const server = kubeconfigText(entry, "cluster", "server");
  if (server === undefined) throw new CollectError(`${where}: expected server, an https address`);
  const url = addressOf(server, `${where}: server`);
  if (url.username !== "" || url.password !== "")
    throw new CollectError(`${where}: server: expected an address without a user name or password`);
  if (url.search !== "" || url.hash !== "")
    throw new CollectError(`${where}: server: expected an address without a query`);
  // `kubectl proxy` speaks plain http, on this machine only.
  if (url.protocol === "http:" ? !isLoopback(url.hostname) : url.protocol !== "https:")
    throw new CollectError(
      `${where}: server: expected an https address, found ${shown(url.origin)}: credentials must not travel unencrypted`,
    );
  const ca = material(entry, "cluster", "certificate-authority");
  const insecure = flag(entry.body["insecure-skip-tls-verify"]);
  if (insecure && ca !== undefined)
    throw new CollectError(
      `${where}: has both a certificate authority and insecure-skip-tls-verify, which kubectl refuses: remove one`,
    );
  const tlsServerName = kubeconfigText(entry, "cluster", "tls-server-name");
  const proxy = kubeconfigText(entry, "cluster", "proxy-url");
  return {
    server: url,
    insecure,
    ...(ca === undefined ? {} : { ca }),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(proxy === undefined ? {} : { proxy: proxyOf(proxy, `${where}: proxy-url`) }),
    ...execConfig(entry.body),
  };
}

/** What a cluster has for exec plugins: the extension of that name. */
function execConfig(body: JsonObject): Pick<ApiServer, "execConfig"> {
  const { extensions } = body;
  const found = Array.isArray(extensions)
    ? extensions.find((item) => isObject(item) && item["name"] === "client.authentication.k8s.io/exec")
    : undefined;
  return isObject(found) && found["extension"] !== undefined ? { execConfig: found["extension"] } : {};
}

/** @throws CollectError unless it is an address of a proxy that can be used */
export function proxyOf(given: string, where: string): URL {
  const url = addressOf(given, where);
  if (!/^(?:https?|socks5h?):$/.test(url.protocol))
    throw new CollectError(`${where}: expected http, https or socks5, found ${shown(url.protocol)}`);
  return url;
}

function addressOf(given: string, where: string): URL {
  // kubectl takes a host without a scheme too, and speaks https to it.
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `https://${given}`;
  if (URL.canParse(whole)) return new URL(whole);
  throw new CollectError(`${where}: expected an address such as https://host:6443`);
}

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return (
    bare === "localhost" || bare.endsWith(".localhost") || /^127(?:\.\d+){3}$/.test(bare) || bare === "::1"
  );
}

function flag(value: unknown): boolean {
  return value === true || (typeof value === "string" && /^(?:true|yes|on)$/i.test(value));
}

/** The account of the pod that this runs in, when it runs in one. */
function inCluster(settings: KubernetesSettings, env: Environment): ClusterTarget | undefined {
  const folder = settings.serviceAccountFolder ?? accountFolder;
  const [host, port] = [env["KUBERNETES_SERVICE_HOST"], env["KUBERNETES_SERVICE_PORT"]];
  const tokenFile = join(folder, "token");
  if (!host || !port || !isFile(tokenFile)) return undefined;
  if (settings.context !== undefined)
    throw new CollectError(
      "--context: there is no kubeconfig in which to look for it; in a pod its own account is used",
    );
  const entry: KubeconfigEntry = { name: "the pod's own account", body: {}, file: folder };
  return {
    title: "the pod's own account",
    cluster: {
      server: addressOf(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`, "KUBERNETES_SERVICE_HOST"),
      insecure: false,
      ca: fileText(entry, "ca.crt", join(folder, "ca.crt")),
    },
    login: { kind: "token-file", title: "the pod's own account", path: tokenFile, impersonate: [] },
  };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
