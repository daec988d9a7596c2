// Deliberate breakages: each entry of test/mutants/*.json changes one place of src/, and the tests named must notice.
// node scripts/mutants.mjs [--sample N] [NAME…]   runs the lists of those names, or all. Ends with 1 when too many go
// unnoticed. With --sample, N of each list, other ones at each commit. With --fit nothing runs: only whether each entry
// still fits the sources.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const lists = join(root, "test", "mutants");
/** Of the mutants that are tried, this share must be noticed. */
const FLOOR = 0.95;
/** Of a sample. At the floor's rate of all, a sample of thirty has two unnoticed every second time, five hardly ever. */
const SAMPLE_FLOOR = 0.87;
/** Milliseconds after which a mutant is taken for one that never ends. */
const LIMIT = 240_000;
/** The same of all tests together, which have to pass first. */
const LIMIT_OF_ALL = 1_500_000;
/** What a copy does not need: what is built, installed, or not looked at by a test. */
const leftOut = new Set([".cache", ".git", "bench", "coverage", "dist", "node_modules"]);

const { values, positionals } = parseArgs({
  options: { sample: { type: "string" }, fit: { type: "boolean" } },
  allowPositionals: true,
});
const size = values.sample === undefined ? Number.POSITIVE_INFINITY : Number(values.sample);
if (!(size >= 1)) throw new Error(`--sample: expected a number from 1, found "${values.sample}"`);

const known = (await readdir(lists)).filter((file) => file.endsWith(".json")).map((f) => f.slice(0, -5));
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`no list ${unknown.join(", ")}; there are ${known.join(", ")}`);

const commit = Number.isFinite(size) ? currentCommit() : "";
const tests = (await readdir(join(root, "test"), { recursive: true }))
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts"));
const stale = [];
const results = new Map();
const waiting = [];
for (const name of (positionals.length > 0 ? positionals : known).sort()) {
  const all = JSON.parse(await readFile(join(lists, `${name}.json`), "utf8"));
  const fitting = [];
  for (const mutant of all) {
    const problem = await problemOf(mutant);
    if (problem === undefined) fitting.push(mutant);
    else stale.push(`${name}: ${problem}`);
  }
  if (values.fit === true) continue;
  const chosen = fitting.length <= size ? fitting : sampleOf(fitting, name);
  results.set(name, { of: all.length, tried: chosen.length, noticed: 0, endless: 0, ms: 0 });
  waiting.push(...chosen.map((mutant) => ({ ...mutant, list: name })));
}

if (values.fit === true) {
  for (const problem of stale) console.error(`does not fit the sources: ${problem}`);
  process.exit(stale.length === 0 ? 0 : 1);
}

await mkdir(join(root, ".cache"), { recursive: true });
// A folder of its own, inside the repository, where packages are found; another run has another.
const folder = await mkdtemp(join(root, ".cache", "mutants-"));
const running = new Set();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    for (const child of running) process.kill(-child.pid, "SIGKILL");
    void rm(folder, { recursive: true, force: true }).finally(() => process.exit(130));
  });
}
const unnoticed = [];
try {
  const places = await Promise.all(
    Array.from({ length: Math.max(1, availableParallelism()) }, (_, n) => placeFor(String(n))),
  );
  await mustPass(places[0], [...new Set(waiting.flatMap(({ tests }) => tests))].sort());
  await Promise.all(places.map(work));
} finally {
  // after a failure nothing may go on in a folder that is gone
  waiting.length = 0;
  for (const child of running) process.kill(-child.pid, "SIGKILL");
  await rm(folder, { recursive: true, force: true });
}

