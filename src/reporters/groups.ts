import type { Cause, Finding, Target } from "../report/report.ts";
import { SEVERITIES, severityRank } from "../report/severity.ts";
import { grouped, plural } from "../text/count.ts";
import { visible } from "../text/visible.ts";
import { type FindingRow, patternText, proofText } from "./rows.ts";
import { shortScopes, witnessScope } from "./words.ts";

/** Rows that one change would mend, worst first; and the groups that are the same of others. */
export interface Group {
  readonly rows: readonly FindingRow[];
  readonly likewise: readonly (readonly FindingRow[])[];
}

/** So many rows of one cause, or groups alike, are told as one; in a long report two already. */
const MANY = 3;
const LONG_REPORT = 12;
/** Patterns that stand for a group, and causes and commands of it that are spelled out. */
const MOST_EXAMPLES = 3;
const MOST_CAUSES = 2;
/** Others of whom the same is said, by name. */
const MOST_LIKEWISE = 6;

/** A row as a group of its own. */
export function alone(row: FindingRow): Group {
  return { rows: [row], likewise: [] };
}

/**
 * Rows, worst first, by what a person would change: a group stands where its worst row does. A row that shares its cause
 * with no other stands alone. What is the same of several roles, principals or accounts is told of the first.
 */
export function groupsOf(rows: readonly FindingRow[]): readonly Group[] {
  const many = rows.length > LONG_REPORT ? 2 : MANY;
  const groups = gathered(rows, causeKey)
    .flatMap((group) => (group.length < many ? group.map((row) => [row]) : [group]))
    .sort((a, b) => rankOf(a) - rankOf(b));
  return gathered(groups, likeness).flatMap((same): Group[] => {
    const [first = [], ...likewise] = same;
    return same.length < many
      ? same.map((group) => ({ rows: group, likewise: [] }))
      : [{ rows: first, likewise }];
  });
}

function rankOf([first]: readonly FindingRow[]): number {
  return severityRank(first?.main.severity ?? "info");
}

/** Lists of what has one key, in the order of the first of each. */
function gathered<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const lists = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [item]);
    else list.push(item);
  }
  return [...lists.values()];
}

/** What a group says, but for whom it says it of. */
function likeness(rows: readonly FindingRow[]): string {
  return JSON.stringify(
    rows.map(({ main, findings }) => [
      main.severity,
      main.drift,
      main.state ?? "",
      main.resource.type,
      main.pattern ?? withoutName(main.message, main.resource),
      main.except ?? [],
      main.plane ?? "",
      main.grant ?? [],
      main.known?.count ?? null,
      withoutName(witnessScope(main.witness) ?? "", main.resource),
      causesOf(findings).map(({ commands }) => commands !== undefined),
      findings.map(({ control }) => control),
    ]),
  );
}

function withoutName(message: string, { id, name }: Finding["resource"]): string {
  return [id, name].filter((text) => text !== "").reduce((text, part) => text.replaceAll(part, "…"), message);
}

/** What gives it; of what is missing, who lacks it; else the finding itself. */
function causeKey({ main, findings }: FindingRow): string {
  const causes = causesOf(findings);
  if (causes.length > 0) return JSON.stringify(["by", ...causes.map(({ id }) => id).sort()]);
  if (main.drift === "missing" && main.pattern !== undefined && main.by === undefined)
    return JSON.stringify(["lacks", main.resource.id]);
  return JSON.stringify(["alone", main.fingerprint]);
}

function causesOf(findings: readonly Finding[]): readonly Cause[] {
  return findings.find(({ causes }) => causes !== undefined)?.causes ?? [];
}

/** The controls that a group shows under. */
export function controlsOf({ rows }: Group): readonly string[] {
  return [...new Set(rows.flatMap(({ findings }) => findings.map(({ control }) => control)))];
}

/** A group in two lines: what to change and how much hangs on it, and the worst of it. */
export function groupText({ rows }: Group, target: Target): readonly string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const causes = causesOf(first.findings);
  const lacks = causes.length === 0;
  const patterns = [...new Set(rows.flatMap(({ main }) => exampleOf(main)))];
  const shown = patterns.slice(0, MOST_EXAMPLES);
  const more = patterns.length - shown.length;
  const rest = more > 0 ? `; and ${grouped(more)} more` : "";
  return [
    lacks
      ? `${visible(first.main.resource.name)} lacks what is documented: ${amount(rows)}`
      : `${causesInWords(causes, target)}: ${amount(rows)}`,
    `${lacks ? "such as" : "worst"}: ${shown.join("; ")}${rest}`,
  ];
}

