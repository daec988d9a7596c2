import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { buildSync } from "esbuild";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "src/reporters/html/page");

/**
 * The script and the style of the HTML report, bundled and minified: what a browser runs, on one line each.
 *
 * @returns {import("../src/reporters/html/page-data.ts").Assets}
 */
export function bundledPage() {
  const text = (file) => {
    const { outputFiles } = buildSync({
      entryPoints: [join(folder, file)],
      bundle: true,
      write: false,
      minify: true,
      format: "iife",
      platform: "browser",
      target: ["es2022", "chrome109", "firefox115", "safari16"],
      charset: "ascii",
      legalComments: "none",
      logLevel: "warning",
    });
    // a control character within a text, which the bundler writes as it is, by its escape
    return outputFiles[0].text
      .trim()
      .replace(/[\0-\x09\x0b-\x1f]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
  };
  return { script: text("main.ts"), style: text("style.css") };
}

/**
 * An esbuild plugin: the module that bundles the page when it runs is replaced by the bundled texts.
 *
 * @returns {import("esbuild").Plugin}
 */
export function bundledHtmlPage() {
  return {
    name: "bundled-html-page",
    setup(bundler) {
      bundler.onLoad({ filter: /[\\/]src[\\/]reporters[\\/]html[\\/]assets\.ts$/ }, () => {
        // compressed: only who writes such a report unpacks it, and everybody downloads it
        const text = brotliCompressSync(JSON.stringify(bundledPage())).toString("base64");
        return {
          contents: `import { brotliDecompressSync } from "node:zlib";
export function pageAssets() { return JSON.parse(brotliDecompressSync(Buffer.from(${JSON.stringify(text)}, "base64")).toString()); }\n`,
          loader: "js",
        };
      });
    },
  };
}
