import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { auditing } from "../../src/audit/audit.ts";
import { atOnce, stoppedAfter as stopped } from "../../src/audit/course.ts";
import type { AuditInput } from "../../src/audit/input.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import { AuditFollower } from "../../src/cli/work/audit.ts";
import { readSnapshot } from "../../src/snapshot/read.ts";

const file = "fixtures/snapshots/azure/demo.json";
const input: AuditInput = {
  baselines: [loadBaseline("chalk-azure", checks)],
  snapshots: [{ snapshot: readSnapshot(readFileSync(file, "utf8"), file) }],
  clouds: ["azure"],
  now: "2026-11-21T10:00:00.000Z",
  version: "0.0.0",
};

/** An audit that is stopped once so many controls were judged, and the report of it. */
function stoppedAfter(count: number) {
  const follower = new AuditFollower();
  const steps = auditing(input, {
    opens: (place, opening) => follower.take({ at: "opens", place, opening }),
    ends: (place, control, judged) => follower.take({ at: "ends", place, control, judged }),
  });
  while (follower.told().judged.length < count && steps.next().done !== true);
  return atOnce(auditing(input, { stopped: stopped(follower.told(), "stopped by the test") }));
}

test("what was judged before an audit was stopped is as the whole report has it; the rest is unknown", () => {
  const whole = atOnce(auditing(input, {}));
  for (const count of [0, 1, 3, 6]) {
    const report = stoppedAfter(count);
    const judged = report.controls.filter(
      ({ outcome, reason }) => outcome !== "skipped" && reason !== "stopped by the test",
    );
    expect(judged.length).toBe(count);
    const ids = new Set(judged.map(({ id }) => id));
    expect(judged).toEqual(whole.controls.filter(({ id }) => ids.has(id)));
    expect(report.findings).toEqual(whole.findings.filter(({ control }) => ids.has(control)));
    const rest = report.controls.filter(({ id, outcome }) => !ids.has(id) && outcome !== "skipped");
    expect(rest.length).toBe(8 - count);
    expect(new Set(rest.map(({ outcome }) => outcome))).toEqual(new Set(["unknown"]));
    expect(report.targets.map(({ complete }) => complete)).toEqual([false]);
    if (count > 0) expect(report.targets[0]?.principals).toEqual(whole.targets[0]?.principals);
    expect(report.controls.map(({ id }) => id)).toEqual(whole.controls.map(({ id }) => id));
  }
});
