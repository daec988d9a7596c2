import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ruleTexts } from "../../src/checks/registry.ts";
import { exitCode } from "../../src/report/exit-code.ts";
import type { Report } from "../../src/report/report.ts";
import { compareReports } from "../../src/report/since.ts";
import { renderIncompleteSarif, sarif } from "../../src/reporters/sarif.ts";
import { options } from "../reporters/worlds.ts";
import { resourceGroup } from "../servers/azure-state.ts";
import { type Lab, openLab, type World } from "../worlds/azure-ground.ts";
import { clean, flags, manager, swapped, withRole } from "../worlds/chalk.ts";
import { type CodeScanning, codeScanning, type Upload } from "./code-scanning.ts";
import { control, finding, OTHER, report, SUBSCRIPTION, target, VAULT_UNREAD } from "./sample.ts";

/** The bundled baseline as a file of the repository, so that a night can move its lines. */
const file = `.cache/over-time-${process.pid}/baseline.yaml`;
const bundled = readFileSync("baselines/chalk-azure/2026-11-20.yaml", "utf8");
const write = (text: string) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(async () => {
  await lab.close();
  rmSync(dirname(file), { recursive: true, force: true });
});

const widened = withRole({
  ...manager,
  actions: swapped(manager.actions, "Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/*"),
});
const grown = withRole({
  ...manager,
  actions: swapped(manager.actions, "Microsoft.Compute/virtualMachines/*", "*"),
});
const waivers = JSON.stringify({
  waivers: ["platform-manager-role", "effective-access"].map((each) => ({
    control: each,
    pattern: "Microsoft.Compute/*",
    reason: "pilot",
    owner: "cloud-team",
    expires: "2027-01-31",
  })),
});
const strangers = Array.from({ length: 200 }, (_, i) => resourceGroup(`rg-stranger-${i}`));

const rendering = options({ rules: ruleTexts() });
/** What the workflow does with a night's report: the complete targets' SARIF is uploaded, the other file is not. */
const upload = (scanning: CodeScanning, night: Report): Upload | "nothing to upload" => {
  const text = sarif.render(night, rendering);
  return text === undefined ? "nothing to upload" : scanning.upload(text);
};
const none: Upload = { opened: [], reopened: [], fixed: [] };

