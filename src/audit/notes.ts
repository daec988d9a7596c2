import type { Baseline } from "../baselines/baseline.ts";
import { namesAccount, type Resolution } from "../baselines/parameters.ts";
import type { Principal } from "../report/report.ts";
import { field, text } from "../snapshot/value.ts";
import { WHO } from "./audited.ts";
import { catalogDate, type Judged, type Run, unreadText } from "./run.ts";

/** What a person must know to read the verdict: what was left open, who was looked for, what the catalogue is. */
export function notesOf(
  run: Run,
  resolution: Resolution,
  judged: readonly Judged[],
  principals: readonly Principal[],
  operations: number,
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
    const who = WHO[run.snapshot.provider];
    if (run.snapshot.provider === "kubernetes" && toldByChecks(run.loaded.baseline, name)) continue;
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
  return [...notes, ...said, ...catalogNotes(run, operations)];
}

/** Whether the checks themselves say what held in place of a parameter: they look for the accounts and the namespaces. */
function toldByChecks(baseline: Baseline, name: string): boolean {
  return (
    baseline.parameters[name]?.flag === "namespace" ||
    baseline.controls.some((control) => namesAccount(control.with, name))
  );
}

/** What the differences are counted by, and what follows where that is not known. */
function catalogNotes(run: Run, operations: number): readonly string[] {
  const { snapshot, facts } = run;
  switch (snapshot.provider) {
    case "aws":
      return [
        operations > 0
          ? `catalogue of ${catalogDate(run)}: ${operations} actions that exist`
          : "no catalogue of actions was given: policies are compared as written, differences carry no counts, and dead or latent ones are not told apart",
      ];
    case "azure": {
      if (operations > 0) return [`catalogue of ${catalogDate(run)}: ${operations} operations that exist`];
      const why = facts.unread("azure/provider-operations")[0];
      return [
        `the catalogue of operations ${why === undefined ? "was not collected" : `could not be read (${unreadText(why)})`}: differences carry no counts, and latent ones are not told apart`,
      ];
    }
    case "kubernetes":
      return discoveryNotes(run);
  }
}

/** What the cluster serves, by its own discovery (K4). */
function discoveryNotes({ facts, snapshot, parts }: Run): readonly string[] {
  if (parts.get("kubernetes")?.kind !== "judged" || snapshot.documents.length === 0) return [];
  const served = facts.all("kubernetes/api-resource").length;
  const unread = facts.unread("kubernetes/api-resource");
  const why = unread.find(({ id }) => id === undefined) ?? (served === 0 ? unread[0] : undefined);
  if (served === 0 || why !== undefined) {
    return [
      `what the cluster serves ${why === undefined ? "was not collected" : `could not be read (${unreadText(why)})`}: rules are compared as written, and what is void or not served is not told apart`,
    ];
  }
  const version = facts
    .all("kubernetes/cluster")
    .map(
      ({ body }) => text(field(body, "gitVersion")) ?? text(field(field(body, "version"), "gitVersion")),
    )[0];
  const partly = unread.length === 0 ? "" : `; not told for ${unread.map(({ id }) => id).join(", ")}`;
  return [
    `discovery: ${served} resources served${version === undefined ? "" : `, version ${version}`}${partly}`,
  ];
}
