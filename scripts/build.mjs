// npm run build: the bundle in dist/, the type declarations in dist/types, and the licences of what is in the bundle.
import { spawnSync } from "node:child_process";
import { chmod, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { bundle, root } from "./bundle.mjs";
import { thirdPartyLicences } from "./licences.mjs";

const quiet = process.argv.includes("--quiet");
const dist = join(root, "dist");

const metafile = await bundle(dist);
await addShebang(join(dist, "main.js"));
await writeFile(join(root, "THIRD_PARTY_LICENSES"), await thirdPartyLicences(metafile));
await declarations();
if (!quiet) {
  const size = await sizeOf(dist);
  console.log(`dist/: ${(size / 1e6).toFixed(2)} MB in ${Object.keys(metafile.outputs).length} modules`);
}

async function addShebang(file) {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.startsWith("#!") ? text : `#!/usr/bin/env node\n${text}`);
  await chmod(file, 0o755);
}

/**
 * Type declarations of the public API: only the files that index.d.ts reaches, and those may name no package, since
 * none is installed with this one.
 */
async function declarations() {
  const types = join(dist, "types");
  const tsc = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (tsc.status !== 0) throw new Error("the type declarations could not be made");
  const reached = new Set();
  const queue = [join(types, "index.d.ts")];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const text = await readFile(file, "utf8");
    // Declarations keep the sources' `.ts`; who uses the package has the `.js` of them.
    const rewritten = text.replace(/(["'])(\.{1,2}\/[^"']+?)\.ts\1/g, "$1$2.js$1");
    if (rewritten !== text) await writeFile(file, rewritten);
    for (const [, specifier] of rewritten.matchAll(
      /(?:^\s*(?:import|export)\b[^;'"]*?\bfrom\s*|\bimport\()["']([^"']+)["']/gm,
    )) {
      if (specifier.startsWith(".")) queue.push(resolve(dirname(file), specifier.replace(/\.js$/, ".d.ts")));
      else if (!specifier.startsWith("node:")) {
        throw new Error(
          `${relative(root, file)} names the package "${specifier}"; public types must stand alone`,
        );
      }
    }
  }
  for (const entry of await readdir(types, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !reached.has(path)) await rm(path);
  }
}

async function sizeOf(folder) {
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) size += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return size;
}
