import { BlockList, isIP } from "node:net";
import type { Environment } from "./kubeconfig.ts";
import { isLoopback, proxyOf } from "./target.ts";

/**
 * The proxy of the environment for an address, as kubectl chooses it (Go's golang.org/x/net/http/httpproxy): none for
 * this machine itself, none for what NO_PROXY names.
 * @throws CollectError when the variable holds no address of a proxy
 */
export function environmentProxy(server: URL, env: Environment): URL | undefined {
  const name = server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const given = (env[name] || env[name.toLowerCase()])?.trim();
  if (!given || isLoopback(server.hostname)) return undefined;
  if (isExcepted(server, env["NO_PROXY"] || env["no_proxy"] || "")) return undefined;
  return proxyOf(/^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`, name);
}

/** Whether NO_PROXY names the host: itself, a domain above it, an address, a range, or `*`; each perhaps with a port. */
function isExcepted(server: URL, list: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = server.port || (server.protocol === "https:" ? "443" : "80");
  return list
    .split(",")
    .map((item) => item.trim().toLowerCase())
    .some((item) => {
      if (item === "") return false;
      if (item === "*") return true;
      if (item.includes("/")) return isIP(host) > 0 && inRange(host, item);
      const bare = item.replace(/^\[|\]$/g, "");
      if (isIP(bare) > 0) return isIP(host) > 0 && inRange(host, `${bare}/${isIP(bare) === 4 ? 32 : 128}`);
      const [, name = "", onPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(item) ?? [];
      if (onPort !== undefined && onPort !== port) return false;
      const domain = name.replace(/^\*\./, ".");
      return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
    });
}

function inRange(host: string, range: string): boolean {
  const [network = "", bits = ""] = range.split("/");
  const family = isIP(network);
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const block = new BlockList();
  const type = family === 4 ? "ipv4" : "ipv6";
  block.addSubnet(network, Number(bits), type);
  return isIP(host) === family && block.check(host, type);
}
