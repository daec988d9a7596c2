import { type Glob, matches } from "./glob.ts";

interface Held<T> {
  readonly glob: Glob;
  readonly value: T;
}

/**
 * Patterns by their literal prefix, so that a comparison of n patterns with m others does not take n × m steps.
 * `?`-free globs only.
 */
export class TermIndex<T> {
  private readonly literals = new Map<string, Held<T>[]>();
  private readonly byPrefix = new Map<string, Held<T>[]>();
  private readonly lengths = new Set<number>();
  private sorted: Held<T>[] | undefined;
  private readonly held: Held<T>[] = [];

  add(glob: Glob, value: T): void {
    const entry = { glob, value };
    this.held.push(entry);
    this.sorted = undefined;
    if (glob.literal) push(this.literals, glob.key, entry);
    else {
      push(this.byPrefix, glob.prefix, entry);
      this.lengths.add(glob.prefix.length);
    }
  }

  /** Those that match this point. */
  covering(point: string): readonly T[] {
    const out: T[] = [];
    for (const entry of this.literals.get(point) ?? []) out.push(entry.value);
    for (const length of this.lengths) {
      if (length > point.length) continue;
      for (const entry of this.byPrefix.get(point.slice(0, length)) ?? []) {
        if (matches(entry.glob, point)) out.push(entry.value);
      }
    }
    return out;
  }

  /** All that could share a string with the glob, judged by the literal prefixes alone. */
  near(glob: Glob): readonly T[] {
    const out: T[] = [];
    const sorted = this.inOrder();
    let at = lowerBound(sorted, glob.prefix);
    for (; at < sorted.length; at++) {
      const entry = sorted[at] as Held<T>;
      if (!entry.glob.prefix.startsWith(glob.prefix)) break;
      out.push(entry.value);
    }
    for (const length of this.lengths) {
      if (length >= glob.prefix.length) continue;
      for (const entry of this.byPrefix.get(glob.prefix.slice(0, length)) ?? []) out.push(entry.value);
    }
    return out;
  }

  /** Whether `near` has any. */
  hasNear(glob: Glob): boolean {
    const sorted = this.inOrder();
    const first = sorted[lowerBound(sorted, glob.prefix)];
    if (first?.glob.prefix.startsWith(glob.prefix) === true) return true;
    for (const length of this.lengths) {
      if (length < glob.prefix.length && this.byPrefix.has(glob.prefix.slice(0, length))) return true;
    }
    return false;
  }

  private inOrder(): readonly Held<T>[] {
    this.sorted ??= [...this.held].sort((a, b) =>
      a.glob.prefix < b.glob.prefix ? -1 : a.glob.prefix > b.glob.prefix ? 1 : 0,
    );
    return this.sorted;
  }
}

function push<T>(map: Map<string, Held<T>[]>, key: string, entry: Held<T>): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

function lowerBound<T>(sorted: readonly Held<T>[], prefix: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as Held<T>).glob.prefix < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
