import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold, twice } from "../../src/access/fold.ts";

describe("G7: case folds in ASCII only", () => {
  it("letter by letter, whatever else stands in the text", () => {
    const text = fc.string({ unit: fc.constantFrom("A", "z", "K", "ſ", "\u212a", "İ", "É", "-", "9") });
    fc.assert(
      fc.property(text, (given) => {
        const slowly = [...given].map((c) => (/^[A-Z]$/.test(c) ? c.toLowerCase() : c)).join("");
        expect(fold(given)).toBe(slowly);
      }),
    );
    expect(fold("\u212aey")).not.toBe(fold("Key"));
  });

  it("two spellings of one name are found, and two names are two", () => {
    expect(twice(["Action", "effect", "ACTION"])).toEqual(["Action", "ACTION"]);
    expect(twice(["Key", "\u212aey"])).toBeUndefined();
  });
});
