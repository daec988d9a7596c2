import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readReport } from "../../../src/report/read.ts";
import { command, ended, start } from "./command.ts";
import { workingFolder } from "./folder.ts";

const folder = workingFolder();
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const fixture = (path: string) => join(repository, "fixtures", path);
const preload = (name: string) => [
  "--import",
  fileURLToPath(new URL(`./preload/${name}.mjs`, import.meta.url)),
];
const slow = preload("slow-comparison");
/** Within a second, and as much again twice for a busy machine; what is not stopped takes a minute. */
const SOON = 3_000;

const azure = ["--cloud", "azure", "--snapshot", fixture("snapshots/azure/demo.json")];
const aws = ["--cloud", "aws", "--snapshot", fixture("review/aws.json")];
const kubernetes = ["--cloud", "kubernetes", "--baseline", "chalk-azure", "--snapshot"];
const review = ["review", ...aws, "--from", "management", "--to", "scoped"];
const grant = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetSlow*", Resource: "*" }] });
folder.put("a.json", grant);
folder.put("waivers.yaml", "waivers: []\n");
const policy = ["policy", "compare", "a.json", "--live", "a.json", "--provider", "aws"];

/** A command that is busy for a minute in a function, in each thread that comes to it. */
const endless = (args: readonly string[], inside: string, at = "") =>
  start(args, { cwd: folder.path, node: slow, env: { SLOW_IN: inside, SLOW_AT: at, SLOW_MS: "60000" } });

/**
 * Waits until a command is busy: in whatever thread it is first, or in the worker. On a busy machine the first thread can
 * be cut off before it comes to that.
 */
async function heard(child: ChildProcess, thread: 1 | 2): Promise<void> {
  let said = "";
  for await (const chunk of child.stderr as NodeJS.ReadableStream) {
    said += String(chunk);
    if (said.includes(thread === 1 ? "busy" : "busy: worker")) return;
  }
  throw new Error(`it ended: ${said}`);
}

/** Sends a signal once a command is busy, and tells how it ended and within how many milliseconds. */
async function stopped(child: ChildProcess, thread: 1 | 2, signal: NodeJS.Signals) {
  // `for await` ends the stream: what is said later is read by nobody, and is no matter here.
  const exit = ended(child);
  await heard(child, thread);
  const from = performance.now();
  child.kill(signal);
  const { status, stdout } = await exit;
  return { status, stdout, ms: performance.now() - from };
}

/** The report, which its schema takes. */
const reportIn = (text: string) => readReport(text, "report.json");

