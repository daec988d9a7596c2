import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { diffLines, ruleLines, rulesText, subjectLines } from "../../../src/state/kubernetes/yaml.ts";
import { rule, urls } from "../../worlds/kubernetes-state.ts";

const ODD = [
  "",
  "*",
  "true",
  "No",
  "1",
  "a: b",
  "# x",
  "'",
  '"',
  "- a",
  "\u001b",
  "a,b",
  "[x]",
  "{{x}}",
  "é",
  "null",
  "y",
  "a\nb",
];

describe("a manifest", () => {
  it("rules and subjects read back as they were, whatever they hold", () => {
    const rules = [rule(ODD, ODD, ODD, ODD), urls(ODD), rule("apps", "deployments/scale", ["get"])];
    expect(parse(rules.flatMap(ruleLines).join("\n"))).toEqual(rules);
    expect(parse(rulesText(rules))).toEqual(rules);
    for (const name of ODD) {
      expect(parse(subjectLines({ kind: "User", name }).join("\n"))).toEqual([{ kind: "User", name }]);
    }
  });

  it("no text breaks out of its line (faults 26 and 27)", () => {
    for (const line of ruleLines(rule(ODD, ODD, ODD, ODD))) expect(line).not.toMatch(/[\n\r\u001b]/);
  });

  it("a diff takes lines out and puts lines in", () => {
    expect(diffLines("rules", [["- a: 1", "  b: 2"]], [["- a: 3"]])).toEqual([
      " rules:",
      "-- a: 1",
      "-  b: 2",
      "+- a: 3",
    ]);
    expect(rulesText([])).toBe("(no rule)");
  });
});
