/** One choice per dimension so that every statement that must fail does: a bounded search, depth first. */
import { addTo, type Bits, inside, isEmpty, members, without } from "./bits.ts";

export interface Option<T> {
  readonly value: T;
  /** What choosing it makes fail. */
  readonly kills: Bits;
}

/** Nodes of one search, past which the answer is undecided (G5). */
const MAX_NODES = 20_000;

/**
 * The options of which no other kills as much and more; of equals the first. Exact: whatever a dropped option would
 * serve for, a kept one serves.
 */
export function undominated<T>(options: readonly Option<T>[]): readonly Option<T>[] {
  const kept: Option<T>[] = [];
  for (const option of options) {
    if (kept.some((k) => inside(option.kills, k.kills))) continue;
    for (let i = kept.length - 1; i >= 0; i--) {
      if (inside((kept[i] as Option<T>).kills, option.kills)) kept.splice(i, 1);
    }
    kept.push(option);
  }
  return kept;
}

/**
 * An option per dimension whose kills together hold all of `mask`; undefined when there is none, "bound" past the
 * bound. Of dimensions that are not needed, the first option.
 */
export function search<T>(
  dimensions: readonly (readonly Option<T>[])[],
  mask: Bits,
): readonly Option<T>[] | "bound" | undefined {
  if (dimensions.some((d) => d.length === 0)) return undefined;
  // what no dimension can make fail is most often the reason: seen at once
  if (isEmpty(mask)) return dimensions.map((d) => d[0] as Option<T>);
  const reachable = new Uint32Array(mask.length);
  for (const d of dimensions) for (const { kills } of d) addTo(reachable, kills);
  if (!inside(mask, reachable)) return undefined;
  // a dimension with one option is chosen already
  let rest = mask;
  const chosen = new Array<Option<T> | undefined>(dimensions.length).fill(undefined);
  dimensions.forEach((d, i) => {
    if (d.length > 1) return;
    chosen[i] = d[0] as Option<T>;
    rest = without(rest, (d[0] as Option<T>).kills);
  });
  let nodes = 0;
  const walk = (left: Bits): boolean | "bound" => {
    if (isEmpty(left)) return true;
    if (++nodes > MAX_NODES) return "bound";
    // the statement with the fewest ways to fail decides first
    let best: { readonly at: number; readonly option: Option<T> }[] | undefined;
    for (const foe of members(left)) {
      const ways: { at: number; option: Option<T> }[] = [];
      dimensions.forEach((d, at) => {
        if (chosen[at] !== undefined) return;
        for (const option of d) {
          if ((((option.kills[foe >>> 5] ?? 0) >>> (foe & 31)) & 1) === 1) ways.push({ at, option });
        }
      });
      if (ways.length === 0) return false;
      if (best === undefined || ways.length < best.length) best = ways;
      if (best.length === 1) break;
    }
    for (const { at, option } of best ?? []) {
      chosen[at] = option;
      const found = walk(without(left, option.kills));
      if (found !== false) return found;
      chosen[at] = undefined;
    }
    return false;
  };
  const found = walk(rest);
  if (found === "bound") return "bound";
  if (!found) return undefined;
  return dimensions.map((d, i) => chosen[i] ?? (d[0] as Option<T>));
}
