import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSnapshot } from "../../src/snapshot/read.ts";
import { formatSnapshot } from "../../src/snapshot/write.ts";
import { DEMO_FOUND, reportOf, seenIn } from "./helm-look.ts";

const recorded = (["aws", "kubernetes"] as const).map((cloud) => {
  const text = readFileSync(`fixtures/snapshots/helm/${cloud}.json`, "utf8");
  return { text, snapshot: readSnapshot(text, cloud) };
});

test("five things are wrong with the installation of the demo, and all else passes", () => {
  const report = reportOf(recorded.map(({ snapshot }) => snapshot));
  expect(seenIn(report)).toEqual(DEMO_FOUND);
  const others = report.controls.filter(({ outcome }) => outcome !== "pass" && outcome !== "fail");
  expect(others.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
    "chalk-helm/values-file skipped",
    "chalk-helm/seed-file skipped",
  ]);
});

test("its recording is as the command writes one, and holds no secret of the installation", () => {
  for (const { text, snapshot } of recorded) {
    expect(formatSnapshot(snapshot)).toBe(text);
    expect(text).not.toMatch(/canary|127\.0\.0\.1|localhost/);
  }
});
