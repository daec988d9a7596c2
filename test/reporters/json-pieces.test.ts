import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonPieces } from "../../src/reporters/json-pieces.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { inertJson } from "../../src/text/visible.ts";
import { large, options } from "./worlds.ts";

/** A list that can be gone through once, and is no array. */
function* inTurn(items: readonly unknown[]): Iterable<unknown> {
  yield* items;
}

/** The value with some of its lists made in turn: the outermost ones, and those of objects in them. */
function withTurns(value: unknown, whole: boolean): unknown {
  if (Array.isArray(value)) return whole ? value : inTurn(value.map((item) => withTurns(item, false)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withTurns(member, whole)]));
}

test("what is made in turn is laid out as the list itself would be", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("##[group]x", "a\u202eb", "\n}", "##"),
  );
  const { object } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 4 }),
      tie("object"),
    ),
    object: fc.dictionary(text, fc.option(tie("value"), { nil: undefined }), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(object, fc.boolean(), (document, whole) => {
      const expected = `${inertJson(JSON.stringify(document, null, 1))}\n`;
      expect([...jsonPieces(withTurns(document, whole) as object)].join("")).toBe(expected);
    }),
  );
  expect([...jsonPieces({ none: inTurn([]), last: [] })].join("")).toBe('{\n "none": [],\n "last": []\n}\n');
});

test("an item is written before the next one is made", () => {
  const log: string[] = [];
  function* items(): Iterable<object> {
    for (const name of ["a", "b"]) {
      log.push(`made ${name}`);
      yield { name };
    }
  }
  for (const piece of jsonPieces({ list: items() })) {
    const name = /"name": "(.)"/.exec(piece)?.[1];
    if (name !== undefined) log.push(`written ${name}`);
  }
  expect(log).toEqual(["made a", "written a", "made b", "written b"]);
});

test("each format that is written in pieces has none that grows with the report, and gives the same whole", () => {
  const given = options();
  const inPieces = reporters.flatMap((each) => [each, ...(each.beside ?? [])]).filter((each) => each.pieces);
  expect(inPieces).toHaveLength(7);
  for (const { render, pieces } of inPieces) {
    const longest = (n: number) => {
      const built = large(n);
      // a file beside the report is written where a target could not be read
      const partly = { ...built, targets: built.targets.map((each) => ({ ...each, complete: false })) };
      const some = render(built, given) === undefined ? partly : built;
      const all = [...(pieces?.(some, given) ?? [])];
      expect(all.length).toBeGreaterThan(n);
      expect(all.join("")).toBe(render(some, given));
      return Math.max(...all.map(({ length }) => length));
    };
    // a few letters: a count has more digits
    expect(longest(400) - longest(40)).toBeLessThan(40);
  }
});
