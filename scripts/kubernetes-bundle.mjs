import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What of the Kubernetes client is never reached, with what stands in its place: a use of it is an error. */
const unused = {
  // Signing in is ours (bounded, and nothing of a program's words kept), so no provider ever claims a user.
  "./azure_auth.js": provider("AzureAuth"),
  "./exec_auth.js": provider("ExecAuth"),
  "./file_auth.js": provider("FileAuth"),
  "./gcp_auth.js": provider("GoogleCloudPlatformAuth"),
  "./oidc_auth.js": provider("OpenIDConnectAuth"),
  // Requests go through the house's own pipeline, and kubeconfigs are read by the house's own YAML.
  "./gen/index.js": `${absent("createConfiguration")} export class ServerConfiguration { constructor() { createConfiguration(); } }`,
  "node-fetch": `${absent("notBundled")} export class Headers { constructor() { notBundled(); } }`,
  "js-yaml": `${absent("load")} export default { load };`,
};

function provider(name) {
  return `export class ${name} { isAuthProvider() { return false; } }`;
}

function absent(name) {
  return `function ${name}() { throw new Error("${name} is not part of the bundle"); } export { ${name} };`;
}

/**
 * An esbuild plugin: of the Kubernetes client only what turns a cluster and a user into a connection is bundled, 0.1 MB
 * of 1.2. The rest (a class for every API, sign-in libraries, a second YAML parser, WebSockets) is never called.
 *
 * @returns {import("esbuild").Plugin}
 */
export function leanKubernetesClient() {
  const client = createRequire(import.meta.url).resolve("@kubernetes/client-node");
  const config = join(dirname(client), "config.js");
  return {
    name: "lean-kubernetes-client",
    setup(bundler) {
      bundler.onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: config }));
      bundler.onResolve({ filter: /./ }, ({ path, importer }) =>
        importer === config && Object.hasOwn(unused, path) ? { path, namespace: "unused" } : undefined,
      );
      bundler.onLoad({ filter: /./, namespace: "unused" }, ({ path }) => ({
        contents: unused[path],
        loader: "js",
      }));
    },
  };
}
