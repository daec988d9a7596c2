import { X509Certificate } from "node:crypto";
import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { createSecureContext } from "node:tls";
import { KubeConfig } from "@kubernetes/client-node";
import { CollectError } from "../define.ts";
import type { Credential } from "./sign-in.ts";
import type { ApiServer, ClusterTarget } from "./target.ts";

export interface AgentOptions {
  readonly target: ClusterTarget;
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
function requireMaterial(cluster: ApiServer, { certificate }: Credential, title: string): void {
  const unusable = (what: string) =>
    new CollectError(`${title}: ${what} cannot be used: expected PEM text (in …-data: base64 of it)`);
  if (cluster.ca !== undefined && !certificatesIn(cluster.ca).some(isCertificate))
    throw unusable("the certificate authority");
  if (certificate === undefined) return;
  try {
    createSecureContext(certificate);
  } catch {
    throw unusable("the client certificate with its key");
  }
}

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
