import { describe, expect, it } from "vitest";
import { ruleTexts } from "../../src/checks/registry.ts";
import type { Finding } from "../../src/report/report.ts";
import { findReporter } from "../../src/reporters/registry.ts";
import { displayWidth } from "../../src/text/layout.ts";
import { reportOn, seen } from "./aws-ground.ts";
import { allow, awsState, managed, policy, role, scopedRole } from "./aws-state.ts";
import { messy as report, roles, serviceData } from "./messy.ts";

const table = (width: number, verbose = false) =>
  findReporter("table")?.render(report, {
    width,
    color: false,
    verbose,
    exitCode: 1,
    rules: ruleTexts(),
  }) ?? "";

describe("a messy account", () => {
  it("is drift with many differences", () => {
    expect(seen(report).code).toBe(1);
    expect(report.findings.filter((f) => f.outcome === "fail").length).toBeGreaterThan(80);
  });

  it.each([80, 100, 160])("the table at %d columns", async (width) => {
    const text = table(width);
    expect(text.split("\n").filter((line) => displayWidth(line) > width)).toEqual([]);
    // some screens, whatever is attached
    expect(text.split("\n").length).toBeLessThan(170);
    await expect(text).toMatchFileSnapshot(`goldens/messy.${width}.txt`);
  });

  it("--verbose still tells every difference", () => {
    const rows = table(100, true).match(/^ (critical|high|medium|low|info) /gm)?.length ?? 0;
    const shown = new Set(
      report.findings
        .filter((f) => f.outcome === "fail")
        .map((f) => JSON.stringify([f.pattern ?? f.fingerprint, f.except, f.drift, f.resource.id])),
    );
    expect(rows).toBeGreaterThanOrEqual(shown.size);
  });

  it("no example has an invented letter", () => {
    const odd = report.findings.filter((f) =>
      /[~^¤§¶¦¬«»\u2200-\u2fff]/.test(JSON.stringify(f.witness ?? "")),
    );
    expect(odd.map((f) => f.witness)).toEqual([]);
  });

  it("what is named takes what it is said to give: detached, the finding is gone or names the rest", () => {
    const [chalk, ...others] = roles;
    if (chalk === undefined) throw new Error("no role");
    const byCause = (findings: readonly Finding[]) =>
      findings.filter((f) => f.causes !== undefined && f.resource.id === chalk.arn);
    const before = byCause(report.findings);
    for (const name of ["reads-all", "all-but", "one-service"]) {
      const { arn } = managed(name, {});
      const left = { ...chalk, attached: chalk.attached.filter((p) => p.arn !== arn) };
      const after = byCause(reportOn(awsState({ roles: [left, ...others] }), { serviceData }).findings);
      const alone = before.filter(({ causes }) => causes?.every(({ text }) => text.includes(arn)));
      const still = new Set(after.map((f) => JSON.stringify(f.witness)));
      for (const { witness } of alone) expect(still).not.toContain(JSON.stringify(witness));
      for (const { causes = [] } of after) {
        expect(causes.length).toBeGreaterThan(0);
        expect(causes.filter(({ text }) => text.includes(arn))).toEqual([]);
      }
    }
  }, 120_000);
});

describe("the profile", () => {
  const notes = (run: Parameters<typeof reportOn>[1], state: Parameters<typeof awsState>[0] = {}) =>
    (reportOn(awsState(state), { serviceData, ...run }).targets[0]?.notes ?? []).filter((n) =>
      n.includes("fits the profile"),
    );

  it("is named where another one fits much better, and stands in the report", () => {
    expect(notes({ profile: "scoped" })).toEqual([
      expect.stringMatching(
        /^role chalk fits the profile management better \(0 differences, \d+ by the profile in force\): --profile-set management$/,
      ),
    ]);
    expect(notes({}, { roles: [scopedRole()] })).toEqual([
      expect.stringContaining("role chalk fits the profile scoped better (0 differences, "),
    ]);
    expect(reportOn(awsState(), { profile: "scoped" }).baselines[0]?.profile).toBe("scoped");
    expect(report.baselines[0]?.profile).toBe("management");
  });

  it("is not named where it fits, or where another one fits only somewhat better", () => {
    expect(notes({})).toEqual([]);
    expect(notes({ profile: "scoped" }, { roles: [scopedRole()] })).toEqual([]);
    const odd = policy(
      ...["apigateway", "amplify", "appsync", "batch", "cloud9", "connect", "dms", "drs", "events"].map(
        (service) => allow(`${service}:Get*`, `arn:aws:${service}:*:*:${service}-own/*`),
      ),
    );
    const both = { roles: [role({ inline: { odd } })] };
    expect(notes({ profile: "scoped" }, both)).toEqual([]);
  });
});
