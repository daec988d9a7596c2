import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TermIndex } from "../../../src/access/azure/term-index.ts";
import { intersect, matches, starGlob } from "../../../src/access/glob.ts";

const text = (letters: readonly string[]) =>
  fc.array(fc.constantFrom(...letters), { maxLength: 6 }).map((parts) => parts.join(""));
/** Fewer patterns than are looked up by a map, and many more. */
const patterns = fc.oneof(
  fc.array(text(["a", "b", "/", "*"]), { maxLength: 8 }),
  fc.array(text(["a", "b", "/", "*"]), { minLength: 9, maxLength: 80 }),
);

function indexOf(texts: readonly string[]): TermIndex<number> {
  const index = new TermIndex<number>();
  texts.forEach((written, i) => {
    index.add(starGlob(written), i);
  });
  return index;
}

const sorted = (found: readonly number[]) => [...found].sort((a, b) => a - b);
const those = (texts: readonly string[], hold: (written: string) => boolean) =>
  texts.flatMap((written, i) => (hold(written) ? [i] : []));

describe("the index of patterns", () => {
  it("G1: finds exactly the patterns that match a text, each once", () => {
    fc.assert(
      fc.property(patterns, text(["a", "b", "/"]), (texts, point) => {
        const expected = those(texts, (written) => matches(starGlob(written), point));
        expect(sorted(indexOf(texts).covering(point))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("G3: near a pattern are all that share a string with it, each once; near a literal nothing else", () => {
    fc.assert(
      fc.property(patterns, text(["a", "b", "/", "*"]), (texts, written) => {
        const glob = starGlob(written);
        const index = indexOf(texts);
        const found = index.near(glob);
        const sharing = those(texts, (other) => intersect(glob, starGlob(other))?.length !== 0);
        expect([...new Set(found)].length).toBe(found.length);
        expect(sharing.filter((i) => !found.includes(i))).toEqual([]);
        expect(index.hasNear(glob)).toBe(found.length > 0);
        if (glob.literal) expect(sorted(found)).toEqual(sharing);
      }),
      { numRuns: 2000 },
    );
  });

  it("what is added after a look-up is found by the next", () => {
    const texts = Array.from({ length: 40 }, (_, i) => `service/type${i}/*`);
    const index = indexOf(texts);
    expect(index.covering("service/type99/read")).toEqual([]);
    expect(index.hasNear(starGlob("service/type99/*"))).toBe(false);
    index.add(starGlob("service/type99/*"), 40);
    index.add(starGlob("service/type99/read"), 41);
    expect(sorted(index.covering("service/type99/read"))).toEqual([40, 41]);
    expect(sorted(index.near(starGlob("service/type99/*")))).toEqual([40, 41]);
  });
});
