import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPolicyFile } from "../../../src/cli/job/policy-file.ts";
import { UsageError } from "../../../src/cli/line/errors.ts";
import { ran } from "../shell.ts";

const read = (text: string, name = "f.yaml", several = false) =>
  JSON.parse(JSON.stringify(readPolicyFile(text, name, "policy document", several).value));
const refusal = (text: string, name = "f.yaml"): string => {
  try {
    return `read as ${JSON.stringify(read(text, name))}`;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
};

describe("G7: what a file says twice, or in words of another tool, is refused with its place", () => {
  test.each([
    ['{"a":1,\n "a":2}', "f.json", 'f.json:2:2: the key "a" stands twice in one object'],
    ['{"a":1, "a":2}', "f.yaml", 'f.yaml:1:9: the key "a" stands twice in one object'],
    [
      '[{"b":[{"a":1},{"a":1,"\\u0061":2}]}]',
      "f.json",
      'f.json:1:23: the key "a" stands twice in one object',
    ],
    ["a: 1\nb: 2\na: 3\n", "f.yaml", "f.yaml:3:1: not JSON or YAML: map keys must be unique"],
    ["{a: 1, a: 2}", "f.yaml", "f.yaml:1:8: not JSON or YAML: map keys must be unique"],
    ["a: 1\n? 'a'\n: 2\n", "f.yaml", "f.yaml:2:3: not JSON or YAML: map keys must be unique"],
    ["a: !Ref Account\n", "f.yaml", "f.yaml:1:4: a tag such as !Ref or !Sub stands for something else"],
    ["a: !Sub '${X}'\n", "f.yaml", "f.yaml:1:4: a tag such as !Ref or !Sub stands for something else"],
    [
      "a:\n  b: !If [c, d, e]\n",
      "f.yaml",
      "f.yaml:2:6: a tag such as !Ref or !Sub stands for something else",
    ],
    ["a: !GetAtt\n  b: c\n", "f.yaml", "f.yaml:1:4: a tag such as !Ref or !Sub stands for something else"],
    ["a: !!binary aGk=\n", "f.yaml", "f.yaml:1:13: a tag such as !Ref or !Sub stands for something else"],
    ["[a]: b\n", "f.yaml", "f.yaml:1:1: expected a text as key"],
    ["a: *b\n", "f.yaml", "f.yaml:1:4: the anchor of this alias is not defined above it"],
    ["a: &b\n  c: *b\n", "f.yaml", "f.yaml:2:3: not readable: nested more than 200 levels deep"],
    ["<<: 5\n", "f.yaml", "f.yaml:1:1: expected a mapping, or a list of mappings, to merge at <<"],
    ['{"a": 01}', "f.json", "f.json:1:8: not JSON, which its name says it is"],
    [`${"[".repeat(300)}${"]".repeat(300)}`, "f.json", "f.json:1:202: nested more than 200 levels deep"],
    ["", "f.yaml", "f.yaml: the policy document is empty"],
  ])("%s", (text, name, message) => {
    expect(refusal(text, name)).toContain(message);
  });

  test("a file of aliases of aliases is refused", () => {
    const lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"];
    for (let i = 1; i < 8; i++)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`)}]`);
    expect(refusal(lines.join("\n"))).toContain("not readable: more than 1000 aliases");
  });
});

describe("G7: merge keys are read as kubectl reads them", () => {
  test.each([
    ["base: &b { x: 1, y: 2 }\nuse:\n  <<: *b\n  x: 3\n", { x: 3, y: 2 }],
    ["base: &b { x: 1, y: 2 }\nuse:\n  x: 3\n  <<: *b\n", { x: 3, y: 2 }],
    ["base: [&b { x: 1 }, &c { x: 2, y: 2 }]\nuse:\n  <<: [*b, *c]\n", { x: 1, y: 2 }],
    ["base: &b { x: 1 }\nuse:\n  '<<': *b\n", { "<<": { x: 1 } }],
    ["base: &b { x: 1 }\nmore: &c { <<: *b, y: 2 }\nuse: { <<: *c }\n", { x: 1, y: 2 }],
  ])("%s", (text, expected) => {
    expect(read(text).use).toEqual(expected);
  });
});

