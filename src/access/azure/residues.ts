/** Rows of a difference as residues that people can read (R1 to R4), and what was left open as doubts. */

import { catalogOf, mostTelling, operationsIn } from "../catalog.ts";
import { AZURE_ESCALATION, SECRET_READS } from "../escalation/azure.ts";
import { covers, type Glob, generic, globText } from "../glob.ts";
import type { AzureRequest, CompareOptions, Doubt, Impact, Residue } from "../policy.ts";
import type { Term } from "../term.ts";
import { boxKey, type DifferenceBox } from "./boxes.ts";
import type { Difference, OpenBox } from "./compare.ts";
import type { Plane, UnreadPattern } from "./document.ts";
import type { Policy } from "./rules.ts";
import { TermIndex } from "./term-index.ts";

/** What a cell's glob, minus `except`, lets its holder do at worst, and the operation of the table that shows it. */
function impactOf(glob: Glob, except: readonly Glob[], plane: Plane): { impact: Impact; proof?: string } {
  if (plane === "data") return { impact: "write" };
  const proof = AZURE_ESCALATION.find(
    (entry) => covers(glob, entry.glob) && !except.some((e) => covers(e, entry.glob)),
  );
  if (proof !== undefined) return { impact: "escalation", proof: proof.action };
  const reads =
    glob.parts[glob.parts.length - 1]?.endsWith("/read") && !SECRET_READS.some((e) => covers(e, glob));
  return { impact: reads ? "read" : "write" };
}

/** What the residues of one comparison share. */
export interface ResidueSides {
  readonly documented: Policy;
  readonly live: Policy;
  readonly options: CompareOptions;
  readonly spelling: Spelling;
}

export function azureSides(documented: Policy, live: Policy, options: CompareOptions): ResidueSides {
  const both = [...documented, ...live];
  return {
    documented,
    live,
    options,
    spelling: {
      documented: lazily(() => textsOf(documented)),
      live: lazily(() => textsOf(live)),
      segments: lazily(() => segmentsOf(both)),
      letter: lazily(() => starLetter(both)),
    },
  };
}

/** How patterns are spelled in what is printed, by canonical key. Made when the first row needs it. */
interface Spelling {
  readonly documented: () => ReadonlyMap<string, string>;
  readonly live: () => ReadonlyMap<string, string>;
  /** Path segments as written, by their lower case: an intersection of two patterns is written by nobody. */
  readonly segments: () => ReadonlyMap<string, string>;
  /** What a star is written as in an operation that no catalogue knows. */
  readonly letter: () => string;
}

/** The rows of a difference as residues that people can read (R1, R2), in a fixed order. */
export function azureResidues(
  difference: Difference,
  side: "missing" | "excess",
  sides: ResidueSides,
): readonly Residue[] {
  const residues = difference.rows.map((row) => azureResidue(row, side, sides));
  return residues.sort((a, b) => order(sortKey(a), sortKey(b)));
}

function sortKey(r: Residue): string {
  return `${r.plane}\u0000${r.pattern.toLowerCase()}\u0000${r.except.join("\u0000").toLowerCase()}`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts texts that differ in case alone by their case, others without regard to it. */
function spellingKey(text: string): string {
  return `${text.toLowerCase()}\u0000${text}`;
}

/** Canonical key to the text as somebody wrote it; the smallest of several spellings, so that order changes nothing. */
function textsOf(policy: Policy): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const term of actionTerms(policy)) {
    const known = texts.get(term.glob.key);
    if (
      known === undefined ||
      (known !== term.text && order(spellingKey(term.text), spellingKey(known)) < 0)
    ) {
      texts.set(term.glob.key, term.text);
    }
  }
  return texts;
}

function segmentsOf(policy: Policy): ReadonlyMap<string, string> {
  const segments = new Map<string, string>();
  for (const term of actionTerms(policy)) {
    for (const segment of term.text.split("/")) {
      const known = segments.get(segment.toLowerCase());
      // mixed case is how a person writes it; of several such the first in order
      const better =
        known === undefined || (segment !== segment.toLowerCase() && segment !== segment.toUpperCase());
      if (better && (known === undefined || known === known.toLowerCase() || segment < known)) {
        segments.set(segment.toLowerCase(), segment);
      }
    }
  }
  return segments;
}

