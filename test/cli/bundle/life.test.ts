import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { scanFormats } from "../../../src/cli/line/flags.ts";
import type { Report } from "../../../src/report/report.ts";
import { type Arm, startArm } from "../../servers/arm.ts";
import { command, ended, start } from "./command.ts";
import { workingFolder } from "./folder.ts";
import { documentedState, everythingElse, widenedState } from "./world.ts";

/** A live report as that of its snapshot: all but where the state came from. */
const asRecorded = (live: string) => live.replaceAll('"source": "live"', '"source": "snapshot"');

const folder = workingFolder();
const preload = (name: string) => [
  "--import",
  fileURLToPath(new URL(`./preload/${name}.mjs`, import.meta.url)),
];
let arm: Arm;

beforeAll(async () => {
  arm = await startArm({ ...widenedState("Microsoft.Storage/*"), ...everythingElse });
  const run = await command(["collect", "--cloud", "azure", ...arm.args, "-o", "state.json"], {
    cwd: folder.path,
    env: arm.env,
  });
  expect(run).toEqual({ status: 0, stdout: "", stderr: "chalk-audit: wrote state.json\n" });
});
afterAll(() => arm.close());

const recorded = ["--cloud", "azure", "--snapshot", "state.json"];

/** Starts a live scan and waits until the server has been asked for `path`, which then hangs. */
async function hanging(args: readonly string[], path = "roleAssignments") {
  arm.faults.add({ match: path, hang: "head" });
  const before = arm.requests.length;
  const child = start(["--cloud", "azure", ...arm.args, ...args], { cwd: folder.path, env: arm.env });
  const exit = ended(child);
  while (!arm.requests.slice(before).some((request) => request.path.includes(path))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  arm.faults.clear();
  return { child, exit };
}

describe("fault 21: a signal in the middle of a scan", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s: a partial JSON report marked interrupted, no SARIF, no table, exit %d",
    async (signal, status) => {
      const name = signal.toLowerCase();
      const { child, exit } = await hanging(["--format", `table,json=${name}.json,sarif=${name}.sarif`]);
      child.kill(signal);
      expect(await exit).toEqual({
        status,
        stdout: "",
        stderr: `chalk-audit: interrupted; only a partial JSON report is written, where one was asked for\nchalk-audit: wrote ${name}.json\n`,
      });
      const report = JSON.parse(readFileSync(folder.at(`${name}.json`), "utf8")) as Report;
      expect(report.interrupted).toBe(true);
      expect(report.targets.map(({ complete }) => complete)).toEqual([false]);
      // what was read before the signal is judged; what needs the list that hung is not
      const held = report.controls.filter(({ id }) => /assignment|effective-access/.test(id));
      expect(held.map(({ id, outcome }) => ({ id, outcome }))).toEqual([
        { id: "chalk-azure/platform-manager-assignment", outcome: "unknown" },
        { id: "chalk-azure/effective-access", outcome: "unknown" },
        { id: "chalk-azure/cluster-effective-access", outcome: "skipped" },
      ]);
      expect(folder.list().filter((file) => file.includes("sarif"))).toEqual([]);
    },
  );

  test("JSON on standard output is partial and marked too", async () => {
    const { child, exit } = await hanging(["--format", "json", "--quiet"]);
    child.kill("SIGTERM");
    const { status, stdout, stderr } = await exit;
    expect({ status, stderr }).toEqual({ status: 143, stderr: "" });
    expect((JSON.parse(stdout) as Report).interrupted).toBe(true);
  });

  test("collect writes nothing: half a state would pass for a whole one", async () => {
    arm.faults.add({ match: "roleAssignments", hang: "head" });
    const before = arm.requests.length;
    const child = start(["collect", "--cloud", "azure", ...arm.args, "-o", "half.json"], {
      cwd: folder.path,
      env: arm.env,
    });
    const exit = ended(child);
    while (!arm.requests.slice(before).some(({ path }) => path.includes("roleAssignments"))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    arm.faults.clear();
    child.kill("SIGINT");
    expect(await exit).toEqual({
      status: 130,
      stdout: "",
      stderr: "chalk-audit: interrupted; nothing is written\n",
    });
    expect(folder.list()).not.toContain("half.json");
  });

  test("a second signal kills at once", async () => {
    const child = start([...recorded, "--format", "json=second.json"], {
      cwd: folder.path,
      node: preload("slow-disk"),
    });
    const exit = ended(child);
    await once(child.stderr as NodeJS.ReadableStream, "data");
    child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(child.exitCode).toBe(null);
    const started = performance.now();
    child.kill("SIGINT");
    expect((await exit).status).toBe("SIGINT");
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("fault 22: nobody reads standard output", () => {
  test.each([["table"], ["json"], ["sarif"]])(
    "%s: no stack trace, the verdict's exit status stands",
    async (format) => {
      const child = start([...recorded, "--format", format], { cwd: folder.path });
      child.stdout?.destroy();
      expect(await ended(child)).toEqual({ status: 1, stdout: "", stderr: "" });
    },
  );

  test("nobody reads standard error either", async () => {
    const child = start([...recorded, "--debug"], { cwd: folder.path });
    child.stderr?.destroy();
    expect((await ended(child)).status).toBe(1);
  });

  test("help and version", async () => {
    for (const args of [["--help"], ["--version"], ["check", "list"]]) {
      const child = start(args, { cwd: folder.path });
      child.stdout?.destroy();
      expect(await ended(child), args.join(" ")).toEqual({ status: 0, stdout: "", stderr: "" });
    }
  });
});

describe("fault 23: files that cannot be written", () => {
  const old = "the old report\n";

  test.each([
    ["disk-full", "no space left on the device"],
    ["not-permitted", "operation not permitted"],
  ])(
    "%s: exit 2, the old file is intact, nothing is left behind, nothing on stdout",
    async (name, reason) => {
      folder.put("kept.json", old);
      folder.put("kept.sarif", old);
      const before = folder.list();
      const run = await command([...recorded, "--format", "json=kept.json,sarif=kept.sarif,table"], {
        cwd: folder.path,
        node: preload(name),
      });
      expect(run).toEqual({
        status: 2,
        stdout: "",
        stderr: `chalk-audit: kept.json: cannot write: ${reason}\n`,
      });
      expect(readFileSync(folder.at("kept.json"), "utf8")).toBe(old);
      expect(readFileSync(folder.at("kept.sarif"), "utf8")).toBe(old);
      expect(folder.list()).toEqual(before);
    },
  );

  test("standard output on a full disk: exit 2 and the reason", async (context) => {
    let full: number;
    try {
      full = openSync("/dev/full", "w");
    } catch {
      return context.skip("this system has no /dev/full");
    }
    const child = spawn(process.execPath, [inject("main"), ...recorded], {
      cwd: folder.path,
      stdio: ["ignore", full, "pipe"],
    });
    const run = await ended(child);
    closeSync(full);
    expect({ status: run.status, stderr: run.stderr }).toEqual({
      status: 2,
      stderr: "chalk-audit: standard output: cannot write: no space left on the device\n",
    });
  });

  test("a symbolic link is refused before anything is read, and what it points to is intact", async () => {
    const precious = folder.put("precious.txt", old);
    symlinkSync(precious, folder.at("link.json"));
    symlinkSync(folder.at("nowhere"), folder.at("dangling.sarif"));
    for (const target of ["json=link.json", "sarif=dangling.sarif"]) {
      const name = target.split("=")[1] as string;
      const before = arm.requests.length;
      const run = await command(["--cloud", "azure", ...arm.args, "--format", target], {
        cwd: folder.path,
        env: arm.env,
      });
      expect(run).toEqual({
        status: 2,
        stdout: "",
        stderr: `chalk-audit: ${name}: is a symbolic link; name the file itself\n`,
      });
      expect(arm.requests.length).toBe(before);
    }
    expect(readFileSync(precious, "utf8")).toBe(old);
    expect(folder.list()).not.toContain("nowhere");
  });

  test("an existing file is replaced whole", async () => {
    writeFileSync(folder.at("replaced.json"), "x".repeat(10_000_000));
    const run = await command([...recorded, "--format", "json=replaced.json"], { cwd: folder.path });
    expect(run).toEqual({ status: 1, stdout: "", stderr: "chalk-audit: wrote replaced.json\n" });
    const report = JSON.parse(readFileSync(folder.at("replaced.json"), "utf8")) as Report;
    expect(report.schemaVersion).toBe("1.1");
    expect(folder.list().filter((file) => file.includes(".tmp"))).toEqual([]);
  });
});

describe("fault 24: a report of more than 5 MB into a pipe", () => {
  test("every byte arrives at a reader that takes its time", async () => {
    const big = await startArm(
      widenedState(
        "Microsoft.Storage/*",
        Array.from({ length: 1_800 }, (_, i) => `Example.Service${i}/resources/write`),
      ),
    );
    const collected = await command(["collect", "--cloud", "azure", ...big.args, "-o", "big.json"], {
      cwd: folder.path,
      env: big.env,
    });
    await big.close();
    expect(collected.status, collected.stderr).toBe(0);
    const args = [
      "--cloud",
      "azure",
      "--snapshot",
      "big.json",
      "--format",
      "json",
      "--format",
      "json=same.json",
    ];
    const child = start(args, { cwd: folder.path, env: { SOURCE_DATE_EPOCH: "1795000000" } });
    let length = 0;
    let tail = "";
    const closed = once(child, "close");
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      length += chunk.length;
      tail = chunk.toString("utf8").slice(-3);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const [status] = (await closed) as [number];
    const file = readFileSync(folder.at("same.json"));
    expect(status).toBe(1);
    expect(file.length).toBeGreaterThan(5_000_000);
    expect({ length, tail }).toEqual({ length: file.length, tail: file.toString("utf8").slice(-3) });
  });
});

describe("fault 25: whatever goes wrong inside is exit 2, never 0 and never 1", () => {
  test.each([
    ["throws", "internal error: thrown by the test (this is a bug; --debug shows where)"],
    ["rejects", "internal error: rejected by the test (this is a bug; --debug shows where)"],
  ])("%s", async (name, line) => {
    const { child, exit } = await (async () => {
      arm.faults.add({ match: "roleAssignments", hang: "head" });
      const child = start(["--cloud", "azure", ...arm.args, "--format", "json=fault.json"], {
        cwd: folder.path,
        env: arm.env,
        node: preload(name),
      });
      return { child, exit: ended(child) };
    })();
    const run = await exit;
    arm.faults.clear();
    expect(child.killed).toBe(false);
    expect(run).toEqual({ status: 2, stdout: "", stderr: `chalk-audit: ${line}\n` });
    expect(folder.list()).not.toContain("fault.json");
  });

  test("a promise that never settles", async () => {
    const run = await command(recorded, { cwd: folder.path, node: preload("never-settles") });
    expect(run).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "chalk-audit: internal error: the command ended without a result (this is a bug; --debug shows where)\n",
    });
  });

  test("--debug shows the stack, without it nobody sees one", async () => {
    const plain = await command(["--snapshot", "no.json"], { cwd: folder.path });
    expect(plain.stderr).toBe("chalk-audit: no.json: cannot read the snapshot: no such file or directory\n");
    const debug = await command(["--snapshot", "no.json", "--debug"], { cwd: folder.path });
    expect(debug.status).toBe(2);
    expect(debug.stderr).toMatch(/^chalk-audit: no\.json: .*\nUsageError: no\.json: .*\n +at /);
  });
});

describe("fault 39: in a build log", () => {
  test("no escape byte and no progress, on either stream, with every format", async () => {
    for (const env of [{ CI: "true" }, { NO_COLOR: "1", FORCE_COLOR: "1" }]) {
      for (const format of scanFormats) {
        const run = await command(["--cloud", "azure", ...arm.args, "--format", format, "--verbose"], {
          cwd: folder.path,
          env: { ...arm.env, ...env },
        });
        expect(run.status).toBe(1);
        expect(run.stderr).toBe("");
        expect(run.stdout).not.toContain("\u001b");
        expect(run.stdout.replaceAll("\r\n", format === "csv" ? "\n" : "\r\n")).not.toContain("\r");
      }
    }
  });

  test("colour is there when it is asked for, so its absence above proves something", async () => {
    const run = await command([...recorded, "--color"], { cwd: folder.path });
    expect(run.stdout).toContain("\u001b[");
  });
});

test("fault 17: the same state twice gives the same bytes, in JSON with SOURCE_DATE_EPOCH and in SARIF always", async () => {
  const env = { SOURCE_DATE_EPOCH: "1795000000" };
  const json = () => command([...recorded, "--format", "json"], { cwd: folder.path, env });
  const sarif = () => command([...recorded, "--format", "sarif"], { cwd: folder.path });
  const [first, second] = [await json(), await json()];
  expect(first.stdout.length).toBeGreaterThan(1_000);
  expect(second).toEqual(first);
  expect((JSON.parse(first.stdout) as Report).finishedAt).toBe("2026-11-18T11:06:40.000Z");
  expect(await sarif()).toEqual(await sarif());
});

test("a live scan and a scan of its snapshot say the same", async () => {
  const live = await startArm(documentedState());
  const where = { cwd: folder.path, env: { ...live.env, SOURCE_DATE_EPOCH: "1795000000" } };
  const scan = await command(["--cloud", "azure", ...live.args, "--format", "json"], where);
  await command(["collect", "--cloud", "azure", ...live.args, "-o", "again.json"], where);
  const again = await command(
    [
      "--cloud",
      "azure",
      "--snapshot",
      "again.json",
      "--subscription",
      live.subscription,
      "--max-age",
      "0",
      "--format",
      "json",
    ],
    where,
  );
  await live.close();
  expect(again.stdout).toBe(asRecorded(scan.stdout));
  expect(again.status).toBe(scan.status);
});
