import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { listBundled } from "../../src/baselines/bundled.ts";
import { errorLines, UsageError } from "../../src/cli/line/errors.ts";
import { changesTable } from "../../src/cli/output/changes-table.ts";
import { consoleOn } from "../../src/cli/output/progress.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { loggable } from "../../src/text/visible.ts";
import { worlds } from "../report/sample.ts";
import { ran } from "./shell.ts";

/** What a line of a log must not be or hold (T10). */
const obeyed = /^\s*::|##[a-z]*\[|section_(?:start|end):\d|[\x00-\x09\x0b-\x1f\x7f-\x9f]/im;
const evil = "x\n::error::a\r\n ##vso[task.x]b ##[group]c section_start:1:d\x1b[0K\u{e0041}";

test("T10: an error's lines, and those of its stack, command nothing", () => {
  const error = new UsageError(evil, { cause: new Error(evil) });
  for (const debug of [false, true]) {
    const lines = errorLines(error, debug);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => !line.includes("\n"))).toBe(true);
    expect(lines.join("\n")).not.toMatch(obeyed);
  }
});

test("T10: nor do the lines of the console; a warning stays with --quiet", () => {
  let text = "";
  const write = async (more: string) => {
    text += more;
  };
  const sink = { write, isTTY: false, columns: undefined };
  const console = consoleOn(sink, { progress: true, quiet: true, debug: true }, loggable);
  console.say("unsaid");
  console.warn(evil);
  console.debug(evil);
  expect(text.split("\n").length).toBe(3);
  expect(text).not.toMatch(obeyed);
});

test("T10: a baseline of anybody's is shown without giving a command", async () => {
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-show-"));
  try {
    const file = join(folder, "own.yaml");
    const text = readFileSync(listBundled()[0]?.file ?? "", "utf8");
    writeFileSync(file, text.replace(/^title: .*$/m, `title: ${JSON.stringify(evil)}`));
    for (const format of ["table", "json"]) {
      const { status, stdout } = await ran(["baseline", "show", file, "--format", format]);
      expect(status).toBe(0);
      expect(stdout).toContain("error::a");
      expect(stdout).not.toMatch(obeyed);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("T10: nor does a waiver of what a cloud named, and what it says of its file; what it accepts stays the same", async () => {
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-waiver-"));
  try {
    const plain = worlds.drift();
    const [drift] = plain.findings.filter(
      ({ outcome, rule }) => outcome === "fail" && !rule.startsWith("waiver/"),
    );
    if (drift === undefined) throw new Error("the sample has no drift");
    const report = {
      ...plain,
      findings: [
        {
          ...drift,
          pattern: undefined,
          actual: { "::error::k": evil, list: [evil] },
          resource: { ...drift.resource, id: evil },
        },
      ],
    };
    writeFileSync(join(folder, "report.json"), JSON.stringify(report));
    const argv = (...more: readonly string[]) => [
      ...["waiver", drift.fingerprint, "--report", join(folder, "report.json"), "--reason", `why ${evil}`],
      ...["--owner", "me", "--expires", "2027-01-01", ...more],
    ];
    const { status, stdout, stderr } = await ran(argv());
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("error::a");
    expect(stdout).not.toMatch(obeyed);
    expect(parse(stdout).waivers[0]).toMatchObject({
      resource: evil,
      accepted: { "::error::k": evil, list: [evil] },
    });
    mkdirSync(join(folder, "d\n::error::x"));
    const to = await ran(argv("-o", join(folder, "d\n::error::x/##vso[a]b.yaml")));
    expect([to.status, to.stderr]).toEqual([0, expect.stringContaining("wrote ")]);
    expect(to.stderr).not.toMatch(obeyed);
    expect(to.stderr.split("\n")).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("T5: every format but those of counts alone names the file of a baseline that is not bundled", () => {
  const plain = worlds.drift();
  const own: Report = {
    ...plain,
    baselines: plain.baselines.map((each) => ({ ...each, file: "docs/mine.yaml", own: true })),
  };
  for (const { format, render } of reporters) {
    const options = { width: 100, color: false, verbose: false, exitCode: 1, rules: [] };
    const [mine, bundled] = [render(own, options), render(plain, options)];
    expect(mine, format).toContain("docs/mine.yaml");
    expect(bundled, format).not.toContain("docs/mine.yaml");
  }
  expect(reporters.length).toBeGreaterThan(4);
});

test("T7: the verdict of compare says what is so, whatever its exit status", () => {
  const place = { width: 100, color: false, verbose: false };
  const first = (report: Report, status: number) => changesTable(report, status, place).split("\n")[0];
  const as = (report: Report, state: Finding["state"]): Report => ({
    ...report,
    findings: report.findings.map((each) => ({ ...each, ...(state === undefined ? {} : { state }) })),
    gone: [],
  });
  expect(first(as(worlds.drift(), "new"), 0)).toMatch(
    /^NEW DRIFT: .* The new side is not complete\. What is new or has changed is below --fail-on\. Exit 0\.$/,
  );
  expect(first(as(worlds.drift(), "new"), 1)).toMatch(
    /^NEW DRIFT: .* unchanged\. The new side is not complete\. Exit 1\.$/,
  );
  expect(first(as(worlds.partial(), "unchanged"), 0)).toMatch(/^NOT COMPLETE: .* Exit 0\.$/);
  expect(first(as(worlds.none(), "unchanged"), 0)).toMatch(/^NO NEW DRIFT: .* Exit 0\.$/);
});
