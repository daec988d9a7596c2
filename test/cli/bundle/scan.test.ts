import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { type Arm, startArm } from "../../servers/arm.ts";
import { roleAssignment, roleDefinition, subscriptionId } from "../../servers/azure-state.ts";
import { command } from "./command.ts";
import { workingFolder } from "./folder.ts";
import { documentedRole, documentedState, everythingElse, principalId, widenedState } from "./world.ts";

const folder = workingFolder();
const other = "6b1f4e5f-0000-4000-8000-0000000000ff";
let clean: Arm;
let drifted: Arm;

beforeAll(async () => {
  clean = await startArm(documentedState());
  drifted = await startArm(widenedState("Microsoft.Storage/*"));
});
afterAll(async () => {
  await clean.close();
  await drifted.close();
});

const run = (arm: Arm, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  command(args, { cwd: folder.path, env: { ...arm.env, ...env } });
const live = (arm: Arm, ...args: string[]) => run(arm, ["--cloud", "azure", ...arm.args, ...args]);
const json = (text: string) => JSON.parse(text) as Report;
const outcomes = (report: Report) =>
  Object.fromEntries(report.controls.map(({ id, outcome }) => [id.replace("chalk-azure/", ""), outcome]));

/** What the recorded world has no cluster, vault or resources for. */
const permissions = {
  "platform-manager-role": "pass",
  "platform-manager-assignment": "pass",
  "effective-access": "pass",
  "log-reader-role": "pass",
};

describe("exit codes of the contract", () => {
  test("documented as assigned: the permissions pass; what is not there is unknown, exit 3, and 0 when allowed", async () => {
    const first = await live(clean, "--format", "json");
    expect(outcomes(json(first.stdout))).toMatchObject(permissions);
    expect(first.status).toBe(3);
    expect((await live(clean, "--allow-incomplete")).status).toBe(0);
  });

  test("a role that grants more is drift, exit 1; --fail-on above its severity leaves 3, never leaves 3", async () => {
    const found = json((await live(drifted, "--format", "json")).stdout);
    expect(outcomes(found)).toMatchObject({
      ...permissions,
      "platform-manager-role": "fail",
      "effective-access": "fail",
    });
    const severities = new Set(
      found.findings.filter(({ outcome }) => outcome === "fail").map(({ severity }) => severity),
    );
    expect([...severities]).toEqual(["low"]);
    expect((await live(drifted)).status).toBe(1);
    expect((await live(drifted, "--fail-on", "medium")).status).toBe(3);
    expect((await live(drifted, "--fail-on", "never", "--allow-incomplete")).status).toBe(0);
  });

  test("faults 1 and 2: assignments that may not be read are unknown, exit 3, never a pass", async () => {
    clean.faults.add({ match: "roleAssignments", denied: "Microsoft.Authorization/roleAssignments/read" });
    const first = await live(clean, "--format", "json");
    const second = await live(clean, "--format", "sarif=denied.sarif");
    clean.faults.clear();
    expect(first.status).toBe(3);
    expect(outcomes(json(first.stdout))).toMatchObject({
      "platform-manager-assignment": "unknown",
      "effective-access": "unknown",
    });
    expect(
      json(first.stdout).targets[0]?.unread.map(({ cause, permission }) => [cause, permission]),
    ).toContainEqual(["denied", "Microsoft.Authorization/roleAssignments/read"]);
    // No alert is closed by a target that was not read: its run goes to a file of its own.
    expect(second.status).toBe(3);
    expect(second.stderr).toBe(
      "chalk-audit: sarif: no target could be read completely, so denied.sarif is not written\nchalk-audit: wrote denied.incomplete.sarif\n",
    );
    expect(folder.list().filter((name) => name.startsWith("denied"))).toEqual(["denied.incomplete.sarif"]);
  });

  test("every request of a scan only reads (fault 35)", async () => {
    const before = clean.requests.length;
    await live(clean);
    const made = clean.requests.slice(before).filter(({ to }) => to === "arm");
    expect(made.length).toBeGreaterThan(5);
    expect(new Set(made.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });
});

describe("options from flag, environment and config file", () => {
  test("the config file is found, flags and environment win over it, its paths are its own folder's", async () => {
    folder.put(
      "project/chalk-audit.yaml",
      [
        "cloud: azure",
        "failOn: never",
        "allowIncomplete: true",
        "format: [json=from-config.json]",
        "quiet: true",
      ].join("\n"),
    );
    const at = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      command([...args, ...drifted.args], { cwd: folder.at("project"), env: { ...drifted.env, ...env } });
    expect(await at([])).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(json(readFileSync(folder.at("project/from-config.json"), "utf8")).summary.controls.fail).toBe(2);
    expect((await at([], { CHALK_AUDIT_FAIL_ON: "low" })).status).toBe(1);
    expect((await at(["--fail-on", "never"], { CHALK_AUDIT_FAIL_ON: "low" })).status).toBe(0);
  });

  test("--principal audits that principal; one that holds nothing is drift, exit 1 (fault 40)", async () => {
    const named = await live(clean, "--principal", principalId, "--format", "json");
    expect(json(named.stdout).targets[0]?.principals?.map(({ id }) => id)).toEqual([principalId]);
    expect(outcomes(json(named.stdout))).toMatchObject(permissions);
    const stranger = await live(
      clean,
      "--principal",
      "00000000-0000-4000-8000-00000000beef",
      "--format",
      "json",
    );
    expect(stranger.status).toBe(1);
    expect(
      json(stranger.stdout)
        .findings.filter(({ outcome }) => outcome === "fail")
        .map(({ drift }) => drift),
    ).toContain("absent");
  });
});

describe("--since and compare", () => {
  test("a grant that came is new and exit 1, one that stayed is unchanged and exit 0, one that went is gone", async () => {
    for (const [arm, name] of [
      [clean, "before"],
      [drifted, "after"],
    ] as const) {
      await live(arm, "--format", `json=${name}.json`, "--quiet");
      await run(arm, ["collect", "--cloud", "azure", ...arm.args, "-o", `${name}.snapshot.json`, "--quiet"]);
    }
    const since = json((await live(drifted, "--since", "before.json", "--format", "json")).stdout);
    const drift = since.findings.filter(({ outcome }) => outcome === "fail");
    expect(drift.length).toBeGreaterThan(0);
    expect(drift.map(({ state }) => state)).toEqual(drift.map(() => "new"));

    for (const [before, after] of [
      ["before.json", "after.json"],
      ["before.snapshot.json", "after.snapshot.json"],
    ] as const) {
      const compare = (...args: string[]) => command(["compare", ...args], { cwd: folder.path });
      const worse = await compare(before, after);
      expect(worse.status, worse.stderr).toBe(1);
      expect(worse.stdout).toMatch(
        /^NEW DRIFT: 2 new, 0 changed, 0 gone, \d+ unchanged\. The new side is not complete\. Exit 1\.\n/,
      );
      expect((await compare(before, after, "--fail-on", "high")).status).toBe(3);
      expect((await compare(after, after, "--allow-incomplete")).stdout).toMatch(
        /^NOT COMPLETE: 0 new, 0 changed, 0 gone, /,
      );
      const as = json((await compare(after, before, "--format", "json")).stdout);
      expect(
        [...(as.gone ?? []), ...(as.unassessed ?? [])].filter(({ outcome }) => outcome === "fail"),
      ).toHaveLength(2);
    }
  });

  test("a report and a snapshot are not compared", async () => {
    const mixed = await command(["compare", "before.json", "after.snapshot.json"], { cwd: folder.path });
    expect(mixed).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "chalk-audit: expected two reports or two snapshots; before.json is a report, after.snapshot.json is a snapshot\n",
    });
  });
});

describe("targets of the config file", () => {
  test("fault 16: one of three cannot be reached, the others are complete; --target takes one", async () => {
    const second = documentedState({ subscriptionId: other });
    const away = await startArm(second);
    const snapshot = await command(
      ["collect", "--cloud", "azure", ...drifted.args, "-o", "recorded.json", "-q"],
      {
        cwd: folder.path,
        env: drifted.env,
      },
    );
    expect(snapshot.status, snapshot.stderr).toBe(0);
    folder.put(
      "fleet/chalk-audit.yaml",
      [
        "cloud: azure",
        "targets:",
        `  good: { subscription: ${clean.subscription}, azureEndpoint: "${clean.url}", principal: ${principalId} }`,
        `  gone: { subscription: ${other}, azureEndpoint: "https://127.0.0.1:9" }`,
        "  old: { snapshot: ../recorded.json }",
      ].join("\n"),
    );
    await away.close();
    // T2, T3: the addresses and the path outside need a file that a person names
    const at = (...args: string[]) =>
      command(["--config", "chalk-audit.yaml", ...args], { cwd: folder.at("fleet"), env: clean.env });
    const found = await command([], { cwd: folder.at("fleet"), env: clean.env });
    expect([found.status, found.stdout, found.stderr.split("\n").length]).toEqual([2, "", 4]);
    expect(found.stderr).toMatch(
      /^chalk-audit: chalk-audit\.yaml:3:\d+: targets\.good\.azureEndpoint: sends an access token /,
    );
    const all = await at("--format", "json");
    expect(all.status).toBe(1);
    expect(all.stderr).toMatch(/^chalk-audit: gone: https:\/\/127\.0\.0\.1:9 cannot be reached: .*\n$/);
    const report = json(all.stdout);
    expect(report.targets.map(({ name, unread }) => [name, unread.length > 0])).toEqual([
      ["gone", true],
      ["good", false],
      ["old", false],
    ]);
    const of = (target: string) =>
      outcomes({ ...report, controls: report.controls.filter((each) => each.target === target) });
    expect(of("good")).toMatchObject(permissions);
    expect(of("old")).toMatchObject({
      "platform-manager-role": "fail",
      "platform-manager-assignment": "pass",
    });
    expect(Object.values(of("gone")).filter((outcome) => outcome === "pass" || outcome === "fail")).toEqual(
      [],
    );

    const one = json((await at("--target", "good", "--format", "json")).stdout);
    expect(one.targets.map(({ name }) => name)).toEqual(["good"]);
    expect(await at("--target", "godo")).toEqual({
      status: 2,
      stdout: "",
      stderr: 'chalk-audit: --target: unknown target "godo"; did you mean "good"? (known: good, gone, old)\n',
    });
  });
});

describe("fault 26: names that would move the cursor, from a live cloud and from a file", () => {
  const hostile = "evil\u001b[31m\u001b]8;;https://x\u0007\u009b2J\r\u202e\u200b\u2066::stop";
  const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069]/;

  test("every format, standard error and the debug log show them as escapes", async () => {
    const { name, permissions: documented } = documentedRole();
    const role = "d0000000-0000-4000-8000-000000000002";
    const arm = await startArm(
      documentedState({
        ...everythingElse,
        roleDefinitions: [
          roleDefinition({ id: "d0000000-0000-4000-8000-000000000001", name, permissions: documented }),
          roleDefinition({
            id: role,
            name: hostile,
            permissions: [{ actions: [`Microsoft.${hostile}/write`] }],
          }),
        ],
        roleAssignments: [
          roleAssignment({
            name: "e0000000-0000-4000-8000-000000000001",
            role: "d0000000-0000-4000-8000-000000000001",
            principal: principalId,
          }),
          roleAssignment({ name: "e0000000-0000-4000-8000-000000000002", role, principal: principalId }),
        ],
      }),
    );
    for (const format of ["table", "json", "sarif", "junit", "markdown", "html"]) {
      const { status, stdout, stderr } = await live(arm, "--format", format, "--verbose", "--debug");
      expect(status).toBe(1);
      expect(stderr).toContain("debug: ");
      // SARIF doubles the braces: one alone would be a placeholder of its messages.
      expect(stdout).toMatch(/u(\{1b\}|\{\{1b\}\})/);
      expect(unsafe.exec(stdout), format).toBe(null);
      expect(unsafe.exec(stderr), format).toBe(null);
    }
    await arm.close();
  });

  test("in a snapshot of somebody else, and in the arguments", async () => {
    const state = JSON.parse(readFileSync(folder.at("recorded.json"), "utf8")) as Snapshot;
    const scope = `/subscriptions/${subscriptionId}`;
    writeFileSync(
      folder.at("hostile.json"),
      JSON.stringify({
        ...state,
        unread: [{ kind: "azure/vault", api: `GET ${scope}/${hostile}`, cause: "denied", detail: hostile }],
      }),
    );
    const recorded = await command(["--cloud", "azure", "--snapshot", "hostile.json"], { cwd: folder.path });
    expect(recorded.status).toBe(1);
    expect(recorded.stdout).toContain("evil");
    expect(unsafe.exec(recorded.stdout)).toBe(null);
    for (const args of [
      [hostile],
      ["--cloud", hostile],
      ["--snapshot", hostile],
      ["--baseline", `${hostile}.yaml`],
      [`--${hostile}`],
    ]) {
      const { status, stderr } = await command(args, { cwd: folder.path });
      expect(status).toBe(2);
      expect(stderr.split("\n").length, stderr).toBeLessThanOrEqual(3);
      expect(unsafe.exec(stderr), JSON.stringify(stderr)).toBe(null);
    }
  });
});

