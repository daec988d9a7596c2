import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { groupOf } from "../../src/report/group.ts";
import { readReport } from "../../src/report/read.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import { reportSchema } from "../../src/report/schema.ts";
import { saidOnce, textsInPlace } from "../../src/report/texts.ts";
import { json } from "../../src/reporters/json.ts";
import { options } from "../reporters/worlds.ts";
import { control, finding, report, worlds } from "./sample.ts";

const LONG = "A role that matches the page proves nothing while another assignment adds to it.";

function of(more: readonly Partial<Finding>[]): Report {
  return report({
    controls: [control("platform-role", "fail")],
    findings: more.map((each, i) => ({
      ...finding({
        control: "platform-role",
        drift: "excess",
        severity: "high",
        pattern: `P${i}/*`,
        except: [],
      }),
      ...each,
    })),
  });
}

const written = (made: Report) => json.render(made, options()) ?? "";
/** As a long report's file has it. */
function published(made: Report) {
  const once = saidOnce(made, 1);
  return JSON.parse(
    JSON.stringify({ ...made, texts: once.texts, findings: made.findings.map(once.finding) }),
  ) as { readonly texts: readonly unknown[]; readonly findings: readonly Record<string, unknown>[] };
}

describe("JSON 1.1: what repeats in a long report is said once", () => {
  test("from the third time on, in the order in which it first stands", () => {
    const twice = published(of([{ why: LONG }, { why: LONG }]));
    expect(twice.findings.map((f) => f["why"])).toEqual([LONG, LONG]);
    const { texts, findings } = published(
      of([
        { why: LONG, by: `${LONG} by` },
        { why: LONG, by: `${LONG} by` },
        { why: LONG, verify: "short" },
        { by: `${LONG} by`, verify: "short" },
        { verify: "short" },
      ]),
    );
    // in a finding `by` stands before `why`
    const [by, why] = [`${LONG} by`, LONG].map((each) => texts.indexOf(each));
    expect(by).toBeGreaterThanOrEqual(0);
    expect(why).toBeGreaterThan(by ?? 0);
    expect(findings.map((f) => f["why"])).toEqual([
      { $text: why },
      { $text: why },
      { $text: why },
      undefined,
      undefined,
    ]);
    expect(findings.map((f) => f["verify"])).toEqual([undefined, undefined, "short", "short", "short"]);
  });

  test("below a thousand findings nothing is, at a thousand messages, causes and places are", () => {
    const words = { message: `${LONG} one`, except: [`${LONG} except`], why: LONG };
    const short = JSON.parse(written(of(Array.from({ length: 999 }, () => words)))) as Record<string, never>;
    expect(short).not.toHaveProperty("texts");
    expect(short["findings"]?.[5]).toMatchObject(words);
    const made = of(Array.from({ length: 1000 }, () => words));
    const { texts, findings } = JSON.parse(written(made)) as ReturnType<typeof published>;
    expect(findings[5]).toMatchObject({
      resource: made.findings[5]?.resource,
      pattern: made.findings[5]?.pattern,
    });
    for (const name of ["message", "except", "why"] as const) {
      const { $text } = (findings[5]?.[name] ?? {}) as { $text?: number };
      expect(texts[$text ?? -1]).toEqual(words[name]);
    }
    expect(readReport(written(made), "r.json")).toEqual(JSON.parse(JSON.stringify(made)));
  });

  test("a cause, and the words of a remediation, by themselves where the whole does not repeat", () => {
    const cause = { id: "a".repeat(60), text: "the policy of all" };
    const { texts, findings } = published(
      of(
        [1, 2, 3].map((i) => ({
          causes: [cause, { id: `own-${i}`, text: "its own" }],
          remediation: { text: LONG, commands: [`az ${i}`] },
        })),
      ),
    );
    const at = (value: unknown) => ({
      $text: texts.findIndex((each) => JSON.stringify(each) === JSON.stringify(value)),
    });
    expect(findings[1]?.["causes"]).toEqual([at(cause), { id: "own-2", text: "its own" }]);
    expect(findings[1]?.["remediation"]).toEqual({ text: at(LONG), commands: ["az 2"] });
  });

  test("what was written is read as it was, whatever stands in it; it is of the schema", () => {
    const validate = new Ajv({ allErrors: true, strict: false }).compile(reportSchema);
    const value = fc.constantFrom<unknown>(
      ...[LONG, { $text: 0 }, { $text: 99 }, { $text: LONG }, [LONG], [{ $text: 1 }], null, 7],
      ...[
        { a: LONG, b: 1 },
        { b: 1, a: LONG },
      ],
    );
    const words = fc.constantFrom(LONG, `${LONG} `, "short");
    const one = fc.record({
      message: words,
      why: words,
      verify: words,
      by: words,
      expected: value,
      actual: value,
      causes: fc.array(fc.record({ id: words, text: words }), { maxLength: 3 }),
      remediation: fc.record({ text: words, commands: fc.array(words, { maxLength: 2 }) }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), (list) => {
        const made = of(list);
        const file = published(made);
        expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
        expect(textsInPlace(file)).toEqual(JSON.parse(JSON.stringify(made)));
        expect(readReport(written(made), "r.json")).toEqual(JSON.parse(JSON.stringify(made)));
      }),
      { numRuns: 150 },
    );
  });

  test.each([9_999, -1, "length"])("a report that names text %j, which is not there, is none", (number) => {
    const file = published(of([{ why: LONG }, { why: LONG }, { why: LONG }]));
    const [first, ...others] = file.findings;
    const broken = { ...file, findings: [{ ...first, why: { $text: number } }, ...others] };
    expect(() => readReport(JSON.stringify(broken), "r.json")).toThrow(
      /r\.json: not a whole report: a finding names text/,
    );
  });

  test("each finding has a line for each of its fields, and the pieces are the text", () => {
    const made = of([{ why: LONG }, {}]);
    expect([...(json.pieces?.(made, options()) ?? [])].join("")).toBe(written(made));
    expect(written(made)).toContain(`\n   "why": ${JSON.stringify(LONG)},\n`);
    expect(written(worlds.none())).toContain('\n  "findings": []\n');
  });
});

describe("group: what a person would change", () => {
  const resource = { type: "t", id: "id", name: "name" };
  const cause = (id: string, ...commands: string[]) => ({
    id,
    text: `policy ${id}`,
    ...(commands.length > 0 && { commands }),
  });

  test.each([
    [
      "what gives it",
      [cause("a", "detach a")],
      { kind: "policy", id: "a", name: "policy a", command: "detach a" },
    ],
    [
      "all that give it, in any order",
      [cause("b"), cause("a")],
      { kind: "policy", id: "a and b", name: "policy a and policy b" },
    ],
    ["nothing: the resource", [], { kind: "resource", id: "id", name: "name", command: "mend" }],
  ] as const)("%s", (_, causes, expected) => {
    expect(groupOf({ causes, resource, remediation: { text: "", commands: ["mend"] } }, "aws")).toEqual(
      expected,
    );
  });

  test("of each cloud, and without a name or a command", () => {
    const kinds = (["azure", "aws", "kubernetes"] as const).map(
      (cloud) => groupOf({ causes: [cause("a")], resource }, cloud).kind,
    );
    expect(kinds).toEqual(["assignment", "policy", "binding"]);
    expect(groupOf({ resource: { ...resource, name: "" } }, "aws")).toEqual({
      kind: "resource",
      id: "id",
      name: "id",
    });
  });
});
