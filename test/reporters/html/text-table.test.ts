import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTextWriter, textOf } from "../../../src/reporters/html/text-table.ts";

function written(texts: readonly string[]) {
  const writer = createTextWriter();
  const numbers = texts.map(writer.number);
  return { numbers, table: writer.table() };
}

describe("texts by number", () => {
  test("a text is read as it was written, whatever the others are", () => {
    const word = fc.constantFrom("rg-01", "rg-02", "a", "/", " ", "é", "$&", "$1", "-", "x_y", "\n", "1");
    const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(""));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        const { numbers, table } = written(texts);
        expect(numbers.map((number) => textOf(table, number))).toEqual(texts);
        expect(new Set(numbers).size).toBe(new Set(texts).size);
      }),
    );
  });

  test("0 is the empty text", () => {
    const { numbers, table } = written(["", "a", ""]);
    expect(numbers).toEqual([0, 1, 0]);
    expect(textOf(table, 0)).toBe("");
  });

  test("texts that differ in names alone are one pattern", () => {
    const texts = Array.from(
      { length: 1000 },
      (_, i) => `the resource group rg-${i} is not on the list of groups`,
    );
    const { table } = written(texts);
    expect(table.words.filter((word) => word.includes("not on the list"))).toHaveLength(1);
    expect(JSON.stringify(table).length).toBeLessThan(texts.join("").length / 2);
  });

  test("a text alone of its pattern stands as it is, and so does a very long one", () => {
    const long = `rg-1 ${"x ".repeat(2000)}`;
    const { table } = written(["only rg-1 here", long, `${long}.`]);
    expect(table.texts).toEqual(["", "only rg-1 here", long, `${long}.`]);
  });
});
