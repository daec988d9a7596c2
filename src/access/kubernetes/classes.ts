/**
 * Words that no rule of either side tells apart: wherever one is listed, so are the others. Of these the comparison
 * looks at one, and what it finds holds for all; a rule of long lists is a handful of cells then, not their product.
 */
import { type At, GROUP, type Interchangeable, NAME, RESOURCE, resourceAt, SUB, VERB } from "./cells.ts";
import type { RuleGrant } from "./rule.ts";
import { namelessVerb } from "./served.ts";
import { ANY, type Words } from "./words.ts";

/** The words of one dimension, split again and again by what is listed together. */
class Split {
  private readonly parts = new Map<number, number>();
  private count = 0;

  /** Parts these words, listed together, from those that are not among them. */
  by(listed: Iterable<number>): void {
    const made = new Map<number, number>();
    for (const word of listed) {
      const before = this.parts.get(word) ?? -1;
      const now = made.get(before) ?? this.count++;
      made.set(before, now);
      this.parts.set(word, now);
    }
  }

  /** Each word that stands for others, with all of these, itself first. */
  classes(): readonly (readonly number[])[] {
    const byPart = new Map<number, number[]>();
    for (const [word, part] of this.parts) {
      const list = byPart.get(part);
      if (list === undefined) byPart.set(part, [word]);
      else list.push(word);
    }
    return [...byPart.values()].filter((list) => list.length > 1);
  }
}

/** Splits the words that all grants of a comparison list. What a server serves tells all but names apart (K4). */
export function interchangeable(
  grants: readonly RuleGrant[],
  words: Words,
  told: boolean,
): Interchangeable | undefined {
  const splits = new Map([VERB, GROUP, RESOURCE, NAME].map((d) => [d, new Split()]));
  const split = (d: number, texts: Iterable<string>, apart: (text: string) => boolean): void => {
    const listed = new Set<number>();
    for (const text of texts) if (text !== "*" && !apart(text)) listed.add(words.add(text));
    splits.get(d)?.by(listed);
  };
  for (const grant of grants) {
    if (grant.names !== undefined) split(NAME, new Set(grant.names), (name) => name === "" || name === "*");
    if (told) continue;
    // a verb that never comes with a name is a case of its own (K2)
    split(VERB, new Set(grant.verbs), namelessVerb);
    split(GROUP, new Set(grant.groups), () => false);
    const heads = new Map<number, Set<number>>();
    for (const written of new Set(grant.resources)) {
      const [resource, sub] = resourceAt(written, words);
      if (resource !== ANY) heads.set(sub, (heads.get(sub) ?? new Set()).add(resource));
    }
    for (const listed of heads.values()) splits.get(RESOURCE)?.by(listed);
  }
  const standsFor = new Map<number, ReadonlyMap<number, readonly number[]>>();
  const standIn = new Map<number, ReadonlyMap<number, number>>();
  for (const [d, found] of splits) {
    const classes = found.classes();
    if (classes.length === 0) continue;
    standsFor.set(d, new Map(classes.map((list) => [list[0] ?? ANY, list])));
    standIn.set(d, new Map(classes.flatMap((list) => list.map((word) => [word, list[0] ?? ANY]))));
  }
  if (standIn.size === 0) return undefined;
  const dimensions = [...standIn];
  return {
    order: (grant) => writtenOrder(grant, words),
    one: (d, word) => standIn.get(d)?.get(word) ?? word,
    at: (at) => {
      let out = at;
      for (const [d, map] of dimensions) {
        const word = at[d] ?? ANY;
        const one = map.get(word) ?? word;
        if (one !== word) out = out.with(d, one);
      }
      return out;
    },
    all: (at) => {
      let out: readonly At[] = [at];
      for (const [d] of dimensions) {
        const list = standsFor.get(d)?.get(at[d] ?? ANY);
        if (list !== undefined) out = out.flatMap((head) => list.map((word) => head.with(d, word)));
      }
      return out;
    },
  };
}

/** Cells of one grant in the order in which its lists write them: verbs, groups, resources, names. */
function writtenOrder(grant: RuleGrant, words: Words): (a: At, b: At) => number {
  const places = (list: readonly string[] | undefined): ReadonlyMap<number, number> =>
    new Map([...new Set(list)].map((text, place) => [text === "*" ? ANY : words.find(text), place]));
  const [verbs, groups] = [places(grant.verbs), places(grant.groups)];
  const names = new Map([...new Set(grant.names)].map((name, place) => [words.find(name), place]));
  const kinds = new Map(
    [...new Set(grant.resources)].map((written, place) => [resourceAt(written, words).join(" "), place]),
  );
  const of = (map: ReadonlyMap<number, number>, word = ANY): number => map.get(word) ?? map.get(ANY) ?? 0;
  const kindOf = (at: At): number => kinds.get(`${at[RESOURCE]} ${at[SUB]}`) ?? 0;
  return (a, b) =>
    of(verbs, a[VERB]) - of(verbs, b[VERB]) ||
    of(groups, a[GROUP]) - of(groups, b[GROUP]) ||
    kindOf(a) - kindOf(b) ||
    of(names, a[NAME]) - of(names, b[NAME]);
}