function exampleOf({ pattern, except = [], plane }: Finding): readonly string[] {
  if (pattern === undefined) return [];
  const marks = [...(except.length > 0 ? ["in part"] : []), ...(plane === "data" ? ["data plane"] : [])];
  return [`${patternText(pattern, 1)}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}`];
}

/** The proof of the worst of a group. */
export function groupProof({ rows: [first] }: Group, target: Target): readonly string[] {
  // what gives it, and to whom, is what the group is told by
  return first === undefined ? [] : proofText(first, target).filter((line) => !/^(?:by|who): /.test(line));
}

/** The differences that a group stands for. */
export function rowsIn({ rows, likewise }: Group): number {
  return rows.length + likewise.reduce((sum, others) => sum + others.length, 0);
}

/** What is new about a group, of all that is in it. */
export function statesOf({ rows, likewise }: Group): readonly string[] {
  const states = new Set(
    [rows, ...likewise].flat().flatMap(({ findings }) => findings.map(({ state }) => state)),
  );
  return (["new", "updated"] as const).filter((state) => states.has(state));
}

/**
 * Of whom the same is to be said; nothing where there is nobody.
 * @param where that one finds the names that are only counted
 */
export function likewiseText({ likewise }: Group, target: Target, where: string): readonly string[] {
  if (likewise.length === 0) return [];
  const names = likewise.flatMap(([row]) => {
    if (row === undefined) return [];
    const causes = causesOf(row.findings);
    return causes.length > 0 ? causesInWords(causes, target) : visible(row.main.resource.name);
  });
  const more = names.length - MOST_LIKEWISE;
  return [
    `likewise: ${names.slice(0, MOST_LIKEWISE).join("; ")}${more > 0 ? `; and ${grouped(more)} more ${where}` : ""}`,
  ];
}

/** `1,204 operations today in 31 differences: 2 high, 29 medium`. */
function amount(rows: readonly FindingRow[]): string {
  const operations = new Map<string, number>();
  for (const { main } of rows) {
    const key = `${main.plane ?? ""} ${main.pattern ?? ""}`.toLowerCase();
    operations.set(key, Math.max(operations.get(key) ?? 0, main.known?.count ?? 0));
  }
  const sum = [...operations.values()].reduce((all, each) => all + each, 0);
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: rows.filter(({ main }) => main.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const [only] = counts;
  const levels =
    counts.length === 1 && only !== undefined
      ? `all ${only.severity}`
      : counts.map(({ severity, count }) => `${grouped(count)} ${severity}`).join(", ");
  const fresh = rows.filter(({ main }) => main.state === "new" || main.state === "updated").length;
  const states = fresh > 0 && fresh < rows.length ? `, ${grouped(fresh)} of them new or updated` : "";
  // two patterns may hold the same operation
  const today = sum === 0 ? "" : `, ${operations.size > 1 ? "up to " : ""}${plural(sum, "operation")} today`;
  return `${plural(rows.length, "difference")} (${levels})${states}${today}`;
}

function causesInWords(causes: readonly Cause[], target: Target): string {
  const shown = causes.slice(0, MOST_CAUSES).map(({ text }) => visible(shortScopes(text, target.scope)));
  const more = causes.length - shown.length;
  const several = causes.length > 1 ? `given by ${causes.length}, ` : "";
  return `${several}${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

/** How to change what gives all of a group: the first commands and how many more, or words where no command is right. */
type Mending =
  | { readonly commands: readonly string[]; readonly more: number }
  | { readonly words: string; readonly each: boolean };

/** In words of `each`, every difference has a mending of its own. */
export function groupMending({ rows: [first] }: Group): Mending {
  const causes = first === undefined ? [] : causesOf(first.findings);
  if (causes.length === 0) return { words: "grant what the document asks for", each: false };
  const commands = causes.flatMap((cause) => cause.commands ?? []);
  if (!causes.every((cause) => cause.commands !== undefined))
    return { words: "narrow it, since part of it is documented", each: true };
  return { commands: commands.slice(0, MOST_CAUSES), more: Math.max(0, commands.length - MOST_CAUSES) };
}
