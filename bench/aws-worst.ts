/**
 * A process of its own: the worst pair over real shapes. Documented policies with AWS's managed ones, and generated
 * pairs. Arguments: files of the documented policies (comma between); the folder of managed ones, if there is any.
 * Prints a list of figures; times in ms of processor time, the least of several runs, each reading its documents anew.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allows, comparePolicies } from "../src/index.ts";
import { type Pair, shapes } from "./aws-shapes.ts";

const RUNS = 3;
/** Of the managed policies, every pair is compared once more only where it took longer than this, in ms. */
const AGAIN_ABOVE = 5;

interface Group {
  readonly name: string;
  readonly pairs: number;
  readonly worst: number;
  readonly slowest: string;
  /** How often the worst pair takes the time of the one in the middle. */
  readonly timesMedian: number;
  readonly undecided: readonly string[];
  readonly unreplayed: number;
}

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function measured(name: string, pairs: readonly Pair[]): Group {
  const times: { name: string; took: number }[] = [];
  const undecided: string[] = [];
  let unreplayed = 0;
  // once for the compiler
  for (const { documented, live } of pairs) comparePolicies("aws", [documented], [live]);
  for (const pair of pairs) {
    let took = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS && (run === 0 || took > AGAIN_ABOVE); run++) {
      const [documented, live] = [structuredClone(pair.documented), structuredClone(pair.live)];
      const started = cpu();
      comparePolicies("aws", [documented], [live]);
      took = Math.min(took, cpu() - started);
    }
    times.push({ name: pair.name, took });
    const { missing, excess, undecided: open } = comparePolicies("aws", [pair.documented], [pair.live]);
    if (open.length > 0) undecided.push(pair.name);
    for (const [list, left, right] of [
      [missing.slice(0, 3), "allowed", "denied"],
      [excess.slice(0, 3), "denied", "allowed"],
    ] as const) {
      for (const { witness } of list) {
        const found = [allows("aws", [pair.documented], witness), allows("aws", [pair.live], witness)];
        if (found[0] !== left || found[1] !== right) unreplayed++;
      }
    }
  }
  times.sort((a, b) => b.took - a.took);
  const [slowest] = times;
  if (slowest === undefined) throw new Error(`${name}: no pairs`);
  const middle = times[times.length >> 1]?.took ?? slowest.took;
  return {
    name,
    pairs: pairs.length,
    worst: slowest.took,
    slowest: slowest.name,
    timesMedian: slowest.took / middle,
    undecided,
    unreplayed,
  };
}

const [files = "", folder] = process.argv.slice(2);
const read = (file: string): Pair["live"] => JSON.parse(readFileSync(file, "utf8")) as Pair["live"];
const groups = [measured("generated shapes", shapes())];
if (folder !== undefined) {
  const managed = readdirSync(folder).sort();
  const documented = files.split(",").map(read);
  const pairs = documented.flatMap((policy, at) =>
    managed.map((name) => ({
      name: `documented ${at} and ${name.replace(/\.json$/, "")}`,
      documented: policy,
      live: read(join(folder, name)),
    })),
  );
  groups.push(measured("AWS managed policies", pairs));
}
console.log(JSON.stringify(groups));
