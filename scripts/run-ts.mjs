// Runs one TypeScript file of this repository: node scripts/run-ts.mjs bench/bench.ts [arguments]
import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { bundleScript, root } from "./bundle.mjs";

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) {
  console.error("usage: node scripts/run-ts.mjs FILE.ts [arguments]");
  process.exitCode = 2;
} else {
  // Inside the repository, so that packages and the baselines are found from there.
  const folder = join(root, ".cache", "scripts");
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, `${basename(entry, ".ts")}.mjs`);
  await bundleScript(entry, outfile);
  const run = spawnSync(process.execPath, ["--enable-source-maps", outfile, ...args], {
    stdio: "inherit",
    cwd: root,
  });
  process.exitCode = run.status ?? 1;
}
