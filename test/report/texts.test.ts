import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { groupOf } from "../../src/report/group.ts";
import { readReport } from "../../src/report/read.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import { reportSchema } from "../../src/report/schema.ts";
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
const parsed = (made: Report) =>
  JSON.parse(written(made)) as {
    readonly texts?: readonly unknown[];
    readonly findings: readonly Record<string, unknown>[];
  };

describe("JSON 1.1: what repeats is said once", () => {
  test("from the third time on, in the order in which it first stands", () => {
    const twice = parsed(of([{ why: LONG }, { why: LONG }]));
    expect([twice.texts, twice.findings.map((f) => f["why"])]).toEqual([undefined, [LONG, LONG]]);
    const made = of([
      { why: LONG, by: `${LONG} by` },
      { why: LONG, by: `${LONG} by` },
      { why: LONG, verify: "short" },
      { by: `${LONG} by`, verify: "short" },
      { verify: "short" },
    ]);
    const { texts, findings } = parsed(made);
    // in a finding `by` stands before `why`
    expect(texts).toEqual(
      [`${LONG} by`, LONG, findings.length > 0 && made.findings[0]?.documentation].slice(0, texts?.length),
    );
    expect(findings.map((f) => f["why"])).toEqual([
      { $text: 1 },
      { $text: 1 },
      { $text: 1 },
      undefined,
      undefined,
    ]);
    expect(findings.map((f) => f["verify"])).toEqual([undefined, undefined, "short", "short", "short"]);
  });

  test("in a report of a thousand findings messages, groups and places as well", () => {
    const words = { message: `${LONG} one`, except: [`${LONG} except`] };
    const short = parsed(of(Array.from({ length: 999 }, () => words)));
    expect(short.findings[5]).toMatchObject(words);
    const made = of(Array.from({ length: 1000 }, () => words));
    const { texts = [], findings } = parsed(made);
    expect(findings[5]).toMatchObject({ message: { $text: 1 }, resource: made.findings[5]?.resource });
    expect([texts[1], texts[2]]).toEqual([words.message, words.except]);
    expect(readReport(written(made), "r.json")).toEqual(JSON.parse(JSON.stringify(made)));
  });

  test("a cause, and the words of a remediation, by themselves where the whole does not repeat", () => {
    const cause = { id: "a".repeat(60), text: "the policy of all" };
    const { texts, findings } = parsed(
      of(
        [1, 2, 3].map((i) => ({
          causes: [cause, { id: `own-${i}`, text: "its own" }],
          remediation: { text: LONG, commands: [`az ${i}`] },
        })),
      ),
    );
    expect(texts?.slice(0, 2)).toEqual([cause, LONG]);
    expect(findings[1]?.["causes"]).toEqual([{ $text: 0 }, { id: "own-2", text: "its own" }]);
    expect(findings[1]?.["remediation"]).toEqual({ text: { $text: 1 }, commands: ["az 2"] });
  });

  test("what was written is read as it was, whatever stands in it; it is of the schema, and the same each time", () => {
    const validate = new Ajv({ allErrors: true, strict: false }).compile(reportSchema);
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        LONG,
        { $text: 0 },
        { $text: 99 },
        { $text: LONG },
        [LONG],
        [{ $text: 1 }],
        null,
        7,
      ),
      fc.constantFrom<unknown>({ a: LONG, b: 1 }, { b: 1, a: LONG }),
    );
    const words = fc.constantFrom(LONG, `${LONG} `, "short");
    const one = fc.record({
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
        const text = written(made);
        expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
        const again = readReport(text, "r.json");
        expect(again).toEqual(JSON.parse(JSON.stringify(made)));
        expect(written(again)).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  test("a report that names a text which is not there is none", () => {
    const text = written(of([{ why: LONG }, { why: LONG }, { why: LONG }]));
    for (const [from, to] of [
      ['"why": {"$text":0}', '"why": {"$text":9}'],
      ['"why": {"$text":0}', '"why": {"$text":-1}'],
      ['"why": {"$text":0}', '"why": {"$text":"length"}'],
    ] as const) {
      expect(text).toContain(from);
      expect(() => readReport(text.replace(from, to), "r.json")).toThrow(
        /r\.json: not a whole report: a finding names text/,
      );
    }
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