describe("fault 21: a signal in the middle of a comparison", () => {
  test.each([
    ["SIGINT", 130, 1],
    ["SIGINT", 130, 2],
    ["SIGTERM", 143, 1],
    ["SIGTERM", 143, 2],
  ] as const)(
    "S1: scan: %s ends it with %d, be it in thread %d: a partial JSON report, no table, no SARIF",
    async (signal, status, thread) => {
      const name = `${signal}-${thread}`;
      const args = [...azure, "--format", "json", "--format", `table=${name}.txt,sarif=${name}.sarif`];
      const end = await stopped(endless(args, "observe"), thread, signal);
      expect(end.status).toBe(status);
      expect(end.ms).toBeLessThan(SOON);
      const report = reportIn(end.stdout);
      expect(report.interrupted).toBe(true);
      expect(report.targets.map(({ complete }) => complete)).toEqual([false]);
      const judged = report.controls.filter(({ outcome }) => outcome !== "skipped");
      expect(new Set(judged.map(({ outcome, reason }) => `${outcome}: ${reason}`))).toEqual(
        new Set(["unknown: interrupted before it was judged"]),
      );
      expect(report.findings).toEqual([]);
      expect(folder.list().filter((file) => file.startsWith(name))).toEqual([]);
    },
  );

  test.each([
    ["SIGINT", 130, 1],
    ["SIGTERM", 143, 2],
  ] as const)(
    "policy compare: %s ends it with %d, and nothing is printed",
    async (signal, status, thread) => {
      const end = await stopped(endless(policy, "compared"), thread, signal);
      expect(end).toMatchObject({ status, stdout: "" });
      expect(end.ms).toBeLessThan(SOON);
    },
  );

  test("S4: with no moment left to compare, waivers and --since are left out, and it is said", async () => {
    folder.put("earlier.json", (await command([...azure, "--format", "json"])).stdout);
    const more = ["--waivers", "waivers.yaml", "--since", "earlier.json", "--format", "json"];
    const end = await stopped(endless([...azure, ...more], "observe"), 2, "SIGINT");
    expect({ status: end.status, soon: end.ms < SOON }).toEqual({ status: 130, soon: true });
    const report = reportIn(end.stdout);
    expect(report.targets[0]?.notes).toEqual(
      expect.arrayContaining([
        "the waivers were not applied: the audit was stopped before",
        "nothing was compared with the earlier report: the audit was stopped before",
      ]),
    );
    expect(report.gone).toBeUndefined();
  });

  test("compare, of two snapshots: half an audit is compared with nothing", async () => {
    const file = fixture("snapshots/azure/demo.json");
    const args = ["compare", file, file, "--format", "json=compared.json,table"];
    const end = await stopped(endless(args, "observe"), 2, "SIGINT");
    expect(end).toMatchObject({ status: 130, stdout: "" });
    expect(end.ms).toBeLessThan(SOON);
    expect(folder.list()).not.toContain("compared.json");
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("review: %s ends it with %d, and nothing is written", async (signal, status) => {
    const args = [...review, "--write", "documents", "--format", "table"];
    const end = await stopped(endless(args, "reviewAws"), 1, signal);
    expect(end).toMatchObject({ status, stdout: "" });
    expect(end.ms).toBeLessThan(SOON);
    expect(folder.list().filter((file) => file.startsWith("documents"))).toEqual([]);
  });

  test("a second signal kills at once, while the worker is busy", async () => {
    const child = endless([...azure, "--format", "json"], "observe");
    const exit = ended(child);
    await heard(child, 2);
    child.kill("SIGTERM");
    child.kill("SIGTERM");
    expect([143, "SIGTERM"]).toContain((await exit).status);
  });
});

describe("--timeout bounds the judging", () => {
  test("S2: scan: what was not judged is unknown, exit 3", async () => {
    const from = performance.now();
    const run = await command([...azure, "--timeout", "2s", "--format", "json"], {
      node: slow,
      env: { SLOW_IN: "observe", SLOW_MS: "60000" },
    });
    expect(performance.now() - from).toBeLessThan(2_000 + 3_000 + SOON);
    expect(run.status).toBe(3);
    const report = reportIn(run.stdout);
    expect(report.interrupted).toBe(false);
    expect(report.controls[0]).toMatchObject({
      id: "chalk-azure/platform-manager-role",
      outcome: "unknown",
      reason: "not judged within 2s (--timeout)",
    });
    expect(report.targets.map(({ complete }) => complete)).toEqual([false]);
  });

  test.each([
    [
      "compare",
      ["compare", fixture("snapshots/azure/demo.json"), fixture("snapshots/azure/demo.json")],
      "observe",
      "nothing is compared: it took longer than 2s (--timeout)",
    ],
    ["policy compare", policy, "compared", "nothing is compared: it took longer than 2s (--timeout)"],
    ["review", review, "reviewAws", "nothing is reviewed: it took longer than 2s (--timeout)"],
  ])("S3: %s: it is said, exit 3", async (_name, args, inside, said) => {
    const run = await command([...args, "--timeout", "2s"], {
      cwd: folder.path,
      node: slow,
      env: { SLOW_IN: inside, SLOW_MS: "60000" },
    });
    expect({ ...run, stderr: run.stderr.replaceAll(/busy.*\n/g, "") }).toEqual({
      status: 3,
      stdout: "",
      stderr: `chalk-audit: ${said}\n`,
    });
  });
});

describe("S5: a worker gives what the one thread gives, byte for byte", () => {
  const epoch = { SOURCE_DATE_EPOCH: "1795000000" };
  const bare = fixture("snapshots/kubernetes/bare.json");
  folder.put(
    "several/chalk-audit.yaml",
    JSON.stringify({
      targets: {
        one: { cloud: "azure", snapshot: fixture("snapshots/azure/demo.json") },
        two: { cloud: "azure", snapshot: fixture("snapshots/azure/clean.json") },
        account: { cloud: "aws", snapshot: fixture("review/aws.json") },
        cluster: { cloud: "kubernetes", snapshot: bare },
      },
    }),
  );
  const own = readFileSync(join(repository, "baselines/chalk-azure/2026-11-20.yaml"), "utf8");
  folder.put("own.yaml", own.replace(/^id: .*$/m, "id: own-azure"));

  test.each([
    ["azure", azure],
    ["azure, clean", ["--cloud", "azure", "--snapshot", fixture("snapshots/azure/clean.json")]],
    ["aws", aws],
    ["aws, scoped", [...aws, "--profile-set", "scoped"]],
    ["kubernetes", [...kubernetes, bare]],
    ["kubernetes, of the review", [...kubernetes, fixture("review/kubernetes.json")]],
    ["several targets", ["--config", folder.at("several/chalk-audit.yaml")]],
    [
      "a baseline of the user's, and waivers",
      [...azure, "--baseline", "own.yaml", "--waivers", "waivers.yaml"],
    ],
    ["aws policies", policy],
    ["a review", review],
    [
      "a review of a cluster",
      ["review", "--cloud", "kubernetes", "--snapshot", fixture("review/kubernetes.json")],
    ],
  ])("%s", async (_name, args) => {
    const asked = [...args, "--format", "json"];
    const one = await command(asked, { cwd: folder.path, env: epoch });
    const two = await command([...asked, "--debug"], {
      cwd: folder.path,
      env: epoch,
      node: preload("in-worker"),
    });
    expect(one.stdout.length).toBeGreaterThan(50);
    expect(two.stderr).toContain("goes on in a worker");
    expect(two.stdout).toBe(one.stdout);
    expect(two.status).toBe(one.status);
  });

  test("with the report of an earlier run", async () => {
    const before = await command([...azure, "--format", "json"], { env: epoch });
    folder.put("before.json", before.stdout);
    const asked = [...azure, "--since", folder.at("before.json"), "--format", "json"];
    const one = await command(asked, { env: epoch });
    const two = await command(asked, { env: epoch, node: preload("in-worker") });
    expect(reportIn(one.stdout).findings[0]?.state).toBe("unchanged");
    expect(two).toEqual(one);
  });

  test("an error of the input is the same error, with its place", async () => {
    folder.put("odd.json", "{");
    const args = ["policy", "compare", "a.json", "--live", "odd.json", "--provider", "aws"];
    const one = await command(args, { cwd: folder.path });
    const two = await command(args, { cwd: folder.path, node: preload("in-worker") });
    expect(one.status).toBe(2);
    expect(one.stderr).toContain("odd.json");
    expect(two).toEqual(one);
  });
});

describe("checks of plugins", () => {
  const check = (run: string) => `
    import { writeSync } from "node:fs";
    import { isMainThread } from "node:worker_threads";
    export const name = "acme";
    export const checks = [{
      id: "acme/groups", cloud: "azure", title: "Groups", help: "Groups have names.",
      params: { type: "object", additionalProperties: false },
      needs: () => ["azure/resource-group"],
      drifts: { changed: { short: "A group has another name.", help: "It has." } },
      *run(facts) { ${run} },
    }];`;
  const baseline = `id: acme
version: 2026-11-01
cloud: azure
title: Acme
source: { title: Acme, url: "https://acme.example/", captured: 2026-11-01 }
parameters: {}
controls:
  - id: groups
    title: Groups
    why: Whoever is paged looks for them by name.
    check: acme/groups
    cite: { section: Groups }
    with: {}
`;
  folder.put("acme.yaml", baseline);
  folder.put("hangs.mjs", check(`writeSync(2, isMainThread ? "busy\\n" : "busy: worker\\n"); while (true);`));
  folder.put(
    "tells.mjs",
    check(`for (const { id, body } of facts.all("azure/resource-group")) yield {
        kind: "drift", drift: "changed", property: "name", at: "",
        resource: { type: "group", id, name: body.name },
        message: "group " + body.name, expected: "x", actual: body.name,
      };
      writeSync(2, isMainThread ? "first\\n" : "worker\\n");
      yield { kind: "assessed", count: 1, what: "groups" };`),
  );
  const scan = (plugin: string) => [
    ...azure,
    "--baseline",
    "acme.yaml",
    "--plugin",
    plugin,
    "--format",
    "json",
  ];

  test("are loaded in the worker, and find there what they find in the one thread", async () => {
    const env = { SOURCE_DATE_EPOCH: "1795000000" };
    const one = await command(scan("tells.mjs"), { cwd: folder.path, env });
    const two = await command(scan("tells.mjs"), { cwd: folder.path, env, node: preload("in-worker") });
    expect(one).toMatchObject({ status: 1, stderr: "first\n" });
    expect(two).toEqual({ ...one, stderr: "worker\n" });
    expect(reportIn(two.stdout).findings.length).toBeGreaterThan(1);
  });

  test.each([
    ["SIGINT", 130, 1],
    ["SIGINT", 130, 2],
    ["SIGTERM", 143, 2],
  ] as const)("that never end are ended by %s with %d, in thread %d", async (signal, status, thread) => {
    const end = await stopped(start(scan("hangs.mjs"), { cwd: folder.path }), thread, signal);
    expect(end.status).toBe(status);
    expect(end.ms).toBeLessThan(SOON);
    const report = reportIn(end.stdout);
    expect(report.interrupted).toBe(true);
    expect(report.controls).toMatchObject([
      { id: "acme/groups", outcome: "unknown", reason: "interrupted before it was judged" },
    ]);
  });

  test("S1: what was judged before them is in the report, as the whole report has it", async () => {
    const whole = reportIn((await command([...azure, "--format", "json"])).stdout);
    const args = ["--baseline", "chalk-azure", ...scan("hangs.mjs")];
    const end = await stopped(start(args, { cwd: folder.path }), 2, "SIGINT");
    expect({ status: end.status, soon: end.ms < SOON }).toEqual({ status: 130, soon: true });
    const report = reportIn(end.stdout);
    const chalk = ({ id }: { readonly id: string }) => id.startsWith("chalk-azure/");
    expect(whole.controls.length).toBeGreaterThan(8);
    expect(report.controls.filter(chalk)).toEqual(whole.controls);
    expect(report.findings).toEqual(whole.findings);
    expect(report.controls.filter((control) => !chalk(control))).toMatchObject([
      { id: "acme/groups", outcome: "unknown", reason: "interrupted before it was judged" },
    ]);
  });

  test("that never end are unknown when the time is up", async () => {
    const run = await command([...scan("hangs.mjs"), "--timeout", "2s"], { cwd: folder.path });
    expect(run.status).toBe(3);
    expect(reportIn(run.stdout).controls).toMatchObject([
      { id: "acme/groups", outcome: "unknown", reason: "not judged within 2s (--timeout)" },
    ]);
  });
});
