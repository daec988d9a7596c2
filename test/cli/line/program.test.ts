import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commandNames, flagsOf, scanFormats } from "../../../src/cli/line/flags.ts";
import { version } from "../../../src/cli/line/version.ts";
import { reporters } from "../../../src/reporters/registry.ts";
import { ran } from "../shell.ts";

test("the version is that of the package", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(version).toBe(manifest.version);
  expect(await ran(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

describe("help", () => {
  test("the first help names every command, and every option of the default one", async () => {
    const { status, stdout, stderr } = await ran(["--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const name of new Set(commandNames.map((each) => each.split(" ")[0])))
      expect(stdout).toContain(`\n  ${name}`);
    for (const { name } of flagsOf("scan")) expect(stdout).toContain(`--${name}`);
    expect(stdout).toContain(
      "Exit status: 0 no drift, 1 drift, 2 usage or internal error, 3 something could not be assessed.",
    );
  });

  test.each(commandNames)("%s --help names its options", async (name) => {
    const { status, stdout } = await ran([...name.split(" "), "--help"]);
    expect(status).toBe(0);
    for (const flag of flagsOf(name)) expect(stdout).toContain(`--${flag.name}`);
  });
});

describe("T11: an option that says nothing here is refused, not passed over", () => {
  const beside = "fixtures/snapshots/azure/clean.json";
  test.each([
    ["--region", "eu-west-1", "is about aws, and only azure is looked at"],
    ["--role", "vendor", "is about aws, and only azure is looked at"],
    ["--profile", "p", "is about aws, and only azure is looked at"],
    ["--assume-role", "arn:aws:iam::123456789012:role/r", "is about aws, and only azure is looked at"],
    ["--namespace", "n", "is about kubernetes, and only azure is looked at"],
    ["--context", "c", "is about kubernetes, and only azure is looked at"],
    ["--kubeconfig", "k", "is about kubernetes, and only azure is looked at"],
    ["--tenant", "t", "says how to reach azure, and of that only recorded state is judged"],
    ["--azure-cloud", "china", "says how to reach azure, and of that only recorded state is judged"],
  ])("%s %s", async (option, value, expected) => {
    const { status, stdout, stderr } = await ran(["--snapshot", beside, "--max-age", "0", option, value]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`${option}: ${expected}`);
  });

  test.each([
    [["permissions", "--cloud", "azure"], "azure is"],
    [["preflight", "--cloud", "azure"], "azure is"],
    [["collect", "--cloud", "azure"], "azure is"],
    [["compare", beside, beside], "azure is"],
    [["scan", "--baseline", "chalk-helm", "--set", "values=package.json"], "files are"],
  ])("%j", async (line, looked) => {
    const { status, stdout, stderr } = await ran([...line, "--role", "vendor"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`--role: is about aws, and only ${looked} looked at`);
  });

  test("every option of one cloud says so", () => {
    const about = flagsOf("scan").filter(({ help }) =>
      /\b(?:Azure|AWS|Kubernetes|kubeconfig|Entra)\b/.test(help),
    );
    expect(about.filter(({ cloud }) => cloud === undefined).map(({ name }) => name)).toEqual([]);
  });
});

test("help: the formats are those of the reporters, placeholders of nothing are not shown", async () => {
  expect(scanFormats).toEqual(reporters.map(({ format }) => format));
  expect((await ran(["scan", "--help"])).stdout).toContain(
    "what to write (table, json, sarif, junit, markdown or html)",
  );
  expect((await ran(["compare", "--help"])).stdout).toContain("what to write (table or json)");
  for (const command of [[], ["scan"], ["policy"]])
    expect((await ran([...command, "--help"])).stdout).not.toMatch(/\[none|\[command\.\.\.\]/);
});

test.each([
  ["scan", "0 no drift, 1 drift, 2 usage or internal error, 3 something could not be assessed"],
  ["collect", "0 everything was read, 2 usage or internal error, 3 something could not be read"],
  ["compare", "0 no new drift, 1 drift is new or has changed, 2 usage error, 3 the new side is not complete"],
  [
    "policy compare",
    "0 equal, 1 different, 2 usage error or unreadable input, 3 undecided and otherwise equal",
  ],
  [
    "review",
    "0 nothing that was used breaks, 1 a recorded call would be refused, 2 usage or internal error, 3 something could not be read or decided",
  ],
  [
    "preflight",
    "0 every permission is there, 2 usage or internal error, 3 a permission is missing or a read failed",
  ],
  ["baseline list", "0 done, 2 usage or internal error"],
])("help of %s: the exit statuses are its own", async (name, statuses) => {
  const { stdout } = await ran([...name.split(" "), "--help"]);
  expect(stdout).toContain(`\nExit status: ${statuses}.\n`);
  const readable = ["scan", "collect", "compare", "review", "preflight"].includes(name);
  expect(stdout.includes("Every option is also read from CHALK_AUDIT_<OPTION>")).toBe(readable);
});

describe("help is a command too", () => {
  test.each<[readonly string[], readonly string[]]>([
    [["help"], ["--help"]],
    [
      ["help", "scan"],
      ["scan", "--help"],
    ],
    [
      ["help", "policy"],
      ["policy", "--help"],
    ],
    [
      ["help", "policy", "compare"],
      ["policy", "compare", "--help"],
    ],
  ])("%j says what %j says", async (line, same) => {
    const { status, stdout } = await ran(line);
    expect({ status, stdout }).toEqual({ status: 0, stdout: (await ran(same)).stdout });
    expect(stdout).toContain("Usage: chalk-audit");
  });

  test("of a command that there is not: refused, with the nearest", async () => {
    const { status, stdout, stderr } = await ran(["help", "scna"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain('unknown command "scna"; did you mean "scan"?');
  });
});

test("completion without a shell names the shells", async () => {
  const { status, stderr } = await ran(["completion"]);
  expect(status).toBe(2);
  expect(stderr).toContain("completion: expected the name of a shell: bash, zsh, fish");
});

test("an empty format is called that", async () => {
  const { status, stderr } = await ran([
    "scan",
    "--format=",
    "--snapshot",
    "fixtures/snapshots/azure/demo.json",
  ]);
  expect(status).toBe(2);
  expect(stderr).toContain(
    "--format: expected a format (table, json, sarif, junit, markdown, html), found an empty one",
  );
});
