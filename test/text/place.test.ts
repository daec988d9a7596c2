import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineCounter, parseDocument } from "yaml";
import { nearestOffset, placesIn, pointerStep } from "../../src/text/place.ts";

describe("places in a text", () => {
  test("are those of the library that parses YAML, and never before the first column", () => {
    const line = fc.constantFrom("a: 1\n", "\n", "# é\r\n", "b: [1, 2]\n", "  c: x");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.nat(60), (lines, n) => {
        const text = lines.join("");
        const offset = Math.min(n, text.length);
        const counter = new LineCounter();
        parseDocument(text, { lineCounter: counter });
        const place = placesIn(text)(offset);
        // counted by hand, whatever the library skipped
        const before = text.slice(0, offset);
        expect(place).toEqual({
          line: before.split("\n").length,
          column: offset - before.lastIndexOf("\n"),
        });
        const known = counter.lineStarts.length === text.split("\n").length;
        if (known) {
          const { line: theirs, col } = counter.linePos(offset);
          expect(place).toEqual({ line: theirs, column: col });
        }
      }),
    );
  });

  test("a pointer without a place has its nearest parent's, by the first table that has one", () => {
    const [keys, values] = [
      new Map([["/a", 1]]),
      new Map([
        ["/a/b", 2],
        ["/a", 3],
      ]),
    ];
    expect(nearestOffset("/a/b/c", [keys, values])).toBe(2);
    expect(nearestOffset("/a/x", [keys, values])).toBe(1);
    expect(nearestOffset("/z", [keys, values])).toBeUndefined();
    expect(pointerStep("a/b~c")).toBe("a~1b~0c");
  });
});
