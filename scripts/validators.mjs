import { Ajv } from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

/**
 * An esbuild plugin: the module that compiles the snapshot's schema when it runs is replaced by the compiled
 * validator itself.
 *
 * @returns {import("esbuild").Plugin}
 */
export function compiledValidators() {
  return {
    name: "compiled-validators",
    setup(bundler) {
      bundler.onLoad({ filter: /[\\/]src[\\/]snapshot[\\/]validate\.ts$/ }, async ({ path }) => {
        const schema = await exportOf(path.replace(/validate\.ts$/, "schema.ts"), "snapshotSchema");
        const ajv = new Ajv({ strict: false, verbose: true, code: { source: true, esm: true } });
        const code = standaloneCode.default(ajv, ajv.compile(schema));
        return {
          contents: `${code}\nexport function snapshotValidator() { return validate; }\n`,
          loader: "js",
          resolveDir: path.replace(/[\\/][^\\/]*$/, ""),
        };
      });
    },
  };
}

/** One export of a TypeScript module that has no side effects. */
async function exportOf(file, name) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  const text = outputFiles[0].text;
  const module = await import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
  return module[name];
}
