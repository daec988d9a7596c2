// Writes everything that is generated from the sources: schemas and the pages of the checks.
// Each scripts/generate-*.ts is bundled and run; a script prints what it wrote.
import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./bundle.mjs";

const scripts = (await readdir(join(root, "scripts")))
  .filter((name) => /^generate-.*\.ts$/.test(name))
  .sort();
if (scripts.length === 0) throw new Error("no scripts/generate-*.ts found");
for (const script of scripts) {
  const run = spawnSync(process.execPath, ["scripts/run-ts.mjs", join("scripts", script)], {
    cwd: root,
    stdio: "inherit",
  });
  if (run.status !== 0) process.exitCode = 1;
}
