import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, lint, whyNot } from "../../../scripts/actionlint.mjs";
import { skipped } from "../servers/azure/requirements.ts";

const skip = skipped("actionlint", whyNot());
const workflow = "deploy/github/chalk-audit.yml";

const folder = mkdtempSync(join(tmpdir(), "chalk-audit-"));
beforeAll(() => {
  if (!skip) install();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(skip)("the workflow for GitHub, by actionlint", () => {
  it("has nothing wrong with it", () => expect(lint([workflow])).toBe(""));

  it("and actionlint would say so", () => {
    const file = join(folder, "broken.yml");
    const text = readFileSync(workflow, "utf8");
    writeFileSync(file, text.replaceAll("steps.audit.outputs.sarif", "steps.audits.outputs.sarif"));
    expect(lint([file])).toContain('property "audits" is not defined');
  });
});
