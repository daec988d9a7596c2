import { TermIndex } from "./azure/term-index.ts";
import { type Glob, matches, subject } from "./glob.ts";
import type { CatalogEntry, Impact } from "./policy.ts";

interface Operation {
  readonly name: string;
  /** Lower case, as `matches` takes it. */
  readonly key: string;
}

/** Today's operations (G6), sorted, per plane. */
export interface Catalog {
  readonly control: readonly Operation[];
  readonly data: readonly Operation[];
}

const compiled = new WeakMap<object, Catalog>();

/**
 * Operations by plane. A bare name says nothing of its plane and counts for both, so that a grant is never called
 * latent because the list was terse; an entry without `isDataAction` is a control operation, as Azure lists them.
 */
export function catalogOf(entries: readonly CatalogEntry[] | readonly string[]): Catalog {
  const known = compiled.get(entries);
  if (known !== undefined) return known;
  const planes = { control: new Map<string, Operation>(), data: new Map<string, Operation>() };
  for (const entry of entries) {
    const name = typeof entry === "string" ? entry : entry.name;
    const operation = { name, key: subject(name.toLowerCase()) };
    if (typeof entry === "string" || entry.isDataAction !== true)
      planes.control.set(operation.key, operation);
    if (typeof entry === "string" || entry.isDataAction === true) planes.data.set(operation.key, operation);
  }
  const sorted = (map: Map<string, Operation>) => [...map.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const catalog = { control: sorted(planes.control), data: sorted(planes.data) };
  compiled.set(entries, catalog);
  return catalog;
}

/** The operations that match `glob` and none of `except`. */
export function operationsIn<T extends Operation>(
  operations: readonly T[],
  glob: Glob,
  except: readonly Glob[],
): readonly T[] {
  const out = new TermIndex<true>();
  for (const e of except) out.add(e, true);
  const inside: T[] = [];
  for (let at = firstWith(operations, glob.prefix); at < operations.length; at++) {
    const operation = operations[at] as T;
    if (!operation.key.startsWith(glob.prefix)) break;
    if (matches(glob, operation.key) && out.covering(operation.key).length === 0) inside.push(operation);
  }
  return inside;
}

function firstWith(operations: readonly Operation[], prefix: string): number {
  let [low, high] = [0, operations.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((operations[middle] as Operation).key < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}

const RANK = { escalation: 0, write: 1, read: 2 } as const satisfies Record<Impact, number>;

/** The most telling first: what grants more, then what changes, then what reads; the shorter name before the longer. */
export function mostTelling(
  operations: readonly Operation[],
  impactOf: (key: string) => Impact,
): readonly string[] {
  return operations
    .map((o) => ({ o, rank: RANK[impactOf(o.key)], verb: verbRank(o.key) }))
    .sort(
      (a, b) =>
        a.rank - b.rank || a.verb - b.verb || a.o.key.length - b.o.key.length || (a.o.key < b.o.key ? -1 : 1),
    )
    .slice(0, 3)
    .map((x) => x.o.name);
}

/** `…/write` tells a person more at a glance than an action of some name. */
function verbRank(key: string): number {
  if (key.endsWith("/write")) return 0;
  if (key.endsWith("/delete")) return 1;
  return key.endsWith("/read") ? 3 : 2;
}
