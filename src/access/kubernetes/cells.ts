/**
 * Grants as cells. A dimension of a resource request is one word or any word, so a cell is a row of numbers; two cells
 * either share nothing in a dimension, or one of them holds the other there.
 */
import type { Origin } from "../policy.ts";
import { type RuleGrant, urlPrefix } from "./rule.ts";
import {
  comesThrough,
  GONE_GROUP,
  isForeign,
  namelessVerb,
  type Served,
  STANDARD_VERBS,
  verbsThroughNamespace,
} from "./served.ts";
import { ANY, type Words } from "./words.ts";

/** Places in a cell. */
export const VERB = 0;
export const GROUP = 1;
export const RESOURCE = 2;
export const SUB = 3;
export const NAME = 4;
export const NAMESPACE = 5;
/** A set of dimensions has a bit for each. */
export const ALL_DIMENSIONS = 0b111111;

/** Verb, group, resource, subresource (the empty word: the resource itself), name, namespace. */
export type At = readonly number[];

export interface GrantCell {
  readonly at: At;
  /** The grants that write exactly this cell, in the order of the documents. */
  readonly grants: RuleGrant[];
}

export interface UrlCell {
  readonly verb: number;
  readonly url: string;
  /** The url stands for all that start with it. */
  readonly prefix: boolean;
  readonly grants: RuleGrant[];
}

/** Why a part of a grant can never take effect. */
export interface VoidCell {
  readonly at?: At;
  readonly url?: UrlCell;
  readonly namespace?: string;
  readonly clause: string;
  readonly why: string;
  readonly origin: Origin;
}

/** Words that no rule of the comparison tells apart, and the one of them that stands for all. */
export interface Interchangeable {
  readonly one: (dimension: number, word: number) => number;
  /** The cell with the words that stand for its own. */
  readonly at: (at: At) => At;
  /** All the cells that such a cell stands for. */
  readonly all: (at: At) => readonly At[];
  /** Puts cells of one grant into the order in which its lists write them. */
  readonly order: (grant: RuleGrant) => (a: At, b: At) => number;
}

export interface GrantCells {
  /** In words that stand for others, where `classes` says so. */
  readonly resources: readonly GrantCell[];
  readonly urls: readonly UrlCell[];
  readonly voids: readonly VoidCell[];
  /** Grants that were not spread out, since that would pass the bound (G5). */
  readonly beyond: readonly RuleGrant[];
  readonly classes?: Interchangeable | undefined;
}

/** Cells that one side may be spread into, beyond four per word given, before the rest is left undecided (G5). */
export const DEFAULT_CELLS = 2_000_000;

export function cellKey(at: At): string {
  return keyOn(at, ALL_DIMENSIONS);
}

/** The part that both share, or nothing. */
export function shared(a: At, b: At): At | undefined {
  const both: number[] = [];
  for (const [d, word] of a.entries()) {
    const other = b[d] ?? ANY;
    if (word !== ANY && other !== ANY && word !== other) return undefined;
    both.push(word === ANY ? other : word);
  }
  return both;
}

/** What a rule's word means (K1): all, a resource, one subresource of it, or one of all. The star of `pods/*` is a name. */
export function resourceAt(written: string, words: Words): readonly [resource: number, sub: number] {
  if (written === "*") return [ANY, ANY];
  const slash = written.indexOf("/");
  const [head, sub] = slash < 0 ? [written, ""] : [written.slice(0, slash), written.slice(slash + 1)];
  if (sub === "") return [words.add(written), words.add("")];
  return [head === "*" ? ANY : words.add(head), words.add(sub)];
}

/** Whether no name ever comes with the requests of the cell (K2). */
export function nameless(at: At, words: Words): boolean {
  const [verb = ANY] = at;
  return verb !== ANY && namelessVerb(words.text(verb));
}

