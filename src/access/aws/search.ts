/**
 * One choice per dimension so that every statement that must fail does: a bounded search, depth first. An option may be
 * made narrower so that one more statement fails in it; that is done only where no other option will do.
 */
import { addTo, type Bits, inside, isEmpty, members, noBits, takeFrom, union, without } from "./bits.ts";

export interface Option<T> {
  readonly value: T;
  /** What choosing it makes fail. */
  readonly kills: Bits;
  /** With what its parts may make fail; the same object where it has none that matter. */
  readonly reach: Bits;
  /**
   * Its parts in which a statement of `reach` may fail. Whatever of a part's own reach lies outside of this one's, it
   * makes fail or nothing does: a search that narrows ends.
   */
  readonly refine?: (foe: number, asked: SearchQuestion) => Iterable<Option<T>>;
}

/** What a search asks of the options, and what they answer. */
export interface SearchQuestion {
  /** Whether parts are wanted of which not all is known. */
  readonly open: boolean;
  /** What the making of parts may still cost, in comparisons of globs. */
  left: number;
  /** Set when there are parts of which not all is known. */
  lacks: boolean;
}

/** What one search may take before the answer is undecided (G5): options looked at, and what making parts costs. */
const MAX_LOOKS = 2_000_000;
const MAX_COST = 250_000;

export function asking(open: boolean): SearchQuestion {
  return { open, left: MAX_COST, lacks: false };
}

/**
 * The options of which no other kills as much and more; of equals the first. Exact: whatever a dropped option, or a
 * part of it, would serve for, a kept one serves.
 */
export function undominated<T>(options: readonly Option<T>[]): readonly Option<T>[] {
  const kept: Option<T>[] = [];
  for (const option of options) {
    if (kept.some((k) => inside(option.reach, k.kills))) continue;
    for (let i = kept.length - 1; i >= 0; i--) {
      if (inside((kept[i] as Option<T>).reach, option.kills)) kept.splice(i, 1);
    }
    kept.push(option);
  }
  return kept;
}

function kills<T>(option: Option<T>, foe: number): boolean {
  return (((option.kills[foe >>> 5] ?? 0) >>> (foe & 31)) & 1) === 1;
}

function reaches<T>(option: Option<T>, foe: number): boolean {
  return option.refine !== undefined && (((option.reach[foe >>> 5] ?? 0) >>> (foe & 31)) & 1) === 1;
}

/** Whether the option, or a part of it, makes this one statement fail. */
export function canKill<T>(option: Option<T>, foe: number, asked: SearchQuestion): boolean {
  if (kills(option, foe)) return true;
  if (!reaches(option, foe)) return false;
  for (const part of option.refine?.(foe, asked) ?? []) if (canKill(part, foe, asked)) return true;
  // past the bound nobody knows
  return asked.left < 0;
}

/**
 * An option per dimension whose kills together hold all of `mask`; undefined when there is none, "bound" past the
 * bound. Of dimensions that are not needed, the first option.
 */
export function search<T>(
  dimensions: readonly (readonly Option<T>[])[],
  mask: Bits,
  asked: SearchQuestion,
): readonly Option<T>[] | "bound" | undefined {
  if (dimensions.some((d) => d.length === 0)) return undefined;
  // what no dimension can make fail is most often the reason: seen at once
  if (isEmpty(mask)) return dimensions.map((d) => d[0] as Option<T>);
  const reachable = new Uint32Array(mask.length);
  for (const d of dimensions) for (const { reach } of d) addTo(reachable, reach);
  if (!inside(mask, reachable)) return undefined;
  const found = new Search(dimensions, mask, asked).run();
  return found === "bound" && holdsAnyway(dimensions, mask, asked) ? undefined : found;
}

/**
 * Whether one of the statements holds whatever is chosen: it is wider than those that have to hold. The search finds
 * that out anew for every choice of what the others need, and so may not come to an end.
 */
function holdsAnyway<T>(
  dimensions: readonly (readonly Option<T>[])[],
  mask: Bits,
  asked: SearchQuestion,
): boolean {
  const rest = mask.slice();
  for (const d of dimensions) for (const option of d) takeFrom(rest, option.kills);
  const first = asking(asked.open);
  for (const foe of members(rest)) {
    if (dimensions.some((d) => d.some((option) => canKill(option, foe, first)))) continue;
    asked.lacks ||= first.lacks;
    return true;
  }
  return false;
}

