import { spawnSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compactedServiceData, leanAwsSchemas } from "./aws-bundle.mjs";
import { bundledHtmlPage } from "./html-page.mjs";
import { leanKubernetesClient } from "./kubernetes-bundle.mjs";
import { leanPackages } from "./lean-packages.mjs";
import { compiledValidators } from "./validators.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Bundles the command, its worker, the library and the entry of the GitHub action into `outdir`: ES modules, code splitting (each cloud's SDK is a chunk
 * that only a scan of that cloud loads).
 *
 * @param {string} outdir absolute; emptied first
 * @returns {Promise<import("esbuild").Metafile>}
 */
export async function bundle(outdir) {
  await rm(outdir, { recursive: true, force: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: {
      main: "src/main.ts",
      index: "src/index.ts",
      action: "src/action/main.ts",
      worker: "src/worker.ts",
    },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    chunkNames: "chunks/[name]-[hash]",
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay: a stack trace under --debug must say something.
    keepNames: false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    plugins: [
      compiledValidators(),
      compactedServiceData(),
      leanAwsSchemas(),
      leanKubernetesClient(),
      leanPackages(),
      bundledHtmlPage(),
    ],
    // The AWS SDK's ES modules: of its CommonJS files nothing could be left out.
    mainFields: ["module", "main"],
    // Some dependencies are CommonJS and ask for Node's modules by `require`, which an ES module does not have.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
  });
  await compileBaselines(join(outdir, "baselines"));
  return result.metafile;
}

/** The bundled baselines parsed and validated once, here, instead of at every start. */
async function compileBaselines(folder) {
  const script = join(root, ".cache", "scripts", `compile-baselines-${process.pid}.mjs`);
  await mkdir(dirname(script), { recursive: true });
  await bundleScript("scripts/compile-baselines.ts", script);
  const run = spawnSync(process.execPath, [script, folder], { cwd: root, stdio: "inherit" });
  await rm(script, { force: true });
  if (run.status !== 0) throw new Error("the bundled baselines could not be compiled");
}

/**
 * Bundles one TypeScript file for Node into `outfile`, so that it runs on Node 20, which reads no TypeScript.
 *
 * @param {string} entry relative to the repository
 * @param {string} outfile absolute
 */
export async function bundleScript(entry, outfile) {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    logLevel: "warning",
    sourcemap: "inline",
    plugins: [bundledHtmlPage()],
    // The file runs from a cache folder; what looks for its own place must still find the sources.
    define: { "import.meta.dirname": JSON.stringify(join(root, dirname(entry))) },
  });
}
