/** Rows of a difference as residues that people can read (R1 to R4), and what was left open as doubts. */
import type { Plane, Problem } from "./azure.ts";
import { catalogOf, mostTelling, operationsIn } from "./catalog.ts";
import { cellKey, type Difference, type Open, type Row } from "./compare.ts";
import { AZURE_ESCALATION } from "./escalation.ts";
import { covers, type Glob, generic, globText, intersect } from "./glob.ts";
import type { AzureRequest, CompareOptions, Doubt, Impact, Residue } from "./policy.ts";
import type { Policy, Term } from "./rules.ts";
import { TermIndex } from "./term-index.ts";

/** What a cell's glob, minus `except`, lets its holder do at worst. */
function impactOf(glob: Glob, except: readonly Glob[], plane: Plane): Impact {
  if (plane === "data") return "write";
  const escalates = AZURE_ESCALATION.some((entry) =>
    (intersect(glob, entry) ?? [entry]).some((piece) => !except.some((e) => covers(e, piece))),
  );
  if (escalates) return "escalation";
  return glob.parts[glob.parts.length - 1]?.endsWith("/read") ? "read" : "write";
}

/** What the residues of one comparison share. */
export interface Sides {
  readonly documented: Policy;
  readonly live: Policy;
  readonly options: CompareOptions;
}

/** The rows of a difference as residues that people can read (R1, R2), in a fixed order. */
export function azureResidues(
  difference: Difference,
  side: "missing" | "excess",
  sides: Sides,
): readonly Residue[] {
  const [own, other] = side === "missing" ? [sides.documented, sides.live] : [sides.live, sides.documented];
  const texts = {
    pattern: new Map([...textsOf(other), ...textsOf(own)]),
    except: new Map([...textsOf(own), ...textsOf(other)]),
    letter: starLetter([...own, ...other]),
  };
  const residues = difference.rows.map((row) => azureResidue(row, sides, texts));
  return residues.sort((a, b) => order(sortKey(a), sortKey(b)));
}

function sortKey(r: Residue): string {
  return `${r.plane}\u0000${r.pattern.toLowerCase()}\u0000${r.except.join("\u0000").toLowerCase()}`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts texts that differ in case alone by their case, others without regard to it. */
function spelling(text: string): string {
  return `${text.toLowerCase()}\u0000${text}`;
}

/** Canonical key to the text as somebody wrote it; the smallest of several spellings, so that order changes nothing. */
function textsOf(policy: Policy): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const rule of policy) {
    const selector = rule.where.action;
    for (const term of [...(selector?.only ?? []), ...(selector?.except ?? [])]) {
      const known = texts.get(term.glob.key);
      if (known === undefined || order(spelling(term.text), spelling(known)) < 0)
        texts.set(term.glob.key, term.text);
    }
  }
  return texts;
}

/** How patterns are spelled in what is printed, by canonical key. */
interface Texts {
  readonly pattern: ReadonlyMap<string, string>;
  readonly except: ReadonlyMap<string, string>;
  readonly letter: string;
}

function azureResidue(row: Row, sides: Sides, texts: Texts): Residue {
  const glob = row.cell[0] as Glob;
  const plane = globText(row.cell[1] as Glob) as Plane;
  const own = row.terms[0] as Term;
  const pattern = texts.pattern.get(glob.key) ?? globText(glob);
  const except = blocking(row);
  const impact = impactOf(glob, except, plane);
  const catalog = sides.options.catalog === undefined ? undefined : catalogOf(sides.options.catalog);
  const operations = catalog === undefined ? [] : operationsIn(catalog[plane], glob, except);
  const examples = mostTelling(operations, (key) => impactOf(literalKey(key), [], plane));
  const actions = examples.length > 0 ? examples : [pattern.replaceAll("*", texts.letter)];
  const witnesses = actions.map((action): AzureRequest => ({ action, plane }));
  return {
    pattern,
    except: except
      .map((e) => texts.except.get(e.key) ?? globText(e))
      .sort((a, b) => order(spelling(a), spelling(b))),
    plane,
    witness: witnesses[0] as AzureRequest,
    ...(witnesses.length > 1 && { witnesses: witnesses.slice(1) }),
    origin: own.origin,
    ...(catalog !== undefined && {
      known: { count: operations.length, examples },
      latent: operations.length === 0,
    }),
    impact,
  };
}

/** A catalogue key is already escaped; parse it as the literal that it is. */
function literalKey(key: string): Glob {
  return { key, parts: [key], prefix: key, literal: true };
}

/** The blockers' patterns whole: taking the whole pattern out of the cell is the same as taking out its part. */
function blocking(row: Row): readonly Glob[] {
  const globs = new Map(row.blockers.map((b) => [b.terms[0]?.glob.key, b.terms[0]?.glob as Glob]));
  const index = new TermIndex<Glob>();
  for (const glob of globs.values()) index.add(glob, glob);
  return [...globs.values()].filter((g) => index.covering(generic(g)).every((other) => other === g));
}

/**
 * What a star is written as in an operation that no catalogue knows. It proves the difference only if no pattern
 * matches inside it (G3): `<any>` does when no pattern has its brackets or a run that is part of the word, else a
 * letter that no pattern uses.
 */
function starLetter(policy: Policy): string {
  const runs = new Set<string>();
  for (const rule of policy) {
    const selector = rule.where.action;
    for (const term of [...(selector?.only ?? []), ...(selector?.except ?? [])]) {
      for (const run of term.glob.parts) runs.add(run);
    }
  }
  const used = new Set([...runs].flatMap((run) => [...run]));
  const word = "<any>";
  if (!used.has("<") && !used.has(">") && ![...runs].some((run) => run !== "" && word.includes(run)))
    return word;
  let code = "~".charCodeAt(0);
  while (used.has(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

/** What could not be decided, in words. */
export function azureDoubts(
  open: readonly Open[],
  side: "missing" | "excess",
  problems: readonly Problem[],
  sides: Sides,
): readonly Doubt[] {
  const texts = textsOf([...sides.documented, ...sides.live]);
  const doubts = new Map<string, Doubt>();
  for (const o of open) {
    const own = o.terms[0] as Term;
    const glob = o.cell[0] as Glob;
    const pattern = texts.get(glob.key) ?? globText(glob);
    const plane = globText(o.cell[1] as Glob) as Plane;
    const doubt: Doubt =
      o.why === "bound"
        ? {
            side,
            pattern,
            plane,
            clause: "G5",
            reason: "the comparison passed its bound on cells",
            decide: "raise the bound, or write the role with fewer overlapping exclusions",
            origin: own.origin,
          }
        : {
            side,
            pattern,
            plane,
            clause: "AZ9",
            reason: "a condition that stands on one side only decides whether it is granted",
            decide: "compare the condition's text by hand, or give both sides the same condition",
            origin: own.origin,
          };
    doubts.set(`${doubt.clause} ${plane} ${pattern.toLowerCase()} ${cellKey(o.cell)}`, doubt);
  }
  for (const problem of problems) {
    doubts.set(`AZ2 ${problem.origin.document} ${problem.origin.pointer}`, {
      side,
      pattern: "*",
      clause: "AZ2",
      reason: `malformed: ${problem.reason}`,
      decide: `mend ${problem.origin.pointer === "" ? "the document" : problem.origin.pointer}`,
      origin: problem.origin,
    });
  }
  return [...doubts.values()].sort((a, b) =>
    order(
      `${a.clause}\u0000${a.plane}\u0000${a.pattern.toLowerCase()}`,
      `${b.clause}\u0000${b.plane}\u0000${b.pattern.toLowerCase()}`,
    ),
  );
}
