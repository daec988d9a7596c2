/**
 * `npm run bench`: figures as ratios within one run, since machines differ and are noisy. Prints tables and writes
 * bench/results/latest.json. Targets are printed beside the figures and never fail the run; growth and shares do.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allows, audit, comparePolicies, listBundled, loadBaseline } from "../src/index.ts";
import { benchAws } from "./aws.ts";
import { figures, growth, median, problems, record, timed } from "./figures.ts";
import { benchFormats } from "./formats.ts";
import { benchKubernetes, ROLES } from "./kubernetes.ts";
import { benchLongLists } from "./long-lists.ts";
import { benchScans } from "./scan.ts";
import { growthSnapshot, realisticRoles } from "./worlds.ts";

const NOW = "2026-11-21T06:00:00.000Z";

function wall(args: readonly string[]): number {
  const started = performance.now();
  spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  return performance.now() - started;
}

/** Times A and B in turn, so that a machine that slows down slows both; the median of the ratios. */
function startUp(name: string, args: readonly string[], target: string): void {
  const ratios: number[] = [];
  for (let i = 0; i < 12; i++) {
    const bare = wall(["-e", "0"]);
    const ours = wall(args);
    if (i > 1) ratios.push(ours / bare);
  }
  record(`start-up: ${name}, times bare node`, median(ratios), "x", target);
}

const main = join("dist", "main.js");
console.log("Start-up");
startUp("--version", [main, "--version"], "<= 1.3");
startUp("--help", [main, "--help"], "<= 1.5");
startUp("demo scan", [main, "--snapshot", "fixtures/snapshots/azure/demo.json"], "<= 3");

console.log("\nComparison");
const baseline = loadBaseline("chalk-azure");
const manager = baseline.baseline.controls.find((c) => c.check === "azure/role-definition");
const documented = manager?.with as { permissions: unknown[] };
const roles = realisticRoles(1000);
const undecided = { pairs: 0, open: 0 };
let worst = 0;
const all = timed(() => {
  for (const role of roles) {
    const started = performance.now();
    const c = comparePolicies("azure", [documented], [role]);
    worst = Math.max(worst, performance.now() - started);
    undecided.pairs++;
    if (c.undecided.length > 0) undecided.open++;
  }
}, 1);
const parse = timed(() => roles.map((r) => JSON.parse(JSON.stringify(r))));
record("the documented role against 1,000 generated roles", all, "ms");
record("the same, times serialising and parsing those roles", all / parse, "x");
record("worst pair", worst, "ms");
benchLongLists();
growth("actions in a role", [1250, 2500, 5000, 10_000, 20_000], (n) => {
  const actions = Array.from(
    { length: n },
    (_, i) => `Provider.P${i % 97}/type${(i * 7919) % n}/${["read", "write", "*", "delete"][i % 4]}`,
  );
  const live = actions.map((a, i) => (i % 5 === 0 ? `${a}x` : a)).reverse();
  return () =>
    comparePolicies("azure", [{ permissions: [{ actions }] }], [{ permissions: [{ actions: live }] }]);
});
growth("roles on the live side", [250, 500, 1000, 2000, 4000], (n) => {
  const live = realisticRoles(n);
  return () => comparePolicies("azure", [documented], live);
});

console.log("\nUndecided and unknown over every bundled baseline");
for (const { id, version } of listBundled()) {
  const loaded = loadBaseline(`${id}@${version}`);
  for (const control of loaded.baseline.controls) {
    const policy = control.with as { permissions?: unknown[] };
    if (control.check !== "azure/role-definition" || policy.permissions === undefined) continue;
    for (const role of [policy, ...roles.slice(0, 200)]) {
      const there = comparePolicies("azure", [policy], [role]);
      const replays = [
        ...there.missing.map((r) => [
          allows("azure", [policy], r.witness),
          allows("azure", [role], r.witness),
          "allowed denied",
        ]),
        ...there.excess.map((r) => [
          allows("azure", [policy], r.witness),
          allows("azure", [role], r.witness),
          "denied allowed",
        ]),
      ];
      for (const [a, b, expected] of replays)
        if (`${a} ${b}` !== expected) problems.push(`${id}: a witness does not replay`);
      undecided.pairs++;
      if (there.undecided.length > 0) undecided.open++;
    }
  }
}
record(`share undecided of ${undecided.pairs} pairs`, undecided.open / undecided.pairs, "", "0");
if (undecided.open > 0) problems.push(`${undecided.open} pairs are undecided`);

console.log("\nAudit");
growth("assignments of one principal (audit of a snapshot)", [250, 500, 1000, 2000], (n) => {
  const snapshot = growthSnapshot({ assignments: n, roles: 100 });
  return () =>
    audit({
      baselines: [baseline],
      snapshots: [{ snapshot }],
      clouds: ["azure"],
      now: NOW,
      version: "bench",
    });
});
growth("role definitions in the account (audit of a snapshot)", [1250, 2500, 5000, 10_000], (n) => {
  const snapshot = growthSnapshot({ assignments: 5, roles: n });
  return () =>
    audit({
      baselines: [baseline],
      snapshots: [{ snapshot }],
      clouds: ["azure"],
      now: NOW,
      version: "bench",
    });
});

benchFormats();
benchKubernetes();
benchScans(ROLES);
benchAws();
record("peak memory of this process", process.resourceUsage().maxRSS / 1024, "MiB");

mkdirSync(join("bench", "results"), { recursive: true });
writeFileSync(
  join("bench", "results", "latest.json"),
  `${JSON.stringify({ node: process.version, figures, problems }, null, 2)}\n`,
);
for (const problem of problems) console.error(`bench: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
