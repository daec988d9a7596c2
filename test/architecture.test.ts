import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseOptions, type ICruiseResult, type IFlattenedRuleSet } from "dependency-cruiser";
import extractTypeScriptConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { afterEach, describe, expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { forbidden, options } = createRequire(import.meta.url)("../.dependency-cruiser.cjs") as {
  forbidden: IFlattenedRuleSet["forbidden"];
  options: ICruiseOptions;
};

async function look(baseDir: string): Promise<ICruiseResult> {
  const { output } = await cruise(
    ["src"],
    { ...options, baseDir, ruleSet: { forbidden } as IFlattenedRuleSet, validate: true },
    undefined,
    { tsConfig: extractTypeScriptConfig(join(root, "tsconfig.json")) },
  );
  if (typeof output === "string") throw new Error(output);
  return output;
}

const ofSources = (result: ICruiseResult) =>
  result.modules.map((module) => module.source).filter((source) => /^src\/.*\.ts$/.test(source));

describe("the layer rule of architecture.md", () => {
  test("holds, and every source file was read", async () => {
    const files = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
    expect(files.length).toBeGreaterThan(50);
    const result = await look(root);
    expect(result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual(
      [],
    );
    expect(ofSources(result).sort()).toEqual(files.sort());
    expect(result.summary.totalDependenciesCruised).toBeGreaterThan(files.length);
  }, 60_000);
});

describe("a breach is noticed", () => {
  let folder = "";
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const cases: readonly (readonly [rule: string, files: Readonly<Record<string, string>>])[] = [
    [
      "access-stands-alone",
      {
        "access/a.ts": 'import { b } from "../report/b.ts";\nexport const a = b;',
        "report/b.ts": "export const b = 1;",
      },
    ],
    ["access-stands-alone", { "access/a.ts": 'import { join } from "node:path";\nexport const a = join;' }],
    [
      "pure-parts-no-effects",
      { "checks/a.ts": 'import { readFileSync } from "node:fs";\nexport const a = readFileSync;' },
    ],
    [
      "reporters-below",
      {
        "reporters/a.ts": 'import { b } from "../checks/b.ts";\nexport const a = b;',
        "checks/b.ts": "export const b = 1;",
      },
    ],
    [
      "no-check-knows-another",
      {
        "checks/azure/a.ts": 'import { b } from "./b.ts";\nexport const a = b;',
        "checks/azure/b.ts": "export const b = 1;",
      },
    ],
    [
      "collectors-load-late",
      {
        "cli/a.ts": 'import { b } from "../collectors/azure/b.ts";\nexport const a = b;',
        "collectors/azure/b.ts": "export const b = 1;",
      },
    ],
    [
      "audit-below",
      {
        "audit/a.ts": 'import { b } from "../collectors/b.ts";\nexport const a = b;',
        "collectors/b.ts": "export const b = 1;",
      },
    ],
    [
      "nobody-imports-the-command-line",
      {
        "report/a.ts": 'import { b } from "../cli/b.ts";\nexport const a = b;',
        "cli/b.ts": "export const b = 1;",
      },
    ],
    [
      "no-junk-drawers",
      {
        "cli/a.ts": 'import { b } from "./utils.ts";\nexport const a = b;',
        "cli/utils.ts": "export const b = 1;",
      },
    ],
    [
      "no-circular",
      {
        "cli/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;',
        "cli/b.ts": 'import { a } from "./a.ts";\nexport const b = a;',
      },
    ],
    [
      "no-circular",
      {
        "cli/a.ts": 'import type { B } from "./b.ts";\nexport interface A { readonly b: B }',
        "cli/b.ts": 'import type { A } from "./a.ts";\nexport interface B { readonly a?: A }',
      },
    ],
    [
      "no-check-knows-another",
      {
        "checks/kafka/a.ts": 'import type { B } from "../queue/b.ts";\nexport const a = (b: B) => b;',
        "checks/queue/b.ts": "export type B = 1;",
      },
    ],
    [
      "every-folder-is-a-layer",
      {
        "extra/a.ts": 'import { b } from "./b.ts";\nexport const a = b;',
        "extra/b.ts": "export const b = 1;",
      },
    ],
    [
      "clouds-stand-apart",
      {
        "state/aws/a.ts": 'import { b } from "../azure/b.ts";\nexport const a = b;',
        "state/azure/b.ts": "export const b = 1;",
      },
    ],
    [
      "engines-stand-apart",
      {
        "access/aws/a.ts": 'import { b } from "../kubernetes/b.ts";\nexport const a = b;',
        "access/kubernetes/b.ts": "export const b = 1;",
      },
    ],
    ["not-to-unresolvable", { "cli/a.ts": 'import { b } from "./nowhere.ts";\nexport const a = b;' }],
  ];

  test.each(cases)("%s", async (rule, files) => {
    // Inside the repository, so that the tool's own packages are found as for the real sources.
    mkdirSync(join(root, ".cache"), { recursive: true });
    folder = mkdtempSync(join(root, ".cache", "layers-"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, "src", name)), { recursive: true });
      writeFileSync(join(folder, "src", name), text);
    }
    const result = await look(folder);
    expect(result.summary.violations.map((violation) => violation.rule.name)).toContain(rule);
  });

  test("a type is an import like any other: what a layer may not import it may not import as a type", async () => {
    mkdirSync(join(root, ".cache"), { recursive: true });
    folder = mkdtempSync(join(root, ".cache", "layers-"));
    mkdirSync(join(folder, "src/reporters"), { recursive: true });
    mkdirSync(join(folder, "src/snapshot"), { recursive: true });
    mkdirSync(join(folder, "src/report"), { recursive: true });
    writeFileSync(
      join(folder, "src/reporters/a.ts"),
      'import type { B } from "../snapshot/b.ts";\nimport type { C } from "../report/c.ts";\nexport const a: B | C = 1;',
    );
    writeFileSync(join(folder, "src/snapshot/b.ts"), "export type B = number;");
    writeFileSync(join(folder, "src/report/c.ts"), "export type C = number;");
    const result = await look(folder);
    expect(result.summary.violations.map(({ rule, to }) => [rule.name, to])).toEqual([
      ["reporters-below", "src/snapshot/b.ts"],
    ]);
    expect(ofSources(result).sort()).toEqual(["src/report/c.ts", "src/reporters/a.ts", "src/snapshot/b.ts"]);
  });
});
