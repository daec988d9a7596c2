import type { AwsGrant, Impact, Known, Witness } from "../access/policy.ts";
import type { Cause, Drift, Principal, Remediation, Resource, Severity } from "../report/report.ts";

/** One thing that a check saw. Severity, waivers, fingerprints and locations are the runner's. */
export type Observation = DriftObservation | UnknownObservation | NoteObservation | AssessedObservation;

interface Seen {
  readonly resource: Resource;
  readonly message: string;
  /** What of the resource the observation is about, for the fingerprint; must not contain an observed value. */
  readonly property: string;
  readonly pattern?: string;
  readonly except?: readonly string[];
  readonly plane?: "control" | "data";
  readonly grant?: readonly AwsGrant[];
  readonly witness?: Witness;
  readonly witnesses?: readonly Witness[];
  readonly known?: Known;
  readonly latent?: boolean;
  readonly by?: string;
  readonly causes?: readonly Cause[];
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** JSON pointer inside the control's `with` that declares what this is about: the line to anchor to. */
  readonly at?: string;
  readonly verify?: string;
  readonly remediation?: Remediation;
  /** Where it stands, when that is in a file of the user's and not in the baseline. */
  readonly standsIn?: { readonly file: string; readonly line: number };
}

/** A departure from the document. */
export interface DriftObservation extends Seen {
  readonly kind: "drift";
  readonly drift: Drift;
  readonly impact?: Impact;
  /** Only where the table of severities does not say it. */
  readonly severity?: Severity;
  /**
   * The user named it on the command line and it is not there, so that nothing of what was meant was looked at: as bad
   * as can be, and no severity of the control's own makes it less.
   */
  readonly named?: true;
  /** How to replay the witness through `allows` on both sides; the runner does, and a mismatch fails the run. */
  readonly replay?: () => { readonly documented: string; readonly live: string };
}

/** Something that could not be assessed, with what would settle it. */
export interface UnknownObservation extends Seen {
  readonly kind: "unknown";
  /** What would decide it, in words; starts with a verb. */
  readonly decide?: string;
  /** Clause of docs/semantics.md that makes it undecided. */
  readonly clause?: string;
  /** There is nothing of the kind to assess. Nothing was withheld, so the target still counts as read completely. */
  readonly empty?: boolean;
}

/** Worth saying, no drift: an optional part that is absent, a dead grant that the page itself prescribes. */
export interface NoteObservation extends Seen {
  readonly kind: "note";
  readonly drift: Drift;
  /** The whole control describes something optional that is not there. */
  readonly absent?: boolean;
}

/** Proof that something was looked at. A run that yields nothing at all is `unknown`, never `pass`. */
export interface AssessedObservation {
  readonly kind: "assessed";
  /** How many things (operations, assignments, clusters) were compared. */
  readonly count: number;
  /** What they are, in words, plural: `operations`. */
  readonly what: string;
  /** Whom it was about, where the check itself finds out: the report names them. Empty: nobody was found. */
  readonly audited?: readonly Principal[];
  /** What a person must know of the target to read the verdict; said once however many controls say it. */
  readonly notes?: readonly string[];
}
