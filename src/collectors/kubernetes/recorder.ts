import type { KubernetesCall } from "../../snapshot/kinds/calls.ts";
import type { KubernetesKind } from "../../snapshot/kinds/kubernetes.ts";
import { visible } from "../../text/visible.ts";
import type { CollectOptions, CollectPlan } from "../define.ts";
import type { ReadFailure } from "../http/failure.ts";
import { createRecorder, type Recorder } from "../recorder.ts";
import type { Get } from "./http.ts";

export interface KubernetesRecorder extends Omit<Recorder, "miss"> {
  readonly missed: Recorder["miss"];
  /** @param path what was asked for, when not the call's own path */
  readonly miss: (
    kind: KubernetesKind,
    call: KubernetesCall,
    failure: ReadFailure,
    about?: { readonly id?: string | undefined; readonly path?: string },
  ) => void;
}

export function clusterRecorderOf(options: CollectOptions): KubernetesRecorder {
  const recorder = createRecorder(options.debug);
  return {
    ...recorder,
    missed: recorder.miss,
    miss: (kind, call, failure, { id, path = call.path } = {}) => {
      recorder.miss({ kind, api: `GET ${visible(path)}`, id, permission: call.permission }, failure);
    },
  };
}

/** What every reading of a cluster needs. */
export interface ClusterReading {
  readonly get: Get;
  readonly recorder: KubernetesRecorder;
  readonly plan: CollectPlan;
  readonly progress: CollectOptions["progress"];
  /** Entries of one page of a list. */
  readonly limit: number;
}
