import type { Finding, Target } from "../report/report.ts";
import { severityRank } from "../report/severity.ts";
import { grouped } from "../text/count.ts";
import { KEEP } from "../text/layout.ts";
import { visible, wholly } from "../text/visible.ts";
import { subjectName, subjectOf } from "./subjects.ts";
import { proofVerb, shortScope, shortScopes, witnessScope, witnessText } from "./words.ts";

/** One row of the table: a difference, and every control that it shows under. */
export interface FindingRow {
  /** The worst of `findings`, and what the row says. */
  readonly main: Finding;
  /** All of it, the worst first; one per control. */
  readonly findings: readonly Finding[];
}

/**
 * The rows for the drift of one target, worst first. The same residue (pattern, exceptions, plane, drift) under two
 * controls, as when a widened role also widens the effective access, is one row that names both. Two findings of one
 * control are never merged, nor two that are about different ones of those audited.
 */
export function rowsOf(findings: readonly Finding[], target: Target): readonly FindingRow[] {
  const placed = findings.map((finding, at) => ({ finding, at, who: subjectOf(finding, target)?.id }));
  const all: Placed[][] = [];
  const near = new Map<string, Placed[][]>();
  const looked = new Map<string, number>();
  // What is about somebody first: what is about nobody, a role's definition, joins whom it comes to.
  for (const each of [
    ...placed.filter(({ who }) => who !== undefined),
    ...placed.filter(({ who }) => who === undefined),
  ]) {
    const { control } = each.finding;
    const anybody = residueKey(each.finding);
    const keys = each.who === undefined ? [anybody] : [anybody, JSON.stringify([anybody, each.who])];
    const own = keys.at(-1) ?? anybody;
    const rows = near.get(own) ?? [];
    // A row has one finding of a control at most, so those that were looked at before need no second look.
    const cursor = JSON.stringify([own, control]);
    let at = looked.get(cursor) ?? 0;
    while (rows[at]?.some(({ finding }) => finding.control === control) === true) at += 1;
    looked.set(cursor, at + 1);
    const open = rows[at];
    if (open !== undefined) {
      open.push(each);
      continue;
    }
    const row = [each];
    all.push(row);
    for (const key of keys) {
      const list = near.get(key);
      if (list === undefined) near.set(key, [row]);
      else list.push(row);
    }
  }
  return all
    .map((row) => row.sort((a, b) => a.at - b.at))
    .sort(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0))
    .flatMap((row): FindingRow[] => {
      const sorted = row.map(({ finding }) => finding).sort(bySeverity);
      const [main] = sorted;
      return main === undefined ? [] : [{ main, findings: sorted }];
    })
    .sort((a, b) => bySeverity(a.main, b.main));
}

/** A finding, where it stands in the report, and whom it is about. */
interface Placed {
  readonly finding: Finding;
  readonly at: number;
  readonly who: string | undefined;
}

function bySeverity(a: Finding, b: Finding): number {
  return severityRank(a.severity) - severityRank(b.severity);
}

function residueKey(finding: Finding): string {
  const { pattern, except = [], plane, drift, fingerprint } = finding;
  if (pattern === undefined) return fingerprint;
  return JSON.stringify([
    drift,
    plane ?? "",
    pattern.toLowerCase(),
    except.map((e) => e.toLowerCase()).sort(),
  ]);
}

/** Drifts whose pattern says it all; beside the others stands the message. */
const SPEAKS = new Set<Finding["drift"]>(["missing", "excess"]);

/** Patterns of one finding that are named; the rest is counted. */
const MOST_PATTERNS = 4;

/** A pattern that is a list, cut to its first few. */
export function patternText(pattern: string, most = MOST_PATTERNS): string {
  const names = pattern.split(", ");
  const more = names.length - most;
  // one more name is no longer than the words that it was left out
  return more < 2 ? wholly(pattern) : `${wholly(names.slice(0, most).join(", "))} and ${grouped(more)} more`;
}

/**
 * What is wrong: the pattern with its exceptions and today's operations, or the message.
 * @param whole a pattern that is a long list is not cut
 */
export function whatText({ main }: FindingRow, whole = false): readonly string[] {
  const lines = patternLines(main, whole);
  return lines.length > 0 && SPEAKS.has(main.drift) ? lines : [...lines, visible(main.message)];
}