/** A way to make a statement fail. */
interface Way<T> {
  readonly at: number;
  readonly option: Option<T>;
}

/** A statement that must fail, with the options in which it does and those of which a part may do. */
interface Target<T> {
  readonly foe: number;
  readonly ways: readonly Way<T>[];
  readonly wider: readonly Way<T>[];
  readonly weight: number;
}

/** An option that has to be made narrower stands for about so many. */
const WIDER = 4;

/** Holds what is chosen so far. */
class Search<T> {
  private readonly dimensions: readonly (readonly Option<T>[])[];
  private readonly mask: Bits;
  private readonly asked: SearchQuestion;
  private readonly chosen: (Option<T> | undefined)[];
  /** Choices that were found not to do, where parts are chosen: several ways lead to the same part. */
  private readonly failed = new Set<string>();
  private readonly ids = new Map<Option<T>, number>();
  private looks = 0;

  constructor(dimensions: readonly (readonly Option<T>[])[], mask: Bits, asked: SearchQuestion) {
    this.dimensions = dimensions;
    this.mask = mask;
    this.asked = asked;
    // a dimension with one option is chosen already
    this.chosen = dimensions.map((d) => (d.length > 1 ? undefined : d[0]));
  }

  run(): readonly Option<T>[] | "bound" | undefined {
    const found = this.walk(false);
    if (found === "bound") return "bound";
    return found ? this.dimensions.map((d, i) => this.chosen[i] ?? (d[0] as Option<T>)) : undefined;
  }

  private get isOver(): boolean {
    return this.looks > MAX_LOOKS || this.asked.left < 0;
  }

  /** What no chosen option makes fail. */
  private rest(): Bits {
    let dead = noBits(this.mask.length * 32);
    for (const option of this.chosen) if (option !== undefined) dead = union(dead, option.kills);
    return without(this.mask, dead);
  }

  /** @param narrowed whether a part is chosen */
  private walk(narrowed: boolean): boolean | "bound" {
    const left = this.rest();
    if (isEmpty(left)) return true;
    const id = narrowed ? this.choiceId() : undefined;
    if (id !== undefined && this.failed.has(id)) return false;
    const best = this.hardest(left);
    if (this.isOver) return "bound";
    if (best === undefined) return false;
    for (const { at, option } of best.ways) {
      const found = this.tryOption(at, option, narrowed);
      if (found !== false) return found;
    }
    for (const { at, option } of best.wider) {
      for (const part of option.refine?.(best.foe, this.asked) ?? []) {
        const found = this.tryOption(at, part, true);
        if (found !== false) return found;
      }
      if (this.isOver) return "bound";
    }
    if (id !== undefined) this.failed.add(id);
    return false;
  }

  private tryOption(at: number, option: Option<T>, narrowed: boolean): boolean | "bound" {
    const before = this.chosen[at];
    this.chosen[at] = option;
    const found = this.walk(narrowed);
    if (found === false) this.chosen[at] = before;
    return found;
  }

  private choiceId(): string {
    return this.chosen
      .map((option) => {
        if (option === undefined) return "";
        const known = this.ids.get(option) ?? this.ids.size;
        this.ids.set(option, known);
        return known;
      })
      .join();
  }

  /** The statement with the fewest ways to fail decides first; undefined: one has none. */
  private hardest(left: Bits): Target<T> | undefined {
    let best: Target<T> | undefined;
    for (const foe of members(left)) {
      const ways: Way<T>[] = [];
      const wider: Way<T>[] = [];
      this.dimensions.forEach((d, at) => {
        const chosen = this.chosen[at];
        for (const option of chosen === undefined ? d : [chosen]) {
          if (kills(option, foe)) ways.push({ at, option });
          else if (reaches(option, foe)) wider.push({ at, option });
        }
        this.looks += chosen === undefined ? d.length : 1;
      });
      if (ways.length + wider.length === 0) return undefined;
      const weight = ways.length + WIDER * wider.length;
      if (best === undefined || weight < best.weight) best = { foe, ways, wider, weight };
      if (weight === 1) break;
    }
    return best;
  }
}
