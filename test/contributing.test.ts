import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));

/** The paths in quotes of a text. */
const paths = (text: string): string[] =>
  [...text.matchAll(/`((?:src|baselines|fixtures)\/[^`]*)`/g)].flatMap(([, path]) => path ?? []);

/** A row of the table: what it says to touch, and its example. */
function row(what: string): { readonly touch: readonly string[]; readonly example: string } {
  const line = page.split("\n").find((each) => each.startsWith(`| ${what}`));
  const [, , touch = "", as = ""] = line?.split(" | ") ?? [];
  const parts = line?.split("|").map((each) => each.trim()) ?? [];
  expect(parts, `the row "${what}" of CONTRIBUTING.md`).toHaveLength(5);
  return { touch: paths(parts[2] ?? touch), example: (parts[3] ?? as).replaceAll("`", "") };
}

const naming = (text: string | RegExp, folders: readonly string[]): string[] =>
  sources
    .filter((path) => folders.some((folder) => path.startsWith(`src/${folder}`)))
    .filter((path) => (typeof text === "string" ? read(path).includes(text) : text.test(read(path))))
    .sort();

/** From where a file imports values. */
const valuesFrom = (path: string): readonly string[] =>
  [...read(path).matchAll(/^import (?!type)[^;]*? from "([^"]+)"/gm)].map(([, from]) => from ?? "");

describe("the page of what one touches", () => {
  it("a plain setting is data alone: no source knows the vendor or the setting", () => {
    const { touch, example } = row("a plain setting");
    expect(touch).toEqual([]);
    const controls = [...read(example).matchAll(/check: config\/setting/g)];
    expect(controls.length).toBeGreaterThan(0);
    const id = /^id: (.+)$/m.exec(read(example))?.[1] ?? "no id";
    expect(naming(id, [""])).toEqual([]);
  });

  it("a coded check: its file and the registry, and nothing else knows it", () => {
    const { touch, example } = row("a coded check");
    const file = example.split("/").at(-1) ?? "";
    expect(touch.map((path) => path.replace("<area>/<name>", example)).sort()).toEqual(
      naming(new RegExp(`/${file}\\.ts"|id: "${example}"`), [""]),
    );
  });

  it.each(["Azure", "AWS", "Kubernetes"])("a kind of %s: its row and its reading", (provider) => {
    const { touch, example } = row(`a kind of document of ${provider}`);
    const readers = naming(`"${example}"`, ["snapshot/", "collectors/", "permissions/", "cli/", "audit/"]);
    expect(readers).toHaveLength(touch.length);
    touch.forEach((path) => {
      const pattern = new RegExp(`^${path.replace("<service>", "[a-z0-9-]+")}$`);
      expect(
        readers.filter((each) => pattern.test(each)),
        path,
      ).toHaveLength(1);
    });
  });

  it("a service of AWS: rows, its file, the registry", () => {
    const { touch, example } = row("a service of AWS");
    expect(touch.map((path) => path.replace("<service>", example)).sort()).toEqual(
      naming(new RegExp(`"(?:\\./)?${example}(?:\\.ts)?"`), [
        "snapshot/",
        "collectors/",
        "permissions/",
        "cli/",
      ]),
    );
  });

  it("a format: its file, the registry, the flag; the reporters of others do not know it", () => {
    const { touch, example } = row("a format");
    const files = naming(new RegExp(`"(?:\\./)?${example}(?:\\.ts)?"`), [
      "reporters/",
      "cli/line/",
      "cli/output/",
    ]);
    expect(touch.map((path) => path.replace("<format>", example)).sort()).toEqual(files);
  });

  it("several settings of a resource are data alone", () => {
    const { touch, example } = row("several settings");
    expect(touch).toEqual([]);
    expect(read(example)).toContain("check: config/resource-state");
    const ids = read(example)
      .split(/^ *- id: /m)
      .filter((text) => text.includes("check: config/resource-state"))
      .map((text) => text.split("\n")[0] ?? "");
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.flatMap((id) => naming(`"${id}"`, [""]))).toEqual([]);
  });

  it("a command: its file, the command line, its flags", () => {
    const { touch, example } = row("a command");
    expect(touch.map((path) => path.replace("<name>", example)).sort()).toEqual(
      [
        ...naming(new RegExp(`"${example}"|/${example}\\.ts"`), ["cli/"]),
        `src/cli/commands/${example}.ts`,
      ].sort(),
    );
    expect(sources).toContain(`src/cli/commands/${example}.ts`);
  });

  it("a clause: what decides and what compares know nothing of each other, and mutants are of both", () => {
    const lines = page.split("\n").filter((each) => /^\| (Azure|AWS|Kubernetes) \| `src\/access/.test(each));
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      const [evaluator = "", comparison = "", oracle = "", mutants = ""] = [
        ...line.matchAll(/`([^`]+)`/g),
      ].map(([, path]) => path ?? "");
      for (const [one, other] of [
        [evaluator, comparison],
        [comparison, evaluator],
      ] as const)
        expect(valuesFrom(one), `${one} imports ${other}`).not.toContain(`./${other.split("/").at(-1)}`);
      expect(read(oracle)).not.toMatch(/^import (?!type).*src\//m);
      const files = (JSON.parse(read(mutants)) as readonly { readonly file: string }[]).map(
        ({ file }) => file,
      );
      expect(files, mutants).toEqual(
        expect.arrayContaining([expect.stringContaining(dirname(evaluator))] as string[]),
      );
    }
  });

  it("a fault: its row, its answer, its tests", () => {
    const named = [...(page.split("**A fault**")[1]?.split("\n\n")[0] ?? "").matchAll(/`([^`]+)`/g)].map(
      ([, path]) => path ?? "",
    );
    expect(named).toHaveLength(3);
    for (const path of named)
      for (const provider of ["azure", "aws", "kubernetes"])
        expect(read(path.replace("<provider>", provider)).length).toBeGreaterThan(0);
  });

  it("a baseline: the version's file and the lock", () => {
    const { example } = row("a baseline");
    expect(readdirSync(join(root, example)).some((name) => name.endsWith(".yaml"))).toBe(true);
    expect(read("baselines/lock.json")).toContain(example.replace("baselines/", ""));
  });

  it("a cloud: a place that lacks it does not compile, and the page names each", () => {
    const named = [...(page.split("**A cloud**")[1] ?? "").matchAll(/^- `(src\/[^`]+)`/gm)].map(
      ([, path]) => path,
    );
    const config = ts.getParsedCommandLineOfConfigFile(
      join(root, "tsconfig.json"),
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: (problem) => {
          throw new Error(String(problem.messageText));
        },
      },
    );
    const options = config?.options ?? {};
    const host = ts.createCompilerHost(options);
    const policy = join(root, "src/access/policy.ts");
    const { readFile } = host;
    const widened = read("src/access/policy.ts").replace(
      '"kubernetes"] as const',
      '"kubernetes", "gcp"] as const',
    );
    expect(widened).toContain("gcp");
    host.readFile = (path) => (path === policy ? widened : readFile(path));
    const getSource = host.getSourceFile;
    host.getSourceFile = (path, ...rest) =>
      path === policy ? ts.createSourceFile(path, widened, ts.ScriptTarget.ES2023) : getSource(path, ...rest);
    const program = ts.createProgram(
      // the script of the HTML report is a program of its own, for a browser
      sources.filter((path) => !path.startsWith("src/reporters/html/page/")).map((path) => join(root, path)),
      options,
      host,
    );
    const failing = program
      .getSemanticDiagnostics()
      .flatMap(({ file }) =>
        file === undefined ? [] : [relative(root, file.fileName).split(sep).join("/")],
      );
    expect([...new Set(failing)].sort()).toEqual([...named].sort());
    expect(named.length).toBeGreaterThan(5);
  }, 180_000);
});