/** Spreads grants into cells, and sets apart what by its structure can never take effect (K2, K4). */
export function cellsOf(
  grants: readonly RuleGrant[],
  words: Words,
  served: Served | undefined,
  bound = DEFAULT_CELLS,
  classes?: Interchangeable,
): GrantCells {
  const resources = new Map<string, GrantCell>();
  const urls = new Map<string, UrlCell>();
  const voids: VoidCell[] = [];
  /** Voids of cells, in words that stand for others. */
  const found: VoidCell[] = [];
  const beyond: RuleGrant[] = [];
  let left = bound;
  const wordOf = (text: string): number => (text === "*" ? ANY : words.add(text));
  for (const grant of grants) {
    const verbs = unique(grant.verbs.map(wordOf));
    const groups = unique(grant.groups.map(wordOf));
    const kinds = unique(grant.resources).map((written) => resourceAt(written, words));
    const names = grant.names === undefined ? [ANY] : unique(grant.names).map((name) => words.add(name));
    const size = verbs.length * (groups.length * kinds.length * names.length + grant.urls.length);
    const given = verbs.length + groups.length + kinds.length + names.length + grant.urls.length;
    const cost = Math.max(0, size - 4 * given);
    if (cost > left) {
      beyond.push(grant);
      continue;
    }
    left -= cost;
    const place = grant.namespace === undefined ? ANY : words.add(grant.namespace);
    const ones = (d: number, list: readonly number[]): readonly number[] =>
      classes === undefined ? list : list.filter((word) => classes.one(d, word) === word);
    const [oneGroups, oneNames] = [ones(GROUP, groups), ones(NAME, names)];
    const oneKinds = classes === undefined ? kinds : kinds.filter(([r]) => classes.one(RESOURCE, r) === r);
    for (const verb of ones(VERB, verbs)) {
      for (const group of oneGroups) {
        for (const [resource, sub] of oneKinds) {
          for (const name of oneNames) {
            const at = [verb, group, resource, sub, name, place];
            for (const cell of effective(at, grant, words, served, found)) {
              const key = cellKey(cell);
              const before = resources.get(key);
              if (before === undefined) resources.set(key, { at: cell, grants: [grant] });
              else before.grants.push(grant);
            }
          }
        }
      }
    }
    for (const verb of verbs) {
      for (const written of grant.urls) {
        const prefix = written.endsWith("*");
        const url: UrlCell = { verb, url: prefix ? urlPrefix(written) : written, prefix, grants: [grant] };
        if (grant.namespace !== undefined) {
          voids.push({
            url,
            namespace: grant.namespace,
            clause: "K3",
            why: "a URL is granted by a ClusterRole that is bound cluster-wide, not in a namespace",
            origin: grant.origin,
          });
          continue;
        }
        const key = JSON.stringify([verb, url.url, prefix]);
        const before = urls.get(key);
        if (before === undefined) urls.set(key, url);
        else before.grants.push(grant);
      }
    }
  }
  const each = (one: VoidCell): readonly VoidCell[] =>
    one.at === undefined || classes === undefined ? [one] : classes.all(one.at).map((at) => ({ ...one, at }));
  return {
    resources: [...resources.values()],
    urls: [...urls.values()],
    voids: [...found.flatMap(each), ...voids],
    beyond,
    classes,
  };
}

