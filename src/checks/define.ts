import type { Provider } from "../access/policy.ts";
import type { ResolvedControl } from "../baselines/baseline.ts";
import type { Drift } from "../report/report.ts";
import type { Facts } from "../snapshot/facts.ts";
import type { DocumentKind } from "../snapshot/kinds/kinds.ts";
import type { Context } from "../state/context.ts";
import type { Observation } from "../wording/observation.ts";

/** What a drift of a check means, for the generated page and the SARIF rule. */
export interface DriftText {
  /** A short sentence. */
  readonly short: string;
  /** Markdown: what it means, why it matters, what to do. */
  readonly help: string;
}

/** A part of what there is of some kinds, which a collector can ask for by itself. */
export interface Narrowed {
  /** Ids; in a cluster `<namespace>/<name>`, or `<namespace>/*` for all in a namespace. */
  readonly names?: Readonly<Partial<Record<DocumentKind, readonly string[]>>>;
  /** Kubernetes: files that workloads with one of these sets of labels are told to read by an argument. */
  readonly configFiles?: readonly {
    readonly labels: readonly Readonly<Record<string, string>>[];
    readonly argument: string;
  }[];
}

export interface Check {
  /** Derived from its path: `checks/azure/role-definition.ts` is `azure/role-definition`. */
  readonly id: string;
  readonly cloud: Provider | "any";
  readonly title: string;
  /** Markdown for the generated page. */
  readonly help: string;
  /** JSON Schema of the control's `with`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The document kinds without which nothing can be said, given the control's parameters. */
  readonly needs: (params: unknown) => readonly DocumentKind[];
  /**
   * What of the kinds that it needs it looks at, where that is not all: only this is then read, unless another control
   * looks at more. Kinds that are read by name alone (`kubernetes/secret`) must be named here.
   */
  readonly narrows?: (params: unknown) => Narrowed;
  /**
   * Those of `needs` that the check does without, or answers for itself: when one is unread, the check still runs.
   * An entry of assignments, definitions or eligibilities that is unread for one id alone is the check's too.
   */
  readonly tolerates?: readonly DocumentKind[];
  /** It judges files of the user's (`files` of the context), which are no cloud's: once a run, with or without a cloud. */
  readonly ofFiles?: true;
  /** Why a control of this check does not apply as it was resolved (a parameter not given); it is then skipped. */
  readonly applicable?: (control: ResolvedControl) => string | undefined;
  /** Every drift that it can report. */
  readonly drifts: Readonly<Partial<Record<Drift, DriftText>>>;
  readonly run: (facts: Facts, params: unknown, context: Context) => Iterable<Observation>;
}
