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
 * control are never merged.
 */
export function rowsOf(findings: readonly Finding[]): readonly FindingRow[] {
  const rows = new Map<string, Finding[]>();
  const seen = new Map<string, number>();
  for (const finding of findings) {
    const key = residueKey(finding);
    // The n-th finding of a control with this residue shares a row with the n-th of other controls.
    const own = JSON.stringify([key, finding.control]);
    const n = seen.get(own) ?? 0;
    seen.set(own, n + 1);
    const at = JSON.stringify([key, n]);
    const row = rows.get(at);
    if (row === undefined) rows.set(at, [finding]);
    else row.push(finding);
  }
  return [...rows.values()]
    .flatMap((all): FindingRow[] => {
      all.sort((a, b) => severityRank(a.severity) - severityRank(b.severity));
      const [main] = all;
      return main === undefined ? [] : [{ main, findings: all }];
    })
    .sort((a, b) => severityRank(a.main.severity) - severityRank(b.main.severity));
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
  const { pattern, except = [], plane, known, latent, message, drift } = main;
  if (pattern === undefined) return [visible(message)];
  const lines = [
    `${whole ? wholly(pattern) : patternText(pattern)}${plane === "data" ? "  (data plane)" : ""}`,
  ];
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
  if (second.length > 0) lines.push(second.join("  "));
  if (!SPEAKS.has(drift)) lines.push(visible(message));
  return lines;
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
  if (who !== undefined) lines.push(`who: ${subjectName(who)}`);
  return lines;
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
