// npm run check: everything that can be said of the sources without running them. All of it runs; the first failure
// does not hide the second.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./bundle.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

const steps = [
  ["types", bin("tsc"), ["--noEmit", "-p", "."]],
  ["types of the HTML report's script", bin("tsc"), ["--noEmit", "-p", "src/reporters/html/page"]],
  ["format and lint", bin("biome"), ["ci", "--error-on-warnings", "."]],
  ["unused files, exports, dependencies", bin("knip"), ["--no-progress"]],
  ["layers", bin("depcruise"), ["--config", ".dependency-cruiser.cjs", "src"]],
  ["mutants fit the sources", process.execPath, ["scripts/mutants.mjs", "--fit"]],
  ["build", process.execPath, ["scripts/build.mjs"]],
  ["package", bin("publint"), ["--strict"]],
];

const failed = [];
for (const [title, command, args] of steps) {
  console.log(`\n== ${title}`);
  const run = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (run.status !== 0) failed.push(title);
}
if (failed.length > 0) {
  console.error(`\ncheck failed: ${failed.join("; ")}`);
  process.exitCode = 1;
} else {
  console.log(`\ncheck: ${steps.length} of ${steps.length} clean`);
}
