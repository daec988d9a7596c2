import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closure, type GlobRow, type Left, meets } from "../../../src/access/aws/cells.ts";
import { globText, intersect, matches, questionGlob, subject } from "../../../src/access/glob.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 7 });

describe("meets (G1, G5)", () => {
  it("is whether the intersection has anything", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        // a glob each time: what was found of one is kept with it
        const both = intersect(questionGlob(a), questionGlob(b));
        expect(both).toBeDefined();
        expect(meets(questionGlob(a), questionGlob(b))).toBe(both?.length !== 0);
        expect(meets(questionGlob(b), questionGlob(a))).toBe(both?.length !== 0);
      }),
      { numRuns: 3000 },
    );
  });

  it("holds of two that match one text", () => {
    const plain = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(text, text, plain, (a, b, read) => {
        const [x, y] = [questionGlob(a), questionGlob(b)];
        fc.pre(matches(x, subject(read)) && matches(y, subject(read)));
        expect(meets(x, y)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("closure (G5)", () => {
  const row = (text: string): GlobRow => [questionGlob(text)];
  /** What a complement leaves out; counts how often its patterns are entered. */
  const leaving = (...texts: string[]) => {
    const rows = texts.map(row);
    let entered = 0;
    const left: Left = {
      near: () => {
        entered++;
        return rows;
      },
      has: (point) => rows.some(([glob]) => glob !== undefined && matches(glob, point)),
    };
    return { left, entered: () => entered };
  };

  it("enters a complement where it still holds, and there alone", () => {
    const [one, other] = [leaving("a*"), leaving("ab*", "ba*")];
    const { rows, lack } = closure([row("*"), row("ab")], [one.left, other.left], undefined, 1);
    expect(lack).toBeUndefined();
    expect(rows.map(([glob]) => glob && globText(glob)).sort()).toEqual(["*", "a*", "ab", "ab*", "ba*"]);
    // `ab` lies in both lists, and `a*` in the first
    expect(one.entered()).toBe(1);
    expect(other.entered()).toBe(2);
  });
});
