import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { offsetOfError, offsetOfPointer } from "../../src/snapshot/json-place.ts";

describe("the place of what makes a text no JSON", () => {
  it.each([
    ["[1,]", 3],
    ["{,}", 1],
    ['{"a" 1}', 5],
    ['{"a":1]', 6],
    ["[1 2]", 3],
    ["tru", 0],
    ['["a\nb"]', 1],
    ["01", 1],
    ['{"a":1}x', 7],
    ["[[[", 3],
    ['{"a":', 5],
    ["]", 0],
    ["{1:2}", 1],
    ["[1e]", 2],
    ['"\\x"', 0],
  ])("%j", (text, offset) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(offsetOfError(text)).toBe(offset);
  });

  it("JSON of any shape has no such place", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(offsetOfError(text)).toBe(text.length);
      }),
    );
  });

  it("a pointer leads to its value, in any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, key) => {
        const text = JSON.stringify({ first: value, [`x${key}`]: [value, "here"] }, null, 1);
        const escaped = `x${key}`.replaceAll("~", "~0").replaceAll("/", "~1");
        expect(text.slice(offsetOfPointer(text, `/${escaped}/1`)).startsWith('"here"')).toBe(true);
      }),
    );
  });
});
