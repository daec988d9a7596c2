import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { actionInputsOf, ownInputs, printsReport, switches } from "../../src/action/inputs.ts";
import { annotation, outputFile, outputsOf, workflowCommand } from "../../src/action/outputs.ts";
import { flagsOf } from "../../src/cli/line/flags.ts";
import { worlds } from "../report/sample.ts";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: Readonly<Record<string, string>>;
}
const action = parse(readFileSync("action.yml", "utf8")) as Action;

/**
 * A log of the runner has neither a terminal nor a progress line; a plugin is code, which a workflow names in the
 * variable if it must (CHALK_AUDIT_PLUGIN) and no input passes on.
 */
const ofTerminals = ["color", "no-color", "no-progress", "plugin"];

describe("action.yml", () => {
  test("its inputs are the flags of scan, by the same names, and the action's own", () => {
    const flags = flagsOf("scan").map(({ name }) => name);
    expect(Object.keys(action.inputs).sort()).toEqual(
      [...flags.filter((name) => !ofTerminals.includes(name)), ...ownInputs].sort(),
    );
    const wanted = flagsOf("scan").filter(
      ({ name, value }) => value === undefined && !ofTerminals.includes(name),
    );
    expect([...switches].sort()).toEqual(wanted.map(({ name }) => name).sort());
    for (const name of switches) expect(action.inputs[name]?.default, name).toBe("false");
  });

  test("its outputs are those that are written, and it runs the bundled entry", () => {
    const files = ["report", "sarif", "sarif-incomplete", "junit", "summary"];
    expect(Object.keys(action.outputs)).toEqual([...Object.keys(outputsOf(0, {})), ...files]);
    expect(action.runs).toEqual({ using: "node24", main: "dist/action.js" });
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)])
      expect(description).not.toBe("");
  });
});

describe("inputs", () => {
  test("flags in one argument each, lines as repetitions, empty ones and false switches left out", () => {
    const env = {
      PATH: "/bin",
      INPUT_CLOUD: "azure, aws",
      INPUT_SET: "a=1\n\n  b=x y=z  \r\n",
      "INPUT_FAIL-ON": "",
      "INPUT_FAIL-ON-NEW": "TRUE",
      INPUT_QUIET: "false",
      INPUT_SINCE: "old.json",
      INPUT_ROLE: "--debug",
      "INPUT_OUTPUT-DIRECTORY": "out",
      INPUT_SUMMARY: "false",
    };
    expect(actionInputsOf(env)).toEqual({
      args: ["--cloud=azure, aws", "--fail-on-new", "--role=--debug", "--set=a=1", "--set=b=x y=z"],
      directory: "out",
      summary: false,
      since: "old.json",
    });
    expect(actionInputsOf({})).toEqual({ args: [], directory: "chalk-audit-results", summary: true });
  });

  test.each([
    [{ INPUT_QUIET: "yes" }, 'input quiet: expected true or false, found "yes"'],
    [{ INPUT_SUMMARY: "1" }, 'input summary: expected true or false, found "1"'],
    [
      { "INPUT_OUTPUT-DIRECTORY": "a,b" },
      'input output-directory: expected a folder without a comma, found "a,b"',
    ],
  ])("%j: %s", (env, message) => expect(() => actionInputsOf(env)).toThrow(message));

  test("the table goes to the log unless another format does", () => {
    expect(printsReport([])).toBe(false);
    expect(printsReport(["--format=csv=x.csv,json=y"])).toBe(false);
    expect(printsReport(["--format=json=y,table"])).toBe(true);
  });
});

