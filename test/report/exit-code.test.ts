import { describe, expect, test } from "vitest";
import { exitCode, isIncomplete } from "../../src/report/exit-code.ts";
import type { Severity } from "../../src/report/report.ts";
import { SEVERITIES } from "../../src/report/severity.ts";
import { control, finding, report, target, worlds } from "./sample.ts";

const LOW = { failOn: "low", allowIncomplete: false } as const;
const drift = (severity: Severity) =>
  report({
    controls: [control("platform-role", "fail")],
    findings: [finding({ control: "platform-role", drift: "excess", severity })],
  });

describe("exit code (the contract's table)", () => {
  test("1: drift at or above --fail-on, for every pair", () => {
    const got = SEVERITIES.map((s) =>
      [...SEVERITIES, "never" as const].map((failOn) =>
        exitCode(drift(s), { failOn, allowIncomplete: false }),
      ),
    );
    expect(got).toEqual([
      [1, 1, 1, 1, 1, 0],
      [0, 1, 1, 1, 1, 0],
      [0, 0, 1, 1, 1, 0],
      [0, 0, 0, 1, 1, 0],
      [0, 0, 0, 0, 1, 0],
    ]);
  });

  test.each([
    ["drift beside something unknown", worlds.drift(), 1, 1],
    ["no drift", worlds.none(), 0, 0],
    ["nothing read, which no flag allows", worlds.nothing(), 3, 3],
    ["partially read", worlds.partial(), 3, 0],
    ["waived", worlds.waived(), 0, 0],
    ["no target at all", report({ targets: [] }), 3, 3],
    ["every control skipped", report({ controls: [control("cluster-role", "skipped")] }), 3, 3],
    [
      "a target not complete although each control has a verdict",
      report({ targets: [target(undefined, { complete: false })], controls: [control("aks-rbac", "pass")] }),
      3,
      0,
    ],
    ["interrupted", report({ interrupted: true, controls: [control("aks-rbac", "pass")] }), 3, 0],
    [
      "waived, but a part of the control is unknown",
      report({
        controls: [control("aks-rbac", "fail")],
        findings: [
          finding({ control: "aks-rbac", drift: "changed", severity: "info" }),
          finding({ control: "aks-rbac", drift: "unreadable", severity: "high", outcome: "unknown" }),
        ],
      }),
      3,
      0,
    ],
  ])("%s: %#", (_what, built, code, allowed) => {
    expect([exitCode(built, LOW), exitCode(built, { ...LOW, allowIncomplete: true })]).toEqual([
      code,
      allowed,
    ]);
  });

  test.each([
    ["no target at all", report({ targets: [] }), true],
    ["every control skipped", report({ controls: [control("cluster-role", "skipped")] }), true],
    ["drift, and all else known", drift("high"), false],
    ["drift beside something unknown", worlds.drift(), true],
    ["no drift", worlds.none(), false],
  ])("incomplete or not: %s", (_what, built, expected) => {
    expect(isIncomplete(built)).toBe(expected);
  });

  test("3: old state with --fail-on-stale, whatever is allowed; drift stays 1", () => {
    const old = target(undefined, { stale: "recorded 3 days ago" });
    const clean = report({ targets: [old], controls: [control("aks-rbac", "pass")] });
    const policy = { ...LOW, allowIncomplete: true };
    expect([exitCode(clean, policy), exitCode(clean, { ...policy, failOnStale: true })]).toEqual([0, 3]);
    expect(exitCode({ ...drift("high"), targets: [old] }, { ...LOW, failOnStale: true })).toBe(1);
  });
});
