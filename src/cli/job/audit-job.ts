import type { ServiceData } from "../../access/aws/service-data.ts";
import type { AuditInput } from "../../audit/input.ts";
import type { WaiverFile } from "../../report/waivers.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { version } from "../line/version.ts";
import type { Job } from "./job.ts";

/** What an audit takes, but for what whoever carries it out loads himself: the data of AWS's actions, and checks. */
export type AuditOrder = Omit<AuditInput, "serviceData" | "checks">;

/**
 * What an audit of a job takes: all targets in one, each with its own parameters (a principal differs from tenant to
 * tenant).
 * @param files those that parameters name
 * @param times those that the report carries, and the clock that waivers expire by
 * @param states the recorded state of each target, in the order of the job
 */
export function auditOrder(
  job: Job,
  states: readonly (readonly Snapshot[])[],
  waivers: WaiverFile | undefined,
  times: {
    readonly startedAt: string;
    readonly now: string;
    readonly clock?: string;
    readonly maxAgeMs?: number;
  },
  files: NonNullable<AuditInput["files"]> = {},
): AuditOrder {
  return {
    baselines: job.baselines,
    snapshots: job.targets.flatMap((target, i) => {
      const { name, dealt } = target;
      const edition = target.kind === "live" ? target.edition : undefined;
      const of = states[i] ?? [];
      const several = new Set(of.map(({ provider }) => provider)).size > 1;
      return of.map((snapshot) => ({
        snapshot,
        dealt,
        source: target.kind === "live" ? "live" : "snapshot",
        ...(target.kind === "recorded" && target.namedBy !== undefined ? { namedBy: target.namedBy } : {}),
        ...(name === undefined ? {} : { name: several ? `${name}/${snapshot.provider}` : name }),
        ...(edition === undefined ? {} : { edition }),
      }));
    }),
    clouds: job.clouds,
    // of files alone there is no state that would bring its parameters
    ...(job.clouds.length === 0 ? { parameters: job.targets[0]?.parameters ?? {} } : {}),
    ...(job.profile === undefined ? {} : { profile: job.profile }),
    ...(waivers === undefined ? {} : { waivers }),
    ...times,
    files,
    version,
  };
}

/** What AWS's actions know of resources and condition keys, where one of the states is of AWS. */
export async function serviceDataFor(states: readonly Snapshot[]): Promise<ServiceData | undefined> {
  if (!states.some(({ provider }) => provider === "aws")) return undefined;
  return (await import("./service-data.ts")).loadServiceData();
}
