import { describe, expect, test } from "vitest";
import type { Finding, Report } from "../../src/report/report.ts";
import { compareReports } from "../../src/report/since.ts";
import { control, finding, OTHER, report, SUBSCRIPTION, target, VAULT_UNREAD } from "./sample.ts";

const role = (name: string, more: Partial<Finding> = {}) =>
  finding({
    control: "platform-role",
    drift: "excess",
    severity: "high",
    pattern: name,
    except: [],
    ...more,
  });
const withFindings = (...findings: Finding[]): Report =>
  report({ controls: [control("platform-role", findings.length === 0 ? "pass" : "fail")], findings });
const states = (r: Report) => r.findings.map((f) => [f.pattern, f.state]);

describe("compared with an earlier report", () => {
  test("new, unchanged, updated, gone", () => {
    const old = withFindings(role("A/*"), role("B/*"), role("C/*"));
    const now = withFindings(role("A/*"), role("B/*", { except: ["B/x"] }), role("D/*"));
    const compared = compareReports(old, now);
    expect(states(compared)).toEqual([
      ["A/*", "unchanged"],
      ["B/*", "updated"],
      ["D/*", "new"],
    ]);
    expect(compared.gone).toEqual([role("C/*")]);
    expect(compared).not.toHaveProperty("unassessed");
    expect({ ...compared, findings: now.findings, gone: undefined }).toEqual({ ...now, gone: undefined });
  });

  test.each<[string, Partial<Finding>, "updated" | "unchanged"]>([
    ["severity", { severity: "low" }, "updated"],
    ["exceptions", { except: ["A/x"] }, "updated"],
    ["exceptions in another order", { except: ["A/2", "A/1"] }, "unchanged"],
    ["latent", { latent: true }, "updated"],
    ["outcome", { outcome: "waived", waiver: { reason: "r", owner: "o", expires: "2027-01-01" } }, "updated"],
    ["the proof", { witness: { action: "A/write", plane: "control" } }, "unchanged"],
    ["the wording", { message: "other words" }, "unchanged"],
    ["the line", { location: { file: "b.yaml", line: 99 } }, "unchanged"],
    ["today's operations", { known: { count: 3, examples: [] } }, "unchanged"],
  ])("what counts as a change: %s", (_what, more, state) => {
    const before = role("A/*", more.except?.length === 2 ? { except: ["A/1", "A/2"] } : {});
    const after = role("A/*", more);
    const outcome = after.outcome === "waived" ? "waived" : "fail";
    const now = report({ controls: [control("platform-role", outcome)], findings: [after] });
    expect(states(compareReports(withFindings(before), now))).toEqual([["A/*", state]]);
  });

  test("a finding without a pattern is updated when what was observed changed", () => {
    const setting = (actual: unknown) =>
      report({
        controls: [control("aks-rbac", "fail")],
        findings: [
          finding({
            control: "aks-rbac",
            drift: "changed",
            severity: "medium",
            property: "tls",
            expected: "1.2",
            actual,
          }),
        ],
      });
    expect(compareReports(setting("1.1"), setting("1.1")).findings[0]?.state).toBe("unchanged");
    expect(compareReports(setting("1.1"), setting("1.0")).findings[0]?.state).toBe("updated");
  });

  test.each<[string, Report]>([
    [
      "its target was not read completely",
      report({
        targets: [target(SUBSCRIPTION, { complete: false, unread: [VAULT_UNREAD] })],
        controls: [control("platform-role", "pass")],
      }),
    ],
    ["its control is unknown", report({ controls: [control("platform-role", "unknown", { reason: "r" })] })],
    ["its control was skipped", report({ controls: [control("platform-role", "skipped")] })],
    ["its control is not in the baseline any more", report({ controls: [control("aks-rbac", "pass")] })],
    ["its target was not audited", report({ targets: [target(OTHER)] })],
    ["the run was interrupted", report({ interrupted: true, controls: [control("platform-role", "pass")] })],
    [
      "a part of its control is unknown",
      report({
        controls: [control("platform-role", "fail")],
        findings: [role("D/*"), role("E/*", { outcome: "unknown" })],
      }),
    ],
  ])("fault 16: neither there nor gone: %s", (_what, now) => {
    const compared = compareReports(withFindings(role("A/*")), now);
    expect(compared.gone).toEqual([]);
    expect(compared.unassessed).toEqual([role("A/*")]);
  });

  test("a waiver that was put right is gone", () => {
    const expired: Finding = {
      ...role("w", { rule: "waiver/expired", drift: "expired" }),
      control: "waivers/w.yaml",
    };
    const old = report({
      controls: [{ ...control("x", "fail"), id: "waivers/w.yaml" }],
      findings: [expired],
    });
    expect(compareReports(old, withFindings()).gone).toEqual([expired]);
  });

  test("states of the earlier report are not carried over, and its own comparison neither", () => {
    const first = compareReports(withFindings(), withFindings(role("A/*")));
    expect(states(first)).toEqual([["A/*", "new"]]);
    const second = compareReports(first, first);
    expect(states(second)).toEqual([["A/*", "unchanged"]]);
    expect(compareReports(first, withFindings()).gone).toEqual([role("A/*")]);
  });
});
