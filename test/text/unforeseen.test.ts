import { expect, test } from "vitest";
import { errorLines, UsageError } from "../../src/cli/line/errors.ts";
import { Defect, wordsOf } from "../../src/text/unforeseen.ts";

/** What an engine, Node or a program throws at this. */
function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

const canary = "canary-7f3a9c51d2";
const untold = ", whose words are left out: they may quote what was read";
const nothing = undefined as unknown as { readonly name: { readonly more: string } };

/** Each of them quotes the canary in its own words, as Node 20 writes them. */
const quoting: readonly (readonly [string, () => unknown, string])[] = [
  ["a text that is no JSON", () => JSON.parse(canary), `SyntaxError${untold}`],
  ["a long text that is no JSON", () => JSON.parse(`{"password": "${canary}"x`), `SyntaxError${untold}`],
  ["a bad pattern", () => new RegExp(`(${canary}`), `SyntaxError${untold}`],
  ["no whole number", () => BigInt(canary), `SyntaxError${untold}`],
  ["no entry", () => new Map([canary] as never), `TypeError${untold}`],
  ["no object to look into", () => "name" in (canary as never), `TypeError${untold}`],
  ["a property of a text", () => Object.assign(canary as never, [1]), `TypeError${untold}`],
  ["no language", () => new Intl.Locale(canary), `RangeError${untold}`],
  ["a size of another type", () => Buffer.alloc(canary as never), `TypeError ERR_INVALID_ARG_TYPE${untold}`],
  ["no address", () => new URL(canary), `TypeError ERR_INVALID_URL${untold}`],
  [
    "words of ours",
    () => {
      throw new Error(`no release is called "${canary}" in 'x' or "y"`);
    },
    'no release is called "…"',
  ],
  [
    "a kind of error that nobody knows",
    () => {
      throw Object.assign(new Error(`bad: ${canary}`), { name: "YAMLParseError", code: canary });
    },
    `YAMLParseError${untold}`,
  ],
  [
    "no error at all",
    () => {
      throw canary;
    },
    "something that is no error was thrown",
  ],
];

test.each(quoting)("fault 29: %s: an error that nobody foresaw quotes nothing", (_, act, words) => {
  const error = thrown(act);
  expect(wordsOf(error)).toBe(words);
  for (const debug of [false, true]) {
    const lines = errorLines(error, debug);
    expect(lines[0]).toBe(`chalk-audit: internal error: ${words} (this is a bug; --debug shows where)`);
    expect(lines.join("\n")).not.toContain(canary);
  }
});

test.each<readonly [string, () => unknown]>([
  ["Cannot read properties of undefined (reading 'more')", () => nothing.name.more],
  ["nothing.name is not a function", () => (nothing as unknown as () => unknown)()],
])("what names nothing but code is told", (_, act) => {
  const error = thrown(act) as Error;
  expect(wordsOf(error)).toBe(error.message);
});

test("fault 29: --debug tells where, and of no cause what it quotes; words for a person stay", () => {
  const own = new UsageError("file.json: no JSON", { cause: thrown(() => JSON.parse(canary)) });
  const lines = errorLines(new Defect(`control "x" failed`, { cause: own }), true);
  expect(lines[0]).toBe("chalk-audit: file.json: no JSON");
  expect(lines.filter((line) => !/^ +at /.test(line)).slice(1)).toEqual([
    'Defect: control "x" failed',
    "UsageError: file.json: no JSON",
    `SyntaxError${untold}`,
  ]);
  expect(lines.filter((line) => line.includes("unforeseen.test")).length).toBeGreaterThan(2);
  expect(lines.join("\n")).not.toContain(canary);
});

test("fault 29: a stack begins with the words that the error had when it was made; they are not told", () => {
  const error = new Error(`made of "${canary}\n    at ${canary}"`);
  expect(errorLines(error, true).slice(0, 2)).toEqual([
    'chalk-audit: internal error: made of "…" (this is a bug; --debug shows where)',
    'Error: made of "…"',
  ]);
  expect(errorLines(error, true).join("\n")).not.toContain(canary);
  const changed = new Error(canary);
  changed.message = "changed";
  expect(errorLines(changed, true).join("\n")).not.toContain(canary);
});
