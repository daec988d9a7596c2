import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  covers,
  generic,
  globText,
  intersect,
  literalGlob,
  MAX_PIECES,
  matches,
  pointText,
  questionGlob,
  starGlob,
  subject,
} from "../../src/access/glob.ts";
import { timesAsLong } from "../growth.ts";

const text = (letters: string, max: number) =>
  fc.array(fc.constantFrom(...letters), { maxLength: max }).map((l) => l.join(""));

const UNIVERSE: readonly string[] = (() => {
  const all = [""];
  for (let i = 0; i < all.length; i++) {
    const t = all[i] ?? "";
    if (t.length < 6) all.push(`${t}a`, `${t}b`, `${t}z`);
  }
  return all;
})();

describe("globs", () => {
  it.each([
    ["*", "", true],
    ["*", "a/b:c", true],
    ["a/*", "a/b/c", true],
    ["a/*", "a", false],
    ["*/read", "/read", true],
    ["a*b*c", "axxbyyc", true],
    ["a*b*c", "acb", false],
    ["ab*ba", "aba", false],
    ["", "", true],
    ["", "a", false],
    ["a**b", "ab", true],
  ])("G1: %s on %s is %s", (pattern, input, expected) => {
    expect(matches(starGlob(pattern), subject(input))).toBe(expected);
  });

  it.each([
    ["?", "a", true],
    ["?", "", false],
    ["a?c*?", "abcd", true],
    ["a?c*?", "abc", false],
    ["*?b", "ab", true],
    ["**??", "a", false],
  ])("G1: with ?, %s on %s is %s", (pattern, input, expected) => {
    expect(matches(questionGlob(pattern), subject(input))).toBe(expected);
  });

  it("a literal glob's star is a star, and private-use characters from outside are no wildcards", () => {
    expect(matches(literalGlob("pods/*"), subject("pods/log"))).toBe(false);
    expect(matches(literalGlob("pods/*"), subject("pods/*"))).toBe(true);
    expect(matches(starGlob("a\uE000"), subject("abc"))).toBe(false);
    expect(matches(starGlob("a\uE000"), subject("a\uE000"))).toBe(true);
    expect(globText(starGlob("a\uE000*\uE003"))).toBe("a\uE000*\uE003");
    expect(pointText(generic(starGlob("a/*/\uE001")), "#")).toBe("a/#/\uE001");
  });

  it("G2: matching equals a regular expression's answer", () => {
    fc.assert(
      fc.property(text("ab*", 7), text("ab", 9), (pattern, input) => {
        const oracle = new RegExp(`^${pattern.replaceAll("*", "[^]*")}$`).test(input);
        expect(matches(starGlob(pattern), subject(input))).toBe(oracle);
      }),
      { numRuns: 5000 },
    );
  });

  it("G1: with ? as well", () => {
    fc.assert(
      fc.property(text("ab*?", 7), text("ab", 9), (pattern, input) => {
        const oracle = new RegExp(`^${pattern.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`).test(input);
        expect(matches(questionGlob(pattern), subject(input))).toBe(oracle);
      }),
      { numRuns: 5000 },
    );
  });

  it("G3: covers is inclusion, and a union covers only what one of its globs covers", () => {
    fc.assert(
      fc.property(
        fc.array(text("ab*", 4), { minLength: 1, maxLength: 3 }),
        text("ab*", 4),
        (wide, narrow) => {
          const bs = wide.map(starGlob);
          const a = starGlob(narrow);
          const inside = UNIVERSE.filter((s) => matches(a, s)).every((s) => bs.some((b) => matches(b, s)));
          expect(bs.some((b) => covers(b, a))).toBe(inside);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("an intersection's pieces united are the intersection, and none covers another", () => {
    fc.assert(
      fc.property(text("ab*", 6), text("ab*", 6), (p, q) => {
        const [a, b] = [starGlob(p), starGlob(q)];
        const pieces = intersect(a, b);
        expect(pieces).toBeDefined();
        const wrong = UNIVERSE.filter(
          (s) => pieces?.some((g) => matches(g, s)) !== (matches(a, s) && matches(b, s)),
        );
        expect(wrong).toEqual([]);
        const keys = pieces?.map((g) => g.key) ?? [];
        expect(new Set(keys).size).toBe(keys.length);
        expect(pieces?.some((g) => pieces.some((o) => o !== g && covers(o, g)))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("G5, fault 31: 500 stars and 10,000 letters are matched, or left undecided, without blowing up", () => {
    const stars = starGlob(`${"a*".repeat(500)}b`);
    const [text, longer] = [10_000, 40_000].map((letters) => subject("a".repeat(letters))) as [
      string,
      string,
    ];
    expect(matches(stars, text)).toBe(false);
    expect(matches(stars, `${text}b`)).toBe(true);
    expect(
      timesAsLong(
        () => matches(stars, text),
        () => matches(stars, longer),
      ),
    ).toBeLessThan(10);
    expect(intersect(stars, starGlob(`${"*a*b".repeat(250)}c*`))).toBeUndefined();
    expect(MAX_PIECES).toBe(256);
  });
});
