/**
 * A process of its own for bench/aws.ts: compares documented policies with each policy of a folder, both directions,
 * cold and then warm. Arguments: the folder of the policies, the files of the documented ones (comma between), and
 * a file with the catalogue of actions, if any. Prints one object of figures; times in ms of processor time.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allows, type CompareOptions, comparePolicies, type ServiceData } from "../src/index.ts";

const [folder = "", files = "", catalogue] = process.argv.slice(2);
const texts = readdirSync(folder)
  .sort()
  .map((name) => readFileSync(join(folder, name), "utf8"));
const documented = files.split(",").map((file) => JSON.parse(readFileSync(file, "utf8")) as unknown);
const options: CompareOptions =
  catalogue === undefined ? {} : { serviceData: JSON.parse(readFileSync(catalogue, "utf8")) as ServiceData };

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const started = cpu();
const policies = texts.map((text) => JSON.parse(text) as unknown);
const parseCold = cpu() - started;

const worst = new Map<string, number>();
let undecided = 0;
let residues = 0;
/** Each pair, and what the shortest run of each took. */
function pass(): number {
  const begun = cpu();
  undecided = 0;
  residues = 0;
  documented.forEach((policy, d) => {
    policies.forEach((live, i) => {
      // asking for the processor's time costs a third of a millisecond: once a pass, not for each pair
      const at = performance.now();
      const { missing, excess, undecided: open } = comparePolicies("aws", [policy], [live], options);
      const took = performance.now() - at;
      const key = `${d} ${i}`;
      worst.set(key, Math.min(worst.get(key) ?? Number.POSITIVE_INFINITY, took));
      if (open.length > 0) undecided++;
      residues += missing.length + excess.length;
    });
  });
  return cpu() - begun;
}

const firstPass = pass();
// all of the process so far: start, modules, reading, parsing, comparing
const cold = cpu();
const coldWall = performance.now();
const worstCold = Math.max(...worst.values());
worst.clear();
const warm = Math.min(...Array.from({ length: 2 }, pass));
const parse = Math.min(
  ...Array.from({ length: 5 }, () => {
    const begun = cpu();
    for (const text of texts) JSON.parse(text);
    return cpu() - begun;
  }),
);
let unreplayed = 0;
for (const policy of documented) {
  for (let i = 0; i < policies.length; i += 40) {
    const live = policies[i];
    const { missing, excess } = comparePolicies("aws", [policy], [live], options);
    for (const [list, left, right] of [
      [missing, "allowed", "denied"],
      [excess, "denied", "allowed"],
    ] as const) {
      for (const { witness } of list) {
        const found = [allows("aws", [policy], witness), allows("aws", [live], witness)];
        if (found[0] !== left || found[1] !== right) unreplayed++;
      }
    }
  }
}
const [slowest] = [...worst].sort(([, a], [, b]) => b - a);
console.log(
  JSON.stringify({
    pairs: documented.length * policies.length,
    cold,
    coldWall,
    firstPass,
    warm,
    parse,
    parseCold,
    worstCold,
    worstWarm: slowest?.[1],
    slowest: slowest?.[0],
    undecided,
    residues,
    unreplayed,
    bytes: texts.reduce((sum, t) => sum + t.length, 0),
    peak: process.resourceUsage().maxRSS / 1024,
  }),
);
