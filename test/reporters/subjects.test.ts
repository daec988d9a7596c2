import { describe, expect, test } from "vitest";
import type { Finding, Outcome } from "../../src/report/report.ts";
import { painter } from "../../src/reporters/paint.ts";
import { matrixLines, subjectOf } from "../../src/reporters/subjects.ts";
import { control, finding, report, target } from "../report/sample.ts";

const names = ["one", "two", "three"] as const;
const place = target(undefined, { principals: names.map((name) => ({ id: `id-${name}`, name })) });
const about = (name: string, id: string, outcome: Finding["outcome"] = "fail") =>
  finding({
    control: id,
    drift: outcome === "unknown" ? "unreadable" : "excess",
    severity: "high",
    outcome,
    property: `${name} ${id} ${outcome}`,
    resource: { type: "principal", id: `id-${name}`, name },
  });

function matrix(findings: readonly Finding[], outcomes: Readonly<Record<string, Outcome>>, width = 100) {
  const controls = Object.entries(outcomes).map(([id, outcome]) => control(id, outcome));
  const made = report({ targets: [place], controls, findings });
  return matrixLines(made, place, (id) => id.replace("acme-azure/", ""), width, painter(false));
}

describe("who and which control", () => {
  const fails = { "platform-role": "fail", "effective-access": "fail" } as const;

  test("a letter each; who has nothing said of it is no row", () => {
    const some = [
      about("one", "platform-role"),
      about("one", "effective-access"),
      about("two", "effective-access", "unknown"),
    ];
    expect(matrix(some, fails)).toEqual([
      " WHO  1 2",
      " one  D D",
      " two  . ?",
      " 1 platform-role, 2 effective-access; D drift, ? not assessed, w waived, - drift of nobody alone, .",
      "   fine",
    ]);
    expect(matrix(some.slice(0, 2), fails)).toEqual([]);
  });

  test("nobody is fine of what was not assessed, as a whole or in a part that is about nobody", () => {
    const some = [about("one", "platform-role"), about("two", "effective-access")];
    const rows = (more: readonly Finding[], outcomes: Readonly<Record<string, Outcome>> = fails) =>
      matrix([...some, ...more], outcomes).slice(1, 3);
    expect(rows([])).toEqual([" one  D .", " two  . D"]);
    expect(rows([about("deny assignment", "effective-access", "unknown")])).toEqual([
      " one  D ?",
      " two  . D",
    ]);
    expect(rows([about("an assignment", "effective-access")])).toEqual([" one  D -", " two  . D"]);
    const whole = [
      about("one", "platform-role"),
      about("two", "platform-role"),
      about("two", "effective-access", "unknown"),
    ];
    expect(matrix(whole, { "platform-role": "fail", "effective-access": "unknown" })[1]).toBe(" one  D ?");
  });

  test("a long name keeps its ends, and where there is no room there is no matrix", () => {
    const long = `start-${"x".repeat(150)}-end`;
    const wide = target(undefined, {
      principals: [
        { id: "id-one", name: long },
        { id: "id-two", name: "two" },
      ],
    });
    const findings = [about("one", "platform-role"), about("two", "platform-role")];
    const made = report({ targets: [wide], controls: [control("platform-role", "fail")], findings });
    const lines = (width: number) => matrixLines(made, wide, (id) => id, width, painter(false));
    expect(lines(60)[1]).toMatch(/^ start-x+…x+-end {2}D$/);
    for (const line of lines(60)) expect(line.length).toBeLessThanOrEqual(60);
    expect(lines(44)).toEqual([]);
  });

  test("what a principal holds at a scope is about it", () => {
    const held = {
      ...about("one", "platform-role"),
      resource: { type: "x", id: "/subscriptions/s#ID-TWO:guid", name: "Owner" },
    };
    expect(subjectOf(held, place)?.name).toBe("two");
    expect(
      subjectOf({ ...held, resource: { ...held.resource, id: "/subscriptions/s#id-twofold:guid" } }, place),
    ).toBe(undefined);
  });
});
