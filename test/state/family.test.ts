import { describe, expect, it } from "vitest";
import { familyOf } from "../../src/state/family.ts";

const PARTS = ["data", "source", "model"];
const told = (names: readonly string[], parts = PARTS, prefixOnly = false) => {
  const found = familyOf(names, parts, prefixOnly);
  if (found.kind === "told")
    return [`${found.scheme.before}…${found.scheme.behind}`, [...found.names.values()]];
  return found.kind === "none" ? "none" : found.schemes.map((s) => `${s.before}…${s.behind}`);
};

describe("names that follow one scheme", () => {
  it.each<[string, readonly string[], unknown]>([
    [
      "all of them",
      ["a-data-x", "a-source-x", "a-model-x", "logs"],
      ["a-…-x", ["a-data-x", "a-model-x", "a-source-x"]],
    ],
    ["most of them", ["a-data", "a-source", "b-model"], ["a-…", ["a-data", "a-source"]]],
    ["the bare words", ["data", "model", "source"], ["…", ["data", "model", "source"]]],
    ["a part is a word of its own", ["metadata", "resource", "a-data"], "none"],
    ["one name is no scheme", ["a-data-x"], "none"],
    ["two installations", ["a-data", "a-model", "b-data", "b-model"], ["a-…", "b-…"]],
    [
      "a part that stands twice in a name",
      ["data-data", "data-model"],
      ["data-…", ["data-data", "data-model"]],
    ],
    ["nothing", [], "none"],
  ])("%s", (_, names, found) => {
    expect(told(names)).toEqual(found);
  });

  it("where nothing may stand behind a part, endings do not count", () => {
    expect(told(["a-data-x", "a-source-x"], PARTS, true)).toBe("none");
    expect(told(["a-data", "a-source.fifo", "a-model"], PARTS, true)).toEqual(["a-…", ["a-data", "a-model"]]);
  });

  it("one part alone is told by one name", () => {
    expect(told(["a-data"], ["data"])).toEqual(["a-…", ["a-data"]]);
  });
});
