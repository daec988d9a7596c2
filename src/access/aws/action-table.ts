/** Action patterns by their literal prefix, so that n patterns are held against m others in fewer than n × m steps. */
import { type Glob, matches } from "../glob.ts";

interface Held<T> {
  readonly glob: Glob;
  readonly value: T;
}

/** Values by pattern. Holds what is looked up by; the order for `near` is made when it is first asked. */
export class ActionTable<T> {
  private readonly literals = new Map<string, T[]>();
  private readonly byPrefix = new Map<string, Held<T>[]>();
  private lengths: number[] = [];
  private sorted: Held<T>[] | undefined;
  private readonly held: Held<T>[] = [];

  add(glob: Glob, value: T): void {
    const entry = { glob, value };
    this.held.push(entry);
    this.sorted = undefined;
    if (glob.literal) {
      const list = this.literals.get(glob.key);
      if (list === undefined) this.literals.set(glob.key, [value]);
      else list.push(value);
      return;
    }
    const list = this.byPrefix.get(glob.prefix);
    if (list !== undefined) list.push(entry);
    else {
      this.byPrefix.set(glob.prefix, [entry]);
      const { length } = glob.prefix;
      if (!this.lengths.includes(length)) this.lengths = [...this.lengths, length].sort((a, b) => a - b);
    }
  }

  /** Those that match this point. */
  covering(point: string): readonly T[] {
    const same = this.literals.get(point);
    if (this.byPrefix.size === 0) return same ?? NONE;
    const out: T[] = same === undefined ? [] : [...same];
    for (const length of this.lengths) {
      if (length > point.length) break;
      const list = this.byPrefix.get(point.slice(0, length));
      if (list === undefined) continue;
      for (const { glob, value } of list) if (matches(glob, point)) out.push(value);
    }
    return out;
  }

  /** All that could share a text with the pattern, judged by the literal prefixes alone; of a literal, those that do. */
  near(glob: Glob): readonly T[] {
    if (glob.literal) return this.covering(glob.key);
    const { prefix } = glob;
    const out: T[] = [];
    const sorted = this.inOrder();
    for (let at = lowerBound(sorted, prefix); at < sorted.length; at++) {
      const entry = sorted[at] as Held<T>;
      if (!entry.glob.prefix.startsWith(prefix)) break;
      out.push(entry.value);
    }
    for (const length of this.lengths) {
      if (length >= prefix.length) break;
      for (const { value } of this.byPrefix.get(prefix.slice(0, length)) ?? []) out.push(value);
    }
    return out;
  }

  /** Whether any could share a text with the pattern, judged by the literal prefixes alone. */
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

const NONE: readonly never[] = [];

function lowerBound<T>(sorted: readonly Held<T>[], prefix: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as Held<T>).glob.prefix < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
