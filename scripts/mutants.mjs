// Deliberate breakages: each entry of test/mutants/*.json changes one place of src/, and the tests named must notice.
// node scripts/mutants.mjs [NAME…]   runs the lists of those names, or all. Ends with 1 when one goes unnoticed.
import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const lists = join(root, "test", "mutants");
/** Of the mutants that CI tries, this share must be noticed. */
const FLOOR = 0.95;

const wanted = process.argv.slice(2);
const names = (await readdir(lists)).filter((f) => f.endsWith(".json")).map((f) => f.slice(0, -5));
const chosen = wanted.length > 0 ? wanted : names;
const mutants = [];
for (const name of chosen) {
  for (const mutant of JSON.parse(await readFile(join(lists, `${name}.json`), "utf8"))) mutants.push(mutant);
}

const workers = Math.min(2, availableParallelism());
let noticed = 0;
const unnoticed = [];
await Promise.all(Array.from({ length: workers }, (_, n) => work(n)));
for (const { file, find, why } of unnoticed) console.error(`not noticed: ${file}: ${why} (${find})`);
console.log(`${noticed} of ${noticed + unnoticed.length} mutants noticed`);
if (noticed / (noticed + unnoticed.length) < FLOOR || noticed === 0) process.exitCode = 1;

async function work(n) {
  const place = join(root, ".cache", "mutants", String(n));
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  for (const part of [
    "src",
    "test",
    "baselines",
    "fixtures",
    "docs",
    "schemas",
    "scripts",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
  ]) {
    await cp(join(root, part), join(place, part), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(place, "node_modules"));
  for (let mutant = mutants.shift(); mutant !== undefined; mutant = mutants.shift()) {
    const path = join(place, mutant.file);
    const source = await readFile(path, "utf8");
    if (source.split(mutant.find).length !== 2) {
      throw new Error(
        `${mutant.file}: "${mutant.find}" stands ${source.split(mutant.find).length - 1} times, expected once`,
      );
    }
    await writeFile(
      path,
      source.replace(mutant.find, () => mutant.replace),
    );
    const code = await run(place, mutant.tests);
    await writeFile(path, source);
    if (code === 0) unnoticed.push(mutant);
    else noticed++;
  }
}

function run(place, tests) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join("node_modules", "vitest", "vitest.mjs"), "run", "--project", "unit", "--bail", "1", ...tests],
      { cwd: place, env: { ...process.env, LAW_RUNS: "600" }, stdio: "ignore", detached: true },
    );
    // the whole group: a mutant that never ends runs in a worker of the test runner
    const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), 120_000);
    child.on("error", reject);
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}
