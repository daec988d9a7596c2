import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { activityLogCall, awsUsageCalls } from "../../src/collectors/usage-calls.ts";

test("docs/review.md names what each call needs (fault 36)", () => {
  const page = readFileSync("docs/review.md", "utf8");
  const needed = [...awsUsageCalls, activityLogCall].map(({ permission }) => permission);
  expect(needed.filter((permission) => !page.includes(`\`${permission}\``))).toEqual([]);
});
