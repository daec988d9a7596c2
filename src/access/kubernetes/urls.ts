/** URL cells by verb and by prefix (K3). */
import type { UrlCell } from "./cells.ts";
import { ANY } from "./words.ts";

/** The part that both share, or nothing. */
export function urlShared(a: UrlCell, b: UrlCell): UrlCell | undefined {
  if (a.verb !== ANY && b.verb !== ANY && a.verb !== b.verb) return undefined;
  const verb = a.verb === ANY ? b.verb : a.verb;
  const [wide, narrow] = a.url.length <= b.url.length && a.prefix ? [a, b] : [b, a];
  if (!(wide.prefix ? narrow.url.startsWith(wide.url) : wide.url === narrow.url)) return undefined;
  return { ...narrow, verb, prefix: wide.prefix && narrow.prefix };
}

interface ByVerb {
  readonly exact: Map<string, UrlCell>;
  readonly prefixes: Map<string, UrlCell>;
  readonly lengths: Set<number>;
  sorted: readonly UrlCell[] | undefined;
}

export class UrlIndex {
  private readonly verbs = new Map<number, ByVerb>();

  constructor(cells: readonly UrlCell[]) {
    for (const cell of cells) {
      const held = this.verbs.get(cell.verb) ?? {
        exact: new Map(),
        prefixes: new Map(),
        lengths: new Set(),
        sorted: undefined,
      };
      this.verbs.set(cell.verb, held);
      (cell.prefix ? held.prefixes : held.exact).set(cell.url, cell);
      if (cell.prefix) held.lengths.add(cell.url.length);
    }
  }

  all(): readonly UrlCell[] {
    return [...this.verbs.values()].flatMap((held) => [...held.exact.values(), ...held.prefixes.values()]);
  }

  /** Whether one cell holds all of this one; the alphabet is open, so then and only then the union does (G3). */
  holds(cell: UrlCell, apart?: UrlCell): boolean {
    return this.above(cell).some((other) => other !== apart);
  }

  /** All that share something with the cell. */
  reaching(cell: UrlCell): readonly UrlCell[] {
    const out = new Set<UrlCell>();
    for (const verb of cell.verb === ANY ? this.verbs.keys() : [cell.verb, ANY]) {
      const held = this.verbs.get(verb);
      if (held === undefined) continue;
      for (const other of above(held, cell)) out.add(other);
      if (!cell.prefix) continue;
      held.sorted ??= [...held.exact.values(), ...held.prefixes.values()].sort((a, b) =>
        a.url < b.url ? -1 : a.url > b.url ? 1 : 0,
      );
      for (let at = firstFrom(held.sorted, cell.url); at < held.sorted.length; at++) {
        const other = held.sorted[at];
        if (!other?.url.startsWith(cell.url)) break;
        out.add(other);
      }
    }
    return [...out];
  }

  private above(cell: UrlCell): readonly UrlCell[] {
    return [...new Set([cell.verb, ANY])].flatMap((verb) => {
      const held = this.verbs.get(verb);
      return held === undefined ? [] : above(held, cell);
    });
  }
}

/** Those of one verb whose URLs hold all of the cell's. */
function above(held: ByVerb, cell: UrlCell): readonly UrlCell[] {
  const out: UrlCell[] = [];
  const same = cell.prefix ? undefined : held.exact.get(cell.url);
  if (same !== undefined) out.push(same);
  for (const length of held.lengths) {
    if (length > cell.url.length) continue;
    const found = held.prefixes.get(cell.url.slice(0, length));
    if (found !== undefined) out.push(found);
  }
  return out;
}

function firstFrom(cells: readonly UrlCell[], url: string): number {
  let [low, high] = [0, cells.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cells[middle]?.url ?? "") < url) low = middle + 1;
    else high = middle;
  }
  return low;
}