for (const problem of stale) console.error(`does not fit the sources: ${problem}`);
for (const { file, find, why } of unnoticed) console.error(`not noticed: ${file}: ${why} (${find})`);
let noticed = 0;
let tried = 0;
for (const [name, result] of results) {
  noticed += result.noticed;
  tried += result.tried;
  const endless = result.endless === 0 ? "" : `, ${result.endless} of them by not ending`;
  const part = result.tried === result.of ? "" : ` (${result.tried} of ${result.of} in the sample)`;
  const seconds = Math.round(result.ms / 1000);
  console.log(`${name}: ${result.noticed} of ${result.tried} noticed${endless}${part}, ${seconds} s`);
}
const sample = commit === "" ? "" : `, a sample by commit ${commit.slice(0, 12)}`;
console.log(`${noticed} of ${tried} mutants noticed${sample}`);
if (stale.length > 0 || noticed === 0 || noticed / tried < (Number.isFinite(size) ? SAMPLE_FLOOR : FLOOR))
  process.exitCode = 1;

/** Why an entry proves nothing; looked for in those that are not in the sample too. */
async function problemOf({ file, find, tests: named }) {
  const source = await readFile(join(root, file), "utf8").catch(() => undefined);
  if (source === undefined) return `${file} is not there`;
  const times = source.split(find).length - 1;
  if (times !== 1) return `${file}: "${find}" stands ${times} times, expected once`;
  // a run without any test would fail, and so count as noticed
  const absent = named.find((each) => !tests.some((test) => test.includes(each)));
  return absent === undefined ? undefined : `${file}: there is no test ${absent}`;
}

/** The commit that is tested; in a package without a repository, none: the sample is then always the same. */
function currentCommit() {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return "0".repeat(40);
  }
}

/** As many entries as are wanted, in a row from a place that the commit chooses. */
function sampleOf(all, name) {
  const hash = createHash("sha256").update(`${commit} ${name}`).digest();
  const start = hash.readUInt32BE() % all.length;
  return Array.from({ length: size }, (_, n) => all[(start + n) % all.length]);
}

/** A copy of the repository that may be broken. */
async function placeFor(name) {
  const place = join(folder, name);
  await mkdir(place);
  for (const part of await readdir(root)) {
    if (!leftOut.has(part)) await cp(join(root, part), join(place, part), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(place, "node_modules"));
  return place;
}

/** Unless its tests pass in the copy, every mutant would be noticed. */
async function mustPass(place, tests) {
  const { code, printed } = await run(place, tests, { LAW_RUNS: "50" }, LIMIT_OF_ALL);
  if (code !== 0) throw new Error(`the tests fail without any mutant (${code}):\n${printed.slice(-4_000)}`);
}

async function work(place) {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const result = results.get(mutant.list);
    const path = join(place, mutant.file);
    const source = await readFile(path, "utf8");
    const times = source.split(mutant.find).length - 1;
    if (times !== 1)
      throw new Error(
        `${mutant.file}: "${mutant.find}" stands ${times} times, expected once (${mutant.list})`,
      );
    await writeFile(
      path,
      source.replace(mutant.find, () => mutant.replace),
    );
    const started = Date.now();
    const { code } = await run(place, mutant.tests, { LAW_RUNS: "600" });
    result.ms += Date.now() - started;
    await writeFile(path, source);
    if (code === 0) unnoticed.push(mutant);
    else result.noticed += 1;
    if (code === "endless") result.endless += 1;
  }
}

function run(place, tests, env, limit = LIMIT) {
  return new Promise((resolve, reject) => {
    let printed = "";
    const child = spawn(
      process.execPath,
      [join("node_modules", "vitest", "vitest.mjs"), "run", "--project", "unit", "--bail", "1", ...tests],
      {
        cwd: place,
        env: { ...process.env, NO_COLOR: "1", ...env },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      },
    );
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        printed = (printed + text).slice(-20_000);
      });
    }
    let endless = false;
    // the whole group: a mutant that never ends runs in a worker of the test runner
    const timer = setTimeout(() => {
      endless = true;
      process.kill(-child.pid, "SIGKILL");
    }, limit);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code: endless ? "endless" : (code ?? 1), printed });
    });
  });
}
