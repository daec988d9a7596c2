import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

/**
 * Packages that are large and name no class or function at run time, so that their own names may be short: a third of
 * them. Ours stay, since a stack trace under --debug must say something.
 */
const LARGE =
  /[\\/]node_modules[\\/](?:@azure[\\/](?:msal-node|msal-common|core-client)|@aws-sdk[\\/]core|@smithy[\\/]core|@typespec[\\/]ts-http-runtime|yaml)[\\/].*\.m?js$/;

/** What the AWS SDK asks about a browser, and nobody calls in Node. */
const BROWSER = /^bowser$/;

/**
 * An esbuild plugin: shorter names within large packages, and none of what only a browser runs.
 *
 * @returns {import("esbuild").Plugin}
 */
export function leanPackages() {
  return {
    name: "lean-packages",
    setup(bundler) {
      bundler.onResolve({ filter: BROWSER }, () => ({ path: "bowser", namespace: "browser-only" }));
      bundler.onLoad({ filter: /.*/, namespace: "browser-only" }, () => ({
        contents: 'throw new Error("a browser was asked about in Node");',
        loader: "js",
      }));
      bundler.onLoad({ filter: LARGE }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const isModule = /^\s*(?:import|export)\b/m.test(text);
        const { code } = await transform(text, {
          loader: "js",
          minifyIdentifiers: true,
          ...(isModule && { format: "esm" }),
        });
        return { contents: code, loader: "js" };
      });
    },
  };
}
