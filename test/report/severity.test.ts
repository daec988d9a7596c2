import { describe, expect, test } from "vitest";
import type { Drift, Severity } from "../../src/report/report.ts";
import { atLeast, SEVERITIES, severityOf, severityRank } from "../../src/report/severity.ts";

describe("severity: the contract's one table", () => {
  test.each<[string, Parameters<typeof severityOf>[0], Severity]>([
    ["excess that lets the holder grant itself more", { drift: "excess", impact: "escalation" }, "critical"],
    ["other excess that writes", { drift: "excess", impact: "write" }, "high"],
    ["excess that only reads", { drift: "excess", impact: "read" }, "medium"],
    ["excess of unknown impact counts as one that writes", { drift: "excess" }, "high"],
    ["missing", { drift: "missing", impact: "escalation" }, "medium"],
    ["a weakened condition", { drift: "weakened", impact: "read" }, "high"],
    ["an assignment above the scope", { drift: "wider" }, "high"],
    ["a setting that departs", { drift: "changed" }, "medium"],
    ["latent, whatever it could do", { drift: "excess", impact: "escalation", latent: true }, "low"],
    ["latent missing", { drift: "missing", latent: true }, "low"],
    [
      "a note, whatever the control says",
      { drift: "excess", impact: "escalation", note: true, override: "high" },
      "info",
    ],
    ["an advisory control", { drift: "excess", impact: "escalation", override: "info" }, "info"],
    ["a raised control, even where latent", { drift: "excess", latent: true, override: "high" }, "high"],
    ["what the check states", { drift: "weakened", stated: "critical" }, "critical"],
    ["the control stands above the check", { drift: "weakened", stated: "critical", override: "low" }, "low"],
  ])("%s", (_what, input, severity) => {
    expect(severityOf(input)).toBe(severity);
  });

  test("every drift has one, and none is silently harmless", () => {
    const drifts: Record<Drift, Severity> = {
      missing: "medium",
      excess: "high",
      weakened: "high",
      changed: "medium",
      wider: "high",
      dead: "medium",
      absent: "medium",
      unreadable: "medium",
      expired: "medium",
      stray: "medium",
    };
    const got = Object.fromEntries(Object.keys(drifts).map((d) => [d, severityOf({ drift: d as Drift })]));
    expect(got).toEqual(drifts);
  });

  test("order", () => {
    expect(SEVERITIES.map(severityRank)).toEqual([0, 1, 2, 3, 4]);
    expect(SEVERITIES.map((s) => atLeast(s, "medium"))).toEqual([true, true, true, false, false]);
  });
});
