// Runs the built package on the Node versions that it promises (engines), each from npm where it is not installed.
//   node scripts/try-nodes.mjs 20 22 24
// A version that npm cannot give is a failure: --optional counts it as skipped.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bundle.mjs";

const optional = process.argv.includes("--optional");
const versions = process.argv.slice(2).filter((argument) => /^\d+$/.test(argument));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const demo = "fixtures/snapshots/azure/demo.json";
const clean = "fixtures/snapshots/azure/clean.json";

/** What is run, the exit status that it must have, and a text that must be on stdout. */
const runs = [
  [["dist/main.js", "--version"], 0, `${version}\n`],
  [["dist/main.js", "--help"], 0, "Usage: chalk-audit"],
  [["dist/main.js", "--cloud", "azure", "--snapshot", demo], 1, "DRIFT:"],
  [["dist/main.js", "--cloud", "azure", "--snapshot", demo, "--format", "json"], 1, '"schemaVersion": "1.0"'],
  [["dist/main.js", "--cloud", "azure", "--snapshot", clean, "--format", "sarif"], 0, '"version": "2.1.0"'],
  [["dist/main.js", "baseline", "list"], 0, "@"],
  [
    [
      "--input-type=module",
      "-e",
      'import { comparePolicies } from "./dist/index.js"; console.log(comparePolicies("azure", [{ permissions: [] }], [{ permissions: [{ actions: ["*"] }] }]).excess.length);',
    ],
    0,
    "1\n",
  ],
  // The chunk of the cloud's SDK: it must load, and refuse an address without TLS.
  [["dist/main.js", "--cloud", "azure", "--azure-endpoint", "http://localhost"], 2, ""],
];

let failed = 0;
for (const wanted of versions) {
  const own = process.version.startsWith(`v${wanted}.`);
  const node = own ? [process.execPath] : ["npx", "-y", `node@${wanted}`];
  const start = (args) =>
    spawnSync(node[0], [...node.slice(1), ...args], { cwd: root, encoding: "utf8", maxBuffer: 1e8 });
  const found = start(["--version"]);
  if (found.status !== 0 || !found.stdout.startsWith(`v${wanted}.`)) {
    console.log(`node ${wanted}: ${optional ? "skipped" : "FAILED"}, it cannot be had here`);
    if (!optional) failed += 1;
    continue;
  }
  const wrong = [];
  for (const [args, status, text] of runs) {
    const run = start(args);
    if (run.status !== status || !run.stdout.includes(text)) {
      wrong.push(`${args.join(" ")}: exit ${run.status}, expected ${status}\n${run.stderr}`);
    }
  }
  console.log(
    `node ${found.stdout.trim()}: ${runs.length - wrong.length} of ${runs.length} runs as they should be`,
  );
  for (const line of wrong) console.error(line);
  failed += wrong.length;
}
if (versions.length === 0) {
  console.error("usage: node scripts/try-nodes.mjs VERSION… [--optional]");
  failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
