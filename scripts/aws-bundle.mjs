import { readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";
import { compactIamData } from "./compact-iam-data.mjs";

/**
 * An esbuild plugin: the module that makes the catalogue of AWS actions when it runs is replaced by the catalogue.
 *
 * @returns {import("esbuild").Plugin}
 */
export function compactedServiceData() {
  return {
    name: "compacted-service-data",
    setup(bundler) {
      let put = false;
      // Nothing else tells that the module has moved: the bundle would make the catalogue from a package that is not there.
      bundler.onEnd(() => {
        if (!put) throw new Error("the catalogue of AWS actions was not put in: where is service-data.ts?");
      });
      bundler.onLoad({ filter: /[\\/]src[\\/]cli[\\/]job[\\/]service-data\.ts$/ }, async () => {
        put = true;
        const text = brotliCompressSync(JSON.stringify(await compactIamData())).toString("base64");
        // A text that is parsed: ten times as fast to load as the same thing written as code. Compressed, since it is
        // the largest thing in the package; unpacking takes two milliseconds.
        return {
          contents: `import { brotliDecompressSync } from "node:zlib";
export async function loadServiceData() { return JSON.parse(brotliDecompressSync(Buffer.from(${JSON.stringify(text)}, "base64")).toString()); }\n`,
          loader: "js",
        };
      });
    },
  };
}

/**
 * An esbuild plugin that lets unused operations of the AWS SDK be left out. The SDK describes every shape of a
 * service in one module and names the members by constants (`[_vI]: "VpcId"`); a computed key might run code, so the
 * bundler keeps them all, 800 KB for EC2 alone. With the constants' texts in their place it keeps what we use.
 *
 * @returns {import("esbuild").Plugin}
 */
export function leanAwsSchemas() {
  return {
    name: "lean-aws-schemas",
    setup(bundler) {
      bundler.onLoad({ filter: /@aws-sdk[\\/].*[\\/]dist-es[\\/].*schemas_\d+\.js$/ }, async ({ path }) => ({
        contents: withoutConstants(await readFile(path, "utf8")),
        loader: "js",
        resolveDir: path.replace(/[\\/][^\\/]*$/, ""),
      }));
    },
  };
}

/** The module's text with each `const _name = "text";` written out where `_name` is used. */
function withoutConstants(module) {
  const texts = new Map(
    [...module.matchAll(/^const (_\w+) = ("(?:[^"\\]|\\.)*");$/gm)].map(([, name, text]) => [name, text]),
  );
  return module
    .split("\n")
    .map((line) =>
      /^const _\w+ = "/.test(line)
        ? line
        : line.replace(/(?<![\w$"'`.])_\w+(?![\w$"'`])/g, (name) => texts.get(name) ?? name),
    )
    .join("\n");
}
