import { audit } from "../../src/audit/audit.ts";
import { auditOrder } from "../../src/cli/job/audit-job.ts";
import { type Job, prepare } from "../../src/cli/job/job.ts";
import { planOf } from "../../src/cli/job/plan.ts";
import type { GivenOptions } from "../../src/cli/line/options.ts";
import { collect } from "../../src/collectors/azure/collect.ts";
import { type ExitPolicy, exitCode } from "../../src/report/exit-code.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import { parseWaivers } from "../../src/report/waivers.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { fakeClock } from "../collectors/harness.ts";
import { type Arm, ca, startArm } from "../servers/arm.ts";
import { type AzureState, azureState, subscriptionId } from "../servers/azure-state.ts";
import type { Fault } from "../servers/faults.ts";

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

/** What an audit of a world came to, short enough to be written in a table. */
export interface Seen {
  readonly code: number;
  /** Every control whose outcome is not pass, those of Kubernetes left out. */
  readonly controls: Readonly<Record<string, string>>;
  /** Every finding, one line each, sorted. */
  readonly findings: readonly string[];
}

export interface Audited extends Seen {
  readonly snapshot: Snapshot;
  readonly report: Report;
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
  const snapshot = await read(arm, job, world, clock);
  const waivers = world.waivers === undefined ? undefined : parseWaivers(world.waivers, "waivers.yaml");
  const report = auditJob(job, [[snapshot]], waivers, { startedAt: now, now });
  const policy = { failOn: "low", allowIncomplete: false, ...world.policy } as const;
  return { ...seenIn(report, policy), snapshot, report, pauses: clock.pauses };
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
  return { ...seenIn(report, { failOn: "low", allowIncomplete: false, ...policy }), snapshot, report };
}

async function read(
  arm: Arm,
  job: Job,
  world: World,
  clock: ReturnType<typeof fakeClock>,
): Promise<Snapshot> {
  const [target] = job.targets;
  if (target?.kind !== "live" || target.cloud !== "azure") throw new Error("a job has one live target");
  return collect(
    planOf(job, target),
    {
      cloud: "public",
      endpoint: arm.url,
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

function given(flags: Flags): GivenOptions {
  return new Map(Object.entries(flags).map(([name, values]) => [name, { values, from: `--${name}` }]));
}

function seenIn(report: Report, policy: ExitPolicy): Seen {
  const ours = report.controls.filter((c) => !c.check.startsWith("kubernetes/") && c.outcome !== "pass");
  return {
    code: exitCode(report, policy),
    controls: Object.fromEntries(ours.map((c) => [bare(c.id), c.outcome])),
    findings: report.findings.map(line).sort(),
  };
}

function bare(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}

const HEADS = { fail: "", unknown: "unknown ", waived: "waived ", pass: "note " } as const;

/**
 * `CONTROL: RULE SEVERITY [latent] PLANE PATTERN → ACTION @ SCOPE, by …` for a difference of permissions, else
 * `CONTROL: RULE SEVERITY RESOURCE`. An action that no catalogue gave has `<any>` in it.
 */
function line(f: Finding): string {
  const head = `${bare(f.control)}: ${HEADS[f.outcome]}${f.rule} ${f.severity}${f.latent === true ? " latent" : ""}`;
  if (f.pattern === undefined && f.witness === undefined) return `${head} ${short(f.resource.id)}`;
  const witness = f.witness as { readonly action?: string; readonly scope?: string } | undefined;
  const proof = witness === undefined ? "" : ` → ${witness.action}`;
  const where = witness?.scope === undefined ? "" : ` @ ${short(witness.scope)}`;
  const by = f.by === undefined ? "" : `, by ${short(f.by)}`;
  return `${head} ${f.plane ?? ""} ${f.pattern ?? ""}${proof}${where}${by}`.replace(/ {2,}/g, " ");
}

/** Scopes and ids as one reads them: `SUB` is the audited subscription. */
function short(id: string): string {
  return id
    .replaceAll(`/providers/Microsoft.Subscription/subscriptions/${subscriptionId}`, "SUB")
    .replaceAll(`/subscriptions/${subscriptionId}`, "SUB")
    .replaceAll("/providers/Microsoft.Authorization/", " ")
    .replaceAll("/providers/Microsoft.Management/managementGroups/", "MG ")
    .replaceAll("/resourceGroups/", "/");
}

/** What one list of lines has more than another: a changed world against the clean one. */
export function more(than: readonly string[], has: readonly string[]): readonly string[] {
  const left = [...than];
  return has.filter((text) => {
    const at = left.indexOf(text);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
}
