import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { listBundled } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import { commandNames, flagsOf, scanFormats } from "../../src/cli/line/flags.ts";
import { version } from "../../src/cli/line/version.ts";
import { consoleOn } from "../../src/cli/output/progress.ts";
import { reporters } from "../../src/reporters/registry.ts";
import { ran } from "./shell.ts";

test("the version is that of the package", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
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

test("help: the formats are those of the reporters, placeholders of nothing are not shown", async () => {
  expect(scanFormats).toEqual(reporters.map(({ format }) => format));
  expect((await ran(["scan", "--help"])).stdout).toContain(
    "what to write (table, json, sarif, junit or markdown)",
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

describe("baseline and check", () => {
  test("baseline list: every bundled one, as text and as JSON", async () => {
    const bundled = listBundled().map(({ id, version: of }) => `${id}@${of}`);
    expect(bundled.length).toBeGreaterThan(1);
    const text = await ran(["baseline", "list"]);
    expect(
      text.stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(bundled);
    const json = JSON.parse((await ran(["baseline", "list", "--format", "json"])).stdout) as {
      id: string;
      version: string;
    }[];
    expect(json.map((each) => `${each.id}@${each.version}`)).toEqual(bundled);
  });

  test("baseline show: every control with its section, every parameter, every erratum", async () => {
    const { stdout } = await ran(["baseline", "show", "chalk-azure"]);
    const json = JSON.parse((await ran(["baseline", "show", "chalk-azure", "--format", "json"])).stdout) as {
      controls: { id: string; cite: { section: string } }[];
      parameters: Record<string, unknown>;
      errata: { text: string }[];
    };
    expect(json.controls.length).toBeGreaterThan(10);
    for (const { id, cite } of json.controls) {
      expect(stdout).toContain(`\n  ${id} (`);
      expect(stdout).toContain(`Page: "${cite.section}"`);
    }
    for (const name of Object.keys(json.parameters)) expect(stdout).toContain(`\n  ${name} `);
    for (const { text } of json.errata) expect(stdout).toContain(text.trim());
  });

  test("check list and explain: every check has a page, also by the id of a rule", async () => {
    const list = await ran(["check", "list"]);
    expect(
      list.stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(checks.map(({ id }) => id));
    for (const check of checks) {
      const page = await ran(["check", "explain", check.id]);
      expect(page.stdout.startsWith(`# ${check.id}\n`)).toBe(true);
      const [drift] = Object.keys(check.drifts);
      expect(await ran(["check", "explain", `${check.id}/${drift}`])).toEqual(page);
    }
  });
});

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("%s knows every command and every flag", async (shell) => {
    const { status, stdout } = await ran(["completion", shell]);
    expect(status).toBe(0);
    for (const name of commandNames) {
      for (const word of name.split(" ")) expect(stdout).toContain(word);
      for (const flag of flagsOf(name))
        expect(stdout).toContain(shell === "fish" ? `-l ${flag.name}` : `--${flag.name}`);
    }
    for (const { id } of checks) expect(stdout).toContain(id);
  });
});

describe("progress", () => {
  const written = (tty: boolean, options: { progress: boolean; quiet: boolean }) => {
    let text = "";
    const sink = {
      write: async (more: string) => {
        text += more;
      },
      isTTY: tty,
      columns: tty ? 24 : undefined,
    };
    const console = consoleOn(sink, { ...options, debug: false }, (line) =>
      line.replaceAll("\u001b", "\\u{1b}"),
    );
    console.progress("reading role assignments, page 3");
    console.say("said \u001b[31m");
    console.debug("unseen");
    console.clear();
    return text;
  };

  test("on a terminal: one line, no wider than it, taken away before anything is said", () => {
    expect(written(true, { progress: true, quiet: false })).toBe(
      "\r\u001b[2Kreading role assignmen…\r\u001b[2Ksaid \\u{1b}[31m\n",
    );
  });

  test("not on a terminal, not with --no-progress, not with --quiet", () => {
    expect(written(false, { progress: true, quiet: false })).toBe("said \\u{1b}[31m\n");
    expect(written(true, { progress: false, quiet: false })).toBe("said \\u{1b}[31m\n");
    expect(written(true, { progress: true, quiet: true })).toBe("");
  });
});
