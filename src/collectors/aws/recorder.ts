import type { AwsKind } from "../../snapshot/kinds/aws.ts";
import { awsKinds } from "../../snapshot/kinds/aws.ts";
import type { AwsCall } from "../../snapshot/kinds/calls.ts";
import { visible } from "../../text/visible.ts";
import type { CollectOptions } from "../define.ts";
import type { ReadFailure } from "../http/failure.ts";
import { createRecorder, type Recorder } from "../recorder.ts";

/** What was read of AWS, and what was not. */
export interface AwsRecorder extends Omit<Recorder, "keep" | "miss"> {
  readonly keep: (kind: AwsKind, id: string, body: unknown) => void;
  /**
   * @param operation the call that failed
   * @param what what it asked for
   * @param id what is missed; absent: the whole kind
   */
  readonly miss: (kind: AwsKind, operation: string, what: string, failure: ReadFailure, id?: string) => void;
}

export function recorderOf(options: CollectOptions): AwsRecorder {
  const recorder = createRecorder(options.debug);
  return {
    ...recorder,
    miss: (kind, operation, what, failure, id) => {
      const call = callOf(kind, operation);
      const api = `${call.service} ${operation}${what === "" ? "" : ` ${visible(what)}`}`;
      recorder.miss({ kind, api, id, permission: call.permission }, failure);
    },
  };
}

/** Two services may have an operation of one name: the kind's own comes first. */
function callOf(kind: AwsKind, operation: string): AwsCall {
  const { calls } = awsKinds[kind];
  const all = [...calls, ...Object.values(awsKinds).flatMap((source) => source.calls)];
  return all.find((call) => call.operation === operation) ?? calls[0];
}
