import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { audit } from "../../src/audit/audit.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import type { Report, Target } from "../../src/report/report.ts";
import { table } from "../../src/reporters/table.ts";
import { readSnapshot } from "../../src/snapshot/read.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { options } from "../reporters/worlds.ts";

const FILE = "fixtures/snapshots/azure/clean.json";
const clean = readSnapshot(readFileSync(FILE, "utf8"), FILE);
const DAY = 24 * 3_600_000;

function judged(
  changes: Partial<Snapshot> = {},
  more: Partial<Parameters<typeof audit>[0]> = {},
  source: "live" | "snapshot" = "snapshot",
): Report {
  return audit({
    baselines: [loadBaseline("chalk-azure", checks)],
    snapshots: [{ snapshot: { ...clean, ...changes }, source }],
    clouds: ["azure"],
    now: "2026-11-21T10:00:00.000Z",
    version: "1.2.3",
    maxAgeMs: DAY,
    ...more,
  });
}
const targetOf = (report: Report): Target | undefined => report.targets[0];
const text = (report: Report) => table.render(report, options({ exitCode: 0, width: 120 })) ?? "";

describe("recorded state is named as recorded", () => {
  it("with its time; live state is not", () => {
    const takenAt = "2026-11-21T06:00:00.000Z";
    expect(targetOf(judged({ takenAt }))).toMatchObject({ recordedAt: takenAt, source: "snapshot" });
    expect(text(judged({ takenAt })).split("\n\n")[0]).toContain("(recorded 2026-11-21 06:00 UTC)");
    expect(text(judged({ takenAt }, {}, "live"))).not.toContain("recorded 2026");
  });

  it.each([
    ["2026-11-20T10:00:00.000Z", DAY, undefined],
    ["2026-11-20T09:59:59.999Z", DAY, "recorded 24 hours ago"],
    ["2019-03-02T06:00:00.000Z", DAY, "recorded 2,821 days ago"],
    ["2019-03-02T06:00:00.000Z", 0, undefined],
    ["2027-03-02T06:00:00.000Z", DAY, "how old it is, is not known"],
    ["2026-11-21T10:04:00.000Z", DAY, undefined],
  ])("%s by %d: %s", (takenAt, maxAgeMs, stale) => {
    const report = judged({ takenAt }, { maxAgeMs });
    if (stale === undefined) {
      expect(targetOf(report)).not.toHaveProperty("stale");
      expect(text(report)).not.toContain("OLD STATE");
    } else {
      expect(targetOf(report)?.stale).toContain(stale);
      expect(text(report)).toContain("OLD STATE: recorded");
    }
    expect(targetOf(judged({ takenAt }, { maxAgeMs }, "live"))).not.toHaveProperty("stale");
  });
});

it("T12: its age is told by the clock, whatever time stamps the report", () => {
  const takenAt = "2026-11-21T06:00:00.000Z";
  const clock = "2026-12-21T06:00:00.000Z";
  expect(targetOf(judged({ takenAt }))?.stale).toBeUndefined();
  expect(targetOf(judged({ takenAt }, { clock }))?.stale).toContain("recorded 30 days ago");
});

describe("doors: which ways to more were looked at", () => {
  const states = (report: Report) =>
    Object.fromEntries((targetOf(report)?.doors ?? []).map(({ id, state }) => [id, state]));
  const denied = { api: "GET /denies", cause: "denied", detail: "403" } as const;

  it("read, unread, never looked at; in the table in one place", () => {
    const report = judged({ unread: [{ kind: "azure/deny-assignment", ...denied }] });
    expect(states(report)).toEqual({
      "role-definitions": "read",
      assignments: "read",
      "assigned-to": "read",
      eligible: "read",
      denies: "unread",
      "access-policies": "read",
      "group-members": "not-collected",
      lighthouse: "not-collected",
      "classic-administrators": "not-collected",
      credentials: "not-collected",
    });
    expect(text(report).replace(/\s+/g, " ")).toContain(
      "; not read: deny assignments; not looked at: members of groups,",
    );
  });

  it("a kind that was not asked for was not collected", () => {
    const kinds = (clean.kinds ?? []).filter((kind) => kind !== "azure/role-eligibility");
    expect(states(judged({ kinds }))["eligible"]).toBe("not-collected");
  });
});

it("of a cloud that nobody collected no control passes, and none is drift", () => {
  const report = judged(
    {},
    {
      baselines: [loadBaseline("chalk-azure", checks), loadBaseline("chalk-aws", checks)],
      clouds: ["azure", "aws"],
    },
  );
  const aws = report.controls.filter(({ target }) => target === "aws: nothing collected");
  expect(aws.length).toBeGreaterThan(5);
  expect([...new Set(aws.map(({ outcome }) => outcome))].filter((o) => o !== "skipped")).toEqual(["unknown"]);
  expect(report.findings.filter(({ target }) => target === "aws: nothing collected")).toEqual([]);
  expect(report.targets.find(({ cloud }) => cloud === "aws")).toMatchObject({ complete: false });
});
