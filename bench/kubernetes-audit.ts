/**
 * A process of its own for bench/kubernetes.ts: one audit of a large cluster, cold. Argument: how many roles. Prints
 * the processor time of the audit in ms, and the peak memory in MiB before and after it.
 */
import { audit, loadBaseline } from "../src/index.ts";
import { NAMED } from "../test/worlds/kubernetes-ground.ts";
import { TAKEN_AT } from "../test/worlds/kubernetes-state.ts";
import { timed } from "./figures.ts";
import { cluster } from "./kubernetes-worlds.ts";

const peak = (): number => process.resourceUsage().maxRSS / 1024;
const snapshot = cluster(Number(process.argv[2]));
const baselines = [loadBaseline("chalk-azure")];
const before = peak();
const took = timed(
  () =>
    audit({
      baselines,
      snapshots: [{ snapshot }],
      clouds: ["kubernetes"],
      parameters: NAMED,
      now: TAKEN_AT,
      version: "bench",
    }),
  1,
);
console.log(JSON.stringify({ took, before, after: peak() }));