/** Few comparisons need it, and it takes a walk over every pattern. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A glob as the first side spells it, else as the other does, else segment by segment. */
function written(glob: Glob, first: "documented" | "live", { spelling }: ResidueSides): string {
  const whole =
    spelling[first]().get(glob.key) ?? spelling[first === "live" ? "documented" : "live"]().get(glob.key);
  if (whole !== undefined) return whole;
  return globText(glob)
    .split("/")
    .map((segment) => spelling.segments().get(segment) ?? segment)
    .join("/");
}

function azureResidue(row: DifferenceBox, side: "missing" | "excess", sides: ResidueSides): Residue {
  const [first, second] =
    side === "missing" ? (["documented", "live"] as const) : (["live", "documented"] as const);
  const glob = row.cell[0] as Glob;
  const plane = globText(row.cell[1] as Glob) as Plane;
  const own = row.terms[0] as Term;
  const pattern = written(glob, first, sides);
  const except = blocking(row);
  const { impact, proof } = impactOf(glob, except, plane);
  const catalog = sides.options.catalog === undefined ? undefined : catalogOf(sides.options.catalog);
  const operations = catalog === undefined ? [] : operationsIn(catalog[plane], glob, except);
  const impactOfKey = (key: string) => impactOf(literalKey(key), [], plane).impact;
  const examples = mostTelling(operations, impactOfKey);
  const found = examples.length > 0 ? examples : [pattern.replaceAll("*", sides.spelling.letter())];
  // a grave finding is proven by the operation that makes it grave, also where the catalogue lacks it
  const shown = found.some((action) => impactOfKey(action.toLowerCase()) === "escalation");
  const actions = proof === undefined || shown ? found : [proof, ...found].slice(0, 3);
  const witnesses = actions.map((action): AzureRequest => ({ action, plane }));
  return {
    pattern,
    except: except
      .map((e) => written(e, second, sides))
      .sort((a, b) => order(spellingKey(a), spellingKey(b))),
    plane,
    witness: witnesses[0] as AzureRequest,
    ...(witnesses.length > 1 && { witnesses: witnesses.slice(1) }),
    origin: own.origin,
    ...(catalog !== undefined && {
      known: { count: operations.length, examples },
      latent: operations.length === 0 && proof === undefined,
    }),
    impact,
  };
}

/** A catalogue key is already escaped; parse it as the literal that it is. */
function literalKey(key: string): Glob {
  return { key, parts: [key], prefix: key, literal: true, point: key };
}

/** The blockers' patterns whole: taking the whole pattern out of the cell is the same as taking out its part. */
function blocking(row: DifferenceBox): readonly Glob[] {
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
  const word = "<any>";
  const inside = (run: string) =>
    run !== "" && (run.includes("<") || run.includes(">") || word.includes(run));
  if (!actionTerms(policy).some((term) => term.glob.parts.some(inside))) return word;
  const used = new Set(actionTerms(policy).flatMap((term) => [...term.glob.key]));
  let code = "~".charCodeAt(0);
  while (used.has(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

function actionTerms(policy: Policy): readonly Term[] {
  return policy.flatMap((rule) => [...(rule.where.action?.only ?? []), ...(rule.where.action?.except ?? [])]);
}

/** What could not be decided, in words. */
export function azureDoubts(
  open: readonly OpenBox[],
  side: "missing" | "excess",
  problems: readonly UnreadPattern[],
  sides: ResidueSides,
): readonly Doubt[] {
  const doubts = new Map<string, Doubt>();
  for (const o of open) {
    const own = o.terms[0] as Term;
    const glob = o.cell[0] as Glob;
    const pattern = written(glob, side === "missing" ? "documented" : "live", sides);
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
    doubts.set(`${doubt.clause} ${plane} ${pattern.toLowerCase()} ${boxKey(o.cell)}`, doubt);
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

/** Residues that a malformed entry elsewhere makes uncertain. */
export function malformedDoubts(
  residues: readonly Residue[],
  side: "missing" | "excess",
  problems: readonly UnreadPattern[],
): readonly Doubt[] {
  const [problem] = problems;
  if (problem === undefined) return [];
  return residues.map(({ pattern, plane, origin }) => ({
    side,
    pattern,
    ...(plane !== undefined && { plane }),
    clause: "AZ2",
    reason: `something malformed elsewhere may ${side === "missing" ? "grant" : "change"} it: ${problem.reason}`,
    decide: `mend ${problem.origin.pointer === "" ? "that document" : problem.origin.pointer}`,
    origin,
  }));
}
