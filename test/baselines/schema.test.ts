import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { baselineSchema } from "../../src/baselines/schema.ts";
import { checks } from "../../src/checks/registry.ts";

const committed = JSON.parse(
  readFileSync(new URL("../../baselines/baseline.schema.json", import.meta.url), "utf8"),
) as Record<string, unknown>;

test("the published schema is what the checks of today make; else run npm run generate", () => {
  expect(committed).toEqual(JSON.parse(JSON.stringify(baselineSchema(checks))));
});

test("it knows every check, and each has an object for its parameters", () => {
  const control = (committed.properties as { controls: { items: Record<string, unknown> } }).controls.items;
  const listed = (control.properties as { check: { enum: string[] } }).check.enum;
  expect(listed).toEqual(checks.map(({ id }) => id).sort());
  const branches = control.allOf as { if: { properties: { check: { const: string } } }; then: object }[];
  expect(branches.map((branch) => branch.if.properties.check.const)).toEqual(listed);
});

test("no property passes unseen: every object of the frame and of `with` is closed or says what it holds", () => {
  const open: string[] = [];
  let objects = 0;
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    const schema = node as Record<string, unknown>;
    if (schema.type === "object" && schema.properties !== undefined) {
      objects += 1;
      if (schema.additionalProperties !== false) open.push(path);
    }
    for (const [key, inner] of Object.entries(schema)) walk(inner, `${path}/${key}`);
  };
  walk(committed, "");
  expect(open).toEqual([]);
  expect(objects).toBeGreaterThan(10);
});

test("an editor that knows JSON Schema alone accepts the bundled baselines and refuses a misspelt key", () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(committed);
  const read = (id: string) =>
    parse(readFileSync(new URL(`../../baselines/${id}/2026-11-20.yaml`, import.meta.url), "utf8")) as {
      controls: { with: Record<string, unknown> }[];
    };
  for (const id of ["chalk-aws", "metaflow-azure"]) expect(validate(read(id))).toBe(true);
  const data = read("chalk-azure");
  expect(validate(data)).toBe(true);
  data.controls[0]!.with.rol = "x";
  expect(validate(data)).toBe(false);
  expect((validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`)).toEqual([
    "/controls/0/with additionalProperties",
    "/controls/0 if",
  ]);
});
