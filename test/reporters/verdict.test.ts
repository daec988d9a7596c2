import { describe, expect, test } from "vitest";
import { painter } from "../../src/reporters/paint.ts";
import { verdictLine } from "../../src/reporters/verdict.ts";
import { released } from "../../src/text/layout.ts";
import { control, finding, report } from "../report/sample.ts";

const findings = (["critical", "high", "low", "low"] as const).map((severity, i) =>
  finding({ control: "platform-role", drift: "excess", severity, pattern: `a${i}` }),
);
const of = (failOn: "low" | "high" | "critical" | "never" | undefined, exitCode: number, some = findings) =>
  released(
    verdictLine(
      report({ controls: [control("platform-role", "fail")], findings: some }),
      { exitCode, ...(failOn === undefined ? {} : { failOn }) },
      painter(false),
    ),
  );

describe("how much --fail-on leaves aside is said", () => {
  test.each<[Parameters<typeof of>[0], number, string]>([
    ["low", 1, "DRIFT: 1 of 1 control fails. Exit 1."],
    [undefined, 1, "DRIFT: 1 of 1 control fails. Exit 1."],
    ["high", 1, "DRIFT: 1 of 1 control fails. 2 of 4 findings are below --fail-on high. Exit 1."],
    ["critical", 1, "DRIFT: 1 of 1 control fails. 3 of 4 findings are below --fail-on critical. Exit 1."],
    ["never", 0, "DRIFT: 1 of 1 control fails. By --fail-on never none of it fails the run. Exit 0."],
  ])("--fail-on %s, exit %i", (failOn, exitCode, text) => {
    expect(of(failOn, exitCode)).toBe(text);
  });

  test("one alone", () => {
    expect(of("high", 0, findings.slice(3))).toBe(
      "DRIFT: 1 of 1 control fails. 1 finding is below --fail-on high. Exit 0.",
    );
  });
});
