import { describe, expect, test } from "vitest";
import { groupViews, shown } from "../../../src/reporters/html/build-view.ts";
import { control, finding, report, SUBSCRIPTION, worlds } from "../../report/sample.ts";

const statuses = (views: ReturnType<typeof groupViews>) =>
  views.map(({ rows }) => rows[0]?.findings[0]?.status);

describe("what the page tells of findings", () => {
  test("drift before all else, the worst first; then what is unknown, waived, gone and noted", () => {
    const base = { control: "platform-role", drift: "changed", severity: "low" } as const;
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: [
        finding({ ...base, outcome: "pass", property: "a" }),
        finding({ ...base, outcome: "waived", property: "b" }),
        finding({ ...base, severity: "critical", outcome: "unknown", property: "c" }),
        finding({ ...base, property: "d" }),
        finding({ ...base, severity: "critical", property: "e" }),
      ],
    });
    const old = finding({ ...base, property: "f" });
    const elsewhere = { ...finding({ ...base, property: "g" }), target: "aws:1/eu-west-1" };
    const views = groupViews({ ...built, gone: [old], unassessed: [elsewhere] });
    expect(statuses(views)).toEqual([
      "drift",
      "drift",
      "not assessed",
      "waived",
      "gone",
      "not looked at again",
      "note",
    ]);
    expect(views[0]?.rows[0]?.findings[0]?.severity).toBe("critical");
    // of a target that only the earlier report knows, its cloud is told by its name
    expect(views[5]?.rows[0]?.findings[0]).toMatchObject({ cloud: "aws", target: "aws:1/eu-west-1" });
  });

  test("a difference under two controls is one row with both, each with its own place", () => {
    const views = groupViews(worlds.drift());
    const row = views.flatMap(({ rows }) => rows).find(({ findings }) => findings.length === 2);
    expect(row?.findings.map(({ control: id }) => id).sort()).toEqual([
      "acme-azure/effective-access",
      "acme-azure/platform-role",
    ]);
    expect(row?.what[0]).toBe("Microsoft.Compute/*");
  });

  test("both sides as lines; proofs; who waived until when", () => {
    const [critical] = groupViews(worlds.drift())[0]?.rows[0]?.findings ?? [];
    expect(critical?.expected).toBe(
      "Microsoft.Authorization/roleAssignments/read\nMicrosoft.Authorization/roleDefinitions/read",
    );
    expect(critical?.actual).toBe("Microsoft.Authorization/*");
    expect(critical?.proofs).toHaveLength(3);
    expect(critical?.proofs[0]).toMatch(/^may: Microsoft.Authorization\/roleDefinitions\/write at /);
    const waived = groupViews(worlds.waived()).flatMap(({ rows }) => rows[0]?.findings ?? []);
    expect(waived[0]?.waiver).toBe("pilot of the new image builder (cloud-team, until 2027-01-31)");
  });

  test("a side that has nothing says so, and one that nobody told is not there", () => {
    const sides = (more: object) =>
      groupViews(
        report({
          controls: [control("platform-role", "fail")],
          findings: [finding({ control: "platform-role", drift: "changed", severity: "low", ...more })],
        }),
      )[0]?.rows[0]?.findings[0];
    expect(sides({ expected: [], actual: null })).toMatchObject({ expected: "(none)", actual: "(nothing)" });
    expect(sides({ expected: { a: 1 } })).toMatchObject({ expected: '{\n  "a": 1\n}', actual: "(nothing)" });
    expect(sides({})).toMatchObject({ expected: "", actual: "" });
  });

  test("three differences of one cause are one group, with what mends all of it", () => {
    const command = "az role assignment delete --ids x";
    const causes = [{ id: "x", text: "assignment of Owner", commands: [command] }];
    const many = (some: typeof causes) =>
      groupViews(
        report({
          controls: [control("effective-access", "fail")],
          findings: ["A/*", "B/*", "C/*"].map((pattern) =>
            finding({
              control: "effective-access",
              drift: "excess",
              severity: "high",
              pattern,
              causes: some,
            }),
          ),
        }),
      );
    const [group, ...others] = many(causes);
    expect(others).toEqual([]);
    expect(group?.rows).toHaveLength(3);
    expect(group?.what[0]).toBe("assignment of Owner: 3 differences (all high)");
    expect(group?.commands).toEqual([command]);
    const [inPart] = many([{ id: "x", text: "assignment of Owner" }] as unknown as typeof causes);
    expect(inPart?.commands).toEqual([]);
  });

  test("what is the same of others stands in the same group, marked", () => {
    const views = groupViews(
      report({
        controls: [control("subscription-separation", "fail")],
        findings: Array.from({ length: 5 }, (_, i) =>
          finding({
            control: "subscription-separation",
            drift: "stray",
            severity: "low",
            resource: { type: "group", id: `${SUBSCRIPTION}/resourceGroups/rg-${i}`, name: `rg-${i}` },
            message: `rg-${i} is not on the list`,
          }),
        ),
      }),
    );
    expect(views).toHaveLength(1);
    expect(views[0]?.rows.map(({ likewise }) => likewise)).toEqual([false, true, true, true, true]);
  });

  test("everything unsafe is visible; lines stay lines", () => {
    expect(shown("a\u202e\nb\u001b[2J")).toBe("a\\u{202e}\nb\\u{1b}[2J");
  });
});
