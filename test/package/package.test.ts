import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { version } from "../../src/cli/line/version.ts";
import { writeExamples } from "../plugins/examples.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const run = promisify(execFile);
const megabyte = 1_000_000;

/** Runs a program elsewhere: offline, with a cache of its own, so that nothing is found that was not packed. */
async function at(cwd: string, program: string, ...args: string[]) {
  const env = {
    ...process.env,
    npm_config_offline: "true",
    npm_config_cache: join(folder, "cache"),
    NO_COLOR: "1",
  };
  const done = await run(program, args, { cwd, env, maxBuffer: 64 * megabyte }).then(
    (output) => ({ status: 0, ...output }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      status: error.code,
      stdout: error.stdout,
      stderr: error.stderr,
    }),
  );
  return { status: done.status, stdout: String(done.stdout), stderr: String(done.stderr) };
}

let folder = "";
let user = "";
let packed: {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
};

/** `npm pack` as it would be published, and installed by somebody else from that file. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "chalk-audit-package-"));
  user = join(folder, "user");
  const pack = await at(root, "npm", "pack", "--json", "--pack-destination", folder);
  expect(pack.status, pack.stderr).toBe(0);
  // What the build prints comes before npm's own answer.
  packed = (
    JSON.parse(pack.stdout.slice(pack.stdout.indexOf("[\n"))) as (typeof packed)[]
  )[0] as typeof packed;
  await run("mkdir", ["-p", user]);
  writeFileSync(join(user, "package.json"), '{ "name": "user", "private": true, "type": "module" }');
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) as string;
  const install = await at(user, "npm", "install", "--no-audit", "--no-fund", join(folder, tarball));
  expect(install.status, install.stderr).toBe(0);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installed = (...path: string[]) => join(user, "node_modules", "chalk-audit", ...path);

describe("the package", () => {
  test("brings no other package, and is under 5 MB packed and unpacked", () => {
    expect(readdirSync(join(user, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "chalk-audit",
    ]);
    expect(packed.size).toBeLessThan(5 * megabyte);
    expect(packed.unpackedSize).toBeLessThan(5 * megabyte);
    expect(packed.unpackedSize).toBeGreaterThan(megabyte / 2);
  });

  test("holds what it must, and no sources, tests or maps", () => {
    const paths = packed.files.map(({ path }) => path);
    for (const needed of [
      "dist/main.js",
      "dist/worker.js",
      "dist/index.js",
      "dist/types/index.d.ts",
      "baselines/lock.json",
      "baselines/baseline.schema.json",
      "schemas/report.schema.json",
      "fixtures/snapshots/azure/demo.json",
      "THIRD_PARTY_LICENSES",
      "LICENSE",
      "package.json",
    ]) {
      expect(paths).toContain(needed);
    }
    expect(paths.filter((path) => /^(src|test|scripts|bench|\.)|\.map$|\.test\./.test(path))).toEqual([]);
    const { dependencies } = JSON.parse(readFileSync(installed("package.json"), "utf8")) as {
      dependencies?: object;
    };
    expect(dependencies).toBeUndefined();
  });

  test("every bundled package is named with its licence, and none is under a licence that spreads", () => {
    const text = readFileSync(installed("THIRD_PARTY_LICENSES"), "utf8");
    const licences = [...text.matchAll(/^Licence: (.+)$/gm)].map(([, licence]) => licence as string);
    expect(licences.length).toBeGreaterThan(20);
    expect(licences.filter((licence) => /GPL|SSPL|BUSL/i.test(licence))).toEqual([]);
    for (const name of ["@azure/identity", "commander", "yaml", "ajv"])
      expect(text).toMatch(new RegExp(`^${name} \\d`, "m"));
  });

  test("no path of the machine that built it is in the bundle", () => {
    const files = packed.files.filter(({ path }) => /\.(js|ts|json|yaml)$/.test(path));
    expect(files.length).toBeGreaterThan(30);
    for (const { path } of files)
      expect(readFileSync(installed(path), "utf8").includes(root), path).toBe(false);
  });
});

describe("elsewhere, offline", () => {
  test("npx chalk-audit --version", async () => {
    expect(await at(user, "npx", "--no-install", "chalk-audit", "--version")).toMatchObject({
      status: 0,
      stdout: `${version}\n`,
    });
    expect(statSync(installed("dist/main.js")).mode & 0o111).not.toBe(0);
  });

  test("the demo state: drift, exit 1", async () => {
    const demo = installed("fixtures/snapshots/azure/demo.json");
    const { status, stdout } = await at(
      user,
      "npx",
      "--no-install",
      "chalk-audit",
      "--cloud",
      "azure",
      "--snapshot",
      demo,
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/^DRIFT: .* Exit 1\.$/m);
  });

  test("import { comparePolicies } runs", async () => {
    writeFileSync(
      join(user, "use.mjs"),
      `import { allows, comparePolicies, formats, listBundled, loadBaseline } from "chalk-audit";
const documented = [{ permissions: [{ actions: ["Microsoft.Compute/virtualMachines/*"] }] }];
const live = [{ permissions: [{ actions: ["Microsoft.Compute/*"] }] }];
const { missing, excess, undecided } = comparePolicies("azure", documented, live);
console.log(JSON.stringify({
  counts: [missing.length, excess.length, undecided.length],
  replay: excess.map(({ witness }) => [allows("azure", documented, witness), allows("azure", live, witness)]),
  formats,
  bundled: listBundled().length === new Set(listBundled().map(({ file }) => loadBaseline(file.split("/")[1]).baseline.id)).size,
}));\n`,
    );
    const { status, stdout, stderr } = await at(user, process.execPath, "use.mjs");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      counts: [0, 1, 0],
      replay: [["denied", "allowed"]],
      formats: [
        "table",
        "json",
        "sarif",
        "junit",
        "markdown",
        "html",
        "csv",
        "ocsf",
        "oscal",
        "gitlab-sast",
        "gitlab-codequality",
      ],
      bundled: true,
    });
  });

  test("docs/plugins.md: the check and the reporter run, the collector's permission is printed, another's module is named", async () => {
    const example = writeExamples(join(user, "plugins"));
    writeFileSync(
      join(user, "groups.yaml"),
      `id: acme-groups
version: "1"
title: Groups
cloud: azure
source: { url: https://acme.example, captured: 2026-11-28 }
controls:
  - id: names
    title: Named after the team
    why: So that one finds them.
    check: acme/group-names
    cite: { section: Names }
    with: { prefix: rg-no-such- }
  - id: budget
    title: The budget is a thousand at most
    why: Nobody wants a surprise.
    check: config/setting
    cite: { section: Budgets }
    with: { kind: azure/x-acme-budget, path: properties.amount, atMost: 1000 }
`,
    );
    const demo = installed("fixtures/snapshots/azure/demo.json");
    const scan = ["--no-install", "chalk-audit", "--snapshot", demo, "--baseline", "groups.yaml"];
    const plugins = ["check.mjs", "reporter.mjs"].flatMap((name) => ["--plugin", example(name)]);
    const found = await at(user, "npx", ...scan, ...plugins, "--format", "acme-list");
    const groups = (
      JSON.parse(readFileSync(demo, "utf8")) as { documents: { kind: string; body: { name: string } }[] }
    ).documents.filter(({ kind }) => kind === "azure/resource-group");
    expect(groups.length).toBeGreaterThan(0);
    expect(
      found.stdout
        .split("\n")
        .filter((line) => line.includes("acme/group-names"))
        .sort(),
    ).toEqual(groups.map(({ body }) => `medium acme/group-names/changed ${body.name}`).sort());
    expect(found.status, found.stderr).toBe(1);
    const without = await at(user, "npx", ...scan);
    expect(without.status).toBe(2);
    expect(without.stderr).toMatch(/acme\/group-names/);
    const listed = await at(user, "npx", "--no-install", "chalk-audit", "check", "list", ...plugins);
    expect(listed.stdout).toMatch(/^acme\/group-names +azure /m);
    const permissions = await at(
      user,
      "npx",
      ...["--no-install", "chalk-audit", "permissions", "--cloud", "azure", "--baseline", "groups.yaml"],
      ...["--plugin", example("check.mjs"), "--plugin", example("collector.mjs")],
    );
    expect(permissions.stdout).toContain("Microsoft.Consumption/budgets/read");
    writeFileSync(
      join(user, "bad.mjs"),
      'export const name = "bad"; await new Promise(() => setInterval(() => {}, 1000));',
    );
    const hanging = await at(user, "npx", ...scan, "--plugin", "bad.mjs");
    expect([hanging.status, hanging.stdout]).toEqual([2, ""]);
    expect(hanging.stderr).toMatch(/^chalk-audit: plugin bad\.mjs: did not load within 10 s$/m);
  }, 120_000);

  test("its types are whole: a strict program compiles against them, a wrong one does not", async () => {
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const flags = [
      "--noEmit",
      "--strict",
      "--exactOptionalPropertyTypes",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--lib",
      "es2023",
      "--skipLibCheck",
      "false",
    ];
    writeFileSync(
      join(user, "right.mts"),
      `import { audit, comparePolicies, exitCode, parseBaseline, readReport, readSnapshot, render } from "chalk-audit";
import type { Comparison, Report, Residue, Snapshot } from "chalk-audit";
const comparison: Comparison = comparePolicies("azure", [{}], [{}], { catalog: ["A/b/read"] });
const first: Residue | undefined = comparison.excess[0];
const snapshot: Snapshot = readSnapshot("{}", "x.json");
const report: Report = audit({ baselines: [parseBaseline("", "b.yaml")], snapshots: [{ snapshot }], clouds: ["azure"], now: "", version: "1" });
const code: 0 | 1 | 3 = exitCode(readReport("{}", "r.json"), { failOn: "low", allowIncomplete: false });
const text: string | undefined = render(report, "table", { exitCode: code });
export { first, text };\n`,
    );
    expect(await at(user, process.execPath, tsc, ...flags, "right.mts")).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    writeFileSync(
      join(user, "wrong.mts"),
      'import { comparePolicies } from "chalk-audit";\ncomparePolicies("gcp", [], []);\n',
    );
    const wrong = await at(user, process.execPath, tsc, ...flags, "wrong.mts");
    expect(wrong.stdout).toMatch(/^wrong\.mts\(2,17\): error TS2345: /);
  });

  test("a schema can be imported by its path", async () => {
    const code =
      'import schema from "chalk-audit/schemas/report.schema.json" with { type: "json" };\nconsole.log(typeof schema);';
    writeFileSync(join(user, "schema.mjs"), code);
    expect((await at(user, process.execPath, "schema.mjs")).stdout).toBe("object\n");
    expect(existsSync(installed("baselines", "baseline.schema.json"))).toBe(true);
  });
});
