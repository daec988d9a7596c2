import { describe, expect, test } from "vitest";
import { parseBaseline } from "../../src/baselines/parse.ts";
import { framed, limits, shapes } from "./shapes.ts";

function attempt(text: string): { readonly message: string; readonly ms: number } {
  const start = performance.now();
  try {
    parseBaseline(text, "x.yaml", shapes);
    return { message: "accepted", ms: performance.now() - start };
  } catch (error) {
    return { message: (error as Error).message, ms: performance.now() - start };
  }
}

const bomb = (levels: number) =>
  ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    .concat(
      Array.from(
        { length: levels },
        (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]`,
      ),
    )
    .join("\n");

describe("fault 30: hostile YAML is refused within a second", () => {
  const deep = "x.yaml:1:65: nested more than 64 levels deep";
  const cases: readonly (readonly [string, string, string])[] = [
    ["an alias bomb", bomb(9), "x.yaml:2:15: a2[8][1]: more than 100 uses of aliases; write the values out"],
    ["an anchor that holds itself", "a: &a [*a]", "x.yaml:1:8: nested more than 64 levels deep"],
    [
      "many uses of one anchor",
      `a: &a 1\nb: [${Array(101).fill("*a").join(",")}]`,
      "x.yaml:2:305: b[100]: more than 100 uses of aliases; write the values out",
    ],
    ["half a megabyte of brackets", "[".repeat(500_000), deep],
    ["compact lists", "- ".repeat(300_000), "x.yaml:1:129: nested more than 64 levels deep"],
    ["compact mappings", "a: ".repeat(200_000), "x.yaml:1:194: nested more than 64 levels deep"],
    ["nested flow mappings", "{a: ".repeat(100_000), "x.yaml:1:257: nested more than 64 levels deep"],
    ["explicit keys", "? ".repeat(300_000), "x.yaml:1:129: nested more than 64 levels deep"],
    [
      "a megabyte and a byte",
      "#".repeat(1_000_001),
      "x.yaml:1:1: expected at most 1000000 bytes, found 1000001",
    ],
    [
      "a megabyte of wide characters",
      "é".repeat(600_000),
      "x.yaml:1:1: expected at most 1000000 bytes, found 1200000",
    ],
  ];
  test.each(cases)("%s", (_, text, expected) => {
    const { message, ms } = attempt(text);
    expect(message).toBe(expected);
    expect(ms).toBeLessThan(1000);
  });

  test("an anchor of many values used often, within the number of uses", () => {
    const { message, ms } = attempt(
      `a: &a [${Array(2_000).fill("1").join(",")}]\nb: [${Array(99).fill("*a").join(",")}]`,
    );
    expect(message).toMatch(/^x\.yaml:1:\d+: b\[\d+\]\[\d+\]: more than 50000 values$/);
    expect(ms).toBeLessThan(1000);
  });

  test("indentation that grows for a megabyte", () => {
    const text = Array.from({ length: 1300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
    const { message, ms } = attempt(text);
    expect(message).toMatch(/^x\.yaml:\d+:\d+: nested more than 64 levels deep$/);
    expect(ms).toBeLessThan(1000);
  });
});

describe("fault 30: keys that reach into a prototype", () => {
  test.each(["__proto__", "constructor", "prototype"])("%s is refused, wherever it stands", (key) => {
    const own = Object.getOwnPropertyNames(Object.prototype);
    expect(attempt(`${limits("{ high: 1 }")}${key}: { polluted: yes }\n`).message).toBe(
      `x.yaml:9:1: ${key}: this key is not allowed`,
    );
    expect(attempt(limits(`{ "${key}": { polluted: yes } }`)).message).toBe(
      `x.yaml:8:15: controls[0].with.${key}: this key is not allowed`,
    );
    expect(attempt(`{"a": {"${key}": {"polluted": 1}}}`).message).toBe(
      `x.yaml:1:8: a.${key}: this key is not allowed`,
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(own);
    expect("polluted" in {}).toBe(false);
  });

  test("a parameter called like a method of every object is an ordinary one", () => {
    const text = framed(`parameters:
  toString: { type: string, help: h }
controls:
  - { id: a, title: t, why: w, check: config/limits, cite: { section: s }, with: { names: "\${toString}" } }
`);
    expect(attempt(text).message).toBe("accepted");
  });
});
