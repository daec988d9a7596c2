import { prepare } from "../../src/cli/job/job.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { Snapshot, Unread } from "../../src/snapshot/snapshot.ts";
import { fakeClock } from "../collectors/harness.ts";
import { azureState, type Body } from "../servers/azure-state.ts";
import { type Audited, auditJob, given, openLab, readAzure, type World } from "./azure-ground.ts";
import type { Claim, CleanWorld, Ground } from "./world.ts";
import { seenIn } from "./world.ts";

/** What the cluster's API server told: services, and which of them something answers behind. */
export interface ClusterState {
  readonly services: readonly Body[];
  readonly slices: readonly Body[];
  readonly unread?: readonly Unread[];
}

export interface StackWorld extends World {
  readonly cluster: ClusterState;
}

export type StackRow = StackWorld & Claim<Audited>;

const now = "2026-11-21T08:00:00.000Z";

const idOf = ({ metadata }: Body): string => {
  const { namespace, name } = metadata as { readonly namespace: string; readonly name: string };
  return `${namespace}/${name}`;
};

/** What is recorded of the cluster. */
export function clusterSnapshot({ services, slices, unread = [] }: ClusterState): Snapshot {
  const hidden = new Set(unread.map(({ kind }) => kind));
  const of = (kind: DocumentKind, bodies: readonly Body[]) =>
    hidden.has(kind) ? [] : bodies.map((body) => ({ kind, id: idOf(body), body }));
  return {
    schema: 1,
    provider: "kubernetes",
    scope: "uid-1",
    takenAt: now,
    kinds: ["kubernetes/cluster", "kubernetes/endpoint-slice", "kubernetes/service"],
    documents: [...of("kubernetes/endpoint-slice", slices), ...of("kubernetes/service", services)],
    unread,
  };
}

/**
 * One run over both clouds: the subscription and its directory are read over HTTPS as the command reads them, what the
 * cluster told is recorded.
 */
async function auditStack(lab: Awaited<ReturnType<typeof openLab>>, world: StackWorld): Promise<Audited> {
  lab.arm.state = azureState(world.state);
  lab.arm.faults.clear();
  lab.arm.faults.add(...(world.faults ?? []));
  const flags = { baseline: ["metaflow-azure"], cloud: ["azure", "kubernetes"], ...world.flags };
  const job = await prepare(given(flags), { options: new Map(), targets: new Map() }, ".");
  const clock = fakeClock();
  const snapshot = await readAzure(lab.arm, job, world, clock);
  const states = job.targets.map((target) =>
    target.kind === "live" && target.cloud === "azure" ? [snapshot] : [clusterSnapshot(world.cluster)],
  );
  const report = auditJob(job, states, undefined, { startedAt: now, now });
  return { ...seenIn(report, () => true, world.policy), snapshot, pauses: clock.pauses };
}

/** Stacks that depart from this one. @param pageSize entries of one page of every list of Azure and of the directory */
export function stackGround(
  world: StackWorld,
  notes: readonly string[],
  pageSize = 100,
): Ground<StackWorld, Audited> {
  const clean: CleanWorld<StackWorld> = { world, notes };
  return {
    open: async () => {
      const lab = await openLab({ pageSize });
      return { audit: (changed) => auditStack(lab, changed), close: lab.close };
    },
    clean: () => clean,
  };
}