it("docs/architecture.md names only what is there", () => {
  const named = [
    ...read("docs/architecture.md").matchAll(/`((?:src\/)?[a-z][\w/-]*\.ts)`|`(src\/[\w/-]+)`/g),
  ].map(([, file, folder]) => file ?? folder ?? "");
  const there = (path: string) =>
    sources.some((each) => each === path || each.endsWith(`/${path}`) || each.startsWith(`${path}/`));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !there(path))).toEqual([]);
});

it("docs/faults.md has each fault that is cited, and a test cites each that can happen", () => {
  const rows = [...read("docs/faults.md").matchAll(/^\| (\d+) \| .* \| (.*) \|$/gm)];
  const tests = (readdirSync(join(root, "test"), { recursive: true }) as string[]).filter((path) =>
    path.endsWith(".ts"),
  );
  const cited = new Set(
    [...sources, ...tests.map((path) => `test/${path}`)].flatMap((path) =>
      [...read(path).matchAll(/\bfaults? (\d+)((?:(?:,| and| to) (?:fault )?\d+)*)/gi)].flatMap(
        ([, first = "", rest = ""]) => {
          const numbers = [first, ...(rest.match(/\d+/g) ?? [])].map(Number);
          const [from = 0, to = 0] = numbers;
          return / to /.test(rest) ? Array.from({ length: to - from + 1 }, (_, i) => from + i) : numbers;
        },
      ),
    ),
  );
  expect(rows.length).toBeGreaterThan(40);
  const expected = rows.filter(([, , what]) => !what?.includes("without a test")).map(([, n]) => Number(n));
  expect([...cited].sort((a, b) => a - b)).toEqual(expected);
});
