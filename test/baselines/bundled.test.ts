import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultBaseline, listBundled, loadBaseline } from "../../src/baselines/bundled.ts";
import { BaselineError } from "../../src/baselines/problem.ts";
import { checks } from "../../src/checks/registry.ts";
import { limits, shapes } from "./shapes.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof BaselineError) return error.message;
    throw error;
  }
  return "accepted";
}

/** `id@version` of every file below `baselines/`, by its path. */
function released(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of readdirSync(join(root, "baselines"), { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const file of readdirSync(join(root, "baselines", folder.name))) {
      found.set(`${folder.name}@${file.replace(/\.yaml$/, "")}`, join(root, "baselines", folder.name, file));
    }
  }
  return found;
}

describe("the released baselines", () => {
  const lock = JSON.parse(readFileSync(join(root, "baselines/lock.json"), "utf8")) as {
    defaults: Record<string, string>;
    files: Record<string, string>;
  };

  test("every file is in the lock, and none has changed since", () => {
    const hashes = Object.fromEntries(
      [...released()].map(([key, file]) => [
        key,
        createHash("sha256").update(readFileSync(file)).digest("hex"),
      ]),
    );
    expect(Object.keys(hashes).length).toBeGreaterThan(0);
    expect(hashes).toEqual(lock.files);
  });

  test("each loads, says the id and version of its path, and has the hash of its bytes", () => {
    const seen = listBundled().map((entry) => {
      const loaded = loadBaseline(`${entry.id}@${entry.version}`, checks);
      return {
        key: `${loaded.baseline.id}@${loaded.baseline.version}`,
        file: loaded.file,
        sha256: loaded.sha256,
      };
    });
    expect(seen).toEqual(
      Object.entries(lock.files).map(([key, sha256]) => ({
        key,
        file: `baselines/${key.replace("@", "/")}.yaml`,
        sha256,
      })),
    );
  });

  test("the default of each cloud exists and is of that cloud", () => {
    expect(defaultBaseline("azure")).toBe("chalk-azure");
    expect(defaultBaseline("aws")).toBe("chalk-aws");
    expect(defaultBaseline("kubernetes")).toBeUndefined();
    const clouds = Object.entries(lock.defaults).map(([cloud, id]) => [
      cloud,
      loadBaseline(id, checks).baseline.cloud,
    ]);
    expect(clouds).toEqual([
      ["aws", "aws"],
      ["azure", "azure"],
    ]);
  });
});

describe("finding a baseline", () => {
  let folder = "";
  const text = limits("{ high: 1 }").replace("id: acme", "id: lake");
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "baselines-"));
    for (const version of ["1.9", "1.10", "1.2"]) {
      mkdirSync(join(folder, "baselines", "lake"), { recursive: true });
      writeFileSync(
        join(folder, "baselines", "lake", `${version}.yaml`),
        text.replace("version: 2026-01-31", `version: "${version}"`),
      );
    }
    writeFileSync(
      join(folder, "baselines", "lock.json"),
      JSON.stringify({
        defaults: {},
        files: { "lake@1.10": "a", "pond@2026-01-01": "d", "lake@1.2": "b", "lake@1.9": "c" },
      }),
    );
    writeFileSync(join(folder, "own.yaml"), text);
    writeFileSync(join(folder, "latin1.yaml"), Buffer.from([0x69, 0x64, 0x3a, 0x20, 0xe9]));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("the list: by id, the newest version first, versions by their numbers", () => {
    expect(listBundled({ root: folder })).toEqual([
      { id: "lake", version: "1.10", sha256: "a", file: "baselines/lake/1.10.yaml", newest: true },
      { id: "lake", version: "1.9", sha256: "c", file: "baselines/lake/1.9.yaml", newest: false },
      { id: "lake", version: "1.2", sha256: "b", file: "baselines/lake/1.2.yaml", newest: false },
      {
        id: "pond",
        version: "2026-01-01",
        sha256: "d",
        file: "baselines/pond/2026-01-01.yaml",
        newest: true,
      },
    ]);
  });

  test("by id the newest, by id and version that one, by path any file", () => {
    const load = (spec: string) => {
      const { baseline, file } = loadBaseline(spec, shapes, { root: folder });
      return [baseline.id, baseline.version, file];
    };
    expect(load("lake")).toEqual(["lake", "1.10", "baselines/lake/1.10.yaml"]);
    expect(load("lake@1.9")).toEqual(["lake", "1.9", "baselines/lake/1.9.yaml"]);
    const own = join(folder, "own.yaml");
    expect(load(own)).toEqual(["lake", "2026-01-31", own]);
  });

  test.each([
    [
      "lak",
      'unknown baseline "lak": bundled are lake, pond; a file is given by its path (./lak.yaml); did you mean "lake"?',
    ],
    ["river", 'unknown baseline "river": bundled are lake, pond; a file is given by its path (./river.yaml)'],
    [
      "lake@1.11",
      'unknown version "1.11" of baseline lake: bundled are 1.10, 1.9, 1.2; did you mean "1.10"?',
    ],
    ["lake@", 'unknown version "" of baseline lake: bundled are 1.10, 1.9, 1.2'],
    ["", 'unknown baseline "": bundled are lake, pond; a file is given by its path (./.yaml)'],
    [
      "lake@1.9@x",
      'unknown version "1.9@x" of baseline lake: bundled are 1.10, 1.9, 1.2; did you mean "1.9"?',
    ],
  ])("%j is not there", (spec, message) => {
    expect(errorOf(() => loadBaseline(spec, shapes, { root: folder }))).toBe(message);
  });

  test("files that cannot be read", () => {
    const missing = join(folder, "missing.yaml");
    expect(errorOf(() => loadBaseline(missing, shapes))).toBe(`${missing}: no such file`);
    const directory = `${folder}/`;
    expect(errorOf(() => loadBaseline(directory, shapes))).toBe(
      `${directory}: expected a file, found a folder`,
    );
    const latin1 = join(folder, "latin1.yaml");
    expect(errorOf(() => loadBaseline(latin1, shapes))).toBe(
      `${latin1}: expected text in UTF-8, found other bytes`,
    );
  });

  test("an endless file is refused, not read (fault 30)", () => {
    const endless = join(folder, "endless.yaml");
    symlinkSync("/dev/zero", endless);
    expect(errorOf(() => loadBaseline(endless, shapes))).toBe(
      `${endless}:1:1: expected at most 1000000 bytes, found 1000001`,
    );
  });
});
