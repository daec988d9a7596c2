/** The Kubernetes part of the bench: a large cluster, one role against many, and the requests of a scan. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { allows, audit, comparePolicies, loadBaseline, type Snapshot } from "../src/index.ts";
import { bare, type Rule } from "../src/state/kubernetes/rules.ts";
import { NAMED } from "../test/worlds/kubernetes-ground.ts";
import { TAKEN_AT } from "../test/worlds/kubernetes-state.ts";
import { growth, problems, record, timed } from "./figures.ts";
import { cluster, realisticKubernetesRoles } from "./kubernetes-worlds.ts";

/** Of the large cluster; it has two bindings for each. */
export const ROLES = 5000;

export function benchKubernetes(): void {
  console.log("\nKubernetes");
  oneByOne();
  auditing();
}

/** The documented roles against a thousand others, one by one, with what the server serves and without. */
function oneByOne(): void {
  const roles = realisticKubernetesRoles(1000);
  const resources = servedBy(cluster(1));
  for (const name of ["cluster-management-role", "management-role"]) {
    const documented = documentedRole(name);
    for (const [label, options] of [
      ["as written", {}],
      ["with discovery", { resources }],
    ] as const) {
      let [open, worst, unreplayed, residues] = [0, Number.POSITIVE_INFINITY, 0, 0];
      const took = timed(() => {
        let slowest = 0;
        [open, residues] = [0, 0];
        for (const live of roles) {
          const started = performance.now();
          const found = comparePolicies("kubernetes", [documented], [live], options);
          slowest = Math.max(slowest, performance.now() - started);
          if (found.undecided.length > 0) open++;
          residues += found.missing.length + found.excess.length;
        }
        worst = Math.min(worst, slowest);
      }, 3);
      for (const live of roles.filter((_, i) => i % 20 === 0)) {
        const { missing, excess } = comparePolicies("kubernetes", [documented], [live], options);
        for (const [list, left, right] of [
          [missing, "allowed", "denied"],
          [excess, "denied", "allowed"],
        ] as const) {
          for (const { witness } of list) {
            if (allows("kubernetes", [documented], witness, options) !== left) unreplayed++;
            if (allows("kubernetes", [live], witness, options) !== right) unreplayed++;
          }
        }
      }
      record(`${name} against 1,000 generated roles, ${label}`, took, "ms", "aim <= 1000");
      record(`${name}, worst pair, ${label}`, worst, "ms", "aim <= 20");
      record(`${name}, share undecided, ${label}`, open / roles.length, "", "0");
      if (open > 0) problems.push(`${open} pairs of Kubernetes roles are undecided, ${label}`);
      if (unreplayed > 0) problems.push(`${unreplayed} Kubernetes witnesses do not replay, ${label}`);
      if (residues === 0) problems.push(`no pair of Kubernetes roles differs, ${label}`);
    }
  }
}

function auditing(): void {
  const baseline = loadBaseline("chalk-azure");
  const run = (snapshot: Snapshot) =>
    audit({
      baselines: [baseline],
      snapshots: [{ snapshot }],
      clouds: ["kubernetes"],
      parameters: NAMED,
      now: TAKEN_AT,
      version: "bench",
    });
  cold();
  const report = run(cluster(ROLES));
  const unknown = report.findings.filter((f) => f.outcome === "unknown").length;
  record(`findings of the audit of ${ROLES} roles`, report.findings.length, "");
  if (unknown > 0) problems.push(`${unknown} findings of the large cluster are unknown`);
  growth("roles, two bindings each (audit of a snapshot)", [1250, 2500, ROLES, 2 * ROLES], (n) => {
    const snapshot = cluster(n);
    return () => run(snapshot);
  });
}

/** The first audit of a process, and what it adds to the memory that the snapshot takes. */
function cold(): void {
  const script = join("bench", "kubernetes-audit.ts");
  const run = spawnSync(process.execPath, [join("scripts", "run-ts.mjs"), script, String(ROLES)], {
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const { took, before, after } = JSON.parse(run.stdout) as Record<"took" | "before" | "after", number>;
  record(`audit of ${ROLES} roles and ${2 * ROLES} bindings, cold process`, took, "ms");
  record("peak memory of that process", after, "MiB");
  record("of which the audit", after - before, "MiB");
}

function documentedRole(id: string): unknown {
  const control = loadBaseline("chalk-azure").baseline.controls.find((c) => c.id === id);
  const { rules } = (control?.with ?? {}) as { readonly rules?: readonly Rule[] };
  if (rules === undefined) throw new Error(`the baseline has no rules of ${id}`);
  return { rules: rules.map(bare) };
}

function servedBy({ documents }: Snapshot) {
  return documents
    .filter(({ kind }) => kind === "kubernetes/api-resource")
    .map(({ body }) => body as { group: string; resource: string; namespaced: boolean; verbs: string[] });
}
