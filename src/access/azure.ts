/** Azure documents to rules, and rows of a difference to residues (AZ1 to AZ13). */
import { catalogOf, mostTelling, operationsIn } from "./catalog.ts";
import { cellKey, type Difference, type Open, type Row } from "./compare.ts";
import { AZURE_ESCALATION } from "./escalation.ts";
import {
  covers,
  type Glob,
  generic,
  globText,
  intersect,
  literalGlob,
  matches,
  starGlob,
  subject,
} from "./glob.ts";
import type { AzureRequest, CompareOptions, Doubt, Impact, Origin, Residue } from "./policy.ts";
import type { Point, Policy, Rule, Selector, Term } from "./rules.ts";
import { TermIndex } from "./term-index.ts";

/** The action first: it is the dimension with many patterns. */
export const AZURE_DIMENSIONS: readonly string[] = ["action", "plane"];

/** A document that is not what it was taken for. `where` is a JSON pointer. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}

/** Something in a document that is no pattern. It may grant anything, so it is a doubt, never nothing. */
export interface Problem {
  readonly reason: string;
  readonly origin: Origin;
}

export interface AzureRules {
  readonly rules: Policy;
  readonly problems: readonly Problem[];
}

type Plane = "control" | "data";

const PLANES = {
  control: { only: "actions", except: "notActions" },
  data: { only: "dataActions", except: "notDataActions" },
} as const satisfies Record<Plane, { only: string; except: string }>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** ARM, the CLI and the portal write the same key in different case. */
function field(object: Record<string, unknown>, name: string): { key: string; value: unknown } | undefined {
  const key = Object.keys(object).find((k) => k.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : { key, value: object[key] };
}

/**
 * The rules of role documents (or, with `effect: "deny"`, of deny assignments). A document is ARM's, the portal's or
 * the CLI's JSON of a role, or bare `{ "permissions": […] }`, or a list of these. A condition beside `permissions`
 * is an assignment's and holds for all of them (AZ9); one inside a permission object holds for that object (AZ5).
 * @throws PolicyError when a document has no permissions at all.
 */
export function azureRules(documents: readonly unknown[], effect: "allow" | "deny" = "allow"): AzureRules {
  const rules: Rule[] = [];
  const problems: Problem[] = [];
  documents.forEach((document, index) => {
    readDocument(document, index, "", effect, rules, problems);
  });
  return { rules, problems };
}

function readDocument(
  document: unknown,
  index: number,
  pointer: string,
  effect: "allow" | "deny",
  rules: Rule[],
  problems: Problem[],
): void {
  const at = `document ${index + 1}${pointer === "" ? "" : ` at ${pointer}`}`;
  const list = Array.isArray(document) ? { items: document, base: pointer } : listOf(document, pointer);
  if (list !== undefined) {
    list.items.forEach((item, i) => {
      readDocument(item, index, `${list.base}/${i}`, effect, rules, problems);
    });
    return;
  }
  if (!isObject(document))
    throw new PolicyError(`${at}: expected an Azure role as JSON, found ${kindOf(document)}`);
  const properties = field(document, "properties");
  const inner = isObject(properties?.value) ? properties.value : document;
  const base = inner === document ? pointer : `${pointer}/${properties?.key}`;
  const name =
    field(inner, "roleName")?.value ?? field(inner, "name")?.value ?? field(document, "name")?.value;
  const label = typeof name === "string" ? name : undefined;
  const origin = (p: string): Origin => ({
    document: index,
    pointer: p,
    ...(label !== undefined && { label }),
  });
  const outer = [...conditionOf(inner), ...(inner === document ? [] : conditionOf(document))];

  const permissions = field(inner, "permissions");
  const bare = Object.values(PLANES).some((p) => field(inner, p.only) !== undefined);
  if (permissions === undefined && bare) {
    // the form that `az role definition create` takes: the lists stand beside the name
    readPermission(inner, base, outer, effect, origin, rules, problems);
    return;
  }
  const empty =
    permissions?.value === null || (permissions === undefined && field(inner, "roleName") !== undefined);
  if (empty) return;
  if (permissions === undefined) {
    throw new PolicyError(
      `${at}: no "permissions": expected an Azure role (portal, CLI or ARM JSON, or { "permissions": [...] })`,
    );
  }
  if (!Array.isArray(permissions.value)) {
    throw new PolicyError(`${at}: "permissions" is ${kindOf(permissions.value)}, expected a list of objects`);
  }
  permissions.value.forEach((permission: unknown, i) => {
    const here = `${base}/${permissions.key}/${i}`;
    if (isObject(permission)) readPermission(permission, here, outer, effect, origin, rules, problems);
    else problems.push({ reason: `a permission object is ${kindOf(permission)}`, origin: origin(here) });
  });
}

function listOf(document: unknown, pointer: string): { items: readonly unknown[]; base: string } | undefined {
  if (!isObject(document) || !Array.isArray(document.value)) return undefined;
  return { items: document.value, base: `${pointer}/value` };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function readPermission(
  permission: Record<string, unknown>,
  pointer: string,
  outer: readonly string[],
  effect: "allow" | "deny",
  origin: (pointer: string) => Origin,
  rules: Rule[],
  problems: Problem[],
): void {
  const conditions = [...new Set([...outer, ...conditionOf(permission)])].sort();
  for (const [plane, lists] of Object.entries(PLANES) as [Plane, (typeof PLANES)[Plane]][]) {
    const only = readTerms(permission, lists.only, pointer, origin, problems);
    const except = readTerms(permission, lists.except, pointer, origin, problems);
    if (only.length === 0) continue;
    const planeTerm: Term = { glob: literalGlob(plane), text: plane, origin: origin(pointer) };
    const where: Record<string, Selector> = {
      action: { only, except },
      plane: { only: [planeTerm], except: [] },
    };
    rules.push({ effect, where, conditions, origin: origin(pointer) });
  }
}

function readTerms(
  permission: Record<string, unknown>,
  name: string,
  pointer: string,
  origin: (pointer: string) => Origin,
  problems: Problem[],
): readonly Term[] {
  const found = field(permission, name);
  if (found === undefined || found.value === null) return [];
  const list = Array.isArray(found.value) ? found.value : [found.value];
  const terms: Term[] = [];
  list.forEach((text: unknown, i) => {
    const here = origin(
      Array.isArray(found.value) ? `${pointer}/${found.key}/${i}` : `${pointer}/${found.key}`,
    );
    if (typeof text === "string") terms.push({ glob: starGlob(text.toLowerCase()), text, origin: here });
    else problems.push({ reason: `an entry of ${name} is ${kindOf(text)}, not a string`, origin: here });
  });
  return terms;
}

/**
 * A condition as text that can be compared (AZ9): white space outside quotes folded, none beside brackets. A version
 * other than 2.0, which is the only one that Azure documents, belongs to the text.
 */
function conditionOf(object: Record<string, unknown>): readonly string[] {
  const value = field(object, "condition")?.value;
  if (value === undefined || value === null || value === "") return [];
  const version = field(object, "conditionVersion")?.value;
  const text = typeof value === "string" ? normalCondition(value) : JSON.stringify(value);
  return [typeof version === "string" && version !== "2.0" && version !== "" ? `${version}: ${text}` : text];
}

function normalCondition(text: string): string {
  return text
    .split(/('(?:[^'\\]|\\.)*')/)
    .map((piece, i) => (i % 2 === 1 ? piece : piece.replace(/\s+/g, " ").replace(/ ?([(){},]) ?/g, "$1")))
    .join("")
    .trim();
}

/** The point that an Azure request is. */
export function azurePoint(request: AzureRequest): Point {
  return { action: request.action.toLowerCase(), plane: request.plane };
}

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
  const residues = difference.rows.map((row) => azureResidue(row, side, sides, texts));
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

function azureResidue(row: Row, side: "missing" | "excess", sides: Sides, texts: Texts): Residue {
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
): readonly Doubt[] {
  const doubts = new Map<string, Doubt>();
  for (const o of open) {
    const own = o.terms[0] as Term;
    const glob = o.cell[0] as Glob;
    const pattern = own.glob.key === glob.key ? own.text : globText(glob);
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
