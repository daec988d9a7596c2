import { expect, test } from "vitest";
import { uuidOf } from "../../src/reporters/uuid.ts";

test("a UUID of version 5 (RFC 9562), the same for the same parts, another where parts are cut elsewhere", () => {
  const made = uuidOf("finding", "ab");
  expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf("finding", "ab")).toBe(made);
  expect(new Set([made, uuidOf("findinga", "b"), uuidOf("finding", "ab", ""), uuidOf("b")]).size).toBe(4);
});
