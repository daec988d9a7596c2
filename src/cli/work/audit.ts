import { auditing } from "../../audit/audit.ts";
import {
  type AuditTold,
  type BaselineOnTarget,
  type Judged,
  type Opening,
  type Stopped,
  stoppedAfter,
} from "../../audit/course.ts";
import type { Check } from "../../checks/define.ts";
import type { Report } from "../../report/report.ts";
import { compareReports } from "../../report/since.ts";
import { type AuditOrder, serviceDataFor } from "../job/audit-job.ts";
import { extensionsFrom, type PluginFile } from "../job/plugins.ts";
import { type PackedBaseline, packBaseline, unpackBaseline } from "./packed.ts";
import type { Steps, Work } from "./work.ts";

/** Word of an audit: where it is, and what it has judged. */
export type AuditPart =
  | { readonly at: "opens"; readonly place: BaselineOnTarget; readonly opening: Opening }
  | { readonly at: "begins"; readonly place: BaselineOnTarget; readonly control: string }
  | {
      readonly at: "ends";
      readonly place: BaselineOnTarget;
      readonly control: string;
      readonly judged: Judged;
    };

/** An audit, and what is done with its report that takes comparisons too. */
export interface AuditErrand {
  readonly order: AuditOrder;
  /** The bundled checks and those of the plugins. */
  readonly checks: readonly Check[];
  /** Where those of the plugins come from: another thread loads them again. */
  readonly plugins: readonly PluginFile[];
  /** The run was interrupted before: nothing in the earlier report is gone. */
  readonly interrupted: boolean;
  /** The report of `--since`. */
  readonly earlier?: Report;
  /** The audit was stopped: what it had told becomes the report. */
  readonly stopped?: { readonly told: AuditTold; readonly reason: string };
}

type PackedAudit = Omit<AuditErrand, "order" | "checks"> & {
  readonly rest: Omit<AuditOrder, "baselines">;
  readonly baselines: readonly PackedBaseline[];
};

/** The audit of all targets of a run, compared with the report of an earlier run where there is one. */
export const auditWork: Work<AuditErrand, AuditPart, Report> = {
  name: "audit",
  ready: async (errand, tell) => {
    const { order, stopped } = errand;
    const serviceData = await serviceDataFor(order.snapshots.map(({ snapshot }) => snapshot));
    const input = {
      ...order,
      checks: errand.checks,
      ...(serviceData === undefined ? {} : { serviceData }),
    };
    const course =
      stopped === undefined
        ? {
            opens: (place: BaselineOnTarget, opening: Opening) => tell({ at: "opens", place, opening }),
            begins: (place: BaselineOnTarget, control: string) => tell({ at: "begins", place, control }),
            ends: (place: BaselineOnTarget, control: string, judged: Judged) =>
              tell({ at: "ends", place, control, judged }),
          }
        : { stopped: stoppedAfter(stopped.told, stopped.reason) };
    return reporting(auditing(input, course), errand);
  },
  pack: ({ order: { baselines, ...rest }, checks: _, ...more }): PackedAudit => ({
    ...more,
    rest,
    baselines: baselines.map(packBaseline),
  }),
  unpack: async (packed) => {
    const { rest, baselines, ...more } = packed as PackedAudit;
    const { checks } = await extensionsFrom(more.plugins);
    return { ...more, checks, order: { ...rest, baselines: baselines.map(unpackBaseline) } };
  },
};

function* reporting(steps: Steps<Report>, { interrupted, earlier }: AuditErrand): Steps<Report> {
  const report = yield* steps;
  const marked = interrupted ? { ...report, interrupted } : report;
  if (earlier === undefined) return marked;
  yield;
  return compareReports(earlier, marked);
}

/**
 * The report of an audit that was stopped, without anything that takes a comparison: no waiver is applied, and nothing
 * is told to be new or gone.
 */
export function* bareReport({ order, checks }: AuditErrand, stopped: Stopped): Steps<Report> {
  const { waivers: _, ...input } = order;
  return yield* auditing({ ...input, checks }, { stopped });
}

/** Follows an audit: for the progress line, and for the report of an audit that is stopped. */
export class AuditFollower {
  readonly #openings = new Map<string, AuditTold["openings"][number]>();
  readonly #judged = new Map<string, AuditTold["judged"][number]>();
  #now = "";

  /** Takes word of the audit. The same may come twice: what was begun in one thread begins again in another. */
  take(part: AuditPart): void {
    if (part.at === "begins") this.#now = `${part.place.target}, ${part.control}`;
    else if (part.at === "opens") this.#openings.set(JSON.stringify(part.place), part);
    else this.#judged.set(JSON.stringify([part.place, part.control]), part);
  }

  /** The progress line. */
  line(): string {
    const count = this.#judged.size;
    const done = count === 0 ? "" : `${count} ${count === 1 ? "control" : "controls"} judged; `;
    return this.#now === "" ? "judging" : `judging: ${done}${this.#now}`;
  }

  /** What the audit has told. */
  told(): AuditTold {
    return { openings: [...this.#openings.values()], judged: [...this.#judged.values()] };
  }
}