describe("G7: scalars keep their text", () => {
  test.each([
    ["0815", "unsure"],
    ["0o17", "unsure"],
    ["0x1F", "unsure"],
    ["1_000", "unsure"],
    ["12:30:45", "unsure"],
    ["1.10", "unsure"],
    ["1e3", "unsure"],
    ["+5", "unsure"],
    [".inf", "unsure"],
    ["yes", "unsure"],
    ["Off", "unsure"],
    ["73002244556688990011", "sure"],
    ["-12", "-12"],
    ["1.5", "1.5"],
    ["!!str 0815", "0815"],
    ["'0815'", "0815"],
    ["2012-10-17", "2012-10-17"],
    ["true", "true"],
    ["~", "null"],
  ])("%s", (text, expected) => {
    const { value } = readPolicyFile(`a: ${text}\n`, "f.yaml", "policy document");
    const found = (value as { a: unknown }).a;
    const written = found as { source?: string; unsure?: string } | null;
    if (expected === "unsure") expect([written?.source, typeof written?.unsure]).toEqual([text, "string"]);
    else if (expected === "sure") expect(written).toMatchObject({ source: text, kind: "a number" });
    else expect(String(found)).toBe(expected);
  });

  test("JSON: a number is a number only where that writes it again", () => {
    expect(read("[1, -0.5, 1.0, 1e3, 73002244556688990011, -0]", "f.json")).toEqual([
      1,
      -0.5,
      "1.0",
      "1e3",
      "73002244556688990011",
      "-0",
    ]);
    expect(read('{"__proto__": {"a": 1}, "\\ud83d\\ude00": "\\n"}', "f.json")).toEqual(
      JSON.parse('{"__proto__": {"a": 1}, "\\ud83d\\ude00": "\\n"}'),
    );
  });

  test("places of keys and items, and of the nearest parent", () => {
    const json = readPolicyFile('{"a":\n  [1,\n  {"b/c": 2}]}', "f.json", "policy document");
    expect(["/a", "/a/0", "/a/1/b~1c", "/a/1/x/y", ""].map((p) => json.placeAt(p))).toEqual([
      { line: 1, column: 2 },
      { line: 2, column: 4 },
      { line: 3, column: 4 },
      { line: 3, column: 3 },
      { line: 1, column: 1 },
    ]);
    const yaml = readPolicyFile("a: 1\n---\nb:\n  - c: 2\n", "f.yaml", "policy document", true);
    expect(["/0/a", "/1/b/0/c", "/1/z"].map((p) => yaml.placeAt(p))).toEqual([
      { line: 1, column: 1 },
      { line: 4, column: 5 },
      { line: 3, column: 1 },
    ]);
  });
});

describe("policy compare: files", () => {
  const role = JSON.stringify({ permissions: [{ actions: ["Microsoft.Compute/*"] }] });
  const utf16 = (text: string, order: "le" | "be", mark = true): Buffer => {
    const bytes = Buffer.from(`${mark ? "\uFEFF" : ""}${text}`, "utf16le");
    return order === "le" ? bytes : bytes.swap16();
  };
  const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
  const policy = (more: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, ...more }] }, undefined, 1);
  const files: Readonly<Record<string, string | Buffer>> = {
    "plain.json": role,
    "le.json": utf16(role, "le"),
    "be.json": utf16(role, "be"),
    "bare16.json": utf16(role, "le", false),
    "utf32.json": Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(role)]),
    "latin1.json": Buffer.from('{"permissions":[{"actions":["Caf\u00e9/*"]}]}', "latin1"),
    "space.json": role.replace("Compute/*", "Compute/*\u00a0"),
    "cyrillic.json": role.replace("Compute", "C\u043empute"),
    "end.json": role.replace("Compute/*", "Compute/* "),
    "nothing.json": role.replace(/"[^"]*Compute\/\*[^"]*"/, '""'),
    "page.json": JSON.stringify({ value: [JSON.parse(role)], nextLink: "https://example.com/next" }),
    "aws.json": policy({}),
    "misspelt.json": policy({ Condtion: {} }),
  };
  let cwd = "";
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), "chalk-audit-files-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  const compare = (documented: string, live: string, provider = "azure") =>
    ran(["policy", "compare", documented, "--live", live, "--provider", provider], { cwd });

  test.each(["le.json", "be.json"])("UTF-16 with its mark is read: %s", async (file) => {
    expect((await compare("plain.json", file)).status).toBe(0);
  });

  test.each([
    ["bare16.json", "found UTF-16 without a byte order mark; save it as UTF-8"],
    ["utf32.json", "found UTF-32; save it as UTF-8"],
    ["latin1.json", "found another encoding; save it as UTF-8"],
  ])("another encoding is named: %s", async (file, message) => {
    const { status, stderr } = await compare("plain.json", file);
    expect([status, stderr]).toEqual([
      2,
      `chalk-audit: ${file}: expected the policy document as UTF-8, ${message}\n`,
    ]);
  });

  test.each([
    ["space.json", "\\u{a0}"],
    ["cyrillic.json", "C\\u{43e}mpute"],
    ["end.json", "Compute/*\\u{20}"],
    ["nothing.json", ' ""\n'],
  ])("two texts that print alike are told apart: %s", async (file, shown) => {
    const { status, stdout } = await compare("plain.json", file);
    expect(status).toBe(1);
    expect(stdout.toLowerCase()).toContain(shown.toLowerCase());
  });

  test("G7: one page of a list is not the list", async () => {
    const { status, stderr } = await compare("plain.json", "page.json");
    expect([status, stderr]).toEqual([
      2,
      "chalk-audit: page.json: this is one page of a list, and the list goes on at nextLink; give all of it\n",
    ]);
  });

  test("AW13: a doubt has its place and the nearest name", async () => {
    const { status, stdout } = await compare("aws.json", "misspelt.json", "aws");
    expect(status).toBe(3);
    expect(stdout).toContain(" excess: * (misspelt.json:4:3)\n");
    expect(stdout).toContain('did you mean "Condition"? [AW13]');
  });
});
