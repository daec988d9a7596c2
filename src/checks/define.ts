import type { CompareOptions, Impact, Known, Witness } from "../access/policy.ts";
import type { Drift, Principal, Remediation, Resource, Severity } from "../report/report.ts";
import type { DocumentKind, SnapshotDocument, Unread } from "../snapshot/snapshot.ts";

/** What a snapshot says, by kind. A check reads nothing else. */
export interface Facts {
  /** Azure: `/subscriptions/<id>`. AWS: `<account>/<region>`. */
  readonly scope: string;
  /** When the state was recorded, ISO 8601. The only clock that a check has. */
  readonly takenAt: string;
  /** Whom the state was recorded for, as the user named them; absent: whoever was found. */
  readonly asked?: readonly string[];
  all(kind: DocumentKind): readonly SnapshotDocument[];
  /** What of that kind (and of that id, if given) could not be read. */
  unread(kind: DocumentKind, id?: string): readonly Unread[];
}

/** A control with its parameters put in. */
export interface ResolvedControl {
  readonly id: string;
  readonly check: string;
  readonly optional: boolean;
  /**
   * `${name}` replaced. Of a parameter that was not given a whole value is left out and a part of one becomes `*`; in a
   * policy and in a list of accounts, where neither would mean the same, `${name}` stays, and the check binds it.
   */
  readonly with: unknown;
  /** Parameters referred to and not given. */
  readonly unresolved: readonly string[];
}

export interface Context {
  readonly control: ResolvedControl;
  /** The other controls of the baseline under the chosen profile, by id. */
  readonly controls: ReadonlyMap<string, ResolvedControl>;
  /** Those controls of the baseline that only another profile has. */
  readonly elsewhere?: ReadonlyMap<string, ResolvedControl>;
  /**
   * The principals audited. Azure: given by `--principal`, else those that hold the documented role. AWS: the role
   * given by `--role`, else those that trust a documented principal.
   */
  readonly principals: readonly Principal[];
  /** The principals were named by the user. */
  readonly principalsGiven: boolean;
  /** Why nobody could be found to audit, when that is not known. Absent with no principals: nobody holds the role. */
  readonly principalsUnknown?: string;
  /** Today's operations and their date, when the snapshot has them. */
  readonly catalog?: {
    readonly entries: readonly { name: string; isDataAction: boolean }[];
    readonly date: string;
  };
  /** AWS: resource types and condition keys of each action, when whoever runs the audit has them. */
  readonly serviceData?: NonNullable<CompareOptions["serviceData"]>;
}

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
  readonly witness?: Witness;
  readonly witnesses?: readonly Witness[];
  readonly known?: Known;
  readonly latent?: boolean;
  readonly by?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** JSON pointer inside the control's `with` that declares what this is about: the line to anchor to. */
  readonly at?: string;
  readonly verify?: string;
  readonly remediation?: Remediation;
}

/** A departure from the document. */
export interface DriftObservation extends Seen {
  readonly kind: "drift";
  readonly drift: Drift;
  readonly impact?: Impact;
  /** Only where the table of severities does not say it. */
  readonly severity?: Severity;
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

/** What a drift of a check means, for the generated page and the SARIF rule. */
export interface DriftText {
  /** A short sentence. */
  readonly short: string;
  /** Markdown: what it means, why it matters, what to do. */
  readonly help: string;
}

export interface Check {
  /** Derived from its path: `checks/azure/role-definition.ts` is `azure/role-definition`. */
  readonly id: string;
  readonly cloud: "azure" | "aws" | "kubernetes" | "any";
  readonly title: string;
  /** Markdown for the generated page. */
  readonly help: string;
  /** JSON Schema of the control's `with`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The document kinds without which nothing can be said, given the control's parameters. */
  readonly needs: (params: unknown) => readonly DocumentKind[];
  /**
   * Those of `needs` that the check does without, or answers for itself: when one is unread, the check still runs.
   * An entry of assignments, definitions or eligibilities that is unread for one id alone is the check's too.
   */
  readonly tolerates?: readonly DocumentKind[];
  /** Why a control of this check does not apply as it was resolved (a parameter not given); it is then skipped. */
  readonly applicable?: (control: ResolvedControl) => string | undefined;
  /** Every drift that it can report. */
  readonly drifts: Readonly<Partial<Record<Drift, DriftText>>>;
  readonly run: (facts: Facts, params: unknown, context: Context) => Iterable<Observation>;
}