describe("outputs", () => {
  test("counts of the report; new, updated and gone only beside an earlier report", () => {
    const built = worlds.drift();
    expect(outputsOf(1, built)).toEqual({
      outcome: "drift",
      drift: "true",
      complete: "false",
      "exit-code": "1",
      ...Object.fromEntries(Object.entries(built.summary.controls).map(([key, n]) => [key, String(n)])),
      ...Object.fromEntries(Object.entries(built.summary.findings).map(([key, n]) => [key, String(n)])),
      new: "",
      updated: "",
      gone: "",
    });
    const findings = built.findings.map((each, i) => ({ ...each, state: i === 0 ? "new" : "updated" }));
    expect(outputsOf(1, { ...built, findings, gone: [{}] })).toMatchObject({
      new: "1",
      updated: String(built.findings.length - 1),
      gone: "1",
    });
  });

  // Without a report that can be read nothing proves that the run was clean, whatever it ended with.
  test.each([
    [0, "incomplete"],
    [1, "drift"],
    [2, "error"],
    [3, "incomplete"],
    [130, "error"],
  ])("status %d without a report is %s, and no report is no count", (status, outcome) => {
    for (const report of [undefined, null, 7, { summary: null }, { summary: { controls: { pass: "1" } } }])
      expect(outputsOf(status, report)).toMatchObject({ outcome, pass: "", high: "", new: "" });
  });

  // T7: the exit status says what fails the job, the outcome what is so.
  test.each([
    [0, "none", "clean", "false", "true", undefined],
    [0, "drift", "drift", "true", "false", /^::warning .*drift: .*; by its settings this fails no job$/],
    [3, "drift", "drift", "true", "false", /^::warning .*drift: \d+ controls fail/],
    [0, "partial", "incomplete", "false", "false", /^::warning .*incomplete: .*this fails no job$/],
    [3, "partial", "incomplete", "false", "false", /^::warning .*incomplete: .*assessed$/],
    [0, "nothing", "incomplete", "false", "false", /^::warning .*incomplete: /],
    [2, "drift", "error", "", "", /^::error .*could not be made/],
  ] as const)("status %d beside the world %s: %s", (status, world, outcome, drift, complete, said) => {
    const outputs = outputsOf(status, worlds[world]());
    expect([outputs["outcome"], outputs["drift"], outputs["complete"]]).toEqual([outcome, drift, complete]);
    if (said === undefined) expect(annotation(outputs)).toBeUndefined();
    else expect(annotation(outputs)).toMatch(said);
  });

  test("fault 27: a value of several lines stays one output; the delimiter cannot be guessed", () => {
    const text = outputFile({ summary: "a\nreport=evil\nx<<y\n::error::z", report: "r.json" });
    const [, delimiter] = /^summary<<(\S+)\n/.exec(text) ?? [];
    expect(delimiter).toMatch(/^chalk_audit_[0-9a-f-]{36}$/);
    expect(text).toBe(
      `summary<<${delimiter}\na\nreport=evil\nx<<y\n::error::z\n${delimiter}\nreport<<${delimiter}\nr.json\n${delimiter}\n`,
    );
    expect(outputFile({ a: "b" })).not.toBe(outputFile({ a: "b" }));
    expect(() => outputFile({ a: "x\nD\ny" }, "D")).toThrow("holds the delimiter");
  });

  test("fault 27: a message stays one command", () => {
    expect(workflowCommand("error", "50%\r\n::set-env name=x::y")).toBe(
      "::error title=chalk-audit::50%25%0D%0A::set-env name=x::y",
    );
  });

  test("the last line of the log, in numbers", () => {
    const of = (status: number, report: unknown) => annotation(outputsOf(status, report));
    const report = { summary: { controls: { fail: 2, unknown: 1 } }, findings: [{ state: "new" }], gone: [] };
    expect(of(0, worlds.none())).toBe(undefined);
    expect(of(1, report)).toBe(
      "::error title=chalk-audit::drift: 2 controls fail, 1 could not be assessed; since the earlier report 1 new, 0 changed",
    );
    expect(of(3, { ...report, gone: undefined })).toBe(
      "::warning title=chalk-audit::incomplete: 1 controls could not be assessed",
    );
    expect(of(2, undefined)).toBe("::error title=chalk-audit::the audit could not be made; the log says why");
  });
});
