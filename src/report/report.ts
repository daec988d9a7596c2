import type { AwsGrant, Known, Provider, Witness } from "../access/policy.ts";
import type { Unread } from "../snapshot/snapshot.ts";

export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** The closed list of ways in which a live system can depart from a document. */
export type Drift =
  | "missing"
  | "excess"
  | "weakened"
  | "changed"
  | "wider"
  | "dead"
  | "absent"
  | "unreadable"
  | "expired"
  | "stray";

export type Outcome = "pass" | "fail" | "unknown" | "waived" | "skipped";

export interface Resource {
  /** The provider's type, e.g. `Microsoft.Authorization/roleDefinitions`. */
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

export interface Remediation {
  readonly text: string;
  readonly commands: readonly string[];
}

/** What a person would change to mend a finding: an attached policy, an assignment, a binding. */
export interface Cause {
  /** The same for all findings of a target that this one change would mend. */
  readonly id: string;
  /** For people: `policy ReadOnlyAccess, attached to role chalk`. */
  readonly text: string;
  /** Take the whole of it away; absent where part of it is needed for what is documented. */
  readonly commands?: readonly string[];
}

/** What a person would change to mend a finding, as one thing: what gives it, else the resource itself. */
export interface Group {
  /** AWS: a policy; Azure: an assignment; Kubernetes: a binding; what nothing gives is about the resource. */
  readonly kind: "policy" | "assignment" | "binding" | "resource";
  /** The same for all findings of a target that the same change would mend; of several causes, all their ids. */
  readonly id: string;
  readonly name: string;
  /** The first command of the change, where it takes one away. */
  readonly command?: string;
}

export interface Finding {
  /** Stable: control + rule + target scope + resource + property; not line, time, observed value. */
  readonly fingerprint: string;
  /** Check id and drift id: `azure/role-definition/excess`. */
  readonly rule: string;
  /** `<baseline id>/<control id>`. */
  readonly control: string;
  /** A target's name. */
  readonly target: string;
  /** `fail`: drift. `unknown`: could not be assessed. `waived`: accepted. `pass`: a note; the control passes. */
  readonly outcome: "fail" | "unknown" | "waived" | "pass";
  readonly drift: Drift;
  readonly severity: Severity;
  readonly state?: "new" | "unchanged" | "updated";
  readonly resource: Resource;
  readonly message: string;
  readonly pattern?: string;
  readonly except?: readonly string[];
  readonly plane?: "control" | "data";
  /** AWS: all that it grants, the union of these; elsewhere pattern, except, plane and the witness' scope say it. */
  readonly grant?: readonly AwsGrant[];
  readonly witness?: Witness;
  readonly witnesses?: readonly Witness[];
  readonly known?: Known & { readonly catalog?: string };
  readonly latent?: boolean;
  /** Who gives the permission: assignment, role and group, as words; where several do, all of them. */
  readonly by?: string;
  /**
   * What gives it, together or each alone: the proof ends when all of them go, and not before. What gives a part of the
   * grant beside them is told by the next run.
   */
  readonly causes?: readonly Cause[];
  /** Absent in a report of an earlier version. */
  readonly group?: Group;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly location: { readonly file: string; readonly line: number };
  /** Why it matters, from the control. */
  readonly why?: string;
  readonly verify?: string;
  readonly remediation?: Remediation;
  readonly waiver?: { readonly reason: string; readonly owner: string; readonly expires: string };
  readonly documentation: { readonly title: string; readonly url: string; readonly section: string };
}

export interface ControlResult {
  /** `<baseline id>/<control id>`. */
  readonly id: string;
  readonly title: string;
  readonly check: string;
  /** Of the vendor's page, as the baseline cites it; reports of earlier versions lack it. */
  readonly section?: string;
  readonly target: string;
  readonly outcome: Outcome;
  /** One line: why unknown or skipped, or what was compared when it passed. */
  readonly reason?: string;
  readonly optional?: boolean;
  /** An optional part that is not there. */
  readonly absent?: boolean;
}

export interface Principal {
  readonly id: string;
  readonly name?: string;
}

/** A way in which the vendor could hold more than was compared, and whether anybody looked there. */
export interface Door {
  readonly id: string;
  readonly title: string;
  readonly state: "read" | "unread" | "not-collected";
  /** Why it was not looked at. */
  readonly why?: string;
}

export interface Target {
  readonly name: string;
  readonly cloud: Provider;
  readonly scope: string;
  /** Everything that its controls needed was read. */
  readonly complete: boolean;
  readonly unread: readonly Unread[];
  /** When the state was read (ISO 8601, UTC); absent: there is none. */
  readonly recordedAt?: string;
  /** Read by this run, or recorded before it. */
  readonly source?: "live" | "snapshot";
  /** Where a snapshot was named, when that was not on the command line: a place in the config file, a variable. */
  readonly namedBy?: string;
  /** Why recorded state is too old to be relied on (`--max-age`), in words. */
  readonly stale?: string;
  readonly doors?: readonly Door[];
  /** Who was audited. */
  readonly principals?: readonly Principal[];
  /** Things said in words: parameters not given, what is not considered, the catalogue's date. */
  readonly notes?: readonly string[];
  /** Date of the catalogue of operations, and how many operations it has. */
  readonly catalog?: { readonly date: string; readonly operations: number };
  /** Every wildcard that the audited principals hold, documented or not, as it stands in a role or policy. */
  readonly wildcards?: readonly Wildcard[];
}

/** A pattern of a role or policy, and how much of today's catalogue it grants. */
export interface Wildcard {
  /** Id of the role definition or policy. */
  readonly holder: string;
  readonly name: string;
  readonly pattern: string;
  readonly plane?: "control" | "data";
  /** What the same statement takes away again. */
  readonly except?: readonly string[];
  readonly operations: number;
}

/** A wildcard that grants more than in the earlier report although it stands as it stood. */
export interface Growth extends Omit<Wildcard, "operations"> {
  readonly target: string;
  /** Dates of the two catalogues, and what the wildcard granted by each. */
  readonly from: { readonly date: string; readonly operations: number };
  readonly to: { readonly date: string; readonly operations: number };
}

export interface Report {
  /** 1.1: of each target where and when its state was read, and `doors`; of each finding its `group`; `texts`. */
  readonly schemaVersion: "1.0" | "1.1";
  readonly tool: { readonly name: "chalk-audit"; readonly version: string };
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly interrupted: boolean;
  readonly baselines: readonly {
    readonly id: string;
    readonly version: string;
    readonly sha256: string;
    readonly title?: string;
    readonly url?: string;
    readonly file?: string;
    /** The profile in force, where it has profiles. */
    readonly profile?: string;
    /** It does not come with the package: whose it is, `file` says. */
    readonly own?: true;
  }[];
  readonly targets: readonly Target[];
  readonly summary: {
    readonly controls: Readonly<Record<Outcome, number>>;
    readonly findings: Readonly<Record<Severity, number>>;
  };
  readonly controls: readonly ControlResult[];
  readonly findings: readonly Finding[];
  /** Findings of the earlier report (`--since`) that are no longer there, on targets that were read. */
  readonly gone?: readonly Finding[];
  /** Findings of the earlier report that nobody could look at again: neither there nor gone. */
  readonly unassessed?: readonly Finding[];
  /** Wildcards that grant more than in the earlier report; no drift, and no exit status follows from it. */
  readonly grown?: readonly Growth[];
}
