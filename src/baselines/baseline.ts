import type { Provider } from "../access/policy.ts";
import type { Severity } from "../report/report.ts";

export interface Source {
  readonly url: string;
  /** ISO date on which the page was captured. */
  readonly captured: string;
  readonly title?: string;
}

export interface Cite {
  readonly section: string;
  readonly url?: string;
}

/** A value that the user gives by `--set name=value`, or by the flag named. */
export interface Parameter {
  readonly type: "string" | "uuid" | "scope" | "list" | "file";
  readonly help: string;
  /** A flag of `scan` that sets it too, without dashes: `principal`. */
  readonly flag?: string;
  readonly default?: string;
  /** Taken from the recorded state when not given: the account's number, the region, or the only database of the VPC. */
  readonly from?: "account" | "region" | "database";
  /** What holds when it is not given, for the report; absent: any value that fits is accepted. */
  readonly otherwise?: string;
}

export interface Control {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly check: string;
  /** Present only under this profile (`--profile-set`). */
  readonly profile?: string;
  /** What it describes may be absent without drift. */
  readonly optional?: boolean;
  /** Advisory or raised: replaces the severity of every drift of this control. */
  readonly severity?: Severity;
  readonly cite: Cite;
  /** Parameters of the check, with `${name}` references still in place. */
  readonly with: unknown;
}

export interface Erratum {
  readonly section: string;
  readonly text: string;
}

export interface Baseline {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly cloud: Provider;
  readonly source: Source;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly profiles?: { readonly default: string; readonly names: Readonly<Record<string, string>> };
  readonly controls: readonly Control[];
  readonly errata: readonly Erratum[];
}

/** A baseline with where it came from, and the lines of its parts. */
export interface LoadedBaseline {
  readonly baseline: Baseline;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  /** Repository-relative for bundled ones (`baselines/chalk-azure/2026-11-20.yaml`), else as the user gave it. */
  readonly file: string;
  /** It comes with the package, and is what the package's lock says. Absent: a file of the user's, which reports name. */
  readonly bundled?: true;
  /** 1-based line of a JSON pointer of the document (`/controls/0/with/permissions/0/actions/3`); nearest parent when it has none. */
  readonly lineOf: (pointer: string) => number;
}

/** A control with its parameters put in. */
export interface ResolvedControl {
  readonly id: string;
  readonly check: string;
  readonly optional: boolean;
  /** The profile that it belongs to, where it is not for all of them. */
  readonly profile?: string;
  /**
   * `${name}` replaced. Of a parameter that was not given a whole value is left out and a part of one becomes `*`; in a
   * policy and in a list of accounts, where neither would mean the same, `${name}` stays, and the check binds it.
   */
  readonly with: unknown;
  /** Parameters referred to and not given. */
  readonly unresolved: readonly string[];
}