test("fault 29: the client secret is in no output and in no debug line", async () => {
  const arm = await startArm(documentedState(), { clientSecret: "canary-9b7e-secret" });
  for (const args of [["--format", "json"], ["--format", "sarif"], ["--verbose"]]) {
    const { status, stdout, stderr } = await live(arm, ...args, "--debug");
    expect(status).toBe(3);
    expect(stderr).toContain("debug: ");
    expect(`${stdout}${stderr}`).not.toContain("canary");
  }
  const collected = await run(arm, [
    "collect",
    "--cloud",
    "azure",
    ...arm.args,
    "-o",
    "canary.json",
    "--debug",
  ]);
  expect(collected.status).toBe(0);
  expect(readFileSync(folder.at("canary.json"), "utf8")).not.toContain("canary");
  await arm.close();
});

test("fault 30: alias bombs and __proto__ keys are exit 2 within a second, wherever YAML is read", async () => {
  const bomb = Array.from(
    { length: 40 },
    (_, i) => `a${i}: &a${i} [${i === 0 ? "x" : `*a${i - 1}, *a${i - 1}`}]`,
  ).join("\n");
  folder.put("bomb.yaml", bomb);
  folder.put("proto.yaml", "__proto__:\n  polluted: yes\nwaivers: []\n");
  const bare = performance.now();
  await command(["--version"], { cwd: folder.path });
  const start = performance.now() - bare;
  for (const file of ["bomb.yaml", "proto.yaml"]) {
    for (const args of [
      ["--baseline", file],
      ["--config", file],
      ["--cloud", "azure", "--waivers", file],
      ["policy", "compare", file, "--live", file, "--provider", "azure"],
    ]) {
      const began = performance.now();
      const { status, stdout } = await command(args, { cwd: folder.path });
      expect({ status, stdout }, args.join(" ")).toEqual({ status: 2, stdout: "" });
      // A busy machine starts Node slowly; that is not the parser's second.
      expect(performance.now() - began, args.join(" ")).toBeLessThan(1_000 + 4 * start);
    }
  }
});
