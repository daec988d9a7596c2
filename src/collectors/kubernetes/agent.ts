import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { createSecureContext } from "node:tls";
import { KubeConfig } from "@kubernetes/client-node";
import { CollectError } from "../define.ts";
import type { Credential } from "./sign-in.ts";
import type { Cluster, Target } from "./target.ts";

export interface AgentOptions {
  readonly target: Target;
  readonly proxy: URL | undefined;
  /** Milliseconds that a proxy may take to open the tunnel. */
  readonly timeoutMs: number;
}

/**
 * The agent that connects to the API server with these credentials: certificate authority, client certificate, server
 * name and proxy as the Kubernetes client sets them up. Undefined for plain http, which only `kubectl proxy` on this
 * machine speaks.
 */
export async function agentOf(options: AgentOptions, credential: Credential): Promise<Agent | undefined> {
  const { cluster, login, title } = options.target;
  if (cluster.server.protocol === "http:") return undefined;
  requireMaterial(cluster, credential, `${title}: ${login.title}`);
  const encoded = (text: string) => Buffer.from(text).toString("base64");
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: "cluster",
        server: cluster.server.href,
        skipTLSVerify: cluster.insecure,
        ...(cluster.ca === undefined ? {} : { caData: encoded(cluster.ca) }),
        ...(cluster.tlsServerName === undefined ? {} : { tlsServerName: cluster.tlsServerName }),
        // The proxy resolves names, as with kubectl.
        ...(options.proxy === undefined
          ? {}
          : { proxyUrl: options.proxy.href.replace(/^socks5:/, "socks5h:") }),
      },
    ],
    users: [
      {
        name: "user",
        ...(credential.certificate === undefined
          ? {}
          : { certData: encoded(credential.certificate.cert), keyData: encoded(credential.certificate.key) }),
      },
    ],
    contexts: [{ name: "context", cluster: "cluster", user: "user" }],
    currentContext: "context",
  });
  const request: RequestOptions = { timeout: options.timeoutMs };
  await config.applyToHTTPSOptions(request);
  return request.agent as Agent;
}

/** Certificates that cannot be used are found now: at the connection they would look like a bad network. */
function requireMaterial(cluster: Cluster, { certificate }: Credential, title: string): void {
  const usable = (material: { ca?: string; cert?: string; key?: string }, what: string) => {
    try {
      createSecureContext(material);
    } catch {
      throw new CollectError(`${title}: ${what} cannot be used: expected PEM text (in …-data: base64 of it)`);
    }
  };
  if (cluster.ca !== undefined) {
    if (!cluster.ca.includes("-----BEGIN "))
      throw new CollectError(
        `${title}: the certificate authority cannot be used: expected PEM text (in …-data: base64 of it)`,
      );
    usable({ ca: cluster.ca }, "the certificate authority");
  }
  if (certificate !== undefined) usable(certificate, "the client certificate with its key");
}