/** A finding's pattern, and in a second line its exceptions and today's operations; nothing where it has none. */
export function patternLines(
  { pattern, except = [], plane, known, latent }: Finding,
  whole: boolean,
): readonly string[] {
  if (pattern === undefined) return [];
  const second = [
    except.length === 0 ? "" : `except ${visible(compressExcept(pattern, except))}`,
    latent === true || known?.count === 0
      ? "(none that exist today)"
      : known === undefined
        ? ""
        : `(${grouped(known.count)} ${known.count === 1 ? "operation" : "operations"} today)`.replaceAll(
            " ",
            KEEP,
          ),
  ].filter((part) => part !== "");
  return [
    `${whole ? wholly(pattern) : patternText(pattern)}${plane === "data" ? "  (data plane)" : ""}`,
    ...(second.length > 0 ? [second.join("  ")] : []),
  ];
}

/** The one operation that proves it, where it holds and who gives it. */
export function proofText({ findings, main }: FindingRow, target: Target): readonly string[] {
  const proof = findings.find((f) => f.by !== undefined && f.witness !== undefined) ?? main;
  const lines: string[] = [];
  if (proof.witness !== undefined) {
    lines.push(`${proofVerb(proof)}: ${visible(witnessText(proof.witness))}`);
    const scope = witnessScope(proof.witness);
    if (scope !== undefined) lines.push(`at: ${visible(shortScope(scope, target.scope))}`);
  } else if (proof.resource.type === "waiver") {
    lines.push(`at: ${visible(`${proof.location.file}:${proof.location.line}`)}`);
  } else if (proof.resource.id !== "") {
    lines.push(`at: ${visible(shortScope(proof.resource.id, target.scope))}`);
  }
  if (proof.by !== undefined) {
    // Where it holds stands one line above.
    const at = `, at ${witnessScope(proof.witness) ?? ""}`.toLowerCase();
    const by = proof.by.toLowerCase().endsWith(at) ? proof.by.slice(0, -at.length) : proof.by;
    lines.push(`by: ${visible(shortScopes(by, target.scope))}`);
  }
  const who = (target.principals?.length ?? 0) > 1 ? subjectOf(main, target) : undefined;
  // where no pattern says what is wrong, a message does, and names whom it is about
  const isNamed = who !== undefined && main.pattern === undefined && main.message.includes(subjectName(who));
  if (who !== undefined && !isNamed) lines.push(`who: ${subjectName(who)}`);
  return lines;
}

/** Letters of what is said beside a proof of how to mend it. */
const MOST_MENDING = 260;

/** The command that mends it; what to do in words where it takes several, since a person has to act between them. */
export function mendingText({ findings }: FindingRow): readonly string[] {
  const { text = "", commands = [] } =
    findings.find(({ remediation }) => remediation !== undefined)?.remediation ?? {};
  const said = commands.length === 1 ? (commands[0] ?? "") : text;
  if (said === "") return [];
  if (said.length > MOST_MENDING) return ["mend: --verbose says how"];
  return [`mend: ${visible(said)}${commands.length > 1 ? " (commands: --verbose)" : ""}`];
}

/** Groups of exceptions and names in a group that are shown; the rest is counted. */
const MOST_GROUPS = 3;
const MOST_NAMES = 4;

/**
 * Exceptions as a person writes them: without the prefix that the pattern already says, those of one parent in braces,
 * and past a few "and 6 more".
 */
export function compressExcept(pattern: string, except: readonly string[]): string {
  const star = pattern.indexOf("*");
  const head = star < 0 ? "" : pattern.slice(0, pattern.lastIndexOf("/", star) + 1).toLowerCase();
  const short = except.map((e) =>
    head !== "" && e.toLowerCase().startsWith(head) && e.length > head.length ? e.slice(head.length) : e,
  );
  const groups = new Map<string, string[]>();
  for (const text of short) {
    const cut = text.lastIndexOf("/") + 1;
    const parent = text.slice(0, cut);
    groups.set(parent, [...(groups.get(parent) ?? []), text.slice(cut)]);
  }
  const shown: string[] = [];
  let count = 0;
  for (const [parent, names] of [...groups].slice(0, MOST_GROUPS)) {
    const some = names.slice(0, MOST_NAMES);
    count += some.length;
    const inside = some.join(",");
    shown.push(
      parent === "" ? some.join(", ") : some.length === 1 ? `${parent}${inside}` : `${parent}{${inside}}`,
    );
  }
  const more = except.length - count;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
