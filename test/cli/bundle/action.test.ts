import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import type { Report } from "../../../src/report/report.ts";
import { startArm } from "../../servers/arm.ts";
import { roleAssignment, roleDefinition } from "../../servers/azure-state.ts";
import { ended } from "./command.ts";
import { documentedState, everythingElse, principalId, widenedState } from "./world.ts";

/** The action's entry, run as GitHub's runner runs it. */

const demo = resolve("fixtures/snapshots/azure/demo.json");
const clean = resolve("fixtures/snapshots/azure/clean.json");
const { inputs } = parse(readFileSync("action.yml", "utf8")) as {
  inputs: Record<string, { default?: string }>;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chalk-audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every input is in the environment, the ones not given by their default or empty, as the runner has it. */
async function step(
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  cwd = folder,
) {
  const [output, summary] = [join(folder, "OUTPUT"), join(folder, "SUMMARY")];
  writeFileSync(output, "");
  writeFileSync(summary, "# An earlier step\n");
  for (const name of Object.keys(given)) if (!(name in inputs)) throw new Error(`${name} is no input`);
  const variables = Object.fromEntries(
    Object.entries(inputs).map(([name, { default: fallback = "" }]) => [
      `INPUT_${name.toUpperCase()}`,
      given[name] ?? fallback,
    ]),
  );
  const done = await ended(
    spawn(process.execPath, [join(dirname(inject("main")), "action.js")], {
      cwd,
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...variables,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  return {
    ...done,
    outputs: outputsIn(readFileSync(output, "utf8")),
    summary: readFileSync(summary, "utf8"),
    commands: commandsIn(done.stdout),
  };
}

/** GITHUB_OUTPUT as the runner reads it. */
function outputsIn(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i += 1) {
    const [, name, delimiter] = /^([^=<]+)<<(.+)$/.exec(lines[i] ?? "") ?? [];
    if (name === undefined) {
      if (lines[i] !== "") throw new Error(`the runner refuses: ${lines[i]}`);
      continue;
    }
    const end = lines.indexOf(delimiter ?? "", i + 1);
    if (end < 0) throw new Error(`the output ${name} does not end`);
    outputs[name] = lines.slice(i + 1, end).join("\n");
    i = end;
  }
  return outputs;
}

/** The commands that the runner obeys in a log: none between `stop-commands` and its token. */
function commandsIn(log: string): readonly string[] {
  const obeyed: string[] = [];
  let token: string | undefined;
  for (const line of log.split(/\r\n|\r|\n/).map((each) => each.trim())) {
    if (token !== undefined) {
      if (line === `::${token}::`) token = undefined;
      continue;
    }
    const stop = /^::stop-commands::(.+)$/.exec(line)?.[1];
    if (stop !== undefined) token = stop;
    else if (line.startsWith("::") || /##(?:vso)?\[/.test(line)) obeyed.push(line);
  }
  if (token !== undefined) throw new Error("commands stay stopped for the steps that follow");
  return obeyed;
}

describe("the action, as a runner runs it", () => {
  test("drift: exit 1, every output, the files, the summary after what stood there, one annotation", async () => {
    const { status, stdout, outputs, summary, commands } = await step({ snapshot: demo });
    const report = JSON.parse(
      readFileSync(join(folder, "chalk-audit-results/report.json"), "utf8"),
    ) as Report;
    expect(status).toBe(1);
    const { controls, findings } = report.summary;
    const texts = (counts: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, String(n)]));
    const incomplete = report.targets.some(({ complete }) => !complete);
    expect(outputs).toEqual({
      outcome: "drift",
      drift: "true",
      complete: String(!incomplete && controls["unknown"] === 0),
      "exit-code": "1",
      ...texts(controls),
      ...texts(findings),
      new: "",
      updated: "",
      gone: "",
      report: "chalk-audit-results/report.json",
      sarif: incomplete ? "" : "chalk-audit-results/report.sarif",
      "sarif-incomplete": incomplete ? "chalk-audit-results/report.incomplete.sarif" : "",
      junit: "chalk-audit-results/report.junit.xml",
      summary: "chalk-audit-results/summary.md",
    });
    for (const name of ["report", "sarif", "sarif-incomplete", "junit", "summary"])
      if (outputs[name] !== "") expect(existsSync(join(folder, outputs[name] ?? "")), name).toBe(true);
    expect(summary).toBe(
      `# An earlier step\n${readFileSync(join(folder, "chalk-audit-results/summary.md"), "utf8")}`,
    );
    expect(commands).toEqual([
      `::error title=chalk-audit::drift: ${controls.fail} controls fail, ${controls.unknown} could not be assessed`,
    ]);
    expect(stdout).toContain("\nDRIFT: ");
  });

  test("every night: nothing is new, so the step is green; a first night has nothing to compare with", async () => {
    const night = { snapshot: demo, since: "chalk-audit-results/report.json", "fail-on-new": "true" };
    const first = await step(night);
    expect(first.status).toBe(1);
    expect(first.commands[0]).toBe(
      "::notice title=chalk-audit::chalk-audit-results/report.json is not there, so there is nothing to compare with: everything counts as new",
    );
    const next = await step({ ...night, "allow-incomplete": "true" });
    expect(next.status).toBe(0);
    // T7: the step is green, and the drift of the night before is still there
    expect(next.outputs).toMatchObject({
      outcome: "drift",
      drift: "true",
      new: "0",
      updated: "0",
      gone: "0",
    });
    expect(next.summary).toContain("None of it is new.");
    const after = await step({ ...night, snapshot: clean, "allow-incomplete": "true" });
    expect([after.status, after.outputs["new"], Number(after.outputs["gone"]) > 0]).toEqual([0, "0", true]);
  });

  test("no drift: exit 0, no annotation; the summary is left alone when it is not wanted", async () => {
    const done = await step({ snapshot: clean, summary: "false", "output-directory": "a/b" });
    expect([done.status, done.outputs["outcome"], done.commands]).toEqual([0, "clean", []]);
    expect(done.outputs["sarif"]).toBe("a/b/report.sarif");
    expect(done.summary).toBe("# An earlier step\n");
  });

  test("an error: exit 2, no files claimed, and no SARIF of an earlier run left to be uploaded", async () => {
    await step({ snapshot: clean });
    const { status, outputs, commands, summary, stderr } = await step({ snapshot: "missing.json" });
    expect(status).toBe(2);
    expect(outputs).toEqual({
      ...Object.fromEntries(Object.keys(outputs).map((name) => [name, ""])),
      outcome: "error",
      "exit-code": "2",
    });
    expect(existsSync(join(folder, "chalk-audit-results/report.sarif"))).toBe(false);
    expect(summary).toBe("# An earlier step\n");
    expect(commands).toEqual(["::error title=chalk-audit::the audit could not be made; the log says why"]);
    expect(stderr).toContain("chalk-audit: missing.json");
    const odd = await step({ snapshot: clean, quiet: "maybe" });
    expect([odd.status, odd.commands]).toEqual([
      2,
      ['::error title=chalk-audit::input quiet: expected true or false, found "maybe"'],
    ]);
  });

  test("T3: a folder of the checkout that is a link out of it: nothing is removed or written there", async () => {
    const repository = join(folder, "checkout");
    mkdirSync(join(repository, ".git"), { recursive: true });
    mkdirSync(join(folder, "away"));
    writeFileSync(join(folder, "away/summary.md"), "precious");
    symlinkSync("../away", join(repository, "chalk-audit-results"));
    const { status, commands, outputs } = await step({ snapshot: clean }, {}, repository);
    expect([status, outputs["report"] ?? ""]).toEqual([2, ""]);
    expect(commands).toEqual([
      "::error title=chalk-audit::input output-directory: chalk-audit-results is a link to what is outside the repository; name the place itself",
    ]);
    expect(readdirSync(join(folder, "away"))).toEqual(["summary.md"]);
    expect(readFileSync(join(folder, "away/summary.md"), "utf8")).toBe("precious");
  });

  test("faults 16, 27: a target that cannot be read has no SARIF output; names from the cloud command nothing", async () => {
    const evil = "\r\n::stop-commands::x\n::error::y ##vso[task.x] ::add-mask::z";
    const role = "d0000000-0000-4000-8000-00000000000e";
    const state = widenedState("Microsoft.Compute/*");
    const arm = await startArm({
      ...everythingElse,
      ...documentedState({
        roleDefinitions: [
          ...(state.roleDefinitions ?? []),
          roleDefinition({ id: role, name: evil, permissions: [{ actions: ["*"] }] }),
        ],
        roleAssignments: [
          ...(state.roleAssignments ?? []),
          roleAssignment({ name: "e0000000-0000-4000-8000-00000000000e", role, principal: principalId }),
        ],
      }),
    });
    try {
      const given = { cloud: "azure", subscription: arm.subscription, "azure-endpoint": arm.url };
      const { status, commands, outputs, summary } = await step(
        { ...given, verbose: "true", debug: "true" },
        arm.env,
      );
      expect(status).toBe(1);
      expect(commands.map((each) => each.slice(0, 32))).toEqual(["::error title=chalk-audit::drift"]);
      expect(outputs["sarif"]).toBe("chalk-audit-results/report.sarif");
      expect(summary).not.toMatch(/^\s*::/m);

      arm.faults.add({ match: "/vaults", denied: "Microsoft.KeyVault/vaults/read" });
      const unread = await step(given, arm.env);
      expect(unread.outputs).toMatchObject({
        sarif: "",
        "sarif-incomplete": "chalk-audit-results/report.incomplete.sarif",
      });
    } finally {
      await arm.close();
    }
  });
});
