import type { Baseline } from "../baselines/baseline.ts";
import { namesAccount, type Resolution } from "../baselines/parameters.ts";
import type { Principal } from "../report/report.ts";
import type { Judged } from "./course.ts";
import { type Run, unreadText } from "./run.ts";

/** What a person must know to read the verdict: what was left open, who was looked for, what the catalogue is. */
export function notesOf(
  run: Run,
  resolution: Resolution,
  judged: readonly Judged[],
  principals: readonly Principal[],
): readonly string[] {
  const assessed = new Set(judged.filter((j) => j.result.outcome !== "skipped").map((j) => j.result.id));
  const open = new Map<string, string[]>();
  for (const control of resolution.controls) {
    if (!assessed.has(`${run.loaded.baseline.id}/${control.id}`)) continue;
    for (const name of control.unresolved) open.set(name, [...(open.get(name) ?? []), control.id]);
  }
  const notes: string[] = [];
  /** Parameters with the same controls and the same meaning are told in one line. */
  const together = new Map<string, string[]>();
  for (const [name, ids] of [...open].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parameter = run.loaded.baseline.parameters[name];
    const { who } = run.provider;
    if (who === undefined && toldByChecks(run.loaded.baseline, name)) continue;
    const otherwise = parameter?.otherwise;
    if (otherwise !== undefined) {
      const key = JSON.stringify([ids, otherwise]);
      together.set(key, [...(together.get(key) ?? []), name]);
      continue;
    }
    const meaning =
      who !== undefined && parameter?.flag === who.flag
        ? principals.length > 0
          ? `audited is whoever ${run.snapshot.principals === undefined ? who.found : "was named when the state was recorded"}: ${principals.map((p) => p.id).join(", ")}`
          : `nobody was found ${who.nobody}`
        : "any value that fits is accepted";
    notes.push(`parameter ${name} not given (${ids.join(", ")}): ${meaning}`);
  }
  for (const [key, names] of together) {
    const [ids, otherwise] = JSON.parse(key) as [string[], string];
    const words = names.length === 1 ? "parameter" : "parameters";
    notes.push(`${words} ${names.join(", ")} not given (${ids.join(", ")}): ${otherwise}`);
  }
  const said = judged.flatMap((each) => each.notes ?? []);
  return [...notes, ...said, ...operationNotes(run)];
}

/** Whether the checks themselves say what held in place of a parameter: they look for the accounts and the namespaces. */
function toldByChecks(baseline: Baseline, name: string): boolean {
  return (
    baseline.parameters[name]?.flag === "namespace" ||
    baseline.controls.some((control) => namesAccount(control.with, name))
  );
}

/** What the differences are counted by, and what follows where that is not known. */
function operationNotes(run: Run): readonly string[] {
  const { provider, parts } = run;
  return provider.operationNotes(run, parts.get(provider.provider)?.kind === "judged", unreadText);
}
