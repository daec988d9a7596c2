import { expect, test } from "vitest";
import { ran } from "../shell.ts";

test("baseline card: Markdown by default, HTML where it is asked for, of a bundled baseline and of a file", async () => {
  const markdown = await ran(["baseline", "card", "chalk-azure"]);
  expect(markdown).toMatchObject({ status: 0, stderr: "" });
  expect(markdown.stdout).toMatch(/^# Chalk in your Azure subscription/);
  for (const heading of ["In short", "What it can do", "What it cannot do", "What could give it more"])
    expect(markdown.stdout).toContain(`\n## ${heading}\n`);
  const html = await ran(["baseline", "card", "fixtures/baselines/acme-pond.yaml", "--format", "html"]);
  expect(html).toMatchObject({ status: 0, stderr: "" });
  expect(html.stdout).toMatch(/^<!doctype html>\n/);
  // how to verify it names the file as it was given
  expect(html.stdout).toContain("--baseline fixtures/baselines/acme-pond.yaml");
});

test("a baseline that is not there, and a format that is none", async () => {
  expect(await ran(["baseline", "card", "nowhere"])).toMatchObject({ status: 2, stdout: "" });
  const { status, stderr } = await ran(["baseline", "card", "chalk-azure", "--format", "pdf"]);
  expect(status).toBe(2);
  expect(stderr).toContain("markdown");
});