/** The parts of a cell that can take effect. What cannot goes to `voids`. */
function effective(
  at: At,
  grant: RuleGrant,
  words: Words,
  served: Served | undefined,
  voids: VoidCell[],
): readonly At[] {
  const [verb = ANY, group = ANY, resource = ANY, , name = ANY] = at;
  const put = (clause: string, why: string, part: At = at): void => {
    const where = grant.namespace === undefined ? {} : { namespace: grant.namespace };
    voids.push({ at: part, clause, why, origin: grant.origin, ...where });
  };
  if (nameless(at, words)) {
    if (name !== ANY && words.text(name) !== "") {
      put("K2", `no name ever comes with ${words.text(verb)}, so a grant by name allows nothing`);
      return [];
    }
    // without a name is the only way that it comes
    if (name === ANY) return effective(at.with(NAME, words.add("")), grant, words, served, voids);
  }
  if (served === undefined || group === ANY) return [at];
  const groupText = words.text(group);
  if (groupText === GONE_GROUP && !served.serves(GONE_GROUP)) {
    put("K4", `the API group ${GONE_GROUP} is served by no supported server`);
    return [];
  }
  if (grant.namespace === undefined || resource === ANY) return [at];
  const resourceText = words.text(resource);
  if (!served.clusterScoped(groupText, resourceText)) return [at];
  const why = `${resourceText} is cluster-scoped, and this is granted in a namespace only`;
  if (verb !== ANY) {
    if (comesThrough(words.text(verb), groupText, resourceText, true)) return [at];
    put("K4", why);
    return [];
  }
  const through = verbsThroughNamespace(groupText, resourceText);
  const foreign = isForeign(groupText);
  if (through.length === 0 && !foreign) {
    put("K4", why);
    return [];
  }
  // of every verb, these alone get through, and in a group of somebody else's any that is not the API server's
  for (const other of STANDARD_VERBS.filter((v) => !through.includes(v))) {
    put("K4", why, at.with(VERB, words.add(other)));
  }
  if (foreign) return [at];
  return through.map((v) => at.with(VERB, words.add(v)));
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** Cells by the words that they fix, so that comparing n cells with m others does not take n × m steps. */
export class CellIndex {
  /** By the set of dimensions that a cell fixes, then by the words there. */
  private readonly byMask = new Map<number, Map<string, GrantCell>>();
  /** By that set and the part of it looked up by; made when first asked for. */
  private readonly byPart = new Map<string, Map<string, GrantCell[]>>();

  private readonly classes: Interchangeable | undefined;

  /** @param classes what the words of `cells` stand for; then cells asked for are looked up by it */
  constructor(cells: readonly GrantCell[], classes?: Interchangeable) {
    this.classes = classes;
    for (const cell of cells) {
      const mask = maskOf(cell.at);
      const held = this.byMask.get(mask) ?? new Map<string, GrantCell>();
      held.set(keyOn(cell.at, mask), cell);
      this.byMask.set(mask, held);
    }
  }

  /** Whether one cell holds all of this one; in a flat space then and only then the union does (G3). */
  holds(asked: At, apart?: At): boolean {
    const at = this.classes?.at(asked) ?? asked;
    const own = maskOf(at);
    for (const [mask, held] of this.byMask) {
      if ((mask & own) !== mask) continue;
      const found = held.get(keyOn(at, mask));
      if (found !== undefined && found.at !== apart) return true;
    }
    return false;
  }

  /** All that share something with the cell. */
  reaching(asked: At): readonly GrantCell[] {
    const at = this.classes?.at(asked) ?? asked;
    const own = maskOf(at);
    const out: GrantCell[] = [];
    for (const [mask, held] of this.byMask) {
      const part = mask & own;
      if (part === mask) {
        const found = held.get(keyOn(at, mask));
        if (found !== undefined) out.push(found);
      } else for (const found of this.partIndex(mask, part).get(keyOn(at, part)) ?? []) out.push(found);
    }
    return out;
  }

  private partIndex(mask: number, part: number): ReadonlyMap<string, readonly GrantCell[]> {
    const name = `${mask} ${part}`;
    const before = this.byPart.get(name);
    if (before !== undefined) return before;
    const index = new Map<string, GrantCell[]>();
    for (const cell of this.byMask.get(mask)?.values() ?? []) {
      const key = keyOn(cell.at, part);
      const list = index.get(key);
      if (list === undefined) index.set(key, [cell]);
      else list.push(cell);
    }
    this.byPart.set(name, index);
    return index;
  }
}

function maskOf(at: At): number {
  let mask = 0;
  for (let d = 0; d < at.length; d++) if (at[d] !== ANY) mask |= 1 << d;
  return mask;
}

/**
 * The words of a cell in some dimensions as a key, two letters a word: a Map finds texts by content and lists of
 * numbers not, and making a text of letters takes a fifth of writing the numbers out.
 */
export function keyOn(at: At, mask: number): string {
  const word = (d: number): number => ((mask & (1 << d)) === 0 ? ANY : (at[d] ?? ANY));
  const [a, b, c] = [word(VERB), word(GROUP), word(RESOURCE)];
  const [d, e, f] = [word(SUB), word(NAME), word(NAMESPACE)];
  return (
    String.fromCharCode(a, a >> 16, b, b >> 16, c, c >> 16) +
    String.fromCharCode(d, d >> 16, e, e >> 16, f, f >> 16)
  );
}
