/**
 * What the page tells of findings, as flat texts that are safe to show. `build-view.ts` makes it of a report, the page's
 * script reads it again (`packed.ts`), and `card.ts` draws it in both places.
 */

/** How a finding stands, in the order of the list. */
export const STATUSES = ["drift", "not assessed", "waived", "gone", "not looked at again", "note"] as const;
export type Status = (typeof STATUSES)[number];

/** A finding under one control. Texts that are not there are empty. */
export interface FindingView {
  readonly name: string;
  readonly id: string;
  readonly type: string;
  readonly status: Status;
  /** Since an earlier report: new, updated, unchanged. */
  readonly state: string;
  readonly severity: string;
  readonly drift: string;
  readonly cloud: string;
  readonly target: string;
  readonly control: string;
  readonly title: string;
  readonly message: string;
  readonly why: string;
  readonly except: string;
  readonly examples: string;
  readonly proofs: readonly string[];
  readonly by: string;
  /** What the document asks for and what is there, as lines. */
  readonly expected: string;
  readonly actual: string;
  readonly verify: string;
  readonly mend: string;
  readonly commands: readonly string[];
  readonly waiver: string;
  /** File and line of the baseline. */
  readonly place: string;
  readonly page: string;
  readonly url: string;
  readonly section: string;
  readonly fingerprint: string;
}

/** The keys of a finding in the order in which it is packed: those that its other texts are told by come first. */
export const FINDING_KEYS = [
  "name",
  "id",
  "type",
  "status",
  "state",
  "severity",
  "drift",
  "cloud",
  "target",
  "control",
  "title",
  "message",
  "place",
  "page",
  "url",
  "section",
  "fingerprint",
  "why",
  "proofs",
  "expected",
  "actual",
  "verify",
  "mend",
  "commands",
  "by",
  "except",
  "examples",
  "waiver",
] as const satisfies readonly (keyof FindingView)[];

/** Who may do what, by what and where: the columns of a picture, left to right. All empty: there is none. */
export interface PathView {
  readonly subjects: readonly string[];
  readonly givers: readonly string[];
  readonly scopes: readonly string[];
  readonly operations: readonly string[];
  /** What is documented and not there. */
  readonly lacks: boolean;
}

/** A difference, under every control that it shows under. */
export interface RowView {
  readonly what: readonly string[];
  readonly proof: readonly string[];
  /** It says of another what the first of its group say. */
  readonly likewise: boolean;
  readonly findings: readonly FindingView[];
}

/** Differences that one change would mend. */
export interface GroupView {
  /** Of several differences: what they have in common, and commands that mend all of them. */
  readonly what: readonly string[];
  readonly commands: readonly string[];
  readonly path: PathView;
  readonly rows: readonly RowView[];
}
