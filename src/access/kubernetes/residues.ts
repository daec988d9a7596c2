/** Rows of the difference as residues that people can read (R1 to R4). */
import type { Impact, Known, Origin, Residue } from "../policy.ts";
import { type At, type Interchangeable, type UrlCell, VERB } from "./cells.ts";
import { type CellSide, type ResourceRow, resourceRows, type UrlRow, urlRows } from "./difference.ts";
import { byTelling, kubernetesImpactOf, type RequestPoint, urlImpact, verbRank, worst } from "./impact.ts";
import {
  type Line,
  linesOf,
  lineText,
  ruleOf,
  type UrlLine,
  urlLinesOf,
  urlLineText,
  urlRuleOf,
} from "./notation.ts";
import { type Proof, proofsOf, urlRequestOf } from "./points.ts";
import type { RuleGrant } from "./rule.ts";
import type { Served } from "./served.ts";
import { ANY, type Words } from "./words.ts";

export interface World {
  readonly words: Words;
  readonly served: Served | undefined;
  /** Words of both sides that the comparison looks at once. */
  readonly classes: Interchangeable | undefined;
  /** No rule on either side says where it applies, so a pattern need not. */
  readonly plainNamespace: boolean;
}

/** Origins that a residue lists at the most. */
const MAX_ORIGINS = 200;

/** What `own` holds and `other` does not, worst first. */
export function residuesOf(own: CellSide, other: CellSide, world: World): readonly Residue[] {
  const { words } = world;
  const rows = resourceRows(own, other);
  const lines = linesOf(
    rows.map((row) => row.cell.at),
    words,
  );
  const pick = <T>(list: readonly T[], members: readonly number[]): readonly T[] =>
    members.flatMap((i) => list[i] ?? []);
  const residues = lines.map((line) => lineResidue(line, pick(rows, line.members), other, world));
  const addresses = urlRows(own, other);
  const urls = urlLinesOf(addresses.map((row) => row.cell)).map((line) =>
    urlResidue(line, pick(addresses, line.members), other, world),
  );
  return [...residues, ...urls].sort(
    (a, b) =>
      Number(a.latent === true) - Number(b.latent === true) ||
      IMPACTS.indexOf(a.impact) - IMPACTS.indexOf(b.impact) ||
      order(a.pattern, b.pattern),
  );
}

const IMPACTS: readonly Impact[] = ["escalation", "write", "read"];

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Cells in words, joined, sorted. */
export function residueTexts(cells: readonly At[], { words, plainNamespace }: World): readonly string[] {
  return linesOf(cells, words)
    .map((line) => lineText(line, words, plainNamespace))
    .sort(order);
}

export function urlTexts(cells: readonly UrlCell[], words: Words): readonly string[] {
  return urlLinesOf(cells)
    .map((line) => urlLineText(line, words))
    .sort(order);
}

function lineResidue(line: Line, rows: readonly ResourceRow[], other: CellSide, world: World): Residue {
  const { words, served } = world;
  const existing = new Map<string, Proof>();
  const others: Proof[] = [];
  const impacts = new Set<Impact>();
  for (const row of rows) {
    const { at } = row.cell;
    const proofs = proofsOf(row, { other, words, served });
    for (const proof of proofs.existing) {
      const text = operationText(proof.point);
      if (!existing.has(text)) existing.set(text, proof);
    }
    others.push(...proofs.others);
    for (const { point } of proofs.existing) impacts.add(kubernetesImpactOf(point));
    for (const { point } of proofs.others) impacts.add(kubernetesImpactOf(point));
    // every verb at once is worth more than the verbs of today (K7, K8)
    if (at[VERB] === ANY) impacts.add("write");
  }
  const today = byTelling([...existing.values()], ({ point }) => point);
  // a request of the tables comes before one with a word that stands for any
  const generic = (point: RequestPoint): number =>
    Number(line.group === ANY && words.isUnused(point.group)) +
    Number(line.resource === ANY && words.isUnused(point.resource));
  const [first, ...further] = today.length > 0 ? today : byTelling(others, ({ point }) => point, generic);
  if (first === undefined) throw new RangeError("a row of the difference without a request that proves it");
  const more: Proof[] = [];
  // one for each further verb
  for (const proof of further) {
    if (more.length === 2) break;
    if (![first, ...more].some((named) => named.point.verb === proof.point.verb)) more.push(proof);
  }
  const known: Known = {
    count: today.length,
    examples: today.slice(0, 3).map((proof) => operationText(proof.point)),
  };
  return {
    pattern: lineText(line, words, world.plainNamespace),
    except: residueTexts(
      rows.flatMap((row) => row.blockers),
      world,
    ),
    witness: first.request,
    ...(more.length > 0 && { witnesses: more.map((p) => p.request) }),
    ...originsOf(rows.flatMap((row) => row.cell.grants)),
    ...(line.namespace !== ANY && { namespace: words.text(line.namespace) }),
    ...(served !== undefined && { known, latent: today.length === 0 }),
    impact: worst([...impacts]),
    rule: ruleOf(line, words),
  };
}

function operationText({ verb, group, resource, sub }: RequestPoint): string {
  return `${verb} ${resource}${group === "" ? "" : `.${group}`}${sub === "" ? "" : `/${sub}`}`;
}

function urlResidue(line: UrlLine, rows: readonly UrlRow[], other: CellSide, { words }: World): Residue {
  const verbs = rows.map((row) => (row.cell.verb === ANY ? "*" : words.text(row.cell.verb)));
  const proofs = rows
    .map((row) => urlRequestOf(row, { other, words }))
    .sort((a, b) => verbRank(a.verb) - verbRank(b.verb) || order(a.verb, b.verb));
  const [witness, ...more] = proofs;
  if (witness === undefined) throw new RangeError("a row of the difference without a request that proves it");
  return {
    pattern: urlLineText(line, words),
    except: urlTexts(
      rows.flatMap((row) => row.blockers),
      words,
    ),
    witness,
    ...(more.length > 0 && { witnesses: more.slice(0, 2) }),
    ...originsOf(rows.flatMap((row) => row.cell.grants)),
    impact: worst(verbs.map(urlImpact)),
    rule: urlRuleOf(line, words),
  };
}

/** Where it is written: in the order of the documents, each place once. */
function originsOf(grants: readonly RuleGrant[]): Pick<Residue, "origin" | "origins"> {
  const places = new Map<string, Origin & { readonly through?: Origin }>();
  // the cells of a line come from few grants
  for (const { origin, through } of new Set(grants)) {
    const key = `${placeOf(origin)}\n${through === undefined ? "" : placeOf(through)}`;
    places.set(key, { ...origin, ...(through === undefined ? {} : { through }) });
  }
  const origins = [...places.values()].sort(
    (a, b) => a.document - b.document || comparePointers(a.pointer, b.pointer),
  );
  const [first] = origins;
  if (first === undefined) throw new RangeError("a row of the difference that no document wrote");
  const { through: _, ...origin } = first;
  return { origin, origins: origins.slice(0, MAX_ORIGINS) };
}

function placeOf({ document, pointer }: Origin): string {
  return `${document} ${pointer}`;
}

/** `/rules/2` before `/rules/10`. */
function comparePointers(a: string, b: string): number {
  const [x, y] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p = "", q = ""] = [x[i], y[i]];
    if (p !== q) return Number(p) - Number(q) || order(p, q);
  }
  return 0;
}
