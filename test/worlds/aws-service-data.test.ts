/** The same account with the catalogue of AWS's actions (AW5, AW9, G6): what is dead, what is latent, what is counted. */
import { describe, expect, it } from "vitest";
import { compactIamData } from "../../scripts/compact-iam-data.mjs";
import { outcomes, type Run, reportOn, seen } from "./aws-ground.ts";
import {
  ACCOUNT,
  type AwsState,
  allow,
  awsState,
  logReader,
  policy,
  role,
  scoped,
  scopedRole,
  withStatement,
} from "./aws-state.ts";
import { withoutNotes } from "./world.ts";

const serviceData = await compactIamData();
const SCOPED: Run = { profile: "scoped" };
const drift = (run: Run, state: Partial<AwsState>) => {
  const report = reportOn(awsState(state), { serviceData, ...run });
  const { code, findings } = seen(report);
  return { report, found: withoutNotes(findings), code };
};
const inline = (document: unknown) => ({ roles: [role({ inline: { extra: document } })] });

describe("with the catalogue", () => {
  it.each<[string, Run, Partial<AwsState>]>([
    ["management", {}, {}],
    ["scoped", SCOPED, { roles: [scopedRole()] }],
    ["scoped, and the log reader", SCOPED, { roles: [scopedRole(scoped, { inline: { logs: logReader } })] }],
  ])("the documented policies pass: %s", (_, run, state) => {
    const { report, found, code } = drift(run, state);
    expect([found, code]).toEqual([[], 0]);
    expect(new Set(Object.values(outcomes(report)))).toEqual(new Set(["pass"]));
  });

  it.each<[string, Partial<AwsState>, readonly string[]]>([
    [
      "AW5: an action without a resource type on an ARN is dead, and said, low",
      inline(policy(allow("organizations:ListAccounts", `arn:aws:organizations::${ACCOUNT}:account/*`))),
      [
        `effective-access excess low organizations:ListAccounts ! organizations:ListAccounts arn:aws:organizations::${ACCOUNT}:account/<any>, by inline policy extra, statement 1`,
      ],
    ],
    [
      "AW9: under a key that the action does not know it is dead, and said, low",
      inline(
        policy(
          allow("organizations:ListAccounts", "*", {
            Condition: { StringEquals: { "aws:ResourceTag/a": "b" } },
          }),
        ),
      ),
      [
        'effective-access excess low organizations:ListAccounts ! organizations:ListAccounts <any> {"aws:ResourceTag/a":"b"}, by inline policy extra, statement 1',
      ],
    ],
    [
      "G6: a wildcard that holds nothing of today is latent",
      inline(policy(allow("organizations:Zebra*"))),
      [
        "effective-access excess low latent organizations:Zebra* ! organizations:Zebra<any> <any>, by inline policy extra, statement 1",
      ],
    ],
    [
      "a request-wide key exists for every action, though the catalogue does not list it",
      inline(
        policy(
          allow("organizations:ListAccounts", "*", {
            Condition: { Bool: { "aws:SecureTransport": "true" } },
          }),
        ),
      ),
      [
        'effective-access excess medium organizations:ListAccounts ! organizations:ListAccounts * {"aws:SecureTransport":"true"}, by inline policy extra, statement 1',
      ],
    ],
  ])("%s", (_, state, expected) => {
    const { found, code } = drift({}, state);
    expect(found).toEqual(expected);
    expect(code).toBe(expected.length > 0 ? 1 : 0);
  });

  it("counts what a difference holds today, by the day of the catalogue", () => {
    const { report } = drift({}, inline(policy(allow("organizations:List*"))));
    const [finding] = report.findings.filter((f) => f.outcome === "fail");
    expect(finding?.known?.catalog).toBe(serviceData.date);
    expect(finding?.known?.count).toBe(
      (serviceData.services["organizations"] ?? []).filter(([name]) => name.startsWith("List")).length,
    );
    const actions = Object.values(serviceData.services).reduce((n, all) => n + all.length, 0);
    expect(report.targets[0]?.catalog).toEqual({ date: serviceData.date, operations: actions });
    expect(report.targets[0]?.notes).toContain(
      `catalogue of ${serviceData.date}: ${actions} actions that exist`,
    );
  });

  it("a service that the catalogue lacks: the excess is said, not dropped", () => {
    const { organizations: _, ...services } = serviceData.services;
    const state = inline(policy(allow(["organizations:LeaveOrganization", "organizations:Describe*"])));
    const report = reportOn(awsState(state), { serviceData: { ...serviceData, services } });
    const found = report.findings.filter((f) => f.outcome === "fail");
    expect(found.flatMap((f) => f.pattern?.split(", ") ?? []).sort()).toEqual([
      "organizations:Describe*",
      "organizations:LeaveOrganization",
    ]);
    expect(seen(report).code).toBe(1);
  });

  it("what the page prescribes and grants nothing may be left out: a note, and the control passes", () => {
    const dead = ["logs:TestMetricFilter", "logs:DescribeQueries"];
    const document = withStatement(logReader, 0, (s) => ({
      ...s,
      Action: (s.Action as readonly string[]).filter((a) => !dead.includes(a)),
    }));
    const { report, found } = drift(SCOPED, { roles: [scopedRole(scoped, { inline: { logs: document } })] });
    expect(found).toEqual([]);
    const notes = report.findings.filter((f) => f.rule === "aws/policy/dead");
    expect(notes.map((f) => [f.control, f.outcome, f.severity])).toEqual([
      ["chalk-aws/log-reader-policy", "pass", "info"],
    ]);
    expect(notes[0]?.message).toContain("logs:TestMetricFilter");
  });

  it("without it the report says so", () => {
    const report = reportOn(awsState());
    expect(report.targets[0]?.catalog).toBeUndefined();
    expect(
      report.targets[0]?.notes?.filter((n) => n.startsWith("no catalogue of actions was given")),
    ).toHaveLength(1);
  });
});
