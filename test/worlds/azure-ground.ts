import { expect } from "vitest";
import { audit } from "../../src/audit/audit.ts";
import { auditOrder } from "../../src/cli/job/audit-job.ts";
import { type Job, prepare } from "../../src/cli/job/job.ts";
import { planOf } from "../../src/cli/job/plan.ts";
import type { GivenOptions } from "../../src/cli/line/options.ts";
import { collect } from "../../src/collectors/azure/collect.ts";
import type { ExitPolicy } from "../../src/report/exit-code.ts";
import type { ControlResult, Report } from "../../src/report/report.ts";
import { parseWaivers } from "../../src/report/waivers.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { fakeClock } from "../collectors/harness.ts";
import { type Arm, ca, startArm } from "../servers/arm.ts";
import { type AzureState, azureState } from "../servers/azure-state.ts";
import type { Fault } from "../servers/faults.ts";
import { type Claim, type CleanWorld, type Ground, type Seen, seenIn } from "./world.ts";

/** Options of the command line, without dashes: `{ principal: [id], set: ["resourceGroups=a"] }`. */
export type Flags = Readonly<Record<string, readonly string[]>>;

/** A state of the cloud, how it is asked for, and how the server misbehaves meanwhile. */
export interface World {
  readonly state: Partial<AzureState>;
  readonly flags?: Flags;
  readonly faults?: readonly Fault[];
  /** Text of a waiver file. */
  readonly waivers?: string;
  readonly policy?: Partial<ExitPolicy>;
  /** Milliseconds that one request may really take. */
  readonly patience?: number;
}

export type Row = World & Claim<Audited>;

export interface Audited extends Seen {
  readonly snapshot: Snapshot;
  /** Milliseconds that the collector meant to pause. */
  readonly pauses: readonly number[];
}

export interface Lab {
  readonly arm: Arm;
  readonly audit: (world: World) => Promise<Audited>;
  readonly close: () => Promise<void>;
}

const now = "2026-11-21T08:00:00.000Z";

/**
 * A subscription to be audited over and over: the tests' Resource Manager, and the way from options to exit code as
 * the command goes it (plan from the baselines, collector over HTTPS, audit, exit code), on a clock on which only
 * pauses pass.
 */
export async function openLab(options: { readonly pageSize?: number } = {}): Promise<Lab> {
  const arm = await startArm({}, options);
  return { arm, close: arm.close, audit: (world) => auditWorld(arm, world) };
}

async function auditWorld(arm: Arm, world: World): Promise<Audited> {
  arm.state = azureState(world.state);
  arm.faults.clear();
  arm.faults.add(...(world.faults ?? []));
  const flags = { cloud: ["azure"], ...world.flags };
  const job = await prepare(given(flags), { options: new Map(), targets: new Map() }, ".");
  const clock = fakeClock();
  const snapshot = await readAzure(arm, job, world, clock);
  const waivers = world.waivers === undefined ? undefined : parseWaivers(world.waivers, "waivers.yaml");
  const report = auditJob(job, [[snapshot]], waivers, { startedAt: now, now });
  return { ...seenIn(report, isOurs, world.policy), snapshot, pauses: clock.pauses };
}

/** The audit of a job, in one go. */
export function auditJob(job: Job, ...rest: Rest<Parameters<typeof auditOrder>>): Report {
  return audit({ ...auditOrder(job, ...rest), checks: job.extensions.checks });
}

type Rest<T extends readonly unknown[]> = T extends readonly [unknown, ...infer R] ? R : never;

/** A recorded state, judged as `scan --snapshot` does. */
export async function auditSnapshot(
  snapshot: Snapshot,
  flags: Flags = {},
  policy: Partial<ExitPolicy> = {},
): Promise<Omit<Audited, "pauses">> {
  const job = await prepare(given(flags), { options: new Map(), targets: new Map() }, ".", {
    recorded: [snapshot],
  });
  const report = auditJob(job, [[snapshot]], undefined, { startedAt: now, now });
  return { ...seenIn(report, isOurs, policy), snapshot };
}

/** The state of the subscription, read as the job asks for it. */
export async function readAzure(
  arm: Arm,
  job: Job,
  world: World,
  clock: ReturnType<typeof fakeClock>,
): Promise<Snapshot> {
  const target = job.targets.find((each) => each.kind === "live" && each.cloud === "azure");
  if (target?.kind !== "live" || target.cloud !== "azure") throw new Error("no target of the job is Azure");
  return collect(
    planOf(job, target),
    {
      cloud: "public",
      endpoint: arm.url,
      graph: arm.url,
      subscription: target.azure.subscription ?? arm.subscription,
      credential: arm.credential,
      ca,
      clock,
      requestTimeoutMs: world.patience ?? 10_000,
    },
    {
      signal: new AbortController().signal,
      timeoutMs: 300_000,
      concurrency: 8,
      progress: () => {},
      debug: () => {},
      now: () => new Date(now),
    },
  );
}

export function given(flags: Flags): GivenOptions {
  return new Map(Object.entries(flags).map(([name, values]) => [name, { values, from: `--${name}` }]));
}

/** What an Azure baseline says of a cluster's inside is audited there. */
const isOurs = ({ check }: ControlResult): boolean => !check.startsWith("kubernetes/");

/** Subscriptions that depart from this one. */
export function azureGround(world: World, notes: readonly string[]): Ground<World, Audited> {
  const clean: CleanWorld<World> = { world, notes };
  return { open: openLab, clean: () => clean, prove: expectProofs };
}

/** A pattern of Azure as an expression of JavaScript's, which shares no code with the comparison. */
function expression(pattern: string): RegExp {
  const parts = pattern.toLowerCase().split("*");
  return new RegExp(`^${parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join("[^]*")}$`);
}

/** Every proof lies in its pattern and in none of what is left out of it. */
function expectProofs({ report }: Audited): void {
  const broken = report.findings.filter((f) => {
    const witness = f.witness as { readonly action: string } | undefined;
    if (f.pattern === undefined || witness === undefined) return false;
    const action = witness.action.toLowerCase();
    const hits = (pattern: string) => expression(pattern).test(action);
    return !hits(f.pattern) || (f.except ?? []).some(hits);
  });
  expect(broken.map((f) => [f.pattern, f.except, f.witness])).toEqual([]);
}
