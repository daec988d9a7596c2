import type { ControlResult, Finding, Principal, Target } from "../report/report.ts";

/** What became of one control. */
export interface Judged {
  readonly result: ControlResult;
  readonly findings: readonly Finding[];
  readonly complete: boolean;
  /** Whom the check found to audit; absent when it looks for nobody. */
  readonly audited?: readonly Principal[];
  /** What the check has to say of the target. */
  readonly notes?: readonly string[];
}

/** A baseline on a target. */
export interface BaselineOnTarget {
  /** Name of the target. */
  readonly target: string;
  /** Identity of the baseline: its file's hash. */
  readonly baseline: string;
}

/** What is known of a baseline on a target before its first control is judged. */
export interface Opening {
  readonly principals: readonly Principal[];
  readonly catalog?: NonNullable<Target["catalog"]>;
}

/**
 * How an audit goes along: whoever waits for it is told, and may have to do with less than the whole.
 *
 * All that is told is data: it may come from another thread.
 */
export interface Course {
  readonly opens?: (place: BaselineOnTarget, opening: Opening) => void;
  /** A control is about to be judged, which may take long. */
  readonly begins?: (place: BaselineOnTarget, control: string) => void;
  readonly ends?: (place: BaselineOnTarget, control: string, judged: Judged) => void;
  /** The audit was stopped: nothing is judged any more. */
  readonly stopped?: Stopped;
}

/** An audit that was stopped: what it had told until then stands, and every other control is unknown. */
export interface Stopped {
  /** Why, in words for a person. */
  readonly reason: string;
  readonly opening: (place: BaselineOnTarget) => Opening | undefined;
  readonly judged: (place: BaselineOnTarget, control: string) => Judged | undefined;
  /** What else a reader of each target must know. */
  readonly notes?: readonly string[];
}

/** What an audit told, so that it can be reported when the audit does not come to its end. Data. */
export interface AuditTold {
  readonly openings: readonly { readonly place: BaselineOnTarget; readonly opening: Opening }[];
  readonly judged: readonly {
    readonly place: BaselineOnTarget;
    readonly control: string;
    readonly judged: Judged;
  }[];
}

/** The audit that had told this and then was stopped. */
export function stoppedAfter(told: AuditTold, reason: string, notes: readonly string[] = []): Stopped {
  const openings = new Map(told.openings.map(({ place, opening }) => [keyOf(place), opening]));
  const judged = new Map(told.judged.map((each) => [keyOf(each.place, each.control), each.judged]));
  return {
    reason,
    opening: (place) => openings.get(keyOf(place)),
    judged: (place, control) => judged.get(keyOf(place, control)),
    notes,
  };
}

function keyOf({ target, baseline }: BaselineOnTarget, control = ""): string {
  return JSON.stringify([target, baseline, control]);
}

/** Takes all steps, and gives what the last one gave. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
