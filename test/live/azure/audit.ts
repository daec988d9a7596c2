import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { loadBaseline } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import { neededKinds } from "../../../src/cli/commands/permissions.ts";
import type { Finding, Report } from "../../../src/report/report.ts";
import { azureKinds } from "../../../src/snapshot/kinds/azure.ts";
import type { Client, LiveAzure } from "../servers/azure/setup.ts";
import type { LiveState, Logged } from "../servers/azure/state.ts";
import { chalkAudit, type Ran, target } from "./cli.ts";
import { clients, group, groupScope, managementGroup, subscription } from "./world.ts";

/** What a scan of one world came to. */
export interface Audited {
  readonly code: number | null;
  readonly report: Report;
  /** Control → outcome, of the controls that concern Azure itself. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** Findings that are drift, one line each: control, drift, severity, pattern or resource. */
  readonly drift: readonly string[];
  readonly findings: readonly Finding[];
  readonly requests: readonly Logged[];
  /** The SARIF file that is uploaded, and the one of targets that were not read; absent when not written. */
  readonly sarif: { readonly complete?: string; readonly incomplete?: string };
  readonly stderr: string;
}

/**
 * Scans a world twice, the second time shuffled and cut into small pages, and proves on the way what holds for every
 * scan: the same bytes (fault 17), read-only requests that the registry names (fault 36), no secret in any output
 * (fault 29).
 */
export async function audit(
  azure: LiveAzure,
  client: Client,
  world: LiveState,
  args: readonly string[] = [],
): Promise<Audited> {
  await azure.load(world);
  const first = await scan(azure, client, args);
  const requests = await azure.requests();
  expectReadOnly(requests, client);
  await azure.load(shuffled(world));
  await azure.pageSize(2);
  const second = await scan(azure, client, args);
  expectReadOnly(await azure.requests(), client);

  expect(second.ran.stdout).toBe(first.ran.stdout);
  expect(second.sarif).toEqual(first.sarif);
  expect(second.ran.code).toBe(first.ran.code);
  expectNoSecret(first);
  expectNoSecret(second);
  return { ...summarised(first), requests };
}

/** One scan of whatever the server shows at the moment, faults included. */
export async function auditOnce(
  azure: LiveAzure,
  client: Client,
  args: readonly string[] = [],
): Promise<Audited & { readonly took: number }> {
  const scanned = await scan(azure, client, args);
  const requests = await azure.requests();
  expectReadOnly(requests, client);
  expectNoSecret(scanned);
  return { ...summarised(scanned), requests, took: scanned.ran.took };
}

interface Scanned {
  readonly ran: Ran;
  readonly sarif: Audited["sarif"];
}

async function scan(azure: LiveAzure, client: Client, args: readonly string[]): Promise<Scanned> {
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-scan-"));
  try {
    const file = join(folder, "report.sarif");
    const set = ["--set", `resourceGroups=${group},MC_${group}_aks-chalk_westeurope`];
    const formats = ["--format", "json", "--format", `sarif=${file}`];
    const ran = await chalkAudit(azure, client, ["scan", ...target(azure), ...set, ...formats, ...args]);
    const incomplete = file.replace(/\.sarif$/, ".incomplete.sarif");
    const sarif = {
      ...(existsSync(file) ? { complete: readFileSync(file, "utf8") } : {}),
      ...(existsSync(incomplete) ? { incomplete: readFileSync(incomplete, "utf8") } : {}),
    };
    return { ran, sarif };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function summarised({ ran, sarif }: Scanned): Omit<Audited, "requests"> {
  let report: Report;
  try {
    report = JSON.parse(ran.stdout) as Report;
  } catch {
    throw new Error(`the scan printed no report (exit ${ran.code}): ${ran.stderr || ran.stdout}`);
  }
  const assessed = report.controls.filter((control) => control.check.split("/")[0] !== "kubernetes");
  return {
    code: ran.code,
    report,
    outcomes: Object.fromEntries(assessed.map((control) => [bare(control.id), control.outcome])),
    drift: report.findings
      .filter((one) => one.outcome === "fail")
      .map(line)
      .sort(),
    findings: report.findings,
    sarif,
    stderr: ran.stderr,
  };
}

const bare = (id: string) => id.slice(id.indexOf("/") + 1);

/** Scopes are shortened, so that a line can be read. */
function line(finding: Finding): string {
  const witness = finding.witness as { readonly action: string; readonly scope?: string } | undefined;
  const proof = witness === undefined ? "" : `: ${witness.action}`;
  const where = witness?.scope === undefined ? "" : ` at ${short(witness.scope)}`;
  const latent = finding.latent === true ? " latent" : "";
  const what = finding.pattern ?? finding.resource.name;
  return `${bare(finding.control)}: ${finding.drift} ${finding.severity}${latent} ${what}${proof}${where}`;
}

function short(scope: string): string {
  return scope
    .replace(groupScope, "<group>")
    .replace(subscription, "<subscription>")
    .replace(managementGroup, "<management group>");
}

/** Every permission that the registry of document kinds says a scan needs; of one baseline, where it is named. */
export function readPermissions(baseline?: string): readonly string[] {
  const needed =
    baseline === undefined
      ? undefined
      : new Set<string>(neededKinds("azure", [loadBaseline(baseline, checks)], new Map(), checks));
  const all = Object.entries(azureKinds).flatMap(([kind, { calls }]) =>
    needed === undefined || needed.has(kind) ? calls.map((call) => call.permission) : [],
  );
  return [...new Set(all)].sort();
}

/** The read-only promise: nothing but GET, and only what the registry of document kinds says is read. */
function expectReadOnly(requests: readonly Logged[], client: Client): void {
  expect(requests.length).toBeGreaterThan(0);
  const permissions = readPermissions();
  const strange = requests.filter(
    (one) =>
      one.method !== "GET" ||
      one.action === undefined ||
      !permissions.includes(one.action) ||
      (one.caller !== undefined && one.caller !== client.objectId),
  );
  expect(strange).toEqual([]);
}

function expectNoSecret({ ran, sarif }: Scanned): void {
  const everything = [ran.stdout, ran.stderr, sarif.complete, sarif.incomplete].join("\n");
  for (const client of clients) expect(everything.includes(client.secret)).toBe(false);
}

/** The same world with every list turned round. */
function shuffled(world: LiveState): LiveState {
  return Object.fromEntries(
    Object.entries(world).map(([name, value]) => [name, Array.isArray(value) ? value.toReversed() : value]),
  ) as unknown as LiveState;
}
