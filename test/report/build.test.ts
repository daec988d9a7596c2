import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { json } from "../../src/reporters/json.ts";
import {
  control,
  driftControls,
  driftFindings,
  finding,
  OTHER,
  report,
  SUBSCRIPTION,
  target,
  VAULT_UNREAD,
} from "./sample.ts";

const OPTIONS = { width: 100, color: false, verbose: false, exitCode: 1, rules: [] };
const bytes = (parts: Parameters<typeof report>[0]) => json.render(report(parts), OPTIONS);

describe("build", () => {
  test("order: severity, control as the baseline lists it, drift, resource, pattern", () => {
    const built = report({ controls: driftControls(), findings: [...driftFindings()].reverse() });
    expect(built.findings.map((f) => [f.severity, f.control, f.drift, f.pattern])).toEqual([
      ["critical", "acme-azure/effective-access", "excess", "Microsoft.Authorization/*"],
      ["high", "acme-azure/platform-role", "excess", "Microsoft.Compute/*"],
      ["high", "acme-azure/effective-access", "excess", "Microsoft.Compute/*"],
      ["medium", "acme-azure/platform-role", "missing", "Microsoft.Sql/servers/*"],
      ["low", "acme-azure/platform-role", "excess", "Microsoft.Future/things/*"],
      ["info", "acme-azure/platform-services", "absent", undefined],
    ]);
    expect(built.controls.map((c) => c.id.replace("acme-azure/", ""))).toEqual([
      "platform-role",
      "platform-assignment",
      "effective-access",
      "log-reader-role",
      "key-vault-access",
      "aks-rbac",
      "subscription-separation",
      "platform-services",
      "cluster-role",
      "namespace-role",
    ]);
    expect(built.summary).toEqual({
      controls: { pass: 4, fail: 3, unknown: 1, waived: 0, skipped: 2 },
      findings: { critical: 1, high: 2, medium: 1, low: 1, info: 1 },
    });
  });

  test("fault 17: the same facts shuffled are the same bytes", () => {
    const second = target(OTHER, {
      complete: false,
      unread: [VAULT_UNREAD, { ...VAULT_UNREAD, api: "GET /a" }],
    });
    const parts = {
      targets: [target(), second],
      controls: [...driftControls(), control("aks-rbac", "pass", { target: `azure:${OTHER}` })],
      // Two pairs that share their fingerprint are told apart by content, not by arrival.
      findings: [
        ...driftFindings(),
        ...driftFindings().map((f) => ({ ...f, message: `${f.message}, again` })),
      ],
    };
    const expected = bytes(parts);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(parts.targets, { minLength: 2 }),
        fc.shuffledSubarray(parts.controls, { minLength: parts.controls.length }),
        fc.shuffledSubarray(parts.findings, { minLength: parts.findings.length }),
        fc.shuffledSubarray([...second.unread], { minLength: 2 }),
        (targets, controls, findings, unread) => {
          const same = targets.map((t) => (t.name === second.name ? { ...t, unread } : t));
          expect(bytes({ targets: same, controls, findings })).toBe(expected);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("fault 18: a moved line changes no fingerprint, not even of findings that share one", () => {
    const at = (line: (i: number) => number) =>
      report({
        controls: [control("platform-role", "fail")],
        findings: [0, 1, 2].map((i) =>
          finding({
            control: "platform-role",
            drift: "excess",
            severity: "high",
            property: "same",
            pattern: `Microsoft.P${i}/*`,
            location: { file: "baselines/acme-azure/2026-11-20.yaml", line: line(i) },
          }),
        ),
      });
    const before = at((i) => 10 + i);
    const after = at((i) => 90 - i);
    expect(after.findings.map((f) => f.fingerprint)).toEqual(before.findings.map((f) => f.fingerprint));
    expect(new Set(before.findings.map((f) => f.fingerprint)).size).toBe(3);
    expect(after.findings.map((f) => f.location.line)).toEqual([90, 89, 88]);
  });

  test("fault 19: 200 resources on one line are 200 fingerprints", () => {
    const built = report({
      controls: [control("subscription-separation", "fail")],
      findings: Array.from({ length: 200 }, (_, i) =>
        finding({
          control: "subscription-separation",
          drift: "stray",
          severity: "low",
          property: "name",
          resource: { type: "resource group", id: `${SUBSCRIPTION}/resourceGroups/rg-${i}`, name: `rg-${i}` },
        }),
      ),
    });
    expect(new Set(built.findings.map((f) => f.fingerprint)).size).toBe(200);
    expect(new Set(built.findings.map((f) => f.location.line)).size).toBe(1);
  });

  test("200 findings that share one fingerprint are told apart too", () => {
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: Array.from({ length: 200 }, (_, i) =>
        finding({
          control: "platform-role",
          drift: "changed",
          severity: "low",
          property: "p",
          message: `m${i}`,
        }),
      ),
    });
    expect(new Set(built.findings.map((f) => f.fingerprint)).size).toBe(200);
  });

  test("counts: unknown and waived findings are no drift; notes are info", () => {
    const base = { control: "platform-role", drift: "excess", severity: "high" } as const;
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: [
        finding({ ...base, property: "1" }),
        finding({ ...base, property: "2", outcome: "waived" }),
        finding({ ...base, property: "3", outcome: "unknown" }),
        finding({ ...base, property: "4", outcome: "pass" }),
      ],
    });
    expect(built.summary.findings).toEqual({ critical: 0, high: 1, medium: 0, low: 0, info: 1 });
  });

  test.each<[string, Parameters<typeof report>[0], string]>([
    [
      "a failed control without a finding",
      { controls: [control("aks-rbac", "fail")] },
      "internal: control acme-azure/aks-rbac fails without a finding",
    ],
    [
      "a finding under a control that passes",
      {
        controls: [control("aks-rbac", "pass")],
        findings: [finding({ control: "aks-rbac", drift: "changed", severity: "low" })],
      },
      "internal: control acme-azure/aks-rbac is pass, but a finding of it says fail",
    ],
    [
      "a pass with an unknown part",
      {
        controls: [control("aks-rbac", "pass")],
        findings: [
          finding({ control: "aks-rbac", drift: "unreadable", severity: "low", outcome: "unknown" }),
        ],
      },
      "internal: control acme-azure/aks-rbac is pass, but a part of it is unknown",
    ],
    [
      "a finding of no control",
      { findings: [finding({ control: "aks-rbac", drift: "changed", severity: "low" })] },
      `internal: a finding belongs to no control: ["acme-azure/aks-rbac","azure:${SUBSCRIPTION}"]`,
    ],
    [
      "a control of no target",
      { targets: [], controls: [control("aks-rbac", "pass")] },
      `internal: control acme-azure/aks-rbac belongs to no target: azure:${SUBSCRIPTION}`,
    ],
    [
      "two targets of one name",
      { targets: [target(), target()] },
      "internal: two targets have the same name",
    ],
  ])("contradictions are bugs: %s", (_what, parts, message) => {
    expect(() => report(parts)).toThrow(new Error(message));
  });
});