/** How many findings of drift and waived drift are in each state, and what the earlier report had beside. */
function states(night: Report): Readonly<Record<string, number>> {
  const drift = (list: Report["findings"] = []) => list.filter(({ outcome }) => outcome !== "pass").length;
  const counts: Record<string, number> = { gone: drift(night.gone) };
  if (night.unassessed !== undefined) counts["unassessed"] = drift(night.unassessed);
  for (const { outcome, state } of night.findings) {
    if (outcome === "pass" || state === undefined) continue;
    const key = outcome === "fail" ? state : `${outcome} ${state}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe("ten nights of one subscription", () => {
  test("the alerts are right on every night, and only what is new reaches a person", async () => {
    const scanning = codeScanning();
    let earlier: Report | undefined;
    const night = async (world: World) => {
      const audited = await lab.audit({ ...world, flags: { ...flags, baseline: [file] } });
      const now = earlier === undefined ? audited.report : compareReports(earlier, audited.report);
      earlier = now;
      const code = exitCode(now, { failOn: "low", allowIncomplete: false, newOnly: true });
      return { code, states: states(now), alerts: upload(scanning, now), report: now };
    };
    const open = () => scanning.open().map(({ number }) => number);
    write(bundled);

    const first = await night({ state: clean() });
    expect([first.code, first.alerts, open()]).toEqual([0, none, []]);

    // It comes: the role grants too much, and so does what the principal holds.
    const came = await night({ state: widened });
    expect([came.code, came.states]).toEqual([1, { gone: 0, new: 2 }]);
    expect([came.alerts, open()]).toEqual([{ ...none, opened: [1, 2] }, [1, 2]]);

    // It stays.
    const stayed = await night({ state: widened });
    expect([stayed.code, stayed.states]).toEqual([0, { gone: 0, unchanged: 2 }]);
    expect([stayed.alerts, open()]).toEqual([none, [1, 2]]);

    // The target cannot be read: nothing is closed, and nothing is gone (fault 16).
    const denied = "Microsoft.Authorization/roleDefinitions/read";
    const unread = await night({ state: clean(), faults: [{ match: "roleDefinitions", denied }] });
    expect(unread.code).toBe(3);
    expect(unread.states["gone"]).toBe(0);
    expect(unread.states["unassessed"]).toBe(2);
    expect([unread.alerts, open()]).toEqual(["nothing to upload", [1, 2]]);
    expect(renderIncompleteSarif(unread.report)).toContain('"executionSuccessful": false');

    // It is read again, and the lines of the baseline have moved (fault 18): nobody hears of it a second time.
    const lines = scanning.open().map(({ line }) => line);
    write(`${"# a comment\n".repeat(7)}${bundled}`);
    const moved = await night({ state: widened });
    expect([moved.code, moved.states["unchanged"], moved.states["new"]]).toEqual([0, 2, undefined]);
    expect([moved.alerts, open()]).toEqual([none, [1, 2]]);
    expect(scanning.open().map(({ line }) => line)).toEqual(lines.map((line) => line + 7));

    // It grows: other alerts, more severe ones; those of the narrower grant are closed.
    const grew = await night({ state: grown });
    expect(grew.code).toBe(1);
    expect(grew.states).toMatchObject({ gone: 2, new: open().length });
    expect(grew.alerts).toEqual({ opened: [3, 4], reopened: [], fixed: [1, 2] });
    expect(scanning.open().map(({ rule }) => rule)).toEqual([
      "azure/role-definition/excess/critical",
      "azure/effective-access/excess/critical",
    ]);

    // It shrinks to what it was: the first alerts again, under their numbers.
    const shrank = await night({ state: widened });
    expect([shrank.code, shrank.states]).toEqual([1, { gone: 2, new: 2 }]);
    expect(shrank.alerts).toEqual({ opened: [], reopened: [1, 2], fixed: [3, 4] });

    // It is waived: closed for a person, kept in the report.
    const waived = await night({ state: widened, waivers });
    expect([waived.code, waived.states]).toEqual([0, { gone: 0, "waived updated": 2 }]);
    expect([waived.alerts, open()]).toEqual([{ ...none, fixed: [1, 2] }, []]);

    // Behind the waiver it grows: the waiver hides nothing of it.
    const outgrown = await night({ state: grown, waivers });
    expect(outgrown.code).toBe(1);
    expect(outgrown.alerts).toEqual({ opened: [], reopened: [3, 4], fixed: [] });

    // It goes; on the same night 200 resources that one line of the baseline is about (fault 19).
    const groups = [...(clean().resourceGroups ?? []), ...strangers];
    const gone = await night({ state: clean({ resourceGroups: groups }) });
    expect(gone.states).toEqual({ gone: 2, new: 200 });
    expect(gone.alerts).toMatchObject({ reopened: [], fixed: [3, 4] });
    expect(scanning.open().length).toBe(200);
    expect(new Set(scanning.open().map(({ line }) => line)).size).toBe(1);

    // And all is well again.
    const last = await night({ state: clean() });
    expect([last.code, last.states, open()]).toEqual([0, { gone: 200 }, []]);
  }, 60_000);
});

describe("two targets, one of which cannot be read (fault 16)", () => {
  const drift = (scope: string) =>
    finding({ control: "platform-role", drift: "excess", severity: "high", scope, pattern: "Acme/*" });
  const of = (scope: string) => ({ target: `azure:${scope}` });
  const both = report({
    targets: [target(SUBSCRIPTION), target(OTHER)],
    controls: [
      control("platform-role", "fail", of(SUBSCRIPTION)),
      control("platform-role", "fail", of(OTHER)),
    ],
    findings: [drift(SUBSCRIPTION), drift(OTHER)],
  });
  const half = report({
    targets: [target(SUBSCRIPTION), target(OTHER, { complete: false, unread: [VAULT_UNREAD] })],
    controls: [
      control("platform-role", "pass", of(SUBSCRIPTION)),
      control("platform-role", "unknown", { ...of(OTHER), reason: "not read" }),
    ],
    findings: [],
  });

  test("the one that was read closes its alert, the other keeps it", () => {
    const scanning = codeScanning();
    expect(upload(scanning, both)).toEqual({ ...none, opened: [1, 2] });
    expect(upload(scanning, half)).toEqual({ ...none, fixed: [1] });
    expect(scanning.open().map(({ category }) => category)).toEqual([expect.stringContaining("7777")]);
    const compared = compareReports(both, half);
    expect([compared.gone, compared.unassessed]).toEqual([[drift(SUBSCRIPTION)], [drift(OTHER)]]);
  });

  test("what was not looked at on one night is not new on the next, and gone when it is gone", () => {
    const second = compareReports(both, half);
    const third = compareReports(second, both);
    expect(third.findings.map(({ target: name, state }) => [name, state])).toEqual([
      [`azure:${SUBSCRIPTION}`, "new"],
      [`azure:${OTHER}`, "unchanged"],
    ]);
    expect([third.gone, third.unassessed]).toEqual([[], undefined]);
    const longer = compareReports(second, half);
    expect(longer.unassessed).toEqual([drift(OTHER)]);
    const well = report({
      targets: [target(SUBSCRIPTION), target(OTHER)],
      controls: [
        control("platform-role", "pass", of(SUBSCRIPTION)),
        control("platform-role", "pass", of(OTHER)),
      ],
    });
    expect(compareReports(longer, well).gone).toEqual([drift(OTHER)]);
  });

  test("shuffled input finds nothing new (fault 17)", () => {
    const turned: Report = {
      ...both,
      targets: both.targets.toReversed(),
      controls: both.controls.toReversed(),
      findings: both.findings.toReversed(),
    };
    const compared = compareReports(both, turned);
    expect(states(compared)).toEqual({ gone: 0, unchanged: 2 });
    expect(upload(codeScanning(), compared)).not.toBe("nothing to upload");
  });
});

describe("--fail-on-new", () => {
  const policy = { failOn: "low", allowIncomplete: false, newOnly: true } as const;
  const of = (...findings: Report["findings"]) =>
    report({ controls: [control("platform-role", "fail")], findings });
  const a = finding({
    control: "platform-role",
    drift: "excess",
    severity: "high",
    pattern: "A/*",
    except: [],
  });
  const b = finding({
    control: "platform-role",
    drift: "excess",
    severity: "high",
    pattern: "B/*",
    except: [],
  });
  const except = { ...a, except: ["A/x"] };

  test.each([
    ["the same", of(a), of(a), 0],
    ["one more", of(a), of(a, b), 1],
    ["one that changed", of(except), of(a), 1],
    ["one less", of(a, b), of(a), 0],
    ["more severe", of({ ...a, severity: "low" }), of(a), 1],
  ] as const)("%s: exit %#", (_, before, now, code) => {
    expect(exitCode(compareReports(before, now), policy)).toBe(code);
  });

  test("without an earlier report everything is new; below --fail-on nothing counts; unknown stays 3", () => {
    expect(exitCode(of(a), policy)).toBe(1);
    expect(exitCode(compareReports(of(a), of(a, b)), { ...policy, failOn: "critical" })).toBe(0);
    const unread = target(SUBSCRIPTION, { complete: false, unread: [VAULT_UNREAD] });
    const now = report({ targets: [unread], controls: [control("platform-role", "fail")], findings: [a] });
    expect(exitCode(compareReports(of(a), now), policy)).toBe(3);
  });
});
